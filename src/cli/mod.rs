//! The engine without a window.

pub mod classify;
