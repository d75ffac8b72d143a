//! Another name for a file or folder.

use crate::engine::Place;
use crate::screen::Dialog;
use crate::ui::icon::Icon;
use crate::ui::widgets::field::Field;
use crate::ui::widgets::modal::Modal;

use super::{Stage, words};

/// Draws it.
pub(super) fn show(stage: &mut Stage<'_>, place: &Place, name: &str, error: Option<&str>) {
    let title = format!("Rename {}", words::quoted(&words::name(place)));
    let note = match place {
        Place::Local(path) => format!("On this machine, in {}", path.parent().unwrap_or(path).display()),
        Place::Remote(path) => path.parent().map_or_else(String::new, |folder| format!("On the server, in {folder}")),
    };
    let draft = Dialog::Rename { place: place.clone(), name: name.to_owned(), error: error.map(str::to_owned) };
    stage.edit(Modal::new("rename", Icon::PENCIL, &title).width(380.0).main("Rename"), draft, |ui, opened, draft| {
        if let Dialog::Rename { name, error, .. } = draft {
            let stem = stem(name);
            Field::new("New name").note(&note).error(error.as_deref()).focus(opened, stem).show(ui, name);
        }
    });
}

/// How many characters come before the extension: they are selected, so that typing keeps it.
fn stem(name: &str) -> usize {
    let end = name.rfind('.').filter(|dot| *dot > 0).unwrap_or(name.len());
    name.chars().take(name.get(..end).map_or(0, |stem| stem.chars().count())).count()
}
