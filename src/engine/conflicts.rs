//! What to do about targets that exist: standing answers first, then one question at a time.

use std::sync::{Mutex, PoisonError};

use crate::engine::command::Answer;
use crate::engine::event::Question;
use crate::engine::publish::Publisher;
use crate::engine::questions::Questions;
use crate::model::conflict::{self, OnExists, Resolution};
use crate::model::transfer::Direction;

#[derive(Clone, Copy, Default)]
struct Standing {
    upload: Option<OnExists>,
    download: Option<OnExists>,
}

/// The standing answers of one session ("for all").
#[derive(Default)]
pub struct Conflicts {
    standing: Mutex<Standing>,
    one_at_a_time: tokio::sync::Mutex<()>,
}

impl Conflicts {
    /// The answer given "for all" in this direction, if there was one.
    pub fn standing(&self, direction: Direction) -> Option<OnExists> {
        let standing = self.standing.lock().unwrap_or_else(PoisonError::into_inner);
        match direction {
            Direction::Upload => standing.upload,
            Direction::Download => standing.download,
        }
    }

    /// Asks, unless an answer "for all" came while this one waited for its turn. `None` is "cancel".
    pub async fn ask(
        &self,
        questions: &Questions,
        publisher: &Publisher,
        direction: Direction,
        question: Question,
    ) -> Option<OnExists> {
        let _turn = self.one_at_a_time.lock().await;
        // An answer that decides nothing here (newer, of files without a time) must not be applied again and again.
        if let Some(choice) = self.standing(direction).filter(|choice| decides(*choice, &question)) {
            return Some(choice);
        }
        match questions.ask(publisher, question).await {
            Answer::Exists { choice, for_all } if choice != OnExists::Ask => {
                if for_all {
                    let mut standing = self.standing.lock().unwrap_or_else(PoisonError::into_inner);
                    match direction {
                        Direction::Upload => standing.upload = Some(choice),
                        Direction::Download => standing.download = Some(choice),
                    }
                }
                Some(choice)
            }
            _ => None,
        }
    }
}

fn decides(choice: OnExists, question: &Question) -> bool {
    match question {
        Question::Exists { source, target, .. } => conflict::resolve(choice, source, target) != Resolution::Ask,
        _ => true,
    }
}
