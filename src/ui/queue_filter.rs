//! What a tab of the queue shows and in which order: the filter field and the menu of orders.

use eframe::egui::{
    Align2, CornerRadius, EventFilter, Frame, Id, Key, Popup, Rect, Sense, Stroke, StrokeKind, TextEdit, Ui, pos2, vec2,
};

use crate::model::arrangement::{ArrangeBy, Arrangement};
use crate::model::transfer::QueueTab;
use crate::screen::{Action, Verb};
use crate::ui::icon::Icon;
use crate::ui::panel_ground;
use crate::ui::tokens::{size, tokens};
use crate::ui::top_bar::field_ground;
use crate::ui::verbs;
use crate::ui::view::View;
use crate::ui::widgets::button;

/// The identity of the filter field, for the focus.
#[must_use]
pub fn id() -> Id {
    Id::unique("queue filter")
}

/// From the right: the menu of orders, the filter's button, its field while it is open.
pub fn show(ui: &mut Ui, view: &View<'_>, tab: QueueTab, actions: &mut Vec<Action>) {
    ui.spacing_mut().item_spacing.x = 1.0;
    order_menu(ui, &view.screen.queue_arrangement.under(tab), tab, actions);
    let screen = view.screen;
    let key = verbs::key(Verb::Filter).unwrap_or_default();
    let tooltip = format!("Show only the transfers whose path contains a text, or whose name matches *.php ({key})");
    if button::icon_button(ui, Icon::LIST_FILTER, "Filter transfers", &tooltip).clicked() {
        actions.push(Action::ShowQueueFilter(!screen.queue_filter_open));
    }
    if screen.queue_filter_open {
        field(ui, view, actions);
    }
    ui.spacing_mut().item_spacing.x = 8.0;
}

fn order_menu(ui: &mut Ui, arrangement: &Arrangement, tab: QueueTab, actions: &mut Vec<Action>) {
    let name = format!("Sorted by {}", arrangement.by.label().to_lowercase());
    let response = button::icon_button(ui, Icon::ARROW_UP_DOWN, &name, "Sort what is shown; the order in which it runs stays");
    if arrangement.by != ArrangeBy::RunOrder {
        let mark = response.rect.right_top() + vec2(-7.0, 7.0);
        ui.painter().circle_filled(mark, 2.5, tokens(ui).accent);
    }
    Popup::menu(&response).gap(4.0).show(|ui| {
        verbs::begin_menu(ui);
        for &by in ArrangeBy::offered(tab) {
            let icon = match (arrangement.by == by, arrangement.descending) {
                (false, _) => None,
                (true, _) if by == ArrangeBy::RunOrder => Some(Icon::CHECK),
                (true, false) => Some(Icon::CHEVRON_UP),
                (true, true) => Some(Icon::CHEVRON_DOWN),
            };
            if verbs::menu_row(ui, icon, by.label(), None, None).clicked() {
                actions.push(Action::ArrangeQueue(by));
            }
        }
    });
}

fn field(ui: &mut Ui, view: &View<'_>, actions: &mut Vec<Action>) {
    let t = tokens(ui);
    let (rect, _) = ui.allocate_exact_size(vec2(180.0_f32.min(ui.available_width().max(60.0)), 26.0), Sense::hover());
    field_ground(ui, rect, false);
    Icon::LIST_FILTER.paint(ui.painter(), pos2(rect.left() + 13.0, rect.center().y), 12.0, t.subdued_on_fill);
    let mut text = view.screen.queue_arrangement.filter.clone();
    let inner = Rect::from_min_max(rect.min + vec2(24.0, 0.0), rect.max - vec2(24.0, 0.0));
    let edit = TextEdit::singleline(&mut text)
        .id(id())
        .frame(Frame::NONE)
        .hint_text(eframe::egui::RichText::new("Name or path").color(t.subdued_on_fill))
        .align(Align2::LEFT_CENTER)
        .desired_width(inner.width())
        .event_filter(EventFilter { escape: true, horizontal_arrows: true, vertical_arrows: true, tab: false });
    let response = ui.put(inner, edit).accessible_name("Filter, transfers".to_owned());
    // It takes the keyboard when it appears.
    let shown = Id::unique("queue filter was shown");
    let frame = ui.ctx().cumulative_pass_nr();
    let last = ui.data_mut(|data| data.get_temp_mut_or(shown, 0_u64).to_owned());
    ui.data_mut(|data| data.insert_temp(shown, frame));
    if last.saturating_add(1) < frame {
        response.request_focus();
    }
    if response.changed() {
        actions.push(Action::FilterQueue(text));
    }
    let close = Rect::from_center_size(pos2(rect.right() - 13.0, rect.center().y), vec2(20.0, 20.0));
    let cross = ui.interact(close, ui.scope_id().with("close queue filter"), Sense::click());
    let cross =
        button::icon_button_at(ui, close, cross, Icon::X, "Close the filter of transfers", "Show everything again (Escape)", None);
    let (escape, done) =
        ui.input(|input| (input.key_pressed(Key::Escape), input.key_pressed(Key::Enter) || input.key_pressed(Key::ArrowDown)));
    if cross.clicked() || (response.has_focus() && escape) {
        actions.push(Action::ShowQueueFilter(false));
        ui.memory_mut(|memory| memory.request_focus(panel_ground::id()));
    } else if (response.has_focus() || response.lost_focus()) && done {
        // The field lets go of the keyboard by itself when Enter is pressed.
        ui.memory_mut(|memory| memory.request_focus(panel_ground::id()));
    }
    if response.has_focus() {
        let stroke = Stroke::new(2.0, t.accent);
        ui.painter().rect_stroke(rect, CornerRadius::same(size::RADIUS), stroke, StrokeKind::Inside);
    }
}
