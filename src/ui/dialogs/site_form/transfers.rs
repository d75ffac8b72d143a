//! How files are moved with this site.

use eframe::egui::Ui;

use crate::model::checksum::HashUse;
use crate::model::clock;
use crate::model::site::Split;
use crate::screen::dialog::SiteForm;
use crate::screen::form::{CLOCK_AHEAD, LIST_AHEAD};
use crate::screen::settings_form::LEAVE_OUT;
use crate::ui::dialogs::{leave_out, limits};
use crate::ui::text;
use crate::ui::widgets::check::switch;
use crate::ui::widgets::field::{self, Field, choice, number, row};

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
    let mut split = form.site.split == Split::Automatic;
    let words = "Files of 67 MB and more, where connections are to spare and it gets faster by it.";
    switch(ui, &mut split, "Fetch large files over several connections", words);
    form.site.split = if split { Split::Automatic } else { Split::Never };
    let checksums = HashUse::ALL.map(|choice| (choice, choice.label().to_owned()));
    ui.vertical(|ui| {
        ui.spacing_mut().item_spacing.y = 4.0;
        field::choice(ui, "Compare checksums", &mut form.site.hashes, &checksums);
        field::below(
            ui,
            None,
            "Reply, byte count and size are compared in any case. A checksum takes the server as long as reading the file.",
        );
    });
    let learned = form.learned.filter(|_| !form.forget).and_then(|facts| facts.list_ahead_seconds);
    let clock = learned
        .map_or_else(|| "Empty: as measured.".to_owned(), |ahead| format!("Empty: as measured, {}.", clock::in_words(ahead)));
    let measured = form.learned.filter(|_| !form.forget).and_then(|facts| facts.skew_seconds);
    let skew = measured.map_or_else(|| "Empty: as measured.".to_owned(), |skew| format!("Empty: as measured, {skew}."));
    let wrong = |wanted: &str| form.errors.iter().find(|(label, _)| *label == wanted).map(|(_, words)| words.clone());
    let (wrong_list, wrong_clock) = (wrong(LIST_AHEAD), wrong(CLOCK_AHEAD));
    let masks = Field::new("Files that are moved as text").hint("none").mono();
    masks
        .note("Masks, such as *.txt;*.html. Files that do not look like text are sent unchanged.")
        .show(ui, &mut form.site.text_files);
    let lists = [(false, "As in settings".to_owned()), (true, "Names of its own".to_owned())];
    choice(ui, "Left out of folders", &mut form.leaves_out, &lists);
    if form.leaves_out {
        leave_out::field(ui, LEAVE_OUT, &mut form.leave_out);
    }
    row(ui, [0.0, 0.0], |ui, index| {
        if index == 0 {
            Field::new(LIST_AHEAD).hint("as measured").note(&clock).error(wrong_list.as_deref()).show(ui, &mut form.list_ahead);
        } else {
            Field::new(CLOCK_AHEAD).hint("as measured").note(&skew).error(wrong_clock.as_deref()).show(ui, &mut form.clock_ahead);
        }
    });
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
