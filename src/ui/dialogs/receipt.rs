//! What proves that a file has arrived: every fact of its receipt.

use eframe::egui::{Grid, Label};
use jiff::tz::TimeZone;

use crate::model::receipt::Receipt;
use crate::ui::icon::Icon;
use crate::ui::text;
use crate::ui::widgets::field;
use crate::ui::widgets::modal::Modal;

use super::{Stage, words};

/// Width of the facts' names, in points.
const NAMES: f32 = 172.0;

/// Draws it.
pub(super) fn show(stage: &mut Stage<'_>, receipt: &Receipt) {
    let name = receipt.remote.name().unwrap_or("/");
    let title = format!("Receipt of {}", words::quoted(name));
    let modal = Modal::new(("receipt", receipt.id.0), Icon::FILE_CHECK, &title).width(692.0).main("Copy").cancel("Close");
    stage.dialog(modal, |ui, _| {
        let all = if receipt.hash.is_some() { "byte count, size and checksum" } else { "byte count and size" };
        field::paragraph(ui, text::subdued(ui, format!("The file arrived, and reply, {all} agree.")));
        ui.add_space(4.0);
        let room = ui.available_width() - NAMES - 12.0;
        Grid::new("facts").num_columns(2).spacing([12.0, 6.0]).min_col_width(NAMES).show(ui, |ui| {
            for (name, words) in receipt.facts(&TimeZone::system()) {
                ui.add(Label::new(text::small(ui, name)));
                ui.scope(|ui| {
                    ui.set_max_width(room);
                    ui.add(Label::new(text::body(ui, words)).wrap());
                });
                ui.end_row();
            }
        });
    });
}
