//! The one queue, shared by actor, lanes and drawing: every change is journalled, wakes the lanes and the window.

use std::collections::HashMap;
use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Instant;

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::engine::journal::{self, DiskNews, JournalWriter, Portion};
use crate::model::path::RemotePath;
use crate::model::queue::{Batch, FreeNames, Item, Queue, StopWish, Target};
use crate::model::site::SiteId;
use crate::model::transfer::{Direction, TransferId, TransferState};
use crate::store::queue::{Change, QueueJournal};

/// Items that are changed under one lock: about a millisecond's work.
pub(super) const PORTION: usize = 1_000;

/// How often the drawing is let go first before one's own turn comes all the same.
const GIVING_WAY: usize = 1_000;

/// A cheap handle to the queue.
#[derive(Clone, Debug, Default)]
pub struct SharedQueue {
    inner: Arc<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    state: Mutex<State>,
    changed: watch::Sender<u64>,
    /// How many want to look for the drawing at this moment.
    drawing: AtomicUsize,
}

#[derive(Debug, Default)]
struct State {
    queue: Queue,
    running: HashMap<TransferId, Running>,
    /// Items whose bytes are through and whose proof is gathered: no connection works for them, the number tells whose turn it is.
    sent: HashMap<TransferId, u64>,
    runs: u64,
    /// Names of which a folder's listing told that nothing has them.
    free_names: FreeNames,
    journal: Option<JournalWriter>,
}

impl Drop for State {
    fn drop(&mut self) {
        if let Some(mut journal) = self.journal.take() {
            journal.end(std::mem::take(&mut self.queue));
        }
    }
}

/// How the items that one change touched are journalled.
#[derive(Clone, Copy)]
enum Grouping {
    Apart,
    Together,
}

impl State {
    /// Journals what was touched, behind `first`.
    fn record(&mut self, grouping: Grouping, first: Vec<Change>) {
        let mut touched = self.queue.take_touched();
        // An item that was changed twice in a row needs one record.
        touched.dedup();
        let Some(journal) = &self.journal else { return };
        let changes = touched.iter().map(|id| journal::change(*id, self.queue.get(*id).as_deref()));
        match grouping {
            Grouping::Apart => journal.record(first.into_iter().chain(changes)),
            Grouping::Together => journal.record_together(first.into_iter().chain(changes).collect()),
        }
    }
}

/// One run of one item.
#[derive(Debug)]
struct Running {
    run: u64,
    stop: CancellationToken,
}

/// An item that a connection has taken.
#[derive(Debug)]
pub struct Taken {
    /// The item, as it was.
    pub item: Item,
    /// Stops the run.
    pub stop: CancellationToken,
    /// Which run this is: the item may be taken by another connection before this one has let go of it.
    pub run: u64,
}

/// A look at a folder on the server, which tells what names are free there; it is over when this is dropped.
#[derive(Debug)]
pub struct FolderLook {
    queue: SharedQueue,
    site: SiteId,
    folder: RemotePath,
    /// Whether what it tells can be relied on.
    pub is_reliable: bool,
    /// So many files are about to enter the queue of which it told that nothing has their names.
    pub new_files: usize,
}

impl Drop for FolderLook {
    fn drop(&mut self) {
        if self.is_reliable {
            self.queue.lock().free_names.end_look(&self.site, &self.folder, self.new_files);
        }
    }
}

impl SharedQueue {
    /// Reads under the lock: keep it short.
    pub fn read<R>(&self, look: impl FnOnce(&Queue) -> R) -> R {
        look(&self.lock().queue)
    }

    /// As [`Self::read`], for the drawing: whoever changes the queue in portions lets it go first.
    pub fn read_first<R>(&self, look: impl FnOnce(&Queue) -> R) -> R {
        self.inner.drawing.fetch_add(1, Ordering::AcqRel);
        let result = self.read(look);
        self.inner.drawing.fetch_sub(1, Ordering::AcqRel);
        result
    }

    /// As [`Self::read`], for whoever reads portion after portion: the drawing goes first.
    pub fn read_between<R>(&self, look: impl FnOnce(&Queue) -> R) -> R {
        self.give_way();
        self.read(look)
    }

    /// Lets the drawing go first: a lock does not tell whose turn it is.
    fn give_way(&self) {
        for _ in 0..GIVING_WAY {
            if self.inner.drawing.load(Ordering::Acquire) == 0 {
                return;
            }
            std::thread::yield_now();
        }
    }

    /// Changes under the lock, journals what was touched, tells everyone who waits.
    pub fn update<R>(&self, change: impl FnOnce(&mut Queue) -> R) -> R {
        self.change(|state| change(&mut state.queue))
    }

    fn change<R>(&self, change: impl FnOnce(&mut State) -> R) -> R {
        self.give_way();
        let (result, revision) = {
            let mut state = self.lock();
            let result = change(&mut state);
            state.record(Grouping::Apart, Vec::new());
            (result, state.queue.revision())
        };
        self.tell(revision);
        result
    }

    /// Adds items at the end of the queue, in portions, so that the drawing never waits for long. They need no identity yet.
    pub async fn put_all(&self, items: Vec<Item>) {
        let mut items = items.into_iter().peekable();
        while items.peek().is_some() {
            self.put_batch(items.by_ref().take(PORTION).collect(), Grouping::Apart, |_| {});
            if items.peek().is_some() {
                // What the journal has not written yet lies in memory.
                self.journalled().await;
            }
        }
    }

    /// Adds items at the end of the queue and does `then`, so that after a crash either all of it is there or nothing. They need no
    /// identity yet. Nearly all of the work is done before the lock is taken.
    pub fn put_together(&self, items: Vec<Item>, then: impl FnOnce(&mut Queue)) {
        self.put_batch(items, Grouping::Together, then);
    }

    fn put_batch(&self, items: Vec<Item>, grouping: Grouping, then: impl FnOnce(&mut Queue)) {
        let (reserved, is_journalled) = {
            let mut state = self.lock();
            (state.queue.reserve(items.len()), state.journal.is_some())
        };
        let items = reserved.number(items);
        let changes =
            if is_journalled { items.iter().map(|item| journal::change(item.id, Some(item))).collect() } else { Vec::new() };
        let batch = Batch::new(items);
        self.give_way();
        let revision = {
            let mut state = self.lock();
            state.queue.put_batch(batch);
            then(&mut state.queue);
            state.record(grouping, changes);
            state.queue.revision()
        };
        self.tell(revision);
    }

    fn tell(&self, revision: u64) {
        // Only a real change wakes anyone: lanes that look and find nothing must not wake each other.
        self.inner.changed.send_if_modified(|seen| std::mem::replace(seen, revision) != revision);
    }

    /// Takes over the queue that was read from the journal; from now on changes are journalled. `on_trouble` hears of a disk that
    /// refuses; nothing of the queue begins then, until the disk has taken everything or a person goes on without.
    ///
    /// # Errors
    /// The system refuses a thread: then the queue is in memory only.
    pub fn keep(&self, queue: Queue, journal: QueueJournal, on_trouble: impl Fn(String) + Send + 'static) -> io::Result<()> {
        let inner = Arc::downgrade(&self.inner);
        let read_queue = Box::new(move |from, count| Weak::upgrade(&inner).and_then(|inner| Self { inner }.portion(from, count)));
        let held = Arc::downgrade(&self.inner);
        let on_news = move |news| {
            let hold: fn(&mut Queue) = match news {
                DiskNews::Refuses(words) => {
                    on_trouble(words);
                    Queue::refuse_saving
                }
                DiskNews::HasAll => Queue::save_again,
            };
            // At the end of the program nobody is left who could begin anything.
            if let Some(inner) = Weak::upgrade(&held) {
                Self { inner }.update(hold);
            }
        };
        let started = JournalWriter::start(journal, read_queue, on_news);
        let (revision, kept) = {
            let mut state = self.lock();
            state.queue = queue;
            state.queue.forget_touched();
            let result = started.map(|writer| state.journal = Some(writer));
            (state.queue.revision(), result)
        };
        self.tell(revision);
        kept
    }

    /// Writes what is left to the journal and lets go of it, whoever still has a hold of the queue: the next program may own it from
    /// here on. The queue is empty then. Blocking.
    pub fn close(&self) {
        let (journal, queue) = {
            let mut state = self.lock();
            (state.journal.take(), std::mem::take(&mut state.queue))
        };
        if let Some(mut journal) = journal {
            journal.end(queue);
        }
    }

    /// Items for writing the journal anew.
    fn portion(&self, from: u64, count: usize) -> Option<Portion> {
        self.give_way();
        let state = self.lock();
        let taken = state.journal.as_ref()?.taken();
        let (items, next) = journal::saved_portion(&state.queue, from, count);
        Some(Portion { items, next, taken })
    }

    /// Waits until everything that was changed so far is in the journal, so that work begins after its record. Written,
    /// not flushed: that outlives this program's end, and the flush that follows is shared by all that waits for it. False when the
    /// disk refused some of it; whoever is about to begin something asks [`Self::may_begin`].
    pub async fn journalled(&self) -> bool {
        let ticket = self.lock().journal.as_ref().map(JournalWriter::ticket);
        match ticket {
            Some(ticket) => ticket.written().await,
            None => true,
        }
    }

    /// Waits as [`Self::journalled`] does; true when what was changed is in the journal, or a person goes on without it.
    pub async fn may_begin(&self) -> bool {
        self.journalled().await || self.read(Queue::goes_on_unsaved)
    }

    /// Whether an item waits for the answer to a question.
    pub fn is_asking(&self, id: TransferId) -> bool {
        self.read(|queue| queue.get(id).is_some_and(|item| item.state == TransferState::Asking))
    }

    /// Waits until an item asks no more: cancelled or held meanwhile, its question is withdrawn and others get their turn.
    pub async fn asks_no_more(&self, id: TransferId) {
        let mut changes = self.changes();
        while self.is_asking(id) {
            if changes.changed().await.is_err() {
                break;
            }
        }
    }

    /// A receiver that sees every change.
    #[must_use]
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.inner.changed.subscribe()
    }

    /// Takes the next item of `site`; its run is stopped by a wish, and when `session` is cancelled. `begin` is told of it before anybody
    /// can see that nothing else waits; it must not look at the queue.
    pub fn take_next<B>(
        &self,
        site: &SiteId,
        now: Instant,
        session: &CancellationToken,
        begin: impl FnOnce(&Item) -> B,
    ) -> Option<(Taken, B)> {
        // One lock for all: a wish must find either an item that waits or one that can be stopped.
        self.change(|state| {
            let mut item = state.queue.take_next(site, now)?;
            if item.direction == Direction::Upload && item.is_folder != Some(true) {
                if item.target == Target::Absent && !state.free_names.take(site, &item.remote, now) {
                    item.target = Target::Unknown;
                    state.queue.edit(item.id, |item| item.target = Target::Unknown);
                }
                if item.target != Target::Absent {
                    state.free_names.give(site, &item.remote);
                }
            }
            if item.direction == Direction::Upload && item.is_folder == Some(false) && item.target == Target::Absent {
                // It is written under its own name: one record tells both. Who takes it sees it as it was.
                state.queue.edit(item.id, |item| {
                    item.is_new |= item.part.is_none();
                    item.part = item.part.take().or_else(|| item.remote.name().map(str::to_owned));
                });
            }
            let stop = session.child_token();
            state.runs += 1;
            let run = state.runs;
            state.running.insert(item.id, Running { run, stop: stop.clone() });
            let begun = begin(&item);
            Some((Taken { item, stop, run }, begun))
        })
    }

    /// Begins a look at the folder that an item is sent to.
    pub fn look_at_folder(&self, folder: &Item) -> FolderLook {
        let is_reliable = self.lock().free_names.begin_look(&folder.site, &folder.remote, Instant::now());
        FolderLook { queue: self.clone(), site: folder.site.clone(), folder: folder.remote.clone(), is_reliable, new_files: 0 }
    }

    /// Aims an upload at the first of these names that no other one is sent to at this moment.
    pub fn aim_at(&self, id: TransferId, mut names: impl Iterator<Item = RemotePath>) -> Option<RemotePath> {
        self.change(|state| {
            let site = state.queue.get(id)?.site.clone();
            let name = names.find(|name| !state.queue.is_sent_to(&site, name, id))?;
            state.free_names.give(&site, &name);
            // In one record: after a crash what stands under the old name must not be taken for ours.
            let part = name.name().map(str::to_owned);
            state.queue.edit(id, |item| (item.remote, item.part, item.is_new) = (name.clone(), part, true));
            Some(name)
        })
    }

    /// The connection is through with its run of the item.
    pub fn release(&self, id: TransferId, run: u64) {
        let mut state = self.lock();
        if state.running.get(&id).is_some_and(|running| running.run == run) {
            state.running.remove(&id);
        }
    }

    /// The connection is through with its run of the item, whose proof is gathered.
    pub fn release_sent(&self, id: TransferId, run: u64) {
        let mut state = self.lock();
        if state.running.get(&id).is_some_and(|running| running.run == run) {
            state.running.remove(&id);
            state.sent.insert(id, run);
        }
    }

    /// Whether the proof of this run is still wanted; whoever is told so settles the item.
    pub fn claim_sent(&self, id: TransferId, run: u64) -> bool {
        let mut state = self.lock();
        let is_wanted = state.sent.get(&id) == Some(&run);
        if is_wanted {
            state.sent.remove(&id);
        }
        is_wanted
    }

    /// States a wish for items and stops those that run. Those that do not run get what is wished at once; returns those
    /// that were taken out so and had a file of ours.
    pub fn wish(&self, ids: &[TransferId], wish: StopWish) -> Vec<Item> {
        let gone = self.change(|state| {
            let mut gone = Vec::new();
            for id in ids {
                let Some(item) = state.queue.get(*id) else { continue };
                let is_sent = state.sent.remove(id).is_some();
                let running = item.state.is_running() && item.state != TransferState::Asking && !is_sent;
                let is_final = item.state.is_final();
                let queue = &mut state.queue;
                match wish {
                    // What was wished before and goes further stays: a cancelled item does not come back with a leave.
                    _ if running => queue.edit(*id, |item| item.wish = item.wish.max(Some(wish))),
                    StopWish::Remove => gone.push(*id),
                    StopWish::Pause if !is_final => queue.set_state(*id, TransferState::Paused),
                    StopWish::PutBack if is_sent => {
                        queue.edit(*id, |item| item.target = Target::Unknown);
                        queue.put_back(*id, None);
                    }
                    StopWish::Pause | StopWish::PutBack => {}
                }
            }
            gone.iter().filter_map(|id| state.queue.remove(*id)).filter(|item| item.part.is_some()).collect()
        });
        let state = self.lock();
        for id in ids {
            if let Some(running) = state.running.get(id) {
                running.stop.cancel();
            }
        }
        gone
    }

    /// Holds or releases the whole queue, also for the next start of the program; what runs stops at its offset.
    pub fn hold(&self, held: bool) {
        let revision = {
            let mut state = self.lock();
            state.queue.hold(held);
            state.record(Grouping::Apart, vec![Change::Hold(held)]);
            state.queue.revision()
        };
        self.tell(revision);
        if held {
            self.stop_all();
        }
    }

    /// Everything that runs goes back into the queue, at its offset.
    pub fn stop_all(&self) {
        let ids: Vec<TransferId> = {
            let state = self.lock();
            state.running.keys().chain(state.sent.keys()).copied().collect()
        };
        self.wish(&ids, StopWish::PutBack);
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // A panic elsewhere cannot leave the queue half changed in a way that going on makes worse.
        self.inner.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::model::conflict::OnExists;
    use crate::model::entry::{Modified, Precision};
    use crate::model::transfer::Job;
    use crate::store::places::Places;

    fn item() -> Item {
        let job = Job {
            direction: Direction::Download,
            local: PathBuf::from("/home/a"),
            remote: RemotePath::parse("/a").unwrap(),
            on_exists: OnExists::Newer,
        };
        Item::new(TransferId(0), SiteId("s".into()), job)
    }

    #[test]
    fn the_next_program_finds_the_queue_also_while_somebody_holds_on_to_this_one() {
        let folder = tempfile::tempdir().unwrap();
        let places = Places::in_folder(folder.path());
        let open = || {
            let (journal, queue, problem): (_, Queue, _) = QueueJournal::open(&places);
            assert_eq!(problem, None);
            let shared = SharedQueue::default();
            shared.keep(queue, journal, |words| panic!("{words}")).unwrap();
            shared
        };
        let first = open();
        let mut items = vec![item()];
        // Many servers list times by the minute: what was known of the source lasts all the same.
        let modified = Modified { at: "2026-11-20T12:02:00Z".parse().unwrap(), precision: Precision::Minute };
        items[0].modified = Some(modified);
        first.put_together(items, |_| {});
        let ticket = first.lock().journal.as_ref().map(JournalWriter::ticket);
        first.close();
        let second = open();
        let found = second.read(|queue| queue.get(TransferId(1)).map(|item| item.modified));
        assert_eq!(found, Some(Some(modified)));
        drop((ticket, first));
    }
}
