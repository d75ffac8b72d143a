//! The queue as it is read from outside: a summary, and copies of the rows that are visible.

use std::time::Instant;

use crate::engine::shared_queue::SharedQueue;
use crate::model::transfer::{QueueSummary, QueueTab, TransferId, TransferRow};

/// A cheap handle to the queue; each call holds its lock for the rows it copies only.
#[derive(Clone, Debug, Default)]
pub struct QueueView {
    queue: SharedQueue,
}

impl QueueView {
    pub(crate) fn new(queue: SharedQueue) -> Self {
        Self { queue }
    }

    /// Counts, speed, time left.
    #[must_use]
    pub fn summary(&self) -> QueueSummary {
        self.queue.read(|queue| queue.summary(Instant::now()))
    }

    /// Rows `from..from + count` of a tab, in the queue's order (done: last first).
    #[must_use]
    pub fn rows(&self, tab: QueueTab, from: usize, count: usize) -> Vec<TransferRow> {
        self.queue.read(|queue| queue.rows(tab, from, count, Instant::now()))
    }

    /// All identities of a tab, for "select all".
    #[must_use]
    pub fn ids(&self, tab: QueueTab) -> Vec<TransferId> {
        self.queue.read(|queue| queue.ids(tab))
    }

    /// One row.
    #[must_use]
    pub fn row(&self, id: TransferId) -> Option<TransferRow> {
        self.queue.read(|queue| queue.row(id, Instant::now()))
    }

    /// Bytes a second, all connections, sampled once a second, oldest first, at most 60: the speed graph.
    #[must_use]
    pub fn speed_history(&self) -> Vec<u64> {
        self.queue.read(crate::model::queue::Queue::speed_history)
    }
}
