//! Panes: selection, cursor, order, filter, and going from folder to folder.

use crate::engine::Place;
use crate::model::entry::EntryKind;
use crate::model::path::RemotePath;
use crate::model::sort::SortKey;
use crate::screen::action::{Effect, Extend, Move};
use crate::screen::location;
use crate::screen::navigate::NOT_CONNECTED;
use crate::screen::pane::Side;
use crate::screen::reduce::files;
use crate::screen::state::{Focus, Screen};

fn activate(screen: &mut Screen, side: Side) {
    screen.active = side;
    screen.focus = Focus::Pane;
}

pub(super) fn click_row(screen: &mut Screen, side: Side, row: usize, extend: Extend, secondary: bool) -> Vec<Effect> {
    activate(screen, side);
    screen.pane_mut(side).click(row, extend, secondary);
    Vec::new()
}

pub(super) fn click_empty(screen: &mut Screen, side: Side) -> Vec<Effect> {
    activate(screen, side);
    screen.pane_mut(side).select_none();
    Vec::new()
}

/// Folders are entered, and links, which may lead to one; files go to the other side.
pub(super) fn open_row(screen: &mut Screen, side: Side, row: usize) -> Vec<Effect> {
    activate(screen, side);
    let Some(entry) = screen.pane(side).entry(row).cloned() else { return Vec::new() };
    screen.pane_mut(side).select_only(row);
    if entry.kind == EntryKind::File || entry.kind == EntryKind::Other {
        return files::transfer(screen, side, None);
    }
    match screen.pane(side).place_of(&entry.name) {
        Some(place) => screen.open(place),
        None => {
            screen.complain(
                format!("“{}” cannot be opened.", entry.name),
                "Its name contains characters that cannot be sent to a server.",
            );
            Vec::new()
        }
    }
}

pub(super) fn move_cursor(screen: &mut Screen, side: Side, to: Move, extend: Extend) -> Vec<Effect> {
    screen.pane_mut(side).move_cursor(to, extend);
    Vec::new()
}

pub(super) fn type_ahead(screen: &mut Screen, side: Side, text: &str, now: f64) -> Vec<Effect> {
    screen.now = now;
    screen.pane_mut(side).type_ahead(text, now);
    Vec::new()
}

/// The same column again turns the order round.
pub(super) fn sort_by(screen: &mut Screen, side: Side, key: SortKey) -> Vec<Effect> {
    let show_hidden = screen.settings.show_hidden;
    let pane = screen.pane_mut(side);
    pane.sort.descending = pane.sort.key == key && !pane.sort.descending;
    pane.sort.key = key;
    pane.rebuild(show_hidden);
    Vec::new()
}

pub(super) fn go(screen: &mut Screen, side: Side, place: Place) -> Vec<Effect> {
    activate(screen, side);
    screen.open(place)
}

pub(super) fn edit_path(screen: &mut Screen, side: Side, text: Option<String>) -> Vec<Effect> {
    screen.pane_mut(side).path_edit = text;
    Vec::new()
}

/// The path field stays open when what was typed is no path.
pub(super) fn enter_path(screen: &mut Screen, side: Side) -> Vec<Effect> {
    let pane = screen.pane(side);
    let Some(typed) = pane.path_edit.as_deref().map(str::trim).filter(|typed| !typed.is_empty()).map(str::to_owned) else {
        return edit_path(screen, side, None);
    };
    match side {
        Side::Local => match location::resolve_local(&typed, pane.local_folder(), screen.home.as_deref()) {
            Some(path) => screen.open(Place::Local(path)),
            None => {
                screen.decline(format!("“{typed}” is not the path of a folder."));
                Vec::new()
            }
        },
        Side::Remote if !screen.can_browse_remote() => {
            screen.decline(format!("{NOT_CONNECTED}."));
            Vec::new()
        }
        Side::Remote => match resolve_remote(screen, &typed) {
            Ok(path) => screen.open(Place::Remote(path)),
            Err(error) => {
                screen.decline(format!("This path cannot be opened: {error}."));
                Vec::new()
            }
        },
    }
}

/// `~` is the folder that the login led to.
fn resolve_remote(screen: &Screen, typed: &str) -> Result<RemotePath, crate::model::path::NameError> {
    let root = RemotePath::root();
    let login = screen.session.login_folder.as_ref().unwrap_or(&root);
    match typed.strip_prefix('~').filter(|rest| rest.is_empty() || rest.starts_with('/')) {
        Some(rest) => login.resolve(rest.trim_start_matches('/')),
        None => screen.remote.remote_folder().unwrap_or(login).resolve(typed),
    }
}

pub(super) fn filter(screen: &mut Screen, side: Side, text: String) -> Vec<Effect> {
    let show_hidden = screen.settings.show_hidden;
    let pane = screen.pane_mut(side);
    pane.filter = text;
    pane.rebuild(show_hidden);
    Vec::new()
}

/// Closing the field shows everything again.
pub(super) fn show_filter(screen: &mut Screen, side: Side, shown: bool) -> Vec<Effect> {
    screen.pane_mut(side).filter_open = shown;
    if shown { Vec::new() } else { filter(screen, side, String::new()) }
}
