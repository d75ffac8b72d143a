//! What holds uploads or downloads up until a person has mended it: a full disk, a quota.

use eframe::egui::{Align, Layout, Rect, Ui, UiBuilder, pos2, vec2};

use crate::model::cause::Cause;
use crate::model::transfer::Direction;
use crate::screen::Action;
use crate::ui::icon::Icon;
use crate::ui::paint::Line;
use crate::ui::tokens::tokens;
use crate::ui::view::View;
use crate::ui::widgets::button;

/// The height for one direction.
const HEIGHT: f32 = 38.0;

fn waiting(view: &View<'_>) -> impl Iterator<Item = (Direction, Cause)> {
    let queue = &view.screen.queue;
    [(Direction::Upload, queue.uploads_wait), (Direction::Download, queue.downloads_wait)]
        .into_iter()
        .filter_map(|(direction, cause)| cause.map(|cause| (direction, cause)))
}

/// How high it is: nothing when nothing is held up.
pub fn height(view: &View<'_>) -> f32 {
    waiting(view).map(|_| HEIGHT).sum()
}

/// Draws a line for each direction that waits.
pub fn show(ui: &mut Ui, view: &View<'_>, actions: &mut Vec<Action>) {
    let area = ui.max_rect();
    let t = tokens(ui);
    ui.painter().rect_filled(area, 0.0, t.bad_ground);
    let mut top = area.top();
    for (direction, cause) in waiting(view) {
        let row = Rect::from_min_size(pos2(area.left(), top), vec2(area.width(), HEIGHT));
        top = row.bottom();
        let (what, go_on) = match direction {
            Direction::Upload => ("Uploads wait", "Go on with uploads"),
            Direction::Download => ("Downloads wait", "Go on with downloads"),
        };
        Icon::CIRCLE_ALERT.paint(ui.painter(), pos2(row.left() + 24.0, row.center().y), 18.0, t.bad);
        let mut buttons = ui.new_child(
            UiBuilder::new().max_rect(row.shrink2(vec2(12.0, 0.0))).id_salt(what).layout(Layout::right_to_left(Align::Center)),
        );
        if button::quiet_button(&mut buttons, go_on).clicked() {
            actions.push(Action::GoOn(direction));
        }
        let right = buttons.min_rect().left() - 16.0;
        let words = Rect::from_min_max(pos2(row.left() + 46.0, row.center().y - 9.0), pos2(right, row.center().y + 9.0));
        ui.scope_builder(UiBuilder::new().max_rect(words).id_salt((what, "words")), |ui| {
            let sentence = format!("{what}: {}.", cause.why());
            let line = Line::new(ui).on_fill().strong(&sentence).subdued("  ").subdued(cause.advice());
            line.show_truncated(ui).on_hover_text(format!("{sentence} {}", cause.advice()));
        });
    }
}
