//! What one site has in the queue: what may run, what waits for its moment, and what runs.

use std::collections::BTreeSet;
use std::time::Instant;

use crate::model::queue::order;
use crate::model::queue::ranked::{Place, Ranked};
use crate::model::site::SiteId;
use crate::model::transfer::{Direction, TransferId};

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
    up: Side,
    down: Side,
}

/// What waits in one direction.
#[derive(Debug, Default)]
struct Side {
    small: Ranked,
    large: Ranked,
    later: BTreeSet<(Instant, TransferId)>,
    /// A person has to mend something first (see [`crate::model::queue::Wall`]).
    is_held: bool,
}

impl Side {
    fn kind(&mut self, wait: Wait) -> &mut Ranked {
        if wait.is_large { &mut self.large } else { &mut self.small }
    }
}

/// Where an item waits.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wait {
    /// Its place in the order.
    pub place: Place,
    /// Whether it is large.
    pub is_large: bool,
    /// Which way it goes.
    pub direction: Direction,
    /// Not before this moment.
    pub not_before: Option<Instant>,
}

impl SiteQueue {
    /// Nothing yet.
    pub fn new(id: SiteId) -> Self {
        Self { id, active: 0, busy_small: 0, busy_large: 0, up: Side::default(), down: Side::default() }
    }

    /// Holds a direction up, or lets it go on.
    pub fn hold(&mut self, direction: Direction, is_held: bool) {
        self.side(direction).is_held = is_held;
    }

    fn side(&mut self, direction: Direction) -> &mut Side {
        match direction {
            Direction::Upload => &mut self.up,
            Direction::Download => &mut self.down,
        }
    }

    /// The directions that are not held up.
    fn open(&self) -> impl Iterator<Item = &Side> {
        [&self.up, &self.down].into_iter().filter(|side| !side.is_held)
    }

    /// An item waits for a connection.
    pub fn enter(&mut self, wait: Wait) {
        let side = self.side(wait.direction);
        match wait.not_before {
            Some(moment) => {
                side.later.insert((moment, wait.place.id));
            }
            None => side.kind(wait).insert(wait.place),
        }
    }

    /// It waits no longer.
    pub fn leave(&mut self, wait: Wait) {
        let side = self.side(wait.direction);
        match wait.not_before {
            Some(moment) => side.later.remove(&(moment, wait.place.id)),
            None => side.kind(wait).remove(wait.place),
        };
    }

    /// How many wait for a connection or their moment; what is held up waits for a person.
    pub fn waiting(&self) -> usize {
        self.open().map(|side| side.small.len() + side.large.len() + side.later.len()).sum()
    }

    /// How many of them wait for a person.
    pub fn held_up(&self) -> usize {
        let sides = [&self.up, &self.down].into_iter().filter(|side| side.is_held);
        sides.map(|side| side.small.len() + side.large.len() + side.later.len()).sum()
    }

    /// How many wait for whatever: a connection, their moment, a person who mends something.
    pub fn queued(&self) -> usize {
        self.waiting() + self.held_up()
    }

    /// Whether a connection works for it.
    pub fn is_busy(&self) -> bool {
        self.busy_small + self.busy_large > 0
    }

    /// Whether `lanes` connections or more are at large files while small ones wait, or move beside them.
    pub fn has_small_behind_large(&self, lanes: usize) -> bool {
        self.busy_large >= lanes.max(1) && (self.busy_small > 0 || self.open().any(|side| side.small.first().is_some()))
    }

    /// The first moment that an item waits for.
    pub fn next_moment(&self) -> Option<Instant> {
        self.open().filter_map(|side| side.later.first()).map(|(moment, _)| *moment).min()
    }

    /// An item whose moment has come.
    pub fn due(&self, now: Instant) -> Option<TransferId> {
        self.open().filter_map(|side| side.later.first()).filter(|(moment, _)| *moment <= now).min().map(|(_, id)| *id)
    }

    /// What runs next: the first in the order. But where small and large files wait side by side, neither takes all connections:
    /// while one kind has none and the other has one, the kind without is next. What was put in front is always next.
    pub fn next(&self) -> Option<Place> {
        let small = self.open().filter_map(|side| side.small.first()).min();
        let large = self.open().filter_map(|side| side.large.first()).min();
        let (Some(small), Some(large)) = (small, large) else { return small.or(large) };
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
