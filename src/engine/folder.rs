//! One folder of the queue: makes it on the other side and queues what is in it, one level at a time.

use std::borrow::Cow;
use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::engine::existing;
use crate::engine::item_outcome::{Outcome, Stopped};
use crate::engine::lane_thread::on_disk;
use crate::engine::local;
use crate::engine::namesakes;
use crate::engine::session_context::SessionContext;
use crate::engine::settle;
use crate::ftp::{Control, Fault};
use crate::model::composed::name_there;
use crate::model::conflict::Facts;
use crate::model::entry::{Entry, EntryKind, Modified};
use crate::model::format;
use crate::model::leave_out::LeaveOut;
use crate::model::listing::Listing;
use crate::model::path::{RemotePath, safe_local_name};
use crate::model::problem::{Problem, ProblemKind};
use crate::model::queue::{Item, Target};
use crate::model::readable::{by_reading, readable};
use crate::model::transfer::{Job, SkipReason, TransferId, TransferState};

/// A local row that goes into the queue.
struct LocalChild {
    name: String,
    path: PathBuf,
    is_folder: bool,
    size: Option<u64>,
    modified: Option<Modified>,
    /// Why it is left out; its row says so.
    left_out: Option<SkipReason>,
}

/// Makes the remote folder and queues the local one's content.
///
/// # Errors
/// The folder cannot be made here or read there.
pub async fn upload(ctx: &SessionContext, control: &mut Control, item: &Item) -> Result<Outcome, Stopped> {
    let mut look = ctx.queue.look_at_folder(item);
    let there = make_remote(ctx, control, item).await?;
    let folder = item.local.clone();
    let leave_out = ctx.left_out();
    let (children, unnameable) = tokio::task::spawn_blocking(move || read_local(&folder, &leave_out))
        .await
        .map_err(|error| Stopped::for_good(Problem::new(ProblemKind::Local, error.to_string())))?
        .map_err(Stopped::for_good)?;
    let end = match unnameable {
        0 => Ok(Outcome::FolderRead),
        count => Err(Problem::new(ProblemKind::Name, format!("{count} names in {} cannot be sent.", item.local.display()))
            .advise("They are no valid text, or have a line end in them. Everything else in the folder is queued.")),
    };
    settle::announce(ctx, item.id);
    // An answer for the whole batch may have come while the folder was read.
    let on_exists = existing::standing(ctx, item);
    let names = there.iter().flat_map(|listing| &listing.entries).map(|entry| entry.name.as_str());
    let by_reading = by_reading(names);
    let items = children.into_iter().filter_map(|child| {
        let has = |name: &str| there.as_ref().is_some_and(|listing| listing.has(name));
        let name = match by_reading.get(&child.name) {
            Some(name) if !has(&child.name) => Cow::Borrowed(name.as_str()),
            _ => name_there(&child.name, has),
        };
        let remote = item.remote.child(&name).ok()?;
        let job = Job { direction: item.direction, local: child.path, remote, on_exists };
        let mut new = inside(item, job);
        new.is_folder = Some(child.is_folder);
        new.size = child.size;
        new.modified = child.modified;
        if let Some(reason) = child.left_out {
            new.state = TransferState::Skipped(reason);
        }
        new.target = match &there {
            None => Target::Absent,
            Some(listing) => target_in(listing, &name),
        };
        if new.target == Target::Absent && !look.is_reliable {
            new.target = Target::Unknown;
        }
        Some(new)
    });
    let items: Vec<Item> = items.collect();
    let is_new =
        |item: &&Item| item.is_folder == Some(false) && item.target == Target::Absent && item.state == TransferState::Queued;
    look.new_files = items.iter().filter(is_new).count();
    // Before they are there: the first may be taken at once.
    drop(look);
    enter(ctx, item, items, &end);
    end.map_err(Stopped::for_good)
}

/// An item for what is in a folder that is an item; the queue gives it its identity.
fn inside(folder: &Item, job: Job) -> Item {
    let mut new = Item::new(TransferId(0), folder.site.clone(), job);
    new.priority = folder.priority;
    new.batch = folder.batch;
    new
}

/// The content of a folder enters the queue, and the folder itself is through with that: read once more after a crash, it would
/// queue it twice.
fn enter(ctx: &SessionContext, folder: &Item, content: Vec<Item>, end: &Result<Outcome, Problem>) {
    let is_empty = content.is_empty();
    ctx.queue.put_together(content, |queue| match end {
        Ok(_) => queue.leave_folder(folder.id, is_empty),
        Err(problem) => queue.fail(folder.id, problem.clone()),
    });
}

fn target_in(listing: &Listing, name: &str) -> Target {
    match listing.entries.iter().find(|entry| entry.name == name) {
        Some(entry) => Target::Present(Facts { size: entry.size, modified: entry.modified }),
        None if listing.unread.is_empty() && listing.incomplete.is_none() => Target::Absent,
        None => Target::Unknown,
    }
}

/// Makes the remote folder; when it is there already, returns what is in it.
async fn make_remote(ctx: &SessionContext, control: &mut Control, item: &Item) -> Result<Option<Listing>, Stopped> {
    let doing = format!("make the folder {}", item.remote);
    // What the folder above showed need not be made.
    if item.remote.is_root() || matches!(item.target, Target::Present(_)) {
        match ctx.list(control, &item.remote).await {
            Ok(listing) => return Ok(Some(listing)),
            Err(Fault::Refused(_)) if !item.remote.is_root() => {}
            Err(fault) => return Err(Stopped::wire(fault, &doing)),
        }
    }
    match control.make_folder(&item.remote).await {
        Ok(()) => Ok(None),
        Err(Fault::Refused(reply)) => {
            // Most servers say "exists" with the code of "not allowed": only a look can tell.
            match ctx.list(control, &item.remote).await {
                Ok(listing) => Ok(Some(listing)),
                Err(Fault::Refused(_)) => Err(Stopped::wire(Fault::Refused(reply), &doing)),
                Err(fault) => Err(Stopped::wire(fault, &doing)),
            }
        }
        Err(fault) => Err(Stopped::wire(fault, &doing)),
    }
}

/// What is in a local folder, and how many names of it cannot be sent. Links to files are followed, links to folders are not: they
/// may lead back up.
fn read_local(folder: &Path, leave_out: &LeaveOut) -> Result<(Vec<LocalChild>, usize), Problem> {
    let listing = local::list(folder)?;
    let (sendable, unnameable): (Vec<Entry>, Vec<Entry>) =
        listing.entries.into_iter().partition(|entry| RemotePath::root().child(&entry.name).is_ok());
    // A name that cannot be sent and was not to be is no failure.
    let unnameable = unnameable.iter().filter(|entry| !leave_out.fits(&entry.name, entry.kind == EntryKind::Dir)).count();
    let children = sendable.into_iter().map(|entry| {
        let path = folder.join(&entry.name);
        let is_link = entry.target.is_some();
        let left_out = match entry.kind {
            EntryKind::Dir if is_link => Some(SkipReason::FolderLink),
            EntryKind::Dir | EntryKind::File => None,
            EntryKind::Link => Some(SkipReason::BrokenLink),
            EntryKind::Other => Some(SkipReason::Special),
        };
        let is_filtered = leave_out.fits(&entry.name, entry.kind == EntryKind::Dir);
        let left_out = if is_filtered { Some(SkipReason::Filter) } else { left_out };
        let is_folder = entry.kind == EntryKind::Dir && !is_link;
        let (size, modified) = if entry.kind == EntryKind::File { (entry.size, entry.modified) } else { (None, None) };
        LocalChild { name: entry.name, path, is_folder, size, modified, left_out }
    });
    Ok((children.collect(), listing.unread.len() + unnameable))
}

/// Makes the local folder and queues the remote one's content.
///
/// # Errors
/// The folder cannot be read here or made there; rows that could not be read are a failure too, after the others are queued.
pub async fn download(ctx: &SessionContext, control: &mut Control, item: &Item) -> Result<Outcome, Stopped> {
    let doing = format!("list {}", item.remote);
    let listing = ctx.list(control, &item.remote).await.map_err(|fault| Stopped::wire(fault, &doing))?;
    let target = item.local.clone();
    on_disk(move || fs::create_dir_all(target)).await.map_err(|error| Stopped::disk(&error, "make the folder", &item.local))?;
    let leave_out = ctx.left_out();
    let is_left_out = |entry: &Entry| {
        let is_folder = entry.kind == EntryKind::Dir;
        leave_out.fits(&entry.name, is_folder) || leave_out.fits(&readable(&entry.name), is_folder)
    };
    let fetched = listing.entries.iter().filter(|entry| !is_left_out(entry));
    let mut namesakes = namesakes::namesakes(fetched.map(|entry| entry.name.as_str()));
    if !namesakes.is_empty() {
        let target = item.local.clone();
        // A disk that cannot be asked says so again as the files are written to it.
        if !on_disk(move || namesakes::folds(&target)).await.unwrap_or(false) {
            namesakes.clear();
        }
    }
    let end = complete(&listing, item);
    settle::announce(ctx, item.id);
    // An answer for the whole batch may have come while the folder was read.
    let on_exists = existing::standing(ctx, item);
    // A name that is no UTF-8 may read like another one: that one has it.
    let is_read_otherwise = listing.entries.iter().any(|entry| matches!(readable(&entry.name), Cow::Owned(_)));
    let names = listing.entries.iter().filter(|_| is_read_otherwise).map(|entry| entry.name.clone());
    let mut taken: HashSet<String> = names.collect();
    let items = listing.entries.iter().filter_map(|entry| {
        let is_folder = match entry.kind {
            EntryKind::Dir => Some(true),
            EntryKind::File => Some(false),
            EntryKind::Link => None,
            // It is not asked for: its row says why.
            EntryKind::Other => Some(false),
        };
        let remote = item.remote.child(&entry.name).ok()?;
        let name = readable(&entry.name);
        let local = item.local.join(&*name);
        let job = Job { direction: item.direction, local, remote, on_exists };
        let mut new = inside(item, job);
        new.is_folder = is_folder;
        new.size = if is_folder == Some(false) { entry.size } else { None };
        new.modified = entry.modified;
        new.from_folder = true;
        if is_left_out(entry) {
            new.state = TransferState::Skipped(SkipReason::Filter);
        } else if entry.kind == EntryKind::Other {
            new.state = TransferState::Skipped(SkipReason::Special);
        } else if let Err(error) = safe_local_name(&entry.name) {
            new.state = TransferState::Failed(Problem::new(ProblemKind::Name, format!("Not fetched: {error}.")));
        } else if let Some(first) = namesakes.get(entry.name.as_str()) {
            new.state = TransferState::Failed(namesakes::problem(&entry.name, first));
        } else if matches!(name, Cow::Owned(_)) && !taken.insert(name.clone().into_owned()) {
            new.state = TransferState::Failed(namesakes::problem(&name, &name));
        }
        Some(new)
    });
    enter(ctx, item, items.collect(), &end);
    end.map_err(Stopped::for_good)
}

fn complete(listing: &Listing, item: &Item) -> Result<Outcome, Problem> {
    if let Some(words) = &listing.incomplete {
        return Err(Problem::new(ProblemKind::Unproven, format!("The server's listing of {} is incomplete.", item.remote))
            .advise("What was listed is fetched.")
            .quote(words.clone()));
    }
    match listing.unread.len() {
        0 => Ok(Outcome::FolderRead),
        count => {
            let rows = format::counted(count, "row", "rows");
            Err(Problem::new(ProblemKind::Unproven, format!("{rows} of the listing of {} could not be read.", item.remote))
                .advise("Everything else in the folder is fetched.")
                .quote(listing.unread.iter().take(3).map(|row| row.text.clone()).collect::<Vec<_>>().join(" · ")))
        }
    }
}

/// Finds out what a remote path is, for a download that was asked for by its path alone.
///
/// # Errors
/// Nothing is there, or the connection's fault.
pub async fn identify(ctx: &SessionContext, control: &mut Control, item: &mut Item) -> Result<Outcome, Stopped> {
    let entry = match item.remote.parent().zip(item.remote.name()) {
        None => Some(Entry::new("/", EntryKind::Dir)),
        Some((parent, name)) => match ctx.shown(&parent) {
            Some(listing) if listing.entries.iter().any(|entry| entry.name == name) => find(&listing, name),
            _ => match control.list(&parent).await {
                Ok(listing) => find(&listing, name),
                Err(Fault::Refused(_)) => None,
                Err(fault) => return Err(Stopped::wire(fault, "list the folder")),
            },
        },
    };
    // A link, and a path that its folder does not show, may be either: entering it tells.
    let is_folder = match entry.as_ref().map(|entry| entry.kind) {
        Some(EntryKind::Dir) => true,
        Some(EntryKind::File) => false,
        _ => match control.enter(&item.remote).await {
            Ok(()) => true,
            Err(Fault::Refused(_)) => false,
            Err(fault) => return Err(Stopped::wire(fault, "open the folder")),
        },
    };
    if is_folder && item.from_folder {
        // A link to a folder inside a folder may lead back up: it is not followed.
        return Ok(Outcome::Skipped(SkipReason::FolderLink));
    }
    item.is_folder = Some(is_folder);
    if let Some(entry) = entry.filter(|entry| entry.kind == EntryKind::File) {
        item.size = entry.size;
        item.modified = entry.modified;
    } else if !is_folder {
        item.size = match control.size(&item.remote).await {
            Ok(size) => size,
            Err(Fault::Refused(_)) => None,
            Err(fault) => return Err(Stopped::wire(fault, "tell the file's size")),
        };
    }
    let (is_folder, size, modified) = (item.is_folder, item.size, item.modified);
    ctx.queue.update(|queue| {
        queue.edit(item.id, |kept| (kept.is_folder, kept.size, kept.modified) = (is_folder, size, modified));
        if is_folder == Some(true) {
            queue.set_state(item.id, TransferState::Scanning);
        }
    });
    Ok(Outcome::FolderRead)
}

fn find(listing: &Listing, name: &str) -> Option<Entry> {
    listing.entries.iter().find(|entry| entry.name == name).cloned()
}
