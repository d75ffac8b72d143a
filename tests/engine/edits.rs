//! A file of the server that is edited here: fetched, opened, saved, uploaded, and never lost.

#[path = "kept_edits.rs"]
mod kept;

use super::*;
use moorline::engine::programs::Programs;
use moorline::engine::{EditWish, System, ToEdit};
use moorline::model::edited::{EditId, EditState, EditView, Unsent, WhenSaved};
use moorline::model::executable::may_be_run;
use moorline::model::platform::Platform;
use std::path::PathBuf;

/// What was opened, in words; nothing is really opened.
#[derive(Default)]
struct Desk {
    opened: Mutex<Vec<String>>,
    more: Condvar,
}

impl Desk {
    fn note(&self, what: String) -> Result<(), String> {
        self.opened.lock().unwrap().push(what);
        self.more.notify_all();
        Ok(())
    }

    /// Waits until so much was opened, and tells what.
    fn opened(&self, count: usize) -> Vec<String> {
        let opened = self.opened.lock().unwrap();
        let (opened, _) = self.more.wait_timeout_while(opened, PATIENCE, |opened| opened.len() < count).unwrap();
        assert_eq!(opened.len(), count, "{opened:?}");
        opened.clone()
    }
}

impl Programs for Desk {
    fn open(&self, path: &Path) -> Result<(), String> {
        self.note(path.display().to_string())
    }

    fn edit(&self, words: &[String], file: &Path) -> Result<(), String> {
        self.note(format!("{} {}", words.join(" "), file.display()))
    }
}

/// A person at a desk, and what lasts of theirs.
struct Room {
    home: tempfile::TempDir,
    desk: Arc<Desk>,
}

impl Room {
    fn new() -> Self {
        Self { home: tempfile::tempdir().unwrap(), desk: Arc::default() }
    }

    fn start(&self) -> Client {
        let bell = Arc::new(Bell::default());
        let waker = Arc::clone(&bell) as Arc<dyn Waker>;
        let options = Options { places: Some(Places::in_folder(self.home.path())), keyring: false, keep_queue: true };
        let system = System { programs: Arc::clone(&self.desk) as Arc<dyn Programs>, ..System::without_machine(false) };
        let engine = Engine::start_on(options, waker, system).unwrap();
        Client { engine, bell, session: SessionView::default(), events: Vec::new() }
    }

    fn moored(&self, server: &Server) -> Client {
        let mut client = self.start();
        client.connect(server.port());
        client.moor();
        client
    }

    /// The folders of edited files that there are.
    fn kept(&self) -> Vec<String> {
        let folder = self.home.path().join("state/edits");
        if folder.exists() { names(&folder).into_iter().filter(|name| !name.contains('.')).collect() } else { Vec::new() }
    }
}

impl Client {
    fn open(&self, remote: &str) {
        let files = vec![ToEdit { remote: path(remote), mode: Some(0o755) }];
        self.engine.send(Command::Edit(EditWish::Open { files }));
    }

    fn edits(&self) -> Vec<EditView> {
        let last = self.events.iter().rev().find_map(|event| match &event.body {
            EventBody::Edits(edits) => Some(edits.to_vec()),
            _ => None,
        });
        last.unwrap_or_default()
    }

    /// The only edit, once it is so.
    fn edit(&mut self, what: &str, condition: impl Fn(&EditView) -> bool) -> EditView {
        self.until(what, |client| client.edits().into_iter().find(|edit| condition(edit)))
    }

    fn is_in(&mut self, state: &EditState) -> EditView {
        self.edit(&format!("{state:?}"), |edit| edit.state == *state)
    }

    /// Opens a file and returns where it is here, once it is.
    fn opened(&mut self, remote: &str) -> PathBuf {
        self.open(remote);
        self.edit("open", |edit| edit.remote.as_str() == remote && edit.state == EditState::Same).local
    }

    fn upload(&self, edit: EditId) {
        self.engine.send(Command::Edit(EditWish::Upload { edits: vec![edit] }));
    }

    fn settings(&self, change: impl FnOnce(&mut Settings)) {
        let mut settings = Settings::default();
        change(&mut settings);
        self.engine.send(Command::SaveSettings { was: None, settings: Box::new(settings) });
    }

    /// Nothing was asked so far.
    fn was_not_asked(&self) {
        let asked = self.events.iter().find(|event| matches!(event.body, EventBody::Asked { .. }));
        assert!(asked.is_none(), "{asked:?}");
    }
}

impl Server {
    /// Waits until a file is so.
    fn has(&self, path: &str, content: &[u8]) {
        self.until(|shelf| shelf.files.get(path).is_some_and(|file| file == content) && shelf.files.len() == 1);
    }
}

#[test]
fn what_is_saved_replaces_the_file_whole_with_its_permissions_each_time() {
    for sets_times in [true, false] {
        let server = Server::start(&[("/www/index.html", b"old")]);
        server.with(|shelf| shelf.sets_times = sets_times);
        let room = Room::new();
        let mut client = room.moored(&server);
        let local = client.opened("/www/index.html");
        assert_eq!(room.desk.opened(1), [local.display().to_string()]);
        assert_eq!((fs::read(&local).unwrap(), local.file_name().unwrap()), (b"old".to_vec(), "index.html".as_ref()));
        // Opened once more it is the one that is open.
        client.open("/www/index.html");
        assert_eq!(room.desk.opened(2)[1], local.display().to_string());
        for content in ["new", "newer than new"] {
            // As many editors save: a new file in the old one's place.
            let written = local.with_extension("swp");
            fs::write(&written, content).unwrap();
            fs::rename(&written, &local).unwrap();
            server.has("/www/index.html", content.as_bytes());
            client.edit("uploaded", |edit| edit.uploaded.is_some() && edit.state == EditState::Same);
        }
        assert_eq!(client.edits().len(), 1);
        let done: Vec<TransferRow> = client.rows().into_iter().filter(|row| row.direction == Direction::Upload).collect();
        assert!(done.len() == 2 && done.iter().all(|row| matches!(row.state, TransferState::Done(_))), "{done:#?}");
        client.was_not_asked();
        assert_eq!(server.count("RNTO /www/index.html"), 2, "under a temporary name first");
        assert_eq!(server.count("SITE CHMOD 755 /www/index.html.part"), 2);
        assert_eq!(server.count("RETR"), 1);
    }
}

#[test]
fn what_somebody_else_changed_meanwhile_is_asked_about_and_never_lost() {
    let other = |server: &Server| {
        server.with(|shelf| {
            shelf.files.insert("/a.txt".into(), b"theirs".to_vec());
            shelf.times.insert("/a.txt".into(), "20260101000000".into());
        });
    };
    for choice in [OnExists::Overwrite, OnExists::Rename, OnExists::Skip] {
        let server = Server::start(&[("/a.txt", b"old")]);
        server.with(|shelf| shelf.sets_times = true);
        let room = Room::new();
        let mut client = room.moored(&server);
        // What holds for uploads in general is no answer to this.
        client.settings(|settings| settings.upload_exists = OnExists::Overwrite);
        let local = client.opened("/a.txt");
        other(&server);
        fs::write(&local, "mine").unwrap();
        let (id, question) = client.asked();
        let Question::Exists { was: Some(was), target, .. } = question else { panic!("{question:?}") };
        assert_eq!((was.size, target.size), (Some(3), Some(6)));
        assert_eq!(server.file("/a.txt").unwrap(), b"theirs");
        client.answer(id, Answer::Exists { choice, scope: Scope::Session });
        match choice {
            OnExists::Overwrite => {
                client.edit("uploaded", |edit| edit.uploaded.is_some() && edit.state == EditState::Same);
                server.has("/a.txt", b"mine");
                // An answer is for one time: the next one is asked about again.
                other(&server);
                fs::write(&local, "mine again").unwrap();
                assert!(matches!(client.asked().1, Question::Exists { was: Some(_), .. }));
            }
            OnExists::Rename => {
                let edit = client.edit("uploaded", |edit| edit.uploaded.is_some() && edit.state == EditState::Same);
                assert_ne!(edit.remote.as_str(), "/a.txt");
                assert_eq!(server.file("/a.txt").unwrap(), b"theirs");
                assert_eq!(server.file(edit.remote.as_str()).unwrap(), b"mine");
                // From here on that one is edited.
                fs::write(&local, "mine again").unwrap();
                server.until(|shelf| shelf.files[edit.remote.as_str()] == b"mine again");
                client.was_not_asked();
            }
            _ => {
                let edit = client.is_in(&EditState::Unsent(Unsent::KeptThere));
                assert_eq!(server.file("/a.txt").unwrap(), b"theirs");
                assert_eq!(fs::read(&local).unwrap(), b"mine");
                client.upload(edit.id);
                assert!(matches!(client.asked().1, Question::Exists { was: Some(_), .. }), "it is asked again, not forced");
            }
        }
    }
}

#[test]
fn a_target_that_changed_while_the_upload_was_cut_is_asked_about() {
    let server = Server::start(&[("/a.txt", b"old")]);
    let room = Room::new();
    let mut client = room.moored(&server);
    let local = client.opened("/a.txt");
    server.with(|shelf| shelf.stall = Some(16 * 1024));
    let mine = bytes(100_000);
    fs::write(&local, &mine).unwrap();
    server.until(|shelf| shelf.stalled == 1);
    server.with(|shelf| {
        shelf.files.insert("/a.txt".into(), b"theirs".to_vec());
        shelf.stall = None;
    });
    let (id, question) = client.asked();
    assert!(matches!(question, Question::Exists { was: Some(_), .. }), "{question:?}");
    assert_eq!(server.file("/a.txt").unwrap(), b"theirs");
    client.answer(id, Answer::Exists { choice: OnExists::Skip, scope: Scope::File });
    client.is_in(&EditState::Unsent(Unsent::KeptThere));
    // What had been sent is taken away again.
    server.has("/a.txt", b"theirs");
}

#[test]
fn a_save_without_a_connection_waits_in_the_queue_for_its_own_site() {
    let (server, elsewhere) = (Server::start(&[("/a.txt", b"old")]), Server::start(&[("/a.txt", b"of another site")]));
    let room = Room::new();
    let mut client = room.moored(&server);
    let local = client.opened("/a.txt");
    // The connection is lost.
    server.with(|shelf| shelf.is_closed = true);
    server.cut(0, "");
    server.cut(1, "");
    client.until("adrift", |client| matches!(client.session.phase, Phase::Adrift { .. }).then_some(()));
    fs::write(&local, "saved while adrift").unwrap();
    client.is_in(&EditState::Waiting);
    server.with(|shelf| shelf.is_closed = false);
    client.engine.send(Command::ReconnectNow);
    server.has("/a.txt", b"saved while adrift");
    client.edit("uploaded", |edit| edit.uploaded.is_some() && edit.state == EditState::Same);
    // Another site is connected.
    let mut other = site(elsewhere.port());
    other.id = SiteId("elsewhere".into());
    client.connect_to(other, Some("secret"));
    client.until("the other site", |client| {
        let is_there = client.session.site.as_ref().is_some_and(|site| site.id.0 == "elsewhere");
        (is_there && client.session.phase == Phase::Moored).then_some(())
    });
    fs::write(&local, "saved while elsewhere").unwrap();
    client.is_in(&EditState::Waiting);
    assert_eq!(elsewhere.file("/a.txt").unwrap(), b"of another site");
    client.connect(server.port());
    server.has("/a.txt", b"saved while elsewhere");
    client.is_in(&EditState::Same);
    client.was_not_asked();
}

#[test]
fn the_last_of_two_saves_arrives_when_the_first_is_on_its_way() {
    let server = Server::start(&[("/a.dat", b"old")]);
    let room = Room::new();
    let mut client = room.moored(&server);
    let local = client.opened("/a.dat");
    let (first, last) = (bytes(100_000), bytes(120_000));
    server.with(|shelf| shelf.stall = Some(16 * 1024));
    fs::write(&local, &first).unwrap();
    server.until(|shelf| shelf.stalled == 1);
    fs::write(&local, &last).unwrap();
    server.with(|shelf| shelf.stall = None);
    server.has("/a.dat", &last);
    client.edit("uploaded", |edit| edit.uploaded.is_some() && edit.state == EditState::Same);
    client.was_not_asked();
    assert_eq!(client.edits().len(), 1);
}

#[test]
fn what_was_changed_and_not_uploaded_is_found_by_the_next_program() {
    let server = Server::start(&[("/a.txt", b"old"), ("/b.txt", b"old")]);
    let room = Room::new();
    let mut client = room.moored(&server);
    let (a, b) = (client.opened("/a.txt"), client.opened("/b.txt"));
    drop(client);
    // The editor outlives the program.
    fs::write(&a, "saved by the editor that was left open").unwrap();
    let mut client = room.start();
    let edit = client.is_in(&EditState::Unsent(Unsent::LastTime));
    assert_eq!((edit.local.clone(), edit.site_name.as_str(), edit.remote.as_str()), (a, "Test", "/a.txt"));
    client.edit("the other one", |edit| edit.local == b && edit.state == EditState::Same);
    // Nothing is sent unasked; what is sent then waits for its site.
    client.upload(edit.id);
    client.is_in(&EditState::Waiting);
    drop(client);
    let mut client = room.start();
    client.is_in(&EditState::Waiting);
    client.connect(server.port());
    client.edit("uploaded", |edit| edit.uploaded.is_some() && edit.state == EditState::Same);
    assert_eq!(server.file("/a.txt").unwrap(), b"saved by the editor that was left open");
    assert_eq!(server.file("/b.txt").unwrap(), b"old");
    // What is saved now is seen as before.
    fs::write(&b, "new").unwrap();
    server.until(|shelf| shelf.files["/b.txt"] == b"new");
    assert_eq!(room.desk.opened(2).len(), 2, "nothing is opened by itself at a start");
}

#[test]
fn a_fetch_that_never_came_to_its_end_leaves_nothing() {
    let server = Server::start(&[("/a.txt", &bytes(50_000))]);
    server.with(|shelf| shelf.stall = Some(1_000));
    let room = Room::new();
    let mut client = room.moored(&server);
    client.open("/a.txt");
    client.is_in(&EditState::Fetching);
    server.until(|shelf| shelf.stalled == 1);
    drop(client);
    let mut client = room.start();
    client.until("nothing is left", |client| (room.kept().is_empty() && client.rows().is_empty()).then_some(()));
    server.with(|shelf| shelf.stall = None);
    assert!(client.edits().is_empty());
}

#[test]
fn a_file_that_does_not_come_is_told_and_can_be_fetched_again() {
    let server = Server::start(&[("/b.txt", b"b")]);
    let room = Room::new();
    let mut client = room.moored(&server);
    client.open("/a.txt");
    let edit = client.edit("refused", |edit| matches!(edit.state, EditState::NotFetched(_)));
    server.with(|shelf| shelf.files.insert("/a.txt".into(), b"there by now".to_vec()));
    client.engine.send(Command::Edit(EditWish::OpenAgain { edit: edit.id }));
    let edit = client.is_in(&EditState::Same);
    assert_eq!(fs::read(&edit.local).unwrap(), b"there by now");
    room.desk.opened(1);
}

#[test]
fn a_person_who_wants_to_be_asked_is_asked_once_for_each_save() {
    let server = Server::start(&[("/a.txt", b"old")]);
    let room = Room::new();
    let mut client = room.moored(&server);
    client.settings(|settings| settings.when_edited_saved = WhenSaved::Ask);
    let local = client.opened("/a.txt");
    let saved = |client: &mut Client, content: &str| {
        fs::write(&local, content).unwrap();
        match client.asked() {
            (id, Question::Saved { site, is_emptied, .. }) => {
                assert_eq!((site.as_str(), is_emptied), ("Test", false));
                id
            }
            other => panic!("{other:?}"),
        }
    };
    let id = saved(&mut client, "not this");
    client.answer(id, Answer::Cancel);
    client.is_in(&EditState::Unsent(Unsent::Declined));
    let id = saved(&mut client, "this");
    assert_eq!(server.count("STOR"), 0);
    client.answer(id, Answer::Confirm);
    server.has("/a.txt", b"this");
    client.is_in(&EditState::Same);
    let id = saved(&mut client, "and all that follow");
    client.answer(id, Answer::FromNowOn);
    server.has("/a.txt", b"and all that follow");
    client.is_in(&EditState::Same);
    fs::write(&local, "this too").unwrap();
    server.has("/a.txt", b"this too");
    client.was_not_asked();
}

#[test]
fn a_file_that_was_emptied_is_asked_about_whatever_is_usual() {
    let server = Server::start(&[("/a.txt", b"old")]);
    let room = Room::new();
    let mut client = room.moored(&server);
    let local = client.opened("/a.txt");
    fs::write(&local, "").unwrap();
    let (id, question) = client.asked();
    assert!(matches!(question, Question::Saved { is_emptied: true, .. }), "{question:?}");
    client.answer(id, Answer::Cancel);
    client.is_in(&EditState::Unsent(Unsent::Declined));
    assert_eq!(server.file("/a.txt").unwrap(), b"old");
    fs::write(&local, "written once more").unwrap();
    server.has("/a.txt", b"written once more");
}

#[test]
fn an_answer_about_a_change_is_none_about_an_emptied_file() {
    let server = Server::start(&[("/a.txt", b"old")]);
    let room = Room::new();
    let mut client = room.moored(&server);
    client.settings(|settings| settings.when_edited_saved = WhenSaved::Ask);
    let local = client.opened("/a.txt");
    let asked = |client: &mut Client, content: &str| {
        fs::write(&local, content).unwrap();
        client.until("asked", |client| {
            client.events.drain(..).find_map(|event| match event.body {
                EventBody::Asked { id, question: Question::Saved { is_emptied, .. } } if is_emptied == content.is_empty() => {
                    Some(id)
                }
                _ => None,
            })
        })
    };
    let mut id = asked(&mut client, "new");
    for content in ["", "newer", ""] {
        id = asked(&mut client, content);
    }
    client.answer(id, Answer::Cancel);
    // Emptied under the question, before anybody has seen that.
    let id = asked(&mut client, "newest");
    fs::write(&local, "").unwrap();
    client.answer(id, Answer::Confirm);
    let id = asked(&mut client, "");
    assert_eq!(server.count("STOR"), 0);
    client.answer(id, Answer::Confirm);
    server.has("/a.txt", b"");
}

#[test]
fn nothing_that_leaves_follows_a_queue_while_an_edit_is_not_uploaded() {
    for (choice, words) in [
        (WhenDone::Disconnect, "1 edited file is not uploaded, so the connection stays."),
        (WhenDone::Machine(PowerAction::ShutDown), "1 edited file is not uploaded, so this machine does not shut down."),
    ] {
        let server = Server::start(&[("/a.txt", b"old"), ("/b.bin", b"b")]);
        let room = Room::new();
        let mut client = room.moored(&server);
        let local = client.opened("/a.txt");
        let held_back = |client: &mut Client| {
            client.hear("held back", |body| match body {
                EventBody::Trouble(problem) if problem.what == words => Some(()),
                _ => None,
            });
        };
        // Its own upload was the end of the queue, and failed.
        server.with(|shelf| shelf.unknown = vec!["STOR"]);
        client.engine.send(Command::WhenDone { choice: choice.clone() });
        fs::write(&local, "mine").unwrap();
        held_back(&mut client);
        // It is left while something else ends.
        client.engine.send(Command::WhenDone { choice: choice.clone() });
        client.get("/b.bin", &room.home.path().join("b.bin"), OnExists::Ask);
        held_back(&mut client);
        client.was_not_asked();
        // What only tells of the end is not held back.
        client.engine.send(Command::WhenDone { choice: WhenDone::Notify });
        client.get("/b.bin", &room.home.path().join("c.bin"), OnExists::Ask);
        client.hear("told", |body| matches!(body, EventBody::Followed { well: true }).then_some(()));
    }
}

#[test]
fn what_is_finished_is_taken_away_and_what_is_not_uploaded_only_when_it_is_discarded() {
    let server = Server::start(&[("/a.txt", b"old")]);
    let room = Room::new();
    let mut client = room.moored(&server);
    client.settings(|settings| settings.when_edited_saved = WhenSaved::Ask);
    let finish = |client: &Client, edit| client.engine.send(Command::Edit(EditWish::Finish { edit }));
    client.opened("/a.txt");
    let edit = client.is_in(&EditState::Same);
    finish(&client, edit.id);
    client.until("put away", |client| client.edits().is_empty().then_some(()));
    assert!(room.kept().is_empty());
    let local = client.opened("/a.txt");
    fs::write(&local, "mine").unwrap();
    let (id, _) = client.asked();
    let edit = client.is_in(&EditState::Saved);
    finish(&client, edit.id);
    assert!(client.trouble().what.contains("a.txt"));
    assert_eq!(fs::read(&local).unwrap(), b"mine");
    client.engine.send(Command::Edit(EditWish::Discard { edit: edit.id }));
    client.until("put away", |client| client.edits().is_empty().then_some(()));
    // The question is about nothing any more.
    client.hear("withdrawn", |body| matches!(body, EventBody::Withdrawn { id: about } if *about == id).then_some(()));
    assert!(room.kept().is_empty());
    assert_eq!((server.count("STOR"), server.file("/a.txt").unwrap()), (0, b"old".to_vec()));
}

#[test]
fn an_upload_that_is_finished_on_its_way_is_put_away_once_it_has_arrived() {
    let server = Server::start(&[("/a.txt", b"old")]);
    let room = Room::new();
    let mut client = room.moored(&server);
    let local = client.opened("/a.txt");
    let mine = bytes(100_000);
    server.with(|shelf| shelf.stall = Some(16 * 1024));
    fs::write(&local, &mine).unwrap();
    let edit = client.is_in(&EditState::Uploading);
    client.engine.send(Command::Edit(EditWish::Finish { edit: edit.id }));
    server.until(|shelf| shelf.stalled == 1);
    assert!(local.exists());
    server.with(|shelf| shelf.stall = None);
    client.until("put away", |client| client.edits().is_empty().then_some(()));
    assert_eq!(server.file("/a.txt").unwrap(), mine);
    assert!(room.kept().is_empty());
}

#[test]
fn an_upload_that_fails_or_is_cancelled_is_kept_here_and_sent_with_the_next_save() {
    let server = Server::start(&[("/a.txt", b"old")]);
    let room = Room::new();
    let mut client = room.moored(&server);
    let local = client.opened("/a.txt");
    server.with(|shelf| shelf.unknown = vec!["STOR"]);
    fs::write(&local, "refused").unwrap();
    client.edit("failed", |edit| matches!(edit.state, EditState::Failed(_)));
    server.with(|shelf| shelf.unknown.clear());
    fs::write(&local, "taken").unwrap();
    server.has("/a.txt", b"taken");
    client.is_in(&EditState::Same);
    assert_eq!(client.engine.queue().summary().failed, 0, "the failed one is tried again, not left beside");
    client.engine.send(Command::HoldQueue { held: true });
    fs::write(&local, "cancelled").unwrap();
    let id = client.row("/a.txt", |row| row.state == TransferState::Queued).id;
    client.engine.send(Command::Cancel { ids: vec![id].into() });
    let edit = client.is_in(&EditState::Unsent(Unsent::TakenOut));
    assert_eq!(fs::read(&local).unwrap(), b"cancelled");
    client.engine.send(Command::HoldQueue { held: false });
    client.upload(edit.id);
    server.has("/a.txt", b"cancelled");
}

#[test]
fn names_that_climb_are_refused_and_what_the_system_would_run_is_opened_in_an_editor_only() {
    let server = Server::start(&[("/..\\evil.txt", b"x"), ("/deploy.sh", b"rm -rf"), ("/a.desktop", b"x")]);
    let room = Room::new();
    let mut client = room.moored(&server);
    client.open("/..\\evil.txt");
    assert_eq!(client.trouble().kind, ProblemKind::Name);
    for name in ["/deploy.sh", "/a.desktop"] {
        assert!(may_be_run(name, Platform::HERE));
        client.open(name);
        let problem = client.trouble();
        assert!(problem.what.contains("may run") && problem.advice.contains("editor"), "{problem:?}");
    }
    assert_eq!((server.count("RETR"), room.kept()), (0, Vec::new()));
    client.settings(|settings| settings.editor = vec!["/usr/bin/edit it".into(), "-w".into()]);
    let local = client.opened("/deploy.sh");
    assert_eq!(room.desk.opened(1), [format!("/usr/bin/edit it -w {}", local.display())]);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(fs::metadata(&local).unwrap().permissions().mode() & 0o111, 0, "it is no program here");
        assert_eq!(fs::metadata(local.parent().unwrap()).unwrap().permissions().mode() & 0o777, 0o700);
    }
}
