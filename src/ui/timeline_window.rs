//! The part of time that the timeline shows: zooming, panning, and where a moment is drawn.

use jiff::Timestamp;

/// Seconds that are shown at first.
const USUAL: f64 = 60.0;
/// The least and the most that are shown.
const BOUNDS: (f64, f64) = (2.0, 7.0 * 86_400.0);
/// How much of the width lies ahead of the present, for the deadline and countdowns.
const AHEAD: f64 = 0.2;
/// Steps between two times on the axis, in seconds.
const STEPS: [u32; 14] = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1_800, 3_600, 21_600, 86_400];

/// What is shown: so many seconds, up to a little ahead of the present or to a moment before it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Window {
    /// Seconds over the whole width.
    pub span: f64,
    /// Seconds by which it was moved into the past; 0 follows the present.
    pub behind: f64,
}

impl Default for Window {
    fn default() -> Self {
        Self { span: USUAL, behind: 0.0 }
    }
}

impl Window {
    /// Shows everything since `first`.
    #[must_use]
    pub fn fitting(first: Timestamp, now: Timestamp) -> Self {
        let seconds = seconds_between(first, now).max(BOUNDS.0);
        Self { span: (seconds / (1.0 - AHEAD) * 1.03).clamp(BOUNDS.0, BOUNDS.1), behind: 0.0 }
    }

    /// More (below 1) or less (above 1) of it; what is at `share` of the width stays there.
    #[must_use]
    pub fn zoomed(self, factor: f64, share: f64) -> Self {
        let span = (self.span * factor).clamp(BOUNDS.0, BOUNDS.1);
        let end_before = AHEAD * self.span - self.behind;
        let kept = end_before - self.span * (1.0 - share);
        // The end that keeps the moment under the pointer in its place.
        let end = kept + span * (1.0 - share);
        Self { span, behind: (AHEAD * span - end).max(0.0) }
    }

    /// Moved by a share of the width; into the past when it is positive.
    #[must_use]
    pub fn moved(self, share: f64) -> Self {
        Self { behind: (self.behind + share * self.span).max(0.0), ..self }
    }

    /// Where a moment lies: 0 at the left edge, 1 at the right one.
    #[must_use]
    pub fn share_of(&self, at: Timestamp, now: Timestamp) -> f64 {
        let end = AHEAD * self.span - self.behind;
        1.0 - (end - seconds_between(now, at)) / self.span
    }

    /// Seconds between two times on the axis, when each needs `least` of the width.
    #[must_use]
    pub fn step(&self, least: f64) -> u32 {
        STEPS.into_iter().find(|step| f64::from(*step) >= self.span * least).unwrap_or(86_400)
    }

    /// The first moment that is shown, in whole seconds since 1970.
    #[must_use]
    #[allow(clippy::cast_possible_truncation, reason = "a week before a timestamp is in range")]
    pub fn begins(&self, now: Timestamp) -> i64 {
        let end = AHEAD * self.span - self.behind;
        now.as_second() + (end - self.span).floor() as i64
    }

    /// Where the present is drawn, when it is.
    #[must_use]
    pub fn present(&self) -> f64 {
        1.0 - AHEAD + self.behind / self.span
    }
}

fn seconds_between(from: Timestamp, to: Timestamp) -> f64 {
    to.duration_since(from).as_secs_f64()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_000_000 + seconds).unwrap()
    }

    fn is_close(one: f64, other: f64) -> bool {
        (one - other).abs() < 1e-9
    }

    #[test]
    fn the_present_lies_before_a_little_of_the_future() {
        let window = Window::default();
        assert!(is_close(window.share_of(at(0), at(0)), 0.8));
        assert!(is_close(window.share_of(at(12), at(0)), 1.0));
        assert!(is_close(window.share_of(at(-48), at(0)), 0.0));
        assert!(is_close(window.present(), 0.8));
        assert_eq!(window.begins(at(0)), at(-48).as_second());
    }

    #[test]
    fn what_is_under_the_pointer_stays_there() {
        let window = Window { span: 60.0, behind: 100.0 };
        for (factor, share) in [(0.5, 0.3), (2.0, 0.9), (1.2, 0.0)] {
            let zoomed = window.zoomed(factor, share);
            for moment in [at(-120), at(-130)] {
                let before = window.share_of(moment, at(0));
                let after = zoomed.share_of(moment, at(0));
                // Distances from the pointer scale, so the pointer's own moment does not move.
                assert!(is_close((after - share) * factor, before - share), "{factor} {share}");
            }
        }
        assert!(Window::default().zoomed(0.000_1, 0.5).span >= 2.0);
        assert!(Window::default().zoomed(1e9, 0.5).span <= 7.0 * 86_400.0);
    }

    #[test]
    fn it_is_moved_into_the_past_and_never_beyond_the_present() {
        let window = Window::default().moved(0.5);
        assert!(is_close(window.behind, 30.0));
        assert!(is_close(window.moved(-3.0).behind, 0.0));
    }

    #[test]
    fn all_of_it_fits_and_the_axis_has_round_steps() {
        let window = Window::fitting(at(-500), at(0));
        assert!(window.share_of(at(-500), at(0)) >= 0.0);
        assert!(window.share_of(at(-500), at(0)) < 0.05);
        assert_eq!(Window::default().step(0.09), 10);
        assert_eq!(Window { span: 3_600.0, behind: 0.0 }.step(0.09), 600);
    }
}
