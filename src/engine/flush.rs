//! Finished downloads go through to the disk itself, right after their rename and behind everybody's back: no transfer waits for it.
//! A few files are flushed one by one, many by one flush of their disk. The record that they are done is flushed behind them.

use std::fs::File;
use std::path::PathBuf;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

/// From so many files on their whole disk is flushed at once.
#[cfg(target_os = "linux")]
const MANY: usize = 4;
/// Most files that are held open for it.
const HELD: usize = 64;
/// How long finished files gather, so that many of them share one flush.
const GATHER: Duration = Duration::from_millis(200);

/// What has to go through to the disk: a file, and the folder that its name is in.
type Finished = (File, PathBuf);

struct Waiting {
    files: Vec<Finished>,
    /// How many were ever given, and how many of those are through.
    given: u64,
    flushed: u64,
    /// Whether a thread is at work.
    busy: bool,
}

static WAITING: Mutex<Waiting> = Mutex::new(Waiting { files: Vec::new(), given: 0, flushed: 0, busy: false });
static THROUGH: Condvar = Condvar::new();

fn waiting() -> MutexGuard<'static, Waiting> {
    WAITING.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Flushes a finished file soon. Only where files come faster than the disk takes them the caller does it itself.
pub fn soon(file: File, folder: PathBuf) {
    let finished = (file, folder);
    let mut waiting = waiting();
    if waiting.files.len() < HELD {
        waiting.files.push(finished);
    } else if !shares_a_flush(&finished, &waiting.files) {
        drop(waiting);
        return one(&finished);
    }
    waiting.given += 1;
    if !waiting.busy {
        // Without a thread the system flushes in its own time, as it does after any other program.
        waiting.busy = thread::Builder::new().name("moorline-sync".into()).spawn(work).is_ok();
    }
}

/// Waits until everything that was given so far is through: what is told of these files after that is true after a power cut too.
/// Blocking.
pub fn settled() {
    let mut waiting = waiting();
    let given = waiting.given;
    while waiting.busy && waiting.flushed < given {
        waiting = THROUGH.wait(waiting).unwrap_or_else(PoisonError::into_inner);
    }
}

/// Whether the flush of what waits takes this file too.
#[cfg(target_os = "linux")]
fn shares_a_flush((file, _): &Finished, files: &[Finished]) -> bool {
    use std::os::unix::fs::MetadataExt;

    let Ok(facts) = file.metadata() else { return false };
    let is_same = |(other, _): &&Finished| other.metadata().is_ok_and(|other| other.dev() == facts.dev());
    files.iter().filter(is_same).take(MANY).count() == MANY
}

#[cfg(not(target_os = "linux"))]
fn shares_a_flush(_: &Finished, _: &[Finished]) -> bool {
    false
}

/// Flushes until nothing waits.
fn work() {
    loop {
        let (files, given) = {
            let mut waiting = waiting();
            if waiting.files.is_empty() {
                waiting.busy = false;
                THROUGH.notify_all();
                return;
            }
            (std::mem::take(&mut waiting.files), waiting.given)
        };
        flush(&files);
        drop(files);
        waiting().flushed = given;
        THROUGH.notify_all();
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_given_is_through_when_it_is_settled() {
        let folder = tempfile::tempdir().unwrap();
        for round in 0..3 {
            // More than are held: the others go with the flush of the same disk, or are flushed here.
            for file in 0..HELD * 2 {
                let file = File::create(folder.path().join(format!("{round} {file}"))).unwrap();
                soon(file, folder.path().to_owned());
            }
            let given = waiting().given;
            settled();
            assert!(waiting().flushed >= given, "it was not waited for");
        }
    }
}
