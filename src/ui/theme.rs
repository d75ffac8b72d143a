//! egui's style for both themes, made from the tokens: hover by fill, no boxes around widgets, one focus ring.

use std::sync::Arc;

use eframe::egui::style::{ScrollAnimation, ScrollStyle, TextCursorStyle, WidgetVisuals, Widgets};
use eframe::egui::{
    Color32, Context, CornerRadius, Event, Id, Margin, Response, Shadow, Stroke, StrokeKind, Style, TextStyle, Theme, Ui, Vec2,
    Visuals,
};

use crate::ui::fonts;
use crate::ui::tokens::{Tokens, size, tokens};

/// How long a fade lasts, in seconds.
pub const FADE: f32 = 0.1;

/// Installs typefaces and both styles.
pub fn install(ctx: &Context) {
    fonts::install(ctx);
    for theme in [Theme::Dark, Theme::Light] {
        ctx.set_style_of(theme, Arc::new(style(theme)));
    }
    ctx.options_mut(|options| {
        options.zoom_with_keyboard = false;
        options.fallback_theme = Theme::Dark;
    });
}

/// Makes all motion instant, for a system that asks for less of it.
pub fn reduce_motion(ctx: &Context) {
    ctx.all_styles_mut(|style| style.animation_time = 0.0);
}

fn style(theme: Theme) -> Style {
    let mut style = Style { visuals: visuals(theme), animation_time: FADE, ..Style::default() };
    style.text_styles = [
        (TextStyle::Heading, fonts::strong(size::TITLE)),
        (TextStyle::Body, fonts::regular(size::BODY)),
        (TextStyle::Button, fonts::regular(size::BODY)),
        (TextStyle::Small, fonts::regular(size::SECONDARY)),
        (TextStyle::Monospace, fonts::mono(size::MONO)),
    ]
    .into();
    style.drag_value_text_style = TextStyle::Body;
    let spacing = &mut style.spacing;
    spacing.item_spacing = Vec2::new(8.0, 4.0);
    spacing.button_padding = Vec2::new(10.0, 4.0);
    spacing.interact_size = Vec2::new(28.0, 26.0);
    spacing.menu_margin = Margin::symmetric(6, 5);
    spacing.window_margin = Margin::same(20);
    spacing.tooltip_width = 420.0;
    spacing.scroll = ScrollStyle {
        bar_width: 8.0,
        floating_width: 4.0,
        handle_min_length: 28.0,
        foreground_color: true,
        dormant_handle_opacity: 0.25,
        active_handle_opacity: 0.45,
        interact_handle_opacity: 0.7,
        dormant_background_opacity: 0.0,
        active_background_opacity: 0.0,
        interact_background_opacity: 0.15,
        ..ScrollStyle::floating()
    };
    spacing.scroll.fade.strength = 0.0;
    style.interaction.selectable_labels = false;
    style.interaction.tooltip_delay = 0.4;
    // Lists jump to a row: a hand that pages through a long folder must not wait for motion.
    style.scroll_animation = ScrollAnimation::none();
    style.explanation_tooltips = false;
    style.compact_menu_style = false;
    style
}

fn visuals(theme: Theme) -> Visuals {
    let t = Tokens::of(theme);
    let base = match theme {
        Theme::Dark => Visuals::dark(),
        Theme::Light => Visuals::light(),
    };
    let shadow = |blur: u8, alpha: u8| Shadow { offset: [0, 6], blur, spread: 0, color: Color32::from_black_alpha(alpha) };
    let depth = if theme == Theme::Dark { 110 } else { 40 };
    let widget = |fill: Color32, text: Color32| WidgetVisuals {
        bg_fill: if fill == Color32::TRANSPARENT { t.pressed } else { fill },
        weak_bg_fill: fill,
        bg_stroke: Stroke::NONE,
        corner_radius: CornerRadius::same(size::RADIUS),
        fg_stroke: Stroke::new(1.0, text),
        expansion: 0.0,
    };
    let mut noninteractive = widget(t.panel, t.text);
    // Separators and window outlines take this stroke.
    noninteractive.bg_stroke = Stroke::new(1.0, t.line);
    Visuals {
        widgets: Widgets {
            noninteractive,
            inactive: widget(Color32::TRANSPARENT, t.text),
            hovered: widget(t.pressed, t.strong),
            active: widget(t.pressed, t.strong),
            open: widget(t.pressed, t.strong),
        },
        selection: eframe::egui::style::Selection { bg_fill: t.selection, stroke: Stroke::new(1.0, t.strong) },
        weak_text_color: Some(t.subdued_on_fill),
        hyperlink_color: t.accent,
        faint_bg_color: t.raised,
        extreme_bg_color: t.window,
        text_edit_bg_color: Some(t.raised),
        code_bg_color: t.raised,
        warn_fg_color: t.warn_text,
        error_fg_color: t.bad,
        window_corner_radius: CornerRadius::same(size::DIALOG_RADIUS),
        window_shadow: shadow(32, depth),
        window_fill: t.raised,
        window_stroke: Stroke::new(1.0, t.line),
        window_highlight_topmost: false,
        menu_corner_radius: CornerRadius::same(size::CARD_RADIUS),
        panel_fill: t.panel,
        popup_shadow: shadow(18, depth),
        text_cursor: TextCursorStyle { stroke: Stroke::new(1.5, t.accent), blink: false, ..base.text_cursor.clone() },
        striped: false,
        slider_trailing_fill: true,
        disabled_alpha: 0.55,
        ..base
    }
}

/// Notes whether the keyboard or the pointer was used last: the focus ring is for the keyboard. Once a frame.
pub fn note_input(ctx: &Context) {
    let keyboard = ctx.input(|input| {
        input.events.iter().rev().find_map(|event| match event {
            Event::Key { pressed: true, .. } => Some(true),
            Event::PointerButton { pressed: true, .. } => Some(false),
            _ => None,
        })
    });
    if let Some(keyboard) = keyboard {
        ctx.data_mut(|data| data.insert_temp(Id::unique("keyboard was used last"), keyboard));
    }
}

/// Whether the focus is to be shown.
#[must_use]
pub fn shows_focus(ctx: &Context) -> bool {
    ctx.data(|data| data.get_temp(Id::unique("keyboard was used last"))).unwrap_or(false)
}

/// Paints the focus ring around a widget that has the keyboard.
pub fn focus_ring(ui: &Ui, response: &Response, radius: u8) {
    if response.has_focus() && shows_focus(ui.ctx()) {
        let stroke = Stroke::new(2.0, tokens(ui).accent);
        ui.painter().rect_stroke(response.rect.shrink(1.0), CornerRadius::same(radius), stroke, StrokeKind::Middle);
    }
}
