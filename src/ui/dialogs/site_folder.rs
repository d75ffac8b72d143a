//! A folder of the site list: its name.

use crate::screen::Dialog;
use crate::ui::icon::Icon;
use crate::ui::widgets::field::Field;
use crate::ui::widgets::modal::Modal;

use super::{Stage, words};

/// Draws it.
pub(super) fn show(stage: &mut Stage<'_>, path: Option<&str>, name: &str, error: Option<&str>) {
    let (title, main) = match path {
        None => ("New folder for sites".to_owned(), "Create"),
        Some(path) => (format!("Rename {}", words::quoted(path.rsplit('/').next().unwrap_or(path))), "Rename"),
    };
    let draft = Dialog::SiteFolder { path: path.map(str::to_owned), name: name.to_owned(), error: error.map(str::to_owned) };
    stage.edit(Modal::new("site folder", Icon::FOLDER, &title).width(380.0).main(main), draft, |ui, opened, draft| {
        if let Dialog::SiteFolder { name, error, .. } = draft {
            let all = name.chars().count();
            let error = error.as_deref();
            Field::new("Name")
                .hint("Customers")
                .note("Sites keep their settings wherever they are in the list.")
                .error(error)
                .focus(opened, all)
                .show(ui, name);
        }
    });
}
