//! Questions of the engine.

use super::*;
use crate::engine::{Answer, Question, QuestionId, WantedFor};
use crate::model::conflict::{Facts, OnExists, Scope};
use crate::model::passwords::Keeping;
use crate::model::secret::Secret;
use crate::model::transfer::{Direction, TransferId};
use crate::screen::state::QuestionForm;

fn exists() -> Question {
    let unknown = Facts { size: None, modified: None };
    Question::Exists {
        transfer: TransferId(1),
        direction: Direction::Upload,
        local: "/a".into(),
        remote: rp("/a"),
        source: unknown,
        target: unknown,
        ahead: crate::model::clock::Ahead::NONE,
        was: None,
    }
}

fn password(keeping: Keeping) -> Question {
    Question::Password { site: Box::new(site("books", "Books", "h")), refused: None, keeping }
}

fn delete() -> Question {
    Question::Delete { places: Vec::new(), files: 3, folders: 1, bytes: 9, no_trash: None }
}

fn ask(screen: &mut Screen, number: u64, question: Question) {
    tell(screen, EventBody::Asked { id: QuestionId(number), question });
}

#[track_caller]
fn answered(effects: &[Effect]) -> (u64, &Answer) {
    match command(effects) {
        Command::Answer { question, answer } => (question.0, answer),
        other => panic!("{other:?}"),
    }
}

#[test]
fn questions_are_answered_in_order_each_with_a_fresh_form() {
    let mut screen = moored();
    ask(&mut screen, 1, exists());
    ask(&mut screen, 2, password(Keeping::Keyring));
    ask(&mut screen, 3, delete());
    assert_eq!(screen.question_form.choice, Some(OnExists::Overwrite));
    reduce(
        &mut screen,
        Action::EditQuestion(QuestionForm { choice: Some(OnExists::Skip), scope: Scope::Batch, ..Default::default() }),
    );
    let effects = reduce(&mut screen, Action::AcceptQuestion);
    assert_eq!(answered(&effects), (1, &Answer::Exists { choice: OnExists::Skip, scope: Scope::Batch }));

    assert_eq!(screen.question_form, QuestionForm { remember: true, ..Default::default() }, "nothing is left of the last answer");
    assert!(reduce(&mut screen, Action::SecondAnswer).is_empty(), "there is no second way on");
    screen.question_form.password = "pw".into();
    let effects = reduce(&mut screen, Action::AcceptQuestion);
    assert!(matches!(answered(&effects), (2, Answer::Password { password, remember: true }) if password.reveal() == "pw"));
    assert_eq!(screen.question_form.password, "", "a password does not stay in the form");
    assert_eq!(answered(&reduce(&mut screen, Action::AcceptQuestion)), (3, &Answer::Confirm));
    assert!(reduce(&mut screen, Action::AcceptQuestion).is_empty());
}

#[test]
fn transfers_are_taken_out_or_paused_instead_or_neither() {
    for (action, expected) in
        [(Action::AcceptQuestion, Answer::Confirm), (Action::SecondAnswer, Answer::Pause), (Action::CancelQuestion, Answer::Cancel)]
    {
        let mut screen = moored();
        ask(&mut screen, 1, Question::Discard { transfers: 2, bytes: 1 << 30 });
        assert_eq!(answered(&reduce(&mut screen, action)), (1, &expected));
    }
}

#[test]
fn without_a_keyring_nothing_is_remembered() {
    let mut screen = moored();
    ask(&mut screen, 1, password(Keeping::Nowhere));
    assert!(!screen.question_form.remember);
    screen.question_form.remember = true;
    let effects = reduce(&mut screen, Action::AcceptQuestion);
    assert!(matches!(answered(&effects).1, Answer::Password { remember: false, .. }));
}

#[test]
fn who_did_not_give_the_master_password_keeps_a_password_only_on_purpose() {
    let mut screen = moored();
    ask(&mut screen, 1, password(Keeping::Locked));
    assert!(!screen.question_form.remember);
    screen.question_form.remember = true;
    let effects = reduce(&mut screen, Action::AcceptQuestion);
    assert!(matches!(answered(&effects).1, Answer::Password { remember: true, .. }));
    ask(&mut screen, 2, password(Keeping::Master));
    assert!(screen.question_form.remember);
}

#[test]
fn the_master_password_is_given_or_the_passwords_stay_locked() {
    let mut screen = moored();
    ask(&mut screen, 1, Question::Master { wanted: WantedFor::Connecting { site: "Harbour Books".into() }, refused: false });
    screen.question_form.password = "correct horse".into();
    let effects = reduce(&mut screen, Action::AcceptQuestion);
    assert_eq!(answered(&effects), (1, &Answer::Master(Secret::new("correct horse"))));
    assert_eq!(screen.question_form.password, "", "it does not stay in the form");
    ask(&mut screen, 2, Question::Master { wanted: WantedFor::Connecting { site: "Harbour Books".into() }, refused: true });
    assert_eq!(answered(&reduce(&mut screen, Action::CancelQuestion)), (2, &Answer::StayLocked));
}

#[test]
fn a_withdrawn_question_goes_and_the_next_one_begins_anew() {
    let mut screen = moored();
    ask(&mut screen, 1, password(Keeping::Keyring));
    ask(&mut screen, 2, exists());
    screen.question_form.password = "half".into();
    tell(&mut screen, EventBody::Withdrawn { id: QuestionId(9) });
    assert_eq!(screen.question_form.password, "half", "another question does not disturb");
    tell(&mut screen, EventBody::Withdrawn { id: QuestionId(1) });
    assert_eq!(screen.question_form, QuestionForm { choice: Some(OnExists::Overwrite), ..Default::default() });
    assert_eq!(answered(&reduce(&mut screen, Action::CancelQuestion)), (2, &Answer::Cancel));
}
