//! Finds the rows that a filter shows, and sorts them, in a thread of its own: of a million that takes most of a second, and the window draws on.

use std::ops::Range;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use crate::engine::handle::Waker;
use crate::engine::shared_queue::SharedQueue;
use crate::model::arrangement::{ArrangeBy, Arrangement};
use crate::model::cause::Cause;
use crate::model::pattern::Pattern;
use crate::model::sort::push_key;
use crate::model::transfer::{QueueTab, TransferId};

/// Items that are looked at under one lock.
const LOOKED_AT: usize = 1_000;
/// A queue that changes all the time is looked through again after this at the earliest …
const AGAIN: Duration = Duration::from_millis(250);
/// … and after so many times what a look takes.
const PAUSES: u32 = 4;

/// What is looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Query {
    tab: QueueTab,
    arrangement: Arrangement,
}

/// What was found.
#[derive(Debug)]
struct Found {
    query: Query,
    revision: u64,
    rows: Arc<Vec<TransferId>>,
}

#[derive(Debug, Default)]
struct State {
    /// The latest question, and the queue's revision as of then.
    asked: Option<(Query, u64)>,
    found: Option<Found>,
    is_over: bool,
}

#[derive(Debug, Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Looks through a queue; dropping it ends the thread.
pub struct Search {
    queue: SharedQueue,
    waker: Arc<dyn Waker>,
    shared: Arc<Shared>,
    thread: Mutex<Option<thread::JoinHandle<()>>>,
}

impl std::fmt::Debug for Search {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Search").field("shared", &self.shared).finish_non_exhaustive()
    }
}

impl Search {
    /// Nothing is asked yet, and no thread runs. `waker` hears when something was found.
    pub fn new(queue: SharedQueue, waker: Arc<dyn Waker>) -> Self {
        Self { queue, waker, shared: Arc::default(), thread: Mutex::default() }
    }

    /// The rows of a tab in an arrangement, as they were a moment ago; nothing while they are looked for the first time.
    pub fn rows(&self, tab: QueueTab, arrangement: &Arrangement) -> Option<Arc<Vec<TransferId>>> {
        let query = Query { tab, arrangement: arrangement.clone() };
        let revision = self.queue.read(crate::model::queue::Queue::revision);
        let mut state = self.shared.lock();
        let found = state.found.as_ref().filter(|found| found.query == query);
        let is_current = found.is_some_and(|found| found.revision == revision);
        let rows = found.map(|found| Arc::clone(&found.rows));
        if !is_current {
            state.asked = Some((query, revision));
            drop(state);
            self.shared.changed.notify_one();
            self.start();
        }
        rows
    }

    fn start(&self) {
        let mut thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner);
        if thread.is_some() {
            return;
        }
        let (queue, waker, shared) = (self.queue.clone(), Arc::clone(&self.waker), Arc::clone(&self.shared));
        match thread::Builder::new().name("moorline-search".into()).spawn(move || look_until_over(&queue, &*waker, &shared)) {
            Ok(started) => *thread = Some(started),
            Err(error) => tracing::warn!("the queue cannot be searched: {error}"),
        }
    }
}

impl Drop for Search {
    fn drop(&mut self) {
        self.shared.lock().is_over = true;
        self.shared.changed.notify_one();
        if let Some(thread) = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take() {
            drop(thread.join());
        }
    }
}

fn look_until_over(queue: &SharedQueue, waker: &dyn Waker, shared: &Shared) {
    let mut not_before = Instant::now();
    loop {
        let query = {
            let mut state = shared.lock();
            loop {
                if state.is_over {
                    return;
                }
                let found = state.found.as_ref().map(|found| (&found.query, found.revision));
                let wanted = state.asked.clone().filter(|(query, revision)| found != Some((query, *revision)));
                let Some((query, _)) = wanted else {
                    state = shared.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
                    continue;
                };
                // Another question is answered at once; the same one about a queue that goes on changing, once in a while.
                let pause = not_before.saturating_duration_since(Instant::now());
                if pause.is_zero() || found.is_none_or(|(found, _)| *found != query) {
                    break query;
                }
                state = shared.changed.wait_timeout(state, pause).unwrap_or_else(PoisonError::into_inner).0;
            }
        };
        let begun = Instant::now();
        let revision = queue.read(crate::model::queue::Queue::revision);
        let is_outdated = || {
            let state = shared.lock();
            state.is_over || state.asked.as_ref().is_some_and(|(asked, _)| *asked != query)
        };
        let Some(rows) = look(queue, &query, is_outdated) else { continue };
        not_before = Instant::now() + AGAIN.max(begun.elapsed() * PAUSES);
        {
            let mut state = shared.lock();
            // It may have been asked about a revision that is known already by now.
            if state.asked.as_ref().is_some_and(|(asked, at)| *asked == query && *at <= revision) {
                state.asked = None;
            }
            state.found = Some(Found { query, revision, rows: Arc::new(rows) });
        }
        waker.wake();
    }
}

/// Looks through a tab; nothing when the question is another by now.
fn look(queue: &SharedQueue, query: &Query, is_outdated: impl Fn() -> bool) -> Option<Vec<TransferId>> {
    let Query { tab, arrangement } = query;
    let pattern = Pattern::new(&arrangement.filter);
    let mut rows = Keyed::new(arrangement.by);
    let mut mark = None;
    loop {
        mark = queue.read_between(|queue| queue.look(*tab, mark, LOOKED_AT, &pattern, |seen| rows.add(seen)));
        if is_outdated() {
            return None;
        }
        if mark.is_none() {
            break;
        }
    }
    let mut rows = rows.sorted();
    // What is done is shown last first.
    if arrangement.descending || (arrangement.by == ArrangeBy::RunOrder && *tab == QueueTab::Done) {
        rows.reverse();
    }
    Some(rows)
}

/// Rows with what they are sorted by.
struct Keyed {
    by: ArrangeBy,
    keys: Vec<u8>,
    rows: Vec<(Option<u64>, Range<usize>, TransferId)>,
}

impl Keyed {
    fn new(by: ArrangeBy) -> Self {
        Self { by, keys: Vec::new(), rows: Vec::new() }
    }

    fn add(&mut self, seen: &crate::model::queue::Seen<'_>) {
        let from = self.keys.len();
        match self.by {
            ArrangeBy::RunOrder | ArrangeBy::Size | ArrangeBy::Reason => {}
            ArrangeBy::Name => {
                push_key(&mut self.keys, seen.name);
            }
            ArrangeBy::Folder => {
                push_key(&mut self.keys, seen.folder);
                self.keys.push(0);
                push_key(&mut self.keys, seen.name);
            }
        }
        let number = match self.by {
            ArrangeBy::Size => seen.size,
            ArrangeBy::Reason => {
                seen.cause.and_then(|cause| Cause::ALL.iter().zip(0..).find(|(one, _)| **one == cause)).map(|(_, at)| at)
            }
            _ => None,
        };
        self.rows.push((number, from..self.keys.len(), seen.id));
    }

    fn sorted(self) -> Vec<TransferId> {
        let Self { by, keys, mut rows } = self;
        let key = |range: &Range<usize>| keys.get(range.clone()).unwrap_or_default();
        match by {
            ArrangeBy::RunOrder => {}
            // Equal ones stay in the order in which they run, or failed.
            ArrangeBy::Size | ArrangeBy::Reason => rows.sort_by_key(|row| row.0),
            ArrangeBy::Name | ArrangeBy::Folder => rows.sort_by(|one, other| key(&one.1).cmp(key(&other.1))),
        }
        rows.into_iter().map(|row| row.2).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;
    use std::sync::mpsc;

    use super::*;
    use crate::model::conflict::OnExists;
    use crate::model::path::RemotePath;
    use crate::model::problem::{Problem, ProblemKind};
    use crate::model::queue::Item;
    use crate::model::site::SiteId;
    use crate::model::transfer::{Direction, Job, SkipReason, TransferState};

    struct Bell(Mutex<mpsc::Sender<()>>);

    impl Waker for Bell {
        fn wake(&self) {
            let _ = self.0.lock().unwrap().send(());
        }
    }

    fn queue(names: &[(&str, u64)]) -> SharedQueue {
        let shared = SharedQueue::default();
        shared.update(|queue| {
            for (name, size) in names {
                let job = Job {
                    direction: Direction::Upload,
                    local: PathBuf::from(format!("/home/{name}")),
                    remote: RemotePath::parse(&format!("/www/{name}")).unwrap(),
                    on_exists: OnExists::Ask,
                };
                let mut item = Item::new(queue.new_id(), SiteId("s".into()), job);
                item.size = Some(*size);
                queue.put(item);
            }
        });
        shared
    }

    fn arrangement(filter: &str, by: ArrangeBy, descending: bool) -> Arrangement {
        Arrangement { filter: filter.into(), by, descending }
    }

    fn numbers(rows: &[TransferId]) -> Vec<u64> {
        rows.iter().map(|id| id.0).collect()
    }

    #[test]
    fn rows_are_filtered_and_sorted() {
        use ArrangeBy::{Folder, Name, RunOrder, Size};
        let shared = queue(&[("b/file10.php", 5), ("a/File9.PHP", 7), ("a/x.txt", 5), ("c.php", 1)]);
        let table: [(&str, ArrangeBy, bool, &[u64]); 11] = [
            ("", RunOrder, false, &[1, 2, 3, 4]),
            ("php", RunOrder, false, &[1, 2, 4]),
            ("*.php", RunOrder, true, &[4, 2, 1]),
            ("/www/a", RunOrder, false, &[2, 3]),
            ("HOME/C", RunOrder, false, &[4]),
            ("*/a/*", RunOrder, false, &[2, 3]),
            ("nothing", Name, false, &[]),
            ("", Name, false, &[4, 2, 1, 3]),
            ("", Folder, false, &[4, 2, 3, 1]),
            ("", Size, false, &[4, 1, 3, 2]),
            ("php", Size, true, &[2, 1, 4]),
        ];
        for (filter, by, descending, expected) in table {
            let query = Query { tab: QueueTab::Queued, arrangement: arrangement(filter, by, descending) };
            assert_eq!(numbers(&look(&shared, &query, || false).unwrap()), expected, "{filter:?} {by:?}");
            assert_eq!(look(&shared, &query, || true), None);
        }
        // Running ones and those that are done are found alike; done ones stand last first.
        shared.update(|queue| {
            queue.take_next(&SiteId("s".into()), Instant::now());
            queue.set_state(TransferId(2), TransferState::Skipped(SkipReason::Exists));
            queue.set_state(TransferId(4), TransferState::Skipped(SkipReason::Exists));
        });
        for (tab, expected) in [(QueueTab::Active, vec![1]), (QueueTab::Done, vec![4, 2]), (QueueTab::Failed, vec![])] {
            let query = Query { tab, arrangement: arrangement("php", RunOrder, false) };
            assert_eq!(numbers(&look(&shared, &query, || false).unwrap()), expected);
        }
    }

    #[test]
    fn what_failed_for_the_same_reason_stands_together() {
        let shared = queue(&[("a", 1), ("b", 1), ("c", 1), ("d", 1)]);
        let because = |cause| Problem { cause, ..Problem::new(ProblemKind::Refused, "No.") };
        shared.update(|queue| {
            for (id, cause) in [(1, Cause::Missing), (2, Cause::Quota), (3, Cause::Missing), (4, Cause::Quota)] {
                queue.fail(TransferId(id), because(cause));
            }
        });
        for (descending, expected) in [(false, [2, 4, 1, 3]), (true, [3, 1, 4, 2])] {
            let query = Query { tab: QueueTab::Failed, arrangement: arrangement("", ArrangeBy::Reason, descending) };
            assert_eq!(numbers(&look(&shared, &query, || false).unwrap()), expected);
        }
    }

    #[test]
    fn what_was_asked_is_found_later_and_follows_the_queue() {
        let (bell, rings) = mpsc::channel();
        let shared = queue(&[("a.php", 1), ("b.txt", 1)]);
        let search = Search::new(shared.clone(), Arc::new(Bell(Mutex::new(bell))));
        let wanted = arrangement("a", ArrangeBy::RunOrder, false);
        let find = |wanted: &Arrangement, expected: &[u64]| {
            while search.rows(QueueTab::Queued, wanted).is_none_or(|rows| numbers(&rows) != expected) {
                rings.recv().unwrap();
            }
        };
        find(&wanted, &[1]);
        shared.update(|queue| queue.edit(TransferId(2), |item| item.local = PathBuf::from("/a")));
        find(&wanted, &[1, 2]);
        find(&arrangement("txt", ArrangeBy::Name, false), &[2]);
        find(&wanted, &[1, 2]);
    }
}
