//! The one queue, shared by actor, lanes and drawing: every change is journalled, wakes the lanes and the window.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::engine::journal::JournalWriter;
use crate::model::queue::{Item, Queue, StopWish, Target};
use crate::model::site::SiteId;
use crate::model::transfer::{Direction, TransferId, TransferState};

/// A cheap handle to the queue.
#[derive(Clone, Debug, Default)]
pub struct SharedQueue {
    inner: Arc<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    state: Mutex<State>,
    changed: watch::Sender<u64>,
}

#[derive(Debug, Default)]
struct State {
    queue: Queue,
    running: HashMap<TransferId, Running>,
    /// Items whose bytes are through and whose proof is gathered: no connection works for them, the number tells whose turn it is.
    sent: HashMap<TransferId, u64>,
    runs: u64,
    journal: Option<JournalWriter>,
}

/// How the items that one change touched are journalled.
#[derive(Clone, Copy)]
enum Grouping {
    Apart,
    Together,
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

impl SharedQueue {
    /// Reads under the lock: keep it short.
    pub fn read<R>(&self, look: impl FnOnce(&Queue) -> R) -> R {
        look(&self.lock().queue)
    }

    /// Changes under the lock, journals what was touched, tells everyone who waits.
    pub fn update<R>(&self, change: impl FnOnce(&mut Queue) -> R) -> R {
        self.change(Grouping::Apart, |state| change(&mut state.queue))
    }

    /// As [`Self::update`], but after a crash either all of the change is there or nothing of it.
    pub fn update_together<R>(&self, change: impl FnOnce(&mut Queue) -> R) -> R {
        self.change(Grouping::Together, |state| change(&mut state.queue))
    }

    fn change<R>(&self, grouping: Grouping, change: impl FnOnce(&mut State) -> R) -> R {
        let (result, revision) = {
            let mut state = self.lock();
            let result = change(&mut state);
            let mut touched = state.queue.take_touched();
            // An item that was changed twice in a row needs one record.
            touched.dedup();
            if let Some(journal) = &state.journal {
                let changes = touched.iter().map(|id| (*id, state.queue.get(*id)));
                match grouping {
                    Grouping::Apart => journal.record(changes),
                    Grouping::Together => journal.record_together(changes),
                }
            }
            (result, state.queue.revision())
        };
        // Only a real change wakes anyone: lanes that look and find nothing must not wake each other.
        self.inner.changed.send_if_modified(|seen| std::mem::replace(seen, revision) != revision);
        result
    }

    /// From now on changes are journalled.
    pub fn keep(&self, journal: JournalWriter) {
        self.lock().journal = Some(journal);
    }

    /// Waits until everything that was changed so far is in the journal, so that work begins after its record. Written,
    /// not flushed: that outlives this program's end, and the flush that follows is shared by all that waits for it.
    pub async fn journalled(&self) {
        let ticket = self.lock().journal.as_ref().map(JournalWriter::ticket);
        if let Some(ticket) = ticket {
            ticket.written().await;
        }
    }

    /// A receiver that sees every change.
    #[must_use]
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.inner.changed.subscribe()
    }

    /// Takes the next item of `site`; its run is stopped by a wish, and when `session` is cancelled.
    pub fn take_next(&self, site: &SiteId, now: Instant, session: &CancellationToken) -> Option<Taken> {
        // One lock for both: a wish must find either an item that waits or one that can be stopped.
        self.change(Grouping::Apart, |state| {
            let item = state.queue.take_next(site, now)?;
            if item.direction == Direction::Upload && item.is_folder == Some(false) && item.target == Target::Absent {
                // It is written under its own name: one record tells both. Who takes it sees it as it was.
                state.queue.edit(item.id, |item| item.part = item.part.take().or_else(|| item.remote.name().map(str::to_owned)));
            }
            let stop = session.child_token();
            state.runs += 1;
            let run = state.runs;
            state.running.insert(item.id, Running { run, stop: stop.clone() });
            Some(Taken { item, stop, run })
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
    /// that were taken out so.
    pub fn wish(&self, ids: &[TransferId], wish: StopWish) -> Vec<Item> {
        let gone = self.change(Grouping::Apart, |state| {
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
                    StopWish::PutBack if is_sent => queue.put_back(*id, None),
                    StopWish::Pause | StopWish::PutBack => {}
                }
            }
            let queue = &mut state.queue;
            let items: Vec<Item> = gone.iter().filter_map(|id| queue.get(*id).cloned()).collect();
            queue.remove_all(&gone);
            items
        });
        let state = self.lock();
        for id in ids {
            if let Some(running) = state.running.get(id) {
                running.stop.cancel();
            }
        }
        gone
    }

    /// Takes back that running items be held, as long as their connections have not come to it.
    pub fn unpause(&self, ids: &[TransferId]) {
        self.update(|queue| {
            for id in ids {
                if queue.get(*id).is_some_and(|item| item.state.is_running() && item.wish == Some(StopWish::Pause)) {
                    queue.edit(*id, |item| item.wish = Some(StopWish::PutBack));
                }
            }
        });
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
