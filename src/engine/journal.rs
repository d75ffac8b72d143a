//! Carries the queue's changes to the disk: threads of its own write and flush, so that drawing never waits, and a lane for the writing only.

use std::fs::File;
use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use tokio::sync::watch;

use crate::model::entry::{Modified, Precision};
use crate::model::queue::{Item, Queue};
use crate::model::transfer::{Job, QueueTab, TransferId, TransferState};
use crate::store::file::StoreError;
use crate::store::queue::{Change, QueueJournal, Restore, SavedItem, SavedState};

/// How soon a disk that refused is tried again.
const NEXT_ATTEMPT: Duration = Duration::from_secs(2);
/// Items that are read from the queue at a time: its lock is held for about a millisecond.
const PORTION: usize = 1_000;

/// Takes changes; dropping it writes what is left and ends the threads.
#[derive(Debug)]
pub struct JournalWriter {
    work: mpsc::Sender<Work>,
    /// Changes that were handed over.
    taken: AtomicU64,
    /// Changes that were written, or refused and told of.
    written: watch::Receiver<u64>,
    thread: Option<thread::JoinHandle<()>>,
}

/// What the journal's thread is given.
#[expect(clippy::large_enum_variant, reason = "nearly all are changes")]
enum Work {
    Change(Change),
    /// The disk refused to flush.
    NotFlushed(io::Error),
    /// The journal that is written anew was flushed, or the disk refused.
    AnewFlushed(io::Result<()>),
    /// Nothing follows; this is the queue that remains.
    End(Box<Queue>),
}

/// What the flushing thread is given.
enum Flush {
    Journal(io::Result<File>),
    Anew(io::Result<File>),
}

/// Items of the queue, to write the journal anew.
#[derive(Debug)]
pub struct Portion {
    /// The items.
    pub items: Vec<SavedItem>,
    /// The identity to go on from; none when these were the last.
    pub next: Option<u64>,
    /// Changes that had been handed over when these were read.
    pub taken: u64,
}

/// Where the journal's thread reads the queue: about so many items from an identity on. Nothing when the queue is gone.
pub type ReadQueue = Box<dyn Fn(u64, usize) -> Option<Portion> + Send>;

/// A place in the journal that can be waited for.
#[derive(Debug)]
pub struct Ticket {
    number: u64,
    written: watch::Receiver<u64>,
}

impl Ticket {
    /// Waits until the journal has everything up to here.
    pub async fn written(mut self) {
        // Without its thread the journal writes nothing any more: there is nothing to wait for.
        drop(self.written.wait_for(|written| *written >= self.number).await);
    }
}

impl JournalWriter {
    /// Starts the thread that writes `journal`, and reads the queue where it has to be written anew. `on_trouble` hears of the
    /// first write that fails, and of the next one after the disk took everything again.
    ///
    /// # Errors
    /// The system refuses a thread.
    pub fn start(journal: QueueJournal, read_queue: ReadQueue, on_trouble: impl Fn(String) + Send + 'static) -> io::Result<Self> {
        let (work, received) = mpsc::channel();
        let (count, written) = watch::channel(0);
        let (to_flush, flushes) = mpsc::channel();
        let back = work.clone();
        let flusher = thread::Builder::new().name("moorline-flush".into()).spawn(move || flush_until_closed(&flushes, &back))?;
        let thread = thread::Builder::new().name("moorline-journal".into()).spawn(move || {
            Scribe { journal, count, read_queue, anew: Anew::No, next_attempt: None, on_trouble, told: false, to_flush }
                .write_until_end(&received);
            drop(flusher.join());
        })?;
        Ok(Self { work, taken: AtomicU64::new(0), written, thread: Some(thread) })
    }

    /// Records changes.
    pub fn record(&self, changes: impl Iterator<Item = Change>) {
        changes.for_each(|change| self.send(change));
    }

    /// The same, as one record.
    pub fn record_together(&self, changes: Vec<Change>) {
        if !changes.is_empty() {
            self.send(Change::Together(changes));
        }
    }

    /// The place behind everything that was recorded so far.
    pub fn ticket(&self) -> Ticket {
        Ticket { number: self.taken(), written: self.written.clone() }
    }

    /// How many changes were recorded so far.
    pub fn taken(&self) -> u64 {
        self.taken.load(Ordering::Acquire)
    }

    /// Writes what is left and ends the threads; `queue` is what the journal must amount to.
    pub fn end(&mut self, queue: Queue) {
        drop(self.work.send(Work::End(Box::new(queue))));
        // The journal's own thread may be the last that had a hold of the queue; then it comes to the end by itself.
        if let Some(thread) = self.thread.take().filter(|thread| thread.thread().id() != thread::current().id()) {
            drop(thread.join());
        }
    }

    fn send(&self, change: Change) {
        // The thread ends with this writer.
        if self.work.send(Work::Change(change)).is_ok() {
            self.taken.fetch_add(1, Ordering::AcqRel);
        }
    }
}

/// How far the journal is written anew.
enum Anew {
    No,
    /// Items from this identity on are still to be copied.
    Copying(u64),
    /// Everything is copied; so many changes must be in it before it counts.
    Following(u64),
    Flushing,
}

/// The journal's thread.
struct Scribe<F> {
    journal: QueueJournal,
    count: watch::Sender<u64>,
    read_queue: ReadQueue,
    anew: Anew,
    /// When a disk that refused is tried again.
    next_attempt: Option<Instant>,
    on_trouble: F,
    told: bool,
    to_flush: mpsc::Sender<Flush>,
}

impl<F: Fn(String)> Scribe<F> {
    fn write_until_end(mut self, received: &mpsc::Receiver<Work>) {
        loop {
            let wait = match (&self.anew, self.next_attempt) {
                (Anew::Copying(_), _) => Duration::ZERO,
                (Anew::No, Some(due)) => due.saturating_duration_since(Instant::now()),
                (Anew::No | Anew::Following(_) | Anew::Flushing, _) => Duration::MAX,
            };
            let first = match received.recv_timeout(wait) {
                Ok(first) => Some(first),
                Err(RecvTimeoutError::Timeout) => None,
                Err(RecvTimeoutError::Disconnected) => return,
            };
            let was_idle = first.is_none();
            // What piled up meanwhile is written with it, and reaches the disk with one flush.
            for work in first.into_iter().chain(received.try_iter()) {
                match work {
                    Work::Change(change) => {
                        if let Err(error) = self.journal.append(&change) {
                            self.tell(&error);
                        }
                        self.count.send_modify(|count| *count += 1);
                    }
                    Work::NotFlushed(error) => {
                        let error = self.journal.not_flushed(error);
                        self.tell(&error);
                    }
                    Work::AnewFlushed(flushed) => self.anew_flushed(flushed),
                    Work::End(queue) => return self.end(&queue),
                }
            }
            if let (false, Some(file)) = (was_idle, self.journal.to_flush()) {
                // Its thread ends after this one.
                drop(self.to_flush.send(Flush::Journal(file)));
            }
            self.go_on_anew();
        }
    }

    /// One step of writing the journal anew: a portion at a time, so that changes are never kept waiting.
    fn go_on_anew(&mut self) {
        if !self.journal.is_written_anew() {
            self.anew = Anew::No;
        }
        let now = Instant::now();
        self.next_attempt = self.journal.is_behind().then(|| self.next_attempt.unwrap_or(now + NEXT_ATTEMPT));
        match self.anew {
            Anew::No if self.journal.is_too_long() || self.next_attempt.is_some_and(|due| due <= now) => {
                self.next_attempt = None;
                match self.journal.begin_anew() {
                    Ok(()) => self.anew = Anew::Copying(0),
                    Err(error) => self.anew_failed(&error),
                }
            }
            Anew::Copying(from) => {
                let Some(Portion { items, next, taken }) = (self.read_queue)(from, PORTION) else { return self.give_up_anew() };
                match self.journal.add_anew(items) {
                    Ok(()) => self.anew = next.map_or(Anew::Following(taken), Anew::Copying),
                    Err(error) => self.anew_failed(&error),
                }
            }
            Anew::No | Anew::Following(_) | Anew::Flushing => {}
        }
        if let Anew::Following(taken) = self.anew
            && *self.count.borrow() >= taken
            && let Some(file) = self.journal.anew_to_flush()
        {
            drop(self.to_flush.send(Flush::Anew(file)));
            self.anew = Anew::Flushing;
        }
    }

    fn anew_flushed(&mut self, flushed: io::Result<()>) {
        if !matches!(self.anew, Anew::Flushing) {
            return;
        }
        self.anew = Anew::No;
        let finished = match flushed {
            Ok(()) => self.journal.finish_anew(),
            Err(error) => {
                self.journal.give_up_anew();
                Err(self.journal.refused(error))
            }
        };
        match finished {
            Ok(()) => self.told = false,
            Err(error) => self.anew_failed(&error),
        }
    }

    /// A journal that is only long goes on as it is; one that lacks something is tried again, and told of.
    fn anew_failed(&mut self, error: &StoreError) {
        self.give_up_anew();
        if self.journal.is_behind() {
            self.next_attempt = Some(Instant::now() + NEXT_ATTEMPT);
            self.tell(error);
        }
    }

    fn give_up_anew(&mut self) {
        self.journal.give_up_anew();
        self.anew = Anew::No;
    }

    fn end(mut self, queue: &Queue) {
        let caught_up = if self.journal.is_behind() { self.journal.write_anew(queue) } else { Ok(()) };
        if let Err(error) = caught_up.and_then(|()| self.journal.flush()) {
            self.tell(&error);
        }
    }

    fn tell(&mut self, error: &StoreError) {
        if !std::mem::replace(&mut self.told, true) {
            (self.on_trouble)(error.problem().sentence());
        }
    }
}

/// The flushing thread: a flush takes as long as the disk likes, and work that waits for its record must not wait for that.
fn flush_until_closed(flushes: &mpsc::Receiver<Flush>, back: &mpsc::Sender<Work>) {
    let flush = |file: io::Result<File>| file.and_then(|file| file.sync_data());
    while let Ok(first) = flushes.recv() {
        // One flush takes all that was written before it.
        let mut last = None;
        for asked in std::iter::once(first).chain(flushes.try_iter()) {
            match asked {
                Flush::Journal(file) => last = Some(file),
                Flush::Anew(file) => drop(back.send(Work::AnewFlushed(flush(file)))),
            }
        }
        if let Some(Err(error)) = last.map(flush) {
            drop(back.send(Work::NotFlushed(error)));
        }
    }
}

/// A portion of the queue, as it is saved.
pub fn saved_portion(queue: &Queue, from: u64, count: usize) -> (Vec<SavedItem>, Option<u64>) {
    let (items, next) = queue.portion(from, count);
    (items.iter().filter_map(|item| saved(item)).collect(), next)
}

/// The queue as it is read from the journal.
impl Restore for Queue {
    fn put(&mut self, item: SavedItem) {
        Self::put(self, restored(item));
        // Nothing is journalled that comes from there.
        self.forget_touched();
    }

    fn remove(&mut self, id: u64) {
        drop(Self::remove(self, TransferId(id)));
        self.forget_touched();
    }

    fn moved(&mut self, id: u64, offset: u64) {
        self.edit(TransferId(id), |item| item.moved.store(offset, Ordering::Relaxed));
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
        TransferState::Done(_) | TransferState::Skipped => return None,
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
        modified: item
            .modified
            .filter(|modified| modified.precision == Precision::Second)
            .and_then(|modified| i64::try_from(modified.at.as_nanosecond()).ok()),
        part: item.part.clone(),
        ranges: item.ranges.clone(),
        tries: item.tries,
        priority: item.priority,
        place: item.place.filter(|place| *place != usual_place(item.id)),
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
        .map(|at| Modified { at, precision: Precision::Second });
    item.part = saved.part;
    item.ranges = saved.ranges;
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
