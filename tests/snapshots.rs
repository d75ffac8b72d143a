//! Pictures of the window in both themes, drawn without a display and compared with the ones that are kept.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::cast_possible_truncation)]

#[path = "support/sample_screens.rs"]
mod sample_screens;

use std::sync::Arc;

use eframe::egui;
use egui_kittest::kittest::Queryable;
use egui_kittest::{Harness, SnapshotOptions, SnapshotResults};
use moorline::model::cause::Cause;
use moorline::model::edited::{EditId, EditState, EditView, Unsent};
use moorline::model::path::RemotePath;
use moorline::model::problem::{Problem, ProblemKind};
use moorline::model::session::{DisconnectWhen, IdleLimit, LimitSource};
use moorline::model::settings::ThemeChoice;
use moorline::model::site::SiteId;
use moorline::model::transfer::{Direction, QueueSummary, QueueTab, SkipReason, TransferId, TransferRow, TransferState};
use moorline::screen::dialog::{Dialog, GuardPurpose};
use moorline::screen::{Action, PanelTab};
use moorline::ui::{dialogs, layout, theme};
use sample_screens::Sample;

/// Draws a sample as the window does.
struct Window {
    sample: Sample,
    actions: Vec<Action>,
}

impl eframe::App for Window {
    fn ui(&mut self, ui: &mut egui::Ui, _frame: &mut eframe::Frame) {
        layout::show(ui, &self.sample.view(), &mut self.actions);
        dialogs::show(&ui.ctx().clone(), &self.sample.screen, &mut Vec::new());
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
            Window { sample, actions: Vec::new() }
        });
    harness.run_steps(12);
    harness
}

const FULL: egui::Vec2 = egui::vec2(1320.0, 840.0);

/// Draws each sample and compares it with the picture of its name.
fn compare(pictures: impl IntoIterator<Item = (&'static str, Sample, egui::Vec2)>) {
    let mut results = SnapshotResults::new();
    for (name, sample, size) in pictures {
        let mut harness = harness(sample, size);
        harness.snapshot(name);
        results.extend_harness(&mut harness);
    }
}

#[test]
fn moored_with_transfers() {
    compare([
        ("moored-dark", sample_screens::moored(ThemeChoice::Dark), FULL),
        ("moored-light", sample_screens::moored(ThemeChoice::Light), FULL),
    ]);
}

#[test]
fn leaving_while_files_move() {
    let mut sample = sample_screens::moored(ThemeChoice::Dark);
    sample.screen.dialog =
        Some(Dialog::Guard { purpose: GuardPurpose::Disconnect, choice: DisconnectWhen::QueueDone, edits: Vec::new() });
    compare([("guard-dark", sample, FULL)]);
}

#[test]
fn adrift_with_a_countdown() {
    compare([
        ("adrift-dark", sample_screens::adrift(ThemeChoice::Dark), FULL),
        ("adrift-light", sample_screens::adrift(ThemeChoice::Light), FULL),
    ]);
}

#[test]
fn files_that_are_edited() {
    let of = |theme, state: EditState| {
        let mut sample = sample_screens::moored(theme);
        let site = sample.screen.session.site.clone().unwrap();
        sample.screen.edits = Arc::new(vec![EditView {
            id: EditId(1),
            site: site.id,
            site_name: site.name,
            remote: RemotePath::parse("/www/index.php").unwrap(),
            local: "/home/alice/.local/state/moorline/edits/1/index.php".into(),
            state,
            is_emptied: false,
            uploaded: None,
        }]);
        sample
    };
    let left = EditState::Unsent(Unsent::Declined);
    compare([
        ("edited-dark", of(ThemeChoice::Dark, EditState::Same), FULL),
        ("edited-left-light", of(ThemeChoice::Light, left.clone()), FULL),
        ("edited-left-small", of(ThemeChoice::Dark, left), egui::vec2(760.0, 480.0)),
    ]);
}

#[test]
fn uploads_that_wait_for_room_on_the_server() {
    let of = |theme| {
        let mut sample = sample_screens::moored(theme);
        sample.screen.queue.uploads_wait = Some(Cause::Quota);
        sample
    };
    let mut both = of(ThemeChoice::Dark);
    both.screen.queue.downloads_wait = Some(Cause::DiskFull);
    compare([
        ("held-up-dark", of(ThemeChoice::Dark), FULL),
        ("held-up-light", of(ThemeChoice::Light), FULL),
        ("held-up-both-small", both, egui::vec2(760.0, 480.0)),
    ]);
}

#[test]
fn a_queue_that_cannot_be_saved() {
    let of = |theme| {
        let mut sample = sample_screens::moored(theme);
        sample.screen.queue.waits_for_saving = true;
        let words = "“/home/alice/.local/state/moorline/queue.journal” could not be saved: No space left on device (os error 28).";
        sample.screen.why_unsaved = words.to_owned();
        sample
    };
    let mut all = of(ThemeChoice::Dark);
    all.screen.queue.uploads_wait = Some(Cause::Quota);
    all.screen.queue.downloads_wait = Some(Cause::DiskFull);
    compare([
        ("unsaved-dark", of(ThemeChoice::Dark), FULL),
        ("unsaved-light", of(ThemeChoice::Light), FULL),
        ("unsaved-held-up-small", all, egui::vec2(760.0, 480.0)),
    ]);
}

#[test]
fn what_holds_transfers_up_is_gone_on_with_by_its_own_button() {
    let mut sample = sample_screens::moored(ThemeChoice::Dark);
    sample.screen.queue.waits_for_saving = true;
    (sample.screen.queue.uploads_wait, sample.screen.queue.downloads_wait) = (Some(Cause::Quota), Some(Cause::DiskFull));
    let mut harness = harness(sample, FULL);
    for (label, action) in [
        ("Go on without saving", Action::GoOnUnsaved),
        ("Go on with uploads", Action::GoOn(Direction::Upload)),
        ("Go on with downloads", Action::GoOn(Direction::Download)),
    ] {
        harness.get_by_label(label).click();
        harness.run_steps(4);
        assert_eq!(std::mem::take(&mut harness.state_mut().actions), [action], "{label}");
    }
}

#[test]
fn offline_at_the_first_start() {
    compare([
        ("offline-dark", sample_screens::offline(ThemeChoice::Dark), FULL),
        ("offline-light", sample_screens::offline(ThemeChoice::Light), FULL),
    ]);
}

#[test]
fn the_lower_panels_tabs() {
    let of = |tab| {
        let mut sample = sample_screens::moored(ThemeChoice::Dark);
        sample.screen.tab = tab;
        sample.screen.queue.failed = 2;
        sample.screen.queue.done = 2;
        sample
    };
    let mut light = sample_screens::moored(ThemeChoice::Light);
    light.screen.tab = PanelTab::Timeline;
    // So that the deadline lies within what is shown.
    light.screen.session.idle_limit = Some(IdleLimit { seconds: 18, source: LimitSource::Learned });
    let mut nothing = sample_screens::offline(ThemeChoice::Dark);
    nothing.screen.tab = PanelTab::Timeline;
    let mut recording = of(PanelTab::Log);
    recording.screen.recording = Some("/home/alice/.local/state/moorline/records/record-20261120-120400.jsonl".into());
    compare([
        ("failed", of(PanelTab::Failed), FULL),
        ("done", of(PanelTab::Done), FULL),
        ("log", of(PanelTab::Log), FULL),
        ("log-recording", recording, FULL),
        ("timeline-dark", of(PanelTab::Timeline), FULL),
        ("timeline-light", light, FULL),
        ("timeline-empty", nothing, FULL),
    ]);
}

#[test]
fn the_smallest_window() {
    compare([("smallest", sample_screens::adrift(ThemeChoice::Dark), egui::vec2(760.0, 480.0))]);
}

/// The lower panel when nothing is under “Active”, with rows in these states that belong to the given sites.
fn at_rest(rows: &[(&str, TransferState)]) -> Sample {
    let mut sample = sample_screens::moored(ThemeChoice::Dark);
    let here = sample.screen.session.site.as_ref().unwrap().id.clone();
    let row = sample.queue.0[0].clone();
    let made = rows.iter().zip(1..).map(|((site, state), id)| TransferRow {
        id: TransferId(id),
        site: if site.is_empty() { here.clone() } else { SiteId((*site).into()) },
        state: state.clone(),
        ..row.clone()
    });
    sample.queue.0 = made.collect();
    let count = |tab| sample.queue.0.iter().filter(|row| row.state.tab() == tab).count();
    let stopped = sample.queue.0.iter().filter(|row| row.state == TransferState::Paused).count();
    let (queued, failed, done) = (count(QueueTab::Queued), count(QueueTab::Failed), count(QueueTab::Done));
    let skipped = sample.queue.0.iter().filter(|row| matches!(row.state, TransferState::Skipped(_))).count();
    let is_filtered = |row: &&TransferRow| row.state == TransferState::Skipped(SkipReason::Filter);
    let filtered = sample.queue.0.iter().filter(is_filtered).count();
    sample.screen.queue = QueueSummary { queued, stopped, failed, done, skipped, filtered, ..QueueSummary::default() };
    sample
}

#[test]
fn why_nothing_moves_is_true() {
    use TransferState::{Paused, Queued};
    for (rows, words) in [
        (&[("", Paused)][..], "What waits is paused; choose “Resume” for it under “Queued”."),
        (&[("other", Queued)], "What waits belongs to another server; it goes on when that one is connected."),
        (&[("other", Queued), ("", Paused)], "Some of what waits is paused, the rest belongs to another server."),
        (&[("", Queued), ("", Paused)], "What waits begins as soon as it may."),
    ] {
        harness(at_rest(rows), FULL).get_by_label(words);
    }
}

#[test]
fn a_row_of_another_server_names_it_and_leads_there() {
    let mut sample = at_rest(&[("", TransferState::Queued)]);
    let here = sample.screen.session.site.as_ref().unwrap().id.clone();
    let other = sample.screen.sites.sites.iter().find(|site| site.id != here).unwrap().clone();
    sample.queue.0[0].site = other.id.clone();
    sample.screen.tab = PanelTab::Queued;
    let name = sample.queue.0[0].local.file_name().unwrap().to_string_lossy().into_owned();
    let mut harness = harness(sample, FULL);
    // The panes have a row of this name too, higher up.
    let is_below = |node: &egui_kittest::Node<'_>| node.rect().top() > FULL.y / 2.0;
    let row = |harness: &Harness<'_, Window>| harness.get_all_by_label_contains(&name).find(is_below).unwrap().rect().center();
    harness.hover_at(row(&harness));
    harness.run_steps(60);
    harness.get_by_label(&format!("Goes on when {} is connected", other.name));
    harness.get_all_by_label_contains(&name).find(is_below).unwrap().click_secondary();
    harness.run_steps(8);
    harness.get_by_label(&format!("Connect to {}", other.name)).click();
    harness.run_steps(8);
    assert!(harness.state().actions.contains(&Action::OpenSite(other.id)), "{:?}", harness.state().actions);
}

#[test]
fn what_failed_is_told_where_nothing_moves_and_is_one_click_away() {
    let failed = || TransferState::Failed(Problem::new(ProblemKind::Refused, "The server refused."));
    compare([("at-rest-failed", at_rest(&[("", failed()), ("", failed())]), FULL)]);
    let mut harness = harness(at_rest(&[("", failed()), ("", failed())]), FULL);
    harness.get_by_label("Nothing is moving. 2 files did not arrive.");
    harness.get_by_label("Show them").click();
    harness.run_steps(4);
    assert!(harness.state().actions.contains(&Action::ShowTab(PanelTab::Failed)));
}

#[test]
fn what_was_skipped_is_not_counted_as_done() {
    let skipped = || TransferState::Skipped(SkipReason::Exists);
    let done = sample_screens::moored(ThemeChoice::Dark)
        .queue
        .0
        .iter()
        .find(|row| row.state.tab() == QueueTab::Done)
        .unwrap()
        .state
        .clone();
    harness(at_rest(&[("", done.clone()), ("", skipped()), ("", skipped())]), FULL).get_by_label("Done 1 · 2 skipped");
    let filtered = || TransferState::Skipped(SkipReason::Filter);
    let rows = [("", done.clone()), ("", skipped()), ("", filtered()), ("", filtered())];
    harness(at_rest(&rows), FULL).get_by_label("Done 1 · 1 skipped · 2 left out by name");
    harness(at_rest(&[("", done.clone()), ("", filtered())]), FULL).get_by_label("Done 1 · 1 left out by name");
    harness(at_rest(&[("", done)]), FULL).get_by_label("Done 1");
}
