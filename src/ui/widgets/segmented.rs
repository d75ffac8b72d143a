//! Two to four choices side by side, of which one holds.

use eframe::egui::{Align2, CornerRadius, Rect, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2};

use crate::ui::tokens::{size, tokens};
use crate::ui::widgets::card::step;
use crate::ui::widgets::field;
use crate::ui::widgets::modal::own_arrows;
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
    let base = ui.scope_id().with(("segmented", name));
    let mut chosen = None;
    let mut left = rect.left() + 2.0;
    for (index, ((choice, words), galley)) in choices.iter().zip(galleys).enumerate() {
        let part = Rect::from_min_size(pos2(left, rect.top() + 2.0), vec2(galley.size().x + 24.0, field::HEIGHT - 4.0));
        left = part.right();
        let holds = *choice == value;
        // One stop for Tab, as with any radio group: the choice that holds.
        let sense = if holds { Sense::click() } else { Sense::CLICK };
        let response = ui.interact(part, base.with(index), sense);
        let label = if role == Role::Tab { (*words).to_owned() } else { format!("{name}: {words}") };
        response.widget_info(|| WidgetInfo::selected(role, ui.is_enabled(), holds, &label));
        if response.clicked() {
            response.request_focus();
            chosen = Some(*choice);
        }
        if response.has_focus() {
            own_arrows(ui, &response);
            if let Some(next) = step(ui, index, choices.len()) {
                chosen = choices.get(next).map(|(choice, _)| *choice);
                ui.memory_mut(|memory| memory.request_focus(base.with(next)));
            }
        }
        let painter = ui.painter();
        if holds {
            painter.rect(part, CornerRadius::same(5), t.accent_ground, Stroke::new(1.0, t.accent), StrokeKind::Inside);
        } else if response.hovered() {
            painter.rect_filled(part, CornerRadius::same(5), t.pressed);
        }
        theme::focus_ring(ui, &response, 5);
        painter.galley(Align2::CENTER_CENTER.align_size_within_rect(galley.size(), part).min, galley, t.text);
    }
    chosen.filter(|choice| *choice != value)
}
