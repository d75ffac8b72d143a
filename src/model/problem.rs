//! What went wrong, in a person's words, with the server's own words beside.

use crate::model::cause::Cause;

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
