//! Why a server ended a session: first by its words, then by code and state.

use super::reading::Reading;
use super::words as w;
use super::{Cause, Certainty, State};

/// The cause that the words name, when they name one.
pub(super) fn by_words(text: &Reading, code: u16, state: State) -> Option<(Cause, Certainty)> {
    let says = |list: &[&str]| text.says(list);
    let certain = |cause| Some((cause, Certainty::Certain));
    let likely = |cause| Some((cause, Certainty::Likely));
    let (idle, timeout, many) = (says(w::IDLE), says(w::TIMEOUT), says(w::MANY));
    let ends_session = says(w::DISCONNECT) || says(w::KICK) || says(&["reconnect"]);
    let before_login = matches!(state, State::Greeting | State::Login);

    if says(w::LICENCE) {
        return likely(Cause::Unknown);
    }
    if says(w::TLS) && !idle {
        return certain(Cause::TlsProblem);
    }
    if says(w::BROKEN) && !(many && says(w::USER)) && !idle {
        return certain(Cause::ResourceExhaustion);
    }
    if says(w::BAN) && !idle && !timeout {
        return certain(Cause::BannedOrBruteForce);
    }
    if says(w::ATTEMPT) && (many || ends_session) && !timeout && !idle {
        return certain(Cause::BannedOrBruteForce);
    }
    if says(w::KICK) && !timeout && !idle && !many && !says(w::CONTACT) && !says(w::SHUTDOWN) {
        return certain(Cause::AdminKick);
    }
    if says(w::NO_TRANSFER) {
        return certain(Cause::NoTransferTimeout);
    }
    if says(w::DATA) && state != State::Greeting && !idle {
        let cause =
            if timeout && ends_session && !says(&["reconnect"]) { Cause::NoTransferTimeout } else { Cause::DataConnectionProblem };
        return certain(cause);
    }
    if says(w::ABUSE) && !timeout && !idle {
        return certain(Cause::ProtocolAbuse);
    }
    let subject = text.without(w::CLOSING);
    let is_crowd = many && (says(w::USER) || subject.says(w::CONNECTION));
    if before_login && says(w::LOGIN_LATE) && !is_crowd {
        return certain(Cause::LoginTimeout);
    }
    if idle || timeout {
        return Some(by_clock(text, code, state, idle));
    }
    if says(w::SESSION_LIMIT) {
        return certain(Cause::SessionLimitReached);
    }
    if is_crowd || many && (says(w::HOST) || says(w::ACCOUNT) || subject.says(w::SESSION) || says(w::FULL)) {
        return certain(crowd(text));
    }
    // "Maximum logins reached", "limit exceeded": many, and nothing else that it could be.
    if many && before_login && !says(w::NOT_ALLOWED) && !says(w::REJECT) && !says(w::RESOURCE) {
        return likely(if says(w::LOGIN) { Cause::TooManyUsers } else { crowd(text) });
    }
    if says(w::FULL) && !says(w::RESOURCE) {
        return certain(Cause::TooManyUsers);
    }
    if says(w::NO_HOME) && before_login {
        return certain(Cause::LoginRejected);
    }
    if says(w::SHUTDOWN) && !says(&["account", "konto", "compte", "cuenta"]) {
        return certain(Cause::ShutdownOrRestart);
    }
    if says(w::ADDRESS_TROUBLE) {
        return certain(Cause::HostNotAllowed);
    }
    if says(w::NOT_ALLOWED)
        && before_login
        && (state == State::Greeting || says(w::HOST) || says(&[" from ", " von ", " depuis ", " desde ", " с ", "来自", "來自"]))
    {
        return certain(Cause::HostNotAllowed);
    }
    if says(w::REJECT) && before_login || state == State::Login && says(w::NOT_ALLOWED) {
        return certain(Cause::LoginRejected);
    }
    if says(w::RESOURCE) && code != 550 {
        return likely(Cause::ResourceExhaustion);
    }
    None
}

/// Which clock ran out. Many servers have one text for several: the state then decides.
fn by_clock(text: &Reading, code: u16, state: State, idle: bool) -> (Cause, Certainty) {
    let says = |list: &[&str]| text.says(list);
    match state {
        State::Greeting | State::Login if idle => (Cause::LoginTimeout, Certainty::Likely),
        State::Greeting | State::Login => (Cause::LoginTimeout, Certainty::Certain),
        // proftpd's French has the idle text for TimeoutNoTransfer too. Their usual values differ: 600 s and 300 s.
        State::Idle if idle && says(&["expiration du delai d inactivite 300 s fermeture"]) => {
            (Cause::NoTransferTimeout, Certainty::Guess)
        }
        _ if idle => (Cause::IdleTimeout, Certainty::Certain),
        State::Transfer if code != 221 => (Cause::DataConnectionProblem, Certainty::Likely),
        _ if says(w::LOGIN) && !says(w::AGAIN) && !says(&["logged out", "log out"]) => (Cause::LoginTimeout, Certainty::Likely),
        _ if text.without(w::CLOSING).says(w::SESSION) => (Cause::SessionLimitReached, Certainty::Likely),
        _ => (Cause::IdleTimeout, Certainty::Likely),
    }
}

/// Of what there are too many.
fn crowd(text: &Reading) -> Cause {
    if text.says(w::HOST) {
        Cause::TooManyFromHost
    } else if text.says(w::ACCOUNT) && !text.says(w::SERVER_WIDE) {
        Cause::TooManyThisUser
    } else if text.says(w::YOU) && text.says(w::CONNECTION) {
        Cause::TooManyFromHost
    } else {
        Cause::TooManyUsers
    }
}

/// What is left when the words say nothing: code and state, as a guess.
pub(super) fn by_state(text: &Reading, code: u16, state: State) -> (Cause, Certainty) {
    let is_bye = text.says(w::BYE);
    match (code, state) {
        (120, _) => (Cause::ShutdownOrRestart, Certainty::Guess),
        (221, State::Idle) => (Cause::IdleTimeout, Certainty::Guess),
        (421, State::Idle) => (Cause::IdleTimeout, Certainty::Guess),
        (425 | 426, State::Command | State::Transfer) if !is_bye => (Cause::DataConnectionProblem, Certainty::Likely),
        (431 | 522 | 533 | 534 | 536, _) => (Cause::TlsProblem, Certainty::Likely),
        (430 | 530 | 532, State::Login) => (Cause::LoginRejected, Certainty::Likely),
        (530, State::Greeting) => (Cause::HostNotAllowed, Certainty::Guess),
        // RFC 959's own text for 421. Servers that send it so: printers and disks whose FTP is off or without a free place; after a few
        // wrong passwords; when an account was removed.
        // vsftpd says just this, and only when hosts.deny names us.
        (421, State::Greeting) if text.is_only("service not available") => (Cause::HostNotAllowed, Certainty::Guess),
        (421, State::Greeting) if text.says(&["currently"]) => (Cause::TooManyUsers, Certainty::Guess),
        (421, State::Greeting) if text.says(w::NOT_AVAILABLE) => (Cause::ShutdownOrRestart, Certainty::Guess),
        (421, State::Login) if text.says(w::NOT_AVAILABLE) => (Cause::BannedOrBruteForce, Certainty::Guess),
        (421, State::Command) if text.says(&["not available"]) && !text.says(&["remote server"]) => {
            (Cause::AdminKick, Certainty::Guess)
        }
        _ => (Cause::Unknown, Certainty::Guess),
    }
}

/// What a text that ends nothing tells of the host: its idle limit or how many may connect.
pub(super) fn announced(text: &Reading) -> Option<Cause> {
    let idle = |text: &Reading| (text.says(w::IDLE) || text.says(w::TIMEOUT)) && super::numbers::time(text).is_some();
    if text.lines().any(|line| idle(&line)) || text.says(w::IDLE) && idle(text) {
        return Some(Cause::AnnouncesIdleLimit);
    }
    text.lines().any(|line| announces_connections(&line)).then_some(Cause::AnnouncesConnectionLimit)
}

/// Whether this line of a greeting names how many may connect.
pub(super) fn announces_connections(line: &Reading) -> bool {
    let counts = line.says(w::MANY) || line.says(&["allowed", " of ", "out of", "limit", " von ", " sur "]);
    counts && (line.says(w::USER) || line.says(w::CONNECTION) || line.says(w::SESSION)) && super::numbers::limit(line).is_some()
}
