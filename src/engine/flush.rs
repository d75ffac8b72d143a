//! Finished downloads go through to the disk itself, right after their rename and behind everybody's back: no transfer waits for it.
//! A few files are flushed one by one, many by one flush of their disk.

use std::fs::File;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

/// From so many files on their whole disk is flushed at once.
#[cfg(target_os = "linux")]
const MANY: usize = 4;
/// Most files that are held open for it: one flush of the disk serves all others.
const HELD: usize = 64;
/// How long finished files gather, so that many of them share one flush.
const GATHER: Duration = Duration::from_millis(200);

/// What has to go through to the disk: a file, and the folder that its name is in.
type Finished = (File, PathBuf);

#[derive(Default)]
struct Waiting {
    files: Vec<Finished>,
    /// Whether a thread is at work.
    busy: bool,
}

static WAITING: Mutex<Waiting> = Mutex::new(Waiting { files: Vec::new(), busy: false });

/// Flushes a finished file soon.
pub fn soon(file: File, folder: PathBuf) {
    let mut waiting = WAITING.lock().unwrap_or_else(PoisonError::into_inner);
    if waiting.files.len() < HELD {
        waiting.files.push((file, folder));
    }
    if !waiting.busy {
        // Without a thread the system flushes in its own time, as it does after any other program.
        waiting.busy = thread::Builder::new().name("moorline-sync".into()).spawn(work).is_ok();
    }
}

/// Flushes until nothing waits.
fn work() {
    loop {
        let files = {
            let mut waiting = WAITING.lock().unwrap_or_else(PoisonError::into_inner);
            if waiting.files.is_empty() {
                waiting.busy = false;
                return;
            }
            std::mem::take(&mut waiting.files)
        };
        flush(&files);
        // No wait for an event: time in which more files come.
        thread::sleep(GATHER);
    }
}

#[cfg(target_os = "linux")]
fn flush(files: &[Finished]) {
    use std::collections::HashMap;
    use std::os::unix::fs::MetadataExt;

    let mut disks: HashMap<u64, Vec<&Finished>> = HashMap::new();
    for finished in files {
        if let Ok(facts) = finished.0.metadata() {
            disks.entry(facts.dev()).or_default().push(finished);
        }
    }
    for files in disks.values() {
        match files.first() {
            Some((file, _)) if files.len() >= MANY => {
                if let Err(error) = rustix::fs::syncfs(file) {
                    tracing::warn!(%error, "a disk was not flushed");
                }
            }
            _ => files.iter().for_each(|finished| one(finished)),
        }
    }
}

#[cfg(not(target_os = "linux"))]
fn flush(files: &[Finished]) {
    files.iter().for_each(one);
}

/// The file's bytes, then its name.
fn one((file, folder): &Finished) {
    if let Err(error) = file.sync_all() {
        tracing::warn!(%error, "a file was not flushed");
    }
    // A folder opens as a file on Unix only; elsewhere the name goes with the file.
    if let Ok(folder) = File::open(folder) {
        drop(folder.sync_all());
    }
}
