//! What all groups of choices share: one holds, arrow keys move on to the next, and Tab stops once.

use eframe::egui::{Id, Key, Modifiers, Rect, Response, Role, Sense, Ui, WidgetInfo};

use crate::ui::widgets::modal::own_arrows;

/// A group while it is being drawn.
pub struct Radio {
    base: Id,
    count: usize,
    holds: usize,
    picked: Option<usize>,
}

impl Radio {
    /// A group of `count` choices, of which `holds` is the one; `salt` tells it from others in the same place.
    pub fn new(ui: &Ui, salt: &str, count: usize, holds: usize) -> Self {
        Self { base: ui.scope_id().with(("radio", salt)), count, holds, picked: None }
    }

    /// One choice: takes clicks in `rect`, and arrow keys while it has the keyboard.
    pub fn choice(&mut self, ui: &Ui, index: usize, rect: Rect, role: Role, name: &str) -> Response {
        let holds = index == self.holds;
        let id = self.base.with(index);
        // One stop for Tab: the choice that holds, or the one that will as soon as the draft is taken in.
        let stops = holds || ui.memory(|memory| memory.has_focus(id));
        let response = ui.interact(rect, id, if stops { Sense::click() } else { Sense::CLICK });
        response.widget_info(|| WidgetInfo::selected(role, ui.is_enabled(), holds, name));
        if response.clicked() {
            self.picked = Some(index);
        }
        if response.has_focus() {
            own_arrows(ui, &response);
            self.picked = step(ui, index, self.count).or(self.picked);
        }
        response
    }

    /// Puts the keyboard on the choice that holds.
    pub fn focus(&self, ui: &Ui) {
        ui.memory_mut(|memory| memory.request_focus(self.base.with(self.holds)));
    }

    /// Ends the group: the keyboard follows what was picked. Returns it when it is another one.
    pub fn end(self, ui: &Ui) -> Option<usize> {
        let picked = self.picked?;
        // Only now: a choice that is drawn after this one would see the keyboard and the key in the same frame.
        ui.memory_mut(|memory| memory.request_focus(self.base.with(picked)));
        Some(picked).filter(|picked| *picked != self.holds)
    }
}

/// Where an arrow key leads from here, round the ends.
fn step(ui: &Ui, index: usize, count: usize) -> Option<usize> {
    ui.input_mut(|input| {
        let mut pressed = |one, other| input.consume_key(Modifiers::NONE, one) || input.consume_key(Modifiers::NONE, other);
        if pressed(Key::ArrowDown, Key::ArrowRight) {
            Some((index + 1) % count.max(1))
        } else if pressed(Key::ArrowUp, Key::ArrowLeft) {
            Some((index + count.saturating_sub(1)) % count.max(1))
        } else {
            None
        }
    })
}
