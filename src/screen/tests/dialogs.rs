//! Dialogs, settings and what verbs say about themselves.

use super::*;
use crate::engine::MasterChange;
use crate::model::passwords::{MasterPassword, PasswordsKept};
use crate::model::rate::{Rate, SpeedLimits};
use crate::screen::Dialog;
use crate::screen::settings_form::{SettingsForm, SettingsPage};
use crate::screen::typed_master::{MasterWish, TypedMaster};

#[test]
fn settings_change_nothing_until_they_are_accepted() {
    let mut screen = moored();
    act(&mut screen, Verb::Settings);
    let mut form = SettingsForm::of(screen.settings.clone(), screen.passwords);
    let draft = &mut form.settings;
    (draft.connections, draft.timeout_seconds, draft.show_hidden) = (200, 1, false);
    reduce(&mut screen, Action::EditDialog(Box::new(Dialog::Settings(Box::new(form)))));
    assert!(names(&screen, Side::Local).contains(&".env"));
    let effects = reduce(&mut screen, Action::AcceptDialog);
    let Command::SaveSettings { settings, .. } = command(&effects) else { panic!("{effects:?}") };
    assert_eq!((settings.connections, settings.timeout_seconds), (32, 5), "within their limits");
    assert!(!names(&screen, Side::Local).contains(&".env"));
    act(&mut screen, Verb::Settings);
    assert!(reduce(&mut screen, Action::CloseDialog).is_empty());
}

#[test]
fn what_is_wrong_with_names_that_are_left_out_is_shown_on_its_page() {
    let mut screen = moored();
    for (typed, expected) in [("a/b", None), ("*.tmp\n.DS_Store", Some(vec!["*.tmp".to_owned(), ".DS_Store".to_owned()]))] {
        act(&mut screen, Verb::Settings);
        let mut form = SettingsForm::of(screen.settings.clone(), screen.passwords);
        form.leave_out = typed.into();
        reduce(&mut screen, Action::EditDialog(Box::new(Dialog::Settings(Box::new(form)))));
        let effects = reduce(&mut screen, Action::AcceptDialog);
        match expected {
            Some(expected) => {
                let Command::SaveSettings { settings, .. } = command(&effects) else { panic!("{effects:?}") };
                assert_eq!(settings.leave_out, expected);
            }
            None => {
                let Some(Dialog::Settings(form)) = &screen.dialog else { panic!("{effects:?}") };
                assert_eq!((form.page, effects.len()), (SettingsPage::Transfers, 0));
                reduce(&mut screen, Action::CloseDialog);
            }
        }
    }
}

#[test]
fn the_speed_limits_open_their_page_and_a_choice_goes_to_the_engine() {
    let mut screen = moored();
    act(&mut screen, Verb::SpeedLimits);
    let Some(Dialog::Settings(form)) = &screen.dialog else { panic!("no settings") };
    assert_eq!(form.page, SettingsPage::Speed);

    let limits = SpeedLimits { both: Rate::kilobytes(500), ..SpeedLimits::default() };
    let effects = reduce(&mut screen, Action::LimitSpeed(Some(limits)));
    assert!(matches!(command(&effects), Command::LimitSpeed { limits: Some(chosen) } if *chosen == limits));
}

/// The settings at the page of passwords, with a master password that is there, and a wish that is not sent yet.
fn at_passwords(master: MasterPassword, wish: MasterWish) -> Screen {
    let mut screen = moored();
    screen.passwords = PasswordsKept { keyring: true, master };
    act(&mut screen, Verb::MasterPassword);
    let Some(Dialog::Settings(form)) = &screen.dialog else { panic!("{:?}", screen.dialog) };
    let mut form = form.clone();
    let typed = |text: &str| text.to_owned();
    let master =
        TypedMaster { wish, current: typed("old one"), new: typed("long enough"), again: typed("long enough"), ..form.master };
    form.master = master;
    reduce(&mut screen, Action::EditDialog(Box::new(Dialog::Settings(form))));
    screen
}

fn settings(screen: &Screen) -> &SettingsForm {
    match &screen.dialog {
        Some(Dialog::Settings(form)) => form,
        other => panic!("no settings: {other:?}"),
    }
}

#[test]
fn another_current_master_password_costs_nothing_of_what_was_typed() {
    let mut screen = at_passwords(MasterPassword::Open, MasterWish::Change);
    let effects = reduce(&mut screen, Action::AcceptDialog);
    assert!(matches!(command(&effects), Command::ChangeMaster(MasterChange::Set { .. })));
    assert_eq!(screen.dialog, None);
    tell(&mut screen, EventBody::MasterChanged { is_refused: true });
    let form = settings(&screen);
    assert_eq!(
        (form.page, form.master.new.as_str(), form.master.wish),
        (SettingsPage::Passwords, "long enough", MasterWish::Change)
    );
    assert!(matches!(&form.errors[..], [(TypedMaster::CURRENT, words)] if words.contains("not the master password")), "{form:?}");
    assert_eq!(screen.master_awaited, None);

    // Corrected, it is done, and nothing of it stays in memory.
    let mut form = form.clone();
    form.master.current = "the right one".into();
    reduce(&mut screen, Action::EditDialog(Box::new(Dialog::Settings(Box::new(form)))));
    assert!(matches!(command(&reduce(&mut screen, Action::AcceptDialog)), Command::ChangeMaster(_)));
    assert!(screen.master_awaited.is_some());
    tell(&mut screen, EventBody::MasterChanged { is_refused: false });
    assert_eq!((screen.dialog.is_none(), &screen.master_awaited), (true, &None));

    // Whoever went on meanwhile is not disturbed.
    let mut screen = at_passwords(MasterPassword::Open, MasterWish::Change);
    reduce(&mut screen, Action::AcceptDialog);
    act(&mut screen, Verb::Keys);
    tell(&mut screen, EventBody::MasterChanged { is_refused: true });
    assert_eq!((&screen.dialog, screen.toasts.len()), (&Some(Dialog::Keys), 1));
}

#[test]
fn open_settings_hear_what_becomes_of_the_master_password() {
    let mut screen = at_passwords(MasterPassword::Locked, MasterWish::Remove);
    tell(&mut screen, EventBody::Passwords(PasswordsKept { keyring: true, master: MasterPassword::Open }));
    let form = settings(&screen);
    assert_eq!((form.master.kept.master, form.master.wish), (MasterPassword::Open, MasterWish::Remove));
    // In another window it was taken away.
    tell(&mut screen, EventBody::Passwords(PasswordsKept { keyring: true, master: MasterPassword::None }));
    assert_eq!((settings(&screen).master.wish, screen.passwords.master), (MasterWish::Keep, MasterPassword::None));
}

#[test]
fn saved_passwords_are_not_lost_by_enter_alone() {
    // With a keyring to go to they are not lost: nothing is asked.
    let mut screen = at_passwords(MasterPassword::Open, MasterWish::Remove);
    assert!(matches!(command(&reduce(&mut screen, Action::AcceptDialog)), Command::ChangeMaster(MasterChange::Remove)));

    let mut screen = at_passwords(MasterPassword::Locked, MasterWish::Remove);
    assert!(reduce(&mut screen, Action::AcceptDialog).is_empty());
    assert!(matches!(screen.dialog, Some(Dialog::ForgetPasswords(_))));
    reduce(&mut screen, Action::CloseDialog);
    assert_eq!(settings(&screen).master.wish, MasterWish::Remove, "back to where it was wished");
    reduce(&mut screen, Action::AcceptDialog);
    assert!(matches!(command(&reduce(&mut screen, Action::AcceptDialog)), Command::ChangeMaster(MasterChange::Remove)));
    assert_eq!(screen.dialog, None);
}

#[test]
fn a_late_edit_does_not_open_a_dialog_again() {
    let mut screen = moored();
    let late = || Action::EditDialog(Box::new(Dialog::NewFolder { side: Side::Local, name: "x".into(), error: None }));
    reduce(&mut screen, late());
    assert_eq!(screen.dialog, None);
    act(&mut screen, Verb::Keys);
    reduce(&mut screen, late());
    assert_eq!(screen.dialog, Some(Dialog::Keys));
}

#[test]
fn what_cannot_be_done_says_why_and_does_nothing() {
    for phase in phases() {
        for side in [Side::Local, Side::Remote] {
            for verb in Verb::ALL {
                let mut screen = moored();
                set_phase(&mut screen, phase.clone());
                screen.active = side;
                if let Err(reason) = verb.is_enabled(&screen) {
                    assert!(reason.len() > 8 && !reason.ends_with('.'), "{verb:?}: {reason}");
                    let before = format!("{:?}", screen.pane(side));
                    assert!(reduce(&mut screen, Action::Do(*verb)).is_empty(), "{verb:?}");
                    assert_eq!((screen.dialog.is_none(), format!("{:?}", screen.pane(side))), (true, before), "{verb:?}");
                }
            }
        }
    }
}

#[test]
fn what_can_be_done_does_something() {
    for verb in Verb::ALL {
        for side in [Side::Local, Side::Remote] {
            let mut screen = moored();
            screen.active = side;
            pend(&mut screen);
            if verb.is_enabled(&screen).is_err() {
                continue;
            }
            let shown = format!("{screen:?}");
            let effects = reduce(&mut screen, Action::Do(*verb));
            // The tab that is shown already stays.
            let changed = format!("{screen:?}") != shown || !effects.is_empty() || *verb == Verb::ShowActive;
            assert!(changed, "{verb:?} did nothing on {side:?}");
        }
    }
}
