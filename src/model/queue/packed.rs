//! An item at rest, packed: a queue of a million has nearly all of them waiting, failed or done, and each may take 300 bytes.

use std::ffi::OsStr;
use std::path::{MAIN_SEPARATOR, Path, PathBuf, is_separator};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use crate::model::cause::Cause;
use crate::model::conflict::{Facts, OnExists};
use crate::model::edited::Basis;
use crate::model::entry::{Modified, Precision};
use crate::model::path::RemotePath;
use crate::model::problem::Problem;
use crate::model::queue::item::{Item, Target};
use crate::model::site::SiteId;
use crate::model::speed::Speed;
use crate::model::transfer::{Direction, Form, Priority, Proof, QueueTab, SkipReason, TransferId, TransferState};

/// An item that does not run.
#[derive(Debug)]
pub(super) struct Packed {
    /// The number of its site.
    pub site: u32,
    tries: u32,
    local_folder: Arc<PathBuf>,
    remote_folder: Arc<RemotePath>,
    /// The whole path when it has no last part, or would not be the same when put together again.
    local_name: Box<OsStr>,
    /// `None` when it is the local one.
    remote_name: Option<Box<str>>,
    size: u64,
    /// Nanoseconds since 1970.
    modified: i64,
    moved: u64,
    /// What its tab sorts it by.
    pub order: u64,
    state: Resting,
    rare: Option<Box<Rare>>,
    direction: Direction,
    is_folder: Option<bool>,
    from_folder: bool,
    on_exists: OnExists,
    pub priority: Priority,
    has_size: bool,
    /// `None` when the time is not known, or stands among what is rare.
    precision: Option<Precision>,
    is_absent: bool,
    form: Form,
    is_new: bool,
    from_start: bool,
    /// More batches than this tells apart are one.
    batch: u32,
}

/// The states of what does not run.
#[derive(Debug)]
enum Resting {
    Queued,
    Paused,
    Skipped(SkipReason),
    Done(Box<Proof>),
    Failed(Box<Problem>),
}

/// What few items have.
#[derive(Debug, Default, PartialEq)]
struct Rare {
    present: Option<Facts>,
    part: Option<Box<str>>,
    ranges: Option<Vec<[u64; 3]>>,
    not_before: Option<Instant>,
    /// A time that is no number of nanoseconds.
    modified: Option<Modified>,
    basis: Option<Basis>,
}

impl Packed {
    /// Under which tab it is shown.
    pub fn tab(&self) -> QueueTab {
        match self.state {
            Resting::Queued | Resting::Paused => QueueTab::Queued,
            Resting::Failed(_) => QueueTab::Failed,
            Resting::Skipped(_) | Resting::Done(_) => QueueTab::Done,
        }
    }

    /// Whether it waits for a connection.
    pub fn is_queued(&self) -> bool {
        matches!(self.state, Resting::Queued)
    }

    /// Whether it was skipped.
    pub fn is_skipped(&self) -> bool {
        matches!(self.state, Resting::Skipped(_))
    }

    /// Whether a filter left it out of its folder.
    pub fn is_filtered(&self) -> bool {
        matches!(self.state, Resting::Skipped(SkipReason::Filter))
    }

    /// Why it failed, if it did.
    pub fn cause(&self) -> Option<Cause> {
        if let Resting::Failed(problem) = &self.state { Some(problem.cause) } else { None }
    }

    /// Not before this moment.
    pub fn not_before(&self) -> Option<Instant> {
        self.rare.as_ref()?.not_before
    }

    /// From when on it may run.
    pub fn set_moment(&mut self, moment: Option<Instant>) {
        let mut rare = self.rare.take().unwrap_or_default();
        rare.not_before = moment;
        self.rare = Some(rare).filter(|rare| **rare != Rare::default());
    }

    /// Bytes of the source, when known.
    pub fn size(&self) -> Option<u64> {
        self.has_size.then_some(self.size)
    }

    /// Which way it goes.
    pub fn direction(&self) -> Direction {
        self.direction
    }

    /// Its batch.
    pub fn batch(&self) -> u64 {
        u64::from(self.batch)
    }

    /// Whether it is a folder, as far as known.
    pub fn is_folder(&self) -> bool {
        self.is_folder == Some(true)
    }

    /// Bytes that are still to be moved, as far as known.
    pub fn left(&self) -> u64 {
        self.size().unwrap_or(0).saturating_sub(self.moved)
    }

    /// The item in full. `place` is its place among those that wait.
    pub fn unpack(&self, id: TransferId, site: SiteId, place: Option<i64>) -> Item {
        let rare = self.rare.as_deref();
        Item {
            id,
            site,
            direction: self.direction,
            local: self.local(),
            remote: self.remote(),
            is_folder: self.is_folder,
            from_folder: self.from_folder,
            size: self.size(),
            modified: match self.precision {
                Some(precision) => Some(Modified {
                    at: jiff::Timestamp::from_nanosecond(i128::from(self.modified)).unwrap_or_default(),
                    precision,
                }),
                None => rare.and_then(|rare| rare.modified),
            },
            on_exists: self.on_exists,
            batch: self.batch(),
            target: match rare.and_then(|rare| rare.present) {
                Some(facts) => Target::Present(facts),
                None if self.is_absent => Target::Absent,
                None => Target::Unknown,
            },
            state: match &self.state {
                Resting::Queued => TransferState::Queued,
                Resting::Paused => TransferState::Paused,
                Resting::Skipped(reason) => TransferState::Skipped(*reason),
                Resting::Done(proof) => TransferState::Done(proof.as_ref().clone()),
                Resting::Failed(problem) => TransferState::Failed(problem.as_ref().clone()),
            },
            priority: self.priority,
            place,
            moved: Arc::new(AtomicU64::new(self.moved)),
            part: rare.and_then(|rare| rare.part.as_deref()).map(str::to_owned),
            ranges: rare.and_then(|rare| rare.ranges.clone()),
            tries: self.tries,
            begun_at: self.moved,
            not_before: self.not_before(),
            form: self.form,
            is_new: self.is_new,
            from_start: self.from_start,
            basis: rare.and_then(|rare| rare.basis),
            wish: None,
            speed: Speed::default(),
            counted: self.moved,
            order: self.order,
        }
    }

    fn local(&self) -> PathBuf {
        if self.local_folder.as_os_str().is_empty() {
            PathBuf::from(&*self.local_name)
        } else {
            self.local_folder.join(&*self.local_name)
        }
    }

    fn remote(&self) -> RemotePath {
        // Without a name it is the root; a name that was a name before is one still.
        self.remote_folder.child(self.remote_name()).unwrap_or_else(|_| self.remote_folder.as_ref().clone())
    }

    fn remote_name(&self) -> &str {
        self.remote_name.as_deref().or_else(|| self.local_name.to_str()).unwrap_or_default()
    }
}

/// Packs items, and shares the folders of those that come one after the other.
#[derive(Debug, Default)]
pub(super) struct Packer {
    local: Recent<PathBuf>,
    remote: Recent<RemotePath>,
}

impl Packer {
    /// Packs an item that rests.
    pub fn pack(&mut self, item: Item, site: u32) -> Packed {
        // Named one by one, so that a new field is not forgotten.
        let Item {
            id: _,
            site: _,
            direction,
            local,
            remote,
            is_folder,
            from_folder,
            size,
            modified,
            on_exists,
            batch,
            target,
            state,
            priority,
            // In its order.
            place: _,
            moved,
            part,
            ranges,
            tries,
            // These tell of a run, and it does not run.
            begun_at: _,
            wish: _,
            speed: _,
            counted: _,
            not_before,
            form,
            is_new,
            from_start,
            basis,
            order,
        } = item;
        let (local_folder, local_name) = split_local(&local);
        let (remote_folder, remote_name) = split_remote(&remote);
        let nanoseconds = modified.and_then(|modified| i64::try_from(modified.at.as_nanosecond()).ok());
        let rare = Rare {
            present: if let Target::Present(facts) = target { Some(facts) } else { None },
            part: part.map(String::into_boxed_str),
            ranges,
            not_before,
            modified: modified.filter(|_| nanoseconds.is_none()),
            basis,
        };
        Packed {
            site,
            tries,
            local_folder: self.local.share(|folder| folder.as_os_str() == local_folder, || PathBuf::from(local_folder)),
            remote_folder: self
                .remote
                .share(|folder| folder.as_str() == remote_folder, || remote.parent().unwrap_or_else(RemotePath::root)),
            remote_name: if local_name.to_str() == Some(remote_name) { None } else { Some(remote_name.into()) },
            local_name: Box::from(local_name),
            size: size.unwrap_or(0),
            modified: nanoseconds.unwrap_or(0),
            moved: moved.load(Ordering::Relaxed),
            order,
            state: match state {
                TransferState::Paused => Resting::Paused,
                TransferState::Skipped(reason) => Resting::Skipped(reason),
                TransferState::Done(proof) => Resting::Done(Box::new(proof)),
                TransferState::Failed(problem) => Resting::Failed(Box::new(problem)),
                // What runs is not packed.
                TransferState::Queued
                | TransferState::Scanning
                | TransferState::Moving
                | TransferState::Proving
                | TransferState::Asking
                | TransferState::Kept => Resting::Queued,
            },
            rare: if rare == Rare::default() { None } else { Some(Box::new(rare)) },
            direction,
            is_folder,
            from_folder,
            on_exists,
            priority,
            has_size: size.is_some(),
            precision: nanoseconds.and(modified).map(|modified| modified.precision),
            is_absent: target == Target::Absent,
            form,
            is_new,
            from_start,
            batch: u32::try_from(batch).unwrap_or(u32::MAX),
        }
    }
}

/// Folder and name; an empty folder and the whole path where they would not make the same path again.
fn split_local(path: &Path) -> (&OsStr, &OsStr) {
    let whole = path.as_os_str().as_encoded_bytes();
    if let (Some(folder), Some(name)) = (path.parent().map(Path::as_os_str), path.file_name())
        && !folder.is_empty()
    {
        // Joining puts this between them, but behind one that is there already.
        let between = usize::from(!folder.as_encoded_bytes().last().is_some_and(|last| is_separator(char::from(*last))));
        let is_usual = between == 0 || whole.get(folder.len()).is_some_and(|byte| char::from(*byte) == MAIN_SEPARATOR);
        if is_usual && folder.len() + between + name.len() == whole.len() {
            return (folder, name);
        }
    }
    (OsStr::new(""), path.as_os_str())
}

/// Folder and name; the root has no name.
fn split_remote(path: &RemotePath) -> (&str, &str) {
    let name = path.name().unwrap_or_default();
    let folder = path.as_str().strip_suffix(name).unwrap_or_default();
    (folder.strip_suffix('/').filter(|folder| !folder.is_empty()).unwrap_or("/"), name)
}

/// What was seen a short while ago, such as folders: the content of a folder comes together, and those of a few are mixed when done.
#[derive(Debug)]
pub(super) struct Recent<T> {
    seen: Vec<Arc<T>>,
    next: usize,
}

/// So many folders are remembered.
const RECENT: usize = 32;

impl<T> Default for Recent<T> {
    fn default() -> Self {
        Self { seen: Vec::new(), next: 0 }
    }
}

impl<T> Recent<T> {
    /// One that was seen, or a new one.
    pub fn share(&mut self, is_it: impl Fn(&T) -> bool, make: impl FnOnce() -> T) -> Arc<T> {
        // The one of a moment ago is asked first.
        let (older, newer) = self.seen.split_at(self.next.min(self.seen.len()));
        if let Some(found) = older.iter().rev().chain(newer.iter().rev()).find(|seen| is_it(seen)) {
            return Arc::clone(found);
        }
        let value = Arc::new(make());
        match self.seen.get_mut(self.next) {
            Some(slot) => *slot = Arc::clone(&value),
            None => self.seen.push(Arc::clone(&value)),
        }
        self.next = (self.next + 1) % RECENT;
        value
    }
}

/// What a filter looks at, without putting paths together.
impl Packed {
    /// The local path's folder and name.
    pub fn local_parts(&self) -> (&Path, &OsStr) {
        (&self.local_folder, &self.local_name)
    }

    /// The remote path's folder and name.
    pub fn remote_parts(&self) -> (&RemotePath, &str) {
        (&self.remote_folder, self.remote_name())
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use proptest::prelude::*;

    use super::*;
    use crate::model::problem::ProblemKind;
    use crate::model::transfer::{Compared, Job};

    fn item(local: &str, remote: &str) -> Item {
        let job = Job {
            direction: Direction::Download,
            local: PathBuf::from(local),
            remote: RemotePath::parse(remote).unwrap(),
            on_exists: OnExists::Newer,
        };
        Item::new(TransferId(7), SiteId("s".into()), job)
    }

    /// All that an item says, but for what tells of a run.
    fn words(item: &Item) -> String {
        let Item { wish: _, speed: _, counted: _, begun_at: _, .. } = item;
        format!("{:?}", Item { wish: None, speed: Speed::default(), counted: 0, begun_at: 0, ..item.clone() })
    }

    fn assert_same(item: &Item) {
        let packed = Packer::default().pack(item.clone(), 3);
        let back = packed.unpack(item.id, item.site.clone(), item.place);
        assert_eq!(words(&back), words(item));
        assert_eq!(back.local.as_os_str(), item.local.as_os_str(), "paths that are equal may be written differently");
        assert_eq!((packed.tab(), packed.left(), packed.not_before()), (item.state.tab(), item.left(), item.not_before));
    }

    #[test]
    fn an_item_is_the_same_after_a_rest() {
        let receipt = crate::model::receipt::ReceiptId(5);
        let proof = Proof { reply: "226 Done".into(), bytes: 9, compared: Compared::Size, hash: None, receipt };
        let states = [
            TransferState::Queued,
            TransferState::Paused,
            TransferState::Skipped(SkipReason::BrokenLink),
            TransferState::Done(proof),
            TransferState::Failed(Problem::new(ProblemKind::Refused, "No.").advise("Ask.").quote("550 no")),
        ];
        let times = ["2026-11-20T12:02:31.123456789Z", "-009999-01-02T01:59:59Z", "9999-12-30T22:00:00.5Z", "1677-01-01T00:00:00Z"];
        let facts = Facts { size: Some(u64::MAX), modified: None };
        for state in states {
            for (at, time) in times.iter().enumerate() {
                let modified = Modified { at: time.parse::<Timestamp>().unwrap(), precision: Precision::Minute };
                let mut item = item("/home/anna/größe.txt", "/www/größe.txt");
                item.state = state.clone();
                item.modified = (at > 0).then_some(modified);
                item.size = [None, Some(0), Some(u64::MAX), Some(1 << 40)][at];
                item.is_folder = [None, Some(true), Some(false), None][at];
                item.from_folder = at == 1;
                item.batch = [0, 1, 7, u64::from(u32::MAX)][at];
                item.form = [Form::Binary, Form::Text, Form::LooksBinary, Form::Mixed][at];
                item.from_start = at == 2;
                item.is_new = at == 1;
                item.target = [Target::Unknown, Target::Absent, Target::Present(facts), Target::Unknown][at];
                item.part = (at == 2).then(|| "größe.txt.part".to_owned());
                item.not_before = (at == 3).then(Instant::now);
                item.priority = [Priority::High, Priority::Normal, Priority::Low, Priority::Normal][at];
                item.place = [None, Some(0), Some(-5), Some(i64::MAX)][at];
                item.tries = 3;
                item.order = 99;
                item.moved.store(17, Ordering::Relaxed);
                assert_same(&item);
            }
        }
    }

    #[test]
    fn odd_paths_stay_as_they_are() {
        for local in ["", "/", "a", "a/", "/a//b", "/a/./b", "/a/..", "..", "/a/b/", "a/b"] {
            for remote in ["/", "/b", "/a/b", "/ä/ö ü"] {
                assert_same(&item(local, remote));
            }
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_name_that_is_no_text_stays_as_it_is() {
        use std::os::unix::ffi::OsStrExt;
        let mut item = item("/", "/a/\u{fffd}");
        item.local = Path::new("/home").join(OsStr::from_bytes(b"\xff\xfe"));
        assert_same(&item);
    }

    #[test]
    fn it_is_small_and_shares_folders() {
        assert!(size_of::<Option<Packed>>() <= 128, "{} bytes", size_of::<Option<Packed>>());
        let mut packer = Packer::default();
        let first = packer.pack(item("/home/a/1", "/www/a/1"), 0);
        (0..20).for_each(|other| drop(packer.pack(item(&format!("/home/{other}/1"), "/x/1"), 0)));
        let last = packer.pack(item("/home/a/2", "/www/a/2"), 0);
        assert!(Arc::ptr_eq(&first.local_folder, &last.local_folder) && Arc::ptr_eq(&first.remote_folder, &last.remote_folder));
        assert!(last.remote_name.is_none(), "the name is kept once");
        (0..1_000).for_each(|other| drop(packer.pack(item(&format!("/home/{other}/1"), "/x/1"), 0)));
        assert_eq!(packer.local.seen.len(), RECENT);
    }

    proptest! {
        #[test]
        fn any_path_stays_as_it_is(local in ".{0,12}", remote in "(/[^/\r\n\0]{0,4}){1,4}") {
            assert_same(&item(&local, &remote));
        }
    }
}
