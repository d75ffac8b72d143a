//! How files are moved with this site.

use eframe::egui::Ui;

use crate::screen::dialog::SiteForm;
use crate::ui::dialogs::limits;
use crate::ui::text;
use crate::ui::widgets::field::{self, choice, number, row};

/// Draws the page.
pub(super) fn show(ui: &mut Ui, form: &mut SiteForm) {
    let mut connections = form.site.connections.min(32);
    ui.vertical(|ui| {
        ui.spacing_mut().item_spacing.y = 4.0;
        number(ui, "Transfers at the same time", &mut connections, 0..=32, |value| {
            if value < 0.5 { "as in settings".to_owned() } else { format!("at most {value:.0}") }
        });
        field::below(
            ui,
            None,
            "Each has a connection of its own, beside the one for browsing. Moorline uses fewer when the server asks for it.",
        );
    });
    form.site.connections = connections;
    let choices =
        |yes: &str, no: &str| [(None, "As in settings".to_owned()), (Some(true), yes.to_owned()), (Some(false), no.to_owned())];
    row(ui, [0.0, 0.0], |ui, index| {
        if index == 0 {
            choice(ui, "Modification times", &mut form.site.keep_times, &choices("Keep", "Leave as they come"));
        } else {
            let ways = choices("Directly: a break leaves half a file", "By a temporary name");
            choice(ui, "Uploads over existing files", &mut form.site.write_directly, &ways);
        }
    });
    ui.vertical(|ui| {
        ui.spacing_mut().item_spacing.y = 6.0;
        ui.label(text::strong(ui, "Speed limits of this site"));
        limits::fields(ui, &mut form.limits, &form.errors);
        field::below(ui, None, "Those of the settings hold beside them; the strictest applies.");
    });
}
