//! The timeline: a lane for each connection, what happened on it, and what comes next.

use std::time::Duration;

use eframe::egui::{
    Align, CursorIcon, EventFilter, Id, Key, Layout, Modifiers, Rect, Response, Role, ScrollArea, Sense, Stroke, Ui, UiBuilder,
    pos2, vec2,
};
use jiff::Timestamp;

use crate::model::session::Phase;
use crate::model::timeline::{Lane, lanes};
use crate::screen::Action;
use crate::ui::icon::Icon;
use crate::ui::timeline_window::Window;
use crate::ui::tokens::{size, tokens};
use crate::ui::view::View;
use crate::ui::widgets::button;
use crate::ui::{fonts, paint, panel_ground, timeline_lane};

/// Width of the names at the left.
const NAMES: f32 = 64.0;
/// Height of the axis.
const AXIS: f32 = 24.0;
/// One step of zooming, and one step of moving as a share of the width.
const STEP: (f64, f64) = (1.5, 0.2);

fn window_id() -> Id {
    Id::unique("timeline window")
}

fn window(ui: &Ui) -> Window {
    ui.data(|data| data.get_temp(window_id())).unwrap_or_default()
}

fn set_window(ui: &Ui, window: Window) {
    ui.data_mut(|data| data.insert_temp(window_id(), window));
}

/// Whether everything is to be shown, once the drawing knows what there is.
fn wants_all(ui: &Ui) -> bool {
    ui.data_mut(|data| data.remove_temp::<bool>(window_id().with("all"))).unwrap_or(false)
}

/// What is done with the whole timeline, from the right.
pub fn commands(ui: &mut Ui) {
    ui.spacing_mut().item_spacing.x = 2.0;
    let shown = window(ui);
    if button::icon_button(ui, Icon::ZOOM_IN, "Closer", "Show less time (plus)").clicked() {
        set_window(ui, shown.zoomed(1.0 / STEP.0, 0.8));
    }
    if button::icon_button(ui, Icon::ZOOM_OUT, "Wider", "Show more time (minus)").clicked() {
        set_window(ui, shown.zoomed(STEP.0, 0.8));
    }
    if button::icon_button(ui, Icon::MAXIMIZE, "Everything", "Show everything that happened (A)").clicked() {
        ui.data_mut(|data| data.insert_temp(window_id().with("all"), true));
    }
    let why_not = (shown.behind <= 0.0).then_some("It follows the present");
    if button::icon_button_if(ui, Icon::CLOCK, "Now", "Follow the present again (Home)", why_not).clicked() {
        set_window(ui, Window { behind: 0.0, ..shown });
    }
}

/// Draws it.
pub fn show(ui: &mut Ui, view: &View<'_>, actions: &mut Vec<Action>) {
    let area = ui.max_rect();
    let ground = panel_ground::show(ui, view, area, Sense::click_and_drag(), (Role::Group, "Timeline"), actions);
    let happenings = view.chronicle.happenings();
    let session = &view.screen.session;
    let limit =
        session.idle_limit.filter(|_| session.phase == Phase::Moored).map(|limit| Duration::from_secs(limit.seconds.into()));
    let lanes = lanes(&happenings, view.now, limit);
    let Some(first) = happenings.iter().map(|happening| happening.at).min() else { return empty(ui, area) };
    let body = Rect::from_min_max(pos2(area.left() + NAMES, area.top()), area.max);
    let shown = if wants_all(ui) { Window::fitting(first, view.now) } else { window(ui) };
    let shown = moved(ui, &ground, body, shown);
    set_window(ui, shown);
    axis(ui, view, &shown, body);
    let below = Rect::from_min_max(pos2(area.left(), area.top() + AXIS), area.max);
    paint::place(ui, below, "lanes", |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        ScrollArea::vertical().id_salt("lanes").auto_shrink(false).show(ui, |ui| {
            for lane in &lanes {
                show_lane(ui, view, lane, &shown, body);
            }
        });
    });
    present(ui, &shown, body);
}

fn show_lane(ui: &mut Ui, view: &View<'_>, lane: &Lane, shown: &Window, body: Rect) {
    let (row, _) = ui.allocate_exact_size(vec2(ui.available_width(), timeline_lane::HEIGHT), Sense::hover());
    let t = tokens(ui);
    let name = timeline_lane::name(lane.connection);
    paint::text(ui, pos2(row.left() + 14.0, row.center().y), Align::Min, name, fonts::mono(size::MONO), t.subdued);
    paint::horizontal_line(ui, body.left(), body.right(), row.bottom());
    let rect = Rect::from_min_max(pos2(body.left(), row.top()), pos2(body.right(), row.bottom()));
    timeline_lane::show(ui, view, lane, shown, rect);
}

/// Wheel, dragging and keys.
fn moved(ui: &Ui, ground: &Response, body: Rect, shown: Window) -> Window {
    let mut shown = shown;
    let width = f64::from(body.width().max(1.0));
    if ground.dragged() {
        ui.ctx().set_cursor_icon(CursorIcon::Grabbing);
        shown = shown.moved(f64::from(ground.drag_delta().x) / width);
    }
    let pointer = ui.input(|input| input.pointer.hover_pos()).filter(|at| body.contains(*at));
    if let Some(at) = pointer {
        // The wheel zooms, sideways it moves; more lanes than fit are scrolled with the wheel over their names.
        let wheel = ui.input_mut(|input| std::mem::take(&mut input.smooth_scroll_delta));
        let pinch = ui.input(|input| input.zoom_delta());
        let factor = f64::from((-wheel.y / 200.0).exp() / pinch);
        if (factor - 1.0).abs() > 1e-4 {
            shown = shown.zoomed(factor, f64::from((at.x - body.left()) / body.width().max(1.0)));
        }
        if wheel.x != 0.0 {
            shown = shown.moved(f64::from(wheel.x) / width);
        }
    }
    if !ground.has_focus() {
        return shown;
    }
    let filter = EventFilter { horizontal_arrows: true, ..EventFilter::default() };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(ground.id, filter));
    ui.input_mut(|input| {
        let mut pressed = |key| input.consume_key(Modifiers::NONE, key);
        if pressed(Key::ArrowLeft) {
            shown = shown.moved(STEP.1);
        }
        if pressed(Key::ArrowRight) {
            shown = shown.moved(-STEP.1);
        }
        if pressed(Key::Plus) || pressed(Key::Equals) {
            shown = shown.zoomed(1.0 / STEP.0, 0.8);
        }
        if pressed(Key::Minus) {
            shown = shown.zoomed(STEP.0, 0.8);
        }
        if pressed(Key::Home) {
            shown.behind = 0.0;
        }
    });
    if ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::A)) {
        ui.data_mut(|data| data.insert_temp(window_id().with("all"), true));
        ui.ctx().request_repaint();
    }
    shown
}

/// Times of day over the lanes.
fn axis(ui: &Ui, view: &View<'_>, shown: &Window, body: Rect) {
    let t = tokens(ui);
    let painter = ui.painter_at(body);
    let step = i64::from(shown.step(f64::from(90.0 / body.width().max(90.0))));
    let begins = shown.begins(view.now);
    let mut second = begins - begins.rem_euclid(step);
    for _ in 0..64 {
        let Ok(at) = Timestamp::from_second(second) else { return };
        let x = body.left() + share(shown.share_of(at, view.now)) * body.width();
        if x > body.right() {
            break;
        }
        if x >= body.left() {
            painter.vline(x, (body.top() + AXIS)..=body.bottom(), Stroke::new(1.0, t.line.gamma_multiply(0.6)));
        }
        // A time that would be cut at the edge is left out.
        if x >= body.left() && x + 64.0 <= body.right() {
            paint::text(
                ui,
                pos2(x + 4.0, body.top() + AXIS / 2.0),
                Align::Min,
                view.clock_seconds(at),
                fonts::mono(size::MONO - 0.5),
                t.subdued,
            );
        }
        second += step;
    }
}

/// The present, as a line over all lanes.
fn present(ui: &Ui, shown: &Window, body: Rect) {
    let x = body.left() + share(shown.present()) * body.width();
    if x <= body.right() {
        ui.painter_at(body).vline(x, (body.top() + AXIS)..=body.bottom(), Stroke::new(1.0, tokens(ui).accent));
    }
}

#[allow(clippy::cast_possible_truncation, reason = "a share of a width; what lies outside is not drawn")]
fn share(value: f64) -> f32 {
    value.clamp(-10.0, 10.0) as f32
}

fn empty(ui: &mut Ui, area: Rect) {
    let place = Rect::from_center_size(area.center(), vec2(area.width() - 40.0, 44.0_f32.min(area.height())));
    ui.scope_builder(UiBuilder::new().max_rect(place).id_salt("nothing happened").layout(Layout::top_down(Align::Center)), |ui| {
        ui.spacing_mut().item_spacing.y = 4.0;
        ui.label(crate::ui::text::strong(ui, "Nothing has happened yet"));
        let next = "Each connection gets a lane here: commands, keep-alives, transfers, silence, and how it ended.";
        ui.label(eframe::egui::RichText::new(next).font(fonts::regular(size::BODY)).color(tokens(ui).subdued));
    });
}
