//! Servers that lie: each case is a lie × upload or download × plain or TLS, over the real engine, and none of them may turn green.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

#[path = "liars/gathered.rs"]
mod gathered;
#[path = "liars/server.rs"]
mod server;
mod support;

use std::panic::AssertUnwindSafe;
use std::path::Path;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use moorline::engine::{Answer, Command, Engine, EventBody, Options, Question, Waker};
use moorline::model::address::AddressPath;
use moorline::model::checksum::HashUse;
use moorline::model::conflict::OnExists;
use moorline::model::path::RemotePath;
use moorline::model::receipt::{Receipt, ReceiptId};
use moorline::model::secret::Secret;
use moorline::model::settings::Settings;
use moorline::model::site::{Encryption, KeepAlive, Site, SiteId};
use moorline::model::transfer::{Direction, Job, QueueTab, TransferState};
use moorline::store::places::Places;
use moorline::store::receipts;
use server::{Bytes, Hash, Liar, Lie, Rename, Rows, Size};
use support::bell::Bell;

/// Cases that are under way at once: most of the time they wait for their next try.
const AT_ONCE: usize = 40;
/// Nothing takes that long unless it hangs.
const PATIENCE: Duration = Duration::from_secs(300);

/// Which ways a lie can be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ways {
    Both,
    Up,
    Down,
}

/// What stands at the target before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Before {
    #[default]
    Nothing,
    /// Another file, which is replaced.
    Other,
    /// Another file of the same size, which is replaced.
    Twin,
    /// The first half of this one, which is resumed.
    Half,
}

/// One lie.
#[derive(Clone, Copy, Debug)]
struct Told {
    name: &'static str,
    lie: Lie,
    ways: Ways,
    hashes: HashUse,
    before: Before,
    /// TLS only: what it lies about does not exist without.
    tls_only: bool,
    /// The lie is found out and gone round: then the whole file arrives, and may be green.
    heals: bool,
}

#[derive(Clone, Copy, Debug)]
struct Case {
    told: Told,
    direction: Direction,
    tls: bool,
}

fn told(name: &'static str, ways: Ways, lie: Lie) -> Told {
    Told { name, lie, ways, hashes: HashUse::Off, before: Before::Nothing, tls_only: false, heals: false }
}

const HONEST: Lie = Lie {
    closing: None,
    preliminary: None,
    early: false,
    silent: false,
    bytes: Bytes::All,
    size: Size::True,
    rows: Rows::True,
    hash: Hash::Off,
    rename: Rename::True,
    vanishes: false,
    cut: false,
    forgets_offset: false,
    only: None,
};

/// A lie that is told with SIZE not known, so that the listing is asked.
fn listing(name: &'static str, rows: Rows) -> Told {
    told(name, Ways::Up, Lie { size: Size::Unknown, rows, ..HONEST })
}

fn hashed(name: &'static str, ways: Ways, hashes: HashUse, lie: Lie) -> Told {
    Told { hashes, ..told(name, ways, lie) }
}

fn replacing(name: &'static str, before: Before, lie: Lie) -> Told {
    Told { before, ..told(name, Ways::Up, lie) }
}

fn closing(name: &'static str, words: &'static str) -> Told {
    told(name, Ways::Both, Lie { closing: Some(words), ..HONEST })
}

/// All lies.
fn lies() -> Vec<Told> {
    let required = HashUse::Required;
    let offered = HashUse::WhenOffered;
    let mut lies = vec![
        // What the closing reply says.
        closing("226 that says aborted", "226 Transfer aborted. Data connection closed."),
        closing("226 that says error", "226 Closing data connection; error writing file"),
        closing("226 that says failed", "226 Transfer failed."),
        closing("226 that says interrupted", "226 Transfer interrupted by the client"),
        closing("226 with aborted in its first line", "226-File transfer aborted\r\n226 Ratio 1:1"),
        closing("250 with words of failure", "250 Transfer incomplete."),
        closing("250 that says truncated", "250 The file was truncated"),
        closing("200 in place of 226", "200 Command okay."),
        closing("225 in place of 226", "225 Data connection open; no transfer in progress."),
        closing("350 in place of 226", "350 More, please."),
        closing("426 after all bytes", "426 Connection closed; transfer aborted."),
        closing("451 after all bytes", "451 Requested action aborted: local error in processing."),
        closing("552 after all bytes", "552 Quota exceeded."),
        closing("226 and then 451", "226 Transfer complete.\r\n451 Local error: nothing was written."),
        closing("two closing replies", "226 Transfer complete.\r\n226 Transfer complete."),
        closing("226 and then 426", "226 Transfer complete.\r\n426 No, it is not."),
        told("226 in place of 150", Ways::Both, Lie { preliminary: Some("226 Transfer complete."), ..HONEST }),
        told("250 in place of 150", Ways::Both, Lie { preliminary: Some("250 Done."), ..HONEST }),
        told("150 without 226, and short", Ways::Up, Lie { silent: true, bytes: Bytes::Short(10), ..HONEST }),
        // What becomes of the bytes.
        told("226 and short", Ways::Both, Lie { bytes: Bytes::Short(10), ..HONEST }),
        told("226 and one byte short", Ways::Both, Lie { bytes: Bytes::Short(1), ..HONEST }),
        told("226 and empty", Ways::Both, Lie { bytes: Bytes::None, ..HONEST }),
        told("226 and longer", Ways::Both, Lie { bytes: Bytes::Extra, ..HONEST }),
        told("226 and doubled", Ways::Both, Lie { bytes: Bytes::Twice, ..HONEST }),
        told("226 and line ends rewritten", Ways::Both, Lie { bytes: Bytes::Mangled, ..HONEST }),
        told("226 before the data ended short", Ways::Both, Lie { early: true, bytes: Bytes::Short(10), ..HONEST }),
        told("226 before no data at all", Ways::Both, Lie { early: true, bytes: Bytes::None, ..HONEST }),
        told("the file is gone after 226", Ways::Up, Lie { vanishes: true, ..HONEST }),
        Told { tls_only: true, ..told("cut without close_notify", Ways::Down, Lie { cut: true, ..HONEST }) },
        Told {
            tls_only: true,
            ..told("cut and short without close_notify", Ways::Both, Lie { cut: true, bytes: Bytes::Short(10), ..HONEST })
        },
        Told {
            before: Before::Half,
            heals: true,
            ..told("REST confirmed and forgotten", Ways::Both, Lie { forgets_offset: true, ..HONEST })
        },
        Told { before: Before::Half, ..told("the rest is doubled", Ways::Both, Lie { bytes: Bytes::Twice, ..HONEST }) },
        // What SIZE says.
        told("SIZE larger", Ways::Up, Lie { size: Size::More, ..HONEST }),
        told("SIZE smaller", Ways::Up, Lie { size: Size::Less, ..HONEST }),
        told("SIZE is a word", Ways::Up, Lie { size: Size::Says("213 large"), ..HONEST }),
        told("SIZE is negative", Ways::Up, Lie { size: Size::Says("213 -40000"), ..HONEST }),
        told("SIZE is a fraction", Ways::Up, Lie { size: Size::Says("213 4e4"), ..HONEST }),
        told("SIZE is beyond 64 bits", Ways::Up, Lie { size: Size::Says("213 18446744073709591616"), ..HONEST }),
        told("SIZE is the greatest number", Ways::Up, Lie { size: Size::Says("213 18446744073709551615"), ..HONEST }),
        told("SIZE says nothing", Ways::Up, Lie { size: Size::Says("213"), ..HONEST }),
        told("SIZE answers out of place", Ways::Up, Lie { size: Size::Says("350 what size"), ..HONEST }),
        told(
            "SIZE is refused and the listing lacks the file",
            Ways::Up,
            Lie { size: Size::Refused, rows: Rows::Without, ..HONEST },
        ),
        told("SIZE is zero", Ways::Up, Lie { size: Size::Says("213 0"), ..HONEST }),
        // What the listing says.
        listing("listing larger", Rows::More),
        listing("listing smaller", Rows::Less),
        listing("listing without the file", Rows::Without),
        listing("listing with the name in another case", Rows::OtherCase),
        listing("listing without sizes", Rows::NoSizes),
        listing("listing with a size that is a word", Rows::Garbage),
        listing("listing truncated, and says so", Rows::Truncated),
        Told { tls_only: true, ..listing("listing cut without close_notify", Rows::Cut) },
        listing("listing with a folder of that name and size", Rows::Folder),
        listing("listing of long ago", Rows::Old),
        told(
            "listing with the file twice, the right size last",
            Ways::Up,
            Lie { size: Size::Unknown, rows: Rows::Twice(false), bytes: Bytes::Short(1), ..HONEST },
        ),
        told(
            "listing with the file twice, the right size first",
            Ways::Up,
            Lie { size: Size::Unknown, rows: Rows::Twice(true), bytes: Bytes::Short(1), ..HONEST },
        ),
        told("no size anywhere", Ways::Down, Lie { size: Size::Unknown, rows: Rows::NoSizes, ..HONEST }),
        told("listing longer than the file, SIZE too", Ways::Down, Lie { size: Size::More, rows: Rows::More, ..HONEST }),
        told("listing shorter than the file, SIZE too", Ways::Down, Lie { size: Size::Less, rows: Rows::Less, ..HONEST }),
        told("no size in the listing and a wrong SIZE", Ways::Down, Lie { size: Size::More, rows: Rows::NoSizes, ..HONEST }),
        // What a rename does.
        replacing("rename that does nothing", Before::Other, Lie { rename: Rename::Nothing, ..HONEST }),
        replacing("rename that does nothing over a file of the same size", Before::Twin, Lie { rename: Rename::Nothing, ..HONEST }),
        replacing("rename that loses the file", Before::Other, Lie { rename: Rename::Loses, ..HONEST }),
        replacing("rename that leaves half", Before::Other, Lie { rename: Rename::Halves, ..HONEST }),
    ];
    // What a checksum says.
    let both = Ways::Both;
    for (name, hash) in [
        ("checksum wrong", Hash::Wrong),
        ("checksum of the first half", Hash::Half),
        ("checksum of another range", Hash::HalfSaid),
        ("checksum of another file", Hash::OtherFile),
        ("checksum of another kind", Hash::OtherKind),
        ("checksum without digits", Hash::Garbage),
        ("checksum without words", Hash::Empty),
    ] {
        lies.push(hashed(name, both, offered, Lie { hash, ..HONEST }));
    }
    lies.extend([
        hashed("checksum required and not offered", both, required, HONEST),
        hashed("checksum required and refused", both, required, Lie { hash: Hash::Refused, ..HONEST }),
        hashed("checksum required, offered and not known", both, required, Lie { hash: Hash::Unknown, ..HONEST }),
        hashed("one bit is another", both, required, Lie { bytes: Bytes::Flipped, hash: Hash::True, ..HONEST }),
        hashed(
            "SIZE agrees with everything, and short",
            Ways::Up,
            required,
            Lie { size: Size::Echo, bytes: Bytes::Short(10), hash: Hash::True, ..HONEST },
        ),
        hashed(
            "SIZE agrees with everything, and there is no checksum",
            Ways::Up,
            required,
            Lie { size: Size::Echo, bytes: Bytes::Short(10), ..HONEST },
        ),
        hashed(
            "the listing agrees with everything, and short",
            Ways::Up,
            required,
            Lie { size: Size::Unknown, rows: Rows::Echo, bytes: Bytes::Short(10), hash: Hash::True, ..HONEST },
        ),
        hashed(
            "listing, SIZE and bytes lie alike",
            Ways::Down,
            required,
            Lie { size: Size::Less, rows: Rows::Less, bytes: Bytes::Short(7), hash: Hash::True, ..HONEST },
        ),
    ]);
    lies
}

fn cases(lies: &[Told]) -> Vec<Case> {
    let mut cases = Vec::new();
    for told in lies {
        for direction in [Direction::Upload, Direction::Download] {
            for tls in [false, true] {
                let way = match direction {
                    Direction::Upload => told.ways != Ways::Down,
                    Direction::Download => told.ways != Ways::Up,
                };
                if way && (tls || !told.tls_only) {
                    cases.push(Case { told: *told, direction, tls });
                }
            }
        }
    }
    cases
}

/// A text of 40,000 bytes with line ends, none of whose parts is like another.
fn content(seed: u64) -> Vec<u8> {
    let mut random = fastrand::Rng::with_seed(seed);
    (0..40_000).map(|at| if at % 61 == 60 { b'\n' } else { random.alphanumeric() as u8 }).collect()
}

/// What came of a case.
struct Outcome {
    state: TransferState,
    receipts: Vec<Receipt>,
    /// What stands under the target's name afterwards, here or on the server.
    target: Option<Vec<u8>>,
}

/// Plays a case to its end.
fn play(case: Case) -> Outcome {
    let whole = content(1);
    let old = match case.told.before {
        Before::Nothing => None,
        Before::Other => Some(content(2)[..30_000].to_vec()),
        Before::Twin => Some(content(2)),
        Before::Half => Some(whole[..20_000].to_vec()),
    };
    let home = tempfile::tempdir().unwrap();
    let places = Places::in_folder(&home.path().join("home"));
    let folder = home.path().join("files");
    std::fs::create_dir(&folder).unwrap();
    let local = folder.join("a file.txt");
    let remote = "/data/a file.txt";
    let liar = match case.direction {
        Direction::Upload => {
            std::fs::write(&local, &whole).unwrap();
            let there: Vec<(&str, &[u8])> = old.iter().map(|old| (remote, old.as_slice())).collect();
            Liar::start(case.told.lie, &there)
        }
        Direction::Download => {
            if let Some(old) = &old {
                std::fs::write(&local, old).unwrap();
            }
            Liar::start(case.told.lie, &[(remote, &whole)])
        }
    };
    let on_exists = if case.told.before == Before::Half { OnExists::Resume } else { OnExists::Overwrite };
    let job = Job { direction: case.direction, local: local.clone(), remote: RemotePath::parse(remote).unwrap(), on_exists };
    let state = transfer(case, &places, liar.port(), job);
    let mut written = Vec::new();
    receipts::read(&places, ReceiptId(0), |receipt| {
        written.push(receipt);
        std::ops::ControlFlow::Continue(())
    })
    .unwrap();
    let target = match case.direction {
        Direction::Upload => liar.file(remote),
        Direction::Download => std::fs::read(&local).ok(),
    };
    Outcome { state, receipts: written, target }
}

/// Runs one job in an engine of its own until nothing more happens to it.
fn transfer(case: Case, places: &Places, port: u16, job: Job) -> TransferState {
    run_until(case, places, port, job, |engine| {
        let rows = [QueueTab::Done, QueueTab::Failed].iter().flat_map(|tab| engine.queue().rows(*tab, 0, 1)).next();
        if let Some(row) = rows {
            return Some(row.state);
        }
        // A changed source is asked about, and what had come of it waits for a person when that is waved away.
        let waiting = engine.queue().rows(QueueTab::Queued, 0, 1).pop();
        if let Some(row) = waiting.filter(|row| row.state == TransferState::Paused) {
            return Some(row.state);
        }
        // A full disk or a quota holds the direction up: the file waits for a person, which is as far from green as a failure.
        let summary = engine.queue().summary();
        (summary.uploads_wait.is_some() || summary.downloads_wait.is_some()).then_some(TransferState::Queued)
    })
}

/// Runs one job in an engine of its own until there is what is looked for.
fn run_until<R>(case: Case, places: &Places, port: u16, job: Job, mut look: impl FnMut(&Engine) -> Option<R>) -> R {
    let bell = Arc::new(Bell::default());
    let options = Options { places: Some(places.clone()), keyring: false, keep_queue: false };
    let engine = Engine::start(options, Arc::clone(&bell) as Arc<dyn Waker>).unwrap();
    // What stays silent is given up soon.
    engine.send(Command::SaveSettings { was: None, settings: Box::new(Settings { timeout_seconds: 2, ..Settings::default() }) });
    let mut site = Site::new(SiteId("liar".into()), "Liar", "127.0.0.1");
    site.port = Some(port);
    site.encryption = if case.tls { Encryption::Explicit } else { Encryption::Plain };
    site.user = "anna".into();
    site.keep_alive = KeepAlive::Off;
    site.connections = 1;
    site.hashes = case.told.hashes;
    let start = AddressPath::Absolute("/data".into());
    engine.send(Command::Connect { site: Box::new(site), password: Some(Secret::new("secret")), start });
    engine.send(Command::Enqueue { jobs: vec![job] });
    let deadline = Instant::now() + PATIENCE;
    loop {
        let heard = bell.heard();
        while let Some(event) = engine.next_event() {
            if let EventBody::Asked { id, question } = event.body {
                let answer = match question {
                    Question::Certificate { .. } => Answer::TrustOnce,
                    _ => Answer::Cancel,
                };
                engine.send(Command::Answer { question: id, answer });
            }
        }
        if let Some(found) = look(&engine) {
            return found;
        }
        let rang = bell.rings_beyond(heard, deadline);
        assert!(rang, "{case:?} hangs: {:?}", story(&engine));
    }
}

fn story(engine: &Engine) -> Vec<String> {
    let log = engine.log();
    log.lines(log.range()).into_iter().map(|line| line.text).collect()
}

/// Runs cases, many at a time; what is wrong with each is told by `judge`.
fn run(cases: &[Case], judge: impl Fn(Case, &Outcome) -> Result<(), String> + Sync) {
    run_with(cases, play, judge);
}

/// The same with another way of playing them.
fn run_with<O>(cases: &[Case], play: impl Fn(Case) -> O + Sync, judge: impl Fn(Case, &O) -> Result<(), String> + Sync) {
    let next = AtomicUsize::new(0);
    let wrong: Mutex<Vec<String>> = Mutex::default();
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                while let Some(case) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let judged = std::panic::catch_unwind(AssertUnwindSafe(|| play(*case)))
                        .map_err(|panic| panic.downcast_ref::<String>().cloned().unwrap_or_else(|| "it panicked".to_owned()));
                    let judged = judged.and_then(|outcome| judge(*case, &outcome));
                    if let Err(words) = judged {
                        let Case { told, direction, tls } = case;
                        wrong.lock().unwrap().push(format!("{} ({direction:?}, TLS {tls}): {words}", told.name));
                    }
                }
            });
        }
    });
    let wrong = wrong.into_inner().unwrap();
    assert!(wrong.is_empty(), "{} of {} cases:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

#[test]
fn no_lie_turns_green() {
    let lies = lies();
    let cases = cases(&lies);
    println!("lying servers: {} lies, {} cases", lies.len(), cases.len());
    assert!(lies.len() >= 40, "{} lies", lies.len());
    run(&cases, |case, outcome| {
        if case.told.heals && matches!(outcome.state, TransferState::Done(_)) {
            let is_whole = outcome.target.as_deref() == Some(&content(1)[..]) && outcome.receipts.len() == 1;
            return if is_whole { Ok(()) } else { Err("it turned green and is not whole".to_owned()) };
        }
        if let TransferState::Done(proof) = &outcome.state {
            return Err(format!("it turned green: {proof:?}"));
        }
        if !outcome.receipts.is_empty() {
            return Err(format!("it has a receipt: {:?}", outcome.receipts));
        }
        let is_new = case.direction == Direction::Download && case.told.before == Before::Nothing;
        if is_new && outcome.target.is_some() {
            return Err("an unproven download stands under its real name".to_owned());
        }
        Ok(())
    });
}

#[test]
fn the_same_server_turns_green_when_it_does_not_lie() {
    let honest = |name, ways, hashes, before, lie| Told { before, ..hashed(name, ways, hashes, lie) };
    let truths = [
        honest("plain truth", Ways::Both, HashUse::Off, Before::Nothing, HONEST),
        honest("replaced", Ways::Up, HashUse::Off, Before::Other, HONEST),
        honest("replaced by as many bytes", Ways::Up, HashUse::Off, Before::Twin, HONEST),
        honest("resumed", Ways::Both, HashUse::Off, Before::Half, HONEST),
        honest("226 before the data ended", Ways::Both, HashUse::Off, Before::Nothing, Lie { early: true, ..HONEST }),
        honest("by the listing", Ways::Up, HashUse::Off, Before::Nothing, Lie { size: Size::Unknown, ..HONEST }),
        honest("by SIZE", Ways::Down, HashUse::Off, Before::Nothing, Lie { rows: Rows::NoSizes, ..HONEST }),
        honest("by checksum", Ways::Both, HashUse::Required, Before::Nothing, Lie { hash: Hash::True, ..HONEST }),
        honest("no checksum offered", Ways::Both, HashUse::WhenOffered, Before::Nothing, HONEST),
        honest("checksum refused", Ways::Both, HashUse::WhenOffered, Before::Nothing, Lie { hash: Hash::Refused, ..HONEST }),
        honest("checksum not wanted", Ways::Both, HashUse::Off, Before::Nothing, Lie { hash: Hash::Wrong, ..HONEST }),
    ];
    let cases = cases(&truths);
    println!("honest servers: {} cases", cases.len());
    run(&cases, |case, outcome| {
        let TransferState::Done(proof) = &outcome.state else { return Err(format!("{:?}", outcome.state)) };
        let whole = content(1);
        if outcome.target.as_deref() != Some(&whole[..]) {
            return Err("another content".to_owned());
        }
        let [receipt] = &outcome.receipts[..] else { return Err(format!("receipts: {:?}", outcome.receipts)) };
        let wants_hash = case.told.lie.hash == Hash::True;
        // With a reply before its time the server may close its side of an upload after we have gone.
        let may_be_open = case.told.lie.early && case.direction == Direction::Upload;
        let tls = receipt.tls.as_ref().map(|tls| (tls.protocol.as_str(), tls.closed || may_be_open));
        let is_right = receipt.id == proof.receipt
            && (receipt.bytes, receipt.reported) == (40_000, 40_000)
            && receipt.hash.is_some() == wants_hash
            && proof.hash.is_some() == wants_hash
            && receipt.reply.starts_with("226")
            && receipt.local.file_name() == Some(Path::new("a file.txt").as_os_str())
            && receipt.remote.as_str() == "/data/a file.txt"
            && (receipt.site.as_str(), receipt.tries) == ("Liar", 1)
            && receipt.started <= receipt.ended
            && receipt.server.starts_with(if case.tls { "ftpes://anna@127.0.0.1:" } else { "ftp://anna@127.0.0.1:" })
            && tls == case.tls.then_some(("TLS 1.2", true))
            && receipt.modified.is_some();
        if is_right { Ok(()) } else { Err(format!("{receipt:?} for {proof:?}")) }
    });
}
