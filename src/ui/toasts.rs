//! Short messages at the bottom right: what was done, what went wrong and what to do about it.

use eframe::egui::accesskit::Role;
use eframe::egui::{Align2, Area, Context, CornerRadius, Frame, Id, Label, Margin, Order, Rect, Stroke, Ui, pos2, vec2};

use crate::screen::state::Toast;
use crate::screen::{Action, Screen, Verb};
use crate::ui::icon::Icon;
use crate::ui::tokens::{Tokens, size, tokens};
use crate::ui::widgets::button::{icon_button_sized, link};
use crate::ui::{text, theme, verbs};

/// Width of a message in points.
const WIDTH: f32 = 380.0;
/// Draws the messages above the strip, the newest at the bottom.
pub fn show(ctx: &Context, screen: &Screen, actions: &mut Vec<Action>) {
    let mut bottom = size::STRIP + 12.0;
    let pointer = ctx.input(|input| input.pointer.hover_pos());
    let mut held = false;
    // What a link does would take the place of the dialog that the message lies above.
    let is_free = screen.dialog.is_none() && screen.questions.is_empty();
    for toast in screen.toasts.iter().rev() {
        let id = Id::unique(("toast", toast.id));
        let opacity = ctx.animate_bool_with_time(id.with("fade"), ctx.memory(|memory| memory.area_rect(id).is_some()), theme::FADE);
        let shown = Area::new(id)
            .order(Order::Foreground)
            .anchor(Align2::RIGHT_BOTTOM, vec2(-12.0, -bottom))
            .role(if toast.is_problem { Role::Alert } else { Role::Status })
            .accessible_name(toast.text.clone())
            .show(ctx, |ui| {
                ui.set_opacity(opacity);
                message(ui, toast, is_free)
            });
        match shown.inner {
            Some(Pressed::Cross) => actions.push(Action::DismissToast(toast.id)),
            Some(Pressed::Verb(verb)) => actions.extend([Action::DismissToast(toast.id), Action::Do(verb)]),
            None => {}
        }
        held |= pointer.is_some_and(|at| shown.response.rect.contains(at));
        bottom += shown.response.rect.height() + 8.0;
    }
    if held != screen.toasts_held {
        actions.push(Action::HoldToasts(held));
    }
}

/// What was pressed on a message.
enum Pressed {
    Cross,
    Verb(Verb),
}

/// Draws one message, with its link where nothing is in front; tells what was pressed on it.
fn message(ui: &mut Ui, toast: &Toast, is_free: bool) -> Option<Pressed> {
    let t = tokens(ui);
    let (icon, ink) = if toast.is_problem {
        (Icon::CIRCLE_ALERT, t.bad)
    } else if toast.is_done {
        (Icon::CIRCLE_CHECK, t.good)
    } else {
        (Icon::INFO, t.accent)
    };
    let mut pressed = None;
    let frame = ground(t).show(ui, |ui| {
        ui.set_width(WIDTH - 32.0);
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = 10.0;
            ui.add(Label::new(icon.text(16.0, ink)));
            ui.allocate_ui(vec2(WIDTH - 32.0 - 26.0 - 26.0, 0.0), |ui| {
                ui.vertical(|ui| {
                    ui.spacing_mut().item_spacing.y = 3.0;
                    ui.add(Label::new(text::strong(ui, toast.text.as_str())).wrap());
                    if !toast.detail.is_empty() {
                        ui.add(Label::new(text::subdued(ui, toast.detail.as_str())).wrap());
                    }
                    if let Some(verb) = toast.verb.filter(|_| is_free)
                        && link(ui, verb.label()).on_hover_text(verbs::tooltip(verb)).clicked()
                    {
                        pressed = Some(Pressed::Verb(verb));
                    }
                });
            });
        });
    });
    let corner = pos2(frame.response.rect.right() - 32.0, frame.response.rect.top() + 6.0);
    ui.scope_builder(eframe::egui::UiBuilder::new().max_rect(Rect::from_min_size(corner, vec2(26.0, 26.0))), |ui| {
        if icon_button_sized(ui, Icon::X, "Dismiss", "Dismiss", None, vec2(26.0, 26.0)).clicked() {
            pressed = Some(Pressed::Cross);
        }
    });
    pressed
}

fn ground(t: &Tokens) -> Frame {
    Frame::NONE
        .fill(t.raised)
        .stroke(Stroke::new(1.0, t.line))
        .corner_radius(CornerRadius::same(size::CARD_RADIUS))
        .inner_margin(Margin::symmetric(14, 11))
        .shadow(eframe::egui::Shadow { offset: [0, 6], blur: 18, spread: 0, color: t.shade.gamma_multiply(0.5) })
}
