//! The site form: a site's address, folders, transfers, session and notes, on five pages.

mod connection;
mod folders;
mod notes;
mod session;
mod transfers;

use crate::screen::dialog::{SiteForm, SitePage};
use crate::screen::{Action, Dialog};
use crate::ui::icon::Icon;
use crate::ui::widgets::modal::Modal;
use crate::ui::widgets::segmented::tabs;

use super::{Stage, words};

const PAGES: [(SitePage, &str); 5] = [
    (SitePage::Connection, "Connection"),
    (SitePage::Folders, "Folders"),
    (SitePage::Transfers, "Transfers"),
    (SitePage::Session, "Session"),
    (SitePage::Notes, "Notes"),
];

/// All pages have this height, so that the dialog stays where it is.
const HEIGHT: f32 = 412.0;

/// Draws it.
pub(super) fn show(stage: &mut Stage<'_>, form: &SiteForm) {
    let title = match (form.is_new, form.site.name.trim()) {
        (true, _) => "New site".to_owned(),
        (false, "") => "Edit site".to_owned(),
        (false, name) => format!("Edit {}", words::quoted(name)),
    };
    let folders: Vec<String> = stage.screen.sites.folders.iter().map(|folder| folder.path.clone()).collect();
    let modal = Modal::new(("site", &form.site.id), Icon::SERVER, &title).width(500.0).main("Save").second("Save and connect");
    let mut browse = false;
    stage.edit(modal, Dialog::Site(Box::new(form.clone())), |ui, opened, draft| {
        let Dialog::Site(draft) = draft else { return };
        if let Some(page) = tabs(ui, "Pages", &PAGES, draft.page) {
            draft.page = page;
        }
        ui.add_space(4.0);
        ui.allocate_ui(eframe::egui::vec2(ui.available_width(), HEIGHT), |ui| {
            ui.set_min_height(HEIGHT);
            ui.spacing_mut().item_spacing.y = 12.0;
            match draft.page {
                SitePage::Connection => connection::show(ui, draft, &folders, opened),
                SitePage::Folders => browse = folders::show(ui, draft),
                SitePage::Transfers => transfers::show(ui, draft),
                SitePage::Session => session::show(ui, draft),
                SitePage::Notes => notes::show(ui, draft),
            }
        });
    });
    if browse {
        stage.actions.push(Action::BrowseFolder);
    }
}

/// What is wrong with the field of this name.
fn error<'a>(form: &'a SiteForm, name: &str) -> Option<&'a str> {
    form.errors.iter().find(|(field, _)| *field == name).map(|(_, words)| words.as_str())
}
