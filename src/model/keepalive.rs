//! When the next keep-alive is due, and how the host's idle limit is learned.

use std::time::{Duration, Instant};

use crate::model::session::{IdleLimit, LimitSource};
use crate::model::site::KeepAlive;

/// The interval while no limit is known: short enough for the strictest servers met (20 s), so that the first session with one of
/// them is not cut either.
pub const UNKNOWN_INTERVAL: Duration = Duration::from_secs(15);

/// No keep-alive goes out sooner after the last command.
pub const SHORTEST_INTERVAL: Duration = Duration::from_secs(5);

/// Idle limits that administrators and authors of servers choose, in seconds.
const ROUND_FIGURES: [u32; 30] = [
    5, 10, 15, 20, 25, 30, 40, 45, 60, 75, 90, 120, 150, 180, 200, 240, 300, 360, 400, 420, 480, 500, 600, 720, 900, 1000, 1200,
    1800, 3600, 7200,
];

/// How often keep-alives go out; `None` when they are off.
#[must_use]
pub fn interval(setting: KeepAlive, limit: Option<IdleLimit>) -> Option<Duration> {
    match setting {
        KeepAlive::Off => None,
        KeepAlive::Every(seconds) => Some(Duration::from_secs(u64::from(seconds)).max(SHORTEST_INTERVAL)),
        KeepAlive::Automatic => {
            Some(limit.map_or(UNKNOWN_INTERVAL, |limit| Duration::from_secs(u64::from(limit.seconds)) / 2).max(SHORTEST_INTERVAL))
        }
    }
}

/// When the next keep-alive is due, never before `now`; `None` when they are off or a transfer or command owns the connection.
#[must_use]
pub fn next_due(
    now: Instant,
    setting: KeepAlive,
    limit: Option<IdleLimit>,
    last_command: Instant,
    is_busy: bool,
) -> Option<Instant> {
    if is_busy {
        return None;
    }
    let interval = interval(setting, limit)?;
    Some(last_command.checked_add(interval)?.max(now))
}

/// Gathers what the host tells and shows about its idle limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct IdleLearner {
    limit: Option<IdleLimit>,
}

impl IdleLearner {
    /// Begins with what is known of the host.
    #[must_use]
    pub fn new(known: Option<IdleLimit>) -> Self {
        Self { limit: known }
    }

    /// The limit, as far as known.
    #[must_use]
    pub fn limit(&self) -> Option<IdleLimit> {
        self.limit
    }

    /// The greeting or a reply to SITE IDLE named it. A shorter one that was learned stays: hosts lie, cuts do not.
    pub fn announced(&mut self, seconds: u32) {
        let keeps = self.limit.is_some_and(|limit| {
            limit.source == LimitSource::Stated || (limit.source != LimitSource::Announced && limit.seconds < seconds)
        });
        if seconds > 0 && !keeps {
            self.limit = Some(IdleLimit { seconds, source: LimitSource::Announced });
        }
    }

    /// The reply that ended the session named it.
    pub fn told_by_cut(&mut self, seconds: u32) {
        if seconds > 0 {
            self.limit = Some(IdleLimit { seconds, source: LimitSource::LearnedNow });
        }
    }

    /// The server ended the session after this much silence, without a figure. True when something was learned.
    ///
    /// A silence longer than an announced limit tells nothing new; one below [`SHORTEST_INTERVAL`] was no idle limit.
    pub fn measured(&mut self, silence: Duration) -> bool {
        if silence < SHORTEST_INTERVAL {
            return false;
        }
        let seconds = round_figure(silence);
        let told = self.limit.is_some_and(|limit| limit.source == LimitSource::Announced && limit.seconds <= seconds);
        if told {
            return false;
        }
        self.limit = Some(IdleLimit { seconds, source: LimitSource::LearnedNow });
        true
    }

    /// A new session begins: what was learned a moment ago is now simply learned.
    pub fn settle(&mut self) {
        if let Some(limit) = &mut self.limit
            && limit.source == LimitSource::LearnedNow
        {
            limit.source = LimitSource::Learned;
        }
    }
}

/// The figure that an administrator probably wrote, given a measured silence: servers cut at the limit or a little after it.
#[must_use]
pub fn round_figure(silence: Duration) -> u32 {
    let seconds = u32::try_from(silence.as_secs()).unwrap_or(u32::MAX);
    // The answer to the last command took its time too: the server's clock began up to a second after ours.
    let latest = seconds.saturating_add(1);
    let slack = (seconds / 20).max(3);
    ROUND_FIGURES
        .iter()
        .rev()
        .copied()
        .find(|figure| *figure <= latest && seconds.saturating_sub(*figure) <= slack)
        .unwrap_or(if seconds < 60 { seconds } else { seconds / 5 * 5 })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limit(seconds: u32, source: LimitSource) -> Option<IdleLimit> {
        Some(IdleLimit { seconds, source })
    }

    #[test]
    fn the_interval_is_half_of_the_limit() {
        let learned = |seconds| limit(seconds, LimitSource::Learned);
        let table = [
            (KeepAlive::Automatic, None, Some(15)),
            (KeepAlive::Automatic, learned(300), Some(150)),
            (KeepAlive::Automatic, learned(20), Some(10)),
            (KeepAlive::Automatic, learned(6), Some(5)),
            (KeepAlive::Every(60), learned(20), Some(60)),
            (KeepAlive::Every(0), None, Some(5)),
            (KeepAlive::Off, learned(300), None),
        ];
        for (setting, limit, seconds) in table {
            assert_eq!(interval(setting, limit), seconds.map(Duration::from_secs), "{setting:?} {limit:?}");
        }
    }

    #[test]
    fn it_is_due_an_interval_after_the_last_command_and_never_in_the_past() {
        let last = Instant::now();
        let after = |seconds| last + Duration::from_secs(seconds);
        let known = limit(60, LimitSource::Announced);
        assert_eq!(next_due(last, KeepAlive::Automatic, known, last, false), Some(after(30)));
        assert_eq!(next_due(after(10), KeepAlive::Automatic, known, last, false), Some(after(30)));
        assert_eq!(next_due(after(90), KeepAlive::Automatic, known, last, false), Some(after(90)), "overdue is now");
        assert_eq!(next_due(last, KeepAlive::Automatic, known, last, true), None, "never while busy");
        assert_eq!(next_due(last, KeepAlive::Off, known, last, false), None);
    }

    #[test]
    fn a_measured_silence_becomes_the_figure_that_was_meant() {
        let table = [
            (20.3, 20),
            (60.0, 60),
            (61.9, 60),
            (301.2, 300),
            (314.0, 300),
            (299.4, 300),
            (899.9, 900),
            (905.0, 900),
            (19.0, 20),
            (52.0, 52),
            (137.0, 135),
            (1803.0, 1800),
            (5.1, 5),
        ];
        for (silence, figure) in table {
            assert_eq!(round_figure(Duration::from_secs_f64(silence)), figure, "{silence}");
        }
    }

    #[test]
    fn what_was_announced_gives_way_to_a_shorter_cut() {
        let mut learner = IdleLearner::default();
        learner.announced(900);
        assert_eq!(learner.limit(), limit(900, LimitSource::Announced));
        assert!(!learner.measured(Duration::from_secs(903)), "nothing new");
        assert_eq!(learner.limit(), limit(900, LimitSource::Announced));
        assert!(learner.measured(Duration::from_millis(300_400)));
        assert_eq!(learner.limit(), limit(300, LimitSource::LearnedNow));
        learner.settle();
        assert_eq!(learner.limit(), limit(300, LimitSource::Learned));
        learner.announced(900);
        assert_eq!(learner.limit(), limit(300, LimitSource::Learned), "the greeting's figure was wrong before");
        learner.announced(120);
        assert_eq!(learner.limit(), limit(120, LimitSource::Announced));
        learner.told_by_cut(60);
        assert_eq!(learner.limit(), limit(60, LimitSource::LearnedNow));
    }

    #[test]
    fn a_cut_at_once_and_a_limit_of_nothing_teach_nothing() {
        let mut learner = IdleLearner::default();
        assert!(!learner.measured(Duration::from_secs(2)));
        let mut stated = IdleLearner::new(limit(120, LimitSource::Stated));
        stated.announced(60);
        assert_eq!(stated.limit(), limit(120, LimitSource::Stated), "a person knows better than a greeting");
        assert!(stated.measured(Duration::from_secs(90)), "and a cut better than a person");
        learner.announced(0);
        learner.told_by_cut(0);
        assert_eq!(learner.limit(), None);
    }
}
