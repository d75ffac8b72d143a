//! After a connection ended or did not come about: what it means, what is said, and when it comes back.

use std::time::{Duration, Instant};

use crate::engine::item_outcome::Stopped;
use crate::engine::session_context::SessionContext;
use crate::engine::trouble;
use crate::ftp::{Fault, Reply};
use crate::model::banner::{Banner, BannerAction, Severity};
use crate::model::budget::Crowd;
use crate::model::goodbye::{self, Cause, Certainty, Heard, Known, Plan, State, Verdict, Waiting};
use crate::model::problem::{NOT_TRUSTED, Problem, ProblemKind};
use crate::model::retry::{self, Ended};
use crate::model::session::IdleLimit;
use crate::model::site::Site;

/// What the session was doing when it happened.
pub struct Scene {
    /// Whether it was connected (otherwise this is a connect that failed).
    pub was_moored: bool,
    /// Whether it has ever been connected.
    pub has_been_moored: bool,
    /// Which attempt to connect this was, from 1.
    pub attempt: u32,
    /// How long nothing had been said before.
    pub silence: Duration,
    /// The idle limit that was known.
    pub limit: Option<IdleLimit>,
    /// Whether it had come back from an earlier end and nobody has used it since.
    pub unused: bool,
    /// Whether a person wants it to come back by itself.
    pub reconnect: bool,
    /// How many transfers wait.
    pub waiting: usize,
    /// A random number in 0..1, for the jitter.
    pub unit: f64,
}

impl Scene {
    /// The number of the attempt to come back that is next, from 1. The connect with which a session begins is none.
    #[must_use]
    pub fn next_attempt(&self) -> u32 {
        match (self.was_moored, self.has_been_moored) {
            (true, _) => 1,
            (false, true) => self.attempt + 1,
            (false, false) => self.attempt,
        }
    }
}

/// What a goodbye taught of the host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Learned {
    /// Nothing.
    Nothing,
    /// It ended a session that stood, and said why.
    Cut {
        /// Why.
        cause: Cause,
        /// The limit that it named, in seconds.
        named: Option<u32>,
    },
    /// It ended a session that stood, without a word.
    SilentCut,
}

/// What happens by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// It connects again after this time.
    Reconnect(Duration),
    /// It connects again when something is asked for: coming back only to be cut again would help nobody.
    Rest,
    /// Nothing.
    Stay,
}

/// What follows.
pub struct Aftermath {
    /// What is said.
    pub banner: Banner,
    /// What happens by itself.
    pub next: Next,
    /// What was learned.
    pub learned: Learned,
    /// The same as a problem, for callers without a window.
    pub problem: Problem,
}

/// Works out what follows from the end of a connection.
pub fn of(fault: &Fault, site: &Site, scene: &Scene) -> Aftermath {
    let problem = trouble::of_fault(fault, "go on");
    let verdict = words(fault).map(|reply| (verdict(reply, scene), reply));
    let ended = match (&verdict, fault) {
        (Some((verdict, _)), _) => Some(Ended::Said(verdict.plan)),
        // Trying again by itself helps where the way may come back, not where the address or the certificate is wrong.
        (None, Fault::Untrusted(_) | Fault::NotOffered { .. }) => None,
        (None, _) if scene.has_been_moored => Some(Ended::Lost),
        (None, _) => None,
    };
    let delay = ended.filter(|_| scene.reconnect).and_then(|ended| retry::reconnect_delay(ended, scene.next_attempt(), scene.unit));
    let waiting = Waiting { transfers: scene.waiting, may_reconnect: delay.is_some() };
    let (banner, learned) = match verdict {
        Some((verdict, reply)) => {
            let learned = Learned::Cut { cause: sure_cause(&verdict), named: verdict.seconds() };
            (goodbye::banner(&verdict, reply.code, &reply.lines, waiting), learned)
        }
        None => (
            unspoken(&in_the_window(&problem, fault), waiting),
            if matches!(fault, Fault::Lost { .. }) { Learned::SilentCut } else { Learned::Nothing },
        ),
    };
    let learned = if scene.was_moored { learned } else { Learned::Nothing };
    let cause = verdict.map(|(verdict, _)| sure_cause(&verdict));
    // A timer that only transfers reset cuts again and again while nothing is transferred: once is enough to know.
    let is_in_vain = cause == Some(Cause::NoTransferTimeout) || (cause == Some(Cause::IdleTimeout) && scene.unused);
    if is_in_vain && delay.is_some() && scene.waiting == 0 {
        return Aftermath { banner: resting(banner), next: Next::Rest, learned, problem };
    }
    let next = delay.map_or(Next::Stay, Next::Reconnect);
    let banner = with_ways_on(banner, &problem, site, delay.is_some());
    Aftermath { banner: if refuses_tls(fault) { without_tls(banner, site) } else { banner }, next, learned, problem }
}

fn refuses_tls(fault: &Fault) -> bool {
    matches!(fault, Fault::NotOffered { what: "AUTH TLS", .. })
}

/// The reply that ended the session, or refused it.
fn words(fault: &Fault) -> Option<&Reply> {
    match fault {
        Fault::Goodbye(reply) | Fault::LoginRefused(reply) => Some(reply),
        _ => None,
    }
}

fn verdict(reply: &Reply, scene: &Scene) -> Verdict {
    let state = match (scene.was_moored, reply.code) {
        (true, _) => State::Idle,
        (false, 530) => State::Login,
        (false, _) => State::Greeting,
    };
    let known = Known {
        idle_limit: scene.limit.map(|limit| limit.seconds),
        idle_for: scene.was_moored.then(|| u32::try_from(scene.silence.as_secs()).unwrap_or(u32::MAX)),
        had_transfer: false,
    };
    goodbye::classify(&Heard { code: reply.code, lines: &reply.lines, state, quit_sent: false, known })
}

/// Why, as far as it is sure enough to act upon: a no-transfer timer that was only guessed at counts as an idle limit, which asks for
/// less, and which keep-alives will disprove if it is wrong.
fn sure_cause(verdict: &Verdict) -> Cause {
    match (verdict.cause, verdict.certainty) {
        (Cause::NoTransferTimeout, Certainty::Likely | Certainty::Guess) => Cause::IdleTimeout,
        (cause, _) => cause,
    }
}

/// The problem as it is told where buttons stand beside it.
fn in_the_window(problem: &Problem, fault: &Fault) -> Problem {
    let problem = problem.clone();
    if refuses_tls(fault) {
        return problem.advise("Without encryption the password and all files travel readable to anyone on the way.");
    }
    if let Fault::Untrusted(certificate) = fault {
        // Nobody but the person whose question it was ends a connect so.
        let told = Problem::new(problem.kind, NOT_TRUSTED);
        return told.advise(format!("The certificate is not known: {}", certificate.reason));
    }
    problem
}

/// Trying again cannot help against a server without TLS: the ways on are another encryption of the site, or none this time.
fn without_tls(banner: Banner, site: &Site) -> Banner {
    let way = if site.id.is_quick() { BannerAction::ConnectPlainly } else { BannerAction::EditEncryption };
    Banner { actions: vec![way, BannerAction::Diagnose, BannerAction::Dismiss], ..banner }
}

/// The banner of an end without words.
fn unspoken(problem: &Problem, waiting: Waiting) -> Banner {
    let mut banner = goodbye::loss_banner(problem.what.clone(), waiting);
    banner.consequence =
        [problem.advice.as_str(), &banner.consequence].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ");
    banner.server_words.clone_from(&problem.server_words);
    banner
}

/// The banner of a connection that rests.
fn resting(banner: Banner) -> Banner {
    Banner {
        severity: Severity::Info,
        consequence: "Connects again as soon as you need it".into(),
        actions: vec![BannerAction::ReconnectNow, BannerAction::Dismiss],
        ..banner
    }
}

/// A site whose address or password may be wrong can be edited from the banner; a quick connect has nothing to edit.
fn with_ways_on(mut banner: Banner, problem: &Problem, site: &Site, comes_back: bool) -> Banner {
    let is_saved = !site.id.is_quick();
    let may_be_wrong = matches!(problem.kind, ProblemKind::Login | ProblemKind::Connect | ProblemKind::Certificate);
    banner.actions.retain(|action| *action != BannerAction::EditSite || is_saved);
    if !comes_back && may_be_wrong {
        // A person's own no is nothing bad.
        let is_own_choice = problem.kind == ProblemKind::Certificate;
        banner.severity = if is_own_choice { Severity::Info } else { Severity::Bad };
        if is_saved && !banner.actions.contains(&BannerAction::EditSite) {
            banner.actions.insert(banner.actions.len().min(1), BannerAction::EditSite);
        }
    }
    banner
}

/// Whether a refused login leaves it open that another password helps: limits and bans come as 530 too.
pub fn is_about_password(reply: &Reply) -> bool {
    let heard = Heard { code: reply.code, lines: &reply.lines, state: State::Login, quit_sent: false, known: Known::default() };
    goodbye::classify(&heard).cause == Cause::LoginRejected
}

/// The idle limit that a greeting announces, in seconds.
pub fn announced_limit(greeting: &Reply) -> Option<u32> {
    let heard =
        Heard { code: greeting.code, lines: &greeting.lines, state: State::Greeting, quit_sent: false, known: Known::default() };
    let verdict = goodbye::classify(&heard);
    if verdict.cause == Cause::AnnouncesIdleLimit { verdict.seconds() } else { None }
}

/// How often a transfer connection is refused for reasons of its own before the host is taken to allow no more.
const UNEXPLAINED_REFUSALS: usize = 3;

/// Lowers the host's budget when one of the faults says that there are too many connections, and when transfer connections were refused
/// `in_a_row` times without a reason that could be read: the queue must go on with the connections that there are.
pub async fn adjust_budget(ctx: &SessionContext, faults: &[Fault], in_a_row: usize) {
    if !lower(ctx, faults).await && in_a_row >= UNEXPLAINED_REFUSALS {
        ctx.change_budget(|budget, open| budget.refused(Crowd::Everybodys, open, None, Instant::now()));
    }
}

/// A transfer connection ended in the middle of its work, or the server could not serve it: with fewer of them it may cope.
pub async fn lane_stopped(ctx: &SessionContext, stopped: &Stopped) {
    let is_too_much = match stopped {
        Stopped::ConnectionGone(fault) => !ctx.stop.is_cancelled() && !lower(ctx, std::slice::from_ref(fault)).await,
        Stopped::Failed { problem, .. } => problem.server_words.as_deref().is_some_and(cannot_cope),
        Stopped::ByWish | Stopped::Unrecorded | Stopped::NotHere => false,
    };
    if is_too_much {
        ctx.lane_lost();
    }
}

/// Whether the words of a refused transfer mean that the server has no data connection, or no session, left for it.
fn cannot_cope(words: &str) -> bool {
    words.starts_with("425") || words.starts_with("421")
}

/// Lowers the budget to what stands when the words of a fault say that there are too many connections; says whether they did.
async fn lower(ctx: &SessionContext, faults: &[Fault]) -> bool {
    let Some((crowd, figure)) = faults.iter().filter_map(words).find_map(crowd) else { return false };
    let mut limit = None;
    ctx.change_budget(|budget, open| {
        budget.refused(crowd, open, figure, Instant::now());
        limit = budget.to_remember();
    });
    if let Some(problem) = ctx.keeper.relearn(&ctx.site, move |facts| facts.connection_limit = limit).await {
        ctx.publisher.publish(crate::engine::EventBody::Trouble(problem));
    }
    true
}

/// Whose limit a reply says was reached, and the figure that it names.
fn crowd(reply: &Reply) -> Option<(Crowd, Option<usize>)> {
    let heard = Heard { code: reply.code, lines: &reply.lines, state: State::Login, quit_sent: false, known: Known::default() };
    let verdict = goodbye::classify(&heard);
    let crowd = match verdict.cause {
        Cause::TooManyFromHost | Cause::TooManyThisUser => Crowd::Ours,
        Cause::TooManyUsers => Crowd::Everybodys,
        _ if verdict.plan == Plan::LowerConnections => Crowd::Everybodys,
        _ => return None,
    };
    Some((crowd, verdict.number.and_then(|number| usize::try_from(number).ok())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::address::Address;
    use crate::model::certificate::{Certificate, Fingerprint};
    use crate::model::site::SiteId;

    fn quick() -> Site {
        Site::quick(&Address::parse("bob@old.example").unwrap())
    }

    fn saved() -> Site {
        Site::new(SiteId("books".into()), "Books", "old.example")
    }

    fn first_try() -> Scene {
        Scene {
            was_moored: false,
            has_been_moored: false,
            attempt: 1,
            silence: Duration::ZERO,
            limit: None,
            unused: false,
            reconnect: true,
            waiting: 0,
            unit: 0.5,
        }
    }

    #[test]
    fn who_does_not_trust_a_certificate_is_told_just_that() {
        let reason = "it is self-signed".to_owned();
        let certificate = Certificate {
            fingerprint: Fingerprint([0; 32]),
            subject: "old.example".into(),
            issuer: "old.example".into(),
            names: Vec::new(),
            not_before: None,
            not_after: None,
            reason,
        };
        let untrusted = Fault::Untrusted(Box::new(certificate));
        let banner = of(&untrusted, &quick(), &first_try()).banner;
        assert_eq!(banner.headline, "You did not trust the certificate, so Moorline did not connect.");
        assert!(banner.consequence.contains("it is self-signed"), "{}", banner.consequence);
        assert_eq!(banner.severity, Severity::Info);
    }

    #[test]
    fn a_server_without_tls_is_connected_to_plainly_or_its_site_is_changed() {
        let refused = || Fault::NotOffered { what: "AUTH TLS", reply: Reply { code: 500, lines: vec![b"500 no".to_vec()] } };
        for (site, way) in [(quick(), BannerAction::ConnectPlainly), (saved(), BannerAction::EditEncryption)] {
            let banner = of(&refused(), &site, &first_try()).banner;
            assert_eq!(banner.actions, [way, BannerAction::Diagnose, BannerAction::Dismiss]);
            assert!(banner.consequence.contains("travel readable"), "{}", banner.consequence);
            assert!(!banner.consequence.contains("site"), "there may be none: {}", banner.consequence);
        }
        let unprotected = Fault::NotOffered { what: "protected data connections", reply: Reply { code: 536, lines: Vec::new() } };
        assert!(!of(&unprotected, &quick(), &first_try()).banner.actions.contains(&BannerAction::ConnectPlainly));
    }
}
