//! Draws the screen and returns what a person did; with `app` the only folder that names egui.

pub mod address;
pub mod banner;
mod bookmarks;
pub mod columns;
pub mod dialogs;
pub mod drop;
pub mod file_icon;
pub mod fonts;
pub mod icon;
pub mod layout;
pub mod log;
pub mod lower_panel;
pub mod paint;
pub mod pane;
pub mod pane_menu;
pub mod path_header;
pub mod queue;
pub mod queue_row;
pub mod site_context;
pub mod site_menu;
pub mod sites;
pub mod strip;
pub mod table;
pub mod table_header;
pub mod table_keys;
pub mod text;
pub mod theme;
pub mod toasts;
pub mod tokens;
pub mod top_bar;
pub mod verbs;
pub mod view;
pub mod widgets;

pub use icon::Icon;
pub use tokens::{Tokens, tokens};
pub use view::View;
