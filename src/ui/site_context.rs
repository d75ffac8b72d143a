//! The context menu of a saved site: connect, change, marker.

use eframe::egui::{CornerRadius, Rect, Role, Sense, Ui, WidgetInfo, vec2};

use crate::model::site::{Site, SiteColor};
use crate::screen::{Action, Verb};
use crate::ui::icon::Icon;
use crate::ui::site_menu::marker;
use crate::ui::tokens::tokens;
use crate::ui::{theme, verbs};

/// Draws the menu.
pub fn show(ui: &mut Ui, site: &Site, actions: &mut Vec<Action>) {
    verbs::begin_menu(ui);
    let key = |verb| verbs::key(verb);
    if verbs::menu_row(ui, Some(Icon::PLUG), "Connect", key(Verb::Connect).as_deref(), None).clicked() {
        actions.push(Action::OpenSite(site.id.clone()));
    }
    if verbs::menu_row(ui, Some(Icon::STETHOSCOPE), Verb::Diagnose.label(), None, None).clicked() {
        actions.push(Action::DiagnoseSite(site.id.clone()));
    }
    verbs::menu_line(ui);
    if verbs::menu_row(ui, Some(Icon::PENCIL), "Edit site", key(Verb::EditSite).as_deref(), None).clicked() {
        actions.push(Action::EditSite(site.id.clone()));
    }
    if verbs::menu_row(ui, Some(Icon::COPY), "Duplicate site", key(Verb::DuplicateSite).as_deref(), None).clicked() {
        actions.push(Action::DuplicateSite(site.id.clone()));
    }
    if verbs::menu_row(ui, Some(Icon::TRASH), "Delete site", key(Verb::DeleteSite).as_deref(), None).clicked() {
        actions.push(Action::DeleteSite(site.id.clone()));
    }
    verbs::menu_line(ui);
    colors(ui, site, actions);
}

/// The markers, in one row.
fn colors(ui: &mut Ui, site: &Site, actions: &mut Vec<Action>) {
    let t = tokens(ui);
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 2.0;
        ui.add_space(4.0);
        for (color, name) in [
            (SiteColor::None, "No colour"),
            (SiteColor::Green, "Green"),
            (SiteColor::Amber, "Amber"),
            (SiteColor::Blue, "Blue"),
            (SiteColor::Violet, "Violet"),
            (SiteColor::Red, "Red"),
            (SiteColor::Grey, "Grey"),
        ] {
            let (rect, response) = ui.allocate_exact_size(vec2(24.0, 26.0), Sense::click());
            let is_chosen = site.color == color;
            if response.hovered() || is_chosen {
                ui.painter().rect_filled(rect.shrink(1.0), CornerRadius::same(5), t.pressed);
            }
            match marker(t, color) {
                Some(fill) => dot(ui, rect, fill),
                None => Icon::X.paint(ui.painter(), rect.center(), 12.0, t.subdued_on_fill),
            }
            theme::focus_ring(ui, &response, 5);
            response.widget_info(|| WidgetInfo::selected(Role::RadioButton, true, is_chosen, name));
            if response.on_hover_text(name).clicked() {
                actions.push(Action::ColorSite(site.id.clone(), color));
                ui.close();
            }
        }
    });
}

fn dot(ui: &Ui, rect: Rect, fill: eframe::egui::Color32) {
    ui.painter().circle_filled(rect.center(), 5.0, fill);
}
