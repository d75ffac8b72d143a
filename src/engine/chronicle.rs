//! What happened on the connections, as it is read from outside: the last happenings, bounded.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;

use crate::ftp::dial::WireEvent;
use crate::model::timeline::{Happening, What};

/// How many are kept of each connection: one that moves many small files must not push out what happened on the others.
const KEPT: usize = 1_000;

/// A cheap handle to what happened.
#[derive(Clone, Debug, Default)]
pub struct Chronicle {
    kept: Arc<Mutex<Kept>>,
}

/// By connection.
type Kept = BTreeMap<u16, Lane>;

/// What is kept of a connection's number.
#[derive(Debug, Default)]
struct Lane {
    /// The dial that has the number now.
    dial: u64,
    happenings: VecDeque<Happening>,
}

impl Chronicle {
    /// All that is kept, by connection, the oldest of each first.
    #[must_use]
    pub fn happenings(&self) -> Vec<Happening> {
        self.lock().values().flat_map(|lane| &lane.happenings).cloned().collect()
    }

    /// Notes something; the oldest goes when there is too much.
    pub(crate) fn note(&self, connection: u16, what: What) {
        let mut lock = self.lock();
        let kept = &mut lock.entry(connection).or_default().happenings;
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
        let is_told = self.lock().get(&connection).and_then(|lane| lane.happenings.back()).is_some_and(|told| is_same(&told.what));
        if !is_told {
            self.note(connection, what);
        }
    }

    /// A dial begins under this number.
    pub(crate) fn dialling(&self, connection: u16, dial: u64) {
        self.lock().entry(connection).or_default().dial = dial;
        self.note(connection, What::Dialling);
    }

    /// Notes what happened on the wire. What an earlier dial of the same number still had to say would be taken for the present
    /// one's.
    pub(crate) fn wire(&self, connection: u16, dial: u64, event: &WireEvent<'_>) {
        if self.lock().get(&connection).is_some_and(|lane| lane.dial != dial) {
            return;
        }
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
            WireEvent::Closed { why, is_loss } => What::Closed { why: (*why).to_owned(), is_loss: *is_loss },
            WireEvent::Dialled | WireEvent::Listed(_) => return,
        };
        self.note(connection, what);
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_busy_connection_does_not_push_out_the_others() {
        let chronicle = Chronicle::default();
        chronicle.note(0, What::Dialling);
        for _ in 0..KEPT + 5 {
            chronicle.note(3, What::Secured);
        }
        let kept = chronicle.happenings();
        assert_eq!(kept.len(), KEPT + 1);
        assert_eq!(kept[0].what, What::Dialling);
        chronicle.note_once(0, What::Dialling);
        chronicle.note_once(0, What::Rests);
        assert_eq!(chronicle.happenings().len(), KEPT + 2, "a state is noted once");
    }

    #[test]
    fn an_earlier_dial_does_not_end_the_present_one() {
        let chronicle = Chronicle::default();
        let closed = WireEvent::Closed { why: "", is_loss: false };
        chronicle.dialling(0, 1);
        chronicle.dialling(0, 2);
        chronicle.wire(0, 1, &closed);
        assert_eq!(chronicle.happenings().len(), 2);
        chronicle.wire(0, 2, &closed);
        assert_eq!(chronicle.happenings()[2].what, What::Closed { why: String::new(), is_loss: false });
    }

    #[test]
    fn only_the_last_line_of_a_reply_is_noted() {
        for (bytes, line) in
            [(&b"220 hello\r\n"[..], Some("220 hello")), (b"211-x\r\n", None), (b" MLST\r\n", None), (b"200", Some("200"))]
        {
            assert_eq!(last_line(bytes).as_deref(), line);
        }
    }
}
