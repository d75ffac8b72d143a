//! What went wrong, in a person's words, with the server's own words beside.

use crate::model::cause::Cause;

/// What is said after a person's own no to a certificate.
pub const NOT_TRUSTED: &str = "You did not trust the certificate, so Moorline did not connect.";

/// Which kind of trouble, for exit codes, icons and retries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ProblemKind {
    /// Name resolution, refused port, silence, TLS: no session came about.
    Connect,
    /// The server did not accept the user or password.
    Login,
    /// The certificate was not accepted.
    Certificate,
    /// The connection ended under way.
    Lost,
    /// The server said no to one command.
    Refused,
    /// The server broke the protocol.
    Protocol,
    /// A local file or folder: missing, unwritable, disk full.
    Local,
    /// A name that would not be safe here or there.
    Name,
    /// What arrived could not be proven to be whole.
    Unproven,
    /// A person cancelled it.
    Cancelled,
}

/// One failure as it is shown: first what happened, then what to do, then the server's words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Kind.
    pub kind: ProblemKind,
    /// Why, for what follows from it and for doing something about all that failed for the same reason.
    pub cause: Cause,
    /// What happened, one sentence with its end mark.
    pub what: String,
    /// What to do about it; may be empty.
    pub advice: String,
    /// The server's reply, code included, as it came (control characters replaced).
    pub server_words: Option<String>,
}

impl Problem {
    /// A problem without advice or server's words.
    pub fn new(kind: ProblemKind, what: impl Into<String>) -> Self {
        Self { kind, cause: Cause::usual(kind), what: what.into(), advice: String::new(), server_words: None }
    }

    /// Says why, and what is to be done about that.
    #[must_use]
    pub fn because(mut self, cause: Cause) -> Self {
        self.cause = cause;
        self.advice = cause.advice().to_owned();
        self
    }

    /// Adds what to do about it.
    #[must_use]
    pub fn advise(mut self, advice: impl Into<String>) -> Self {
        self.advice = advice.into();
        self
    }

    /// Adds the server's words.
    #[must_use]
    pub fn quote(mut self, words: impl Into<String>) -> Self {
        self.server_words = Some(words.into());
        self
    }

    /// As [`Problem::sentence`], for a row that shows these paths already.
    #[must_use]
    pub fn sentence_beside(&self, paths: &[&str]) -> String {
        paths.iter().fold(self.sentence(), |line, path| without(&line, path))
    }

    /// One line: what, advice and the server's words in quotes.
    #[must_use]
    pub fn sentence(&self) -> String {
        let mut line = self.what.clone();
        if !self.advice.is_empty() {
            line.push(' ');
            line.push_str(&self.advice);
        }
        if let Some(words) = &self.server_words {
            line.push_str(&format!(" “{words}”"));
        }
        line
    }
}

/// The sentence with a word in the place of a path, and nothing where the server puts the path before its words.
fn without(line: &str, path: &str) -> String {
    if path.len() < 2 {
        return line.to_owned();
    }
    let mut rest = line;
    let mut short = String::with_capacity(line.len());
    while let Some((before, after)) = rest.split_once(path) {
        short.push_str(before);
        rest = after;
        let begins = before.chars().next_back().is_none_or(|letter| matches!(letter, ' ' | '“' | '"' | '\'' | '('));
        let ends = !after.starts_with(|letter: char| letter == '/' || letter.is_alphanumeric());
        match after.strip_prefix(": ") {
            _ if !(begins && ends) => short.push_str(path),
            // “550 /a: Permission denied”: who reads the row knows of what.
            Some(words) if short.ends_with(|letter: char| letter != ' ') || ends_with_code(&short) => rest = words,
            _ if ["folder ", "file "].iter().any(|word| short.ends_with(word)) => short.truncate(short.trim_end().len()),
            _ => short.push_str("it"),
        }
    }
    short.push_str(rest);
    short
}

/// Whether it ends with a reply's code.
fn ends_with_code(line: &str) -> bool {
    let code = line.trim_end().rsplit(|letter: char| !letter.is_ascii_digit()).next().unwrap_or_default();
    code.len() == 3
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_beside_its_paths_does_not_repeat_them() {
        let problem = |what: &str, words: &str| Problem::new(ProblemKind::Refused, what).quote(words);
        for (what, words, short) in [
            (
                "The server refused to take /empty/a.txt: this user may not do that there.",
                "550 /empty/a.txt: Operation not permitted",
                "The server refused to take it: this user may not do that there. “550 Operation not permitted”",
            ),
            (
                "The server refused to make the folder /empty/a.txt: no.",
                "550 Can't create \"/empty/a.txt\"",
                "The server refused to make the folder: no. “550 Can't create \"it\"”",
            ),
            ("Could not open /home/a.txt: it is a folder.", "550 x", "Could not open it: it is a folder. “550 x”"),
            ("/empty/a.txt.part is in the way of /empty/a.txt2.", "x", "it.part is in the way of /empty/a.txt2. “x”"),
        ] {
            assert_eq!(problem(what, words).sentence_beside(&["/empty/a.txt", "/home/a.txt"]), short);
        }
        assert_eq!(problem("Could not open /.", "550 /").sentence_beside(&["/"]), "Could not open /. “550 /”");
    }
}
