//! A table's header: the columns' names, which sort when clicked, their edges, which are dragged, and a menu of what is shown.

use eframe::egui::{Align, CursorIcon, Id, Rect, Response, Role, Sense, Ui, WidgetInfo, pos2};

use crate::model::columns::{PaneColumns, WIDTHS};
use crate::model::sort::SortKey;
use crate::screen::{Action, Side};
use crate::ui::columns::{Columns, Edge};
use crate::ui::icon::Icon;
use crate::ui::tokens::{size, tokens};
use crate::ui::view::View;
use crate::ui::{fonts, paint, theme, verbs};

/// How far from an edge it is caught.
const GRAB: f32 = 4.0;

/// The column whose edge is being dragged, and how wide that makes it.
type Dragged = Option<(Side, SortKey, u16)>;

/// What is told of each file beside its name.
const TOLD: [(SortKey, &str); 4] =
    [(SortKey::Size, "Size"), (SortKey::Modified, "Modified"), (SortKey::Mode, "Permissions"), (SortKey::Owner, "Owner")];

/// Draws the header; `tells_owner` when the listing has permissions or owners.
pub fn show(ui: &mut Ui, view: &View<'_>, side: Side, tells_owner: bool, columns: &Columns, area: Rect, actions: &mut Vec<Action>) {
    let edges = columns.edges(area);
    let mut cell = |key: SortKey, label: &str, at: f32, align: Align, from: f32, to: f32| {
        let rect = Rect::from_x_y_ranges(from..=to, area.y_range());
        let response = header_cell(ui, view, side, key, label, at, align, rect, actions);
        response.context_menu(|ui| menu(ui, view, side, tells_owner, actions));
    };
    let end_of = |at: usize| edges.get(at).map_or(area.right(), |edge| edge.x);
    cell(SortKey::Name, "Name", area.left() + 8.0, Align::Min, area.left(), end_of(0));
    for (at, edge) in edges.iter().enumerate() {
        let (label, text, align) = match edge.key {
            SortKey::Name => continue,
            SortKey::Size => ("Size", columns.size_right, Align::Max),
            SortKey::Modified => ("Modified", columns.modified_left, Align::Min),
            SortKey::Mode => ("Mode", columns.mode_left, Align::Min),
            SortKey::Owner => ("Owner", columns.owner_left, Align::Min),
        };
        if let Some(text) = text {
            cell(edge.key, label, text, align, edge.x, end_of(at + 1));
        }
    }
    for edge in edges {
        let response = drag_edge(ui, side, edge, columns.spare, area, actions);
        response.context_menu(|ui| menu(ui, view, side, tells_owner, actions));
    }
    paint::horizontal_line(ui, area.left(), area.right(), area.bottom() - 1.0);
}

/// The columns as they are while an edge is being dragged.
pub fn as_dragged(ui: &Ui, wanted: &PaneColumns, side: Side) -> PaneColumns {
    let mut columns = wanted.clone();
    if let Some((_, key, width)) = dragged(ui).filter(|(of, ..)| *of == side) {
        columns.widen(key, Some(width));
    }
    columns
}

fn dragged_id() -> Id {
    Id::unique("dragged column")
}

fn dragged(ui: &Ui) -> Dragged {
    // An edge that went with its column hears of no end.
    if !ui.input(|input| input.pointer.any_down() || input.pointer.any_released()) {
        ui.data_mut(|data| data.remove::<Dragged>(dragged_id()));
    }
    ui.data(|data| data.get_temp::<Dragged>(dragged_id())).flatten()
}

/// Lets the edge at a column's left be dragged; a double click gives the column its usual width again.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to widths that make sense")]
fn drag_edge(ui: &Ui, side: Side, edge: Edge, spare: f32, area: Rect, actions: &mut Vec<Action>) -> Response {
    let grab = Rect::from_x_y_ranges(edge.x - GRAB..=edge.x + GRAB, area.y_range());
    let id = ui.scope_id().with(("column edge", side, edge.key as u8));
    let response = ui.interact(grab, id, Sense::CLICK | Sense::DRAG).on_hover_and_drag_cursor(CursorIcon::ResizeHorizontal);
    if let Some(at) = response.interact_pointer_pos().filter(|_| response.dragged()) {
        let most = f32::from(WIDTHS.1).min(edge.width + spare).floor();
        let width = (edge.width + edge.x - at.x).round().min(most).max(f32::from(WIDTHS.0));
        ui.data_mut(|data| data.insert_temp::<Dragged>(dragged_id(), Some((side, edge.key, width as u16))));
    }
    if response.hovered() || response.dragged() {
        let line = Rect::from_x_y_ranges(edge.x - 0.5..=edge.x + 1.0, area.shrink2(eframe::egui::vec2(0.0, 4.0)).y_range());
        ui.painter().rect_filled(line, 0.0, tokens(ui).accent.gamma_multiply(0.7));
    }
    if response.double_clicked() {
        actions.push(Action::WidenColumn { side, key: edge.key, width: None });
    }
    if response.drag_stopped()
        && let Some((side, key, width)) = dragged(ui)
    {
        ui.data_mut(|data| data.remove::<Dragged>(dragged_id()));
        actions.push(Action::WidenColumn { side, key, width: Some(width) });
    }
    response
}

/// Which columns are shown; those that the listing can fill.
fn menu(ui: &mut Ui, view: &View<'_>, side: Side, tells_owner: bool, actions: &mut Vec<Action>) {
    verbs::begin_menu(ui);
    let columns = view.screen.columns(side);
    let has_owner = side == Side::Remote && tells_owner;
    for (key, label) in TOLD.iter().filter(|(key, _)| has_owner || !matches!(key, SortKey::Mode | SortKey::Owner)) {
        let shown = columns.shows(*key);
        if verbs::menu_row(ui, shown.then_some(Icon::CHECK), label, None, None).clicked() {
            actions.push(Action::ShowColumn { side, key: *key, shown: !shown });
        }
    }
    verbs::menu_line(ui);
    let changed: Vec<SortKey> = TOLD.iter().map(|(key, _)| *key).filter(|key| columns.width(*key).is_some()).collect();
    let why_not = changed.is_empty().then_some("All columns have their usual width");
    if verbs::menu_row(ui, None, "Usual widths", None, why_not).clicked() {
        actions.extend(changed.into_iter().map(|key| Action::WidenColumn { side, key, width: None }));
    }
}

#[allow(clippy::too_many_arguments, reason = "one cell and where it stands")]
fn header_cell(
    ui: &Ui,
    view: &View<'_>,
    side: Side,
    key: SortKey,
    label: &str,
    at: f32,
    align: Align,
    rect: Rect,
    actions: &mut Vec<Action>,
) -> Response {
    let t = tokens(ui);
    let sort = view.screen.pane(side).sort;
    let response = ui.interact(rect, ui.scope_id().with(("header", side, label)), Sense::click());
    let is_sorted = sort.key == key;
    let ink = if response.hovered() { t.strong } else { t.subdued };
    let y = rect.center().y - 0.5;
    let text = paint::text(ui, pos2(at, y), align, label, fonts::regular(size::BODY - 0.5), ink);
    if is_sorted {
        let icon = if sort.descending { Icon::CHEVRON_DOWN } else { Icon::CHEVRON_UP };
        let x = if align == Align::Max { text.left() - 9.0 } else { text.right() + 9.0 };
        icon.paint(ui.painter(), pos2(x, y), 11.0, t.subdued);
    }
    theme::focus_ring(ui, &response, 4);
    let order = match (is_sorted, sort.descending) {
        (false, _) => "",
        (true, false) => ", sorted upwards",
        (true, true) => ", sorted downwards",
    };
    response.widget_info(|| WidgetInfo::labeled(Role::ColumnHeader, true, format!("{label}{order}")));
    if response.clicked() {
        actions.push(Action::SortBy { side, key });
    }
    response
}
