//! Version and licences.

use eframe::egui::{Grid, Label, vec2};

use crate::ui::icon::Icon;
use crate::ui::text;
use crate::ui::widgets::field;
use crate::ui::widgets::modal::Modal;

use super::Stage;

/// What is in the program and under which licence.
const PARTS: [(&str, &str); 4] = [
    ("Moorline", "MIT or Apache-2.0"),
    ("Inter, the typeface", "SIL Open Font License 1.1"),
    ("JetBrains Mono, the typeface of codes", "SIL Open Font License 1.1"),
    ("Lucide, the icons", "ISC and MIT"),
];

/// Draws it.
pub(super) fn show(stage: &mut Stage<'_>) {
    let title = format!("Moorline {}", env!("CARGO_PKG_VERSION"));
    stage.dialog(Modal::new("about", Icon::ANCHOR, &title).width(420.0).lead().cancel("Close"), |ui, _| {
        let promise = "Your connection stays moored, your queue survives, and every file is proven to have arrived.";
        field::paragraph(ui, text::body(ui, promise));
        ui.add_space(4.0);
        Grid::new("licences").num_columns(2).min_row_height(18.0).spacing(vec2(16.0, 6.0)).show(ui, |ui| {
            for (part, licence) in PARTS {
                ui.add(Label::new(text::subdued(ui, part)));
                ui.add(Label::new(text::body(ui, licence)));
                ui.end_row();
            }
        });
    });
}
