//! One file from the server: into a `.part` beside the target, proven, then renamed.

use std::borrow::Cow;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;

use jiff::Timestamp;

use crate::engine::copy::{self, CopyFault};
use crate::engine::existing;
use crate::engine::item_outcome::{Arrival, Outcome, Stopped, break_off, refuses_offset};
use crate::engine::local;
use crate::engine::proof::{self, Checked};
use crate::engine::session_context::SessionContext;
use crate::engine::text_transfer;
use crate::ftp::{Control, Fault};
use crate::model::conflict::{Facts, OnExists, Resolution};
use crate::model::entry::{Modified, Precision};
use crate::model::path::safe_local_name;
use crate::model::problem::{Problem, ProblemKind};
use crate::model::queue::Item;
use crate::model::receipt::TlsProof;
use crate::model::transfer::{Compared, Direction, Form, TransferState};

/// Where the bytes are written until they are proven.
struct Landing {
    target: PathBuf,
    kind: Kind,
    /// Whether a file under the target's name is to be replaced; otherwise none is.
    replaces: bool,
}

/// What the bytes are written to, and from which byte on.
enum Kind {
    /// A `.part` that is made when the server begins to send.
    Fresh,
    /// Our own unfinished file.
    Ours { part: PathBuf, offset: u64 },
    /// The target itself, which a person wants to be resumed.
    Target { offset: u64 },
}

/// Fetches one file.
///
/// # Errors
/// Why it did not arrive; bytes that came are kept in the `.part`.
pub async fn run(ctx: &SessionContext, control: &mut Control, item: &Item) -> Result<Outcome, Stopped> {
    if item.from_folder
        && let Err(error) = safe_local_name(item.remote.name().unwrap_or_default())
    {
        return Err(Stopped::for_good(Problem::new(ProblemKind::Name, format!("Not fetched: {error}."))));
    }
    let started = Timestamp::now();
    let source = source_now(ctx, control, item).await?;
    let item = source.as_ref().unwrap_or(item);
    let may_be_text = !matches!(item.form, Form::LooksBinary | Form::Mixed);
    let begun_anew;
    let mut item = item;
    if may_be_text && text_transfer::is_wanted(ctx, item.remote.name()) {
        if let Some(outcome) = as_text(ctx, control, &text_transfer::from_the_start(item)).await? {
            return Ok(outcome);
        }
        // What came as text is overwritten: the item knows by now under which name it is.
        let mut known = ctx.queue.read(|queue| queue.get(item.id).map(Cow::into_owned)).unwrap_or_else(|| item.clone());
        known.from_start = true;
        begun_anew = known;
        item = &begun_anew;
    }
    let landing = match choose_landing(ctx, item, source.is_some() || item.from_start).await? {
        Ok(landing) => landing,
        Err(outcome) => return Ok(outcome),
    };
    let Fetched { reply, tls, part, bytes } = fetch(ctx, control, item, &landing).await?;
    ctx.queue.update(|queue| queue.set_state(item.id, TransferState::Proving));
    let compared = prove(control, item, bytes).await?;
    let hash = match proof::by_checksum(ctx.site.hashes, control, &part, &item.remote, bytes).await? {
        Checked::Fine(hash) => hash,
        Checked::Differs { problem, .. } => {
            begin_anew(ctx, item, &landing, &part).await?;
            return Err(Stopped::Failed { problem, again: true });
        }
    };
    publish(ctx, item, part, &landing).await?;
    Ok(Outcome::Arrived(Arrival { reply, bytes, reported: bytes, compared, hash, tls, started }))
}

/// Fetches one file as text; nothing when it turns out to be none, or when its size proves nothing because it mixes line ends.
async fn as_text(ctx: &SessionContext, control: &mut Control, item: &Item) -> Result<Option<Outcome>, Stopped> {
    let started = Timestamp::now();
    let landing = match choose_landing(ctx, item, true).await? {
        Ok(landing) => landing,
        Err(outcome) => return Ok(Some(outcome)),
    };
    let open = async {
        match &landing.kind {
            Kind::Ours { part, .. } => open_part(part, 0).await.map(|file| (file, part.clone())),
            Kind::Fresh | Kind::Target { .. } => open_fresh(ctx, item, &landing.target).await,
        }
    };
    let Some((brought, part)) = text_transfer::fetch(ctx, control, item, open).await? else {
        text_transfer::note(ctx, item, Form::LooksBinary);
        return Ok(None);
    };
    let tls = control.data_tls();
    text_transfer::note(ctx, item, Form::Text);
    ctx.queue.update(|queue| queue.set_state(item.id, TransferState::Proving));
    ctx.publisher.wake();
    let Some((reported, compared)) = text_transfer::agrees(control, item, brought.sizes).await? else {
        text_transfer::note(ctx, item, Form::Mixed);
        ctx.queue.update(|queue| queue.set_state(item.id, TransferState::Moving));
        return Ok(None);
    };
    let bytes = text_transfer::length(&part).await?;
    publish(ctx, item, part, &landing).await?;
    Ok(Some(Outcome::Arrived(Arrival { reply: brought.reply, bytes, reported, compared, hash: None, tls, started })))
}

/// The item with the source as it is now, when it is another than the one that some of it came from: old and new bytes must not be
/// glued together. A fetch that begins at the start needs no look.
async fn source_now(ctx: &SessionContext, control: &mut Control, item: &Item) -> Result<Option<Item>, Stopped> {
    if item.part.is_none() {
        return Ok(None);
    }
    let doing = "look at the file";
    let known = |result: Result<Option<u64>, Fault>| match result {
        Err(Fault::Refused(_)) => Ok(None),
        other => other.map_err(|fault| Stopped::wire(fault, doing)),
    };
    let size = known(control.size(&item.remote).await)?.or(item.size);
    let mut modified = item.modified;
    // Listings by the minute are in the server's own time zone: only exact times can be compared.
    if item.modified.is_some_and(|modified| modified.precision == Precision::Second) {
        match control.modified(&item.remote).await {
            Ok(Some(at)) => modified = Some(Modified { at, precision: Precision::Second }),
            Ok(None) | Err(Fault::Refused(_)) => {}
            Err(fault) => return Err(Stopped::wire(fault, doing)),
        }
    }
    let same_time = item.modified.map(|modified| modified.at.as_second()) == modified.map(|modified| modified.at.as_second());
    if (item.size.is_none() || item.size == size) && same_time {
        return Ok(None);
    }
    let mut now = item.clone();
    (now.size, now.modified) = (size, modified);
    ctx.queue.update(|queue| queue.edit(item.id, |item| (item.size, item.modified) = (size, modified)));
    Ok(Some(now))
}

/// Decides where to write, or that nothing is written: the item is skipped, or a question is open.
async fn choose_landing(ctx: &SessionContext, item: &Item, anew: bool) -> Result<Result<Landing, Outcome>, Stopped> {
    let mut target = item.local.clone();
    let part = item.part.as_ref().map(|name| target.with_file_name(name));
    let mut kind = Kind::Fresh;
    if let Some(part) = part
        && let Ok(facts) = on_disk(part.clone(), |path| fs::metadata(path)).await
    {
        let fits = !anew && item.size.is_none_or(|size| facts.len() <= size);
        kind = Kind::Ours { part, offset: if fits { facts.len() } else { 0 } };
    }
    let present = match on_disk(target.clone(), |path| fs::metadata(path)).await {
        Ok(facts) if facts.is_dir() => {
            return Err(Stopped::disk(&io::Error::from(io::ErrorKind::IsADirectory), "write", &target));
        }
        Ok(facts) => Some(Facts { size: Some(facts.len()), modified: local::modified(&facts) }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(Stopped::disk(&error, "open", &target)),
    };
    let Some(present) = present else { return Ok(Ok(Landing { target, kind, replaces: false })) };
    let source = Facts { size: item.size, modified: item.modified };
    match existing::decide(ctx, item, source, present) {
        Resolution::Replace => Ok(Ok(Landing { target, kind, replaces: true })),
        // The target itself is what is resumed; it is ours to extend since a person said so.
        Resolution::ResumeAt(offset) => Ok(Ok(Landing { target, kind: Kind::Target { offset }, replaces: true })),
        Resolution::RenameTarget => {
            let name = target.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            let names = existing::new_names(ctx, &name);
            target = on_disk(target, |path| free_name(path, names))
                .await
                .map_err(|error| Stopped::disk(&error, "find a free name for", &item.local))?;
            ctx.queue.update(|queue| queue.edit(item.id, |item| item.local.clone_from(&target)));
            Ok(Ok(Landing { target, kind, replaces: false }))
        }
        Resolution::Skip => Ok(Err(Outcome::Skipped)),
        Resolution::Ask => {
            existing::ask(ctx, item, source, present);
            // The answer may have put it back already: its state tells nothing here.
            Ok(Err(Outcome::Asking))
        }
    }
}

/// A new `.part` beside `target`, never somebody else's file: not even one that another connection makes in the same moment.
/// Its name is in the journal before the file is there: after a crash it is known as ours.
async fn open_fresh(ctx: &SessionContext, item: &Item, target: &Path) -> io::Result<(File, PathBuf)> {
    let name = target.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let own = format!("{name}.{}.part", item.id.0);
    for name in [format!("{name}.part"), own] {
        let part = target.with_file_name(&name);
        if on_disk(part.clone(), |path| Ok(fs::symlink_metadata(path).is_ok())).await? {
            continue;
        }
        ctx.queue.update(|queue| queue.edit(item.id, |item| item.part = Some(name)));
        ctx.queue.journalled().await;
        match on_disk(part.clone(), |path| File::create_new(path)).await {
            Ok(file) => return Ok((file, part)),
            Err(error) => {
                // What could not be made is nobody's, or another's.
                ctx.queue.update(|queue| queue.edit(item.id, |item| item.part = None));
                if error.kind() != io::ErrorKind::AlreadyExists {
                    return Err(error);
                }
            }
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}

/// The first of `names` that is free beside `target`.
fn free_name(target: &Path, names: impl Iterator<Item = String>) -> io::Result<PathBuf> {
    names
        .map(|name| target.with_file_name(name))
        .find(|candidate| fs::symlink_metadata(candidate).is_err())
        .ok_or_else(|| io::ErrorKind::AlreadyExists.into())
}

/// The next try begins anew. A person's own file stays as it is until all of the new one is there.
async fn begin_anew(ctx: &SessionContext, item: &Item, landing: &Landing, part: &Path) -> Result<(), Stopped> {
    match &landing.kind {
        Kind::Target { .. } => ctx.queue.update(|queue| queue.edit(item.id, |item| item.on_exists = OnExists::Overwrite)),
        Kind::Ours { .. } | Kind::Fresh => {
            open_part(part, 0).await.map_err(|error| Stopped::disk(&error, "write", part))?;
        }
    }
    Ok(())
}

/// What a RETR brought.
struct Fetched {
    /// The closing reply's words.
    reply: String,
    /// TLS of the data connection.
    tls: Option<TlsProof>,
    /// Where the bytes are.
    part: PathBuf,
    /// How many are there now.
    bytes: u64,
}

/// RETR into the `.part`.
async fn fetch(ctx: &SessionContext, control: &mut Control, item: &Item, landing: &Landing) -> Result<Fetched, Stopped> {
    let (part, offset) = match &landing.kind {
        Kind::Fresh => (None, 0),
        Kind::Ours { part, offset } => (Some(part.clone()), *offset),
        Kind::Target { offset } => (Some(landing.target.clone()), *offset),
    };
    if let Some(part) = part.as_ref().filter(|_| item.size == Some(offset) && offset > 0) {
        // All bytes came before the connection went; only the proof was missing.
        return Ok(Fetched { reply: "all bytes were there".into(), tls: None, part: part.clone(), bytes: offset });
    }
    let doing = format!("send {}", item.remote);
    let mut data = match control.retrieve(&item.remote, offset).await {
        Ok(data) => data,
        Err(fault) => {
            if offset > 0 && refuses_offset(&fault) {
                // A person's own file stays as it is until all of the new one is there.
                return Err(Stopped::no_restart(&fault));
            }
            return Err(Stopped::wire(fault, &doing));
        }
    };
    let opened = match part {
        Some(part) => open_part(&part, offset).await.map(|file| (file, part)),
        None => open_fresh(ctx, item, &landing.target).await,
    };
    let (file, part) = match opened {
        Ok(opened) => opened,
        Err(error) => {
            drop(data.stop().await);
            return Err(Stopped::disk(&error, "write", &landing.target));
        }
    };
    item.moved.store(offset, Ordering::Relaxed);
    if let Err(fault) = copy::receive(&mut data, file, &item.moved, ctx.pace.flow(Direction::Download)).await {
        let is_all_there = item.size.is_some_and(|size| item.moved.load(Ordering::Relaxed) >= size);
        let is_denied = is_all_there && matches!(&fault, CopyFault::Wire(fault) if proof::denies(fault));
        let stopped = break_off(data, fault, "write", &part).await;
        if is_denied {
            begin_anew(ctx, item, landing, &part).await?;
        }
        return Err(stopped);
    }
    let reply = match data.finish().await {
        Ok(reply) => reply,
        Err(fault) => {
            if proof::denies(&fault) {
                begin_anew(ctx, item, landing, &part).await?;
            }
            return Err(Stopped::wire(fault, &doing));
        }
    };
    ctx.publisher.wake();
    let bytes = on_disk(part.clone(), |path| fs::metadata(path)).await.map_err(|error| Stopped::disk(&error, "read", &part))?.len();
    Ok(Fetched { reply: reply.words(), tls: control.data_tls(), part, bytes })
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
async fn publish(ctx: &SessionContext, item: &Item, part: PathBuf, landing: &Landing) -> Result<(), Stopped> {
    let modified = item.modified.filter(|_| ctx.keeps_times());
    let (target, replaces) = (landing.target.clone(), landing.replaces);
    on_disk(part, move |part| {
        if let Some(Modified { at, precision: Precision::Second | Precision::Minute }) = modified {
            // A disk that keeps no times still has the file.
            drop(File::options().write(true).open(part).and_then(|file| file.set_modified(at.into())));
        }
        if part == target {
            return Ok(());
        }
        // A file that came under this name meanwhile is nobody's to overwrite.
        if !replaces && fs::symlink_metadata(&target).is_ok() {
            return Err(io::Error::from(io::ErrorKind::AlreadyExists));
        }
        fs::rename(part, &target)
    })
    .await
    .map_err(|error| Stopped::disk(&error, "rename the finished file to", &landing.target))
}

/// Runs a short disk operation away from the runtime's own threads.
async fn on_disk<R: Send + 'static>(path: PathBuf, work: impl FnOnce(&Path) -> io::Result<R> + Send + 'static) -> io::Result<R> {
    tokio::task::spawn_blocking(move || work(&path)).await.unwrap_or_else(|error| Err(io::Error::other(error)))
}
