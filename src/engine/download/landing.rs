//! Where the bytes of a download go until they are proven, and how they get their name.

use std::ffi::OsStr;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;

use crate::engine::copy::space;
use crate::engine::download::fetch::{Fetched, Where};
use crate::engine::download::local_part::{self, Lasts};
use crate::engine::item_outcome::{Outcome, Stopped};
use crate::engine::namesakes::{self, other_name};
use crate::engine::replace::temporary_names;
use crate::engine::session_context::SessionContext;
use crate::engine::{existing, flush, lane_thread, local, resume};
use crate::model::conflict::{Facts, Resolution};
use crate::model::entry::{Modified, Precision};
use crate::model::queue::Item;
use crate::model::ranges::Ranges;
use crate::model::resume::Sign;
use crate::model::rules::TransferRules;
use crate::model::transfer::SkipReason;

/// The source as it was when the first bytes came, and as it is now when it is another.
#[derive(Clone, Copy)]
pub struct Source {
    pub was: Facts,
    pub now: Option<Facts>,
}

/// Where the bytes are written until they are proven.
pub struct Landing {
    pub target: PathBuf,
    pub kind: Kind,
    /// Whether a file under the target's name is to be replaced; otherwise none is.
    pub replaces: bool,
}

/// What the bytes are written to, and from which byte on.
pub enum Kind {
    /// A `.part` that is made when the server begins to send.
    Fresh,
    /// Our own unfinished file.
    Ours { part: PathBuf, offset: u64 },
    /// Our own unfinished file, of which several ranges are there.
    Ranges { part: PathBuf, ranges: Ranges },
    /// The target itself, which a person wants to be resumed.
    Target { offset: u64 },
}

/// Whether any of the file has come, or may have: an empty `.part` has none of it.
pub async fn is_begun(item: &Item) -> bool {
    if item.moved.load(Ordering::Relaxed) > 0 || item.ranges.is_some() {
        return true;
    }
    let Some(part) = item.part.as_ref().map(|name| item.local.with_file_name(name)) else { return false };
    // More may be on the disk than the queue heard of before it was killed. What cannot be looked at is fetched from its start.
    on_disk(part, |part| fs::metadata(part)).await.is_ok_and(|facts| facts.len() > 0)
}

/// Decides where to write, or that nothing is written: the item is skipped, or a question is open.
pub async fn choose_landing(
    ctx: &SessionContext,
    rules: &TransferRules,
    item: &Item,
    source: Source,
) -> Result<Result<Landing, Outcome>, Stopped> {
    let mut target = item.local.clone();
    let part = item.part.as_ref().map(|name| target.with_file_name(name));
    let looked = on_disk(target.clone(), move |target| {
        let part = part.and_then(|part| fs::metadata(&part).ok().map(|facts| (part, facts.len())));
        let there = fs::metadata(target);
        let other_name = if there.is_ok() { other_name(target) } else { None };
        Ok((part, there, other_name))
    });
    let (part, there, other_name) = looked.await.map_err(|error| Stopped::disk(&error, "open", &target))?;
    if let Some(other) = other_name {
        is_another_ones(ctx, item, &target, &other)?;
    }
    let mut kind = Kind::Fresh;
    if let Some((part, length)) = part {
        let offset = item.ranges.as_ref().map_or(length, |_| item.moved.load(Ordering::Relaxed));
        if let Some(now) = source.now
            && offset > 0
            && !item.from_start
            && resume::course(ctx, item, false) == resume::Course::Ask
        {
            resume::ask(ctx, item, offset, Sign::Facts, source.was, now);
            return Ok(Err(Outcome::Asking));
        }
        kind = ours(item, part, length, source.now.is_some() || item.from_start);
    }
    let present = match there {
        Ok(facts) => {
            local::is_file(&facts).map_err(|error| Stopped::disk(&error, "write", &target))?;
            Some(Facts { size: Some(facts.len()), modified: local::modified(&facts) })
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(Stopped::disk(&error, "open", &target)),
    };
    let Some(present) = present else { return Ok(Ok(Landing { target, kind, replaces: false })) };
    if let Some(offset) = present.size.filter(|_| source.now.is_none() && has_its_name(rules, item, &kind, present)) {
        return Ok(Ok(Landing { target, kind: Kind::Target { offset }, replaces: true }));
    }
    let facts = Facts { size: item.size, modified: item.modified };
    match existing::decide(ctx, item, facts, present) {
        Resolution::Replace => Ok(Ok(Landing { target, kind, replaces: true })),
        // The target itself is what is resumed; it is ours to extend since a person said so, of this source.
        Resolution::ResumeAt(offset) => match source.now {
            Some(now) if offset > 0 => {
                resume::ask(ctx, item, offset, Sign::Facts, source.was, now);
                Ok(Err(Outcome::Asking))
            }
            _ => Ok(Ok(Landing { target, kind: Kind::Target { offset }, replaces: true })),
        },
        Resolution::RenameTarget => {
            let name = target.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            let names = existing::new_names(ctx, &name);
            let (queue, id) = (ctx.queue.clone(), item.id);
            let is_ours = move |path: &Path| queue.read(|queue| queue.is_fetched_to(path, id));
            target = on_disk(target, |path| free_name(path, names, is_ours))
                .await
                .map_err(|error| Stopped::disk(&error, "find a free name for", &item.local))?;
            ctx.queue.update(|queue| queue.edit(item.id, |item| item.local.clone_from(&target)));
            Ok(Ok(Landing { target, kind, replaces: false }))
        }
        Resolution::Skip => Ok(Err(Outcome::Skipped(SkipReason::Exists))),
        Resolution::Ask => {
            existing::ask(ctx, item, facts, present);
            // The answer may have put it back already: its state tells nothing here.
            Ok(Err(Outcome::Asking))
        }
    }
}

/// Of two names that this disk takes for one the second must not replace the first, which counts as arrived.
fn is_another_ones(ctx: &SessionContext, item: &Item, target: &Path, other: &OsStr) -> Result<(), Stopped> {
    let there = target.with_file_name(other);
    if !ctx.queue.read(|queue| queue.has_arrived_in_batch_of(item, &there)) {
        return Ok(());
    }
    let name = item.remote.name().unwrap_or_default();
    Err(Stopped::for_good(namesakes::problem(name, &other.to_string_lossy())))
}

/// Whether what is there got its name from an earlier run that ended before anybody heard of it: all bytes had come, the `.part` is gone,
/// and the file has the source's size and time.
fn has_its_name(rules: &TransferRules, item: &Item, kind: &Kind, present: Facts) -> bool {
    let all_came = item.size.is_some_and(|size| size > 0 && item.moved.load(Ordering::Relaxed) == size);
    let seconds = |modified: Option<Modified>| modified.map(|modified| modified.at.as_second());
    let same_time = item.modified.is_some() && seconds(item.modified) == seconds(present.modified);
    item.part.is_some() && matches!(kind, Kind::Fresh) && all_came && present.size == item.size && same_time && rules.keep_times
}

/// How our own unfinished file of `length` bytes is gone on with.
fn ours(item: &Item, part: PathBuf, length: u64, anew: bool) -> Kind {
    let Some(saved) = &item.ranges else {
        let fits = !anew && item.size.is_none_or(|size| length <= size);
        return Kind::Ours { part, offset: if fits { length } else { 0 } };
    };
    // Its length tells nothing while there are holes in it; a file that is shorter than what was written of it is another one.
    let reach = saved.iter().filter(|[start, written, _]| written > start).map(|[_, written, _]| *written).max().unwrap_or(0);
    let ranges = item.size.filter(|_| !anew && length >= reach).and_then(|size| Ranges::restored(size, saved));
    match ranges {
        Some(ranges) => Kind::Ranges { part, ranges },
        None => Kind::Ours { part, offset: 0 },
    }
}

/// A new `.part` beside `target`, never somebody else's file: not even one that another connection makes in the same moment.
/// Its name is in the journal before the file is there: after a crash it is known as ours.
pub async fn open_fresh(ctx: &SessionContext, item: &Item, target: &Path, lasts: Lasts) -> io::Result<(File, PathBuf)> {
    let name = target.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let size = item.size.unwrap_or(0);
    for name in temporary_names(&name, item.id) {
        let part = target.with_file_name(&name);
        ctx.queue.update(|queue| queue.edit(item.id, |item| item.part = Some(name)));
        // Where the disk refuses that, it goes on to its end all the same: it was begun, and the name is noted beside the journal too.
        ctx.queue.journalled().await;
        let leftovers = ctx.leftovers.clone();
        let create = move |path: &Path| {
            let file = local_part::create(&leftovers, path, lasts)?;
            match space::reserve(&file, size) {
                Ok(()) => Ok(file),
                Err(error) => {
                    local_part::let_go(&leftovers, path);
                    drop(fs::remove_file(path));
                    Err(error)
                }
            }
        };
        match on_disk(part.clone(), create).await {
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

/// The first of `names` that is free beside `target`, and that nothing else is fetched to.
fn free_name(target: &Path, names: impl Iterator<Item = String>, is_ours: impl Fn(&Path) -> bool) -> io::Result<PathBuf> {
    names
        .map(|name| target.with_file_name(name))
        .find(|candidate| fs::symlink_metadata(candidate).is_err() && !is_ours(candidate))
        .ok_or_else(|| io::ErrorKind::AlreadyExists.into())
}

/// Opens a file of which `offset` bytes stay, to be written from there on.
pub async fn open_part(part: &Path, offset: u64, size: Option<u64>) -> io::Result<File> {
    on_disk(part.to_owned(), move |path| {
        let mut file = OpenOptions::new().write(true).create(true).truncate(false).open(path)?;
        file.set_len(offset)?;
        space::reserve(&file, size.unwrap_or(0))?;
        file.seek(SeekFrom::Start(offset))?;
        Ok(file)
    })
    .await
}

/// What could not be proven is kept for a person to look at, also when it has not been on the disk yet.
pub async fn keep(ctx: &SessionContext, item: &Item, fetched: Fetched) {
    let part = match fetched.at {
        Where::Part(part) => part,
        Where::Memory(bytes) => {
            let Ok((mut file, part)) = open_fresh(ctx, item, &fetched.target, Lasts::Long).await else { return };
            // The transfer has failed already; that it is not kept either changes nothing about it.
            drop(on_disk(part.clone(), move |_| file.write_all(&bytes)).await);
            part
        }
    };
    // It is a person's from here on: the next download of the file leaves it alone.
    local_part::let_go(&ctx.leftovers, &part);
}

/// Gives the proven file its time and its name.
pub async fn publish(ctx: &SessionContext, rules: &TransferRules, item: &Item, fetched: Fetched) -> Result<(), Stopped> {
    let modified = item.modified.filter(|_| rules.keep_times);
    let Fetched { target, replaces, .. } = fetched;
    let (part, unwritten, lasts) = match fetched.at {
        Where::Part(part) => (part, None, Lasts::Long),
        Where::Memory(bytes) => {
            let opened = open_fresh(ctx, item, &target, Lasts::Moment).await;
            let (file, part) = opened.map_err(|error| Stopped::disk(&error, "write", &target))?;
            (part, Some((file, bytes)), Lasts::Moment)
        }
    };
    let named = target.clone();
    let folder = target.parent().map(Path::to_owned).unwrap_or_default();
    let leftovers = ctx.leftovers.clone();
    let file = on_disk(part, move |part| {
        let file = match unwritten {
            Some((mut file, bytes)) => file.write_all(&bytes).map(|()| Some(file))?,
            // A person's own file may be one that only its folder lets be changed.
            None => File::options().write(true).open(part).ok(),
        };
        if let (Some(file), Some(Modified { at, precision: Precision::Second | Precision::Minute })) = (&file, modified) {
            // A disk that keeps no times still has the file.
            drop(file.set_modified(at.into()));
        }
        if part == target {
            return Ok(file);
        }
        // A file that came under this name meanwhile is nobody's to overwrite.
        if !replaces && fs::symlink_metadata(&target).is_ok() {
            return Err(io::Error::from(io::ErrorKind::AlreadyExists));
        }
        local_part::rename(&leftovers, part, &target, lasts)?;
        Ok(file)
    })
    .await
    .map_err(|error| Stopped::disk(&error, "rename the finished file to", &named))?;
    if let Some(file) = file {
        flush::soon(file, folder);
    }
    Ok(())
}

/// Does something short with a file of the disk.
pub async fn on_disk<R: Send + 'static>(
    path: PathBuf,
    work: impl FnOnce(&Path) -> io::Result<R> + Send + 'static,
) -> io::Result<R> {
    lane_thread::on_disk(move || work(&path)).await
}
