//! One file from the server: into a `.part` beside the target, proven, then renamed.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;

use crate::engine::copy;
use crate::engine::existing;
use crate::engine::item_outcome::{Outcome, Stopped, break_off, refuses_offset};
use crate::engine::local;
use crate::engine::session_context::SessionContext;
use crate::engine::trouble;
use crate::ftp::{Control, Fault};
use crate::model::conflict::{Facts, Resolution, numbered_name};
use crate::model::entry::{Modified, Precision};
use crate::model::problem::{Problem, ProblemKind};
use crate::model::queue::Item;
use crate::model::transfer::{Compared, Proof, TransferState};

/// Where the bytes are written until they are proven, and from which byte on.
struct Landing {
    target: PathBuf,
    part: PathBuf,
    offset: u64,
}

/// Fetches one file.
///
/// # Errors
/// Why it did not arrive; bytes that came are kept in the `.part`.
pub async fn run(ctx: &SessionContext, control: &mut Control, item: &Item) -> Result<Outcome, Stopped> {
    let landing = match choose_landing(ctx, item).await? {
        Some(landing) => landing,
        None => {
            return Ok(if ctx.queue.read(|q| q.get(item.id).is_some_and(|i| i.state == TransferState::Asking)) {
                Outcome::Asking
            } else {
                Outcome::Skipped
            });
        }
    };
    let (reply, bytes) = fetch(ctx, control, item, &landing).await?;
    ctx.queue.update(|queue| queue.set_state(item.id, TransferState::Proving));
    let compared = prove(control, item, bytes).await?;
    publish(item, &landing).await?;
    Ok(Outcome::Arrived(Proof { reply, bytes, compared }))
}

/// Decides where to write; `None` when the item is skipped or a question is open.
async fn choose_landing(ctx: &SessionContext, item: &Item) -> Result<Option<Landing>, Stopped> {
    let target = item.local.clone();
    let known_part = item.part.clone();
    if let Some(part) = known_part.map(|name| target.with_file_name(name)) {
        // Our own unfinished file: go on where it ends.
        if let Ok(facts) = on_disk(part.clone(), |path| fs::metadata(path)).await
            && item.size.is_none_or(|size| facts.len() <= size)
        {
            return Ok(Some(Landing { target, part, offset: facts.len() }));
        }
    }
    let present = match on_disk(target.clone(), |path| fs::metadata(path)).await {
        Ok(facts) if facts.is_dir() => {
            return Err(Stopped::disk(&io::Error::from(io::ErrorKind::IsADirectory), "write", &target));
        }
        Ok(facts) => Some(Facts { size: Some(facts.len()), modified: local::modified(&facts) }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(Stopped::disk(&error, "open", &target)),
    };
    let Some(present) = present else { return own_part(ctx, item, target).await.map(Some) };
    let source = Facts { size: item.size, modified: item.modified };
    match existing::decide(ctx, item, source, present) {
        Resolution::Replace => own_part(ctx, item, target).await.map(Some),
        // The target itself is what is resumed; it is ours to extend since a person said so.
        Resolution::ResumeAt(offset) => Ok(Some(Landing { part: target.clone(), target, offset })),
        Resolution::RenameTarget => {
            let target =
                on_disk(target, |path| Ok(free_name(path))).await.map_err(|error| Stopped::disk(&error, "name", &item.local))?;
            ctx.queue.update(|queue| queue.edit(item.id, |item| item.local.clone_from(&target)));
            own_part(ctx, item, target).await.map(Some)
        }
        Resolution::Skip => Ok(None),
        Resolution::Ask => {
            existing::ask(ctx, item, source, present);
            Ok(None)
        }
    }
}

/// A `.part` beside `target` that is not somebody else's file. It is made when the server begins to send.
async fn own_part(ctx: &SessionContext, item: &Item, target: PathBuf) -> Result<Landing, Stopped> {
    let id = item.id.0;
    let name = on_disk(target.clone(), move |path| {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let usual = format!("{name}.part");
        let is_taken = fs::symlink_metadata(path.with_file_name(&usual)).is_ok();
        Ok(if is_taken { format!("{name}.{id}.part") } else { usual })
    })
    .await
    .map_err(|error| Stopped::disk(&error, "write", &target))?;
    let part = target.with_file_name(&name);
    ctx.queue.update(|queue| queue.edit(item.id, |item| item.part = Some(name)));
    Ok(Landing { target, part, offset: 0 })
}

/// `name (1).txt`, or the first number that is free.
fn free_name(target: &Path) -> PathBuf {
    let name = target.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    (1..)
        .map(|number| target.with_file_name(numbered_name(&name, number)))
        .find(|candidate| fs::symlink_metadata(candidate).is_err())
        .unwrap_or_else(|| target.to_owned())
}

/// RETR into the `.part`; returns the closing reply's words and the size of what is there now.
async fn fetch(ctx: &SessionContext, control: &mut Control, item: &Item, landing: &Landing) -> Result<(String, u64), Stopped> {
    let offset = landing.offset;
    if item.size == Some(offset) && offset > 0 {
        // All bytes came before the connection went; only the proof was missing.
        return Ok(("all bytes were there".into(), offset));
    }
    let doing = format!("send {}", item.remote);
    let mut data = match control.retrieve(&item.remote, offset).await {
        Ok(data) => data,
        Err(fault) => {
            if offset > 0 && refuses_offset(&fault) {
                // The next try begins anew.
                open_part(&landing.part, 0).await.map_err(|error| Stopped::disk(&error, "write", &landing.part))?;
                return Err(Stopped::Failed { problem: trouble::of_fault(&fault, "resume the file"), again: true });
            }
            return Err(Stopped::wire(fault, &doing));
        }
    };
    let file = match open_part(&landing.part, offset).await {
        Ok(file) => file,
        Err(error) => {
            drop(data.stop().await);
            return Err(Stopped::disk(&error, "write", &landing.part));
        }
    };
    item.moved.store(offset, Ordering::Relaxed);
    if let Err(fault) = copy::receive(&mut data, file, &item.moved).await {
        return Err(break_off(data, fault, "write", &landing.part).await);
    }
    let reply = data.finish().await.map_err(|fault| Stopped::wire(fault, &doing))?;
    ctx.publisher.wake();
    let bytes = on_disk(landing.part.clone(), |path| fs::metadata(path))
        .await
        .map_err(|error| Stopped::disk(&error, "read", &landing.part))?
        .len();
    Ok((reply.words(), bytes))
}

async fn open_part(part: &Path, offset: u64) -> io::Result<File> {
    on_disk(part.to_owned(), move |path| {
        let mut file = OpenOptions::new().write(true).create(true).truncate(false).open(path)?;
        file.set_len(offset)?;
        file.seek(SeekFrom::Start(offset))?;
        Ok(file)
    })
    .await
}

/// Compares what is on disk with what the server says the file is.
async fn prove(control: &mut Control, item: &Item, bytes: u64) -> Result<Compared, Stopped> {
    if item.size == Some(bytes) {
        return Ok(Compared::Listing);
    }
    // The listing is old or had no size: ask the server now.
    match control.size(&item.remote).await {
        Ok(Some(size)) if size == bytes => Ok(Compared::Size),
        Ok(Some(size)) => Err(Stopped::Failed {
            problem: Problem::new(
                ProblemKind::Unproven,
                format!("{bytes} bytes arrived, but the server says that the file has {size}."),
            ),
            again: true,
        }),
        Ok(None) => Err(Stopped::for_good(unprovable(item.size, bytes))),
        Err(Fault::Refused(_)) => Err(Stopped::for_good(unprovable(item.size, bytes))),
        Err(fault) => Err(Stopped::wire(fault, "tell the file's size")),
    }
}

fn unprovable(listed: Option<u64>, bytes: u64) -> Problem {
    let what = match listed {
        Some(size) => format!("{bytes} bytes arrived, but the listing said {size}."),
        None => format!("{bytes} bytes arrived, but the server tells no size to compare them with."),
    };
    Problem::new(ProblemKind::Unproven, what).advise("What arrived is kept beside the target, in the .part file.")
}

/// Gives the proven file its time and its name.
async fn publish(item: &Item, landing: &Landing) -> Result<(), Stopped> {
    let modified = item.modified;
    let (part, target) = (landing.part.clone(), landing.target.clone());
    on_disk(part, move |part| {
        if let Some(Modified { at, precision: Precision::Second | Precision::Minute }) = modified {
            // A disk that keeps no times still has the file.
            drop(File::options().write(true).open(part).and_then(|file| file.set_modified(at.into())));
        }
        if part == target { Ok(()) } else { fs::rename(part, &target) }
    })
    .await
    .map_err(|error| Stopped::disk(&error, "rename the finished file to", &landing.target))
}

/// Runs a short disk operation away from the runtime's own threads.
async fn on_disk<R: Send + 'static>(path: PathBuf, work: impl FnOnce(&Path) -> io::Result<R> + Send + 'static) -> io::Result<R> {
    tokio::task::spawn_blocking(move || work(&path)).await.unwrap_or_else(|error| Err(io::Error::other(error)))
}
