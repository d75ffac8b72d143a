//! Which of the program's speed limits hold: looks at the clock on the wall when the schedule may say something new.

use std::time::{Duration, Instant};

use jiff::Zoned;

use crate::model::rate::SpeedLimits;
use crate::model::schedule::{InForce, ScheduledLimits, in_force};

/// The longest time without a look while there is a schedule: a clock may be set, a machine may sleep.
const LOOK: Duration = Duration::from_secs(30);

/// Holds what a person chose for this run, and what was in force at the last look.
#[derive(Debug, Default)]
pub struct Governor {
    chosen: Option<SpeedLimits>,
    last: Option<InForce>,
    due: Option<Instant>,
}

impl Governor {
    /// A person chooses limits for this run, or goes by the settings again.
    pub fn choose(&mut self, limits: Option<SpeedLimits>) {
        self.chosen = limits;
    }

    /// When to look again.
    pub fn due(&self) -> Option<Instant> {
        self.due
    }

    /// Looks at the clock; returns what holds when that is something new.
    pub fn look(&mut self, usual: SpeedLimits, schedule: &[ScheduledLimits]) -> Option<InForce> {
        self.look_at(usual, schedule, &Zoned::now(), Instant::now())
    }

    fn look_at(&mut self, usual: SpeedLimits, schedule: &[ScheduledLimits], wall: &Zoned, now: Instant) -> Option<InForce> {
        let holds = in_force(usual, schedule, self.chosen, wall.datetime());
        self.due = holds.until.map(|until| {
            let left = until.to_zoned(wall.time_zone().clone()).ok().map(|until| until.duration_since(wall));
            // A moment that is over by now, or that no clock shows: look again soon.
            let left = left.and_then(|left| Duration::try_from(left).ok()).unwrap_or(Duration::from_secs(1));
            now + left.min(LOOK)
        });
        (self.last != Some(holds)).then(|| {
            self.last = Some(holds);
            holds
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::model::rate::Rate;
    use crate::model::schedule::{Days, Origin};

    fn limits(kb: u64) -> SpeedLimits {
        SpeedLimits { both: Rate::kilobytes(kb), ..SpeedLimits::default() }
    }

    #[test]
    fn the_schedule_takes_over_at_its_minute() {
        let office = [ScheduledLimits {
            days: Days::WORKING,
            from: "8:00".parse().unwrap(),
            to: "18:00".parse().unwrap(),
            limits: limits(500),
        }];
        let start = Instant::now();
        let (mut governor, mut now) = (Governor::default(), start);
        let mut wall: Zoned = "2026-11-23T07:58:50+01:00[Europe/Berlin]".parse().unwrap();
        let begin = wall.clone();
        let mut seen = Vec::new();
        // Goes from look to look, as the actor does, for ten minutes.
        while now < start + Duration::from_secs(600) {
            if let Some(holds) = governor.look_at(limits(900), &office, &wall, now) {
                seen.push((now - start, holds.limits, holds.origin));
            }
            now = governor.due().unwrap();
            wall = &begin + (now - start);
        }
        let expected = [(0, limits(900), Origin::Usual), (70, limits(500), Origin::Schedule)];
        assert_eq!(seen, expected.map(|(seconds, limits, origin)| (Duration::from_secs(seconds), limits, origin)));
    }

    #[test]
    fn without_a_schedule_there_is_nothing_to_wait_for() {
        let wall: Zoned = "2026-11-23T12:00:00+01:00[Europe/Berlin]".parse().unwrap();
        let mut governor = Governor::default();
        let now = Instant::now();
        assert!(governor.look_at(limits(0), &[], &wall, now).is_some(), "the first look tells");
        assert_eq!((governor.look_at(limits(0), &[], &wall, now), governor.due()), (None, None));
        governor.choose(Some(limits(5)));
        assert_eq!(governor.look_at(limits(0), &[], &wall, now).map(|holds| holds.limits), Some(limits(5)));
    }
}
