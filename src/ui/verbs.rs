//! How a verb looks: its icon, its tooltip with the key, its row in a menu.

use eframe::egui::{Align, Color32, CornerRadius, Response, Role, Sense, Ui, WidgetInfo, pos2, vec2};

use crate::screen::keys::shown_key;
use crate::screen::{Action, Screen, Verb};
use crate::ui::icon::Icon;
use crate::ui::tokens::{size, tokens};
use crate::ui::widgets::button;
use crate::ui::{fonts, paint, theme};

/// The widest menu.
const MENU_WIDTH: f32 = 290.0;

/// The verb's icon.
#[must_use]
pub fn icon(verb: Verb) -> Icon {
    Icon::named(verb.icon()).unwrap_or(Icon::CIRCLE_HELP)
}

/// The key that menus and tooltips show.
#[must_use]
pub fn key(verb: Verb) -> Option<String> {
    shown_key(verb)
}

/// What it does, and its key.
#[must_use]
pub fn tooltip(verb: Verb) -> String {
    match key(verb) {
        Some(key) => format!("{} ({key})", verb.tooltip()),
        None => verb.tooltip().to_owned(),
    }
}

/// Why it cannot be done now.
#[must_use]
pub fn why_not(verb: Verb, screen: &Screen) -> Option<&'static str> {
    verb.is_enabled(screen).err()
}

/// An icon button for a verb.
pub fn icon_button(ui: &mut Ui, screen: &Screen, verb: Verb, actions: &mut Vec<Action>) -> Response {
    let why_not = why_not(verb, screen);
    let response = button::icon_button_if(ui, icon(verb), verb.label(), &tooltip(verb), why_not);
    if response.clicked() {
        actions.push(Action::Do(verb));
    }
    response
}

/// A row of a menu for a verb.
pub fn menu_item(ui: &mut Ui, screen: &Screen, verb: Verb, actions: &mut Vec<Action>) {
    menu_item_named(ui, screen, verb, verb.label(), actions);
}

/// As [`menu_item`], under another name where the usual one would be misleading.
pub fn menu_item_named(ui: &mut Ui, screen: &Screen, verb: Verb, label: &str, actions: &mut Vec<Action>) {
    let why_not = why_not(verb, screen);
    if menu_row(ui, Some(icon(verb)), label, key(verb).as_deref(), why_not).clicked() {
        actions.push(Action::Do(verb));
    }
}

/// Begins a menu: rows without gaps, all of one width.
pub fn begin_menu(ui: &mut Ui) {
    ui.spacing_mut().item_spacing.y = 0.0;
    ui.set_width(ui.available_width().min(MENU_WIDTH));
}

/// A row of a menu; closes the menu when clicked. With a reason it is disabled and says it.
pub fn menu_row(ui: &mut Ui, icon: Option<Icon>, label: &str, key: Option<&str>, why_not: Option<&str>) -> Response {
    let t = tokens(ui);
    let font = fonts::regular(size::BODY);
    let key_font = fonts::mono(size::MONO);
    let keys_width = key.map_or(0.0, |key| paint::width(ui, key, &key_font) + 24.0);
    let wanted = 30.0 + paint::width(ui, label, &font) + keys_width + 12.0;
    let width = ui.available_width().max(wanted);
    let (rect, mut response) = ui.allocate_exact_size(vec2(width, size::PILL), Sense::click());
    let enabled = why_not.is_none();
    if ui.is_rect_visible(rect) {
        let lit = enabled && (response.hovered() || response.has_focus());
        if lit {
            ui.painter().rect_filled(rect, CornerRadius::same(size::RADIUS - 1), t.pressed);
        }
        let ink = if !enabled {
            t.subdued.gamma_multiply(0.7)
        } else if lit {
            t.strong
        } else {
            t.text
        };
        if let Some(icon) = icon {
            let tint = if enabled { t.subdued_on_fill } else { ink };
            icon.paint(ui.painter(), pos2(rect.left() + 15.0, rect.center().y), size::ICON_SMALL, tint);
        }
        paint::text(ui, pos2(rect.left() + 30.0, rect.center().y), Align::Min, label, font, ink);
        if let Some(key) = key {
            let ink = if enabled { t.subdued_on_fill } else { ink };
            paint::text(ui, pos2(rect.right() - 8.0, rect.center().y), Align::Max, key, key_font, ink);
        }
        theme::focus_ring(ui, &response, size::RADIUS - 1);
    }
    let name = label.to_owned();
    response.widget_info(|| WidgetInfo::labeled(Role::MenuItem, enabled, &name));
    if !enabled {
        response.flags.remove(eframe::egui::response::Flags::CLICKED);
    }
    if response.clicked() {
        ui.close();
    }
    match why_not {
        Some(reason) => response.on_hover_text(reason),
        None => response,
    }
}

/// A thin line between groups of a menu.
pub fn menu_line(ui: &mut Ui) {
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width().max(1.0), 7.0), Sense::hover());
    ui.painter().rect_filled(
        rect.shrink2(vec2(4.0, 3.0)),
        CornerRadius::ZERO,
        if rect.width() > 1.0 { tokens(ui).line } else { Color32::TRANSPARENT },
    );
}
