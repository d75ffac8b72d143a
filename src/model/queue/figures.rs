//! Counts, speeds and times left of the queue.

use std::time::Instant;

use crate::model::problem::ProblemKind;
use crate::model::queue::site::SiteQueue;
use crate::model::queue::{Item, Queue, StopWish, is_large};
use crate::model::site::SiteId;
use crate::model::transfer::{Direction, QueueSummary, QueueTab, TransferId, TransferState};

impl Queue {
    /// Whether `lanes` connections or more are at large files of `site` while small ones wait, or move beside them.
    #[must_use]
    pub fn has_small_behind_large(&self, site: &SiteId, lanes: usize) -> bool {
        !self.begins_nothing() && self.site(site).is_some_and(|site| site.has_small_behind_large(lanes))
    }

    /// Whether an item that runs is large, and with it more than `lanes` connections are at large files of `site`.
    #[must_use]
    pub fn is_large_too_many(&self, site: &SiteId, id: TransferId, lanes: usize) -> bool {
        let is_large = self.get(id).is_some_and(|item| is_large(item.is_folder == Some(true), item.size));
        is_large && self.site(site).is_some_and(|site| site.busy_large > lanes.max(1))
    }

    /// Counts, speed, time left.
    #[must_use]
    pub fn summary(&self, now: Instant) -> QueueSummary {
        let active = || self.running.values();
        let running = active().filter(|item| item.state.is_running()).count();
        let running_left: u64 = active().map(Item::left).sum();
        let speed = if running == 0 { 0 } else { self.total_speed.bytes_per_second(now) };
        // One slow file outlasts what all connections together would need for as many bytes.
        let slowest = active()
            .filter(|item| item.state == TransferState::Moving)
            .map(|item| (item.left(), item.speed.bytes_per_second(now)))
            .filter(|(_, speed)| *speed > 0)
            .map(|(left, speed)| left.div_ceil(speed))
            .max()
            .unwrap_or(0);
        let seconds = |bytes: u64| if speed == 0 { None } else { Some(bytes.div_ceil(speed).max(slowest)) };
        QueueSummary {
            revision: self.revision,
            active: self.active.len(),
            queued: self.queued.len(),
            stopped: self.queued.len().saturating_sub(self.sites.iter().map(SiteQueue::queued).sum()),
            failed: self.failed.len(),
            done: self.done.len(),
            skipped: self.skipped,
            filtered: self.filtered,
            failures: self.failures,
            empty_folders: self.empty_folders,
            running,
            bytes_left: running_left + self.queued_bytes,
            speed,
            seconds_left: seconds(running_left + self.queued_bytes),
            running_seconds_left: seconds(running_left),
            paused: self.held,
            waits_for_saving: self.waits_for_saving(),
            uploads_wait: self.waits_for(Direction::Upload),
            downloads_wait: self.waits_for(Direction::Download),
            newest: TransferId(self.next_id),
        }
    }

    /// How many items of `site` are under “Queued” and not stopped by a person.
    #[must_use]
    pub fn queued_for(&self, site: &SiteId) -> usize {
        self.site(site).map_or(0, SiteQueue::queued)
    }

    /// Notes that an item that was to be transferred has failed, unless a person wanted it.
    pub(super) fn count_failure(&mut self, item: &Item, from: Option<QueueTab>) {
        let is_new = from.is_some_and(|tab| tab != QueueTab::Failed);
        if is_new && matches!(&item.state, TransferState::Failed(problem) if problem.kind != ProblemKind::Cancelled) {
            self.failures += 1;
        }
    }

    /// A folder was made and leaves the queue as its content enters it; `is_empty` when it has none. What a person took out
    /// meanwhile is not counted.
    pub fn leave_folder(&mut self, id: TransferId, is_empty: bool) {
        let Some(item) = self.remove(id) else { return };
        self.empty_folders += usize::from(is_empty && item.wish != Some(StopWish::Remove));
    }

    /// Takes a sample of all counters; once in a while while something runs. `graph` also adds a point to the speed graph.
    pub fn sample(&mut self, now: Instant, graph: bool) {
        for item in self.running.values_mut() {
            self.moved_in_all += item.newly_moved();
            item.speed.record(now, item.counted);
        }
        self.total_speed.record(now, self.moved_in_all);
        if graph {
            let speed = self.total_speed.bytes_per_second(now);
            if self.history.len() == 60 {
                self.history.pop_front();
            }
            self.history.push_back(speed);
        }
    }

    /// Speeds once a second, oldest first.
    #[must_use]
    pub fn speed_history(&self) -> Vec<u64> {
        self.history.iter().copied().collect()
    }
}
