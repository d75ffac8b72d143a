//! How many transfer connections are worth having: more while a growth moves a tenth more, as many as before when it did not, fewer after
//! a loss.

use std::time::{Duration, Instant};

/// With how many an unknown host is begun.
pub const START: usize = 2;
/// How many it comes to by itself.
pub const BY_ITSELF: usize = 8;
/// The most that a person may choose.
pub const MOST: usize = 32;

/// What a file weighs beside its bytes: on a long line the round trips that it costs are worth so many of them. So small files count as
/// files, large ones by their bytes.
const FILE_WEIGHT: u64 = 64 << 10;
/// Nothing is judged sooner: on a short line files end faster than they can be told apart from chance.
const FIRST_LOOK: Duration = Duration::from_millis(100);
/// When bytes alone can be judged: the new connections have found their speed by then.
const BYTES_LOOK: Duration = Duration::from_secs(1);
/// A growth that has not helped after so many files of each connection and so long does not help...
const PATIENCE_FILES: u64 = 6;
const PATIENCE: Duration = Duration::from_millis(500);
/// ...or after this time alone.
const PATIENCE_BYTES: Duration = Duration::from_secs(4);
/// How long it stays as it is after a growth that did not help, or when it is at its end.
const STILL: Duration = Duration::from_secs(20);
/// The same after a loss.
const STILL_AFTER_LOSS: Duration = Duration::from_secs(30);
/// Connections that are lost within this time were lost to the same cause.
const ONE_LOSS: Duration = Duration::from_secs(5);

/// What has moved since the session began, at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sample {
    /// The moment.
    pub at: Instant,
    /// Transfer connections that stand.
    pub lanes: usize,
    /// Files that were through.
    pub files: u64,
    /// Folders that were through.
    pub folders: u64,
    /// Bytes of files.
    pub bytes: u64,
    /// Whether all of the connections have work: otherwise nothing can be told of more of them.
    pub is_busy: bool,
}

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Files,
    Folders,
}

/// Weight in a second, at least and at most: at the edges of the time that was looked at, one file may count or not.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Rate {
    kind: Kind,
    count: u64,
    least: f64,
    most: f64,
}

/// The number before the last growth and what it moved.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Before {
    lanes: usize,
    from: Sample,
    rate: Rate,
}

/// The number of transfer connections that is aimed at.
#[derive(Clone, Debug, PartialEq)]
pub struct Growth {
    most: usize,
    target: usize,
    /// The last number that is known to have helped.
    proven: Option<usize>,
    before: Option<Before>,
    /// What had moved when all connections of this number stood.
    from: Option<Sample>,
    still_until: Option<Instant>,
    lost_at: Option<Instant>,
}

impl Growth {
    /// `chosen` is what a person wants at most, 0 leaves it to the program; `remembered` is what helped with this host before.
    ///
    /// A chosen number is had at once up to [`BY_ITSELF`], and beyond it while it helps.
    #[must_use]
    pub fn new(chosen: usize, remembered: Option<usize>) -> Self {
        let most = if chosen == 0 { BY_ITSELF } else { chosen.min(MOST) };
        let remembered = remembered.unwrap_or(0).min(most);
        let start = if chosen == 0 { START } else { chosen.min(BY_ITSELF) };
        let target = start.max(remembered);
        Self { most, target, proven: None, before: None, from: None, still_until: None, lost_at: None }
    }

    /// Another number was chosen: it goes on with as many as there are, as far as that is within it.
    pub fn choose(&mut self, chosen: usize) {
        let fresh = Self::new(chosen, Some(self.target));
        let proven = self.proven.map(|proven| proven.min(fresh.most));
        *self = Self { proven, lost_at: self.lost_at, ..fresh };
    }

    /// How many transfer connections there should be.
    #[must_use]
    pub fn target(&self) -> usize {
        self.target
    }

    /// The most that there may be.
    #[must_use]
    pub fn most(&self) -> usize {
        self.most
    }

    /// The number to remember for the host, once one has shown its worth.
    #[must_use]
    pub fn to_remember(&self) -> Option<usize> {
        self.proven
    }

    /// Takes in what has moved; the host has room for `room` transfer connections. True when the number changed, or its worth is known.
    pub fn observe(&mut self, sample: Sample, room: usize) -> bool {
        let ceiling = self.most.min(room);
        if !sample.is_busy || self.still_until.is_some_and(|until| sample.at < until) {
            self.from = None;
            return false;
        }
        if sample.lanes < self.target.min(ceiling) {
            // While the new connections are made the old ones go on showing what they move.
            if let Some(before) = self.before.as_mut().filter(|before| before.lanes == sample.lanes)
                && let Some(rate) = rate(&before.from, &sample)
                && rate.kind == before.rate.kind
                // As one ends the count is exact; in between it is less than what moved.
                && (rate.count == 0 || rate.count > before.rate.count)
            {
                before.rate = rate;
            }
            self.from = None;
            return false;
        }
        let from = *self.from.get_or_insert(sample);
        let Some(now) = rate(&from, &sample) else { return false };
        match self.before.filter(|before| before.rate.kind == now.kind) {
            Some(before) if now.least < before.rate.most * 1.1 => {
                if !is_decided(&from, &sample) {
                    return false;
                }
                // In between the two marks neither number is known to be better: it stays as it is.
                if now.most < before.rate.most * 1.05 {
                    self.target = before.lanes;
                    self.proven = Some(before.lanes);
                }
                self.stay(sample.at + STILL);
            }
            helped => {
                if helped.is_some() {
                    self.proven = Some(self.target.min(ceiling));
                }
                if self.target >= ceiling {
                    self.stay(sample.at + STILL);
                } else {
                    self.before = Some(Before { lanes: self.target, from, rate: now });
                    self.target = (self.target * 2).min(ceiling);
                    self.from = None;
                }
            }
        }
        true
    }

    /// A connection was lost, or the server could not cope: a quarter fewer. True when the number changed.
    pub fn lost(&mut self, now: Instant) -> bool {
        let is_same = self.lost_at.is_some_and(|at| now.saturating_duration_since(at) < ONE_LOSS);
        let fewer = (self.target - self.target / 4).max(1);
        if is_same || fewer == self.target {
            return false;
        }
        self.lost_at = Some(now);
        self.target = fewer;
        self.proven = self.proven.map(|proven| proven.min(fewer));
        self.stay(now + STILL_AFTER_LOSS);
        true
    }

    fn stay(&mut self, until: Instant) {
        self.still_until = Some(until);
        self.before = None;
        self.from = None;
    }
}

/// What moved in between, once there is enough of it to tell.
fn rate(from: &Sample, to: &Sample) -> Option<Rate> {
    let took = to.at.saturating_duration_since(from.at);
    let files = to.files.saturating_sub(from.files);
    let folders = to.folders.saturating_sub(from.folders);
    let bytes = to.bytes.saturating_sub(from.bytes);
    let (kind, count) = if files > 0 || bytes > 0 { (Kind::Files, files) } else { (Kind::Folders, folders) };
    let by_count = count >= as_count(to.lanes.max(2));
    let by_bytes = bytes > 0 && took >= BYTES_LOOK;
    if took < FIRST_LOOK || !(by_count || by_bytes) {
        return None;
    }
    let weight = |count: u64| (bytes + count * FILE_WEIGHT) as f64 / took.as_secs_f64();
    Some(Rate { kind, count, least: weight(count.saturating_sub(1)), most: weight(count) })
}

/// Whether the time was long enough to say that a growth did not help.
fn is_decided(from: &Sample, to: &Sample) -> bool {
    let took = to.at.saturating_duration_since(from.at);
    let ended = (to.files + to.folders).saturating_sub(from.files + from.folders);
    took >= PATIENCE_BYTES || (took >= PATIENCE && ended >= PATIENCE_FILES * as_count(to.lanes))
}

fn as_count(lanes: usize) -> u64 {
    u64::try_from(lanes).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::indexing_slicing)]

    use super::*;

    /// A line on which every lane takes `each` for a file of `size` bytes, and all together move at most so many bytes a second and end so
    /// many files a second. Lanes connect in `DIAL`.
    #[derive(Clone, Copy)]
    struct Line {
        each: Duration,
        size: u64,
        bytes_per_second: f64,
        files_per_second: f64,
    }

    const DIAL: Duration = Duration::from_millis(200);
    const STEP: Duration = Duration::from_millis(5);

    const LONG: Line = Line { each: Duration::from_millis(160), size: 15_000, bytes_per_second: 25e6, files_per_second: 1e6 };
    /// One connection fills it.
    const FULL: Line = Line { each: Duration::from_millis(160), size: 1 << 40, bytes_per_second: 10e6, files_per_second: 1e6 };
    /// Each connection moves so much, whatever the others do.
    const SHARED: Line =
        Line { each: Duration::from_secs(1 << 20), size: 2_000_000 << 20, bytes_per_second: 1e12, files_per_second: 1e6 };
    /// The server ends so many files a second, however many connections ask.
    const SERIAL: Line = Line { files_per_second: 10.0, ..LONG };

    impl Line {
        /// Runs for `seconds`; returns the targets with the milliseconds at which they came.
        fn run(self, growth: &mut Growth, room: usize, seconds: u64) -> Vec<(usize, u128)> {
            let begun = Instant::now();
            let mut targets = vec![(growth.target(), 0)];
            let mut lanes: Vec<Instant> = Vec::new();
            let (mut files, mut bytes, mut progress) = (0_u64, 0_f64, 0_f64);
            let mut at = begun;
            while at < begun + Duration::from_secs(seconds) {
                at += STEP;
                let wanted = growth.target().min(room);
                lanes.truncate(wanted);
                while lanes.len() < wanted {
                    lanes.push(at + DIAL);
                }
                let standing = lanes.iter().filter(|ready| **ready <= at).count();
                let step = STEP.as_secs_f64();
                let by_lanes = standing as f64 / self.each.as_secs_f64();
                let ended = by_lanes.min(self.files_per_second).min(self.bytes_per_second / self.size as f64) * step;
                progress += ended;
                bytes += ended * self.size as f64;
                while progress >= 1.0 {
                    progress -= 1.0;
                    files += 1;
                }
                let sample = Sample { at, lanes: standing, files, folders: 0, bytes: bytes as u64, is_busy: true };
                if growth.observe(sample, room) && targets.last().is_some_and(|(last, _)| *last != growth.target()) {
                    targets.push((growth.target(), at.duration_since(begun).as_millis()));
                }
            }
            targets
        }
    }

    fn numbers(targets: &[(usize, u128)]) -> Vec<usize> {
        targets.iter().map(|(target, _)| *target).collect()
    }

    #[test]
    fn it_begins_with_what_is_known_and_chosen() {
        let table = [
            (0, None, 2, 8),
            (0, Some(8), 8, 8),
            (0, Some(1), 2, 8),
            (0, Some(30), 8, 8),
            (1, None, 1, 1),
            (1, Some(8), 1, 1),
            (4, None, 4, 4),
            (10, None, 8, 10),
            (32, None, 8, 32),
            (32, Some(16), 16, 32),
            (250, Some(99), 32, 32),
        ];
        for (chosen, remembered, target, most) in table {
            let growth = Growth::new(chosen, remembered);
            assert_eq!((growth.target(), growth.most()), (target, most), "{chosen} {remembered:?}");
            assert_eq!(growth.to_remember(), None, "nothing was seen yet");
        }
    }

    #[test]
    fn it_doubles_while_that_helps() {
        /// What is chosen, the room, the line, where it goes from there, and what is remembered.
        type Row<'a> = (usize, usize, Line, &'a [usize], Option<usize>);
        let table: [Row<'_>; 9] = [
            (0, 99, LONG, &[2, 4, 8], Some(8)),
            (32, 99, LONG, &[8, 16, 32], Some(32)),
            (10, 99, LONG, &[8, 10], Some(10)),
            (4, 99, LONG, &[4], None),
            (0, 3, LONG, &[2, 3], Some(3)),
            (0, 1, LONG, &[2], None),
            (0, 99, SHARED, &[2, 4, 8], Some(8)),
            (0, 99, FULL, &[2, 4, 2], Some(2)),
            (0, 99, SERIAL, &[2, 4, 2], Some(2)),
        ];
        for (index, (chosen, room, line, way, remembered)) in table.into_iter().enumerate() {
            let mut growth = Growth::new(chosen, None);
            let targets = line.run(&mut growth, room, 20);
            assert_eq!((numbers(&targets), growth.to_remember()), (way.to_vec(), remembered), "case {index}: {targets:?}");
        }
    }

    #[test]
    fn small_files_on_a_long_line_reach_eight_within_about_a_second() {
        let targets = LONG.run(&mut Growth::new(0, None), 99, 5);
        let (last, at) = targets.last().copied().unwrap_or_default();
        assert!(last == 8 && at < 1_000, "{targets:?}");
    }

    #[test]
    fn a_growth_that_did_not_help_is_tried_again_later() {
        let mut growth = Growth::new(0, None);
        let targets = SERIAL.run(&mut growth, 99, 2 * STILL.as_secs());
        assert_eq!(numbers(&targets), [2, 4, 2, 4, 2], "{targets:?}");
        assert!(targets[3].1 - targets[2].1 >= STILL.as_millis());
    }

    #[test]
    fn nothing_is_told_by_connections_without_work() {
        let mut growth = Growth::new(0, None);
        let begun = Instant::now();
        for step in 0..100 {
            let sample = Sample {
                at: begun + step * STEP,
                lanes: 2,
                files: u64::from(step) * 2,
                folders: 0,
                bytes: 0,
                is_busy: step % 2 == 0,
            };
            assert!(!growth.observe(sample, 99), "{step}");
        }
    }

    #[test]
    fn folders_are_not_compared_with_files() {
        let mut growth = Growth::new(0, None);
        let begun = Instant::now();
        let sample = |ms: u64, lanes, files, folders| Sample {
            at: begun + Duration::from_millis(ms),
            lanes,
            files,
            folders,
            bytes: files * 1000,
            is_busy: true,
        };
        assert!(!growth.observe(sample(0, 2, 0, 0), 99));
        assert!(growth.observe(sample(200, 2, 0, 10), 99));
        assert_eq!(growth.target(), 4);
        assert!(!growth.observe(sample(400, 4, 0, 20), 99));
        // Files take far longer than folders did: that says nothing of four connections.
        assert!(growth.observe(sample(1400, 4, 8, 20), 99));
        assert_eq!(growth.target(), 8);
    }

    #[test]
    fn a_loss_takes_a_quarter_and_losses_together_are_one() {
        let start = Instant::now();
        for (chosen, after) in [(0, 2), (1, 1), (2, 2), (4, 3), (8, 6)] {
            let mut growth = Growth::new(chosen, None);
            let changes = growth.target() != after;
            assert_eq!(growth.lost(start), changes, "{chosen}");
            assert!(!growth.lost(start + Duration::from_secs(1)));
            assert_eq!(growth.target(), after, "{chosen}");
        }
        let mut growth = Growth::new(8, None);
        growth.lost(start);
        assert!(growth.lost(start + ONE_LOSS));
        assert_eq!(growth.target(), 5);
        // It is left in peace for a while, and then it grows again.
        let sample = |after: Duration, files| Sample { at: start + after, lanes: 5, files, folders: 0, bytes: 0, is_busy: true };
        assert!(
            !growth.observe(sample(Duration::from_secs(10), 0), 99) && !growth.observe(sample(Duration::from_secs(12), 99), 99)
        );
        let later = ONE_LOSS + STILL_AFTER_LOSS;
        assert!(!growth.observe(sample(later, 100), 99));
        assert!(growth.observe(sample(later + Duration::from_secs(1), 150), 99));
        assert_eq!(growth.target(), 8);
    }
}
