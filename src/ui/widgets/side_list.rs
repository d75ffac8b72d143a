//! The pages of a large dialog, one below the other at its left side.

use eframe::egui::{CornerRadius, Rect, Role, Ui, pos2, vec2};

use crate::ui::icon::Icon;
use crate::ui::tokens::{size, tokens};
use crate::ui::widgets::radio::Radio;
use crate::ui::{fonts, paint, theme};

/// Height of one row in points.
const ROW: f32 = 30.0;

/// Draws the rows over `width` points and returns the page that was opened anew. Arrow keys move on, Tab stops once.
pub fn side_list<T: Copy + PartialEq>(ui: &mut Ui, name: &str, width: f32, pages: &[(T, Icon, &str)], value: T) -> Option<T> {
    let t = tokens(ui);
    let holding = pages.iter().position(|(page, ..)| *page == value).unwrap_or(0);
    let mut group = Radio::new(ui, name, pages.len(), holding);
    #[allow(clippy::cast_precision_loss, reason = "a handful of pages")]
    let (_, place) = ui.allocate_space(vec2(width, ROW * pages.len() as f32));
    let mut top = place.top();
    for (index, (page, icon, words)) in pages.iter().enumerate() {
        let rect = Rect::from_min_size(pos2(place.left(), top), vec2(width, ROW));
        top = rect.bottom();
        let inner = rect.shrink2(vec2(0.0, 1.0));
        let holds = *page == value;
        let response = group.choice(ui, index, rect, Role::Tab, words);
        let painter = ui.painter();
        if holds {
            painter.rect_filled(inner, CornerRadius::same(size::RADIUS), t.accent_ground);
        } else if response.hovered() {
            painter.rect_filled(inner, CornerRadius::same(size::RADIUS), t.pressed);
        }
        let (tint, ink) = if holds { (t.accent, t.strong) } else { (t.subdued_on_fill, t.text) };
        icon.paint(painter, pos2(inner.left() + 16.0, inner.center().y), size::ICON, tint);
        let at = pos2(inner.left() + 32.0, inner.center().y);
        paint::text(ui, at, eframe::egui::Align::Min, words, fonts::regular(size::BODY), ink);
        theme::focus_ring(ui, &response.clone().with_new_rect(inner), size::RADIUS);
    }
    group.end(ui).and_then(|index| pages.get(index)).map(|(page, ..)| *page)
}
