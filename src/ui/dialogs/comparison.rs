//! Where both sides of a target that exists differ first.

use eframe::egui::{CornerRadius, Frame, Label, Margin, Stroke, Ui};

use crate::model::difference::Difference;
use crate::model::format;
use crate::screen::state::Comparison;
use crate::ui::widgets::field;
use crate::ui::{text, tokens};

/// Draws it.
pub(super) fn show(ui: &mut Ui, comparison: &Comparison) {
    let t = tokens(ui);
    let frame = Frame::NONE
        .fill(t.panel)
        .stroke(Stroke::new(1.0, t.line))
        .corner_radius(CornerRadius::same(8))
        .inner_margin(Margin::same(10));
    frame.show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.spacing_mut().item_spacing.y = 4.0;
        match comparison {
            Comparison::Running => field::paragraph(ui, text::body(ui, "Reading both …")),
            Comparison::Failed(problem) => field::paragraph(ui, text::body(ui, problem.sentence())),
            Comparison::Found(difference) => found(ui, difference),
        }
    });
}

fn found(ui: &mut Ui, difference: &Difference) {
    field::paragraph(ui, text::body(ui, headline(difference)));
    let lines = match difference {
        Difference::Same { .. } | Difference::SameSoFar { .. } => return,
        Difference::Text { local, remote, .. } => [local.clone(), remote.clone()],
        Difference::Binary { local, remote, .. } => [in_hex(*local), in_hex(*remote)],
    };
    for (side, line) in ["here", "server"].into_iter().zip(lines) {
        ui.horizontal(|ui| {
            ui.scope(|ui| {
                ui.set_width(44.0);
                ui.add(Label::new(text::small(ui, side)));
            });
            ui.add(Label::new(text::mono(ui, &line)).truncate()).on_hover_text(&line);
        });
    }
}

fn headline(difference: &Difference) -> String {
    match difference {
        Difference::Same { bytes } => format!("Both are the same, all {} of them.", bytes_in_words(*bytes)),
        Difference::SameSoFar { bytes } => format!("The first {} are the same; more was not read.", format::size(*bytes)),
        Difference::Text { line, column, .. } => {
            format!("They differ first in line {}, character {}:", format::count(*line), format::count(*column))
        }
        Difference::Binary { offset, .. } => format!("They differ first at byte {} (counted from 0):", format::count(*offset)),
    }
}

fn bytes_in_words(bytes: u64) -> String {
    format::counted(bytes, "byte", "bytes")
}

fn in_hex(byte: Option<u8>) -> String {
    byte.map_or_else(|| "ends before it".to_owned(), |byte| format!("0x{byte:02X}"))
}
