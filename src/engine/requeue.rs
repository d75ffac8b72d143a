//! Items that ended or were held wait for a connection again.

use crate::engine::shared_queue::SharedQueue;
use crate::model::queue::Target;
use crate::model::transfer::{TransferId, TransferState};

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
