//! Check boxes and switches.

use eframe::egui::{Align2, CornerRadius, Rect, Response, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2};

use crate::ui::icon::Icon;
use crate::ui::tokens::{size, tokens};
use crate::ui::{fonts, theme};

/// A check box with its words.
pub fn check(ui: &mut Ui, value: &mut bool, words: &str) -> Response {
    let t = tokens(ui);
    let room = ui.available_width() - 26.0;
    let galley = ui.painter().layout(words.to_owned(), fonts::regular(size::BODY), t.text, room);
    let height = galley.size().y.max(18.0) + 4.0;
    let (rect, mut response) = ui.allocate_exact_size(vec2(galley.size().x + 26.0, height), Sense::click());
    toggle(ui, &mut response, value, Role::CheckBox, words);
    let tick = Rect::from_min_size(pos2(rect.left() + 1.0, rect.top() + 3.0), vec2(16.0, 16.0));
    paint_box(ui, tick, *value, response.hovered());
    ui.painter().galley(pos2(rect.left() + 26.0, rect.center().y - galley.size().y / 2.0), galley, t.text);
    theme::focus_ring(ui, &response.clone().with_new_rect(tick.expand(3.0)), 5);
    response
}

/// A check box alone, for a table whose headings name it; `name` is for screen readers.
pub fn bare_check(ui: &mut Ui, value: &mut bool, name: &str) -> Response {
    let (rect, mut response) = ui.allocate_exact_size(vec2(24.0, 24.0), Sense::click());
    toggle(ui, &mut response, value, Role::CheckBox, name);
    let tick = Rect::from_center_size(rect.center(), vec2(16.0, 16.0));
    paint_box(ui, tick, *value, response.hovered());
    theme::focus_ring(ui, &response.clone().with_new_rect(tick.expand(3.0)), 5);
    response
}

/// A switch at the right end of a row: the title on the left, what it means below.
pub fn switch(ui: &mut Ui, value: &mut bool, title: &str, explanation: &str) -> Response {
    let t = tokens(ui);
    let room = ui.available_width() - 60.0;
    let title_text = ui.painter().layout(title.to_owned(), fonts::regular(size::BODY), t.strong, room);
    let words = ui.painter().layout(explanation.to_owned(), fonts::regular(size::SECONDARY), t.subdued_on_fill, room);
    let height = title_text.size().y + 2.0 + words.size().y + 4.0;
    let (rect, mut response) = ui.allocate_exact_size(vec2(ui.available_width(), height), Sense::click());
    toggle(ui, &mut response, value, Role::Switch, title);
    let painter = ui.painter();
    let below = rect.top() + 2.0 + title_text.size().y + 2.0;
    painter.galley(pos2(rect.left(), rect.top() + 2.0), title_text, t.strong);
    painter.galley(pos2(rect.left(), below), words, t.subdued_on_fill);

    let track = Align2::RIGHT_CENTER.align_size_within_rect(vec2(34.0, 20.0), rect);
    let slide = ui.ctx().animate_bool_responsive(response.id, *value);
    let off = if response.hovered() { t.line } else { t.pressed };
    painter.rect(
        track,
        CornerRadius::same(10),
        off.lerp_to_gamma(t.accent, slide),
        Stroke::new(1.0, t.subdued.lerp_to_gamma(t.accent, slide)),
        StrokeKind::Inside,
    );
    let knob = pos2(track.left() + 10.0 + 14.0 * slide, track.center().y);
    painter.circle_filled(knob, 6.0, t.subdued_on_fill.lerp_to_gamma(t.on_accent, slide));
    theme::focus_ring(ui, &response.clone().with_new_rect(track.expand(3.0)), 12);
    response
}

fn toggle(ui: &Ui, response: &mut Response, value: &mut bool, role: Role, name: &str) {
    if response.clicked() {
        *value = !*value;
        response.mark_changed();
    }
    let value = *value;
    response.widget_info(|| WidgetInfo::selected(role, ui.is_enabled(), value, name));
}

/// The box of a check box, ticked or not.
pub fn paint_box(ui: &Ui, tick: Rect, on: bool, hovered: bool) {
    let t = tokens(ui);
    let painter = ui.painter();
    if on {
        painter.rect_filled(tick, CornerRadius::same(4), t.accent);
        Icon::CHECK.paint(painter, tick.center(), 12.0, t.on_accent);
    } else {
        let fill = if hovered { t.pressed } else { t.panel };
        painter.rect(tick, CornerRadius::same(4), fill, Stroke::new(1.0, t.subdued), StrokeKind::Inside);
    }
}
