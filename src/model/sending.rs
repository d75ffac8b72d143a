//! Which of two ways of sending a file is the quicker one: the system's own hand, which costs least, or copying, which some receivers are
//! quicker with (what is copied is still in the processor's cache as a server on the same machine takes it).

use std::time::{Duration, Instant};

/// A way of sending.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// The system sends what it has of the file (sendfile).
    BySystem,
    /// It is read, and written to the connection.
    Copied,
}

/// What goes each way before it is measured: buffers fill, and a new connection begins slowly.
const BEFORE: u64 = 16 << 20;
/// What is measured of each way.
const MEASURED: u64 = 32 << 20;
/// Copying is worth its work when it is this much quicker.
const QUICKER: f64 = 1.15;

/// Tries both ways at the beginning of a large file.
#[derive(Debug)]
pub struct Trial {
    way: Way,
    is_over: bool,
    /// Bytes that went this way, and since when they are measured.
    moved: u64,
    since: Option<Instant>,
    by_system: Duration,
}

impl Default for Trial {
    fn default() -> Self {
        Self { way: Way::BySystem, is_over: false, moved: 0, since: None, by_system: Duration::ZERO }
    }
}

impl Trial {
    /// No trial: everything goes this way.
    #[must_use]
    pub fn only(way: Way) -> Self {
        Self { way, is_over: true, ..Self::default() }
    }

    /// Which way the next bytes go.
    #[must_use]
    pub fn way(&self) -> Way {
        self.way
    }

    /// So many bytes more have gone, by now.
    pub fn moved(&mut self, now: Instant, bytes: u64) {
        if self.is_over {
            return;
        }
        self.moved += bytes;
        let Some(since) = self.since else {
            if self.moved >= BEFORE {
                (self.moved, self.since) = (0, Some(now));
            }
            return;
        };
        if self.moved < MEASURED {
            return;
        }
        let took = now.saturating_duration_since(since);
        match self.way {
            Way::BySystem => {
                self.by_system = took;
                (self.way, self.moved, self.since) = (Way::Copied, 0, None);
            }
            Way::Copied => {
                self.is_over = true;
                if took.mul_f64(QUICKER) > self.by_system {
                    self.way = Way::BySystem;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sends 256 MiB at these speeds, in milliseconds a MiB, and tells how much went each way.
    fn send(by_system: u64, copied: u64) -> (u64, u64) {
        let (mut trial, mut now) = (Trial::default(), Instant::now());
        let (mut system, mut copies) = (0, 0);
        for _ in 0..256 {
            let took = if trial.way() == Way::BySystem { by_system } else { copied };
            *(if trial.way() == Way::BySystem { &mut system } else { &mut copies }) += 1;
            now += Duration::from_millis(took);
            trial.moved(now, 1 << 20);
        }
        (system, copies)
    }

    #[test]
    fn copying_is_for_where_it_is_clearly_quicker() {
        assert_eq!(send(100, 60), (48, 208));
        for copied in [90, 100, 140] {
            assert_eq!(send(100, copied), (208, 48), "{copied}");
        }
    }

    #[test]
    fn small_files_are_not_tried_on() {
        let mut trial = Trial::default();
        trial.moved(Instant::now(), BEFORE + MEASURED - 1);
        assert_eq!(trial.way(), Way::BySystem);
        let mut copied = Trial::only(Way::Copied);
        (0..100).for_each(|_| copied.moved(Instant::now(), 1 << 20));
        assert_eq!(copied.way(), Way::Copied);
    }
}
