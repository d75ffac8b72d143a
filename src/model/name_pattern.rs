//! The name that a file gets when both are kept: a pattern such as `{name} ({n}){ext}`.

use jiff::civil::DateTime;

/// The usual pattern.
pub const USUAL: &str = "{name} ({n}){ext}";

/// Endings that belong together: `archive (1).tar.gz`, not `archive.tar (1).gz`.
const DOUBLE_ENDINGS: [&str; 6] = [".tar.gz", ".tar.bz2", ".tar.xz", ".tar.zst", ".tar.lz", ".tar.z"];

/// Characters that one system or another forbids in names.
const FORBIDDEN: [char; 8] = ['/', '\\', ':', '*', '?', '"', '<', '>'];

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Text(String),
    Name,
    Ending,
    Number,
    Date,
    Time,
}

/// A pattern that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamePattern {
    parts: Vec<Part>,
}

impl Default for NamePattern {
    fn default() -> Self {
        let parts = vec![Part::Name, Part::Text(" (".into()), Part::Number, Part::Text(")".into()), Part::Ending];
        Self { parts }
    }
}

impl NamePattern {
    /// Reads a pattern: `{name}` (required), `{ext}` with its dot, `{n}`, `{date}` and `{time}`; everything else stands for itself.
    ///
    /// # Errors
    /// Why it cannot be used, a sentence for a person.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut parts = Vec::new();
        let mut rest = text;
        while !rest.is_empty() {
            let (plain, behind) = rest.find(['{', '}']).and_then(|at| rest.split_at_checked(at)).unwrap_or((rest, ""));
            if let Some(wrong) = plain.chars().find(|letter| letter.is_control() || FORBIDDEN.contains(letter) || *letter == '|') {
                return Err(format!("“{}” cannot stand in a name.", wrong.escape_default()));
            }
            if !plain.is_empty() {
                parts.push(Part::Text(plain.to_owned()));
            }
            if behind.is_empty() {
                break;
            }
            let (word, after) = behind
                .strip_prefix('{')
                .and_then(|inner| inner.split_once('}'))
                .ok_or_else(|| "A brace is open or closed alone.".to_owned())?;
            parts.push(match word {
                "name" => Part::Name,
                "ext" => Part::Ending,
                "n" => Part::Number,
                "date" => Part::Date,
                "time" => Part::Time,
                other => return Err(format!("“{{{other}}}” is not known; {{name}}, {{ext}}, {{n}}, {{date}} and {{time}} are.")),
            });
            rest = after;
        }
        if !parts.contains(&Part::Name) {
            return Err("“{name}” is missing: it stands for the file's own name.".into());
        }
        if !parts.iter().any(|part| matches!(part, Part::Number | Part::Date | Part::Time)) {
            return Err("“{n}”, “{date}” or “{time}” is missing: the name would stay the same.".into());
        }
        Ok(Self { parts })
    }

    /// The pattern of the settings; the usual one where it cannot be read.
    #[must_use]
    pub fn or_usual(text: &str) -> Self {
        Self::parse(text).unwrap_or_default()
    }

    /// Candidate number `number` (from 1) for a file called `name`. A pattern without `{n}` gets a number in brackets from the
    /// second candidate on.
    #[must_use]
    pub fn candidate(&self, name: &str, number: u32, now: DateTime) -> String {
        let (stem, ending) = split(name);
        let mut made = String::new();
        for part in &self.parts {
            match part {
                Part::Text(text) => made.push_str(text),
                Part::Name => made.push_str(stem),
                Part::Ending => made.push_str(ending),
                Part::Number => made.push_str(&number.to_string()),
                Part::Date => made.push_str(&now.strftime("%Y-%m-%d").to_string()),
                Part::Time => made.push_str(&now.strftime("%H%M%S").to_string()),
            }
        }
        if number > 1 && !self.parts.contains(&Part::Number) {
            let (stem, ending) = split(&made);
            return format!("{stem} ({number}){ending}");
        }
        made
    }
}

/// A name without its ending, and the ending with its dot.
fn split(name: &str) -> (&str, &str) {
    let lower = name.to_ascii_lowercase();
    let double = DOUBLE_ENDINGS.iter().find(|ending| lower.ends_with(*ending)).map(|ending| name.len() - ending.len());
    let single = name.rfind('.').filter(|dot| name.get(dot + 1..).is_some_and(|end| !end.is_empty() && !end.contains(' ')));
    // A dot at the beginning hides the file, it begins no ending.
    let cut = double.filter(|cut| *cut > 0).or(single).filter(|cut| *cut > 0).unwrap_or(name.len());
    name.split_at_checked(cut).unwrap_or((name, ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> DateTime {
        "2026-11-27T09:05:07".parse().unwrap()
    }

    fn made(pattern: &str, name: &str, number: u32) -> String {
        NamePattern::parse(pattern).unwrap().candidate(name, number, now())
    }

    #[test]
    fn the_usual_pattern_puts_the_number_before_the_ending() {
        assert_eq!(NamePattern::parse(USUAL).unwrap(), NamePattern::default());
        let table = [
            ("name.txt", "name (1).txt"),
            ("archive.tar.gz", "archive (1).tar.gz"),
            ("ARCHIVE.TAR.GZ", "ARCHIVE (1).TAR.GZ"),
            ("a.b.c", "a.b (1).c"),
            (".profile", ".profile (1)"),
            (".tar.gz", ".tar (1).gz"),
            ("README", "README (1)"),
            ("ends.", "ends. (1)"),
            ("Dear Mr. Smith", "Dear Mr. Smith (1)"),
            ("grüße.döc", "grüße (1).döc"),
            ("", " (1)"),
        ];
        for (name, expected) in table {
            assert_eq!(made(USUAL, name, 1), expected);
        }
    }

    #[test]
    fn patterns_say_what_they_mean() {
        for (pattern, number, expected) in [
            ("{name}-{date}{ext}", 1, "report-2026-11-27.pdf"),
            ("{name}-{date}{ext}", 2, "report-2026-11-27 (2).pdf"),
            ("{date} {time} {name}{ext}", 1, "2026-11-27 090507 report.pdf"),
            ("copy {n} of {name}{ext}", 3, "copy 3 of report.pdf"),
            ("{name}{ext}.{n}", 2, "report.pdf.2"),
        ] {
            assert_eq!(made(pattern, "report.pdf", number), expected, "{pattern}");
        }
    }

    #[test]
    fn patterns_that_cannot_work_say_why() {
        for (pattern, words) in [
            ("", "“{name}” is missing"),
            ("{n}{ext}", "“{name}” is missing"),
            ("{name}{ext}", "would stay the same"),
            ("{name}/{n}", "cannot stand in a name"),
            ("{name}\\{n}", "cannot stand in a name"),
            ("{name}\n{n}", "cannot stand in a name"),
            ("{name} {m}", "is not known"),
            ("{name} {n", "alone"),
            ("{name} n}", "alone"),
        ] {
            let why = NamePattern::parse(pattern).unwrap_err();
            assert!(why.contains(words), "{pattern}: {why}");
        }
        assert_eq!(NamePattern::or_usual("{name}"), NamePattern::default());
    }
}
