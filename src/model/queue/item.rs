//! One item of the queue, in full: as connections work with it.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use crate::model::conflict::{Facts, OnExists};
use crate::model::edited::Basis;
use crate::model::entry::Modified;
use crate::model::path::RemotePath;
use crate::model::site::SiteId;
use crate::model::speed::Speed;
use crate::model::transfer::{Direction, Form, Job, Priority, TransferId, TransferRow, TransferState};

/// What is known of the place that an item goes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// Not looked at yet.
    Unknown,
    /// Nothing is there.
    Absent,
    /// Something is there.
    Present(Facts),
}

/// What a person wants of a running item; its lane sees it when the item's cancel token fires.
///
/// In the order in which a later wish outdoes an earlier one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum StopWish {
    /// Put it back into the queue (the queue is held, or the session is left).
    PutBack,
    /// Hold it: back to `Paused`.
    Pause,
    /// Take it out.
    Remove,
}

/// One item.
///
/// Most of a large queue rests (see `Packed`): a new field is packed and unpacked there, and saved in `SavedItem` when it has to
/// survive a restart.
#[derive(Clone, Debug)]
pub struct Item {
    /// Identity.
    pub id: TransferId,
    /// Whose it is.
    pub site: SiteId,
    /// Which way.
    pub direction: Direction,
    /// Local file or folder.
    pub local: PathBuf,
    /// Remote file or folder.
    pub remote: RemotePath,
    /// Folder or file; `None` until someone looked.
    pub is_folder: Option<bool>,
    /// Whether it came into the queue with its folder (a link to a folder is then not followed).
    pub from_folder: bool,
    /// Bytes of the source, when known.
    pub size: Option<u64>,
    /// The source's time, when known.
    pub modified: Option<Modified>,
    /// Standing answer.
    pub on_exists: OnExists,
    /// What was put into the queue together has the same number; 0: nothing is known to belong to it.
    pub batch: u64,
    /// What is known of the target.
    pub target: Target,
    /// State.
    pub state: TransferState,
    /// How urgent it is.
    pub priority: Priority,
    /// Its place among those that wait with the same priority, lower first; `None` until it has one: then it is the last.
    pub place: Option<i64>,
    /// Bytes that are there: written by the lane, read by the drawing.
    pub moved: Arc<AtomicU64>,
    /// The name that the bytes are written under until they are proven, without folder.
    pub part: Option<String>,
    /// What is there of a file that comes in ranges: start, written and end of each. The length of the `.part` tells nothing then.
    pub ranges: Option<Vec<[u64; 3]>>,
    /// How often it was begun.
    pub tries: u32,
    /// Bytes that were there when it was begun last; nothing else tells so while it does not run.
    pub begun_at: u64,
    /// Not before this moment.
    pub not_before: Option<Instant>,
    /// In which form its bytes are moved, as the last try found.
    pub form: Form,
    /// Nothing had the target's name when it was begun under it: what is there of it is ours.
    pub is_new: bool,
    /// The server does not go on in the middle of it: each try begins at the start.
    pub from_start: bool,
    /// A file that is edited here: what the one on the server was like when both were the same. A download notes it; an upload replaces
    /// nothing else without a question, and notes what it has put there.
    pub basis: Option<Basis>,
    /// What a person wants of it while it runs.
    pub wish: Option<StopWish>,
    /// Speed over the last seconds.
    pub speed: Speed,
    /// The counter's value that the queue's total already contains.
    pub(super) counted: u64,
    /// What its tab sorts it by.
    pub(super) order: u64,
}

impl Item {
    /// An item for `job`, queued, with nothing known yet.
    #[must_use]
    pub fn new(id: TransferId, site: SiteId, job: Job) -> Self {
        Self {
            id,
            site,
            direction: job.direction,
            local: job.local,
            remote: job.remote,
            is_folder: None,
            from_folder: false,
            size: None,
            modified: None,
            on_exists: job.on_exists,
            batch: 0,
            target: Target::Unknown,
            state: TransferState::Queued,
            priority: Priority::default(),
            place: None,
            moved: Arc::new(AtomicU64::new(0)),
            part: None,
            ranges: None,
            tries: 0,
            begun_at: 0,
            not_before: None,
            form: Form::Binary,
            is_new: false,
            from_start: false,
            basis: None,
            wish: None,
            speed: Speed::default(),
            counted: 0,
            order: 0,
        }
    }

    /// A copy for the drawing.
    #[must_use]
    pub fn row(&self, now: Instant) -> TransferRow {
        TransferRow {
            id: self.id,
            site: self.site.clone(),
            direction: self.direction,
            local: self.local.clone(),
            remote: self.remote.clone(),
            is_folder: self.is_folder == Some(true),
            state: self.state.clone(),
            priority: self.priority,
            moved: self.moved.load(Ordering::Relaxed),
            size: self.size,
            speed: if self.state == TransferState::Moving { self.speed.bytes_per_second(now) } else { 0 },
            tries: self.tries,
            form: self.form,
        }
    }

    /// Bytes since the last look; a counter that went back (a file begun anew) adds nothing.
    pub(super) fn newly_moved(&mut self) -> u64 {
        let moved = self.moved.load(Ordering::Relaxed);
        let new = moved.saturating_sub(self.counted);
        self.counted = moved;
        new
    }

    /// Bytes that are still to be moved, as far as known.
    pub(super) fn left(&self) -> u64 {
        self.size.unwrap_or(0).saturating_sub(self.moved.load(Ordering::Relaxed))
    }
}
