//! Every dialog over a made-up screen: how it looks in both themes, and what its keys and buttons do.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

use std::sync::Arc;

use eframe::egui::accesskit::Role;
use eframe::egui::{self, Key, Theme};
use egui_kittest::kittest::Queryable;
use egui_kittest::{Harness, SnapshotOptions, SnapshotResults};
use jiff::Timestamp;
use moorline::engine::{Place, Question, QuestionId};
use moorline::model::certificate::{Certificate, Fingerprint};
use moorline::model::conflict::{Facts, OnExists};
use moorline::model::entry::{Modified, Precision};
use moorline::model::path::RemotePath;
use moorline::model::session::DisconnectWhen;
use moorline::model::settings::Settings;
use moorline::model::site::{Encryption, KeepAlive, Logon, Site, SiteColor, SiteFolder, SiteId, SiteTree};
use moorline::model::transfer::{Direction, QueueSummary, TransferId};
use moorline::screen::dialog::{GuardPurpose, SiteForm, SitePage};
use moorline::screen::state::Toast;
use moorline::screen::{Action, Dialog, Screen, Side};
use moorline::ui;

struct Run {
    screen: Screen,
    actions: Vec<Action>,
}

/// The window's ground with a few lines, and everything modal over it.
fn draw(ui: &mut egui::Ui, run: &mut Run) {
    ui::theme::note_input(ui.ctx());
    let t = ui::tokens(ui);
    ui.painter().rect_filled(ui.ctx().content_rect(), 0.0, t.panel);
    for line in 0_u8..20 {
        let at = egui::pos2(16.0, 20.0 + 40.0 * f32::from(line));
        let words = "index.php    12.8 KB    today 12:02    rw-r--r--    about.php    4.1 KB    18 Nov    assets    today 09:12";
        ui.painter().text(at, egui::Align2::LEFT_CENTER, words, ui::fonts::regular(12.5), t.text);
    }
    let ctx = ui.ctx().clone();
    ui::dialogs::show(&ctx, &run.screen, &mut run.actions);
    ui::toasts::show(&ctx, &run.screen, &mut run.actions);
}

fn harness(screen: Screen, theme: Theme) -> Harness<'static, Run> {
    let mut harness = Harness::builder()
        .with_size(egui::vec2(1320.0, 840.0))
        .with_theme(theme)
        .with_context_setup(ui::theme::install)
        .build_ui_state(draw, Run { screen, actions: Vec::new() });
    harness.run();
    harness
}

fn with_dialog(dialog: Dialog) -> Screen {
    Screen { dialog: Some(dialog), ..made_up() }
}

fn with_question(question: Question) -> Screen {
    let mut screen = made_up();
    screen.questions.push_back((QuestionId(7), question));
    screen
}

fn site() -> Site {
    let mut site = Site::new(SiteId("harbour".into()), "Harbour Books", "ftp.harbourbooks.example");
    site.user = "alice".into();
    site.folder = "Customers".into();
    site.color = SiteColor::Green;
    site
}

fn made_up() -> Screen {
    let mut screen = Screen::default();
    screen.session.site = Some(site());
    let other = Site::new(SiteId("lindt".into()), "Lindt & Sohn", "files.lindt.example");
    let folder = |path: &str| SiteFolder { path: path.into(), open: true };
    screen.sites = Arc::new(SiteTree { folders: vec![folder("Customers"), folder("Archive")], sites: vec![site(), other] });
    screen.queue = QueueSummary {
        active: 4,
        queued: 1203,
        running: 4,
        seconds_left: Some(180),
        running_seconds_left: Some(120),
        ..QueueSummary::default()
    };
    screen.local.place = Some(Place::Local("/home/alice/sites/harbour".into()));
    screen.remote.place = Some(Place::Remote(path("/www")));
    screen
}

fn path(text: &str) -> RemotePath {
    RemotePath::parse(text).unwrap()
}

fn guard(purpose: GuardPurpose, choice: DisconnectWhen) -> Screen {
    with_dialog(Dialog::Guard { purpose, choice })
}

fn site_form(page: SitePage) -> SiteForm {
    SiteForm {
        site: site(),
        is_new: false,
        port: String::new(),
        keep_alive_seconds: "45".into(),
        local_folder: "/home/alice/sites/harbour".into(),
        password: String::new(),
        password_changed: false,
        reveal: false,
        page,
        errors: Vec::new(),
    }
}

fn certificate() -> Certificate {
    Certificate {
        fingerprint: Fingerprint(std::array::from_fn(|index| u8::try_from(index * 37 % 256).unwrap())),
        subject: "ftp.harbourbooks.example".into(),
        issuer: "Harbour Books Internal CA".into(),
        names: vec!["ftp.harbourbooks.example".into(), "files.harbourbooks.example".into()],
        not_before: "2024-02-03T00:00:00Z".parse().ok(),
        not_after: "2025-02-03T00:00:00Z".parse().ok(),
        reason: "its issuer is not known to this system".into(),
    }
}

fn conflict(target_size: u64) -> Question {
    let at = |text: &str| Some(Modified { at: text.parse::<Timestamp>().unwrap(), precision: Precision::Second });
    Question::Exists {
        transfer: TransferId(1),
        direction: Direction::Upload,
        local: "/home/alice/sites/harbour/index.php".into(),
        remote: path("/www/index.php"),
        source: Facts { size: Some(12_800), modified: at("2025-11-20T12:02:00Z") },
        target: Facts { size: Some(target_size), modified: at("2025-11-11T08:30:00Z") },
    }
}

fn deletion() -> Question {
    let places = ["assets", "css", "includes", "old", "releases/41", "releases/42", "uploads", "robots.txt"];
    Question::Delete {
        places: places.iter().map(|name| Place::Remote(path(&format!("/www/{name}")))).collect(),
        files: 3402,
        folders: 12,
        bytes: 1_214_000_000,
    }
}

fn password(refused: Option<&str>, can_remember: bool) -> Question {
    Question::Password { site: Box::new(site()), refused: refused.map(str::to_owned), can_remember }
}

fn toasts() -> Screen {
    let toast =
        |id, text: &str, detail: &str, is_problem| Toast { id, text: text.into(), detail: detail.into(), is_problem, until: 9.0 };
    Screen {
        toasts: vec![
            toast(1, "Deleted 12 files", "", false),
            toast(
                2,
                "“releases” could not be made.",
                "You may not write into this folder. Ask whoever runs the server. “550 Create directory operation failed.”",
                true,
            ),
        ],
        ..made_up()
    }
}

/// Every picture by name.
fn pictures() -> Vec<(&'static str, Screen)> {
    let mut wrong = site_form(SitePage::Connection);
    wrong.site.host = "ftp harbour".into();
    wrong.site.encryption = Encryption::Plain;
    wrong.site.logon = Logon::Ask;
    wrong.port = "70000".into();
    wrong.errors = vec![("Host", "A server's name has no blanks and no slashes.".into()), ("Port", "1 to 65535".into())];
    let mut every = site_form(SitePage::Session);
    every.site.keep_alive = KeepAlive::Every(45);
    every.site.connections = 3;
    let mut notes = site_form(SitePage::Notes);
    notes.site.notes = "Ask Marta before touching /www/includes.\nThe line is slow after six.".into();
    let form = |form: SiteForm| with_dialog(Dialog::Site(Box::new(form)));
    let mode = Dialog::Permissions {
        paths: vec![path("/www/uploads")],
        mode: 0o2755,
        octal: "2755".into(),
        has_folders: true,
        recursive: false,
    };
    vec![
        ("guard", guard(GuardPurpose::Disconnect, DisconnectWhen::QueueDone)),
        ("guard_close_now", guard(GuardPurpose::Close, DisconnectWhen::Now)),
        ("site_connection", form(site_form(SitePage::Connection))),
        ("site_connection_errors", form(wrong)),
        ("site_folders", form(site_form(SitePage::Folders))),
        ("site_session", form(every)),
        ("site_notes", form(notes)),
        ("site_delete", with_dialog(Dialog::DeleteSite { id: SiteId("harbour".into()), name: "Harbour Books".into() })),
        ("site_folder_new", with_dialog(Dialog::SiteFolder { path: None, name: String::new(), error: None })),
        ("site_folder_delete", with_dialog(Dialog::DeleteSiteFolder { path: "Customers".into(), sites: 3 })),
        (
            "new_folder_error",
            with_dialog(Dialog::NewFolder {
                side: Side::Remote,
                name: "releases/42".into(),
                error: Some("“releases/42” would leave its folder".into()),
            }),
        ),
        (
            "rename",
            with_dialog(Dialog::Rename { place: Place::Remote(path("/www/index.php")), name: "index.php".into(), error: None }),
        ),
        ("permissions", with_dialog(mode)),
        ("settings", with_dialog(Dialog::Settings(Box::default()))),
        ("keys", with_dialog(Dialog::Keys)),
        ("about", with_dialog(Dialog::About)),
        ("question_exists", with_question(conflict(12_100))),
        ("question_delete", with_question(deletion())),
        ("question_password", with_question(password(None, true))),
        ("question_password_refused", with_question(password(Some("530 Login incorrect."), false))),
        (
            "question_certificate",
            with_question(Question::Certificate {
                authority: "ftp.harbourbooks.example:21".into(),
                certificate: Box::new(certificate()),
                changed: false,
            }),
        ),
        (
            "question_certificate_changed",
            with_question(Question::Certificate {
                authority: "ftp.harbourbooks.example:21".into(),
                certificate: Box::new(certificate()),
                changed: true,
            }),
        ),
        ("toasts", toasts()),
    ]
}

/// Another machine's renderer may round a blend differently, here and there.
fn tolerance() -> SnapshotOptions {
    SnapshotOptions::new().threshold(2.0).max_failed_pixels(300)
}

fn snapshots(theme: Theme, suffix: &str) {
    let mut results = SnapshotResults::new();
    for (name, screen) in pictures() {
        let mut harness = harness(screen, theme);
        results.add(harness.try_snapshot_options(format!("dialogs/{name}_{suffix}"), &tolerance()));
    }
}

#[test]
fn every_dialog_looks_as_it_did_in_the_dark_theme() {
    snapshots(Theme::Dark, "dark");
}

#[test]
fn every_dialog_looks_as_it_did_in_the_light_theme() {
    snapshots(Theme::Light, "light");
}
