//! The control connection: one command, one reply, nothing pending before, poisoned on any mismatch.

use std::net::SocketAddr;
use std::time::Duration;

use jiff::Timestamp;
use tokio_util::sync::CancellationToken;

use crate::ftp::data::Data;
use crate::ftp::fault::Fault;
use crate::ftp::reply::Reply;
use crate::ftp::tls::TlsFacts;
use crate::model::listing::Listing;
use crate::model::path::RemotePath;
use crate::model::secret::Secret;

/// What FEAT said (RFC 2389), upper-case, with parameters.
#[derive(Clone, Debug, Default)]
pub struct Features {
    /// One per line.
    pub lines: Vec<String>,
}

impl Features {
    /// Whether a feature is offered: `has("MLST")`.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.lines.iter().any(|line| line.split_ascii_whitespace().next().is_some_and(|word| word.eq_ignore_ascii_case(name)))
    }
}

/// Which command keeps the session alive.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum IdleCommand {
    /// NOOP.
    #[default]
    Noop,
    /// PWD.
    Pwd,
    /// TYPE I.
    Type,
}

/// A logged-in (or greeted) control connection.
///
/// Every method fails with `Poisoned` after a fault whose [`Fault::session_survives`] is false, and with `Cancelled`
/// within 100 ms of its token; a cancelled command leaves the connection poisoned unless its reply was drained.
pub struct Control {
    _private: (),
}

impl Control {
    /// Sets the token that cancels whatever is under way.
    pub fn set_cancel(&mut self, cancel: CancellationToken) {
        let _ = cancel;
    }
    /// The greeting.
    #[must_use]
    pub fn greeting(&self) -> &Reply {
        unimplemented!()
    }
    /// FEAT's answer; empty before [`Control::login`].
    #[must_use]
    pub fn features(&self) -> &Features {
        unimplemented!()
    }
    /// The address that was dialled.
    #[must_use]
    pub fn peer(&self) -> SocketAddr {
        unimplemented!()
    }
    /// What TLS negotiated; `None` when plain.
    #[must_use]
    pub fn tls(&self) -> Option<TlsFacts> {
        unimplemented!()
    }
    /// Round trip of the last command that moved no data.
    #[must_use]
    pub fn round_trip(&self) -> Option<Duration> {
        unimplemented!()
    }
    /// Whether the connection is no longer usable.
    #[must_use]
    pub fn is_poisoned(&self) -> bool {
        unimplemented!()
    }
    /// USER, PASS, FEAT, OPTS UTF8 ON where offered, TYPE I. Returns the reply that logged in.
    pub async fn login(&mut self, user: &str, password: &Secret) -> Result<Reply, Fault> {
        let _ = (user, password);
        unimplemented!()
    }
    /// PWD.
    pub async fn folder(&mut self) -> Result<RemotePath, Fault> {
        unimplemented!()
    }
    /// CWD; skipped when `path` is the current folder already.
    pub async fn enter(&mut self, path: &RemotePath) -> Result<(), Fault> {
        let _ = path;
        unimplemented!()
    }
    /// Enters `path` and lists it: MLSD where FEAT has it, else LIST without argument (falls back when refused).
    pub async fn list(&mut self, path: &RemotePath) -> Result<Listing, Fault> {
        let _ = path;
        unimplemented!()
    }
    /// MKD. A folder that exists already is `Refused`.
    pub async fn make_folder(&mut self, path: &RemotePath) -> Result<(), Fault> {
        let _ = path;
        unimplemented!()
    }
    /// RMD.
    pub async fn remove_folder(&mut self, path: &RemotePath) -> Result<(), Fault> {
        let _ = path;
        unimplemented!()
    }
    /// DELE.
    pub async fn delete(&mut self, path: &RemotePath) -> Result<(), Fault> {
        let _ = path;
        unimplemented!()
    }
    /// RNFR, RNTO; both names are checked before anything is sent.
    pub async fn rename(&mut self, from: &RemotePath, to: &RemotePath) -> Result<(), Fault> {
        let _ = (from, to);
        unimplemented!()
    }
    /// SITE CHMOD with the low twelve bits, octal.
    pub async fn set_mode(&mut self, path: &RemotePath, mode: u32) -> Result<(), Fault> {
        let _ = (path, mode);
        unimplemented!()
    }
    /// SIZE (RFC 3659 §4); `None` when the server does not know the command. A missing file is `Refused`.
    pub async fn size(&mut self, path: &RemotePath) -> Result<Option<u64>, Fault> {
        let _ = path;
        unimplemented!()
    }
    /// MDTM (RFC 3659 §3); `None` when the server does not know the command.
    pub async fn modified(&mut self, path: &RemotePath) -> Result<Option<Timestamp>, Fault> {
        let _ = path;
        unimplemented!()
    }
    /// MFMT where offered; `Ok(false)` when it is not.
    pub async fn set_modified(&mut self, path: &RemotePath, at: Timestamp) -> Result<bool, Fault> {
        let _ = (path, at);
        unimplemented!()
    }
    /// One keep-alive.
    pub async fn keep_alive(&mut self, command: IdleCommand) -> Result<Reply, Fault> {
        let _ = command;
        unimplemented!()
    }
    /// RETR from `offset` on (REST before it when not 0).
    pub async fn retrieve(&mut self, path: &RemotePath, offset: u64) -> Result<Data<'_>, Fault> {
        let _ = (path, offset);
        unimplemented!()
    }
    /// STOR from `offset` on (REST before it when not 0).
    pub async fn store(&mut self, path: &RemotePath, offset: u64) -> Result<Data<'_>, Fault> {
        let _ = (path, offset);
        unimplemented!()
    }
    /// Waits, while nothing is under way, until the server says or does something on its own, and returns what:
    /// `Goodbye` with the 421/221 text (also in clear behind TLS), `Lost`, or `Protocol`. Never returns otherwise.
    /// Cancel-safe: dropping the future loses nothing and poisons nothing.
    pub async fn watch(&mut self) -> Fault {
        unimplemented!()
    }
    /// QUIT on an idle connection, reads the 221 (any reply is fine), closes. Never fails, never takes over 2 s.
    pub async fn quit(self) -> Option<Reply> {
        unimplemented!()
    }
}
