//! How fast bytes may go: a bucket for each limit, exact over time. Time is an argument.
//!
//! Whoever moves bytes takes them from the bucket and then waits until they have drained, at the limit's speed. What
//! counts is the sum since the beginning, so a late timer or a slow moment is made up for, within [`CREDIT`].

use std::num::NonZeroU64;
use std::time::{Duration, Instant};

/// How much time that went unused may be made up for. It bounds the burst, and must outlast a late timer.
pub const CREDIT: Duration = Duration::from_millis(50);
/// All that share a bucket take so much of it in turn: short turns flow smoothly and keep sums exact.
const TURN: Duration = Duration::from_millis(40);
/// The fewest bytes that one turn moves: less would cost more in headers than it carries.
const LEAST: u64 = 256;
/// Drained bytes are counted in billionths, as many as a second has nanoseconds, so that nothing is ever rounded.
const BILLION: u128 = 1_000_000_000;

/// One limit, and how much of it is used.
#[derive(Debug)]
pub struct Bucket {
    /// Bytes a second.
    rate: Option<NonZeroU64>,
    /// Bytes that were taken since the beginning.
    taken: u64,
    /// Bytes that have drained since the beginning, in billionths; up to the credit ahead of what was taken.
    drained: u128,
    /// When that was so.
    at: Instant,
    sharers: u64,
}

impl Bucket {
    /// A bucket of `rate` bytes a second; `None` limits nothing.
    #[must_use]
    pub fn new(rate: Option<NonZeroU64>, now: Instant) -> Self {
        Self { rate, taken: 0, drained: 0, at: now, sharers: 0 }
    }

    /// Bytes a second.
    #[must_use]
    pub fn rate(&self) -> Option<NonZeroU64> {
        self.rate
    }

    /// Another limit from now on. What is still to drain belonged to the old one and is forgiven: at most a turn.
    pub fn set_rate(&mut self, rate: Option<NonZeroU64>, now: Instant) {
        if rate != self.rate {
            self.rate = rate;
            self.drained = u128::from(self.taken) * BILLION;
            self.at = now;
        }
    }

    /// One more takes from it.
    pub fn join(&mut self) {
        self.sharers += 1;
    }

    /// One fewer takes from it.
    pub fn leave(&mut self) {
        self.sharers = self.sharers.saturating_sub(1);
    }

    /// How many bytes the next turn may move; `None` is as many as there are.
    #[must_use]
    pub fn turn(&self) -> Option<u64> {
        let rate = u128::from(self.rate?.get());
        let turn = rate * TURN.as_millis() / 1000 / u128::from(self.sharers.max(1));
        Some(u64::try_from(turn).unwrap_or(u64::MAX).max(LEAST))
    }

    /// Takes bytes that have moved; [`Bucket::wait`] of what this returns says how long to wait.
    pub fn take(&mut self, bytes: u64, now: Instant) -> u64 {
        self.drain(now);
        self.taken = self.taken.saturating_add(bytes);
        self.taken
    }

    /// How long it takes until all up to `ticket` has drained, zero when it has.
    pub fn wait(&mut self, ticket: u64, now: Instant) -> Duration {
        self.drain(now);
        let Some(rate) = self.rate else { return Duration::ZERO };
        let left = (u128::from(ticket) * BILLION).saturating_sub(self.drained);
        // Rounded up: a wait that ends a nanosecond early would begin again.
        Duration::from_nanos(u64::try_from(left.div_ceil(u128::from(rate.get()))).unwrap_or(u64::MAX))
    }

    fn drain(&mut self, now: Instant) {
        let rate = u128::from(self.rate.map_or(0, NonZeroU64::get));
        let drained = self.drained + rate * now.saturating_duration_since(self.at).as_nanos();
        self.drained = drained.min(u128::from(self.taken) * BILLION + rate * CREDIT.as_nanos());
        self.at = self.at.max(now);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::cast_precision_loss)]

    use proptest::prelude::*;

    use super::*;

    /// Lanes that always have more to move, on a clock of their own. Each wait ends late by up to `late` milliseconds.
    struct Run {
        bucket: Bucket,
        start: Instant,
        now: Instant,
        /// When each lane may move again, and under which ticket it waits.
        lanes: Vec<(Instant, u64)>,
        /// Every move: when, which lane, how much.
        moved: Vec<(Duration, usize, u64)>,
        late: u64,
        random: fastrand::Rng,
    }

    impl Run {
        fn new(rate: u64, lanes: usize, late: u64, seed: u64) -> Self {
            let start = Instant::now();
            let mut bucket = Bucket::new(NonZeroU64::new(rate), start);
            (0..lanes).for_each(|_| bucket.join());
            let random = fastrand::Rng::with_seed(seed);
            Self { bucket, start, now: start, lanes: vec![(start, 0); lanes], moved: Vec::new(), late, random }
        }

        /// Until so much after the start.
        fn until(&mut self, end: Duration) {
            loop {
                let (lane, (at, ticket)) = self.lanes.iter().copied().enumerate().min_by_key(|(_, (at, _))| *at).unwrap();
                if at >= self.start + end {
                    self.now = self.start + end;
                    return;
                }
                self.now = at;
                let wait = self.bucket.wait(ticket, at);
                if wait > Duration::ZERO {
                    self.lanes[lane].0 = at + wait + Duration::from_micros(self.random.u64(0..=self.late * 1000));
                    continue;
                }
                let bytes = self.bucket.turn().unwrap();
                self.moved.push((at - self.start, lane, bytes));
                self.lanes[lane].1 = self.bucket.take(bytes, at);
            }
        }

        fn change(&mut self, rate: u64) {
            self.bucket.set_rate(NonZeroU64::new(rate), self.now);
            // Who waits looks again.
            let now = self.now;
            self.lanes.iter_mut().for_each(|(at, _)| *at = now);
        }

        fn bytes(&self, from: Duration, to: Duration) -> u64 {
            self.moved.iter().filter(|(at, ..)| (from..to).contains(at)).map(|(.., bytes)| bytes).sum()
        }
    }

    fn secs(seconds: f64) -> Duration {
        Duration::from_secs_f64(seconds)
    }

    proptest! {
        #[test]
        fn any_two_seconds_carry_what_the_limit_says(
            kib in 64_u64..200_000, lanes in 1_usize..11, late in 0_u64..20, from in 0.0_f64..8.0, more in 0.0_f64..4.0, seed: u64,
        ) {
            let rate = kib * 1024;
            let mut run = Run::new(rate, lanes, late, seed);
            run.until(secs(15.0));
            let share = run.bytes(secs(from), secs(from + 2.0 + more)) as f64 / (rate as f64 * (2.0 + more));
            prop_assert!((0.95..=1.05).contains(&share), "{share}");
        }

        #[test]
        fn a_change_in_the_middle_is_kept_too(
            before in 64_u64..100_000, after in 64_u64..100_000, lanes in 1_usize..11, late in 0_u64..20, seed: u64,
        ) {
            let mut run = Run::new(before * 1024, lanes, late, seed);
            run.until(secs(5.0));
            run.change(after * 1024);
            run.until(secs(15.0));
            for (from, kib) in [(2.9, before), (5.1, after), (8.0, after)] {
                let share = run.bytes(secs(from), secs(from + 2.0)) as f64 / (kib * 1024 * 2) as f64;
                prop_assert!((0.95..=1.05).contains(&share), "{share} from {from}");
            }
            // Across the change: the sum of both parts, and never more than a turn of the old limit beside it.
            let due = (before + after) as f64 * 1024.0;
            let moved = run.bytes(secs(4.0), secs(6.0)) as f64;
            let slack = 0.05 * 2.0 * before.max(after) as f64 * 1024.0;
            prop_assert!((moved - due).abs() <= slack, "{moved} of {due}");
        }

        #[test]
        fn lanes_get_the_same(kib in 64_u64..100_000, lanes in 2_usize..11, late in 0_u64..5, seed: u64) {
            let mut run = Run::new(kib * 1024, lanes, late, seed);
            run.until(secs(30.0));
            let of = |lane| run.moved.iter().filter(|(_, by, _)| *by == lane).map(|(.., bytes)| bytes).sum::<u64>() as f64;
            let even = (kib * 1024 * 30) as f64 / lanes as f64;
            for lane in 0..lanes {
                prop_assert!((of(lane) / even - 1.0).abs() < 0.05, "lane {lane}: {} of {even}", of(lane));
            }
        }

        #[test]
        fn what_was_not_used_makes_no_burst(kib in 1_u64..100_000, idle in 1_u64..3600) {
            let rate = kib * 1024;
            let start = Instant::now();
            let mut bucket = Bucket::new(NonZeroU64::new(rate), start);
            let now = start + Duration::from_secs(idle);
            // All that may move at once after a long idle time.
            let mut burst = 0;
            loop {
                let turn = bucket.turn().unwrap();
                burst += turn;
                let ticket = bucket.take(turn, now);
                if bucket.wait(ticket, now) > Duration::ZERO {
                    break;
                }
            }
            let most = rate * u64::try_from((CREDIT + TURN).as_millis()).unwrap() / 1000 + 2 * LEAST;
            prop_assert!(burst <= most, "{burst} at {rate}");
        }
    }

    #[test]
    fn slow_limits_flow_in_small_turns() {
        for (kib, lanes) in [(1, 1), (20, 1), (20, 4), (20, 10)] {
            let mut run = Run::new(kib * 1024, lanes, 2, 1);
            run.until(secs(20.0));
            for lane in 0..lanes {
                let at: Vec<Duration> = run.moved.iter().filter(|(_, by, _)| *by == lane).map(|(at, ..)| *at).collect();
                let longest = at.windows(2).map(|pair| pair[1] - pair[0]).max().unwrap();
                assert!(longest < secs(0.4), "{kib} KiB/s, {lanes} lanes: {longest:?}");
            }
        }
    }

    #[test]
    fn no_limit_never_waits_and_a_lifted_one_lets_go() {
        let now = Instant::now();
        let mut bucket = Bucket::new(None, now);
        assert_eq!(bucket.turn(), None);
        let ticket = bucket.take(1 << 40, now);
        assert_eq!(bucket.wait(ticket, now), Duration::ZERO);
        bucket.set_rate(NonZeroU64::new(1024), now);
        assert_eq!(bucket.wait(ticket, now), Duration::ZERO, "what moved without a limit is not held against it");
        let ticket = bucket.take(10_240, now);
        assert_eq!(bucket.wait(ticket, now), Duration::from_secs(10));
        bucket.set_rate(None, now);
        assert_eq!(bucket.wait(ticket, now), Duration::ZERO);
    }
}
