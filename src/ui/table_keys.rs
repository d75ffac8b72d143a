//! Keys of a table that has the keyboard: the cursor, and letters that find a name.

use eframe::egui::{Event, EventFilter, Key, Modifiers, Ui};

use crate::screen::action::{Extend, Move};
use crate::screen::{Action, Side};
use crate::ui::pane;
use crate::ui::tokens::size;
use crate::ui::view::View;

/// Turns keys into actions; other keys stay for the verbs.
pub fn handle(ui: &Ui, view: &View<'_>, side: Side, height: f32, actions: &mut Vec<Action>) {
    let filter = EventFilter { vertical_arrows: true, horizontal_arrows: true, tab: true, escape: true };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(pane::id(side), filter));
    let page = page_rows(height);
    ui.input_mut(|input| {
        let now = input.time;
        input.events.retain(|event| match event {
            Event::Key { key, pressed: true, modifiers, .. } => match cursor_move(*key, *modifiers, page) {
                Some((to, extend)) => {
                    actions.push(Action::MoveCursor { side, to, extend });
                    false
                }
                None => true,
            },
            // A blank selects, unless it goes on with a name that is being typed.
            Event::Text(text) if text != " " || is_typing(view, side, now) => {
                actions.push(Action::TypeAhead { side, text: text.clone(), now });
                false
            }
            _ => true,
        });
    });
}

fn is_typing(view: &View<'_>, side: Side, now: f64) -> bool {
    let (typed, at) = &view.screen.pane(side).typed;
    !typed.is_empty() && now - at < 1.0
}

/// How far Page Up and Page Down go.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "at least one, and no screen is that high")]
fn page_rows(height: f32) -> usize {
    (height / size::ROW - 1.0).floor().max(1.0) as usize
}

fn cursor_move(key: Key, modifiers: Modifiers, page: usize) -> Option<(Move, Extend)> {
    if modifiers.alt {
        return None;
    }
    let to = match key {
        Key::ArrowUp => Move::Up,
        Key::ArrowDown => Move::Down,
        Key::PageUp => Move::PageUp(page),
        Key::PageDown => Move::PageDown(page),
        Key::Home => Move::First,
        Key::End => Move::Last,
        _ => return None,
    };
    let extend = match (modifiers.shift, modifiers.command) {
        (true, _) => Extend::Range,
        (_, true) => Extend::Toggle,
        _ => Extend::Replace,
    };
    Some((to, extend))
}
