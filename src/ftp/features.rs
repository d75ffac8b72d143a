//! What the server can do beyond RFC 959 (FEAT, RFC 2389).

use crate::ftp::reply::{Reply, readable};

/// What FEAT said (RFC 2389), upper-case, with parameters.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Features {
    /// One per line.
    pub lines: Vec<String>,
}

impl Features {
    /// Reads FEAT's reply: the lines between the first and the last. A refusal, or a reply of one line, offers nothing.
    pub(super) fn parse(reply: &Reply) -> Self {
        if reply.code != 211 {
            return Self::default();
        }
        let inner = reply.lines.get(1..reply.lines.len().saturating_sub(1)).unwrap_or_default();
        let read = |line: &Vec<u8>| {
            // Some servers repeat the code on each line.
            let line = line.strip_prefix(b"211-").unwrap_or(line);
            readable(line).trim().to_ascii_uppercase()
        };
        Self { lines: inner.iter().map(read).filter(|line| !line.is_empty()).collect() }
    }

    /// Whether a feature is offered: `has("MLST")`.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.lines.iter().any(|line| line.split_ascii_whitespace().next().is_some_and(|word| word.eq_ignore_ascii_case(name)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn features_are_the_lines_between() {
        let lines = ["211-Features:", " MDTM", " mlst type*;size*;", "211-UTF8", "", "211 End"];
        let features = Features::parse(&Reply { code: 211, lines: lines.iter().map(|line| line.as_bytes().to_vec()).collect() });
        assert_eq!(features.lines, ["MDTM", "MLST TYPE*;SIZE*;", "UTF8"]);
        assert!(features.has("mlst") && features.has("UTF8") && !features.has("MFMT"));
        let one_line = Features::parse(&Reply { code: 211, lines: vec![b"211 no features".to_vec()] });
        assert!(one_line.lines.is_empty());
        assert!(Features::parse(&Reply { code: 500, lines: vec![b"500 what".to_vec()] }).lines.is_empty());
    }
}
