//! One connection's lane of the timeline: its spans and marks, each with its words for the pointer.

use eframe::egui::{Align, Color32, CornerRadius, Pos2, Rect, Role, Sense, Shape, Stroke, Ui, WidgetInfo, pos2, vec2};
use jiff::Timestamp;

use crate::model::timeline::{Lane, Mark, MarkKind, Span, SpanKind};
use crate::ui::timeline_window::Window;
use crate::ui::tokens::{Tokens, size, tokens};
use crate::ui::view::View;
use crate::ui::{fonts, paint};

/// Height of a lane in points.
pub const HEIGHT: f32 = 34.0;
/// Height of what is drawn in it.
const BAR: f32 = 16.0;
/// Narrower spans are drawn so wide, so that they are seen.
const LEAST: f32 = 2.0;

/// A connection's name.
#[must_use]
pub fn name(connection: u16) -> String {
    if connection == 0 { "main".to_owned() } else { format!("#{connection}") }
}

/// Draws a lane into `rect`; its times are those of `window`.
pub fn show(ui: &Ui, view: &View<'_>, lane: &Lane, window: &Window, rect: Rect) {
    let t = tokens(ui);
    let painter = ui.painter_at(rect);
    let x = |at: Timestamp| rect.left() + points(window.share_of(at, view.now)) * rect.width();
    let mut is_covered = false;
    for (number, span) in lane.spans.iter().enumerate() {
        let (from, to) = (x(span.from), x(span.to));
        if to < rect.left() || from > rect.right() {
            continue;
        }
        let bar = bar(span.kind, from, to, rect);
        painter.rect_filled(bar, CornerRadius::same(2), color(t, span.kind));
        if span.kind == SpanKind::Open {
            continue;
        }
        if matches!(span.kind, SpanKind::Transfer | SpanKind::Listing) && bar.width() > 60.0 {
            let font = fonts::mono(size::MONO - 1.0);
            let words = paint::cut_end(ui, &span.title, &font, bar.intersect(rect).width() - 10.0);
            let at = pos2(bar.left().max(rect.left()) + 5.0, bar.center().y);
            paint::text(ui, at, Align::Min, words, font, t.on_accent);
        }
        let response =
            ui.interact(bar.expand2(vec2(1.0, 4.0)), ui.scope_id().with(("span", lane.connection, number)), Sense::hover());
        response.widget_info(|| WidgetInfo::labeled(Role::Label, true, words(view, span)));
        is_covered |= response.contains_pointer();
        response.on_hover_ui(|ui| tooltip(ui, view, span));
    }
    for mark in &lane.marks {
        let at = x(mark.at);
        if (rect.left()..=rect.right()).contains(&at) {
            is_covered |= show_mark(ui, view, lane.connection, mark, at, rect);
        }
    }
    lives(ui, view, lane, rect, is_covered, x);
}

/// The words of each life of the connection, most of all how it ended; what happened in it says its own.
fn lives(ui: &Ui, view: &View<'_>, lane: &Lane, rect: Rect, is_covered: bool, x: impl Fn(Timestamp) -> f32) {
    for (number, span) in lane.spans.iter().enumerate().filter(|(_, span)| span.kind == SpanKind::Open) {
        let bar = bar(span.kind, x(span.from), x(span.to), rect);
        if !bar.intersects(rect) {
            continue;
        }
        let place = bar.expand2(vec2(0.0, BAR / 2.0)).intersect(rect);
        let response = ui.interact(place, ui.scope_id().with(("life", lane.connection, number)), Sense::hover());
        response.widget_info(|| WidgetInfo::labeled(Role::Label, true, words(view, span)));
        if !is_covered {
            response.on_hover_ui(|ui| tooltip(ui, view, span));
        }
    }
}

#[allow(clippy::cast_possible_truncation, reason = "a share of a width; what lies outside is not drawn")]
fn points(share: f64) -> f32 {
    share.clamp(-10.0, 10.0) as f32
}

/// The place of a span: a line for a connection's life, a bar for what happened in it.
fn bar(kind: SpanKind, from: f32, to: f32, rect: Rect) -> Rect {
    let height = match kind {
        SpanKind::Open => 2.0,
        SpanKind::KeepAlive | SpanKind::Countdown => BAR - 8.0,
        _ => BAR,
    };
    let y = rect.center().y;
    Rect::from_min_max(pos2(from, y - height / 2.0), pos2(to.max(from + LEAST), y + height / 2.0))
}

fn color(t: &Tokens, kind: SpanKind) -> Color32 {
    match kind {
        SpanKind::Open => t.good.gamma_multiply(0.5),
        SpanKind::Connecting | SpanKind::Securing | SpanKind::LoggingIn => t.violet,
        SpanKind::Command => t.grey,
        SpanKind::KeepAlive => t.good,
        SpanKind::Listing | SpanKind::Transfer => t.accent,
        SpanKind::Countdown => t.warn,
    }
}

/// A goodbye and a loss are diamonds; the deadline is a dashed line ahead. Says whether the pointer is over it.
fn show_mark(ui: &Ui, view: &View<'_>, connection: u16, mark: &Mark, x: f32, rect: Rect) -> bool {
    let t = tokens(ui);
    let painter = ui.painter_at(rect);
    let center = pos2(x, rect.center().y);
    match mark.kind {
        MarkKind::Deadline => {
            let ends = [pos2(x, rect.top() + 4.0), pos2(x, rect.bottom() - 4.0)];
            painter.extend(Shape::dashed_line(&ends, Stroke::new(1.5, t.warn), 3.0, 3.0));
        }
        MarkKind::Goodbye | MarkKind::Lost => {
            let half = 6.0;
            let corners: Vec<Pos2> =
                [(0.0, -half), (half, 0.0), (0.0, half), (-half, 0.0)].map(|(dx, dy)| center + vec2(dx, dy)).into();
            let fill = if mark.kind == MarkKind::Goodbye { t.warn } else { t.bad };
            painter.add(Shape::convex_polygon(corners, fill, Stroke::new(1.5, t.panel)));
        }
    }
    let place = Rect::from_center_size(center, vec2(14.0, HEIGHT - 8.0));
    let id = ui.scope_id().with(("mark", connection, mark.at.as_nanosecond()));
    let response = ui.interact(place, id, Sense::hover());
    let words = format!("{}, {}", view.clock_seconds(mark.at), mark.title);
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &words));
    let is_pointed_at = response.contains_pointer();
    response.on_hover_ui(|ui| {
        ui.label(crate::ui::text::strong(ui, &mark.title));
        ui.label(crate::ui::text::small(ui, view.clock_seconds(mark.at)));
    });
    is_pointed_at
}

fn words(view: &View<'_>, span: &Span) -> String {
    format!("{}, {}, {}", view.clock_seconds(span.from), span.title, span.detail.replace('\n', ", "))
}

/// The exchange: the command, the reply, when and how long.
fn tooltip(ui: &mut Ui, view: &View<'_>, span: &Span) {
    ui.label(crate::ui::text::strong(ui, &span.title));
    for line in span.detail.lines() {
        ui.label(crate::ui::text::body(ui, line));
    }
    let ends = view.clock_seconds(span.to);
    let begins = view.clock_seconds(span.from);
    let times = if begins == ends { begins } else { format!("{begins} to {ends}") };
    ui.label(crate::ui::text::small(ui, &times));
}
