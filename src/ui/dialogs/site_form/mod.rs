//! The site form: a site's address, folders, transfers, session and notes, on five pages.

mod connection;
mod folders;
mod notes;
mod session;
mod transfers;

use eframe::egui::{Layout, ScrollArea, vec2};

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

/// All pages have the height of the longest, where the window allows it: the dialog and its tabs stay where they are.
const HEIGHT: f32 = 572.0;
/// What a dialog needs beside its body, and its tabs above the page.
const AROUND: f32 = 170.0 + 52.0;
/// Room for the scroll bar of a long page.
const BAR: f32 = 12.0;

/// Draws it.
pub(super) fn show(stage: &mut Stage<'_>, form: &SiteForm) {
    let title = match (form.is_new, form.site.name.trim()) {
        (true, _) => "New site".to_owned(),
        (false, "") => "Edit site".to_owned(),
        (false, name) => format!("Edit {}", words::quoted(name)),
    };
    let folders: Vec<String> = stage.screen.sites.folders.iter().map(|folder| folder.path.clone()).collect();
    let modal = Modal::new(("site", &form.site.id), Icon::SERVER, &title).width(500.0).main("Save").second("Save and connect");
    let keeping = stage.screen.passwords.keeping();
    let mut browse = false;
    stage.edit(modal, Dialog::Site(Box::new(form.clone())), |ui, opened, draft| {
        let Dialog::Site(draft) = draft else { return };
        if let Some(page) = tabs(ui, "Pages", &PAGES, draft.page) {
            draft.page = page;
        }
        ui.add_space(4.0);
        // As much as the dialog's body may have: then only the page scrolls, and the tabs stay.
        let height = HEIGHT.min((ui.ctx().content_rect().height() - AROUND).max(68.0));
        let width = ui.available_width();
        ui.allocate_ui_with_layout(vec2(width + BAR, height), Layout::top_down(eframe::egui::Align::Min), |ui| {
            ui.set_min_height(height);
            ScrollArea::vertical().id_salt(("site page", draft.page)).max_height(height).auto_shrink(false).show(ui, |ui| {
                ui.set_max_width(width);
                ui.spacing_mut().item_spacing.y = 12.0;
                match draft.page {
                    SitePage::Connection => connection::show(ui, draft, &folders, keeping, opened),
                    SitePage::Folders => browse = folders::show(ui, draft),
                    SitePage::Transfers => transfers::show(ui, draft),
                    SitePage::Session => session::show(ui, draft),
                    SitePage::Notes => notes::show(ui, draft),
                }
            });
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
