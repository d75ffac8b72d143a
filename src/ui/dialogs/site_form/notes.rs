//! The marker's colour and free text.

use eframe::egui::{Color32, CornerRadius, Rect, Role, Stroke, StrokeKind, Ui, Vec2, pos2, vec2};

use crate::model::site::SiteColor;
use crate::screen::dialog::SiteForm;
use crate::ui::icon::Icon;
use crate::ui::site_menu::marker;
use crate::ui::theme;
use crate::ui::tokens::tokens;
use crate::ui::widgets::field::{self, Field};
use crate::ui::widgets::radio::Radio;

const COLORS: [(SiteColor, &str); 7] = [
    (SiteColor::None, "No colour"),
    (SiteColor::Green, "Green"),
    (SiteColor::Amber, "Amber"),
    (SiteColor::Blue, "Blue"),
    (SiteColor::Violet, "Violet"),
    (SiteColor::Red, "Red"),
    (SiteColor::Grey, "Grey"),
];

/// Draws the page.
pub(super) fn show(ui: &mut Ui, form: &mut SiteForm) {
    swatches(ui, &mut form.site.color);
    Field::new("Notes").hint("Who to call, what to watch out for").lines(28).show(ui, &mut form.site.notes);
}

fn swatches(ui: &mut Ui, value: &mut SiteColor) {
    let t = tokens(ui);
    ui.vertical(|ui| {
        ui.spacing_mut().item_spacing = vec2(6.0, 4.0);
        field::label(ui, "Colour in the list");
        ui.horizontal(|ui| {
            let before = COLORS.iter().position(|(color, _)| color == value).unwrap_or(0);
            let mut group = Radio::new(ui, "colours", COLORS.len(), before);
            for (index, (color, name)) in COLORS.iter().enumerate() {
                let (_, rect) = ui.allocate_space(Vec2::splat(30.0));
                let response = group.choice(ui, index, rect, Role::RadioButton, &format!("Colour: {name}"));
                swatch(ui, rect, marker(t, *color), index == before, response.hovered());
                theme::focus_ring(ui, &response, 6);
                response.on_hover_text(*name);
            }
            if let Some((color, _)) = group.end(ui).and_then(|index| COLORS.get(index)) {
                *value = *color;
            }
        });
    });
}

fn swatch(ui: &Ui, rect: Rect, color: Option<Color32>, holds: bool, hovered: bool) {
    let t = tokens(ui);
    let painter = ui.painter();
    if holds || hovered {
        let (fill, rim) = if holds { (t.accent_ground, t.accent) } else { (t.pressed, t.pressed) };
        painter.rect(rect, CornerRadius::same(6), fill, Stroke::new(1.0, rim), StrokeKind::Inside);
    }
    match color {
        Some(color) => {
            let bar = Rect::from_center_size(pos2(rect.center().x, rect.center().y), Vec2::splat(16.0));
            painter.rect_filled(bar, CornerRadius::same(4), color);
        }
        None => Icon::X.paint(painter, rect.center(), 14.0, t.subdued_on_fill),
    }
}
