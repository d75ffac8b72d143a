//! The field for names that are left out of folders, in the settings and in a site's form.

use eframe::egui::Ui;

use crate::model::leave_out::{DROPPINGS, read, written};
use crate::ui::widgets::button;
use crate::ui::widgets::field::Field;

/// Draws it over patterns as they are typed.
pub(super) fn field(ui: &mut Ui, label: &str, typed: &mut String) {
    ui.vertical(|ui| {
        ui.spacing_mut().item_spacing.y = 4.0;
        // Looked at while it is typed.
        let patterns = read(typed);
        let error = patterns.as_ref().err().cloned();
        let note = "Such as *.tmp or, for folders only, node_modules/. What is left out is counted, and listed under “Done”.";
        Field::new(label).hint("nothing").mono().lines(3).note(note).error(error.as_deref()).show(ui, typed);
        let Ok(mut patterns) = patterns else { return };
        let missing: Vec<&str> = DROPPINGS.into_iter().filter(|name| !patterns.iter().any(|pattern| pattern == name)).collect();
        if missing.is_empty() {
            return;
        }
        let words = format!("Add {}", missing.join(", "));
        let why = "Files that systems and desktops leave in folders by themselves";
        if button::link(ui, &words).on_hover_text(why).clicked() {
            patterns.extend(missing.into_iter().map(str::to_owned));
            *typed = written(&patterns);
        }
    });
}
