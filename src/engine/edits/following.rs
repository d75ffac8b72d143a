//! Follows the edits' items in the queue, and sends what was saved.

use jiff::Timestamp;

use super::looking::stamp_of;
use super::{Edit, Edits, Sending};
use crate::engine::event::EventBody;
use crate::engine::trouble;
use crate::model::conflict::OnExists;
use crate::model::edited::{EditId, EditState, Stamp, Unsent};
use crate::model::problem::{Problem, ProblemKind};
use crate::model::queue::{Item, Queue, Target};
use crate::model::transfer::{Direction, SkipReason, TransferState};

impl Edits {
    /// Takes in how the edits' items stand.
    pub async fn follow(&mut self) {
        let ids: Vec<EditId> = self.all.iter().filter(|edit| edit.transfer().is_some()).map(Edit::id).collect();
        for id in ids {
            let Some(transfer) = self.transfer_of(id) else { continue };
            let item = self.queue.read(|queue| queue.get(transfer).map(std::borrow::Cow::into_owned));
            let Some(edit) = self.get(id) else { continue };
            if edit.is_discarded {
                // Nothing reads or writes it any more.
                if item.is_none_or(|item| item.state.is_final()) {
                    self.put_away(id).await;
                }
            } else if edit.watch.is_some() {
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
            edit.is_finishing = false;
            Self::leave(edit, Unsent::TakenOut);
            return self.save(id).await;
        };
        edit.has_failed &= matches!(item.state, TransferState::Failed(_));
        match &item.state {
            TransferState::Done(_) => self.arrived(id, &item).await,
            TransferState::Skipped(reason) => {
                edit.note.transfer = None;
                edit.is_finishing = false;
                let why = if *reason == SkipReason::Declined { Unsent::Declined } else { Unsent::KeptThere };
                Self::leave(edit, why);
                self.save(id).await;
            }
            TransferState::Failed(problem) => {
                edit.is_finishing = false;
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
            if found.is_ok_and(|found| found.is_none_or(|found| found == sent)) {
                return self.put_away(id).await;
            }
            if let Some(edit) = self.get(id) {
                edit.is_finishing = false;
            }
        }
    }

    /// Queues what is here for its site, whether that is connected or not.
    pub(super) async fn upload(&mut self, id: EditId, why: Sending) {
        let Some(path) = self.get(id).map(|edit| edit.local()) else { return };
        let found = stamp_of(path.clone()).await;
        let Some(edit) = self.get(id) else { return };
        // Whoever saves it or sends it works on with it.
        edit.is_finishing = false;
        let stamp = match found {
            Ok(Some(stamp)) => stamp,
            // An editor may be about to put it there; then it is seen.
            Ok(None) | Err(_) if why != Sending::Wished => return,
            Ok(None) => {
                let what = format!("“{}” was not uploaded: it is not there any more.", edit.note.name);
                return self.publisher.publish(EventBody::Trouble(Problem::new(ProblemKind::Local, what)));
            }
            Err(error) => return self.publisher.publish(EventBody::Trouble(trouble::of_disk(&error, "read", &path))),
        };
        let is_on_its_way = edit.is_on_its_way();
        let Some(watch) = &mut edit.watch else { return };
        if let Some(asking) = edit.asking.take() {
            asking.task.abort();
        }
        watch.leave(None);
        if is_on_its_way {
            // What is there when it is read is sent, and what is there then is looked at again behind that.
            return;
        }
        if stamp == watch.synced() {
            edit.state = EditState::Same;
            return;
        }
        let is_agreed = matches!(why, Sending::Agreed(agreed) if watch.is_emptied(agreed));
        if watch.is_emptied(stamp) && !is_agreed {
            edit.state = EditState::Saved;
            return self.ask(id, stamp, true);
        }
        edit.note.sending = Some(stamp);
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
        let is_empty = edit.note.sending.is_some_and(|sending| sending.size == 0);
        self.queue.update(|queue| {
            if queue.get(id).is_none_or(|item| !matches!(item.state, TransferState::Failed(_))) {
                return false;
            }
            queue.edit(id, |item| {
                (item.basis, item.tries, item.target) = (Some(basis), 0, Target::Unknown);
                if item.direction == Direction::Upload {
                    item.on_exists = OnExists::Ask;
                    // It may be empty where that was agreed to this time.
                    item.size = if is_empty { Some(0) } else { item.size.filter(|size| *size > 0) };
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
