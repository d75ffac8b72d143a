//! The window's own widgets: one look, one focus ring, an accessible name for each.

pub mod button;
