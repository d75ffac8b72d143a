//! One row of the queue: what goes where, how far it is, and in which words that is said.

use std::time::Duration;

use eframe::egui::{Align, Color32, CornerRadius, Rect, Response, Role, Sense, Ui, WidgetInfo, pos2, vec2};

use crate::model::format;
use crate::model::readable::readable;
use crate::model::transfer::{Compared, Direction, Form, Priority, Proof, TransferId, TransferRow, TransferState};
use crate::screen::action::Extend;
use crate::screen::{Action, Screen};
use crate::ui::icon::Icon;
use crate::ui::queue::menu;
use crate::ui::tokens::{Tokens, size, tokens};
use crate::ui::view::View;
use crate::ui::widgets::button;
use crate::ui::{fonts, paint, verbs};

/// Where the parts of a row stand, by the width that there is.
struct Parts {
    name: f32,
    path: Option<f32>,
    bar: Rect,
    words: f32,
    speed_right: f32,
    left_right: f32,
}

impl Parts {
    fn of(rect: Rect) -> Self {
        let wide = rect.width() >= 1000.0;
        let bar_width = if wide { 170.0 } else { 110.0 };
        let words = rect.right() - if wide { 366.0 } else { 330.0 };
        let bar_left = words - 16.0 - bar_width;
        let name = rect.left() + 42.0;
        let room = bar_left - name;
        let path = (room > 300.0).then_some(name + room * 0.4545);
        let bar = Rect::from_min_size(pos2(bar_left, rect.center().y - 1.0), vec2(bar_width, 4.0));
        Self { name, path, bar, words, speed_right: rect.right() - 108.0, left_right: rect.right() - 48.0 }
    }
}

/// How far name and path may reach, and where the words about the state begin.
struct Rooms {
    name_right: f32,
    path_right: f32,
    words_left: f32,
}

impl Parts {
    fn rooms(&self, state: &TransferState) -> Rooms {
        let words_left = match state {
            // The reason is what a person looks for here: it takes room from the path, whose end is in the reason or the tooltip.
            TransferState::Failed(_) => self.path.map_or(self.bar.left(), |path| path + (self.bar.left() - path) * 0.5),
            _ if state.is_final() => self.bar.left(),
            _ => self.words,
        };
        let path_right = match state {
            _ if state.is_final() => words_left,
            _ if has_bar(state) => self.bar.left(),
            _ => words_left.min(self.bar.left() + 60.0),
        } - 16.0;
        Rooms { name_right: self.path.map_or(path_right, |path| path - 12.0), path_right, words_left }
    }
}

fn has_bar(state: &TransferState) -> bool {
    !state.is_final() && !matches!(state, TransferState::Queued | TransferState::Scanning)
}

/// Draws a row; `ids` are all rows that are visible, for ranges.
pub fn show(
    ui: &mut Ui,
    view: &View<'_>,
    row: &TransferRow,
    rect: Rect,
    ground: &Response,
    ids: &[TransferId],
    actions: &mut Vec<Action>,
) {
    let t = tokens(ui);
    let selected = view.screen.queue_selected.contains(row.id);
    let response = ui.interact(rect, ground.id.with(row.id), Sense::CLICK);
    let name = shown_local(view.screen, row);
    response.widget_info(|| WidgetInfo::selected(Role::Row, true, selected, &name));
    if response.clicked() || response.secondary_clicked() {
        ground.request_focus();
        let modifiers = ui.input(|input| input.modifiers);
        let extend = match (modifiers.shift, modifiers.command) {
            (true, _) => Extend::Range,
            (_, true) => Extend::Toggle,
            _ => Extend::Replace,
        };
        let secondary = response.secondary_clicked();
        actions.push(Action::ClickTransfer { id: row.id, extend, secondary, visible: ids.to_vec() });
    }
    response.context_menu(|ui| {
        connect_item(ui, view, row, actions);
        menu(ui, view, row.state.tab(), actions);
    });
    let fill = if selected { Some(t.selection) } else { response.contains_pointer().then_some(t.raised) };
    if let Some(fill) = fill {
        ui.painter().rect_filled(rect, 0.0, fill);
    }
    let second = if selected {
        t.strong
    } else if fill.is_some() {
        t.subdued_on_fill
    } else {
        t.subdued
    };
    let parts = Parts::of(rect);
    let y = rect.center().y;
    let proven = matches!(row.state, TransferState::Proving | TransferState::Done(_));
    let arrow = match row.direction {
        Direction::Upload => Icon::ARROW_UP,
        Direction::Download => Icon::ARROW_DOWN,
    };
    let arrow_ink = match row.state {
        _ if proven => t.good,
        TransferState::Failed(_) => t.bad,
        TransferState::Queued | TransferState::Paused | TransferState::Skipped(_) => second,
        _ => t.accent,
    };
    arrow.paint(ui.painter(), pos2(rect.left() + 15.0, y), size::ICON_SMALL - 1.0, arrow_ink);

    let font = fonts::regular(size::BODY);
    let has_bar = has_bar(&row.state);
    let rooms = parts.rooms(&row.state);
    let words_left = rooms.words_left;
    let (from, to) = match row.direction {
        Direction::Upload => (name.clone(), readable(row.remote.as_str()).into_owned()),
        Direction::Download => (readable(row.remote.name().unwrap_or("/")).into_owned(), name.clone()),
    };
    let cut = paint::cut_middle(ui, &from, &font, rooms.name_right - parts.name);
    paint::text(ui, pos2(parts.name, y), Align::Min, cut, font.clone(), if selected { t.strong } else { t.text });
    if let Some(path) = parts.path {
        let cut = paint::cut_middle(ui, &to, &font, rooms.path_right - path);
        paint::text(ui, pos2(path, y), Align::Min, cut, font.clone(), second);
    }
    if has_bar {
        progress(ui, t, row, parts.bar);
    }
    let moving = row.state == TransferState::Moving && row.speed > 0;
    let (words, ink) = state_words(view.screen, row, t, second);
    let room = if moving { parts.speed_right - 70.0 - words_left } else { rect.right() - 36.0 - words_left };
    // A sentence is read from its beginning; the whole of it is in the tooltip.
    let cut = paint::cut_end(ui, &words, &font, room);
    paint::text(ui, pos2(words_left, y), Align::Min, cut, font.clone(), ink);
    if moving {
        paint::text(ui, pos2(parts.speed_right, y), Align::Max, format::speed(row.speed), font.clone(), second);
        if let Some(left) = row.size.map(|size| size.saturating_sub(row.moved).div_ceil(row.speed.max(1))) {
            paint::text(ui, pos2(parts.left_right, y), Align::Max, format::duration(Duration::from_secs(left)), font, second);
        }
    }
    cross(ui, row, &name, rect, actions);
    response.on_hover_ui_at_pointer(|ui| details(ui, view.screen, row));
}

/// The local file: below the folder that the pane shows without it, below home with a tilde.
fn shown_local(screen: &Screen, row: &TransferRow) -> String {
    if let Some(crate::engine::Place::Local(folder)) = &screen.local.place
        && row.direction == Direction::Upload
        && let Ok(below) = row.local.strip_prefix(folder)
    {
        return below.display().to_string();
    }
    if let Some(home) = &screen.home
        && let Ok(below) = row.local.strip_prefix(home)
    {
        return format!("~/{}", below.display());
    }
    row.local.display().to_string()
}

#[allow(clippy::cast_precision_loss, reason = "a bar 170 points wide")]
fn progress(ui: &Ui, t: &Tokens, row: &TransferRow, bar: Rect) {
    let radius = CornerRadius::same(2);
    ui.painter().rect_filled(bar, radius, t.pressed);
    let share = match row.size {
        _ if row.state == TransferState::Proving => 1.0,
        Some(0) | None => 0.0,
        Some(size) => (row.moved as f32 / size as f32).clamp(0.0, 1.0),
    };
    let color = match row.state {
        TransferState::Proving => t.good,
        TransferState::Kept | TransferState::Asking => t.warn,
        TransferState::Paused => t.subdued,
        _ => t.accent,
    };
    let filled = Rect::from_min_size(bar.min, vec2((bar.width() * share).max(if share > 0.0 { 3.0 } else { 0.0 }), bar.height()));
    ui.painter().rect_filled(filled, radius, color);
}

/// How it stands, in words, and their colour.
fn state_words(screen: &Screen, row: &TransferRow, t: &Tokens, second: Color32) -> (String, Color32) {
    let moved = format::size(row.moved);
    match &row.state {
        TransferState::Queued if row.moved > 0 => (format!("{} · goes on at {moved}", waiting(screen, row)), second),
        TransferState::Queued => {
            let waits = waiting(screen, row);
            (row.size.map_or_else(|| waits.clone(), |size| format!("{waits} · {}", format::size(size))), second)
        }
        TransferState::Scanning => ("reading the folder".to_owned(), second),
        TransferState::Moving => match row.size {
            Some(size) => (format!("{moved} of {}", format::size(size)), second),
            None => (moved, second),
        },
        TransferState::Proving => (format!("proving · {}", format::exact_size(row.moved)), t.good),
        TransferState::Paused => (format!("paused at {moved}"), second),
        TransferState::Asking => ("waits for your answer".to_owned(), t.warn_text),
        TransferState::Kept if row.size == Some(row.moved) && row.moved > 0 => {
            ("arrived · proof when back".to_owned(), t.warn_text)
        }
        TransferState::Kept if row.moved == 0 => ("starts again when back".to_owned(), t.warn_text),
        TransferState::Kept => (format!("kept at {moved}"), t.warn_text),
        TransferState::Done(proof) => {
            let form = form_words(row.form).map(|words| format!(" · {words}")).unwrap_or_default();
            (format!("{}{form}", proven_by(proof)), second)
        }
        TransferState::Skipped(reason) if reason.is_left_out() => (format!("left out · {}", reason.words()), second),
        TransferState::Skipped(reason) => (format!("skipped · {}", reason.words()), second),
        TransferState::Failed(problem) => {
            let local = row.local.display().to_string();
            (problem.sentence_beside(&[row.remote.as_str(), &local]), t.bad)
        }
    }
}

/// How it waits: for its turn, or for a server that is not connected.
fn waiting(screen: &Screen, row: &TransferRow) -> String {
    let waits = if screen.waits_elsewhere(&row.site) {
        format!("waits for {}", screen.site_name(&row.site).unwrap_or("a site that is no longer saved"))
    } else {
        "waiting".to_owned()
    };
    match row.priority {
        Priority::High => format!("{waits}, high priority"),
        Priority::Normal => waits,
        Priority::Low => format!("{waits}, low priority"),
    }
}

/// Connects to the server that the row waits for; asks first when transfers of this session would be left.
fn connect_item(ui: &mut Ui, view: &View<'_>, row: &TransferRow, actions: &mut Vec<Action>) {
    let screen = view.screen;
    let is_wanted = !row.state.is_final() && screen.waits_elsewhere(&row.site) && screen.can_connect_to(&row.site);
    let Some(name) = screen.site_name(&row.site).filter(|_| is_wanted) else { return };
    verbs::begin_menu(ui);
    if verbs::menu_row(ui, Some(Icon::PLUG), &format!("Connect to {name}"), None, None).clicked() {
        actions.push(Action::OpenSite(row.site.clone()));
    }
    verbs::menu_line(ui);
}

/// What agreed: the closing reply, the size and where it came from, the checksum.
fn proven_by(proof: &Proof) -> String {
    let compared = match proof.compared {
        Compared::Size => "size agreed",
        Compared::Listing => "listing agreed",
    };
    // Without a transfer there was no closing reply: all bytes were there.
    let code = proof.reply.get(..3).filter(|code| code.bytes().all(|byte| byte.is_ascii_digit()));
    let code = code.map(|code| format!("{code} · ")).unwrap_or_default();
    let hash = proof.hash.map(|hash| format!(" · {hash} agreed")).unwrap_or_default();
    format!("{code}{} · {compared}{hash}", format::exact_size(proof.bytes))
}

/// Takes the row out of the queue, or off the list.
fn cross(ui: &mut Ui, row: &TransferRow, name: &str, rect: Rect, actions: &mut Vec<Action>) {
    if matches!(row.state, TransferState::Done(_) | TransferState::Skipped(_)) {
        return;
    }
    let place = Rect::from_center_size(pos2(rect.right() - 15.0, rect.center().y), vec2(22.0, 22.0));
    let response = ui.interact(place, ui.scope_id().with(("cancel", row.id)), Sense::click());
    let has_failed = matches!(row.state, TransferState::Failed(_));
    let label = format!("{} {name}", if has_failed { "Remove" } else { "Cancel" });
    let tooltip = if has_failed {
        "Remove this from the list; what has arrived of it is deleted"
    } else {
        "Take this out of the queue; what has arrived of it is deleted. Pause it to keep that"
    };
    if button::icon_button_at(ui, place, response, Icon::X, &label, tooltip, None).clicked() {
        actions.push(Action::CancelTransfer(row.id));
    }
}

/// What is to be known of the form in which the bytes are moved: nothing where nobody asked for another one.
fn form_words(form: Form) -> Option<&'static str> {
    match form {
        Form::Binary => None,
        Form::Text => Some("as text"),
        Form::LooksBinary => Some("as binary: it is no text"),
        Form::Mixed => Some("as binary: its line ends are mixed"),
    }
}

/// The whole row in exact words.
fn details(ui: &mut Ui, screen: &Screen, row: &TransferRow) {
    ui.spacing_mut().item_spacing.y = 3.0;
    ui.label(crate::ui::text::mono(ui, row.local.display().to_string()));
    ui.label(crate::ui::text::mono(ui, row.remote.to_string()));
    match &row.state {
        TransferState::Failed(problem) => {
            ui.label(crate::ui::text::body(ui, &problem.what));
            if !problem.advice.is_empty() {
                ui.label(crate::ui::text::body(ui, &problem.advice));
            }
            if let Some(words) = &problem.server_words {
                ui.label(crate::ui::text::subdued(ui, format!("“{words}”")));
            }
        }
        TransferState::Done(proof) => {
            ui.label(crate::ui::text::subdued(ui, format!("“{}”", proof.reply)));
        }
        TransferState::Skipped(reason) => {
            ui.label(crate::ui::text::subdued(ui, format!("Not transferred: {}", reason.words())));
        }
        _ => {
            let size = row.size.map(|size| format!(" of {}", format::exact_size(size))).unwrap_or_default();
            ui.label(crate::ui::text::subdued(ui, format!("{}{size}", format::count(row.moved))));
            if screen.waits_elsewhere(&row.site) && row.state != TransferState::Paused {
                let name = screen.site_name(&row.site).unwrap_or("a site that is no longer saved");
                ui.label(crate::ui::text::body(ui, format!("Goes on when {name} is connected")));
            }
        }
    }
    if let Some(words) = form_words(row.form) {
        ui.label(crate::ui::text::subdued(ui, format!("Moved {words}")));
    }
    if row.tries > 1 {
        ui.label(crate::ui::text::subdued(ui, format!("Begun {} times", row.tries)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::problem::{Problem, ProblemKind};
    use crate::model::receipt::ReceiptId;
    use crate::model::transfer::SkipReason;

    #[test]
    fn names_and_paths_end_before_what_follows_them_at_every_width() {
        let proof = Proof { reply: "226".into(), bytes: 2, compared: Compared::Size, hash: None, receipt: ReceiptId(1) };
        let states = [
            TransferState::Queued,
            TransferState::Scanning,
            TransferState::Moving,
            TransferState::Proving,
            TransferState::Paused,
            TransferState::Asking,
            TransferState::Kept,
            TransferState::Done(proof),
            TransferState::Skipped(SkipReason::Exists),
            TransferState::Failed(Problem::new(ProblemKind::Local, "gone")),
        ];
        for width in [560.0_f32, 760.0, 800.0, 999.0, 1000.0, 1320.0, 2560.0] {
            let parts = Parts::of(Rect::from_min_size(pos2(0.0, 0.0), vec2(width, size::ROW)));
            for state in &states {
                let rooms = parts.rooms(state);
                let end = if has_bar(state) { parts.bar.left() } else { rooms.words_left };
                assert!(rooms.name_right + 8.0 <= parts.path.unwrap_or(end), "the name of {state:?} at {width}");
                assert!(rooms.path_right + 8.0 <= end, "the path of {state:?} at {width}");
            }
        }
    }
}
