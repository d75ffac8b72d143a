//! The command that is run when the queue is through: typed as one line, shown as what is made of it.

use eframe::egui::{CornerRadius, Frame, Label, Margin, Ui};

use crate::model::argv;
use crate::screen::Dialog;
use crate::ui::icon::Icon;
use crate::ui::text;
use crate::ui::tokens::tokens;
use crate::ui::widgets::field::{self, Field};
use crate::ui::widgets::modal::Modal;

use super::Stage;

/// Draws it.
pub(super) fn show(stage: &mut Stage<'_>, line: &str, error: Option<&str>) {
    let title = "Run a command when the queue is through";
    let modal = Modal::new("run command", Icon::PLAY, title).width(480.0).main("Run when done");
    let draft = Dialog::RunWhenDone { line: line.to_owned(), error: error.map(str::to_owned) };
    stage.edit(modal, draft, |ui, opened, draft| {
        let Dialog::RunWhenDone { line, .. } = draft else { return };
        ui.spacing_mut().item_spacing.y = 12.0;
        let length = line.chars().count();
        let field = Field::new("Program and arguments").hint("/usr/local/bin/publish --site \"Harbour Books\"").mono();
        field
            .note("Blanks part the arguments, quotes keep them together. No shell reads it.")
            .error(error)
            .focus(opened, length)
            .show(ui, line);
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = 4.0;
            field::label(ui, "What is run");
            match argv::split(line) {
                Ok(words) if !words.is_empty() => chips(ui, &words),
                Ok(_) => field::below(ui, None, "Nothing yet."),
                Err(words) => field::below(ui, None, &words),
            }
        });
        let words = "It is run once, for this run of the queue. It finds in MOORLINE_DONE how many transfers have arrived, and in \
                     MOORLINE_FAILED how many have not.";
        field::below(ui, None, words);
    });
}

/// Each word in a field of its own, so that blanks within one are seen.
fn chips(ui: &mut Ui, words: &[String]) {
    let t = tokens(ui);
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = eframe::egui::vec2(6.0, 6.0);
        for (index, word) in words.iter().enumerate() {
            let frame = Frame::NONE.fill(t.pressed).corner_radius(CornerRadius::same(4)).inner_margin(Margin::symmetric(7, 3));
            frame.show(ui, |ui| {
                let ink = if index == 0 { t.strong } else { t.text };
                let shown = if word.is_empty() { " " } else { word };
                ui.add(Label::new(text::mono(ui, shown).color(ink)).truncate());
            });
        }
    });
}
