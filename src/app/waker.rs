//! Wakes the window when the engine has something new to show.

use std::time::Duration;

use eframe::egui::Context;

use crate::engine::Waker;

/// How long news are gathered before the window is drawn again: a thousand events a second are thirty drawings.
const GATHER: Duration = Duration::from_millis(33);

/// Wakes a window.
pub struct WindowWaker(Context);

impl WindowWaker {
    /// For the window of this context.
    #[must_use]
    pub fn new(ctx: Context) -> Self {
        Self(ctx)
    }
}

impl Waker for WindowWaker {
    fn wake(&self) {
        self.0.request_repaint_after(GATHER);
    }
}
