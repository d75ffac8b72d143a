//! Two to four choices side by side, of which one holds.

use eframe::egui::{Align2, CornerRadius, Rect, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2};

use crate::ui::tokens::{size, tokens};
use crate::ui::widgets::card::step;
use crate::ui::widgets::field;
use crate::ui::widgets::modal::own_arrows;
use crate::ui::{fonts, theme};

/// Draws the label, the choices and returns the one that was chosen anew.
pub fn segmented<T: Copy + PartialEq>(ui: &mut Ui, label: &str, choices: &[(T, &str)], value: T) -> Option<T> {
    let t = tokens(ui);
    field::label(ui, label);
    let widths: Vec<f32> = choices
        .iter()
        .map(|(_, words)| ui.painter().layout_no_wrap((*words).to_owned(), fonts::regular(size::BODY), t.text).size().x + 24.0)
        .collect();
    let total: f32 = widths.iter().sum();
    let (_, rect) = ui.allocate_space(vec2(total + 4.0, 30.0));
    ui.painter().rect(rect, CornerRadius::same(6), t.panel, Stroke::new(1.0, t.line), StrokeKind::Inside);
    let base = ui.scope_id().with(("segmented", label));
    let mut chosen = None;
    let mut left = rect.left() + 2.0;
    for (index, ((choice, words), width)) in choices.iter().zip(&widths).enumerate() {
        let part = Rect::from_min_size(pos2(left, rect.top() + 2.0), vec2(*width, 26.0));
        left += width;
        let holds = *choice == value;
        // One stop for Tab, as with any radio group: the choice that holds.
        let sense = if holds { Sense::click() } else { Sense::CLICK };
        let response = ui.interact(part, base.with(index), sense);
        let name = format!("{label}: {words}");
        response.widget_info(|| WidgetInfo::selected(Role::RadioButton, ui.is_enabled(), holds, &name));
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
        theme::focus_ring(ui, &response, size::RADIUS);
        let galley =
            ui.painter().layout_no_wrap((*words).to_owned(), fonts::regular(size::BODY), if holds { t.strong } else { t.text });
        painter.galley(Align2::CENTER_CENTER.align_size_within_rect(galley.size(), part).min, galley, t.text);
    }
    chosen.filter(|choice| *choice != value)
}
