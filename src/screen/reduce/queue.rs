//! The queue: tabs, selection, and what is done to transfers.

use crate::engine::Command;
use crate::model::transfer::TransferId;
use crate::screen::action::{Effect, Extend};
use crate::screen::state::{Focus, PanelTab, Screen};
use crate::screen::verb::Verb;

/// Another tab shows other rows, so nothing of the one before stays selected unseen.
pub(super) fn show_tab(screen: &mut Screen, tab: PanelTab) -> Vec<Effect> {
    if screen.tab != tab {
        screen.tab = tab;
        screen.queue_selected.clear();
        screen.queue_anchor = None;
    }
    Vec::new()
}

pub(super) fn click(screen: &mut Screen, id: TransferId, extend: Extend, secondary: bool, visible: &[TransferId]) -> Vec<Effect> {
    screen.focus = Focus::Panel;
    if secondary && screen.queue_selected.contains(&id) {
        return Vec::new();
    }
    let row = |wanted: TransferId| visible.iter().position(|id| *id == wanted);
    match extend {
        Extend::Replace => {
            screen.queue_selected = [id].into();
            screen.queue_anchor = Some(id);
        }
        Extend::Toggle => {
            if !screen.queue_selected.remove(&id) {
                screen.queue_selected.insert(id);
            }
            screen.queue_anchor = Some(id);
        }
        Extend::Range => {
            let to = row(id);
            let from = screen.queue_anchor.and_then(row).or(to);
            screen.queue_selected = match (from, to) {
                (Some(from), Some(to)) => visible.get(from.min(to)..=from.max(to)).unwrap_or_default().iter().copied().collect(),
                _ => [id].into(),
            };
            screen.queue_anchor.get_or_insert(id);
        }
    }
    Vec::new()
}

pub(super) fn select(screen: &mut Screen, ids: Vec<TransferId>) -> Vec<Effect> {
    screen.queue_anchor = ids.first().copied();
    screen.queue_selected = ids.into_iter().collect();
    Vec::new()
}

pub(super) fn cancel(screen: &mut Screen, id: TransferId) -> Vec<Effect> {
    screen.queue_selected.remove(&id);
    vec![Effect::Engine(Command::Cancel { ids: vec![id] })]
}

/// What a verb does to the selected transfers.
pub(super) fn upon_selected(screen: &mut Screen, verb: Verb) -> Vec<Effect> {
    let ids: Vec<TransferId> = screen.queue_selected.iter().copied().collect();
    let command = match verb {
        Verb::PauseTransfers => Command::Pause { ids },
        Verb::ResumeTransfers => Command::Resume { ids },
        Verb::CancelTransfers => Command::Cancel { ids },
        // An empty list means all failed ones; the verb is not enabled without a selection.
        Verb::RetryTransfers => Command::Retry { ids },
        Verb::RetrySameCause => {
            let commands = ids.into_iter().map(|id| Effect::Engine(Command::RetryLike { id })).collect();
            screen.queue_selected.clear();
            screen.queue_anchor = None;
            return commands;
        }
        _ => return Vec::new(),
    };
    if matches!(verb, Verb::CancelTransfers | Verb::RetryTransfers) {
        screen.queue_selected.clear();
        screen.queue_anchor = None;
    }
    vec![Effect::Engine(command)]
}
