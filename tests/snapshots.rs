//! Pictures of the window in both themes, drawn without a display and compared with the ones that are kept.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::cast_possible_truncation)]

#[path = "support/sample_screens.rs"]
mod sample_screens;

use eframe::egui;
use egui_kittest::{Harness, SnapshotOptions};
use moorline::model::settings::ThemeChoice;
use moorline::screen::PanelTab;
use moorline::ui::{View, layout, theme};
use sample_screens::Sample;

/// Draws a sample as the window does.
struct Window {
    sample: Sample,
}

impl eframe::App for Window {
    fn ui(&mut self, ui: &mut egui::Ui, _frame: &mut eframe::Frame) {
        let sample = &self.sample;
        let view = View {
            screen: &sample.screen,
            queue: &sample.queue,
            log: &sample.log,
            instant: sample.instant,
            now: sample.now,
            zone: &sample.zone,
        };
        layout::show(ui, &view, &mut Vec::new());
    }
}

fn harness(sample: Sample, size: egui::Vec2) -> Harness<'static, Window> {
    let which = match sample.screen.settings.theme {
        ThemeChoice::Light => egui::Theme::Light,
        _ => egui::Theme::Dark,
    };
    let scale = std::env::var("MOORLINE_SNAPSHOT_SCALE").ok().and_then(|scale| scale.parse().ok()).unwrap_or(1.0);
    let mut harness = Harness::builder()
        .with_size(size)
        .with_pixels_per_point(scale)
        .with_theme(which)
        .wgpu()
        // Another machine's software renderer rounds the edges of letters in its own way.
        .with_options(SnapshotOptions::new().threshold(2.0).max_failed_pixels(400))
        .build_eframe(|creation| {
            theme::install(&creation.egui_ctx);
            Window { sample }
        });
    harness.run_steps(12);
    harness
}

const FULL: egui::Vec2 = egui::vec2(1320.0, 840.0);

#[test]
fn moored_with_transfers() {
    for (theme, name) in [(ThemeChoice::Dark, "moored-dark"), (ThemeChoice::Light, "moored-light")] {
        harness(sample_screens::moored(theme), FULL).snapshot(name);
    }
}

#[test]
fn adrift_with_a_countdown() {
    for (theme, name) in [(ThemeChoice::Dark, "adrift-dark"), (ThemeChoice::Light, "adrift-light")] {
        harness(sample_screens::adrift(theme), FULL).snapshot(name);
    }
}

#[test]
fn offline_at_the_first_start() {
    for (theme, name) in [(ThemeChoice::Dark, "offline-dark"), (ThemeChoice::Light, "offline-light")] {
        harness(sample_screens::offline(theme), FULL).snapshot(name);
    }
}

#[test]
fn the_lower_panels_tabs() {
    for (tab, name) in [(PanelTab::Failed, "failed"), (PanelTab::Done, "done"), (PanelTab::Log, "log")] {
        let mut sample = sample_screens::moored(ThemeChoice::Dark);
        sample.screen.tab = tab;
        sample.screen.queue.failed = 2;
        sample.screen.queue.done = 2;
        harness(sample, FULL).snapshot(name);
    }
}

#[test]
fn the_smallest_window() {
    harness(sample_screens::adrift(ThemeChoice::Dark), egui::vec2(760.0, 480.0)).snapshot("smallest");
}
