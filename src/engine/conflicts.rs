//! What to do about targets that exist: standing answers first, then one question at a time.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::engine::command::Answer;
use crate::engine::event::Question;
use crate::engine::publish::Publisher;
use crate::engine::questions::Questions;
use crate::model::clock::Ahead;
use crate::model::conflict::{self, OnExists, Scope};
use crate::model::problem::Problem;
use crate::model::transfer::Direction;

/// The standing answers of one session.
#[derive(Default)]
pub struct Conflicts {
    standing: Mutex<Standing>,
    one_at_a_time: tokio::sync::Mutex<()>,
}

#[derive(Default)]
struct Standing {
    directions: HashMap<Direction, OnExists>,
    batches: HashMap<(u64, Direction), OnExists>,
}

/// Whose answer is wanted.
#[derive(Clone, Copy, Debug)]
pub struct Asker {
    /// Its batch; 0 is none.
    pub batch: u64,
    /// Which way.
    pub direction: Direction,
    /// How far the target's clock is ahead of the source's.
    pub ahead: Ahead,
    /// It is a file that is edited: what somebody else made of it is asked about each time, and the answer is for nothing else.
    pub is_edited: bool,
}

/// Why a question led to nothing that could be done.
#[derive(Clone, Debug)]
pub enum Unanswered {
    /// A person wants no answer to be given: the target is left as it is.
    Declined,
    /// The answer decides nothing, or whoever answers refuses: the item fails.
    Failed(Problem),
}

impl Conflicts {
    /// The answer that was given for this batch, if there was one.
    pub fn of_batch(&self, batch: u64, direction: Direction) -> Option<OnExists> {
        self.lock().batches.get(&(batch, direction)).copied()
    }

    /// The answer that was given for the session in this direction, if there was one.
    pub fn of_session(&self, direction: Direction) -> Option<OnExists> {
        self.lock().directions.get(&direction).copied()
    }

    /// Asks, unless a standing answer came while this one waited for its turn.
    ///
    /// # Errors
    /// Why nothing is done: it was declined, or the answer decides nothing about it.
    pub async fn ask(
        &self,
        questions: &Questions,
        publisher: &Publisher,
        asker: Asker,
        question: Question,
    ) -> Result<(OnExists, Scope), Unanswered> {
        let _turn = self.one_at_a_time.lock().await;
        let standing = [self.of_batch(asker.batch, asker.direction), self.of_session(asker.direction)]
            .map(|standing| standing.filter(|_| !asker.is_edited));
        // An answer that decides nothing here (newer, of files without a time) must not be applied again and again.
        if let Some(choice) = standing.into_iter().flatten().find(|choice| decides(*choice, &question, asker.ahead)) {
            return Ok((choice, Scope::File));
        }
        match questions.ask(publisher, question.clone()).await {
            Answer::Exists { choice, scope } if choice != OnExists::Ask => {
                let scope = if asker.is_edited { Scope::File } else { scope };
                let mut standing = self.lock();
                match scope {
                    Scope::File => {}
                    Scope::Batch if asker.batch == 0 => {}
                    Scope::Batch => drop(standing.batches.insert((asker.batch, asker.direction), choice)),
                    // The settings are looked at last: what was said before for the session must not outdo them.
                    Scope::Session | Scope::Always => drop(standing.directions.insert(asker.direction, choice)),
                }
                drop(standing);
                match &question {
                    // Others may be decided by it; this one would be asked about without end.
                    Question::Exists { source, target, .. } if !decides(choice, &question, asker.ahead) => {
                        Err(Unanswered::Failed(conflict::undecided(choice, source, target)))
                    }
                    _ => Ok((choice, scope)),
                }
            }
            Answer::Refuse(problem) => Err(Unanswered::Failed(problem)),
            _ => Err(Unanswered::Declined),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Standing> {
        self.standing.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn decides(choice: OnExists, question: &Question, ahead: Ahead) -> bool {
    match question {
        Question::Exists { source, target, .. } => conflict::decides(choice, source, target, ahead),
        _ => true,
    }
}
