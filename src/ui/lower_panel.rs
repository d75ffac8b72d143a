//! The lower panel: its tabs, what is done with the whole queue, and the rows or the log below.

use eframe::egui::{Align, CornerRadius, Layout, Rect, Response, Role, Sense, Stroke, Ui, UiBuilder, WidgetInfo, pos2, vec2};

use crate::model::format;
use crate::model::session::Phase;
use crate::model::transfer::QueueTab;
use crate::screen::{Action, PanelTab, Verb};
use crate::ui::icon::Icon;
use crate::ui::paint::{self, Line};
use crate::ui::tokens::{size, tokens};
use crate::ui::view::View;
use crate::ui::widgets::button;
use crate::ui::{fonts, limit_menu, log, queue, queue_filter, theme, timeline, verbs, when_done_menu};

/// Draws the panel.
pub fn show(ui: &mut Ui, view: &View<'_>, actions: &mut Vec<Action>) {
    let area = ui.max_rect();
    let tabs = Rect::from_min_size(area.min, vec2(area.width(), size::TABS));
    let body = Rect::from_min_max(pos2(area.left(), tabs.bottom() + 1.0), area.max);
    let mut right = ui.new_child(
        UiBuilder::new()
            .max_rect(Rect::from_min_max(tabs.min, tabs.max - vec2(10.0, 0.0)))
            .id_salt("queue commands")
            .layout(Layout::right_to_left(Align::Center)),
    );
    right_side(&mut right, view, actions);
    let room = Rect::from_min_max(tabs.min, pos2(right.min_rect().left() - 8.0, tabs.bottom()));
    paint::place(ui, room, "tabs", |ui| show_tabs(ui, view, actions));
    paint::horizontal_line(ui, area.left(), area.right(), tabs.bottom());
    let tab = match view.screen.tab {
        PanelTab::Active => QueueTab::Active,
        PanelTab::Queued => QueueTab::Queued,
        PanelTab::Failed => QueueTab::Failed,
        PanelTab::Done => QueueTab::Done,
        PanelTab::Timeline => return paint::place(ui, body, "timeline", |ui| timeline::show(ui, view, actions)),
        PanelTab::Log => return paint::place(ui, body, "log", |ui| log::show(ui, view, actions)),
    };
    paint::place(ui, body, "queue", |ui| queue::show(ui, view, tab, actions));
}

fn show_tabs(ui: &mut Ui, view: &View<'_>, actions: &mut Vec<Action>) {
    let t = tokens(ui);
    let queue = &view.screen.queue;
    ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
        ui.set_height(size::TABS + 1.0);
        ui.spacing_mut().item_spacing.x = 4.0;
        ui.add_space(6.0);
        for (tab, verb, count) in [
            (PanelTab::Active, Verb::ShowActive, Some(queue.active)),
            (PanelTab::Queued, Verb::ShowQueued, Some(queue.queued)),
            (PanelTab::Failed, Verb::ShowFailed, Some(queue.failed)),
            (PanelTab::Done, Verb::ShowDone, Some(queue.done)),
            (PanelTab::Log, Verb::ShowLog, None),
            (PanelTab::Timeline, Verb::ShowTimeline, None),
        ] {
            if tab == PanelTab::Log {
                let (rect, _) = ui.allocate_exact_size(vec2(17.0, 14.0), Sense::hover());
                ui.painter().vline(rect.center().x, rect.y_range(), Stroke::new(1.0, t.line));
            }
            if pill(ui, view, tab, verb, count).clicked() {
                actions.push(Action::ShowTab(tab));
            }
        }
    });
}

fn pill(ui: &mut Ui, view: &View<'_>, tab: PanelTab, verb: Verb, count: Option<usize>) -> Response {
    let t = tokens(ui);
    let selected = view.screen.tab == tab;
    let label = verb.label();
    let (skipped, filtered) = match tab {
        PanelTab::Done => (view.screen.queue.skipped, view.screen.queue.filtered),
        _ => (0, 0),
    };
    let others: String = [(skipped.saturating_sub(filtered), "skipped"), (filtered, "left out by name")]
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, words)| format!(" · {} {words}", format::count(count)))
        .collect();
    // What was skipped has not arrived, though it is through.
    let counted = count.map(|count| format!("{}{others}", format::count(count.saturating_sub(skipped))));
    let font = fonts::regular(size::BODY);
    let small = fonts::regular(size::SECONDARY);
    let count_width = counted.as_ref().map_or(0.0, |count| paint::width(ui, count, &small) + 6.0);
    let width = paint::width(ui, label, &font) + count_width + 18.0;
    let (rect, response) = ui.allocate_exact_size(vec2(width, size::PILL), Sense::click());
    let lit = response.hovered() || selected;
    if lit {
        let fill = if selected { t.pressed } else { t.raised };
        ui.painter().rect_filled(rect, CornerRadius::same(size::RADIUS), fill);
    }
    let ink = if selected {
        t.strong
    } else if lit {
        t.text
    } else {
        t.subdued
    };
    let end = paint::text(ui, pos2(rect.left() + 9.0, rect.center().y), Align::Min, label, font, ink).right();
    if let Some(count) = &counted {
        let bad = tab == PanelTab::Failed && view.screen.queue.failed > 0;
        let ink = if bad {
            t.bad
        } else if lit {
            t.subdued_on_fill
        } else {
            t.subdued
        };
        paint::text(ui, pos2(end + 6.0, rect.center().y), Align::Min, count, small, ink);
    }
    theme::focus_ring(ui, &response, size::RADIUS);
    response.widget_info(|| {
        let name = counted.as_ref().map_or_else(|| label.to_owned(), |count| format!("{label} {count}"));
        WidgetInfo::selected(Role::Tab, true, selected, name)
    });
    let mut tooltip = verbs::tooltip(verb);
    if skipped > 0 {
        let arrived = count.unwrap_or_default().saturating_sub(skipped);
        tooltip.push_str(&format!("\n{} done{}", format::count(arrived), others.replace(" ·", ",")));
    }
    response.on_hover_text(tooltip)
}

/// From the right: what every tab has, what this one offers, the speed graph, the figures.
fn right_side(ui: &mut Ui, view: &View<'_>, actions: &mut Vec<Action>) {
    let screen = view.screen;
    ui.spacing_mut().item_spacing.x = 8.0;
    match screen.tab {
        PanelTab::Log => {
            verb_button(ui, view, Verb::CopyLog, "Copy", actions);
            record_button(ui, view, actions);
            return;
        }
        PanelTab::Timeline => return timeline::commands(ui),
        PanelTab::Active | PanelTab::Queued | PanelTab::Failed | PanelTab::Done => {}
    }
    when_done_menu::button(ui, view, actions);
    limit_menu::button(ui, view, actions);
    hold_button(ui, view, actions);
    if let Some(tab) = screen.tab.queue_tab() {
        queue_filter::show(ui, view, tab, actions);
    }
    // Behind what every tab has, so that nothing of that moves under the pointer.
    match screen.tab {
        PanelTab::Failed => verb_button(ui, view, Verb::RetryAllFailed, "Try all again", actions),
        PanelTab::Done => verb_button(ui, view, Verb::ClearDone, "Clear", actions),
        PanelTab::Active | PanelTab::Queued | PanelTab::Log | PanelTab::Timeline => {}
    }
    // The open filter takes the room of the figures in a narrow window.
    let room = ui.max_rect().width() - if screen.queue_filter_open { 200.0 } else { 0.0 };
    let history = view.queue.speed_history();
    if room > 900.0 && history.iter().any(|speed| *speed > 0) {
        sparkline(ui, &history);
    }
    // The tabs go first.
    if room > 860.0 {
        let words = figures(view);
        if !words.is_empty() {
            ui.add_space(4.0);
            Line::new(ui).subdued(&words).show(ui);
        }
    }
}

fn verb_button(ui: &mut Ui, view: &View<'_>, verb: Verb, label: &str, actions: &mut Vec<Action>) {
    let why_not = verbs::why_not(verb, view.screen);
    let response = button::ghost_icon_button(ui, verbs::icon(verb), label, why_not);
    let response = if why_not.is_none() { response.on_hover_text(verbs::tooltip(verb)) } else { response };
    if response.clicked() {
        actions.push(Action::Do(verb));
    }
}

/// Begins or ends the record, and shows while it is being written.
fn record_button(ui: &mut Ui, view: &View<'_>, actions: &mut Vec<Action>) {
    let (icon, label) = match &view.screen.recording {
        Some(_) => (Icon::CIRCLE_STOP, "Stop recording"),
        None => (Icon::CIRCLE, "Record"),
    };
    if button::ghost_icon_button(ui, icon, label, None).on_hover_text(verbs::tooltip(Verb::Record)).clicked() {
        actions.push(Action::Do(Verb::Record));
    }
    let Some(path) = &view.screen.recording else { return };
    verb_button(ui, view, Verb::CopyRecordPath, "Copy path", actions);
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let (dot, _) = ui.allocate_exact_size(vec2(8.0, 8.0), Sense::hover());
    let words = format!("recording into {name}");
    let shown = Line::new(ui).subdued(&words);
    if shown.width(ui) < ui.available_width() {
        shown.show(ui).on_hover_text(path.display().to_string());
    }
    ui.painter().circle_filled(dot.center(), 4.0, tokens(ui).bad);
}

fn hold_button(ui: &mut Ui, view: &View<'_>, actions: &mut Vec<Action>) {
    let verb = Verb::HoldQueue;
    let (icon, label) = if view.screen.queue.paused { (Icon::PLAY, "Go on") } else { (Icon::PAUSE, "Hold") };
    let why_not = verbs::why_not(verb, view.screen);
    let response = button::ghost_icon_button(ui, icon, label, why_not);
    let response = if why_not.is_none() { response.on_hover_text(verbs::tooltip(verb)) } else { response };
    if response.clicked() {
        actions.push(Action::Do(verb));
    }
}

/// Speed and time left, or why nothing moves.
fn figures(view: &View<'_>) -> String {
    let queue = &view.screen.queue;
    if queue.paused {
        return "the queue is held".to_owned();
    }
    if queue.is_pending() && matches!(view.screen.session.phase, Phase::Adrift { .. }) {
        return "waiting for the server".to_owned();
    }
    if queue.running == 0 || queue.speed == 0 {
        return String::new();
    }
    let speed = format::speed(queue.speed);
    match queue.seconds_left {
        Some(left) => format!("{speed} · {} left", format::duration(std::time::Duration::from_secs(left))),
        None => speed,
    }
}

/// The speed of the last minute.
#[allow(clippy::cast_precision_loss, reason = "a drawing 110 points wide")]
fn sparkline(ui: &mut Ui, history: &[u64]) {
    let t = tokens(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(110.0, 20.0), Sense::hover());
    let top = history.iter().copied().max().unwrap_or(0).max(1);
    let steps = (history.len().max(2) - 1) as f32;
    let points = history.iter().enumerate().map(|(at, speed)| {
        let share = *speed as f32 / top as f32;
        pos2(rect.left() + rect.width() * at as f32 / steps, rect.bottom() - 2.0 - share * (rect.height() - 5.0))
    });
    ui.painter().line(points.collect(), Stroke::new(1.5, t.accent));
    let top = format::speed(top);
    response.on_hover_text(format!("Speed of the last minute, {top} at most"));
}
