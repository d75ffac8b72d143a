//! The window's own widgets: one look, one focus ring, an accessible name for each.

pub mod button;
pub mod callout;
pub mod card;
pub mod check;
pub mod field;
pub mod modal;
pub mod radio;
pub mod segmented;
pub mod side_list;
