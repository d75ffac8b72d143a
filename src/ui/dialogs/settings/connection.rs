//! When a connection is given up, and what follows.

use eframe::egui::Ui;

use crate::screen::settings_form::SettingsForm;
use crate::ui::widgets::check::switch;
use crate::ui::widgets::field::number;

/// Draws the page.
pub(super) fn show(ui: &mut Ui, form: &mut SettingsForm) {
    let settings = &mut form.settings;
    number(ui, "A connection counts as lost after", &mut settings.timeout_seconds, 5..=300, |value| {
        format!("{value:.0} s of silence")
    });
    switch(
        ui,
        &mut settings.reconnect,
        "Reconnect by itself",
        "After a loss Moorline comes back to the same folder and goes on with the queue.",
    );
}
