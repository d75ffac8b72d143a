//! The local side: listing, making, renaming and deleting. Blocking; runs on the runtime's blocking threads.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use crate::engine::namesakes::other_name;
use crate::engine::trouble;
use crate::model::cause::NoFile;
use crate::model::entry::{Entry, EntryKind, Modified, Precision};
use crate::model::format;
use crate::model::listing::{Listing, ListingSource, UnreadRow};
use crate::model::problem::Problem;

/// A folder's rows. Names that are not Unicode are reported as unread: they cannot be shown and addressed safely.
///
/// # Errors
/// The folder cannot be read.
pub fn list(folder: &Path) -> Result<Listing, Problem> {
    let failed = |error: io::Error| trouble::of_disk(&error, "open", folder);
    let mut entries = Vec::new();
    let mut unread = Vec::new();
    for (index, row) in fs::read_dir(folder).map_err(failed)?.enumerate() {
        let row = row.map_err(failed)?;
        match row.file_name().into_string() {
            Ok(name) => entries.push(entry(name, &row.path())),
            Err(name) => unread.push(UnreadRow { line: index + 1, text: name.to_string_lossy().into_owned() }),
        }
    }
    Ok(Listing { entries, unread, source: ListingSource::Local, incomplete: None })
}

fn entry(name: String, path: &Path) -> Entry {
    let Ok(own) = fs::symlink_metadata(path) else { return Entry::new(name, EntryKind::Other) };
    let target = own.is_symlink().then(|| fs::read_link(path).ok()).flatten();
    // What a link leads to decides how it behaves in a pane; a dangling one is shown as a link.
    let facts = if own.is_symlink() { fs::metadata(path).unwrap_or(own) } else { own };
    let kind = if facts.is_dir() {
        EntryKind::Dir
    } else if facts.is_file() {
        EntryKind::File
    } else if facts.is_symlink() {
        EntryKind::Link
    } else {
        EntryKind::Other
    };
    let mut entry = Entry::new(name, kind);
    entry.size = facts.is_file().then_some(facts.len());
    entry.modified = modified(&facts);
    entry.mode = mode(&facts);
    entry.target = target.map(|target| target.to_string_lossy().into_owned());
    entry
}

/// Opens a file to read it, and nothing but a file: to open a named pipe is to wait until somebody writes into it, and a device may do
/// something because it is opened.
///
/// # Errors
/// The system's, and [`NoFile`].
pub fn open(path: &Path) -> io::Result<File> {
    is_file(&fs::metadata(path)?)?;
    File::open(path)
}

/// Makes sure that something is a file.
///
/// # Errors
/// It is a folder, or [`NoFile`].
pub fn is_file(facts: &fs::Metadata) -> io::Result<()> {
    if facts.is_file() {
        Ok(())
    } else if facts.is_dir() {
        Err(io::ErrorKind::IsADirectory.into())
    } else {
        Err(io::Error::other(NoFile))
    }
}

/// The last change of a file.
#[must_use]
pub fn modified(facts: &fs::Metadata) -> Option<Modified> {
    let at = Timestamp::try_from(facts.modified().ok()?).ok()?;
    Some(Modified { at, precision: Precision::Second })
}

#[cfg(unix)]
fn mode(facts: &fs::Metadata) -> Option<u32> {
    use std::os::unix::fs::PermissionsExt;
    Some(facts.permissions().mode() & 0o7777)
}

#[cfg(not(unix))]
fn mode(_: &fs::Metadata) -> Option<u32> {
    None
}

/// Makes a folder.
///
/// # Errors
/// It exists, or cannot be made.
pub fn make_folder(folder: &Path) -> Result<(), Problem> {
    fs::create_dir(folder).map_err(|error| trouble::of_disk(&error, "make", folder))
}

/// Gives a file or folder another name in its folder; nothing is overwritten.
///
/// # Errors
/// The new name is taken, or the system refuses.
pub fn rename(path: &Path, name: &str) -> Result<(), Problem> {
    let target = path.with_file_name(name);
    // A disk that takes both for one name finds the file itself under the new one.
    let is_itself = || other_name(&target).is_some_and(|found| path.file_name() == Some(&found));
    if fs::symlink_metadata(&target).is_ok() && !is_itself() {
        let taken = io::Error::from(io::ErrorKind::AlreadyExists);
        return Err(trouble::of_disk(&taken, &format!("rename {} to", path.display()), &target));
    }
    fs::rename(path, &target).map_err(|error| trouble::of_disk(&error, "rename", path))
}

/// What a deletion would take away.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// Files, links included.
    pub files: u64,
    /// Folders.
    pub folders: u64,
    /// Bytes in the files.
    pub bytes: u64,
}

impl Count {
    /// What is said when all of it is deleted: only what there was.
    #[must_use]
    pub fn deleted(&self) -> String {
        let files = format::counted(self.files, "file", "files");
        let folders = format::counted(self.folders, "folder", "folders");
        match (self.files, self.folders) {
            (_, 0) => format!("Deleted {files}."),
            (0, _) => format!("Deleted {folders}."),
            _ => format!("Deleted {files} and {folders}."),
        }
    }
}

/// Counts what is in `path`, itself included; links are not followed.
///
/// # Errors
/// Something in it cannot be read.
pub fn count(path: &Path, so_far: &mut Count) -> Result<(), Problem> {
    let failed = |error: io::Error, path: &Path| trouble::of_disk(&error, "read", path);
    let mut open: Vec<PathBuf> = vec![path.to_owned()];
    while let Some(path) = open.pop() {
        let facts = fs::symlink_metadata(&path).map_err(|error| failed(error, &path))?;
        if facts.is_dir() {
            so_far.folders += 1;
            for row in fs::read_dir(&path).map_err(|error| failed(error, &path))? {
                open.push(row.map_err(|error| failed(error, &path))?.path());
            }
        } else {
            so_far.files += 1;
            so_far.bytes += facts.len();
        }
    }
    Ok(())
}

/// Deletes a file, a link, or a folder with all that is in it.
///
/// # Errors
/// The system refuses; what was deleted before that stays deleted.
pub fn delete(path: &Path) -> Result<(), Problem> {
    let failed = |error: io::Error| trouble::of_disk(&error, "delete", path);
    let facts = fs::symlink_metadata(path).map_err(failed)?;
    if facts.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) }.map_err(failed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_deleted_is_told() {
        for (files, folders, words) in [
            (1, 0, "Deleted 1 file."),
            (5_000, 0, "Deleted 5,000 files."),
            (0, 1, "Deleted 1 folder."),
            (2, 1, "Deleted 2 files and 1 folder."),
        ] {
            assert_eq!(Count { files, folders, bytes: 0 }.deleted(), words);
        }
    }

    #[test]
    fn a_folder_is_listed_counted_and_deleted() {
        let base = tempfile::tempdir().unwrap();
        fs::create_dir(base.path().join("a")).unwrap();
        fs::write(base.path().join("a/one"), b"12345").unwrap();
        fs::write(base.path().join("two"), b"1").unwrap();
        let listing = list(base.path()).unwrap();
        let mut names: Vec<_> = listing.entries.iter().map(|e| (e.name.as_str(), e.kind, e.size)).collect();
        names.sort_unstable();
        assert_eq!(names, [("a", EntryKind::Dir, None), ("two", EntryKind::File, Some(1))]);
        let mut counted = Count::default();
        count(&base.path().join("a"), &mut counted).unwrap();
        assert_eq!(counted, Count { files: 1, folders: 1, bytes: 5 });
        delete(&base.path().join("a")).unwrap();
        assert!(!base.path().join("a").exists());
    }

    #[test]
    fn renaming_never_overwrites() {
        let base = tempfile::tempdir().unwrap();
        fs::write(base.path().join("one"), b"1").unwrap();
        fs::write(base.path().join("two"), b"2").unwrap();
        assert!(rename(&base.path().join("one"), "two").unwrap_err().what.contains("already"));
        assert_eq!(fs::read(base.path().join("two")).unwrap(), b"2");
        rename(&base.path().join("one"), "three").unwrap();
        assert!(base.path().join("three").exists());
    }

    #[test]
    fn a_name_changes_its_case() {
        let base = tempfile::tempdir().unwrap();
        fs::write(base.path().join("one"), b"1").unwrap();
        rename(&base.path().join("one"), "One").unwrap();
        assert!(list(base.path()).unwrap().has("One"));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn nothing_but_a_file_is_opened() {
        use rustix::fs::{CWD, FileType, Mode, mknodat};
        let base = tempfile::tempdir().unwrap();
        let [file, pipe, socket] = ["file", "pipe", "socket"].map(|name| base.path().join(name));
        fs::write(&file, b"1").unwrap();
        mknodat(CWD, &pipe, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).unwrap();
        let _listener = std::os::unix::net::UnixListener::bind(&socket).unwrap();
        assert!(open(&file).is_ok());
        assert_eq!(open(base.path()).unwrap_err().kind(), io::ErrorKind::IsADirectory);
        for path in [&pipe, &socket, Path::new("/dev/zero")] {
            let error = open(path).unwrap_err();
            assert!(error.get_ref().is_some_and(|inner| inner.is::<NoFile>()), "{}: {error}", path.display());
        }
    }

    #[cfg(unix)]
    #[test]
    fn deleting_a_link_to_a_folder_keeps_the_folder() {
        let base = tempfile::tempdir().unwrap();
        fs::create_dir(base.path().join("kept")).unwrap();
        fs::write(base.path().join("kept/file"), b"1").unwrap();
        std::os::unix::fs::symlink(base.path().join("kept"), base.path().join("link")).unwrap();
        delete(&base.path().join("link")).unwrap();
        assert!(base.path().join("kept/file").exists());
    }
}
