//! What is put into the queue: new items of one batch, and items that ended or were held.

use crate::engine::shared_queue::SharedQueue;
use crate::model::queue::{Item, Target};
use crate::model::site::SiteId;
use crate::model::transfer::{Job, TransferId, TransferState};

/// Queues those of `ids` again that are in such a state, with fresh tries.
pub fn requeue(queue: &SharedQueue, ids: &[TransferId], which: impl Fn(&TransferState) -> bool) {
    queue.update(|queue| {
        for id in ids {
            if queue.get(*id).is_some_and(|item| which(&item.state)) {
                queue.edit(*id, |item| {
                    item.tries = 0;
                    item.not_before = None;
                    // What was known of the target is old by now.
                    item.target = Target::Unknown;
                });
                queue.set_state(*id, TransferState::Queued);
            }
        }
    });
}

/// Queues jobs as one batch.
pub fn enqueue(queue: &SharedQueue, site: &SiteId, jobs: Vec<Job>) {
    queue.update(|queue| {
        let batch = queue.new_batch();
        for job in jobs {
            let mut item = Item::new(queue.new_id(), site.clone(), job);
            item.batch = batch;
            queue.put(item);
        }
    });
}
