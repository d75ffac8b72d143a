//! How fast files may move, and at which times of the week otherwise.

use eframe::egui::{Align, CornerRadius, Frame, Layout, Rect, Role, Sense, Stroke, StrokeKind, Ui, Vec2, WidgetInfo, vec2};

use crate::model::schedule::Days;
use crate::screen::settings_form::SettingsForm;
use crate::screen::typed_schedule::TypedTime;
use crate::ui::dialogs::limits;
use crate::ui::icon::Icon;
use crate::ui::tokens::{size, tokens};
use crate::ui::widgets::button::{icon_button, quiet_button};
use crate::ui::widgets::field::{self, Field, HEIGHT};
use crate::ui::widgets::modal::own_enter;
use crate::ui::{fonts, paint, text, theme};

/// Width of one day's button in points.
const DAY: f32 = 34.0;

/// Draws the page.
pub(super) fn show(ui: &mut Ui, form: &mut SettingsForm) {
    ui.vertical(|ui| {
        ui.spacing_mut().item_spacing.y = 6.0;
        ui.label(text::strong(ui, "Limits for all sites together"));
        limits::fields(ui, &mut form.limits, &form.errors);
        field::below(ui, None, "A site may have limits of its own, in its form. The strictest applies.");
    });
    ui.label(text::strong(ui, "Other limits at certain times"));
    let mut gone = None;
    for (index, time) in form.schedule.iter_mut().enumerate() {
        ui.push_id(("time", index), |ui| {
            if card(ui, time) {
                gone = Some(index);
            }
        });
    }
    if let Some(index) = gone {
        form.schedule.remove(index);
    }
    ui.vertical(|ui| {
        ui.spacing_mut().item_spacing.y = 6.0;
        let button = quiet_button(ui, "Add a time");
        own_enter(ui, &button);
        if button.clicked() {
            form.schedule.push(TypedTime::default());
        }
        let words = "While such a time lasts its limits take the place of those above; an end before the beginning is on the next day. \
                     Where two overlap the upper one holds.";
        field::below(ui, None, words);
    });
}

/// One time of the week; true when it is to go.
fn card(ui: &mut Ui, time: &mut TypedTime) -> bool {
    let t = tokens(ui);
    let mut goes = false;
    let frame = Frame::NONE.stroke(Stroke::new(1.0, t.line)).corner_radius(CornerRadius::same(8)).inner_margin(12);
    frame.show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 8.0;
        let wrong = time.errors.clone();
        let error = |label: &str| wrong.iter().find(|(field, _)| *field == label).map(|(_, words)| words.as_str());
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = 4.0;
            field::columns(ui, 10.0, [0.0, 58.0, 58.0, 28.0], |ui, index| match index {
                0 => days(ui, &mut time.days),
                1 => drop(Field::new("From").error(error("From").map(|_| "")).show(ui, &mut time.from)),
                2 => drop(Field::new("To").error(error("To").map(|_| "")).show(ui, &mut time.to)),
                _ => {
                    // As high as the label beside it.
                    ui.add_space(19.0 + (HEIGHT - size::BUTTON) / 2.0);
                    ui.with_layout(Layout::top_down(Align::Max), |ui| {
                        let button = icon_button(ui, Icon::TRASH, "Remove this time", "Remove this time");
                        own_enter(ui, &button);
                        goes = button.clicked();
                    });
                }
            });
            field::below(ui, error("Days").or(error("From")).or(error("To")), "");
        });
        limits::bare_fields(ui, &mut time.limits, &time.errors);
    });
    goes
}

/// The days as a row of buttons, each a check box for who cannot see it.
fn days(ui: &mut Ui, value: &mut Days) {
    let t = tokens(ui);
    ui.spacing_mut().item_spacing.y = 4.0;
    field::label(ui, "Days");
    #[allow(clippy::cast_precision_loss, reason = "seven")]
    let (_, place) = ui.allocate_space(vec2(DAY * Days::COUNT as f32, HEIGHT));
    ui.painter().rect(place, CornerRadius::same(size::RADIUS), t.panel, Stroke::new(1.0, t.line), StrokeKind::Inside);
    let mut left = place.left();
    for day in 0..Days::COUNT {
        let rect = Rect::from_min_size(eframe::egui::pos2(left, place.top()), Vec2::new(DAY, HEIGHT)).shrink(2.0);
        left += DAY;
        let response = ui.interact(rect, ui.scope_id().with(("day", day)), Sense::click());
        own_enter(ui, &response);
        if response.clicked() {
            value.set(day, !value.has(day));
        }
        let on = value.has(day);
        let painter = ui.painter();
        if on {
            painter.rect(rect, CornerRadius::same(5), t.accent_ground, Stroke::new(1.0, t.accent), StrokeKind::Inside);
        } else if response.hovered() {
            painter.rect_filled(rect, CornerRadius::same(5), t.pressed);
        }
        let ink = if on { t.strong } else { t.subdued_on_fill };
        paint::text(ui, rect.center(), Align::Center, Days::name(day), fonts::regular(size::SECONDARY), ink);
        theme::focus_ring(ui, &response, 5);
        response.widget_info(|| WidgetInfo::selected(Role::CheckBox, true, on, Days::name(day)));
    }
}
