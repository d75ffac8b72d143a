//! Keys to verbs: what egui reports, in the words of the screen's key tables.

use eframe::egui::{self, Context, Event, Popup};

use crate::screen::keys::{Key, Modifiers, verb_for};
use crate::screen::state::Focus;
use crate::screen::{Action, Screen, Verb};
use crate::ui::{address, pane, panel_ground, sites};

/// The widget that has the keyboard when it is at this place.
#[must_use]
pub fn focus_id(screen: &Screen, focus: Focus) -> egui::Id {
    match focus {
        Focus::Pane => pane::id(screen.active),
        Focus::Sites => sites::id(),
        Focus::Panel => panel_ground::id(),
        Focus::Address => address::id(),
    }
}

/// Takes the keys that mean a verb out of this frame's input; other keys stay for the widgets.
pub fn take_verbs(ctx: &Context, screen: &Screen, actions: &mut Vec<Action>) {
    if screen.dialog.is_some() || !screen.questions.is_empty() || Popup::is_any_open(ctx) {
        return;
    }
    let typing = ctx.text_edit_focused();
    let focused = ctx.memory(|memory| memory.focused());
    let here = [Focus::Pane, Focus::Sites, Focus::Panel].into_iter().find(|focus| focused == Some(focus_id(screen, *focus)));
    // A button that has the keyboard uses Enter and the blank itself.
    let on_widget = focused.is_some() && here.is_none();
    let focus = if typing { Focus::Address } else { here.unwrap_or(screen.focus) };
    let in_pane = focus == Focus::Pane && !typing && !on_widget;
    ctx.input_mut(|input| {
        let (now, shift) = (input.time, input.modifiers.shift);
        input.events.retain(|event| match event {
            Event::Key { key: egui::Key::F6, pressed: true, modifiers, .. } => {
                actions.extend(next_place(screen, focus, modifiers.shift));
                false
            }
            Event::Key { key: egui::Key::Tab, pressed: true, modifiers, .. } if in_pane && modifiers.shift => {
                actions.extend(next_place(screen, focus, true));
                false
            }
            Event::Key { key, pressed: true, modifiers, .. } => {
                let Some(verb) = verb_of(*key, *modifiers, focus) else { return true };
                let plain = !modifiers.any() && !is_function_key(*key);
                let goes_on_typing = *key == egui::Key::Space && is_typing_ahead(screen, now);
                if (plain && (typing || on_widget)) || goes_on_typing {
                    return true;
                }
                actions.push(Action::Do(verb));
                false
            }
            // Windows has Shift+Delete for cutting too, and so it is reported; Ctrl+X comes without Shift.
            Event::Cut if in_pane && shift && cfg!(windows) => {
                actions.push(Action::Do(Verb::DeleteForGood));
                false
            }
            Event::Paste(_) if in_pane => {
                actions.push(Action::Do(Verb::PasteFiles));
                false
            }
            _ => true,
        });
    });
}

/// The next place that takes the keyboard: address, sites, panes, lower panel, and round again.
fn next_place(screen: &Screen, from: Focus, backwards: bool) -> Option<Action> {
    let mut places = vec![Focus::Address, Focus::Sites, Focus::Pane, Focus::Panel];
    if screen.sites_hidden {
        places.retain(|place| *place != Focus::Sites);
    }
    let at = places.iter().position(|place| *place == from).unwrap_or(0);
    let step = if backwards { places.len() - 1 } else { 1 };
    let next = (at + step) % places.len();
    places.get(next).copied().map(Action::Focus)
}

fn is_typing_ahead(screen: &Screen, now: f64) -> bool {
    let (typed, at) = &screen.pane(screen.active).typed;
    !typed.is_empty() && now - at < 1.0
}

fn is_function_key(key: egui::Key) -> bool {
    matches!(function_key(key), Some(Key::Function(_)))
}

fn verb_of(key: egui::Key, held: egui::Modifiers, focus: Focus) -> Option<Verb> {
    // A Mac's Control is a key of its own beside Command, and no verb has it.
    if held.ctrl && (held.mac_cmd || !held.command) {
        return None;
    }
    let shifted_plus = key == egui::Key::Plus;
    let modifiers = Modifiers { ctrl: held.command, shift: held.shift && !shifted_plus, alt: held.alt };
    verb_for(screen_key(key)?, modifiers, focus)
}

fn function_key(key: egui::Key) -> Option<Key> {
    let number = key.name().strip_prefix('F')?.parse().ok()?;
    (1..=12).contains(&number).then_some(Key::Function(number))
}

/// egui's name of a key in the words of the key tables.
fn screen_key(key: egui::Key) -> Option<Key> {
    Some(match key {
        egui::Key::Enter => Key::Enter,
        egui::Key::Delete => Key::Delete,
        egui::Key::Backspace => Key::Backspace,
        egui::Key::Insert => Key::Insert,
        egui::Key::Space => Key::Space,
        egui::Key::Tab => Key::Tab,
        egui::Key::Home => Key::Home,
        egui::Key::ArrowLeft => Key::Left,
        egui::Key::ArrowRight => Key::Right,
        egui::Key::ArrowUp => Key::Up,
        egui::Key::ArrowDown => Key::Down,
        egui::Key::End => Key::End,
        egui::Key::Period => Key::Period,
        egui::Key::Comma => Key::Comma,
        egui::Key::Plus => Key::Plus,
        egui::Key::Equals => Key::Equals,
        egui::Key::Minus => Key::Minus,
        other => {
            let mut letters = other.name().chars();
            match (letters.next(), letters.next()) {
                (Some(letter), None) if letter.is_ascii_alphabetic() => Key::Letter(letter.to_ascii_uppercase()),
                (Some(digit), None) => Key::Digit(u8::try_from(digit.to_digit(10)?).ok()?),
                _ => function_key(other)?,
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_of_the_tables_can_be_pressed() {
        let reachable: Vec<Key> = egui::Key::ALL.iter().filter_map(|key| screen_key(*key)).collect();
        for verb in Verb::ALL {
            for shortcut in crate::screen::keys::keys_of(*verb) {
                assert!(reachable.contains(&shortcut.key), "{shortcut} of {verb:?}");
            }
        }
    }

    #[test]
    fn control_beside_command_means_no_verb() {
        let (ctrl, command) = (egui::Modifiers::CTRL, egui::Modifiers { mac_cmd: true, command: true, ..egui::Modifiers::NONE });
        let elsewhere = egui::Modifiers { ctrl: true, command: true, ..egui::Modifiers::NONE };
        let with_r = |held| verb_of(egui::Key::R, held, Focus::Panel);
        assert_eq!(with_r(command), Some(Verb::Reconnect));
        assert_eq!(with_r(elsewhere), Some(Verb::Reconnect));
        assert_eq!(with_r(ctrl), None, "it is not the R alone that it would be without");
        assert_eq!(with_r(ctrl | command), None);
    }

    #[test]
    fn places_go_round_in_both_directions_and_leave_out_what_is_hidden() {
        let mut screen = Screen::default();
        assert_eq!(next_place(&screen, Focus::Panel, false), Some(Action::Focus(Focus::Address)));
        assert_eq!(next_place(&screen, Focus::Pane, true), Some(Action::Focus(Focus::Sites)));
        screen.sites_hidden = true;
        assert_eq!(next_place(&screen, Focus::Pane, true), Some(Action::Focus(Focus::Address)));
    }
}
