//! Folders that were read, and those that could not be.

use std::path::PathBuf;
use std::sync::Arc;

use jiff::Timestamp;

use crate::engine::Place;
use crate::model::entry::EntryKind;
use crate::model::listing::Listing;
use crate::model::path::RemotePath;
use crate::model::problem::{Problem, ProblemKind};
use crate::screen::keys::shown_key;
use crate::screen::pane::Side;
use crate::screen::state::Screen;
use crate::screen::{Effect, Verb, location};

pub(super) fn remote(screen: &mut Screen, path: RemotePath, listing: Arc<Listing>, at: Timestamp) -> Vec<Effect> {
    if show(screen, Side::Remote, Place::Remote(path), listing) {
        screen.remote.as_of = Some(at);
    }
    Vec::new()
}

pub(super) fn local(screen: &mut Screen, path: PathBuf, listing: Arc<Listing>, free: Option<u64>) -> Vec<Effect> {
    if screen.dropped.as_ref() == Some(&path) {
        screen.dropped = None;
    }
    if show(screen, Side::Local, Place::Local(path), listing) {
        screen.local.free = free;
    }
    Vec::new()
}

/// Shows a listing, unless a person has gone elsewhere meanwhile: a listing of the folder that is shown, or of the one that is
/// being opened, is wanted; another one only when nothing is being opened.
fn show(screen: &mut Screen, side: Side, place: Place, listing: Arc<Listing>) -> bool {
    let show_hidden = screen.settings.show_hidden;
    let pane = screen.pane_mut(side);
    let is_shown = pane.place.as_ref() == Some(&place);
    let is_wanted = pane.opening.as_ref() == Some(&place);
    if !is_shown && !is_wanted && pane.opening.is_some() {
        return false;
    }
    if is_wanted || pane.opening.is_none() {
        pane.opening = None;
        pane.arrive(&place);
    }
    pane.show(place, listing, show_hidden);
    true
}

pub(super) fn remote_trouble(screen: &mut Screen, path: RemotePath, problem: &Problem) -> Vec<Effect> {
    let place = Place::Remote(path);
    let is_link =
        screen.remote.place.is_some()
            && location::above(&place).is_some_and(|(folder, name)| {
                screen.remote.place.as_ref() == Some(&folder)
                    && screen.remote.listing.as_ref().is_some_and(|listing| {
                        listing.entries.iter().any(|entry| entry.kind == EntryKind::Link && entry.name == name)
                    })
            });
    give_up(screen, Side::Remote, &place);
    if is_link && problem.kind == ProblemKind::Refused {
        let key = shown_key(Verb::Transfer).unwrap_or_default();
        let advice = format!("If the link leads to a file, transfer it instead ({key}).");
        let advice = if problem.advice.is_empty() { advice } else { format!("{} {advice}", problem.advice) };
        screen.complain_of(&Problem { advice, ..problem.clone() });
    } else {
        screen.complain_of(problem);
    }
    Vec::new()
}

pub(super) fn local_trouble(screen: &mut Screen, path: PathBuf, problem: &Problem) -> Vec<Effect> {
    give_up(screen, Side::Local, &Place::Local(path.clone()));
    // What was dropped here was a file: its folder is opened, with the cursor on it.
    if screen.dropped.take().is_some_and(|dropped| dropped == path)
        && let Some((Place::Local(folder), name)) = location::above(&Place::Local(path.clone()))
    {
        let effect = screen.open_local(folder);
        screen.local.land_on = Some(name);
        return vec![effect];
    }
    screen.complain_of(problem);
    if screen.local.place.is_some() || screen.local.opening.is_some() {
        return Vec::new();
    }
    // The folder of the last time is gone: the nearest one above it is better than an empty pane.
    let next = path.parent().map(ToOwned::to_owned);
    next.map(|folder| screen.open_local(folder)).into_iter().collect()
}

fn give_up(screen: &mut Screen, side: Side, place: &Place) {
    let pane = screen.pane_mut(side);
    if pane.opening.as_ref() == Some(place) {
        pane.opening = None;
        pane.land_on = None;
        pane.step = crate::screen::pane::Step::Visit;
    }
}
