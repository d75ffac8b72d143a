//! Delete these, counted?

use std::collections::HashSet;

use eframe::egui::Label;

use crate::engine::Place;
use crate::model::entry::EntryKind;
use crate::model::format;
use crate::screen::Side;
use crate::ui::icon::Icon;
use crate::ui::text;
use crate::ui::widgets::field;
use crate::ui::widgets::modal::Modal;

use super::{Stage, words};

/// How many names are shown.
const SHOWN: usize = 5;

/// Draws it.
pub(super) fn show(stage: &mut Stage<'_>, id: u64, places: &[Place], files: u64, folders: u64, bytes: u64) {
    let on_server = places.iter().any(|place| matches!(place, Place::Remote(_)));
    let links = links(stage, places);
    let what = match links {
        // Nothing but links: what they lead to is not touched.
        1.. if links == files && folders == 0 => format::counted(links, "link", "links"),
        _ => words::files_and_folders(files, folders),
    };
    let from = if on_server { "from the server" } else { "from this machine" };
    let size = if bytes > 0 { format!(" ({})", format::size(bytes)) } else { String::new() };
    let title = format!("Delete {what}{size} {from}?");
    stage.ask(Modal::new(("delete", id), Icon::TRASH, &title).width(440.0).warns().danger().main("Delete"), |ui, _, _| {
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
        let has_content = files + folders > places.len() as u64;
        field::paragraph(ui, text::subdued(ui, last_words(links, has_content)));
    });
}

/// How many of these are links, as their folder shows them. They are all of one pane.
fn links(stage: &Stage<'_>, places: &[Place]) -> u64 {
    let side = if matches!(places.first(), Some(Place::Remote(_))) { Side::Remote } else { Side::Local };
    let pane = stage.screen.pane(side);
    let entries = pane.listing.iter().flat_map(|listing| &listing.entries);
    let names: HashSet<&str> = entries.filter(|entry| entry.kind == EntryKind::Link).map(|entry| entry.name.as_str()).collect();
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

/// What is to be known before it is done.
fn last_words(links: u64, has_content: bool) -> String {
    let target = match links {
        0 => "",
        1 => "The link goes, its target stays. ",
        _ => "The links go, their targets stay. ",
    };
    let content = if has_content { "Everything inside the folders is counted. " } else { "" };
    format!("{target}{content}There is no way to take this back.")
}
