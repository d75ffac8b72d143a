//! Painting that every part of the window needs: separators, lines of mixed text, names cut in the middle.

use std::borrow::Cow;

use eframe::egui::text::{LayoutJob, TextFormat, TextWrapping};
use eframe::egui::{Align, Align2, Color32, FontId, Label, Pos2, Rect, Response, Stroke, Ui, UiBuilder};

use crate::ui::fonts;
use crate::ui::tokens::{Tokens, size, tokens};

/// A horizontal separator.
pub fn horizontal_line(ui: &Ui, left: f32, right: f32, y: f32) {
    ui.painter().hline(left..=right, y + 0.5, Stroke::new(1.0, tokens(ui).line));
}

/// A vertical separator.
pub fn vertical_line(ui: &Ui, x: f32, top: f32, bottom: f32) {
    ui.painter().vline(x + 0.5, top..=bottom, Stroke::new(1.0, tokens(ui).line));
}

/// Draws in a place of its own, clipped to it.
pub fn place<R>(ui: &mut Ui, rect: Rect, salt: &'static str, draw: impl FnOnce(&mut Ui) -> R) -> R {
    ui.scope_builder(UiBuilder::new().max_rect(rect).id_salt(salt), |ui| {
        ui.shrink_clip_rect(rect);
        draw(ui)
    })
    .inner
}

/// One line of text in several voices.
pub struct Line {
    job: LayoutJob,
    tokens: &'static Tokens,
    size: f32,
    subdued: Color32,
}

impl Line {
    /// An empty line of body size.
    pub fn new(ui: &Ui) -> Self {
        let tokens = tokens(ui);
        let job = LayoutJob { wrap: TextWrapping::no_max_width(), break_on_newline: false, ..LayoutJob::default() };
        Self { job, tokens, size: size::BODY, subdued: tokens.subdued }
    }

    /// In another size.
    #[must_use]
    pub fn sized(mut self, size: f32) -> Self {
        self.size = size;
        self
    }

    /// On a raised or coloured ground, where secondary text is darker.
    #[must_use]
    pub fn on_fill(mut self) -> Self {
        self.subdued = self.tokens.subdued_on_fill;
        self
    }

    /// Adds text in any face and colour.
    #[must_use]
    pub fn styled(mut self, text: &str, font_id: FontId, color: Color32) -> Self {
        self.job.append(text, 0.0, TextFormat { font_id, color, valign: Align::Center, ..TextFormat::default() });
        self
    }

    /// Adds body text.
    #[must_use]
    pub fn text(self, text: &str) -> Self {
        let (font, color) = (fonts::regular(self.size), self.tokens.text);
        self.styled(text, font, color)
    }

    /// Adds secondary text.
    #[must_use]
    pub fn subdued(self, text: &str) -> Self {
        let (font, color) = (fonts::regular(self.size), self.subdued);
        self.styled(text, font, color)
    }

    /// Adds what matters.
    #[must_use]
    pub fn strong(self, text: &str) -> Self {
        let (font, color) = (fonts::strong(self.size), self.tokens.strong);
        self.styled(text, font, color)
    }

    /// The text's width.
    pub fn width(&self, ui: &Ui) -> f32 {
        ui.painter().layout_job(self.job.clone()).size().x
    }

    /// Adds it as a label.
    pub fn show(self, ui: &mut Ui) -> Response {
        ui.add(Label::new(self.job).selectable(false))
    }

    /// Adds it as a label that ends with an ellipsis where there is no more room.
    pub fn show_truncated(self, ui: &mut Ui) -> Response {
        ui.add(Label::new(self.job).selectable(false).truncate())
    }
}

/// Paints text with its middle at the height of `at`.
pub fn text(ui: &Ui, at: Pos2, align: Align, text: impl ToString, font: FontId, color: Color32) -> Rect {
    let anchor = match align {
        Align::Min => Align2::LEFT_CENTER,
        Align::Center => Align2::CENTER_CENTER,
        Align::Max => Align2::RIGHT_CENTER,
    };
    ui.painter().text(at, anchor, text, font, color)
}

/// The text's width.
pub fn width(ui: &Ui, text: &str, font: &FontId) -> f32 {
    ui.fonts_mut(|fonts| text.chars().map(|letter| fonts.glyph_width(font, letter)).sum())
}

/// Cuts a name in the middle so that it is at most `room` wide: the end, where the extension is, stays readable.
/// Control characters are replaced.
pub fn cut_middle<'a>(ui: &Ui, name: &'a str, font: &FontId, room: f32) -> Cow<'a, str> {
    let name =
        if name.contains(char::is_control) { Cow::Owned(name.replace(char::is_control, "\u{fffd}")) } else { Cow::Borrowed(name) };
    // No face is narrower than a fifth of its size on average: longer names are not measured to their end.
    let measured: f32 = ui.fonts_mut(|fonts| {
        let mut sum = 0.0;
        for letter in name.chars() {
            sum += fonts.glyph_width(font, letter);
            if sum > room {
                break;
            }
        }
        sum
    });
    if measured <= room {
        return name;
    }
    let (head, tail) = ui.fonts_mut(|fonts| {
        let room = (room - fonts.glyph_width(font, '…')).max(0.0);
        let mut tail_left = room * 0.4;
        let mut tail = name.len();
        for (at, letter) in name.char_indices().rev() {
            tail_left -= fonts.glyph_width(font, letter);
            if tail_left < 0.0 {
                break;
            }
            tail = at;
        }
        let mut head_left = room * 0.6;
        let mut head = 0;
        for (at, letter) in name.char_indices() {
            head_left -= fonts.glyph_width(font, letter);
            if head_left < 0.0 {
                break;
            }
            head = at + letter.len_utf8();
        }
        (head, tail)
    });
    Cow::Owned(format!("{}…{}", name.get(..head).unwrap_or_default().trim_end(), name.get(tail..).unwrap_or_default()))
}

/// Cuts a line at its end so that it is at most `room` wide.
pub fn cut_end<'a>(ui: &Ui, text: &'a str, font: &FontId, room: f32) -> Cow<'a, str> {
    ui.fonts_mut(|fonts| {
        let dots = fonts.glyph_width(font, '…');
        let (mut sum, mut end) = (0.0, 0);
        for (at, letter) in text.char_indices() {
            sum += fonts.glyph_width(font, letter);
            if sum + dots <= room {
                end = at + letter.len_utf8();
            }
            if sum > room {
                return Cow::Owned(format!("{}…", text.get(..end).unwrap_or_default()));
            }
        }
        Cow::Borrowed(text)
    })
}
