//! Carries the queue's changes to the disk: threads of its own write and flush, so that drawing never waits, and a lane for the writing only.

use std::fs::File;
use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::watch;

use crate::model::entry::{Modified, Precision};
use crate::model::queue::Item;
use crate::model::transfer::{Job, TransferId, TransferState};
use crate::store::file::StoreError;
use crate::store::queue::{Change, QueueJournal, SavedItem, SavedState};

/// How soon a disk that refused is tried again.
const NEXT_ATTEMPT: Duration = Duration::from_secs(2);

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
    End,
}

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
    /// Starts the thread that writes `journal`. `on_trouble` hears of the first write that fails, and of the next one
    /// after the disk took everything again.
    ///
    /// # Errors
    /// The system refuses a thread.
    pub fn start(journal: QueueJournal, on_trouble: impl Fn(String) + Send + 'static) -> io::Result<Self> {
        let (work, received) = mpsc::channel();
        let (count, written) = watch::channel(0);
        let (to_flush, flushes) = mpsc::channel();
        let back = work.clone();
        let flusher = thread::Builder::new().name("moorline-flush".into()).spawn(move || flush_until_closed(&flushes, &back))?;
        let thread = thread::Builder::new().name("moorline-journal".into()).spawn(move || {
            Scribe { journal, count, on_trouble, told: false }.write_until_end(&received, &to_flush);
            drop(to_flush);
            drop(flusher.join());
        })?;
        Ok(Self { work, taken: AtomicU64::new(0), written, thread: Some(thread) })
    }

    /// Records what became of items; `None` means that one is gone.
    pub fn record<'a>(&self, items: impl Iterator<Item = (TransferId, Option<&'a Item>)>) {
        items.for_each(|(id, item)| self.send(change(id, item)));
    }

    /// The same, as one record.
    pub fn record_together<'a>(&self, items: impl Iterator<Item = (TransferId, Option<&'a Item>)>) {
        self.send(Change::Together(items.map(|(id, item)| change(id, item)).collect()));
    }

    /// The place behind everything that was recorded so far.
    pub fn ticket(&self) -> Ticket {
        Ticket { number: self.taken.load(Ordering::Acquire), written: self.written.clone() }
    }

    fn send(&self, change: Change) {
        // The thread ends with this writer.
        if self.work.send(Work::Change(change)).is_ok() {
            self.taken.fetch_add(1, Ordering::AcqRel);
        }
    }
}

impl Drop for JournalWriter {
    fn drop(&mut self) {
        drop(self.work.send(Work::End));
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }
}

/// The journal's thread.
struct Scribe<F> {
    journal: QueueJournal,
    count: watch::Sender<u64>,
    on_trouble: F,
    told: bool,
}

impl<F: Fn(String)> Scribe<F> {
    fn write_until_end(&mut self, received: &mpsc::Receiver<Work>, to_flush: &mpsc::Sender<io::Result<File>>) {
        loop {
            let first = match received.recv_timeout(if self.journal.is_behind() { NEXT_ATTEMPT } else { Duration::MAX }) {
                Ok(first) => first,
                Err(RecvTimeoutError::Timeout) => {
                    self.catch_up();
                    continue;
                }
                Err(RecvTimeoutError::Disconnected) => Work::End,
            };
            // What piled up meanwhile is written with it, and reaches the disk with one flush.
            for work in std::iter::once(first).chain(received.try_iter()) {
                match work {
                    Work::Change(change) => {
                        if let Err(error) = self.journal.append(change) {
                            self.tell(&error);
                        }
                        self.count.send_modify(|count| *count += 1);
                    }
                    Work::NotFlushed(error) => {
                        let error = self.journal.not_flushed(error);
                        self.tell(&error);
                    }
                    Work::End => {
                        self.catch_up();
                        if let Err(error) = self.journal.flush() {
                            self.tell(&error);
                        }
                        return;
                    }
                }
            }
            if let Some(file) = self.journal.to_flush() {
                // Its thread ends after this one.
                drop(to_flush.send(file));
            }
        }
    }

    fn catch_up(&mut self) {
        match self.journal.catch_up() {
            Ok(()) => self.told = false,
            Err(error) => self.tell(&error),
        }
    }

    fn tell(&mut self, error: &StoreError) {
        if !std::mem::replace(&mut self.told, true) {
            (self.on_trouble)(error.problem().sentence());
        }
    }
}

/// The flushing thread: a flush takes as long as the disk likes, and work that waits for its record must not wait for that.
fn flush_until_closed(flushes: &mpsc::Receiver<io::Result<File>>, back: &mpsc::Sender<Work>) {
    while let Ok(first) = flushes.recv() {
        // One flush takes all that was written before it.
        let file = flushes.try_iter().last().unwrap_or(first);
        if let Err(error) = file.and_then(|file| file.sync_data()) {
            drop(back.send(Work::NotFlushed(error)));
        }
    }
}

fn change(id: TransferId, item: Option<&Item>) -> Change {
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
        tries: item.tries,
    })
}

/// An item as it was saved.
#[must_use]
pub fn restored(saved: SavedItem) -> Item {
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
    item.moved.store(saved.moved, Ordering::Relaxed);
    item.state = match saved.state {
        SavedState::Queued => TransferState::Queued,
        SavedState::Paused => TransferState::Paused,
        SavedState::Failed(problem) => TransferState::Failed(problem),
    };
    item
}
