//! How many connections a host may have at once, the browsing one included: as many as the transfers are better for, and no more than the
//! host allows.

mod growth;

use std::time::{Duration, Instant};

pub use self::growth::{BY_ITSELF, MOST, START, Sample};

use self::growth::Growth;

/// How long after a refusal one connection more is tried.
pub const PROBE_AFTER: Duration = Duration::from_secs(300);

/// Whose limit was reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Crowd {
    /// Ours: too many from this address or of this user. The limit stays as it is until a person forgets it.
    Ours,
    /// Everybody's: the server is full. It may have room again in a while.
    Everybodys,
}

/// The budget of one host.
#[derive(Clone, Debug, PartialEq)]
pub struct Budget {
    growth: Growth,
    /// What the host leaves us after refusals.
    room: usize,
    limit: Option<usize>,
    /// Where our own limit was met once; met there again, it is the limit.
    suspected: Option<usize>,
    changed: Option<Instant>,
    /// Whether there is one connection more, for small files behind large ones.
    beside: bool,
}

impl Budget {
    /// A budget for the browsing connection and `chosen` transfer connections (0: as many as help, up to [`BY_ITSELF`]); `limit` is what
    /// was learned of the host before, `helped` the number of transfer connections that was of use there.
    #[must_use]
    pub fn new(chosen: usize, limit: Option<usize>, helped: Option<usize>) -> Self {
        let limit = limit.map(|limit| limit.max(1));
        let room = limit.unwrap_or(usize::MAX);
        Self { growth: Growth::new(chosen, helped), room, limit, suspected: None, changed: None, beside: false }
    }

    /// How many connections may be open, at least 1. At 1 transfers share the browsing connection.
    #[must_use]
    pub fn allowed(&self) -> usize {
        self.growth.target().saturating_add(1 + usize::from(self.beside)).min(self.room)
    }

    /// How many transfer connections are worth having, the one for small files left out.
    #[must_use]
    pub fn lanes(&self) -> usize {
        self.growth.target().min(self.room.saturating_sub(1))
    }

    /// Small files wait behind large ones on all connections, or no more: they get one beside, unless there are as many as there may be, by
    /// a person's choice or by itself. True when that is a change.
    pub fn lend_one(&mut self, wanted: bool) -> bool {
        let beside = wanted && self.growth.target() < self.growth.most();
        std::mem::replace(&mut self.beside, beside) != beside
    }

    /// How many transfer connections it may ever come to.
    #[must_use]
    pub fn most_lanes(&self) -> usize {
        self.growth.most()
    }

    /// Whether transfers have to use the browsing connection.
    #[must_use]
    pub fn is_shared(&self) -> bool {
        self.allowed() == 1
    }

    /// How many connections may be dialled at the same time while `open` stand: as many as there are, until one was refused. From then on
    /// one after the other, so that a refusal tells exactly how many the host allows.
    #[must_use]
    pub fn dials_at_once(&self, open: usize) -> usize {
        if self.to_remember().is_some() || self.changed.is_some() { 1 } else { open.max(2) }
    }

    /// The host's limit to remember: certain or suspected.
    #[must_use]
    pub fn to_remember(&self) -> Option<usize> {
        self.limit.or(self.suspected)
    }

    /// The number of transfer connections to remember, once one has shown its worth.
    #[must_use]
    pub fn helped(&self) -> Option<usize> {
        self.growth.to_remember()
    }

    /// A connection was refused while `open` were open; `figure` is the limit that the text named, when it did.
    pub fn refused(&mut self, crowd: Crowd, open: usize, figure: Option<usize>, now: Instant) {
        let held = open.max(1);
        self.room = self.allowed().min(held);
        self.changed = Some(now);
        if crowd == Crowd::Everybodys {
            return;
        }
        if let Some(figure) = figure.filter(|figure| *figure >= held) {
            // Others behind our address may hold the rest of it, so it is a ceiling, not a promise.
            self.limit = Some(self.limit.map_or(figure, |limit| limit.min(figure)));
        } else if self.suspected == Some(held) {
            self.limit = Some(held);
        }
        self.suspected = Some(held);
    }

    /// After a refusal: makes room for one more when it is time for it; true when it did.
    pub fn grow(&mut self, now: Instant) -> bool {
        let ceiling = self.growth.target().saturating_add(1).min(self.limit.unwrap_or(usize::MAX));
        let due = self.changed.is_none_or(|changed| now.saturating_duration_since(changed) >= PROBE_AFTER);
        if self.room >= ceiling || !due {
            return false;
        }
        self.room += 1;
        self.changed = Some(now);
        true
    }

    /// Takes in what has moved: more connections when the last growth moved a tenth more, fewer when it did not. True when something came
    /// of it.
    pub fn observe(&mut self, sample: Sample) -> bool {
        self.growth.observe(sample, self.room.saturating_sub(1))
    }

    /// A transfer connection was lost, or the server could not cope with it. True when there are to be fewer.
    pub fn lost(&mut self, now: Instant) -> bool {
        self.growth.lost(now)
    }

    /// A connection more than was suspected to be possible came about: the suspicion was wrong.
    pub fn opened(&mut self, open: usize) {
        if self.suspected.is_some_and(|suspected| open > suspected) {
            self.suspected = None;
        }
    }

    /// Another number of transfer connections was chosen (0: as many as help). What the host was found to allow stays.
    pub fn choose(&mut self, chosen: usize) {
        self.growth.choose(chosen);
    }

    /// Begins anew with what a person left of what was learned of the host.
    pub fn relearn(&mut self, chosen: usize, limit: Option<usize>, helped: Option<usize>) {
        *self = Self::new(chosen, limit, helped);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_begins_with_the_browsing_connection_and_the_chosen_ones() {
        for (connections, limit, allowed) in
            [(2, None, 3), (0, None, 3), (0, Some(2), 2), (8, Some(4), 4), (8, Some(0), 1), (1, Some(9), 2), (32, None, 9)]
        {
            assert_eq!(Budget::new(connections, limit, None).allowed(), allowed, "{connections} {limit:?}");
        }
    }

    #[test]
    fn a_refusal_lowers_it_to_what_was_open_and_never_below_one() {
        for (open, figure, allowed) in [(2, None, 2), (1, None, 1), (0, None, 1), (3, Some(8), 3), (12, None, 9)] {
            let mut budget = Budget::new(8, None, None);
            budget.refused(Crowd::Ours, open, figure, Instant::now());
            assert_eq!(budget.allowed(), allowed);
            assert_eq!(budget.is_shared(), allowed == 1);
        }
    }

    #[test]
    fn one_more_is_lent_where_nobody_chose_fewer_and_the_host_has_room() {
        // Chosen, the host's limit, allowed before and with the one that is lent.
        for (chosen, limit, before, with) in
            [(0, None, 3, 4), (0, Some(3), 3, 3), (0, Some(1), 1, 1), (2, None, 3, 3), (32, None, 9, 10)]
        {
            let mut budget = Budget::new(chosen, limit, None);
            let is_change = budget.lend_one(true);
            assert_eq!((before, with), (budget.lanes() + 1, budget.allowed()), "{chosen} {limit:?}");
            assert_eq!(budget.lend_one(false), is_change);
            assert_eq!(budget.allowed(), before);
        }
    }

    #[test]
    fn it_grows_back_by_one_at_a_time() {
        let start = Instant::now();
        let mut budget = Budget::new(3, None, None);
        budget.refused(Crowd::Everybodys, 1, Some(50), start);
        assert_eq!(budget.to_remember(), None, "a full server is no limit of ours");
        assert!(!budget.grow(start + PROBE_AFTER - Duration::from_secs(1)));
        assert!(budget.grow(start + PROBE_AFTER));
        assert!(!budget.grow(start + PROBE_AFTER), "one at a time");
        assert_eq!(budget.allowed(), 2);
        assert!(budget.grow(start + 2 * PROBE_AFTER) && budget.grow(start + 3 * PROBE_AFTER));
        assert!(!budget.grow(start + 9 * PROBE_AFTER), "not above what was chosen");
        assert_eq!(budget.allowed(), 4);
    }

    #[test]
    fn a_limit_that_was_met_twice_is_not_tried_again() {
        let start = Instant::now();
        let mut budget = Budget::new(7, None, None);
        budget.refused(Crowd::Ours, 2, None, start);
        assert_eq!(budget.to_remember(), Some(2));
        assert!(budget.grow(start + PROBE_AFTER), "one probe, for the refusal may have had a ghost connection as its cause");
        budget.refused(Crowd::Ours, 2, None, start + PROBE_AFTER);
        assert!(!budget.grow(start + 100 * PROBE_AFTER));
        assert_eq!((budget.allowed(), budget.to_remember()), (2, Some(2)));
        budget.relearn(7, None, None);
        assert_eq!((budget.allowed(), budget.to_remember()), (8, None));
    }

    #[test]
    fn a_named_limit_is_the_ceiling() {
        let start = Instant::now();
        let mut budget = Budget::new(9, None, None);
        budget.refused(Crowd::Ours, 2, Some(4), start);
        assert_eq!((budget.allowed(), budget.to_remember()), (2, Some(4)));
        let grown = (1..20).filter(|n| budget.grow(start + *n * PROBE_AFTER)).count();
        assert_eq!((grown, budget.allowed()), (2, 4));
    }

    #[test]
    fn a_probe_that_came_through_ends_the_suspicion() {
        let start = Instant::now();
        let mut budget = Budget::new(4, None, None);
        budget.refused(Crowd::Ours, 2, None, start);
        budget.opened(2);
        assert_eq!(budget.to_remember(), Some(2));
        assert!(budget.grow(start + PROBE_AFTER));
        budget.opened(3);
        assert_eq!(budget.to_remember(), None);
    }

    #[test]
    fn another_number_that_is_chosen_leaves_what_is_known_of_the_host() {
        // Chosen at first, then, and how many are allowed with the browsing one.
        for (first, then, allowed) in [(1, 5, 6), (5, 2, 3), (3, 0, 4), (0, 4, 5), (0, 1, 2), (4, 32, 9)] {
            let mut budget = Budget::new(first, None, None);
            budget.choose(then);
            assert_eq!(budget.allowed(), allowed, "{first} {then}");
        }
        let mut budget = Budget::new(8, Some(4), None);
        budget.refused(Crowd::Ours, 3, None, Instant::now());
        budget.choose(20);
        assert_eq!((budget.allowed(), budget.to_remember(), budget.most_lanes()), (3, Some(4), 20));
    }

    #[test]
    fn connections_are_dialled_together_until_one_is_refused() {
        let fresh = Budget::new(32, None, None);
        for (open, at_once) in [(0, 2), (1, 2), (3, 3), (9, 9), (17, 17)] {
            assert_eq!(fresh.dials_at_once(open), at_once, "{open}");
        }
        assert_eq!(Budget::new(8, Some(9), None).dials_at_once(5), 1, "a limit that is known is not run into");
        for crowd in [Crowd::Ours, Crowd::Everybodys] {
            let mut refused = fresh.clone();
            refused.refused(crowd, 5, None, Instant::now());
            assert_eq!(refused.dials_at_once(5), 1);
        }
    }

    #[test]
    fn it_grows_within_the_room_that_the_host_leaves() {
        let start = Instant::now();
        let sample = |ms: u64, lanes: usize| Sample {
            at: start + Duration::from_millis(ms),
            lanes,
            files: ms * u64::try_from(lanes).unwrap_or_default() / 100,
            folders: 0,
            bytes: 0,
            is_busy: true,
        };
        // The host's limit, and how many there may be after the first growth.
        for (limit, allowed) in [(None, 5), (Some(9), 5), (Some(4), 4), (Some(3), 3)] {
            let mut budget = Budget::new(0, limit, None);
            assert!(!budget.observe(sample(0, 2)) && budget.observe(sample(1000, 2)));
            assert_eq!(budget.allowed(), allowed, "{limit:?}");
        }
        let mut budget = Budget::new(8, None, None);
        assert!(budget.lost(start));
        assert_eq!((budget.allowed(), budget.most_lanes()), (7, 8));
    }
}
