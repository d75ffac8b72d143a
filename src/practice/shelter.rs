//! The practice server's folder: removed at the end, and by the next start when the end came too soon for that.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

/// How the folders begin, in the system's folder for temporary files.
const PREFIX: &str = "moorline-practice-";
/// Locked by the program that uses the folder.
const LOCK: &str = "lock";
/// What is served.
const ROOT: &str = "files";

/// A folder that lasts as long as the value.
#[derive(Debug)]
pub(super) struct Shelter {
    root: PathBuf,
    // Closed before the folder is removed.
    _lock: File,
    _folder: TempDir,
}

impl Shelter {
    /// Makes a folder, and removes those of programs that were killed.
    pub(super) fn make() -> io::Result<Self> {
        Self::make_in(&std::env::temp_dir())
    }

    fn make_in(place: &Path) -> io::Result<Self> {
        remove_abandoned(place);
        let folder = tempfile::Builder::new().prefix(PREFIX).tempdir_in(place)?;
        // Named only when it is locked, so that nobody ever finds it unlocked while we are here.
        let unnamed = folder.path().join("new-lock");
        let lock = File::create_new(&unnamed)?;
        lock.lock()?;
        fs::rename(unnamed, folder.path().join(LOCK))?;
        let root = folder.path().join(ROOT);
        fs::create_dir(&root)?;
        Ok(Self { root, _lock: lock, _folder: folder })
    }

    /// The folder that is served.
    pub(super) fn root(&self) -> &Path {
        &self.root
    }
}

/// Removes folders whose lock nobody holds. What cannot be looked at or removed is somebody else's.
fn remove_abandoned(place: &Path) {
    let Ok(entries) = fs::read_dir(place) else { return };
    for folder in entries.flatten().filter(|entry| entry.file_name().to_string_lossy().starts_with(PREFIX)) {
        let lock = File::open(folder.path().join(LOCK));
        if lock.is_ok_and(|lock| lock.try_lock().is_ok()) {
            let _ = fs::remove_dir_all(folder.path());
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn folders_of_the_dead_are_removed_and_those_of_the_living_are_not() {
        let place = tempfile::tempdir().unwrap();
        let abandoned = place.path().join("moorline-practice-gone");
        let other = place.path().join("other");
        for folder in [&abandoned, &other] {
            fs::create_dir_all(folder.join(ROOT)).unwrap();
            fs::write(folder.join(LOCK), "").unwrap();
        }
        let living = Shelter::make_in(place.path()).unwrap();
        assert!(!abandoned.exists());
        let second = Shelter::make_in(place.path()).unwrap();
        assert!(living.root().exists() && second.root().exists() && other.exists());
        drop((living, second));
        assert_eq!(fs::read_dir(place.path()).unwrap().count(), 1);
    }
}
