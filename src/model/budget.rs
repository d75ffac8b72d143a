//! How many connections a host may have at once, the browsing one included.

use std::time::{Duration, Instant};

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
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Budget {
    wanted: usize,
    allowed: usize,
    limit: Option<usize>,
    /// Where our own limit was met once; met there again, it is the limit.
    suspected: Option<usize>,
    changed: Option<Instant>,
}

impl Budget {
    /// A budget for the browsing connection and so many transfer connections; `limit` is what was learned of the host before.
    #[must_use]
    pub fn new(transfer_connections: usize, limit: Option<usize>) -> Self {
        let wanted = transfer_connections.saturating_add(1);
        let limit = limit.map(|limit| limit.max(1));
        Self { wanted, allowed: wanted.min(limit.unwrap_or(usize::MAX)), limit, suspected: None, changed: None }
    }

    /// How many connections may be open, at least 1. At 1 transfers share the browsing connection.
    #[must_use]
    pub fn allowed(&self) -> usize {
        self.allowed
    }

    /// Whether one more may be opened while `open` are.
    #[must_use]
    pub fn may_open(&self, open: usize) -> bool {
        open < self.allowed
    }

    /// Whether transfers have to use the browsing connection.
    #[must_use]
    pub fn is_shared(&self) -> bool {
        self.allowed == 1
    }

    /// The host's limit to remember: certain or suspected.
    #[must_use]
    pub fn to_remember(&self) -> Option<usize> {
        self.limit.or(self.suspected)
    }

    /// Another number of transfer connections was chosen.
    pub fn want(&mut self, transfer_connections: usize) {
        self.wanted = transfer_connections.saturating_add(1);
        self.allowed = self.wanted.min(self.to_remember().unwrap_or(usize::MAX));
    }

    /// A connection was refused while `open` were open; `figure` is the limit that the text named, when it did.
    pub fn refused(&mut self, crowd: Crowd, open: usize, figure: Option<usize>, now: Instant) {
        let held = open.max(1);
        self.allowed = self.allowed.min(held);
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

    /// Grows by one when it is time for it; true when it grew.
    pub fn grow(&mut self, now: Instant) -> bool {
        let ceiling = self.wanted.min(self.limit.unwrap_or(usize::MAX));
        let due = self.changed.is_none_or(|changed| now.saturating_duration_since(changed) >= PROBE_AFTER);
        if self.allowed >= ceiling || !due {
            return false;
        }
        self.allowed += 1;
        self.changed = Some(now);
        true
    }

    /// A connection more than was suspected to be possible came about: the suspicion was wrong.
    pub fn opened(&mut self, open: usize) {
        if self.suspected.is_some_and(|suspected| open > suspected) {
            self.suspected = None;
        }
    }

    /// Begins anew with what a person left of what was learned of the host.
    pub fn relearn(&mut self, limit: Option<usize>) {
        *self = Self::new(self.wanted.saturating_sub(1), limit);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_begins_with_the_browsing_connection_and_the_chosen_ones() {
        for (connections, limit, allowed) in
            [(2, None, 3), (0, None, 1), (8, Some(4), 4), (8, Some(0), 1), (1, Some(9), 2), (usize::MAX, None, usize::MAX)]
        {
            assert_eq!(Budget::new(connections, limit).allowed(), allowed, "{connections} {limit:?}");
        }
    }

    #[test]
    fn a_refusal_lowers_it_to_what_was_open_and_never_below_one() {
        for (open, figure, allowed) in [(2, None, 2), (1, None, 1), (0, None, 1), (3, Some(8), 3), (12, None, 9)] {
            let mut budget = Budget::new(8, None);
            budget.refused(Crowd::Ours, open, figure, Instant::now());
            assert_eq!(budget.allowed(), allowed);
            assert!(!budget.may_open(allowed) && budget.may_open(allowed - 1));
            assert_eq!(budget.is_shared(), allowed == 1);
        }
    }

    #[test]
    fn it_grows_back_by_one_at_a_time() {
        let start = Instant::now();
        let mut budget = Budget::new(3, None);
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
        let mut budget = Budget::new(7, None);
        budget.refused(Crowd::Ours, 2, None, start);
        assert_eq!(budget.to_remember(), Some(2));
        assert!(budget.grow(start + PROBE_AFTER), "one probe, for the refusal may have had a ghost connection as its cause");
        budget.refused(Crowd::Ours, 2, None, start + PROBE_AFTER);
        assert!(!budget.grow(start + 100 * PROBE_AFTER));
        assert_eq!((budget.allowed(), budget.to_remember()), (2, Some(2)));
        budget.relearn(None);
        assert_eq!((budget.allowed(), budget.to_remember()), (8, None));
    }

    #[test]
    fn a_named_limit_is_the_ceiling() {
        let start = Instant::now();
        let mut budget = Budget::new(9, None);
        budget.refused(Crowd::Ours, 2, Some(4), start);
        assert_eq!((budget.allowed(), budget.to_remember()), (2, Some(4)));
        let grown = (1..20).filter(|n| budget.grow(start + *n * PROBE_AFTER)).count();
        assert_eq!((grown, budget.allowed()), (2, 4));
    }

    #[test]
    fn a_probe_that_came_through_ends_the_suspicion() {
        let start = Instant::now();
        let mut budget = Budget::new(4, None);
        budget.refused(Crowd::Ours, 2, None, start);
        budget.opened(2);
        assert_eq!(budget.to_remember(), Some(2));
        assert!(budget.grow(start + PROBE_AFTER));
        budget.opened(3);
        assert_eq!(budget.to_remember(), None);
    }

    #[test]
    fn a_learned_limit_holds_when_more_is_chosen() {
        let mut budget = Budget::new(2, Some(2));
        budget.want(9);
        assert_eq!(budget.allowed(), 2);
        budget.want(0);
        assert_eq!(budget.allowed(), 1);
    }
}
