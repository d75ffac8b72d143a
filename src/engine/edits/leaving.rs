//! Puts edited files away: once the server has them, or with all that was made of them; never what else is in their folders.

use std::path::Path;
use std::sync::Arc;

use tokio::task::spawn_blocking;

use super::Edits;
use super::looking::stamp_of;
use crate::engine::event::EventBody;
use crate::engine::trouble;
use crate::model::edited::{EditId, EditState, Unsent};
use crate::model::problem::{Problem, ProblemKind};
use crate::model::readable::readable;
use crate::model::transfer::TransferId;

impl Edits {
    /// The file here is of no more use: it is taken away as soon as the server has what was made of it. Returns what is left of it in the
    /// queue.
    pub(super) async fn finish(&mut self, id: EditId) -> Option<TransferId> {
        let path = self.get(id)?.local();
        let found = stamp_of(path.clone()).await;
        let edit = self.get(id)?;
        let found = match found {
            Ok(found) => found,
            Err(error) => {
                self.publisher.publish(EventBody::Trouble(trouble::of_disk(&error, "read", &path)));
                return None;
            }
        };
        let is_changed = edit.watch.as_ref().is_some_and(|watch| found.is_some_and(|found| found != watch.synced()));
        let is_fetching = edit.watch.is_none() && edit.state == EditState::Fetching;
        if matches!(edit.state, EditState::Waiting | EditState::Uploading) {
            edit.is_finishing = true;
        } else if is_changed || is_fetching {
            // It was saved a moment ago: what a person saw of it is old.
            let name = edit.note.name.clone();
            let problem = Problem::new(ProblemKind::Local, format!("“{name}” stays: what was changed in it is not uploaded."));
            self.publisher.publish(EventBody::Trouble(problem));
        } else {
            return self.discard(id).await;
        }
        None
    }

    /// Takes the file here away, whatever was made of it. Where the queue works with it that ends first: returns what is to be taken out.
    pub(super) async fn discard(&mut self, id: EditId) -> Option<TransferId> {
        let edit = self.get(id)?;
        edit.ask_no_more();
        let Some(transfer) = edit.transfer() else {
            self.put_away(id).await;
            return None;
        };
        edit.is_discarded = true;
        Some(transfer)
    }

    /// Takes the file here away; what else is in its folder stays, and is told of.
    pub(super) async fn put_away(&mut self, id: EditId) {
        let Some(edit) = self.get(id) else { return };
        edit.ask_no_more();
        let (kept, note, was_opened) = (Arc::clone(&edit.kept), edit.note.clone(), edit.watch.is_some());
        let (name, room) = (note.name.clone(), kept.room());
        let removed =
            spawn_blocking(move || if was_opened { kept.put_away(&note) } else { kept.remove().map(|()| Vec::new()) }).await;
        match removed {
            Ok(Ok(others)) => {
                self.all.retain(|edit| edit.id() != id);
                if let Some(problem) = stays_beside(&name, &others, &room) {
                    self.publisher.publish(EventBody::Trouble(problem));
                }
            }
            Ok(Err(error)) => {
                let problem = error.problem();
                self.publisher.publish(EventBody::Trouble(problem.clone()));
                let Some(edit) = self.get(id) else { return };
                // It is still there, and nothing in the queue is about it any more.
                edit.note.transfer = None;
                edit.is_discarded = false;
                if was_opened {
                    Self::leave(edit, Unsent::TakenOut);
                } else {
                    edit.state = EditState::NotFetched(problem);
                }
            }
            Err(_) => self.all.retain(|edit| edit.id() != id),
        }
    }
}

/// What is told of others in the folder of a file that was put away.
fn stays_beside(name: &str, others: &[String], room: &Path) -> Option<Problem> {
    let first = others.first()?;
    let more = if others.len() > 1 { format!(" and {} more", others.len() - 1) } else { String::new() };
    let what = format!("“{name}” was put away. What was beside it stays: “{}”{more}.", readable(first));
    Some(Problem::new(ProblemKind::Local, what).advise(format!("It is in “{}”.", room.display())))
}
