//! Ctrl+C and a polite request to end: transfers stop where they can go on later; a second one ends at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Whether a person wants the program to end.
#[derive(Clone, Debug)]
pub(super) struct Interrupt {
    asked: Arc<AtomicBool>,
}

impl Interrupt {
    /// Listens from now on. Where a signal is ignored on purpose (under `nohup`, in the background of a script) that is left
    /// as it is, and the others end the program at once: what has arrived is kept then, too.
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
