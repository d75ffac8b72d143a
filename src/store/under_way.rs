//! What running programs have under temporary names: each notes it in a file of its own and holds a lock meanwhile, so that others
//! leave it alone, and the next one knows what a kill has left.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::model::leftover::Leftover;
use crate::store::file::StoreError;
use crate::store::lossless_path;
use crate::store::places::Places;
use crate::store::turn::in_time;

/// Held for a moment by whoever looks at more than its own notes, or changes what is left over.
const GUARD: &str = "leftovers.lock";
/// Begins the names of a program's notes and of the lock that it holds while it runs.
const BEGINS: &str = "under-way-";
const NOTES: &str = "notes";
const LOCK: &str = "lock";
/// With so many lines the notes are written anew.
const LINES_AT_MOST: usize = 4096;

/// Something of ours under a temporary name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Temporary {
    /// On a server.
    Remote(Leftover),
    /// On this machine.
    Local(LocalPart),
}

/// A file here that a download is written to until it is proven. A path alone would not tell it from another's of the same name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct LocalPart {
    #[serde(with = "lossless_path")]
    path: PathBuf,
    /// When it was made, in nanoseconds since 1970.
    made: i64,
    /// The system's number for it; 0 where there is none.
    number: u64,
}

impl LocalPart {
    /// What is at a path now; nothing where the system does not tell one file from another that came in its place.
    #[must_use]
    pub fn at(path: &Path) -> Option<Self> {
        let facts = fs::symlink_metadata(path).ok().filter(fs::Metadata::is_file)?;
        let made = i64::try_from(Timestamp::try_from(facts.created().ok()?).ok()?.as_nanosecond()).ok()?;
        #[cfg(unix)]
        let number = std::os::unix::fs::MetadataExt::ino(&facts);
        #[cfg(not(unix))]
        let number = 0;
        Some(Self { path: path.to_owned(), made, number })
    }

    /// Whether it is there still.
    #[must_use]
    pub fn is_there(&self) -> bool {
        Self::at(&self.path).as_ref() == Some(self)
    }
}

/// What becomes of it when this program is killed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AfterKill {
    /// Nobody goes on with it: it is left over.
    LeftOver,
    /// The saved queue knows it.
    Saved,
}

/// A cheap handle to this program's notes. They are made when there is something to note, and go with the program.
#[derive(Clone, Debug)]
pub struct UnderWay {
    places: Option<Places>,
    own: Arc<Mutex<Own>>,
}

#[derive(Debug, Default)]
struct Own {
    notes: Option<Notes>,
    open: Vec<(Temporary, AfterKill)>,
    lines: usize,
}

#[derive(Debug)]
struct Notes {
    path: PathBuf,
    file: File,
    /// Locked as long as it is open.
    lock: File,
}

impl Drop for Own {
    fn drop(&mut self) {
        let Some(Notes { path, file, lock }) = self.notes.take() else { return };
        if self.open.iter().any(|(_, after)| *after == AfterKill::LeftOver) {
            // The next program finds them.
            return;
        }
        drop(file);
        // The lock's name goes last: notes without one would be taken for those of a program that has ended, which is so.
        drop(fs::remove_file(&path));
        drop(lock);
        drop(fs::remove_file(path.with_extension(LOCK)));
    }
}

/// What one program had under way.
pub(super) struct Others {
    pub(super) open: Vec<(Temporary, AfterKill)>,
    /// Where it noted that.
    path: PathBuf,
    /// The lock of a program that has ended.
    ended: Option<File>,
}

impl Others {
    /// Whether the program runs.
    pub(super) fn is_running(&self) -> bool {
        self.ended.is_none()
    }

    /// Takes the notes of a program that has ended away.
    pub(super) fn take_away(self) {
        if let Some(lock) = self.ended {
            drop(fs::remove_file(&self.path));
            drop(lock);
            drop(fs::remove_file(self.path.with_extension(LOCK)));
        }
    }
}

/// Nobody else looks at what is under way or left over while this is held.
pub(super) struct Guard {
    _held: File,
}

impl UnderWay {
    /// Nothing yet. Without a place nothing is noted.
    #[must_use]
    pub fn new(places: Option<Places>) -> Self {
        Self { places, own: Arc::default() }
    }

    /// Where it is noted.
    pub(super) fn places(&self) -> Option<&Places> {
        self.places.as_ref()
    }

    /// Notes something, before the first byte is written under its name; `flushed` when it must outlast the system too.
    ///
    /// # Errors
    /// The disk refuses; then a kill leaves it behind for good.
    pub fn begin(&self, what: Temporary, after: AfterKill, flushed: bool) -> Result<(), StoreError> {
        // The guard comes first wherever both are held.
        let guard = if self.lock().notes.is_none() { self.guard()? } else { None };
        self.note(guard.as_ref(), what, after, flushed)
    }

    /// As [`Self::begin`], with the guard in hand.
    pub(super) fn note(&self, guard: Option<&Guard>, what: Temporary, after: AfterKill, flushed: bool) -> Result<(), StoreError> {
        let Some(places) = &self.places else { return Ok(()) };
        let mut own = self.lock();
        if own.open.iter().any(|(known, _)| *known == what) {
            return Ok(());
        }
        if own.notes.is_none() && guard.is_some() {
            own.notes = Some(Notes::make(&places.state)?);
        }
        let line = line(&what, after);
        own.open.push((what, after));
        own.write(&line, flushed)
    }

    /// It has its name, or is gone. Tells whether it was noted here.
    pub fn end(&self, what: &Temporary) -> bool {
        let mut own = self.lock();
        let before = own.open.len();
        own.open.retain(|(known, _)| known != what);
        let was_noted = own.open.len() < before;
        if was_noted {
            let line = line_of('-', what);
            // A note too many is found to be about nothing.
            drop(own.write(&line, false));
        }
        was_noted
    }

    /// Whether it is noted here.
    #[must_use]
    pub fn has(&self, is_it: impl Fn(&Temporary) -> bool) -> bool {
        self.lock().open.iter().any(|(known, _)| is_it(known))
    }

    /// Waits for the guard; nothing without a place.
    pub(super) fn guard(&self) -> Result<Option<Guard>, StoreError> {
        let Some(places) = &self.places else { return Ok(None) };
        let path = places.state.join(GUARD);
        crate::store::file::make_folder(&places.state)?;
        let file = open(&path, false).and_then(in_time);
        file.map(|file| Some(Guard { _held: file })).map_err(|source| StoreError::Io { action: "locked", path, source })
    }

    /// What others have, or had, under way.
    pub(super) fn others(&self, _: &Guard) -> Vec<Others> {
        let Some(places) = &self.places else { return Vec::new() };
        let own = self.lock().notes.as_ref().map(|notes| notes.path.clone());
        let Ok(rows) = fs::read_dir(&places.state) else { return Vec::new() };
        let is_notes = |path: &PathBuf| {
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            name.starts_with(BEGINS) && path.extension().is_some_and(|end| end == NOTES)
        };
        let paths =
            rows.filter_map(|row| row.ok().map(|row| row.path())).filter(|path| is_notes(path) && Some(path) != own.as_ref());
        paths.filter_map(of_another).collect()
    }

    fn lock(&self) -> MutexGuard<'_, Own> {
        self.own.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Own {
    fn write(&mut self, line: &str, flushed: bool) -> Result<(), StoreError> {
        let Some(notes) = &mut self.notes else { return Ok(()) };
        self.lines += 1;
        let written = if self.lines > LINES_AT_MOST && self.open.len() < LINES_AT_MOST / 2 {
            // One call for all of it: what is killed in between loses the least.
            let all: String = self.open.iter().map(|(what, after)| self::line(what, *after)).collect();
            self.lines = self.open.len();
            notes.file.set_len(0).and_then(|()| notes.file.write_all(all.as_bytes()))
        } else {
            notes.file.write_all(line.as_bytes())
        };
        let flushed = written.and_then(|()| if flushed { notes.file.sync_data() } else { Ok(()) });
        flushed.map_err(|source| StoreError::Io { action: "saved", path: notes.path.clone(), source })
    }
}

impl Notes {
    /// Notes under a name that no other program has.
    fn make(folder: &Path) -> Result<Self, StoreError> {
        let failed = |path: &Path, source: io::Error| StoreError::Io { action: "made", path: path.to_owned(), source };
        let mut number = 0_u32;
        loop {
            let path = folder.join(format!("{BEGINS}{}-{number}.{NOTES}", std::process::id()));
            match open(&path, true) {
                Ok(file) => {
                    let lock_path = path.with_extension(LOCK);
                    let lock = open(&lock_path, false).and_then(|lock| lock.lock().map(|()| lock));
                    return Ok(Self { lock: lock.map_err(|error| failed(&lock_path, error))?, path, file });
                }
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists && number < u32::MAX => number += 1,
                Err(error) => return Err(failed(&path, error)),
            }
        }
    }
}

/// Opens a file for this user only, to append to it.
fn open(path: &Path, is_new: bool) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.append(true).create(!is_new).create_new(is_new);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Reads another program's notes; nothing when they cannot be read.
fn of_another(path: PathBuf) -> Option<Others> {
    let text = fs::read_to_string(&path).ok()?;
    let mut open: Vec<(Temporary, AfterKill)> = Vec::new();
    // The last line may have been cut.
    for line in text.split_inclusive('\n').filter_map(|line| line.strip_suffix('\n')) {
        let Some((sign, what)) = line.split_once(' ') else { continue };
        let Ok(what) = serde_json::from_str::<Temporary>(what) else { continue };
        open.retain(|(known, _)| *known != what);
        match sign {
            "+" => open.push((what, AfterKill::LeftOver)),
            "=" => open.push((what, AfterKill::Saved)),
            _ => {}
        }
    }
    let lock = self::open(&path.with_extension(LOCK), false).ok()?;
    let ended = lock.try_lock().is_ok().then_some(lock);
    Some(Others { open, path, ended })
}

fn line(what: &Temporary, after: AfterKill) -> String {
    line_of(if after == AfterKill::LeftOver { '+' } else { '=' }, what)
}

fn line_of(sign: char, what: &Temporary) -> String {
    // Nothing in it fails to be text.
    serde_json::to_string(what).map(|what| format!("{sign} {what}\n")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]

    use super::*;
    use crate::model::path::RemotePath;
    use crate::model::site::SiteId;

    fn part(name: &str) -> Temporary {
        let target = RemotePath::parse("/a/f").unwrap();
        Temporary::Remote(Leftover { site: SiteId("s".into()), target, part: name.into(), aside: None, begun: None })
    }

    fn seen(by: &UnderWay) -> Vec<(bool, Vec<(Temporary, AfterKill)>)> {
        let guard = by.guard().unwrap().unwrap();
        by.others(&guard).into_iter().map(|others| (others.is_running(), others.open)).collect()
    }

    fn files(places: &Places) -> usize {
        fs::read_dir(&places.state).unwrap().filter(|row| row.as_ref().unwrap().file_name() != GUARD).count()
    }

    #[test]
    fn others_see_what_is_under_way_and_what_was() {
        let home = tempfile::tempdir().unwrap();
        let places = Places::in_folder(home.path());
        let [one, two] = [(); 2].map(|()| UnderWay::new(Some(places.clone())));
        assert_eq!(seen(&two), []);
        for (name, after) in [("1", AfterKill::LeftOver), ("2", AfterKill::LeftOver), ("3", AfterKill::Saved)] {
            one.begin(part(name), after, name == "2").unwrap();
        }
        assert!(one.end(&part("1")) && !one.end(&part("1")));
        let open = vec![(part("2"), AfterKill::LeftOver), (part("3"), AfterKill::Saved)];
        assert_eq!(seen(&two), [(true, open.clone())]);
        assert_eq!(seen(&one), [], "its own are not another's");
        drop(one);
        assert_eq!(seen(&two), [(false, open)]);
        let guard = two.guard().unwrap().unwrap();
        two.others(&guard).into_iter().for_each(Others::take_away);
        assert_eq!(files(&places), 0);
    }

    #[test]
    fn a_program_that_has_nothing_left_leaves_no_notes() {
        let home = tempfile::tempdir().unwrap();
        let places = Places::in_folder(home.path());
        let one = UnderWay::new(Some(places.clone()));
        for number in 0..3 * LINES_AT_MOST {
            one.begin(part(&number.to_string()), AfterKill::LeftOver, false).unwrap();
            assert!(number == 0 || one.end(&part(&(number - 1).to_string())));
        }
        let notes = one.lock().notes.as_ref().unwrap().path.clone();
        assert!(fs::read_to_string(&notes).unwrap().lines().count() <= LINES_AT_MOST, "they grow for ever");
        assert_eq!(of_another(notes).unwrap().open.len(), 1);
        one.end(&part(&(3 * LINES_AT_MOST - 1).to_string()));
        assert_eq!(files(&places), 2);
        drop(one);
        assert_eq!(files(&places), 0);
    }

    #[test]
    fn a_cut_line_costs_itself_only() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("under-way-1-0.notes");
        let whole = line(&part("1"), AfterKill::LeftOver);
        fs::write(&path, format!("{whole}nonsense\n{}", &line(&part("2"), AfterKill::LeftOver)[..20])).unwrap();
        assert_eq!(of_another(path).unwrap().open, [(part("1"), AfterKill::LeftOver)]);
    }

    #[test]
    fn a_file_that_came_in_anothers_place_is_another() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("f.part");
        assert_eq!(LocalPart::at(&path), None);
        fs::write(&path, "ours").unwrap();
        // Not every file system tells when a file was made.
        let Some(ours) = LocalPart::at(&path) else { return };
        fs::write(&path, "more of ours").unwrap();
        assert!(ours.is_there());
        // Times move on in steps, and numbers are given again: within one step two files may be alike.
        let deadline = std::time::Instant::now() + std::time::Duration::from_secs(60);
        while ours.is_there() {
            assert!(std::time::Instant::now() < deadline, "another file is taken for ours");
            fs::remove_file(&path).unwrap();
            fs::write(&path, "theirs").unwrap();
        }
    }
}
