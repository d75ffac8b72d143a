//! The top bar: the site with its state, the address field, connect or disconnect, theme, settings.

use eframe::egui::{
    Align, Color32, CornerRadius, Layout, Popup, Rect, Response, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2,
};

use crate::model::session::Phase;
use crate::model::settings::ThemeChoice;
use crate::model::site::Site;
use crate::screen::{Action, Verb};
use crate::ui::icon::Icon;
use crate::ui::tokens::{Tokens, size, tokens};
use crate::ui::view::View;
use crate::ui::widgets::button;
use crate::ui::{address, fonts, paint, site_menu, theme, verbs};

/// Draws the bar.
pub fn show(ui: &mut Ui, view: &View<'_>, actions: &mut Vec<Action>) {
    let t = tokens(ui);
    let area = ui.max_rect();
    Icon::ANCHOR.paint(ui.painter(), pos2(area.left() + 24.0, area.center().y - 0.5), 18.0, t.accent);

    let fields = Rect::from_min_max(area.min + vec2(48.0, 8.0), pos2(area.right(), area.top() + 8.0 + size::BUTTON));
    let mut right = ui.new_child(
        eframe::egui::UiBuilder::new()
            .max_rect(Rect::from_min_max(fields.min, fields.max - vec2(12.0, 0.0)))
            .id_salt("right side")
            .layout(Layout::right_to_left(Align::Center)),
    );
    let chip_width = ((fields.width() - 300.0) * 0.36).clamp(150.0, 352.0);
    let chip = Rect::from_min_size(fields.min, vec2(chip_width, size::BUTTON));
    site_chip(ui, view, chip, actions);

    right.spacing_mut().item_spacing.x = 14.0;
    right_side(&mut right, view, actions);
    let field = Rect::from_min_max(pos2(chip.right() + 10.0, chip.top()), pos2(right.min_rect().left() - 10.0, chip.bottom()));
    address::show(ui, view, field, actions);
}

/// The ground of a field or chip.
pub fn field_ground(ui: &Ui, rect: Rect, hovered: bool) {
    let t = tokens(ui);
    let fill = if hovered { t.pressed } else { t.raised };
    ui.painter().rect(rect, CornerRadius::same(size::RADIUS), fill, Stroke::new(1.0, t.line), StrokeKind::Inside);
}

/// The colour of the session's state.
fn state_color(t: &Tokens, phase: &Phase) -> Color32 {
    match phase {
        Phase::Offline | Phase::Resting { .. } => t.grey,
        Phase::Connecting(_) => t.accent,
        Phase::Moored => t.good,
        Phase::Leaving(_) | Phase::Adrift { .. } => t.warn,
        Phase::Stranded { .. } => t.bad,
    }
}

/// `user@host`, with the port when it is not the usual one.
#[must_use]
pub fn user_at_host(site: &Site) -> String {
    match site.port {
        Some(port) if port != site.encryption.default_port() => format!("{}@{}:{port}", site.login_user(), site.host),
        _ => format!("{}@{}", site.login_user(), site.host),
    }
}

fn site_chip(ui: &mut Ui, view: &View<'_>, rect: Rect, actions: &mut Vec<Action>) {
    let t = tokens(ui);
    let session = &view.screen.session;
    let response = ui.interact(rect, ui.scope_id().with("site chip"), Sense::click());
    field_ground(ui, rect, response.hovered());
    let y = rect.center().y;
    let color = state_color(t, &session.phase);
    let dot = pos2(rect.left() + 15.0, y);
    ui.painter().circle_filled(dot, 7.0, color.gamma_multiply(0.25));
    ui.painter().circle_filled(dot, 4.0, color);
    let right = rect.right() - 30.0;
    let strong = fonts::strong(size::BODY);
    let regular = fonts::regular(size::BODY);
    let name = session.site.as_ref().map_or("Not connected", |site| site.name.as_str());
    let left = rect.left() + 27.0;
    let cut = paint::cut_middle(ui, name, &strong, right - left);
    let name_end = paint::text(ui, pos2(left, y), Align::Min, cut, strong, t.strong).right();
    let detail = match &session.site {
        Some(site) => user_at_host(site),
        None => "Choose a site".to_owned(),
    };
    if right - name_end > 60.0 && detail != name {
        let cut = paint::cut_middle(ui, &detail, &regular, right - name_end - 8.0);
        paint::text(ui, pos2(name_end + 8.0, y), Align::Min, cut, regular, t.subdued_on_fill);
    }
    Icon::CHEVRON_DOWN.paint(ui.painter(), pos2(rect.right() - 17.0, y), size::ICON_SMALL, t.subdued_on_fill);
    theme::focus_ring(ui, &response, size::RADIUS);
    let label = format!("Site: {name}, {}", state_name(&session.phase));
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &label));
    Popup::menu(&response).width(rect.width().max(240.0)).gap(4.0).show(|ui| site_menu::show(ui, view, actions));
    response.on_hover_text(detail);
}

/// The state in a word.
fn state_name(phase: &Phase) -> &'static str {
    match phase {
        Phase::Offline => "offline",
        Phase::Connecting(_) => "connecting",
        Phase::Moored => "moored",
        Phase::Leaving(_) => "leaving",
        Phase::Adrift { .. } => "adrift",
        Phase::Resting { .. } => "resting",
        Phase::Stranded { .. } => "stranded",
    }
}

/// From the right: settings, theme, connect or disconnect.
fn right_side(ui: &mut Ui, view: &View<'_>, actions: &mut Vec<Action>) {
    let screen = view.screen;
    verbs::icon_button(ui, screen, Verb::Settings, actions);
    let dark = ui.visuals().dark_mode;
    let (icon, other) = if dark { (Icon::MOON, "light") } else { (Icon::SUN, "dark") };
    let now = match screen.settings.theme {
        ThemeChoice::System => "as the system has it",
        ThemeChoice::Dark => "dark",
        ThemeChoice::Light => "light",
    };
    let tooltip = format!("Change to the {other} window; now {now}");
    if button::icon_button(ui, icon, Verb::ToggleTheme.label(), &tooltip).clicked() {
        actions.push(Action::Do(Verb::ToggleTheme));
    }
    let verb = match screen.session.phase {
        Phase::Moored | Phase::Connecting(_) => Verb::Disconnect,
        Phase::Leaving(_) => Verb::StayConnected,
        Phase::Adrift { .. } | Phase::Resting { .. } | Phase::Stranded { .. } => Verb::Reconnect,
        Phase::Offline if screen.session.site.is_some() && screen.marked_site().is_none() => Verb::Reconnect,
        Phase::Offline => Verb::Connect,
    };
    let label = if matches!(screen.session.phase, Phase::Connecting(_)) { "Cancel" } else { verb.label() };
    if connect_button(ui, view, verb, label).clicked() {
        actions.push(Action::Do(verb));
    }
}

fn connect_button(ui: &mut Ui, view: &View<'_>, verb: Verb, label: &str) -> Response {
    let why_not = verbs::why_not(verb, view.screen);
    let response = button::ghost_icon_button(ui, verbs::icon(verb), label, why_not);
    if why_not.is_none() { response.on_hover_text(verbs::tooltip(verb)) } else { response }
}
