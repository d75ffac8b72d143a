//! A table's header: the columns' names, which sort when clicked.

use eframe::egui::{Align, Rect, Role, Sense, Ui, WidgetInfo, pos2};

use crate::model::sort::SortKey;
use crate::screen::{Action, Side};
use crate::ui::columns::Columns;
use crate::ui::icon::Icon;
use crate::ui::tokens::{size, tokens};
use crate::ui::view::View;
use crate::ui::{fonts, paint, theme};

/// Draws the header.
pub fn show(ui: &mut Ui, view: &View<'_>, side: Side, columns: &Columns, area: Rect, actions: &mut Vec<Action>) {
    let mut cell = |key: SortKey, label: &str, at: f32, align: Align, from: f32, to: f32| {
        let rect = Rect::from_x_y_ranges(from..=to, area.y_range());
        header_cell(ui, view, side, key, label, at, align, rect, actions);
    };
    cell(SortKey::Name, "Name", area.left() + 8.0, Align::Min, area.left(), columns.name_right);
    cell(SortKey::Size, "Size", columns.size_right, Align::Max, columns.name_right, columns.size_right + 8.0);
    let after_size = columns.size_right + 8.0;
    if let Some(left) = columns.modified_left {
        let to = columns.mode_left.map_or(area.right(), |left| left - 8.0);
        cell(SortKey::Modified, "Modified", left, Align::Min, after_size, to);
    }
    if let Some(left) = columns.mode_left {
        cell(SortKey::Mode, "Mode", left, Align::Min, left - 8.0, columns.owner_left.map_or(area.right(), |left| left - 8.0));
    }
    if let Some(left) = columns.owner_left {
        cell(SortKey::Owner, "Owner", left, Align::Min, left - 8.0, area.right());
    }
    paint::horizontal_line(ui, area.left(), area.right(), area.bottom() - 1.0);
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
) {
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
}
