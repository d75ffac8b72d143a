//! Where both panes begin.

use eframe::egui::{Align, Layout, Ui};

use crate::screen::dialog::SiteForm;
use crate::ui::tokens::size;
use crate::ui::widgets::button::quiet_button;
use crate::ui::widgets::field::{Field, HEIGHT, row};
use crate::ui::widgets::modal::own_enter;

use super::error;

/// Draws the page; true when a folder is to be chosen.
pub(super) fn show(ui: &mut Ui, form: &mut SiteForm) -> bool {
    let errors = form.clone();
    let mut browse = false;
    row(ui, [0.0, 80.0], |ui, index| {
        if index == 0 {
            let field = Field::new("On this machine").hint("where you were last").mono();
            let field = field.note("Opened in the left pane at each connect.").error(error(&errors, "Local folder"));
            field.show(ui, &mut form.local_folder);
        } else {
            // As high as the label beside it.
            ui.add_space(19.0 + (HEIGHT - size::BUTTON) / 2.0);
            ui.with_layout(Layout::top_down(Align::Max), |ui| {
                let button = quiet_button(ui, "Choose…");
                own_enter(ui, &button);
                browse = button.clicked();
            });
        }
    });
    let field = Field::new("On the server").hint("where the logon leads").mono();
    let field = field.note("Without a slash at its beginning it counts from the folder that the logon leads to.");
    field.error(error(&errors, "Remote folder")).show(ui, &mut form.site.remote_folder);
    browse
}
