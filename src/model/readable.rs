//! Names that are no UTF-8 on the wire, as people read them: their bytes, which private-use characters stand for, as Windows-1252.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::RangeInclusive;

/// The characters that stand for the bytes 0x80 to 0xFF where these are no UTF-8.
const STAND_INS: RangeInclusive<u32> = 0xEF80..=0xEFFF;
/// What Windows-1252 has from 0x80 to 0x9F; five bytes of it are nothing.
const UPPER: [char; 32] = [
    '€', '\u{FFFD}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{FFFD}', 'Ž', '\u{FFFD}', '\u{FFFD}', '‘', '’', '“',
    '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{FFFD}', 'ž', 'Ÿ',
];

/// The byte that a character stands for.
fn stands_for(character: char) -> Option<u8> {
    let code = u32::from(character);
    if STAND_INS.contains(&code) { u8::try_from(code - 0xEF00).ok() } else { None }
}

fn windows_1252(byte: u8) -> char {
    let upper = usize::from(byte).checked_sub(0x80).and_then(|at| UPPER.get(at));
    upper.copied().unwrap_or_else(|| char::from(byte))
}

/// A text as it is shown, and as a name that is given on this machine. The original goes back to the server.
#[must_use]
pub fn readable(text: &str) -> Cow<'_, str> {
    if text.is_ascii() || !text.chars().any(|character| stands_for(character).is_some()) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().map(|character| stands_for(character).map_or(character, windows_1252)).collect())
}

/// The names that are read otherwise than they are written, by their reading: what goes back to the server for a file that has the
/// reading for its name here.
#[must_use]
pub fn by_reading<'a>(names: impl Iterator<Item = &'a str>) -> HashMap<String, String> {
    let read = names.filter_map(|name| match readable(name) {
        Cow::Owned(reading) => Some((reading, name.to_owned())),
        Cow::Borrowed(_) => None,
    });
    read.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_that_are_no_utf8_are_read_as_windows_1252() {
        assert_eq!(readable("caf\u{EFE9}.txt"), "café.txt");
        assert_eq!(readable("5 \u{EF80} \u{EF93}x\u{EF94} \u{EF81}"), "5 € “x” \u{FFFD}");
        assert_eq!(readable("é and \u{EFE9}"), "é and é");
        let names = by_reading(["caf\u{EFE9}.txt", "plain.txt"].into_iter());
        assert_eq!(names.into_iter().collect::<Vec<_>>(), [("café.txt".to_owned(), "caf\u{EFE9}.txt".to_owned())]);
        for text in ["", "plain.txt", "größe.txt", "\u{E000}\u{F000}"] {
            assert!(matches!(readable(text), Cow::Borrowed(same) if same == text));
        }
    }
}
