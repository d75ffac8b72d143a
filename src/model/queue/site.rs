//! What one site has in the queue: what may run, what waits for its moment, and what runs.

use std::collections::BTreeSet;
use std::time::Instant;

use crate::model::queue::order;
use crate::model::queue::ranked::{Place, Ranked};
use crate::model::site::SiteId;
use crate::model::transfer::TransferId;

/// From so many bytes on a file counts as large (16 MiB): it occupies a connection for seconds on most lines.
pub(super) const LARGE: u64 = 16 << 20;

/// One site's part of the queue.
#[derive(Debug)]
pub(super) struct SiteQueue {
    /// Whose.
    pub id: SiteId,
    /// Items under "Active".
    pub active: usize,
    /// Small items that a connection works on.
    pub busy_small: usize,
    /// Large ones.
    pub busy_large: usize,
    small: Ranked,
    large: Ranked,
    later: BTreeSet<(Instant, TransferId)>,
}

/// Where an item waits.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wait {
    /// Its place in the order.
    pub place: Place,
    /// Whether it is large.
    pub is_large: bool,
    /// Not before this moment.
    pub not_before: Option<Instant>,
}

impl SiteQueue {
    /// Nothing yet.
    pub fn new(id: SiteId) -> Self {
        let (small, large) = (Ranked::default(), Ranked::default());
        Self { id, active: 0, busy_small: 0, busy_large: 0, small, large, later: BTreeSet::new() }
    }

    /// An item waits for a connection.
    pub fn enter(&mut self, wait: Wait) {
        match wait.not_before {
            Some(moment) => {
                self.later.insert((moment, wait.place.id));
            }
            None => self.kind(wait).insert(wait.place),
        }
    }

    /// It waits no longer.
    pub fn leave(&mut self, wait: Wait) {
        match wait.not_before {
            Some(moment) => self.later.remove(&(moment, wait.place.id)),
            None => self.kind(wait).remove(wait.place),
        };
    }

    fn kind(&mut self, wait: Wait) -> &mut Ranked {
        if wait.is_large { &mut self.large } else { &mut self.small }
    }

    /// How many wait for a connection or their moment.
    pub fn waiting(&self) -> usize {
        self.small.len() + self.large.len() + self.later.len()
    }

    /// Whether a connection works for it.
    pub fn is_busy(&self) -> bool {
        self.busy_small + self.busy_large > 0
    }

    /// The first moment that an item waits for.
    pub fn next_moment(&self) -> Option<Instant> {
        self.later.first().map(|(moment, _)| *moment)
    }

    /// An item whose moment has come.
    pub fn due(&self, now: Instant) -> Option<TransferId> {
        self.later.first().filter(|(moment, _)| *moment <= now).map(|(_, id)| *id)
    }

    /// What runs next: the first in the order. But where small and large files wait side by side, neither takes all connections:
    /// while one kind has none and the other has one, the kind without is next. What was put in front is always next.
    pub fn next(&self) -> Option<Place> {
        let (Some(small), Some(large)) = (self.small.first(), self.large.first()) else {
            return self.small.first().or(self.large.first());
        };
        let first = small.min(large);
        if !order::is_same_class(small.order, large.order) || order::place_of(first.order) <= 0 {
            return Some(first);
        }
        Some(match (self.busy_small, self.busy_large) {
            (0, 1..) => small,
            (1.., 0) => large,
            _ => first,
        })
    }
}
