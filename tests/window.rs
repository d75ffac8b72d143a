//! The real window, driven by its accessible labels, over a real engine and real servers inside the process.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

#[path = "support/cutting_server.rs"]
mod cutting_server;
#[path = "window/imports.rs"]
mod imports;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use cutting_server::CuttingServer;
use eframe::egui::accesskit::Role;
use eframe::egui::{self, Key, Modifiers, ViewportCommand, ViewportId};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use moorline::app::{App, WindowWaker};
use moorline::engine::programs::{NoPrograms, Programs};
use moorline::engine::trash::Trash;
use moorline::engine::{Engine, Options, System};
use moorline::model::conflict::OnExists;
use moorline::model::edited::{EditState, WhenSaved};
use moorline::model::path::RemotePath;
use moorline::model::rate::Rate;
use moorline::model::session::Phase;
use moorline::model::settings::Settings;
use moorline::model::site::SiteId;
use moorline::model::transfer::{Direction, Priority};
use moorline::model::when_done::{PowerAction, WhenDone};
use moorline::practice::Practice;
use moorline::screen::{Dialog, Screen};
use moorline::store::places::Places;
use moorline::store::queue::{Change, QueueJournal, SavedItem, SavedState};
use tempfile::TempDir;

/// A hang ends here; nothing is measured by it.
const PATIENCE: Duration = Duration::from_secs(60);

/// The Ctrl key as the window's system reports it.
const CTRL: Modifiers = Modifiers { ctrl: true, command: true, ..Modifiers::NONE };

/// A trash that is a folder, where there is one: that of whoever runs the tests is none of their business.
struct Bin(PathBuf);

impl Trash for Bin {
    fn take(&self, path: &Path) -> Result<(), String> {
        if self.0.is_dir() {
            fs::rename(path, self.0.join(path.file_name().unwrap())).map_err(|error| error.to_string())
        } else {
            Err("there is none here".into())
        }
    }
}

/// The window over folders of its own.
struct Window {
    harness: Harness<'static, App>,
    home: TempDir,
    /// Whether the window has asked the system to close it.
    closed: bool,
}

impl Window {
    /// Opens it with an empty local folder, and the queue panel high enough for its rows.
    fn open() -> Self {
        Self::open_in(tempfile::tempdir().unwrap())
    }

    /// Opens it with uploads of these files that wait from last time, in this order.
    fn open_with_queue(names: &[&str]) -> Self {
        let home = tempfile::tempdir().unwrap();
        let (mut journal, ..) = QueueJournal::open::<BTreeMap<u64, SavedItem>>(&Places::in_folder(home.path()));
        for (id, name) in (1_u64..).zip(names) {
            let item = SavedItem {
                id,
                site: SiteId("elsewhere".into()),
                direction: Direction::Upload,
                local: PathBuf::from(format!("/kept/{name}")),
                remote: RemotePath::parse(&format!("/www/{name}")).unwrap(),
                is_folder: Some(false),
                from_folder: false,
                on_exists: OnExists::Ask,
                batch: 0,
                state: SavedState::Queued,
                moved: 0,
                size: Some(id * 1000),
                modified: None,
                precision: moorline::model::entry::Precision::Second,
                part: None,
                is_new: false,
                ranges: None,
                tries: 0,
                priority: Priority::Normal,
                place: None,
                basis: None,
            };
            journal.append(&Change::Put(item)).unwrap();
        }
        drop(journal);
        Self::open_in(home)
    }

    fn open_in(home: TempDir) -> Self {
        fs::create_dir(home.path().join("local")).unwrap();
        Self::open_again(home)
    }

    fn open_again(home: TempDir) -> Self {
        Self::open_with(home, Arc::new(NoPrograms), WhenSaved::default())
    }

    fn open_with(home: TempDir, programs: Arc<dyn Programs>, when_edited_saved: WhenSaved) -> Self {
        let places = Places::in_folder(home.path());
        let settings = Settings { local_folder: Some(home.path().join("local")), when_edited_saved, ..Settings::default() };
        moorline::store::settings::save(&places, &settings).unwrap();
        let options = Options { places: Some(places), keyring: false, keep_queue: true };
        let trash = home.path().join("trash");
        let harness = Harness::builder().with_size([1320.0, 840.0]).with_step_dt(1.0 / 60.0).build_eframe(|creation| {
            let waker = Arc::new(WindowWaker::new(creation.egui_ctx.clone()));
            let system = System { trash: Arc::new(Bin(trash)), programs, ..System::without_machine(false) };
            App::new(&creation.egui_ctx, Engine::start_on(options, waker, system).unwrap(), None)
        });
        let mut window = Self { harness, home, closed: false };
        window.until("the local folder is shown", |screen| screen.local.place.is_some());
        window
    }

    /// Opens it and connects to the practice server by typing its address.
    fn connected(practice: &Practice) -> Self {
        Self::connect_from(Self::open(), practice)
    }

    fn connect_from(mut window: Self, practice: &Practice) -> Self {
        window.connect(&practice.address().replacen('@', &format!(":{}@", practice.password()), 1));
        // The rows come a moment before the session counts as moored.
        window.until_row("Welcome.txt");
        window.until("moored", |screen| screen.session.phase == Phase::Moored);
        window
    }

    fn connect(&mut self, address: &str) {
        self.press(CTRL, Key::L);
        self.harness.get_by_label("Address, site or command").type_text(address);
        self.step();
        self.press(Modifiers::NONE, Key::Enter);
    }

    fn screen(&self) -> &Screen {
        self.harness.state().screen()
    }

    fn local(&self) -> PathBuf {
        self.home.path().join("local")
    }

    fn step(&mut self) {
        self.harness.step();
        let commands = &self.harness.output().viewport_output[&ViewportId::ROOT].commands;
        self.closed |= commands.contains(&ViewportCommand::Close);
    }

    /// Draws until something is true.
    #[track_caller]
    fn until_window(&mut self, what: &str, condition: impl Fn(&Self) -> bool) {
        let begun = Instant::now();
        while !condition(self) {
            assert!(
                begun.elapsed() < PATIENCE,
                "in vain: {what}; {:?}, queue {:?}, toasts {:?}, questions {:?}",
                self.screen().session.phase,
                self.screen().queue,
                self.screen().toasts,
                self.screen().questions,
            );
            self.step();
        }
        // What is true of the data is drawn in the next frame.
        self.step();
    }

    #[track_caller]
    fn until(&mut self, what: &str, condition: impl Fn(&Screen) -> bool) {
        self.until_window(what, |window| condition(window.screen()));
    }

    #[track_caller]
    fn until_label(&mut self, label: &str) {
        self.until_window(label, |window| window.has_label(label));
    }

    #[track_caller]
    fn until_row(&mut self, name: &str) {
        self.until_label(name);
    }

    fn has_label(&self, label: &str) -> bool {
        self.harness.query_all_by_label(label).next().is_some()
    }

    fn has_words(&self, words: &str) -> bool {
        self.harness.query_all_by_label_contains(words).next().is_some()
    }

    /// A question that came by itself takes no answer before a person can have seen it.
    fn see(&mut self) {
        if !self.screen().questions.is_empty() {
            for _ in 0..32 {
                self.step();
            }
        }
    }

    #[track_caller]
    fn click(&mut self, label: &str) {
        self.see();
        // A dialog that has got more to say is laid out anew in the next picture: the click must not land where it was.
        let mut rect = self.harness.get_by_label(label).rect();
        for _ in 0..20 {
            self.step();
            let now = self.harness.get_by_label(label).rect();
            if std::mem::replace(&mut rect, now) == now {
                break;
            }
        }
        self.harness.get_by_label(label).click();
        self.step();
        self.step();
    }

    fn press(&mut self, modifiers: Modifiers, key: Key) {
        self.see();
        for pressed in [true, false] {
            self.harness.event(egui::Event::Key { key, pressed, modifiers, repeat: false, physical_key: None });
            self.step();
        }
    }

    /// The rows of the queue from the top down.
    fn queue_rows(&self) -> Vec<String> {
        let mut rows: Vec<(f32, String)> = self
            .harness
            .query_all_by_role(egui::accesskit::Role::Row)
            .filter_map(|node| Some((node.rect().top(), node.accesskit_node().label()?)))
            .filter(|(_, label)| label.starts_with("/kept/"))
            .collect();
        rows.sort_by(|one, other| one.0.total_cmp(&other.0));
        rows.into_iter().map(|(_, label)| label.trim_start_matches("/kept/").to_owned()).collect()
    }

    #[track_caller]
    fn until_rows(&mut self, expected: &[&str]) {
        self.until_window(&format!("{expected:?}"), |window| window.queue_rows() == expected);
    }

    /// Drops a file from the desktop over the middle of what is called so.
    #[track_caller]
    fn drop_over(&mut self, label: &str, path: &Path) {
        let at = self.harness.get_by_label(label).rect().center();
        self.harness.hover_at(at);
        self.harness.input_mut().hovered_files = vec![egui::HoveredFile { path: Some(path.to_owned()), ..Default::default() }];
        self.step();
        self.step();
        self.harness.input_mut().hovered_files.clear();
        self.harness.input_mut().dropped_files.push(Arc::new(Desktop(path.to_owned())));
        self.step();
    }
}

#[derive(Debug)]
struct Desktop(PathBuf);

impl egui::DroppedFile for Desktop {
    fn path(&self) -> &Path {
        &self.0
    }

    fn bytes(&self) -> Result<Vec<u8>, String> {
        fs::read(&self.0).map_err(|error| error.to_string())
    }
}

#[test]
fn connects_by_address_and_browses_with_mouse_and_keys() {
    let practice = Practice::start().unwrap();
    let mut window = Window::connected(&practice);
    assert_eq!(window.screen().session.phase, Phase::Moored);
    assert!(window.has_words("moored"), "the chip says so");

    window.click("docs");
    window.press(Modifiers::NONE, Key::Enter);
    window.until_row("README.md");
    assert_eq!(window.screen().remote.remote_folder().unwrap().as_str(), "/docs");
    assert!(!window.has_label("Welcome.txt"));

    window.press(Modifiers::NONE, Key::Backspace);
    window.until_row("Welcome.txt");
    let cursor = window.screen().remote.cursor.and_then(|row| window.screen().remote.entry(row));
    assert_eq!(cursor.unwrap().name, "docs", "the cursor is on the folder we came from");

    window.press(CTRL | Modifiers::SHIFT, Key::N);
    let name = window.harness.query_all_by_role(egui::accesskit::Role::TextInput).last().unwrap();
    name.type_text("made here");
    window.step();
    window.press(Modifiers::NONE, Key::Enter);
    window.until_row("made here");
    assert!(practice.folder().join("made here").is_dir());
}

#[test]
fn files_dropped_on_a_folder_row_are_uploaded_into_it() {
    let practice = Practice::start().unwrap();
    let mut window = Window::connected(&practice);
    let source = window.home.path().join("dropped.bin");
    let bytes: Vec<u8> = (0..200_000_u32).flat_map(u32::to_le_bytes).collect();
    fs::write(&source, &bytes).unwrap();

    window.drop_over("www", &source);
    window.until("the upload is proven", |screen| screen.queue.done == 1);
    assert_eq!(fs::read(practice.folder().join("www/dropped.bin")).unwrap(), bytes);
    assert_eq!((window.screen().queue.failed, window.screen().queue.active), (0, 0));

    window.press(CTRL, Key::Num4);
    window.until_window("the row under Done", |window| window.has_words("dropped.bin"));
}

#[test]
fn a_selected_file_is_downloaded_by_key() {
    let practice = Practice::start().unwrap();
    let mut window = Window::connected(&practice);
    window.click("Welcome.txt");
    window.press(CTRL, Key::Enter);
    window.until("the download is proven", |screen| screen.queue.done == 1);
    let expected = fs::read(practice.folder().join("Welcome.txt")).unwrap();
    assert_eq!(fs::read(window.local().join("Welcome.txt")).unwrap(), expected);
    let left: Vec<_> = fs::read_dir(window.local()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left.len(), 1, "no .part is left: {left:?}");
}

#[test]
fn a_target_that_exists_is_asked_about_and_both_can_be_kept() {
    let practice = Practice::start().unwrap();
    let mut window = Window::connected(&practice);
    let theirs = fs::read(practice.folder().join("Welcome.txt")).unwrap();
    let source = window.home.path().join("Welcome.txt");
    fs::write(&source, "ours").unwrap();

    window.drop_over("Welcome.txt", &source);
    window.until("the question", |screen| !screen.questions.is_empty());
    window.until_window("the dialog", |window| window.has_words("is already on the server"));
    window.click("Keep both: the new one as “Welcome (1).txt”");
    window.click("Continue");
    window.until("the upload is proven", |screen| screen.queue.done == 1);
    assert_eq!(fs::read(practice.folder().join("Welcome.txt")).unwrap(), theirs);
    assert_eq!(fs::read_to_string(practice.folder().join("Welcome (1).txt")).unwrap(), "ours");
    assert!(window.screen().questions.is_empty());
}

#[test]
fn both_sides_of_a_target_that_exists_are_compared_in_the_question() {
    let practice = Practice::start().unwrap();
    let mut window = Window::connected(&practice);
    let theirs = fs::read_to_string(practice.folder().join("Welcome.txt")).unwrap();
    let source = window.home.path().join("Welcome.txt");
    fs::write(&source, format!("{}!", theirs.trim_end())).unwrap();

    window.drop_over("Welcome.txt", &source);
    window.until("the question", |screen| !screen.questions.is_empty());
    window.until_window("the dialog", |window| window.has_words("is already on the server"));
    window.click("Compare contents");
    window.until_window("what differs", |window| window.has_words("They differ first in line"));
    window.click("The answer is for: Uploads, always");
    window.click("Skip: leave the one that is there as it is");
    window.click("Continue");
    window.until("it was left", |screen| screen.queue.done == 1);
    window.until("the settings know", |screen| screen.settings.upload_exists == OnExists::Skip);
    assert_eq!(fs::read_to_string(practice.folder().join("Welcome.txt")).unwrap(), theirs);
}

#[test]
fn leaving_with_pending_transfers_is_guarded_and_waits_for_the_queue() {
    let practice = Practice::start().unwrap();
    let mut window = Window::connected(&practice);
    window.click("many");
    window.press(CTRL, Key::Enter);
    window.until("transfers are pending", |screen| screen.queue.is_pending());

    window.press(CTRL, Key::D);
    assert!(matches!(window.screen().dialog, Some(Dialog::Guard { .. })), "{:?}", window.screen().dialog);
    window.until_label("Stay connected");
    window.click("Stay connected");
    assert_eq!((&window.screen().dialog, &window.screen().session.phase), (&None, &Phase::Moored));

    window.press(CTRL, Key::Q);
    assert!(matches!(window.screen().dialog, Some(Dialog::Guard { .. })), "{:?}", window.screen().dialog);
    assert!(!window.closed);
    window.until_label("Keep it open");
    window.press(Modifiers::NONE, Key::Enter);
    assert!(matches!(window.screen().session.phase, Phase::Moored | Phase::Leaving(_)));
    window.until_window("the window closes", |window| window.closed);

    let there = fs::read_dir(practice.folder().join("many")).unwrap().count();
    let here = fs::read_dir(window.local().join("many")).unwrap().count();
    assert_eq!(here, there, "it closed when the queue was done, not before");
    assert_eq!(window.screen().queue.failed, 0);
}

#[test]
fn without_pending_transfers_the_window_closes_after_the_goodbye() {
    let server = CuttingServer::start();
    let mut window = Window::open();
    window.connect(&server.address());
    window.until_row("kept.txt");
    window.press(CTRL, Key::Q);
    window.until_window("the window closes", |window| window.closed);
    assert_eq!(server.count("QUIT"), 1, "it said goodbye");
    assert_eq!(window.screen().dialog, None);
}

#[test]
fn the_speed_limit_and_what_follows_are_chosen_in_the_lower_panel() {
    let mut window = Window::open();
    let choose = |window: &mut Window, button: &str, item: &str| {
        window.harness.get_by_role_and_label(Role::Button, button).click();
        window.until_window(item, |window| window.harness.query_by_role_and_label(Role::MenuItem, item).is_some());
        window.harness.get_by_role_and_label(Role::MenuItem, item).click();
    };
    choose(&mut window, "No limit", "500 KB/s");
    window.until("limited", |screen| screen.speed_limit.limits.both == Rate::kilobytes(500));
    choose(&mut window, "500 KB/s", "As in the settings");
    window.until("not limited", |screen| screen.speed_limit.limits.is_none());

    choose(&mut window, "When done…", "Shut down");
    window.until("chosen", |screen| screen.when_done == WhenDone::Machine(PowerAction::ShutDown));
    choose(&mut window, "Then shut down", "Do nothing");
    window.until("taken back", |screen| screen.when_done == WhenDone::Nothing);
    choose(&mut window, "When done…", "Run a command…");
    window.until("asked for", |screen| matches!(screen.dialog, Some(Dialog::RunWhenDone { .. })));
}

#[test]
fn an_idle_421_becomes_a_banner_and_the_session_comes_back_by_itself() {
    let server = CuttingServer::start();
    let mut window = Window::open();
    window.connect(&server.address());
    window.until_row("kept.txt");
    window.click("kept.txt");

    assert_eq!(server.cut("421 Idle for 300 seconds, good bye."), 1);
    window.until_label("Reply 421");
    assert!(window.has_label("kept.txt"), "what was listed stays in sight");
    window.until("moored again", |screen| screen.session.phase == Phase::Moored);
    assert_eq!(server.logins(), 2);
    window.until_row("kept.txt");
    assert_eq!(window.screen().remote.remote_folder().unwrap().as_str(), "/srv/data", "in the same folder");
    let selected: Vec<&str> = window.screen().remote.selected_entries().map(|entry| entry.name.as_str()).collect();
    assert_eq!(selected, ["kept.txt"], "and what was selected still is");
}

#[test]
fn a_421_that_asks_to_wait_counts_down_until_a_person_reconnects() {
    let server = CuttingServer::start();
    let mut window = Window::open();
    window.connect(&server.address());
    window.until_row("kept.txt");

    assert_eq!(server.cut("421 Server is shutting down, try again later."), 1);
    window.until("adrift", |screen| matches!(screen.session.phase, Phase::Adrift { .. }));
    assert!(window.has_label("Reply 421"));
    assert!(window.has_words("Server is shutting down, try again later."), "the server's own words");
    assert_eq!(server.logins(), 1, "it waits");

    window.click("Timeline");
    assert!(window.has_words("421 Server is shutting down"), "the goodbye is marked on the timeline");
    assert!(window.has_words("Counting down to the way back"), "and so is what comes next");

    window.click("Reconnect now");
    window.until("moored again", |screen| screen.session.phase == Phase::Moored);
    assert_eq!(server.logins(), 2);
    let banner = window.screen().session.banner.as_ref().unwrap();
    assert_eq!(banner.headline, "Connected again.");
    assert!(banner.consequence.contains("before: The server is shutting down"), "what had happened: {}", banner.consequence);
    assert_eq!(window.screen().remote.remote_folder().unwrap().as_str(), "/srv/data");
}

#[test]
fn what_waits_is_filtered_sorted_moved_and_made_urgent_and_is_so_after_a_restart() {
    let mut window = Window::open_with_queue(&["d.txt", "b.php", "c.txt", "a.php"]);
    window.until("what was kept is there", |screen| screen.queue.queued == 4);
    window.press(CTRL, Key::Num2);
    window.until_rows(&["d.txt", "b.php", "c.txt", "a.php"]);

    window.click("Filter transfers");
    window.harness.get_by_label("Filter, transfers").type_text("*.PHP");
    window.until_rows(&["b.php", "a.php"]);
    window.harness.get_by_label("Filter, transfers").type_text("x");
    window.until_label("Nothing matches the filter");
    window.press(Modifiers::NONE, Key::Escape);
    window.until_rows(&["d.txt", "b.php", "c.txt", "a.php"]);

    window.click("Sorted by queue order");
    window.click("Name");
    window.until_rows(&["a.php", "b.php", "c.txt", "d.txt"]);
    window.click("Sorted by name");
    window.click("Queue order");
    window.until_rows(&["d.txt", "b.php", "c.txt", "a.php"]);

    window.click("/kept/a.php");
    window.press(CTRL, Key::Home);
    window.until_rows(&["a.php", "d.txt", "b.php", "c.txt"]);
    window.press(CTRL, Key::ArrowDown);
    window.until_rows(&["d.txt", "a.php", "b.php", "c.txt"]);
    window.click("/kept/c.txt");
    window.press(Modifiers::NONE, Key::Plus);
    window.until_rows(&["c.txt", "d.txt", "a.php", "b.php"]);

    // The order is that of the next start.
    let Window { harness, home, .. } = window;
    drop(harness);
    let mut window = Window::open_again(home);
    window.until("what was kept is there", |screen| screen.queue.queued == 4);
    window.press(CTRL, Key::Num2);
    window.until_rows(&["c.txt", "d.txt", "a.php", "b.php"]);

    // All that matches the filter, and nothing else.
    window.click("Filter transfers");
    window.harness.get_by_label("Filter, transfers").type_text("txt");
    window.until_rows(&["c.txt", "d.txt"]);
    window.press(Modifiers::NONE, Key::Enter);
    window.press(CTRL, Key::A);
    window.press(Modifiers::NONE, Key::Delete);
    window.until("both are out", |screen| screen.queue.queued == 2);
    window.click("Filter transfers");
    window.until_rows(&["a.php", "b.php"]);
}

#[test]
fn what_is_deleted_here_goes_to_the_trash_and_for_good_only_where_that_is_said() {
    let mut window = Window::open();
    let (local, trash) = (window.local(), window.home.path().join("trash"));
    for name in ["a.txt", "b.txt", "c.txt"] {
        fs::write(local.join(name), name).unwrap();
    }
    window.press(Modifiers::NONE, Key::F5);
    window.until_row("c.txt");
    fs::create_dir(&trash).unwrap();
    window.click("a.txt");
    window.press(Modifiers::NONE, Key::Delete);
    window.until_label("Move “a.txt” to the trash?");
    window.press(Modifiers::NONE, Key::Enter);
    window.until_label("Moved 1 item to the trash.");
    window.until_window("the row is gone", |window| !window.has_label("a.txt"));
    assert_eq!((fs::read(trash.join("a.txt")).unwrap(), local.join("a.txt").exists()), (b"a.txt".to_vec(), false));

    // Past it, from the menu.
    window.harness.get_by_label("b.txt").click_secondary();
    window.step();
    window.until_label("Move to trash");
    window.click("Delete for good");
    window.until_label("Delete 1 file (5 B) for good?");
    // The menu's row and the button have the same name; the menu is gone.
    window.click("Delete for good");
    window.until_label("Deleted 1 file.");
    assert_eq!((local.join("b.txt").exists(), trash.join("b.txt").exists()), (false, false));

    // Without a trash it is asked again, and Enter is no answer to that.
    fs::remove_dir_all(&trash).unwrap();
    window.click("c.txt");
    window.press(Modifiers::NONE, Key::Delete);
    window.until_label("Move “c.txt” to the trash?");
    window.click("Move to trash");
    window.until_label("Delete 1 file (5 B) for good?");
    assert!(window.has_label("The trash does not take this") && window.has_label("There is none here."));
    window.press(Modifiers::NONE, Key::Enter);
    assert!(local.join("c.txt").exists());
    window.until("the keyboard was on Cancel", |screen| screen.questions.is_empty());
    window.press(Modifiers::NONE, Key::Delete);
    window.until_label("Move “c.txt” to the trash?");
    window.click("Move to trash");
    window.until_label("Delete 1 file (5 B) for good?");
    window.click("Delete for good");
    window.until_window("it is deleted", |_| !local.join("c.txt").exists());
}

#[test]
fn names_are_left_out_of_folders_from_the_settings_on() {
    let practice = Practice::start().unwrap();
    let mut window = Window::connected(&practice);
    let tree = window.local().join("tree");
    fs::create_dir(&tree).unwrap();
    for name in ["index.html", "x.tmp", "Thumbs.db"] {
        fs::write(tree.join(name), name).unwrap();
    }
    window.press(CTRL, Key::Comma);
    window.until("the settings are open", |screen| screen.dialog.is_some());
    window.harness.get_by_role_and_label(Role::Tab, "Transfers").click();
    window.until_label("Add .DS_Store, Thumbs.db, desktop.ini");
    // It may be out of sight: the page is longer than the dialog.
    window.harness.get_by_label("Add .DS_Store, Thumbs.db, desktop.ini").focus();
    window.step();
    window.press(Modifiers::NONE, Key::Space);
    window.harness.get_by_label("Names left out of folders").focus();
    window.step();
    window.press(CTRL, Key::End);
    window.harness.get_by_label("Names left out of folders").type_text(" a/b");
    window.step();
    window.click("Save");
    assert!(window.has_words("“a/b” fits no name"));
    for _ in 0.."a/b".len() {
        window.press(Modifiers::NONE, Key::Backspace);
    }
    window.harness.get_by_label("Names left out of folders").type_text("*.tmp");
    window.step();
    window.click("Save");
    let expected = [".DS_Store", "Thumbs.db", "desktop.ini", "*.tmp"];
    window.until("saved", |screen| screen.dialog.is_none() && screen.settings.leave_out == expected);
    window.press(Modifiers::NONE, Key::F5);
    window.until_row("tree");
    window.click("tree");
    window.press(CTRL, Key::Enter);
    window.until_label("2 items were left out of folders by name; “Done” lists them.");
    window.until_label("Done 1 · 2 left out by name");
    let there = practice.folder().join("tree");
    let names: Vec<_> = fs::read_dir(there).unwrap().map(|row| row.unwrap().file_name()).collect();
    assert_eq!(names, ["index.html"]);
}

/// Notes what is opened, and saves something in it at once, as a quick person would.
struct Desk {
    saves: &'static str,
}

impl Programs for Desk {
    fn open(&self, path: &Path) -> Result<(), String> {
        fs::write(path, self.saves).map_err(|error| error.to_string())
    }

    fn edit(&self, _: &[String], _: &Path) -> Result<(), String> {
        Err("no editor is chosen".into())
    }
}

#[test]
fn a_file_of_the_server_is_opened_edited_and_put_away_from_the_window() {
    let practice = Practice::start().unwrap();
    let home = tempfile::tempdir().unwrap();
    fs::create_dir(home.path().join("local")).unwrap();
    let saves = "Written in another program.";
    let window = Window::open_with(home, Arc::new(Desk { saves }), WhenSaved::Upload);
    let mut window = Window::connect_from(window, &practice);
    window.click("Welcome.txt");
    window.press(Modifiers::NONE, Key::F4);
    window.until("uploaded", |screen| screen.edits.first().is_some_and(|edit| edit.uploaded.is_some()));
    window.until("told", |screen| screen.toasts.iter().any(|toast| toast.text.contains("“Welcome.txt” was uploaded")));
    // The pane is read again by itself.
    window.until("the new size is shown", |screen| {
        let listing = screen.remote.listing.as_ref();
        let size = listing.and_then(|listing| listing.size_of_file("Welcome.txt"));
        size == Some(saves.len() as u64)
    });
    let local = window.screen().edits[0].local.clone();
    window.click("1 file open for editing");
    window.until_label("Edited files");
    window.click("Finish Welcome.txt");
    window.until("put away", |screen| screen.edits.is_empty() && screen.dialog.is_none());
    assert!(!local.exists());
    assert!(window.screen().questions.is_empty());
}

#[test]
fn a_window_with_changes_that_are_not_uploaded_does_not_close_unasked() {
    let practice = Practice::start().unwrap();
    let home = tempfile::tempdir().unwrap();
    fs::create_dir(home.path().join("local")).unwrap();
    let window = Window::open_with(home, Arc::new(Desk { saves: "mine" }), WhenSaved::Ask);
    let mut window = Window::connect_from(window, &practice);
    window.click("Welcome.txt");
    window.press(Modifiers::NONE, Key::F4);
    window.until_label("“Welcome.txt” was changed");
    window.click("Not this time");
    window.until_label("1 edited file not uploaded");
    window.press(CTRL, Key::Q);
    window.until_label("1 edited file is not uploaded");
    window.click("Upload, then close");
    window.until_window("closed", |window| window.closed);
    // The next window knows that it has arrived, though this one may not have heard of it any more.
    let Window { harness, home, .. } = window;
    drop(harness);
    let mut window = Window::open_again(home);
    window.until("the edit is found", |screen| screen.edits.first().is_some_and(|edit| edit.state == EditState::Same));
}
