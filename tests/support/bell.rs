//! A waker that a test waits on: the next look comes after the next wake.

use std::sync::{Condvar, Mutex};
use std::time::Instant;

use moorline::engine::Waker;

/// Counts wakes.
#[derive(Default)]
pub struct Bell {
    rung: Mutex<u64>,
    changed: Condvar,
}

impl Waker for Bell {
    fn wake(&self) {
        *self.rung.lock().unwrap() += 1;
        self.changed.notify_all();
    }
}

impl Bell {
    /// How many wakes there were: read before a look, so that what comes during it is not missed.
    pub fn heard(&self) -> u64 {
        *self.rung.lock().unwrap()
    }

    /// Waits for a wake beyond these; false when `deadline` passed first.
    pub fn rings_beyond(&self, heard: u64, deadline: Instant) -> bool {
        let left = deadline.saturating_duration_since(Instant::now());
        let (_rung, waited) = self.changed.wait_timeout_while(self.rung.lock().unwrap(), left, |rung| *rung == heard).unwrap();
        !waited.timed_out()
    }
}
