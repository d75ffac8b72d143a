//! All keys, drawn from the table of verbs.

use eframe::egui::{Align2, CornerRadius, Rect, Sense, Stroke, StrokeKind, Ui, pos2, vec2};

use crate::screen::Verb;
use crate::screen::keys::{Scope, keys_of};
use crate::screen::state::Focus;
use crate::ui::icon::Icon;
use crate::ui::tokens::{size, tokens};
use crate::ui::widgets::field::row;
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

/// Draws it.
pub(super) fn show(stage: &mut Stage<'_>) {
    stage.dialog(Modal::new("keys", Icon::KEYBOARD, "Keys").width(720.0).cancel("Close"), |ui, _| {
        ui.spacing_mut().item_spacing.y = 2.0;
        row(ui, [0.0, 0.0], |ui, column| {
            let shown = if column == 0 { 0..2 } else { 2..GROUPS.len() };
            for index in shown {
                group(ui, index);
            }
        });
    });
}

fn group(ui: &mut Ui, index: usize) {
    let Some((heading, first)) = GROUPS.get(index) else { return };
    let next = GROUPS.get(index + 1).map(|(_, verb)| *verb);
    ui.label(text::strong(ui, *heading));
    let verbs = Verb::ALL.iter().skip_while(|verb| *verb != first).take_while(|verb| Some(**verb) != next);
    for verb in verbs {
        line(ui, *verb);
    }
    ui.add_space(12.0);
}

/// The verb on the left, its keys on the right; a verb without keys is not shown.
fn line(ui: &mut Ui, verb: Verb) {
    let shortcuts = keys_of(verb);
    if shortcuts.is_empty() {
        return;
    }
    let t = tokens(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 23.0), Sense::hover());
    let painter = ui.painter();
    painter.text(rect.left_center(), Align2::LEFT_CENTER, verb.label(), fonts::regular(size::BODY), t.text);
    let mut right = rect.right();
    for shortcut in shortcuts.iter().rev() {
        let galley = painter.layout_no_wrap(shortcut.to_string(), fonts::mono(size::MONO), t.text);
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
