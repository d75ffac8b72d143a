//! (Screen, Event) → effects.

use crate::engine::Event;
use crate::screen::{Effect, Screen};

/// Takes in what the engine reports; `now` is the window's clock in seconds.
pub fn absorb(screen: &mut Screen, event: Event, now: f64) -> Vec<Effect> {
    let _ = (screen, event, now);
    Vec::new()
}
