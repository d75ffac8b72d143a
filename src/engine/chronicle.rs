//! What happened on the connections, as it is read from outside: the last happenings, bounded.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;

use crate::ftp::dial::WireEvent;
use crate::model::timeline::{Happening, What};

/// How many are kept.
const KEPT: usize = 4_000;

/// A cheap handle to what happened.
#[derive(Clone, Debug, Default)]
pub struct Chronicle {
    kept: Arc<Mutex<VecDeque<Happening>>>,
}

impl Chronicle {
    /// All that is kept, oldest first.
    #[must_use]
    pub fn happenings(&self) -> Vec<Happening> {
        self.lock().iter().cloned().collect()
    }

    /// Notes something; the oldest goes when there is too much.
    pub(crate) fn note(&self, connection: u16, what: What) {
        let mut kept = self.lock();
        if kept.len() == KEPT {
            kept.pop_front();
        }
        kept.push_back(Happening { at: Timestamp::now(), connection, what });
    }

    /// Notes something unless it was the last that was noted of the session: a state is published more than once.
    pub(crate) fn note_once(&self, connection: u16, what: What) {
        let is_same = |last: &What| match (last, &what) {
            // The moment is computed anew each time.
            (What::ComesBack(one), What::ComesBack(other)) => (one.as_second() - other.as_second()).abs() <= 1,
            (last, what) => last == what,
        };
        let is_told = self.lock().iter().rev().find(|told| told.connection == connection).is_some_and(|told| is_same(&told.what));
        if !is_told {
            self.note(connection, what);
        }
    }

    /// Notes what happened on the wire.
    pub(crate) fn wire(&self, connection: u16, event: &WireEvent<'_>) {
        let what = match event {
            WireEvent::Undialled => What::Undialled,
            WireEvent::Secured => What::Secured,
            WireEvent::Sent(line) => What::Sent((*line).to_owned()),
            WireEvent::Heard(bytes) => match last_line(bytes) {
                Some(line) => What::Replied(line),
                None => return,
            },
            WireEvent::Moved { bytes, .. } => What::Moved(*bytes),
            WireEvent::Ended => What::Ended,
            WireEvent::Dialled | WireEvent::Listed(_) => return,
        };
        self.note(connection, what);
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<Happening>> {
        // A panic elsewhere leaves whole happenings behind: going on is right.
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The text of a reply's last line: three digits, then a blank or nothing.
fn last_line(bytes: &[u8]) -> Option<String> {
    let line = bytes.trim_ascii_end();
    let is_last = line.get(..3)?.iter().all(u8::is_ascii_digit) && matches!(line.get(3), None | Some(b' '));
    is_last.then(|| crate::ftp::reply::readable(line))
}
