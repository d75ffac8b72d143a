//! Kill -9 at random moments of a running queue: what was proven stays proven, everything else arrives, nothing is left behind.
//!
//! The engine runs in a child process: this test program again, told by the environment to be the child. A round is a
//! queue of 2,000 files, half up and half down; rounds follow each other until `MOORLINE_KILLS` kills are through (18
//! without it). The seed is printed and can be given as `MOORLINE_SEED`.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

#[path = "kill/replaced.rs"]
mod replaced;
mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command as Process, ExitStatus, Stdio};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use moorline::engine::handle::{Engine, Options, Waker};
use moorline::engine::{Answer, Command, EventBody, Question};
use moorline::model::address::AddressPath;
use moorline::model::conflict::OnExists;
use moorline::model::entry::Precision;
use moorline::model::path::RemotePath;
use moorline::model::secret::Secret;
use moorline::model::site::{Encryption, Site, SiteId};
use moorline::model::transfer::{Direction, Priority, QueueTab, TransferState};
use moorline::store::places::Places;
use moorline::store::queue::{Change, QueueJournal, SavedItem, SavedState};
use support::servers::{Kind, PASSWORD, Server, Setup, Tls, USER};
use support::tree;

/// The queue as it is saved.
type Items = BTreeMap<u64, SavedItem>;

/// The child's home, given by the environment; without it the child's test does nothing.
const HOME: &str = "MOORLINE_KILL_HOME";
/// The server's port.
const PORT: &str = "MOORLINE_KILL_PORT";
/// Given when it is to be under TLS.
const TLS: &str = "MOORLINE_KILL_TLS";
const SITE: &str = "kill";
/// Files each way.
const FILES: usize = 1000;
/// Kills in one round at most: then the queue is left to finish.
const KILLS_A_ROUND: usize = 40;

struct Silent;

impl Waker for Silent {
    fn wake(&self) {}
}

/// The engine that is killed: takes the queue up again and ends when it is done.
#[test]
fn child() {
    let Some(home) = env::var_os(HOME) else { return };
    let port = env::var(PORT).unwrap().parse().unwrap();
    let options = Options { places: Some(Places::in_folder(Path::new(&home))), keyring: false, keep_queue: true };
    let engine = Engine::start(options, Arc::new(Silent)).unwrap();
    let mut site = Site::new(SiteId(SITE.into()), "Kill", "127.0.0.1");
    site.port = Some(port);
    site.encryption = if env::var_os(TLS).is_some() { Encryption::Explicit } else { Encryption::Plain };
    site.user = USER.into();
    let start = AddressPath::Relative(String::new());
    engine.send(Command::Connect { site: Box::new(site), password: Some(Secret::new(PASSWORD)), start });
    // Events come as long as the queue does anything; the queue itself is what tells the end.
    let mut restored = false;
    loop {
        if let Some(event) = engine.wait_event(Duration::from_millis(20)) {
            match event.body {
                EventBody::Asked { id, question: Question::Certificate { .. } } if env::var_os(TLS).is_some() => {
                    engine.send(Command::Answer { question: id, answer: Answer::TrustOnce });
                }
                EventBody::Asked { question, .. } => panic!("an unexpected question: {question:?}"),
                EventBody::Trouble(problem) => eprintln!("trouble: {}", problem.sentence()),
                _ => {}
            }
        }
        let summary = engine.queue().summary();
        restored |= summary.is_pending();
        let failed = engine.queue().rows(QueueTab::Failed, 0, 5);
        assert!(failed.is_empty(), "failed: {failed:#?}");
        let paused = engine.queue().rows(QueueTab::Queued, 0, 1);
        assert!(paused.iter().all(|row| row.state != TransferState::Paused), "held for want of a word: {paused:#?}");
        if restored && !summary.is_pending() {
            return;
        }
    }
}

/// An item that waits.
fn item(id: u64, direction: Direction, local: &Path, remote: &str) -> SavedItem {
    SavedItem {
        id,
        site: SiteId(SITE.into()),
        direction,
        local: local.to_owned(),
        remote: RemotePath::parse(remote).unwrap(),
        is_folder: Some(false),
        from_folder: false,
        on_exists: OnExists::Overwrite,
        batch: 0,
        state: SavedState::Queued,
        moved: 0,
        size: None,
        modified: None,
        precision: Precision::Second,
        part: None,
        is_new: false,
        ranges: None,
        tries: 0,
        priority: Priority::Normal,
        place: None,
        basis: None,
    }
}

/// Makes a saved queue in a home.
fn save(home: &Path, items: impl IntoIterator<Item = SavedItem>) {
    let (mut journal, ..) = QueueJournal::open::<Items>(&Places::in_folder(home));
    items.into_iter().for_each(|item| journal.append(&Change::Put(item)).unwrap());
    journal.flush().unwrap();
}

/// The saved queue of a home. Reads a copy: opening repairs.
fn saved(home: &Path) -> Items {
    let copy = tempfile::tempdir().unwrap();
    fs::create_dir(copy.path().join("state")).unwrap();
    fs::copy(home.join("state/queue.journal"), copy.path().join("state/queue.journal")).unwrap();
    QueueJournal::open::<Items>(&Places::in_folder(copy.path())).1
}

/// The engine, with the queue of a home.
fn start(home: &Path, server: &Server) -> Child {
    process(home, server).spawn().unwrap()
}

fn process(home: &Path, server: &Server) -> Process {
    let mut process = Process::new(env::current_exe().unwrap());
    process.args(["--exact", "child", "--nocapture"]).stdout(Stdio::null());
    process.env(HOME, home).env(PORT, server.address().port().to_string());
    process
}

/// One round's folders and its queue.
struct Round {
    home: tempfile::TempDir,
    up: PathBuf,
    back: PathBuf,
}

impl Round {
    /// Plants both trees and a saved queue of two folders, one each way.
    fn new(server: &Server, number: u64, folders: usize, files: usize) -> Self {
        let home = tempfile::tempdir().unwrap();
        let (up, back) = (home.path().join("up"), home.path().join("back"));
        let there = server.root().join(format!("down {number}"));
        tree::plant(&up, folders, files);
        tree::plant(&there, folders, files);
        let folder = |id, direction, local: &Path, remote: String| SavedItem {
            is_folder: Some(true),
            ..item(id, direction, local, &remote)
        };
        let up_there = folder(1, Direction::Upload, &up, format!("/up {number}"));
        save(home.path(), [up_there, folder(2, Direction::Download, &back, format!("/down {number}"))]);
        Self { home, up, back }
    }

    /// The remote paths that the journal still has to move.
    fn pending(&self) -> (BTreeSet<String>, Vec<String>) {
        let items = saved(self.home.path());
        let (folders, files): (Vec<_>, Vec<_>) = items.into_values().partition(|item| item.is_folder == Some(true));
        let mut names = files.iter().map(|item| logged(&item.remote.to_string())).collect::<Vec<_>>();
        let count = names.len();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), count, "the queue has a file twice");
        (names.into_iter().collect(), folders.iter().map(|item| logged(&format!("{}/", item.remote))).collect())
    }
}

/// The remote files that a stretch of vsftpd's log was asked to move, in one direction or the other.
fn asked_for(log: &str) -> impl Iterator<Item = String> {
    log.lines().filter_map(|line| {
        let command = line.split_once("FTP command: Client \"")?.1.split_once("\", \"")?.1.strip_suffix('"')?;
        let path = ["STOR ", "RETR ", "APPE "].iter().find_map(|verb| command.strip_prefix(verb))?;
        let path = path.strip_suffix(".part").unwrap_or(path);
        Some(logged(path))
    })
}

/// A name as vsftpd's log has it: bytes beyond ASCII are masked.
fn logged(name: &str) -> String {
    name.chars().map(|letter| if letter.is_ascii() { letter } else { '?' }).collect::<String>().replace('?', "")
}

fn number(name: &str, otherwise: u64) -> u64 {
    env::var(name).ok().map_or(otherwise, |text| text.parse().unwrap())
}

#[test]
fn a_killed_queue_comes_back_and_nothing_is_sent_twice() {
    let name = "kill::a_killed_queue_comes_back_and_nothing_is_sent_twice";
    let Some(server) = Server::start_or_skip(name, Kind::Vsftpd, &Setup::default()) else { return };
    kill_rounds(&server, number("MOORLINE_KILLS", 18), (30, FILES), |home| process(home, &server));
}

/// Under TLS bytes are on their way in the library too, and a connection that ends without a word is one that was cut.
#[test]
fn a_queue_that_is_killed_under_tls_comes_back_and_nothing_is_sent_twice() {
    let name = "kill::a_queue_that_is_killed_under_tls_comes_back_and_nothing_is_sent_twice";
    let setup = Setup { tls: Tls::Required, ..Setup::default() };
    let Some(server) = Server::start_or_skip(name, Kind::Vsftpd, &setup) else { return };
    kill_rounds(&server, number("MOORLINE_KILLS", 18).div_ceil(4), (8, FILES / 5), |home| {
        let mut process = process(home, &server);
        process.env(TLS, "1");
        process
    });
    assert!(server.log_text().contains("\"PROT P\""), "it was not under TLS");
}

/// Rounds of a queue of so many folders and files each way until so many kills are through.
fn kill_rounds(server: &Server, wanted: u64, (folders, files): (usize, usize), process: impl Fn(&Path) -> Process) {
    let seed = number("MOORLINE_SEED", 2280);
    println!("{wanted} kills, seed {seed}");
    let mut random = fastrand::Rng::with_seed(seed);
    let (mut kills, mut rounds) = (0, 0);
    while kills < wanted {
        rounds += 1;
        assert!(rounds <= 10 * (1 + wanted), "the queue ends before it can be killed");
        let round = Round::new(server, rounds, folders, files);
        let ended = run(&round, server, &process, &mut random, wanted, &mut kills);
        assert!(ended.is_none_or(|status| status.success()), "round {rounds}, seed {seed}: it did not come to its end: {ended:?}");
        tree::assert_same(&round.up, &server.root().join(format!("up {rounds}")));
        tree::assert_same(&server.root().join(format!("down {rounds}")), &round.back);
        println!("round {rounds}: {kills} kills so far, both trees are the same");
    }
}

/// Kills and restarts until the queue is done; how the last process ended, none when it was killed with nothing left to do.
fn run(
    round: &Round,
    server: &Server,
    process: &impl Fn(&Path) -> Process,
    random: &mut fastrand::Rng,
    wanted: u64,
    kills: &mut u64,
) -> Option<ExitStatus> {
    let mut proven: Option<(BTreeSet<String>, Vec<String>)> = None;
    let mut seen = server.log_text().len();
    for attempt in 0.. {
        let mut child = process(round.home.path()).spawn().unwrap();
        let killed = attempt < KILLS_A_ROUND && *kills < wanted;
        if killed {
            // Not to wait for something: the moment itself is what the test is about.
            thread::sleep(Duration::from_millis(random.u64(30..700)));
            child.kill().unwrap();
        }
        let status = child.wait().unwrap();
        let log = server.log_text();
        if let Some((files, folders)) = &proven {
            for path in asked_for(&log[seen..]) {
                let is_pending = files.contains(&path) || folders.iter().any(|folder| path.starts_with(folder.as_str()));
                assert!(is_pending, "{path} was proven in the journal and is sent again, kill {kills}");
            }
        }
        seen = log.len();
        if status.code().is_some() {
            return Some(status);
        }
        let pending = round.pending();
        if pending.0.is_empty() && pending.1.is_empty() {
            // It was through before it was killed, which is no kill of a queue; another process would wait for one.
            return None;
        }
        *kills += 1;
        proven = Some(pending);
    }
    unreachable!("the last attempt is not killed")
}

/// A large file comes in ranges over several connections: then the length of what is there tells nothing, and what the journal
/// says of each range has to be true at any moment.
#[test]
fn a_killed_large_file_goes_on_in_its_ranges() {
    const SIZE: usize = 80 << 20;
    let name = "kill::a_killed_large_file_goes_on_in_its_ranges";
    // A second connection comes when the first was watched for two seconds.
    let setup = Setup { bytes_per_second: Some(8 << 20), ..Setup::default() };
    let Some(server) = Server::start_or_skip(name, Kind::Vsftpd, &setup) else { return };
    let seed = number("MOORLINE_SEED", 2280);
    println!("seed {seed}");
    let mut random = fastrand::Rng::with_seed(seed);
    let mut content = vec![0; SIZE];
    random.fill(&mut content);
    fs::write(server.root().join("large.bin"), &content).unwrap();
    let home = tempfile::tempdir().unwrap();
    let back = home.path().join("back");
    fs::create_dir(&back).unwrap();
    let large = item(1, Direction::Download, &back.join("large.bin"), "/large.bin");
    save(home.path(), [SavedItem { size: Some(SIZE as u64), ..large }]);
    let (mut in_ranges, mut there, mut seen) = (0, 0, 0);
    for attempt in 0.. {
        let mut child = start(home.path(), &server);
        if attempt < 4 {
            // Not to wait for something: the moment itself is what the test is about.
            thread::sleep(Duration::from_millis(random.u64(2_300..4_500)));
            child.kill().unwrap();
        }
        let status = child.wait().unwrap();
        if attempt > 0 {
            let log = server.log_text();
            let goes_on = log[seen..].lines().any(|line| line.contains("\"REST ") && !line.contains("\"REST 0\""));
            assert!(goes_on, "attempt {attempt} began anew");
        }
        seen = server.log_text().len();
        if status.code().is_some() {
            assert!(status.success(), "the file did not come to its end: {status}, seed {seed}");
            break;
        }
        let Some(item) = saved(home.path()).remove(&1) else {
            // A fast machine was through a moment before the end of it.
            assert!(back.join("large.bin").exists(), "an item that is not through is lost");
            break;
        };
        let ranges = item.ranges.unwrap_or_default();
        let written: u64 = ranges.iter().map(|[start, written, _]| written - start).sum();
        println!("attempt {attempt}: {ranges:?}");
        assert!(written >= there, "what was there is lost: {written} of {there} bytes");
        (in_ranges, there) = (in_ranges + usize::from(ranges.len() > 1), written);
    }
    assert!(in_ranges > 0, "it never came in ranges");
    assert!(fs::read(back.join("large.bin")).unwrap() == content, "it is another file, seed {seed}");
    let left: Vec<_> = fs::read_dir(&back).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, ["large.bin"]);
}
