//! Writes receipts, flushes them on a thread of its own, and finds them again. A file counts as done when its receipt has been written.

use std::collections::VecDeque;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use jiff::Timestamp;

use crate::engine::lane_thread::on_disk;
use crate::model::problem::{Problem, ProblemKind};
use crate::model::receipt::{Receipt, ReceiptId};
use crate::store::places::Places;
use crate::store::receipts::{self, ReceiptBook};

/// How soon a disk that refused is tried again, and how long a written receipt waits for its flush.
const SOON: Duration = Duration::from_secs(2);
/// Receipts that are held in memory while the disk refuses, or when there is no place for them.
const HELD: usize = 1000;

/// A cheap handle to the receipts.
#[derive(Clone)]
pub struct Receipts {
    inner: Arc<Inner>,
}

struct Inner {
    places: Option<Places>,
    office: Option<Arc<Office>>,
    /// What the disk has not got.
    held: Arc<Mutex<VecDeque<Receipt>>>,
    last: AtomicU64,
    thread: Mutex<Option<thread::JoinHandle<()>>>,
}

/// Whoever has a receipt writes it; a thread flushes.
struct Office {
    clerk: Mutex<Clerk>,
    /// Rings for the thread.
    bell: Condvar,
}

impl Receipts {
    /// Starts the thread that flushes what is written below `places`; without places the last receipts are held in memory. `on_trouble`
    /// hears of the first write that fails, and of the next one after the disk took everything again.
    pub fn start(places: Option<Places>, on_trouble: impl Fn(Problem) + Send + 'static) -> Self {
        let held: Arc<Mutex<VecDeque<Receipt>>> = Arc::default();
        let (mut office, mut thread) = (None, None);
        if let Some(places) = &places {
            let (book, on_trouble) = (ReceiptBook::new(places), Box::new(on_trouble));
            let clerk = Clerk { book, held: Arc::clone(&held), on_trouble, told: false, unflushed: false, closed: false };
            let started = Arc::new(Office { clerk: Mutex::new(clerk), bell: Condvar::new() });
            let flusher = Arc::clone(&started);
            match thread::Builder::new().name("moorline-receipts".into()).spawn(move || flusher.flush_until_closed()) {
                Ok(flusher) => (office, thread) = (Some(started), Some(flusher)),
                Err(error) => tracing::warn!("receipts are held in memory only: {error}"),
            }
        }
        Self { inner: Arc::new(Inner { places, office, held, last: AtomicU64::new(0), thread: Mutex::new(thread) }) }
    }

    /// An identity of its own for a receipt of the moment `now`.
    #[must_use]
    pub fn next_id(&self, now: Timestamp) -> ReceiptId {
        let now = u64::try_from(now.as_microsecond()).unwrap_or(0);
        let next = |last: u64| Some(now.max(last + 1));
        // The closure always gives a value.
        let last = self.inner.last.fetch_update(Ordering::AcqRel, Ordering::Acquire, next).unwrap_or_default();
        ReceiptId(now.max(last + 1))
    }

    /// Writes receipts; returns when they outlive this program. A disk that refuses is told of, and they are held until it takes
    /// them: the files have arrived all the same.
    pub async fn write(&self, receipts: Vec<Receipt>) {
        let Some(office) = self.inner.office.clone() else {
            return receipts.into_iter().for_each(|receipt| hold(&self.inner.held, receipt));
        };
        let written = on_disk(move || {
            office.write(receipts);
            Ok(())
        });
        // It fails only as the program ends.
        drop(written.await);
    }

    /// One receipt; nothing when it is not kept any more. Blocking.
    #[must_use]
    pub fn find(&self, id: ReceiptId) -> Option<Receipt> {
        if let Some(held) = lock(&self.inner.held).iter().find(|receipt| receipt.id == id) {
            return Some(held.clone());
        }
        receipts::find(self.inner.places.as_ref()?, id)
    }

    /// The receipts from `since` on, oldest first, those first that are on the disk. Blocking.
    ///
    /// # Errors
    /// The book cannot be read.
    pub fn read(&self, since: ReceiptId, mut each: impl FnMut(Receipt)) -> Result<(), Problem> {
        if let Some(places) = &self.inner.places {
            let read = receipts::read(places, since, |receipt| {
                each(receipt);
                ControlFlow::Continue(())
            });
            read.map_err(|error| error.problem())?;
        }
        let held: Vec<Receipt> = lock(&self.inner.held).iter().filter(|receipt| receipt.id >= since).cloned().collect();
        held.into_iter().for_each(each);
        Ok(())
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        let Some(office) = self.office.take() else { return };
        // The thread writes what is left, flushes and ends.
        lock(&office.clerk).closed = true;
        office.bell.notify_one();
        if let Some(thread) = self.thread.get_mut().unwrap_or_else(PoisonError::into_inner).take() {
            drop(thread.join());
        }
    }
}

impl Office {
    fn write(&self, receipts: Vec<Receipt>) {
        let mut clerk = lock(&self.clerk);
        let was_waiting = clerk.is_waiting();
        clerk.write(receipts);
        let rings = clerk.is_waiting() && !was_waiting;
        drop(clerk);
        if rings {
            self.bell.notify_one();
        }
    }

    fn flush_until_closed(&self) {
        loop {
            let clerk = lock(&self.clerk);
            let waited = self.bell.wait_while(clerk, |clerk| !clerk.closed && !clerk.is_waiting());
            let clerk = waited.unwrap_or_else(PoisonError::into_inner);
            // One flush is shared by what is written meanwhile.
            let waited = self.bell.wait_timeout_while(clerk, SOON, |clerk| !clerk.closed);
            let (mut clerk, _) = waited.unwrap_or_else(PoisonError::into_inner);
            clerk.write(Vec::new());
            clerk.unflushed = false;
            let (file, closed) = (clerk.book.to_flush(), clerk.closed);
            // Nobody who writes waits for the disk to flush.
            drop(clerk);
            if let Some(Err(error)) = file.map(|file| file.and_then(|file| file.sync_data())) {
                tracing::warn!("receipts were not flushed: {error}");
            }
            if closed {
                return;
            }
        }
    }
}

/// What it takes to write.
struct Clerk {
    book: ReceiptBook,
    held: Arc<Mutex<VecDeque<Receipt>>>,
    on_trouble: Box<dyn Fn(Problem) + Send>,
    told: bool,
    /// Whether something was written since the last flush.
    unflushed: bool,
    /// Nothing follows.
    closed: bool,
}

impl Clerk {
    /// Whether there is something for the thread to do in a while.
    fn is_waiting(&self) -> bool {
        self.unflushed || !lock(&self.held).is_empty()
    }

    /// Writes what was held before, then these.
    fn write(&mut self, fresh: Vec<Receipt>) {
        let mut held: Vec<Receipt> = lock(&self.held).iter().cloned().collect();
        let before = held.len();
        held.extend(fresh);
        match self.book.append(&held) {
            Ok(()) if held.is_empty() => {}
            Ok(()) => {
                lock(&self.held).drain(..before);
                self.told = false;
                self.unflushed = true;
            }
            Err(error) => {
                held.drain(..before);
                held.into_iter().for_each(|receipt| hold(&self.held, receipt));
                if !std::mem::replace(&mut self.told, true) {
                    let advice = "Files still arrive and are proven. What proves them is written as soon as the disk takes it.";
                    let words = error.problem().sentence();
                    (self.on_trouble)(
                        Problem::new(ProblemKind::Local, "Receipts could not be saved.").advise(format!("{words} {advice}")),
                    );
                }
            }
        }
    }
}

fn hold(held: &Mutex<VecDeque<Receipt>>, receipt: Receipt) {
    let mut held = lock(held);
    if held.len() >= HELD {
        held.pop_front();
    }
    held.push_back(receipt);
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // What is behind the lock is whole after each step.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::model::receipt::tests::sample;

    fn wait<T>(work: impl Future<Output = T>) -> T {
        tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(work)
    }

    #[test]
    fn a_receipt_is_on_the_disk_when_writing_returns() {
        let home = tempfile::tempdir().unwrap();
        let places = Places::in_folder(home.path());
        let receipts = Receipts::start(Some(places.clone()), |problem| assert_eq!(problem.what, ""));
        let id = receipts.next_id(Timestamp::now());
        assert!(receipts.next_id(Timestamp::UNIX_EPOCH) > id, "two of one moment");
        wait(receipts.write(vec![sample(5)]));
        assert_eq!(receipts::find(&places, ReceiptId(5)), Some(sample(5)));
        assert_eq!(receipts.find(ReceiptId(5)), Some(sample(5)));
    }

    #[test]
    fn a_disk_that_refuses_is_told_of_once_and_gets_everything_later() {
        let home = tempfile::tempdir().unwrap();
        let places = Places::in_folder(home.path());
        std::fs::write(home.path().join("state"), "in the way").unwrap();
        let told: Arc<Mutex<Vec<Problem>>> = Arc::default();
        let hears = Arc::clone(&told);
        let receipts = Receipts::start(Some(places.clone()), move |problem| lock(&hears).push(problem));
        wait(receipts.write(vec![sample(1)]));
        wait(receipts.write(vec![sample(2)]));
        assert_eq!(lock(&told).len(), 1);
        assert_eq!(receipts.find(ReceiptId(1)), Some(sample(1)), "held until then");
        std::fs::remove_file(home.path().join("state")).unwrap();
        wait(receipts.write(vec![sample(3)]));
        let mut ids = Vec::new();
        receipts.read(ReceiptId(0), |receipt| ids.push(receipt.id.0)).unwrap();
        assert_eq!(ids, [1, 2, 3]);
        drop(receipts);
        assert_eq!(receipts::find(&places, ReceiptId(2)), Some(sample(2)));
    }

    #[test]
    fn without_a_place_the_last_ones_are_held() {
        let receipts = Receipts::start(None, |_| {});
        for id in 1..=1001 {
            wait(receipts.write(vec![sample(id)]));
        }
        assert_eq!((receipts.find(ReceiptId(1)), receipts.find(ReceiptId(1001))), (None, Some(sample(1001))));
    }
}
