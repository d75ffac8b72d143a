//! Answers to the question in front.

use crate::engine::{Answer, Command, Question};
use crate::model::conflict::OnExists;
use crate::model::passwords::Keeping;
use crate::model::secret::Secret;
use crate::screen::action::Effect;
use crate::screen::state::{Comparison, Screen};

/// The main button: for a certificate, trust always.
pub(super) fn accept(screen: &mut Screen) -> Vec<Effect> {
    let form = &screen.question_form;
    let Some((_, question)) = screen.questions.front() else { return Vec::new() };
    let given = match question {
        Question::Certificate { .. } => Answer::TrustAlways,
        Question::Password { keeping, .. } => {
            let remember = form.remember && *keeping != Keeping::Nowhere;
            Answer::Password { password: Secret::new(form.password.clone()), remember }
        }
        Question::Master { .. } => Answer::Master(Secret::new(form.password.clone())),
        Question::Exists { .. } => Answer::Exists {
            choice: form.choice.filter(|choice| *choice != OnExists::Ask).unwrap_or(OnExists::Overwrite),
            scope: form.scope,
        },
        Question::Changed { .. } => Answer::Changed(form.when_changed),
        Question::Delete { .. }
        | Question::Trash { .. }
        | Question::Discard { .. }
        | Question::Power { .. }
        | Question::Saved { .. } => Answer::Confirm,
    };
    answer(screen, given)
}

pub(super) fn second(screen: &mut Screen) -> Vec<Effect> {
    match screen.questions.front() {
        Some((_, Question::Certificate { .. })) => answer(screen, Answer::TrustOnce),
        Some((_, Question::Discard { .. })) => answer(screen, Answer::Pause),
        Some((_, Question::Saved { .. })) => answer(screen, Answer::FromNowOn),
        _ => Vec::new(),
    }
}

/// Has both sides of the target that exists read and compared.
pub(super) fn compare(screen: &mut Screen) -> Vec<Effect> {
    let Some((question, Question::Exists { local, remote, .. })) = screen.questions.front() else { return Vec::new() };
    let command = Command::Compare { question: *question, local: local.clone(), remote: remote.clone() };
    screen.comparison = Some(Comparison::Running);
    vec![Effect::Engine(command)]
}

pub(super) fn cancel(screen: &mut Screen) -> Vec<Effect> {
    let given = match screen.questions.front() {
        Some((_, Question::Master { .. })) => Answer::StayLocked,
        _ => Answer::Cancel,
    };
    answer(screen, given)
}

fn answer(screen: &mut Screen, answer: Answer) -> Vec<Effect> {
    let Some((question, _)) = screen.questions.pop_front() else { return Vec::new() };
    screen.prepare_question();
    vec![Effect::Engine(Command::Answer { question, answer })]
}
