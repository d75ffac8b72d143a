//! What files of a server are opened in, and what follows when they are saved.

use eframe::egui::Ui;

use crate::model::edited::WhenSaved;
use crate::screen::settings_form::{EDITOR, SettingsForm};
use crate::ui::widgets::field::{self, Field};
use crate::ui::widgets::segmented::segmented;

/// Draws the page.
pub(super) fn show(ui: &mut Ui, form: &mut SettingsForm) {
    let error = form.errors.iter().find(|(label, _)| *label == EDITOR).map(|(_, words)| words.clone());
    let hint = if cfg!(windows) { "notepad" } else { "gedit --new-window" };
    let note = "Empty: each file opens in what the system has for it. Files that the system would run, such as scripts and programs, \
                are only opened in an editor that is named here. It gets the file as its last argument; no shell reads the line.";
    Field::new(EDITOR).hint(hint).mono().note(note).error(error.as_deref()).show(ui, &mut form.editor);
    ui.vertical(|ui| {
        ui.spacing_mut().item_spacing.y = 4.0;
        let choices = [(WhenSaved::Upload, "Upload it"), (WhenSaved::Ask, "Ask")];
        if let Some(choice) = segmented(ui, "When an edited file is saved", &choices, form.settings.when_edited_saved) {
            form.settings.when_edited_saved = choice;
        }
        let words = "A file that somebody else has changed on the server meanwhile is never replaced without asking.";
        field::below(ui, None, words);
    });
}
