//! Takes what a person did one after the other: what a click changes is so before the key behind it is read.

use std::collections::VecDeque;

use eframe::egui::{Context, Event, Key, RawInput};

/// Events that wait for the pictures after this one. On a busy machine a click and the key behind it come for the same picture: read
/// together, the key would mean what was selected before the click.
#[derive(Default)]
pub struct InOrder {
    waiting: VecDeque<Event>,
}

impl InOrder {
    /// Leaves in the input what belongs to this picture, and keeps the rest; whoever feeds the window calls it before each frame.
    pub fn admit(&mut self, ctx: &Context, input: &mut RawInput) {
        self.waiting.extend(input.events.drain(..));
        while let Some(event) = self.waiting.pop_front() {
            let is_turn = is_act(&event);
            input.events.push(event);
            if is_turn && !self.waiting.is_empty() {
                break;
            }
        }
        if !self.waiting.is_empty() {
            ctx.request_repaint();
        }
    }
}

/// Whether the meaning of what comes next may depend on it. Letters that are typed do not.
fn is_act(event: &Event) -> bool {
    match event {
        Event::PointerButton { pressed, .. } => !pressed,
        Event::Key { key, pressed, modifiers, .. } => {
            *pressed && !(is_letter(*key) && !modifiers.ctrl && !modifiers.alt && !modifiers.command)
        }
        Event::Cut | Event::Paste(_) | Event::AccessKitActionRequest(_) => true,
        _ => false,
    }
}

/// Whether the key writes something by itself: its text comes behind it.
fn is_letter(key: Key) -> bool {
    key.symbol_or_name().chars().count() == 1 && !is_arrow(key)
}

fn is_arrow(key: Key) -> bool {
    matches!(key, Key::ArrowUp | Key::ArrowDown | Key::ArrowLeft | Key::ArrowRight)
}

#[cfg(test)]
mod tests {
    use eframe::egui::{Modifiers, PointerButton, pos2};

    use super::*;

    fn button(pressed: bool, modifiers: Modifiers) -> Event {
        Event::PointerButton { pos: pos2(1.0, 1.0), button: PointerButton::Primary, pressed, modifiers }
    }

    fn key(key: Key, pressed: bool) -> Event {
        Event::Key { key, physical_key: None, pressed, repeat: false, modifiers: Modifiers::NONE }
    }

    /// The pictures that so many events make.
    fn pictures(events: Vec<Event>) -> Vec<Vec<Event>> {
        let (ctx, mut in_order) = (Context::default(), InOrder::default());
        let mut input = RawInput { events, ..RawInput::default() };
        let mut pictures = Vec::new();
        loop {
            in_order.admit(&ctx, &mut input);
            pictures.push(std::mem::take(&mut input.events));
            if in_order.waiting.is_empty() {
                return pictures;
            }
        }
    }

    #[test]
    fn a_key_behind_a_click_is_read_in_the_next_picture() {
        let click = vec![Event::PointerMoved(pos2(1.0, 1.0)), button(true, Modifiers::CTRL), button(false, Modifiers::CTRL)];
        let keys = vec![key(Key::Delete, true), key(Key::Delete, false), key(Key::Enter, true), key(Key::Enter, false)];
        let pictures = pictures([click.clone(), keys.clone()].concat());
        assert_eq!(pictures, [click, keys[..1].to_vec(), keys[1..3].to_vec(), keys[3..].to_vec()]);
    }

    #[test]
    fn what_is_typed_needs_one_picture() {
        let typed = ["a", ".", "7", " "].map(|text| Event::Text(text.to_owned()));
        let keys = [Key::A, Key::Period, Key::Num7].map(|letter| key(letter, true));
        let events: Vec<Event> = keys.into_iter().zip(typed).flat_map(|(key, text)| [key, text]).collect();
        assert_eq!(pictures(events.clone()), [events]);
    }

    #[test]
    fn a_letter_with_a_modifier_is_an_act() {
        let copy = Event::Key { key: Key::A, physical_key: None, pressed: true, repeat: false, modifiers: Modifiers::CTRL };
        assert_eq!(pictures(vec![copy.clone(), key(Key::ArrowDown, true), key(Key::ArrowDown, true), copy]).len(), 4);
    }
}
