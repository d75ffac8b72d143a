//! Bytes of the control connection to replies: RFC 959 §4.2, strict where it matters, bounded everywhere.

use std::collections::VecDeque;

use crate::ftp::reply::{Reply, code_of};

/// Longest line that is read, in bytes.
const LINE_LIMIT: usize = 8 * 1024;
/// Longest reply that is read, in bytes.
const REPLY_LIMIT: usize = 64 * 1024;
/// Most whole replies that may wait unread.
const WAITING_LIMIT: usize = 64;

const IAC: u8 = 255;

/// The server sends more than any reply may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TooMuch {
    /// One line.
    #[error("a line of more than 8 KiB")]
    Line,
    /// One reply.
    #[error("a reply of more than 64 KiB")]
    Reply,
    /// Replies that nobody asked for.
    #[error("more than 64 replies at once")]
    Replies,
}

/// Where in a telnet command the reader is (RFC 854; old servers send them).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Telnet {
    #[default]
    Text,
    /// After IAC.
    Command,
    /// After IAC WILL, WONT, DO or DONT: one option follows.
    Option,
    /// Within a subnegotiation, up to IAC SE.
    Subnegotiation,
    /// After an IAC within a subnegotiation.
    SubnegotiationCommand,
}

/// Frames replies out of whatever segments the network delivers.
#[derive(Debug, Default)]
pub struct ReplyReader {
    telnet: Telnet,
    line: Vec<u8>,
    /// Lines of the reply under way; also lines without a code that came before it.
    lines: Vec<Vec<u8>>,
    /// Bytes in `lines`.
    size: usize,
    /// The code that a multi-line reply was opened with.
    open: Option<u16>,
    whole: VecDeque<Reply>,
}

impl ReplyReader {
    /// Takes bytes in.
    ///
    /// # Errors
    /// A limit was passed; the reader is of no more use.
    pub fn feed(&mut self, bytes: &[u8]) -> Result<(), TooMuch> {
        for byte in bytes {
            self.telnet = match (self.telnet, *byte) {
                (Telnet::Text, IAC) => Telnet::Command,
                (Telnet::Command, 251..=254) => Telnet::Option,
                (Telnet::Command, 250) => Telnet::Subnegotiation,
                (Telnet::Command, 240..=249) => Telnet::Text,
                // A doubled IAC is the character itself; servers that do not double it mean the same.
                (Telnet::Command, IAC) => {
                    self.push(IAC)?;
                    Telnet::Text
                }
                (Telnet::Command, other) => {
                    self.push(IAC)?;
                    self.push(other)?;
                    Telnet::Text
                }
                (Telnet::Subnegotiation, IAC) => Telnet::SubnegotiationCommand,
                (Telnet::Subnegotiation, _) => Telnet::Subnegotiation,
                (Telnet::SubnegotiationCommand, 240) | (Telnet::Option, _) => Telnet::Text,
                (Telnet::SubnegotiationCommand, _) => Telnet::Subnegotiation,
                (Telnet::Text, other) => {
                    self.push(other)?;
                    Telnet::Text
                }
            };
        }
        Ok(())
    }

    /// Takes the end of the connection in: an unfinished line counts as a line, text without a code becomes a reply of code 0.
    ///
    /// # Errors
    /// A limit was passed.
    pub fn end(&mut self) -> Result<(), TooMuch> {
        if !self.line.is_empty() {
            self.end_line()?;
        }
        if let Some(code) = self.open.take() {
            // Cut within a multi-line reply: a 421 line in its middle is the server's last word, otherwise the code it began with.
            let last = self.lines.last().and_then(|line| line.get(..3)).and_then(code_of);
            self.complete(if last == Some(421) { 421 } else { code })?;
        } else if !self.lines.is_empty() {
            self.complete(0)?;
        }
        Ok(())
    }

    /// The next whole reply.
    pub fn next(&mut self) -> Option<Reply> {
        self.whole.pop_front()
    }

    /// Whether nothing is held: no whole reply and no part of one.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.whole.is_empty() && self.line.is_empty() && self.lines.is_empty()
    }

    /// The text without a code that came where a reply should begin, if there is some.
    #[must_use]
    pub fn codeless(&self) -> Option<&[u8]> {
        if self.open.is_some() { None } else { self.lines.first().map(Vec::as_slice) }
    }

    fn push(&mut self, byte: u8) -> Result<(), TooMuch> {
        if byte == b'\n' {
            return self.end_line();
        }
        if self.line.len() >= LINE_LIMIT {
            return Err(TooMuch::Line);
        }
        self.line.push(byte);
        Ok(())
    }

    fn end_line(&mut self) -> Result<(), TooMuch> {
        let mut line = std::mem::take(&mut self.line);
        while let Some(b'\r' | 0) = line.last() {
            line.pop();
        }
        let code = line.get(..3).and_then(code_of);
        let mark = line.get(3).copied();
        if self.open.is_none() && self.lines.is_empty() && line.iter().all(u8::is_ascii_whitespace) {
            return Ok(());
        }
        self.size += line.len() + 2;
        if self.size > REPLY_LIMIT {
            return Err(TooMuch::Reply);
        }
        self.lines.push(line);
        match (self.open, code, mark) {
            (Some(open), Some(code), None | Some(b' ')) if open == code => self.complete(code),
            (None, Some(code), Some(b'-')) => {
                self.open = Some(code);
                Ok(())
            }
            (None, Some(code), None | Some(b' ' | b'\t')) => self.complete(code),
            _ => Ok(()),
        }
    }

    fn complete(&mut self, code: u16) -> Result<(), TooMuch> {
        self.open = None;
        self.size = 0;
        if self.whole.len() >= WAITING_LIMIT {
            return Err(TooMuch::Replies);
        }
        self.whole.push_back(Reply { code, lines: std::mem::take(&mut self.lines) });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Code and lines.
    type Framed = (u16, Vec<String>);

    fn read(bytes: &[u8]) -> Vec<Framed> {
        let mut reader = ReplyReader::default();
        reader.feed(bytes).unwrap();
        reader.end().unwrap();
        std::iter::from_fn(|| reader.next())
            .map(|reply| (reply.code, reply.lines.iter().map(|line| String::from_utf8_lossy(line).into_owned()).collect()))
            .collect()
    }

    fn one(code: u16, lines: &[&str]) -> Framed {
        (code, lines.iter().map(|line| (*line).to_owned()).collect())
    }

    #[test]
    fn replies_are_framed() {
        let table: &[(&[u8], Vec<Framed>)] = &[
            (b"220 ready\r\n", vec![one(220, &["220 ready"])]),
            (b"200\r\n", vec![one(200, &["200"])]),
            (b"200 lf only\n", vec![one(200, &["200 lf only"])]),
            (b"\r\n200 after a blank line\r\r\n\r\n", vec![one(200, &["200 after a blank line"])]),
            (
                b"250-x\r\n100 files\r\n 250 no\r\n226 neither\r\n250-still\r\n250 end\r\n",
                vec![one(250, &["250-x", "100 files", " 250 no", "226 neither", "250-still", "250 end"])],
            ),
            (b"421-banned\r\n\r\n421\r\n", vec![one(421, &["421-banned", "", "421"])]),
            (b"200 ok\r\n421 bye\r\n", vec![one(200, &["200 ok"]), one(421, &["421 bye"])]),
            (b"421 timeout421 again\r\n", vec![one(421, &["421 timeout421 again"])]),
            (b"421 Server offline.\0", vec![one(421, &["421 Server offline."])]),
            (b"Too many connections\r\n421 try later\r\n", vec![one(421, &["Too many connections", "421 try later"])]),
            (b"Goodbye then", vec![one(0, &["Goodbye then"])]),
            (b"\xFF\xFB\x01220 \xFF\xFAxx\xFF\xF0telnet\xFF\xF1\r\n", vec![one(220, &["220 telnet"])]),
            (b"226-done\r\n421 Timeout", vec![one(421, &["226-done", "421 Timeout"])]),
            (b"226-cut", vec![one(226, &["226-cut"])]),
            (b"2200 is no code\r\n", vec![one(0, &["2200 is no code"])]),
        ];
        for (bytes, expected) in table {
            assert_eq!(&read(bytes), expected, "{:?}", String::from_utf8_lossy(bytes));
        }
    }

    #[test]
    fn an_undoubled_iac_is_a_character() {
        let mut reader = ReplyReader::default();
        reader.feed(b"257 \"/\xFF.txt\xFF\xFF\"\r\n").unwrap();
        assert_eq!(reader.next().unwrap().lines, vec![b"257 \"/\xFF.txt\xFF\"".to_vec()]);
    }

    #[test]
    fn endless_lines_and_replies_are_refused() {
        assert_eq!(ReplyReader::default().feed(&[b'x'; LINE_LIMIT + 1]), Err(TooMuch::Line));
        let mut reader = ReplyReader::default();
        let line = [&[b'y'; 1000][..], b"\r\n"].concat();
        reader.feed(b"220-endless\r\n").unwrap();
        assert_eq!((0..70).try_for_each(|_| reader.feed(&line)), Err(TooMuch::Reply));
        assert_eq!(ReplyReader::default().feed(&b"200\n".repeat(WAITING_LIMIT + 1)), Err(TooMuch::Replies));
    }

    #[test]
    fn a_part_of_a_reply_is_not_nothing() {
        let mut reader = ReplyReader::default();
        assert!(reader.is_empty());
        reader.feed(b"2").unwrap();
        assert!(!reader.is_empty());
        reader.feed(b"20-x\r\n").unwrap();
        assert!(!reader.is_empty());
        assert!(reader.next().is_none());
        assert!(reader.codeless().is_none());
        reader.feed(b"220 y\r\nwhat\r\n").unwrap();
        assert!(reader.next().is_some());
        assert_eq!(reader.codeless(), Some(&b"what"[..]));
    }

    proptest! {
        #[test]
        fn the_segments_do_not_matter(bytes in proptest::collection::vec(prop_oneof![Just(b'2'), Just(b'0'), Just(b'-'), Just(b' '), Just(b'\r'), Just(b'\n'), any::<u8>()], 0..200), cut in 0..200_usize) {
            let cut = cut.min(bytes.len());
            let (first, second) = bytes.split_at(cut);
            let mut reader = ReplyReader::default();
            reader.feed(first).unwrap();
            reader.feed(second).unwrap();
            reader.end().unwrap();
            let parts: Vec<_> = std::iter::from_fn(|| reader.next()).collect();
            let mut reader = ReplyReader::default();
            reader.feed(&bytes).unwrap();
            reader.end().unwrap();
            let whole: Vec<_> = std::iter::from_fn(|| reader.next()).collect();
            prop_assert_eq!(parts, whole);
        }
    }
}
