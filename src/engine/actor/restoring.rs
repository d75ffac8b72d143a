//! What earlier programs left: the queue, and files that are edited.

use super::Actor;
use crate::engine::event::EventBody;
use crate::model::format;
use crate::model::log::LogKind;
use crate::model::problem::{Problem, ProblemKind};
use crate::model::queue::Queue;
use crate::store::queue::QueueJournal;

impl Actor {
    /// Takes over the queue that was saved, and says what waits in it.
    pub(super) fn restore(&self, journal: QueueJournal, queue: Queue, problem: Option<Problem>) {
        if let Some(problem) = problem {
            self.publisher.publish(EventBody::Trouble(problem));
        }
        let is_kept = journal.is_kept();
        let (count, held) = (queue.len(), if queue.is_held() { ", and held" } else { "" });
        let publisher = self.publisher.clone();
        let kept = self.shared.queue.keep(queue, journal, move |words: String| {
            publisher.log(0, LogKind::Problem, format!("The queue cannot be saved: nothing new begins until it can. {words}"));
            publisher.publish(EventBody::QueueUnsaved { words });
        });
        self.shared.leftovers.queue_is_saved(is_kept && kept.is_ok());
        if count > 0 {
            // Only now: it wakes the window, which then finds them.
            let words = format::counted(count, "transfer is", "transfers are");
            self.publisher.publish(EventBody::Notice(format!("{words} in the queue from last time{held}.")));
        }
        if let Err(error) = kept {
            self.publisher.publish(EventBody::Trouble(Problem::new(
                ProblemKind::Local,
                format!("The queue is not saved in this session: {error}."),
            )));
        }
    }

    /// Finds the edits that earlier programs left.
    pub(super) async fn restore_edits(&mut self) {
        let idle = self.edits.restore().await;
        self.take_out_idle(idle).await;
    }
}
