//! Dialogs, settings and what verbs say about themselves.

use super::*;
use crate::model::rate::{Rate, SpeedLimits};
use crate::screen::Dialog;
use crate::screen::settings_form::{SettingsForm, SettingsPage};

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
