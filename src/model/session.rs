//! The session's state as the window shows it: phase, mooring strip, banner.

use std::time::{Duration, Instant};

use jiff::Timestamp;

use crate::model::banner::Banner;
use crate::model::path::RemotePath;
use crate::model::problem::Problem;
use crate::model::site::Site;
use crate::model::upkeep::Upkeep;

/// Counts sessions: what an ended one still had to say is dropped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Generation(pub u64);

/// What a connect is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConnectStep {
    /// Name to addresses.
    Resolving,
    /// TCP.
    Dialling,
    /// Waiting for the 220.
    Greeting,
    /// TLS handshake.
    Securing,
    /// USER, PASS.
    LoggingIn,
    /// FEAT, TYPE I, PWD, first listing.
    Settling,
    /// A question (password, certificate) that a person has to answer.
    Asking,
}

/// Where the session stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Phase {
    /// Not connected and nothing planned.
    #[default]
    Offline,
    /// Under way.
    Connecting(ConnectStep),
    /// Logged in: "Moored".
    Moored,
    /// Connected, leaves when the stated work is done.
    Leaving(DisconnectWhen),
    /// Lost, comes back by itself at the stated moment: "Adrift".
    Adrift {
        /// When the next attempt starts.
        next_attempt: Instant,
        /// The number of that attempt, from 1.
        attempt: u32,
        /// How many are made before giving up.
        attempts: u32,
        /// When the session ended.
        since: Timestamp,
    },
    /// Ended by the server for being idle, and nobody needs it: connects again as soon as something is asked for.
    Resting {
        /// When the session ended.
        since: Timestamp,
    },
    /// Lost or refused, and nothing happens by itself.
    Stranded {
        /// When the session ended.
        since: Timestamp,
    },
}

/// The guard's three choices (and the plain one, for an empty queue).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DisconnectWhen {
    /// When the queue is done.
    QueueDone,
    /// After the files that are moving now; the rest stays queued.
    FilesDone,
    /// Stop safely now: what has arrived is kept.
    Now,
}

/// Where a figure about the host came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LimitSource {
    /// The server said so.
    Announced,
    /// Found out in this or an earlier session.
    Learned,
    /// Found out by the cut a moment ago.
    LearnedNow,
    /// A person said so.
    Stated,
}

/// The host's idle limit, as far as known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IdleLimit {
    /// Seconds without a command after which the server ends the session.
    pub seconds: u32,
    /// Where the figure came from.
    pub source: LimitSource,
}

/// How the connection is protected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Security {
    /// Not at all.
    Plain,
    /// TLS.
    Tls {
        /// "TLS 1.2", "TLS 1.3".
        protocol: String,
        /// Why the certificate is trusted.
        trust: CertificateTrust,
    },
}

/// Why a certificate is trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CertificateTrust {
    /// Its chain leads to an authority of the system and its name matches.
    Authority,
    /// A person accepted its fingerprint.
    Pinned,
}

/// Everything about the session that is drawn; a fresh one with each change.
#[derive(Clone, Debug, Default)]
pub struct SessionView {
    /// Which session.
    pub generation: Generation,
    /// The site, also while offline after having been connected.
    pub site: Option<Site>,
    /// Phase.
    pub phase: Phase,
    /// The banner, while there is something to say.
    pub banner: Option<Banner>,
    /// Why the last connection ended or did not come about.
    pub problem: Option<Problem>,
    /// When the login was complete (monotonic).
    pub moored_since: Option<Instant>,
    /// When the next keep-alive goes out; `None` when off or busy.
    pub next_keep_alive: Option<Instant>,
    /// How often keep-alives go out from the next session on, while adrift.
    pub keep_alive_interval: Option<Duration>,
    /// Idle limit.
    pub idle_limit: Option<IdleLimit>,
    /// What keeps the connection alive.
    pub upkeep: Upkeep,
    /// When an unused connection is let go, because nothing would keep it.
    pub let_go: Option<Instant>,
    /// Round trip of the last short command.
    pub round_trip: Option<Duration>,
    /// Open connections, the browsing one included.
    pub connections: usize,
    /// How many connections the host may have at once.
    pub connection_budget: usize,
    /// Protection.
    pub security: Option<Security>,
    /// The folder that is shown, once known.
    pub folder: Option<RemotePath>,
    /// The folder that the login led to.
    pub login_folder: Option<RemotePath>,
    /// The charset of names.
    pub charset: &'static str,
}
