//! A pane's rows: only what is visible is touched, so a hundred thousand entries scroll like ten.

use eframe::egui::{Align, CornerRadius, DragAndDrop, Rect, Response, Role, ScrollArea, Sense, Ui, WidgetInfo, pos2, vec2};

use crate::model::entry::{Entry, EntryKind};
use crate::model::format;
use crate::model::readable::readable;
use crate::model::sort::SortKey;
use crate::screen::action::Extend;
use crate::screen::state::Focus;
use crate::screen::{Action, Side};
use crate::ui::columns::Columns;
use crate::ui::drop::{self, DraggedRows};
use crate::ui::file_icon::file_icon;
use crate::ui::tokens::{size, tokens};
use crate::ui::view::View;
use crate::ui::{fonts, paint, pane, pane_menu, table_header, table_keys, theme};

/// Between a cell's text and the next cell.
const CELL_GAP: f32 = 2.0;

/// Draws header and rows.
pub fn show(ui: &mut Ui, view: &View<'_>, side: Side, actions: &mut Vec<Action>) {
    let area = ui.max_rect();
    let told = tells_owner(view, side);
    let wanted = table_header::as_dragged(ui, view.screen.columns(side), side);
    let columns = Columns::of(area, side, told, &wanted);
    let header = Rect::from_min_size(area.min, vec2(area.width(), size::TABLE_HEADER));
    table_header::show(ui, view, side, told, &columns, header, actions);

    let body = Rect::from_min_max(pos2(area.left(), header.bottom()), area.max);
    let ground = ui.interact(body, pane::id(side), Sense::click());
    ground_input(ui, view, side, &ground, body, actions);
    let rows = view.screen.pane(side).rows.len();
    let mut folder_row = None;
    paint::place(ui, body, "rows", |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        ScrollArea::vertical().id_salt("rows").auto_shrink(false).show_viewport(ui, |ui, viewport| {
            let top = ui.max_rect().top();
            ui.set_height(length(rows) * size::ROW);
            for row in visible(viewport, rows) {
                let rect = Rect::from_min_size(pos2(body.left(), top + length(row) * size::ROW), vec2(body.width(), size::ROW));
                if let Some(over) = show_row(ui, view, side, row, rect, &columns, &ground, actions) {
                    folder_row = Some(over);
                }
            }
            if let Some(row) = view.screen.pane(side).reveal {
                let rect = Rect::from_min_size(pos2(body.left(), top + length(row) * size::ROW), vec2(1.0, size::ROW));
                ui.scroll_to_rect(rect, None);
            }
        });
    });
    drop::note_folder_row(ui, side, folder_row);
    // After the rows: a folder row under the pointer takes what is dropped before the pane does.
    if let Some(rows) = ground.dnd_release_payload::<DraggedRows>()
        && rows.from != side
    {
        actions.push(Action::DropRows { from: rows.from, onto: None });
    }
}

/// Whether the listing has permissions or owners; its beginning tells, so that long ones are not walked for each frame.
fn tells_owner(view: &View<'_>, side: Side) -> bool {
    let listing = view.screen.pane(side).listing.as_ref();
    listing.is_none_or(|listing| {
        listing.entries.is_empty() || listing.entries.iter().take(64).any(|entry| entry.mode.is_some() || entry.owner.is_some())
    })
}

/// The pane itself: it takes the keyboard and clicks beside the rows.
fn ground_input(ui: &mut Ui, view: &View<'_>, side: Side, ground: &Response, body: Rect, actions: &mut Vec<Action>) {
    ground.widget_info(|| WidgetInfo::labeled(Role::Grid, true, pane::name(side)));
    if ground.gained_focus() && (view.screen.active != side || view.screen.focus != Focus::Pane) {
        actions.push(Action::ActivatePane(side));
    }
    if ground.clicked() || ground.secondary_clicked() {
        ground.request_focus();
        actions.push(Action::ClickEmpty(side));
    }
    ground.context_menu(|ui| pane_menu::show_folder(ui, view, side, actions));
    if ground.has_focus() {
        table_keys::handle(ui, view, side, body.height(), actions);
    }
    if view.screen.pane(side).rows.is_empty() {
        theme::focus_ring(ui, ground, 0);
    }
}

/// The rows that a viewport shows.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "never negative, and clamped to the number of rows")]
pub fn visible(viewport: Rect, rows: usize) -> std::ops::Range<usize> {
    let first = (viewport.top() / size::ROW).floor().max(0.0) as usize;
    let last = (viewport.bottom() / size::ROW).ceil().max(0.0) as usize;
    first.min(rows)..last.min(rows)
}

/// Rows as points; beyond sixteen million rows their positions are rounded.
#[allow(clippy::cast_precision_loss, reason = "positions of that many rows need no more precision")]
pub fn length(rows: usize) -> f32 {
    rows as f32
}

/// Draws one row; returns its number when it is a folder under a drag that it would take.
#[allow(clippy::too_many_arguments, reason = "one row and where it stands")]
fn show_row(
    ui: &mut Ui,
    view: &View<'_>,
    side: Side,
    row: usize,
    rect: Rect,
    columns: &Columns,
    ground: &Response,
    actions: &mut Vec<Action>,
) -> Option<usize> {
    let t = tokens(ui);
    let pane = view.screen.pane(side);
    let entry = pane.entry(row)?;
    let selected = pane.is_selected(row);
    let response = ui.interact(rect, ground.id.with(row), Sense::CLICK | Sense::DRAG);
    response.widget_info(|| WidgetInfo::selected(Role::Row, true, selected, &*readable(&entry.name)));
    row_input(ui, view, side, row, selected, &response, ground, actions);

    let dragging = drop::dragged_from(ui.ctx());
    let fill = if selected {
        Some(if view.screen.active == side { t.selection } else { t.selection_muted })
    } else if response.hovered() && dragging.is_none() {
        Some(t.raised)
    } else {
        None
    };
    if let Some(fill) = fill {
        ui.painter().rect_filled(rect, 0.0, fill);
    }
    let is_cursor = pane.cursor == Some(row);
    if is_cursor && ground.has_focus() && theme::shows_focus(ui.ctx()) {
        let stroke = eframe::egui::Stroke::new(1.5, t.accent);
        ui.painter().rect_stroke(rect.shrink(1.0), CornerRadius::same(3), stroke, eframe::egui::StrokeKind::Inside);
    }
    draw_cells(ui, view, entry, rect, columns, selected, &response);

    let under_files =
        view.screen.drop_hint.is_some() && ui.input(|input| input.pointer.latest_pos()).is_some_and(|at| rect.contains(at));
    let takes =
        entry.kind == EntryKind::Dir && (under_files || dragging.is_some_and(|from| from != side) && response.contains_pointer());
    if takes {
        drop::highlight(ui, rect.shrink(1.0), 4);
        if let Some(rows) = response.dnd_release_payload::<DraggedRows>() {
            actions.push(Action::DropRows { from: rows.from, onto: Some(row) });
        }
    }
    takes.then_some(row)
}

/// Clicks, double clicks, drags and the menu of a row.
///
/// A press selects at once; a press on a selected row waits for its release, because it may begin a drag of the whole selection.
#[allow(clippy::too_many_arguments, reason = "one row and where it stands")]
fn row_input(
    ui: &Ui,
    view: &View<'_>,
    side: Side,
    row: usize,
    selected: bool,
    response: &Response,
    ground: &Response,
    actions: &mut Vec<Action>,
) {
    let handled = ground.id.with("press was handled");
    let (modifiers, pressed) = ui.input(|input| (input.modifiers, input.pointer.primary_pressed()));
    let extend = match (modifiers.shift, modifiers.command) {
        (true, _) => Extend::Range,
        (_, true) => Extend::Toggle,
        _ => Extend::Replace,
    };
    if pressed && response.is_pointer_button_down_on() {
        ground.request_focus();
        let at_once = extend != Extend::Replace || !selected;
        ui.data_mut(|data| data.insert_temp(handled, at_once));
        if at_once {
            actions.push(Action::ClickRow { side, row, extend, secondary: false });
        } else if view.screen.active != side {
            actions.push(Action::ActivatePane(side));
        }
    }
    if response.double_clicked() {
        actions.push(Action::OpenRow { side, row });
    } else if response.clicked() {
        let was_handled = ui.data_mut(|data| data.remove_temp::<bool>(handled)).unwrap_or(false);
        if !was_handled {
            ground.request_focus();
            actions.push(Action::ClickRow { side, row, extend, secondary: false });
        }
    }
    if response.secondary_clicked() {
        ground.request_focus();
        actions.push(Action::ClickRow { side, row, extend: Extend::Replace, secondary: true });
    }
    if response.drag_started_by(eframe::egui::PointerButton::Primary) {
        DragAndDrop::set_payload(ui.ctx(), DraggedRows { from: side });
    }
    response.context_menu(|ui| pane_menu::show_selection(ui, view, side, actions));
}

/// Paints a row's cells.
fn draw_cells(ui: &Ui, view: &View<'_>, entry: &Entry, rect: Rect, columns: &Columns, selected: bool, response: &Response) {
    let t = tokens(ui);
    let y = rect.center().y;
    let is_folder = entry.kind == EntryKind::Dir;
    let second = if selected {
        t.strong
    } else if response.hovered() {
        t.subdued_on_fill
    } else {
        t.subdued
    };
    let ink = if selected { t.strong } else { t.text };
    let icon_ink = match (is_folder, selected) {
        (true, _) => t.accent,
        (false, true) => t.subdued_on_fill,
        (false, false) => second,
    };
    file_icon(entry).paint(ui.painter(), pos2(rect.left() + 15.0, y), size::ICON, icon_ink);

    let font = fonts::regular(size::BODY);
    let room = columns.name_right - columns.name_left;
    let name = readable(&entry.name);
    let cut = match &entry.target {
        Some(target) => {
            let whole = format!("{name} → {}", readable(target));
            paint::cut_middle(ui, &whole, &font, room).into_owned().into()
        }
        None => paint::cut_middle(ui, &name, &font, room),
    };
    let was_cut = cut.contains('…') && !entry.name.contains('…');
    paint::text(ui, pos2(columns.name_left, y), Align::Min, cut, font.clone(), ink);
    if let (Some(right), Some(bytes)) = (columns.size_right, entry.content_size()) {
        paint::text(ui, pos2(right, y), Align::Max, format::size(bytes), font.clone(), second);
    }
    if let (Some(left), Some(modified)) = (columns.modified_left, entry.modified) {
        let words = format::modified(modified, view.now, view.zone);
        let end = columns.mode_left.or(columns.owner_left).unwrap_or(rect.right());
        let cut = paint::cut_end(ui, &words, &font, end - left - CELL_GAP);
        paint::text(ui, pos2(left, y), Align::Min, cut, font.clone(), second);
    }
    if let (Some(left), Some(mode)) = (columns.mode_left, entry.mode) {
        let (words, font) = (format::permissions(mode), fonts::mono(size::MONO));
        let end = columns.owner_left.unwrap_or(rect.right());
        let cut = paint::cut_end(ui, &words, &font, end - left - CELL_GAP);
        paint::text(ui, pos2(left, y), Align::Min, cut, font, second);
    }
    if let (Some(left), Some(owner)) = (columns.owner_left, &entry.owner) {
        let cut = paint::cut_middle(ui, owner, &font, rect.right() - left - 8.0);
        paint::text(ui, pos2(left, y), Align::Min, cut, font, second);
    }
    if response.hovered() {
        exact_values(ui, view, entry, columns, response, was_cut);
    }
}

/// The exact value of the cell under the pointer.
fn exact_values(ui: &Ui, view: &View<'_>, entry: &Entry, columns: &Columns, response: &Response, was_cut: bool) {
    let Some(at) = ui.input(|input| input.pointer.hover_pos()) else { return };
    let words = match columns.at(response.rect, at.x) {
        SortKey::Name if !was_cut => return,
        SortKey::Name => match &entry.target {
            Some(target) => format!("{} → {}", readable(&entry.name), readable(target)),
            None => readable(&entry.name).into_owned(),
        },
        SortKey::Size => {
            let Some(bytes) = entry.content_size() else { return };
            format::exact_size(bytes)
        }
        SortKey::Modified => {
            let Some(modified) = entry.modified else { return };
            format::exact_modified(modified, view.zone)
        }
        SortKey::Mode => {
            let Some(mode) = entry.mode else { return };
            format!("{mode:04o}")
        }
        SortKey::Owner => match (&entry.owner, &entry.group) {
            (Some(owner), Some(group)) => format!("{owner}, group {group}"),
            (Some(owner), None) => owner.clone(),
            _ => return,
        },
    };
    response.clone().on_hover_text_at_pointer(words);
}
