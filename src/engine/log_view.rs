//! The protocol log as it is read from outside: the last lines, bounded.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::model::log::LogLine;

/// How many lines are kept.
const KEPT: usize = 20_000;

/// A cheap handle to the log.
#[derive(Clone, Debug, Default)]
pub struct LogView {
    lines: Arc<Mutex<Lines>>,
}

#[derive(Debug, Default)]
struct Lines {
    first: u64,
    kept: VecDeque<LogLine>,
}

impl LogView {
    /// Number of the oldest line kept and of the one after the newest.
    #[must_use]
    pub fn range(&self) -> std::ops::Range<u64> {
        let lines = self.lock();
        lines.first..lines.first + lines.kept.len() as u64
    }

    /// Copies of lines, by number; numbers that are gone or not there yet are left out.
    #[must_use]
    pub fn lines(&self, range: std::ops::Range<u64>) -> Vec<LogLine> {
        let lines = self.lock();
        let skip = usize::try_from(range.start.saturating_sub(lines.first)).unwrap_or(usize::MAX);
        let end = usize::try_from(range.end.saturating_sub(lines.first)).unwrap_or(usize::MAX);
        lines.kept.iter().skip(skip).take(end.saturating_sub(skip)).cloned().collect()
    }

    /// Adds a line; the oldest goes when there are too many.
    pub(crate) fn push(&self, line: LogLine) {
        let mut lines = self.lock();
        if lines.kept.len() == KEPT {
            lines.kept.pop_front();
            lines.first += 1;
        }
        lines.kept.push_back(line);
    }

    fn lock(&self) -> MutexGuard<'_, Lines> {
        // A panic elsewhere leaves whole lines behind: going on is right.
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::model::log::LogKind;

    #[test]
    fn numbers_stay_when_old_lines_go() {
        let log = LogView::default();
        for number in 0..KEPT + 5 {
            log.push(LogLine { at: Timestamp::UNIX_EPOCH, connection: 0, kind: LogKind::Note, text: number.to_string() });
        }
        assert_eq!(log.range(), 5..(KEPT as u64 + 5));
        assert_eq!(log.lines(3..6).iter().map(|line| line.text.as_str()).collect::<Vec<_>>(), ["5"]);
        assert_eq!(log.lines(7..9).len(), 2);
    }
}
