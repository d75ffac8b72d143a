//! A queue of a million files: added, filtered, sorted, moved, restored and cancelled, while a window's drawing reads it all the time.
//!
//! `cargo bench --bench queue [-- --items N]` prints the rows of a Markdown table. What the window would see is measured as it
//! sees it: the longest time that reading the summary and forty rows took. The memory is what the process grew by as it read the
//! journal, everything included.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::indexing_slicing,
    missing_docs
)]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use moorline::engine::shared_queue::SharedQueue;
use moorline::engine::{QueueView, Waker};
use moorline::model::arrangement::{ArrangeBy, Arrangement};
use moorline::model::chosen::Chosen;
use moorline::model::conflict::OnExists;
use moorline::model::entry::{Modified, Precision};
use moorline::model::path::RemotePath;
use moorline::model::queue::{Item, Queue, Reorder};
use moorline::model::site::SiteId;
use moorline::model::transfer::{Direction, Job, Priority, QueueTab, TransferId};
use moorline::store::places::Places;
use moorline::store::queue::QueueJournal;

/// Files in a folder.
const FOLDER: usize = 1_000;

struct Bell(mpsc::SyncSender<()>);

impl Waker for Bell {
    fn wake(&self) {
        let _ = self.0.try_send(());
    }
}

/// A window's drawing: reads as often as it can, and knows how long the slowest frame waited.
struct Window {
    longest: Arc<AtomicU64>,
    is_over: Arc<AtomicBool>,
    thread: Option<thread::JoinHandle<()>>,
}

impl Window {
    fn open(view: QueueView) -> Self {
        let (longest, is_over) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicBool::new(false)));
        let (worst, over) = (Arc::clone(&longest), Arc::clone(&is_over));
        let thread = thread::spawn(move || {
            let mut from = 0_usize;
            while !over.load(Ordering::Acquire) {
                let begun = Instant::now();
                let summary = view.summary();
                let rows = view.rows(QueueTab::Queued, from % summary.queued.max(1), 40);
                worst.fetch_max(begun.elapsed().as_micros() as u64, Ordering::AcqRel);
                from = from.wrapping_mul(31).wrapping_add(rows.len() + 7);
                thread::sleep(Duration::from_millis(2));
            }
        });
        Self { longest, is_over, thread: Some(thread) }
    }

    /// Runs something and tells how long it took, and how long the slowest frame meanwhile, in milliseconds.
    fn during<R>(&self, work: impl FnOnce() -> R) -> (R, f64, f64) {
        self.longest.store(0, Ordering::Release);
        let begun = Instant::now();
        let result = work();
        (result, begun.elapsed().as_secs_f64(), self.longest.load(Ordering::Acquire) as f64 / 1e3)
    }
}

impl Drop for Window {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::Release);
        let _ = self.thread.take().map(thread::JoinHandle::join);
    }
}

fn row(what: &str, seconds: f64, frame: Option<f64>) {
    let frame = frame.map_or_else(|| "–".to_owned(), |frame| format!("{frame:.1} ms"));
    println!("| Queue: {what} | {seconds:.2} s | – | – | slowest frame meanwhile: {frame} |");
}

fn item(number: usize) -> Item {
    let (folder, name) = (number / FOLDER, format!("picture of the harbour {:07}.jpeg", (number * 7_919) % 10_000_000));
    let job = Job {
        direction: Direction::Upload,
        local: PathBuf::from(format!("/home/anna/pictures/collection {folder:05}/{name}")),
        remote: RemotePath::parse(&format!("/www/harbour.example/public/pictures/collection {folder:05}/{name}")).unwrap(),
        on_exists: OnExists::Ask,
    };
    let mut item = Item::new(TransferId(0), SiteId("site-3f2a90".into()), job);
    item.is_folder = Some(false);
    item.size = Some((number as u64 * 104_729) % 9_000_000);
    item.modified = Some(Modified { at: "2026-11-20T12:02:31Z".parse().unwrap(), precision: Precision::Second });
    item
}

fn memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    status.split(' ').nth(1).and_then(|pages| pages.parse::<u64>().ok()).unwrap_or(0) * 4096
}

/// In a process of its own, so that the memory is that of a program that has just been started.
fn restore(home: &Path) {
    let before = memory();
    let begun = Instant::now();
    let (journal, queue, problem): (_, Queue, _) = QueueJournal::open(&Places::in_folder(home));
    assert!(problem.is_none(), "{problem:?}");
    let seconds = begun.elapsed().as_secs_f64();
    println!("{seconds} {} {}", queue.len(), memory().saturating_sub(before));
    drop(journal);
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    if let Some(at) = arguments.iter().position(|argument| argument == "restore") {
        return restore(Path::new(&arguments[at + 1]));
    }
    let items =
        arguments.iter().position(|argument| argument == "--items").map_or(1_000_000, |at| arguments[at + 1].parse().unwrap());
    let folder = tempfile::tempdir().unwrap();
    let places = Places::in_folder(folder.path());
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let (bell, rings) = mpsc::sync_channel(1);
    let shared = SharedQueue::default();
    let (journal, queue, _): (_, Queue, _) = QueueJournal::open(&places);
    shared.keep(queue, journal, |words| panic!("{words}")).unwrap();
    let view = QueueView::new(shared.clone(), Arc::new(Bell(bell)));
    let window = Window::open(view.clone());

    // As folders are read: a thousand files each.
    let folders: Vec<std::ops::Range<usize>> = (0..items).step_by(FOLDER).map(|from| from..(from + FOLDER).min(items)).collect();
    let add = || {
        for folder in folders {
            shared.put_together(folder.map(item).collect(), |_| {});
            runtime.block_on(shared.journalled());
        }
    };
    let ((), seconds, frame) = window.during(add);
    row(&format!("{items} files added and journalled"), seconds, Some(frame));

    let find = |filter: &str, by| {
        let wanted = Arrangement { filter: filter.to_owned(), by, descending: false };
        loop {
            if let Some(rows) = view.arranged(QueueTab::Queued, &wanted) {
                return rows.len();
            }
            rings.recv().unwrap();
        }
    };
    let (count, seconds, frame) = window.during(|| find("00042", ArrangeBy::RunOrder));
    row(&format!("filtered by a part of the path ({count} found)"), seconds, Some(frame));
    let (_, seconds, frame) = window.during(|| find("", ArrangeBy::Name));
    row("sorted by name", seconds, Some(frame));
    let (_, seconds, frame) = window.during(|| find("", ArrangeBy::Size));
    row("sorted by size", seconds, Some(frame));

    let all = Chosen::everything(QueueTab::Queued);
    let some = |every: u64| Chosen::These((1..=items as u64).filter(|id| id % every == 0).map(TransferId).collect::<BTreeSet<_>>());
    let (_, seconds, frame) = window.during(|| runtime.block_on(shared.reorder(&some(1_000), Reorder::Up)));
    row("a thousandth moved up", seconds, Some(frame));
    let tenth = some(10);
    let (_, seconds, frame) = window.during(|| runtime.block_on(shared.reorder(&tenth, Reorder::ToTop)));
    row("a tenth moved to the top", seconds, Some(frame));
    let (_, seconds, frame) = window.during(|| runtime.block_on(shared.prioritise(&all, Priority::High)));
    row("all made more urgent", seconds, Some(frame));

    drop(window);
    let ((), closing) = {
        let begun = Instant::now();
        drop((shared, view));
        ((), begun.elapsed().as_secs_f64())
    };
    row("the rest of the journal written at the end", closing, None);
    let length = std::fs::metadata(places.state.join("queue.journal")).unwrap().len();
    println!(
        "| Queue: journal after all that | {:.0} B a file | – | – | {:.0} MB |",
        length as f64 / items as f64,
        length as f64 / 1e6
    );
    for time in ["as it was left", "once more"] {
        let output =
            Command::new(std::env::current_exe().unwrap()).args(["restore", folder.path().to_str().unwrap()]).output().unwrap();
        let output = String::from_utf8_lossy(&output.stdout).into_owned();
        let figures: Vec<f64> = output.split_whitespace().map(|figure| figure.parse().unwrap()).collect();
        assert_eq!(figures[1] as usize, items, "{output}");
        row(&format!("restored, {time}"), figures[0], None);
        println!("| Queue: memory after that | {:.0} B a file | – | – | what the process grew by |", figures[2] / items as f64);
    }

    let shared = SharedQueue::default();
    let (journal, queue, _): (_, Queue, _) = QueueJournal::open(&places);
    shared.keep(queue, journal, |words| panic!("{words}")).unwrap();
    let (bell, _rings) = mpsc::sync_channel(1);
    let window = Window::open(QueueView::new(shared.clone(), Arc::new(Bell(bell))));
    let (_, seconds, frame) = window.during(|| runtime.block_on(shared.cancel(&all, async |_: &[TransferId]| {})));
    row("all cancelled", seconds, Some(frame));
    assert_eq!(shared.read(Queue::len), 0);
}
