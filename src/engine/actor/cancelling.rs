//! Taking transfers out of the queue: at once where little is lost by it, after a question where much is.

use super::Actor;
use crate::engine::command::Answer;
use crate::engine::event::Question;
use crate::engine::{leftovers, settle};
use crate::model::chosen::Chosen;
use crate::model::queue::{Item, Queue};
use crate::model::transfer::{TransferId, TransferState};

/// From so many bytes on it is asked: nobody wants to fetch them again for one wrong key.
const MUCH: u64 = 64 << 20;

impl Actor {
    /// Takes transfers out, or asks whether that is wanted; meanwhile they go on.
    pub(super) async fn cancel(&mut self, chosen: Chosen) {
        // What was shown under a tab may be under another one by the time of the answer.
        let ids = self.shared.queue.find(&chosen).await;
        let (transfers, bytes) = self.shared.queue.lost_with(&ids).await;
        if bytes < MUCH {
            return self.take_out(&chosen).await;
        }
        let (publisher, questions, queue) = (self.publisher.clone(), self.shared.questions.clone(), self.shared.queue.clone());
        self.cancelling.spawn(async move {
            let answer = tokio::select! {
                answer = questions.ask(&publisher, Question::Discard { transfers, bytes }) => answer,
                () = queue.all_through(&ids) => Answer::Cancel,
            };
            match answer {
                Answer::Confirm => Some(queue.not_through(ids).await.into()),
                Answer::Pause => {
                    queue.pause(&ids.into()).await;
                    None
                }
                _ => None,
            }
        });
    }

    /// Takes transfers out; what has arrived of them goes with them.
    pub(super) async fn take_out(&mut self, chosen: &Chosen) {
        // What has arrived of an edited file is known as such, and not as cancelled.
        self.edits.follow().await;
        let gone = self.shared.queue.cancel(chosen, async |ids: &[TransferId]| self.abandon_parts(ids).await).await;
        self.clearing.spawn_blocking(move || gone.iter().for_each(settle::discard_part));
    }

    /// What uploads that do not run have on the server is taken away when there is a connection, now or next time.
    async fn abandon_parts(&self, ids: &[TransferId]) {
        // What asks has no connection that would do it.
        let has_connection = |item: &Item| item.state.is_running() && item.state != TransferState::Asking;
        let is_running = |queue: &Queue, id: &TransferId| queue.get(*id).is_some_and(|item| has_connection(&item));
        let parts = self.shared.queue.read(|queue| {
            let idle: Vec<TransferId> = ids.iter().copied().filter(|id| !is_running(queue, id)).collect();
            let begun = idle.iter().filter_map(|id| leftovers::begun_of(&*queue.get(*id)?));
            leftovers::parts_of(queue, &idle).into_iter().chain(begun).collect::<Vec<_>>()
        });
        if !parts.is_empty() {
            self.shared.leftovers.add(parts).await;
            if let Some(session) = &self.session {
                session.context.working.send_modify(|_| {});
            }
        }
    }
}
