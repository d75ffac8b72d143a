//! What a person does to chosen transfers, which may be a million: a portion at a time, so that neither the drawing nor the connections wait.

use std::collections::BTreeSet;
use std::sync::atomic::Ordering;

use crate::engine::leftovers;
use crate::engine::settle;
use crate::engine::shared_queue::{PORTION, SharedQueue};
use crate::model::chosen::Chosen;
use crate::model::pattern::Pattern;
use crate::model::queue::{Item, Queue, Reorder, StopWish, Target};
use crate::model::transfer::{Priority, QueueTab, TransferId, TransferState};

/// Items that are looked at under one lock.
const LOOKED_AT: usize = 2_000;

impl SharedQueue {
    /// Holds what is chosen.
    pub async fn pause(&self, chosen: &Chosen) {
        let ids = self.find(chosen).await;
        self.in_portions(ids.chunks(PORTION), |ids| drop(self.wish(ids, StopWish::Pause))).await;
    }

    /// Lets what is chosen go on. That running items be held is taken back, as long as their connections have not come to it.
    pub async fn resume(&self, chosen: &Chosen) {
        let ids = self.find(chosen).await;
        let resume = |queue: &mut Queue, id| {
            let Some(item) = queue.get(id) else { return };
            if item.state.is_running() && item.wish == Some(StopWish::Pause) {
                queue.edit(id, |item| item.wish = Some(StopWish::PutBack));
            } else if item.state == TransferState::Paused {
                requeue(queue, id);
            }
        };
        self.in_portions(ids.chunks(PORTION), |ids| self.update(|queue| ids.iter().for_each(|id| resume(queue, *id)))).await;
    }

    /// What is lost when these are taken out: how many have something that is deleted with them, and its bytes.
    pub async fn lost_with(&self, ids: &[TransferId]) -> (usize, u64) {
        let (mut transfers, mut bytes) = (0, 0_u64);
        for ids in ids.chunks(PORTION) {
            self.read_between(|queue| {
                for item in ids.iter().filter_map(|id| queue.get(*id)) {
                    let there = item.moved.load(Ordering::Relaxed);
                    let is_new = leftovers::begun_of(&item).is_some();
                    if there > 0 && (is_new || settle::own_part(&item).is_some() || leftovers::part_of(&item).is_some()) {
                        (transfers, bytes) = (transfers + 1, bytes.saturating_add(there));
                    }
                }
            });
            tokio::task::yield_now().await;
        }
        (transfers, bytes)
    }

    /// Takes what is chosen out, each portion after `before` has seen it; returns what may have left a file of ours.
    pub async fn cancel(&self, chosen: &Chosen, before: impl AsyncFn(&[TransferId])) -> Vec<Item> {
        let ids = self.find(chosen).await;
        let mut gone = Vec::new();
        for (at, ids) in ids.chunks(PORTION).enumerate() {
            if at > 0 {
                self.journalled().await;
            }
            before(ids).await;
            gone.extend(self.wish(ids, StopWish::Remove));
        }
        gone
    }

    /// Queues again what is chosen and failed.
    pub async fn retry(&self, chosen: &Chosen) {
        let ids = self.find(chosen).await;
        let retry = |queue: &mut Queue, id| {
            if queue.get(id).is_some_and(|item| matches!(item.state, TransferState::Failed(_))) {
                requeue(queue, id);
            }
        };
        self.in_portions(ids.chunks(PORTION), |ids| self.update(|queue| ids.iter().for_each(|id| retry(queue, *id)))).await;
    }

    /// Queues everything again that failed for the same reason as this one.
    pub async fn retry_like(&self, like: TransferId) {
        let Some(cause) = self.read(|queue| queue.cause_of(like)) else { return };
        let failed = self.find(&Chosen::everything(QueueTab::Failed)).await;
        let mut alike = BTreeSet::new();
        for ids in failed.chunks(PORTION) {
            self.read(|queue| alike.extend(ids.iter().copied().filter(|id| queue.cause_of(*id) == Some(cause))));
        }
        self.retry(&Chosen::These(alike)).await;
    }

    /// Forgets what is done, `but` for a few that somebody still has to take in.
    pub async fn clear_done(&self, but: &[TransferId]) {
        let mut ids = self.find(&Chosen::everything(QueueTab::Done)).await;
        ids.retain(|id| !but.contains(id));
        self.in_portions(ids.chunks(PORTION), |ids| self.update(|queue| queue.remove_all(ids))).await;
    }

    /// Moves what is chosen and waits.
    pub async fn reorder(&self, chosen: &Chosen, to: Reorder) {
        let ids = self.find(chosen).await;
        let mut sorted = ids.clone();
        sorted.sort_unstable();
        let is_chosen = |id| sorted.binary_search(&id).is_ok();
        let move_them = |ids: &[TransferId]| self.update(|queue| queue.reorder(ids, to, is_chosen));
        if to.is_backwards() {
            self.in_portions(ids.rchunks(PORTION), move_them).await;
        } else {
            self.in_portions(ids.chunks(PORTION), move_them).await;
        }
    }

    /// Makes what is chosen more or less urgent.
    pub async fn prioritise(&self, chosen: &Chosen, priority: Priority) {
        let ids = self.find(chosen).await;
        self.in_portions(ids.chunks(PORTION), |ids| self.update(|queue| queue.set_priority(ids, priority))).await;
    }

    /// Those of them that have not arrived yet.
    pub async fn not_through(&self, ids: Vec<TransferId>) -> Vec<TransferId> {
        let mut left = Vec::new();
        for ids in ids.chunks(PORTION) {
            self.read_between(|queue| left.extend(ids.iter().copied().filter(|id| !is_through(queue, *id))));
            tokio::task::yield_now().await;
        }
        left
    }

    /// Waits until all of them have arrived or are gone.
    pub async fn all_through(&self, ids: &[TransferId]) {
        let mut changes = self.changes();
        let mut at = 0;
        loop {
            // What has arrived stays so: nothing is looked at twice.
            at = self.read(|queue| {
                (at..ids.len()).find(|at| ids.get(*at).is_some_and(|id| !is_through(queue, *id))).unwrap_or(ids.len())
            });
            if at == ids.len() || changes.changed().await.is_err() {
                return;
            }
        }
    }

    /// The chosen items in the order of their tab.
    pub async fn find(&self, chosen: &Chosen) -> Vec<TransferId> {
        let (tab, filter) = match chosen {
            Chosen::These(ids) => {
                let marks =
                    |queue: &Queue| -> Vec<_> { ids.iter().filter_map(|id| Some((queue.mark_of(*id)?.1.order(), *id))).collect() };
                let mut found = self.read(marks);
                found.sort_unstable();
                return found.into_iter().map(|(_, id)| id).collect();
            }
            Chosen::All { tab, filter, .. } => (*tab, Pattern::new(filter)),
        };
        let (mut found, mut mark) = (Vec::new(), None);
        loop {
            mark = self.read_between(|queue| {
                queue.look(tab, mark, LOOKED_AT, &filter, |seen| {
                    if chosen.contains(seen.id) {
                        found.push(seen.id);
                    }
                })
            });
            if mark.is_none() {
                return found;
            }
            tokio::task::yield_now().await;
        }
    }

    async fn in_portions<'a>(&self, portions: impl Iterator<Item = &'a [TransferId]>, mut act: impl FnMut(&[TransferId])) {
        for (at, portion) in portions.enumerate() {
            if at > 0 {
                // What the journal has not written yet lies in memory.
                self.journalled().await;
            }
            act(portion);
        }
    }
}

fn is_through(queue: &Queue, id: TransferId) -> bool {
    queue.get(id).is_none_or(|item| matches!(item.state, TransferState::Done(_) | TransferState::Skipped(_)))
}

/// Back to those that wait, as if it had never been tried; what was known of the target is old by now.
fn requeue(queue: &mut Queue, id: TransferId) {
    queue.edit(id, |item| {
        item.tries = 0;
        item.not_before = None;
        item.target = Target::Unknown;
        item.state = TransferState::Queued;
    });
}
