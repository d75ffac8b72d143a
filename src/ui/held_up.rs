//! What holds transfers up: a full disk or a quota that a person has to mend, a queue that cannot be saved.

use eframe::egui::{Align, Layout, Rect, Ui, UiBuilder, pos2, vec2};

use crate::model::cause::Cause;
use crate::model::transfer::Direction;
use crate::screen::Action;
use crate::ui::icon::Icon;
use crate::ui::paint::Line;
use crate::ui::tokens::tokens;
use crate::ui::view::View;
use crate::ui::widgets::button;

/// The height of a line.
const HEIGHT: f32 = 38.0;

/// One line.
struct Obstacle<'a> {
    what: &'static str,
    sentence: String,
    further: &'a str,
    go_on: &'static str,
    /// What follows from going on.
    hint: &'static str,
    action: Action,
}

fn waiting(view: &View<'_>) -> impl Iterator<Item = (Direction, Cause)> {
    let queue = &view.screen.queue;
    [(Direction::Upload, queue.uploads_wait), (Direction::Download, queue.downloads_wait)]
        .into_iter()
        .filter_map(|(direction, cause)| cause.map(|cause| (direction, cause)))
}

/// How high it is: nothing when nothing is held up.
pub fn height(view: &View<'_>) -> f32 {
    let unsaved = view.screen.queue.waits_for_saving.then_some(HEIGHT);
    waiting(view).map(|_| HEIGHT).chain(unsaved).sum()
}

fn obstacles<'a>(view: &View<'a>) -> impl Iterator<Item = Obstacle<'a>> {
    let unsaved = view.screen.queue.waits_for_saving.then(|| Obstacle {
        what: "Unsaved",
        sentence: "The queue cannot be saved: nothing new begins until it can.".to_owned(),
        further: &view.screen.why_unsaved,
        go_on: "Go on without saving",
        hint: "Transfers go on. If Moorline is ended before the queue can be saved, the next start may do again what was done by then.",
        action: Action::GoOnUnsaved,
    });
    let directions = waiting(view).map(|(direction, cause)| {
        let (what, go_on) = match direction {
            Direction::Upload => ("Uploads wait", "Go on with uploads"),
            Direction::Download => ("Downloads wait", "Go on with downloads"),
        };
        let sentence = format!("{what}: {}.", cause.why());
        Obstacle { what, sentence, further: cause.advice(), go_on, hint: "", action: Action::GoOn(direction) }
    });
    unsaved.into_iter().chain(directions)
}

/// Draws a line for everything that holds something up.
pub fn show(ui: &mut Ui, view: &View<'_>, actions: &mut Vec<Action>) {
    let area = ui.max_rect();
    let t = tokens(ui);
    ui.painter().rect_filled(area, 0.0, t.bad_ground);
    let mut top = area.top();
    for Obstacle { what, sentence, further, go_on, hint, action } in obstacles(view) {
        let row = Rect::from_min_size(pos2(area.left(), top), vec2(area.width(), HEIGHT));
        top = row.bottom();
        Icon::CIRCLE_ALERT.paint(ui.painter(), pos2(row.left() + 24.0, row.center().y), 18.0, t.bad);
        let side = UiBuilder::new().max_rect(row.shrink2(vec2(12.0, 0.0))).id_salt(what);
        let mut buttons = ui.new_child(side.layout(Layout::right_to_left(Align::Center)));
        let mut button = button::quiet_button(&mut buttons, go_on);
        if !hint.is_empty() {
            button = button.on_hover_text(hint);
        }
        if button.clicked() {
            actions.push(action);
        }
        let right = buttons.min_rect().left() - 16.0;
        let words = Rect::from_min_max(pos2(row.left() + 46.0, row.center().y - 9.0), pos2(right, row.center().y + 9.0));
        ui.scope_builder(UiBuilder::new().max_rect(words).id_salt((what, "words")), |ui| {
            let line = Line::new(ui).on_fill().strong(&sentence).subdued("  ").subdued(further);
            line.show_truncated(ui).on_hover_text(format!("{sentence} {further}"));
        });
    }
}
