//! The engine against a server that does wrong where a test wants it to: what arrives, what is asked, what is kept.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

#[path = "engine/beside.rs"]
mod beside;
#[path = "engine/cancelling.rs"]
mod cancelling;
#[path = "engine/causes.rs"]
mod causes;
#[path = "engine/clock.rs"]
mod clock;
#[path = "engine/deleting.rs"]
mod deleting;
#[path = "engine/edited.rs"]
mod edited;
#[path = "engine/edits.rs"]
mod edits;
#[path = "engine/existing.rs"]
mod existing;
#[path = "engine/held.rs"]
mod held;
#[path = "engine/imports.rs"]
mod imports;
#[path = "engine/left_out.rs"]
mod left_out;
#[path = "engine/lifelines.rs"]
mod lifelines;
#[cfg(target_os = "linux")]
#[path = "engine/no_file.rs"]
mod no_file;
#[path = "engine/paced.rs"]
mod paced;
#[path = "engine/passwords.rs"]
mod passwords;
#[path = "engine/ranges.rs"]
mod ranges;
#[path = "engine/replacing.rs"]
mod replacing;
#[path = "engine/round_trips.rs"]
mod round_trips;
mod support;
#[path = "engine/targets.rs"]
mod targets;
#[path = "engine/text.rs"]
mod text;
#[cfg(target_os = "linux")]
#[path = "engine/threadless.rs"]
mod threadless;
#[path = "engine/two_windows.rs"]
mod two_windows;
#[cfg(target_os = "linux")]
#[path = "engine/unsaved.rs"]
mod unsaved;

use std::fs;
use std::io::{Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

use moorline::engine::power::{Awake, Power};
use moorline::engine::{
    Answer, Change, Command, Engine, Event, EventBody, MasterChange, Options, Place, Question, QuestionId, Removal, Waker,
    WantedFor,
};
use moorline::model::address::AddressPath;
use moorline::model::chosen::Chosen;
use moorline::model::conflict::{OnExists, Scope};
use moorline::model::listing::Listing;
use moorline::model::passwords::{Keeping, MasterPassword};
use moorline::model::path::RemotePath;
use moorline::model::permissions::{Inside, Which};
use moorline::model::problem::{Problem, ProblemKind};
use moorline::model::rate::{Rate, SpeedLimits};
use moorline::model::resume::{Sign, SourceChanged, WhenChanged};
use moorline::model::secret::Secret;
use moorline::model::session::{DisconnectWhen, Phase, SessionView};
use moorline::model::settings::Settings;
use moorline::model::site::{Encryption, KeepAlive, Site, SiteId, SiteTree, Split};
use moorline::model::transfer::{Compared, Direction, Job, QueueTab, SkipReason, TransferId, TransferRow, TransferState};
use moorline::model::upkeep::IdleCommand;
use moorline::model::when_done::{Ended, PowerAction, WhenDone};
use moorline::store::places::Places;
use moorline::store::secrets::{MemoryKeyring, NoKeyring, SecretStore};
use support::bell::Bell;
use support::scripted::{self, Script};
use support::shelf::Server;

/// Nothing here takes that long unless it is broken.
const PATIENCE: Duration = Duration::from_secs(60);

struct Client {
    engine: Engine,
    bell: Arc<Bell>,
    session: SessionView,
    events: Vec<Event>,
}

impl Client {
    fn start(options: Options) -> Self {
        Self::with_keyring(options, Arc::new(NoKeyring))
    }

    fn with_keyring(options: Options, keyring: Arc<dyn SecretStore>) -> Self {
        let bell = Arc::new(Bell::default());
        let engine = Engine::start_with_keyring(options, Arc::clone(&bell) as Arc<dyn Waker>, keyring).unwrap();
        Self { engine, bell, session: SessionView::default(), events: Vec::new() }
    }

    fn forgetful() -> Self {
        Self::start(Options { places: None, keyring: false, keep_queue: false })
    }

    fn moored(server: &Server) -> Self {
        let mut client = Self::forgetful();
        client.connect(server.port());
        client.moor();
        client
    }

    fn connect(&self, port: u16) {
        self.connect_to(site(port), Some("secret"));
    }

    fn connect_to(&self, site: Site, password: Option<&str>) {
        let password = password.map(Secret::new);
        self.engine.send(Command::Connect { site: Box::new(site), password, start: AddressPath::Login });
    }

    fn moor(&mut self) {
        self.until("moored", |client| (client.session.phase == Phase::Moored).then_some(()));
    }

    /// Takes events in until there is what is looked for; a new look at each wake.
    fn until<R>(&mut self, what: &str, mut look: impl FnMut(&mut Self) -> Option<R>) -> R {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let heard = self.bell.heard();
            while let Some(event) = self.engine.next_event() {
                if let EventBody::Session(session) = &event.body {
                    self.session = (**session).clone();
                }
                self.events.push(event);
            }
            if let Some(found) = look(self) {
                return found;
            }
            let rang = self.bell.rings_beyond(heard, deadline);
            let troubles: Vec<&EventBody> =
                self.events.iter().map(|event| &event.body).filter(|body| matches!(body, EventBody::Trouble(_))).collect();
            assert!(rang, "never {what}: {:#?}\n{:#?}\n{:#?}\n{troubles:#?}", self.session.phase, self.rows(), self.story());
        }
    }

    /// The first event that says it; it is taken out.
    fn hear<R>(&mut self, what: &str, mut pick: impl FnMut(&EventBody) -> Option<R>) -> R {
        self.until(what, |client| {
            let found = client.events.iter().enumerate().find_map(|(index, event)| pick(&event.body).map(|found| (index, found)));
            found.map(|(index, found)| {
                client.events.remove(index);
                found
            })
        })
    }

    fn asked(&mut self) -> (QuestionId, Question) {
        self.hear("a question", |body| match body {
            EventBody::Asked { id, question } => Some((*id, question.clone())),
            _ => None,
        })
    }

    fn trouble(&mut self) -> Problem {
        self.hear("trouble", |body| match body {
            EventBody::Trouble(problem) | EventBody::RemoteTrouble { problem, .. } => Some(problem.clone()),
            _ => None,
        })
    }

    fn listing(&mut self, folder: &str) -> Arc<Listing> {
        self.hear("a listing", |body| match body {
            EventBody::RemoteListing { path, listing, .. } if path.as_str() == folder => Some(Arc::clone(listing)),
            _ => None,
        })
    }

    fn left(&mut self) {
        self.hear("left", |body| matches!(body, EventBody::Left).then_some(()));
    }

    fn answer(&self, question: QuestionId, answer: Answer) {
        self.engine.send(Command::Answer { question, answer });
    }

    fn get(&self, remote: &str, local: &Path, on_exists: OnExists) {
        self.transfer(Direction::Download, remote, local, on_exists);
    }

    fn put(&self, local: &Path, remote: &str, on_exists: OnExists) {
        self.transfer(Direction::Upload, remote, local, on_exists);
    }

    fn transfer(&self, direction: Direction, remote: &str, local: &Path, on_exists: OnExists) {
        let job = Job { direction, local: local.to_owned(), remote: path(remote), on_exists };
        self.engine.send(Command::Enqueue { jobs: vec![job] });
    }

    fn rows(&self) -> Vec<TransferRow> {
        let tabs = [QueueTab::Active, QueueTab::Queued, QueueTab::Failed, QueueTab::Done];
        tabs.iter().flat_map(|tab| self.engine.queue().rows(*tab, 0, 1000)).collect()
    }

    /// The row of a remote path once it is so.
    fn row(&mut self, remote: &str, condition: impl Fn(&TransferRow) -> bool) -> TransferRow {
        self.until(remote, |client| client.rows().into_iter().find(|row| row.remote.as_str() == remote && condition(row)))
    }

    fn ended(&mut self, remote: &str) -> TransferState {
        self.row(remote, |row| row.state.is_final()).state
    }

    /// Tries failed items again; returns when that has begun.
    fn retry(&mut self) {
        self.engine.send(Command::Retry { ids: Chosen::everything(QueueTab::Failed) });
        self.until("begun again", |client| (client.engine.queue().summary().failed == 0).then_some(()));
    }

    fn done(&mut self, remote: &str) {
        let state = self.ended(remote);
        assert!(matches!(state, TransferState::Done(_)), "{state:?}\n{:#?}", self.story());
    }

    fn failed(&mut self, remote: &str) -> Problem {
        match self.ended(remote) {
            TransferState::Failed(problem) => problem,
            state => panic!("{state:?}\n{:#?}", self.story()),
        }
    }

    fn story(&self) -> Vec<String> {
        let log = self.engine.log();
        log.lines(log.range()).into_iter().map(|line| format!("{} {:?} {}", line.connection, line.kind, line.text)).collect()
    }
}

fn site(port: u16) -> Site {
    let mut site = Site::new(SiteId("test".into()), "Test", "127.0.0.1");
    site.port = Some(port);
    site.encryption = Encryption::Plain;
    site.user = "anna".into();
    site.keep_alive = KeepAlive::Off;
    site
}

fn path(text: &str) -> RemotePath {
    RemotePath::parse(text).unwrap()
}

fn bytes(count: usize) -> Vec<u8> {
    let mut bytes = vec![0; count];
    fastrand::Rng::with_seed(221).fill(&mut bytes);
    bytes
}

/// The names in a folder of this machine.
fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(folder).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn a_wrong_password_is_asked_again_with_the_servers_words() {
    let server = Server::start(&[("/a.txt", b"a")]);
    let mut client = Client::forgetful();
    client.connect_to(site(server.port()), Some("wrong"));
    let (id, question) = client.asked();
    assert!(matches!(question, Question::Password { refused: Some(words), .. } if words.contains("Login incorrect")));
    client.answer(id, Answer::Password { password: Secret::new("secret"), remember: false });
    client.moor();
    assert_eq!(client.listing("/").entries.len(), 1);
}

#[test]
fn a_password_goes_into_the_keyring_once_the_server_has_accepted_it() {
    let server = Server::start(&[("/a.txt", b"a")]);
    let keyring = Arc::new(MemoryKeyring::default());
    let options = Options { places: None, keyring: true, keep_queue: false };
    let mut client = Client::with_keyring(options, Arc::clone(&keyring) as Arc<dyn SecretStore>);
    let kept = || keyring.get(&SiteId("test".into()), "anna").map(|secret| secret.reveal().to_owned());
    client.connect_to(site(server.port()), None);
    let (id, question) = client.asked();
    assert!(matches!(question, Question::Password { refused: None, keeping: Keeping::Keyring, .. }));
    client.answer(id, Answer::Password { password: Secret::new("wrong"), remember: true });
    let (id, _) = client.asked();
    assert_eq!(kept(), None, "a refused password was kept");
    client.answer(id, Answer::Password { password: Secret::new("secret"), remember: true });
    client.moor();
    // The next session waits for its turn at the keyring, and finds the password there.
    client.connect_to(site(server.port()), None);
    client.until("the second login", |_| (server.count("PASS secret") == 2).then_some(()));
    assert_eq!(kept().as_deref(), Some("secret"));
}

#[test]
fn passwords_are_kept_under_the_master_password_and_it_is_asked_for_once() {
    let server = Server::start(&[("/a.txt", b"a")]);
    let home = tempfile::tempdir().unwrap();
    let options = || Options { places: Some(Places::in_folder(home.path())), keyring: false, keep_queue: false };
    let kept = |client: &mut Client, master: MasterPassword| {
        client.until("what passwords are kept in", |client| {
            let told = |event: &Event| matches!(event.body, EventBody::Passwords(kept) if kept.master == master);
            client.events.iter().any(told).then(|| client.events.clear())
        });
    };
    let mut client = Client::start(options());
    kept(&mut client, MasterPassword::None);
    client.connect_to(site(server.port()), None);
    let (id, question) = client.asked();
    assert!(matches!(question, Question::Password { keeping: Keeping::Nowhere, .. }));
    client.answer(id, Answer::Cancel);
    client.engine.send(Command::ChangeMaster(MasterChange::Set { current: None, new: Secret::new("correct horse") }));
    kept(&mut client, MasterPassword::Open);
    client.connect_to(site(server.port()), None);
    let (id, question) = client.asked();
    assert!(matches!(question, Question::Password { keeping: Keeping::Master, .. }));
    client.answer(id, Answer::Password { password: Secret::new("secret"), remember: true });
    client.moor();
    drop(client);

    let mut client = Client::start(options());
    kept(&mut client, MasterPassword::Locked);
    client.connect_to(site(server.port()), None);
    let wanted = WantedFor::Connecting { site: "Test".into() };
    let (id, question) = client.asked();
    assert_eq!(question, Question::Master { wanted: wanted.clone(), refused: false });
    client.answer(id, Answer::Master(Secret::new("wrong horse")));
    let (id, question) = client.asked();
    assert_eq!(question, Question::Master { wanted, refused: true });
    client.answer(id, Answer::Master(Secret::new("correct horse")));
    client.moor();
    client.events.clear();
    // Once for the whole run.
    client.connect_to(site(server.port()), None);
    client.until("the third login", |_| (server.count("PASS secret") == 3).then_some(()));
    client.moor();
    assert!(!client.events.iter().any(|event| matches!(event.body, EventBody::Asked { .. })), "it was asked for again");

    // Locked again, and left locked: the site's own password is asked for.
    client.engine.send(Command::LockPasswords);
    kept(&mut client, MasterPassword::Locked);
    client.connect_to(site(server.port()), None);
    let (id, _) = client.asked();
    client.answer(id, Answer::StayLocked);
    let (id, question) = client.asked();
    assert!(matches!(question, Question::Password { keeping: Keeping::Locked, .. }));
    // Wanted all the same: it is asked for behind the login.
    client.answer(id, Answer::Password { password: Secret::new("secret"), remember: true });
    let (id, question) = client.asked();
    assert_eq!(question, Question::Master { wanted: WantedFor::Saving { site: "Test".into() }, refused: false });
    client.answer(id, Answer::StayLocked);
    client.until("that it was not saved", |client| {
        let told =
            |event: &Event| matches!(&event.body, EventBody::Trouble(problem) if problem.what.contains("locked with the master"));
        client.events.iter().any(told).then_some(())
    });
}

#[test]
fn several_passwords_that_are_saved_while_they_are_locked_wait_for_one_answer() {
    let server = Server::start(&[("/a.txt", b"a")]);
    let home = tempfile::tempdir().unwrap();
    let options = || Options { places: Some(Places::in_folder(home.path())), keyring: false, keep_queue: false };
    let mut client = Client::start(options());
    client.engine.send(Command::ChangeMaster(MasterChange::Set { current: None, new: Secret::new("correct horse") }));
    client.hear("that it is set", |body| matches!(body, EventBody::Notice(_)).then_some(()));
    drop(client);

    let mut client = Client::start(options());
    let site = site(server.port());
    let tree = SiteTree { sites: vec![site.clone()], ..SiteTree::default() };
    client.engine.send(Command::SaveSites { was: None, tree: Box::new(tree) });
    // As a site's form sends them; the session that begins behind them must not have the question of the first forgotten.
    for password in ["old", "older", "secret"] {
        let password = Some(Secret::new(password));
        client.engine.send(Command::SavePassword { site: site.id.clone(), password });
    }
    client.connect_to(site, None);
    let (id, question) = client.asked();
    assert!(matches!(question, Question::Master { wanted: WantedFor::Saving { .. }, refused: false }));
    client.answer(id, Answer::Master(Secret::new("correct horse")));
    client.moor();
    assert_eq!((server.count("PASS secret"), server.count("PASS ")), (1, 1), "the last one that was saved is used");
}

#[test]
fn a_keep_alive_that_the_server_does_not_know_gives_way_to_the_next_one() {
    let server = Server::start(&[("/a.txt", b"a")]);
    server.with(|shelf| shelf.unknown = vec!["NOOP", "STAT"]);
    let mut client = Client::forgetful();
    let mut idle = site(server.port());
    // The shortest interval: two of them have to pass.
    idle.keep_alive = KeepAlive::Every(5);
    client.connect_to(idle, Some("secret"));
    client.moor();
    let asked = server.count("PWD");
    client.until("NOOP was refused", |client| (client.session.upkeep.command == IdleCommand::Pwd).then_some(()));
    server.until(|shelf| shelf.commands.iter().filter(|line| line.as_str() == "PWD").count() > asked);
    assert_eq!((server.count("NOOP"), client.session.upkeep.helps), (1, true));
}

/// The connection goes in the middle of a change; the server is as it is stated in the end, and was asked for no more than that.
#[test]
fn a_change_that_the_connection_went_in_the_middle_of_is_looked_after() {
    let remote = |text: &str| Place::Remote(path(text));
    let make = || Change::MakeFolder { place: remote("/data/new") };
    let rename = || Change::Rename { place: remote("/data/a.txt"), name: "b.txt".into() };
    let delete = || Change::Delete { places: vec![remote("/data/a.txt")], removal: Removal::ForGood };
    let table: [(Change, &str, bool, &str, usize); 6] = [
        (make(), "MKD", false, "MKD", 2),
        (make(), "MKD", true, "MKD", 1),
        (rename(), "RNTO", false, "RNTO", 2),
        (rename(), "RNTO", true, "RNTO", 1),
        (delete(), "DELE", false, "DELE", 2),
        (delete(), "DELE", true, "DELE", 1),
    ];
    for (change, cuts, is_done, command, times) in table {
        let case = format!("{change:?}, cut {} {cuts}", if is_done { "after" } else { "before" });
        let server = Server::start(&[("/data/a.txt", b"a"), ("/data/c.txt", b"c")]);
        let mut client = Client::moored(&server);
        client.engine.send(Command::OpenRemote { path: path("/data") });
        client.listing("/data");
        server.with(|shelf| shelf.cuts = Some((cuts, is_done)));
        client.engine.send(Command::Change(change.clone()));
        let wanted = |server: &Server| match &change {
            Change::MakeFolder { .. } => server.with(|shelf| shelf.folders.contains("/data/new")),
            Change::Rename { .. } => server.file("/data/b.txt").is_some() && server.file("/data/a.txt").is_none(),
            _ => server.file("/data/a.txt").is_none(),
        };
        let mut logins = 0;
        client.until(&case, |client| {
            while let Some(at) = client.events.iter().position(|event| matches!(event.body, EventBody::Asked { .. })) {
                let EventBody::Asked { id, .. } = client.events.remove(at).body else { continue };
                client.answer(id, Answer::Confirm);
            }
            logins = server.count("PASS");
            // Back, with the folder read again after the change.
            let listed = client.events.iter().filter(|event| matches!(event.body, EventBody::RemoteListing { .. })).count();
            (logins == 2 && client.session.phase == Phase::Moored && wanted(&server) && listed >= 2).then_some(())
        });
        let troubles: Vec<_> = client.events.iter().filter(|event| matches!(event.body, EventBody::Trouble(_))).collect();
        assert!(troubles.is_empty(), "{case}: {troubles:?}");
        assert_eq!(server.count(command), times, "{case}: {:#?}", client.story());
        assert!(server.file("/data/c.txt").is_some(), "{case}");
    }
}

#[test]
fn a_file_that_was_to_be_resumed_is_replaced_whole_when_its_source_has_changed() {
    let old = bytes(50_000);
    let server = Server::start(&[("/a.bin", &old)]);
    let folder = tempfile::tempdir().unwrap();
    let local = folder.path().join("a.bin");
    fs::write(&local, [old.clone(), bytes(150_000)].concat()).unwrap();
    let mut client = Client::moored(&server);
    server.with(|shelf| shelf.stall = Some(60_000));
    client.put(&local, "/a.bin", OnExists::Resume);
    server.until(|shelf| shelf.stalled == 1);
    // Another version of the source, and the connection goes.
    let new = vec![7; 180_000];
    fs::write(&local, &new).unwrap();
    // In this order: a stall that ends first lets the old bytes arrive whole before the cut.
    server.cut(1, "");
    server.with(|shelf| shelf.stall = None);
    let (id, question) = client.asked();
    // Nothing was written yet: its bytes tell that it is another one.
    assert!(matches!(question, Question::Changed { sign: Sign::Bytes, .. }), "{question:?}");
    client.answer(id, Answer::Changed(WhenChanged::Anew));
    client.done("/a.bin");
    assert_eq!(server.file("/a.bin"), Some(new));
    assert_eq!((server.count("STOR /a.bin.part"), server.file("/a.bin.part")), (1, None), "{:#?}", client.story());
}

#[test]
fn a_cancelled_upload_takes_its_temporary_file_away_and_leaves_the_target() {
    let old = bytes(50_000);
    let server = Server::start(&[("/a.bin", &old)]);
    let folder = tempfile::tempdir().unwrap();
    let local = folder.path().join("a.bin");
    // More than the buffers on the way hold, so that it is cancelled in its middle.
    fs::write(&local, bytes(24_000_000)).unwrap();
    let mut client = Client::moored(&server);
    server.with(|shelf| shelf.stall = Some(60_000));
    client.put(&local, "/a.bin", OnExists::Overwrite);
    server.until(|shelf| shelf.stalled == 1);
    let row = client.row("/a.bin", |row| row.moved > 0);
    client.engine.send(Command::Cancel { ids: vec![row.id].into() });
    server.with(|shelf| shelf.stall = None);
    client.until("gone", |client| client.rows().is_empty().then_some(()));
    server.until(|shelf| !shelf.files.contains_key("/a.bin.part"));
    assert_eq!(server.file("/a.bin"), Some(old), "the target is as it was");
}

#[test]
fn a_declined_password_ends_the_connect_and_says_why() {
    let server = Server::start(&[]);
    let mut client = Client::forgetful();
    client.connect_to(site(server.port()), Some("wrong"));
    let (id, _) = client.asked();
    client.answer(id, Answer::Cancel);
    let view =
        client.until("stranded", |client| matches!(client.session.phase, Phase::Stranded { .. }).then(|| client.session.clone()));
    assert_eq!(view.problem.map(|problem| problem.kind), Some(ProblemKind::Login));
    assert_eq!(server.count("USER"), 1, "no login storm");
}

#[test]
fn an_unknown_certificate_is_asked_about_remembered_and_its_change_is_told() {
    let home = tempfile::tempdir().unwrap();
    let options = Options { places: Some(Places::in_folder(home.path())), keyring: false, keep_queue: false };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let login = |script: Script| {
        script
            .login(&[])
            .answer("PWD", "257 \"/\"\r\n")
            .transfer_tls("LIST -a")
            .send_data("drwxr-xr-x 2 f f 0 Nov 20 2025 .\r\n")
            .end_data()
            .say("226 ok\r\n")
            .await_end()
    };
    let offered = || Script::greet().answer("AUTH TLS", "234 go\r\n");
    let first = [offered().refused_tls(), login(Script::greet().explicit_tls()), login(Script::greet().explicit_tls())];
    let server = runtime.block_on(scripted::Server::start(first));
    let mut at = site(server.address().port());
    at.encryption = Encryption::Explicit;
    let mut client = Client::start(options);
    client.connect_to(at.clone(), Some("secret"));
    let (id, question) = client.asked();
    assert!(matches!(question, Question::Certificate { changed: false, .. }), "{question:?}");
    client.answer(id, Answer::TrustAlways);
    client.moor();
    client.engine.send(Command::Disconnect { when: DisconnectWhen::Now });
    client.left();
    client.connect_to(at.clone(), Some("secret"));
    client.until("moored again", |client| (client.session.phase == Phase::Moored).then_some(()));
    assert!(!client.events.iter().any(|event| matches!(event.body, EventBody::Asked { .. })), "it was remembered");
    client.engine.send(Command::Disconnect { when: DisconnectWhen::Now });
    client.left();
    // Another server in the place of the first one: the same authority, another certificate.
    let accepted = fs::read_to_string(home.path().join("config/certificates.toml")).unwrap();
    drop(client);
    let other = runtime.block_on(scripted::Server::start([offered().refused_tls()]));
    at.port = Some(other.address().port());
    let moved = accepted.replace(&format!(":{}", server.address().port()), &format!(":{}", other.address().port()));
    fs::write(home.path().join("config/certificates.toml"), moved).unwrap();
    let options = Options { places: Some(Places::in_folder(home.path())), keyring: false, keep_queue: false };
    let mut client = Client::start(options);
    client.connect_to(at, Some("secret"));
    let (id, question) = client.asked();
    assert!(matches!(question, Question::Certificate { changed: true, .. }), "{question:?}");
    client.answer(id, Answer::Cancel);
    client.until("stranded", |client| matches!(client.session.phase, Phase::Stranded { .. }).then_some(()));
    let banner = client.session.banner.as_ref().unwrap();
    assert_eq!(banner.headline, "You did not trust the certificate, so Moorline did not connect.");
}

#[test]
fn files_arrive_both_ways_and_are_proven() {
    let large = bytes(700_000);
    let server = Server::start(&[("/in/large.bin", &large), ("/in/empty", b"")]);
    let folder = tempfile::tempdir().unwrap();
    let mut client = Client::moored(&server);
    for name in ["large.bin", "empty"] {
        client.get(&format!("/in/{name}"), &folder.path().join(name), OnExists::Ask);
        client.done(&format!("/in/{name}"));
        client.put(&folder.path().join(name), &format!("/out-{name}"), OnExists::Ask);
        client.done(&format!("/out-{name}"));
    }
    assert_eq!(names(folder.path()), ["empty", "large.bin"], "no .part is left");
    assert_eq!(server.file("/out-large.bin").unwrap(), large);
    assert_eq!(server.file("/out-empty").unwrap(), b"");
}

#[test]
fn a_226_that_speaks_of_an_abort_is_tried_again() {
    let server = Server::start(&[("/a.txt", b"contents")]);
    let folder = tempfile::tempdir().unwrap();
    let mut client = Client::moored(&server);
    server.with(|shelf| shelf.closings.push("226 Transfer aborted.".into()));
    client.get("/a.txt", &folder.path().join("a.txt"), OnExists::Ask);
    client.done("/a.txt");
    assert_eq!(fs::read(folder.path().join("a.txt")).unwrap(), b"contents");
    assert!(client.story().iter().any(|line| line.contains("Tried again")), "{:#?}", client.story());
}

#[test]
fn a_size_that_disagrees_is_never_done() {
    let server = Server::start(&[("/a.txt", b"contents")]);
    let folder = tempfile::tempdir().unwrap();
    let local = folder.path().join("b.txt");
    fs::write(&local, b"bytes").unwrap();
    let mut client = Client::moored(&server);
    server.with(|shelf| shelf.size_lie = Some(3));
    client.put(&local, "/b.txt", OnExists::Overwrite);
    assert_eq!(client.failed("/b.txt").kind, ProblemKind::Unproven);
    // The session goes on, and the item too when a person says so.
    server.with(|shelf| shelf.size_lie = None);
    client.retry();
    client.done("/b.txt");
    assert_eq!(server.file("/b.txt").unwrap(), b"bytes");
}

#[test]
fn a_421_in_the_middle_of_a_transfer_resumes_at_its_offset() {
    let large = bytes(900_000);
    let server = Server::start(&[("/large.bin", &large)]);
    let folder = tempfile::tempdir().unwrap();
    let mut client = Client::moored(&server);
    server.with(|shelf| shelf.stall = Some(300_000));
    client.get("/large.bin", &folder.path().join("large.bin"), OnExists::Ask);
    client.row("/large.bin", |row| row.moved == 300_000);
    server.cut(1, "421 Shutting down.");
    server.with(|shelf| shelf.stall = None);
    client.done("/large.bin");
    assert!(fs::read(folder.path().join("large.bin")).unwrap() == large);
    // It goes on at 300,000; the 64 KiB before are compared.
    assert_eq!(server.count("REST 234464"), 1, "{:#?}", client.story());
    let sessions = server.count("USER");

    server.with(|shelf| shelf.stall = Some(300_000));
    client.put(&folder.path().join("large.bin"), "/copy.bin", OnExists::Ask);
    server.until(|shelf| shelf.stalled == 1);
    server.cut(sessions - 1, "421 Shutting down.");
    server.with(|shelf| shelf.stall = None);
    client.done("/copy.bin");
    assert!(server.file("/copy.bin").unwrap() == large);
    // The end of what is there is read back before it is gone on with.
    assert_eq!(server.count("RETR /copy.bin"), 1, "{:#?}", client.story());
    assert_eq!(server.count("REST "), 3, "{:#?}", client.story());
}

/// Pauses a download in its middle, with `there` bytes on the disk.
fn paused(client: &mut Client, server: &Server, remote: &str, local: &Path, there: usize) -> TransferId {
    server.with(|shelf| shelf.stall = Some(there));
    client.get(remote, local, OnExists::Ask);
    let row = client.row(remote, |row| row.moved == there as u64);
    client.engine.send(Command::Pause { ids: vec![row.id].into() });
    client.row(remote, |row| row.state == TransferState::Paused);
    server.with(|shelf| shelf.stall = None);
    row.id
}

#[test]
fn other_bytes_of_the_same_size_and_time_are_found_and_the_file_begins_anew() {
    let old = bytes(400_000);
    let server = Server::start(&[("/f.bin", &old)]);
    let folder = tempfile::tempdir().unwrap();
    let local = folder.path().join("f.bin");
    let mut client = Client::moored(&server);
    let id = paused(&mut client, &server, "/f.bin", &local, 200_000);
    let new: Vec<u8> = old.iter().map(|byte| !byte).collect();
    server.with(|shelf| shelf.files.insert("/f.bin".into(), new.clone()));
    client.engine.send(Command::Resume { ids: vec![id].into() });
    client.done("/f.bin");
    assert!(fs::read(&local).unwrap() == new, "old and new were glued together");
    assert!(client.story().iter().any(|line| line.contains("is not what was begun")), "{:#?}", client.story());
    assert_eq!(names(folder.path()), ["f.bin"]);
}

#[test]
fn a_person_who_wants_to_be_asked_decides_about_a_source_that_changed() {
    for choice in [WhenChanged::Anew, WhenChanged::Resume, WhenChanged::Skip] {
        let old = bytes(400_000);
        let server = Server::start(&[("/f.log", &old)]);
        let folder = tempfile::tempdir().unwrap();
        let local = folder.path().join("f.log");
        let mut client = Client::moored(&server);
        let settings = Settings { source_changed: SourceChanged::Ask, ..Settings::default() };
        client.engine.send(Command::SaveSettings { was: None, settings: Box::new(settings) });
        let id = paused(&mut client, &server, "/f.log", &local, 200_000);
        // It has grown, as a log does.
        let grown = [old.clone(), bytes(100_000)].concat();
        server.with(|shelf| shelf.files.insert("/f.log".into(), grown.clone()));
        client.engine.send(Command::Resume { ids: vec![id].into() });
        let (question, asked) = client.asked();
        assert!(matches!(asked, Question::Changed { sign: Sign::Facts, offset: 200_000, .. }), "{asked:?}");
        client.answer(question, Answer::Changed(choice));
        let state = client.ended("/f.log");
        let from_the_middle = server.count("REST 134464");
        match choice {
            WhenChanged::Skip => assert_eq!(state, TransferState::Skipped(SkipReason::Changed)),
            _ => assert!(fs::read(&local).unwrap() == grown, "{choice:?}"),
        }
        assert_eq!(from_the_middle, usize::from(choice == WhenChanged::Resume), "{choice:?} {:#?}", client.story());
        // The engine's end waits for what its threads still have to do.
        drop(client);
        let left = names(folder.path());
        assert_eq!(left, if choice == WhenChanged::Skip { vec![] } else { vec!["f.log".to_owned()] }, "{choice:?}");
    }
}

#[test]
fn a_server_that_takes_rest_and_does_not_heed_it_is_found_out_and_remembered() {
    let source = bytes(400_000);
    let server = Server::start(&[("/a", &source), ("/b", &source)]);
    let folder = tempfile::tempdir().unwrap();
    let mut client = Client::moored(&server);
    server.with(|shelf| shelf.ignores_rest = true);
    for name in ["a", "b"] {
        let (remote, local) = (format!("/{name}"), folder.path().join(name));
        let id = paused(&mut client, &server, &remote, &local, 200_000);
        client.engine.send(Command::Resume { ids: vec![id].into() });
        client.done(&remote);
        assert!(fs::read(&local).unwrap() == source, "{name}");
    }
    assert_eq!(server.count("REST"), 1, "the second file did not try it again: {:#?}", client.story());
}

#[test]
fn a_server_whose_offsets_overflow_at_4_gib_is_found_out_and_a_persons_file_stays() {
    const GIB: u64 = 1 << 30;
    const OVERLAP: u64 = 64 << 10;
    let overlap = usize::try_from(OVERLAP).unwrap();
    let window = bytes(overlap + 5000);
    let server = Server::start(&[("/huge", b"not what was asked for")]);
    server.with(|shelf| {
        shelf.size_lie = Some(6 * GIB);
        shelf.listing_lie = Some(6 * GIB);
        shelf.wraps_at = Some(4 * GIB);
        shelf.windows.insert(GIB - OVERLAP, window.clone());
    });
    let folder = tempfile::tempdir().unwrap();
    let local = folder.path().join("huge");
    // Five GiB, nearly all of them a hole.
    let mut file = fs::File::create(&local).unwrap();
    file.set_len(5 * GIB).unwrap();
    file.seek(SeekFrom::Start(GIB - OVERLAP)).unwrap();
    file.write_all(&window).unwrap();
    file.seek(SeekFrom::Start(5 * GIB - OVERLAP)).unwrap();
    file.write_all(&vec![9; overlap]).unwrap();
    let mut client = Client::moored(&server);
    for words in ["goes wrong beyond 4 GiB", "is known not to go on"] {
        client.get("/huge", &local, OnExists::Resume);
        client.until(words, |client| client.story().iter().any(|line| line.contains(words)).then_some(()));
        client.engine.send(Command::Cancel { ids: client.rows().iter().map(|row| row.id).collect::<Vec<_>>().into() });
        client.until("gone", |client| client.rows().is_empty().then_some(()));
    }
    assert_eq!(fs::metadata(&local).unwrap().len(), 5 * GIB, "a person's file was touched");
    assert_eq!(server.count(&format!("REST {}", 5 * GIB - OVERLAP)), 1, "it was tried again: {:#?}", client.story());
}

#[test]
fn an_upload_goes_on_only_behind_its_own_bytes() {
    let source = bytes(400_000);
    for sign in ["ours", "a person's"] {
        let server = Server::start(&[]);
        let folder = tempfile::tempdir().unwrap();
        let local = folder.path().join("f.bin");
        fs::write(&local, &source).unwrap();
        let mut client = Client::moored(&server);
        let on_exists = if sign == "ours" {
            server.with(|shelf| shelf.stall = Some(200_000));
            client.put(&local, "/f.bin", OnExists::Ask);
            server.until(|shelf| shelf.stalled == 1);
            server.cut(1, "");
            OnExists::Ask
        } else {
            OnExists::Resume
        };
        // What is there has the right length and other bytes.
        server.with(|shelf| {
            shelf.files.insert("/f.bin".into(), vec![5; 200_000]);
            shelf.stall = None;
        });
        if on_exists == OnExists::Resume {
            client.put(&local, "/f.bin", on_exists);
        }
        let (question, asked) = client.asked();
        assert_eq!(server.file("/f.bin"), Some(vec![5; 200_000]), "it is asked before anything is written");
        if on_exists == OnExists::Resume {
            assert!(matches!(asked, Question::Changed { sign: Sign::Bytes, offset: 200_000, .. }), "{asked:?}");
            client.answer(question, Answer::Changed(WhenChanged::Anew));
        } else {
            // It was begun by us, and is somebody else's by now.
            assert!(matches!(asked, Question::Exists { .. }), "{asked:?}");
            client.answer(question, Answer::Exists { choice: OnExists::Overwrite, scope: Scope::File });
        }
        client.done("/f.bin");
        assert!(server.file("/f.bin").unwrap() == source, "{sign}");
        assert_eq!(server.file("/f.bin.part"), None, "{sign}");
    }
}

#[test]
fn a_source_that_changed_is_not_glued_to_what_came_of_the_old_one() {
    let server = Server::start(&[("/f.bin", &bytes(400_000))]);
    let folder = tempfile::tempdir().unwrap();
    let mut client = Client::moored(&server);
    server.with(|shelf| shelf.stall = Some(100_000));
    client.get("/f.bin", &folder.path().join("f.bin"), OnExists::Ask);
    let row = client.row("/f.bin", |row| row.moved == 100_000);
    client.engine.send(Command::Pause { ids: vec![row.id].into() });
    client.row("/f.bin", |row| row.state == TransferState::Paused);
    let new = vec![7; 500_000];
    server.with(|shelf| {
        shelf.files.insert("/f.bin".into(), new.clone());
        shelf.stall = None;
    });
    client.engine.send(Command::Resume { ids: vec![row.id].into() });
    client.done("/f.bin");
    assert!(fs::read(folder.path().join("f.bin")).unwrap() == new, "old and new bytes are mixed");
}

fn limit(kib: u64) -> SpeedLimits {
    SpeedLimits { both: Rate(kib << 10), ..SpeedLimits::default() }
}

/// What 64 KiB take at least at 128 KiB/s, when the first tenth of a second comes for nothing.
const AT_LEAST: Duration = Duration::from_millis(400);

#[test]
fn a_speed_limit_holds_both_ways() {
    let server = Server::start(&[("/in.bin", &bytes(64 << 10))]);
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("out.bin");
    fs::write(&source, bytes(64 << 10)).unwrap();
    let mut client = Client::moored(&server);
    client.engine.send(Command::LimitSpeed { limits: Some(limit(128)) });
    let begun = Instant::now();
    client.get("/in.bin", &folder.path().join("in.bin"), OnExists::Overwrite);
    client.done("/in.bin");
    let fetched = begun.elapsed();
    client.put(&source, "/out.bin", OnExists::Overwrite);
    client.done("/out.bin");
    let sent = begun.elapsed() - fetched;
    assert!(fetched >= AT_LEAST && sent >= AT_LEAST, "{fetched:?}, {sent:?}");
}

#[test]
fn a_sites_own_limit_holds_too_and_can_be_changed_while_files_move() {
    let server = Server::start(&[("/big.bin", &bytes(8 << 20))]);
    let folder = tempfile::tempdir().unwrap();
    let mut client = Client::forgetful();
    let slow = Site { speed: limit(1), ..site(server.port()) };
    client.connect_to(slow.clone(), Some("secret"));
    client.moor();
    client.get("/big.bin", &folder.path().join("big.bin"), OnExists::Overwrite);
    client.row("/big.bin", |row| row.moved > 0);
    // At this speed it takes more than two hours; what waits for its turn must go on at once.
    let tree = SiteTree { sites: vec![Site { speed: SpeedLimits::default(), ..slow }], ..SiteTree::default() };
    client.engine.send(Command::SaveSites { was: None, tree: Box::new(tree) });
    client.done("/big.bin");
}

#[test]
fn a_limited_transfer_is_cancelled_and_the_connection_goes_on() {
    let server = Server::start(&[("/big.bin", &bytes(8 << 20)), ("/small.bin", &bytes(100))]);
    let folder = tempfile::tempdir().unwrap();
    let mut client = Client::moored(&server);
    client.engine.send(Command::LimitSpeed { limits: Some(limit(1)) });
    client.get("/big.bin", &folder.path().join("big.bin"), OnExists::Overwrite);
    let row = client.row("/big.bin", |row| row.moved > 0);
    client.engine.send(Command::Cancel { ids: vec![row.id].into() });
    client.until("cancelled", |client| client.rows().is_empty().then_some(()));
    client.get("/small.bin", &folder.path().join("small.bin"), OnExists::Overwrite);
    client.done("/small.bin");
}

/// A machine that only notes what it is told.
#[derive(Default)]
struct Machine {
    told: Mutex<Vec<&'static str>>,
    more: Condvar,
    refuses: bool,
}

impl Machine {
    fn tell(&self, what: &'static str) -> Result<(), String> {
        if self.refuses {
            return Err("Permission denied".into());
        }
        self.told.lock().unwrap().push(what);
        self.more.notify_all();
        Ok(())
    }

    fn until(&self, what: &str) {
        let told = self.told.lock().unwrap();
        let (told, _) = self.more.wait_timeout_while(told, PATIENCE, |told| !told.contains(&what)).unwrap();
        assert!(told.contains(&what), "never told to {what}: {told:?}");
    }
}

impl Power for Machine {
    fn sleep(&self) -> Result<(), String> {
        self.tell("sleep")
    }

    fn shut_down(&self) -> Result<(), String> {
        self.tell("shut down")
    }

    fn keep_awake(&self, _: &str) -> Result<Awake, String> {
        self.tell("stay awake").map(|()| Box::new(()) as Awake)
    }
}

impl Client {
    /// Moored, on a machine that may be told things, and with something chosen for the queue's end.
    fn choosing(server: &Server, machine: &Arc<Machine>, choice: WhenDone) -> Self {
        let options = Options { places: None, keyring: false, keep_queue: false };
        let bell = Arc::new(Bell::default());
        let waker = Arc::clone(&bell) as Arc<dyn Waker>;
        let engine = Engine::start_with_power(options, waker, Arc::clone(machine) as Arc<dyn Power>).unwrap();
        let mut client = Self { engine, bell, session: SessionView::default(), events: Vec::new() };
        client.connect(server.port());
        client.moor();
        client.engine.send(Command::WhenDone { choice });
        client
    }

    fn power_question(&mut self) -> (QuestionId, PowerAction) {
        match self.asked() {
            (id, Question::Power { action, ended, .. }) => {
                assert_eq!(ended, Ended::Through { done: 1, failed: 0 });
                (id, action)
            }
            other => panic!("{other:?}"),
        }
    }

    /// What follows when the queue is through, once it is told.
    fn follows(&mut self) -> WhenDone {
        self.hear("what follows", |body| match body {
            EventBody::WhenDone(choice) => Some(choice.clone()),
            _ => None,
        })
    }
}

#[test]
fn the_machine_sleeps_or_shuts_down_after_the_queue_unless_it_is_called_off() {
    let server = Server::start(&[("/a.bin", b"a"), ("/b.bin", b"b"), ("/c.bin", b"c")]);
    let folder = tempfile::tempdir().unwrap();
    let machine = Arc::new(Machine::default());
    let mut client = Client::choosing(&server, &machine, WhenDone::Machine(PowerAction::ShutDown));
    assert_eq!([client.follows(), client.follows()], [WhenDone::Nothing, WhenDone::Machine(PowerAction::ShutDown)]);

    client.get("/a.bin", &folder.path().join("a.bin"), OnExists::Ask);
    let (id, action) = client.power_question();
    assert_eq!(action, PowerAction::ShutDown);
    assert_eq!(client.follows(), WhenDone::Nothing, "it was for this run");
    client.answer(id, Answer::Cancel);

    // A countdown is called off by new work too.
    client.engine.send(Command::WhenDone { choice: WhenDone::Machine(PowerAction::Sleep) });
    client.get("/b.bin", &folder.path().join("b.bin"), OnExists::Ask);
    let (id, _) = client.power_question();
    client.engine.send(Command::WhenDone { choice: WhenDone::Machine(PowerAction::Sleep) });
    client.hear("withdrawn", |body| matches!(body, EventBody::Withdrawn { id: gone } if *gone == id).then_some(()));

    client.get("/c.bin", &folder.path().join("c.bin"), OnExists::Ask);
    let (id, action) = client.power_question();
    client.answer(id, Answer::Confirm);
    assert_eq!(action, PowerAction::Sleep);
    machine.until("sleep");
    let told = machine.told.lock().unwrap().clone();
    assert!(!told.contains(&"shut down"), "{told:?}");
}

#[test]
fn a_machine_that_refuses_is_told_of() {
    let server = Server::start(&[("/a.bin", b"a")]);
    let folder = tempfile::tempdir().unwrap();
    let machine = Arc::new(Machine { refuses: true, ..Machine::default() });
    let mut client = Client::choosing(&server, &machine, WhenDone::Machine(PowerAction::Sleep));
    client.get("/a.bin", &folder.path().join("a.bin"), OnExists::Ask);
    let (id, _) = client.power_question();
    client.answer(id, Answer::Confirm);
    let problem = client.trouble();
    assert_eq!(
        (problem.what.as_str(), problem.server_words.as_deref()),
        ("This machine does not sleep.", Some("Permission denied"))
    );
}

#[test]
fn a_queue_that_was_emptied_is_followed_by_nothing() {
    let server = Server::start(&[("/big.bin", &bytes(8 << 20))]);
    let folder = tempfile::tempdir().unwrap();
    let machine = Arc::new(Machine::default());
    let mut client = Client::choosing(&server, &machine, WhenDone::Machine(PowerAction::ShutDown));
    client.engine.send(Command::LimitSpeed { limits: Some(limit(1)) });
    client.get("/big.bin", &folder.path().join("big.bin"), OnExists::Overwrite);
    let row = client.row("/big.bin", |row| row.moved > 0);
    // A file that takes a while keeps it awake; one of a few bytes may be through before anybody looked.
    machine.until("stay awake");
    client.engine.send(Command::Cancel { ids: vec![row.id].into() });
    let problem = client.trouble();
    assert_eq!(problem.what, "Everything was taken out of the queue, so this machine does not shut down.");
}

#[test]
fn a_run_of_folders_without_files_is_followed_by_what_was_chosen() {
    let server = Server::start(&[("/a/f", b"1")]);
    server.with(|shelf| shelf.folders.insert("/bare".into()));
    let folder = tempfile::tempdir().unwrap();
    let empty = folder.path().join("empty/below");
    fs::create_dir_all(&empty).unwrap();
    let mut client = Client::choosing(&server, &Arc::default(), WhenDone::Notify);
    let told = |client: &mut Client| {
        client.hear("told", |body| match body {
            EventBody::QueueEnded { words } => Some(words.clone()),
            EventBody::Trouble(problem) => Some(problem.sentence()),
            _ => None,
        })
    };
    client.put(empty.parent().unwrap(), "/up", OnExists::Ask);
    let words = "The queue is done: the folders are made, and there were no files to transfer.";
    assert_eq!(told(&mut client), words);
    assert!(server.with(|shelf| shelf.folders.contains("/up/below")));
    client.engine.send(Command::WhenDone { choice: WhenDone::Notify });
    client.get("/bare", &folder.path().join("bare"), OnExists::Ask);
    assert_eq!(told(&mut client), words);
    assert!(folder.path().join("bare").is_dir());
}

#[cfg(unix)]
#[test]
fn a_command_gets_its_arguments_and_the_counts_and_its_failure_is_told() {
    let server = Server::start(&[("/a.bin", b"a"), ("/b.bin", b"b")]);
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("it's \"here\"");
    let script = "echo \"$1 $MOORLINE_DONE $MOORLINE_FAILED\" > \"$2\"";
    let words = ["sh", "-c", script, "sh", "$HOME *", out.to_str().unwrap()].map(str::to_owned);
    let machine = Arc::new(Machine::default());
    let mut client = Client::choosing(&server, &machine, WhenDone::Run(words.to_vec()));
    client.get("/a.bin", &folder.path().join("a.bin"), OnExists::Ask);
    let notice = client.hear("a notice", |body| match body {
        EventBody::Notice(words) => Some(words.clone()),
        _ => None,
    });
    assert_eq!(notice, "The queue is through, and “sh” has run.");
    assert_eq!(fs::read_to_string(out).unwrap(), "$HOME * 1 0\n");

    let fails = ["sh", "-c", "echo no such backup >&2; exit 3"].map(str::to_owned);
    client.engine.send(Command::WhenDone { choice: WhenDone::Run(fails.to_vec()) });
    client.get("/b.bin", &folder.path().join("b.bin"), OnExists::Ask);
    let problem = client.trouble();
    assert_eq!(
        (problem.what.as_str(), problem.server_words.as_deref()),
        ("“sh” has failed: exit status: 3.", Some("no such backup"))
    );
}

#[test]
fn it_is_told_or_the_connection_is_left_when_the_queue_is_through() {
    let server = Server::start(&[("/a.bin", b"a"), ("/b.bin", b"b")]);
    let folder = tempfile::tempdir().unwrap();
    let mut client = Client::choosing(&server, &Arc::default(), WhenDone::Notify);
    client.get("/a.bin", &folder.path().join("a.bin"), OnExists::Ask);
    let words = client.hear("told", |body| match body {
        EventBody::QueueEnded { words } => Some(words.clone()),
        _ => None,
    });
    assert_eq!(words, "The queue is done: 1 transfer has arrived.");
    client.engine.send(Command::WhenDone { choice: WhenDone::Disconnect });
    client.get("/b.bin", &folder.path().join("b.bin"), OnExists::Ask);
    client.left();
}

#[test]
fn a_host_that_allows_one_connection_gets_one_and_the_queue_is_done() {
    for line in ["421 Too many connections (1) from this IP", ""] {
        let server = Server::start(&[("/a", b"1"), ("/b", b"22"), ("/c", b"333")]);
        server.with(|shelf| shelf.limit = Some((1, line)));
        let folder = tempfile::tempdir().unwrap();
        let mut client = Client::moored(&server);
        for name in ["/a", "/b", "/c"] {
            client.get(name, &folder.path().join(&name[1..]), OnExists::Ask);
        }
        for name in ["/a", "/b", "/c"] {
            client.done(name);
        }
        assert_eq!(names(folder.path()), ["a", "b", "c"]);
        assert_eq!(client.session.phase, Phase::Moored);
    }
}

/// Small files in a folder, the server's own time for each, and a client whose memory of hosts lasts.
fn many_small_files(count: usize, takes: u64) -> (Server, tempfile::TempDir) {
    let names: Vec<String> = (0..count).map(|number| format!("/data/{number:03}")).collect();
    let files: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), &b"small"[..])).collect();
    let server = Server::start(&files);
    server.with(|shelf| {
        shelf.login_takes = Duration::from_millis(takes);
        shelf.transfer_takes = Duration::from_millis(takes);
    });
    (server, tempfile::tempdir().unwrap())
}

fn remembering(home: &Path, server: &Server, connections: u8) -> Client {
    let mut client = Client::start(Options { places: Some(Places::in_folder(home)), keyring: false, keep_queue: false });
    let mut site = site(server.port());
    site.connections = connections;
    client.connect_to(site, Some("secret"));
    client.moor();
    client
}

/// Everything in the queue has arrived.
fn all_done(client: &mut Client, count: usize) {
    client.until("all done", |client| {
        let summary = client.engine.queue().summary();
        assert_eq!(summary.failed, 0, "{:#?}", client.story());
        (summary.done == count).then_some(())
    });
}

#[test]
fn small_files_over_a_long_way_get_eight_connections_and_so_do_the_next_ones_at_once() {
    let (server, folder) = many_small_files(100, 300);
    let mut client = remembering(folder.path(), &server, 0);
    assert_eq!(client.session.connection_budget, 3, "it begins with two beside the one for browsing");
    client.get("/data", &folder.path().join("data"), OnExists::Ask);
    all_done(&mut client, 100);
    assert_eq!((server.with(|shelf| shelf.most_logged_in), client.session.connection_budget), (9, 9), "{:#?}", client.story());
    assert!(server.with(|shelf| shelf.most_dialling.0) > 1, "they were dialled one after the other");
    client.engine.send(Command::Disconnect { when: DisconnectWhen::QueueDone });
    client.left();
    drop(client);
    let client = remembering(folder.path(), &server, 0);
    assert_eq!(client.session.connection_budget, 9);
}

#[test]
fn a_chosen_number_is_the_most_that_there_are() {
    for (connections, most) in [(1, 2), (3, 4)] {
        let (server, folder) = many_small_files(60, 10);
        let mut client = remembering(folder.path(), &server, connections);
        client.get("/data", &folder.path().join("data"), OnExists::Ask);
        all_done(&mut client, 60);
        assert_eq!(server.with(|shelf| shelf.most_logged_in), most, "{connections}");
    }
}

#[test]
fn a_server_that_does_no_more_for_more_connections_keeps_two() {
    let (server, folder) = many_small_files(80, 100);
    server.with(|shelf| shelf.one_at_a_time = true);
    let mut client = remembering(folder.path(), &server, 0);
    client.get("/data", &folder.path().join("data"), OnExists::Ask);
    all_done(&mut client, 80);
    // Four were tried; what was not needed says goodbye.
    assert_eq!((server.with(|shelf| shelf.most_logged_in), client.session.connection_budget), (5, 3), "{:#?}", client.story());
    server.until(|shelf| shelf.logged_in <= 3);
}

/// Transfers of four connections are under way, and one of these ends: there are fewer from then on, and everything arrives.
#[test]
fn a_connection_that_is_taken_away_lowers_the_number() {
    // What the server says, and how many connections there are to be then, the one for browsing included.
    for (line, left) in [("421 Too many connections from your address.", 4), ("421 Shutting down.", 4), ("", 4)] {
        let (server, folder) = many_small_files(40, 0);
        server.with(|shelf| shelf.stall = Some(2));
        let mut client = remembering(folder.path(), &server, 4);
        client.get("/data", &folder.path().join("data"), OnExists::Ask);
        server.until(|shelf| shelf.stalled == 4);
        assert_eq!(client.session.connection_budget, 5);
        server.cut(2, line);
        client.until("fewer", |client| (client.session.connection_budget == left).then_some(()));
        server.with(|shelf| shelf.stall = None);
        all_done(&mut client, 40);
        assert_eq!(client.session.connection_budget, left, "{line}: {:#?}", client.story());
    }
}

#[test]
fn a_server_without_data_connections_left_gets_fewer_requests_for_them() {
    let (server, folder) = many_small_files(40, 0);
    server.with(|shelf| shelf.closings.push("425 No data connection left.".into()));
    let mut client = remembering(folder.path(), &server, 4);
    client.get("/data", &folder.path().join("data"), OnExists::Ask);
    all_done(&mut client, 40);
    assert_eq!(client.session.connection_budget, 4, "{:#?}", client.story());
}

#[test]
fn a_host_that_allows_few_is_asked_for_one_more_at_a_time_after_its_first_refusal() {
    for limit in [2, 3, 6] {
        let (server, folder) = many_small_files(150, 20);
        server.with(|shelf| {
            shelf.limit = Some((limit, "421 There are too many connections from your internet address."));
            // Long enough for all who dial together to have begun before one of them is turned away.
            shelf.login_takes = Duration::from_millis(50);
        });
        let mut client = remembering(folder.path(), &server, 8);
        client.get("/data", &folder.path().join("data"), OnExists::Ask);
        all_done(&mut client, 150);
        assert_eq!(client.session.connection_budget, limit, "{:#?}", client.story());
        let (most, turned_away) = server.with(|shelf| (shelf.most_dialling, shelf.turned_away));
        assert!(most.1 <= 1, "{limit}: {most:?} were dialled together after a refusal: {:#?}", client.story());
        assert!(turned_away >= 1 && turned_away <= limit, "{turned_away} of them were turned away");
        drop(client);
        server.until(|shelf| shelf.logged_in == 0);
        // It is remembered, and not run into again.
        let mut client = remembering(folder.path(), &server, 8);
        client.get("/data", &folder.path().join("again"), OnExists::Ask);
        all_done(&mut client, 150);
        assert_eq!(server.with(|shelf| shelf.turned_away), turned_away);
    }
}

#[test]
fn a_retry_on_the_shared_connection_needs_no_event_to_begin() {
    let server = Server::start(&[("/a", b"1")]);
    server.with(|shelf| {
        shelf.limit = Some((1, "421 Too many connections (1) from this IP"));
        shelf.closings.push("451 Local error, try again.".into());
    });
    let folder = tempfile::tempdir().unwrap();
    let mut client = Client::moored(&server);
    client.get("/a", &folder.path().join("a"), OnExists::Ask);
    client.done("/a");
}

#[test]
fn a_file_that_ends_each_connection_fails_in_the_end_and_the_others_arrive() {
    let server = Server::start(&[("/a", b"1"), ("/b", b"2")]);
    server.with(|shelf| shelf.deadly = Some("/a"));
    let folder = tempfile::tempdir().unwrap();
    let mut client = Client::moored(&server);
    client.get("/a", &folder.path().join("a"), OnExists::Ask);
    client.get("/b", &folder.path().join("b"), OnExists::Ask);
    client.done("/b");
    assert_eq!(client.failed("/a").kind, ProblemKind::Lost);
    assert_eq!(server.count("RETR /a"), 5);
    assert_eq!(client.session.phase, Phase::Moored);
}

#[cfg(unix)]
#[test]
fn a_folder_that_cannot_be_written_fails_the_item_and_the_session_goes_on() {
    let server = Server::start(&[("/a", b"1")]);
    let folder = tempfile::tempdir().unwrap();
    // A file where a folder should be stops root too, whom permissions do not.
    fs::write(folder.path().join("file"), b"").unwrap();
    let mut client = Client::moored(&server);
    client.get("/a", &folder.path().join("file/a"), OnExists::Ask);
    assert_eq!(client.failed("/a").kind, ProblemKind::Local);
    client.engine.send(Command::OpenRemote { path: path("/") });
    client.listing("/");
    assert_eq!(client.session.phase, Phase::Moored);
}

#[test]
fn hostile_names_stay_outside_and_are_named() {
    let server = Server::start(&[("/evil/good.txt", b"good")]);
    server.with(|shelf| {
        for name in [&b"../outside"[..], b"..\\windows", b"/etc/absolute", b"bell\x07", b".."] {
            shelf.rows.push([b"type=file;size=1;modify=20251120101112; ", name, b"\r\n"].concat());
        }
    });
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join("inner/evil");
    let mut client = Client::moored(&server);
    client.get("/evil", &target, OnExists::Overwrite);
    client.done("/evil/good.txt");
    assert_eq!(client.failed("/evil/..\\windows").kind, ProblemKind::Name);
    let rest = client.failed("/evil");
    assert!(rest.server_words.as_deref().is_some_and(|words| words.contains("../outside")), "{rest:?}");
    // Trying again reads the folder anew and does not get around the check.
    let listings = server.count("MLSD");
    client.engine.send(Command::Retry { ids: Chosen::everything(QueueTab::Failed) });
    client.until("failed again", |client| {
        let rows = client.rows();
        let failed = |row: &&TransferRow| matches!(row.state, TransferState::Failed(_));
        let all_final = rows.iter().all(|row| row.state.is_final());
        (server.count("MLSD") > listings && all_final && rows.iter().filter(failed).count() >= 2).then_some(())
    });
    assert_eq!(names(folder.path()), ["inner"]);
    assert_eq!(names(&folder.path().join("inner")), ["evil"]);
    assert_eq!(names(&target), ["good.txt"]);
}

#[test]
fn each_answer_to_an_existing_target_does_what_it_says() {
    let source = bytes(5000);
    let old = &source[..2000];
    let (old, new) = (old.to_vec(), source.clone());
    let table = [
        (OnExists::Overwrite, vec![("f", &new)]),
        (OnExists::Skip, vec![("f", &old)]),
        (OnExists::Rename, vec![("f", &old), ("f (1)", &new)]),
        (OnExists::Resume, vec![("f", &new)]),
    ];
    for (choice, expected) in table {
        let server = Server::start(&[("/down/f", &source), ("/up/f", &old)]);
        let folder = tempfile::tempdir().unwrap();
        let (down, up) = (folder.path().join("down"), folder.path().join("up"));
        fs::create_dir(&down).unwrap();
        fs::create_dir(&up).unwrap();
        fs::write(down.join("f"), &old).unwrap();
        fs::write(up.join("f"), &source).unwrap();
        let mut client = Client::moored(&server);
        client.get("/down/f", &down.join("f"), choice);
        client.put(&up.join("f"), "/up/f", choice);
        client.until("the end", |client| {
            let rows = client.rows();
            (rows.len() == 2 && rows.iter().all(|row| row.state.is_final())).then_some(())
        });
        let skipped = client.rows().iter().filter(|row| row.state == TransferState::Skipped(SkipReason::Exists)).count();
        assert_eq!(skipped, if choice == OnExists::Skip { 2 } else { 0 });
        let there: Vec<_> = names(&down).into_iter().map(|name| (fs::read(down.join(&name)).unwrap(), name)).collect();
        let wanted: Vec<_> = expected.iter().map(|(name, bytes)| (bytes.to_vec(), (*name).to_owned())).collect();
        assert!(there == wanted, "{choice:?}: {:?}", names(&down));
        let there = server.with(|shelf| {
            let inside = |path: &str| path.strip_prefix("/up/").map(str::to_owned);
            shelf.files.iter().filter_map(|(path, bytes)| inside(path).map(|name| (bytes.clone(), name))).collect::<Vec<_>>()
        });
        assert!(there == wanted, "{choice:?} on the server\n{:#?}", client.story());
        // The download compares all that is there, and so begins at the start.
        let restarts = if choice == OnExists::Resume { 1 } else { 0 };
        assert_eq!(server.count("REST 2000"), restarts, "{choice:?}");
    }
}

#[test]
fn one_answer_for_all_serves_all_and_cancel_leaves_its_item_as_it_is() {
    let server = Server::start(&[("/a", b"1"), ("/b", b"2"), ("/c", b"3"), ("/d", b"4")]);
    let folder = tempfile::tempdir().unwrap();
    for name in ["a", "b", "c", "d"] {
        fs::write(folder.path().join(name), b"old").unwrap();
    }
    let mut client = Client::moored(&server);
    client.get("/a", &folder.path().join("a"), OnExists::Ask);
    let (id, _) = client.asked();
    client.answer(id, Answer::Cancel);
    assert_eq!(client.ended("/a"), TransferState::Skipped(SkipReason::Declined), "a person's no is no failure");
    assert_eq!(fs::read(folder.path().join("a")).unwrap(), b"old");
    assert_eq!(client.engine.queue().summary().failed, 0);
    for name in ["b", "c", "d"] {
        client.get(&format!("/{name}"), &folder.path().join(name), OnExists::Ask);
    }
    let (id, question) = client.asked();
    assert!(matches!(question, Question::Exists { direction: Direction::Download, .. }));
    client.answer(id, Answer::Exists { choice: OnExists::Overwrite, scope: Scope::Session });
    for name in ["/b", "/c", "/d"] {
        client.done(name);
    }
    assert!(!client.events.iter().any(|event| matches!(event.body, EventBody::Asked { .. })), "it was asked twice");
    assert_eq!(fs::read(folder.path().join("d")).unwrap(), b"4");
    assert_eq!(fs::read(folder.path().join("a")).unwrap(), b"old");
}

#[test]
fn the_question_of_a_cancelled_item_is_withdrawn_and_the_next_one_asked() {
    let server = Server::start(&[("/a", b"1"), ("/b", b"2")]);
    let folder = tempfile::tempdir().unwrap();
    for name in ["a", "b"] {
        fs::write(folder.path().join(name), b"old").unwrap();
    }
    let mut client = Client::moored(&server);
    client.get("/a", &folder.path().join("a"), OnExists::Ask);
    let (first, question) = client.asked();
    let Question::Exists { transfer, .. } = question else { panic!("{question:?}") };
    client.get("/b", &folder.path().join("b"), OnExists::Ask);
    client.engine.send(Command::Cancel { ids: vec![transfer].into() });
    client.hear("withdrawn", |body| matches!(body, EventBody::Withdrawn { id } if *id == first).then_some(()));
    let (second, _) = client.asked();
    // Another session takes the place of this one: its questions are void too.
    client.connect(server.port());
    client.hear("withdrawn", |body| matches!(body, EventBody::Withdrawn { id } if *id == second).then_some(()));
}

#[test]
fn a_refused_rest_leaves_a_persons_file_until_the_new_one_is_there() {
    let source = bytes(300_000);
    let server = Server::start(&[("/f", &source)]);
    let folder = tempfile::tempdir().unwrap();
    let local = folder.path().join("f");
    fs::write(&local, &source[..100_000]).unwrap();
    server.with(|shelf| {
        shelf.no_rest = true;
        shelf.stall = Some(100_000);
    });
    let mut client = Client::moored(&server);
    client.get("/f", &local, OnExists::Resume);
    server.until(|shelf| shelf.stalled == 1);
    assert_eq!(fs::metadata(&local).unwrap().len(), 100_000, "it was truncated");
    server.with(|shelf| shelf.stall = None);
    client.done("/f");
    assert!(fs::read(&local).unwrap() == source);
}

#[test]
fn a_file_that_comes_under_the_targets_name_meanwhile_is_not_overwritten() {
    let server = Server::start(&[("/f", &bytes(300_000))]);
    let folder = tempfile::tempdir().unwrap();
    let local = folder.path().join("f");
    server.with(|shelf| shelf.stall = Some(100_000));
    let mut client = Client::moored(&server);
    client.get("/f", &local, OnExists::Ask);
    server.until(|shelf| shelf.stalled == 1);
    fs::write(&local, b"somebody's").unwrap();
    server.with(|shelf| shelf.stall = None);
    assert_eq!(client.failed("/f").kind, ProblemKind::Local);
    assert_eq!(fs::read(&local).unwrap(), b"somebody's");
}

#[test]
fn an_upload_onto_an_existing_file_never_loses_the_old_one() {
    let folder = tempfile::tempdir().unwrap();
    let local = folder.path().join("f");
    fs::write(&local, b"new").unwrap();
    let server = Server::start(&[("/f", b"old"), ("/f.part", b"somebody's")]);
    server.with(|shelf| shelf.no_rename = true);
    let mut client = Client::moored(&server);
    client.put(&local, "/f", OnExists::Overwrite);
    client.failed("/f");
    assert_eq!(server.file("/f").unwrap(), b"old");
    assert_eq!(server.file("/f.part").unwrap(), b"somebody's");
    server.with(|shelf| {
        shelf.no_rename = false;
        shelf.no_rename_over = true;
    });
    client.retry();
    client.done("/f");
    let left: Vec<_> = server.with(|shelf| shelf.files.keys().cloned().collect());
    assert_eq!(left, ["/f", "/f.part"]);
    assert_eq!(server.file("/f").unwrap(), b"new");
}

#[test]
fn a_cancelled_download_leaves_nothing_and_a_held_queue_moves_nothing() {
    let large = bytes(300_000);
    let server = Server::start(&[("/a", &large), ("/b", &large)]);
    let folder = tempfile::tempdir().unwrap();
    server.with(|shelf| shelf.stall = Some(100_000));
    let mut client = Client::moored(&server);
    client.get("/a", &folder.path().join("a"), OnExists::Ask);
    client.get("/b", &folder.path().join("b"), OnExists::Ask);
    let first = client.row("/a", |row| row.moved == 100_000);
    let second = client.row("/b", |row| row.moved == 100_000);
    // Cancelled and paused in one breath: what goes further counts.
    client.engine.send(Command::Cancel { ids: vec![first.id].into() });
    client.engine.send(Command::Pause { ids: vec![first.id, second.id].into() });
    client.row("/b", |row| row.state == TransferState::Paused);
    client.until("gone", |client| (client.rows().len() == 1).then_some(()));
    client.engine.send(Command::HoldQueue { held: true });
    client.engine.send(Command::Resume { ids: vec![second.id].into() });
    client.row("/b", |row| row.state == TransferState::Queued);
    server.with(|shelf| shelf.stall = None);
    client.engine.send(Command::HoldQueue { held: false });
    client.done("/b");
    assert!(fs::read(folder.path().join("b")).unwrap() == large);
    assert_eq!(names(folder.path()), ["b"]);
}

#[test]
fn cancelling_a_paused_download_takes_its_part_away() {
    let server = Server::start(&[("/a", &bytes(300_000))]);
    let folder = tempfile::tempdir().unwrap();
    server.with(|shelf| shelf.stall = Some(100_000));
    let mut client = Client::moored(&server);
    client.get("/a", &folder.path().join("a"), OnExists::Ask);
    let row = client.row("/a", |row| row.moved == 100_000);
    client.engine.send(Command::Pause { ids: vec![row.id].into() });
    client.row("/a", |row| row.state == TransferState::Paused);
    assert_eq!(names(folder.path()), ["a.part"]);
    client.engine.send(Command::Cancel { ids: vec![row.id].into() });
    client.until("gone", |client| client.rows().is_empty().then_some(()));
    // The engine's end waits for what its threads still have to do.
    drop(client);
    assert!(names(folder.path()).is_empty());
}

#[test]
fn a_leave_when_the_queue_is_done_quits_only_behind_the_last_226() {
    let large = bytes(300_000);
    let server = Server::start(&[("/a", &large), ("/b", &large), ("/c", &large), ("/d", &large)]);
    let folder = tempfile::tempdir().unwrap();
    server.with(|shelf| shelf.stall = Some(100_000));
    let mut client = Client::moored(&server);
    for name in ["a", "b", "c", "d"] {
        client.get(&format!("/{name}"), &folder.path().join(name), OnExists::Ask);
    }
    server.until(|shelf| shelf.stalled == 2);
    client.engine.send(Command::Disconnect { when: DisconnectWhen::QueueDone });
    client.until("leaving", |client| matches!(client.session.phase, Phase::Leaving(_)).then_some(()));
    assert_eq!(server.count("QUIT"), 0);
    server.with(|shelf| shelf.stall = None);
    client.left();
    assert_eq!(names(folder.path()), ["a", "b", "c", "d"]);
    server.until(|shelf| shelf.logged_in == 0);
    let commands = server.with(|shelf| shelf.commands.clone());
    let last = commands.iter().rposition(|line| line.starts_with("RETR"));
    let quit = commands.iter().position(|line| line == "QUIT");
    assert!(last.is_some() && last < quit, "{commands:#?}");
}

#[test]
fn a_leave_after_these_files_ends_them_also_without_the_browsing_connection() {
    let large = bytes(300_000);
    let server = Server::start(&[("/a", &large), ("/b", &large), ("/c", &large)]);
    let folder = tempfile::tempdir().unwrap();
    server.with(|shelf| shelf.stall = Some(100_000));
    let mut client = Client::moored(&server);
    for name in ["a", "b", "c"] {
        client.get(&format!("/{name}"), &folder.path().join(name), OnExists::Ask);
    }
    server.until(|shelf| shelf.stalled == 2);
    client.engine.send(Command::Disconnect { when: DisconnectWhen::FilesDone });
    client.until("leaving", |client| matches!(client.session.phase, Phase::Leaving(_)).then_some(()));
    server.cut(0, "");
    server.with(|shelf| shelf.stall = None);
    client.left();
    let states: Vec<_> =
        client.rows().into_iter().map(|row| (row.remote.to_string(), matches!(row.state, TransferState::Done(_)))).collect();
    assert_eq!(states.iter().filter(|(_, done)| *done).count(), 2, "{states:?}\n{:#?}", client.story());
    assert_eq!(client.row("/c", |_| true).state, TransferState::Queued);
}

#[test]
fn a_leave_now_keeps_what_has_arrived() {
    let large = bytes(300_000);
    let server = Server::start(&[("/a", &large)]);
    let folder = tempfile::tempdir().unwrap();
    server.with(|shelf| shelf.stall = Some(100_000));
    let mut client = Client::moored(&server);
    client.get("/a", &folder.path().join("a"), OnExists::Ask);
    client.row("/a", |row| row.moved == 100_000);
    client.engine.send(Command::Disconnect { when: DisconnectWhen::Now });
    client.left();
    assert_eq!(client.row("/a", |_| true).state, TransferState::Queued);
    server.with(|shelf| shelf.stall = None);
    client.connect(server.port());
    client.done("/a");
    assert_eq!(server.count("REST 34464"), 1, "{:#?}", client.story());
    assert!(fs::read(folder.path().join("a")).unwrap() == large);
}

#[test]
fn permissions_reach_everything_inside_a_folder_that_they_close() {
    let inside = |which, enterable| Some(Inside { which, enterable });
    type Modes = &'static [(&'static str, u32)];
    let table: [(u32, Option<Inside>, Modes); 6] = [
        (0o644, None, &[("/d", 0o644)]),
        (0o644, inside(Which::All, true), &[("/d", 0o755), ("/d/deep", 0o755), ("/d/deep/two", 0o644), ("/d/one", 0o644)]),
        (0o644, inside(Which::All, false), &[("/d", 0o644), ("/d/deep", 0o644), ("/d/deep/two", 0o644), ("/d/one", 0o644)]),
        (0o600, inside(Which::Files, true), &[("/d/deep/two", 0o600), ("/d/one", 0o600)]),
        (0o750, inside(Which::Folders, true), &[("/d", 0o750), ("/d/deep", 0o750)]),
        (0o200, inside(Which::Folders, true), &[("/d", 0o200), ("/d/deep", 0o200)]),
    ];
    for (mode, inside, expected) in table {
        let server = Server::start(&[("/d/one", b"1"), ("/d/deep/two", b"22"), ("/kept", b"k")]);
        let mut client = Client::moored(&server);
        client.engine.send(Command::Change(Change::SetMode { paths: vec![path("/d")], mode, inside }));
        if inside.is_some() {
            let words = client.hear("how many", |body| match body {
                EventBody::Notice(words) => Some(words.clone()),
                EventBody::Trouble(problem) => panic!("{mode:o} {inside:?}: {problem:?}"),
                _ => None,
            });
            let folders = expected.iter().filter(|(path, _)| !path.contains("one") && !path.contains("two")).count();
            let told = (expected.len() - folders, folders);
            let said = match told {
                (2, 2) => "2 files and 2 folders",
                (2, 0) => "2 files and 0 folders",
                _ => "0 files and 2 folders",
            };
            assert_eq!(words, format!("Changed the permissions of {said}."));
        } else {
            server.until(|shelf| !shelf.modes.is_empty());
        }
        let modes: Vec<(String, u32)> = server.with(|shelf| shelf.modes.clone().into_iter().collect());
        let modes: Vec<(&str, u32)> = modes.iter().map(|(path, mode)| (path.as_str(), *mode)).collect();
        assert_eq!(modes, expected, "{mode:o} {inside:?}");
    }
}

#[test]
fn a_deletion_is_counted_and_asked_about() {
    let server = Server::start(&[("/d/one", b"1"), ("/d/deep/two", b"22"), ("/kept", b"k")]);
    let mut client = Client::moored(&server);
    let delete = || Command::Change(Change::Delete { places: vec![Place::Remote(path("/d"))], removal: Removal::ForGood });
    client.engine.send(delete());
    let (id, question) = client.asked();
    assert!(matches!(question, Question::Delete { files: 2, folders: 2, bytes: 3, .. }), "{question:?}");
    client.answer(id, Answer::Cancel);
    client.engine.send(delete());
    let (id, _) = client.asked();
    assert_eq!(server.count("DELE"), 0, "the first answer was no");
    client.answer(id, Answer::Confirm);
    client.hear("a notice", |body| matches!(body, EventBody::Notice(_)).then_some(()));
    let left: Vec<_> = server.with(|shelf| shelf.files.keys().cloned().collect());
    assert_eq!(left, ["/kept"]);
}

#[test]
fn a_rename_onto_an_existing_file_is_refused_before_it_is_sent() {
    let server = Server::start(&[("/a", b"1"), ("/b", b"2")]);
    let mut client = Client::moored(&server);
    client.engine.send(Command::Change(Change::Rename { place: Place::Remote(path("/a")), name: "b".into() }));
    assert_eq!(client.trouble().kind, ProblemKind::Name);
    assert_eq!((server.count("RNFR"), server.file("/b").unwrap()), (0, b"2".to_vec()));
    client.engine.send(Command::Change(Change::Rename { place: Place::Remote(path("/a")), name: "c".into() }));
    server.until(|shelf| shelf.files.contains_key("/c"));
}

#[test]
fn a_kept_queue_is_resumed_by_the_next_engine() {
    let large = bytes(300_000);
    let server = Server::start(&[("/a", &large)]);
    let folder = tempfile::tempdir().unwrap();
    let home = tempfile::tempdir().unwrap();
    let options = || Options { places: Some(Places::in_folder(home.path())), keyring: false, keep_queue: true };
    server.with(|shelf| shelf.stall = Some(100_000));
    let mut client = Client::start(options());
    client.connect(server.port());
    client.moor();
    client.get("/a", &folder.path().join("a"), OnExists::Ask);
    client.row("/a", |row| row.moved == 100_000);
    drop(client);
    server.with(|shelf| shelf.stall = None);
    let mut client = Client::start(options());
    client.row("/a", |row| row.state == TransferState::Queued);
    client.connect(server.port());
    client.done("/a");
    assert_eq!(server.count("REST 34464"), 1, "{:#?}", client.story());
    assert!(fs::read(folder.path().join("a")).unwrap() == large);
}
