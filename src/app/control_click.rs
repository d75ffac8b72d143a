//! A Mac's click with Control: there it is the second button's, also with a mouse or a hand that has only one.

use eframe::egui::{Event, PointerButton};

/// Follows the first button from its press to its release.
#[derive(Default)]
pub struct ControlClick {
    is_held: bool,
}

impl ControlClick {
    /// Makes clicks with Control the second button's. Not for systems where Control chooses one more row.
    pub fn translate(&mut self, events: &mut [Event]) {
        for event in events {
            let Event::PointerButton { button: button @ PointerButton::Primary, pressed, modifiers, .. } = event else { continue };
            if *pressed {
                self.is_held = modifiers.ctrl;
            }
            if self.is_held {
                *button = PointerButton::Secondary;
            }
            // Whatever is held by then, a button is released as the one that it was pressed as.
            self.is_held &= *pressed;
        }
    }
}

#[cfg(test)]
mod tests {
    use eframe::egui::{Modifiers, Pos2};

    use super::*;

    fn buttons(click: &mut ControlClick, turns: &[(bool, Modifiers)]) -> Vec<PointerButton> {
        let event = |(pressed, modifiers): &(bool, Modifiers)| Event::PointerButton {
            pos: Pos2::ZERO,
            button: PointerButton::Primary,
            pressed: *pressed,
            modifiers: *modifiers,
        };
        let mut events: Vec<Event> = turns.iter().map(event).collect();
        click.translate(&mut events);
        let button = |event: &Event| if let Event::PointerButton { button, .. } = event { Some(*button) } else { None };
        events.iter().filter_map(button).collect()
    }

    #[test]
    fn a_press_with_control_is_the_second_buttons_until_its_release() {
        use PointerButton::{Primary, Secondary};
        let (none, ctrl) = (Modifiers::NONE, Modifiers::CTRL);
        let mut click = ControlClick::default();
        assert_eq!(buttons(&mut click, &[(true, none), (false, ctrl)]), [Primary, Primary]);
        assert_eq!(buttons(&mut click, &[(true, ctrl)]), [Secondary]);
        assert_eq!(buttons(&mut click, &[(false, none), (true, none)]), [Secondary, Primary]);
    }
}
