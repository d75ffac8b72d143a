//! Settings for all sites, on pages; a page that grows longer than the dialog scrolls.

mod connection;
mod editing;
mod existing;
mod general;
mod passwords;
mod speed;
mod transfers;

use eframe::egui::{self, Layout, ScrollArea, Ui, vec2};

use crate::screen::Dialog;
use crate::screen::settings_form::{SettingsForm, SettingsPage};
use crate::ui::icon::Icon;
use crate::ui::paint;
use crate::ui::widgets::modal::Modal;
use crate::ui::widgets::side_list::side_list;

use super::Stage;
pub(super) use passwords::forget as forget_passwords;

/// The pages in their order.
const PAGES: [(SettingsPage, Icon, &str); 7] = [
    (SettingsPage::General, Icon::SETTINGS, "General"),
    (SettingsPage::Transfers, Icon::ARROW_UP_DOWN, "Transfers"),
    (SettingsPage::Existing, Icon::COPY, "Existing files"),
    (SettingsPage::Editing, Icon::NOTEBOOK_PEN, "Editing"),
    (SettingsPage::Speed, Icon::GAUGE, "Speed"),
    (SettingsPage::Connection, Icon::PLUG, "Connection"),
    (SettingsPage::Passwords, Icon::KEY_ROUND, "Passwords"),
];

/// Width of the list of pages in points.
const LIST: f32 = 148.0;
/// All pages have this height where the window allows it, so that the dialog stays where it is.
const HEIGHT: f32 = 400.0;
/// Between the list and the page, the line between them in its middle.
const GAP: f32 = 32.0;
/// Room for the scroll bar of a long page.
const BAR: f32 = 12.0;

/// Draws it.
pub(super) fn show(stage: &mut Stage<'_>, form: &SettingsForm) {
    let draft = Dialog::Settings(Box::new(form.clone()));
    stage.edit(Modal::new("settings", Icon::SETTINGS, "Settings").width(640.0).main("Save"), draft, |ui, _, draft| {
        let Dialog::Settings(form) = draft else { return };
        // As much as the dialog's body may have: then only the page scrolls, and the list stays.
        let height = HEIGHT.min((ui.ctx().content_rect().height() - 170.0).max(120.0));
        let size = vec2(ui.available_width(), height);
        ui.allocate_ui_with_layout(size, Layout::left_to_right(egui::Align::Min), |ui| {
            ui.set_min_size(size);
            ui.spacing_mut().item_spacing.x = GAP;
            if let Some(page) = side_list(ui, "Pages", LIST, &PAGES, form.page) {
                form.page = page;
            }
            let (line, place) = ((ui.cursor().left() - GAP / 2.0).round(), ui.max_rect());
            paint::vertical_line(ui, line, place.top(), place.bottom());
            let room = ui.available_width();
            ui.allocate_ui_with_layout(vec2(room + BAR, height), Layout::top_down(egui::Align::Min), |ui| {
                ScrollArea::vertical().id_salt(form.page).max_height(height).auto_shrink(false).show(ui, |ui| {
                    ui.set_max_width(room);
                    ui.spacing_mut().item_spacing = vec2(8.0, 12.0);
                    page(ui, form);
                });
            });
        });
    });
}

fn page(ui: &mut Ui, form: &mut SettingsForm) {
    match form.page {
        SettingsPage::General => general::show(ui, form),
        SettingsPage::Transfers => transfers::show(ui, form),
        SettingsPage::Existing => existing::show(ui, form),
        SettingsPage::Editing => editing::show(ui, form),
        SettingsPage::Speed => speed::show(ui, form),
        SettingsPage::Connection => connection::show(ui, form),
        SettingsPage::Passwords => passwords::show(ui, form),
    }
}
