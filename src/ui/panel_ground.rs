//! What lies under the rows, log and timeline of the lower panel: it takes the focus and shows it.

use eframe::egui::{Id, Rect, Response, Role, Sense, Ui, WidgetInfo};

use crate::screen::Action;
use crate::screen::state::Focus;
use crate::ui::theme;
use crate::ui::view::View;

/// Its identity, for the focus.
#[must_use]
pub fn id() -> Id {
    Id::unique("lower panel rows")
}

/// Takes clicks (and what else `sense` asks for) on `area`; `role` and `name` are what a screen reader says.
pub fn show(ui: &Ui, view: &View<'_>, area: Rect, sense: Sense, (role, name): (Role, &str), actions: &mut Vec<Action>) -> Response {
    let ground = ui.interact(area, id(), sense);
    ground.widget_info(|| WidgetInfo::labeled(role, true, name));
    if ground.gained_focus() && view.screen.focus != Focus::Panel {
        actions.push(Action::Focus(Focus::Panel));
    }
    if ground.clicked() || ground.drag_started() {
        ground.request_focus();
    }
    theme::focus_ring(ui, &ground, 0);
    ground
}
