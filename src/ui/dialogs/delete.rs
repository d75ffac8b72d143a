//! Delete these, counted?

use eframe::egui::Label;

use crate::engine::Place;
use crate::model::format;
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
    let what = words::files_and_folders(files, folders);
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
        let last = if folders > 0 {
            "Everything inside the folders is counted. There is no way to take this back."
        } else {
            "There is no way to take this back."
        };
        field::paragraph(ui, text::subdued(ui, last));
    });
}
