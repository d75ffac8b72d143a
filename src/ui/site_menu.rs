//! The menu under the site chip: saved sites by folder, and what can be done with the session.

use eframe::egui::{Align, CornerRadius, Rect, ScrollArea, Ui, pos2, vec2};

use crate::model::session::Phase;
use crate::model::site::{Site, SiteColor};
use crate::screen::{Action, Verb};
use crate::ui::tokens::{Tokens, size, tokens};
use crate::ui::view::View;
use crate::ui::{fonts, paint, verbs};

/// The colour of a site's marker.
#[must_use]
pub fn marker(t: &Tokens, color: SiteColor) -> Option<eframe::egui::Color32> {
    match color {
        SiteColor::None => None,
        SiteColor::Green => Some(t.good),
        SiteColor::Amber => Some(t.warn),
        SiteColor::Blue => Some(t.accent),
        SiteColor::Violet => Some(t.violet),
        SiteColor::Red => Some(t.bad),
        SiteColor::Grey => Some(t.grey),
    }
}

/// Draws the menu.
pub fn show(ui: &mut Ui, view: &View<'_>, actions: &mut Vec<Action>) {
    ui.spacing_mut().item_spacing.y = 0.0;
    let tree = &view.screen.sites;
    let mut sites: Vec<&Site> = tree.sites.iter().collect();
    sites.sort_by_key(|site| tree.folders.iter().position(|folder| folder.path == site.folder));
    ScrollArea::vertical().max_height(360.0).show(ui, |ui| {
        let mut folder = "";
        for site in sites {
            if site.folder != folder {
                folder = &site.folder;
                heading(ui, &folder.replace('/', " › "));
            }
            site_row(ui, view, site, actions);
        }
    });
    if !tree.sites.is_empty() {
        verbs::menu_line(ui);
    }
    let screen = view.screen;
    match screen.session.phase {
        Phase::Offline => {}
        Phase::Leaving(_) => verbs::menu_item(ui, screen, Verb::StayConnected, actions),
        _ => {
            verbs::menu_item(ui, screen, Verb::Disconnect, actions);
            verbs::menu_item(ui, screen, Verb::Reconnect, actions);
            verbs::menu_item(ui, screen, Verb::Diagnose, actions);
        }
    }
    let is_saved = screen.session.site.as_ref().is_some_and(|site| tree.site(&site.id).is_some());
    if screen.session.site.is_some() && !is_saved {
        verbs::menu_item(ui, screen, Verb::SaveAsSite, actions);
    }
    verbs::menu_item(ui, screen, Verb::NewSite, actions);
    verbs::menu_item(ui, screen, Verb::Keys, actions);
    verbs::menu_item(ui, screen, Verb::About, actions);
}

fn heading(ui: &mut Ui, text: &str) {
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), 22.0), eframe::egui::Sense::hover());
    let at = pos2(rect.left() + 10.0, rect.center().y);
    paint::text(ui, at, Align::Min, text, fonts::strong(size::SECONDARY), tokens(ui).subdued_on_fill);
}

fn site_row(ui: &mut Ui, view: &View<'_>, site: &Site, actions: &mut Vec<Action>) {
    let t = tokens(ui);
    let is_current = view.screen.session.site.as_ref().is_some_and(|current| current.id == site.id);
    let icon = is_current.then_some(crate::ui::icon::Icon::CHECK);
    let response = verbs::menu_row(ui, icon, &site.name, None, None);
    if let Some(color) = marker(t, site.color).filter(|_| !is_current) {
        let bar = Rect::from_center_size(pos2(response.rect.left() + 15.0, response.rect.center().y), vec2(3.0, 14.0));
        ui.painter().rect_filled(bar, CornerRadius::same(1), color);
    }
    if response.clicked() {
        actions.push(Action::OpenSite(site.id.clone()));
    }
}
