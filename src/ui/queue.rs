//! The rows of the queue, read for the visible range only.

use std::ops::Range;
use std::sync::Arc;

use eframe::egui::{
    Align, EventFilter, Key, Layout, Modifiers, Rect, Response, Role, ScrollArea, Sense, Ui, UiBuilder, pos2, vec2,
};

use crate::model::format;
use crate::model::session::Phase;
use crate::model::transfer::{QueueTab, TransferId, TransferRow};
use crate::screen::{Action, PanelTab, Verb};
use crate::ui::tokens::{size, tokens};
use crate::ui::view::View;
use crate::ui::widgets::button;
use crate::ui::{fonts, panel_ground, queue_row, verbs};

/// The rows of a tab: all of them in the queue's order, or those that were found for a filter or another order.
struct Listed<'a> {
    view: &'a View<'a>,
    tab: QueueTab,
    /// How many there are.
    count: usize,
    /// In another arrangement: which.
    found: Option<Arc<Vec<TransferId>>>,
}

impl<'a> Listed<'a> {
    /// Nothing while the rows are being looked for.
    fn of(view: &'a View<'a>, tab: QueueTab) -> Option<Self> {
        let queue = &view.screen.queue;
        let count = match tab {
            QueueTab::Active => queue.active,
            QueueTab::Queued => queue.queued,
            QueueTab::Failed => queue.failed,
            QueueTab::Done => queue.done,
        };
        let arrangement = view.screen.queue_arrangement.under(tab);
        if arrangement.is_plain() || count == 0 {
            return Some(Self { view, tab, count, found: None });
        }
        let found = view.queue.arranged(tab, &arrangement)?;
        Some(Self { view, tab, count: found.len(), found: Some(found) })
    }

    /// Copies of the rows in a range, each with its number. One that has left the tab since they were found leaves a gap.
    fn rows(&self, range: Range<usize>) -> Vec<(usize, TransferRow)> {
        let Some(found) = &self.found else {
            return range.clone().zip(self.view.queue.rows(self.tab, range.start, range.len())).collect();
        };
        let ids = found.get(range.clone()).unwrap_or_default();
        let mut rows = self.view.queue.rows_of(ids).into_iter().filter(|row| row.state.tab() == self.tab).peekable();
        range.zip(ids).filter_map(|(at, id)| rows.next_if(|row| row.id == *id).map(|row| (at, row))).collect()
    }

    fn row_of(&self, id: TransferId) -> Option<usize> {
        match &self.found {
            Some(found) => found.iter().position(|found| *found == id),
            None => self.view.queue.row_of(self.tab, id),
        }
    }
}

/// Draws a tab.
pub fn show(ui: &mut Ui, view: &View<'_>, tab: QueueTab, actions: &mut Vec<Action>) {
    let area = ui.max_rect();
    let ground = panel_ground::show(ui, view, area, Sense::click(), (Role::Grid, "Transfers"), actions);
    let listed = Listed::of(view, tab);
    let reveal = ground_input(ui, view, tab, listed.as_ref(), &ground, actions);
    let Some(listed) = listed else {
        nothing(ui, area, "Looking through the queue", "A long queue takes a moment.", None);
        return;
    };
    if listed.count == 0 {
        if listed.found.is_some() {
            nothing(ui, area, "Nothing matches the filter", "Escape in the filter shows everything again.", None);
        } else {
            empty(ui, view, tab, area, actions);
        }
        return;
    }
    ui.spacing_mut().item_spacing.y = 0.0;
    ScrollArea::vertical().id_salt(("queue", tab_name(tab))).auto_shrink(false).show_viewport(ui, |ui, viewport| {
        let top = ui.max_rect().top() + 1.0;
        ui.set_height(crate::ui::table::length(listed.count) * size::ROW + 2.0);
        let place = |at: usize| {
            let y = top + crate::ui::table::length(at) * size::ROW;
            Rect::from_min_size(pos2(area.left(), y), vec2(area.width(), size::ROW))
        };
        let rows = listed.rows(crate::ui::table::visible(viewport, listed.count));
        let ids: Vec<TransferId> = rows.iter().map(|(_, row)| row.id).collect();
        for (at, row) in &rows {
            queue_row::show(ui, view, row, place(*at), &ground, &ids, actions);
        }
        if let Some(row) = reveal {
            ui.scroll_to_rect(place(row), None);
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

/// Clicks beside the rows and cursor keys; returns the row that they led to.
fn ground_input(
    ui: &Ui,
    view: &View<'_>,
    tab: QueueTab,
    listed: Option<&Listed<'_>>,
    ground: &Response,
    actions: &mut Vec<Action>,
) -> Option<usize> {
    if ground.clicked() {
        actions.push(Action::SelectTransfers(Vec::new()));
    }
    ground.context_menu(|ui| menu(ui, view, tab, actions));
    if !ground.has_focus() {
        return None;
    }
    let filter = EventFilter { vertical_arrows: true, ..EventFilter::default() };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(ground.id, filter));
    let (down, up) = ui.input_mut(|input| {
        let none = Modifiers::NONE;
        (input.count_and_consume_key(none, Key::ArrowDown), input.count_and_consume_key(none, Key::ArrowUp))
    });
    if down + up == 0 {
        return None;
    }
    // The row that was selected last is where the cursor is.
    let listed = listed?;
    let current = view.screen.queue_anchor.and_then(|id| listed.row_of(id));
    let next = current.map_or(0, |at| (at + down).saturating_sub(up)).min(listed.count.checked_sub(1)?);
    let (_, row) = listed.rows(next..next + 1).pop()?;
    actions.push(Action::SelectTransfers(vec![row.id]));
    Some(next)
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
        // What has failed is no longer under way, so there is nothing to cancel.
        let is_removal = (tab, *verb) == (QueueTab::Failed, Verb::CancelTransfers);
        let label = if is_removal { "Remove from the list" } else { verb.label() };
        verbs::menu_item_named(ui, view.screen, *verb, label, actions);
    }
    if tab == QueueTab::Queued {
        verbs::menu_line(ui);
        for verb in [Verb::QueueTop, Verb::QueueUp, Verb::QueueDown, Verb::QueueBottom] {
            verbs::menu_item(ui, view.screen, verb, actions);
        }
    }
    if tab != QueueTab::Done {
        verbs::menu_line(ui);
        for verb in [Verb::PriorityHigh, Verb::PriorityNormal, Verb::PriorityLow] {
            verbs::menu_item(ui, view.screen, verb, actions);
        }
    }
    verbs::menu_line(ui);
    verbs::menu_item(ui, view.screen, Verb::SelectAll, actions);
    verbs::menu_item(ui, view.screen, Verb::HoldQueue, actions);
    if tab == QueueTab::Failed {
        verbs::menu_item(ui, view.screen, Verb::RetryAllFailed, actions);
    }
}

/// What is said when a tab has no rows.
fn empty(ui: &mut Ui, view: &View<'_>, tab: QueueTab, area: Rect, actions: &mut Vec<Action>) {
    let connected = view.screen.session.site.is_some();
    let (what, next) = match tab {
        QueueTab::Active if view.screen.queue.queued > 0 && view.screen.queue.paused => {
            ("The queue is held", "Choose “Go on” to let it move again.")
        }
        QueueTab::Active if view.screen.queue.queued > 0 => ("Nothing is moving", why_nothing_moves(view)),
        QueueTab::Active if connected => ("Nothing is moving", "Drag files from one pane to the other, or from the desktop."),
        QueueTab::Active => ("Nothing is moving", "Transfers will be here, and stay here until they have arrived."),
        QueueTab::Queued => ("Nothing is waiting", "What has been asked for is under way or done."),
        QueueTab::Failed => ("Nothing has failed", "What does not arrive will be here, with the reason and what to do about it."),
        QueueTab::Done => ("Nothing has arrived yet", "Each file will be here with the proof that it is whole."),
    };
    let failed = view.screen.queue.failed;
    if tab == QueueTab::Active && failed > 0 {
        let what = format!("{what}. {}", format::counted(failed, "file did not arrive.", "files did not arrive."));
        if nothing(ui, area, &what, next, Some("Show them")) {
            actions.push(Action::ShowTab(PanelTab::Failed));
        }
        return;
    }
    nothing(ui, area, what, next, None);
}

/// Why nothing of what is under “Queued” moves.
fn why_nothing_moves(view: &View<'_>) -> &'static str {
    let queue = &view.screen.queue;
    let session = &view.screen.session;
    let here = session.site.as_ref().filter(|_| session.phase == Phase::Moored).map(|site| view.queue.queued_for(&site.id));
    match here {
        _ if queue.stopped >= queue.queued => "What waits is paused; choose “Resume” for it under “Queued”.",
        Some(0) if queue.stopped > 0 => "Some of what waits is paused, the rest belongs to another server.",
        Some(0) => "What waits belongs to another server; it goes on when that one is connected.",
        Some(_) => "What waits begins as soon as it may.",
        None => "What waits goes on when its server is connected.",
    }
}

/// Words in place of rows, and a button; says whether it was pressed.
fn nothing(ui: &mut Ui, area: Rect, what: &str, next: &str, button: Option<&str>) -> bool {
    let t = tokens(ui);
    let height: f32 = if button.is_some() { 82.0 } else { 44.0 };
    let place = Rect::from_center_size(area.center(), vec2(area.width() - 40.0, height.min(area.height())));
    ui.scope_builder(UiBuilder::new().max_rect(place).id_salt("no rows").layout(Layout::top_down(Align::Center)), |ui| {
        ui.spacing_mut().item_spacing.y = 4.0;
        ui.label(crate::ui::text::strong(ui, what));
        ui.label(eframe::egui::RichText::new(next).font(fonts::regular(size::BODY)).color(t.subdued));
        button.is_some_and(|label| {
            ui.add_space(4.0);
            button::quiet_button(ui, label).clicked()
        })
    })
    .inner
}
