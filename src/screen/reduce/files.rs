//! What goes to the other side: transfers by command, by double click, by drag between panes, and from the desktop.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use crate::engine::{Command, Place};
use crate::model::composed::name_there;
use crate::model::entry::{Entry, EntryKind};
use crate::model::path::{NameError, RemotePath, safe_local_name};
use crate::model::transfer::{Direction, Job};
use crate::screen::action::Effect;
use crate::screen::dialog::Dialog;
use crate::screen::enabled::can_transfer;
use crate::screen::pane::{Pane, Side};
use crate::screen::reduce::imports;
use crate::screen::state::{Focus, Screen};

/// Transfers the selection of a pane into the other pane's folder, or into one of its folder rows.
pub(super) fn transfer(screen: &mut Screen, from: Side, onto: Option<usize>) -> Vec<Effect> {
    if let Err(reason) = can_transfer(screen) {
        screen.decline(format!("Nothing was transferred. {reason}."));
        return Vec::new();
    }
    let into = if from == Side::Local { Side::Remote } else { Side::Local };
    let Some(target) = target_folder(screen.pane(into), onto) else {
        screen.decline("The other pane shows no folder.");
        return Vec::new();
    };
    let Some(source) = screen.pane(from).place.clone() else { return Vec::new() };
    let entries: Vec<Entry> = screen.pane(from).targets_in_order().into_iter().cloned().collect();
    let mut jobs = Vec::new();
    let mut refused = Vec::new();
    for entry in entries {
        if entry.kind == EntryKind::Other {
            refused.push(format!("“{}” is neither a file nor a folder", entry.name));
            continue;
        }
        match job(screen, &source, &target, &entry.name) {
            Ok(job) => jobs.extend(job),
            Err(error) => refused.push(error.to_string()),
        }
    }
    enqueue(screen, jobs, &refused)
}

/// Rows of one pane were dropped on the other one.
pub(super) fn drop_rows(screen: &mut Screen, from: Side, onto: Option<usize>) -> Vec<Effect> {
    screen.drop_hint = None;
    transfer(screen, from, onto)
}

/// Files from the desktop: uploaded where they fall on the remote pane; the local pane goes to them.
pub(super) fn drop_files(screen: &mut Screen, paths: Vec<PathBuf>, side: Side, onto: Option<usize>) -> Vec<Effect> {
    screen.drop_hint = None;
    if matches!(screen.dialog, Some(Dialog::Import(_))) {
        return paths.into_iter().flat_map(|path| imports::picked(screen, path)).collect();
    }
    screen.active = side;
    screen.focus = Focus::Pane;
    match side {
        Side::Remote => upload(screen, &paths, onto),
        Side::Local => {
            let Some(first) = paths.into_iter().find(|path| path.is_absolute()) else { return Vec::new() };
            screen.dropped = Some(first.clone());
            screen.open(Place::Local(first))
        }
    }
}

/// Files that were picked or pasted go into the folder that is shown.
pub(super) fn upload_into_folder(screen: &mut Screen, paths: &[PathBuf]) -> Vec<Effect> {
    if paths.is_empty() { Vec::new() } else { upload(screen, paths, None) }
}

fn upload(screen: &mut Screen, paths: &[PathBuf], onto: Option<usize>) -> Vec<Effect> {
    if let Err(reason) = can_transfer(screen) {
        screen.decline(format!("Nothing was uploaded. {reason}."));
        return Vec::new();
    }
    let Some(Place::Remote(folder)) = target_folder(&screen.remote, onto) else {
        screen.decline("The remote pane shows no folder.");
        return Vec::new();
    };
    let mut jobs = Vec::new();
    let mut refused = Vec::new();
    for path in paths {
        match upload_job(screen, path, &folder) {
            Ok(job) => jobs.push(job),
            Err(reason) => refused.push(reason),
        }
    }
    enqueue(screen, jobs, &refused)
}

fn upload_job(screen: &Screen, path: &Path, folder: &RemotePath) -> Result<Job, String> {
    let name = path.file_name().ok_or_else(|| format!("“{}” has no name to upload it under", path.display()))?;
    let name = name.to_str().ok_or_else(|| format!("“{}” has a name that is not text", path.display()))?;
    let remote = remote_child(screen, folder, name).map_err(|error| error.to_string())?;
    Ok(Job { direction: Direction::Upload, local: path.to_owned(), remote, on_exists: screen.settings.upload_exists })
}

/// The folder that is shown, or the folder in one of its rows; a drop on a file falls into the folder that is shown.
fn target_folder(pane: &Pane, onto: Option<usize>) -> Option<Place> {
    let row = onto.and_then(|row| pane.entry(row)).filter(|entry| entry.kind == EntryKind::Dir);
    match row {
        Some(entry) => pane.place_of(&entry.name),
        None => pane.place.clone(),
    }
}

/// The job that takes `name` from one folder to the other; `None` when both are on the same side.
fn job(screen: &Screen, source: &Place, target: &Place, name: &str) -> Result<Option<Job>, NameError> {
    Ok(match (source, target) {
        (Place::Local(from), Place::Remote(to)) => Some(Job {
            direction: Direction::Upload,
            local: from.join(name),
            remote: remote_child(screen, to, name)?,
            on_exists: screen.settings.upload_exists,
        }),
        (Place::Remote(from), Place::Local(to)) => Some(Job {
            direction: Direction::Download,
            local: to.join(&*local_name(screen, from, name)?),
            remote: from.child(name)?,
            on_exists: screen.settings.download_exists,
        }),
        _ => None,
    })
}

/// The name that something in a folder on the server gets here. Where one that is no UTF-8 would get another's, it gets none.
fn local_name<'a>(screen: &Screen, folder: &RemotePath, name: &'a str) -> Result<Cow<'a, str>, NameError> {
    let local = safe_local_name(name)?;
    let is_shown = matches!(&screen.remote.place, Some(Place::Remote(shown)) if shown == folder);
    if matches!(local, Cow::Owned(_)) && is_shown && screen.remote.read_as(&local).any(|other| other != name) {
        return Err(NameError::Namesake(local.into_owned()));
    }
    Ok(local)
}

/// Where a local name goes in a folder on the server.
fn remote_child(screen: &Screen, folder: &RemotePath, name: &str) -> Result<RemotePath, NameError> {
    let is_shown = matches!(&screen.remote.place, Some(Place::Remote(shown)) if shown == folder);
    // What was fetched from a name that is no UTF-8 goes back to that one.
    if is_shown && !name.is_ascii() && !screen.remote.has_entry(name) {
        let mut others = screen.remote.read_as(name);
        if let (Some(only), None) = (others.next(), others.next()) {
            return folder.child(only);
        }
    }
    folder.child(&name_there(name, |name| is_shown && screen.remote.has_entry(name)))
}

/// Adds to the queue, and names what could not be added.
fn enqueue(screen: &mut Screen, jobs: Vec<Job>, refused: &[String]) -> Vec<Effect> {
    if let Some((first, rest)) = refused.split_first() {
        let what =
            if rest.is_empty() { "One item was left out.".to_owned() } else { format!("{} items were left out.", refused.len()) };
        let more = if rest.is_empty() { "." } else { ", among others." };
        screen.complain(what, format!("{first}{more}"));
    }
    if jobs.is_empty() { Vec::new() } else { vec![Effect::Engine(Command::Enqueue { jobs })] }
}
