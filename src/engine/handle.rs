//! The engine's handle: owns the inbox and the named worker thread; dropping it stops the thread.

use std::io;
use std::sync::Arc;

use crate::engine::command::Command;
use crate::engine::event::Event;
use crate::engine::log_view::LogView;
use crate::engine::queue_view::QueueView;
use crate::store::places::Places;

/// Called from the worker when there is something new to see. Must return at once.
pub trait Waker: Send + Sync + 'static {
    /// Something is new.
    fn wake(&self);
}

/// How the engine is started.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where things are kept; `None` keeps nothing (the command line's one-off runs, tests).
    pub places: Option<Places>,
    /// Whether the system keyring is used.
    pub keyring: bool,
    /// Whether the saved queue is loaded and kept (only the window does).
    pub keep_queue: bool,
}

/// A running engine.
pub struct Engine {
    queue: QueueView,
    log: LogView,
}

impl Engine {
    /// Starts the worker thread.
    ///
    /// # Errors
    /// The system refuses a thread or the runtime.
    pub fn start(options: Options, waker: Arc<dyn Waker>) -> io::Result<Self> {
        let _ = (options, waker);
        unimplemented!()
    }

    /// Sends a command; returns at once. After the worker has ended it does nothing.
    pub fn send(&self, command: Command) {
        let _ = command;
    }

    /// The next event of the current session, if there is one.
    #[must_use]
    pub fn next_event(&self) -> Option<Event> {
        None
    }

    /// Waits for the next event, up to `timeout`.
    #[must_use]
    pub fn wait_event(&self, timeout: std::time::Duration) -> Option<Event> {
        let _ = timeout;
        None
    }

    /// The queue, read where it is drawn.
    #[must_use]
    pub fn queue(&self) -> &QueueView {
        &self.queue
    }

    /// The protocol log.
    #[must_use]
    pub fn log(&self) -> &LogView {
        &self.log
    }
}
