//! The queue as it is read from outside: a summary, and copies of the rows that are visible.

use crate::model::transfer::{QueueSummary, QueueTab, TransferId, TransferRow};

/// A cheap handle to the queue; each call holds its lock for the rows it copies only.
#[derive(Clone, Debug, Default)]
pub struct QueueView {}

impl QueueView {
    /// Counts, speed, time left.
    #[must_use]
    pub fn summary(&self) -> QueueSummary {
        QueueSummary::default()
    }

    /// Rows `from..from + count` of a tab, in the queue's order (done: last first).
    #[must_use]
    pub fn rows(&self, tab: QueueTab, from: usize, count: usize) -> Vec<TransferRow> {
        let _ = (tab, from, count);
        Vec::new()
    }

    /// All identities of a tab, for "select all".
    #[must_use]
    pub fn ids(&self, tab: QueueTab) -> Vec<TransferId> {
        let _ = tab;
        Vec::new()
    }

    /// One row.
    #[must_use]
    pub fn row(&self, id: TransferId) -> Option<TransferRow> {
        let _ = id;
        None
    }

    /// Bytes a second, all connections, sampled once a second, oldest first, at most 60: the speed graph.
    #[must_use]
    pub fn speed_history(&self) -> Vec<u64> {
        Vec::new()
    }
}
