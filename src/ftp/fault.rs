//! Everything that can go wrong on one connection, as values.

use std::io;
use std::time::Duration;

use crate::ftp::reply::Reply;
use crate::model::certificate::Certificate;
use crate::model::path::NameError;

/// A failure of one connection or command.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// The name has no address.
    #[error("the name {host} could not be found")]
    Resolve {
        /// The name.
        host: String,
        /// The system's answer.
        source: io::Error,
    },
    /// No TCP connection: refused, unreachable.
    #[error("no connection to {address}")]
    Dial {
        /// `host:port` as dialled.
        address: String,
        /// The system's answer.
        source: io::Error,
    },
    /// Nothing came within the time. The connection is poisoned.
    #[error("no answer within {after:?} while {doing}")]
    Timeout {
        /// What was awaited: "waiting for the greeting".
        doing: &'static str,
        /// The limit that ran out.
        after: Duration,
    },
    /// TLS did not come about or broke.
    #[error("TLS failed while {doing}: {detail}")]
    Tls {
        /// What was under way.
        doing: &'static str,
        /// The library's words.
        detail: String,
    },
    /// The certificate is not trusted: a question for a person.
    #[error("the certificate is not trusted: {}", .0.reason)]
    Untrusted(Box<Certificate>),
    /// The server does not offer what was required (no AUTH TLS: never a quiet fall-back).
    #[error("the server does not offer {what}")]
    NotOffered {
        /// What was required.
        what: &'static str,
        /// Its reply.
        reply: Reply,
    },
    /// USER or PASS was refused (530 and relatives, 421 excepted).
    #[error("login refused: {}", .0.words())]
    LoginRefused(Reply),
    /// The server answered no (4yz, 5yz); the session goes on.
    #[error("refused: {}", .0.words())]
    Refused(Reply),
    /// The server ended the session in words: a 421, a 221 that was not asked for, `500 OOPS`.
    #[error("the server ended the session: {}", .0.words())]
    Goodbye(Reply),
    /// The connection ended without words: FIN, RST, TLS alert.
    #[error("the connection ended while {doing}")]
    Lost {
        /// What was under way.
        doing: &'static str,
        /// The system's answer, when there was one.
        source: Option<io::Error>,
    },
    /// The server broke the protocol; the connection is poisoned.
    #[error("not FTP while {doing}: {detail}")]
    Protocol {
        /// What was under way.
        doing: &'static str,
        /// What came instead.
        detail: String,
    },
    /// The data connection failed while the control connection lives.
    #[error("data connection: {detail}")]
    DataConnection {
        /// What happened.
        detail: String,
        /// The server's closing reply, when it came.
        reply: Option<Reply>,
    },
    /// The server no longer knows the TLS session that data connections have to resume; a new login brings another.
    #[error("the server no longer knows the TLS session that data connections have to resume: {}", .0.words())]
    Forgotten(Reply),
    /// A name that must not be sent.
    #[error(transparent)]
    Name(#[from] NameError),
    /// Cancelled by us.
    #[error("cancelled")]
    Cancelled,
    /// An earlier failure made this connection unusable.
    #[error("the connection is no longer usable")]
    Poisoned,
}

impl Fault {
    /// Whether the connection can take the next command.
    #[must_use]
    pub fn session_survives(&self) -> bool {
        matches!(self, Self::Refused(_) | Self::Name(_) | Self::DataConnection { .. })
    }
}
