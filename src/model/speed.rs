//! Speed of one transfer or of all, and the time that is left.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// The speed is that of the last so many seconds.
pub const WINDOW: Duration = Duration::from_secs(5);

/// Samples closer together than this replace each other, so that there are never more than about fifty.
const STEP: Duration = Duration::from_millis(100);

/// Speed over a sliding window.
#[derive(Clone, Debug, Default)]
pub struct Speed {
    samples: VecDeque<(Instant, u64)>,
}

impl Speed {
    /// Nothing measured yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// `total` bytes have moved at `now`. A total that falls begins anew.
    pub fn record(&mut self, now: Instant, total: u64) {
        if self.samples.back().is_some_and(|(at, last)| total < *last || now < *at) {
            self.samples.clear();
        }
        let before = self.samples.len().checked_sub(2).and_then(|index| self.samples.get(index)).map(|(at, _)| *at);
        if let (Some(before), Some(last)) = (before, self.samples.back_mut())
            && now.duration_since(before) < STEP
        {
            *last = (now, total);
        } else {
            self.samples.push_back((now, total));
        }
        while self.samples.front().is_some_and(|(at, _)| now.duration_since(*at) > WINDOW) {
            self.samples.pop_front();
        }
    }

    /// Bytes a second over the last [`WINDOW`]; 0 when nothing moved in it.
    #[must_use]
    pub fn bytes_per_second(&self, now: Instant) -> u64 {
        let mut inside = self.samples.iter().filter(|(at, _)| now.saturating_duration_since(*at) <= WINDOW);
        let (Some((since, first)), Some((_, last))) = (inside.next(), self.samples.back()) else { return 0 };
        let micros = now.saturating_duration_since(*since).as_micros();
        let moved = u128::from(last.saturating_sub(*first)) * 1_000_000;
        moved.checked_div(micros).and_then(|speed| u64::try_from(speed).ok()).unwrap_or(0)
    }

    /// How long `remaining` bytes take at this speed; `None` while nothing moves.
    #[must_use]
    pub fn time_left(&self, now: Instant, remaining: u64) -> Option<Duration> {
        remaining.checked_div(self.bytes_per_second(now)).map(Duration::from_secs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn speed_is_that_of_the_last_seconds() {
        let start = Instant::now();
        let at = |millis| start + Duration::from_millis(millis);
        let mut speed = Speed::new();
        assert_eq!(speed.bytes_per_second(start), 0);
        for second in 0..=10 {
            speed.record(at(second * 1000), second * 1000);
        }
        assert_eq!(speed.bytes_per_second(at(10_000)), 1000);
        for second in 11..=20 {
            speed.record(at(second * 1000), 10_000 + (second - 10) * 4000);
        }
        assert_eq!(speed.bytes_per_second(at(20_000)), 4000, "what was before the window does not count");
        assert_eq!(speed.time_left(at(20_000), 40_000), Some(Duration::from_secs(10)));
    }

    #[test]
    fn a_stalled_transfer_slows_down_to_nothing() {
        let start = Instant::now();
        let mut speed = Speed::new();
        speed.record(start, 0);
        speed.record(start + Duration::from_secs(1), 1_000_000);
        assert_eq!(speed.bytes_per_second(start + Duration::from_secs(1)), 1_000_000);
        assert_eq!(speed.bytes_per_second(start + Duration::from_secs(4)), 250_000);
        assert_eq!(speed.bytes_per_second(start + Duration::from_secs(7)), 0);
        assert_eq!(speed.time_left(start + Duration::from_secs(7), 1), None);
    }

    #[test]
    fn many_samples_are_few() {
        let start = Instant::now();
        let mut speed = Speed::new();
        for step in 0..100_000_u64 {
            speed.record(start + Duration::from_micros(step * 100), step * 100);
        }
        assert!(speed.samples.len() <= 110, "{}", speed.samples.len());
        let figure = speed.bytes_per_second(start + Duration::from_micros(99_999 * 100));
        assert!((990_000..=1_010_000).contains(&figure), "{figure}");
    }

    #[test]
    fn a_total_that_falls_begins_anew() {
        let start = Instant::now();
        let mut speed = Speed::new();
        speed.record(start, 5000);
        speed.record(start + Duration::from_secs(1), 0);
        speed.record(start + Duration::from_secs(2), 700);
        assert_eq!(speed.bytes_per_second(start + Duration::from_secs(2)), 700);
    }
}
