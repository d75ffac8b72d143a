//! The flight recorder: what it keeps, what it never keeps, and that a record plays again to the same states.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use moorline::engine::replay::{self, Replayed};
use moorline::engine::{Answer, Command, Engine, EventBody, Options, Question, Waker};
use moorline::model::address::AddressPath;
use moorline::model::conflict::OnExists;
use moorline::model::path::RemotePath;
use moorline::model::record::{self, Bytes, RecordEvent, RecordLine};
use moorline::model::secret::Secret;
use moorline::model::session::{DisconnectWhen, Phase, SessionView};
use moorline::model::settings::Settings;
use moorline::model::site::{Encryption, KeepAlive, Site, SiteId};
use moorline::model::transfer::{Direction, Job};
use moorline::store::places::Places;
use support::bell::Bell;
use support::harbour::{Harbour, Stage, Strike};
use support::scripted::{self, Script};
use tokio::runtime::Runtime;

const PATIENCE: Duration = Duration::from_secs(60);
const USER: &str = "annabelle";
const PASSWORD: &str = "hunter2+secret";

/// An engine that records, over a home of its own.
struct Client {
    engine: Option<Engine>,
    bell: Arc<Bell>,
    session: SessionView,
    record: Option<PathBuf>,
    listings: usize,
    left: bool,
    _home: tempfile::TempDir,
}

impl Client {
    fn recording() -> Self {
        let home = tempfile::tempdir().unwrap();
        let bell = Arc::new(Bell::default());
        let options = Options { places: Some(Places::in_folder(home.path())), keyring: false, keep_queue: false };
        let engine = Engine::start(options, Arc::clone(&bell) as Arc<dyn Waker>).unwrap();
        engine.send(Command::SaveSettings { was: None, settings: Box::new(Settings { record: true, ..Settings::default() }) });
        let mut client = Self {
            engine: Some(engine),
            bell,
            session: SessionView::default(),
            record: None,
            listings: 0,
            left: false,
            _home: home,
        };
        client.until("recording", |client| client.record.is_some());
        client
    }

    fn engine(&self) -> &Engine {
        self.engine.as_ref().unwrap()
    }

    fn connect(&self, port: u16, tls: bool) {
        let mut site = Site::new(SiteId("test".into()), "Test", "127.0.0.1");
        site.port = Some(port);
        site.encryption = if tls { Encryption::Explicit } else { Encryption::Plain };
        site.user = USER.into();
        site.keep_alive = KeepAlive::Off;
        site.connections = 1;
        let start = AddressPath::Absolute("/data".into());
        self.engine().send(Command::Connect { site: Box::new(site), password: Some(Secret::new(PASSWORD)), start });
    }

    fn until(&mut self, what: &str, mut look: impl FnMut(&Self) -> bool) {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let heard = self.bell.heard();
            while let Some(event) = self.engine().next_event() {
                match event.body {
                    EventBody::Session(session) => self.session = *session,
                    EventBody::Recording { path } => self.record = path,
                    EventBody::RemoteListing { .. } => self.listings += 1,
                    EventBody::Left => self.left = true,
                    EventBody::Asked { id, question } => {
                        let answer = match question {
                            Question::Certificate { .. } => Answer::TrustOnce,
                            _ => Answer::Cancel,
                        };
                        self.engine().send(Command::Answer { question: id, answer });
                    }
                    _ => {}
                }
            }
            if look(self) {
                return;
            }
            let rang = self.bell.rings_beyond(heard, deadline);
            assert!(rang, "never {what}: {:?}", self.session.phase);
        }
    }

    fn moored(&mut self) {
        self.until("moored", |client| client.session.phase == Phase::Moored);
    }

    /// Leaves, ends the engine and reads the record.
    fn finish(mut self) -> (String, Vec<RecordLine>) {
        self.engine().send(Command::Disconnect { when: DisconnectWhen::Now });
        self.until("left", |client| client.left);
        let path = self.record.clone().unwrap();
        drop(self.engine.take());
        // The record's thread writes what it has been given before it ends; the file grows until then.
        let text = whole(&path);
        let (lines, damaged) = record::read(&text);
        assert_eq!(damaged, 0);
        (text, lines)
    }
}

/// The record, once it says that the session was left.
fn whole(path: &Path) -> String {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let text = fs::read_to_string(path).unwrap();
        if text.lines().any(|line| line.contains("\"offline\"") && line.ends_with('}')) && text.ends_with('\n') {
            return text;
        }
        assert!(Instant::now() < deadline, "the record is not finished: {text}");
        std::thread::yield_now();
    }
}

fn played(lines: &[RecordLine]) -> Replayed {
    replay::play(&replay::playable(lines)).unwrap()
}

fn runtime() -> Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

fn states(replayed: &Replayed) -> Vec<String> {
    replayed.recorded.iter().map(ToString::to_string).collect()
}

fn job(direction: Direction, local: PathBuf, remote: &str) -> Job {
    Job { direction, local, remote: RemotePath::parse(remote).unwrap(), on_exists: OnExists::Overwrite }
}

/// A session that fails in the middle of a transfer and comes back.
fn failed_session(tls: bool, direction: Direction, stage: Stage) -> (String, Vec<RecordLine>) {
    let runtime = runtime();
    let large = vec![7; 200_000];
    let harbour = Harbour::start(runtime.handle(), &[("large.bin", &large)]);
    let folder = tempfile::tempdir().unwrap();
    let mut client = Client::recording();
    client.connect(harbour.port(), tls);
    client.moored();
    client.until("the folder", |client| client.listings > 0);
    harbour.arm(stage, Strike::Says421, true);
    let local = folder.path().join("file.bin");
    let remote = if direction == Direction::Upload { "/data/new.bin" } else { "/data/large.bin" };
    if direction == Direction::Upload {
        fs::write(&local, &large).unwrap();
    }
    client.engine().send(Command::Enqueue { jobs: vec![job(direction, local, remote)] });
    client.until("arrived", |client| client.engine().queue().summary().done == 1);
    if (direction, stage) == (Direction::Download, Stage::FirstByte) {
        assert_eq!(harbour.count("SIZE"), 0, "nothing had come that the source could differ from");
    }
    harbour.strike_idle(Strike::Says421);
    let first = client.listings;
    client.engine().send(Command::OpenRemote { path: RemotePath::parse("/data").unwrap() });
    client.until("the folder again", |client| client.listings > first);
    client.finish()
}

#[test]
fn a_session_that_failed_in_a_transfer_plays_again_to_the_same_states() {
    use Direction::{Download, Upload};
    for (tls, direction) in [(false, Download), (true, Download), (false, Upload)] {
        for stage in [Stage::FirstByte, Stage::Middle] {
            let (text, lines) = failed_session(tls, direction, stage);
            let replayed = played(&lines);
            assert_eq!(replayed.difference, None, "{tls} {direction:?} {stage:?}: {replayed:#?}\n{text}");
            assert_eq!((replayed.had_tls, replayed.queue), (tls, [(0, 1), (0, 1)]));
            assert!(!text.contains(USER) && !text.contains("hunter2"), "{text}");
        }
    }
}

#[test]
fn a_session_that_left_names_out_of_folders_plays_again_to_the_same_states() {
    let runtime = runtime();
    let harbour = Harbour::start(runtime.handle(), &[("a.txt", b"a"), ("b.tmp", b"b")]);
    let folder = tempfile::tempdir().unwrap();
    let up = folder.path().join("up");
    fs::create_dir(&up).unwrap();
    for name in ["c.txt", "d.tmp"] {
        fs::write(up.join(name), name).unwrap();
    }
    let mut client = Client::recording();
    let settings = Settings { record: true, leave_out: vec!["*.tmp".into()], ..Settings::default() };
    client.engine().send(Command::SaveSettings { was: None, settings: Box::new(settings) });
    client.connect(harbour.port(), false);
    client.moored();
    client.until("the folder", |client| client.listings > 0);
    for (direction, local, remote) in [(Direction::Download, folder.path().join("down"), "/data"), (Direction::Upload, up, "/data")]
    {
        let before = client.engine().queue().summary().done;
        client.engine().send(Command::Enqueue { jobs: vec![job(direction, local, remote)] });
        client.until("through", |client| {
            let summary = client.engine().queue().summary();
            !summary.is_pending() && summary.done + summary.failed > before
        });
        let summary = client.engine().queue().summary();
        assert_eq!((summary.done, summary.failed, summary.filtered), (before + 2, 0, before / 2 + 1), "{direction:?}");
    }
    let (text, lines) = client.finish();
    let replayed = played(&lines);
    assert_eq!(replayed.difference, None, "{replayed:#?}\n{text}");
    assert_eq!(replayed.queue, [(0, 4), (0, 4)]);
}

#[test]
fn a_goodbye_that_is_heard_before_the_file_is_settled_plays_again_to_the_same_states() {
    let (text, mut lines) = failed_session(false, Direction::Download, Stage::Middle);
    let says = |code: &'static [u8]| move |line: &RecordLine| matches!(&line.event, RecordEvent::Heard { bytes } if bytes.to_vec().starts_with(code));
    let goodbye = lines.iter().rposition(says(b"421")).unwrap();
    let goodbye = lines.remove(goodbye);
    let is_its = |line: &RecordLine| line.connection == goodbye.connection && says(b"226")(line);
    let closed = lines.iter().rposition(is_its).unwrap();
    lines.insert(closed + 1, goodbye);
    let replayed = played(&lines);
    assert_eq!(replayed.difference, None, "{replayed:#?}\n{text}");
    assert_eq!(replayed.queue, [(0, 1), (0, 1)]);
}

#[test]
fn an_idle_session_that_the_server_ended_plays_again_and_a_changed_record_is_found_out() {
    let runtime = runtime();
    let harbour = Harbour::start(runtime.handle(), &[("a.txt", b"a")]);
    let mut client = Client::recording();
    client.connect(harbour.port(), false);
    client.moored();
    client.until("the folder", |client| client.listings > 0);
    harbour.strike_idle(Strike::Says421);
    client.until("lost", |client| client.session.banner.is_some());
    client.engine().send(Command::ReconnectNow);
    client.moored();
    let (text, lines) = client.finish();
    let replayed = played(&lines);
    assert_eq!(replayed.difference, None, "{replayed:#?}\n{text}");
    assert_eq!(states(&replayed), ["connecting", "moored", "adrift (421)", "connecting", "moored", "leaving", "offline"]);
    // The same record with another goodbye is another session.
    let mut changed = lines;
    let goodbye = changed.iter_mut().find_map(|line| match &mut line.event {
        RecordEvent::Heard { bytes } if bytes.to_vec().starts_with(b"421") => Some(bytes),
        _ => None,
    });
    *goodbye.unwrap() = Bytes::Text("221 Goodbye.\r\n".into());
    let replayed = played(&changed);
    assert!(replayed.difference.as_ref().is_some_and(|what| what.contains("adrift")), "{replayed:#?}");
}

#[test]
fn a_planted_password_and_the_users_name_are_nowhere() {
    let runtime = runtime();
    let echo = format!("331 password for {USER}, not {PASSWORD}\r\n");
    let refused = format!("530-{PASSWORD}\r\n530-ftp://{USER}:hunter2%2Bsecret@host\r\n530 {USER}:{PASSWORD} is wrong\r\n");
    let script = Script::greet().answer("USER", &echo).answer("PASS", &refused).await_end();
    let server = runtime.block_on(scripted::Server::start([script]));
    let mut client = Client::recording();
    client.connect(server.address().port(), false);
    client.until("refused", |client| matches!(client.session.phase, Phase::Stranded { .. }));
    let log = client.engine().log().clone();
    let (text, lines) = client.finish();
    for secret in [PASSWORD, "hunter2", "hunter2%2Bsecret", USER] {
        assert!(!text.contains(secret), "{secret} is in the record: {text}");
    }
    let said: Vec<_> = log.lines(log.range()).into_iter().map(|line| line.text).collect();
    assert!(!said.join("\n").contains("hunter2"), "{said:?}");
    assert!(said.iter().any(|line| line.contains("530 ")), "{said:?}");
    let replayed = played(&lines);
    assert_eq!(replayed.difference, None, "{replayed:#?}\n{text}");
    assert_eq!(states(&replayed), ["connecting", "stranded (530)", "leaving", "offline"]);
}

#[test]
fn a_record_that_begins_after_the_connect_knows_the_users_name_too() {
    let runtime = runtime();
    let script = Script::logged_in(&[])
        .answer("PWD", "257 \"/\"\r\n")
        .answer("CWD /data", &format!("550 {USER} may not go there\r\n"))
        .transfer("LIST -a")
        .send_data("drwxr-xr-x 2 f f 0 Nov 20 2025 .\r\n")
        .end_data()
        .say("226 ok\r\n")
        .answer("CWD /other", &format!("550 {USER} may not go there either\r\n"))
        .answer("QUIT", "221 bye\r\n");
    let server = runtime.block_on(scripted::Server::start([script]));
    let mut client = Client::recording();
    let record = |on| Command::SaveSettings { was: None, settings: Box::new(Settings { record: on, ..Settings::default() }) };
    client.engine().send(record(false));
    client.until("not recording", |client| client.record.is_none());
    client.connect(server.address().port(), false);
    client.moored();
    client.engine().send(record(true));
    client.until("recording", |client| client.record.is_some());
    client.engine().send(Command::OpenRemote { path: RemotePath::parse("/other").unwrap() });
    client.until("refused", |client| {
        client.engine().log().lines(client.engine().log().range()).iter().any(|line| line.text.contains("either"))
    });
    let (text, lines) = client.finish();
    assert!(text.contains("may not go there either") && !text.contains(USER), "{text}");
    assert!(replay::playable(&lines).is_empty(), "its beginning is missing");
}

#[test]
fn a_record_that_began_too_late_is_not_played() {
    let (lines, damaged) = record::read("{\"ms\":0,\"event\":\"dialled\",\"connection\":1}\n{\"ms\":1,\"connec");
    assert_eq!((lines.len(), damaged), (1, 1));
    assert!(replay::playable(&lines).is_empty());
}
