//! What a fault or reply means for the examination.

use crate::engine::trouble;
use crate::ftp::{Fault, Reply};
use crate::model::diagnosis::Finding;
use crate::model::goodbye::{self, Cause, Heard, Known, State};

/// What happened, and the server's words.
pub(super) fn words(fault: &Fault) -> String {
    let problem = trouble::of_fault(fault, "do that");
    match problem.server_words {
        Some(words) => format!("{} “{words}”", problem.what),
        None => problem.what,
    }
}

/// What a reply that ended or refused a session means.
pub(super) fn of_reply(reply: &Reply, state: State) -> Finding {
    let heard = Heard { code: reply.code, lines: &reply.lines, state, quit_sent: false, known: Known::default() };
    match goodbye::classify(&heard).cause {
        Cause::TooManyFromHost | Cause::TooManyUsers | Cause::TooManyThisUser => Finding::Full,
        Cause::BannedOrBruteForce => Finding::Banned,
        Cause::HostNotAllowed => Finding::NotAdmitted,
        Cause::ShutdownOrRestart => Finding::ShuttingDown,
        Cause::TlsProblem => Finding::TlsRequired,
        Cause::LoginRejected => Finding::LoginRefused,
        _ if state == State::Greeting => Finding::TurnedAway,
        _ if state == State::Login && reply.code != 421 => Finding::LoginRefused,
        _ => Finding::SessionLost,
    }
}

/// What a failure behind the login means.
pub(super) fn of_fault(fault: &Fault) -> Finding {
    match fault {
        Fault::Goodbye(reply) => of_reply(reply, State::Command),
        Fault::Timeout { .. } => Finding::OutOfTime,
        _ => Finding::SessionLost,
    }
}

/// Whether a greeting looks as if a device on the way had written it: starred out, or a proxy's own.
pub(super) fn is_middlebox(greeting: &str) -> bool {
    const PROXIES: [&str; 8] =
        ["ftp proxy", "proxy ftp", "ftp-proxy", "frox", "blue coat", "squid", "ftp gateway", "application gateway"];
    let text = greeting.to_lowercase();
    let stars = text.chars().filter(|c| *c == '*').count();
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    (stars >= 8 && letters < stars) || PROXIES.iter().any(|word| text.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replies_mean_what_they_say() {
        let table = [
            ("421 Too many users, try again later", State::Greeting, Finding::Full),
            ("421 Too many connections from your IP", State::Login, Finding::Full),
            ("530 You are banned", State::Greeting, Finding::Banned),
            ("421 Service not available", State::Greeting, Finding::NotAdmitted),
            ("421 Server is shutting down", State::Greeting, Finding::ShuttingDown),
            ("530 Login incorrect.", State::Login, Finding::LoginRefused),
            ("530 Something odd", State::Login, Finding::LoginRefused),
            ("530 Non-anonymous sessions must use encryption.", State::Login, Finding::TlsRequired),
            ("421 Something odd", State::Greeting, Finding::TurnedAway),
        ];
        for (line, state, finding) in table {
            let reply = Reply { code: line[..3].parse().unwrap(), lines: vec![line.as_bytes().to_vec()] };
            assert_eq!(of_reply(&reply, state), finding, "{line}");
        }
    }

    #[test]
    fn devices_on_the_way_give_themselves_away() {
        for greeting in
            ["220 *****************************2******", "220 Blue Coat FTP Service", "220 fw frox transparent ftp proxy"]
        {
            assert!(is_middlebox(greeting), "{greeting}");
        }
        for greeting in ["220 (vsFTPd 3.0.5)", "220-** Welcome to the archive **", "220 ProFTPD Server (mirror) [10.0.0.1]"] {
            assert!(!is_middlebox(greeting), "{greeting}");
        }
    }
}
