//! Masks for names: `*.txt;*.html`, in any case, `*` for anything and `?` for one letter.

/// Masks that were read from text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Masks {
    masks: Vec<Vec<char>>,
}

impl Masks {
    /// Reads masks that are parted by `;`, `,` or blanks; empty ones are left out.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        Self::of(text.split([';', ',']).flat_map(str::split_whitespace).filter(|mask| !mask.is_empty()))
    }

    /// These masks, one each.
    pub fn of<'a>(masks: impl Iterator<Item = &'a str>) -> Self {
        Self { masks: masks.map(|mask| mask.to_lowercase().chars().collect()).collect() }
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.masks.is_empty()
    }

    /// Whether one of them fits the whole name.
    #[must_use]
    pub fn fit(&self, name: &str) -> bool {
        if self.masks.is_empty() {
            return false;
        }
        let name: Vec<char> = name.to_lowercase().chars().collect();
        self.masks.iter().any(|mask| fits(mask, &name))
    }
}

/// Goes along the name; a `*` is returned to when what follows it does not fit, so that no mask costs more than its length times the name's.
fn fits(mask: &[char], name: &[char]) -> bool {
    let (mut at, mut of) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while let Some(letter) = name.get(of) {
        match mask.get(at) {
            Some('*') => {
                star = Some((at, of));
                at += 1;
            }
            Some(wanted) if *wanted == '?' || wanted == letter => {
                at += 1;
                of += 1;
            }
            _ => match star {
                Some((begin, taken)) => {
                    star = Some((begin, taken + 1));
                    at = begin + 1;
                    of = taken + 1;
                }
                None => return false,
            },
        }
    }
    mask.get(at..).unwrap_or_default().iter().all(|letter| *letter == '*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks_fit_whole_names_in_any_case() {
        let table = [
            ("*.txt", "a.txt", true),
            ("*.txt", "A.TXT", true),
            ("*.txt", "a.txt.gz", false),
            ("*.txt;*.html", "index.html", true),
            ("*.txt, *.php *.css", "site.css", true),
            ("*.txt", ".txt", true),
            ("*", "anything", true),
            ("read?e", "README", true),
            ("read?e", "readme.txt", false),
            ("a*b*c", "aXbYbZc", true),
            ("a*b*c", "aXbYbZ", false),
            ("*.htm?", "x.html", true),
            ("*.htm?", "x.htm", false),
            ("*.größe", "x.GRÖSSE", false),
            ("*.größe", "x.GRÖßE", true),
            ("", "a", false),
            (" ; ,", "a", false),
        ];
        for (masks, name, expected) in table {
            assert_eq!(Masks::parse(masks).fit(name), expected, "{masks} {name}");
        }
        assert!(Masks::parse(" ; ").is_empty() && !Masks::parse("*").is_empty());
        // A mask that would take for ever if every star were tried everywhere.
        assert!(!Masks::parse(&"*a".repeat(50)).fit(&"a".repeat(49)));
    }
}
