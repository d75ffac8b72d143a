//! What the window shows, as plain data: (Screen, Action) → effects, (Screen, Event) → effects. No egui.

pub mod absorb;
pub mod action;
pub mod dialog;
pub mod keys;
pub mod pane;
pub mod reduce;
pub mod state;
pub mod verb;

pub use action::{Action, Effect};
pub use dialog::Dialog;
pub use pane::{Pane, Side};
pub use state::{PanelTab, Screen};
pub use verb::Verb;
