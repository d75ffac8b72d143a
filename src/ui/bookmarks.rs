//! Bookmarks of the connected site, below the list of sites: folders on the server that are one click away.

use eframe::egui::{Align, CornerRadius, Rect, Role, Sense, Ui, WidgetInfo, pos2, vec2};

use crate::engine::Place;
use crate::model::path::RemotePath;
use crate::model::site::Site;
use crate::screen::navigate::NOT_CONNECTED;
use crate::screen::{Action, Side};
use crate::ui::icon::Icon;
use crate::ui::tokens::{size, tokens};
use crate::ui::view::View;
use crate::ui::{fonts, paint, theme, verbs};

/// Draws heading and rows; nothing for a site without bookmarks.
pub fn show(ui: &mut Ui, view: &View<'_>, actions: &mut Vec<Action>) {
    let Some(site) = view.screen.connected_site().filter(|site| !site.bookmarks.is_empty()) else { return };
    let (head, _) = ui.allocate_exact_size(vec2(ui.available_width(), size::SITE_ROW + 10.0), Sense::hover());
    let at = pos2(head.left() + 14.0, head.bottom() - size::SITE_ROW / 2.0 + 1.0);
    paint::text(ui, at, Align::Min, "Bookmarks here", fonts::strong(size::SECONDARY), tokens(ui).subdued);
    for folder in &site.bookmarks {
        let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), size::SITE_ROW), Sense::hover());
        if ui.is_rect_visible(rect) {
            row(ui, view, site, folder, rect, actions);
        }
    }
}

fn row(ui: &mut Ui, view: &View<'_>, site: &Site, folder: &RemotePath, rect: Rect, actions: &mut Vec<Action>) {
    let t = tokens(ui);
    let path = folder.to_string();
    let response = ui.interact(rect, ui.scope_id().with(("bookmark", folder)), Sense::click());
    let is_open = view.screen.remote.remote_folder() == Some(folder);
    response.widget_info(|| WidgetInfo::selected(Role::Link, true, is_open, format!("Bookmark {path}")));
    let ground = rect.shrink2(vec2(8.0, 0.0));
    if response.hovered() {
        ui.painter().rect_filled(ground, CornerRadius::same(size::RADIUS), t.raised);
    }
    let ink = if response.hovered() { t.subdued_on_fill } else { t.subdued };
    Icon::BOOKMARK.paint(ui.painter(), pos2(rect.left() + 22.0, rect.center().y), size::ICON_SMALL - 1.0, ink);
    let font = fonts::mono(size::MONO);
    let cut = paint::cut_middle(ui, &path, &font, ground.right() - rect.left() - 44.0);
    let ink = if is_open || response.hovered() { t.strong } else { t.text };
    paint::text(ui, pos2(rect.left() + 37.0, rect.center().y), Align::Min, cut, font, ink);
    theme::focus_ring(ui, &response, size::RADIUS);
    let why_not = (!view.screen.can_browse_remote()).then_some(NOT_CONNECTED);
    if response.clicked() && why_not.is_none() {
        actions.push(Action::ActivatePane(Side::Remote));
        actions.push(Action::Go { side: Side::Remote, place: Place::Remote(folder.clone()) });
    }
    response.context_menu(|ui| {
        verbs::begin_menu(ui);
        if verbs::menu_row(ui, Some(Icon::FOLDER), "Go there", None, why_not).clicked() {
            actions.push(Action::Go { side: Side::Remote, place: Place::Remote(folder.clone()) });
        }
        if verbs::menu_row(ui, Some(Icon::TRASH), "Remove bookmark", None, None).clicked() {
            actions.push(Action::RemoveBookmark(site.id.clone(), folder.clone()));
        }
    });
    response.on_hover_text(why_not.map_or_else(|| path.clone(), |reason| format!("{path}\n{reason}")));
}
