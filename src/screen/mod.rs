//! What the window shows, as plain data: (Screen, Action) → effects, (Screen, Event) → effects. No egui.

pub mod absorb;
pub mod action;
pub mod connect;
pub mod dialog;
pub mod enabled;
pub mod form;
pub mod import_form;
pub mod keys;
pub mod leave;
pub mod location;
pub mod navigate;
pub mod pane;
pub mod reduce;
pub mod rows;
pub mod selection;
pub mod settings_form;
pub mod state;
pub mod suggest;
pub mod toasts;
pub mod tree;
pub mod typed_limits;
pub mod typed_master;
pub mod typed_schedule;
pub mod verb;

#[cfg(test)]
mod tests;

pub use action::{Action, Effect};
pub use dialog::Dialog;
pub use pane::{Pane, Side};
pub use state::{PanelTab, Screen};
pub use verb::Verb;
