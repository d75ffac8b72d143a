//! One spelling for letters with marks: a Mac's disk may give “é” as an e and an accent, and on a server that is another name.

use std::borrow::Cow;

use icu_normalizer::ComposingNormalizerBorrowed;

/// The name with every letter and its marks as one character, where there is one (Unicode's form C).
#[must_use]
pub fn composed(name: &str) -> Cow<'_, str> {
    ComposingNormalizerBorrowed::new_nfc().normalize(name)
}

/// The name that a local file has on the server: the usual spelling where this system's own is another one, unless something is
/// there already under just this name. A Mac's disk takes both for the same name, so no two files meet.
#[must_use]
pub fn name_there(name: &str, is_there: impl FnOnce(&str) -> bool) -> Cow<'_, str> {
    if cfg!(target_os = "macos") { respelled(name, is_there) } else { Cow::Borrowed(name) }
}

fn respelled(name: &str, is_there: impl FnOnce(&str) -> bool) -> Cow<'_, str> {
    match composed(name) {
        Cow::Owned(_) if is_there(name) => Cow::Borrowed(name),
        usual => usual,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TAKEN_APART: &str = "re\u{301}sume\u{301}.txt";

    #[test]
    fn letters_and_their_marks_become_one() {
        assert_eq!(composed(TAKEN_APART), "r\u{e9}sum\u{e9}.txt");
        assert_eq!(composed("r\u{e9}sum\u{e9}.txt"), "r\u{e9}sum\u{e9}.txt");
        assert!(matches!(composed("plain.txt"), Cow::Borrowed("plain.txt")));
    }

    #[test]
    fn what_is_there_keeps_its_spelling() {
        assert_eq!(respelled(TAKEN_APART, |_| false), "r\u{e9}sum\u{e9}.txt");
        assert_eq!(respelled(TAKEN_APART, |name| name == TAKEN_APART), TAKEN_APART);
    }

    #[test]
    #[cfg(not(target_os = "macos"))]
    fn where_both_are_names_of_their_own_nothing_is_changed() {
        assert_eq!(name_there(TAKEN_APART, |_| false), TAKEN_APART);
    }
}
