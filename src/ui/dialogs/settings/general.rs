//! How the window looks and what it shows.

use eframe::egui::Ui;

use crate::model::settings::ThemeChoice;
use crate::screen::settings_form::SettingsForm;
use crate::ui::widgets::check::switch;
use crate::ui::widgets::field::{choice, row};
use crate::ui::widgets::segmented::segmented;

/// The steps of the interface scale, in percent.
const SCALES: [u16; 8] = [75, 90, 100, 110, 125, 150, 175, 200];

/// Draws the page.
pub(super) fn show(ui: &mut Ui, form: &mut SettingsForm) {
    let settings = &mut form.settings;
    let themes = [(ThemeChoice::System, "As the system"), (ThemeChoice::Dark, "Dark"), (ThemeChoice::Light, "Light")];
    if let Some(theme) = segmented(ui, "Theme", &themes, settings.theme) {
        settings.theme = theme;
    }
    row(ui, [0.0, 0.0], |ui, index| {
        if index > 0 {
            return;
        }
        let mut scales: Vec<(u16, String)> = SCALES.iter().map(|scale| (*scale, format!("{scale} %"))).collect();
        if !SCALES.contains(&settings.scale_percent) {
            scales.push((settings.scale_percent, format!("{} %", settings.scale_percent)));
            scales.sort();
        }
        choice(ui, "Zoom", &mut settings.scale_percent, &scales);
    });
    switch(ui, &mut settings.show_hidden, "Hidden files", "Show files and folders whose names begin with a dot.");
}
