//! A goodbye in a person's words: what happened, what it means for the work, the server's own words, the ways on.

use std::time::Duration;

use super::{Cause, Certainty, Plan, Unit, Verdict, reading};
use crate::model::banner::{Banner, BannerAction, Severity};
use crate::model::format;

/// What was under way when the session ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Waiting {
    /// Transfers that are not done.
    pub transfers: usize,
    /// Whether Moorline is allowed to come back by itself.
    pub may_reconnect: bool,
}

/// The server's words as a person reads them: in the charset that makes sense of them, without codes, on one line.
#[must_use]
pub fn server_words<L: AsRef<[u8]>>(code: u16, lines: &[L]) -> Option<String> {
    reading::readable(code, lines)
}

/// The banner for a goodbye.
#[must_use]
pub fn banner<L: AsRef<[u8]>>(verdict: &Verdict, code: u16, lines: &[L], waiting: Waiting) -> Banner {
    let comes_back = verdict.plan.comes_back() && waiting.may_reconnect;
    let severity = match verdict.plan {
        Plan::Done | Plan::Remember => Severity::Info,
        Plan::StayAway { .. } => Severity::Bad,
        Plan::SessionSurvives => Severity::Warning,
        _ if comes_back => Severity::Warning,
        _ => Severity::Bad,
    };
    let consequence = [advice(verdict), work(waiting)].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ");
    Banner {
        severity,
        code: (code != 0).then_some(code),
        headline: headline(verdict),
        consequence,
        server_words: server_words(code, lines),
        actions: actions(verdict, comes_back),
    }
}

/// The banner for a connection that ended without words; `how` is one sentence about it.
#[must_use]
pub fn loss_banner(how: impl Into<String>, waiting: Waiting) -> Banner {
    let actions = if waiting.may_reconnect {
        vec![BannerAction::ReconnectNow, BannerAction::Diagnose, BannerAction::StayOffline]
    } else {
        vec![BannerAction::ReconnectNow, BannerAction::Diagnose, BannerAction::Dismiss]
    };
    let severity = if waiting.may_reconnect { Severity::Warning } else { Severity::Bad };
    Banner { severity, code: None, headline: how.into(), consequence: work(waiting), server_words: None, actions }
}

fn work(waiting: Waiting) -> String {
    match waiting.transfers {
        0 => String::new(),
        1 => "1 transfer is waiting and nothing is lost".into(),
        number => format!("{} transfers are waiting and nothing is lost", format::count(u64::try_from(number).unwrap_or(u64::MAX))),
    }
}

fn actions(verdict: &Verdict, comes_back: bool) -> Vec<BannerAction> {
    match verdict.plan {
        Plan::Done | Plan::Remember | Plan::SessionSurvives => vec![BannerAction::Dismiss],
        _ if comes_back => vec![BannerAction::ReconnectNow, BannerAction::Diagnose, BannerAction::StayOffline],
        Plan::StayAway { .. } if matches!(verdict.cause, Cause::LoginRejected | Cause::TlsProblem | Cause::HostNotAllowed) => {
            vec![BannerAction::EditSite, BannerAction::ReconnectNow, BannerAction::Diagnose, BannerAction::Dismiss]
        }
        _ => vec![BannerAction::ReconnectNow, BannerAction::Diagnose, BannerAction::Dismiss],
    }
}

/// "300 seconds", "1 minute", "15 minutes".
fn time_text(verdict: &Verdict) -> Option<String> {
    let (number, unit) = (verdict.number?, verdict.unit?);
    unit.seconds()?;
    Some(counted(number, unit))
}

fn counted(number: u64, unit: Unit) -> String {
    let name = unit.name();
    let name = if number == 1 { name.strip_suffix('s').unwrap_or(name) } else { name };
    format!("{} {name}", format::count(number))
}

fn limit_text(verdict: &Verdict) -> String {
    match (verdict.number, verdict.unit) {
        (Some(number), Some(unit)) => format!(" ({} allowed)", counted(number, unit)),
        _ => String::new(),
    }
}

fn headline(verdict: &Verdict) -> String {
    let time = time_text(verdict);
    let after = |text: &str, without: &str| time.as_ref().map_or_else(|| without.to_owned(), |time| text.replace("{}", time));
    let headline = match verdict.cause {
        Cause::GoodbyeToQuit => "Disconnected as asked.".into(),
        Cause::IdleTimeout if verdict.certainty == Certainty::Guess => {
            "The server ended the session, probably because it was idle.".into()
        }
        Cause::IdleTimeout => {
            after("The server ended the session after {} without a command.", "The server ended the session because it was idle.")
        }
        Cause::NoTransferTimeout => after(
            "The server ended the session after {} without a transfer.",
            "The server ended the session because nothing was transferred.",
        ),
        Cause::LoginTimeout => {
            after("The login took longer than the {} that the server allows.", "The login took longer than the server allows.")
        }
        Cause::SessionLimitReached => after(
            "The server ended the session: no session may last longer than {}.",
            "The server ended the session because its time was used up.",
        ),
        Cause::TooManyFromHost => format!("The server takes no more connections from this address{}.", limit_text(verdict)),
        Cause::TooManyThisUser => format!("The server takes no more connections of this user{}.", limit_text(verdict)),
        Cause::TooManyUsers => format!("The server is full{}.", limit_text(verdict)),
        Cause::ShutdownOrRestart if verdict.certainty == Certainty::Guess => {
            "The server does not offer its service at the moment.".into()
        }
        Cause::ShutdownOrRestart => "The server is shutting down or restarting.".into(),
        Cause::BannedOrBruteForce if verdict.certainty == Certainty::Guess => {
            "The server ended the session, probably after too many failed logins.".into()
        }
        Cause::BannedOrBruteForce => "The server has shut this address or user out.".into(),
        Cause::AdminKick if verdict.certainty == Certainty::Guess => "The server ended the session without giving a reason.".into(),
        Cause::AdminKick => "The server's administrator ended the session.".into(),
        Cause::ResourceExhaustion => "The server is in trouble of its own.".into(),
        Cause::TlsProblem => "The server and Moorline could not agree on encryption.".into(),
        Cause::ProtocolAbuse => "The server did not accept what was sent to it.".into(),
        Cause::HostNotAllowed => "The server does not accept connections from this address.".into(),
        Cause::LoginRejected => "The server refused the login.".into(),
        Cause::DataConnectionProblem => "The data connection failed.".into(),
        Cause::AnnouncesIdleLimit => {
            after("The server ends sessions after {} without a command.", "The server ends idle sessions.")
        }
        Cause::AnnouncesConnectionLimit => format!("The server limits its connections{}.", limit_text(verdict)),
        Cause::Unknown => "The server ended the session.".into(),
    };
    if verdict.plan == Plan::SessionSurvives && verdict.cause == Cause::Unknown {
        "The server refused a command.".into()
    } else {
        headline
    }
}

fn advice(verdict: &Verdict) -> String {
    match (verdict.cause, verdict.plan) {
        (_, Plan::LowerConnections) => "Moorline goes on with fewer connections".into(),
        (Cause::BannedOrBruteForce, Plan::StayAway { seconds: Some(seconds) }) => {
            format!(
                "Wait {} before you try again: trying sooner may prolong it",
                format::duration(Duration::from_secs(u64::from(seconds)))
            )
        }
        (Cause::LoginRejected, Plan::StayAway { .. }) => "Check the user name and the password".into(),
        (Cause::HostNotAllowed, Plan::StayAway { .. }) => "The server's administrator has to allow this address".into(),
        (Cause::TlsProblem, Plan::StayAway { .. }) => "Check the site's encryption".into(),
        (Cause::AdminKick, Plan::StayAway { .. }) => "Ask the administrator before you connect again".into(),
        (_, Plan::WaitAndRetry { seconds }) => {
            format!("The server asks to wait {}", format::duration(Duration::from_secs(u64::from(seconds))))
        }
        (_, Plan::SessionSurvives) => "The connection goes on".into(),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Heard, Known, State, classify};
    use super::*;

    fn shown(code: u16, line: &str, state: State, transfers: usize) -> Banner {
        let lines = [line];
        let heard = Heard { code, lines: &lines, state, quit_sent: false, known: Known::default() };
        banner(&classify(&heard), code, &lines, Waiting { transfers, may_reconnect: true })
    }

    #[test]
    fn an_idle_cut_reads_as_drawn() {
        let banner = shown(421, "421 No activity for 300 seconds, closing.", State::Idle, 1203);
        assert_eq!(banner.headline, "The server ended the session after 300 seconds without a command.");
        assert_eq!(banner.consequence, "1,203 transfers are waiting and nothing is lost");
        assert_eq!(banner.server_words.as_deref(), Some("No activity for 300 seconds, closing."));
        assert_eq!((banner.code, banner.severity), (Some(421), Severity::Warning));
        assert_eq!(banner.actions, [BannerAction::ReconnectNow, BannerAction::Diagnose, BannerAction::StayOffline]);
    }

    #[test]
    fn a_ban_says_how_long_to_wait_and_does_not_come_back() {
        let banner = shown(421, "421 You are banned for 30 minutes.", State::Greeting, 1);
        assert_eq!(banner.severity, Severity::Bad);
        assert!(banner.consequence.starts_with("Wait 30 min before you try again"), "{}", banner.consequence);
        assert!(banner.consequence.ends_with("1 transfer is waiting and nothing is lost"));
        assert!(!banner.actions.contains(&BannerAction::StayOffline), "there is nothing to stop");
    }

    #[test]
    fn a_refused_password_leads_to_the_site() {
        let banner = shown(530, "530 Login incorrect.", State::Login, 0);
        assert_eq!(banner.actions.first(), Some(&BannerAction::EditSite));
        assert_eq!(banner.consequence, "Check the user name and the password");
    }

    #[test]
    fn every_headline_is_one_sentence() {
        for cause in Cause::ALL {
            for certainty in [Certainty::Guess, Certainty::Certain] {
                for (number, unit) in [(None, None), (Some(1), Some(Unit::Minutes)), (Some(8), Some(Unit::Connections))] {
                    let text = headline(&Verdict { cause, certainty, number, unit, plan: Plan::ReconnectNow });
                    assert!(text.ends_with('.') && !text.contains("{}") && !text.contains('!'), "{text}");
                    assert_eq!(text.matches('.').count(), 1, "{text}");
                }
            }
        }
    }
}
