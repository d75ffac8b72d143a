//! The protocol log: follows its end unless scrolled up, lines can be selected and copied.

use eframe::egui::{
    Align, Color32, CornerRadius, Id, Layout, Rect, Response, RichText, Role, ScrollArea, Sense, Ui, UiBuilder, WidgetInfo, pos2,
    vec2,
};

use crate::model::log::{LogKind, LogLine};
use crate::screen::keys::COPY;
use crate::screen::{Action, Verb};
use crate::ui::icon::Icon;
use crate::ui::tokens::{Tokens, size, tokens};
use crate::ui::view::View;
use crate::ui::{fonts, paint, panel_ground, verbs};

/// Height of a line.
const LINE: f32 = 17.0;

/// First and last selected line, by number; the first is where the selection began.
type Selected = Option<(u64, u64)>;

fn selection_id() -> Id {
    Id::unique("selected log lines")
}

/// Draws the log.
pub fn show(ui: &mut Ui, view: &View<'_>, actions: &mut Vec<Action>) {
    let area = ui.max_rect();
    let ground = panel_ground::show(ui, view, area, Sense::click(), (Role::Log, "Log"), actions);
    if ground.clicked() {
        select(ui, None);
    }
    ground.context_menu(|ui| menu(ui, view, actions));
    let range = view.log.range();
    let count = usize::try_from(range.end.saturating_sub(range.start)).unwrap_or(0);
    if count == 0 {
        return empty(ui, area);
    }
    let selected: Selected = ui.data(|data| data.get_temp(selection_id())).flatten();
    if ground.has_focus()
        && let Some((from, to)) = selected
        && ui.input(|input| input.events.iter().any(|event| matches!(event, eframe::egui::Event::Copy)))
    {
        copy(ui, view, from, to);
    }
    ui.spacing_mut().item_spacing.y = 0.0;
    ScrollArea::vertical().id_salt("log").auto_shrink(false).stick_to_bottom(true).show_viewport(ui, |ui, viewport| {
        let top = ui.max_rect().top() + 4.0;
        ui.set_height(crate::ui::table::length(count) * LINE + 8.0);
        let (first, last) = visible(viewport, count);
        let from = range.start + first as u64;
        let lines = view.log.lines(from..range.start + last as u64);
        for (at, line) in lines.iter().enumerate() {
            let number = from + at as u64;
            let y = top + crate::ui::table::length(first + at) * LINE;
            let rect = Rect::from_min_size(pos2(area.left(), y), vec2(area.width(), LINE));
            show_line(ui, view, number, line, rect, selected, &ground, actions);
        }
    });
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "never negative, and clamped to the number of lines")]
fn visible(viewport: Rect, count: usize) -> (usize, usize) {
    let first = ((viewport.top() - 4.0) / LINE).floor().max(0.0) as usize;
    let last = (viewport.bottom() / LINE).ceil().max(0.0) as usize;
    (first.min(count), last.min(count))
}

fn empty(ui: &mut Ui, area: Rect) {
    let place = Rect::from_center_size(area.center(), vec2(area.width() - 40.0, 44.0_f32.min(area.height())));
    ui.scope_builder(UiBuilder::new().max_rect(place).id_salt("no lines").layout(Layout::top_down(Align::Center)), |ui| {
        ui.spacing_mut().item_spacing.y = 4.0;
        ui.label(crate::ui::text::strong(ui, "Nothing has been said yet"));
        let next = "Every command and every reply will be here; passwords are never in it.";
        ui.label(RichText::new(next).font(fonts::regular(size::BODY)).color(tokens(ui).subdued));
    });
}

fn select(ui: &Ui, lines: Selected) {
    ui.data_mut(|data| data.insert_temp(selection_id(), lines));
}

fn is_selected(selected: Selected, number: u64) -> bool {
    selected.is_some_and(|(from, to)| (from.min(to)..=from.max(to)).contains(&number))
}

fn line_color(t: &Tokens, line: &LogLine, selected: bool) -> Color32 {
    match line.kind {
        _ if selected => t.strong,
        LogKind::Reply if is_reply_of(&line.text, '5') => t.bad,
        LogKind::Reply if is_reply_of(&line.text, '4') => t.warn_text,
        LogKind::Command => t.accent,
        LogKind::Reply => t.text,
        LogKind::Note => t.subdued,
        LogKind::Problem => t.bad,
    }
}

/// Whether the line begins with a code of this kind: “550 No.”, “421-Bye”.
fn is_reply_of(text: &str, kind: char) -> bool {
    let is_code = text.get(..3).is_some_and(|code| code.starts_with(kind) && code.bytes().all(|byte| byte.is_ascii_digit()));
    is_code && text.get(3..).is_none_or(|rest| rest.is_empty() || rest.starts_with([' ', '-']))
}

#[allow(clippy::too_many_arguments, reason = "one line and where it stands")]
fn show_line(
    ui: &Ui,
    view: &View<'_>,
    number: u64,
    line: &LogLine,
    rect: Rect,
    selected: Selected,
    ground: &Response,
    actions: &mut Vec<Action>,
) {
    let t = tokens(ui);
    let response = ui.interact(rect, ground.id.with(("line", number)), Sense::CLICK | Sense::DRAG);
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &line.text));
    line_input(ui, number, &response, selected, ground);
    response.context_menu(|ui| menu(ui, view, actions));
    let chosen = is_selected(selected, number);
    if chosen {
        ui.painter().rect_filled(rect, CornerRadius::ZERO, t.selection);
    }
    let font = fonts::mono(size::MONO);
    let y = rect.center().y;
    let second = if chosen { t.strong } else { t.subdued };
    paint::text(ui, pos2(rect.left() + 12.0, y), Align::Min, view.clock_seconds(line.at), font.clone(), second);
    let who = if line.connection == 0 { "main".to_owned() } else { format!("#{}", line.connection) };
    paint::text(ui, pos2(rect.left() + 78.0, y), Align::Min, who, font.clone(), second);
    let mark = match line.kind {
        LogKind::Command => "→",
        LogKind::Reply => "←",
        LogKind::Note => "·",
        LogKind::Problem => "×",
    };
    let ink = line_color(t, line, chosen);
    paint::text(ui, pos2(rect.left() + 120.0, y), Align::Center, mark, font.clone(), ink);
    let text = paint::cut_end(ui, &line.text, &font, rect.right() - rect.left() - 148.0);
    let was_cut = text.len() != line.text.len();
    paint::text(ui, pos2(rect.left() + 134.0, y), Align::Min, text, font, ink);
    if was_cut {
        response.on_hover_text(&line.text);
    }
}

fn line_input(ui: &Ui, number: u64, response: &Response, selected: Selected, ground: &Response) {
    let (shift, pressed) = ui.input(|input| (input.modifiers.shift, input.pointer.primary_pressed()));
    if (pressed && response.is_pointer_button_down_on()) || response.clicked() {
        ground.request_focus();
        match selected {
            Some((from, _)) if shift => select(ui, Some((from, number))),
            _ => select(ui, Some((number, number))),
        }
    }
    let dragging = ui.input(|input| input.pointer.primary_down()) && response.contains_pointer();
    if dragging
        && !pressed
        && let Some((from, _)) = selected
    {
        select(ui, Some((from, number)));
    }
}

fn copy(ui: &Ui, view: &View<'_>, from: u64, to: u64) {
    let lines = view.log.lines(from.min(to)..from.max(to) + 1);
    let text: Vec<String> = lines.iter().map(|line| format!("{} {}", view.clock_seconds(line.at), line.text)).collect();
    ui.ctx().copy_text(text.join("\n"));
}

fn menu(ui: &mut Ui, view: &View<'_>, actions: &mut Vec<Action>) {
    verbs::begin_menu(ui);
    let selected: Selected = ui.data(|data| data.get_temp(selection_id())).flatten();
    let why_not = selected.is_none().then_some("No line is selected");
    if verbs::menu_row(ui, Some(Icon::COPY), "Copy lines", Some(&COPY.to_string()), why_not).clicked()
        && let Some((from, to)) = selected
    {
        copy(ui, view, from, to);
    }
    verbs::menu_item(ui, view.screen, Verb::CopyLog, actions);
    verbs::menu_line(ui);
    verbs::menu_item(ui, view.screen, Verb::Record, actions);
    verbs::menu_item(ui, view.screen, Verb::CopyRecordPath, actions);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::tokens::{DARK, LIGHT};

    #[test]
    fn the_key_for_copying_is_shown_at_the_lines_that_it_copies_only() {
        assert_eq!(verbs::key(Verb::CopyLog), None);
    }

    #[test]
    fn a_reply_that_says_no_looks_like_one() {
        for t in [&DARK, &LIGHT] {
            for (kind, text, ink) in [
                (LogKind::Reply, "226 Done", t.text),
                (LogKind::Reply, "550 Permission denied", t.bad),
                (LogKind::Reply, "550-Permission", t.bad),
                (LogKind::Reply, "550", t.bad),
                (LogKind::Reply, "421 Timeout", t.warn_text),
                (LogKind::Reply, " 550 files are here", t.text),
                (LogKind::Reply, "5500 files", t.text),
                (LogKind::Command, "550 ", t.accent),
            ] {
                let line = LogLine { at: jiff::Timestamp::UNIX_EPOCH, connection: 0, kind, text: text.into() };
                assert_eq!(line_color(t, &line, false), ink, "{text}");
                assert_eq!(line_color(t, &line, true), t.strong);
            }
        }
    }
}
