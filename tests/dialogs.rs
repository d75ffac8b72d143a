//! Every dialog over a made-up screen: how it looks in both themes, and what its keys and buttons do.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use eframe::egui::accesskit::Role;
use eframe::egui::{self, Key, Theme};
use egui_kittest::kittest::Queryable;
use egui_kittest::{Harness, SnapshotOptions, SnapshotResults};
use jiff::Timestamp;
use moorline::engine::{Command, MasterChange, Place, Question, QuestionId, ToEdit, WantedFor};
use moorline::model::certificate::{Certificate, Fingerprint};
use moorline::model::checksum::{Checksum, HashAlgorithm, HashUse};
use moorline::model::clock::Ahead;
use moorline::model::conflict::{Facts, OnExists, Scope};
use moorline::model::diagnosis::{Finding, Report, Step, StepName};
use moorline::model::difference::Difference;
use moorline::model::edited::{EditId, EditState, EditView, Unsent};
use moorline::model::entry::{Entry, EntryKind, Modified, Precision};
use moorline::model::host::HostFacts;
use moorline::model::import::SiteFile;
use moorline::model::listing::{Listing, ListingSource};
use moorline::model::passwords::{Keeping, MasterPassword, PasswordsKept};
use moorline::model::path::RemotePath;
use moorline::model::permissions::Inside;
use moorline::model::problem::{Problem, ProblemKind};
use moorline::model::receipt::{HashProof, Receipt, ReceiptId, TlsProof};
use moorline::model::receipt_export::ExportFormat;
use moorline::model::resume::Sign;
use moorline::model::secret::Secret;
use moorline::model::session::{DisconnectWhen, LimitSource, Phase};
use moorline::model::site::{Encryption, KeepAlive, Logon, Site, SiteColor, SiteFolder, SiteId, SiteTree};
use moorline::model::transfer::{Compared, Direction, QueueSummary, TransferId};
use moorline::model::upkeep::IdleCommand;
use moorline::model::verify::{Difference as Unlike, Finding as Compares, Pair, Row, Times, Verification};
use moorline::model::when_done::{Ended, PowerAction, WhenDone};
use moorline::screen::dialog::{ExportRange, GuardPurpose, SiteForm, SitePage, VerifyStage};
use moorline::screen::import_form::ImportForm;
use moorline::screen::keys::keys_of;
use moorline::screen::reduce::reduce;
use moorline::screen::settings_form::{SettingsForm, SettingsPage};
use moorline::screen::state::{Comparison, Toast};
use moorline::screen::typed_limits::TypedLimits;
use moorline::screen::typed_master::{MasterWish, TypedMaster};
use moorline::screen::typed_schedule::TypedTime;
use moorline::screen::{Action, Dialog, Effect, Screen, Side, Verb};
use moorline::ui;

struct Run {
    screen: Screen,
    actions: Vec<Action>,
}

const FULL: egui::Vec2 = egui::vec2(1320.0, 840.0);

/// A ground with a line of text, and everything modal over it.
fn draw(ui: &mut egui::Ui, run: &mut Run) {
    ui::theme::note_input(ui.ctx());
    // Something bright, to see how far it is dimmed.
    let t = ui::tokens(ui);
    ui.painter().rect_filled(ui.ctx().content_rect(), 0.0, t.panel);
    let words = "index.php    12.8 KB    today 12:02    rw-r--r--";
    ui.painter().text(egui::pos2(16.0, 20.0), egui::Align2::LEFT_CENTER, words, ui::fonts::regular(12.5), t.text);
    let ctx = ui.ctx().clone();
    ui::dialogs::show(&ctx, &run.screen, &mut run.actions);
    ui::toasts::show(&ctx, &run.screen, &mut run.actions);
}

fn harness(screen: Screen, theme: Theme) -> Harness<'static, Run> {
    sized(screen, theme, FULL)
}

fn sized(screen: Screen, theme: Theme, size: egui::Vec2) -> Harness<'static, Run> {
    let mut harness = Harness::builder()
        .with_size(size)
        .with_theme(theme)
        .with_context_setup(ui::theme::install)
        .build_ui_state(draw, Run { screen, actions: Vec::new() });
    harness.run_steps(12);
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
    let mut screen = Screen { home: Some("/home/alice".into()), ..Screen::default() };
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
    with_dialog(Dialog::Guard { purpose, choice, edits: Vec::new() })
}

fn site_form(page: SitePage) -> SiteForm {
    SiteForm {
        site: site(),
        is_new: false,
        port: String::new(),
        keep_alive_seconds: "45".into(),
        learned: None,
        forget: false,
        idle_limit: String::new(),
        list_ahead: String::new(),
        clock_ahead: String::new(),
        limits: TypedLimits::default(),
        local_folder: "/home/alice/sites/harbour".into(),
        password: String::new(),
        password_changed: false,
        reveal: false,
        page,
        leaves_out: false,
        leave_out: String::new(),
        errors: Vec::new(),
    }
}

fn settings(page: SettingsPage) -> Dialog {
    Dialog::Settings(Box::new(SettingsForm { page, ..SettingsForm::default() }))
}

/// The page of passwords, with a master password that is to be changed or taken away.
fn passwords(keyring: bool, master: MasterPassword, wish: MasterWish) -> Dialog {
    let kept = PasswordsKept { keyring, master };
    let mut form =
        SettingsForm { page: SettingsPage::Passwords, ..SettingsForm::of(moorline::model::settings::Settings::default(), kept) };
    form.master.wish = wish;
    if wish == MasterWish::Change {
        (form.master.current, form.master.new, form.master.again) = ("old".into(), "long enough".into(), "long enuogh".into());
        assert!(form.check().is_none());
    }
    Dialog::Settings(Box::new(form))
}

/// Another current master password was typed than the one that holds.
fn refused_master() -> Dialog {
    let kept = PasswordsKept { keyring: true, master: MasterPassword::Open };
    let typed = TypedMaster { wish: MasterWish::Change, current: "old".into(), ..TypedMaster::of(kept) };
    let typed = TypedMaster { new: "long enough".into(), again: "long enough".into(), ..typed };
    Dialog::Settings(Box::new(SettingsForm::of_refused(moorline::model::settings::Settings::default(), typed)))
}

fn forget_passwords() -> Dialog {
    match passwords(true, MasterPassword::Locked, MasterWish::Remove) {
        Dialog::Settings(form) => Dialog::ForgetPasswords(form),
        other => other,
    }
}

/// Office hours with a limit, and something wrong.
fn schedule() -> Dialog {
    let mut time = TypedTime { to: "18:0x".into(), ..TypedTime::default() };
    (time.limits.down, time.limits.up) = ("500 KB/s".into(), "200 KB/s".into());
    time.check();
    let form = SettingsForm { page: SettingsPage::Speed, schedule: vec![time], ..SettingsForm::default() };
    Dialog::Settings(Box::new(form))
}

fn master(refused: bool, wanted: WantedFor) -> Question {
    Question::Master { wanted, refused }
}

fn run_when_done(line: &str) -> Dialog {
    Dialog::RunWhenDone { line: line.into(), error: None }
}

fn power() -> Question {
    // Long ago, so that pictures show the same seconds.
    let until = Instant::now();
    Question::Power { action: PowerAction::ShutDown, ended: Ended::Through { done: 12, failed: 1 }, until }
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
        source: Facts { size: Some(12_800), modified: at("2025-11-20T10:50:00Z") },
        target: Facts { size: Some(target_size), modified: at("2025-11-11T09:45:00Z") },
        ahead: Ahead::NONE,
        was: None,
    }
}

/// Somebody else has changed a file that is edited here.
fn edited_conflict() -> Question {
    match conflict(12_100) {
        Question::Exists { transfer, direction, local, remote, source, target, ahead, .. } => {
            let was = Some(Facts { size: Some(11_000), modified: None });
            Question::Exists { transfer, direction, local, remote, source, target, ahead, was }
        }
        other => other,
    }
}

fn saved(is_emptied: bool) -> Question {
    Question::Saved { edit: EditId(1), remote: path("/www/index.php"), site: "Harbour Books".into(), is_emptied }
}

fn to_edit() -> ToEdit {
    ToEdit { remote: path("/www/catalogue.sql"), mode: None }
}

/// Edited files in each state.
fn with_edits(dialog: Dialog) -> Screen {
    let problem = Problem::new(ProblemKind::Refused, "The server does not take /www/prices.csv.");
    let edit = |id, site: &str, remote: &str, state| EditView {
        id: EditId(id),
        site: SiteId(site.to_lowercase()),
        site_name: site.into(),
        remote: path(remote),
        local: format!("/home/alice/.local/state/moorline/edits/{id}/{remote}").into(),
        state,
        is_emptied: false,
        uploaded: None,
    };
    let uploaded = "2025-11-20T10:51:07Z".parse().ok();
    let edits = vec![
        EditView { uploaded, ..edit(1, "Harbour", "/www/index.php", EditState::Same) },
        edit(2, "Harbour", "/www/assets/site.css", EditState::Uploading),
        edit(
            3,
            "Lindt",
            "/a long way down/to a folder with/a name that takes all the room/there is in a row/notes.txt",
            EditState::Waiting,
        ),
        edit(4, "Harbour", "/www/prices.csv", EditState::Failed(problem)),
        edit(5, "Harbour", "/www/about.html", EditState::Unsent(Unsent::Declined)),
        edit(6, "Harbour", "/www/contact.html", EditState::Fetching),
    ];
    let mut screen = with_dialog(dialog);
    screen.session.phase = Phase::Moored;
    screen.edits = Arc::new(edits);
    screen
}

fn first_difference() -> Difference {
    Difference::Text {
        line: 214,
        column: 17,
        local: "    $limit = max(20, $asked);".into(),
        remote: "    $limit = min(20, $asked);".into(),
    }
}

/// A conflict whose sides were compared; the answer is for the batch.
fn compared(difference: Difference) -> Screen {
    let mut screen = with_question(conflict(12_100));
    screen.comparison = Some(Comparison::Found(difference));
    screen.question_form.choice = Some(OnExists::NewerOrSize);
    screen.question_form.scope = Scope::Batch;
    screen
}

fn deletion() -> Question {
    let places = ["assets", "css", "includes", "old", "releases/41", "releases/42", "uploads", "robots.txt"];
    Question::Delete {
        places: places.iter().map(|name| Place::Remote(path(&format!("/www/{name}")))).collect(),
        files: 3402,
        folders: 12,
        bytes: 1_214_000_000,
        no_trash: None,
    }
}

fn local(names: &[&str]) -> Vec<Place> {
    names.iter().map(|name| Place::Local(format!("/media/stick/site/{name}").into())).collect()
}

fn no_trash() -> Question {
    let no_trash = Some("the disk has none, and none can be made on it".into());
    Question::Delete { places: local(&["photos", "notes.txt"]), files: 41, folders: 3, bytes: 62_000_000, no_trash }
}

fn discard(transfers: usize) -> Question {
    Question::Discard { transfers, bytes: 3_400_000_000 }
}

fn password(refused: Option<&str>, keeping: Keeping) -> Question {
    Question::Password { site: Box::new(site()), refused: refused.map(str::to_owned), keeping }
}

fn toasts() -> Screen {
    let toast = |id, text: &str, detail: &str, is_problem| Toast {
        id,
        text: text.into(),
        detail: detail.into(),
        verb: None,
        is_problem,
        is_done: !is_problem,
        until: 9.0,
    };
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

fn toast_with_link() -> Screen {
    let mut screen = made_up();
    screen.offer("2 edited files are not uploaded.", "What was changed the last time is kept on this machine.", Verb::EditedFiles);
    screen
}

/// Of the edited files that are not uploaded, some cannot be before the window closes.
fn leaves_some() -> Screen {
    let mut screen = with_edits(Dialog::LeaveEdits { purpose: GuardPurpose::Close });
    let mut edits = screen.edits.to_vec();
    for edit in &mut edits {
        match edit.id.0 {
            3 => edit.state = EditState::Unsent(Unsent::LastTime),
            6 => (edit.state, edit.is_emptied) = (EditState::Unsent(Unsent::Declined), true),
            _ => {}
        }
    }
    screen.edits = Arc::new(edits);
    screen
}

/// An examination of a server whose data ports are closed.
fn diagnosis() -> Dialog {
    let ms = Duration::from_millis;
    let steps = [
        (StepName::Name, Finding::Fine, 14, "ftp.harbourbooks.example is 192.0.2.17 (IPv4 only)."),
        (StepName::Route, Finding::Fine, 31, "Connected in 31 ms."),
        (StepName::Greeting, Finding::Fine, 58, "“220 Harbour Books”"),
        (StepName::Security, Finding::Fine, 74, "TLS 1.2 with a certificate of a known authority."),
        (StepName::Login, Finding::Fine, 102, "“230 Login successful.”"),
        (StepName::Features, Finding::Fine, 61, "MDTM, MLST, REST, SIZE, UTF8."),
        (StepName::Passive, Finding::ForeignAddress, 0, "The server names 10.0.0.4, a private address, port 50112."),
        (StepName::Data, Finding::DataRefused, 33, "Port 50112 refuses it."),
        (StepName::RoundTrip, Finding::Fine, 30, "NOOP is answered in 30 ms."),
        (StepName::Clock, Finding::NotTold, 0, "The server does not tell its time."),
    ];
    let steps = steps.map(|(name, finding, took, words)| Step { name, finding, took: ms(took), words: words.to_owned() });
    let report = Report::new("ftp.harbourbooks.example:21".to_owned(), steps.to_vec(), &[]);
    Dialog::Diagnosis { site: SiteId("harbour".into()), name: "Harbour Books".into(), report: Some(Arc::new(report)) }
}

fn receipt() -> Receipt {
    let ended: Timestamp = "2025-11-20T10:51:07Z".parse().unwrap();
    let hex = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08".to_owned();
    Receipt {
        id: ReceiptId(1_763_635_867_000_000),
        site: "Harbour Books".into(),
        server: "ftpes://alice@ftp.harbourbooks.example:21".into(),
        direction: Direction::Upload,
        local: "/home/alice/sites/harbour/assets/catalogue-autumn-2025.pdf".into(),
        remote: path("/www/assets/catalogue-autumn-2025.pdf"),
        reply: "226 Transfer complete.".into(),
        bytes: 18_874_368,
        reported: 18_874_368,
        compared: Compared::Size,
        hash: Some(HashProof { checksum: Checksum { algorithm: HashAlgorithm::Sha256, hex }, command: "HASH".into() }),
        tls: Some(TlsProof { protocol: "TLS 1.3".into(), resumed: true, closed: true }),
        started: "2025-11-20T10:50:58Z".parse().unwrap(),
        ended,
        tries: 2,
        modified: Some("2025-11-19T17:02:11Z".parse().unwrap()),
    }
}

fn verify(stage: VerifyStage) -> Dialog {
    let pairs = vec![Pair { local: "/home/alice/sites/harbour".into(), remote: path("/www") }];
    Dialog::Verify { pairs, hashes: HashUse::WhenOffered, stage }
}

fn verified() -> Verification {
    let facts = |size| Some(Facts { size: Some(size), modified: None });
    let row = |path: &str, finding, here, there| Row { path: path.into(), finding, here, there };
    let mut verification = Verification::default();
    for number in 1..=12 {
        let checksum = Some(HashAlgorithm::Sha256);
        verification.push(row(&format!("assets/photo {number:02}.jpg"), Compares::Same { checksum }, facts(90_000), facts(90_000)));
    }
    verification.push(row("css/site.css", Compares::SameSize(Times::NewerThere), facts(4_096), facts(4_096)));
    verification.push(row("css/print.css", Compares::SameSize(Times::Alike), facts(1_024), facts(1_024)));
    let content = Compares::Differs(Unlike::Content(HashAlgorithm::Sha256));
    verification.push(row("includes/config.php", content, facts(2_210), facts(2_210)));
    verification.push(row("index.php", Compares::Differs(Unlike::Size), facts(12_800), facts(12_100)));
    verification.push(row("news/", Compares::OnlyHere, None, None));
    verification.push(row("old.html", Compares::OnlyThere, None, facts(4_400)));
    verification.push(row("logs/access.log", Compares::Unprovable("550 Permission denied.".into()), facts(1), None));
    verification
}

/// Files of other programs, shown under paths of a made-up person.
fn import() -> ImportForm {
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/store/import/samples");
    let file = |name: &str, path: &str| {
        let read = moorline::store::import::read(&samples.join(name));
        Arc::new(SiteFile { path: path.into(), found: read.found })
    };
    let mut known = Site::new(SiteId("known".into()), "anon", "anon.example");
    known.logon = Logon::Anonymous;
    let tree = SiteTree { folders: Vec::new(), sites: vec![known] };
    let mut form = ImportForm::looking();
    let files = vec![
        file("sitemanager.xml", "/home/alice/.config/filezilla/sitemanager.xml"),
        file("WinSCP.ini", "/home/alice/Documents/WinSCP.ini"),
    ];
    form.take(files, &tree);
    form
}

/// Without a keyring, and with a file that cannot be read.
fn import_damaged() -> ImportForm {
    let problem = Problem::new(ProblemKind::Local, "“old.xml” is damaged: it cannot be read from line 31 on.");
    let advice = "In FileZilla, choose Export in the File menu; in WinSCP, Export/Backup Configuration under Tools.";
    let damaged = SiteFile { path: "/home/alice/old.xml".into(), found: Err(problem.advise(advice)) };
    let mut form = import();
    form.files.truncate(1);
    form.take(vec![Arc::new(damaged)], &SiteTree::default());
    let first = form.rows().next().unwrap();
    form.tick(&[first], false);
    form
}

fn changed() -> Question {
    let at = |text: &str| Some(Modified { at: text.parse::<Timestamp>().unwrap(), precision: Precision::Second });
    Question::Changed {
        transfer: TransferId(1),
        direction: Direction::Download,
        local: "/home/alice/Downloads/catalogue.pdf".into(),
        remote: path("/www/assets/catalogue.pdf"),
        offset: 7_340_032,
        sign: Sign::Facts,
        was: Facts { size: Some(18_874_368), modified: at("2025-11-19T17:02:11Z") },
        now: Facts { size: Some(18_990_080), modified: at("2025-11-20T10:49:00Z") },
    }
}

/// Every picture by name.
fn pictures() -> Vec<(&'static str, Screen)> {
    let mut wrong = site_form(SitePage::Connection);
    wrong.site.host = "ftp harbour".into();
    wrong.site.encryption = Encryption::Plain;
    wrong.site.logon = Logon::Ask;
    wrong.port = "70000".into();
    wrong.errors = vec![
        ("Host", "A server's name has no blanks and no slashes.".into()),
        ("Port", "A port is a number from 1 to 65535; leave it empty for the usual one.".into()),
    ];
    let mut every = site_form(SitePage::Session);
    every.site.keep_alive = KeepAlive::Every(45);
    every.show_learned(HostFacts {
        idle_limit_seconds: Some(300),
        idle_limit_source: Some(LimitSource::Learned),
        connection_limit: Some(4),
        idle_command: IdleCommand::Pwd,
        ..HostFacts::default()
    });
    let mut transfers = site_form(SitePage::Transfers);
    transfers.site.connections = 3;
    transfers.limits.up = "200 KB/s".into();
    transfers.clock_ahead = "-45".into();
    (transfers.leaves_out, transfers.leave_out) = (true, "*.tmp\nnode_modules/".into());
    transfers.show_learned(HostFacts { list_ahead_seconds: Some(7200), skew_seconds: Some(90), ..HostFacts::default() });
    let mut notes = site_form(SitePage::Notes);
    notes.site.notes = "Ask Marta before touching /www/includes.\nThe line is slow after six.".into();
    let form = |form: SiteForm| with_dialog(Dialog::Site(Box::new(form)));
    let mode = Dialog::Permissions {
        paths: vec![path("/www/uploads")],
        mode: 0o2755,
        octal: "2755".into(),
        has_folders: true,
        recursive: false,
        inside: Inside::default(),
    };
    let inside = Dialog::Permissions {
        paths: vec![path("/www/uploads")],
        mode: 0o644,
        octal: "644".into(),
        has_folders: true,
        recursive: true,
        inside: Inside::default(),
    };
    vec![
        ("guard", guard(GuardPurpose::Disconnect, DisconnectWhen::QueueDone)),
        ("guard_close_now", guard(GuardPurpose::Close, DisconnectWhen::Now)),
        ("site_connection", form(site_form(SitePage::Connection))),
        ("site_connection_errors", form(wrong)),
        ("site_folders", form(site_form(SitePage::Folders))),
        ("site_transfers", form(transfers)),
        ("site_session", form(every)),
        ("site_notes", form(notes)),
        ("site_delete", with_dialog(Dialog::DeleteSite { id: SiteId("harbour".into()), name: "Harbour Books".into() })),
        ("site_folder_new", with_dialog(Dialog::SiteFolder { path: None, name: String::new(), error: None })),
        ("site_folder_delete", with_dialog(Dialog::DeleteSiteFolder { path: "Customers".into(), sites: 3 })),
        (
            "import",
            Screen {
                passwords: PasswordsKept { keyring: true, master: MasterPassword::None },
                ..with_dialog(Dialog::Import(Box::new(import())))
            },
        ),
        (
            "import_locked",
            Screen {
                passwords: PasswordsKept { keyring: true, master: MasterPassword::Locked },
                ..with_dialog(Dialog::Import(Box::new(import())))
            },
        ),
        ("import_damaged", with_dialog(Dialog::Import(Box::new(import_damaged())))),
        ("import_nothing", with_dialog(Dialog::Import(Box::new(ImportForm { awaited: 0, ..ImportForm::looking() })))),
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
        ("permissions_inside", with_dialog(inside)),
        ("settings_general", with_dialog(settings(SettingsPage::General))),
        ("settings_transfers", with_dialog(settings(SettingsPage::Transfers))),
        ("settings_existing", with_dialog(settings(SettingsPage::Existing))),
        ("settings_editing", with_dialog(settings(SettingsPage::Editing))),
        ("settings_speed", with_dialog(settings(SettingsPage::Speed))),
        ("settings_schedule", with_dialog(schedule())),
        ("settings_connection", with_dialog(settings(SettingsPage::Connection))),
        ("settings_passwords", with_dialog(passwords(false, MasterPassword::None, MasterWish::Keep))),
        ("settings_passwords_change", with_dialog(passwords(false, MasterPassword::Open, MasterWish::Change))),
        ("settings_passwords_take_away", with_dialog(passwords(true, MasterPassword::Locked, MasterWish::Remove))),
        ("settings_passwords_refused", with_dialog(refused_master())),
        ("settings_passwords_forget", with_dialog(forget_passwords())),
        ("diagnosis", with_dialog(diagnosis())),
        ("run_when_done", with_dialog(run_when_done("rsync -a \"my files\" backup:"))),
        ("receipt", with_dialog(Dialog::Receipt(Box::new(receipt())))),
        (
            "export_receipts",
            with_dialog(Dialog::ExportReceipts {
                selected: vec![TransferId(1), TransferId(2)],
                range: ExportRange::Selected,
                format: ExportFormat::Sha256,
            }),
        ),
        ("verify", with_dialog(verify(VerifyStage::Ask))),
        ("verify_running", with_dialog(verify(VerifyStage::Running(verified().tally)))),
        ("verify_through", with_dialog(verify(VerifyStage::Through(Arc::new(verified()))))),
        ("question_changed", with_question(changed())),
        ("edits", with_edits(Dialog::Edits)),
        ("edit_large", with_dialog(Dialog::EditLarge { files: vec![to_edit()], bytes: 210_000_000 })),
        ("edit_discard", with_edits(Dialog::DiscardEdit { edit: EditId(4), name: "prices.csv".into() })),
        ("edit_leave", with_edits(Dialog::LeaveEdits { purpose: GuardPurpose::Close })),
        ("edit_leave_some", leaves_some()),
        ("question_saved", with_question(saved(false))),
        ("question_saved_emptied", with_question(saved(true))),
        ("question_exists_edited", with_question(edited_conflict())),
        ("keys", with_dialog(Dialog::Keys)),
        ("about", with_dialog(Dialog::About)),
        ("question_exists", with_question(conflict(12_100))),
        ("question_exists_compared", compared(first_difference())),
        ("question_exists_bytes", compared(Difference::Binary { offset: 70_432, local: Some(0x0a), remote: None })),
        ("question_delete", with_question(deletion())),
        ("question_trash", with_question(Question::Trash { places: local(&["photos", "notes.txt", "old"]) })),
        ("question_no_trash", with_question(no_trash())),
        ("question_discard", with_question(discard(3))),
        ("question_password", with_question(password(None, Keeping::Keyring))),
        ("question_password_refused", with_question(password(Some("530 Login incorrect."), Keeping::Nowhere))),
        ("question_master", with_question(master(false, WantedFor::Connecting { site: "Harbour Books".into() }))),
        ("question_master_refused", with_question(master(true, WantedFor::Connecting { site: "Harbour Books".into() }))),
        ("question_master_saving", with_question(master(false, WantedFor::Saving { site: "Harbour Books".into() }))),
        ("question_master_importing", with_question(master(false, WantedFor::Importing { passwords: 12 }))),
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
        ("question_power", with_question(power())),
        ("toasts", toasts()),
        ("toast_link", toast_with_link()),
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
fn lists_open_over_their_dialog_and_the_focus_is_seen() {
    let mut results = SnapshotResults::new();
    for (theme, suffix) in [(Theme::Dark, "dark"), (Theme::Light, "light")] {
        let mut harness = harness(with_dialog(settings(SettingsPage::Existing)), theme);
        harness.get_by_role_and_label(Role::ComboBox, "When an upload’s target exists").click();
        harness.run_steps(12);
        results.add(harness.try_snapshot_options(format!("dialogs/settings_list_{suffix}"), &tolerance()));
        // Escape closes the list, not the dialog.
        harness.key_press(Key::Escape);
        harness.run_steps(12);
        assert_eq!(answers(&harness), []);

        let mut harness = self::harness(with_dialog(settings(SettingsPage::General)), theme);
        harness.key_press(Key::Tab);
        harness.run_steps(12);
        results.add(harness.try_snapshot_options(format!("dialogs/settings_focus_{suffix}"), &tolerance()));
    }
}

#[test]
fn the_site_forms_tabs_stand_still_whatever_tab_is_shown() {
    for size in [FULL, egui::vec2(1280.0, 800.0), egui::vec2(900.0, 600.0), egui::vec2(760.0, 480.0)] {
        let pages = [SitePage::Connection, SitePage::Folders, SitePage::Transfers, SitePage::Session, SitePage::Notes];
        let places = pages.map(|page| {
            let form = with_dialog(Dialog::Site(Box::new(site_form(page))));
            let harness = sized(form, Theme::Dark, size);
            let places = ["Session", "Notes"].map(|tab| harness.get_by_role_and_label(Role::Tab, tab).rect());
            let save = harness.get_by_role_and_label(Role::Button, "Save").rect();
            assert!(places[0].top() > 0.0 && save.bottom() < size.y, "all of it is in the window");
            (places, save)
        });
        assert!(places.iter().all(|place| *place == places[0]), "{size}: {places:?}");
    }
}

#[test]
fn a_deletion_says_what_goes_and_what_stays() {
    let ask = |names: &[&str], files, folders| {
        let places = names.iter().map(|name| Place::Remote(path(&format!("/www/{name}")))).collect();
        let mut screen = with_question(Question::Delete { places, files, folders, bytes: 0, no_trash: None });
        let entries = ["current", "latest"].map(|name| Entry::new(name, EntryKind::Link)).to_vec();
        let listing = Listing { entries, source: ListingSource::Mlsd, unread: Vec::new(), incomplete: None };
        screen.remote.listing = Some(Arc::new(listing));
        harness(screen, Theme::Dark)
    };
    for (names, files, folders, title, last) in [
        (
            &["current"][..],
            1,
            0,
            "Delete 1 link from the server?",
            "The link goes, its target stays. There is no way to take this back.",
        ),
        (
            &["current", "latest"],
            2,
            0,
            "Delete 2 links from the server?",
            "The links go, their targets stay. There is no way to take this back.",
        ),
        (&["old"], 0, 1, "Delete 1 empty folder from the server?", "There is no way to take this back."),
        (
            &["old"],
            3,
            1,
            "Delete 1 folder and 3 files from the server?",
            "Everything inside the folders is counted. There is no way to take this back.",
        ),
    ] {
        let harness = ask(names, files, folders);
        harness.get_by_role_and_label(Role::Dialog, title);
        harness.get_by_label(last);
    }
}

#[test]
fn files_of_the_same_time_are_said_to_be_so() {
    let Question::Exists { transfer, direction, local, remote, source, mut target, ahead, was } = conflict(12_800) else {
        panic!()
    };
    target.modified = source.modified.map(|time| Modified { at: time.at + Duration::from_millis(400), ..time });
    let question =
        |target| Question::Exists { transfer, direction, local: local.clone(), remote: remote.clone(), source, target, ahead, was };
    harness(with_question(question(target)), Theme::Dark).get_by_label("Both have the same time and the same size.");
    target.size = Some(12_000);
    harness(with_question(question(target)), Theme::Dark).get_by_label("Both have the same time; the new one is 800 B larger.");
}

#[test]
fn a_long_dialog_scrolls_in_a_small_window() {
    let mut results = SnapshotResults::new();
    for (name, dialog) in [
        ("site", Dialog::Site(Box::new(site_form(SitePage::Connection)))),
        ("settings", settings(SettingsPage::General)),
        ("keys", Dialog::Keys),
        ("import", Dialog::Import(Box::new(import()))),
    ] {
        let mut harness = sized(with_dialog(dialog), Theme::Dark, egui::vec2(760.0, 480.0));
        results.add(harness.try_snapshot_options(format!("dialogs/{name}_in_a_small_window"), &tolerance()));
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

/// What was done, without the drafts that were edited on the way and the pointer's way over messages.
fn answers(harness: &Harness<'_, Run>) -> Vec<Action> {
    let drafts = |action: &Action| matches!(action, Action::EditDialog(_) | Action::EditQuestion(_) | Action::HoldToasts(_));
    harness.state().actions.iter().filter(|action| !drafts(action)).cloned().collect()
}

/// Opens a picture's screen, does something, and returns what was done.
fn after(screen: Screen, act: impl FnOnce(&mut Harness<'_, Run>)) -> Vec<Action> {
    let mut harness = harness(screen, Theme::Dark);
    act(&mut harness);
    harness.run();
    answers(&harness)
}

fn disconnect() -> Screen {
    guard(GuardPurpose::Disconnect, DisconnectWhen::QueueDone)
}

/// Takes the drafts in.
fn take_drafts(harness: &mut Harness<'_, Run>) {
    let run = harness.state_mut();
    for action in std::mem::take(&mut run.actions) {
        if matches!(action, Action::EditDialog(_) | Action::EditQuestion(_)) {
            assert!(reduce(&mut run.screen, action).is_empty());
        } else {
            run.actions.push(action);
        }
    }
}

#[test]
fn the_guard_takes_its_keys() {
    for (key, action) in [
        (Key::Enter, Action::AcceptDialog),
        (Key::Escape, Action::CloseDialog),
        (Key::Q, Action::GuardChoose(DisconnectWhen::QueueDone)),
        (Key::F, Action::GuardChoose(DisconnectWhen::FilesDone)),
        (Key::S, Action::GuardChoose(DisconnectWhen::Now)),
    ] {
        let done = after(disconnect(), |harness| harness.key_press(key));
        assert_eq!(done, [action], "{key:?}");
    }
}

#[test]
fn the_guards_buttons_say_and_do_the_same() {
    for (label, action) in [("Disconnect then", Action::AcceptDialog), ("Stay connected", Action::CloseDialog)] {
        let done = after(disconnect(), |harness| harness.get_by_role_and_label(Role::Button, label).click());
        assert_eq!(done, [action], "{label}");
    }
    let connect = GuardPurpose::Connect(SiteId("lindt".into()));
    for (purpose, choice, stay, leave) in [
        (GuardPurpose::Disconnect, DisconnectWhen::Now, "Stay connected", "Disconnect now"),
        (GuardPurpose::Close, DisconnectWhen::FilesDone, "Keep it open", "Close then"),
        (connect, DisconnectWhen::Now, "Stay connected", "Connect now"),
    ] {
        let harness = harness(guard(purpose, choice), Theme::Dark);
        harness.get_by_role_and_label(Role::Button, stay);
        harness.get_by_role_and_label(Role::Button, leave);
    }
}

#[test]
fn arrow_keys_and_clicks_move_the_guards_choice() {
    let chosen = |harness: &Harness<'_, Run>| match harness.state().actions.as_slice() {
        [Action::EditDialog(dialog)] => match **dialog {
            Dialog::Guard { choice, .. } => Some(choice),
            _ => None,
        },
        _ => None,
    };
    let mut by_key = harness(disconnect(), Theme::Dark);
    for way in [DisconnectWhen::FilesDone, DisconnectWhen::Now, DisconnectWhen::QueueDone] {
        by_key.key_press(Key::ArrowDown);
        by_key.step();
        assert_eq!(chosen(&by_key), Some(way));
        take_drafts(&mut by_key);
        by_key.run();
    }

    let mut by_click = harness(disconnect(), Theme::Dark);
    by_click.get_by(|node| node.role() == Role::RadioButton && node.label().is_some_and(|label| label.starts_with("Stop"))).click();
    by_click.step();
    by_click.step();
    assert_eq!(chosen(&by_click), Some(DisconnectWhen::Now));
}

#[test]
fn the_guard_counts_and_estimates() {
    let mut screen = disconnect();
    screen.queue =
        QueueSummary { active: 1, queued: 1, seconds_left: Some(40), running_seconds_left: None, ..QueueSummary::default() };
    let harness = harness(screen, Theme::Dark);
    harness.get_by_role_and_label(Role::Dialog, "1 transfer is running, 1 is waiting");
    harness.get_by_label("When the queue is done: about 40 s · then says goodbye (QUIT) on an idle connection");
    harness.get_by_label("After the files that are moving now: the rest stays queued for next time");
    // What was sent just now is not in the queue's counts yet.
    let edits = vec![EditId(1)];
    let dialog = Dialog::Guard { purpose: GuardPurpose::Close, choice: DisconnectWhen::Now, edits };
    let sent = Screen { queue: QueueSummary::default(), ..with_dialog(dialog) };
    self::harness(sent, Theme::Dark).get_by_role_and_label(Role::Dialog, "1 edited file is to be uploaded");
}

#[test]
fn every_dialog_closes_with_escape() {
    for (name, screen) in pictures() {
        let closes = match (&screen.dialog, screen.questions.is_empty()) {
            (_, false) => Action::CancelQuestion,
            (Some(_), true) => Action::CloseDialog,
            (None, true) => continue,
        };
        let done = after(screen, |harness| harness.key_press(Key::Escape));
        assert_eq!(done, [closes], "{name}");
    }
}

#[test]
fn enter_is_the_main_button() {
    for (name, screen) in pictures() {
        let expected = match (&screen.dialog, screen.questions.front()) {
            // A person must think before trusting a certificate: the keyboard is on "Do not connect".
            (_, Some((_, Question::Certificate { .. } | Question::Power { .. }))) => Action::CancelQuestion,
            // Nor is the server's file emptied by one.
            (_, Some((_, Question::Saved { is_emptied: true, .. }))) => Action::CancelQuestion,
            // An Enter too many after the one for the trash deletes nothing.
            (_, Some((_, Question::Delete { no_trash: Some(_), .. }))) => Action::CancelQuestion,
            (_, Some(_)) => Action::AcceptQuestion,
            // “Stop” is its only button; neither work nor passwords are thrown away by a key.
            (
                Some(
                    Dialog::Keys
                    | Dialog::About
                    | Dialog::Edits
                    | Dialog::DiscardEdit { .. }
                    | Dialog::ForgetPasswords(_)
                    | Dialog::Verify { stage: VerifyStage::Running(_), .. },
                ),
                None,
            ) => Action::CloseDialog,
            (Some(_), None) => Action::AcceptDialog,
            (None, None) => continue,
        };
        let done = after(screen, |harness| harness.key_press(Key::Enter));
        assert_eq!(done, [expected], "{name}");
    }
}

/// The page of the settings that is shown.
fn settings_page(harness: &Harness<'_, Run>) -> SettingsPage {
    let Some(Dialog::Settings(form)) = &harness.state().screen.dialog else { panic!("no settings") };
    form.page
}

#[test]
fn the_pages_of_the_settings_are_reached_by_pointer_and_by_keys() {
    let pages = [
        ("Transfers", SettingsPage::Transfers),
        ("Existing files", SettingsPage::Existing),
        ("Editing", SettingsPage::Editing),
        ("Speed", SettingsPage::Speed),
        ("Connection", SettingsPage::Connection),
        ("Passwords", SettingsPage::Passwords),
        ("General", SettingsPage::General),
    ];
    let mut by_click = harness(with_dialog(settings(SettingsPage::General)), Theme::Dark);
    for (label, page) in pages {
        by_click.get_by_role_and_label(Role::Tab, label).click();
        by_click.run();
        take_drafts(&mut by_click);
        assert_eq!(settings_page(&by_click), page);
    }
    // The keyboard begins on the main button; behind the other one comes the list of pages, one stop only.
    let mut by_key = harness(with_dialog(settings(SettingsPage::General)), Theme::Dark);
    for _ in 0..2 {
        by_key.key_press(Key::Tab);
        by_key.run();
    }
    assert!(by_key.get_by_role_and_label(Role::Tab, "General").is_focused());
    for (label, page) in pages {
        by_key.key_press(Key::ArrowDown);
        by_key.run();
        take_drafts(&mut by_key);
        by_key.run();
        assert_eq!(settings_page(&by_key), page);
        assert!(by_key.get_by_role_and_label(Role::Tab, label).is_focused());
    }
    by_key.key_press(Key::Tab);
    by_key.run();
    assert!(by_key.get_by_role_and_label(Role::RadioButton, "Theme: As the system").is_focused());
}

#[test]
fn all_keys_are_in_sight_in_the_usual_window() {
    let harness = harness(with_dialog(Dialog::Keys), Theme::Dark);
    let end = harness.get_by_role_and_label(Role::Button, "Close").rect().top();
    for verb in Verb::ALL.iter().filter(|verb| !keys_of(**verb).is_empty()) {
        let begin = format!("{}: ", verb.label());
        let lines: Vec<_> = harness.query_all_by_label_contains(&begin).collect();
        assert!(!lines.is_empty() && lines.iter().all(|line| line.rect().bottom() <= end), "{verb:?}");
    }
}

#[test]
fn a_master_password_is_set_in_the_settings() {
    let mut screen = with_dialog(settings(SettingsPage::Passwords));
    let typed = |screen: &mut Screen, label: &str, text: &str| {
        let mut harness = harness(screen.clone(), Theme::Dark);
        harness.get_by_label(label).click();
        harness.run();
        harness.get_by_label(label).type_text(text);
        harness.run();
        take_drafts(&mut harness);
        *screen = harness.state().screen.clone();
    };
    typed(&mut screen, "New master password", "correct horse");
    assert!(reduce(&mut screen, Action::AcceptDialog).is_empty(), "it was not typed twice");
    assert!(harness(screen.clone(), Theme::Dark).query_by_label("These are not the same.").is_some());
    typed(&mut screen, "New master password again", "correct horse");
    let effects = reduce(&mut screen, Action::AcceptDialog);
    let new = Secret::new("correct horse");
    let [Effect::Engine(Command::ChangeMaster(change))] = effects.as_slice() else { panic!("{effects:?}") };
    assert_eq!(*change, MasterChange::Set { current: None, new });
    assert!(screen.dialog.is_none());
}

#[test]
fn a_speed_that_cannot_be_read_is_told_beside_its_field() {
    let mut harness = harness(with_dialog(settings(SettingsPage::Speed)), Theme::Dark);
    harness.get_by_role_and_label(Role::TextInput, "Downloads").click();
    harness.run();
    harness.get_by_role_and_label(Role::TextInput, "Downloads").type_text("fast");
    harness.run();
    take_drafts(&mut harness);
    let mut screen = harness.state().screen.clone();
    let Some(Dialog::Settings(form)) = &mut screen.dialog else { panic!("no settings") };
    form.page = SettingsPage::General;
    assert!(reduce(&mut screen, Action::AcceptDialog).is_empty());
    let told = self::harness(screen.clone(), Theme::Dark);
    told.get_by_label("“fast” is no speed. Type one such as 500 KB/s or 2 MB/s, or nothing.");

    let Some(Dialog::Settings(form)) = &screen.dialog else { panic!("the dialog is gone") };
    let mut form = form.clone();
    form.limits.down = "1.5 MB/s".into();
    reduce(&mut screen, Action::EditDialog(Box::new(Dialog::Settings(form))));
    let effects = reduce(&mut screen, Action::AcceptDialog);
    let [Effect::Engine(Command::SaveSettings { settings, .. })] = effects.as_slice() else { panic!("{effects:?}") };
    assert_eq!(settings.speed.down.0, 1_500_000);
}

#[test]
fn times_of_the_week_are_added_changed_and_removed() {
    let mut harness = harness(with_dialog(settings(SettingsPage::Speed)), Theme::Dark);
    let press = |harness: &mut Harness<'_, Run>, role, label| {
        harness.get_by_role_and_label(role, label).click();
        harness.run();
        take_drafts(harness);
        harness.run();
    };
    press(&mut harness, Role::Button, "Add a time");
    press(&mut harness, Role::CheckBox, "Mon");
    press(&mut harness, Role::CheckBox, "Sat");
    harness.get_by_role_and_label(Role::TextInput, "From").click();
    harness.run();
    harness.key_press_modifiers(egui::Modifiers::COMMAND, Key::A);
    harness.step();
    harness.get_by_role_and_label(Role::TextInput, "From").type_text("22:30");
    harness.run();
    take_drafts(&mut harness);
    let saved = |screen: &Screen| {
        let effects = reduce(&mut screen.clone(), Action::AcceptDialog);
        let [Effect::Engine(Command::SaveSettings { settings, .. })] = effects.as_slice() else { return Vec::new() };
        settings.speed_schedule.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(saved(&harness.state().screen), ["Tue–Sat 22:30–18:00: no limit"]);
    press(&mut harness, Role::Button, "Remove this time");
    assert!(saved(&harness.state().screen).is_empty());
}

#[test]
fn a_command_is_shown_as_it_is_run_and_is_chosen_for_this_run() {
    let told = harness(with_dialog(run_when_done("publish \"my site\"")), Theme::Dark);
    told.get_by_label("publish");
    told.get_by_label("my site");

    let mut screen = with_dialog(run_when_done("publish \"my site"));
    assert!(reduce(&mut screen, Action::AcceptDialog).is_empty());
    let told = harness(screen.clone(), Theme::Dark);
    assert!(told.get_all_by_label("The quote \" is not closed.").next().is_some());

    reduce(&mut screen, Action::EditDialog(Box::new(run_when_done("publish \"my site\""))));
    let effects = reduce(&mut screen, Action::AcceptDialog);
    let words: Vec<String> = vec!["publish".into(), "my site".into()];
    let [Effect::Engine(Command::SaveSettings { settings, .. }), Effect::Engine(Command::WhenDone { choice })] = effects.as_slice()
    else {
        panic!("{effects:?}")
    };
    assert_eq!((&settings.when_done_command, choice), (&words, &WhenDone::Run(words.clone())));
}

#[test]
fn a_countdown_begins_on_calling_it_off_and_can_be_cut_short() {
    let mut harness = harness(with_question(power()), Theme::Dark);
    assert!(harness.get_by_role_and_label(Role::Button, "Call it off").is_focused());
    harness.get_by_role_and_label(Role::Button, "Shut down now").click();
    harness.run_steps(4);
    assert_eq!(answers(&harness), [Action::AcceptQuestion]);
}

#[test]
fn enter_in_the_notes_begins_a_new_line() {
    let screen = with_dialog(Dialog::Site(Box::new(site_form(SitePage::Notes))));
    let mut harness = harness(screen, Theme::Dark);
    harness.get_by_role_and_label(Role::MultilineTextInput, "Notes").click();
    harness.run();
    harness.key_press(Key::Enter);
    harness.step();
    harness.step();
    assert_eq!(answers(&harness), []);
    let typed = harness.state().actions.iter().any(|action| match action {
        Action::EditDialog(dialog) => matches!(&**dialog, Dialog::Site(form) if form.site.notes == "\n"),
        _ => false,
    });
    assert!(typed, "{:?}", harness.state().actions);
}

#[test]
fn a_question_takes_the_keys_from_the_dialog_under_it() {
    let mut screen = with_dialog(Dialog::About);
    screen.questions.push_back((QuestionId(1), deletion()));
    let done = after(screen, |harness| harness.key_press(Key::Escape));
    assert_eq!(done, [Action::CancelQuestion]);
}

#[test]
fn the_site_form_types_into_its_draft_and_saves() {
    let mut harness = harness(with_dialog(Dialog::Site(Box::new(site_form(SitePage::Connection)))), Theme::Dark);
    harness.get_by_role_and_label(Role::TextInput, "Name").type_text("Shop");
    harness.run();
    take_drafts(&mut harness);
    let Some(Dialog::Site(form)) = &harness.state().screen.dialog else { panic!("no form") };
    assert_eq!(form.site.name, "Shop", "the name is selected when the form opens, so that typing replaces it");

    harness.get_by_role_and_label(Role::Button, "Save and connect").click();
    harness.run();
    assert_eq!(answers(&harness), [Action::SecondDialogAnswer]);

    let mut screen = harness.state().screen.clone();
    screen.queue = QueueSummary::default();
    let effects = reduce(&mut screen, Action::SecondDialogAnswer);
    let connects =
        effects.iter().any(|effect| matches!(effect, Effect::Engine(Command::Connect { site, .. }) if site.name == "Shop"));
    assert!(connects, "{effects:?}");
    assert_eq!(screen.dialog, None);
}

#[test]
fn the_local_folder_can_be_chosen() {
    let screen = with_dialog(Dialog::Site(Box::new(site_form(SitePage::Folders))));
    let done = after(screen, |harness| harness.get_by_role_and_label(Role::Button, "Choose…").click());
    assert_eq!(done, [Action::BrowseFolder]);
}

#[test]
fn the_boxes_and_the_octal_digits_keep_in_step() {
    let dialog = |mode: u32, octal: &str| Dialog::Permissions {
        paths: vec![path("/www/index.php")],
        mode,
        octal: octal.into(),
        has_folders: false,
        recursive: false,
        inside: Inside::default(),
    };
    let mut harness = harness(with_dialog(dialog(0o644, "644")), Theme::Dark);
    harness.get_by_role_and_label(Role::CheckBox, "Group: Write").click();
    harness.step();
    harness.step();
    take_drafts(&mut harness);
    assert_eq!(harness.state().screen.dialog, Some(dialog(0o664, "664")));

    harness.run();
    harness.get_by_role_and_label(Role::TextInput, "Octal").click();
    harness.run();
    harness.key_press_modifiers(egui::Modifiers::COMMAND, Key::A);
    harness.step();
    harness.get_by_role_and_label(Role::TextInput, "Octal").type_text("1777");
    harness.step();
    harness.step();
    take_drafts(&mut harness);
    assert_eq!(harness.state().screen.dialog, Some(dialog(0o1777, "1777")));
}

#[test]
fn wrong_octal_digits_are_not_accepted() {
    let dialog = Dialog::Permissions {
        paths: vec![path("/www")],
        mode: 0o644,
        octal: "698".into(),
        has_folders: true,
        recursive: false,
        inside: Inside::default(),
    };
    assert_eq!(after(with_dialog(dialog.clone()), |harness| harness.key_press(Key::Enter)), []);
    let clicked = after(with_dialog(dialog), |harness| harness.get_by_role_and_label(Role::Button, "Set permissions").click());
    assert_eq!(clicked, []);
}

#[test]
fn resume_is_offered_only_when_the_target_is_shorter() {
    let lists = |size: u64| {
        let harness = harness(with_question(conflict(size)), Theme::Dark);
        harness.query_by_label("Resume: go on where the one that is there ends").is_some()
    };
    assert!(lists(12_100));
    assert!(!lists(12_800));
    assert!(!lists(13_000));
}

#[test]
fn a_conflict_begins_with_the_choice_that_loses_nothing_newer() {
    let first = |question: Question| {
        let mut harness = harness(with_question(question), Theme::Dark);
        take_drafts(&mut harness);
        harness.state().screen.question_form.choice
    };
    assert_eq!(first(conflict(12_100)), Some(OnExists::Overwrite));
    let Question::Exists { transfer, direction, local, remote, source, target, ahead, was } = conflict(12_100) else {
        panic!("not a conflict")
    };
    let older = Question::Exists { transfer, direction, local, remote, source: target, target: source, ahead, was };
    assert_eq!(first(older), Some(OnExists::Skip));
}

#[test]
fn a_conflict_is_answered_for_as_many_as_a_person_says_and_compared_first() {
    let mut harness = harness(with_question(conflict(12_100)), Theme::Dark);
    // The first frame proposes what to do; until that is taken in, each frame proposes it again.
    take_drafts(&mut harness);
    for (label, scope) in [
        ("The answer is for: This batch", Scope::Batch),
        ("The answer is for: Uploads, this session", Scope::Session),
        ("The answer is for: Uploads, always", Scope::Always),
        ("The answer is for: This file", Scope::File),
    ] {
        harness.get_by_label(label).click();
        harness.run_steps(2);
        take_drafts(&mut harness);
        assert_eq!(harness.state().screen.question_form.scope, scope, "{label}");
    }
    harness.get_by_label("Compare contents").click();
    harness.run_steps(2);
    assert!(harness.state().actions.contains(&Action::Compare));
    let effects = reduce(&mut harness.state_mut().screen, Action::Compare);
    assert!(matches!(
        effects.as_slice(),
        [Effect::Engine(Command::Compare { question: QuestionId(7), remote, .. })] if *remote == path("/www/index.php")
    ));
    harness.run_steps(2);
    assert!(harness.query_by_label("Reading both …").is_some());
    harness.state_mut().screen.comparison = Some(Comparison::Found(first_difference()));
    harness.run_steps(2);
    assert!(harness.query_by_label("They differ first in line 214, character 17:").is_some());
}

#[test]
fn only_ways_that_decide_something_are_offered() {
    let offers = |size: Option<u64>, label: &str| {
        let Question::Exists { transfer, direction, local, remote, source, target, ahead, was } = conflict(12_100) else {
            panic!("not a conflict")
        };
        let target = Facts { size, modified: target.modified };
        let question = Question::Exists { transfer, direction, local, remote, source, target, ahead, was };
        harness(with_question(question), Theme::Dark).query_by_label_contains(label).is_some()
    };
    assert!(offers(Some(5), "Overwrite if the size differs"));
    assert!(!offers(None, "Overwrite if the size differs"), "it would only be asked again");
    assert!(offers(None, "Keep both: the new one as “index (1).php”"));
}

#[test]
fn a_certificate_can_be_trusted_for_once_or_always() {
    let asked = || Question::Certificate { authority: "h:21".into(), certificate: Box::new(certificate()), changed: true };
    for (label, action) in [
        ("Trust this session", Action::SecondAnswer),
        ("Trust always", Action::AcceptQuestion),
        ("Do not connect", Action::CancelQuestion),
    ] {
        let done = after(with_question(asked()), |harness| harness.get_by_role_and_label(Role::Button, label).click());
        assert_eq!(done, [action], "{label}");
    }
}

#[test]
fn a_question_that_comes_by_itself_takes_no_answer_before_it_was_seen() {
    let answered = |question: Question, steps: usize| {
        let mut harness = Harness::builder()
            .with_size(FULL)
            .with_step_dt(0.1)
            .with_context_setup(ui::theme::install)
            .build_ui_state(draw, Run { screen: made_up(), actions: Vec::new() });
        harness.run_steps(12);
        harness.state_mut().screen.questions.push_back((QuestionId(7), question));
        harness.run_steps(steps);
        harness.state_mut().actions.clear();
        harness.key_press(Key::Escape);
        harness.run_steps(1);
        harness.state().actions.clone()
    };
    let asked = || Question::Certificate { authority: "h:21".into(), certificate: Box::new(certificate()), changed: false };
    assert_eq!(answered(asked(), 2), [], "it was meant for what the question covers");
    assert_eq!(answered(asked(), 8), [Action::CancelQuestion]);
    // A person has just pressed Delete, and waits for it.
    assert_eq!(answered(discard(3), 2), [Action::CancelQuestion]);
}

#[test]
fn what_is_typed_after_a_click_on_the_ground_of_a_dialog_is_not_lost() {
    let mut harness = harness(with_question(password(None, Keeping::Keyring)), Theme::Dark);
    let title = harness.get_all_by_label_contains("Password for").last().unwrap().rect();
    harness.hover_at(title.center());
    harness.event(egui::Event::PointerButton {
        pos: title.center(),
        button: egui::PointerButton::Primary,
        pressed: true,
        modifiers: egui::Modifiers::NONE,
    });
    harness.event(egui::Event::PointerButton {
        pos: title.center(),
        button: egui::PointerButton::Primary,
        pressed: false,
        modifiers: egui::Modifiers::NONE,
    });
    harness.run_steps(3);
    harness.state_mut().actions.clear();
    harness.event(egui::Event::Text("secret".into()));
    harness.run_steps(2);
    let typed =
        harness.state().actions.iter().any(|action| matches!(action, Action::EditQuestion(form) if form.password == "secret"));
    assert!(typed, "{:?}", harness.state().actions);
}

#[test]
fn what_would_be_lost_is_told_and_pausing_is_offered() {
    for (label, action) in
        [("Cancel transfers", Action::AcceptQuestion), ("Pause instead", Action::SecondAnswer), ("Keep", Action::CancelQuestion)]
    {
        let done = after(with_question(discard(3)), |harness| harness.get_by_role_and_label(Role::Button, label).click());
        assert_eq!(done, [action], "{label}");
    }
}

#[test]
fn a_password_is_remembered_only_where_there_is_a_keyring() {
    let remember = "Keep it in the system’s keyring";
    assert!(harness(with_question(password(None, Keeping::Keyring)), Theme::Dark).query_by_label(remember).is_some());
    assert!(harness(with_question(password(None, Keeping::Nowhere)), Theme::Dark).query_by_label(remember).is_none());

    let mut harness = harness(with_question(password(None, Keeping::Keyring)), Theme::Dark);
    let field = harness.get_by(|node| matches!(node.role(), Role::PasswordInput | Role::TextInput));
    assert!(field.is_focused());
    field.type_text("s3cret");
    harness.run();
    take_drafts(&mut harness);
    assert_eq!(harness.state().screen.question_form.password, "s3cret");
}

#[test]
fn a_message_goes_by_its_cross() {
    let done = after(toasts(), |harness| harness.get_all_by_label("Dismiss").next().unwrap().click());
    assert!(matches!(done.as_slice(), [Action::DismissToast(1 | 2)]), "{done:?}");
}

#[test]
fn the_link_of_a_message_is_shown_where_nothing_is_in_front() {
    let link = Verb::EditedFiles.label();
    let done = after(toast_with_link(), |harness| harness.get_by_label(link).click());
    assert_eq!(done.last(), Some(&Action::Do(Verb::EditedFiles)));
    let with = |front: Screen| Screen { toasts: toast_with_link().toasts, ..front };
    for front in [with_dialog(Dialog::About), with_question(saved(false))] {
        let harness = harness(with(front), Theme::Dark);
        assert!(harness.query_all_by_label("2 edited files are not uploaded.").count() > 0);
        assert!(harness.query_by_label(link).is_none());
    }
}

#[test]
fn what_is_not_uploaded_before_the_window_closes_is_named() {
    let harness = harness(leaves_some(), Theme::Dark);
    harness.get_by_role_and_label(Role::Dialog, "4 edited files are not uploaded");
    harness.get_by_label("Can be uploaded: “prices.csv”, “about.html”");
    harness.get_by_label("Staying here: “notes.txt” (Lindt is not connected), “contact.html” (nothing is in it any more)");
    harness.get_by_role_and_label(Role::Button, "Upload, then close");
}
