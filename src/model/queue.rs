//! The queue: items in order, by tab, with what each still needs. Pure data; who moves the bytes is the engine's affair.

mod walls;

use std::collections::{HashMap, VecDeque};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

pub use self::walls::Wall;
use crate::model::conflict::{Facts, OnExists};
use crate::model::entry::Modified;
use crate::model::path::RemotePath;
use crate::model::problem::{Problem, ProblemKind};
use crate::model::site::SiteId;
use crate::model::speed::Speed;
use crate::model::transfer::{Direction, Form, Job, QueueSummary, QueueTab, TransferId, TransferRow, TransferState};

/// What is known of the place that an item goes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// Not looked at yet.
    Unknown,
    /// Nothing is there.
    Absent,
    /// Something is there.
    Present(Facts),
}

/// What a person wants of a running item; its lane sees it when the item's cancel token fires.
///
/// In the order in which a later wish outdoes an earlier one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum StopWish {
    /// Put it back into the queue (the queue is held, or the session is left).
    PutBack,
    /// Hold it: back to `Paused`.
    Pause,
    /// Take it out.
    Remove,
}

/// One item.
#[derive(Clone, Debug)]
pub struct Item {
    /// Identity.
    pub id: TransferId,
    /// Whose it is.
    pub site: SiteId,
    /// Which way.
    pub direction: Direction,
    /// Local file or folder.
    pub local: PathBuf,
    /// Remote file or folder.
    pub remote: RemotePath,
    /// Folder or file; `None` until someone looked.
    pub is_folder: Option<bool>,
    /// Whether it came into the queue with its folder (a link to a folder is then not followed).
    pub from_folder: bool,
    /// Bytes of the source, when known.
    pub size: Option<u64>,
    /// The source's time, when known.
    pub modified: Option<Modified>,
    /// Standing answer.
    pub on_exists: OnExists,
    /// What was put into the queue together has the same number; 0: nothing is known to belong to it.
    pub batch: u64,
    /// What is known of the target.
    pub target: Target,
    /// State.
    pub state: TransferState,
    /// Bytes that are there: written by the lane, read by the drawing.
    pub moved: Arc<AtomicU64>,
    /// The name that the bytes are written under until they are proven, without folder.
    pub part: Option<String>,
    /// How often it was begun.
    pub tries: u32,
    /// Bytes that were there when it was begun last.
    pub begun_at: u64,
    /// Not before this moment.
    pub not_before: Option<Instant>,
    /// In which form its bytes are moved, as the last try found.
    pub form: Form,
    /// The server does not go on in the middle of it: each try begins at the start.
    pub from_start: bool,
    /// What a person wants of it while it runs.
    pub wish: Option<StopWish>,
    /// Speed over the last seconds.
    pub speed: Speed,
    /// The counter's value that the queue's total already contains.
    counted: u64,
}

impl Item {
    /// An item for `job`, queued, with nothing known yet.
    #[must_use]
    pub fn new(id: TransferId, site: SiteId, job: Job) -> Self {
        Self {
            id,
            site,
            direction: job.direction,
            local: job.local,
            remote: job.remote,
            is_folder: None,
            from_folder: false,
            size: None,
            modified: None,
            on_exists: job.on_exists,
            batch: 0,
            target: Target::Unknown,
            state: TransferState::Queued,
            moved: Arc::new(AtomicU64::new(0)),
            part: None,
            tries: 0,
            begun_at: 0,
            not_before: None,
            form: Form::Binary,
            from_start: false,
            wish: None,
            speed: Speed::default(),
            counted: 0,
        }
    }

    fn row(&self, now: Instant) -> TransferRow {
        TransferRow {
            id: self.id,
            site: self.site.clone(),
            direction: self.direction,
            local: self.local.clone(),
            remote: self.remote.clone(),
            is_folder: self.is_folder == Some(true),
            state: self.state.clone(),
            moved: self.moved.load(Ordering::Relaxed),
            size: self.size,
            speed: if self.state == TransferState::Moving { self.speed.bytes_per_second(now) } else { 0 },
            tries: self.tries,
            form: self.form,
        }
    }

    /// Bytes since the last look; a counter that went back (a file begun anew) adds nothing.
    fn newly_moved(&mut self) -> u64 {
        let moved = self.moved.load(Ordering::Relaxed);
        let new = moved.saturating_sub(self.counted);
        self.counted = moved;
        new
    }

    fn left(&self) -> u64 {
        self.size.unwrap_or(0).saturating_sub(self.moved.load(Ordering::Relaxed))
    }
}

/// All items.
#[derive(Debug, Default)]
pub struct Queue {
    items: HashMap<TransferId, Item>,
    active: Vec<TransferId>,
    queued: VecDeque<TransferId>,
    failed: Vec<TransferId>,
    done: Vec<TransferId>,
    queued_bytes: u64,
    next_id: u64,
    last_batch: u64,
    revision: u64,
    held: bool,
    walls: Vec<Wall>,
    touched: Vec<TransferId>,
    total_speed: Speed,
    moved_in_all: u64,
    history: VecDeque<u64>,
}

impl Queue {
    /// A fresh identity.
    pub fn new_id(&mut self) -> TransferId {
        self.next_id += 1;
        TransferId(self.next_id)
    }

    /// A fresh number for what is put into the queue together.
    pub fn new_batch(&mut self) -> u64 {
        self.last_batch += 1;
        self.last_batch
    }

    /// Adds an item at the end of its tab.
    pub fn put(&mut self, item: Item) {
        self.next_id = self.next_id.max(item.id.0);
        self.last_batch = self.last_batch.max(item.batch);
        let id = item.id;
        self.enter_tab(item.state.tab(), id);
        if item.state.tab() == QueueTab::Queued {
            self.queued_bytes += item.left();
        }
        self.items.insert(id, item);
        self.touch(id);
    }

    /// One item.
    #[must_use]
    pub fn get(&self, id: TransferId) -> Option<&Item> {
        self.items.get(&id)
    }

    /// Changes an item in place, without moving it to another tab.
    pub fn edit(&mut self, id: TransferId, change: impl FnOnce(&mut Item)) {
        let Some(item) = self.items.get_mut(&id) else { return };
        let queued = item.state.tab() == QueueTab::Queued;
        let before = item.left();
        change(item);
        let after = item.left();
        if queued {
            self.queued_bytes = self.queued_bytes.saturating_sub(before) + after;
        }
        self.touch(id);
    }

    /// Moves an item to another state, and to that state's tab.
    pub fn set_state(&mut self, id: TransferId, state: TransferState) {
        let Some(item) = self.items.get_mut(&id) else { return };
        let (from, to) = (item.state.tab(), state.tab());
        let left = item.left();
        item.state = state;
        if from != to {
            self.leave_tab(from, id);
            self.enter_tab(to, id);
            if from == QueueTab::Queued {
                self.queued_bytes = self.queued_bytes.saturating_sub(left);
            }
            if to == QueueTab::Queued {
                self.queued_bytes += left;
            }
        }
        self.touch(id);
    }

    /// Takes an item out.
    pub fn remove(&mut self, id: TransferId) -> Option<Item> {
        let item = self.items.remove(&id)?;
        self.leave_tab(item.state.tab(), id);
        if item.state.tab() == QueueTab::Queued {
            self.queued_bytes = self.queued_bytes.saturating_sub(item.left());
        }
        self.touch(id);
        Some(item)
    }

    /// Takes many items out at once: one pass over each tab.
    pub fn remove_all(&mut self, ids: &[TransferId]) {
        for id in ids {
            if let Some(item) = self.items.remove(id) {
                if item.state.tab() == QueueTab::Queued {
                    self.queued_bytes = self.queued_bytes.saturating_sub(item.left());
                }
                self.touch(*id);
            }
        }
        let items = &self.items;
        self.active.retain(|id| items.contains_key(id));
        self.queued.retain(|id| items.contains_key(id));
        self.failed.retain(|id| items.contains_key(id));
        self.done.retain(|id| items.contains_key(id));
    }

    /// The next item of `site` that may run now becomes `Moving` (a folder: `Scanning`).
    pub fn take_next(&mut self, site: &SiteId, now: Instant) -> Option<Item> {
        if self.held {
            return None;
        }
        let position = self.queued.iter().position(|id| {
            self.items
                .get(id)
                .is_some_and(|item| item.site == *site && self.may_go(item) && item.not_before.is_none_or(|moment| moment <= now))
        })?;
        let id = self.queued.remove(position)?;
        let item = self.items.get_mut(&id)?;
        self.queued_bytes = self.queued_bytes.saturating_sub(item.left());
        item.state = if item.is_folder == Some(true) { TransferState::Scanning } else { TransferState::Moving };
        item.tries += 1;
        item.wish = None;
        item.not_before = None;
        item.speed = Speed::default();
        item.counted = item.moved.load(Ordering::Relaxed);
        item.begun_at = item.counted;
        self.active.push(id);
        let taken = item.clone();
        self.touch(id);
        Some(taken)
    }

    /// When the first item that waits for its moment may run; `None` when none waits, or the queue is held.
    #[must_use]
    pub fn next_moment(&self, site: &SiteId) -> Option<Instant> {
        if self.held {
            return None;
        }
        self.queued
            .iter()
            .filter_map(|id| self.items.get(id))
            .filter(|item| item.site == *site && self.may_go(item))
            .filter_map(|item| item.not_before)
            .min()
    }

    /// Whether a connection works for `site` at this moment (an open question does not count).
    #[must_use]
    pub fn is_busy(&self, site: &SiteId) -> bool {
        self.active
            .iter()
            .filter_map(|id| self.items.get(id))
            .any(|item| item.site == *site && item.state.is_running() && item.state != TransferState::Asking)
    }

    /// Holds or releases the whole queue.
    pub fn hold(&mut self, held: bool) {
        self.held = held;
        self.revision += 1;
    }

    /// Whether the whole queue is held.
    #[must_use]
    pub fn is_held(&self) -> bool {
        self.held
    }

    /// Identities under a tab, in order (done: last first).
    #[must_use]
    pub fn ids(&self, tab: QueueTab) -> Vec<TransferId> {
        match tab {
            QueueTab::Active => self.active.clone(),
            QueueTab::Queued => self.queued.iter().copied().collect(),
            QueueTab::Failed => self.failed.clone(),
            QueueTab::Done => self.done.iter().rev().copied().collect(),
        }
    }

    /// Copies of some rows of a tab.
    #[must_use]
    pub fn rows(&self, tab: QueueTab, from: usize, count: usize, now: Instant) -> Vec<TransferRow> {
        let copy = |id: &TransferId| self.items.get(id).map(|item| item.row(now));
        match tab {
            QueueTab::Active => self.active.iter().skip(from).take(count).filter_map(copy).collect(),
            QueueTab::Queued => self.queued.iter().skip(from).take(count).filter_map(copy).collect(),
            QueueTab::Failed => self.failed.iter().skip(from).take(count).filter_map(copy).collect(),
            QueueTab::Done => self.done.iter().rev().skip(from).take(count).filter_map(copy).collect(),
        }
    }

    /// A copy of one row.
    #[must_use]
    pub fn row(&self, id: TransferId, now: Instant) -> Option<TransferRow> {
        self.items.get(&id).map(|item| item.row(now))
    }

    /// Counts, speed, time left.
    #[must_use]
    pub fn summary(&self, now: Instant) -> QueueSummary {
        let active = || self.active.iter().filter_map(|id| self.items.get(id));
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
            failed: self.failed.len(),
            done: self.done.len(),
            running,
            bytes_left: running_left + self.queued_bytes,
            speed,
            seconds_left: seconds(running_left + self.queued_bytes),
            running_seconds_left: seconds(running_left),
            paused: self.held,
            uploads_wait: self.waits_for(Direction::Upload),
            downloads_wait: self.waits_for(Direction::Download),
        }
    }

    /// Takes a sample of all counters; once in a while while something runs. `graph` also adds a point to the speed graph.
    pub fn sample(&mut self, now: Instant, graph: bool) {
        for id in &self.active {
            if let Some(item) = self.items.get_mut(id) {
                self.moved_in_all += item.newly_moved();
                item.speed.record(now, item.counted);
            }
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

    /// Counts every change.
    #[must_use]
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// What was kept when the connection went goes back to the front of the queue.
    pub fn requeue_kept(&mut self, site: &SiteId) {
        let kept: Vec<TransferId> = self
            .active
            .iter()
            .copied()
            .filter(|id| self.items.get(id).is_some_and(|item| item.site == *site && item.state == TransferState::Kept))
            .collect();
        for id in kept.into_iter().rev() {
            self.put_back(id, None);
        }
    }

    /// Items that were put, changed or removed since the last call.
    pub fn take_touched(&mut self) -> Vec<TransferId> {
        std::mem::take(&mut self.touched)
    }

    fn touch(&mut self, id: TransferId) {
        self.revision += 1;
        self.touched.push(id);
    }

    fn enter_tab(&mut self, tab: QueueTab, id: TransferId) {
        match tab {
            QueueTab::Active => self.active.push(id),
            QueueTab::Queued => self.queued.push_back(id),
            QueueTab::Failed => self.failed.push(id),
            QueueTab::Done => self.done.push(id),
        }
    }

    fn leave_tab(&mut self, tab: QueueTab, id: TransferId) {
        match tab {
            QueueTab::Active => {
                if let Some(item) = self.items.get_mut(&id) {
                    self.moved_in_all += item.newly_moved();
                }
                self.active.retain(|other| *other != id);
            }
            QueueTab::Queued => self.queued.retain(|other| *other != id),
            QueueTab::Failed => self.failed.retain(|other| *other != id),
            QueueTab::Done => self.done.retain(|other| *other != id),
        }
    }

    /// Fails an item.
    pub fn fail(&mut self, id: TransferId, problem: Problem) {
        self.set_state(id, TransferState::Failed(problem));
    }

    /// Puts an item back to the front of the queue, to be taken at `not_before` at the earliest.
    pub fn put_back(&mut self, id: TransferId, not_before: Option<Instant>) {
        self.edit(id, |item| item.not_before = not_before);
        self.set_state(id, TransferState::Queued);
        if let Some(position) = self.queued.iter().rposition(|other| *other == id)
            && position > 0
            && let Some(id) = self.queued.remove(position)
        {
            self.queued.push_front(id);
        }
    }
}

/// The failure of an item that a person took out while its question was open.
#[must_use]
pub fn cancelled() -> Problem {
    Problem::new(ProblemKind::Cancelled, "Cancelled.")
}

/// How long an item waits before it is tried again after its connection went.
#[must_use]
pub fn pause_before_retry(tries: u32) -> Duration {
    match tries {
        0 | 1 => Duration::from_secs(1),
        2 => Duration::from_secs(3),
        _ => Duration::from_secs(10),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn job(name: &str) -> Job {
        Job {
            direction: Direction::Upload,
            local: PathBuf::from(name),
            remote: RemotePath::parse(&format!("/{name}")).unwrap(),
            on_exists: OnExists::Ask,
        }
    }

    fn site() -> SiteId {
        SiteId("site".into())
    }

    fn add(queue: &mut Queue, name: &str, size: u64) -> TransferId {
        let id = queue.new_id();
        let mut item = Item::new(id, site(), job(name));
        item.size = Some(size);
        queue.put(item);
        id
    }

    #[test]
    fn items_run_in_order_and_only_for_their_site() {
        let mut queue = Queue::default();
        let (first, second) = (add(&mut queue, "a", 1), add(&mut queue, "b", 2));
        let now = Instant::now();
        assert!(queue.take_next(&SiteId("other".into()), now).is_none());
        assert_eq!(queue.take_next(&site(), now).unwrap().id, first);
        assert_eq!(queue.take_next(&site(), now).unwrap().id, second);
        assert!(queue.take_next(&site(), now).is_none());
    }

    #[test]
    fn a_held_queue_gives_nothing() {
        let mut queue = Queue::default();
        add(&mut queue, "a", 1);
        queue.hold(true);
        assert!(queue.take_next(&site(), Instant::now()).is_none());
        queue.hold(false);
        assert!(queue.take_next(&site(), Instant::now()).is_some());
    }

    #[test]
    fn an_item_that_is_put_back_is_next_but_not_before_its_moment() {
        let mut queue = Queue::default();
        let (first, second) = (add(&mut queue, "a", 1), add(&mut queue, "b", 2));
        let now = Instant::now();
        queue.take_next(&site(), now);
        queue.put_back(first, Some(now + Duration::from_secs(5)));
        assert_eq!(queue.next_moment(&site()), Some(now + Duration::from_secs(5)));
        queue.hold(true);
        assert_eq!(queue.next_moment(&site()), None, "nobody wakes for an item that may not be taken");
        queue.hold(false);
        assert_eq!(queue.take_next(&site(), now).unwrap().id, second);
        assert_eq!(queue.take_next(&site(), now + Duration::from_secs(5)).unwrap().id, first);
    }

    #[test]
    fn what_was_kept_comes_back_first_and_in_order() {
        let mut queue = Queue::default();
        let ids: Vec<_> = ["a", "b", "c"].into_iter().map(|name| add(&mut queue, name, 1)).collect();
        let now = Instant::now();
        queue.take_next(&site(), now);
        queue.take_next(&site(), now);
        queue.set_state(ids[0], TransferState::Kept);
        queue.set_state(ids[1], TransferState::Kept);
        queue.requeue_kept(&site());
        assert_eq!(queue.ids(QueueTab::Queued), ids);
    }

    #[test]
    fn the_slowest_file_counts_for_the_time_left() {
        let mut queue = Queue::default();
        add(&mut queue, "slow", 1_000);
        add(&mut queue, "fast", 100_000);
        let start = Instant::now();
        let (slow, fast) = (queue.take_next(&site(), start).unwrap(), queue.take_next(&site(), start).unwrap());
        queue.set_state(slow.id, TransferState::Moving);
        queue.set_state(fast.id, TransferState::Moving);
        queue.sample(start, false);
        slow.moved.store(10, Ordering::Relaxed);
        fast.moved.store(90_000, Ordering::Relaxed);
        let later = start + Duration::from_secs(1);
        queue.sample(later, false);
        let (summary, slow) = (queue.summary(later), queue.row(slow.id, later).unwrap());
        assert!(summary.bytes_left / summary.speed <= 1, "together they would be done at once");
        assert_eq!(summary.seconds_left, Some(990_u64.div_ceil(slow.speed)));
        assert_eq!(summary.running_seconds_left, summary.seconds_left);
    }

    #[test]
    fn the_total_speed_does_not_jump_when_a_resumed_item_starts() {
        let mut queue = Queue::default();
        let id = add(&mut queue, "a", 1_000_000);
        queue.edit(id, |item| item.moved.store(900_000, Ordering::Relaxed));
        let now = Instant::now();
        queue.sample(now, false);
        let item = queue.take_next(&site(), now).unwrap();
        queue.sample(now + Duration::from_secs(1), false);
        item.moved.store(900_100, Ordering::Relaxed);
        queue.sample(now + Duration::from_secs(2), false);
        assert!(queue.summary(now + Duration::from_secs(2)).speed <= 100);
    }

    #[test]
    fn an_open_question_does_not_keep_a_leave_waiting() {
        let mut queue = Queue::default();
        let id = add(&mut queue, "a", 1);
        queue.take_next(&site(), Instant::now());
        assert!(queue.is_busy(&site()));
        queue.set_state(id, TransferState::Asking);
        assert!(!queue.is_busy(&site()));
        assert!(queue.is_pending(&site()));
    }

    proptest! {
        #[test]
        fn tabs_and_bytes_agree_with_the_items(steps in proptest::collection::vec((0_u8..8, 0_u64..12, 0_u64..50), 0..80)) {
            let mut queue = Queue::default();
            let now = Instant::now();
            for (step, id, amount) in steps {
                let id = TransferId(id);
                match step {
                    0 | 1 => { add(&mut queue, "x", amount); }
                    2 => { queue.take_next(&site(), now); }
                    3 => queue.set_state(id, TransferState::Paused),
                    4 => queue.put_back(id, None),
                    5 => { queue.remove(id); }
                    6 => queue.edit(id, |item| item.moved.store(amount, Ordering::Relaxed)),
                    _ => queue.set_state(id, TransferState::Skipped),
                }
                let tabs = [QueueTab::Active, QueueTab::Queued, QueueTab::Failed, QueueTab::Done];
                let listed: usize = tabs.iter().map(|tab| queue.ids(*tab).len()).sum();
                prop_assert_eq!(listed, queue.items.len());
                for tab in tabs {
                    for id in queue.ids(tab) {
                        prop_assert_eq!(queue.get(id).unwrap().state.tab(), tab);
                    }
                }
                let left: u64 = queue.ids(QueueTab::Queued).iter().map(|id| queue.get(*id).unwrap().left()).sum();
                prop_assert_eq!(queue.queued_bytes, left);
            }
        }
    }
}
