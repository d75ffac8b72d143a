//! Two to four choices side by side, of which one holds.

use eframe::egui::{Align2, CornerRadius, Rect, Role, Stroke, StrokeKind, Ui, pos2, vec2};

use crate::ui::tokens::{size, tokens};
use crate::ui::widgets::field;
use crate::ui::widgets::radio::Radio;
use crate::ui::{fonts, theme};

/// Draws the label above the choices and returns the one that was chosen anew.
pub fn segmented<T: Copy + PartialEq>(ui: &mut Ui, label: &str, choices: &[(T, &str)], value: T) -> Option<T> {
    ui.vertical(|ui| {
        ui.spacing_mut().item_spacing.y = 4.0;
        field::label(ui, label);
        strip(ui, label, choices, value, Role::RadioButton)
    })
    .inner
}

/// Draws the pages of a dialog and returns the one that was opened anew.
pub fn tabs<T: Copy + PartialEq>(ui: &mut Ui, name: &str, pages: &[(T, &str)], value: T) -> Option<T> {
    strip(ui, name, pages, value, Role::Tab)
}

fn strip<T: Copy + PartialEq>(ui: &mut Ui, name: &str, choices: &[(T, &str)], value: T, role: Role) -> Option<T> {
    let t = tokens(ui);
    let font = fonts::regular(size::BODY);
    let galleys: Vec<_> = choices
        .iter()
        .map(|(choice, words)| {
            let ink = if *choice == value { t.strong } else { t.text };
            ui.painter().layout_no_wrap((*words).to_owned(), font.clone(), ink)
        })
        .collect();
    let total: f32 = galleys.iter().map(|galley| galley.size().x + 24.0).sum();
    let (_, rect) = ui.allocate_space(vec2(total + 4.0, field::HEIGHT));
    ui.painter().rect(rect, CornerRadius::same(size::RADIUS), t.panel, Stroke::new(1.0, t.line), StrokeKind::Inside);
    let holding = choices.iter().position(|(choice, _)| *choice == value).unwrap_or(0);
    let mut group = Radio::new(ui, name, choices.len(), holding);
    let mut left = rect.left() + 2.0;
    for (index, ((choice, words), galley)) in choices.iter().zip(galleys).enumerate() {
        let part = Rect::from_min_size(pos2(left, rect.top() + 2.0), vec2(galley.size().x + 24.0, field::HEIGHT - 4.0));
        left = part.right();
        let holds = *choice == value;
        let label = if role == Role::Tab { (*words).to_owned() } else { format!("{name}: {words}") };
        let response = group.choice(ui, index, part, role, &label);
        let painter = ui.painter();
        if holds {
            painter.rect(part, CornerRadius::same(5), t.accent_ground, Stroke::new(1.0, t.accent), StrokeKind::Inside);
        } else if response.hovered() {
            painter.rect_filled(part, CornerRadius::same(5), t.pressed);
        }
        theme::focus_ring(ui, &response, 5);
        painter.galley(Align2::CENTER_CENTER.align_size_within_rect(galley.size(), part).min, galley, t.text);
    }
    group.end(ui).and_then(|index| choices.get(index)).map(|(choice, _)| *choice)
}
