//! A few words on the ground of trouble, for what must not be overlooked.

use eframe::egui::{CornerRadius, Frame, Label, Margin, Ui};

use crate::ui::icon::Icon;
use crate::ui::text;
use crate::ui::tokens::{size, tokens};

/// Draws a headline and the words below it over the available width.
pub fn callout(ui: &mut Ui, headline: &str, words: &str) {
    let t = tokens(ui);
    Frame::NONE
        .fill(t.bad_ground)
        .corner_radius(CornerRadius::same(size::CARD_RADIUS))
        .inner_margin(Margin::symmetric(12, 10))
        .show(ui, |ui| {
            ui.set_width(ui.available_width());
            ui.horizontal_top(|ui| {
                ui.add(Label::new(Icon::CIRCLE_ALERT.text(16.0, t.bad)));
                ui.vertical(|ui| {
                    ui.spacing_mut().item_spacing.y = 2.0;
                    ui.add(Label::new(text::strong(ui, headline).line_height(Some(17.0))).wrap());
                    if !words.is_empty() {
                        ui.add(Label::new(text::body(ui, words).line_height(Some(17.0))).wrap());
                    }
                });
            });
        });
}
