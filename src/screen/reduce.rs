//! (Screen, Action) → effects.

use crate::screen::{Action, Effect, Screen};

/// Applies what a person did and returns what has to be done outside.
pub fn reduce(screen: &mut Screen, action: Action) -> Vec<Effect> {
    let _ = (screen, action);
    Vec::new()
}
