//! A new folder in one of the panes.

use crate::engine::Place;
use crate::screen::{Dialog, Side};
use crate::ui::icon::Icon;
use crate::ui::widgets::field::Field;
use crate::ui::widgets::modal::Modal;

use super::Stage;

/// Draws it.
pub(super) fn show(stage: &mut Stage<'_>, side: Side, name: &str, error: Option<&str>) {
    let folder = match &stage.screen.pane(side).place {
        Some(Place::Local(path)) => path.display().to_string(),
        Some(Place::Remote(path)) => path.to_string(),
        None => String::new(),
    };
    let note = match (folder.is_empty(), side) {
        (true, _) => String::new(),
        (false, Side::Local) => format!("On this machine, in {folder}"),
        (false, Side::Remote) => format!("On the server, in {folder}"),
    };
    let draft = Dialog::NewFolder { side, name: name.to_owned(), error: error.map(str::to_owned) };
    stage.edit(
        Modal::new("new folder", Icon::FOLDER_PLUS, "New folder").width(380.0).main("Create"),
        draft,
        |ui, opened, draft| {
            if let Dialog::NewFolder { name, error, .. } = draft {
                let all = name.chars().count();
                Field::new("Name").note(&note).error(error.as_deref()).focus(opened, all).show(ui, name);
            }
        },
    );
}
