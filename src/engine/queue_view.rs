//! The queue as it is read from outside: a summary, and copies of the rows that are visible.

use std::sync::Arc;
use std::time::Instant;

use crate::engine::handle::Waker;
use crate::engine::queue_search::Search;
use crate::engine::shared_queue::SharedQueue;
use crate::model::arrangement::Arrangement;
use crate::model::site::SiteId;
use crate::model::transfer::{QueueSummary, QueueTab, TransferId, TransferRow};

/// A cheap handle to the queue; each call holds its lock for the rows it copies only, and goes before whoever changes the queue.
#[derive(Clone, Debug)]
pub struct QueueView {
    queue: SharedQueue,
    search: Arc<Search>,
}

impl QueueView {
    /// Looks at a queue; `waker` hears when rows were found that were looked for.
    #[must_use]
    pub fn new(queue: SharedQueue, waker: Arc<dyn Waker>) -> Self {
        let search = Arc::new(Search::new(queue.clone(), waker));
        Self { queue, search }
    }

    /// Counts, speed, time left.
    #[must_use]
    pub fn summary(&self) -> QueueSummary {
        self.queue.read_first(|queue| queue.summary(Instant::now()))
    }

    /// Rows `from..from + count` of a tab, in the queue's order (done: last first).
    #[must_use]
    pub fn rows(&self, tab: QueueTab, from: usize, count: usize) -> Vec<TransferRow> {
        self.queue.read_first(|queue| queue.rows(tab, from, count, Instant::now()))
    }

    /// The rows of a tab in another arrangement, as they were a moment ago; nothing while they are looked for the first time. The
    /// window is woken when they were found, and when they have changed.
    #[must_use]
    pub fn arranged(&self, tab: QueueTab, arrangement: &Arrangement) -> Option<Arc<Vec<TransferId>>> {
        self.search.rows(tab, arrangement)
    }

    /// Copies of single rows, without those that are gone.
    #[must_use]
    pub fn rows_of(&self, ids: &[TransferId]) -> Vec<TransferRow> {
        self.queue.read_first(|queue| ids.iter().filter_map(|id| queue.row(*id, Instant::now())).collect())
    }

    /// The row of a tab, in the queue's order, that an item is in.
    #[must_use]
    pub fn row_of(&self, tab: QueueTab, id: TransferId) -> Option<usize> {
        self.queue.read_first(|queue| queue.row_of(tab, id))
    }

    /// How many items of `site` are under “Queued” and not stopped by a person.
    #[must_use]
    pub fn queued_for(&self, site: &SiteId) -> usize {
        self.queue.read_first(|queue| queue.queued_for(site))
    }

    /// One row.
    #[must_use]
    pub fn row(&self, id: TransferId) -> Option<TransferRow> {
        self.queue.read_first(|queue| queue.row(id, Instant::now()))
    }

    /// Bytes a second, all connections, sampled once a second, oldest first, at most 60: the speed graph.
    #[must_use]
    pub fn speed_history(&self) -> Vec<u64> {
        self.queue.read_first(crate::model::queue::Queue::speed_history)
    }
}
