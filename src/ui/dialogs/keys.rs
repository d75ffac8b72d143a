//! All keys, drawn from the table of verbs.

use eframe::egui::{Align2, CornerRadius, Rect, Sense, Stroke, StrokeKind, Ui, pos2, vec2};

use crate::screen::Verb;
use crate::screen::keys::{Scope, keys_of};
use crate::screen::state::Focus;
use crate::ui::icon::Icon;
use crate::ui::tokens::{size, tokens};
use crate::ui::widgets::field::columns;
use crate::ui::widgets::modal::Modal;
use crate::ui::{fonts, text};

use super::Stage;

/// A heading and the verb that the next group begins with.
const GROUPS: [(&str, Verb); 5] = [
    ("Session and sites", Verb::Connect),
    ("Panes", Verb::OtherPane),
    ("Files", Verb::Transfer),
    ("Queue and log", Verb::HoldQueue),
    ("Program", Verb::ToggleTheme),
];

/// The groups of each column, so that the columns are about equally long.
const THREE: [&[usize]; 3] = [&[0, 2], &[1, 4], &[3]];
/// As [`THREE`], for a window that is not wide enough for them.
const TWO: [&[usize]; 2] = [&[0, 1, 4], &[2, 3]];

/// Draws it.
pub(super) fn show(stage: &mut Stage<'_>) {
    let wide = stage.ctx.content_rect().width() >= 960.0;
    stage.dialog(Modal::new("keys", Icon::KEYBOARD, "Keys").width(if wide { 880.0 } else { 600.0 }).cancel("Close"), |ui, _| {
        ui.spacing_mut().item_spacing.y = 0.0;
        let place = |ui: &mut Ui, groups: &[usize]| groups.iter().for_each(|group| draw(ui, *group));
        if wide {
            columns(ui, 36.0, [0.0; 3], |ui, column| place(ui, THREE.get(column).copied().unwrap_or_default()));
        } else {
            columns(ui, 36.0, [0.0; 2], |ui, column| place(ui, TWO.get(column).copied().unwrap_or_default()));
        }
    });
}

fn draw(ui: &mut Ui, index: usize) {
    let Some((heading, first)) = GROUPS.get(index) else { return };
    let next = GROUPS.get(index + 1).map(|(_, verb)| *verb);
    ui.label(text::strong(ui, *heading));
    ui.add_space(4.0);
    let verbs = Verb::ALL.iter().skip_while(|verb| *verb != first).take_while(|verb| Some(**verb) != next);
    for verb in verbs {
        line(ui, *verb);
    }
    ui.add_space(16.0);
}

/// The verb on the left, its keys on the right; a verb without keys is not shown.
fn line(ui: &mut Ui, verb: Verb) {
    let shortcuts = keys_of(verb);
    if shortcuts.is_empty() {
        return;
    }
    let t = tokens(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 22.0), Sense::hover());
    let painter = ui.painter();
    painter.text(rect.left_center(), Align2::LEFT_CENTER, verb.label(), fonts::regular(size::BODY), t.text);
    let mut right = rect.right();
    let mut labels: Vec<String> = shortcuts.iter().map(ToString::to_string).collect();
    // One key in two lists is one key to a person.
    labels.dedup();
    for label in labels.into_iter().rev() {
        let galley = painter.layout_no_wrap(label, fonts::mono(size::MONO), t.text);
        let chip =
            Rect::from_min_size(pos2(right - galley.size().x - 10.0, rect.center().y - 8.5), vec2(galley.size().x + 10.0, 17.0));
        painter.rect(chip, CornerRadius::same(4), t.panel, Stroke::new(1.0, t.line), StrokeKind::Inside);
        painter.galley(chip.center() - galley.size() / 2.0, galley, t.text);
        right = chip.left() - 4.0;
    }
    let spoken: Vec<String> = shortcuts.iter().map(|shortcut| format!("{shortcut}{}", place(shortcut.scope))).collect();
    let spoken = format!("{}: {}", verb.label(), spoken.join(", "));
    response.widget_info(|| eframe::egui::WidgetInfo::labeled(eframe::egui::Role::Label, true, &spoken));
    response.on_hover_text(format!("{}. {spoken}", verb.tooltip()));
}

/// Where a key works, when that is not everywhere.
fn place(scope: Scope) -> &'static str {
    match scope {
        Scope::Anywhere => "",
        Scope::In(Focus::Pane) => " in a pane",
        Scope::In(Focus::Sites) => " in the list of sites",
        Scope::In(Focus::Panel) => " in the queue",
        Scope::In(Focus::Address) => " in the address field",
    }
}
