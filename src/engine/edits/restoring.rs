//! Finds at the start what earlier programs left of edited files: what was made of them is kept, and what nobody misses is put away.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::task::spawn_blocking;

use super::looking::stamp_of;
use super::{Edit, Edits};
use crate::engine::event::EventBody;
use crate::model::edited::{Basis, EditState, Stamp, Unsent, Watch};
use crate::model::problem::{Problem, ProblemKind};
use crate::model::transfer::TransferId;
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

    /// One that was left. Returns an item of the queue that is about nothing any more. What another program may look after is shown, and
    /// nothing is done about it.
    async fn found(&mut self, kept: Kept, mut note: Note) -> Option<TransferId> {
        let kept = Arc::new(kept);
        let local = kept.local(&note);
        // Another program's queue may have given the number to something else.
        let mut item = note
            .transfer
            .map(TransferId)
            .filter(|id| self.queue.read(|queue| queue.get(*id).is_some_and(|item| item.local == local && item.basis.is_some())));
        let stamp = stamp_of(local.clone()).await;
        let (looked, known) = (Arc::clone(&kept), note.clone());
        let others = spawn_blocking(move || looked.others(&known)).await.map_err(io::Error::other).flatten();
        let is_alone = others.as_ref().is_ok_and(Vec::is_empty);
        let is_gone = matches!(stamp, Ok(None));
        let mut idle = None;
        if let Some(synced) = note.synced {
            if is_gone && is_alone {
                // Somebody took it away: nothing was made of it.
                self.clear_away(kept, Some(note)).await;
                return item;
            }
            let is_same = matches!(stamp, Ok(Some(stamp)) if stamp == synced && is_forgotten(stamp, &kept));
            if item.is_none() && is_same && is_alone && kept.is_ours() {
                self.clear_away(kept, Some(note)).await;
                return None;
            }
            if is_gone {
                let what = format!("“{}” is not there any more. What else is in its folder stays.", note.name);
                let advice = format!("It may be what an editor kept of it: look into “{}”.", kept.room().display());
                self.publisher.publish(EventBody::Trouble(Problem::new(ProblemKind::Local, what).advise(advice)));
            }
        } else if is_gone {
            // Nobody has seen it yet.
            self.clear_away(kept, None).await;
            return item;
        } else {
            // It came and could be opened before that was noted: nobody knows what the server had.
            idle = item.take();
            note.synced = Some(Stamp::NONE);
            note.basis = Basis::unseen(note.basis.mode);
        }
        if item.is_none() {
            note.transfer = None;
        }
        let found = stamp.ok().flatten();
        let mut watch = Watch::new(note.synced.unwrap_or(Stamp::NONE));
        watch.look(found, std::time::Instant::now());
        let mut edit = Edit {
            kept,
            note,
            watch: Some(watch),
            state: EditState::Waiting,
            asking: None,
            has_failed: false,
            is_finishing: false,
            is_discarded: false,
        };
        if item.is_none() {
            Self::leave(&mut edit, Unsent::LastTime);
        }
        if item.is_none() && found.is_none() {
            edit.state = EditState::Unsent(Unsent::LastTime);
        }
        let (id, is_new) = (edit.id(), edit.kept.is_ours() && idle.is_some());
        self.all.push(edit);
        if is_new {
            self.save(id).await;
        }
        idle
    }

    /// Takes away what an earlier program left and nobody misses; without a note all of it, for nobody has opened it. Never what may be
    /// another program's.
    async fn clear_away(&self, kept: Arc<Kept>, note: Option<Note>) {
        if !kept.is_ours() {
            return;
        }
        let cleared = spawn_blocking(move || match note {
            Some(note) => kept.put_away(&note).map(drop),
            None => kept.remove(),
        });
        if let Ok(Err(error)) = cleared.await {
            self.publisher.publish(EventBody::Trouble(error.problem()));
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
