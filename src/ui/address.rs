//! The address field and its list: addresses, sites, folders and commands.

use eframe::egui::{
    Align, Area, CornerRadius, EventFilter, Frame, Id, Key, Order, Rect, Role, Sense, Stroke, StrokeKind, TextEdit, Ui, WidgetInfo,
    pos2, vec2,
};

use crate::screen::state::{Focus, Suggestion};
use crate::screen::{Action, Verb};
use crate::ui::icon::Icon;
use crate::ui::tokens::{size, tokens};
use crate::ui::top_bar::field_ground;
use crate::ui::view::View;
use crate::ui::{fonts, paint, verbs};

/// The field's identity, for the focus.
#[must_use]
pub fn id() -> Id {
    Id::unique("address field")
}

/// Draws the field and, while it is open, the list under it.
pub fn show(ui: &mut Ui, view: &View<'_>, rect: Rect, actions: &mut Vec<Action>) {
    let t = tokens(ui);
    let address = &view.screen.address;
    let had_focus = ui.memory(|memory| memory.has_focus(id()));
    field_ground(ui, rect, false);
    Icon::SEARCH.paint(ui.painter(), pos2(rect.left() + 18.0, rect.center().y), size::ICON, t.subdued_on_fill);

    let mut right = rect.right() - 10.0;
    if !had_focus
        && address.text.is_empty()
        && let Some(key) = verbs::key(Verb::FocusAddress)
    {
        right = key_chip(ui, rect, &key.replace('+', " ")) - 8.0;
    }
    let keys = if had_focus { list_keys(ui, view, actions) } else { ListKeys::default() };

    let mut text = address.text.clone();
    let inner = Rect::from_min_max(pos2(rect.left() + 33.0, rect.top()), pos2(right, rect.bottom()));
    let edit = TextEdit::singleline(&mut text)
        .id(id())
        .frame(Frame::NONE)
        .hint_text(eframe::egui::RichText::new("Address, site or command").color(t.subdued_on_fill))
        .font(fonts::regular(size::BODY))
        .align(eframe::egui::Align2::LEFT_CENTER)
        .desired_width(inner.width())
        .event_filter(EventFilter { horizontal_arrows: true, vertical_arrows: true, escape: true, tab: false });
    let response = ui.put(inner, edit).accessible_name("Address, site or command");
    if response.changed() {
        actions.push(Action::EditAddress(text));
    }
    if response.gained_focus() {
        actions.push(Action::Focus(Focus::Address));
    }
    if keys.enter || (response.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter))) {
        actions.push(Action::EnterAddress(None));
    } else if keys.escape {
        response.surrender_focus();
        actions.push(Action::LeaveAddress);
    } else if response.lost_focus() && !list_is_under_pointer(ui) {
        actions.push(Action::LeaveAddress);
    }
    if response.has_focus() {
        let stroke = Stroke::new(2.0, if address.error.is_some() { t.bad } else { t.accent });
        ui.painter().rect_stroke(rect, CornerRadius::same(size::RADIUS), stroke, StrokeKind::Inside);
    }
    if address.open && (!address.suggestions.is_empty() || address.error.is_some()) {
        list(ui, view, rect, actions);
    }
}

/// The key that leads here, as a key cap; returns its left edge.
fn key_chip(ui: &Ui, rect: Rect, key: &str) -> f32 {
    let t = tokens(ui);
    let font = fonts::mono(size::MONO);
    let width = paint::width(ui, key, &font) + 12.0;
    let chip = Rect::from_min_size(pos2(rect.right() - width - 11.0, rect.center().y - 9.0), vec2(width, 18.0));
    ui.painter().rect(chip, CornerRadius::same(4), t.panel, Stroke::new(1.0, t.line), StrokeKind::Inside);
    paint::text(ui, chip.center(), Align::Center, key, font, t.subdued_on_fill);
    chip.left()
}

#[derive(Clone, Copy, Default)]
struct ListKeys {
    enter: bool,
    escape: bool,
}

/// Arrow keys move in the list; they are taken before the text field sees them.
fn list_keys(ui: &Ui, view: &View<'_>, actions: &mut Vec<Action>) -> ListKeys {
    let address = &view.screen.address;
    let none = eframe::egui::Modifiers::NONE;
    ui.input_mut(|input| {
        let last = address.suggestions.len().saturating_sub(1);
        if address.open && input.consume_key(none, Key::ArrowDown) {
            actions.push(Action::ChooseSuggestion(if address.chosen >= last { 0 } else { address.chosen + 1 }));
        }
        if address.open && input.consume_key(none, Key::ArrowUp) {
            actions.push(Action::ChooseSuggestion(address.chosen.checked_sub(1).unwrap_or(last)));
        }
        ListKeys { enter: input.consume_key(none, Key::Enter), escape: input.consume_key(none, Key::Escape) }
    })
}

fn list_id() -> Id {
    Id::unique("address list")
}

/// Whether the press that took the focus went to the list, which then says itself what was chosen.
fn list_is_under_pointer(ui: &Ui) -> bool {
    let area = ui.memory(|memory| memory.area_rect(list_id()));
    ui.input(|input| input.pointer.interact_pos()).zip(area).is_some_and(|(at, area)| area.contains(at))
}

fn list(ui: &Ui, view: &View<'_>, field: Rect, actions: &mut Vec<Action>) {
    let address = &view.screen.address;
    Area::new(list_id()).order(Order::Foreground).fixed_pos(field.left_bottom() + vec2(0.0, 4.0)).show(ui.ctx(), |ui| {
        Frame::popup(ui.style()).show(ui, |ui| {
            ui.set_width(field.width() - 10.0);
            ui.spacing_mut().item_spacing.y = 0.0;
            if let Some(error) = &address.error {
                let t = tokens(ui);
                ui.horizontal(|ui| {
                    ui.set_height(28.0);
                    ui.add_space(8.0);
                    ui.label(Icon::CIRCLE_ALERT.text(size::ICON_SMALL, t.bad));
                    ui.label(crate::ui::text::body(ui, error));
                });
            }
            for (at, suggestion) in address.suggestions.iter().enumerate() {
                if row(ui, suggestion, at == address.chosen).clicked() {
                    actions.push(Action::EnterAddress(Some(at)));
                }
            }
        });
    });
}

fn row(ui: &mut Ui, suggestion: &Suggestion, chosen: bool) -> eframe::egui::Response {
    let t = tokens(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 30.0), Sense::CLICK);
    let (icon, what, detail) = match suggestion {
        Suggestion::Site { name, detail, .. } => (Icon::SERVER, name.as_str(), detail.clone()),
        Suggestion::Address(address) => (Icon::GLOBE, address.as_str(), "connect".to_owned()),
        Suggestion::Folder(folder) => (Icon::FOLDER, folder.as_str(), "go to folder".to_owned()),
        Suggestion::Verb(verb) => (verbs::icon(*verb), verb.label(), verbs::key(*verb).unwrap_or_default()),
    };
    if chosen || response.hovered() {
        let fill = if chosen { t.selection } else { t.pressed };
        ui.painter().rect_filled(rect, CornerRadius::same(size::RADIUS - 1), fill);
    }
    let y = rect.center().y;
    let (ink, second) = if chosen { (t.strong, t.text) } else { (t.text, t.subdued_on_fill) };
    icon.paint(ui.painter(), pos2(rect.left() + 17.0, y), size::ICON_SMALL, second);
    let font = fonts::regular(size::BODY);
    let room = rect.width() * 0.62;
    let cut = paint::cut_middle(ui, what, &font, room);
    let end = paint::text(ui, pos2(rect.left() + 34.0, y), Align::Min, cut, font.clone(), ink).right();
    let cut = paint::cut_middle(ui, &detail, &font, rect.right() - 12.0 - end - 16.0);
    paint::text(ui, pos2(rect.right() - 12.0, y), Align::Max, cut, font, second);
    response.widget_info(|| WidgetInfo::selected(Role::ListBoxOption, true, chosen, what));
    response
}

/// Selects what the field holds.
pub fn select_all(ctx: &eframe::egui::Context, text: &str) {
    use eframe::egui::text::{CCursor, CCursorRange};
    let mut state = TextEdit::load_state(ctx, id()).unwrap_or_default();
    let end = CCursor::new(text.chars().count());
    state.cursor.set_char_range(Some(CCursorRange::two(CCursor::new(0), end)));
    TextEdit::store_state(ctx, id(), state);
}
