//! Moorline: a desktop FTP client whose connection stays moored, whose queue survives, and that proves every file has arrived.
//!
//! The layers and what may import what are described in ARCHITECTURE.md and checked by `tests/layers.rs`.

pub mod app;
pub mod cli;
pub mod engine;
pub mod ftp;
pub mod model;
#[cfg(feature = "practice")]
pub mod practice;
pub mod screen;
pub mod store;
pub mod ui;
