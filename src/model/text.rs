//! Whether bytes are text, and how a stranger's text is shown.

/// How much of a file's beginning is looked at, in bytes.
pub const LOOKED_AT: usize = 8 << 10;

/// Whether the beginning of a file is no text: a NUL, a control character that no text has, or bytes that are no UTF-8.
///
/// Text in an old eight-bit charset counts as binary: it is then moved as it is, which harms nothing.
#[must_use]
pub fn looks_binary(bytes: &[u8]) -> bool {
    let looked_at = bytes.get(..LOOKED_AT.min(bytes.len())).unwrap_or_default();
    let strange = |byte: &u8| matches!(byte, 0..=6 | 14..=26 | 28..=31 | 127);
    if looked_at.iter().any(strange) {
        return true;
    }
    match std::str::from_utf8(looked_at) {
        Ok(_) => false,
        // The last letter may have been cut by the end of what was looked at.
        Err(error) => error.error_len().is_some() || looked_at.len() < LOOKED_AT,
    }
}

/// A letter as it may be drawn: nothing that moves the line or hides what follows.
#[must_use]
pub fn shown(letter: char) -> char {
    match letter {
        '\t' => ' ',
        letter if letter.is_control() => '\u{fffd}',
        letter => letter,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_told_from_data() {
        let cut = [vec![b'a'; LOOKED_AT - 1], "ü".as_bytes().to_vec()].concat();
        let late = [vec![b'a'; LOOKED_AT], vec![0]].concat();
        let table: [(&[u8], bool); 12] = [
            (b"", false),
            (b"plain\r\ntext\twith\x0cform feed", false),
            ("größer ↵\n".as_bytes(), false),
            (b"\x1b[1mbold\x1b[0m", false),
            (b"lone\rreturns\r", false),
            (b"a\0b", true),
            (b"\x7fELF", true),
            (b"\x01", true),
            (b"gr\xfcn", true),
            (b"cut \xc3", true),
            (&cut, false),
            (&late, false),
        ];
        for (bytes, expected) in table {
            assert_eq!(looks_binary(bytes), expected, "{}", String::from_utf8_lossy(bytes.get(..20).unwrap_or(bytes)));
        }
    }
}
