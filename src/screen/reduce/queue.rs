//! The queue: tabs, filter, selection, and what is done to transfers.

use std::collections::BTreeSet;

use crate::engine::Command;
use crate::model::arrangement::ArrangeBy;
use crate::model::chosen::Chosen;
use crate::model::queue::Reorder;
use crate::model::transfer::{Priority, TransferId};
use crate::screen::action::{Effect, Extend};
use crate::screen::state::{Focus, PanelTab, Screen};
use crate::screen::verb::Verb;

/// Another tab shows other rows, so nothing of the one before stays selected unseen.
pub(super) fn show_tab(screen: &mut Screen, tab: PanelTab) -> Vec<Effect> {
    if screen.tab != tab {
        screen.tab = tab;
        select_none(screen);
    }
    if tab == PanelTab::Failed {
        screen.failures_seen();
    }
    Vec::new()
}

/// What is no longer shown is no longer selected, so that nothing unseen is cancelled.
pub(super) fn filter(screen: &mut Screen, text: String) -> Vec<Effect> {
    if screen.queue_arrangement.filter != text {
        screen.queue_arrangement.filter = text;
        select_none(screen);
    }
    Vec::new()
}

/// Shows or hides the filter field; closing it shows everything again.
pub(super) fn show_filter(screen: &mut Screen, shown: bool) -> Vec<Effect> {
    screen.queue_filter_open = shown;
    if shown { Vec::new() } else { filter(screen, String::new()) }
}

pub(super) fn arrange(screen: &mut Screen, by: ArrangeBy) -> Vec<Effect> {
    let arrangement = &mut screen.queue_arrangement;
    // The queue's own order is the way back: it is never turned round.
    arrangement.descending = arrangement.by == by && by != ArrangeBy::RunOrder && !arrangement.descending;
    arrangement.by = by;
    Vec::new()
}

pub(super) fn click(screen: &mut Screen, id: TransferId, extend: Extend, secondary: bool, visible: &[TransferId]) -> Vec<Effect> {
    screen.focus = Focus::Panel;
    if secondary && screen.queue_selected.contains(id) {
        return Vec::new();
    }
    let row = |wanted: TransferId| visible.iter().position(|id| *id == wanted);
    match extend {
        Extend::Replace => {
            screen.queue_selected = id.into();
            screen.queue_anchor = Some(id);
        }
        Extend::Toggle => {
            screen.queue_selected.toggle(id);
            screen.queue_anchor = Some(id);
        }
        Extend::Range => {
            let to = row(id);
            let from = screen.queue_anchor.and_then(row).or(to);
            screen.queue_selected = match (from, to) {
                (Some(from), Some(to)) => visible.get(from.min(to)..=from.max(to)).unwrap_or_default().iter().copied().collect(),
                _ => id.into(),
            };
            screen.queue_anchor.get_or_insert(id);
        }
    }
    Vec::new()
}

pub(super) fn select(screen: &mut Screen, ids: Vec<TransferId>) -> Vec<Effect> {
    screen.queue_anchor = ids.first().copied();
    screen.queue_selected = ids.into();
    Vec::new()
}

/// All rows that the tab shows, without a list of them: there may be a million.
pub(super) fn select_all(screen: &mut Screen) -> Vec<Effect> {
    if let Some(tab) = screen.tab.queue_tab() {
        let filter = screen.queue_arrangement.filter.clone();
        screen.queue_anchor = None;
        screen.queue_selected = Chosen::All { tab, filter, newest: screen.queue.newest, except: BTreeSet::new() };
    }
    Vec::new()
}

fn select_none(screen: &mut Screen) {
    screen.queue_selected.clear();
    screen.queue_anchor = None;
}

pub(super) fn cancel(screen: &mut Screen, id: TransferId) -> Vec<Effect> {
    screen.queue_selected.remove(id);
    vec![Effect::Engine(Command::Cancel { ids: id.into() })]
}

/// What a verb does to the selected transfers.
pub(super) fn upon_selected(screen: &mut Screen, verb: Verb) -> Vec<Effect> {
    let ids = screen.queue_selected.clone();
    let command = match verb {
        Verb::PauseTransfers => Command::Pause { ids },
        Verb::ResumeTransfers => Command::Resume { ids },
        Verb::CancelTransfers => Command::Cancel { ids },
        Verb::RetryTransfers => Command::Retry { ids },
        Verb::RetrySameCause => {
            // Each of them may stand for another cause; where all are chosen there is nothing to tell apart.
            let listed = ids.listed();
            let retry = |id| Effect::Engine(Command::RetryLike { id });
            let effects = match ids {
                Chosen::These(_) => listed.into_iter().map(retry).collect(),
                all => vec![Effect::Engine(Command::Retry { ids: all })],
            };
            select_none(screen);
            return effects;
        }
        Verb::QueueTop => Command::Reorder { ids, to: Reorder::ToTop },
        Verb::QueueUp => Command::Reorder { ids, to: Reorder::Up },
        Verb::QueueDown => Command::Reorder { ids, to: Reorder::Down },
        Verb::QueueBottom => Command::Reorder { ids, to: Reorder::ToBottom },
        Verb::PriorityHigh => Command::Prioritise { ids, priority: Priority::High },
        Verb::PriorityNormal => Command::Prioritise { ids, priority: Priority::Normal },
        Verb::PriorityLow => Command::Prioritise { ids, priority: Priority::Low },
        _ => return Vec::new(),
    };
    if matches!(verb, Verb::CancelTransfers | Verb::RetryTransfers) {
        select_none(screen);
    }
    vec![Effect::Engine(command)]
}
