//! Questions to a person: asked as events, answered by commands; whoever asks waits, everything else goes on.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

use crate::engine::command::Answer;
use crate::engine::event::{EventBody, Question, QuestionId};
use crate::engine::publish::Publisher;

/// The open questions.
#[derive(Clone, Default)]
pub struct Questions {
    open: Arc<Mutex<Open>>,
}

#[derive(Default)]
struct Open {
    last: u64,
    waiting: HashMap<QuestionId, oneshot::Sender<Answer>>,
}

impl Questions {
    /// Asks and waits. A question that is withdrawn or never answered counts as cancelled; dropping the future withdraws it.
    pub async fn ask(&self, publisher: &Publisher, question: Question) -> Answer {
        let (answer, answered) = oneshot::channel();
        let id = {
            let mut open = self.lock();
            open.last += 1;
            let id = QuestionId(open.last);
            open.waiting.insert(id, answer);
            id
        };
        let withdraw = Withdraw { questions: self, publisher, id };
        publisher.publish(EventBody::Asked { id, question });
        let answer = answered.await.unwrap_or(Answer::Cancel);
        drop(withdraw);
        answer
    }

    /// Hands an answer to whoever waits for it; a late or doubled answer is dropped.
    pub fn answer(&self, id: QuestionId, answer: Answer) {
        if let Some(waiting) = self.lock().waiting.remove(&id) {
            // The asker may be gone in this very moment: then nothing is left to answer.
            drop(waiting.send(answer));
        }
    }

    fn lock(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Withdraws a question that nobody waits for any more.
struct Withdraw<'a> {
    questions: &'a Questions,
    publisher: &'a Publisher,
    id: QuestionId,
}

impl Drop for Withdraw<'_> {
    fn drop(&mut self) {
        if self.questions.lock().waiting.remove(&self.id).is_some() {
            self.publisher.publish(EventBody::Withdrawn { id: self.id });
        }
    }
}
