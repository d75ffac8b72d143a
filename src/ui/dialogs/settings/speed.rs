//! How fast files may move.

use eframe::egui::Ui;

use crate::screen::settings_form::SettingsForm;
use crate::ui::dialogs::limits;
use crate::ui::text;
use crate::ui::widgets::field;

/// Draws the page.
pub(super) fn show(ui: &mut Ui, form: &mut SettingsForm) {
    ui.vertical(|ui| {
        ui.spacing_mut().item_spacing.y = 6.0;
        ui.label(text::strong(ui, "Limits for all sites together"));
        limits::fields(ui, &mut form.limits, &form.errors);
        field::below(ui, None, "A site may have limits of its own, in its form. The strictest applies.");
    });
}
