//! Whatever a person does and the engine reports, in whichever order, the screen stays whole.

use proptest::prelude::*;

use super::*;
use crate::model::edited::{EditState, Unsent};
use crate::model::session::ConnectStep;
use crate::model::sort::SortKey;
use crate::model::transfer::TransferId;
use crate::screen::action::{Extend, Move};
use crate::screen::dialog::GuardPurpose;
use crate::screen::toasts::MOST;

/// What can happen, as plain data so that a failure prints and shrinks.
#[derive(Clone, Debug)]
enum Step {
    Act(Action),
    Local(u8, Vec<u8>),
    Remote(u8, Vec<u8>),
    Phase(u8),
    Left,
    Pending(usize),
    Edits(Vec<u8>),
}

const NAMES: [&str; 10] = ["a/", "b", "B", ".hidden", "file2", "file10", "link@", "pipe|", "..\\x", "über"];
const FOLDERS: [&str; 4] = ["/", "/one", "/one/two", "/three"];

fn side() -> impl Strategy<Value = Side> {
    prop_oneof![Just(Side::Local), Just(Side::Remote)]
}

fn extend() -> impl Strategy<Value = Extend> {
    prop_oneof![Just(Extend::Replace), Just(Extend::Toggle), Just(Extend::Range)]
}

fn motion() -> impl Strategy<Value = Move> {
    prop_oneof![
        Just(Move::Up),
        Just(Move::Down),
        Just(Move::First),
        Just(Move::Last),
        any::<usize>().prop_map(Move::PageUp),
        any::<usize>().prop_map(Move::PageDown),
    ]
}

fn sort_key() -> impl Strategy<Value = SortKey> {
    prop_oneof![Just(SortKey::Name), Just(SortKey::Size), Just(SortKey::Modified), Just(SortKey::Mode), Just(SortKey::Owner)]
}

fn action() -> impl Strategy<Value = Action> {
    prop_oneof![
        6 => (0..Verb::ALL.len()).prop_map(|index| Action::Do(Verb::ALL[index])),
        4 => (side(), 0..12_usize, extend(), any::<bool>())
            .prop_map(|(side, row, extend, secondary)| Action::ClickRow { side, row, extend, secondary }),
        3 => (side(), motion(), extend()).prop_map(|(side, to, extend)| Action::MoveCursor { side, to, extend }),
        2 => (side(), 0..12_usize).prop_map(|(side, row)| Action::OpenRow { side, row }),
        2 => (side(), "[a-z.*?]{0,3}").prop_map(|(side, text)| Action::Filter { side, text }),
        1 => (side(), any::<bool>()).prop_map(|(side, shown)| Action::ShowFilter { side, shown }),
        2 => (side(), "[a-z]{0,2}", 0.0..1e3).prop_map(|(side, text, now)| Action::TypeAhead { side, text, now }),
        2 => (side(), sort_key()).prop_map(|(side, key)| Action::SortBy { side, key }),
        1 => side().prop_map(Action::ClickEmpty),
        1 => (side(), proptest::option::of(0..12_usize)).prop_map(|(from, onto)| Action::DropRows { from, onto }),
        1 => (side(), proptest::option::of(0..12_usize))
            .prop_map(|(side, onto)| Action::DropFiles { paths: vec!["/x/y".into()], side, onto }),
        1 => (side(), ".{0,6}").prop_map(|(side, text)| Action::EditPath { side, text: Some(text) }),
        1 => side().prop_map(|side| Action::EnterPath { side }),
        2 => ".{0,6}".prop_map(Action::EditAddress),
        1 => (0..9_usize).prop_map(Action::ChooseSuggestion),
        1 => proptest::option::of(0..9_usize).prop_map(Action::EnterAddress),
        1 => prop_oneof![Just("books"), Just("lindt"), Just("gone")].prop_map(|id| Action::OpenSite(SiteId(id.into()))),
        1 => prop_oneof![Just("books"), Just("lindt")].prop_map(|id| Action::EditSite(SiteId(id.into()))),
        1 => (0..5_u64, extend()).prop_map(|(id, extend)| Action::ClickTransfer {
            id: TransferId(id),
            extend,
            secondary: false,
            visible: (0..3).map(TransferId).collect(),
        }),
        2 => Just(Action::AcceptDialog),
        1 => Just(Action::SecondDialogAnswer),
        1 => Just(Action::CloseDialog),
        1 => Just(Action::GuardChoose(DisconnectWhen::QueueDone)),
        1 => Just(Action::CloseRequested),
        1 => (0.0..1e4).prop_map(|now| Action::Tick { now }),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    let names = || proptest::collection::vec(0..10_u8, 0..8);
    prop_oneof![
        8 => action().prop_map(Step::Act),
        1 => (0..4_u8, names()).prop_map(|(folder, names)| Step::Local(folder, names)),
        1 => (0..4_u8, names()).prop_map(|(folder, names)| Step::Remote(folder, names)),
        1 => (0..6_u8).prop_map(Step::Phase),
        1 => Just(Step::Left),
        1 => (0..3_usize).prop_map(Step::Pending),
        1 => proptest::collection::vec(0..4_u8, 0..3).prop_map(Step::Edits),
    ]
}

fn phase(number: u8) -> Phase {
    match number {
        0 => Phase::Offline,
        1 => Phase::Connecting(ConnectStep::Greeting),
        2 => Phase::Leaving(DisconnectWhen::Now),
        3 => adrift(),
        4 => stranded(),
        _ => Phase::Moored,
    }
}

fn perform(screen: &mut Screen, step: Step) -> Vec<Effect> {
    let pick = |names: Vec<u8>| {
        let mut names = names;
        names.sort_unstable();
        names.dedup();
        names.into_iter().map(|index| NAMES[usize::from(index)]).collect::<Vec<_>>()
    };
    match step {
        Step::Act(action) => reduce(screen, action),
        Step::Local(folder, names) => show_local(screen, FOLDERS[usize::from(folder)], &pick(names)),
        Step::Remote(folder, names) => show_remote(screen, FOLDERS[usize::from(folder)], &pick(names)),
        Step::Phase(number) => set_phase(screen, phase(number)),
        Step::Left => tell(screen, EventBody::Left),
        Step::Pending(count) => {
            screen.queue.queued = count;
            Vec::new()
        }
        Step::Edits(states) => {
            let state = |number| match number {
                0 => EditState::Same,
                1 => EditState::Waiting,
                2 => EditState::Saved,
                _ => EditState::Unsent(Unsent::Declined),
            };
            let edits =
                (1..).zip(states).map(|(id, number)| edits::edit(id, if id == 1 { "books" } else { "lindt" }, state(number)));
            tell(screen, EventBody::Edits(Arc::new(edits.collect())))
        }
    }
}

fn check(screen: &Screen) -> Result<(), TestCaseError> {
    for side in [Side::Local, Side::Remote] {
        let pane = screen.pane(side);
        let entries = pane.listing.as_ref().map_or(0, |listing| listing.entries.len());
        let mut rows: Vec<u32> = pane.rows.clone();
        rows.sort_unstable();
        rows.dedup();
        prop_assert_eq!(rows.len(), pane.rows.len(), "a row twice");
        prop_assert!(rows.iter().all(|index| (*index as usize) < entries), "a row without entry");
        prop_assert!(pane.selected.iter().all(|index| rows.binary_search(index).is_ok()), "selected unseen");
        for row in [pane.cursor, pane.anchor].into_iter().flatten() {
            prop_assert!(row < pane.rows.len(), "cursor or anchor outside");
        }
        prop_assert_eq!(pane.cursor.is_none(), pane.rows.is_empty(), "a list with rows has a cursor");
        let sum: u64 = pane.selected_entries().filter(|entry| entry.kind == EntryKind::File).filter_map(|entry| entry.size).sum();
        prop_assert_eq!(pane.selected_bytes, sum);
        prop_assert_eq!(pane.crumbs.is_empty(), pane.place.is_none());
    }
    prop_assert!(screen.address.chosen == 0 || screen.address.chosen < screen.address.suggestions.len());
    prop_assert!(screen.toasts.len() <= MOST);
    prop_assert!(screen.site_cursor.is_none() || screen.marked_site().is_some());
    Ok(())
}

proptest! {
    #[test]
    fn the_screen_stays_whole(steps in proptest::collection::vec(step(), 0..60)) {
        let mut screen = moored();
        check(&screen)?;
        for step in steps {
            let was_pending = screen.queue.is_pending() && screen.has_session() && !screen.may_close;
            let chose = matches!(&step, Step::Act(Action::GuardChoose(_) | Action::AcceptDialog | Action::SecondDialogAnswer));
            let left = matches!(step, Step::Left);
            // Of this session's site only, for another's do not keep a session.
            let asks = |purpose| screen.has_session() && !screen.may_close && screen.edits_left_by(&purpose).next().is_some();
            let was_left_here = asks(GuardPurpose::Disconnect);
            let edits_change = matches!(step, Step::Edits(_));
            let effects = perform(&mut screen, step);
            check(&screen)?;
            if was_pending && !chose && !left {
                prop_assert!(!closes(&effects), "the window closed under pending transfers");
                prop_assert!(disconnects(&effects).is_none(), "a session was left under pending transfers");
            }
            if was_left_here && !chose && !left && !edits_change {
                prop_assert!(!closes(&effects), "the window closed over edited files");
            }
        }
    }

    #[test]
    fn a_refresh_keeps_what_is_selected_whatever_the_order(
        names in proptest::collection::btree_set("[a-e][0-9]?", 1..12),
        chosen in proptest::collection::vec(any::<bool>(), 12),
        key in sort_key(),
    ) {
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let mut screen = moored();
        show_remote(&mut screen, "/p", &names);
        for (row, chosen) in (0..names.len()).zip(chosen) {
            if chosen {
                reduce(&mut screen, Action::ClickRow { side: Side::Remote, row, extend: Extend::Toggle, secondary: false });
            }
        }
        let before: std::collections::BTreeSet<String> = selected(&screen, Side::Remote).into_iter().map(Into::into).collect();
        let at = cursor(&screen, Side::Remote).map(ToOwned::to_owned);
        reduce(&mut screen, Action::SortBy { side: Side::Remote, key });
        let reversed: Vec<&str> = names.iter().rev().copied().collect();
        show_remote(&mut screen, "/p", &reversed);
        let after: std::collections::BTreeSet<String> = selected(&screen, Side::Remote).into_iter().map(Into::into).collect();
        prop_assert_eq!(before, after);
        prop_assert_eq!(at.as_deref(), cursor(&screen, Side::Remote));
    }
}
