//! The three fields of a speed limit, in the settings and in the site form.

use eframe::egui::Ui;

use crate::screen::typed_limits::{Errors, TypedLimits};
use crate::ui::widgets::field::{self, Field, row};

/// Draws the fields side by side, and below them what is wrong or what may be typed.
pub(super) fn fields(ui: &mut Ui, typed: &mut TypedLimits, errors: &Errors) {
    draw(ui, typed, errors, "For example 500 KB/s or 2 MB/s. An empty field is no limit.");
}

/// As [`fields`], without a word on what may be typed.
pub(super) fn bare_fields(ui: &mut Ui, typed: &mut TypedLimits, errors: &Errors) {
    draw(ui, typed, errors, "");
}

fn draw(ui: &mut Ui, typed: &mut TypedLimits, errors: &Errors, note: &str) {
    let wrong = |label: &str| errors.iter().find(|(field, _)| *field == label).map(|(_, words)| words.as_str());
    ui.vertical(|ui| {
        ui.spacing_mut().item_spacing.y = 4.0;
        let mut fields = typed.fields();
        row(ui, [0.0, 0.0, 0.0], |ui, index| {
            if let Some((label, value)) = fields.get_mut(index) {
                // The columns are too narrow for words: they stand below all three.
                Field::new(label).hint("no limit").error(wrong(label).map(|_| "")).show(ui, value);
            }
        });
        let first = TypedLimits::LABELS.iter().find_map(|label| wrong(label));
        field::below(ui, first, note);
    });
}
