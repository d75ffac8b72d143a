//! What keeps the session alive and what the strip says of it: idle limit, keep-alives, the banner's time.

use std::time::{Duration, Instant};

use crate::engine::aftermath::Learned;
use crate::engine::event::EventBody;
use crate::engine::session_context::SessionContext;
use crate::ftp::Control;
use crate::model::banner::{Banner, BannerAction, Severity};
use crate::model::keepalive::{self, IdleLearner};
use crate::model::session::{DisconnectWhen, IdleLimit, LimitSource, Phase, SessionView};
use crate::model::site::KeepAlive;
use crate::store::hosts::HostFacts;

/// How long the banner stays after the connection is back.
const BANNER_LINGERS: Duration = Duration::from_secs(30);

/// Keep-alive and idle limit of one session.
#[derive(Default)]
pub struct Mooring {
    learner: IdleLearner,
    setting: KeepAlive,
    last_command: Option<Instant>,
    silence: Duration,
    used: bool,
    banner_ends: Option<Instant>,
}

impl Mooring {
    /// With what is known of the host from earlier sessions.
    pub async fn known(ctx: &SessionContext) -> Self {
        let facts = ctx.keeper.host(&ctx.site).await;
        let limit = facts
            .idle_limit_seconds
            .map(|seconds| IdleLimit { seconds, source: facts.idle_limit_source.unwrap_or(LimitSource::Learned) });
        Self { learner: IdleLearner::new(limit), setting: ctx.site.keep_alive, ..Self::default() }
    }

    /// The connection is there: reads its greeting, and shows it. `returned` is after a loss.
    pub fn moored(&mut self, ctx: &SessionContext, control: &Control, returned: bool) {
        if let Some(seconds) = crate::engine::aftermath::announced_limit(control.greeting()) {
            self.learner.announced(seconds);
        }
        self.learner.settle();
        self.used = !returned;
        self.last_command = Some(Instant::now());
        let interval = keepalive::interval(self.setting, self.learner.limit());
        let next = self.next_keep_alive();
        self.banner_ends = None;
        let lingering = &mut self.banner_ends;
        let limit = self.learner.limit();
        ctx.show(|view| {
            view.phase = Phase::Moored;
            view.moored_since = Some(Instant::now());
            view.next_keep_alive = next;
            view.keep_alive_interval = interval;
            view.idle_limit = limit;
            view.problem = None;
            view.banner = view.banner.take().filter(|_| returned).map(|banner| {
                *lingering = Some(Instant::now() + BANNER_LINGERS);
                settled(banner, view.folder.as_ref().map(ToString::to_string), interval)
            });
        });
    }

    /// Whether anything was asked for since the connection came back.
    pub fn was_used(&self) -> bool {
        self.used
    }

    /// A command was answered a moment ago.
    pub fn commanded(&mut self, ctx: &SessionContext, control: &Control, leaving: Option<DisconnectWhen>) {
        self.used = true;
        self.last_command = Some(Instant::now());
        let next = self.next_keep_alive();
        ctx.show(|view| {
            view.next_keep_alive = next;
            view.round_trip = control.round_trip();
            view.phase = leaving.map_or(Phase::Moored, Phase::Leaving);
        });
    }

    /// A transfer used the connection until now.
    pub fn was_busy(&mut self) {
        self.last_command = Some(Instant::now());
    }

    /// A keep-alive was answered a moment ago.
    pub fn kept_alive(&mut self, ctx: &SessionContext, control: &Control) {
        self.last_command = Some(Instant::now());
        let next = self.next_keep_alive();
        ctx.grow_budget();
        ctx.show(|view| {
            view.next_keep_alive = next;
            view.round_trip = control.round_trip();
        });
    }

    /// When the next keep-alive is due.
    pub fn next_keep_alive(&self) -> Option<Instant> {
        keepalive::next_due(Instant::now(), self.setting, self.learner.limit(), self.last_command?, false)
    }

    /// When the banner goes by itself.
    pub fn banner_ends(&self) -> Option<Instant> {
        self.banner_ends
    }

    /// Takes the banner away.
    pub fn take_banner_away(&mut self, ctx: &SessionContext) {
        self.banner_ends = None;
        ctx.show(|view| view.banner = None);
    }

    /// The connection ended a moment ago: how long nothing had been said before.
    pub fn silence_so_far(&mut self) {
        self.silence = self.last_command.map_or(Duration::ZERO, |moment| moment.elapsed());
    }

    /// How long nothing was said before the connection ended.
    pub fn silence(&self) -> Duration {
        self.silence
    }

    /// The idle limit, as far as known.
    pub fn limit(&self) -> Option<IdleLimit> {
        self.learner.limit()
    }

    /// Takes in what a goodbye taught, and remembers it for the host.
    pub async fn learn(&mut self, ctx: &SessionContext, learned: Learned) {
        let before = self.learner.limit();
        match learned {
            Learned::Nothing => return,
            Learned::IdleLimit(seconds) => self.learner.told_by_cut(seconds),
            Learned::IdleCut => {
                self.learner.measured(self.silence);
            }
        }
        if self.learner.limit() == before {
            return;
        }
        let mut facts = ctx.keeper.host(&ctx.site).await;
        facts = HostFacts {
            idle_limit_seconds: self.learner.limit().map(|limit| limit.seconds),
            idle_limit_source: self.learner.limit().map(|limit| limit.source),
            ..facts
        };
        if let Some(problem) = ctx.keeper.learn(&ctx.site, facts).await {
            ctx.publisher.publish(EventBody::Trouble(problem));
        }
    }

    /// Shows that the connection is gone.
    pub fn adrift(&mut self, ctx: &SessionContext, change: impl FnOnce(&mut SessionView)) {
        self.banner_ends = None;
        self.last_command = None;
        let limit = self.learner.limit();
        let interval = keepalive::interval(self.setting, limit);
        ctx.show(|view| {
            view.moored_since = None;
            view.next_keep_alive = None;
            view.round_trip = None;
            view.idle_limit = limit;
            view.keep_alive_interval = interval;
            change(view);
        });
    }
}

/// The banner of a loss, once the connection is back: it still says what happened.
fn settled(banner: Banner, folder: Option<String>, interval: Option<Duration>) -> Banner {
    let place = folder.map_or_else(|| "Connected again".to_owned(), |folder| format!("Back in {folder}"));
    let keeping = interval
        .map_or_else(String::new, |interval| format!(" · keep-alives go out every {}", crate::model::format::duration(interval)));
    Banner { severity: Severity::Info, consequence: format!("{place}{keeping}"), actions: vec![BannerAction::Dismiss], ..banner }
}
