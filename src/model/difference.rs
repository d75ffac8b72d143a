//! Two files beside each other: where they differ first, in words of text or in bytes.

use crate::model::text::{looks_binary, shown};

/// How much of both sides is compared, in bytes.
pub const BOUND: usize = 1 << 20;
/// Characters of a line that are shown before and behind the place where it differs.
const AROUND: usize = 32;

/// What a comparison found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Difference {
    /// Not a byte differs.
    Same {
        /// Their length.
        bytes: u64,
    },
    /// As far as was looked nothing differs.
    SameSoFar {
        /// How far that was.
        bytes: u64,
    },
    /// Text that differs.
    Text {
        /// Line, from 1.
        line: u64,
        /// Character of the line, from 1.
        column: u64,
        /// The line here, around that place.
        local: String,
        /// The line on the server, around that place.
        remote: String,
    },
    /// Bytes that differ.
    Binary {
        /// The first such byte, from 0.
        offset: u64,
        /// That byte here; `None` behind the end.
        local: Option<u8>,
        /// That byte on the server; `None` behind the end.
        remote: Option<u8>,
    },
}

/// The first place from `from` on where both differ, or where one of them ends before the other.
#[must_use]
pub fn first(local: &[u8], remote: &[u8], from: usize) -> Option<usize> {
    let (left, right) = (local.get(from..).unwrap_or_default(), remote.get(from..).unwrap_or_default());
    let differs = left.iter().zip(right).position(|(left, right)| left != right);
    differs.or_else(|| (left.len() != right.len()).then(|| left.len().min(right.len()))).map(|at| from + at)
}

/// Describes the difference at `at`, with as much of both sides as was read.
#[must_use]
pub fn describe(local: &[u8], remote: &[u8], at: usize) -> Difference {
    if looks_binary(local) || looks_binary(remote) {
        let byte = |side: &[u8]| side.get(at).copied();
        return Difference::Binary { offset: at as u64, local: byte(local), remote: byte(remote) };
    }
    // Up to there both are the same, so either tells line and column.
    let before = local.get(..at).unwrap_or_default();
    let begin = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |newline| newline + 1);
    let line = before.iter().filter(|byte| **byte == b'\n').count() as u64 + 1;
    // A letter of several bytes may differ in its last one only.
    let mut place = at;
    while place > begin && local.get(place).or(remote.get(place)).is_some_and(|byte| byte & 0xC0 == 0x80) {
        place -= 1;
    }
    let column = String::from_utf8_lossy(local.get(begin..place).unwrap_or_default()).chars().count() as u64 + 1;
    let context =
        |side: &[u8]| around(side.get(begin..).unwrap_or_default(), usize::try_from(column - 1).unwrap_or(0), place - begin);
    Difference::Text { line, column, local: context(local), remote: context(remote) }
}

/// A line around character `column` (from 0), which is byte `byte` of it, and how it ends where that is what differs.
fn around(rest: &[u8], column: usize, byte: usize) -> String {
    let end = rest.iter().position(|byte| *byte == b'\n');
    let line = rest.get(..end.unwrap_or(rest.len())).unwrap_or_default();
    let (line, ending) = match (line.strip_suffix(b"\r"), end) {
        (Some(line), Some(_)) => (line, "[CR LF]"),
        (_, Some(_)) => (line, "[LF]"),
        (_, None) => (line, "[end]"),
    };
    let letters: Vec<char> = String::from_utf8_lossy(line).chars().map(shown).collect();
    let from = column.saturating_sub(AROUND);
    let to = letters.len().min(column + AROUND);
    let mut text = String::new();
    if from > 0 {
        text.push('…');
    }
    text.extend(letters.get(from..to).unwrap_or_default());
    if to < letters.len() {
        text.push('…');
    } else if byte >= line.len() {
        text.push_str(if text.is_empty() { "" } else { " " });
        text.push_str(ending);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(local: &[u8], remote: &[u8]) -> (u64, u64, String, String) {
        match describe(local, remote, first(local, remote, 0).unwrap()) {
            Difference::Text { line, column, local, remote } => (line, column, local, remote),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_first_place_is_found_from_anywhere_before_it() {
        for (local, remote, at) in [
            (&b"abc"[..], &b"abc"[..], None),
            (b"abc", b"abd", Some(2)),
            (b"abc", b"ab", Some(2)),
            (b"", b"x", Some(0)),
            (b"", b"", None),
        ] {
            assert_eq!(first(local, remote, 0), at);
            assert_eq!(first(local, remote, at.unwrap_or(0)), at);
        }
        assert_eq!(first(b"xbc", b"abc", 1), None);
    }

    #[test]
    fn text_is_shown_by_line_and_letter() {
        assert_eq!(text(b"one\ntwo\nthree\n", b"one\ntwu\nthree\n"), (2, 3, "two".into(), "twu".into()));
        assert_eq!(text("grün\nfür".as_bytes(), "grün\nfär".as_bytes()), (2, 2, "für".into(), "fär".into()));
        assert_eq!(text(b"same\r\n", b"same\n"), (1, 5, "same [CR LF]".into(), "same [LF]".into()));
        assert_eq!(text(b"a\nb", b"a\nb\nc"), (2, 2, "b [end]".into(), "b [LF]".into()));
        assert_eq!(text(b"", b"x"), (1, 1, "[end]".into(), "x".into()));
        assert_eq!(text(b"a\tb", b"a\tc"), (1, 3, "a b".into(), "a c".into()));
    }

    #[test]
    fn a_long_line_is_cut_around_the_place() {
        let mut other = vec![b'x'; 500];
        other[250] = b'y';
        let (line, column, local, remote) = text(&[b'x'; 500], &other);
        assert_eq!((line, column), (1, 251));
        assert_eq!(local, format!("…{}…", "x".repeat(2 * AROUND)));
        assert_eq!(remote, format!("…{}y{}…", "x".repeat(AROUND), "x".repeat(AROUND - 1)));
    }

    #[test]
    fn bytes_are_told_by_their_place() {
        let found = |local: &[u8], remote: &[u8]| describe(local, remote, first(local, remote, 0).unwrap());
        assert_eq!(found(b"\0ab", b"\0ax"), Difference::Binary { offset: 2, local: Some(b'b'), remote: Some(b'x') });
        assert_eq!(found(b"\0ab", b"\0a"), Difference::Binary { offset: 2, local: Some(b'b'), remote: None });
        assert_eq!(found(b"text", b"\xff\xfe"), Difference::Binary { offset: 0, local: Some(b't'), remote: Some(0xff) });
    }
}
