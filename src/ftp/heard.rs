//! What the server says, line by line, for the record: a secret is never cut in two so.

/// Bytes of a line that is not whole yet.
#[derive(Debug, Default)]
pub struct Heard {
    line: Vec<u8>,
}

impl Heard {
    /// Takes bytes in, and gives each line that is whole now to `tell`.
    pub fn take(&mut self, bytes: &[u8], mut tell: impl FnMut(&[u8])) {
        for byte in bytes {
            self.line.push(*byte);
            if *byte == b'\n' {
                self.end(&mut tell);
            }
        }
    }

    /// Gives what is left of a line to `tell`.
    pub fn end(&mut self, tell: impl FnOnce(&[u8])) {
        if !self.line.is_empty() {
            tell(&std::mem::take(&mut self.line));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Heard;

    #[test]
    fn lines_are_told_whole_whatever_the_segments() {
        let mut heard = Heard::default();
        let mut told = Vec::new();
        for bytes in [&b"220 a"[..], b"b\r\n33", b"1 c\n2", b""] {
            heard.take(bytes, |line| told.push(line.to_vec()));
        }
        heard.end(|line| told.push(line.to_vec()));
        heard.end(|_| panic!("it was told already"));
        assert_eq!(told, [b"220 ab\r\n".to_vec(), b"331 c\n".to_vec(), b"2".to_vec()]);
    }
}
