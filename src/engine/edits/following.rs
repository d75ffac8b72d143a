//! Follows the edits' items in the queue, sends what was saved, and finds at the start what earlier programs left.

use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::task::spawn_blocking;

use super::looking::stamp_of;
use super::{Edit, Edits};
use crate::engine::event::EventBody;
use crate::model::conflict::OnExists;
use crate::model::edited::{EditId, EditState, Stamp, Unsent, Watch};
use crate::model::queue::{Item, Queue, Target};
use crate::model::transfer::{Direction, SkipReason, TransferId, TransferState};
use crate::store::edits::{self, Kept, Note};

/// What nobody has touched for so long, and the server has, is put away at the start.
const FORGOTTEN: Duration = Duration::from_secs(7 * 24 * 3600);

impl Edits {
    /// Finds what earlier programs left, once the queue is read. Returns items of it that are about nothing any more.
    pub async fn restore(&mut self) -> Vec<TransferId> {
        let mut idle = Vec::new();
        let Some(places) = self.places.clone() else { return idle };
        let Ok((found, problems)) = spawn_blocking(move || edits::load(&places)).await else { return idle };
        for problem in problems {
            self.publisher.publish(EventBody::Trouble(problem));
        }
        for (kept, note) in found {
            idle.extend(self.found(kept, note).await);
        }
        self.follow().await;
        idle
    }

    /// One that was left. Returns an item of the queue that is about nothing any more.
    async fn found(&mut self, kept: Kept, mut note: Note) -> Option<TransferId> {
        let stamp = stamp_of(kept.local(&note)).await;
        let item = note.transfer.map(TransferId).filter(|id| {
            let local = kept.local(&note);
            // Another program's queue may have given the number to something else.
            self.queue.read(|queue| queue.get(*id).is_some_and(|item| item.local == local && item.basis.is_some()))
        });
        let is_there = |synced: Stamp| stamp.map(|stamp| (synced, stamp));
        let Some((synced, stamp)) = note.synced.and_then(is_there) else {
            // Nobody has seen it yet, or somebody took it away: nothing was made of it.
            drop(spawn_blocking(move || kept.remove()).await);
            return item;
        };
        if item.is_none() {
            note.transfer = None;
            if stamp == synced && is_forgotten(stamp, &kept) {
                drop(spawn_blocking(move || kept.remove()).await);
                return None;
            }
        }
        let mut watch = Watch::new(synced);
        watch.look(Some(stamp), std::time::Instant::now());
        let mut edit = Edit {
            kept: Arc::new(kept),
            note,
            watch: Some(watch),
            state: EditState::Waiting,
            asking: None,
            has_failed: false,
            is_finishing: false,
        };
        if item.is_none() {
            Self::leave(&mut edit, Unsent::LastTime);
        }
        self.all.push(edit);
        None
    }

    /// Takes in how the edits' items stand.
    pub async fn follow(&mut self) {
        let ids: Vec<EditId> = self.all.iter().filter(|edit| edit.transfer().is_some()).map(Edit::id).collect();
        for id in ids {
            let Some(transfer) = self.transfer_of(id) else { continue };
            let item = self.queue.read(|queue| queue.get(transfer).map(std::borrow::Cow::into_owned));
            let Some(edit) = self.get(id) else { continue };
            if edit.watch.is_some() {
                self.follow_upload(id, item).await;
            } else {
                self.follow_fetch(id, item).await;
            }
        }
        self.tell();
    }

    async fn follow_fetch(&mut self, id: EditId, item: Option<Item>) {
        let Some(edit) = self.get(id) else { return };
        match item {
            Some(Item { state: TransferState::Done(_), basis, .. }) => self.fetched(id, basis).await,
            Some(Item { state: TransferState::Failed(problem), .. }) => edit.state = EditState::NotFetched(problem),
            // It was taken out of the queue, or turned out to be no file: nobody has seen anything of it.
            None | Some(Item { state: TransferState::Skipped(_), .. }) => self.put_away(id).await,
            Some(_) => edit.state = EditState::Fetching,
        }
    }

    async fn follow_upload(&mut self, id: EditId, item: Option<Item>) {
        let Some(edit) = self.get(id) else { return };
        let Some(item) = item else {
            edit.note.transfer = None;
            Self::leave(edit, Unsent::TakenOut);
            return self.save(id).await;
        };
        edit.has_failed &= matches!(item.state, TransferState::Failed(_));
        match &item.state {
            TransferState::Done(_) => self.arrived(id, &item).await,
            TransferState::Skipped(reason) => {
                edit.note.transfer = None;
                let why = if *reason == SkipReason::Declined { Unsent::Declined } else { Unsent::KeptThere };
                Self::leave(edit, why);
                self.save(id).await;
            }
            TransferState::Failed(problem) => {
                if !std::mem::replace(&mut edit.has_failed, true) {
                    edit.state = EditState::Failed(problem.clone());
                    if let Some(watch) = &mut edit.watch {
                        // What was saved since is another try.
                        watch.leave(edit.note.sending);
                    }
                }
            }
            TransferState::Queued | TransferState::Paused | TransferState::Kept => edit.state = EditState::Waiting,
            TransferState::Scanning | TransferState::Moving | TransferState::Proving | TransferState::Asking => {
                edit.state = EditState::Uploading;
            }
        }
    }

    /// What was sent has arrived: it is what both have, unless the file here has changed since.
    async fn arrived(&mut self, id: EditId, item: &Item) {
        let Some(edit) = self.get(id) else { return };
        let modified = item.modified.and_then(|modified| i64::try_from(modified.at.as_nanosecond()).ok());
        // What was read is what counts, not what was there as it was queued. (As text, more or fewer bytes were sent.)
        let sent = match edit.note.sending {
            Some(sending) if sending.modified == modified => sending,
            _ => Stamp { size: item.size.unwrap_or_default(), modified },
        };
        if let Some(watch) = &mut edit.watch {
            watch.arrived(sent);
        }
        edit.note.transfer = None;
        edit.note.sending = None;
        edit.note.synced = Some(sent);
        edit.note.uploaded = Some(Timestamp::now().as_second());
        // Where both were kept it has another name from now on.
        edit.note.remote.clone_from(&item.remote);
        edit.note.basis = item.basis.unwrap_or(edit.note.basis);
        edit.state = EditState::Same;
        let (path, is_finishing) = (edit.local(), edit.is_finishing);
        self.save(id).await;
        if is_finishing {
            let found = stamp_of(path).await;
            if found.is_none_or(|found| found == sent) {
                return self.put_away(id).await;
            }
            if let Some(edit) = self.get(id) {
                edit.is_finishing = false;
            }
        }
    }

    /// Queues what is here for its site, whether that is connected or not.
    pub(super) async fn upload(&mut self, id: EditId) {
        let Some(path) = self.get(id).map(|edit| edit.local()) else { return };
        let stamp = stamp_of(path).await;
        let Some(edit) = self.get(id) else { return };
        let Some((stamp, watch)) = stamp.zip(edit.watch.as_mut()) else { return };
        if let Some(asking) = edit.asking.take() {
            asking.task.abort();
        }
        watch.leave(None);
        if stamp == watch.synced() {
            edit.state = EditState::Same;
            return;
        }
        edit.note.sending = Some(stamp);
        if edit.is_on_its_way() {
            return;
        }
        edit.state = EditState::Waiting;
        let is_tried_again = self.all.iter().find(|edit| edit.id() == id).is_some_and(|edit| self.try_again(edit));
        if is_tried_again {
            return self.save(id).await;
        }
        self.enqueue_again(id, Direction::Upload).await;
    }

    /// Queues the failed item of an edit once more, with what is known now; false when there is none.
    pub(super) fn try_again(&self, edit: &Edit) -> bool {
        let (Some(id), basis) = (edit.transfer(), edit.note.basis) else { return false };
        self.queue.update(|queue| {
            if queue.get(id).is_none_or(|item| !matches!(item.state, TransferState::Failed(_))) {
                return false;
            }
            queue.edit(id, |item| {
                (item.basis, item.tries, item.target) = (Some(basis), 0, Target::Unknown);
                if item.direction == Direction::Upload {
                    item.on_exists = OnExists::Ask;
                }
            });
            queue.put_back(id, None);
            true
        })
    }

    /// Queues an edit under a new number, which its note has first: after a crash each knows of the other.
    pub(super) async fn enqueue_again(&mut self, id: EditId, direction: Direction) {
        let transfer = self.queue.update(Queue::new_id);
        let Some(edit) = self.get(id) else { return };
        edit.note.transfer = Some(transfer.0);
        self.save(id).await;
        if let Some(edit) = self.all.iter().find(|edit| edit.id() == id) {
            self.enqueue(edit, transfer, direction);
        }
    }
}

/// Whether a file was left alone for long: its editor is closed by now.
fn is_forgotten(stamp: Stamp, kept: &Kept) -> bool {
    // Its number is when it was opened; the file may have been old on the server.
    let opened = i64::try_from(kept.id().0).unwrap_or(i64::MAX);
    let changed = stamp.modified.map_or(0, |nanoseconds| nanoseconds / 1_000_000);
    let idle = SignedDuration::from_millis(Timestamp::now().as_millisecond().saturating_sub(opened.max(changed)));
    idle.unsigned_abs() > FORGOTTEN && idle.is_positive()
}
