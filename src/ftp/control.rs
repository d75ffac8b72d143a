//! The control connection: one command, one reply, nothing pending before, poisoned on any mismatch.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::time::Duration;

use suppaftp::tokio::ImplAsyncFtpStream;
use suppaftp::{FtpError, Mode};
use tokio_util::sync::CancellationToken;

use crate::ftp::data::{Data, DataFacts};
use crate::ftp::farewell::is_goodbye;
use crate::ftp::fault::Fault;
pub use crate::ftp::features::Features;
use crate::ftp::file_times::TimeCommand;
use crate::ftp::reply::Reply;
use crate::ftp::tls::{TlsFacts, TlsSession};
use crate::ftp::wait::{bounded_within, plain_wait};
use crate::ftp::wire::{Session, Wire};
use crate::model::checksum::HashAlgorithm;
use crate::model::log::LogKind;
use crate::model::path::{NameError, RemotePath};
use crate::model::receipt::TlsProof;
use crate::model::secret::Secret;
use crate::model::session::ConnectStep;
use crate::model::site::DataMode;
use crate::model::upkeep::IdleCommand;

/// How long QUIT may take.
const QUIT_LIMIT: Duration = Duration::from_secs(2);

/// A logged-in (or greeted) control connection.
///
/// Every method fails with `Poisoned` after a fault whose [`Fault::session_survives`] is false, and with `Cancelled`
/// within 100 ms of its token; a cancelled command leaves the connection poisoned unless its reply was drained.
pub struct Control {
    pub(super) ftp: ImplAsyncFtpStream<Wire>,
    pub(super) session: Arc<Session>,
    pub(super) cancel: CancellationToken,
    greeting: Reply,
    pub(super) features: Features,
    pub(super) mode: Mode,
    /// Whether PROT P could not be agreed before the login and is asked for after it.
    protect_after_login: bool,
    /// Whether LIST takes `-a`; `None` before it was tried.
    pub(super) takes_list_option: Option<bool>,
    /// Seconds that the times of LIST are ahead of UTC, shared by all connections of a session.
    pub(super) list_ahead: Arc<AtomicI64>,
    /// Whether TYPE A holds at the server.
    pub(super) in_text: bool,
    /// Whether the next file is moved in TYPE A.
    pub(super) next_in_text: bool,
    /// Whether the server takes commands behind a transfer's before it has answered that; shared by all connections of a session.
    pub(super) pipelining: Arc<AtomicBool>,
    /// Whether the next transfer is soon through and more follow.
    pub(super) next_is_small: bool,
    /// What is sent behind the command of the transfer that is being opened, but for the address of the one after it.
    pub(super) ahead: Option<Vec<String>>,
    /// Whether the server ended the last data connection that was protected with close_notify; `None` before it ended.
    pub(super) data_closed: Option<bool>,
    /// The kind of checksum that HASH was last told to compute.
    pub(super) hash_kind: Option<HashAlgorithm>,
    /// Commands for checksums that turned out not to be known.
    pub(super) no_checksum: Vec<&'static str>,
    /// Whether MLSD takes a path; `None` before it was tried.
    pub(super) takes_mlsd_path: Option<bool>,
    /// Commands that may set a file's time, in the order in which they are tried; `None` before the first was.
    pub(super) time_commands: Option<Vec<TimeCommand>>,
    /// The working folder, once known.
    pub(super) current: Option<RemotePath>,
    /// Seconds of the idle limit, when SITE IDLE told it.
    pub(super) idle_limit: Option<u32>,
    /// Whether OPTS UTF8 changes anything.
    asks_utf8: bool,
}

/// What one connection has found out of its server, so that the next ones need not ask again.
#[derive(Clone, Debug)]
pub struct Manners {
    features: Features,
    mode: Mode,
    takes_list_option: Option<bool>,
    asks_utf8: bool,
    pipelining: Arc<AtomicBool>,
}

impl std::fmt::Debug for Control {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Control").field("peer", &self.session.peer).field("poisoned", &self.is_poisoned()).finish_non_exhaustive()
    }
}

impl Control {
    pub(super) fn new(
        ftp: ImplAsyncFtpStream<Wire>,
        session: Arc<Session>,
        greeting: Reply,
        cancel: CancellationToken,
        data_mode: DataMode,
    ) -> Self {
        let mode = match data_mode {
            DataMode::Active => Mode::Active,
            DataMode::Passive if session.peer.is_ipv6() => Mode::ExtendedPassive,
            DataMode::Passive => Mode::Passive,
        };
        // It reads one command after the other; proftpd and pure-ftpd look at what comes while they send.
        let pipelining = Arc::new(AtomicBool::new(greeting.text().contains("vsFTPd")));
        Self {
            ftp,
            session,
            cancel,
            greeting,
            features: Features::default(),
            mode,
            protect_after_login: false,
            takes_list_option: None,
            list_ahead: Arc::default(),
            in_text: false,
            next_in_text: false,
            pipelining,
            next_is_small: false,
            ahead: None,
            data_closed: None,
            hash_kind: None,
            no_checksum: Vec::new(),
            takes_mlsd_path: None,
            time_commands: None,
            current: None,
            idle_limit: None,
            asks_utf8: true,
        }
    }

    /// What was found out of the server so far.
    #[must_use]
    pub fn manners(&self) -> Manners {
        Manners {
            features: self.features.clone(),
            mode: self.mode,
            takes_list_option: self.takes_list_option,
            asks_utf8: self.asks_utf8,
            pipelining: Arc::clone(&self.pipelining),
        }
    }

    /// Sets the token that cancels whatever is under way.
    pub fn set_cancel(&mut self, cancel: CancellationToken) {
        self.cancel = cancel;
    }

    /// Has the times of LIST put right by this many seconds from now on.
    pub fn share_list_ahead(&mut self, ahead: Arc<AtomicI64>) {
        self.list_ahead = ahead;
    }

    /// The token that cancels whatever is under way.
    #[must_use]
    pub fn cancel_token(&self) -> CancellationToken {
        self.cancel.clone()
    }

    /// The greeting.
    #[must_use]
    pub fn greeting(&self) -> &Reply {
        &self.greeting
    }

    /// Seconds of the idle limit, as [`Control::ask_idle_limit`] found it.
    #[must_use]
    pub fn idle_limit(&self) -> Option<u32> {
        self.idle_limit
    }

    /// FEAT's answer; empty before [`Control::login`].
    #[must_use]
    pub fn features(&self) -> &Features {
        &self.features
    }

    /// The address that was dialled.
    #[must_use]
    pub fn peer(&self) -> SocketAddr {
        self.session.peer
    }

    /// What TLS negotiated; `None` when plain.
    #[must_use]
    pub fn tls(&self) -> Option<TlsFacts> {
        self.session.facts()
    }

    /// What became of the last passive data connection; `None` before the server named a port for one.
    #[must_use]
    pub fn data_facts(&self) -> Option<DataFacts> {
        self.session.line().data_facts()
    }

    /// What TLS did for the data connection that ended last; `None` when data connections are plain.
    #[must_use]
    pub fn data_tls(&self) -> Option<TlsProof> {
        let facts = self.session.facts().filter(|_| self.session.protects_data())?;
        let resumed = self.session.line().data_facts().and_then(|facts| facts.resumed) == Some(true);
        Some(TlsProof { protocol: facts.protocol, resumed, closed: self.data_closed == Some(true) })
    }

    /// Round trip of the last command that moved no data.
    #[must_use]
    pub fn round_trip(&self) -> Option<Duration> {
        self.session.line().round_trip()
    }

    /// Whether the connection is no longer usable.
    #[must_use]
    pub fn is_poisoned(&self) -> bool {
        self.session.is_poisoned()
    }

    /// AUTH TLS, the handshake, then [`Control::protect_data`] (RFC 4217).
    pub(super) async fn begin_tls(&mut self) -> Result<(), Fault> {
        let reply = self.command("AUTH TLS", "asking for TLS").await?;
        if reply.code != 234 {
            return Err(self.not_offered("AUTH TLS", reply));
        }
        let doing = "securing the control connection";
        let secured = async {
            let tap = self.session.line().detach_for_tls()?;
            plain_wait(self.session.timeout, &self.cancel, doing, self.session.secure(tap)).await?
        };
        let result = secured.await;
        self.judge(result)?;
        self.protect_data().await
    }

    /// PBSZ 0, PROT P. Some servers want the login first: then it is asked for again after it.
    pub(super) async fn protect_data(&mut self) -> Result<(), Fault> {
        let doing = "asking for protected data connections";
        // Its answer does not matter: with TLS the size is always 0 (RFC 4217 §8).
        self.command("PBSZ 0", doing).await?;
        let reply = self.command("PROT P", doing).await?;
        self.protect_after_login = matches!(reply.code, 503 | 530);
        if reply.is_positive() {
            self.session.protect_data();
        } else if !self.protect_after_login {
            return Err(self.not_offered("protected data connections (PROT P)", reply));
        }
        Ok(())
    }

    fn not_offered(&mut self, what: &'static str, reply: Reply) -> Fault {
        let fault = Fault::NotOffered { what, reply };
        self.session.poison(&fault);
        fault
    }

    /// USER, PASS, FEAT, OPTS UTF8 ON where offered, TYPE I. Returns the reply that logged in.
    ///
    /// # Errors
    /// `LoginRefused` when the server says no, `NotOffered` when data connections cannot be protected.
    pub async fn login(&mut self, user: &str, password: &Secret) -> Result<Reply, Fault> {
        self.login_again(user, password, None).await
    }

    /// As [`Control::login`], without asking for what another connection to the same server has found out.
    ///
    /// # Errors
    /// As [`Control::login`].
    pub async fn login_again(&mut self, user: &str, password: &Secret, manners: Option<Manners>) -> Result<Reply, Fault> {
        self.session.observer.step(ConnectStep::LoggingIn);
        for (what, text) in [("the user name", user), ("the password", password.reveal())] {
            if text.contains(['\r', '\n', '\0']) {
                return Err(NameError::ControlCharacter(what.to_owned()).into());
            }
        }
        {
            let mut line = self.session.line();
            line.keep_secret(password.reveal());
            line.set_logging_in(true);
        }
        let outcome = self.log_in(user, password).await;
        self.session.line().set_logging_in(false);
        let reply = outcome?;
        self.session.observer.step(ConnectStep::Settling);
        if self.protect_after_login {
            self.protect_data().await?;
            if self.protect_after_login {
                return Err(self.not_offered("protected data connections (PROT P)", reply));
            }
        }
        match manners {
            Some(manners) => {
                self.features = manners.features;
                self.mode = manners.mode;
                self.takes_list_option = manners.takes_list_option;
                self.asks_utf8 = manners.asks_utf8;
                self.pipelining = manners.pipelining;
            }
            None => self.features = Features::parse(&self.command("FEAT", "asking for features").await?),
        }
        if self.asks_utf8 && self.features.has("UTF8") {
            // A refusal changes nothing: names are bytes to us.
            let reply = self.command("OPTS UTF8 ON", "asking for UTF-8").await?;
            self.asks_utf8 = reply.is_positive() && !reply.text().to_ascii_lowercase().contains("always");
        }
        self.ask("TYPE I", "asking for binary transfers").await?;
        Ok(reply)
    }

    async fn log_in(&mut self, user: &str, password: &Secret) -> Result<Reply, Fault> {
        let doing = "logging in";
        let mut reply = self.command(&format!("USER {user}"), doing).await?;
        if matches!(reply.code, 331 | 336) {
            reply = self.command(&format!("PASS {}", password.reveal()), doing).await?;
        }
        if reply.is_positive() {
            return Ok(reply);
        }
        let fault = Fault::LoginRefused(reply);
        self.session.poison(&fault);
        Err(fault)
    }

    /// One keep-alive.
    ///
    /// # Errors
    /// Any that a command has; a refusal (4yz, 5yz) counts as an answer, not as an error.
    pub async fn keep_alive(&mut self, command: IdleCommand) -> Result<Reply, Fault> {
        self.command(command.line(), "keeping the session alive").await
    }

    /// Waits, while nothing is under way, until the server says or does something on its own, and returns what:
    /// `Goodbye` with the 421/221 text (also in clear behind TLS), `Lost`, or `Protocol`. Never returns otherwise.
    /// Cancel-safe: dropping the future loses nothing and poisons nothing.
    pub async fn watch(&mut self) -> Fault {
        if self.is_poisoned() {
            return Fault::Poisoned;
        }
        let doing = "idle";
        let said = std::future::poll_fn(|cx| self.session.line().poll_reply(cx)).await;
        let fault = match said {
            Ok(reply) => crate::ftp::farewell::unsolicited(reply, doing),
            Err(end) => end.fault(doing),
        };
        self.session.poison(&fault);
        fault
    }

    /// QUIT on an idle connection, reads the 221 (any reply is fine), closes. Never fails, never takes over 2 s.
    pub async fn quit(mut self) -> Option<Reply> {
        if self.is_poisoned() {
            return None;
        }
        self.session.line().begin();
        let asked = self.ftp.custom_command("QUIT", &[]);
        // The library calls every answer unexpected; which one came is read from the line.
        let _ = tokio::time::timeout(QUIT_LIMIT, asked).await;
        self.session.line().take_answer().map(|answer| answer.reply)
    }

    /// Sends one command and returns its reply, whatever its code.
    ///
    /// # Errors
    /// `Goodbye` for 421, 221 and `500 OOPS`; `Name` when the line must not be sent; what was pending; the ends of a connection.
    pub(super) async fn command(&mut self, line: &str, doing: &'static str) -> Result<Reply, Fault> {
        self.command_within(line, doing, self.session.timeout).await
    }

    /// As [`Control::command`], with a limit of its own for what takes the server longer.
    pub(super) async fn command_within(&mut self, line: &str, doing: &'static str, limit: Duration) -> Result<Reply, Fault> {
        self.check(line)?;
        self.session.line().begin();
        let outcome = bounded_within(&self.session, &self.cancel, doing, limit, self.ftp.custom_command(line, &[])).await;
        let result = outcome.and_then(|outcome| match outcome {
            Ok(_) => self.answer(None, doing),
            Err(error) => self.answer(Some(error), doing),
        });
        self.judge(result)
    }

    /// As [`Control::command`], with 4yz and 5yz as `Refused` and 1yz and 3yz as `Protocol`.
    pub(super) async fn ask(&mut self, line: &str, doing: &'static str) -> Result<Reply, Fault> {
        let reply = self.command(line, doing).await?;
        self.positive(reply, doing)
    }

    pub(super) fn positive(&mut self, reply: Reply, doing: &'static str) -> Result<Reply, Fault> {
        if reply.is_positive() {
            return Ok(reply);
        }
        if reply.is_negative() {
            return Err(Fault::Refused(reply));
        }
        self.judge(Err(Fault::Protocol { doing, detail: format!("an answer out of place: “{}”", reply.words()) }))
    }

    /// Refuses what must not be sent, and everything on a poisoned connection.
    pub(super) fn check(&self, line: &str) -> Result<(), Fault> {
        if self.is_poisoned() {
            return Err(Fault::Poisoned);
        }
        if line.contains(['\r', '\n', '\0']) {
            return Err(NameError::ControlCharacter(line.to_owned()).into());
        }
        Ok(())
    }

    /// What came of a command, once the library has returned.
    fn answer(&self, error: Option<FtpError>, doing: &'static str) -> Result<Reply, Fault> {
        let mut line = self.session.line();
        if let Some(fault) = line.take_trouble() {
            return Err(fault);
        }
        match line.take_answer() {
            Some(answer) if is_goodbye(&answer.reply) => Err(Fault::Goodbye(answer.reply)),
            Some(answer) => Ok(answer.reply),
            None => Err(library_fault(error, doing)),
        }
    }

    /// Poisons the connection after a fault that it does not survive.
    pub(super) fn judge<T>(&mut self, result: Result<T, Fault>) -> Result<T, Fault> {
        if let Err(fault) = &result
            && !fault.session_survives()
        {
            self.session.poison(fault);
            if matches!(fault, Fault::Protocol { .. }) {
                self.end_pipelining();
            }
        }
        result
    }

    /// A server that has forgotten the session which data connections must resume wants a new login; the file is not to blame.
    pub(super) fn or_forgotten(&self, fault: Fault) -> Fault {
        let (Fault::Refused(reply) | Fault::DataConnection { reply: Some(reply), .. }) = &fault else { return fault };
        let is_forgotten = || self.session.tls.as_ref().is_some_and(TlsSession::is_forgotten);
        if !matches!(reply.code, 425 | 522) || !self.session.protects_data() || !is_forgotten() {
            return fault;
        }
        let forgotten = Fault::Forgotten(reply.clone());
        self.session.poison(&forgotten);
        forgotten
    }

    /// Something on the way may not cope with commands that are sent ahead.
    pub(super) fn end_pipelining(&self) {
        if self.pipelining.swap(false, Ordering::AcqRel) {
            self.problem("From here on each command waits for the answer to the one before");
        }
    }

    /// A remark for the log.
    pub(super) fn problem(&self, text: &str) {
        self.session.observer.line(LogKind::Problem, text);
    }

    /// The bytes of a transfer that was begun.
    pub(super) fn data<'a>(&'a mut self, stream: suppaftp::tokio::TransferStream<Wire>, upload: bool, name: &str) -> Data<'a> {
        Data::new(self, stream, upload, name)
    }
}

/// An error of the FTP library for which the line knows no better.
pub(super) fn library_fault(error: Option<FtpError>, doing: &'static str) -> Fault {
    match error {
        Some(FtpError::ConnectionError(source)) => Fault::Lost { doing, source: Some(source) },
        Some(error) => Fault::Protocol { doing, detail: error.to_string() },
        None => Fault::Protocol { doing, detail: "no answer".to_owned() },
    }
}
