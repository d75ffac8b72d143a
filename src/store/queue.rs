//! The saved queue: changes appended to `queue.journal`, each line with its checksum, so that a crash costs at most the last one.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::model::cause::Cause;
use crate::model::conflict::OnExists;
use crate::model::path::RemotePath;
use crate::model::problem::{Problem, ProblemKind};
use crate::model::site::SiteId;
use crate::model::transfer::Direction;
use crate::store::file::{self, Found, StoreError};
use crate::store::lossless_path;
use crate::store::places::Places;

/// The journal's name in the state folder.
const FILE: &str = "queue.journal";
/// Held locked by the program that owns the queue. A file of its own, because the journal itself is replaced.
const LOCK: &str = "queue.lock";
/// The first line; another number is a layout that this program does not know.
const HEADER: &str = "moorline-queue 1";
/// What the first line begins with in every layout.
const HEADER_NAME: &str = "moorline-queue ";
/// The journal is written anew when it has this many times the lines that are needed …
const GROWTH: usize = 4;
/// … but not for less than this many.
const LINES_AT_LEAST: usize = 1000;

/// An item of the queue as it is saved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct SavedItem {
    /// Identity; the queue's order is that of the identities.
    pub id: u64,
    /// The site it belongs to.
    pub site: SiteId,
    /// Which way.
    #[serde(with = "DirectionText")]
    pub direction: Direction,
    /// Local file or folder, exact also where its bytes are no text.
    #[serde(with = "lossless_path")]
    pub local: PathBuf,
    /// Remote file or folder.
    pub remote: RemotePath,
    /// Whether it is a folder, when known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is_folder: Option<bool>,
    /// Whether it came into the queue with its folder.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub from_folder: bool,
    /// Standing answer for a target that exists.
    pub on_exists: OnExists,
    /// What was put into the queue together has the same number.
    #[serde(default, skip_serializing_if = "is_none_of_it")]
    pub batch: u64,
    /// Where it stands.
    pub state: SavedState,
    /// Bytes there so far.
    pub moved: u64,
    /// Bytes in all, when known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<u64>,
    /// The source's time in nanoseconds since 1970, when it is known to the second: a changed source is not resumed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub modified: Option<i64>,
    /// The name, beside the target, that the bytes are written under until they are proven.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part: Option<String>,
    /// How often it was begun.
    pub tries: u32,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde gives it so")]
fn is_none_of_it(batch: &u64) -> bool {
    *batch == 0
}

/// Where a saved item stands: what was under way is queued again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SavedState {
    /// Waits for a connection.
    Queued,
    /// Stopped by a person.
    Paused,
    /// Did not arrive.
    Failed(#[serde(with = "ProblemText")] Problem),
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Direction", rename_all = "kebab-case")]
enum DirectionText {
    Upload,
    Download,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Problem", rename_all = "kebab-case")]
struct ProblemText {
    #[serde(with = "ProblemKindText")]
    kind: ProblemKind,
    #[serde(default)]
    cause: Cause,
    what: String,
    advice: String,
    server_words: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "ProblemKind", rename_all = "kebab-case")]
enum ProblemKindText {
    Connect,
    Login,
    Certificate,
    Lost,
    Refused,
    Protocol,
    Local,
    Name,
    Unproven,
    Cancelled,
}

/// One change to the saved queue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(clippy::large_enum_variant, reason = "a change lives for one call")]
pub enum Change {
    /// Adds an item, or replaces the one with the same identity.
    Put(SavedItem),
    /// Takes an item out.
    Remove(u64),
    /// So many bytes of an item are there.
    Moved {
        /// Which.
        id: u64,
        /// Bytes there so far.
        offset: u64,
    },
    /// Changes of which none may be there without the others: one line, one checksum. A folder's content enters the
    /// queue as the folder leaves it, else a crash in between would send it twice.
    Together(Vec<Change>),
}

/// The saved queue's journal.
#[derive(Debug)]
pub struct QueueJournal {
    /// What the journal amounts to.
    live: BTreeMap<u64, SavedItem>,
    /// `None` when another program owns the queue, or there is no place for it: then nothing is kept.
    disk: Option<Disk>,
}

/// The journal's file.
#[derive(Debug)]
struct Disk {
    path: PathBuf,
    file: File,
    /// Bytes that are known to be whole lines.
    length: u64,
    lines: usize,
    /// Number of lines at which it is written anew.
    limit: usize,
    /// The disk refused a change: the file is older than `live`, and appending would leave a gap.
    behind: bool,
    /// Locked as long as it is open.
    _lock: File,
}

impl QueueJournal {
    /// Opens the journal, takes the lock, and returns the items in the queue's order. Lines that are damaged or cut are
    /// left out and told of, with the file as it was kept aside. When another running program owns the queue, or the
    /// disk refuses, the queue is empty and kept in memory only, and the problem says so.
    #[must_use]
    pub fn open(places: &Places) -> (Self, Vec<SavedItem>, Option<Problem>) {
        match Self::try_open(places) {
            Ok((journal, notice)) => {
                let items = journal.live.values().cloned().collect();
                (journal, items, notice)
            }
            Err(problem) => (Self { live: BTreeMap::new(), disk: None }, Vec::new(), Some(problem)),
        }
    }

    fn try_open(places: &Places) -> Result<(Self, Option<Problem>), Problem> {
        const ADVICE: &str = "The queue of this window is not kept when it closes.";
        let advise = |error: StoreError| error.problem().advise(ADVICE);
        file::make_folder(&places.state).map_err(advise)?;
        let lock = lock(&places.state.join(LOCK)).map_err(advise)?.ok_or_else(|| {
            Problem::new(ProblemKind::Local, "Another Moorline is running and keeps the saved queue.").advise(ADVICE)
        })?;
        let path = places.state.join(FILE);
        let (live, bad) = match file::find(&path) {
            Found::Missing => (BTreeMap::new(), None),
            Found::Unreadable(error) => {
                return Err(file::unreadable(&path, &error).advise(ADVICE));
            }
            // A cut may fall inside a letter; the line's checksum then shows it.
            Found::Text(text) | Found::NoText(text) => replay(&text),
        };
        let notice = match bad {
            None => None,
            Some(detail) => {
                let kept_as = file::copy_aside(&path).map_err(advise)?;
                let what = format!("The saved queue was damaged ({detail}); {} items could be read.", live.len());
                let advice = format!("The file as it was is kept as “{}”.", kept_as.display());
                Some(Problem::new(ProblemKind::Local, what).advise(advice))
            }
        };
        let disk = rewrite(&path, &live, lock).map_err(advise)?;
        Ok((Self { live, disk: Some(disk) }, notice))
    }

    /// Appends a change. When it returns, the change survives the end of this program; after [`Self::flush`] also that
    /// of the system.
    ///
    /// # Errors
    /// The disk refused (it is full): the change holds in memory, the file is a state from before, and nothing is
    /// appended after the gap until [`Self::catch_up`] has written everything.
    pub fn append(&mut self, change: Change) -> Result<(), StoreError> {
        let line = line(&change);
        apply(&mut self.live, change);
        let Some(disk) = self.disk.as_mut().filter(|disk| !disk.behind) else { return Ok(()) };
        if disk.lines >= disk.limit {
            match disk.rewrite_in_place(&self.live) {
                Ok(()) => return Ok(()),
                // The old file is whole and takes the line; the next attempt comes after as many lines again.
                Err(_) => disk.limit = disk.limit.saturating_mul(2),
            }
        }
        let written = line.and_then(|line| disk.append(line.as_bytes()));
        disk.behind = written.is_err();
        written
    }

    /// Flushes what was appended to the disk itself.
    ///
    /// # Errors
    /// The disk refused; [`Self::catch_up`] writes everything anew.
    pub fn flush(&mut self) -> Result<(), StoreError> {
        match self.to_flush() {
            Some(file) => file.and_then(|file| file.sync_data()).map_err(|error| self.not_flushed(error)),
            None => Ok(()),
        }
    }

    /// Another handle to the file, for a thread that flushes it while this one goes on appending; nothing when nothing is kept.
    #[must_use]
    pub fn to_flush(&self) -> Option<io::Result<File>> {
        self.disk.as_ref().filter(|disk| !disk.behind).map(|disk| disk.file.try_clone())
    }

    /// The disk refused to flush: what it holds is unknown, until [`Self::catch_up`] has written everything anew.
    pub fn not_flushed(&mut self, source: io::Error) -> StoreError {
        let path = self.disk.as_mut().map_or_else(PathBuf::new, |disk| {
            disk.behind = true;
            disk.path.clone()
        });
        StoreError::Io { action: "saved", path, source }
    }

    /// Whether the file lacks changes because the disk refused them.
    #[must_use]
    pub fn is_behind(&self) -> bool {
        self.disk.as_ref().is_some_and(|disk| disk.behind)
    }

    /// Writes everything anew if the disk refused something before.
    ///
    /// # Errors
    /// It still refuses.
    pub fn catch_up(&mut self) -> Result<(), StoreError> {
        match self.disk.as_mut().filter(|disk| disk.behind) {
            Some(disk) => disk.rewrite_in_place(&self.live),
            None => Ok(()),
        }
    }
}

impl Disk {
    fn append(&mut self, line: &[u8]) -> Result<(), StoreError> {
        match self.file.write_all(line) {
            Ok(()) => {
                self.length += line.len() as u64;
                self.lines += 1;
                Ok(())
            }
            Err(source) => {
                // Half a line would be told as damage. If it cannot be cut off, reading leaves it out.
                drop(self.file.set_len(self.length));
                Err(StoreError::Io { action: "saved", path: self.path.clone(), source })
            }
        }
    }

    fn rewrite_in_place(&mut self, live: &BTreeMap<u64, SavedItem>) -> Result<(), StoreError> {
        let text = whole(live)?;
        file::write_atomically(&self.path, text.as_bytes())?;
        self.file = open_to_append(&self.path)?;
        self.length = text.len() as u64;
        self.lines = live.len();
        self.limit = limit(live);
        self.behind = false;
        Ok(())
    }
}

/// Writes the journal anew, as short as it can be.
fn rewrite(path: &Path, live: &BTreeMap<u64, SavedItem>, lock: File) -> Result<Disk, StoreError> {
    let text = whole(live)?;
    file::write_atomically(path, text.as_bytes())?;
    Ok(Disk {
        path: path.to_owned(),
        file: open_to_append(path)?,
        length: text.len() as u64,
        lines: live.len(),
        limit: limit(live),
        behind: false,
        _lock: lock,
    })
}

fn open_to_append(path: &Path) -> Result<File, StoreError> {
    let failed = |source| StoreError::Io { action: "opened", path: path.to_owned(), source };
    OpenOptions::new().append(true).open(path).map_err(failed)
}

fn limit(live: &BTreeMap<u64, SavedItem>) -> usize {
    live.len().saturating_mul(GROWTH).max(LINES_AT_LEAST)
}

/// Takes the lock; `None` when another program has it.
fn lock(path: &Path) -> Result<Option<File>, StoreError> {
    let failed = |source: io::Error| StoreError::Io { action: "locked", path: path.to_owned(), source };
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(path).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(std::fs::TryLockError::WouldBlock) => Ok(None),
        Err(std::fs::TryLockError::Error(error)) => Err(failed(error)),
    }
}

/// One line: the checksum (CRC-32, eight digits), a blank, the change as JSON.
fn line(change: &Change) -> Result<String, StoreError> {
    let json =
        serde_json::to_string(change).map_err(|error| StoreError::Encode { path: FILE.into(), detail: error.to_string() })?;
    Ok(format!("{:08x} {json}\n", crc32fast::hash(json.as_bytes())))
}

/// The shortest journal with this outcome.
fn whole(live: &BTreeMap<u64, SavedItem>) -> Result<String, StoreError> {
    let mut text = format!("{HEADER}\n");
    for item in live.values() {
        text.push_str(&line(&Change::Put(item.clone()))?);
    }
    Ok(text)
}

/// What a journal amounts to, and what is wrong with it.
///
/// A journal that was cut is a state that the queue truly had: everything up to the cut. A line that was changed is
/// left out and those after it count, since each tells all of its item. The line may have been the last word about any
/// item that no later line tells of, so those are held: nothing runs on an old word without a person having looked.
fn replay(text: &str) -> (BTreeMap<u64, SavedItem>, Option<String>) {
    let mut live = BTreeMap::new();
    let mut doubtful = BTreeSet::new();
    let (mut good, mut bad, mut gap) = (0_usize, 0_usize, false);
    let first = text.lines().next().unwrap_or_default();
    for line in text.split_inclusive('\n').skip(usize::from(first == HEADER)) {
        let Some(change) = read(line.strip_suffix('\n').unwrap_or(line)) else {
            bad += 1;
            // A line without its end is the cut itself: it was never whole, and nothing was done on its word.
            gap |= line.ends_with('\n');
            continue;
        };
        if std::mem::take(&mut gap) {
            doubtful.extend(live.keys().copied());
        }
        certain(&change, &mut |id| {
            doubtful.remove(&id);
        });
        good += 1;
        // What is said about the bytes of a doubtful item may be about another state of it than the one that is known.
        if !matches!(change, Change::Moved { id, .. } if doubtful.contains(&id)) {
            apply(&mut live, change);
        }
    }
    if gap {
        doubtful.extend(live.keys().copied());
    }
    let mut held = 0_usize;
    for id in doubtful {
        if let Some(item) = live.get_mut(&id).filter(|item| item.state == SavedState::Queued) {
            item.state = SavedState::Paused;
            held += 1;
        }
    }
    let detail = match bad {
        0 if first == HEADER => return (live, None),
        // A layout of which nothing can be read is not ours.
        _ if good == 0 && first != HEADER && first.starts_with(HEADER_NAME) => "another version of Moorline wrote it".to_owned(),
        _ if good == 0 && first != HEADER => "its beginning is missing".to_owned(),
        0 | 1 => "one line is cut or changed".to_owned(),
        _ => format!("{bad} lines are cut or changed"),
    };
    let detail = match held {
        0 => detail,
        1 => format!("{detail}; one item is paused because its last change may be missing"),
        _ => format!("{detail}; {held} items are paused because their last change may be missing"),
    };
    (live, Some(detail))
}

/// The items of which a change tells all there is.
fn certain(change: &Change, tell: &mut impl FnMut(u64)) {
    match change {
        Change::Put(SavedItem { id, .. }) | Change::Remove(id) => tell(*id),
        Change::Moved { .. } => {}
        Change::Together(changes) => changes.iter().for_each(|change| certain(change, tell)),
    }
}

fn read(line: &str) -> Option<Change> {
    let (sum, json) = line.split_once(' ')?;
    if sum != format!("{:08x}", crc32fast::hash(json.as_bytes())) {
        return None;
    }
    serde_json::from_str(json).ok()
}

fn apply(live: &mut BTreeMap<u64, SavedItem>, change: Change) {
    match change {
        Change::Put(item) => {
            live.insert(item.id, item);
        }
        Change::Remove(id) => {
            live.remove(&id);
        }
        Change::Moved { id, offset } => {
            if let Some(item) = live.get_mut(&id) {
                item.moved = offset;
            }
        }
        Change::Together(changes) => changes.into_iter().for_each(|change| apply(live, change)),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]

    use std::fs;

    use super::*;

    fn places() -> (tempfile::TempDir, Places) {
        let folder = tempfile::tempdir().unwrap();
        let places = Places::in_folder(folder.path());
        (folder, places)
    }

    fn item(id: u64) -> SavedItem {
        SavedItem {
            id,
            site: SiteId("site-1".into()),
            direction: if id.is_multiple_of(2) { Direction::Upload } else { Direction::Download },
            local: PathBuf::from(format!("/home/anna/größe {id}\n.txt")),
            remote: RemotePath::parse(&format!("/www/größe {id}.txt")).unwrap(),
            is_folder: Some(false),
            from_folder: false,
            modified: Some(1_763_640_000_123_456_789),
            on_exists: OnExists::Resume,
            batch: 3,
            state: SavedState::Queued,
            moved: 0,
            size: Some(1000),
            part: Some("größe.part".into()),
            tries: 1,
        }
    }

    fn failed(id: u64) -> SavedItem {
        let problem = Problem::new(ProblemKind::Refused, "The server refused.").advise("Ask.").quote("552 quota");
        SavedItem { state: SavedState::Failed(problem), size: None, part: None, ..item(id) }
    }

    /// A journal with every kind of change, and the items that it amounts to after each.
    fn changes() -> Vec<Change> {
        vec![
            Change::Put(item(1)),
            Change::Put(item(2)),
            Change::Moved { id: 1, offset: 10 },
            Change::Put(failed(2)),
            Change::Put(SavedItem { state: SavedState::Paused, is_folder: Some(true), ..item(3) }),
            Change::Moved { id: 3, offset: u64::MAX },
            Change::Remove(1),
            Change::Moved { id: 1, offset: 20 },
            Change::Put(SavedItem { is_folder: Some(true), ..item(4) }),
            Change::Together(vec![Change::Put(item(5)), Change::Put(item(6)), Change::Remove(4)]),
            Change::Put(item(7)),
            Change::Remove(5),
        ]
    }

    fn after(changes: &[Change]) -> Vec<SavedItem> {
        let mut live = BTreeMap::new();
        changes.iter().for_each(|change| apply(&mut live, change.clone()));
        live.into_values().collect()
    }

    #[test]
    fn the_queue_is_the_same_after_a_restart() {
        let (_folder, places) = places();
        let (mut journal, items, notice) = QueueJournal::open(&places);
        assert_eq!((items, notice), (vec![], None));
        for change in changes() {
            journal.append(change).unwrap();
        }
        journal.flush().unwrap();
        drop(journal);
        for _ in 0..2 {
            let (_journal, items, notice) = QueueJournal::open(&places);
            assert_eq!((items, notice), (after(&changes()), None));
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_local_name_that_is_no_text_lasts_and_the_file_is_private() {
        use std::ffi::OsStr;
        use std::os::unix::ffi::OsStrExt;
        use std::os::unix::fs::PermissionsExt;
        let (_folder, places) = places();
        let odd = SavedItem { local: Path::new("/home").join(OsStr::from_bytes(b"\xff\xfe\n\0x")), ..item(1) };
        let (mut journal, ..) = QueueJournal::open(&places);
        journal.append(Change::Put(odd.clone())).unwrap();
        drop(journal);
        assert_eq!(QueueJournal::open(&places).1, [odd]);
        for file in [FILE, LOCK] {
            assert_eq!(fs::metadata(places.state.join(file)).unwrap().permissions().mode() & 0o777, 0o600);
        }
    }

    #[test]
    fn a_journal_cut_at_any_byte_keeps_every_whole_line() {
        let (_folder, places) = places();
        let (mut journal, ..) = QueueJournal::open(&places);
        for change in changes() {
            journal.append(change).unwrap();
        }
        drop(journal);
        let path = places.state.join(FILE);
        let bytes = fs::read(&path).unwrap();
        for cut in 0..bytes.len() {
            // A line without its line feed is whole.
            let whole = bytes[..=cut].iter().filter(|byte| **byte == b'\n').count();
            let at_boundary = bytes[cut] == b'\n' || (cut > 0 && bytes[cut - 1] == b'\n');
            let expected = after(&changes()[..whole.saturating_sub(1)]);
            let (live, bad) = replay(&String::from_utf8_lossy(&bytes[..cut]));
            assert_eq!(live.into_values().collect::<Vec<_>>(), expected, "cut at {cut}");
            assert_eq!(bad.is_none(), at_boundary, "cut at {cut}: {bad:?}");
            // The same through the disk, at fewer places, because it flushes each time.
            if cut % 13 != 0 {
                continue;
            }
            fs::remove_dir_all(&places.state).unwrap();
            fs::create_dir(&places.state).unwrap();
            fs::write(&path, &bytes[..cut]).unwrap();
            let (_journal, items, notice) = QueueJournal::open(&places);
            assert_eq!((items, notice.is_none()), (expected, at_boundary), "cut at {cut}");
            if let Some(notice) = notice {
                let kept: Vec<PathBuf> = fs::read_dir(&places.state).unwrap().map(|entry| entry.unwrap().path()).collect();
                let kept = kept.iter().find(|path| path.to_string_lossy().contains("damaged-")).unwrap();
                assert_eq!(fs::read(kept).unwrap(), &bytes[..cut]);
                assert!(notice.sentence().contains(&kept.display().to_string()));
            }
        }
    }

    /// What is loaded after a byte was changed is true item by item: no item is there that the queue never had so, what
    /// would run by itself is as it was at the end, and only what the changed line told of can be missing.
    #[test]
    fn a_journal_with_any_byte_changed_never_lies() {
        let changes = changes();
        let text = changes.iter().fold(format!("{HEADER}\n"), |text, change| text + &line(change).unwrap());
        let had: Vec<SavedItem> = (0..=changes.len()).flat_map(|count| after(&changes[..count])).collect();
        let (end, before_last) = (after(&changes), after(&changes[..changes.len() - 1]));
        let mut told = 0;
        for at in 0..text.len() {
            let bits = (0..8).map(|bit| text.as_bytes()[at] ^ (1 << bit));
            for byte in bits.chain(*b"\n \0\xFF0").filter(|byte| *byte != text.as_bytes()[at]) {
                let mut changed = text.clone().into_bytes();
                changed[at] = byte;
                let (live, notice) = replay(&String::from_utf8_lossy(&changed));
                let loaded: Vec<SavedItem> = live.into_values().collect();
                let place = format!("byte {at} changed to {byte:#x}: {notice:?}");
                assert!(notice.is_some(), "{place}");
                told += usize::from(notice.unwrap().contains("paused"));
                for item in &loaded {
                    let is_true = |true_one: &SavedItem| {
                        *item == *true_one
                            || (true_one.state == SavedState::Queued
                                && *item == SavedItem { state: SavedState::Paused, ..true_one.clone() })
                    };
                    assert!(had.iter().any(is_true), "{place}: {item:?} never was");
                    if item.state == SavedState::Queued && loaded != before_last {
                        assert!(end.contains(item), "{place}: {item:?} is old and would run");
                    }
                }
                let number = text.as_bytes()[..at].iter().filter(|byte| **byte == b'\n').count();
                // A changed line feed spoils the line after it too.
                let spoiled: Vec<u64> = changes.iter().take(number + 1).skip(number.saturating_sub(1)).flat_map(subjects).collect();
                for item in end.iter().filter(|item| !spoiled.contains(&item.id)) {
                    assert!(loaded.iter().any(|found| found.id == item.id), "{place}: {item:?} is lost");
                }
            }
        }
        assert!(told > 0, "no change of a byte ever made an item doubtful");
    }

    fn subjects(change: &Change) -> Vec<u64> {
        match change {
            Change::Put(item) => vec![item.id],
            Change::Remove(id) | Change::Moved { id, .. } => vec![*id],
            Change::Together(changes) => changes.iter().flat_map(subjects).collect(),
        }
    }

    /// While the disk refuses, the file stays a state from before; when it takes again, it has everything.
    #[cfg(target_os = "linux")]
    #[test]
    fn a_full_disk_loses_nothing_and_says_so() {
        let (folder, places) = places();
        let (mut journal, ..) = QueueJournal::open(&places);
        journal.append(Change::Put(item(1))).unwrap();
        let path = places.state.join(FILE);
        let in_the_way = folder.path().join("in the way");
        fs::write(&in_the_way, "").unwrap();
        // This device answers every write with "no space left"; a place below a file takes no new journal either.
        let disk = journal.disk.as_mut().unwrap();
        disk.file = OpenOptions::new().append(true).open("/dev/full").unwrap();
        disk.path = in_the_way.join(FILE);
        let said = journal.append(Change::Remove(1)).unwrap_err().problem().sentence();
        assert!(said.contains("No space left"), "{said}");
        assert!(journal.is_behind());
        // Nothing goes after the gap, not even when there is room again for a line.
        journal.disk.as_mut().unwrap().file = open_to_append(&path).unwrap();
        journal.append(Change::Put(item(2))).unwrap();
        assert!(journal.catch_up().is_err());
        assert_eq!(replay(&fs::read_to_string(&path).unwrap()), (BTreeMap::from([(1, item(1))]), None));
        journal.disk.as_mut().unwrap().path = path;
        journal.catch_up().unwrap();
        assert!(!journal.is_behind());
        journal.append(Change::Put(item(3))).unwrap();
        drop(journal);
        let (_journal, items, notice) = QueueJournal::open(&places);
        assert_eq!((items, notice), (vec![item(2), item(3)], None));
    }

    #[test]
    fn the_second_program_gets_a_queue_of_its_own_and_is_told() {
        let (_folder, places) = places();
        let (mut first, ..) = QueueJournal::open(&places);
        first.append(Change::Put(item(1))).unwrap();
        let (mut second, items, notice) = QueueJournal::open(&places);
        assert_eq!(items, []);
        assert!(notice.unwrap().sentence().contains("Another Moorline"));
        second.append(Change::Put(item(2))).unwrap();
        second.flush().unwrap();
        drop(second);
        drop(first);
        assert_eq!(QueueJournal::open(&places).1, [item(1)]);
    }

    #[test]
    fn the_journal_does_not_grow_for_ever() {
        let (_folder, places) = places();
        let (mut journal, ..) = QueueJournal::open(&places);
        journal.append(Change::Put(item(1))).unwrap();
        let path = places.state.join(FILE);
        let mut longest = 0;
        for offset in 0..5_000 {
            journal.append(Change::Moved { id: 1, offset }).unwrap();
            longest = longest.max(fs::read_to_string(&path).unwrap().lines().count());
        }
        assert!(longest <= LINES_AT_LEAST + 2, "{longest}");
        drop(journal);
        let (_journal, items, notice) = QueueJournal::open(&places);
        assert_eq!((items, notice), (vec![SavedItem { moved: 4_999, ..item(1) }], None));
        assert_eq!(fs::read_to_string(&path).unwrap().lines().count(), 2);
    }

    #[test]
    fn a_journal_of_a_later_version_is_kept() {
        let (_folder, places) = places();
        fs::create_dir_all(&places.state).unwrap();
        fs::write(places.state.join(FILE), "moorline-queue 2\nwho knows\n").unwrap();
        let (_journal, items, notice) = QueueJournal::open(&places);
        assert_eq!(items, []);
        assert!(notice.unwrap().sentence().contains("queue.damaged-"));
    }

    #[test]
    fn without_a_place_the_queue_is_in_memory() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("state"), "a file in the way").unwrap();
        let (mut journal, items, notice) = QueueJournal::open(&Places::in_folder(folder.path()));
        assert_eq!(items, []);
        assert!(notice.unwrap().sentence().contains("not kept"));
        journal.append(Change::Put(item(1))).unwrap();
        journal.flush().unwrap();
    }
}
