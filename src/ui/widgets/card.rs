//! Option cards: a few ways on, each with an icon, a title and an explanation; exactly one is chosen.

use eframe::egui::{self, Align2, CornerRadius, Rect, Role, Stroke, StrokeKind, Ui, pos2, vec2};

use crate::ui::icon::Icon;
use crate::ui::tokens::{size, tokens};
use crate::ui::widgets::radio::Radio;
use crate::ui::{fonts, theme};

/// Distance of two lines of body text in points.
const LINE: f32 = 17.0;

/// One way on.
#[derive(Clone, Debug)]
pub struct Card<'a> {
    /// Icon.
    pub icon: Icon,
    /// What it is called.
    pub title: &'a str,
    /// What it does.
    pub explanation: &'a str,
    /// The key that takes it; empty shows none.
    pub key: &'a str,
}

/// What happened to the cards in this frame.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CardsOutput {
    /// Another card was chosen.
    pub chosen: Option<usize>,
    /// A card was chosen and taken at once (double click).
    pub taken: Option<usize>,
}

/// Draws the cards one below the other. Arrow keys move the choice; `focus` puts the keyboard on the chosen one.
pub fn cards(ui: &mut Ui, salt: &str, cards: &[Card<'_>], chosen: usize, focus: bool) -> CardsOutput {
    let mut group = Radio::new(ui, salt, cards.len(), chosen);
    let mut taken = None;
    for (index, card) in cards.iter().enumerate() {
        if one(ui, &mut group, index, card, index == chosen).double_clicked() {
            taken = Some(index);
        }
    }
    if focus {
        group.focus(ui);
    }
    CardsOutput { chosen: group.end(ui), taken }
}

/// One line of [`options`]: what it is called and what it does.
pub type Choice<'a> = (&'a str, &'a str);

/// As [`cards`], one line each and closer together; returns the one that was chosen anew.
pub fn options(ui: &mut Ui, salt: &str, choices: &[Choice<'_>], chosen: usize, focus: bool) -> Option<usize> {
    let mut group = Radio::new(ui, salt, choices.len(), chosen);
    ui.spacing_mut().item_spacing.y = 4.0;
    for (index, choice) in choices.iter().enumerate() {
        line(ui, &mut group, index, *choice, index == chosen);
    }
    if focus {
        group.focus(ui);
    }
    group.end(ui)
}

fn line(ui: &mut Ui, group: &mut Radio, index: usize, (title, explanation): Choice<'_>, chosen: bool) {
    let t = tokens(ui);
    let (_, rect) = ui.allocate_space(vec2(ui.available_width(), 30.0));
    let response = group.choice(ui, index, rect, Role::RadioButton, &format!("{title}: {explanation}"));
    let painter = ui.painter();
    if chosen {
        painter.rect(rect, CornerRadius::same(size::RADIUS), t.accent_ground, Stroke::new(1.0, t.accent), StrokeKind::Inside);
    } else if response.hovered() {
        painter.rect_filled(rect, CornerRadius::same(size::RADIUS), t.pressed);
    }
    let dot = pos2(rect.left() + 18.0, rect.center().y);
    painter.circle(dot, 7.0, t.panel, Stroke::new(1.0, if chosen { t.accent } else { t.subdued }));
    if chosen {
        painter.circle_filled(dot, 3.5, t.accent);
    }
    let left = rect.left() + 34.0;
    let ink = if chosen { t.strong } else { t.text };
    let title = painter.text(pos2(left, rect.center().y), Align2::LEFT_CENTER, title, fonts::regular(size::BODY), ink);
    let words = pos2(title.right() + 10.0, rect.center().y);
    painter.text(
        words,
        Align2::LEFT_CENTER,
        explanation,
        fonts::regular(size::SECONDARY),
        if chosen { t.text } else { t.subdued_on_fill },
    );
    theme::focus_ring(ui, &response, size::RADIUS);
}

fn one(ui: &mut Ui, group: &mut Radio, index: usize, card: &Card<'_>, chosen: bool) -> egui::Response {
    let t = tokens(ui);
    let width = ui.available_width();
    let key = (!card.key.is_empty()).then(|| {
        ui.painter().layout_no_wrap(card.key.to_owned(), fonts::mono(size::MONO), if chosen { t.text } else { t.subdued_on_fill })
    });
    let key_width = key.as_ref().map_or(0.0, |key| key.size().x + 10.0);
    let room = width - 43.0 - 12.0 - if key_width > 0.0 { key_width + 36.0 } else { 0.0 };
    let title = lines(ui, card.title, fonts::strong(size::BODY), t.strong, room);
    let ink = if chosen { t.text } else { t.subdued_on_fill };
    let words = lines(ui, card.explanation, fonts::regular(size::BODY), ink, room);
    let height = (title.size().y + words.size().y + 20.0).max(44.0).round();
    let (_, rect) = ui.allocate_space(vec2(width, height));
    let response = group.choice(ui, index, rect, Role::RadioButton, &format!("{}: {}", card.title, card.explanation));

    let fill = if chosen {
        t.accent_ground
    } else if response.hovered() {
        t.pressed
    } else {
        t.panel
    };
    let line = if chosen { t.accent } else { t.line };
    let painter = ui.painter();
    painter.rect(rect, CornerRadius::same(size::CARD_RADIUS), fill, Stroke::new(1.0, line), StrokeKind::Inside);
    theme::focus_ring(ui, &response, size::CARD_RADIUS);
    card.icon.paint(painter, pos2(rect.left() + 22.0, rect.center().y), 18.0, if chosen { t.accent } else { t.subdued_on_fill });
    let top = rect.center().y - (title.size().y + words.size().y) / 2.0;
    let below = top + title.size().y;
    painter.galley(pos2(rect.left() + 43.0, top), title, t.strong);
    painter.galley(pos2(rect.left() + 43.0, below), words, t.subdued);
    if let Some(key) = key {
        let chip = Rect::from_min_size(pos2(rect.right() - 12.0 - key_width, rect.center().y - 8.0), vec2(key_width, 17.0));
        painter.rect(
            chip,
            CornerRadius::same(4),
            if chosen { fill } else { t.raised },
            Stroke::new(1.0, line.gamma_multiply(if chosen { 0.5 } else { 1.0 })),
            StrokeKind::Inside,
        );
        let at = chip.center() - key.size() / 2.0;
        painter.galley(at, key, t.subdued);
    }
    response.on_hover_cursor(egui::CursorIcon::PointingHand)
}

/// Lays text out in lines of 17 points.
fn lines(ui: &Ui, words: &str, font: egui::FontId, ink: egui::Color32, room: f32) -> std::sync::Arc<egui::Galley> {
    let mut job = egui::text::LayoutJob::simple(words.to_owned(), font, ink, room);
    for section in &mut job.sections {
        section.format.line_height = Some(LINE);
    }
    ui.painter().layout_job(job)
}
