//! Draws the screen and returns what a person did; with `app` the only folder that names egui.

pub mod dialogs;
pub mod fonts;
pub mod icon;
pub mod text;
pub mod theme;
pub mod toasts;
pub mod tokens;
pub mod widgets;

pub use icon::Icon;
pub use tokens::{Tokens, tokens};
