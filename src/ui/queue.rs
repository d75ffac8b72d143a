//! The rows of the queue, read for the visible range only.

use eframe::egui::{
    Align, EventFilter, Key, Layout, Modifiers, Rect, Response, Role, ScrollArea, Sense, Ui, UiBuilder, pos2, vec2,
};

use crate::model::transfer::{QueueTab, TransferId};
use crate::screen::{Action, Verb};
use crate::ui::tokens::{size, tokens};
use crate::ui::view::View;
use crate::ui::{fonts, panel_ground, queue_row, verbs};

/// Draws a tab.
pub fn show(ui: &mut Ui, view: &View<'_>, tab: QueueTab, actions: &mut Vec<Action>) {
    let area = ui.max_rect();
    let queue = &view.screen.queue;
    let count = match tab {
        QueueTab::Active => queue.active,
        QueueTab::Queued => queue.queued,
        QueueTab::Failed => queue.failed,
        QueueTab::Done => queue.done,
    };
    let ground = panel_ground::show(ui, view, area, Sense::click(), (Role::Grid, "Transfers"), actions);
    ground_input(ui, view, tab, &ground, actions);
    if count == 0 {
        return empty(ui, view, tab, area);
    }
    ui.spacing_mut().item_spacing.y = 0.0;
    ScrollArea::vertical().id_salt(("queue", tab_name(tab))).auto_shrink(false).show_viewport(ui, |ui, viewport| {
        let top = ui.max_rect().top() + 1.0;
        ui.set_height(crate::ui::table::length(count) * size::ROW + 2.0);
        let range = crate::ui::table::visible(viewport, count);
        let rows = view.queue.rows(tab, range.start, range.len());
        let ids: Vec<TransferId> = rows.iter().map(|row| row.id).collect();
        for (at, row) in range.zip(&rows) {
            let y = top + crate::ui::table::length(at) * size::ROW;
            let rect = Rect::from_min_size(pos2(area.left(), y), vec2(area.width(), size::ROW));
            queue_row::show(ui, view, row, rect, &ground, &ids, actions);
        }
    });
}

fn tab_name(tab: QueueTab) -> &'static str {
    match tab {
        QueueTab::Active => "active",
        QueueTab::Queued => "queued",
        QueueTab::Failed => "failed",
        QueueTab::Done => "done",
    }
}

fn ground_input(ui: &Ui, view: &View<'_>, tab: QueueTab, ground: &Response, actions: &mut Vec<Action>) {
    if ground.clicked() {
        actions.push(Action::SelectTransfers(Vec::new()));
    }
    ground.context_menu(|ui| menu(ui, view, tab, actions));
    if !ground.has_focus() {
        return;
    }
    let filter = EventFilter { vertical_arrows: true, ..EventFilter::default() };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(ground.id, filter));
    let (down, up) = ui.input_mut(|input| {
        let none = Modifiers::NONE;
        (input.count_and_consume_key(none, Key::ArrowDown), input.count_and_consume_key(none, Key::ArrowUp))
    });
    if down + up > 0
        && let Some(next) = neighbour(view, tab, down, up)
    {
        actions.push(Action::SelectTransfers(vec![next]));
    }
}

/// The row that a cursor key leads to, looked for near the visible rows' beginning only.
fn neighbour(view: &View<'_>, tab: QueueTab, down: usize, up: usize) -> Option<TransferId> {
    let rows = view.queue.rows(tab, 0, 500);
    let current = rows.iter().position(|row| view.screen.queue_selected.contains(&row.id));
    let next = match current {
        None => 0,
        Some(at) => (at + down).saturating_sub(up),
    };
    rows.get(next.min(rows.len().saturating_sub(1))).map(|row| row.id)
}

/// What can be done with the selected rows.
pub fn menu(ui: &mut Ui, view: &View<'_>, tab: QueueTab, actions: &mut Vec<Action>) {
    verbs::begin_menu(ui);
    let verbs: &[Verb] = match tab {
        QueueTab::Active => &[Verb::PauseTransfers, Verb::CancelTransfers],
        QueueTab::Queued => &[Verb::ResumeTransfers, Verb::PauseTransfers, Verb::CancelTransfers],
        QueueTab::Failed => &[Verb::RetryTransfers, Verb::RetrySameCause, Verb::CancelTransfers],
        QueueTab::Done => &[Verb::ShowReceipt, Verb::ExportReceipts, Verb::ClearDone],
    };
    for verb in verbs {
        verbs::menu_item(ui, view.screen, *verb, actions);
    }
    verbs::menu_line(ui);
    verbs::menu_item(ui, view.screen, Verb::HoldQueue, actions);
    if tab == QueueTab::Failed {
        verbs::menu_item(ui, view.screen, Verb::RetryAllFailed, actions);
    }
}

/// What is said when a tab has no rows.
fn empty(ui: &mut Ui, view: &View<'_>, tab: QueueTab, area: Rect) {
    let t = tokens(ui);
    let connected = view.screen.session.site.is_some();
    let is_moored = view.screen.session.phase == crate::model::session::Phase::Moored;
    let (what, next) = match tab {
        QueueTab::Active if view.screen.queue.queued > 0 && view.screen.queue.paused => {
            ("The queue is held", "Choose “Go on” to let it move again.")
        }
        QueueTab::Active if view.screen.queue.queued > 0 && is_moored => {
            ("Nothing is moving", "What waits belongs to another server; it goes on when that one is connected.")
        }
        QueueTab::Active if view.screen.queue.queued > 0 => {
            ("Nothing is moving", "What waits goes on when its server is connected.")
        }
        QueueTab::Active if connected => ("Nothing is moving", "Drag files from one pane to the other, or from the desktop."),
        QueueTab::Active => ("Nothing is moving", "Transfers will be here, and stay here until they have arrived."),
        QueueTab::Queued => ("Nothing is waiting", "What has been asked for is under way or done."),
        QueueTab::Failed => ("Nothing has failed", "What does not arrive will be here, with the reason and what to do about it."),
        QueueTab::Done => ("Nothing has arrived yet", "Each file will be here with the proof that it is whole."),
    };
    let place = Rect::from_center_size(area.center(), vec2(area.width() - 40.0, 44.0_f32.min(area.height())));
    ui.scope_builder(UiBuilder::new().max_rect(place).id_salt("no rows").layout(Layout::top_down(Align::Center)), |ui| {
        ui.spacing_mut().item_spacing.y = 4.0;
        ui.label(crate::ui::text::strong(ui, what));
        ui.label(eframe::egui::RichText::new(next).font(fonts::regular(size::BODY)).color(t.subdued));
    });
}
