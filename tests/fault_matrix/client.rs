//! One cell of the matrix: an engine, a harbour, a fault, and what came of it.

use std::path::Path;
use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};

use moorline::engine::{Answer, Command, Engine, Event, EventBody, Options, Question, Waker};
use moorline::model::address::AddressPath;
use moorline::model::chosen::Chosen;
use moorline::model::conflict::{OnExists, Scope};
use moorline::model::path::RemotePath;
use moorline::model::problem::ProblemKind;
use moorline::model::resume::WhenChanged;
use moorline::model::secret::Secret;
use moorline::model::session::{DisconnectWhen, Phase, SessionView};
use moorline::model::settings::Settings;
use moorline::model::site::{Encryption, KeepAlive, Site, SiteId};
use moorline::model::transfer::{Direction, Job, QueueTab, TransferRow, TransferState};
use tokio::runtime::Runtime;

use crate::Case;
use crate::support::bell::Bell;
use crate::support::harbour::{Harbour, Stage, Strike};

/// Nothing takes that long unless it hangs.
const PATIENCE: Duration = Duration::from_secs(60);

/// What the session is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    Browse,
    Upload,
    Download,
}

/// What came of a case, before everything was put right again.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// As if nothing had been: no banner, no failed item.
    Smooth,
    /// The session stands, and a problem was told.
    Told,
    /// A listing that was cut short was shown: over plain FTP an early end with a 226 looks like a shorter folder.
    Unseen,
    /// The password was asked for again.
    AskedAgain,
    /// The session was lost, with this code in the banner.
    Lost(Option<u16>),
    /// The item failed, with the server's own words.
    FailedInWords,
    /// The session was left in time.
    Left,
}

/// The servers of all cases run here.
static RUNTIME: LazyLock<Runtime> =
    LazyLock::new(|| tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap());

struct Client {
    engine: Engine,
    bell: Arc<Bell>,
    session: SessionView,
    events: Vec<EventBody>,
    /// The banner's code of the first loss.
    lost: Option<Option<u16>>,
    asked_again: bool,
    /// A folder was shown that lacked names, and nothing was said.
    unseen: bool,
}

impl Client {
    fn start() -> Self {
        let bell = Arc::new(Bell::default());
        let options = Options { places: None, keyring: false, keep_queue: false };
        let engine = Engine::start(options, Arc::clone(&bell) as Arc<dyn Waker>).unwrap();
        // A second is the shortest patience that the settings have room for.
        let settings = Settings { timeout_seconds: 1, ..Settings::default() };
        engine.send(Command::SaveSettings { was: None, settings: Box::new(settings) });
        Self { engine, bell, session: SessionView::default(), events: Vec::new(), lost: None, asked_again: false, unseen: false }
    }

    fn connect(&self, port: u16, tls: bool) {
        let mut site = Site::new(SiteId("test".into()), "Test", "127.0.0.1");
        site.port = Some(port);
        site.encryption = if tls { Encryption::Explicit } else { Encryption::Plain };
        site.user = "anna".into();
        site.keep_alive = KeepAlive::Off;
        site.connections = 1;
        let start = AddressPath::Absolute("/data".into());
        self.engine.send(Command::Connect { site: Box::new(site), password: Some(Secret::new("secret")), start });
    }

    /// Takes an event in: questions are answered, and a lost session is called back.
    fn take(&mut self, event: Event) {
        match &event.body {
            EventBody::Session(session) => {
                let was = std::mem::replace(&mut self.session, (**session).clone()).phase;
                let is_lost = matches!(self.session.phase, Phase::Adrift { .. } | Phase::Stranded { .. } | Phase::Resting { .. });
                if is_lost && was != self.session.phase {
                    let banner =
                        self.session.banner.as_ref().unwrap_or_else(|| panic!("lost without a banner: {:#?}", self.story()));
                    assert!(!banner.headline.is_empty());
                    self.lost.get_or_insert(banner.code);
                    self.engine.send(Command::ReconnectNow);
                }
            }
            EventBody::Asked { id, question } => {
                let answer = match question {
                    Question::Certificate { .. } => Answer::TrustOnce,
                    Question::Password { .. } => {
                        self.asked_again = true;
                        Answer::Password { password: Secret::new("secret"), remember: false }
                    }
                    Question::Exists { .. } => Answer::Exists { choice: OnExists::Overwrite, scope: Scope::File },
                    Question::Changed { .. } => Answer::Changed(WhenChanged::Anew),
                    Question::Master { .. }
                    | Question::Delete { .. }
                    | Question::Trash { .. }
                    | Question::Discard { .. }
                    | Question::Power { .. }
                    | Question::Saved { .. } => Answer::Cancel,
                };
                self.engine.send(Command::Answer { question: *id, answer });
            }
            _ => {}
        }
        self.events.push(event.body);
    }

    /// Takes events in until there is what is looked for.
    fn until<R>(&mut self, what: &str, mut look: impl FnMut(&mut Self) -> Option<R>) -> R {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let heard = self.bell.heard();
            while let Some(event) = self.engine.next_event() {
                self.take(event);
            }
            if let Some(found) = look(self) {
                return found;
            }
            let rang = self.bell.rings_beyond(heard, deadline);
            assert!(rang, "never {what}: {:?} {:?}\n{:#?}", self.session.phase, self.states(), self.story());
        }
    }

    /// Whether the folder was listed whole while moored, of what was heard since the last look.
    fn shows(&mut self, names: &[&str]) -> Option<bool> {
        let at =
            self.events.iter().position(|body| matches!(body, EventBody::RemoteListing { path, .. } if path.as_str() == "/data"));
        let trouble = self.events.iter().position(|body| matches!(body, EventBody::RemoteTrouble { .. }));
        match (at, trouble) {
            (Some(at), None) if self.session.phase == Phase::Moored => {
                let EventBody::RemoteListing { listing, .. } = &self.events[at] else { return None };
                let mut shown: Vec<&str> = listing.entries.iter().map(|entry| entry.name.as_str()).collect();
                shown.sort_unstable();
                let is_whole = shown == names && listing.incomplete.is_none() && listing.unread.is_empty();
                self.unseen |= shown != names && listing.incomplete.is_none() && listing.unread.is_empty();
                Some(is_whole)
            }
            (_, Some(_)) if self.session.phase == Phase::Moored => Some(false),
            _ => None,
        }
    }

    /// Comes back to the folder until it is shown as it is; true when that was so at once.
    fn settle(&mut self, names: &[&str]) -> bool {
        let mut at_once = true;
        loop {
            if self.until("a folder", |client| client.shows(names)) {
                return at_once;
            }
            at_once = false;
            self.look();
        }
    }

    /// Reads the folder again.
    fn look(&mut self) {
        self.events.clear();
        self.engine.send(Command::OpenRemote { path: RemotePath::parse("/data").unwrap() });
    }

    fn rows(&self) -> Vec<TransferRow> {
        let tabs = [QueueTab::Active, QueueTab::Queued, QueueTab::Failed, QueueTab::Done];
        tabs.iter().flat_map(|tab| self.engine.queue().rows(*tab, 0, 100)).collect()
    }

    fn states(&self) -> Vec<TransferState> {
        self.rows().into_iter().map(|row| row.state).collect()
    }

    /// Waits until the queue has so many items.
    fn queued(&mut self, items: usize) {
        self.until("queued", |client| {
            let queue = client.engine.queue().summary();
            (queue.active + queue.queued + queue.failed + queue.done == items).then_some(())
        });
    }

    /// Waits until nothing in the queue moves; the items that failed.
    fn queue_ends(&mut self, items: usize) -> Vec<TransferRow> {
        self.until("the end of the queue", |client| {
            let queue = client.engine.queue().summary();
            let all = queue.active + queue.queued + queue.failed + queue.done;
            assert_eq!(all, items, "an item was lost or doubled: {queue:?}\n{:#?}", client.story());
            (queue.failed + queue.done == items).then(|| client.rows().into_iter().filter(|row| !is_done(row)).collect())
        })
    }

    fn story(&self) -> Vec<String> {
        let log = self.engine.log();
        log.lines(log.range()).into_iter().map(|line| format!("{} {:?} {}", line.connection, line.kind, line.text)).collect()
    }
}

fn is_done(row: &TransferRow) -> bool {
    matches!(row.state, TransferState::Done(_))
}

/// Bytes that a test can tell from any part of them.
fn bytes(count: usize, seed: u64) -> Vec<u8> {
    let mut bytes = vec![0; count];
    fastrand::Rng::with_seed(seed).fill(&mut bytes);
    bytes
}

/// Plays the case to its end and puts everything right again; what came of it.
pub fn play(case: Case) -> Outcome {
    let (large, small) = (bytes(200_000, 1), bytes(3_000, 2));
    let harbour = Harbour::start(RUNTIME.handle(), &[("large.bin", &large), ("small.bin", &small)]);
    let mut client = Client::start();
    let outcome = match case.mode {
        Mode::Browse => browse(case, &harbour, &mut client),
        Mode::Upload | Mode::Download => transfer(case, &harbour, &mut client, &large, &small),
    };
    assert_eq!(harbour.seen(|seen| seen.struck), 1, "the fault did not strike\n{:#?}", client.story());
    let connections = harbour.seen(|seen| seen.connections);
    assert!(connections <= 12, "{connections} connections\n{:#?}", client.story());
    outcome
}

fn browse(case: Case, harbour: &Harbour, client: &mut Client) -> Outcome {
    let names = ["large.bin", "small.bin"];
    let at_work = matches!(case.stage, Stage::Idle | Stage::Quit);
    if !at_work || case.stage == Stage::Quit {
        harbour.arm(case.stage, case.strike, false);
    }
    client.connect(harbour.port(), case.tls);
    let mut at_once = client.settle(&names);
    if case.stage == Stage::Quit {
        client.engine.send(Command::Disconnect { when: DisconnectWhen::Now });
        client.until("left", |client| client.events.iter().any(|body| matches!(body, EventBody::Left)).then_some(()));
        return Outcome::Left;
    }
    if case.stage == Stage::Idle {
        harbour.strike_idle(case.strike);
        harbour.until_struck(RUNTIME.handle());
        // What says nothing is noticed by the next command only.
        if !matches!(case.strike, Strike::Stalls | Strike::HalfLine | Strike::Garbage) {
            client.until("lost", |client| client.lost.is_some().then_some(()));
        }
    }
    client.look();
    at_once &= client.settle(&names);
    match client.lost {
        Some(code) => Outcome::Lost(code),
        None if client.asked_again => Outcome::AskedAgain,
        None if at_once => Outcome::Smooth,
        None if client.unseen => Outcome::Unseen,
        None => Outcome::Told,
    }
}

fn transfer(case: Case, harbour: &Harbour, client: &mut Client, large: &[u8], small: &[u8]) -> Outcome {
    let folder = tempfile::tempdir().unwrap();
    client.connect(harbour.port(), case.tls);
    assert!(client.settle(&["large.bin", "small.bin"]));
    let late = matches!(case.stage, Stage::Idle | Stage::Quit);
    if !late {
        harbour.arm(case.stage, case.strike, case.stage >= Stage::Pasv);
    }
    let (direction, names) = match case.mode {
        Mode::Download => (Direction::Download, ["large.bin", "small.bin"]),
        _ => (Direction::Upload, ["new-large.bin", "new-small.bin"]),
    };
    if direction == Direction::Upload {
        std::fs::write(folder.path().join(names[0]), large).unwrap();
        std::fs::write(folder.path().join(names[1]), small).unwrap();
    }
    let jobs = names.map(|name| Job {
        direction,
        local: folder.path().join(name),
        remote: RemotePath::parse(&format!("/data/{name}")).unwrap(),
        on_exists: OnExists::Overwrite,
    });
    client.engine.send(Command::Enqueue { jobs: jobs.into() });
    client.queued(2);
    let mut failed_in_words = false;
    if late {
        assert!(client.queue_ends(2).is_empty());
        if case.stage == Stage::Idle {
            harbour.strike_idle(case.strike);
            harbour.until_struck(RUNTIME.handle());
            let again = Job {
                direction,
                local: folder.path().join(names[1]),
                remote: RemotePath::parse(&format!("/data/{}", names[1])).unwrap(),
                on_exists: OnExists::Overwrite,
            };
            client.engine.send(Command::Enqueue { jobs: vec![again] });
            client.queued(3);
        } else {
            // The browsing connection's QUIT, or the lane's: both are asked to leave.
            harbour.arm(case.stage, case.strike, false);
        }
    }
    let items = if case.stage == Stage::Idle { 3 } else { 2 };
    for round in 0.. {
        let failed = client.queue_ends(items);
        if failed.is_empty() {
            break;
        }
        assert!(round < 2, "fails again and again: {failed:?}\n{:#?}", client.story());
        for row in &failed {
            let TransferState::Failed(problem) = &row.state else { panic!("{row:?}") };
            assert_ne!(problem.kind, ProblemKind::Local, "{problem:?}");
            failed_in_words |= problem.server_words.as_deref().is_some_and(|words| words.contains("550"));
            assert!(failed_in_words, "it failed by itself: {problem:?}\n{:#?}", client.story());
            nothing_half(harbour, folder.path(), row, large, small);
        }
        client.engine.send(Command::Retry { ids: Chosen::everything(QueueTab::Failed) });
        client.until("begun again", |client| (client.engine.queue().summary().failed == 0).then_some(()));
    }
    for (name, bytes) in names.iter().zip([large, small]) {
        assert_eq!(harbour.file(name).as_deref(), Some(bytes), "{name} on the server\n{:#?}", client.story());
        assert_eq!(std::fs::read(folder.path().join(name)).unwrap(), bytes, "{name} here\n{:#?}", client.story());
    }
    let left_here: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left_here.len(), 2, "something was left behind: {left_here:?}");
    let there = harbour.seen(|seen| seen.files.keys().filter(|path| path.contains(".part")).cloned().collect::<Vec<_>>());
    assert!(there.is_empty(), "something was left behind on the server: {there:?}");
    // What came whole is proven, not sent again; an upload that lost its last byte gets that byte only.
    if case.strike == Strike::ControlFin {
        let begun = harbour.count(&format!("{} /data/{}", if direction == Direction::Upload { "STOR" } else { "RETR" }, names[0]));
        let lost_a_byte = direction == Direction::Upload && case.stage == Stage::LastByte;
        assert_eq!(begun, 1 + usize::from(lost_a_byte), "{:#?}", client.story());
    }
    assert_eq!(client.lost, None, "the browsing connection went: {:#?}", client.story());
    client.engine.send(Command::Disconnect { when: DisconnectWhen::Now });
    client.until("left", |client| client.events.iter().any(|body| matches!(body, EventBody::Left)).then_some(()));
    match case.stage {
        Stage::Quit => Outcome::Left,
        _ if failed_in_words => Outcome::FailedInWords,
        _ => Outcome::Smooth,
    }
}

/// A download that failed left nothing under its real name.
fn nothing_half(harbour: &Harbour, folder: &Path, row: &TransferRow, large: &[u8], small: &[u8]) {
    if row.direction == Direction::Download {
        let name = row.remote.name().unwrap();
        if let Ok(found) = std::fs::read(folder.join(name)) {
            assert!(found == large || found == small, "half a file under the name {name}");
        }
        assert!(harbour.file(name).is_some(), "the source is gone");
    }
}
