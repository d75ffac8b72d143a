//! What was asked of the server, what it answered, and how its connection ended.

use std::io;

use crate::ftp::fault::Fault;
use crate::ftp::reply::Reply;

/// How the control connection ended.
#[derive(Clone, Debug)]
pub enum End {
    /// The server closed it.
    Closed,
    /// The system or TLS broke it.
    Broken(io::ErrorKind, String),
    /// What came is not FTP.
    NotFtp(String),
}

impl End {
    /// Whether the connection is simply gone, as far as can be told.
    pub fn is_silent(&self) -> bool {
        matches!(self, Self::Closed | Self::Broken(..))
    }

    /// The fault that this end is for whoever was `doing` something.
    pub fn fault(self, doing: &'static str) -> Fault {
        match self {
            Self::Closed => Fault::Lost { doing, source: None },
            Self::Broken(kind, text) => Fault::Lost { doing, source: Some(io::Error::new(kind, text)) },
            Self::NotFtp(detail) => Fault::Protocol { doing, detail },
        }
    }
}

/// What a reply is awaited to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asked {
    /// The connection itself.
    Greeting,
    /// A command, by its verb in upper case.
    Command(String),
    /// The end of a data connection.
    Closing,
}

impl Asked {
    /// Whether the answer may be preliminary, since data flows behind it.
    pub fn moves_data(&self) -> bool {
        matches!(self, Self::Command(verb) if matches!(verb.as_str(), "RETR" | "STOR" | "APPE" | "STOU" | "LIST" | "NLST" | "MLSD"))
    }
}

/// What was asked and what the server answered.
#[derive(Clone, Debug)]
pub struct Answer {
    /// What was asked.
    pub asked: Asked,
    /// The whole reply.
    pub reply: Reply,
}
