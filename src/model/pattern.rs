//! What a filter field says: a part of a name, or a pattern with `*` and `?`.

/// A filter; the case of letters does not matter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern(Kind);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Kind {
    Part(String),
    Glob(Vec<char>),
}

impl Pattern {
    /// Reads what was typed; blanks around it do not count.
    #[must_use]
    pub fn new(typed: &str) -> Self {
        let lower = typed.trim().to_lowercase();
        Self(if lower.contains(['*', '?']) { Kind::Glob(lower.chars().collect()) } else { Kind::Part(lower) })
    }

    /// Whether everything matches.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        matches!(&self.0, Kind::Part(part) if part.is_empty())
    }

    /// Whether a name matches.
    #[must_use]
    pub fn matches(&self, name: &str) -> bool {
        match &self.0 {
            Kind::Part(part) => part.is_empty() || name.to_lowercase().contains(part.as_str()),
            Kind::Glob(pattern) => glob(pattern, &name.to_lowercase().chars().collect::<Vec<_>>()),
        }
    }

    /// Whether it is about whole paths: a pattern with `*` means the name, unless a `/` is in it.
    #[must_use]
    pub fn is_about_paths(&self) -> bool {
        match &self.0 {
            Kind::Part(_) => true,
            Kind::Glob(pattern) => pattern.contains(&'/'),
        }
    }
}

/// `*` stands for any run, `?` for one character. Remembers the last `*` only, so it never takes more than length × length steps.
fn glob(pattern: &[char], name: &[char]) -> bool {
    let (mut p, mut n) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while let Some(&c) = name.get(n) {
        match pattern.get(p) {
            Some('*') => {
                star = Some((p, n));
                p += 1;
            }
            Some(&want) if want == '?' || want == c => {
                p += 1;
                n += 1;
            }
            _ => match star {
                Some((at, from)) => {
                    star = Some((at, from + 1));
                    p = at + 1;
                    n = from + 1;
                }
                None => return false,
            },
        }
    }
    pattern.get(p..).is_some_and(|rest| rest.iter().all(|c| *c == '*'))
}

#[cfg(test)]
mod tests {
    use super::Pattern;

    #[test]
    fn parts_and_patterns_match_without_case() {
        let table = [
            ("", "a", true),
            (" PHP ", "about.php", true),
            ("*.php", "About.PHP", true),
            ("*.php", "about.php.bak", false),
            ("?????.p*", "about.php", true),
            ("a*b*c", "aXbYbZc", true),
            ("a*b*c", "ab", false),
            ("GRÖSSE", "größe", false),
            ("Größe", "GRÖßE", true),
        ];
        for (typed, name, expected) in table {
            assert_eq!(Pattern::new(typed).matches(name), expected, "{typed} {name}");
        }
        assert!(Pattern::new("  ").is_empty() && !Pattern::new("*").is_empty());
        assert!(Pattern::new("php").is_about_paths() && Pattern::new("/www/*.php").is_about_paths());
        assert!(!Pattern::new("*.php").is_about_paths());
    }
}
