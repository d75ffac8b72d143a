//! The queue's selection and verbs, and messages.

use super::*;
use crate::model::arrangement::ArrangeBy;
use crate::model::chosen::Chosen;
use crate::model::queue::Reorder;
use crate::model::transfer::{Priority, QueueSummary, QueueTab, TransferId};
use crate::screen::action::Extend;
use crate::screen::state::{Focus, PanelTab};

fn ids(numbers: &[u64]) -> Vec<TransferId> {
    numbers.iter().copied().map(TransferId).collect()
}

fn click(screen: &mut Screen, number: u64, extend: Extend, secondary: bool) {
    let visible = ids(&[5, 3, 9, 1]);
    reduce(screen, Action::ClickTransfer { id: TransferId(number), extend, secondary, visible });
}

fn chosen(screen: &Screen) -> Vec<u64> {
    match &screen.queue_selected {
        Chosen::These(ids) => ids.iter().map(|id| id.0).collect(),
        all @ Chosen::All { .. } => panic!("{all:?}"),
    }
}

#[test]
fn rows_are_selected_in_the_order_that_is_seen() {
    let mut screen = moored();
    click(&mut screen, 3, Extend::Replace, false);
    click(&mut screen, 1, Extend::Range, false);
    assert_eq!(chosen(&screen), [1, 3, 9]);
    click(&mut screen, 5, Extend::Range, false);
    assert_eq!(chosen(&screen), [3, 5], "the range turns round its anchor");
    click(&mut screen, 3, Extend::Toggle, false);
    assert_eq!(chosen(&screen), [5]);
    click(&mut screen, 5, Extend::Replace, true);
    click(&mut screen, 9, Extend::Replace, true);
    assert_eq!(chosen(&screen), [9]);
    assert_eq!(screen.focus, Focus::Panel);
    reduce(&mut screen, Action::ShowTab(PanelTab::Done));
    assert!(chosen(&screen).is_empty(), "nothing stays selected unseen");
}

#[test]
fn verbs_are_about_the_selected_rows_and_need_some() {
    for (verb, tab) in [
        (Verb::PauseTransfers, PanelTab::Active),
        (Verb::ResumeTransfers, PanelTab::Queued),
        (Verb::CancelTransfers, PanelTab::Queued),
        (Verb::CancelTransfers, PanelTab::Failed),
        (Verb::RetryTransfers, PanelTab::Failed),
    ] {
        let mut screen = moored();
        reduce(&mut screen, Action::ShowTab(tab));
        assert!(act(&mut screen, verb).is_empty(), "{verb:?} without a selection would mean all of them");
        assert_eq!(screen.toasts.len(), 1);
        click(&mut screen, 3, Extend::Replace, false);
        let effects = act(&mut screen, verb);
        let (Command::Pause { ids: upon }
        | Command::Resume { ids: upon }
        | Command::Cancel { ids: upon }
        | Command::Retry { ids: upon }) = command(&effects)
        else {
            panic!("{effects:?}")
        };
        assert_eq!(*upon, ids(&[3]).into());
    }
}

#[test]
fn the_whole_queue_is_held_released_and_tried_again() {
    let mut screen = moored();
    assert!(act(&mut screen, Verb::HoldQueue).is_empty());
    pend(&mut screen);
    assert!(matches!(command(&act(&mut screen, Verb::HoldQueue)), Command::HoldQueue { held: true }));
    screen.queue.paused = true;
    assert!(matches!(command(&act(&mut screen, Verb::HoldQueue)), Command::HoldQueue { held: false }));
    screen.queue.failed = 2;
    assert!(
        matches!(command(&act(&mut screen, Verb::RetryAllFailed)), Command::Retry { ids } if *ids == Chosen::everything(QueueTab::Failed))
    );
    let effects = reduce(&mut screen, Action::CancelTransfer(TransferId(7)));
    assert!(matches!(command(&effects), Command::Cancel { ids } if *ids == TransferId(7).into()));
}

#[test]
fn select_all_is_about_the_list_that_has_the_keyboard() {
    let mut screen = moored();
    screen.focus = Focus::Panel;
    screen.queue.newest = TransferId(9);
    reduce(&mut screen, Action::ShowTab(PanelTab::Queued));
    reduce(&mut screen, Action::FilterQueue("php".into()));
    act(&mut screen, Verb::SelectAll);
    click(&mut screen, 3, Extend::Toggle, false);
    let Command::Cancel { ids: upon } = command(&act(&mut screen, Verb::CancelTransfers)).clone() else { panic!("no cancel") };
    let except = [TransferId(3)].into();
    assert_eq!(upon, Chosen::All { tab: QueueTab::Queued, filter: "php".into(), newest: TransferId(9), except });
    act(&mut screen, Verb::SelectAll);
    reduce(&mut screen, Action::FilterQueue(String::new()));
    assert!(chosen(&screen).is_empty(), "what matches another filter was not chosen");
    reduce(&mut screen, Action::SelectTransfers(ids(&[1, 2])));
    assert_eq!(chosen(&screen), [1, 2]);
    assert!(screen.local.selected.is_empty());
    act(&mut screen, Verb::SelectNone);
    assert!(chosen(&screen).is_empty());
}

#[test]
fn notices_go_and_trouble_stays_until_it_can_be_read() {
    let mut screen = moored();
    screen.notify("Done.");
    screen.complain("Failed.", "");
    reduce(&mut screen, Action::Tick { now: 103.9 });
    assert_eq!(screen.toasts.len(), 2);
    reduce(&mut screen, Action::Tick { now: 104.1 });
    assert_eq!(screen.toasts.iter().map(|toast| toast.text.as_str()).collect::<Vec<_>>(), ["Failed."]);
    reduce(&mut screen, Action::Tick { now: 108.1 });
    assert!(screen.toasts.is_empty());
    screen.complain("Failed.", "word ".repeat(100));
    assert_eq!(screen.toasts[0].until, 108.1 + 15.0, "more to read, but not for ever");
    let id = screen.toasts[0].id;
    reduce(&mut screen, Action::DismissToast(id));
    assert!(screen.toasts.is_empty());
    assert_eq!(screen.untold.len(), 2, "the log has both");
    assert_eq!(screen.untold[0], "Failed.");
}

#[test]
fn messages_stay_while_the_pointer_is_over_them() {
    let mut screen = moored();
    screen.notify("Done.");
    reduce(&mut screen, Action::HoldToasts(true));
    reduce(&mut screen, Action::Tick { now: 500.0 });
    assert_eq!(screen.toasts.len(), 1);
    reduce(&mut screen, Action::HoldToasts(false));
    reduce(&mut screen, Action::Tick { now: 501.9 });
    assert_eq!(screen.toasts.len(), 1, "a moment longer, for who slips off");
    reduce(&mut screen, Action::Tick { now: 502.1 });
    assert!(screen.toasts.is_empty());
}

#[test]
fn there_are_at_most_three_messages_and_the_oldest_notice_goes_first() {
    let mut screen = moored();
    screen.complain("p1", "");
    for text in ["n1", "n2", "n3", "n4"] {
        screen.notify(text);
    }
    let texts = |screen: &Screen| screen.toasts.iter().map(|toast| toast.text.clone()).collect::<Vec<_>>();
    assert_eq!(texts(&screen), ["p1", "n3", "n4"]);
    for text in ["p2", "p3", "p4"] {
        screen.complain(text, "");
    }
    assert_eq!(texts(&screen), ["p2", "p3", "p4"]);
    screen.complain("p2", "");
    assert_eq!(texts(&screen), ["p3", "p4", "p2"], "the same again is one message");
}

#[test]
fn theme_and_scale_are_saved() {
    use crate::model::settings::ThemeChoice;
    let mut screen = moored();
    screen.system_dark = true;
    for expected in [ThemeChoice::Light, ThemeChoice::Dark, ThemeChoice::Light] {
        let effects = act(&mut screen, Verb::ToggleTheme);
        assert!(matches!(command(&effects), Command::SaveSettings { settings, .. } if settings.theme == expected));
    }
    for _ in 0..30 {
        act(&mut screen, Verb::ZoomIn);
    }
    assert_eq!(screen.settings.scale_percent, 200);
    for _ in 0..30 {
        act(&mut screen, Verb::ZoomOut);
    }
    assert_eq!(screen.settings.scale_percent, 75);
    assert_eq!(act(&mut screen, Verb::ZoomReset).len(), 1);
    assert!(reduce(&mut screen, Action::Resized { queue_height: 326, sites_width: 196 }).is_empty(), "nothing changed");
    assert_eq!(reduce(&mut screen, Action::Resized { queue_height: 300, sites_width: 196 }).len(), 1);
}

#[test]
fn what_waits_is_moved_and_made_more_or_less_urgent() {
    for (verb, to) in [
        (Verb::QueueTop, Reorder::ToTop),
        (Verb::QueueUp, Reorder::Up),
        (Verb::QueueDown, Reorder::Down),
        (Verb::QueueBottom, Reorder::ToBottom),
    ] {
        let mut screen = moored();
        reduce(&mut screen, Action::ShowTab(PanelTab::Queued));
        click(&mut screen, 3, Extend::Replace, false);
        assert!(
            matches!(command(&act(&mut screen, verb)), Command::Reorder { ids, to: found } if *ids == TransferId(3).into() && *found == to)
        );
        assert_eq!(chosen(&screen), [3], "it can be moved on");
        reduce(&mut screen, Action::ArrangeQueue(ArrangeBy::Size));
        let is_step = matches!(to, Reorder::Up | Reorder::Down);
        assert_eq!(act(&mut screen, verb).is_empty(), is_step, "a step in another order than the one that is seen says nothing");
        reduce(&mut screen, Action::ShowTab(PanelTab::Failed));
        click(&mut screen, 3, Extend::Replace, false);
        assert!(act(&mut screen, verb).is_empty(), "what failed has no place");
    }
    for (verb, priority) in
        [(Verb::PriorityHigh, Priority::High), (Verb::PriorityNormal, Priority::Normal), (Verb::PriorityLow, Priority::Low)]
    {
        let mut screen = moored();
        reduce(&mut screen, Action::ShowTab(PanelTab::Failed));
        assert!(act(&mut screen, verb).is_empty());
        click(&mut screen, 3, Extend::Replace, false);
        assert!(matches!(command(&act(&mut screen, verb)), Command::Prioritise { priority: found, .. } if *found == priority));
    }
}

#[test]
fn rows_are_sorted_and_the_queues_order_is_the_way_back() {
    let mut screen = moored();
    let arrange = |screen: &mut Screen, by| {
        reduce(screen, Action::ArrangeQueue(by));
        (screen.queue_arrangement.descending, screen.queue_arrangement.is_plain())
    };
    assert_eq!(arrange(&mut screen, ArrangeBy::Size), (false, false));
    assert_eq!(arrange(&mut screen, ArrangeBy::Size), (true, false));
    assert_eq!(arrange(&mut screen, ArrangeBy::Name), (false, false));
    assert_eq!(arrange(&mut screen, ArrangeBy::RunOrder), (false, true));
    assert_eq!(arrange(&mut screen, ArrangeBy::RunOrder), (false, true), "it is never turned round");
    arrange(&mut screen, ArrangeBy::Reason);
    let under = |tab| screen.queue_arrangement.under(tab).by;
    let found = (under(QueueTab::Failed), under(QueueTab::Done), under(QueueTab::Queued));
    assert_eq!(found, (ArrangeBy::Reason, ArrangeBy::RunOrder, ArrangeBy::RunOrder), "only what failed has a reason");
}

#[test]
fn the_filter_of_the_queue_opens_by_its_key_and_closing_shows_everything() {
    let mut screen = moored();
    screen.focus = Focus::Panel;
    act(&mut screen, Verb::Filter);
    assert!(screen.queue_filter_open && !screen.local.filter_open);
    reduce(&mut screen, Action::FilterQueue("x".into()));
    act(&mut screen, Verb::Filter);
    assert!(!screen.queue_filter_open && screen.queue_arrangement.is_plain());
    reduce(&mut screen, Action::ShowTab(PanelTab::Log));
    act(&mut screen, Verb::Filter);
    assert!(screen.local.filter_open, "the log has none: it is about the pane");
}

#[test]
fn what_waits_for_another_server_names_it() {
    let mut screen = moored();
    let here = screen.session.site.as_ref().unwrap().id.clone();
    assert!(!screen.waits_elsewhere(&here));
    let other = screen.sites.sites.iter().find(|site| site.id != here).unwrap().clone();
    assert!(screen.waits_elsewhere(&other.id) && screen.can_connect_to(&other.id));
    assert_eq!(screen.site_name(&other.id), Some(other.name.as_str()));
    let typed = SiteId("quick:bob@h:21".into());
    assert_eq!((screen.site_name(&typed), screen.can_connect_to(&typed)), (Some("bob@h:21"), false));
    assert_eq!(screen.site_name(&SiteId("gone".into())), None);
    screen.session.phase = stranded();
    assert!(screen.waits_elsewhere(&here), "nothing is connected");
}

#[test]
fn files_that_fail_together_are_told_of_in_one_message() {
    let mut screen = moored();
    let failed = |failures| QueueSummary { failures, ..QueueSummary::default() };
    let told = |screen: &Screen| screen.toasts.iter().map(|toast| toast.text.clone()).collect::<Vec<_>>();
    screen.take_queue(failed(0), 1.0);
    assert!(told(&screen).is_empty());
    screen.take_queue(failed(1), 2.0);
    screen.take_queue(failed(40), 3.0);
    assert_eq!(told(&screen), ["40 files did not arrive."]);
    let id = screen.toasts[0].id;
    reduce(&mut screen, Action::DismissToast(id));
    screen.take_queue(failed(41), 4.0);
    assert!(told(&screen).is_empty(), "it was read a moment ago");
    screen.take_queue(failed(42), 60.0);
    assert_eq!(told(&screen), ["1 file did not arrive."]);
    reduce(&mut screen, Action::ShowTab(PanelTab::Failed));
    assert!(told(&screen).is_empty(), "who looks at them needs no message");
    screen.take_queue(failed(43), 120.0);
    assert!(told(&screen).is_empty());
}
