//! The order in which items run: by priority, then by place; and how a person changes it.

use crate::model::queue::Queue;
use crate::model::queue::ranked::Place;
use crate::model::transfer::{Priority, QueueTab, TransferId};

/// Bits below the priority.
const BITS: u32 = 62;
/// The order of place 0.
const MIDDLE: i64 = 1 << 61;

/// What the queued tab sorts an item by.
pub(super) fn order_of(priority: Priority, place: i64) -> u64 {
    let class: u64 = match priority {
        Priority::High => 0,
        Priority::Normal => 1,
        Priority::Low => 2,
    };
    // No queue comes near these bounds; a journal that was tampered with may.
    (class << BITS) | (place.clamp(1 - MIDDLE, MIDDLE - 1) + MIDDLE).cast_unsigned()
}

/// The place that an order was made of.
pub(super) fn place_of(order: u64) -> i64 {
    (order & ((1 << BITS) - 1)).cast_signed() - MIDDLE
}

/// Whether two orders have the same priority.
pub(super) fn is_same_class(one: u64, other: u64) -> bool {
    one >> BITS == other >> BITS
}

/// Where waiting items go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reorder {
    /// Before all others of their priority.
    ToTop,
    /// One row up.
    Up,
    /// One row down.
    Down,
    /// Behind all others of their priority.
    ToBottom,
}

impl Reorder {
    /// Whether the last of many is moved first.
    #[must_use]
    pub fn is_backwards(self) -> bool {
        matches!(self, Self::ToTop | Self::Down)
    }
}

impl Queue {
    /// Moves items that wait; they keep their order among each other, and others are left alone. `ids` may be a part of all that
    /// were chosen: the parts come in the order in which the items run, backwards for [`Reorder::ToTop`] and [`Reorder::Down`].
    pub fn reorder(&mut self, ids: &[TransferId], how: Reorder, is_chosen: impl Fn(TransferId) -> bool) {
        let mut places: Vec<Place> = ids.iter().filter_map(|id| self.waiting_place(*id)).collect();
        places.sort_unstable();
        if how.is_backwards() {
            places.reverse();
        }
        for place in places {
            match how {
                Reorder::ToTop => {
                    let front = self.front();
                    self.move_to(place.id, front);
                }
                Reorder::ToBottom => {
                    let end = self.end();
                    self.move_to(place.id, end);
                }
                Reorder::Up | Reorder::Down => {
                    let tab = self.tab(QueueTab::Queued);
                    let other = if how == Reorder::Up { tab.before(place) } else { tab.iter_after(Some(place)).next() };
                    // One that was chosen too and is still beside this one had nowhere to go: neither has this one.
                    if let Some(other) = other.filter(|other| is_same_class(other.order, place.order) && !is_chosen(other.id)) {
                        self.move_to(place.id, place_of(other.order));
                        self.move_to(other.id, place_of(place.order));
                    }
                }
            }
        }
    }

    /// Makes items more or less urgent, in whatever state they are.
    pub fn set_priority(&mut self, ids: &[TransferId], priority: Priority) {
        for id in ids {
            self.edit(*id, |item| item.priority = priority);
        }
    }

    fn move_to(&mut self, id: TransferId, place: i64) {
        self.edit(id, |item| item.place = Some(place));
    }
}
