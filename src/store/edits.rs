//! Files of servers that are edited here: a folder, a note and a lock for each below `state/edits`, so that no edit is lost with the program.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::model::edited::{Basis, EditId, Stamp};
use crate::model::path::RemotePath;
use crate::model::problem::Problem;
use crate::model::readable::readable;
use crate::model::site::SiteId;
use crate::store::file::{self, StoreError};
use crate::store::places::Places;

/// The folder's name in the state folder.
const FOLDER: &str = "edits";
const NOTE: &str = "toml";
const LOCK: &str = "lock";
/// What file managers leave in folders that they show: nobody's work.
const LITTER: [&str; 3] = [".DS_Store", "Thumbs.db", "desktop.ini"];
/// Opens a note.
const HEADER: &str = "# A file of a server that is edited here. The folder of the same name has it.\n\n";

/// What has to be known of an edited file at the next start.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Note {
    /// Its site.
    pub site: SiteId,
    /// The site's name.
    pub site_name: String,
    /// The file on the server.
    pub remote: RemotePath,
    /// The file's name here.
    pub name: String,
    /// Each save is uploaded, whatever the settings say.
    #[serde(default)]
    pub always: bool,
    /// Its item in the queue.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transfer: Option<u64>,
    /// When it was uploaded last, in seconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uploaded: Option<i64>,
    /// The version here that the server has too; nothing until it was fetched.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub synced: Option<Stamp>,
    /// The version that is on its way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sending: Option<Stamp>,
    /// What the file on the server was like when both were the same.
    pub basis: Basis,
}

/// The place of one edited file; as long as this is there no other program looks after it.
#[derive(Debug)]
pub struct Kept {
    folder: PathBuf,
    number: u64,
    lock: Mutex<Option<File>>,
    is_ours: bool,
}

impl Kept {
    /// Makes a place for a file, with its note in it.
    ///
    /// # Errors
    /// The folder or a file in it cannot be written.
    pub fn make(places: &Places, note: &Note) -> Result<Self, StoreError> {
        let folder = places.state.join(FOLDER);
        file::make_folder(&folder)?;
        let mut number = u64::try_from(Timestamp::now().as_millisecond()).unwrap_or_default();
        let lock = loop {
            let path = folder.join(format!("{number}.{LOCK}"));
            match open_lock(&path, true) {
                Ok(lock) => break lock,
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists && number < u64::MAX => number += 1,
                Err(source) => return Err(StoreError::Io { action: "made", path, source }),
            }
        };
        let locked = lock.try_lock().map_err(io::Error::from);
        let kept = Self { folder, number, lock: Mutex::new(Some(lock)), is_ours: true };
        // A disk without locks keeps one program's edits all the same.
        if let Err(error) = locked {
            tracing::warn!("an edited file is not locked: {error}");
        }
        file::make_folder(&kept.room())?;
        kept.save(note)?;
        Ok(kept)
    }

    /// Its identity.
    #[must_use]
    pub fn id(&self) -> EditId {
        EditId(self.number)
    }

    /// Whether it is certain that no other program looks after it. On a disk without locks nobody knows whose an earlier program's is.
    #[must_use]
    pub fn is_ours(&self) -> bool {
        self.is_ours
    }

    /// The folder that has the file and nothing else of ours.
    #[must_use]
    pub fn room(&self) -> PathBuf {
        self.folder.join(self.number.to_string())
    }

    /// Where the file is.
    #[must_use]
    pub fn local(&self, note: &Note) -> PathBuf {
        self.room().join(&note.name)
    }

    /// Saves the note.
    ///
    /// # Errors
    /// The file cannot be written; the old note is then still there.
    pub fn save(&self, note: &Note) -> Result<(), StoreError> {
        let path = self.path(NOTE);
        let body = toml::to_string(note).map_err(|error| StoreError::Encode { path: path.clone(), detail: error.to_string() })?;
        file::replace(&path, &format!("{HEADER}{body}"))
    }

    /// Takes the file, its folder and its note away, with all that is in the folder: for what nobody has opened.
    ///
    /// # Errors
    /// The folder cannot be deleted: then all of it is still there, as far as it is.
    pub fn remove(&self) -> Result<(), StoreError> {
        let room = self.room();
        gone(fs::remove_dir_all(&room)).map_err(|source| StoreError::Io { action: "deleted", path: room, source })?;
        self.forget()
    }

    /// Takes the file and its note away, and the folder where nothing else is in it. Returns the names of what else there is, which
    /// stays: copies that were saved beside the file, and what an editor keeps of unsaved changes.
    ///
    /// # Errors
    /// Something cannot be deleted: the note is then still there.
    pub fn put_away(&self, note: &Note) -> Result<Vec<String>, StoreError> {
        let failed = |path: &Path| {
            let path = path.to_owned();
            move |source| StoreError::Io { action: "deleted", path, source }
        };
        let (local, room) = (self.local(note), self.room());
        gone(fs::remove_file(&local)).map_err(failed(&local))?;
        let others = self.others(note).map_err(failed(&room))?;
        if others.is_empty() {
            for litter in LITTER.map(|name| room.join(name)) {
                gone(fs::remove_file(&litter)).map_err(failed(&litter))?;
            }
            gone(fs::remove_dir(&room)).map_err(failed(&room))?;
        }
        self.forget()?;
        Ok(others)
    }

    /// The names of what is beside the file in its folder, sorted.
    ///
    /// # Errors
    /// The folder cannot be read.
    pub fn others(&self, note: &Note) -> io::Result<Vec<String>> {
        let rows = match fs::read_dir(self.room()) {
            Ok(rows) => rows,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(error),
        };
        let mut names = Vec::new();
        for row in rows {
            let name = row?.file_name().to_string_lossy().into_owned();
            if name != note.name && !LITTER.contains(&name.as_str()) {
                names.push(name);
            }
        }
        names.sort_unstable();
        Ok(names)
    }

    /// Takes the note away, and what locks it.
    fn forget(&self) -> Result<(), StoreError> {
        let path = self.path(NOTE);
        gone(fs::remove_file(&path)).map_err(|source| StoreError::Io { action: "deleted", path, source })?;
        drop(self.lock.lock().unwrap_or_else(PoisonError::into_inner).take());
        // Without its note it is about nothing.
        drop(fs::remove_file(self.path(LOCK)));
        Ok(())
    }

    fn path(&self, ending: &str) -> PathBuf {
        self.folder.join(format!("{}.{ending}", self.number))
    }
}

/// What earlier programs left, and what cannot be read of it: those that another program looks after at this moment are not among it.
#[must_use]
pub fn load(places: &Places) -> (Vec<(Kept, Note)>, Vec<Problem>) {
    let folder = places.state.join(FOLDER);
    let (mut found, mut problems) = (Vec::new(), Vec::new());
    let Ok(rows) = fs::read_dir(&folder) else { return (found, problems) };
    let notes =
        rows.filter_map(|row| row.ok().map(|row| row.path())).filter(|path| path.extension().is_some_and(|end| end == NOTE));
    let mut numbers: Vec<u64> = notes.filter_map(|path| path.file_stem()?.to_str()?.parse().ok()).collect();
    numbers.sort_unstable();
    for number in numbers {
        let (lock, is_ours) = match open_lock(&folder.join(format!("{number}.{LOCK}")), false) {
            Ok(lock) => match lock.try_lock() {
                Err(fs::TryLockError::WouldBlock) => continue,
                Ok(()) => (Some(lock), true),
                Err(fs::TryLockError::Error(_)) => (Some(lock), false),
            },
            Err(_) => (None, false),
        };
        let kept = Kept { folder: folder.clone(), number, lock: Mutex::new(lock), is_ours };
        // The program that had it may have put it away by now.
        let loaded = file::read_or_set_aside(&kept.path(NOTE), |text| {
            let note = toml::from_str::<Note>(text).map_err(|error| error.message().to_owned())?;
            if is_plain(&note.name) { Ok(Some(note)) } else { Err(format!("“{}” is no name of a file", readable(&note.name))) }
        });
        found.extend(loaded.value.map(|note| (kept, note)));
        if let Some(notice) = loaded.notice {
            let words =
                format!("An edited file is not watched any more; it is in “{}”.", folder.join(number.to_string()).display());
            problems.push(notice.advise(words));
        }
    }
    (found, problems)
}

/// What is not there any more is deleted.
fn gone(deleted: io::Result<()>) -> io::Result<()> {
    deleted.or_else(|error| if error.kind() == io::ErrorKind::NotFound { Ok(()) } else { Err(error) })
}

/// Whether a name is that of a file in its folder: a note may have been written by anybody.
fn is_plain(name: &str) -> bool {
    Path::new(name).file_name().is_some_and(|plain| plain == name)
}

/// Opens a lock for this user only.
fn open_lock(path: &Path, is_new: bool) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.append(true).create(!is_new).create_new(is_new);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn note(name: &str) -> Note {
        Note {
            site: SiteId("s".into()),
            site_name: "Harbour Books".into(),
            remote: RemotePath::parse("/www/ü ä.txt").unwrap(),
            name: name.into(),
            always: true,
            transfer: Some(7),
            uploaded: Some(1_763_640_150),
            synced: Some(Stamp { size: 12, modified: Some(1_763_640_150_000_000_007) }),
            sending: None,
            basis: Basis::unseen(Some(0o644)),
        }
    }

    fn notes(places: &Places) -> Vec<Note> {
        load(places).0.into_iter().map(|(_, note)| note).collect()
    }

    #[test]
    fn what_a_program_left_is_found_by_the_next_one_and_by_no_other() {
        let home = tempfile::tempdir().unwrap();
        let places = Places::in_folder(home.path());
        assert_eq!(notes(&places), []);
        let (one, two) = (Kept::make(&places, &note("a.txt")).unwrap(), Kept::make(&places, &note("b.txt")).unwrap());
        assert_ne!(one.id(), two.id());
        assert_eq!(notes(&places), [], "both are looked after");
        fs::write(one.local(&note("a.txt")), "changed").unwrap();
        drop(one);
        let (mut found, problems) = load(&places);
        assert!(problems.is_empty());
        let (kept, loaded) = found.pop().unwrap();
        assert_eq!((found.len(), &loaded), (0, &note("a.txt")));
        assert_eq!(fs::read_to_string(kept.local(&loaded)).unwrap(), "changed");
        kept.save(&Note { always: false, ..note("a.txt") }).unwrap();
        drop((kept, two));
        assert_eq!(notes(&places), [Note { always: false, ..note("a.txt") }, note("b.txt")]);
    }

    #[test]
    fn what_is_put_away_leaves_nothing_behind() {
        let home = tempfile::tempdir().unwrap();
        let places = Places::in_folder(home.path());
        let kept = Kept::make(&places, &note("a.txt")).unwrap();
        fs::write(kept.local(&note("a.txt")), "x").unwrap();
        fs::write(kept.room().join(".DS_Store"), "x").unwrap();
        assert_eq!(kept.put_away(&note("a.txt")).unwrap(), [""; 0]);
        assert_eq!(fs::read_dir(places.state.join(FOLDER)).unwrap().count(), 0);
        let kept = Kept::make(&places, &note("a.txt")).unwrap();
        fs::write(kept.room().join("a.txt.part"), "x").unwrap();
        kept.remove().unwrap();
        assert_eq!(fs::read_dir(places.state.join(FOLDER)).unwrap().count(), 0);
    }

    #[test]
    fn what_is_beside_a_file_that_is_put_away_stays() {
        let home = tempfile::tempdir().unwrap();
        let places = Places::in_folder(home.path());
        let kept = Kept::make(&places, &note("a.txt")).unwrap();
        let (local, room) = (kept.local(&note("a.txt")), kept.room());
        fs::write(&local, "x").unwrap();
        fs::write(room.join("copy.txt"), "mine").unwrap();
        fs::create_dir(room.join("a folder")).unwrap();
        assert_eq!(kept.put_away(&note("a.txt")).unwrap(), ["a folder", "copy.txt"]);
        assert_eq!((local.exists(), fs::read(room.join("copy.txt")).unwrap()), (false, b"mine".to_vec()));
        drop(kept);
        assert_eq!(notes(&places), [], "it is edited no more");
    }

    #[test]
    fn what_cannot_be_locked_may_be_another_programs() {
        let home = tempfile::tempdir().unwrap();
        let places = Places::in_folder(home.path());
        let (locked, not) = (Kept::make(&places, &note("a.txt")).unwrap(), Kept::make(&places, &note("b.txt")).unwrap());
        let path = not.path(LOCK);
        drop((locked, not));
        fs::remove_file(&path).unwrap();
        fs::create_dir(&path).unwrap();
        let found: Vec<(String, bool)> = load(&places).0.into_iter().map(|(kept, note)| (note.name, kept.is_ours())).collect();
        assert_eq!(found, [("a.txt".to_owned(), true), ("b.txt".to_owned(), false)]);
    }

    #[test]
    fn a_damaged_note_is_told_of_and_costs_neither_the_file_nor_the_others() {
        let home = tempfile::tempdir().unwrap();
        let places = Places::in_folder(home.path());
        let make = || Kept::make(&places, &note("a.txt")).unwrap();
        let (damaged, climbing, whole) = (make(), make(), make());
        fs::write(damaged.local(&note("a.txt")), "precious").unwrap();
        fs::write(damaged.path(NOTE), "nonsense").unwrap();
        climbing.save(&note("../../.bashrc")).unwrap();
        let local = damaged.local(&note("a.txt"));
        drop((damaged, climbing, whole));
        let (found, problems) = load(&places);
        assert_eq!(found.len(), 1);
        assert_eq!(problems.len(), 2);
        assert!(problems[1].what.contains("no name of a file"), "{problems:?}");
        assert!(problems[0].advice.contains(&local.parent().unwrap().display().to_string()), "{problems:?}");
        assert_eq!(fs::read_to_string(local).unwrap(), "precious");
    }

    #[cfg(unix)]
    #[test]
    fn nobody_else_sees_what_is_edited() {
        use std::os::unix::fs::PermissionsExt;
        let home = tempfile::tempdir().unwrap();
        let places = Places::in_folder(home.path());
        let kept = Kept::make(&places, &note("a.txt")).unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&kept.room()), mode(&kept.path(NOTE)), mode(&kept.path(LOCK))), (0o700, 0o600, 0o600));
        assert_eq!(mode(&places.state.join(FOLDER)), 0o700);
    }
}
