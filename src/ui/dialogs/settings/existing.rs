//! What happens to a file whose target is there already.

use eframe::egui::Ui;

use crate::model::conflict::OnExists;
use crate::model::resume::SourceChanged;
use crate::screen::settings_form::SettingsForm;
use crate::ui::widgets::field::{choice, row};

/// Draws the page.
pub(super) fn show(ui: &mut Ui, form: &mut SettingsForm) {
    let settings = &mut form.settings;
    row(ui, [0.0, 0.0], |ui, index| {
        let (name, value) = if index == 0 {
            ("When an upload’s target exists", &mut settings.upload_exists)
        } else {
            ("When a download’s target exists", &mut settings.download_exists)
        };
        choice(ui, name, value, &policies());
    });
    let ways = [(SourceChanged::Anew, "Start anew".to_owned()), (SourceChanged::Ask, "Ask".to_owned())];
    choice(ui, "When a file has changed since a part of it came", &mut settings.source_changed, &ways);
}

fn policies() -> [(OnExists, String); 6] {
    [
        (OnExists::Ask, "Ask"),
        (OnExists::Overwrite, "Overwrite"),
        (OnExists::Newer, "Overwrite if newer"),
        (OnExists::Resume, "Resume"),
        (OnExists::Rename, "Keep both"),
        (OnExists::Skip, "Skip"),
    ]
    .map(|(policy, words)| (policy, words.to_owned()))
}
