//! Carries the queue's changes to the disk: a thread of its own, so that neither lanes nor drawing wait for it.

use std::sync::atomic::Ordering;
use std::sync::mpsc;
use std::thread;

use jiff::Timestamp;

use crate::model::entry::{Modified, Precision};
use crate::model::queue::Item;
use crate::model::transfer::{Job, TransferId, TransferState};
use crate::store::queue::{Change, QueueJournal, SavedItem, SavedState};

/// Takes changes; dropping it writes what is left and ends the thread.
#[derive(Debug)]
pub struct JournalWriter {
    changes: Option<mpsc::Sender<Change>>,
    thread: Option<thread::JoinHandle<()>>,
}

impl JournalWriter {
    /// Starts the thread that writes `journal`. `on_trouble` hears of the first write that fails.
    ///
    /// # Errors
    /// The system refuses a thread.
    pub fn start(mut journal: QueueJournal, on_trouble: impl Fn(String) + Send + 'static) -> std::io::Result<Self> {
        let (changes, received) = mpsc::channel::<Change>();
        let thread = thread::Builder::new().name("moorline-journal".into()).spawn(move || {
            let mut told = false;
            while let Ok(first) = received.recv() {
                // What piled up meanwhile is written with it, and reaches the disk with one flush.
                let written = std::iter::once(first)
                    .chain(received.try_iter())
                    .try_for_each(|change| journal.append(change))
                    .and_then(|()| journal.flush());
                if let Err(error) = written
                    && !std::mem::replace(&mut told, true)
                {
                    on_trouble(error.problem().sentence());
                }
            }
        })?;
        Ok(Self { changes: Some(changes), thread: Some(thread) })
    }

    /// Records what became of an item; `None` means that it is gone.
    pub fn record(&self, id: TransferId, item: Option<&Item>) {
        let change = match item {
            Some(item) => saved(item).map_or(Change::Remove(id.0), Change::Put),
            None => Change::Remove(id.0),
        };
        if let Some(changes) = &self.changes {
            // The thread ends only with this writer.
            drop(changes.send(change));
        }
    }
}

impl Drop for JournalWriter {
    fn drop(&mut self) {
        drop(self.changes.take());
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }
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
