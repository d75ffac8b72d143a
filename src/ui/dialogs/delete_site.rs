//! Delete a site, or a folder of the site list?

use crate::model::format;
use crate::ui::icon::Icon;
use crate::ui::text;
use crate::ui::widgets::field;
use crate::ui::widgets::modal::Modal;

use super::{Stage, words};

/// Draws the question about a site.
pub(super) fn site(stage: &mut Stage<'_>, name: &str) {
    let title = format!("Delete {} from the list?", words::quoted(name));
    stage.dialog(
        Modal::new("delete site", Icon::TRASH, &title).width(400.0).lead().warns().danger().main("Delete site"),
        |ui, _| {
            let words = "Its address, notes and saved password are forgotten. Nothing is deleted on the server or on this machine.";
            field::paragraph(ui, text::subdued(ui, words));
        },
    );
}

/// Draws the question about a folder and the sites in it.
pub(super) fn folder(stage: &mut Stage<'_>, path: &str, sites: usize) {
    let name = path.rsplit('/').next().unwrap_or(path);
    let title = format!("Delete {} from the list?", words::quoted(name));
    let explanation = match sites {
        0 => "The folder is empty. Nothing is deleted on the server or on this machine.".to_owned(),
        1 => "The site in it goes too, with its notes and saved password. Nothing is deleted on the server or on this machine."
            .to_owned(),
        more => format!(
            "The {} sites in it go too, with their notes and saved passwords. Nothing is deleted on the servers or on this machine.",
            format::count(more)
        ),
    };
    let main = match sites {
        0 => "Delete folder".to_owned(),
        some => format!("Delete folder and {}", format::counted(some, "site", "sites")),
    };
    stage.dialog(
        Modal::new("delete site folder", Icon::TRASH, &title).width(400.0).lead().warns().danger().main(&main),
        |ui, _| {
            field::paragraph(ui, text::subdued(ui, explanation));
        },
    );
}
