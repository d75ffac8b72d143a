//! Goodbye, understood: what a server meant when it ended a session, and what is done about it.

mod cause;
mod numbers;
mod plan;
mod reading;
mod wording;
mod words;

#[cfg(test)]
mod table_tests;

use std::fmt;
use std::str::FromStr;

pub use numbers::Unit;
pub use plan::Plan;
pub use wording::{Waiting, banner, loss_banner, server_words};

use reading::Reading;

/// How long a person should stay away from a server that banned us without saying for how long, in seconds.
pub const USUAL_BAN: u32 = 600;

/// Why a session ended, or what a reply tells of the host.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Cause {
    GoodbyeToQuit,
    IdleTimeout,
    NoTransferTimeout,
    LoginTimeout,
    SessionLimitReached,
    TooManyFromHost,
    TooManyUsers,
    TooManyThisUser,
    ShutdownOrRestart,
    BannedOrBruteForce,
    AdminKick,
    ResourceExhaustion,
    TlsProblem,
    ProtocolAbuse,
    HostNotAllowed,
    LoginRejected,
    DataConnectionProblem,
    AnnouncesIdleLimit,
    AnnouncesConnectionLimit,
    Unknown,
}

impl Cause {
    /// All causes.
    pub const ALL: [Self; 20] = [
        Self::GoodbyeToQuit,
        Self::IdleTimeout,
        Self::NoTransferTimeout,
        Self::LoginTimeout,
        Self::SessionLimitReached,
        Self::TooManyFromHost,
        Self::TooManyUsers,
        Self::TooManyThisUser,
        Self::ShutdownOrRestart,
        Self::BannedOrBruteForce,
        Self::AdminKick,
        Self::ResourceExhaustion,
        Self::TlsProblem,
        Self::ProtocolAbuse,
        Self::HostNotAllowed,
        Self::LoginRejected,
        Self::DataConnectionProblem,
        Self::AnnouncesIdleLimit,
        Self::AnnouncesConnectionLimit,
        Self::Unknown,
    ];

    /// The cause's name, in kebab-case.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::GoodbyeToQuit => "goodbye-to-quit",
            Self::IdleTimeout => "idle-timeout",
            Self::NoTransferTimeout => "no-transfer-timeout",
            Self::LoginTimeout => "login-timeout",
            Self::SessionLimitReached => "session-limit-reached",
            Self::TooManyFromHost => "too-many-from-host",
            Self::TooManyUsers => "too-many-users",
            Self::TooManyThisUser => "too-many-this-user",
            Self::ShutdownOrRestart => "shutdown-or-restart",
            Self::BannedOrBruteForce => "banned-or-brute-force",
            Self::AdminKick => "admin-kick",
            Self::ResourceExhaustion => "resource-exhaustion",
            Self::TlsProblem => "tls-problem",
            Self::ProtocolAbuse => "protocol-abuse",
            Self::HostNotAllowed => "host-not-allowed",
            Self::LoginRejected => "login-rejected",
            Self::DataConnectionProblem => "data-connection-problem",
            Self::AnnouncesIdleLimit => "announces-idle-limit",
            Self::AnnouncesConnectionLimit => "announces-connection-limit",
            Self::Unknown => "unknown",
        }
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Where the session stood when the reply came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum State {
    /// It is the first reply.
    Greeting,
    /// Between greeting and 230.
    Login,
    /// As the answer to a command.
    Command,
    /// Not asked for, or as the answer to a keep-alive.
    Idle,
    /// Between a data command and its closing reply.
    Transfer,
    /// After our QUIT.
    AfterQuit,
}

impl FromStr for State {
    type Err = UnknownState;

    fn from_str(text: &str) -> Result<Self, UnknownState> {
        match text {
            "greeting" => Ok(Self::Greeting),
            "login" => Ok(Self::Login),
            "command" => Ok(Self::Command),
            "idle" => Ok(Self::Idle),
            "transfer" => Ok(Self::Transfer),
            "after-quit" => Ok(Self::AfterQuit),
            _ => Err(UnknownState(text.to_owned())),
        }
    }
}

/// Not the name of a state.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” is no state (greeting, login, command, idle, transfer, after-quit)")]
pub struct UnknownState(String);

/// How sure the cause is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Certainty {
    /// Code and state only, or a text that several causes share.
    Guess,
    /// The words point there, the state decided.
    Likely,
    /// The words say it.
    Certain,
}

impl Certainty {
    /// The name, in small letters.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Guess => "guess",
            Self::Likely => "likely",
            Self::Certain => "certain",
        }
    }
}

/// What is known of the host and of the minutes before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Known {
    /// The host's idle limit in seconds, as learned or announced.
    pub idle_limit: Option<u32>,
    /// Seconds since the last command was answered.
    pub idle_for: Option<u32>,
    /// Whether a transfer ran during the last of these seconds.
    pub had_transfer: bool,
}

/// A reply and the circumstances in which it was heard.
#[derive(Clone, Copy, Debug)]
pub struct Heard<'a, L> {
    /// The code; 0 when the lines had none.
    pub code: u16,
    /// All lines as they came, without line ends.
    pub lines: &'a [L],
    /// Where the session stood.
    pub state: State,
    /// Whether we had sent QUIT.
    pub quit_sent: bool,
    /// What is known of the host.
    pub known: Known,
}

/// What was meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// Why.
    pub cause: Cause,
    /// How sure that is.
    pub certainty: Certainty,
    /// The figure in the text that belongs to the cause.
    pub number: Option<u64>,
    /// What it counts.
    pub unit: Option<Unit>,
    /// What is done about it.
    pub plan: Plan,
}

impl Verdict {
    /// The figure in seconds, when it is a time.
    #[must_use]
    pub fn seconds(&self) -> Option<u32> {
        let factor = self.unit?.seconds()?;
        u32::try_from(self.number?).ok()?.checked_mul(factor)
    }
}

/// What a reply means for the session. The only place that decides it.
#[must_use]
pub fn classify<L: AsRef<[u8]>>(heard: &Heard<'_, L>) -> Verdict {
    let text = Reading::of(heard.code, heard.lines);
    let (cause, certainty) = settle(heard, &text);
    let (number, unit) = figure(cause, &text);
    let verdict = Verdict { cause, certainty, number, unit, plan: Plan::Done };
    Verdict { plan: plan_for(heard, &verdict, &text), ..verdict }
}

fn settle<L>(heard: &Heard<'_, L>, text: &Reading) -> (Cause, Certainty) {
    let is_positive = (100..400).contains(&heard.code);
    if (heard.quit_sent || heard.state == State::AfterQuit) && is_positive {
        return (Cause::GoodbyeToQuit, Certainty::Certain);
    }
    if is_positive && !matches!(heard.code, 120 | 221 | 227) {
        return cause::announced(text).map_or((Cause::Unknown, Certainty::Guess), |cause| (cause, Certainty::Certain));
    }
    let found = if text.is_silent() { None } else { cause::by_words(text, heard.code, heard.state) };
    let (cause, certainty) = found.unwrap_or_else(|| cause::by_state(text, heard.code, heard.state));
    // A keep-alive had just been answered: then it was not silence that the server minded, but that nothing was transferred.
    let limit = numbers::time(text)
        .and_then(|(number, unit)| u32::try_from(number).ok()?.checked_mul(unit.seconds()?))
        .or(heard.known.idle_limit);
    if let (Cause::IdleTimeout, Some(limit), Some(idle_for)) = (cause, limit, heard.known.idle_for)
        && !heard.known.had_transfer
        && idle_for < limit / 10 * 9
    {
        return (Cause::NoTransferTimeout, Certainty::Likely);
    }
    (cause, certainty)
}

fn figure(cause: Cause, text: &Reading) -> (Option<u64>, Option<Unit>) {
    let figure = match cause {
        Cause::IdleTimeout
        | Cause::NoTransferTimeout
        | Cause::LoginTimeout
        | Cause::SessionLimitReached
        | Cause::BannedOrBruteForce
        | Cause::ShutdownOrRestart => numbers::time(text),
        Cause::AnnouncesIdleLimit => {
            let line = text.lines().find(|line| line.says(words::IDLE) && numbers::time(line).is_some());
            line.or_else(|| text.lines().find(|line| line.says(words::TIMEOUT) && numbers::time(line).is_some()))
                .map_or_else(|| numbers::time(text), |line| numbers::time(&line))
        }
        Cause::AnnouncesConnectionLimit => text
            .lines()
            .find(cause::announces_connections)
            .and_then(|line| Some((numbers::limit(&line)?, if line.says(words::USER) { Unit::Users } else { Unit::Connections }))),
        Cause::TooManyFromHost => numbers::limit(text).map(|number| (number, Unit::Connections)),
        Cause::TooManyThisUser => {
            let unit = if text.says(words::SESSION) { Unit::Sessions } else { Unit::Connections };
            numbers::limit(text).map(|number| (number, unit))
        }
        Cause::TooManyUsers => {
            let unit = if text.says(words::CONNECTION) && !text.says(words::USER) { Unit::Connections } else { Unit::Users };
            numbers::limit(text).map(|number| (number, unit))
        }
        _ => None,
    };
    (figure.map(|(number, _)| number), figure.map(|(_, unit)| unit))
}

fn plan_for<L>(heard: &Heard<'_, L>, verdict: &Verdict, text: &Reading) -> Plan {
    if heard.quit_sent || heard.state == State::AfterQuit {
        return Plan::Done;
    }
    let ends = matches!(heard.code, 0 | 221 | 421 | 500) || heard.state == State::Greeting;
    let back_off = || match numbers::time(text).and_then(|(number, unit)| u32::try_from(number).ok()?.checked_mul(unit.seconds()?))
    {
        Some(seconds) => Plan::WaitAndRetry { seconds },
        None => Plan::ReconnectBackingOff,
    };
    match verdict.cause {
        Cause::GoodbyeToQuit => Plan::Done,
        // "Ready in nnn minutes" (RFC 959 §5.4): the same connection gets its 220 when the time has come.
        _ if heard.code == 120 => Plan::SessionSurvives,
        Cause::IdleTimeout | Cause::NoTransferTimeout | Cause::SessionLimitReached => Plan::ReconnectNow,
        Cause::LoginTimeout | Cause::ResourceExhaustion => Plan::ReconnectBackingOff,
        Cause::TooManyFromHost | Cause::TooManyThisUser => Plan::LowerConnections,
        Cause::TooManyUsers | Cause::ShutdownOrRestart => back_off(),
        Cause::BannedOrBruteForce => Plan::StayAway { seconds: Some(verdict.seconds().unwrap_or(USUAL_BAN)) },
        // A guess is no reason to give a session up.
        Cause::AdminKick if verdict.certainty == Certainty::Guess => Plan::ReconnectBackingOff,
        Cause::AdminKick | Cause::TlsProblem | Cause::HostNotAllowed | Cause::LoginRejected => Plan::StayAway { seconds: None },
        Cause::DataConnectionProblem => Plan::SessionSurvives,
        Cause::AnnouncesIdleLimit | Cause::AnnouncesConnectionLimit => Plan::Remember,
        Cause::ProtocolAbuse | Cause::Unknown if ends && verdict_ends(heard) => Plan::ReconnectBackingOff,
        Cause::ProtocolAbuse | Cause::Unknown => Plan::SessionSurvives,
    }
}

/// Whether this code closes the connection by itself, whatever the cause.
fn verdict_ends<L>(heard: &Heard<'_, L>) -> bool {
    !(200..400).contains(&heard.code) && heard.code != 500 || heard.code == 221
}
