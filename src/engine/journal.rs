//! Carries the queue's changes to the disk. Whoever waits for a record on a thread of its own writes what has piled up itself; otherwise,
//! and for flushing, there are threads, so that drawing never waits.

mod saving;
mod scribe;

use std::collections::VecDeque;
use std::io;
use std::sync::mpsc;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use tokio::sync::watch;

use crate::engine::lane_thread;
use crate::model::queue::Queue;
use crate::store::queue::{Change, QueueJournal};

pub use self::saving::{change, saved_portion};
pub use self::scribe::{DiskNews, Portion, ReadQueue};

use self::scribe::{Scribe, Work, Written, flush_until_closed};

/// How long changes pile up before the journal's thread writes them, when nobody waits for them.
const PILE_UP: Duration = Duration::from_millis(5);

/// Takes changes; dropping it writes what is left and ends the threads.
#[derive(Debug)]
pub struct JournalWriter {
    desk: Arc<Desk>,
    thread: Option<thread::JoinHandle<()>>,
}

/// Where changes are handed over and written.
struct Desk {
    inbox: Mutex<Inbox>,
    /// Rings for the thread.
    bell: Condvar,
    /// Whoever holds it takes what is in the inbox: so everything is written in its order.
    scribe: Mutex<Scribe>,
    /// What has become of the changes so far.
    written: watch::Sender<Written>,
}

#[derive(Default)]
struct Inbox {
    works: VecDeque<Work>,
    /// Changes that were handed over.
    taken: u64,
    /// Whether something was handed over since the thread looked last.
    fresh: bool,
    /// Whether somebody waits for the thread.
    urgent: bool,
    /// Whether the thread sleeps until something comes.
    asleep: bool,
}

impl std::fmt::Debug for Desk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Desk").field("written", &*self.written.borrow()).finish_non_exhaustive()
    }
}

/// A place in the journal that can be waited for.
#[derive(Debug)]
pub struct Ticket {
    number: u64,
    desk: Arc<Desk>,
}

impl Ticket {
    /// Waits until the journal has everything up to here, or lacks something because the disk refused it; true when it has all of it.
    pub async fn written(self) -> bool {
        if lane_thread::is_here() {
            return self.desk.write();
        }
        let mut written = self.desk.written.subscribe();
        if written.borrow_and_update().changes < self.number {
            self.desk.hurry();
            // Without its thread the journal writes nothing any more: there is nothing to wait for.
            drop(written.wait_for(|written| written.changes >= self.number).await);
        }
        // What was refused up to here may have been written since, with all the rest: that is as good.
        !self.desk.written.borrow().lacks_some
    }
}

impl JournalWriter {
    /// Starts the threads that write `journal`, and read the queue where it has to be written anew. `on_news` hears of the first write
    /// that fails, before anybody who waits for it, and of the moment when the disk has taken everything.
    ///
    /// # Errors
    /// The system refuses a thread.
    pub fn start(journal: QueueJournal, read_queue: ReadQueue, on_news: impl Fn(DiskNews) + Send + 'static) -> io::Result<Self> {
        let (to_flush, flushes) = mpsc::channel();
        let scribe = Scribe::new(journal, read_queue, Box::new(on_news), to_flush);
        let desk = Arc::new(Desk {
            inbox: Mutex::default(),
            bell: Condvar::new(),
            scribe: Mutex::new(scribe),
            written: watch::Sender::new(Written::default()),
        });
        let back = Arc::clone(&desk);
        let flusher = thread::Builder::new()
            .name("moorline-flush".into())
            .spawn(move || flush_until_closed(&flushes, |work| back.hand_over(std::iter::once(work), true)))?;
        let at_work = Arc::clone(&desk);
        let thread = thread::Builder::new().name("moorline-journal".into()).spawn(move || {
            at_work.write_until_end();
            drop(flusher.join());
        })?;
        Ok(Self { desk, thread: Some(thread) })
    }

    /// Records changes.
    pub fn record(&self, changes: impl Iterator<Item = Change>) {
        self.desk.hand_over(changes.map(Work::Change), false);
    }

    /// The same, as one record.
    pub fn record_together(&self, changes: Vec<Change>) {
        if !changes.is_empty() {
            self.record(std::iter::once(Change::Together(changes)));
        }
    }

    /// The place behind everything that was recorded so far.
    pub fn ticket(&self) -> Ticket {
        Ticket { number: self.taken(), desk: Arc::clone(&self.desk) }
    }

    /// How many changes were recorded so far.
    pub fn taken(&self) -> u64 {
        lock(&self.desk.inbox).taken
    }

    /// Writes what is left and ends the threads; `queue` is what the journal must amount to.
    pub fn end(&mut self, queue: Queue) {
        self.desk.hand_over(std::iter::once(Work::End(Box::new(queue))), true);
        // The journal's own thread may be the last that had a hold of the queue; then it comes to the end by itself.
        if let Some(thread) = self.thread.take().filter(|thread| thread.thread().id() != thread::current().id()) {
            drop(thread.join());
        }
    }
}

impl Desk {
    fn hand_over(&self, works: impl Iterator<Item = Work>, urgent: bool) {
        let mut inbox = lock(&self.inbox);
        let before = inbox.works.len();
        for work in works {
            inbox.taken += u64::from(matches!(work, Work::Change(_)));
            inbox.works.push_back(work);
        }
        if inbox.works.len() > before {
            inbox.urgent |= urgent;
            let rings = (inbox.asleep && !inbox.fresh) || urgent;
            inbox.fresh = true;
            drop(inbox);
            if rings {
                self.bell.notify_one();
            }
        }
    }

    /// The thread does not let changes pile up this time.
    fn hurry(&self) {
        lock(&self.inbox).urgent = true;
        self.bell.notify_one();
    }

    /// Writes everything that was handed over, on this thread; true when the journal lacks nothing then.
    fn write(&self) -> bool {
        let mut scribe = lock(&self.scribe);
        self.write_as(&mut scribe);
        !scribe.lacks_some()
    }

    fn write_as(&self, scribe: &mut Scribe) {
        let works = std::mem::take(&mut lock(&self.inbox).works);
        if !works.is_empty() {
            scribe.write(works.into(), &self.written);
        }
    }

    /// The journal's thread.
    fn write_until_end(&self) {
        // What was handed over before it began counts as fresh.
        let mut rest = Some(Duration::ZERO);
        loop {
            self.wait(rest);
            let mut scribe = lock(&self.scribe);
            self.write_as(&mut scribe);
            if scribe.has_ended() {
                return;
            }
            let written = self.written.borrow().changes;
            rest = scribe.go_on(written);
        }
    }

    /// Waits until something was handed over and has piled up, but no longer than `rest`.
    fn wait(&self, rest: Option<Duration>) {
        let until = rest.map(|rest| Instant::now() + rest);
        let left = || until.map_or(Duration::MAX, |until| until.saturating_duration_since(Instant::now()));
        let mut inbox = lock(&self.inbox);
        inbox.asleep = true;
        while !inbox.fresh && !inbox.urgent && left() > Duration::ZERO {
            inbox = self.bell.wait_timeout(inbox, left()).unwrap_or_else(PoisonError::into_inner).0;
        }
        inbox.asleep = false;
        let piled_up = Instant::now() + PILE_UP.min(left());
        while !inbox.urgent && piled_up > Instant::now() {
            let wait = piled_up.saturating_duration_since(Instant::now());
            inbox = self.bell.wait_timeout(inbox, wait).unwrap_or_else(PoisonError::into_inner).0;
        }
        (inbox.fresh, inbox.urgent) = (false, false);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // What is behind the locks is whole after each step: a panic elsewhere leaves it right.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
