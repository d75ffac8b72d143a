//! The queue's items as they are written into the journal, and back.

use std::sync::atomic::Ordering;

use jiff::Timestamp;

use crate::model::entry::{Modified, Precision};
use crate::model::queue::{Arrival, Arrivals, Item, Queue};
use crate::model::transfer::{Job, QueueTab, TransferId, TransferState};
use crate::store::queue::{Change, Restore, SavedItem, SavedState};

/// A portion of the queue, as it is saved.
pub fn saved_portion(queue: &Queue, from: u64, count: usize) -> (Vec<SavedItem>, Option<u64>) {
    let (items, next) = queue.portion(from, count);
    (items.iter().filter_map(|item| saved(item)).collect(), next)
}

/// The queue as it is read from the journal.
impl Restore for Queue {
    type Prepared = Arrival;
    type Preparer = Arrivals;

    fn prepare(preparer: &mut Arrivals, item: SavedItem) -> Arrival {
        preparer.pack(restored(item))
    }

    fn put(&mut self, item: Arrival) {
        self.put_arrival(item);
    }

    fn remove(&mut self, id: u64) {
        drop(Self::remove(self, TransferId(id)));
        // Nothing is journalled that comes from there.
        self.forget_touched();
    }

    fn moved(&mut self, id: u64, offset: u64) {
        self.edit(TransferId(id), |item| item.moved.store(offset, Ordering::Relaxed));
    }

    fn hold(&mut self, held: bool) {
        Self::hold(self, held);
    }

    fn ids(&self) -> Vec<u64> {
        [QueueTab::Active, QueueTab::Queued, QueueTab::Failed, QueueTab::Done]
            .into_iter()
            .flat_map(|tab| Self::ids(self, tab))
            .map(|id| id.0)
            .collect()
    }

    fn pause(&mut self, id: u64) -> bool {
        let waits = self.get(TransferId(id)).is_some_and(|item| item.state == TransferState::Queued);
        if waits {
            self.set_state(TransferId(id), TransferState::Paused);
        }
        waits
    }

    fn count(&self) -> usize {
        self.len()
    }

    fn saved(&self, from: u64, count: usize) -> (Vec<SavedItem>, Option<u64>) {
        saved_portion(self, from, count)
    }
}

/// What is recorded of an item; `None` means that it is gone.
pub fn change(id: TransferId, item: Option<&Item>) -> Change {
    item.and_then(saved).map_or(Change::Remove(id.0), Change::Put)
}

/// What is kept of an item; nothing of one that is done.
fn saved(item: &Item) -> Option<SavedItem> {
    let state = match &item.state {
        TransferState::Done(_) | TransferState::Skipped(_) => return None,
        TransferState::Paused => SavedState::Paused,
        TransferState::Failed(problem) => SavedState::Failed(problem.clone()),
        _ => SavedState::Queued,
    };
    Some(SavedItem {
        id: item.id.0,
        site: item.site.clone(),
        direction: item.direction,
        local: item.local.clone(),
        remote: item.remote.clone(),
        is_folder: item.is_folder,
        from_folder: item.from_folder,
        on_exists: item.on_exists,
        batch: item.batch,
        state,
        moved: item.moved.load(Ordering::Relaxed),
        size: item.size,
        modified: item.modified.and_then(|modified| i64::try_from(modified.at.as_nanosecond()).ok()),
        precision: item.modified.map_or(Precision::Second, |modified| modified.precision),
        part: item.part.clone(),
        is_new: item.is_new,
        ranges: item.ranges.clone(),
        tries: item.tries,
        priority: item.priority,
        place: item.place.filter(|place| *place != usual_place(item.id)),
        basis: item.basis,
    })
}

/// The place of an item that nobody moved.
fn usual_place(id: TransferId) -> i64 {
    i64::try_from(id.0).unwrap_or(i64::MAX)
}

/// An item as it was saved.
fn restored(saved: SavedItem) -> Item {
    let job = Job { direction: saved.direction, local: saved.local, remote: saved.remote, on_exists: saved.on_exists };
    let mut item = Item::new(TransferId(saved.id), saved.site, job);
    item.is_folder = saved.is_folder;
    item.from_folder = saved.from_folder;
    item.batch = saved.batch;
    item.size = saved.size;
    item.modified = saved
        .modified
        .and_then(|nanoseconds| Timestamp::from_nanosecond(i128::from(nanoseconds)).ok())
        .map(|at| Modified { at, precision: saved.precision });
    item.part = saved.part;
    item.is_new = saved.is_new;
    item.ranges = saved.ranges;
    item.basis = saved.basis;
    item.priority = saved.priority;
    item.place = Some(saved.place.unwrap_or_else(|| usual_place(item.id)));
    item.moved.store(saved.moved, Ordering::Relaxed);
    item.state = match saved.state {
        SavedState::Queued => TransferState::Queued,
        SavedState::Paused => TransferState::Paused,
        SavedState::Failed(problem) => TransferState::Failed(problem),
    };
    item
}
