//! What happens to a file whose target is there already.

use eframe::egui::Ui;
use jiff::Zoned;

use crate::model::conflict::OnExists;
use crate::model::name_pattern::{NamePattern, USUAL};
use crate::model::resume::SourceChanged;
use crate::screen::settings_form::{PATTERN, SettingsForm};
use crate::ui::widgets::field::{Field, choice, row};

/// The file in the preview.
const SAMPLE: &str = "report.pdf";

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
    // Looked at while it is typed: the preview and what is wrong change places.
    let read = NamePattern::parse(&settings.rename_pattern);
    let preview = read.as_ref().map(|pattern| {
        let now = Zoned::now().datetime();
        format!(
            "A second {SAMPLE} becomes {}, a third one {}.",
            pattern.candidate(SAMPLE, 1, now),
            pattern.candidate(SAMPLE, 2, now)
        )
    });
    let note = preview.unwrap_or_default();
    let error = read.err();
    Field::new(PATTERN).hint(USUAL).mono().note(&note).error(error.as_deref()).show(ui, &mut settings.rename_pattern);
    let words = "{name} is the file’s own name, {ext} its ending with the dot, {n} the first number that is free, {date} and {time} are now.";
    crate::ui::widgets::field::below(ui, None, words);
    let ways = [(SourceChanged::Anew, "Start anew".to_owned()), (SourceChanged::Ask, "Ask".to_owned())];
    choice(ui, "When a file has changed since a part of it came", &mut settings.source_changed, &ways);
}

fn policies() -> [(OnExists, String); 8] {
    [
        (OnExists::Ask, "Ask"),
        (OnExists::Overwrite, "Overwrite"),
        (OnExists::Newer, "Overwrite if newer"),
        (OnExists::SizeDiffers, "Overwrite if the size differs"),
        (OnExists::NewerOrSize, "Overwrite if newer or of another size"),
        (OnExists::Resume, "Resume"),
        (OnExists::Rename, "Keep both"),
        (OnExists::Skip, "Skip"),
    ]
    .map(|(policy, words)| (policy, words.to_owned()))
}
