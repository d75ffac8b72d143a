//! Ctrl+C and a polite request to end: transfers stop where they can go on later; a second one ends at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Whether a person wants the program to end.
#[derive(Clone, Debug)]
pub(super) struct Interrupt {
    asked: Arc<AtomicBool>,
}

impl Interrupt {
    /// Listens from now on. A system that does not let us is no reason not to work: then the signal ends the program.
    pub(super) fn listen() -> Self {
        let asked = Arc::new(AtomicBool::new(false));
        let flag = Arc::clone(&asked);
        let set = ctrlc::try_set_handler(move || {
            if flag.swap(true, Ordering::SeqCst) {
                std::process::exit(1);
            }
        });
        if let Err(error) = set {
            tracing::warn!(%error, "interrupts end the program at once");
        }
        Self { asked }
    }

    /// Whether it was asked for.
    pub(super) fn is_asked(&self) -> bool {
        self.asked.load(Ordering::SeqCst)
    }
}
