//! The saved queue: changes appended to `queue.journal`, each line with its checksum, so that a crash costs at most the last one.
//!
//! The journal keeps no copy of the queue in memory. When it has grown too long it is written anew from the queue itself, in
//! portions, while changes go on being appended; see [`QueueJournal::begin_anew`].

mod replay;
mod saved;

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

pub use replay::Restore;
pub use saved::{Change, SavedItem, SavedState};

use crate::model::problem::{Problem, ProblemKind};
use crate::store::file::{self, Replacing, StoreError};
use crate::store::places::Places;
use crate::store::queue::replay::replay;

/// The journal's name in the state folder.
const FILE: &str = "queue.journal";
/// Held locked by the program that owns the queue. A file of its own, because the journal itself is replaced.
const LOCK: &str = "queue.lock";
/// The first line; another number is a layout that this program does not know.
const HEADER: &str = "moorline-queue 1";
/// What the first line begins with in every layout.
const HEADER_NAME: &str = "moorline-queue ";
/// The journal is written anew when it has this many times the lines that are needed …
const GROWTH: usize = 2;
/// … but not for less than this many.
const LINES_AT_LEAST: usize = 1000;
/// A journal of a queue up to this size is written anew at the start when it has lines that are not needed: it costs nothing.
const SMALL: usize = 10_000;
/// Items that are written anew at a time.
const PORTION: usize = 1_000;

/// The saved queue's journal.
#[derive(Debug)]
pub struct QueueJournal {
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
    /// Whether the whole queue is held: not told by any item, so a journal that is written anew gets it from here.
    held: bool,
    /// The disk refused a change: the file is older than the queue, and appending would leave a gap.
    behind: bool,
    /// The journal that will take this one's place.
    anew: Option<Anew>,
    /// Locked as long as it is open.
    _lock: File,
}

/// A journal while it is written anew.
#[derive(Debug)]
struct Anew {
    replacing: Replacing,
    length: u64,
    lines: usize,
    /// Lines that the queue needs.
    rows: usize,
}

impl Anew {
    fn begin(path: &Path, held: bool) -> Result<Self, StoreError> {
        let mut anew = Self { replacing: Replacing::begin(path)?, length: 0, lines: 0, rows: 0 };
        anew.write(&format!("{HEADER}\n"))?;
        if held {
            anew.write(&line(&Change::Hold(true))?)?;
            anew.lines += 1;
        }
        Ok(anew)
    }

    fn write(&mut self, text: &str) -> Result<(), StoreError> {
        self.replacing.write(text.as_bytes())?;
        self.length += text.len() as u64;
        Ok(())
    }

    fn add(&mut self, items: Vec<SavedItem>) -> Result<(), StoreError> {
        let count = items.len();
        let lines: Result<Vec<String>, StoreError> = items.into_iter().map(|item| line(&Change::Put(item))).collect();
        self.write(&lines?.concat())?;
        self.lines += count;
        self.rows += count;
        Ok(())
    }

    /// A whole journal of all that is there, flushed.
    fn whole(path: &Path, held: bool, live: &impl Restore) -> Result<Self, StoreError> {
        let mut anew = Self::begin(path, held)?;
        let mut from = Some(0);
        while let Some(next) = from {
            let (items, further) = live.saved(next, PORTION);
            anew.add(items)?;
            from = further;
        }
        let flushed = anew.replacing.file().sync_all();
        flushed.map_err(|source| StoreError::Io { action: "saved", path: path.to_owned(), source })?;
        Ok(anew)
    }
}

impl QueueJournal {
    /// Opens the journal, takes the lock, and reads the items. Lines that are damaged or cut are
    /// left out and told of, with the file as it was kept aside. When another running program owns the queue, or the
    /// disk refuses, there are none and nothing is kept, and the problem says so.
    #[must_use]
    pub fn open<L: Restore + Default>(places: &Places) -> (Self, L, Option<Problem>) {
        let mut live = L::default();
        match Self::try_open(places, &mut live) {
            Ok((journal, notice)) => (journal, live, notice),
            Err(problem) => (Self { disk: None }, L::default(), Some(problem)),
        }
    }

    fn try_open(places: &Places, live: &mut impl Restore) -> Result<(Self, Option<Problem>), Problem> {
        const ADVICE: &str = "The queue of this window is not kept when it closes.";
        let advise = |error: StoreError| error.problem().advise(ADVICE);
        file::make_folder(&places.state).map_err(advise)?;
        let lock = lock(&places.state.join(LOCK)).map_err(advise)?.ok_or_else(|| {
            Problem::new(ProblemKind::Local, "Another Moorline is running and keeps the saved queue.").advise(ADVICE)
        })?;
        let path = places.state.join(FILE);
        let found = match File::open(&path) {
            Ok(file) => Some(replay(file, live).map_err(|error| file::unreadable(&path, &error).advise(ADVICE))?),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(file::unreadable(&path, &error).advise(ADVICE)),
        };
        let count = live.count();
        let notice = match found.as_ref().and_then(|found| found.bad.as_ref()) {
            None => None,
            Some(detail) => {
                let kept_as = file::copy_aside(&path).map_err(advise)?;
                let what = format!("The saved queue was damaged ({detail}); {count} items could be read.");
                let advice = format!("The file as it was is kept as “{}”.", kept_as.display());
                Some(Problem::new(ProblemKind::Local, what).advise(advice))
            }
        };
        let held = found.as_ref().is_some_and(|found| found.held);
        let good = found.filter(|found| {
            // That of a large queue is written anew while the queue is worked on (`is_too_long`), not before.
            let is_short = found.lines == count + usize::from(held) || count > SMALL;
            notice.is_none() && found.is_open_ended && is_short
        });
        let (lines, length) = match good {
            Some(found) => (found.lines, found.length),
            None => {
                let anew = Anew::whole(&path, held, live).map_err(advise)?;
                let (lines, length) = (anew.lines, anew.length);
                anew.replacing.finish().map_err(advise)?;
                (lines, length)
            }
        };
        let file = open_to_append(&path).map_err(advise)?;
        let disk = Disk { path, file, length, lines, limit: limit(count), held, behind: false, anew: None, _lock: lock };
        Ok((Self { disk: Some(disk) }, notice))
    }

    /// Appends a change. When it returns, the change survives the end of this program; after [`Self::flush`] also that
    /// of the system.
    ///
    /// # Errors
    /// The disk refused (it is full): the file is a state from before, and nothing is appended after the gap until
    /// everything was written anew.
    pub fn append(&mut self, change: &Change) -> Result<(), StoreError> {
        let Some(disk) = &mut self.disk else { return Ok(()) };
        if let Change::Hold(held) = change {
            disk.held = *held;
        }
        let line = line(change);
        if let (Some(anew), Ok(line)) = (&mut disk.anew, &line) {
            anew.lines += 1;
            if anew.write(line).is_err() {
                disk.give_up_anew();
            }
        }
        if disk.behind {
            return Ok(());
        }
        let written = line.and_then(|line| disk.append(line.as_bytes()));
        disk.behind = written.is_err();
        written
    }

    /// Lets go of the file: from now on another program may own the queue, and nothing is kept.
    pub fn close(&mut self) {
        self.disk = None;
    }

    /// Flushes what was appended to the disk itself.
    ///
    /// # Errors
    /// The disk refused; everything has to be written anew.
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

    /// The disk refused to flush: what it holds is unknown, until everything was written anew.
    pub fn not_flushed(&mut self, source: io::Error) -> StoreError {
        if let Some(disk) = &mut self.disk {
            disk.behind = true;
        }
        self.refused(source)
    }

    /// What is said when the disk refuses.
    #[must_use]
    pub fn refused(&self, source: io::Error) -> StoreError {
        let path = self.disk.as_ref().map_or_else(PathBuf::new, |disk| disk.path.clone());
        StoreError::Io { action: "saved", path, source }
    }

    /// Whether anything is kept: this program owns the queue, and there is a place for it.
    #[must_use]
    pub fn is_kept(&self) -> bool {
        self.disk.is_some()
    }

    /// Whether the file lacks changes because the disk refused them.
    #[must_use]
    pub fn is_behind(&self) -> bool {
        self.disk.as_ref().is_some_and(|disk| disk.behind)
    }

    /// Whether the file is so long that it should be written anew.
    #[must_use]
    pub fn is_too_long(&self) -> bool {
        self.disk.as_ref().is_some_and(|disk| disk.anew.is_none() && disk.lines >= disk.limit)
    }

    /// Whether it is being written anew.
    #[must_use]
    pub fn is_written_anew(&self) -> bool {
        self.disk.as_ref().is_some_and(|disk| disk.anew.is_some())
    }

    /// Begins to write the journal anew. From now on each change goes into the new file too, so the items may be added from the
    /// queue one portion after the other ([`Self::add_anew`]): what changes meanwhile is told once more behind its portion. When
    /// all portions and every change up to the last of them were written, and the file was flushed ([`Self::anew_to_flush`]),
    /// [`Self::finish_anew`] puts it in the old one's place.
    ///
    /// # Errors
    /// The disk refuses.
    pub fn begin_anew(&mut self) -> Result<(), StoreError> {
        let Some(disk) = &mut self.disk else { return Ok(()) };
        // The old file is whole; when this fails, the next attempt comes after as many lines again.
        disk.limit = disk.limit.max(disk.lines.saturating_mul(GROWTH));
        disk.anew = Some(Anew::begin(&disk.path, disk.held)?);
        Ok(())
    }

    /// Adds items as they are in the queue.
    ///
    /// # Errors
    /// The disk refuses; the old journal stays.
    pub fn add_anew(&mut self, items: Vec<SavedItem>) -> Result<(), StoreError> {
        let Some(disk) = &mut self.disk else { return Ok(()) };
        let added = disk.anew.as_mut().map_or(Ok(()), |anew| anew.add(items));
        if added.is_err() {
            disk.give_up_anew();
        }
        added
    }

    /// A handle to the new file, for a thread that flushes it.
    #[must_use]
    pub fn anew_to_flush(&self) -> Option<io::Result<File>> {
        self.disk.as_ref()?.anew.as_ref().map(|anew| anew.replacing.file().try_clone())
    }

    /// Puts the new journal in the old one's place.
    ///
    /// # Errors
    /// The disk refuses; the old journal stays.
    pub fn finish_anew(&mut self) -> Result<(), StoreError> {
        let Some(disk) = &mut self.disk else { return Ok(()) };
        match disk.anew.take() {
            Some(anew) => disk.replace_by(anew),
            None => Ok(()),
        }
    }

    /// The new file could not be flushed: the old journal stays.
    pub fn give_up_anew(&mut self) {
        if let Some(disk) = &mut self.disk {
            disk.give_up_anew();
        }
    }

    /// Writes everything anew at once, from a queue that nobody changes meanwhile.
    ///
    /// # Errors
    /// The disk refuses; the old journal stays.
    pub fn write_anew(&mut self, live: &impl Restore) -> Result<(), StoreError> {
        let Some(disk) = &mut self.disk else { return Ok(()) };
        disk.anew = None;
        let anew = Anew::whole(&disk.path, disk.held, live)?;
        disk.replace_by(anew)
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

    fn replace_by(&mut self, anew: Anew) -> Result<(), StoreError> {
        let Anew { replacing, length, lines, rows } = anew;
        replacing.finish()?;
        self.file = open_to_append(&self.path)?;
        (self.length, self.lines, self.limit, self.behind) = (length, lines, limit(rows), false);
        Ok(())
    }

    fn give_up_anew(&mut self) {
        self.anew = None;
    }
}

fn open_to_append(path: &Path) -> Result<File, StoreError> {
    let failed = |source| StoreError::Io { action: "opened", path: path.to_owned(), source };
    OpenOptions::new().append(true).open(path).map_err(failed)
}

fn limit(items: usize) -> usize {
    items.saturating_mul(GROWTH).max(LINES_AT_LEAST)
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

#[cfg(test)]
mod tests;
