//! Names that a disk takes for the same one: of two such files of a server the second must not replace the first.

use std::collections::HashMap;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::io;
use std::path::Path;

use crate::model::problem::{Problem, ProblemKind};

/// What is said of a file or folder that has no room beside its namesake.
pub fn problem(name: &str, other: &str) -> Problem {
    Problem::new(ProblemKind::Name, format!("Not fetched: this disk takes “{name}” and “{other}” for the same name."))
        .advise("Rename one of them on the server, or fetch it into another folder.")
}

/// Those of `names` that differ from an earlier one in capital and small letters only, with that one.
pub fn namesakes<'a>(names: impl Iterator<Item = &'a str>) -> HashMap<&'a str, &'a str> {
    let mut first: HashMap<String, &str> = HashMap::new();
    let mut later = HashMap::new();
    for name in names {
        let earlier = *first.entry(name.to_lowercase()).or_insert(name);
        if earlier != name {
            later.insert(name, earlier);
        }
    }
    later
}

/// Whether the disk of a folder takes names that differ in capital and small letters only for the same one. Blocking.
///
/// # Errors
/// Nothing can be made in the folder.
pub fn folds(folder: &Path) -> io::Result<bool> {
    let probe = tempfile::Builder::new().prefix(".moorline-letters-").rand_bytes(8).tempfile_in(folder)?;
    let capital = probe.path().file_name().map(|name| name.to_string_lossy().to_uppercase()).unwrap_or_default();
    Ok(fs::symlink_metadata(folder.join(capital)).is_ok())
}

/// The name of what is found under `path` when it has another one: a disk that makes no difference between capital and small letters
/// finds `README` under `readme` too. Nothing where the name is the very same, is a link's, or nothing is there. Blocking.
pub fn other_name(path: &Path) -> Option<OsString> {
    let (folder, name) = (path.parent()?, path.file_name()?);
    if fs::symlink_metadata(path).ok()?.is_symlink() {
        return None;
    }
    let real = if cfg!(any(windows, target_os = "macos")) {
        fs::canonicalize(path).ok()?.file_name()?.to_owned()
    } else {
        listed_name(folder, name)?
    };
    (real != name).then_some(real)
}

/// As the folder lists it: other systems give a path back as it was asked for. Few disks there make no difference, and only their
/// folders are read.
fn listed_name(folder: &Path, name: &OsStr) -> Option<OsString> {
    let text = name.to_str()?;
    let other = if text == text.to_lowercase() { text.to_uppercase() } else { text.to_lowercase() };
    if other == text || fs::symlink_metadata(folder.join(other)).is_err() {
        return None;
    }
    let mut alike = None;
    for entry in fs::read_dir(folder).ok()?.flatten() {
        let listed = entry.file_name();
        if listed == name {
            return None;
        }
        if listed.to_str().is_some_and(|listed| listed.to_lowercase() == text.to_lowercase()) {
            alike = Some(listed);
        }
    }
    alike
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn namesakes_are_found_behind_the_first() {
        let found = namesakes(["Straße", "b", "A", "a", "STRASSE", "STRAßE", "a", "Ä", "ä"].into_iter());
        let mut found: Vec<_> = found.into_iter().collect();
        found.sort_unstable();
        assert_eq!(found, [("STRAßE", "Straße"), ("a", "A"), ("ä", "Ä")]);
    }

    #[test]
    fn a_disk_is_asked_and_nothing_is_left_of_that() {
        let folder = tempfile::tempdir().unwrap();
        // Also where a disk of another kind is tested on: two files or one tell it.
        fs::write(folder.path().join("letters"), "").unwrap();
        let is_one = fs::exists(folder.path().join("LETTERS")).unwrap();
        assert_eq!(folds(folder.path()).unwrap(), is_one);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        assert!(folds(&folder.path().join("none")).is_err());
    }

    #[test]
    fn a_file_that_has_the_very_name_has_no_other() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(other_name(&folder.path().join("none.txt")), None);
        fs::write(folder.path().join("a.txt"), "small").unwrap();
        #[cfg(target_os = "linux")]
        fs::write(folder.path().join("A.TXT"), "capital").unwrap();
        fs::write(folder.path().join("12"), "neither").unwrap();
        assert_eq!(other_name(&folder.path().join("a.txt")), None);
        assert_eq!(other_name(&folder.path().join("12")), None);
    }

    #[test]
    #[cfg(any(windows, target_os = "macos"))]
    fn a_file_that_is_found_under_other_letters_is_told_by_its_own() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("Read Me.txt"), "x").unwrap();
        assert_eq!(other_name(&folder.path().join("read me.TXT")).as_deref(), Some(OsStr::new("Read Me.txt")));
    }

    #[test]
    #[cfg(unix)]
    fn the_listed_name_is_found_among_others() {
        let folder = tempfile::tempdir().unwrap();
        // Stands in for a disk that makes no difference: the lower-case name leads to the same file.
        fs::write(folder.path().join("README"), "x").unwrap();
        fs::write(folder.path().join("other"), "y").unwrap();
        assert_eq!(listed_name(folder.path(), OsStr::new("ReadMe")), None, "nothing is found under its small letters");
        fs::write(folder.path().join("readme"), "x").unwrap();
        assert!(listed_name(folder.path(), OsStr::new("ReadMe")).is_some());
        assert_eq!(listed_name(folder.path(), OsStr::new("README")), None);
    }
}
