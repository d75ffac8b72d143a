//! The browsing connection's work: listing and changing the server's side, one piece after the other.

use std::sync::Arc;

use jiff::Timestamp;

use crate::engine::command::{Change, Place, Removal};
use crate::engine::event::{EventBody, Question};
use crate::engine::permissions;
use crate::engine::server_clock;
use crate::engine::session_context::SessionContext;
use crate::engine::trouble;
use crate::engine::verify;
use crate::engine::{Answer, local::Count};
use crate::ftp::{Control, Fault};
use crate::model::entry::EntryKind;
use crate::model::format;
use crate::model::path::RemotePath;
use crate::model::problem::{Problem, ProblemKind};

/// A piece of work for the browsing connection.
#[derive(Clone, Debug)]
pub enum Work {
    /// List a folder and show it.
    Open(RemotePath),
    /// The same, after the connection went in its middle.
    Reopen(RemotePath),
    /// Change something (remote places only).
    Change(Change),
    /// Compare local files with remote ones.
    Verify(verify::Request),
    /// The connection went in the middle of a change: look whether it came about, and do what is left of it.
    Resume(Change),
}

impl Work {
    /// What is left to do after the connection went in its middle: reading a folder is repeated, a change is looked after first.
    /// What the connection went in the middle of twice is given up: it may be what ends it.
    #[must_use]
    pub fn after_loss(self) -> Option<Self> {
        match self {
            Self::Open(path) => Some(Self::Reopen(path)),
            Self::Change(change) => Some(Self::Resume(change)),
            // Its result says how far it came.
            Self::Reopen(_) | Self::Resume(_) | Self::Verify(_) => None,
        }
    }
}

/// Does it. What went wrong with the work itself is published; what the connection did not survive is returned.
///
/// # Errors
/// The fault that ended the connection.
pub async fn perform(ctx: &SessionContext, control: &mut Control, work: Work) -> Result<(), Fault> {
    let result = match work {
        Work::Open(path) | Work::Reopen(path) => open(ctx, control, &path).await,
        Work::Verify(request) => verify::perform(ctx, control, &request).await,
        Work::Change(change) => finish_change(ctx, control, Ok(Some(change))).await,
        Work::Resume(change) => {
            let left = what_is_left(control, change).await;
            finish_change(ctx, control, left).await
        }
    };
    match result {
        Err(fault) if fault.session_survives() => {
            ctx.publisher.publish(EventBody::Trouble(trouble::of_fault(&fault, "do that")));
            Ok(())
        }
        other => other,
    }
}

/// Does what there is left to do of a change, and shows the folder as it is then.
async fn finish_change(ctx: &SessionContext, control: &mut Control, left: Result<Option<Change>, Fault>) -> Result<(), Fault> {
    let result = match left {
        Ok(Some(change)) => apply(ctx, control, change).await,
        Ok(None) => Ok(()),
        Err(fault) => Err(fault),
    };
    ctx.publisher.publish(EventBody::Browsing { doing: None });
    let refreshed = match &result {
        Err(fault) if !fault.session_survives() => Ok(()),
        _ => refresh(ctx, control).await,
    };
    result.and(refreshed)
}

async fn open(ctx: &SessionContext, control: &mut Control, path: &RemotePath) -> Result<(), Fault> {
    match control.list(path).await {
        Ok(mut listing) => {
            server_clock::measure_list(ctx, control, path, &mut listing).await?;
            let listing = Arc::new(listing);
            ctx.set_shown(path, &listing);
            ctx.show(|view| {
                view.folder = Some(path.clone());
                view.round_trip = control.round_trip();
            });
            ctx.publisher.publish(EventBody::RemoteListing { path: path.clone(), listing, at: Timestamp::now() });
            Ok(())
        }
        Err(fault) if fault.session_survives() => {
            let problem = trouble::of_fault(&fault, &format!("open {path}"));
            ctx.publisher.publish(EventBody::RemoteTrouble { path: path.clone(), problem });
            Ok(())
        }
        Err(fault) => Err(fault),
    }
}

/// Lists the folder that is shown again.
async fn refresh(ctx: &SessionContext, control: &mut Control) -> Result<(), Fault> {
    match ctx.view().folder {
        Some(folder) => open(ctx, control, &folder).await,
        None => Ok(()),
    }
}

async fn apply(ctx: &SessionContext, control: &mut Control, change: Change) -> Result<(), Fault> {
    match change {
        Change::MakeFolder { place: Place::Remote(path) } => {
            told(ctx, control.make_folder(&path).await, &format!("make the folder {path}"))
        }
        Change::Rename { place: Place::Remote(path), name } => {
            let target = path.parent().unwrap_or_else(RemotePath::root).child(&name)?;
            // Many servers rename over an existing file without a word: a look comes first.
            if exists(control, &target).await? {
                let taken = format!("Could not rename {path}: {target} is there already.");
                ctx.publisher.publish(EventBody::Trouble(Problem::new(ProblemKind::Name, taken)));
                return Ok(());
            }
            told(ctx, control.rename(&path, &target).await, &format!("rename {path}"))
        }
        Change::SetMode { paths, mode, inside } => permissions::set(ctx, control, paths, mode, inside).await,
        Change::Delete { places, .. } => {
            let paths = places.into_iter().filter_map(|place| match place {
                Place::Remote(path) => Some(path),
                Place::Local(_) => None,
            });
            delete(ctx, control, paths.collect()).await
        }
        // The actor does the local ones.
        Change::MakeFolder { .. } | Change::Rename { .. } => Ok(()),
    }
}

/// What is left of a change that the connection went in the middle of. A folder that is there was made; a file that is under its
/// new name only was renamed; what is gone was deleted, and the rest is counted and asked about again; permissions are set again.
async fn what_is_left(control: &mut Control, change: Change) -> Result<Option<Change>, Fault> {
    match &change {
        Change::MakeFolder { place: Place::Remote(path) } => Ok(if exists(control, path).await? { None } else { Some(change) }),
        Change::Rename { place: Place::Remote(path), name } => {
            let target = path.parent().unwrap_or_else(RemotePath::root).child(name)?;
            let is_done = !exists(control, path).await? && exists(control, &target).await?;
            Ok(if is_done { None } else { Some(change) })
        }
        Change::Delete { places, .. } => {
            let mut left = Vec::new();
            for place in places {
                if let Place::Remote(path) = place
                    && exists(control, path).await?
                {
                    left.push(place.clone());
                }
            }
            Ok(if left.is_empty() { None } else { Some(Change::Delete { places: left, removal: Removal::ForGood }) })
        }
        Change::MakeFolder { .. } | Change::Rename { .. } | Change::SetMode { .. } => Ok(Some(change)),
    }
}

/// Publishes a refusal with its own words, and goes on.
pub(super) fn told(ctx: &SessionContext, result: Result<(), Fault>, doing: &str) -> Result<(), Fault> {
    match result {
        Err(fault) if fault.session_survives() => {
            ctx.publisher.publish(EventBody::Trouble(trouble::of_fault(&fault, doing)));
            Ok(())
        }
        other => other,
    }
}

async fn exists(control: &mut Control, path: &RemotePath) -> Result<bool, Fault> {
    let Some((folder, name)) = path.parent().zip(path.name()) else { return Ok(true) };
    let listing = control.list(&folder).await?;
    Ok(listing.entries.iter().any(|entry| entry.name == name))
}

/// What a path is, from the folder that is shown, else from its own folder's listing.
pub(super) async fn kind_of(ctx: &SessionContext, control: &mut Control, path: &RemotePath) -> Result<Option<EntryKind>, Fault> {
    let Some((folder, name)) = path.parent().zip(path.name()) else { return Ok(Some(EntryKind::Dir)) };
    let listing = match ctx.shown(&folder) {
        Some(listing) => listing,
        None => Arc::new(control.list(&folder).await?),
    };
    Ok(listing.entries.iter().find(|entry| entry.name == name).map(|entry| entry.kind))
}

/// Counts what is there, asks, and deletes files first, then folders from the inside out. Links are deleted, never followed.
async fn delete(ctx: &SessionContext, control: &mut Control, paths: Vec<RemotePath>) -> Result<(), Fault> {
    let mut files: Vec<RemotePath> = Vec::new();
    let mut folders: Vec<RemotePath> = Vec::new();
    let mut count = Count::default();
    let mut unreadable: Vec<RemotePath> = Vec::new();
    for path in &paths {
        let mut open = Vec::new();
        match kind_of(ctx, control, path).await? {
            Some(EntryKind::Dir) => open.push(path.clone()),
            _ => {
                files.push(path.clone());
                count.bytes += shown_size(ctx, path);
            }
        }
        while let Some(folder) = open.pop() {
            ctx.publisher.publish(EventBody::Browsing {
                doing: Some(format!("Counting: {}", format::counted(files.len(), "file", "files"))),
            });
            let listing = control.list(&folder).await?;
            if !listing.unread.is_empty() || listing.incomplete.is_some() {
                unreadable.push(folder.clone());
            }
            for entry in &listing.entries {
                let Ok(child) = folder.child(&entry.name) else { continue };
                if entry.kind == EntryKind::Dir {
                    open.push(child);
                } else {
                    files.push(child);
                    count.bytes += entry.size.unwrap_or(0);
                }
            }
            folders.push(folder);
        }
    }
    if let Some(folder) = unreadable.first() {
        let problem = Problem::new(ProblemKind::Refused, format!("Nothing was deleted: not all rows of {folder} could be read."))
            .advise("Delete its content first, so that you see what goes.");
        ctx.publisher.publish(EventBody::Trouble(problem));
        return Ok(());
    }
    (count.files, count.folders) = (files.len() as u64, folders.len() as u64);
    let question = Question::Delete {
        places: paths.into_iter().map(Place::Remote).collect(),
        files: count.files,
        folders: count.folders,
        bytes: count.bytes,
        no_trash: None,
    };
    ctx.publisher.publish(EventBody::Browsing { doing: None });
    if ctx.questions.ask(&ctx.publisher, question).await != Answer::Confirm {
        return Ok(());
    }
    let all = files.len() + folders.len();
    // A folder is listed before what is in it: backwards, the innermost come first.
    let steps = files.into_iter().map(|path| (path, false)).chain(folders.into_iter().rev().map(|path| (path, true)));
    for (done, (path, is_folder)) in steps.enumerate() {
        let result = if is_folder { control.remove_folder(&path).await } else { control.delete(&path).await };
        match result {
            Ok(()) => progress(ctx, done + 1, all),
            // A refusal ends the deletion: going on would leave a person guessing what is gone.
            Err(fault) if fault.session_survives() => return told(ctx, Err(fault), &format!("delete {path}")),
            Err(fault) => return Err(fault),
        }
    }
    ctx.publisher.publish(EventBody::Notice(count.deleted()));
    Ok(())
}

fn progress(ctx: &SessionContext, done: usize, all: usize) {
    if done.is_multiple_of(20) || done == all {
        ctx.publisher
            .publish(EventBody::Browsing { doing: Some(format!("Deleting {} of {}", format::count(done), format::count(all))) });
    }
}

fn shown_size(ctx: &SessionContext, path: &RemotePath) -> u64 {
    let Some((folder, name)) = path.parent().zip(path.name()) else { return 0 };
    ctx.shown(&folder)
        .and_then(|listing| listing.entries.iter().find(|entry| entry.name == name).and_then(|entry| entry.size))
        .unwrap_or(0)
}
