//! Patterns of names that are left out where a folder is transferred: `.DS_Store`, `*.tmp`, `node_modules/`.

use std::slice;

use crate::model::argv;
use crate::model::composed::composed;
use crate::model::masks::Masks;

/// What systems and desktops leave in folders by themselves.
pub const DROPPINGS: [&str; 3] = [".DS_Store", "Thumbs.db", "desktop.ini"];

/// Patterns that were read. They are of names, not of paths, in any case on all systems; one with a slash at its end is of folders.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LeaveOut {
    all: Masks,
    folders: Masks,
}

impl LeaveOut {
    /// From patterns as they are saved.
    #[must_use]
    pub fn of(patterns: &[String]) -> Self {
        // A Mac's disk may have another spelling of the same name.
        let spelled: Vec<_> = patterns.iter().map(|pattern| composed(pattern)).collect();
        let folders = spelled.iter().filter_map(|pattern| pattern.strip_suffix('/'));
        let all = spelled.iter().map(AsRef::as_ref).filter(|pattern: &&str| !pattern.ends_with('/'));
        Self { all: Masks::of(all), folders: Masks::of(folders) }
    }

    /// Whether something that is in a folder is left out.
    #[must_use]
    pub fn fits(&self, name: &str, is_folder: bool) -> bool {
        if self.all.is_empty() && (self.folders.is_empty() || !is_folder) {
            return false;
        }
        let name = composed(name);
        self.all.fit(&name) || is_folder && self.folders.fit(&name)
    }
}

/// Reads patterns that a person typed, parted by blanks or lines; quotes keep blanks.
///
/// # Errors
/// What is wrong, in a person's words.
pub fn read(text: &str) -> Result<Vec<String>, String> {
    let patterns = argv::split(text)?;
    patterns.iter().try_for_each(|pattern| check(pattern))?;
    Ok(patterns)
}

/// The text that [`read`] makes these patterns of, one a line.
#[must_use]
pub fn written(patterns: &[String]) -> String {
    let lines: Vec<String> = patterns.iter().map(|pattern| argv::join(slice::from_ref(pattern))).collect();
    lines.join("\n")
}

/// Makes sure that a pattern can fit a name.
///
/// # Errors
/// What is wrong, in a person's words.
pub fn check(pattern: &str) -> Result<(), String> {
    let name = pattern.strip_suffix('/').unwrap_or(pattern);
    if name.is_empty() {
        Err("A pattern is empty.".to_owned())
    } else if name.contains('/') {
        Err(format!("“{pattern}” fits no name: a pattern is for one name, wherever it is, and has a slash at its end at most."))
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_are_left_out_by_their_patterns() {
        let typed = ".DS_Store *~ *.tmp node_modules/ \"System Volume Information/\" r?sum\u{e9}.txt";
        let leave_out = LeaveOut::of(&read(typed).unwrap());
        for (name, is_folder, expected) in [
            (".DS_Store", false, true),
            (".ds_store", false, true),
            ("a.DS_Store", false, false),
            ("notes~", false, true),
            ("~notes", false, false),
            ("x.TMP", false, true),
            ("x.tmp", true, true),
            (".tmp", false, true),
            ("x.tmpl", false, false),
            ("node_modules", true, true),
            ("node_modules", false, false),
            ("my node_modules", true, false),
            ("System Volume Information", true, true),
            ("System", true, false),
            ("re\u{301}sume\u{301}.txt", false, true),
            ("index.html", false, false),
            ("", false, false),
        ] {
            assert_eq!(leave_out.fits(name, is_folder), expected, "{name} {is_folder}");
        }
        assert!(!LeaveOut::default().fits(".DS_Store", false) && !LeaveOut::default().fits("x", true));
        assert!(LeaveOut::of(&["*/".to_owned()]).fits("any", true) && !LeaveOut::of(&["*/".to_owned()]).fits("any", false));
    }

    #[test]
    fn what_can_fit_no_name_is_refused() {
        for (text, expected) in [
            ("", Ok(vec![])),
            (" \n ", Ok(vec![])),
            ("a b\nc/", Ok(vec!["a", "b", "c/"])),
            ("'my file'", Ok(vec!["my file"])),
            ("a /", Err("A pattern is empty.")),
            ("''", Err("A pattern is empty.")),
            ("\"a", Err("The quote \" is not closed.")),
        ] {
            let expected = expected.map(|names: Vec<&str>| names.into_iter().map(str::to_owned).collect()).map_err(str::to_owned);
            assert_eq!(read(text), expected, "{text}");
        }
        for bad in ["a/b", "/a", "a//", "*/*.tmp"] {
            assert!(read(bad).unwrap_err().starts_with(&format!("“{bad}” fits no name")), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_as_the_same(patterns in prop::collection::vec("[a-z*?.\"' ]{1,6}/?", 0..5)) {
            prop_assert_eq!(read(&written(&patterns)).unwrap(), patterns);
        }
    }
}
