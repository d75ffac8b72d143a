//! Move these to the trash, or delete them for good, counted?

use std::collections::HashSet;

use eframe::egui::{Label, Ui};

use crate::engine::{Place, trash};
use crate::model::entry::{Entry, EntryKind};
use crate::model::format;
use crate::screen::Side;
use crate::ui::icon::Icon;
use crate::ui::text;
use crate::ui::widgets::callout::callout;
use crate::ui::widgets::field;
use crate::ui::widgets::modal::Modal;

use super::{Stage, words};

/// How many names are shown.
const SHOWN: usize = 5;

/// Draws the question before things go to the trash, from where they can be restored.
pub(super) fn to_trash(stage: &mut Stage<'_>, id: u64, places: &[Place]) {
    let links = links(stage, places);
    let what = match places {
        [one] => words::quoted(&words::name(one)),
        many => format::counted(many.len(), "item", "items"),
    };
    let title = format!("Move {what} to the {}?", trash::NAME);
    let main = format!("Move to {}", trash::NAME);
    stage.ask(Modal::new(("delete", id), Icon::TRASH, &title).width(440.0).main(&main), |ui, _, _| {
        paths(ui, places);
        let they = if places.len() == 1 { "it" } else { "they" };
        let last = format!("{}Until the {} is emptied, {they} can be restored from there.", targets(links), trash::NAME);
        field::paragraph(ui, text::subdued(ui, last));
    });
}

/// Draws the question before things are deleted for good; `no_trash` is why they do not go to the trash, as was wanted.
pub(super) fn for_good(
    stage: &mut Stage<'_>,
    id: u64,
    places: &[Place],
    (files, folders, bytes): (u64, u64, u64),
    no_trash: Option<&str>,
) {
    let on_server = places.iter().any(|place| matches!(place, Place::Remote(_)));
    let links = links(stage, places);
    let what = match links {
        // Nothing but links: what they lead to is not touched.
        1.. if links == files && folders == 0 => format::counted(links, "link", "links"),
        _ => words::files_and_folders(files, folders),
    };
    let (how, main) = if on_server { ("from the server", "Delete") } else { ("for good", "Delete for good") };
    let size = if bytes > 0 { format!(" ({})", format::size(bytes)) } else { String::new() };
    let title = format!("Delete {what}{size} {how}?");
    let modal = Modal::new(("delete", id), Icon::TRASH, &title).width(440.0).warns().danger().main(main);
    // An Enter too many, meant for the question about the trash, deletes nothing for good.
    let modal = if no_trash.is_some() { modal.careful() } else { modal };
    stage.ask(modal, |ui, _, _| {
        if let Some(why) = no_trash {
            let count = if places.len() == 1 { "this" } else { "these" };
            callout(ui, &format!("The {} does not take {count}", trash::NAME), &format::sentence(why));
            ui.add_space(2.0);
        }
        paths(ui, places);
        let has_content = files + folders > places.len() as u64;
        field::paragraph(ui, text::subdued(ui, last_words(links, has_content)));
    });
}

/// The first paths, and how many more there are.
fn paths(ui: &mut Ui, places: &[Place]) {
    for place in places.iter().take(SHOWN) {
        let path = match place {
            Place::Local(path) => path.display().to_string(),
            Place::Remote(path) => path.to_string(),
        };
        ui.add(Label::new(text::mono(ui, path).color(crate::ui::tokens(ui).text)).truncate());
    }
    let more = places.len().saturating_sub(SHOWN);
    if more > 0 {
        ui.label(text::small(ui, format!("and {} more", format::count(more))));
    }
}

/// How many of these are links, as their folder shows them. They are all of one pane.
fn links(stage: &Stage<'_>, places: &[Place]) -> u64 {
    let side = if matches!(places.first(), Some(Place::Remote(_))) { Side::Remote } else { Side::Local };
    let pane = stage.screen.pane(side);
    let entries = pane.listing.iter().flat_map(|listing| &listing.entries);
    // Here a link has the kind of what it leads to.
    let is_a_link = |entry: &&Entry| entry.kind == EntryKind::Link || entry.target.is_some();
    let names: HashSet<&str> = entries.filter(is_a_link).map(|entry| entry.name.as_str()).collect();
    if names.is_empty() {
        return 0;
    }
    let is_link = |place: &&Place| names.contains(words::name(place).as_str()) && is_in(place, pane.place.as_ref());
    places.iter().filter(is_link).count() as u64
}

fn is_in(place: &Place, folder: Option<&Place>) -> bool {
    match (place, folder) {
        (Place::Local(path), Some(Place::Local(folder))) => path.parent() == Some(folder),
        (Place::Remote(path), Some(Place::Remote(folder))) => path.parent().as_ref() == Some(folder),
        _ => false,
    }
}

/// What becomes of what links lead to.
fn targets(links: u64) -> &'static str {
    match links {
        0 => "",
        1 => "The link goes, its target stays. ",
        _ => "The links go, their targets stay. ",
    }
}

/// What is to be known before it is done.
fn last_words(links: u64, has_content: bool) -> String {
    let content = if has_content { "Everything inside the folders is counted. " } else { "" };
    format!("{}{content}There is no way to take this back.", targets(links))
}
