//! Goodbye, understood: what a server meant when it ended a session, and what is done about it.

mod cause;
mod numbers;
mod plan;
mod reading;
mod wording;
#[rustfmt::skip]
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
    // 425 and 426 are about the data connection (RFC 959 §4.2.2), whatever they say of connections and refusals.
    let is_data = matches!(heard.code, 425 | 426) && matches!(heard.state, State::Command | State::Transfer);
    let found = found.filter(|(cause, certainty)| {
        let is_login = matches!(cause, Cause::HostNotAllowed | Cause::LoginRejected | Cause::LoginTimeout | Cause::ProtocolAbuse);
        !is_data || !(is_login || *cause == Cause::ResourceExhaustion && *certainty != Certainty::Certain)
    });
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
    let ends = ends_session(heard, text);
    let back_off = || {
        let named = numbers::time(text).and_then(|(number, unit)| u32::try_from(number).ok()?.checked_mul(unit.seconds()?));
        named.map_or(Plan::ReconnectBackingOff, |seconds| Plan::WaitAndRetry { seconds })
    };
    match verdict.cause {
        Cause::GoodbyeToQuit => Plan::Done,
        // "Ready in nnn minutes" (RFC 959 §5.4): the same connection gets its 220 when the time has come.
        _ if heard.code == 120 => Plan::SessionSurvives,
        Cause::IdleTimeout | Cause::NoTransferTimeout | Cause::SessionLimitReached => Plan::ReconnectNow,
        Cause::TooManyFromHost | Cause::TooManyThisUser => Plan::LowerConnections,
        Cause::TooManyUsers | Cause::ShutdownOrRestart => back_off(),
        Cause::BannedOrBruteForce => Plan::StayAway { seconds: Some(verdict.seconds().unwrap_or(USUAL_BAN)) },
        Cause::LoginTimeout => Plan::ReconnectBackingOff,
        Cause::AnnouncesIdleLimit | Cause::AnnouncesConnectionLimit => Plan::Remember,
        Cause::DataConnectionProblem => Plan::SessionSurvives,
        // A refusal of one command or transfer, though in words that elsewhere end sessions.
        _ if !ends && heard.state != State::Login => Plan::SessionSurvives,
        // A guess is no reason to give a session up.
        Cause::AdminKick if verdict.certainty == Certainty::Guess => Plan::ReconnectBackingOff,
        Cause::AdminKick | Cause::TlsProblem | Cause::HostNotAllowed | Cause::LoginRejected => Plan::StayAway { seconds: None },
        Cause::ResourceExhaustion | Cause::ProtocolAbuse | Cause::Unknown => {
            if ends {
                Plan::ReconnectBackingOff
            } else {
                Plan::SessionSurvives
            }
        }
    }
}

/// Whether this reply is the last one of its connection. vsftpd says `500 OOPS` with its last breath.
fn ends_session<L>(heard: &Heard<'_, L>, text: &Reading) -> bool {
    match heard.code {
        0 | 221 | 421 => true,
        500 => heard.state == State::Greeting || text.says(&["oops"]),
        code => heard.state == State::Greeting && code >= 400,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn verdict(code: u16, line: &str, state: State, known: Known) -> Verdict {
        classify(&Heard { code, lines: &[line], state, quit_sent: false, known })
    }

    #[test]
    fn names_are_told_apart_and_read_back() {
        let names: std::collections::BTreeSet<_> = Cause::ALL.iter().map(|cause| cause.name()).collect();
        assert_eq!(names.len(), Cause::ALL.len());
        assert_eq!("after-quit".parse(), Ok(State::AfterQuit));
        assert!("asleep".parse::<State>().is_err());
    }

    #[test]
    fn the_plan_follows_from_the_cause() {
        let wait = |seconds| Plan::WaitAndRetry { seconds };
        let away = |seconds| Plan::StayAway { seconds };
        let table = [
            (421, "Timeout.", State::Idle, Plan::ReconnectNow),
            (421, "Too many connections from your IP", State::Login, Plan::LowerConnections),
            (421, "Too many users, please wait 5 minutes", State::Greeting, wait(300)),
            (421, "Too many users", State::Greeting, Plan::ReconnectBackingOff),
            (421, "Shutting down", State::Command, Plan::ReconnectBackingOff),
            (421, "You are banned for 1 hour", State::Greeting, away(Some(3600))),
            (421, "You are banned", State::Greeting, away(Some(USUAL_BAN))),
            (530, "Login incorrect", State::Login, away(None)),
            (421, "Killed by the administrator", State::Idle, away(None)),
            (421, "Service not available, closing control connection.", State::Command, Plan::ReconnectBackingOff),
            (425, "Can't open data connection", State::Transfer, Plan::SessionSurvives),
            (552, "Disk full", State::Transfer, Plan::SessionSurvives),
            (522, "SSL connection failed; session reuse required", State::Transfer, Plan::SessionSurvives),
            (550, "Permission denied", State::Command, Plan::SessionSurvives),
            (500, "OOPS: child died", State::Command, Plan::ReconnectBackingOff),
            (500, "Command too long", State::Command, Plan::SessionSurvives),
            (120, "Service ready in 5 minutes", State::Greeting, Plan::SessionSurvives),
            (220, "Disconnected after 5 minutes of inactivity", State::Greeting, Plan::Remember),
            (221, "Goodbye", State::AfterQuit, Plan::Done),
        ];
        for (code, line, state, plan) in table {
            assert_eq!(verdict(code, line, state, Known::default()).plan, plan, "{code} {line}");
        }
    }

    #[test]
    fn a_cut_soon_after_a_keep_alive_was_not_for_silence() {
        let known = |idle_for, had_transfer| Known { idle_limit: Some(300), idle_for: Some(idle_for), had_transfer };
        let cause = |line, known| verdict(421, line, State::Idle, known).cause;
        assert_eq!(cause("Timeout.", known(300, false)), Cause::IdleTimeout);
        assert_eq!(cause("Timeout.", known(20, false)), Cause::NoTransferTimeout);
        assert_eq!(cause("Timeout.", known(20, true)), Cause::IdleTimeout);
        assert_eq!(cause("Timeout (60 seconds)", known(60, false)), Cause::IdleTimeout, "the text's own figure counts");
    }

    #[test]
    fn only_our_quit_makes_a_221_a_goodbye() {
        let heard = |quit_sent, state| Heard { code: 221, lines: &["221 Goodbye."], state, quit_sent, known: Known::default() };
        let told = |heard| {
            let verdict = classify(&heard);
            (verdict.cause, verdict.certainty)
        };
        assert_eq!(told(heard(true, State::Command)), (Cause::GoodbyeToQuit, Certainty::Certain));
        assert_eq!(told(heard(false, State::Idle)), (Cause::IdleTimeout, Certainty::Guess));
        assert_eq!(told(heard(false, State::Command)), (Cause::Unknown, Certainty::Guess));
    }

    proptest! {
        // Bytes that are not UTF-8 are read in fourteen charsets: a few cases take long enough.
        #![proptest_config(ProptestConfig::with_cases(12))]

        #[test]
        fn any_bytes_get_a_verdict(code in 0_u16..1000, lines in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..60), 0..4)) {
            for state in [State::Greeting, State::Login, State::Command, State::Idle, State::Transfer, State::AfterQuit] {
                let verdict = classify(&Heard { code, lines: &lines, state, quit_sent: false, known: Known::default() });
                prop_assert_eq!(verdict.number.is_some(), verdict.unit.is_some());
                let _words = server_words(code, &lines);
            }
        }
    }
}
