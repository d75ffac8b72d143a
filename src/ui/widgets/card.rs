//! Option cards: a few ways on, each with an icon, a title and an explanation; exactly one is chosen.

use eframe::egui::{self, Align2, CornerRadius, Id, Key, Rect, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2};

use crate::ui::icon::Icon;
use crate::ui::tokens::{size, tokens};
use crate::ui::widgets::modal::own_arrows;
use crate::ui::{fonts, theme};

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
    let mut output = CardsOutput::default();
    let base = ui.scope_id().with(salt);
    for (index, card) in cards.iter().enumerate() {
        let response = one(ui, base.with(index), card, index == chosen);
        if focus && index == chosen {
            response.request_focus();
        }
        if response.clicked() {
            response.request_focus();
            output.chosen = Some(index);
        }
        if response.double_clicked() {
            output.taken = Some(index);
        }
        if response.has_focus() {
            own_arrows(ui, &response);
            if let Some(next) = step(ui, index, cards.len()) {
                output.chosen = Some(next);
                ui.memory_mut(|memory| memory.request_focus(base.with(next)));
            }
        }
    }
    output.chosen = output.chosen.filter(|index| *index != chosen);
    output
}

/// Where an arrow key leads from here, round the ends.
pub(crate) fn step(ui: &Ui, index: usize, count: usize) -> Option<usize> {
    ui.input_mut(|input| {
        let mut pressed = |a, b| input.consume_key(egui::Modifiers::NONE, a) || input.consume_key(egui::Modifiers::NONE, b);
        if pressed(Key::ArrowDown, Key::ArrowRight) {
            Some((index + 1) % count.max(1))
        } else if pressed(Key::ArrowUp, Key::ArrowLeft) {
            Some((index + count.saturating_sub(1)) % count.max(1))
        } else {
            None
        }
    })
}

/// One line of [`options`]: what it is called and what it does.
pub type Choice<'a> = (&'a str, &'a str);

/// As [`cards`], one line each and closer together; returns the one that was chosen anew.
pub fn options(ui: &mut Ui, salt: &str, choices: &[Choice<'_>], chosen: usize, focus: bool) -> Option<usize> {
    let base = ui.scope_id().with(salt);
    let mut picked = None;
    ui.spacing_mut().item_spacing.y = 4.0;
    for (index, choice) in choices.iter().enumerate() {
        let response = line(ui, base.with(index), *choice, index == chosen);
        if focus && index == chosen {
            response.request_focus();
        }
        if response.clicked() {
            response.request_focus();
            picked = Some(index);
        }
        if response.has_focus() {
            own_arrows(ui, &response);
            if let Some(next) = step(ui, index, choices.len()) {
                picked = Some(next);
                ui.memory_mut(|memory| memory.request_focus(base.with(next)));
            }
        }
    }
    picked.filter(|index| *index != chosen)
}

fn line(ui: &mut Ui, id: Id, (title, explanation): Choice<'_>, chosen: bool) -> egui::Response {
    let t = tokens(ui);
    let (_, rect) = ui.allocate_space(vec2(ui.available_width(), 30.0));
    let response = ui.interact(rect, id, if chosen { Sense::click() } else { Sense::CLICK });
    response.widget_info(|| WidgetInfo::selected(Role::RadioButton, ui.is_enabled(), chosen, format!("{title}: {explanation}")));
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
    response
}

fn one(ui: &mut Ui, id: Id, card: &Card<'_>, chosen: bool) -> egui::Response {
    let t = tokens(ui);
    let width = ui.available_width();
    let key = (!card.key.is_empty()).then(|| {
        ui.painter().layout_no_wrap(card.key.to_owned(), fonts::mono(size::MONO), if chosen { t.text } else { t.subdued_on_fill })
    });
    let key_width = key.as_ref().map_or(0.0, |key| key.size().x + 10.0);
    let room = width - 43.0 - 12.0 - if key_width > 0.0 { key_width + 36.0 } else { 0.0 };
    let title = ui.painter().layout(card.title.to_owned(), fonts::strong(size::BODY), t.strong, room);
    let words = ui.painter().layout(
        card.explanation.to_owned(),
        fonts::regular(size::BODY),
        if chosen { t.text } else { t.subdued_on_fill },
        room,
    );
    let height = (title.size().y + 2.0 + words.size().y + 20.0).max(44.0).round();
    let (_, rect) = ui.allocate_space(vec2(width, height));
    // One stop for Tab, as with any radio group: the card that is chosen.
    let response = ui.interact(rect, id, if chosen { Sense::click() } else { Sense::CLICK });
    let name = format!("{}: {}", card.title, card.explanation);
    response.widget_info(|| WidgetInfo::selected(Role::RadioButton, ui.is_enabled(), chosen, &name));

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
    let top = rect.center().y - (title.size().y + 2.0 + words.size().y) / 2.0;
    let below = top + title.size().y + 2.0;
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
