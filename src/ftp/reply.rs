//! One reply of the server: code and all its lines, as they came.

use std::fmt;

/// How much of a reply is shown.
const SHOWN: usize = 500;

/// A complete reply (RFC 959 §4.2).
#[derive(Clone, PartialEq, Eq)]
pub struct Reply {
    /// The three digits; 0 when the server sent text without a code.
    pub code: u16,
    /// Every line as it came, without line ends: bytes, since servers speak any charset.
    pub lines: Vec<Vec<u8>>,
}

impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Reply {} {:?}", self.code, self.words())
    }
}

impl Reply {
    /// The lines as text (UTF-8, else Latin-1), control characters replaced, joined by blanks, with the code; about 500 characters
    /// at most.
    #[must_use]
    pub fn words(&self) -> String {
        bounded(self.lines.iter().map(|line| readable(line)))
    }

    /// As [`Reply::words`], without codes: what a person reads in quotes.
    #[must_use]
    pub fn text(&self) -> String {
        bounded(self.lines.iter().map(|line| readable(self.without_code(line))))
    }

    /// 2yz.
    #[must_use]
    pub fn is_positive(&self) -> bool {
        (200..300).contains(&self.code)
    }

    /// 4yz or 5yz.
    #[must_use]
    pub fn is_negative(&self) -> bool {
        (400..600).contains(&self.code)
    }

    /// 1yz.
    #[must_use]
    pub fn is_preliminary(&self) -> bool {
        (100..200).contains(&self.code)
    }

    /// A line's content: without its code, when it has this reply's.
    fn without_code<'a>(&self, line: &'a [u8]) -> &'a [u8] {
        let Some((code, rest)) = line.split_at_checked(3) else { return line };
        if code_of(code) != Some(self.code) {
            return line;
        }
        match rest.first() {
            None => b"",
            Some(b' ' | b'-') => rest.get(1..).unwrap_or_default(),
            Some(_) => line,
        }
    }

    /// The lines' contents, code stripped where it is there, as bytes.
    pub(crate) fn contents(&self) -> impl Iterator<Item = &[u8]> {
        self.lines.iter().map(|line| self.without_code(line))
    }
}

/// The number of three digits, 100 to 699 (RFC 959 §4.2, RFC 2228 §6).
pub(crate) fn code_of(digits: &[u8]) -> Option<u16> {
    match digits {
        [a @ b'1'..=b'6', b @ b'0'..=b'9', c @ b'0'..=b'9'] => {
            Some(u16::from(a - b'0') * 100 + u16::from(b - b'0') * 10 + u16::from(c - b'0'))
        }
        _ => None,
    }
}

/// A stranger's bytes as text: UTF-8, else Latin-1, control characters replaced.
pub(crate) fn readable(bytes: &[u8]) -> String {
    let show = |c: char| if c.is_control() { '\u{FFFD}' } else { c };
    match std::str::from_utf8(bytes) {
        Ok(text) => text.chars().map(|c| if c == '\t' { ' ' } else { show(c) }).collect(),
        Err(_) => bytes.iter().map(|byte| if *byte == b'\t' { ' ' } else { show(char::from(*byte)) }).collect(),
    }
}

/// Lines joined by blanks, empty ones left out, cut where it grows too long.
fn bounded(lines: impl Iterator<Item = String>) -> String {
    let mut text = String::new();
    let mut length = 0;
    for line in lines {
        let line = line.trim();
        if line.is_empty() {
            continue;
        }
        if !text.is_empty() {
            text.push(' ');
            length += 1;
        }
        for character in line.chars() {
            if length >= SHOWN {
                text.push('…');
                return text;
            }
            text.push(character);
            length += 1;
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(code: u16, lines: &[&[u8]]) -> Reply {
        Reply { code, lines: lines.iter().map(|line| line.to_vec()).collect() }
    }

    #[test]
    fn words_keep_the_codes_and_text_drops_them() {
        let reply = reply(421, &[b"421-Too many users", b" 100 files", b"421"]);
        assert_eq!(reply.words(), "421-Too many users 100 files 421");
        assert_eq!(reply.text(), "Too many users 100 files");
    }

    #[test]
    fn latin1_and_control_characters_are_readable() {
        assert_eq!(
            reply(530, &[b"530 Zugang verweigert f\xFCr \x1B[31mx\x07"]).text(),
            "Zugang verweigert für \u{FFFD}[31mx\u{FFFD}"
        );
        assert_eq!(reply(530, &["530 Größe".as_bytes()]).text(), "Größe");
    }

    #[test]
    fn long_replies_are_cut() {
        let text = reply(200, &[&[b'x'; 9000]]).words();
        assert_eq!(text.chars().count(), SHOWN + 1);
        assert!(text.ends_with('…'));
    }

    #[test]
    fn codes_are_100_to_699() {
        assert_eq!(code_of(b"421"), Some(421));
        assert_eq!(code_of(b"631"), Some(631));
        for bad in [&b"099"[..], b"7xx", b"42", b"4211", b"4 1"] {
            assert_eq!(code_of(bad), None);
        }
    }
}
