//! One large file as ranges that come over several connections at once: who fetches what, how far each is, and when one connection
//! more is worth it. Pure bookkeeping; bytes are the engine's affair.

use std::time::{Duration, Instant};

use crate::model::resume::OVERLAP;

/// No range is cut in two when less than this would be left on either side.
pub const SMALLEST: u64 = 4 << 20;
/// How long a number of connections is watched before it is judged.
pub const TRIAL: Duration = Duration::from_secs(2);
/// Most connections for one file.
pub const MOST: usize = 8;

/// A run of bytes of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range {
    /// Where it begins.
    pub start: u64,
    /// Up to here its bytes are in the file on the disk.
    pub written: u64,
    /// Where it ends (exclusive).
    pub end: u64,
    /// Up to here its bytes came; they may not be written yet.
    came: u64,
    /// Whether a connection is at it.
    busy: bool,
    /// Whether the bytes at its beginning were seen to go on where the range before it ends.
    joined: bool,
}

impl Range {
    fn new(start: u64, written: u64, end: u64) -> Self {
        Self { start, written, end, came: written, busy: false, joined: start == 0 }
    }

    fn is_whole(&self) -> bool {
        self.written == self.end
    }
}

/// A range that a connection has taken: names it from then on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Claim {
    /// Which.
    id: u64,
    /// From where on bytes are missing.
    pub from: u64,
    /// So many bytes before that place come once more, to be compared.
    pub overlap: u64,
    /// Whether they belong to the range before, and may not be there yet: they are compared in the end.
    pub at_joint: bool,
}

impl Claim {
    fn new(id: u64, range: &Range) -> Self {
        let at_joint = range.written == range.start && range.start > 0;
        let before = if at_joint { range.start } else { range.written - range.start };
        Self { id, from: range.written, overlap: before.min(OVERLAP), at_joint }
    }
}

/// A file of a known size, in ranges that lie side by side and cover it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ranges {
    size: u64,
    ranges: Vec<(u64, Range)>,
    next_id: u64,
}

impl Ranges {
    /// The whole file, of which the first `there` bytes are on the disk.
    #[must_use]
    pub fn whole(size: u64, there: u64) -> Self {
        let there = there.min(size);
        Self { size, ranges: vec![(0, Range::new(0, there, size))], next_id: 1 }
    }

    /// What was saved: start, written and end of each. `None` when it does not cover a file of `size` without gap or overlap.
    #[must_use]
    pub fn restored(size: u64, saved: &[[u64; 3]]) -> Option<Self> {
        let mut at = 0;
        let mut ranges = Vec::new();
        for (id, [start, written, end]) in (0..).zip(saved.iter().copied()) {
            if start != at || written < start || end < written || (end == start && size > 0) {
                return None;
            }
            ranges.push((id, Range::new(start, written, end)));
            at = end;
        }
        (at == size && !ranges.is_empty()).then_some(Self { size, next_id: ranges.len() as u64, ranges })
    }

    /// What has to outlive the program: start, written and end of each, as one where their joint is proven.
    #[must_use]
    pub fn to_save(&self) -> Vec<[u64; 3]> {
        let mut saved: Vec<[u64; 3]> = Vec::new();
        for (_, range) in &self.ranges {
            match saved.last_mut() {
                Some(last) if last[1] == last[2] && range.joined => {
                    last[1] = range.written;
                    last[2] = range.end;
                }
                _ => saved.push([range.start, range.written, range.end]),
            }
        }
        saved
    }

    /// Bytes that are on the disk.
    #[must_use]
    pub fn written(&self) -> u64 {
        self.ranges.iter().map(|(_, range)| range.written - range.start).sum()
    }

    /// Bytes that came, on the disk already or on their way to it.
    #[must_use]
    pub fn come(&self) -> u64 {
        self.ranges.iter().map(|(_, range)| range.came - range.start).sum()
    }

    /// Whether every byte is on the disk.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.ranges.iter().all(|(_, range)| range.is_whole())
    }

    /// Whether it is one run from the start on, so that the length of the file on the disk tells all.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        self.to_save().len() <= 1
    }

    /// Where two ranges meet and nobody has seen yet that they fit: the bytes before each of these places came over one connection,
    /// those behind it over another.
    #[must_use]
    pub fn joints(&self) -> Vec<u64> {
        self.ranges.iter().filter(|(_, range)| !range.joined).map(|(_, range)| range.start).collect()
    }

    /// The ranges that meet at this place fit.
    pub fn join(&mut self, joint: u64) {
        for (_, range) in &mut self.ranges {
            range.joined |= range.start == joint;
        }
    }

    /// Takes the first range that nobody is at; without one, the second half of the largest that somebody is at.
    pub fn claim(&mut self) -> Option<Claim> {
        if let Some((id, range)) = self.ranges.iter_mut().find(|(_, range)| !range.busy && !range.is_whole()) {
            range.busy = true;
            range.came = range.written;
            return Some(Claim::new(*id, range));
        }
        let (index, (_, largest)) =
            self.ranges.iter_mut().enumerate().max_by_key(|(_, (_, range))| range.end - range.came.min(range.end))?;
        let left = largest.end - largest.came;
        // The overlap at the joint comes twice: the cut leaves room for it in what is still to come.
        if left < 2 * SMALLEST.max(OVERLAP) {
            return None;
        }
        let cut = largest.came + left / 2;
        let second = Range { busy: true, ..Range::new(cut, cut, largest.end) };
        largest.end = cut;
        let id = self.next_id;
        self.next_id += 1;
        self.ranges.insert(index + 1, (id, second));
        Some(Claim::new(id, &second))
    }

    /// Whether [`Self::claim`] would find anything for one connection more.
    #[must_use]
    pub fn has_room(&self) -> bool {
        self.clone().claim().is_some()
    }

    /// So many bytes came for a claim: how many of them belong to its range, and whether more do. The file's last range takes what
    /// comes to the end of the data: a source that has grown must be seen.
    pub fn came(&mut self, claim: Claim, count: u64) -> (u64, bool) {
        let size = self.size;
        let Some(range) = self.range(claim) else { return (0, false) };
        let wanted = count.min(range.end - range.came);
        range.came += wanted;
        let more = if range.end == size { wanted == count } else { range.came < range.end };
        (wanted, more)
    }

    /// So many bytes more of a claim are on the disk.
    pub fn wrote(&mut self, claim: Claim, count: u64) {
        if let Some(range) = self.range(claim) {
            range.written = (range.written + count).min(range.came);
        }
    }

    /// Only what came from the start on counts: the first range goes on to the end, by whoever is at it.
    pub fn collapse(&mut self) {
        self.ranges.truncate(1);
        if let Some((_, first)) = self.ranges.first_mut() {
            first.end = self.size;
        }
    }

    /// The connection is through with its range, to the end or not.
    pub fn release(&mut self, claim: Claim) {
        if let Some(range) = self.range(claim) {
            range.busy = false;
            range.came = range.written;
        }
    }

    /// Whether a claim's range goes to the file's end.
    #[must_use]
    pub fn is_last(&self, claim: Claim) -> bool {
        self.ranges.iter().any(|(id, range)| *id == claim.id && range.end == self.size)
    }

    /// Whether all of a claim's range came.
    #[must_use]
    pub fn has_come(&self, claim: Claim) -> bool {
        self.ranges.iter().any(|(id, range)| *id == claim.id && range.came == range.end)
    }

    fn range(&mut self, claim: Claim) -> Option<&mut Range> {
        self.ranges.iter_mut().find(|(id, _)| *id == claim.id).map(|(_, range)| range)
    }
}

/// Whether one connection more is tried: as long as the last one made the whole a tenth faster.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Growth {
    connections: usize,
    /// Bytes a second of the number before.
    before: f64,
    since: Instant,
    bytes: u64,
    ended: bool,
}

/// What a trial showed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// Too early to tell.
    Wait,
    /// One more.
    Grow,
    /// The last one did not help: no more.
    Enough,
}

impl Growth {
    /// Begins with one connection, at a moment when so many bytes were there.
    #[must_use]
    pub fn new(now: Instant, bytes: u64) -> Self {
        Self { connections: 1, before: 0.0, since: now, bytes, ended: false }
    }

    /// A look at the clock and the bytes.
    #[expect(clippy::cast_precision_loss, reason = "a rate needs no more than 52 bits")]
    pub fn look(&mut self, now: Instant, bytes: u64) -> Next {
        let time = now.saturating_duration_since(self.since);
        if self.ended || time < TRIAL {
            return Next::Wait;
        }
        let rate = bytes.saturating_sub(self.bytes) as f64 / time.as_secs_f64();
        (self.since, self.bytes) = (now, bytes);
        let helped = rate >= self.before * 1.1 && rate > 0.0;
        if self.connections > 1 && !helped || self.connections >= MOST {
            self.ended = true;
            return Next::Enough;
        }
        self.before = rate;
        Next::Grow
    }

    /// One more connection moves bytes now: its trial begins.
    pub fn grown(&mut self, now: Instant, bytes: u64) {
        self.connections += 1;
        (self.since, self.bytes) = (now, bytes);
    }

    /// No more are to be had.
    pub fn end(&mut self) {
        self.ended = true;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const MIB: u64 = 1 << 20;

    /// Takes in all of a claim's range, in pieces.
    fn fetch(ranges: &mut Ranges, claim: Claim, piece: u64) {
        loop {
            let (wanted, more) = ranges.came(claim, piece);
            ranges.wrote(claim, wanted);
            if !more || wanted == 0 {
                break;
            }
        }
        ranges.release(claim);
    }

    #[test]
    fn a_second_connection_takes_the_second_half_of_what_is_left() {
        let mut ranges = Ranges::whole(100 * MIB, 0);
        let first = ranges.claim().unwrap();
        assert_eq!((first.from, first.overlap, first.at_joint), (0, 0, false));
        assert_eq!(ranges.came(first, 20 * MIB), (20 * MIB, true));
        let second = ranges.claim().unwrap();
        assert_eq!((second.from, second.overlap, second.at_joint), (60 * MIB, OVERLAP, true));
        assert_eq!(ranges.joints(), [60 * MIB]);
        assert_eq!(ranges.came(first, 60 * MIB), (40 * MIB, false), "what belongs to the other is not wanted");
        assert!(ranges.has_come(first) && !ranges.has_come(second));
        let third = ranges.claim().unwrap();
        assert_eq!(third.from, 80 * MIB);
    }

    #[test]
    fn small_rests_are_not_cut() {
        let mut ranges = Ranges::whole(2 * SMALLEST, 1);
        ranges.claim().unwrap();
        assert_eq!(ranges.claim(), None);
        assert!(!ranges.has_room());
    }

    #[test]
    fn a_given_up_range_is_taken_first() {
        let mut ranges = Ranges::whole(100 * MIB, 0);
        let first = ranges.claim().unwrap();
        let second = ranges.claim().unwrap();
        ranges.came(second, 9 * MIB);
        ranges.wrote(second, 5 * MIB);
        ranges.release(second);
        fetch(&mut ranges, first, MIB);
        let again = ranges.claim().unwrap();
        assert_eq!(again.from, 55 * MIB, "what came and was not written comes again");
        assert_eq!((again.overlap, again.at_joint), (OVERLAP, false), "its own bytes are compared at once");
        fetch(&mut ranges, again, MIB);
        assert!(ranges.is_whole() && !ranges.is_plain(), "the joint is not proven");
        ranges.join(50 * MIB);
        assert!(ranges.is_plain() && ranges.joints().is_empty());
        assert_eq!(ranges.written(), 100 * MIB);
        assert_eq!(ranges.claim(), None);
    }

    #[test]
    fn a_comparison_does_not_reach_over_an_unproven_joint() {
        let mut ranges = Ranges::restored(100 * MIB, &[[0, MIB, 50 * MIB], [50 * MIB, 50 * MIB + 10, 100 * MIB]]).unwrap();
        let first = ranges.claim().unwrap();
        let second = ranges.claim().unwrap();
        assert_eq!((first.from, first.overlap, first.at_joint), (MIB, OVERLAP, false));
        assert_eq!((second.from, second.overlap, second.at_joint), (50 * MIB + 10, 10, false));
        assert_eq!(ranges.joints(), [50 * MIB]);
    }

    #[test]
    fn the_last_range_sees_a_source_that_has_grown() {
        let mut ranges = Ranges::whole(10, 0);
        let claim = ranges.claim().unwrap();
        assert_eq!(ranges.came(claim, 10), (10, true), "the end of the data is still to come");
        assert_eq!(ranges.came(claim, 1), (0, false));
    }

    #[test]
    fn what_does_not_cover_the_file_is_not_taken_up() {
        let table: [(u64, &[[u64; 3]], bool); 9] = [
            (10, &[[0, 3, 10]], true),
            (10, &[[0, 3, 5], [5, 5, 10]], true),
            (10, &[[0, 3, 5], [6, 6, 10]], false),
            (10, &[[0, 6, 5], [5, 5, 10]], false),
            (10, &[[0, 3, 5], [5, 4, 10]], false),
            (10, &[[0, 3, 5], [5, 5, 9]], false),
            (10, &[[1, 3, 10]], false),
            (10, &[], false),
            (12, &[[0, 3, 10]], false),
        ];
        for (size, saved, good) in table {
            assert_eq!(Ranges::restored(size, saved).is_some(), good, "{size} {saved:?}");
        }
    }

    proptest! {
        /// Whatever connections take, bring, give up and save: the ranges cover the file, nothing is lost or twice, and it gets done.
        #[test]
        fn every_byte_comes_once(size in 1..200 * MIB, there in 0..300 * MIB, steps in proptest::collection::vec((0..5_u8, 0..4_usize, 1..30 * MIB), 0..60)) {
            let mut ranges = Ranges::whole(size, there);
            let mut claims: Vec<Claim> = Vec::new();
            for (step, which, count) in steps {
                let before = ranges.written();
                match (step, claims.get(which).copied()) {
                    (0, _) => claims.extend(ranges.claim()),
                    (1, Some(claim)) => {
                        let (wanted, _) = ranges.came(claim, count);
                        prop_assert!(wanted <= count);
                        ranges.wrote(claim, wanted);
                        prop_assert_eq!(ranges.written(), before + wanted);
                    }
                    (2, Some(claim)) => {
                        ranges.came(claim, count);
                        ranges.wrote(claim, count / 2);
                        prop_assert!(ranges.written() <= before + count / 2);
                    }
                    (3, Some(claim)) => {
                        ranges.release(claim);
                        claims.remove(which);
                        prop_assert_eq!(ranges.written(), before);
                    }
                    (4, _) => {
                        // A kill -9, and the next start.
                        let again = Ranges::restored(size, &ranges.to_save()).unwrap();
                        prop_assert_eq!(again.written(), ranges.written());
                        ranges = again;
                        claims.clear();
                    }
                    _ => {}
                }
                let saved = ranges.to_save();
                prop_assert!(Ranges::restored(size, &saved).is_some(), "{:?}", saved);
                prop_assert!(saved.len() <= ranges.joints().len() + 1);
            }
            for claim in claims {
                ranges.release(claim);
            }
            while let Some(claim) = ranges.claim() {
                fetch(&mut ranges, claim, 7 * MIB);
            }
            prop_assert!(ranges.is_whole());
            for joint in ranges.joints() {
                ranges.join(joint);
            }
            prop_assert_eq!(ranges.written(), size);
            prop_assert_eq!(ranges.to_save(), vec![[0, size, size]]);
        }
    }

    #[test]
    fn it_grows_while_the_whole_grows_by_a_tenth() {
        let start = Instant::now();
        let at = |seconds: u64| start + Duration::from_secs(seconds);
        let mut growth = Growth::new(start, 0);
        assert_eq!(growth.look(at(1), 10), Next::Wait);
        assert_eq!(growth.look(at(2), 20), Next::Grow);
        growth.grown(at(3), 30);
        assert_eq!(growth.look(at(4), 50), Next::Wait, "the trial begins when the connection stands");
        assert_eq!(growth.look(at(5), 70), Next::Grow);
        growth.grown(at(5), 70);
        assert_eq!(growth.look(at(7), 112), Next::Enough, "21 a second are not a tenth more than 20");
        assert_eq!(growth.look(at(9), 1000), Next::Wait, "it has ended");
    }

    #[test]
    fn a_stalled_transfer_grows_once_and_no_more() {
        let start = Instant::now();
        let mut growth = Growth::new(start, 5);
        assert_eq!(growth.look(start + TRIAL, 5), Next::Grow, "another connection may move where this one does not");
        growth.grown(start + TRIAL, 5);
        assert_eq!(growth.look(start + 2 * TRIAL, 5), Next::Enough);
    }
}
