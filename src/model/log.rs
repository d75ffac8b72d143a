//! Lines of the protocol log, secrets masked before they get here.

use jiff::Timestamp;

/// Who said it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LogKind {
    /// A command of ours.
    Command,
    /// A reply line of the server's.
    Reply,
    /// What Moorline did or noticed.
    Note,
    /// What went wrong.
    Problem,
}

/// One line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogLine {
    /// When.
    pub at: Timestamp,
    /// Which connection: 0 is the browsing one.
    pub connection: u16,
    /// Who said it.
    pub kind: LogKind,
    /// The text, control characters replaced, secrets masked.
    pub text: String,
}
