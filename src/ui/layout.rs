//! Where everything is: bars, banner, sites, two panes, lower panel, strip.

use eframe::egui::{CursorIcon, Id, Rect, Sense, Ui, pos2, vec2};

use crate::screen::{Action, Side};
use crate::ui::paint::{horizontal_line, place, vertical_line};
use crate::ui::tokens::{size, tokens};
use crate::ui::view::View;
use crate::ui::{banner, drop, held_up, lower_panel, pane, sites, strip, top_bar};

/// The narrowest site list.
const SITES_MIN: f32 = 140.0;
/// The narrowest pane.
const PANE_MIN: f32 = 200.0;
/// The lowest panes, with headers and footer.
const PANES_MIN: f32 = 180.0;
/// The lowest lower panel: its tabs and two rows.
const PANEL_MIN: f32 = 88.0;
/// How wide a splitter can be grabbed.
const GRAB: f32 = 6.0;

/// Draws the whole window and says what a person did.
pub fn show(ui: &mut Ui, view: &View<'_>, actions: &mut Vec<Action>) {
    let t = tokens(ui);
    let full = ui.max_rect();
    ui.painter().rect_filled(full, 0.0, t.window);
    ui.spacing_mut().item_spacing = vec2(8.0, 0.0);

    let bar = Rect::from_min_size(full.min, vec2(full.width(), size::TOP_BAR));
    let strip_top = full.bottom() - size::STRIP;
    let banner_height = banner::height(ui, view);
    let banner = Rect::from_min_size(bar.left_bottom(), vec2(full.width(), banner_height));
    let held_up = Rect::from_min_size(banner.left_bottom(), vec2(full.width(), held_up::height(view)));
    let body_top = held_up.bottom();

    let settings = &view.screen.settings;
    let panel_room = (strip_top - body_top - PANES_MIN).max(PANEL_MIN);
    let panel_height = splitter_value(ui, "lower panel", f32::from(settings.queue_height)).clamp(PANEL_MIN, panel_room);
    let panel = Rect::from_min_max(pos2(full.left(), strip_top - panel_height), pos2(full.right(), strip_top));
    let body = Rect::from_min_max(pos2(full.left(), body_top), pos2(full.right(), panel.top()));

    let sites_room = (body.width() - 2.0 * PANE_MIN).max(SITES_MIN);
    let sites_width = if view.screen.sites_hidden {
        0.0
    } else {
        splitter_value(ui, "sites", f32::from(settings.sites_width)).clamp(SITES_MIN, sites_room)
    };
    let sites_area = Rect::from_min_size(body.min, vec2(sites_width, body.height()));
    let panes = Rect::from_min_max(pos2(sites_area.right(), body.top()), body.max);
    let split = panes.width() * splitter_value(ui, "panes", 0.472);
    let split = split.clamp(PANE_MIN.min(panes.width() / 2.0), (panes.width() - PANE_MIN).max(panes.width() / 2.0)).round();
    let local = Rect::from_min_max(panes.min, pos2(panes.left() + split, panes.bottom()));
    let remote = Rect::from_min_max(pos2(local.right(), panes.top()), panes.max);

    for area in [bar, sites_area, panes, panel, Rect::from_min_max(pos2(full.left(), strip_top), full.max)] {
        ui.painter().rect_filled(area, 0.0, t.panel);
    }
    place(ui, bar, "top bar", |ui| top_bar::show(ui, view, actions));
    if banner_height > 0.0 {
        place(ui, banner, "banner", |ui| banner::show(ui, view, actions));
    }
    if held_up.height() > 0.0 {
        place(ui, held_up, "held up", |ui| held_up::show(ui, view, actions));
        horizontal_line(ui, full.left(), full.right(), held_up.bottom() - 1.0);
    }
    if sites_width > 0.0 {
        place(ui, sites_area, "sites", |ui| sites::show(ui, view, actions));
    }
    place(ui, local, "local pane", |ui| pane::show(ui, view, Side::Local, actions));
    place(ui, remote, "remote pane", |ui| pane::show(ui, view, Side::Remote, actions));
    place(ui, panel, "lower panel", |ui| lower_panel::show(ui, view, actions));
    let strip_area = Rect::from_min_max(pos2(full.left(), strip_top), full.max);
    place(ui, strip_area, "strip", |ui| strip::show(ui, view, actions));

    horizontal_line(ui, full.left(), full.right(), bar.bottom() - 1.0);
    if banner_height > 0.0 {
        horizontal_line(ui, full.left(), full.right(), banner.bottom() - 1.0);
    }
    horizontal_line(ui, full.left(), full.right(), panel.top());
    horizontal_line(ui, full.left(), full.right(), strip_top);
    if sites_width > 0.0 {
        vertical_line(ui, sites_area.right() - 1.0, body.top(), body.bottom());
    }
    vertical_line(ui, local.right() - 1.0, body.top(), body.bottom());

    let mut resized = false;
    if sites_width > 0.0 {
        let grab = Rect::from_x_y_ranges(sites_area.right() - GRAB / 2.0..=sites_area.right() + GRAB / 2.0, body.y_range());
        resized |= splitter(ui, "sites", grab, CursorIcon::ResizeHorizontal, |at| at.x - full.left());
    }
    let grab = Rect::from_x_y_ranges(full.x_range(), panel.top() - GRAB / 2.0..=panel.top() + GRAB / 2.0);
    resized |= splitter(ui, "lower panel", grab, CursorIcon::ResizeVertical, |at| strip_top - at.y);
    let grab = Rect::from_x_y_ranges(local.right() - GRAB / 2.0..=local.right() + GRAB / 2.0, body.y_range());
    splitter(ui, "panes", grab, CursorIcon::ResizeHorizontal, |at| (at.x - panes.left()) / panes.width().max(1.0));
    if resized {
        let sites_width = if view.screen.sites_hidden { settings.sites_width } else { points(sites_width) };
        actions.push(Action::Resized { queue_height: points(panel_height), sites_width });
    }
    drop::files(ui, view, local, remote, actions);
    drop::carried_rows(ui, view);
}

/// Where a splitter stands: where it was dragged to, otherwise as it was kept.
fn splitter_value(ui: &Ui, name: &'static str, kept: f32) -> f32 {
    ui.data(|data| data.get_temp(Id::unique(("splitter", name)))).unwrap_or(kept)
}

/// Lets a splitter be dragged; true when it was let go.
fn splitter(ui: &Ui, name: &'static str, grab: Rect, cursor: CursorIcon, value: impl Fn(eframe::egui::Pos2) -> f32) -> bool {
    let id = Id::unique(("splitter", name));
    let response = ui.interact(grab, id.with("grab"), Sense::DRAG).on_hover_and_drag_cursor(cursor);
    if let Some(at) = response.interact_pointer_pos().filter(|_| response.dragged()) {
        ui.data_mut(|data| data.insert_temp(id, value(at)));
    }
    if response.hovered() || response.dragged() {
        let line = if grab.width() < grab.height() {
            Rect::from_x_y_ranges(grab.center().x - 1.0..=grab.center().x + 1.0, grab.y_range())
        } else {
            Rect::from_x_y_ranges(grab.x_range(), grab.center().y - 1.0..=grab.center().y + 1.0)
        };
        ui.painter().rect_filled(line, 0.0, tokens(ui).accent.gamma_multiply(0.7));
    }
    response.drag_stopped()
}

/// Whole points, as they are kept in the settings.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to the type's range")]
fn points(length: f32) -> u16 {
    length.round().clamp(0.0, f32::from(u16::MAX)) as u16
}
