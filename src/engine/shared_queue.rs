//! The one queue, shared by actor, lanes and drawing: every change is journalled, wakes the lanes and the window.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::engine::journal::JournalWriter;
use crate::model::queue::{Item, Queue, StopWish};
use crate::model::site::SiteId;
use crate::model::transfer::{TransferId, TransferState};

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
    running: HashMap<TransferId, CancellationToken>,
    journal: Option<JournalWriter>,
}

impl SharedQueue {
    /// Reads under the lock: keep it short.
    pub fn read<R>(&self, look: impl FnOnce(&Queue) -> R) -> R {
        look(&self.lock().queue)
    }

    /// Changes under the lock, journals what was touched, tells everyone who waits.
    pub fn update<R>(&self, change: impl FnOnce(&mut Queue) -> R) -> R {
        let (result, revision) = {
            let mut state = self.lock();
            let result = change(&mut state.queue);
            let touched = state.queue.take_touched();
            if let Some(journal) = &state.journal {
                for id in touched {
                    journal.record(id, state.queue.get(id));
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

    /// A receiver that sees every change.
    #[must_use]
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.inner.changed.subscribe()
    }

    /// Takes the next item of `site` and the token that stops it.
    pub fn take_next(&self, site: &SiteId, now: Instant) -> Option<(Item, CancellationToken)> {
        let taken = self.update(|queue| queue.take_next(site, now))?;
        let token = CancellationToken::new();
        self.lock().running.insert(taken.id, token.clone());
        Some((taken, token))
    }

    /// The lane is through with the item.
    pub fn release(&self, id: TransferId) {
        self.lock().running.remove(&id);
    }

    /// States a wish for items and stops those that run. Those that do not run get what is wished at once.
    pub fn wish(&self, ids: &[TransferId], wish: StopWish) {
        self.update(|queue| {
            let mut gone = Vec::new();
            for id in ids {
                let Some(item) = queue.get(*id) else { continue };
                let running = item.state.is_running() && item.state != TransferState::Asking;
                match wish {
                    _ if running => queue.edit(*id, |item| item.wish = Some(wish)),
                    StopWish::Remove => gone.push(*id),
                    StopWish::Pause if !item.state.is_final() => queue.set_state(*id, TransferState::Paused),
                    StopWish::Pause | StopWish::PutBack => {}
                }
            }
            queue.remove_all(&gone);
        });
        let state = self.lock();
        for id in ids {
            if let Some(token) = state.running.get(id) {
                token.cancel();
            }
        }
    }

    /// Everything that runs goes back into the queue, at its offset.
    pub fn stop_all(&self) {
        let ids: Vec<TransferId> = self.lock().running.keys().copied().collect();
        self.wish(&ids, StopWish::PutBack);
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // A panic elsewhere cannot leave the queue half changed in a way that going on makes worse.
        self.inner.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
