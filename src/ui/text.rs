//! Text in the window's few voices: body, secondary, what matters, codes.

use eframe::egui::{RichText, Ui};

use crate::ui::fonts;
use crate::ui::tokens::{size, tokens};

/// Body text.
#[must_use]
pub fn body(ui: &Ui, text: impl Into<String>) -> RichText {
    RichText::new(text).font(fonts::regular(size::BODY)).color(tokens(ui).text)
}

/// The one thing that matters, semibold.
#[must_use]
pub fn strong(ui: &Ui, text: impl Into<String>) -> RichText {
    RichText::new(text).font(fonts::strong(size::BODY)).color(tokens(ui).strong)
}

/// A dialog's title.
#[must_use]
pub fn title(ui: &Ui, text: impl Into<String>) -> RichText {
    RichText::new(text).font(fonts::strong(size::TITLE)).color(tokens(ui).strong)
}

/// Secondary text, in the body's size.
#[must_use]
pub fn subdued(ui: &Ui, text: impl Into<String>) -> RichText {
    RichText::new(text).font(fonts::regular(size::BODY)).color(tokens(ui).subdued_on_fill)
}

/// Secondary text, smaller.
#[must_use]
pub fn small(ui: &Ui, text: impl Into<String>) -> RichText {
    RichText::new(text).font(fonts::regular(size::SECONDARY)).color(tokens(ui).subdued_on_fill)
}

/// Codes, modes, paths: monospaced.
#[must_use]
pub fn mono(ui: &Ui, text: impl Into<String>) -> RichText {
    RichText::new(text).font(fonts::mono(size::MONO)).color(tokens(ui).subdued_on_fill)
}
