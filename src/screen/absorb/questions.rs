//! Questions of the engine: they wait in order, and each comes to the front with a fresh form.

use crate::engine::{Question, QuestionId};
use crate::model::clock;
use crate::model::conflict::OnExists;
use crate::model::difference::Difference;
use crate::model::passwords::Keeping;
use crate::model::problem::Problem;
use crate::model::site::Logon;
use crate::screen::Effect;
use crate::screen::reduce::is_about_to_ask;
use crate::screen::state::{Comparison, QuestionForm, Screen};

pub(super) fn asked(screen: &mut Screen, id: QuestionId, question: Question) -> Vec<Effect> {
    screen.questions.retain(|(known, _)| *known != id);
    if matches!(question, Question::Delete { .. } | Question::Trash { .. }) {
        screen.delete_awaited = is_about_to_ask(screen);
        screen.deleting_since = None;
    }
    screen.questions.push_back((id, question));
    if screen.questions.len() == 1 {
        screen.prepare_question();
    }
    Vec::new()
}

pub(super) fn withdrawn(screen: &mut Screen, id: QuestionId) -> Vec<Effect> {
    let was_in_front = screen.questions.front().is_some_and(|(front, _)| *front == id);
    screen.questions.retain(|(known, _)| *known != id);
    if was_in_front {
        screen.prepare_question();
    }
    Vec::new()
}

/// A question that was answered meanwhile wants to hear no more of it.
pub(super) fn compared(screen: &mut Screen, id: QuestionId, result: Result<Difference, Problem>) -> Vec<Effect> {
    if screen.questions.front().is_some_and(|(front, _)| *front == id) {
        screen.comparison = Some(match result {
            Ok(difference) => Comparison::Found(difference),
            Err(problem) => Comparison::Failed(problem),
        });
    }
    Vec::new()
}

impl Screen {
    /// A question came to the front (or none is left): its form begins with what is most often wanted.
    pub fn prepare_question(&mut self) {
        self.comparison = None;
        self.question_form = match self.questions.front() {
            Some((_, Question::Password { site, keeping, .. })) => QuestionForm {
                // Who did not want to give the master password just now is not asked for it again unless they want to.
                remember: matches!(keeping, Keeping::Keyring | Keeping::Master) && site.logon == Logon::Keyring,
                ..QuestionForm::default()
            },
            // Neither what somebody else made of the file nor what was made of it here is lost by Enter alone.
            Some((_, Question::Exists { was: Some(_), .. })) => {
                QuestionForm { choice: Some(OnExists::Rename), ..QuestionForm::default() }
            }
            Some((_, Question::Exists { source, target, ahead, .. })) => {
                // Enter alone replaces nothing that is newer.
                let times = source.modified.zip(target.modified);
                let is_newer = times.is_some_and(|(source, target)| clock::is_newer(target, source, ahead.back()));
                let choice = Some(if is_newer { OnExists::Skip } else { OnExists::Overwrite });
                QuestionForm { choice, ..QuestionForm::default() }
            }
            Some((
                _,
                Question::Certificate { .. }
                | Question::Master { .. }
                | Question::Changed { .. }
                | Question::Delete { .. }
                | Question::Trash { .. }
                | Question::Discard { .. }
                | Question::Power { .. }
                | Question::Saved { .. },
            ))
            | None => QuestionForm::default(),
        };
    }
}
