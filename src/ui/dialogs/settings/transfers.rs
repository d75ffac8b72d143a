//! How files are moved, and what follows.

use eframe::egui::Ui;

use crate::model::when_done::UsuallyWhenDone;
use crate::screen::settings_form::{LEAVE_OUT, SettingsForm};
use crate::ui::dialogs::leave_out;
use crate::ui::widgets::check::switch;
use crate::ui::widgets::field::{self, number};
use crate::ui::widgets::segmented::segmented;

/// Draws the page.
pub(super) fn show(ui: &mut Ui, form: &mut SettingsForm) {
    let settings = &mut form.settings;
    ui.vertical(|ui| {
        ui.spacing_mut().item_spacing.y = 4.0;
        number(ui, "Transfers at the same time", &mut settings.connections, 0..=32, |value| {
            if value < 0.5 { "as many as help".to_owned() } else { format!("at most {value:.0}") }
        });
        let words =
            "Each has a connection of its own; as many as help are up to 8. A site may have a figure of its own, in its form.";
        field::below(ui, None, words);
    });
    ui.vertical(|ui| {
        ui.spacing_mut().item_spacing.y = 4.0;
        let choices = [
            (UsuallyWhenDone::Nothing, "Do nothing"),
            (UsuallyWhenDone::Notify, "Notify"),
            (UsuallyWhenDone::Disconnect, "Disconnect"),
        ];
        if let Some(choice) = segmented(ui, "When the queue is through", &choices, settings.usually_when_done) {
            settings.usually_when_done = choice;
        }
        field::below(
            ui,
            None,
            "For one run of the queue, “When done…” in the bar above it offers more: a command, sleep, shutting down.",
        );
    });
    switch(
        ui,
        &mut settings.keep_times,
        "Keep modification times",
        "Files have the time of their last change on the other side too. Each upload takes one command more for it.",
    );
    switch(
        ui,
        &mut settings.write_directly,
        "Overwrite files directly",
        "For servers that rename nothing: an upload that breaks off leaves half a file where a whole one was.",
    );
    leave_out::field(ui, LEAVE_OUT, &mut form.leave_out);
    let settings = &mut form.settings;
    switch(ui, &mut settings.keep_awake, "Keep the machine awake", "While files move it does not fall asleep by itself.");
}
