//! A pane's header: its path as crumbs or as a field, the filter, and what is done with the folder.

use eframe::egui::{
    Align, CornerRadius, CursorIcon, EventFilter, Frame, Id, Key, Layout, Popup, Pos2, Rect, Role, Sense, Stroke, StrokeKind,
    TextEdit, Ui, UiBuilder, WidgetInfo, pos2, vec2,
};

use crate::engine::Place;
use crate::model::local_place::LocalPlaceKind;
use crate::screen::navigate::NOT_CONNECTED;
use crate::screen::pane::Crumb;
use crate::screen::{Action, Side, Verb};
use crate::ui::icon::Icon;
use crate::ui::tokens::{size, tokens};
use crate::ui::top_bar::field_ground;
use crate::ui::view::View;
use crate::ui::widgets::button;
use crate::ui::{fonts, paint, theme, verbs};

/// The identity of a pane's filter field, for the focus.
#[must_use]
pub fn filter_id(side: Side) -> Id {
    Id::unique(("filter", side))
}

/// The identity of a pane's path field, for the focus.
#[must_use]
pub fn path_id(side: Side) -> Id {
    Id::unique(("path", side))
}

/// Draws the header.
pub fn show(ui: &mut Ui, view: &View<'_>, side: Side, actions: &mut Vec<Action>) {
    let t = tokens(ui);
    let area = ui.max_rect();
    let pane = view.screen.pane(side);
    let y = area.center().y;
    let at = pos2(area.left() + 17.0, y);
    match side {
        Side::Local => places(ui, view, at, actions),
        Side::Remote => Icon::SERVER.paint(ui.painter(), at, size::ICON_SMALL, t.subdued),
    }

    let right = buttons(ui, view, side, area, actions);
    let path = Rect::from_min_max(pos2(area.left() + 30.0, area.top() + 4.0), pos2(right - 8.0, area.bottom() - 4.0));
    if path.width() < 40.0 {
        return;
    }
    match &pane.path_edit {
        Some(text) => path_field(ui, side, text, path, actions),
        None => crumbs(ui, view, side, path, actions),
    }
}

/// The way to a person's own folders and to other disks.
fn places(ui: &mut Ui, view: &View<'_>, at: Pos2, actions: &mut Vec<Action>) {
    let rect = Rect::from_center_size(at, vec2(24.0, 24.0));
    let response = ui.interact(rect, ui.scope_id().with("places"), Sense::click());
    let response = button::icon_button_at(ui, rect, response, Icon::HARD_DRIVE, "Places", "Home, your folders and disks", None);
    if response.clicked() {
        actions.push(Action::FindPlaces);
    }
    Popup::menu(&response).gap(4.0).show(|ui| {
        verbs::begin_menu(ui);
        let Some(places) = &view.screen.local_places else {
            verbs::menu_row(ui, None, "Looking for disks", None, Some("It takes a moment"));
            return;
        };
        let mut last = None;
        for place in places.iter() {
            let is_disk = place.kind == LocalPlaceKind::Disk;
            if last.is_some_and(|last| last != is_disk) {
                verbs::menu_line(ui);
            }
            last = Some(is_disk);
            let icon = match place.kind {
                LocalPlaceKind::Home => Icon::HOUSE,
                LocalPlaceKind::Folder => Icon::FOLDER,
                LocalPlaceKind::Disk => Icon::HARD_DRIVE,
            };
            let row = verbs::menu_row(ui, Some(icon), &place.label, None, None).on_hover_text(place.path.display().to_string());
            if row.clicked() {
                actions.push(Action::ActivatePane(Side::Local));
                actions.push(Action::Go { side: Side::Local, place: Place::Local(place.path.clone()) });
            }
        }
    });
}

/// Refresh, filter, new folder, from the right; returns where they begin.
fn buttons(ui: &mut Ui, view: &View<'_>, side: Side, area: Rect, actions: &mut Vec<Action>) -> f32 {
    let screen = view.screen;
    let pane = screen.pane(side);
    let mut ui = ui.new_child(
        UiBuilder::new().max_rect(area.shrink2(vec2(4.0, 0.0))).id_salt("buttons").layout(Layout::right_to_left(Align::Center)),
    );
    ui.spacing_mut().item_spacing.x = 1.0;
    let before = actions.len();
    let no_folder = pane.place.is_none().then_some("No folder is open");
    let verb_button = |ui: &mut Ui, verb: Verb, actions: &mut Vec<Action>| {
        let name = format!("{} ({})", verb.label(), if side == Side::Local { "local" } else { "remote" });
        // Old rows can still be filtered; what asks the server needs a connection.
        let not_connected = (side == Side::Remote && verb != Verb::Filter && !screen.can_browse_remote()).then_some(NOT_CONNECTED);
        let response = button::icon_button_if(ui, verbs::icon(verb), &name, &verbs::tooltip(verb), no_folder.or(not_connected));
        if response.clicked() {
            actions.push(Action::Do(verb));
        }
        response
    };
    verb_button(&mut ui, Verb::Refresh, actions);
    let filter = verb_button(&mut ui, Verb::Filter, actions);
    if !pane.filter.is_empty() || pane.filter_open {
        let t = tokens(&ui);
        ui.painter().circle_filled(filter.rect.right_top() + vec2(-7.0, 8.0), 2.5, t.accent);
    }
    verb_button(&mut ui, Verb::NewFolder, actions);
    // Verbs act upon the active pane: the one whose button was clicked becomes it first.
    if actions.len() > before && screen.active != side {
        actions.insert(before, Action::ActivatePane(side));
    }
    if pane.filter_open {
        filter_field(&mut ui, view, side, area, actions);
    }
    ui.min_rect().left()
}

fn filter_field(ui: &mut Ui, view: &View<'_>, side: Side, area: Rect, actions: &mut Vec<Action>) {
    let t = tokens(ui);
    let width = (area.width() * 0.34).clamp(96.0, 200.0);
    let (rect, _) = ui.allocate_exact_size(vec2(width, 26.0), Sense::hover());
    field_ground(ui, rect, false);
    Icon::LIST_FILTER.paint(ui.painter(), pos2(rect.left() + 13.0, rect.center().y), 12.0, t.subdued_on_fill);
    let mut text = view.screen.pane(side).filter.clone();
    let inner = Rect::from_min_max(rect.min + vec2(24.0, 0.0), rect.max - vec2(24.0, 0.0));
    let edit = TextEdit::singleline(&mut text)
        .id(filter_id(side))
        .frame(Frame::NONE)
        .hint_text(eframe::egui::RichText::new("Filter").color(t.subdued_on_fill))
        .align(eframe::egui::Align2::LEFT_CENTER)
        .desired_width(inner.width())
        .event_filter(EventFilter { escape: true, horizontal_arrows: true, vertical_arrows: true, tab: false });
    let response = ui.put(inner, edit).accessible_name(format!("Filter, {}", crate::ui::pane::name(side)));
    let opened = Id::unique(("filter was open", side));
    let frame = ui.ctx().cumulative_pass_nr();
    let last = ui.data_mut(|data| data.get_temp_mut_or(opened, 0_u64).to_owned());
    ui.data_mut(|data| data.insert_temp(opened, frame));
    if last.saturating_add(1) < frame {
        response.request_focus();
    }
    if response.changed() {
        actions.push(Action::Filter { side, text });
    }
    let close = Rect::from_center_size(pos2(rect.right() - 13.0, rect.center().y), vec2(20.0, 20.0));
    let cross = ui.interact(close, ui.scope_id().with(("close filter", side)), Sense::click());
    let cross = button::icon_button_at(ui, close, cross, Icon::X, "Close the filter", "Show everything again (Escape)", None);
    let escape = response.has_focus() && ui.input(|input| input.key_pressed(Key::Escape));
    if cross.clicked() || escape {
        actions.push(Action::ShowFilter { side, shown: false });
        ui.memory_mut(|memory| memory.request_focus(crate::ui::pane::id(side)));
    } else if response.has_focus() && ui.input(|input| input.key_pressed(Key::Enter) || input.key_pressed(Key::ArrowDown)) {
        ui.memory_mut(|memory| memory.request_focus(crate::ui::pane::id(side)));
    }
    if response.has_focus() {
        ring(ui, rect);
    }
}

fn ring(ui: &Ui, rect: Rect) {
    let stroke = Stroke::new(2.0, tokens(ui).accent);
    ui.painter().rect_stroke(rect, CornerRadius::same(size::RADIUS), stroke, StrokeKind::Inside);
}

fn path_field(ui: &mut Ui, side: Side, text: &str, rect: Rect, actions: &mut Vec<Action>) {
    let rect = rect.shrink2(vec2(0.0, 1.0));
    field_ground(ui, rect, false);
    let mut text = text.to_owned();
    let edit = TextEdit::singleline(&mut text)
        .id(path_id(side))
        .frame(Frame::NONE)
        .font(fonts::mono(size::MONO + 0.5))
        .align(eframe::egui::Align2::LEFT_CENTER)
        .cursor_at_end(true)
        .desired_width(rect.width() - 16.0)
        .event_filter(EventFilter { escape: true, horizontal_arrows: true, vertical_arrows: true, tab: false });
    let response = ui.put(rect.shrink2(vec2(8.0, 0.0)), edit).accessible_name(format!("Path, {}", crate::ui::pane::name(side)));
    ring(ui, rect);
    let (enter, escape) = ui.input(|input| (input.key_pressed(Key::Enter), input.key_pressed(Key::Escape)));
    if response.changed() {
        actions.push(Action::EditPath { side, text: Some(text) });
    }
    if response.lost_focus() && enter {
        actions.push(Action::EnterPath { side });
        ui.memory_mut(|memory| memory.request_focus(crate::ui::pane::id(side)));
    } else if response.lost_focus() || (response.has_focus() && escape) {
        actions.push(Action::EditPath { side, text: None });
        ui.memory_mut(|memory| memory.request_focus(crate::ui::pane::id(side)));
    } else if !response.has_focus() {
        response.request_focus();
    }
}

/// The path step by step; what does not fit goes into a menu in front.
fn crumbs(ui: &mut Ui, view: &View<'_>, side: Side, rect: Rect, actions: &mut Vec<Action>) {
    let pane = view.screen.pane(side);
    let ground = ui.interact(rect, ui.scope_id().with(("crumbs", side)), Sense::CLICK);
    if ground.clicked() {
        actions.push(Action::ActivatePane(side));
        if pane.place.is_some() {
            actions.push(Action::Do(Verb::EditPath));
        }
    }
    ground.on_hover_cursor(if pane.place.is_some() { CursorIcon::Text } else { CursorIcon::Default });
    let crumbs = pane.crumbs.as_slice();
    if crumbs.is_empty() {
        let words = if side == Side::Local { "This machine" } else { "Server" };
        let at = pos2(rect.left() + 3.0, rect.center().y);
        paint::text(ui, at, Align::Min, words, fonts::regular(size::BODY), tokens(ui).subdued);
        return;
    }
    let gap = 26.0;
    let font = fonts::strong(size::BODY);
    let mut room = rect.width() - 6.0;
    let mut first = crumbs.len();
    for (at, crumb) in crumbs.iter().enumerate().rev() {
        let reserve = if at > 0 { 26.0 } else { 0.0 };
        let needed = paint::width(ui, &crumb.label, &font) + gap;
        if room - needed < reserve && first < crumbs.len() {
            break;
        }
        room -= needed;
        first = at;
    }
    let mut left = rect.left();
    if first > 0 {
        left = hidden_crumbs(ui, side, crumbs.get(..first).unwrap_or_default(), left, rect, actions);
    }
    let last = crumbs.len() - 1;
    for (at, crumb) in crumbs.iter().enumerate().skip(first) {
        left = show_crumb(ui, side, at, crumb, at == last, left, rect, actions);
        if at < last {
            let at = pos2(left + 4.0, rect.center().y);
            Icon::CHEVRON_RIGHT.paint(ui.painter(), at, 11.0, tokens(ui).subdued);
            left += 12.0;
        }
    }
}

#[allow(clippy::too_many_arguments, reason = "one crumb and where it stands")]
fn show_crumb(
    ui: &mut Ui,
    side: Side,
    at: usize,
    crumb: &Crumb,
    is_last: bool,
    left: f32,
    area: Rect,
    actions: &mut Vec<Action>,
) -> f32 {
    let t = tokens(ui);
    let font = if is_last { fonts::strong(size::BODY) } else { fonts::regular(size::BODY) };
    let room = (area.right() - left - 12.0).max(20.0);
    let label = paint::cut_middle(ui, &crumb.label, &font, room);
    let width = paint::width(ui, &label, &font) + 12.0;
    let rect = Rect::from_min_size(pos2(left - 2.0, area.center().y - 11.0), vec2(width, 22.0));
    let response =
        ui.interact(rect, ui.scope_id().with(("crumb", side, at)), Sense::click()).on_hover_cursor(CursorIcon::PointingHand);
    if response.hovered() {
        ui.painter().rect_filled(rect, CornerRadius::same(4), t.pressed);
    }
    let ink = if is_last || response.hovered() { t.strong } else { t.subdued };
    paint::text(ui, pos2(rect.left() + 5.0, rect.center().y), Align::Min, label, font, ink);
    theme::focus_ring(ui, &response, 4);
    let name = format!("Go to {}", crumb.label);
    response.widget_info(|| WidgetInfo::labeled(Role::Link, true, &name));
    if response.clicked() {
        actions.push(Action::ActivatePane(side));
        actions.push(Action::Go { side, place: crumb.place.clone() });
    }
    rect.right() + 1.0
}

fn hidden_crumbs(ui: &mut Ui, side: Side, crumbs: &[Crumb], left: f32, area: Rect, actions: &mut Vec<Action>) -> f32 {
    let rect = Rect::from_min_size(pos2(left, area.center().y - 11.0), vec2(22.0, 22.0));
    let response = ui.interact(rect, ui.scope_id().with(("hidden crumbs", side)), Sense::click());
    let response = button::icon_button_at(ui, rect, response, Icon::ELLIPSIS, "Folders above", "Folders above", None);
    Popup::menu(&response).gap(4.0).show(|ui| {
        for crumb in crumbs {
            if verbs::menu_row(ui, Some(Icon::FOLDER), &crumb.label, None, None).clicked() {
                actions.push(Action::Go { side, place: crumb.place.clone() });
            }
        }
    });
    rect.right() + 4.0
}
