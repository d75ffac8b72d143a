//! From a host's name to a control connection that has greeted.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use suppaftp::FtpError;
use suppaftp::tokio::ImplAsyncFtpStream;
use tokio::net::TcpStream;
use tokio_util::sync::CancellationToken;

use crate::ftp::charset::Lossless;
use crate::ftp::control::Control;
use crate::ftp::farewell::is_goodbye;
use crate::ftp::fault::Fault;
use crate::ftp::tls::{TlsSession, TlsVersion, Trust};
use crate::ftp::wait::{bounded, plain_wait};
use crate::ftp::wire::{Connector, Session, Wire};
use crate::model::log::LogKind;
use crate::model::session::ConnectStep;
use crate::model::site::{DataMode, Encryption};

/// Where to and how.
#[derive(Clone, Debug)]
pub struct Target {
    /// Host name or address.
    pub host: String,
    /// Port.
    pub port: u16,
    /// Protection.
    pub encryption: Encryption,
    /// Who opens data connections.
    pub data_mode: DataMode,
    /// Accepted certificates.
    pub trust: Trust,
    /// The version of TLS that is offered first.
    pub tls_version: TlsVersion,
    /// Limit for each step and each reply.
    pub timeout: Duration,
}

/// Hears what goes over the wire, secrets masked, and how a connect proceeds.
pub trait Observer: Send + Sync + 'static {
    /// One line of the protocol, or a note about it.
    fn line(&self, kind: LogKind, text: &str);
    /// A connect's next step.
    fn step(&self, step: ConnectStep);
    /// What happened on the wire, for whoever keeps a record of it; secrets masked.
    fn wire(&self, event: &WireEvent<'_>) {
        let _ = event;
    }
}

/// What happened on the wire of one control connection and its data connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WireEvent<'a> {
    /// There is a TCP connection.
    Dialled,
    /// There is none: refused, unreachable, silent.
    Undialled,
    /// TLS is up.
    Secured,
    /// A command was sent.
    Sent(&'a str),
    /// Bytes came, up to a line's end where there was one.
    Heard(&'a [u8]),
    /// The server ended it.
    Ended,
    /// It is no more, whoever ended it. The last of each dial, also of one that came to nothing.
    Closed {
        /// What made it useless; empty where nothing did.
        why: &'a str,
        /// Whether a connection that stood was lost by that, rather than given up.
        is_loss: bool,
    },
    /// All of a listing came.
    Listed(&'a [u8]),
    /// A data connection ended.
    Moved {
        /// To the server.
        upload: bool,
        /// Bytes that went.
        bytes: u64,
        /// Whether it came to its end.
        whole: bool,
    },
}

/// Resolves, connects (each address in turn), reads the greeting (a 120 is waited for), and secures.
///
/// # Errors
/// Any [`Fault`] but `Refused`; `Cancelled` within 100 ms of `cancel`.
pub async fn connect(target: &Target, observer: Arc<dyn Observer>, cancel: &CancellationToken) -> Result<Control, Fault> {
    observer.step(ConnectStep::Resolving);
    let lookup = tokio::net::lookup_host((target.host.as_str(), target.port));
    let resolve = |source| Fault::Resolve { host: target.host.clone(), source };
    let found = plain_wait(target.timeout, cancel, "looking up the name", lookup).await?.map_err(resolve)?;
    let mut addresses: Vec<SocketAddr> = Vec::new();
    for address in found {
        if !addresses.contains(&address) {
            addresses.push(address);
        }
    }
    let mut last = Fault::Resolve { host: target.host.clone(), source: io::ErrorKind::NotFound.into() };
    for address in addresses {
        match connect_in_a_tls_that_it_takes(target, address, &observer, cancel).await {
            Err(fault @ Fault::Dial { .. }) => {
                observer.wire(&WireEvent::Undialled);
                observer.line(LogKind::Problem, &format!("{fault}: {}", dial_reason(&fault)));
                last = fault;
            }
            other => return other,
        }
    }
    Err(last)
}

fn dial_reason(fault: &Fault) -> String {
    std::error::Error::source(fault).map(ToString::to_string).unwrap_or_default()
}

/// One address, and once more with the other version of TLS where the server does not take the first.
async fn connect_in_a_tls_that_it_takes(
    target: &Target,
    address: SocketAddr,
    observer: &Arc<dyn Observer>,
    cancel: &CancellationToken,
) -> Result<Control, Fault> {
    let session = session(target, address, observer, target.tls_version).await?;
    match connect_to(target, Arc::clone(&session), cancel).await {
        Err(Fault::Tls { .. }) if session.tls.as_ref().is_some_and(TlsSession::wants_other_version) => {
            let (other, words) = match target.tls_version {
                TlsVersion::Tls12 => (TlsVersion::Tls13, "The server takes no TLS 1.2; connecting again with TLS 1.3"),
                TlsVersion::Tls13 => (TlsVersion::Tls12, "The server takes no TLS 1.3 any more; connecting again with TLS 1.2"),
            };
            observer.line(LogKind::Note, words);
            // The first connection has to be no more before the second one begins: both are heard by the same ear.
            drop(session);
            let session = self::session(target, address, observer, other).await?;
            connect_to(target, session, cancel).await
        }
        other => other,
    }
}

async fn session(
    target: &Target,
    address: SocketAddr,
    observer: &Arc<dyn Observer>,
    version: TlsVersion,
) -> Result<Arc<Session>, Fault> {
    let tls = match target.encryption {
        Encryption::Plain => None,
        Encryption::Explicit | Encryption::Implicit => Some(TlsSession::new(&target.host, &target.trust, version).await?),
    };
    let implicit = target.encryption == Encryption::Implicit;
    Ok(Arc::new(Session::new(address, target.timeout, Arc::clone(observer), tls, implicit)))
}

/// `Dial` means that there was no TCP connection, so that the next address is worth a try.
async fn connect_to(target: &Target, session: Arc<Session>, cancel: &CancellationToken) -> Result<Control, Fault> {
    session.observer.step(ConnectStep::Dialling);
    session.observer.line(LogKind::Note, &format!("Connecting to {}", session.peer));
    let outcome = greeted(target, &session, cancel).await;
    if let Err(fault) = &outcome {
        session.poison(fault);
    }
    outcome
}

/// From the dial to a connection that is secured as the target wants it.
async fn greeted(target: &Target, session: &Arc<Session>, cancel: &CancellationToken) -> Result<Control, Fault> {
    let address = session.peer;
    let doing = "waiting for the greeting";
    let dialling = ImplAsyncFtpStream::<Wire>::connect_secure_implicit(address, Connector(Arc::clone(session)), &target.host);
    let outcome = bounded(session, cancel, doing, dialling).await;
    let dial = |source| Fault::Dial { address: address.to_string(), source };
    let ftp = match outcome {
        Err(Fault::Timeout { .. }) if !session.is_connected() => return Err(dial(io::ErrorKind::TimedOut.into())),
        Err(fault) => return Err(fault),
        Ok(Ok(ftp)) => ftp,
        Ok(Err(FtpError::ConnectionError(source))) if !session.is_connected() => return Err(dial(source)),
        Ok(Err(error)) => return Err(no_greeting(session, &error, doing)),
    };
    let greeting = session.line().take_answer().map(|answer| answer.reply);
    let Some(greeting) = greeting else {
        return Err(Fault::Protocol { doing, detail: "no greeting".to_owned() });
    };
    let mut ftp = ftp.passive_stream_builder(data_dialler(Arc::clone(session)));
    ftp.set_encoding(Lossless).await;
    let ftp = match target.data_mode {
        DataMode::Passive => ftp,
        DataMode::Active => ftp.active_mode(data_limit(target.timeout)),
    };
    let mut control = Control::new(ftp, Arc::clone(session), greeting, cancel.clone(), target.data_mode);
    match target.encryption {
        Encryption::Plain => {}
        Encryption::Explicit => control.begin_tls().await?,
        Encryption::Implicit => control.protect_data().await?,
    }
    Ok(control)
}

/// Why there is a TCP connection but no greeting that welcomes.
fn no_greeting(session: &Session, error: &FtpError, doing: &'static str) -> Fault {
    let mut line = session.line();
    if let Some(fault) = line.take_trouble() {
        return fault;
    }
    match line.take_answer() {
        Some(answer) if answer.reply.is_negative() || is_goodbye(&answer.reply) => Fault::Goodbye(answer.reply),
        Some(answer) => Fault::Protocol { doing, detail: format!("“{}”", answer.reply.words()) },
        None => Fault::Protocol { doing, detail: error.to_string() },
    }
}

/// A little less than the limit of a step, so that a data connection's failure is known as such.
fn data_limit(timeout: Duration) -> Duration {
    timeout - timeout / 8
}

type DialFuture = Pin<Box<dyn Future<Output = Result<TcpStream, FtpError>> + Send + Sync>>;

/// Opens data connections: to the control connection's peer and to nobody else, whatever address the server names.
fn data_dialler(session: Arc<Session>) -> impl Fn(SocketAddr) -> DialFuture + Send + Sync + 'static {
    move |named: SocketAddr| {
        let session = Arc::clone(&session);
        Box::pin(async move {
            let mut address = session.peer;
            address.set_port(named.port());
            session.line().touch();
            let begun = Instant::now();
            let dialled = tokio::time::timeout(data_limit(session.timeout), TcpStream::connect(address)).await;
            let dialled = dialled.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()));
            let outcome = dialled.as_ref().map(|_| begun.elapsed()).map_err(io::Error::kind);
            {
                let mut line = session.line();
                line.note_data(|facts| facts.dialled = Some(outcome));
                if let Ok(stream) = &dialled {
                    line.parcel().send(stream);
                }
            }
            dialled.map_err(|error| {
                let detail = format!("no connection to {address}: {error}");
                session.line().set_trouble(Fault::DataConnection { detail, reply: None });
                FtpError::ConnectionError(error)
            })
        })
    }
}
