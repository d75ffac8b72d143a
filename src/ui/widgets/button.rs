//! Buttons: primary, quiet, ghost and icon, each also in a disabled form that says why.

use eframe::egui::{Color32, CornerRadius, Rect, Response, Role, Sense, Ui, Vec2, WidgetInfo, pos2, vec2};

use crate::ui::icon::Icon;
use crate::ui::tokens::{Tokens, size, tokens};
use crate::ui::{fonts, theme};

/// How much a button asks for attention.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Weight {
    /// The one way on that is meant.
    Primary,
    /// As primary, for what cannot be taken back.
    Danger,
    /// Another way on.
    Quiet,
    /// No ground until hovered.
    Ghost,
}

impl Weight {
    /// Ground and text.
    fn colors(self, t: &Tokens, hovered: bool, down: bool) -> (Color32, Color32) {
        let mix = |from: Color32, to: Color32, share: f32| if hovered { from.lerp_to_gamma(to, share) } else { from };
        let share = if down { 0.22 } else { 0.12 };
        match self {
            Self::Primary => (mix(t.accent, t.strong, share), t.on_accent),
            Self::Danger => (mix(t.bad, t.strong, share), if t.on_accent == Color32::WHITE { Color32::WHITE } else { t.window }),
            Self::Quiet => (mix(t.pressed, t.subdued, share), t.text),
            Self::Ghost if hovered => (mix(t.pressed, t.subdued, if down { 0.22 } else { 0.0 }), t.strong),
            Self::Ghost => (Color32::TRANSPARENT, t.text),
        }
    }
}

/// A button with words, and an icon before them if wanted; 28 high.
fn button(ui: &mut Ui, weight: Weight, icon: Option<Icon>, label: &str, why_not: Option<&str>) -> Response {
    let t = tokens(ui);
    let galley = ui.painter().layout_no_wrap(label.to_owned(), fonts::regular(size::BODY), Color32::PLACEHOLDER);
    let lead = if icon.is_some() { size::ICON + 6.0 } else { 0.0 };
    let width = galley.size().x + lead + 20.0;
    let (rect, response) = ui.allocate_exact_size(vec2(width, size::BUTTON), Sense::click());
    let enabled = why_not.is_none() && ui.is_enabled();
    let (fill, mut ink) = weight.colors(t, enabled && response.hovered(), enabled && response.is_pointer_button_down_on());
    let mut ground = fill;
    if !enabled {
        ink = t.subdued;
        ground = if weight == Weight::Ghost { Color32::TRANSPARENT } else { t.pressed.gamma_multiply(0.6) };
    }
    if ui.is_rect_visible(rect) {
        ui.painter().rect_filled(rect, CornerRadius::same(size::RADIUS), ground);
        let mut left = rect.left() + 10.0;
        if let Some(icon) = icon {
            let tint = if weight == Weight::Ghost && ink == t.text { t.subdued } else { ink };
            icon.paint(ui.painter(), pos2(left + size::ICON / 2.0, rect.center().y), size::ICON, tint);
            left += lead;
        }
        ui.painter().galley(pos2(left, rect.center().y - galley.size().y / 2.0), galley, ink);
        theme::focus_ring(ui, &response, size::RADIUS);
    }
    finish(response, Role::Button, label, enabled, why_not)
}

/// Names the widget; a disabled one never reports a click and says why.
fn finish(mut response: Response, kind: Role, name: &str, enabled: bool, why_not: Option<&str>) -> Response {
    let label = name.to_owned();
    response.widget_info(move || {
        let mut info = WidgetInfo::labeled(kind, enabled, label.clone());
        info.enabled = enabled;
        info
    });
    if !enabled {
        response.flags.remove(eframe::egui::response::Flags::CLICKED);
    }
    match why_not {
        Some(reason) if !reason.is_empty() => response.on_hover_text(reason),
        _ => response,
    }
}

/// The one way on that is meant.
pub fn primary_button(ui: &mut Ui, label: &str) -> Response {
    button(ui, Weight::Primary, None, label, None)
}

/// As [`primary_button`]; with a reason it is disabled and says it.
pub fn primary_button_if(ui: &mut Ui, label: &str, why_not: Option<&str>) -> Response {
    button(ui, Weight::Primary, None, label, why_not)
}

/// As [`primary_button`], for what cannot be taken back.
pub fn danger_button(ui: &mut Ui, label: &str) -> Response {
    button(ui, Weight::Danger, None, label, None)
}

/// Another way on.
pub fn quiet_button(ui: &mut Ui, label: &str) -> Response {
    button(ui, Weight::Quiet, None, label, None)
}

/// As [`quiet_button`]; with a reason it is disabled and says it.
pub fn quiet_button_if(ui: &mut Ui, label: &str, why_not: Option<&str>) -> Response {
    button(ui, Weight::Quiet, None, label, why_not)
}

/// No ground until hovered.
pub fn ghost_button(ui: &mut Ui, label: &str) -> Response {
    button(ui, Weight::Ghost, None, label, None)
}

/// As [`ghost_button`] with an icon; with a reason it is disabled and says it.
pub fn ghost_icon_button(ui: &mut Ui, icon: Icon, label: &str, why_not: Option<&str>) -> Response {
    button(ui, Weight::Ghost, Some(icon), label, why_not)
}

/// A button of the lower panel: with its words where the panel is wide, the icon alone where the tabs need the room.
pub fn panel_button(ui: &mut Ui, icon: Icon, label: &str) -> Response {
    if ui.max_rect().width() > 1000.0 { ghost_icon_button(ui, icon, label, None) } else { icon_button(ui, icon, label, "") }
}

/// An icon alone, 28 × 28; the name is for screen readers, the tooltip says more and may name a key.
pub fn icon_button(ui: &mut Ui, icon: Icon, name: &str, tooltip: &str) -> Response {
    icon_button_sized(ui, icon, name, tooltip, None, Vec2::splat(size::BUTTON))
}

/// As [`icon_button`]; with a reason it is disabled and says it.
pub fn icon_button_if(ui: &mut Ui, icon: Icon, name: &str, tooltip: &str, why_not: Option<&str>) -> Response {
    icon_button_sized(ui, icon, name, tooltip, why_not, Vec2::splat(size::BUTTON))
}

/// As [`icon_button`] in another size.
pub fn icon_button_sized(ui: &mut Ui, icon: Icon, name: &str, tooltip: &str, why_not: Option<&str>, extent: Vec2) -> Response {
    let (rect, response) = ui.allocate_exact_size(extent, Sense::click());
    icon_button_at(ui, rect, response, icon, name, tooltip, why_not)
}

/// Paints an icon button over a place that is allocated already.
pub fn icon_button_at(
    ui: &Ui,
    rect: Rect,
    response: Response,
    icon: Icon,
    name: &str,
    tooltip: &str,
    why_not: Option<&str>,
) -> Response {
    let t = tokens(ui);
    let enabled = why_not.is_none() && ui.is_enabled();
    if ui.is_rect_visible(rect) {
        let hovered = enabled && response.hovered();
        if hovered {
            let fill = if response.is_pointer_button_down_on() { t.line } else { t.pressed };
            ui.painter().rect_filled(rect, CornerRadius::same(size::RADIUS), fill);
        }
        let ink = match (enabled, hovered) {
            (false, _) => t.subdued.gamma_multiply(0.6),
            (true, true) => t.strong,
            (true, false) => t.subdued,
        };
        icon.paint(ui.painter(), rect.center(), size::ICON, ink);
        theme::focus_ring(ui, &response, size::RADIUS);
    }
    let response = finish(response, Role::Button, name, enabled, why_not);
    if enabled && !tooltip.is_empty() { response.on_hover_text(tooltip) } else { response }
}

/// Words in the accent's colour that do something, inside a line of text.
pub fn link(ui: &mut Ui, label: &str) -> Response {
    let t = tokens(ui);
    let galley = ui.painter().layout_no_wrap(label.to_owned(), fonts::strong(size::SECONDARY), Color32::PLACEHOLDER);
    let (rect, response) = ui.allocate_exact_size(vec2(galley.size().x, 20.0), Sense::click());
    let ink = if response.hovered() { t.strong } else { t.accent };
    ui.painter().galley(pos2(rect.left(), rect.center().y - galley.size().y / 2.0), galley, ink);
    theme::focus_ring(ui, &response, 4);
    finish(response, Role::Link, label, true, None)
}
