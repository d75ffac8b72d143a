//! A comparison of local files with the server's: what is asked, how far it is, what it came to.

use eframe::egui::{Color32, Label, ScrollArea, Ui};

use crate::model::checksum::HashUse;
use crate::model::format;
use crate::model::verify::{Finding, Pair, Row, Tally, Times, Verification};
use crate::screen::Dialog;
use crate::screen::dialog::VerifyStage;
use crate::ui::icon::Icon;
use crate::ui::text;
use crate::ui::tokens::tokens;
use crate::ui::widgets::field;
use crate::ui::widgets::modal::Modal;

use super::Stage;

/// Height of a row of the result, in points.
const ROW: f32 = 20.0;
/// Height of the list, in points.
const LIST: f32 = 280.0;

/// Draws it; `dialog` is [`Dialog::Verify`].
pub(super) fn show(stage: &mut Stage<'_>, dialog: &Dialog) {
    let Dialog::Verify { pairs, stage: at, .. } = dialog else { return };
    let modal = Modal::new(("verify", depth(at)), Icon::LIST_CHECKS, "Verify against server").width(620.0);
    match at {
        VerifyStage::Ask => {
            stage.edit(modal.main("Compare"), dialog.clone(), |ui, _, draft| {
                let Dialog::Verify { hashes, .. } = draft else { return };
                field::paragraph(ui, text::body(ui, what(pairs)));
                field::paragraph(ui, text::subdued(ui, "Sizes come from the server\u{2019}s listings. Nothing is transferred."));
                ui.add_space(4.0);
                let choices = HashUse::ALL.map(|choice| (choice, choice.label().to_owned()));
                field::choice(ui, "Compare checksums too", hashes, &choices);
            });
        }
        VerifyStage::Running(tally) => stage.dialog(modal.cancel("Stop"), |ui, _| running(ui, pairs, *tally)),
        VerifyStage::Through(result) => {
            stage.dialog(modal.main("Save as\u{2026}").cancel("Close"), |ui, _| through(ui, result));
        }
    }
}

/// Each stage is a dialog of its own to the keyboard.
fn depth(stage: &VerifyStage) -> u8 {
    match stage {
        VerifyStage::Ask => 0,
        VerifyStage::Running(_) => 1,
        VerifyStage::Through(_) => 2,
    }
}

fn what(pairs: &[Pair]) -> String {
    match pairs {
        [one] => format!("{} is compared with {} on the server.", one.local.display(), one.remote),
        many => format!("{} are compared with those of the same name on the server.", format::counted(many.len(), "item", "items")),
    }
}

fn running(ui: &mut Ui, pairs: &[Pair], tally: Tally) {
    field::paragraph(ui, text::body(ui, what(pairs)));
    let words = match tally.all() {
        0 => "Reading the folders.".to_owned(),
        _ => format!("So far: {}", tally.sentence()),
    };
    field::paragraph(ui, text::subdued(ui, words));
}

fn through(ui: &mut Ui, result: &Verification) {
    field::paragraph(ui, text::strong(ui, result.sentence()));
    let rows = result.by_weight();
    if rows.is_empty() {
        return;
    }
    ui.spacing_mut().item_spacing.y = 0.0;
    ScrollArea::vertical().id_salt("rows").max_height(LIST).auto_shrink([false, true]).show_rows(
        ui,
        ROW,
        rows.len(),
        |ui, range| {
            for row in rows.get(range).unwrap_or_default() {
                one(ui, row);
            }
        },
    );
}

fn one(ui: &mut Ui, row: &Row) {
    let (icon, color) = look(ui, &row.finding);
    ui.horizontal(|ui| {
        ui.set_height(ROW);
        ui.spacing_mut().item_spacing.x = 8.0;
        ui.add(Label::new(icon.text(13.0, color)));
        let width = ui.available_width();
        ui.scope(|ui| {
            ui.set_width(width * 0.5);
            ui.add(Label::new(text::body(ui, if row.path.is_empty() { "the folder itself" } else { &row.path })).truncate());
        });
        ui.add(Label::new(text::small(ui, row.words())).truncate());
    });
}

fn look(ui: &Ui, finding: &Finding) -> (Icon, Color32) {
    let t = tokens(ui);
    match finding {
        Finding::Same { .. } => (Icon::CIRCLE_CHECK, t.good),
        // Green is for what was proven.
        Finding::SameSize(Times::Alike) => (Icon::MINUS, t.subdued),
        Finding::SameSize(Times::NewerHere | Times::NewerThere) => (Icon::CIRCLE_HELP, t.warn_text),
        Finding::Differs(_) => (Icon::CIRCLE_ALERT, t.bad),
        Finding::OnlyHere => (Icon::HARD_DRIVE, t.warn_text),
        Finding::OnlyThere => (Icon::SERVER, t.warn_text),
        Finding::Unprovable(_) => (Icon::CIRCLE_HELP, t.warn_text),
    }
}
