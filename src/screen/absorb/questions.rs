//! Questions of the engine: they wait in order, and each comes to the front with a fresh form.

use crate::engine::{Question, QuestionId};
use crate::model::conflict::OnExists;
use crate::model::site::Logon;
use crate::screen::Effect;
use crate::screen::state::{QuestionForm, Screen};

pub(super) fn asked(screen: &mut Screen, id: QuestionId, question: Question) -> Vec<Effect> {
    screen.questions.retain(|(known, _)| *known != id);
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

impl Screen {
    /// A question came to the front (or none is left): its form begins with what is most often wanted.
    pub fn prepare_question(&mut self) {
        self.question_form = match self.questions.front() {
            Some((_, Question::Password { site, can_remember, .. })) => QuestionForm {
                remember: *can_remember && site.logon == Logon::Keyring && !site.id.is_quick(),
                ..QuestionForm::default()
            },
            Some((_, Question::Exists { source, target, .. })) => {
                // Enter alone replaces nothing that is newer.
                let is_newer = source.modified.zip(target.modified).is_some_and(|(source, target)| target.at > source.at);
                let choice = Some(if is_newer { OnExists::Skip } else { OnExists::Overwrite });
                QuestionForm { choice, ..QuestionForm::default() }
            }
            Some((
                _,
                Question::Certificate { .. } | Question::Changed { .. } | Question::Delete { .. } | Question::Power { .. },
            ))
            | None => QuestionForm::default(),
        };
    }
}
