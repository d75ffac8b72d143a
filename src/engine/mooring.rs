//! What keeps the session alive and what the strip says of it: idle limit, keep-alives, the banner's time.

use std::time::{Duration, Instant};

use crate::engine::aftermath::Learned;
use crate::engine::event::EventBody;
use crate::engine::session_context::SessionContext;
use crate::ftp::{Control, Reply};
use crate::model::banner::{Banner, BannerAction, Severity};
use crate::model::format;
use crate::model::host::HostFacts;
use crate::model::keepalive::{self, IdleLearner};
use crate::model::path::RemotePath;
use crate::model::session::{DisconnectWhen, IdleLimit, Phase, SessionView};
use crate::model::site::KeepAlive;
use crate::model::upkeep::{Cut, IdleCommand, Lesson, Upkeep};

/// How long the banner stays after the connection is back.
const BANNER_LINGERS: Duration = Duration::from_secs(30);

/// Keep-alive and idle limit of one session.
#[derive(Default)]
pub struct Mooring {
    learner: IdleLearner,
    setting: KeepAlive,
    upkeep: Upkeep,
    /// When something was said last.
    last_command: Option<Instant>,
    /// When the connection was used last: a listing or a transfer.
    last_use: Option<Instant>,
    /// Keep-alives since then.
    keep_alives: u32,
    /// Whether the connection ended in answer to a keep-alive.
    answers_keep_alive: bool,
    /// How long nothing was said, and how long the connection was not used, before it ended.
    silence: Duration,
    since_use: Duration,
    /// The silence before the last end without a word.
    silent_end: Option<Duration>,
    used: bool,
    banner_ends: Option<Instant>,
    /// Whether the banner tells how a connection ended that stood: that a try to come back failed is of no interest once one succeeds.
    banner_is_of_loss: bool,
}

impl Mooring {
    /// With what is known of the host from earlier sessions.
    pub async fn known(ctx: &SessionContext) -> Self {
        let facts = ctx.keeper.host(&ctx.site).await;
        let learner = IdleLearner::new(facts.idle_limit());
        Self { learner, upkeep: facts.upkeep(), setting: ctx.site.keep_alive, ..Self::default() }
    }

    /// A person changed or forgot what was learned.
    pub fn relearn(&mut self, ctx: &SessionContext, facts: &HostFacts) {
        self.learner = IdleLearner::new(facts.idle_limit());
        self.upkeep = facts.upkeep();
        self.show_upkeep(ctx, |_| {});
    }

    /// Shows when what is due, with another change of what is drawn.
    fn show_upkeep(&self, ctx: &SessionContext, change: impl FnOnce(&mut SessionView)) {
        let (next, let_go, limit, upkeep) = (self.next_keep_alive(), self.let_go_at(), self.learner.limit(), self.upkeep);
        ctx.show(|view| {
            view.next_keep_alive = next;
            view.let_go = let_go;
            view.idle_limit = limit;
            view.upkeep = upkeep;
            change(view);
        });
    }

    /// The connection is there: reads its greeting, and shows it. `returned` is after a loss.
    pub fn moored(&mut self, ctx: &SessionContext, control: &Control, returned: bool) {
        if let Some(seconds) = crate::engine::aftermath::announced_limit(control.greeting()) {
            self.learner.announced(seconds);
        }
        if let Some(seconds) = control.idle_limit() {
            self.learner.announced(seconds);
        }
        self.learner.settle();
        self.used = !returned;
        self.was_used_now();
        let interval = self.interval();
        let mut lingering = None;
        let is_told = self.banner_is_of_loss;
        let waiting = ctx.queue.read(|queue| queue.waiting(&ctx.site.id));
        self.show_upkeep(ctx, |view| {
            view.phase = Phase::Moored;
            view.moored_since = Some(Instant::now());
            view.keep_alive_interval = interval;
            view.problem = None;
            view.banner = view.banner.take().filter(|_| returned).map(|banner| {
                lingering = Some(Instant::now() + BANNER_LINGERS);
                settled(banner, is_told, view.folder.as_ref(), waiting, interval)
            });
        });
        self.banner_ends = lingering;
    }

    /// The connection is used at this moment.
    fn was_used_now(&mut self) {
        let now = Some(Instant::now());
        (self.last_command, self.last_use, self.keep_alives) = (now, now, 0);
    }

    fn interval(&self) -> Option<Duration> {
        keepalive::interval(self.setting, self.learner.limit()).filter(|_| self.upkeep.helps)
    }

    /// The command that keeps the connection alive.
    pub fn idle_command(&self) -> IdleCommand {
        self.upkeep.command
    }

    /// Whether anything was asked for since the connection came back.
    pub fn was_used(&self) -> bool {
        self.used
    }

    /// A command was answered a moment ago.
    pub fn commanded(&mut self, ctx: &SessionContext, control: &Control, leaving: Option<DisconnectWhen>) {
        self.used = true;
        self.was_used_now();
        self.show_upkeep(ctx, |view| {
            view.round_trip = control.round_trip();
            view.phase = leaving.map_or(Phase::Moored, Phase::Leaving);
        });
    }

    /// A transfer used the connection until now.
    pub fn was_busy(&mut self) {
        self.was_used_now();
    }

    /// A keep-alive was answered a moment ago. One that the server does not know or dislikes is not sent again.
    pub async fn kept_alive(&mut self, ctx: &SessionContext, control: &Control, reply: &Reply) {
        self.last_command = Some(Instant::now());
        self.keep_alives += 1;
        if reply.is_negative() {
            self.upkeep.refused();
            self.remember(ctx).await;
        }
        ctx.grow_budget();
        self.show_upkeep(ctx, |view| view.round_trip = control.round_trip());
    }

    /// The connection ended in answer to a keep-alive.
    pub fn lost_to_keep_alive(&mut self) {
        self.keep_alives += 1;
        self.answers_keep_alive = true;
    }

    /// When the next keep-alive is due.
    pub fn next_keep_alive(&self) -> Option<Instant> {
        if !self.upkeep.helps {
            return None;
        }
        keepalive::next_due(Instant::now(), self.setting, self.learner.limit(), self.last_command?, false)
    }

    /// When an unused connection is let go: before the server ends it, where nothing would keep it.
    pub fn let_go_at(&self) -> Option<Instant> {
        self.upkeep.let_go_at(self.setting, self.learner.limit(), self.last_use?)
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
        let since = |moment: Option<Instant>| moment.map_or(Duration::ZERO, |moment| moment.elapsed());
        (self.silence, self.since_use) = (since(self.last_command), since(self.last_use));
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
        let before = (self.learner.limit(), self.upkeep);
        let answers_keep_alive = std::mem::take(&mut self.answers_keep_alive);
        match learned {
            Learned::Nothing => return,
            Learned::Cut { cause, named } => {
                let (keep_alives, since_use, silence, interval) = (self.keep_alives, self.since_use, self.silence, self.interval());
                let cut = Cut { cause, named, keep_alives, answers_keep_alive, since_use, silence, interval };
                match self.upkeep.cut(&cut) {
                    Lesson::Nothing => {}
                    Lesson::Named(seconds) => self.learner.told_by_cut(seconds),
                    Lesson::Measured(silence) => drop(self.learner.measured(silence)),
                }
            }
            // Once it may have been the network; twice after the same silence it is the server's clock.
            Learned::SilentCut => {
                let silence = self.silence;
                let last = self.silent_end.replace(silence);
                if last.is_some_and(|last| last.abs_diff(silence) <= silence / 10) {
                    self.learner.measured(silence);
                }
            }
        }
        if (self.learner.limit(), self.upkeep) != before {
            self.remember(ctx).await;
        }
    }

    /// Keeps what was learned for the host.
    async fn remember(&self, ctx: &SessionContext) {
        let (limit, upkeep) = (self.learner.limit(), self.upkeep);
        let learned = ctx.keeper.relearn(&ctx.site, move |facts| *facts = facts.with_idle_limit(limit).with_upkeep(upkeep)).await;
        if let Some(problem) = learned {
            ctx.publisher.publish(EventBody::Trouble(problem));
        }
    }

    /// Shows that the connection is gone.
    pub fn adrift(&mut self, ctx: &SessionContext, change: impl FnOnce(&mut SessionView)) {
        self.banner_ends = None;
        self.banner_is_of_loss = self.last_command.is_some();
        (self.last_command, self.last_use) = (None, None);
        let interval = self.interval();
        self.show_upkeep(ctx, |view| {
            view.moored_since = None;
            view.round_trip = None;
            view.keep_alive_interval = interval;
            change(view);
        });
    }
}

/// The banner of a loss, once the connection is back: what goes on, and (`is_told`) what had happened.
fn settled(banner: Banner, is_told: bool, folder: Option<&RemotePath>, waiting: usize, interval: Option<Duration>) -> Banner {
    let goes_on = match waiting {
        0 => None,
        1 => Some("1 transfer goes on".to_owned()),
        number => Some(format!("{} transfers go on", format::count(u64::try_from(number).unwrap_or(u64::MAX)))),
    };
    let place = folder.map(|folder| format!("back in {folder}"));
    let keeping = interval.map(|interval| format!("keep-alives go out every {}", format::duration(interval)));
    let before = is_told.then(|| format!("before: {}", banner.headline.trim_end_matches('.')));
    let parts: Vec<String> = [goes_on, place, keeping, before].into_iter().flatten().collect();
    Banner {
        severity: Severity::Info,
        headline: "Connected again.".to_owned(),
        consequence: parts.join(" · "),
        server_words: banner.server_words.filter(|_| is_told),
        actions: vec![BannerAction::Dismiss],
        ..banner
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_banner_of_a_connection_that_is_back_says_that_it_is() {
        let lost = Banner {
            severity: Severity::Warning,
            code: None,
            headline: "127.0.0.1:2121 refused the connection.".into(),
            consequence: "3 transfers are waiting and nothing is lost".into(),
            server_words: None,
            actions: vec![BannerAction::ReconnectNow],
        };
        let folder = RemotePath::parse("/www").unwrap();
        let back = settled(lost.clone(), false, Some(&folder), 3, Some(Duration::from_secs(15)));
        assert_eq!(back.headline, "Connected again.");
        assert_eq!(back.consequence, "3 transfers go on · back in /www · keep-alives go out every 15 s");
        assert_eq!((back.severity, back.actions), (Severity::Info, vec![BannerAction::Dismiss]));
        let cut = Banner { headline: "The server ended the session.".into(), server_words: Some("bye".into()), ..lost };
        let back = settled(cut, true, None, 1, None);
        assert_eq!(back.consequence, "1 transfer goes on · before: The server ended the session");
        assert_eq!(back.server_words.as_deref(), Some("bye"));
    }
}
