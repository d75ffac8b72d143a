//! Turns at the files that more than one program writes whole: who reads one, changes it and writes it holds the turn meanwhile.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use crate::store::file;
use crate::store::places::Places;

/// The lock's name in the state folder.
const FILE: &str = "kept.lock";
/// How long a turn is waited for, and how often it is looked for.
const PATIENCE: Duration = Duration::from_secs(2);
const BETWEEN_LOOKS: Duration = Duration::from_millis(2);

/// A turn; it ends when it is dropped.
#[derive(Debug)]
pub struct Turn {
    _held: Option<File>,
}

impl Turn {
    /// Waits for a turn. Where there is none to be had (a disk without locks, a program that was stopped in the middle) it
    /// goes on without one: a save that may cross another's is better than none.
    #[must_use]
    pub fn take(places: &Places) -> Self {
        let held = held(&places.state.join(FILE));
        Self { _held: held.inspect_err(|error| tracing::warn!("saving without a lock: {error}")).ok() }
    }
}

fn held(path: &Path) -> io::Result<File> {
    if let Some(folder) = path.parent() {
        file::make_folder(folder).map_err(io::Error::other)?;
    }
    let mut options = OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    in_time(options.open(path)?)
}

/// Locks a file that others hold for a moment only. One that was stopped meanwhile must not hold up everybody.
pub(super) fn in_time(file: File) -> io::Result<File> {
    let until = Instant::now() + PATIENCE;
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::WouldBlock) if Instant::now() < until => thread::sleep(BETWEEN_LOOKS),
            Err(error) => return Err(error.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::sync::atomic::{AtomicBool, Ordering};

    use super::*;

    #[test]
    fn a_turn_is_one_programs_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        let places = Places::in_folder(folder.path());
        let taken = AtomicBool::new(false);
        thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    for _ in 0..20 {
                        let turn = Turn::take(&places);
                        assert!(!taken.swap(true, Ordering::AcqRel), "two have the turn");
                        thread::yield_now();
                        taken.store(false, Ordering::Release);
                        drop(turn);
                    }
                });
            }
        });
    }

    #[test]
    fn without_a_lock_it_goes_on() {
        let folder = tempfile::tempdir().unwrap();
        let places = Places::in_folder(folder.path());
        std::fs::write(&places.state, "in the folder's place").unwrap();
        assert!(Turn::take(&places)._held.is_none());
    }
}
