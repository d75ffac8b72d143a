//! The guard, in every phase.

use super::*;
use crate::engine::EventBody;
use crate::screen::dialog::{Dialog, GuardPurpose};

/// Every way out, and what it is for.
fn ways_out() -> Vec<(Action, GuardPurpose)> {
    vec![
        (Action::Do(Verb::Disconnect), GuardPurpose::Disconnect),
        (Action::Do(Verb::Quit), GuardPurpose::Close),
        (Action::CloseRequested, GuardPurpose::Close),
        (Action::OpenSite(SiteId("lindt".into())), GuardPurpose::Connect(SiteId("lindt".into()))),
    ]
}

fn purpose(screen: &Screen) -> Option<&GuardPurpose> {
    match &screen.dialog {
        Some(Dialog::Guard { purpose, .. }) => Some(purpose),
        _ => None,
    }
}

#[test]
fn no_way_out_passes_the_guard_while_transfers_are_pending() {
    for phase in phases() {
        for (action, expected) in ways_out() {
            let mut screen = moored();
            set_phase(&mut screen, phase.clone());
            pend(&mut screen);
            let effects = reduce(&mut screen, action.clone());
            let up = !matches!(phase, Phase::Offline | Phase::Stranded { .. });
            if up {
                assert!(effects.is_empty(), "{action:?} in {phase:?} did {effects:?}");
                assert_eq!(purpose(&screen), Some(&expected), "{action:?} in {phase:?}");
            } else {
                assert_eq!(purpose(&screen), None, "nothing to guard in {phase:?}");
            }
        }
    }
}

#[test]
fn without_pending_work_nothing_is_asked() {
    for phase in phases() {
        for (action, expected) in ways_out() {
            let mut screen = moored();
            set_phase(&mut screen, phase.clone());
            let effects = reduce(&mut screen, action.clone());
            assert_eq!(screen.dialog, None, "{action:?} in {phase:?}");
            match (&phase, &expected) {
                (Phase::Offline | Phase::Stranded { .. }, GuardPurpose::Disconnect) => assert!(effects.is_empty()),
                (Phase::Offline | Phase::Stranded { .. }, GuardPurpose::Close) => assert!(closes(&effects)),
                (Phase::Moored | Phase::Leaving(_), GuardPurpose::Connect(_)) => {
                    assert_eq!(disconnects(&effects), Some(DisconnectWhen::Now), "a goodbye comes first");
                }
                (_, GuardPurpose::Connect(id)) => assert_eq!(connects(&effects).map(|site| &site.id), Some(id), "{phase:?}"),
                _ => {
                    assert_eq!(disconnects(&effects), Some(DisconnectWhen::Now), "{action:?} in {phase:?}");
                    assert!(!closes(&effects), "the window waits for the goodbye");
                }
            }
        }
    }
}

#[test]
fn each_choice_disconnects_then_and_goes_on_as_was_wanted() {
    for when in [DisconnectWhen::QueueDone, DisconnectWhen::FilesDone, DisconnectWhen::Now] {
        for (action, expected) in ways_out() {
            let mut screen = moored();
            pend(&mut screen);
            reduce(&mut screen, action);
            let effects = reduce(&mut screen, Action::GuardChoose(when));
            assert_eq!(disconnects(&effects), Some(when));
            assert_eq!(screen.dialog, None);
            assert!(!closes(&effects) && connects(&effects).is_none());

            set_phase(&mut screen, Phase::Leaving(when));
            set_phase(&mut screen, Phase::Offline);
            let effects = tell(&mut screen, EventBody::Left);
            match expected {
                GuardPurpose::Disconnect => assert!(effects.is_empty()),
                GuardPurpose::Close => assert!(closes(&effects)),
                GuardPurpose::Connect(id) => assert_eq!(connects(&effects).map(|site| &site.id), Some(&id)),
            }
        }
    }
}

#[test]
fn the_chosen_card_is_what_enter_takes() {
    let mut screen = moored();
    pend(&mut screen);
    act(&mut screen, Verb::Disconnect);
    let Some(Dialog::Guard { purpose, choice, edits }) = screen.dialog.clone() else { panic!("no guard") };
    assert_eq!(choice, DisconnectWhen::QueueDone);
    reduce(&mut screen, Action::EditDialog(Box::new(Dialog::Guard { purpose, choice: DisconnectWhen::FilesDone, edits })));
    assert_eq!(disconnects(&reduce(&mut screen, Action::AcceptDialog)), Some(DisconnectWhen::FilesDone));
}

#[test]
fn staying_keeps_everything_and_takes_a_plan_back() {
    let mut screen = moored();
    pend(&mut screen);
    act(&mut screen, Verb::Quit);
    assert!(reduce(&mut screen, Action::CloseDialog).is_empty(), "nothing was planned yet");
    assert!(!screen.is_closing());

    act(&mut screen, Verb::Quit);
    reduce(&mut screen, Action::GuardChoose(DisconnectWhen::QueueDone));
    assert!(screen.is_closing());
    set_phase(&mut screen, Phase::Leaving(DisconnectWhen::QueueDone));
    let effects = act(&mut screen, Verb::StayConnected);
    assert!(matches!(command(&effects), Command::StayConnected));
    assert!(!screen.is_closing());
    assert!(!closes(&tell(&mut screen, EventBody::Left)), "the plan was taken back");
}

#[test]
fn a_held_queue_is_released_only_by_choosing_to_wait_for_it() {
    let mut screen = moored();
    pend(&mut screen);
    screen.queue.paused = true;
    screen.queue.running = 0;
    act(&mut screen, Verb::Disconnect);
    assert!(matches!(screen.dialog, Some(Dialog::Guard { choice: DisconnectWhen::Now, .. })), "Enter must not set it off");
    let effects = reduce(&mut screen, Action::GuardChoose(DisconnectWhen::QueueDone));
    assert!(matches!(commands(&effects)[..], [Command::HoldQueue { held: false }, Command::Disconnect { .. }]));
}

#[test]
fn once_left_the_window_closes_without_asking_again() {
    let mut screen = moored();
    act(&mut screen, Verb::Quit);
    assert!(closes(&tell(&mut screen, EventBody::Left)));
    pend(&mut screen);
    screen.session.phase = Phase::Moored;
    assert!(closes(&reduce(&mut screen, Action::CloseRequested)));
}

#[test]
fn asking_twice_does_not_wait_for_a_silent_server() {
    let mut screen = moored();
    assert!(!closes(&act(&mut screen, Verb::Quit)));
    assert!(closes(&reduce(&mut screen, Action::CloseRequested)));

    let mut screen = moored();
    let lindt = Action::OpenSite(SiteId("lindt".into()));
    assert!(connects(&reduce(&mut screen, lindt.clone())).is_none());
    assert!(connects(&reduce(&mut screen, lindt)).is_some());
}

#[test]
fn a_session_that_is_stranded_keeps_the_window_and_its_banner() {
    let mut screen = moored();
    pend(&mut screen);
    act(&mut screen, Verb::Quit);
    reduce(&mut screen, Action::GuardChoose(DisconnectWhen::QueueDone));
    set_phase(&mut screen, stranded());
    assert!(!screen.is_closing());
    act(&mut screen, Verb::Quit);
    assert!(screen.may_close, "a queued rest is kept, so nothing is asked");
}

#[test]
fn reconnecting_a_moored_session_is_guarded_and_an_adrift_one_is_not() {
    let mut screen = moored();
    pend(&mut screen);
    assert!(act(&mut screen, Verb::Reconnect).is_empty());
    assert!(purpose(&screen).is_some());

    let mut screen = moored();
    set_phase(&mut screen, adrift());
    pend(&mut screen);
    assert!(matches!(command(&act(&mut screen, Verb::Reconnect)), Command::ReconnectNow));
}
