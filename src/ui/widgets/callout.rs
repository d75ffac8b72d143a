//! A few words on a coloured ground, for what must not be overlooked.

use eframe::egui::{CornerRadius, Frame, Label, Margin, Ui};

use crate::ui::icon::Icon;
use crate::ui::text;
use crate::ui::tokens::{size, tokens};

/// How serious it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// Think first.
    Warn,
    /// Something is wrong.
    Bad,
}

/// Draws a headline and the words below it over the available width.
pub fn callout(ui: &mut Ui, tone: Tone, headline: &str, words: &str) {
    let t = tokens(ui);
    let (ground, ink, icon) = match tone {
        Tone::Warn => (t.warn_ground, t.warn_text, Icon::TRIANGLE_ALERT),
        Tone::Bad => (t.bad_ground, t.bad, Icon::SHIELD_ALERT),
    };
    Frame::NONE.fill(ground).corner_radius(CornerRadius::same(size::CARD_RADIUS)).inner_margin(Margin::symmetric(12, 10)).show(
        ui,
        |ui| {
            ui.set_width(ui.available_width());
            ui.horizontal_top(|ui| {
                ui.add(Label::new(icon.text(16.0, ink)));
                ui.vertical(|ui| {
                    ui.spacing_mut().item_spacing.y = 2.0;
                    ui.add(Label::new(text::strong(ui, headline)).wrap());
                    if !words.is_empty() {
                        ui.add(Label::new(text::body(ui, words)).wrap());
                    }
                });
            });
        },
    );
}
