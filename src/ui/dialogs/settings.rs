//! Settings for all sites.

use eframe::egui::Ui;

use crate::model::conflict::OnExists;
use crate::model::settings::{Settings, ThemeChoice};
use crate::screen::Dialog;
use crate::ui::icon::Icon;
use crate::ui::text;
use crate::ui::widgets::check::switch;
use crate::ui::widgets::field::{choice, number, row};
use crate::ui::widgets::modal::Modal;
use crate::ui::widgets::segmented::segmented;

use super::Stage;

/// The steps of the interface scale, in percent.
const SCALES: [u16; 8] = [75, 90, 100, 110, 125, 150, 175, 200];

/// Draws it.
pub(super) fn show(stage: &mut Stage<'_>, settings: &Settings) {
    let draft = Dialog::Settings(Box::new(settings.clone()));
    stage.edit(Modal::new("settings", Icon::SETTINGS, "Settings").width(480.0).main("Save"), draft, |ui, _, draft| {
        if let Dialog::Settings(settings) = draft {
            ui.spacing_mut().item_spacing.y = 10.0;
            window(ui, settings);
            transfers(ui, settings);
            connection(ui, settings);
        }
    });
}

fn window(ui: &mut Ui, settings: &mut Settings) {
    ui.label(text::strong(ui, "Window"));
    row(ui, [0.0, 0.0], |ui, index| {
        if index == 0 {
            let themes = [(ThemeChoice::System, "As the system"), (ThemeChoice::Dark, "Dark"), (ThemeChoice::Light, "Light")];
            if let Some(theme) = segmented(ui, "Theme", &themes, settings.theme) {
                settings.theme = theme;
            }
        } else {
            let mut scales: Vec<(u16, String)> = SCALES.iter().map(|scale| (*scale, format!("{scale} %"))).collect();
            if !SCALES.contains(&settings.scale_percent) {
                scales.push((settings.scale_percent, format!("{} %", settings.scale_percent)));
                scales.sort();
            }
            choice(ui, "Size of everything", &mut settings.scale_percent, &scales);
        }
    });
    switch(ui, &mut settings.show_hidden, "Hidden files", "Show files and folders whose names begin with a dot.");
}

fn transfers(ui: &mut Ui, settings: &mut Settings) {
    ui.add_space(4.0);
    ui.label(text::strong(ui, "Transfers"));
    row(ui, [0.0, 0.0], |ui, index| {
        let (name, value) = if index == 0 {
            ("When an upload’s target exists", &mut settings.upload_exists)
        } else {
            ("When a download’s target exists", &mut settings.download_exists)
        };
        choice(ui, name, value, &policies());
    });
    number(ui, "Transfers at the same time", &mut settings.connections, 0..=32, |value| {
        if value < 0.5 { "as many as help, up to 8".to_owned() } else { format!("at most {value:.0}") }
    });
}

fn connection(ui: &mut Ui, settings: &mut Settings) {
    ui.add_space(4.0);
    ui.label(text::strong(ui, "Connection"));
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
