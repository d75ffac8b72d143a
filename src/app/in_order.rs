//! Takes what a person did one after the other: what a click changes is so before the key behind it is read.

use std::collections::VecDeque;

use eframe::egui::{Context, Event, Key, RawInput};

/// Events that wait for the pictures after this one. On a busy machine a click and the key behind it come for the same picture: read
/// together, the key would mean what was selected before the click.
#[derive(Default)]
pub struct InOrder {
    waiting: VecDeque<Event>,
    /// How many were given out that no picture has read yet: they come again, in front of what is new.
    given: usize,
}

impl InOrder {
    /// Leaves in the input what belongs to this picture, and keeps the rest; whoever feeds the window calls it before each frame, also
    /// before those that are not drawn.
    pub fn admit(&mut self, input: &mut RawInput) {
        let again = self.given.min(input.events.len());
        self.waiting.extend(input.events.split_off(again));
        if again == 0 {
            self.begin(input);
        }
        self.given = input.events.len();
    }

    /// A picture has read what was given.
    pub fn shown(&mut self, ctx: &Context) {
        self.given = 0;
        if !self.waiting.is_empty() {
            ctx.request_repaint();
        }
    }

    fn begin(&mut self, input: &mut RawInput) {
        let mut is_over = false;
        while let Some(event) = self.waiting.pop_front() {
            is_over |= is_act(&event);
            let goes_on = match (&event, self.waiting.front()) {
                (_, None) => false,
                // What a key writes belongs to it.
                (Event::Key { pressed: true, .. }, Some(Event::Text(_))) => true,
                // A key that is held: a picture for each of its strokes would go on after it was let go.
                (
                    Event::Key { key, pressed: true, modifiers, .. },
                    Some(Event::Key { key: next, pressed: true, modifiers: held, .. }),
                ) if key == next && modifiers == held && is_held(*key) => true,
                // What was typed is taken in before a key acts: it may have moved the cursor.
                (Event::Text(_), Some(next)) => !is_over && !is_act(next),
                _ => !is_over,
            };
            input.events.push(event);
            if !goes_on {
                break;
            }
        }
    }
}

/// Whether the key does the same again while it is held.
fn is_held(key: Key) -> bool {
    is_arrow(key) || matches!(key, Key::PageUp | Key::PageDown | Key::Backspace)
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
            in_order.admit(&mut input);
            pictures.push(std::mem::take(&mut input.events));
            in_order.shown(&ctx);
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
        let down = key(Key::ArrowDown, true);
        let expected = [vec![copy.clone()], vec![down.clone(), down.clone()], vec![copy.clone()]];
        assert_eq!(pictures(vec![copy.clone(), down.clone(), down, copy]), expected, "a key that is held is one");
    }

    #[test]
    fn what_a_key_writes_belongs_to_it_and_comes_before_the_next_key() {
        let blank = [key(Key::Space, true), Event::Text(" ".into())];
        let typed = [key(Key::R, true), Event::Text("r".into())];
        let delete = [key(Key::Delete, true)];
        let events = [&blank[..], &typed, &delete].concat();
        assert_eq!(pictures(events), [blank.to_vec(), typed.to_vec(), delete.to_vec()]);
    }

    #[test]
    fn what_no_picture_has_read_comes_again_in_front() {
        let (ctx, mut in_order) = (Context::default(), InOrder::default());
        let (click, delete) = (vec![button(true, Modifiers::NONE), button(false, Modifiers::NONE)], key(Key::Delete, true));
        let mut input = RawInput { events: [click.clone(), vec![delete.clone()]].concat(), ..RawInput::default() };
        for _ in 0..3 {
            // A window that is not drawn keeps what was left in its input.
            in_order.admit(&mut input);
            assert_eq!(input.events, click);
        }
        in_order.shown(&ctx);
        input.events.clear();
        in_order.admit(&mut input);
        assert_eq!(input.events, [delete]);
    }
}
