//! What a frame is drawn from: the screen, the queue's and the log's visible rows, and the clocks.

use std::ops::Range;
use std::sync::Arc;
use std::time::Instant;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::engine::{Chronicle, LogView, QueueView};
use crate::model::arrangement::Arrangement;
use crate::model::log::LogLine;
use crate::model::site::SiteId;
use crate::model::timeline::Happening;
use crate::model::transfer::{QueueTab, TransferId, TransferRow};
use crate::screen::Screen;

/// Rows of the queue, copied for the visible range only.
pub trait QueueSource {
    /// Rows `from..from + count` of a tab.
    fn rows(&self, tab: QueueTab, from: usize, count: usize) -> Vec<TransferRow>;
    /// The rows of a tab in another arrangement than the queue's own; nothing while they are looked for the first time.
    fn arranged(&self, tab: QueueTab, arrangement: &Arrangement) -> Option<Arc<Vec<TransferId>>>;
    /// Copies of single rows, without those that are gone.
    fn rows_of(&self, ids: &[TransferId]) -> Vec<TransferRow>;
    /// The row of a tab, in the queue's order, that an item is in.
    fn row_of(&self, tab: QueueTab, id: TransferId) -> Option<usize>;
    /// How many items of a site are under “Queued” and not stopped by a person.
    fn queued_for(&self, site: &SiteId) -> usize;
    /// Bytes a second, oldest first, at most 60.
    fn speed_history(&self) -> Vec<u64>;
}

impl QueueSource for QueueView {
    fn rows(&self, tab: QueueTab, from: usize, count: usize) -> Vec<TransferRow> {
        Self::rows(self, tab, from, count)
    }

    fn arranged(&self, tab: QueueTab, arrangement: &Arrangement) -> Option<Arc<Vec<TransferId>>> {
        Self::arranged(self, tab, arrangement)
    }

    fn rows_of(&self, ids: &[TransferId]) -> Vec<TransferRow> {
        Self::rows_of(self, ids)
    }

    fn row_of(&self, tab: QueueTab, id: TransferId) -> Option<usize> {
        Self::row_of(self, tab, id)
    }

    fn queued_for(&self, site: &SiteId) -> usize {
        Self::queued_for(self, site)
    }

    fn speed_history(&self) -> Vec<u64> {
        Self::speed_history(self)
    }
}

/// Lines of the log, copied for the visible range only.
pub trait LogSource {
    /// Number of the oldest line kept and of the one after the newest.
    fn range(&self) -> Range<u64>;
    /// Copies of lines, by number.
    fn lines(&self, range: Range<u64>) -> Vec<LogLine>;
}

impl LogSource for LogView {
    fn range(&self) -> Range<u64> {
        Self::range(self)
    }

    fn lines(&self, range: Range<u64>) -> Vec<LogLine> {
        Self::lines(self, range)
    }
}

/// What happened on the connections.
pub trait ChronicleSource {
    /// All that is kept, the oldest of each connection first.
    fn happenings(&self) -> Vec<Happening>;
}

impl ChronicleSource for Chronicle {
    fn happenings(&self) -> Vec<Happening> {
        Self::happenings(self)
    }
}

/// What a frame is drawn from.
#[derive(Clone, Copy)]
pub struct View<'a> {
    /// All that is shown.
    pub screen: &'a Screen,
    /// The queue's rows.
    pub queue: &'a dyn QueueSource,
    /// The log's lines.
    pub log: &'a dyn LogSource,
    /// What happened on the connections.
    pub chronicle: &'a dyn ChronicleSource,
    /// For countdowns.
    pub instant: Instant,
    /// For "today 12:02".
    pub now: Timestamp,
    /// The zone of this machine.
    pub zone: &'a TimeZone,
    /// Whether somebody has touched the window a moment ago: then seconds count down, otherwise times of day stand still and
    /// nothing has to be drawn.
    pub is_watched: bool,
}

impl View<'_> {
    /// A time of day: "12:04".
    #[must_use]
    pub fn clock(&self, at: Timestamp) -> String {
        at.to_zoned(self.zone.clone()).strftime("%H:%M").to_string()
    }

    /// The time of day at a monotonic moment, to the second.
    #[must_use]
    pub fn clock_at(&self, moment: Instant) -> String {
        let ahead = SignedDuration::try_from(moment.saturating_duration_since(self.instant)).unwrap_or_default();
        let behind = SignedDuration::try_from(self.instant.saturating_duration_since(moment)).unwrap_or_default();
        self.clock_seconds(self.now.saturating_add(ahead - behind).unwrap_or(self.now))
    }

    /// A time of day to the second: "12:05:14".
    #[must_use]
    pub fn clock_seconds(&self, at: Timestamp) -> String {
        at.to_zoned(self.zone.clone()).strftime("%H:%M:%S").to_string()
    }
}
