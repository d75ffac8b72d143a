//! Files that are written whole or not at all, and damaged ones that are set aside, never thrown away.

use std::ffi::OsString;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use jiff::Zoned;

use crate::model::format;
use crate::model::problem::{Problem, ProblemKind};

/// Why something could not be kept or read.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The system refused.
    #[error("“{}” could not be {action}: {source}", path.display())]
    Io {
        /// What was tried, as a participle: "saved", "set aside".
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// A file's content makes no sense; it was kept under another name.
    #[error("“{}” was damaged ({detail}) and was kept as “{}”", path.display(), kept_as.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// Its name from now on.
        kept_as: PathBuf,
        /// What does not make sense.
        detail: String,
    },
    /// The value cannot be written as text.
    #[error("“{}” could not be written as text: {detail}", path.display())]
    Encode {
        /// The file.
        path: PathBuf,
        /// Why.
        detail: String,
    },
    /// There is no keyring; says why.
    #[error("there is no keyring")]
    NoKeyring(String),
    /// The system's keyring refused; its own words.
    #[error("the keyring refused")]
    Keyring(String),
    /// Passwords are locked with the master password, and it was not given.
    #[error("the saved passwords are locked with the master password")]
    Locked,
    /// It is not the master password.
    #[error("that is not the master password")]
    WrongMaster,
    /// The file of locked passwords makes no sense.
    #[error("“{}” makes no sense ({detail})", path.display())]
    Senseless {
        /// The file.
        path: PathBuf,
        /// What does not make sense.
        detail: String,
    },
}

impl StoreError {
    /// The same as it is shown to a person.
    #[must_use]
    pub fn problem(&self) -> Problem {
        self.problem_of("")
    }

    /// As [`Self::problem`], behind the words that say what was not done.
    #[must_use]
    pub fn problem_of(&self, what: &str) -> Problem {
        let problem = Problem::new(ProblemKind::Local, format::sentence(&format!("{what}{self}")));
        match self {
            Self::NoKeyring(reason) | Self::Keyring(reason) => problem.advise(reason.clone()),
            Self::Senseless { .. } => problem
                .advise("Put a copy of it back, or take the master password away in the settings and save the passwords anew."),
            _ => problem,
        }
    }
}

/// What was read, and what a person should know about it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Loaded<T> {
    /// The value; the default when there was nothing to read.
    pub value: T,
    /// Something was damaged or unreadable.
    pub notice: Option<Problem>,
}

/// What is at a path.
pub(super) enum Found {
    /// Nothing.
    Missing,
    /// Text.
    Text(String),
    /// Bytes that are no text: with the replacement character where they are not.
    NoText(String),
    /// Something that cannot be read.
    Unreadable(io::Error),
}

/// Reads a whole text file.
pub(super) fn find(path: &Path) -> Found {
    match fs::read(path) {
        Ok(bytes) => String::from_utf8(bytes)
            .map_or_else(|error| Found::NoText(String::from_utf8_lossy(error.as_bytes()).into_owned()), Found::Text),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Found::Missing,
        Err(error) => Found::Unreadable(error),
    }
}

/// Replaces a file's content so that after a crash either the old or the new one is there, whole: a temporary file in
/// the same folder, flushed to the disk, renamed over the old one. Only this user can read it (mode 0600); a folder
/// that is missing is made (0700). A link is followed, so that a file kept elsewhere stays there.
///
/// # Errors
/// [`StoreError::Io`]; the old content is then still there.
pub fn write_atomically(path: &Path, bytes: &[u8]) -> Result<(), StoreError> {
    let mut replacing = Replacing::begin(path)?;
    replacing.write(bytes)?;
    replacing.file().sync_all().map_err(|error| replacing.failed(error))?;
    replacing.finish()
}

/// A file's new content, as in [`write_atomically`], while it is being written. Dropped, it leaves the old content.
#[derive(Debug)]
pub(super) struct Replacing {
    path: PathBuf,
    target: PathBuf,
    temporary: tempfile::NamedTempFile,
}

impl Replacing {
    /// Makes the temporary file.
    ///
    /// # Errors
    /// [`StoreError::Io`].
    pub(super) fn begin(path: &Path) -> Result<Self, StoreError> {
        let failed = |source| StoreError::Io { action: "saved", path: path.to_owned(), source };
        let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let folder = target.parent().ok_or_else(|| failed(io::ErrorKind::InvalidInput.into()))?;
        make_folder(folder)?;
        let temporary = tempfile::Builder::new().prefix(".moorline-").suffix(".tmp").tempfile_in(folder).map_err(failed)?;
        Ok(Self { path: path.to_owned(), target, temporary })
    }

    /// Appends to the new content.
    ///
    /// # Errors
    /// [`StoreError::Io`].
    pub(super) fn write(&mut self, bytes: &[u8]) -> Result<(), StoreError> {
        self.temporary.write_all(bytes).map_err(|error| self.failed(error))
    }

    /// The temporary file, to flush it.
    pub(super) fn file(&self) -> &File {
        self.temporary.as_file()
    }

    /// Puts the new content, which was flushed, in the old one's place.
    ///
    /// # Errors
    /// [`StoreError::Io`]; the old content is then still there.
    pub(super) fn finish(self) -> Result<(), StoreError> {
        let Self { path, target, temporary } = self;
        temporary.persist(&target).map_err(|error| StoreError::Io { action: "saved", path, source: error.error })?;
        if let Some(folder) = target.parent() {
            sync_folder(folder);
        }
        Ok(())
    }

    fn failed(&self, source: io::Error) -> StoreError {
        StoreError::Io { action: "saved", path: self.path.clone(), source }
    }
}

/// Writes a file that a person asked for, whole or not at all; it is as readable as others of theirs.
///
/// # Errors
/// The system's; what was there before is then still there.
pub fn write_for_others(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let path = std::path::absolute(path)?;
    let folder = path.parent().ok_or(io::ErrorKind::InvalidInput)?;
    let mut temporary = tempfile::Builder::new().prefix(".moorline-").tempfile_in(folder)?;
    temporary.write_all(bytes)?;
    give_name(temporary, &path)
}

/// Gives a finished temporary file its name and the usual permissions.
///
/// # Errors
/// The system's; the temporary file is then gone.
pub fn give_name(temporary: tempfile::NamedTempFile, path: &Path) -> io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(temporary.path(), fs::Permissions::from_mode(0o644))?;
    }
    temporary.persist(path).map(drop).map_err(|error| error.error)
}

/// As [`write_atomically`], but something at `path` that cannot be read is set aside first: nobody has seen what is in it.
///
/// # Errors
/// [`StoreError::Io`].
pub(super) fn replace(path: &Path, text: &str) -> Result<(), StoreError> {
    match File::open(path).and_then(|mut file| io::Read::read(&mut file, &mut [0])) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            set_aside(path)?;
        }
        _ => {}
    }
    write_atomically(path, text.as_bytes())
}

/// Makes a folder and those above it, for this user only.
///
/// # Errors
/// [`StoreError::Io`].
pub(super) fn make_folder(folder: &Path) -> Result<(), StoreError> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).map_err(|source| StoreError::Io { action: "made", path: folder.to_owned(), source })
}

/// Reads and parses a file. A missing one is the default. A damaged one is renamed aside and said so. One that cannot
/// be read stays where it is and is said so; saving later sets it aside first.
pub fn read_or_set_aside<T: Default>(path: &Path, parse: impl FnOnce(&str) -> Result<T, String>) -> Loaded<T> {
    let detail = match find(path) {
        Found::Missing => return Loaded::default(),
        Found::Unreadable(error) => return Loaded { value: T::default(), notice: Some(unreadable(path, &error)) },
        Found::NoText(_) => "it is not text".to_owned(),
        Found::Text(text) => match parse(&text) {
            Ok(value) => return Loaded { value, notice: None },
            Err(detail) => detail,
        },
    };
    let notice = match set_aside(path) {
        Ok(kept_as) => damaged(path, &kept_as, &detail),
        Err(error) => error.problem().advise(format!("The file is damaged ({detail}). Move it away by hand.")),
    };
    Loaded { value: T::default(), notice: Some(notice) }
}

/// What another program may have saved since it was read: nothing where the file is missing or makes no sense, which is no reason to
/// forget what is known.
pub(super) fn again<T>(path: &Path, load: impl FnOnce() -> Loaded<T>) -> Loaded<Option<T>> {
    let is_there = path.exists();
    let Loaded { value, notice } = load();
    Loaded { value: (is_there && notice.is_none()).then_some(value), notice }
}

/// What is said about a file that was set aside.
fn damaged(path: &Path, kept_as: &Path, detail: &str) -> Problem {
    let error = StoreError::Damaged { path: path.to_owned(), kept_as: kept_as.to_owned(), detail: detail.to_owned() };
    error.problem().advise("Moorline goes on without it.")
}

/// What is said about a file that cannot be read.
pub(super) fn unreadable(path: &Path, source: &io::Error) -> Problem {
    Problem::new(ProblemKind::Local, format!("“{}” could not be read: {source}.", path.display()))
        .advise("Moorline goes on without it, and sets it aside before it saves anything there.")
}

/// Renames a file to a name of its own beside it, such as `sites.damaged-20261120-120203.toml`; an earlier one is never
/// overwritten.
///
/// # Errors
/// [`StoreError::Io`].
pub(super) fn set_aside(path: &Path) -> Result<PathBuf, StoreError> {
    let failed = |source| StoreError::Io { action: "set aside", path: path.to_owned(), source };
    let kept_as = reserve_aside(path, path.is_dir()).map_err(failed)?;
    // What stands under the new name is the empty file just made: renaming over it destroys nothing.
    if let Err(error) = fs::rename(path, &kept_as) {
        let _ = fs::remove_file(&kept_as);
        return Err(failed(error));
    }
    Ok(kept_as)
}

/// Copies a file to a name as in [`set_aside`], for when its content is repaired in place.
///
/// # Errors
/// [`StoreError::Io`].
pub(super) fn copy_aside(path: &Path) -> Result<PathBuf, StoreError> {
    let failed = |source| StoreError::Io { action: "copied aside", path: path.to_owned(), source };
    let bytes = fs::read(path).map_err(failed)?;
    let kept_as = reserve_aside(path, false).map_err(failed)?;
    write_atomically(&kept_as, &bytes)?;
    Ok(kept_as)
}

/// Makes an empty file (or folder) under a new name beside `path`, so that the name is nobody else's.
fn reserve_aside(path: &Path, is_folder: bool) -> io::Result<PathBuf> {
    let stamp = Zoned::now().strftime("%Y%m%d-%H%M%S").to_string();
    for number in 1..=1000_u32 {
        let mut name = OsString::from(path.file_stem().unwrap_or_default());
        name.push(format!(".damaged-{stamp}"));
        if number > 1 {
            name.push(format!("-{number}"));
        }
        if let Some(extension) = path.extension() {
            name.push(".");
            name.push(extension);
        }
        let aside = path.with_file_name(name);
        let made = if is_folder { fs::create_dir(&aside) } else { create_new(&aside) };
        match made {
            Ok(()) => return Ok(aside),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}

/// Makes an empty file for this user only; fails when something has the name.
fn create_new(path: &Path) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(|_| ())
}

/// Makes a rename survive a power cut. Not every file system can flush a folder; the file itself is whole either way.
fn sync_folder(folder: &Path) {
    #[cfg(unix)]
    let _ = File::open(folder).and_then(|folder| folder.sync_all());
    #[cfg(not(unix))]
    let _ = folder;
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]

    use std::fs;
    use std::path::Path;

    use super::*;

    fn number(text: &str) -> Result<u32, String> {
        text.trim().parse().map_err(|_| "no number".to_owned())
    }

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> =
            fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn what_was_written_is_read_and_nothing_else_is_left() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a/b/file.txt");
        for value in ["1", "22"] {
            write_atomically(&path, value.as_bytes()).unwrap();
            assert_eq!(read_or_set_aside(&path, number), Loaded { value: value.parse().unwrap(), notice: None });
        }
        assert_eq!(names(path.parent().unwrap()), ["file.txt"]);
    }

    #[cfg(unix)]
    #[test]
    fn only_this_user_may_read_it() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("new/file.txt");
        fs::create_dir(folder.path().join("old")).unwrap();
        write_atomically(&path, b"1").unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&path), mode(path.parent().unwrap())), (0o600, 0o700));
        fs::set_permissions(&path, PermissionsExt::from_mode(0o644)).unwrap();
        write_atomically(&path, b"2").unwrap();
        assert_eq!(mode(&path), 0o600);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_stays_a_link() {
        let folder = tempfile::tempdir().unwrap();
        let (real, link) = (folder.path().join("real"), folder.path().join("link"));
        fs::write(&real, "1").unwrap();
        std::os::unix::fs::symlink(&real, &link).unwrap();
        write_atomically(&link, b"2").unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read_to_string(&real).unwrap(), "2");
    }

    #[test]
    fn a_missing_file_is_the_default() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(read_or_set_aside(&folder.path().join("none"), number), Loaded { value: 0, notice: None });
    }

    #[test]
    fn damaged_files_are_set_aside_and_never_overwrite_each_other() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file.txt");
        let contents: Vec<Vec<u8>> = (0..5).map(|n| format!("junk {n}").into_bytes()).chain([vec![0xff, 0xfe]]).collect();
        for content in &contents {
            fs::write(&path, content).unwrap();
            let loaded = read_or_set_aside(&path, number);
            let kept = names(folder.path());
            assert_eq!(loaded.value, 0);
            assert!(!path.exists());
            let sentence = loaded.notice.unwrap().sentence();
            assert!(kept.iter().any(|name| sentence.contains(name)), "{sentence}");
        }
        let kept = names(folder.path());
        assert!(kept.iter().all(|name| name.starts_with("file.damaged-") && name.ends_with(".txt")), "{kept:?}");
        let mut found: Vec<Vec<u8>> = kept.iter().map(|name| fs::read(folder.path().join(name)).unwrap()).collect();
        found.sort();
        assert_eq!(found, contents);
    }

    #[test]
    fn what_cannot_be_read_stays_until_something_is_saved_and_is_then_set_aside() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file.txt");
        // A folder in the file's place cannot be read by anyone, root included.
        fs::create_dir(&path).unwrap();
        fs::write(path.join("inside"), "precious").unwrap();
        let loaded = read_or_set_aside(&path, number);
        assert!(loaded.notice.unwrap().sentence().contains("could not be read"));
        assert!(path.join("inside").exists());

        replace(&path, "7").unwrap();
        assert_eq!(read_or_set_aside(&path, number), Loaded { value: 7, notice: None });
        let kept = names(folder.path());
        assert_eq!(kept.len(), 2);
        assert_eq!(fs::read_to_string(folder.path().join(&kept[0]).join("inside")).unwrap(), "precious");
    }

    #[test]
    fn a_failed_write_leaves_the_old_content() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        fs::write(&file, "1").unwrap();
        let error = write_atomically(&file.join("below"), b"2").unwrap_err();
        assert!(error.problem().what.starts_with('“'), "{error}");
        assert_eq!(fs::read_to_string(&file).unwrap(), "1");
    }
}
