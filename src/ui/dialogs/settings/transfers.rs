//! How files are moved.

use eframe::egui::Ui;

use crate::screen::settings_form::SettingsForm;
use crate::ui::widgets::field::{self, number};

/// Draws the page.
pub(super) fn show(ui: &mut Ui, form: &mut SettingsForm) {
    ui.vertical(|ui| {
        ui.spacing_mut().item_spacing.y = 4.0;
        number(ui, "Transfers at the same time", &mut form.settings.connections, 1..=10, |value| format!("{value:.0}"));
        field::below(ui, None, "Each has a connection of its own. A site may have a figure of its own, in its form.");
    });
}
