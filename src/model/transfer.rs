//! One item of the queue: what goes where, and how far it is.

use std::path::PathBuf;

use crate::model::cause::Cause;
use serde::{Deserialize, Serialize};

use crate::model::checksum::HashAlgorithm;
use crate::model::conflict::OnExists;
use crate::model::path::RemotePath;
use crate::model::problem::Problem;
use crate::model::receipt::{Receipt, ReceiptId};
use crate::model::site::SiteId;

/// Identifies an item of the queue while the program runs and across restarts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TransferId(pub u64);

/// Which way the bytes go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Direction {
    /// To the server.
    Upload,
    /// From the server.
    Download,
}

/// How urgent an item is: what is more urgent runs first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Priority {
    /// Before all others.
    High,
    /// As it comes.
    #[default]
    Normal,
    /// When nothing else waits.
    Low,
}

impl Priority {
    /// Whether it is that of most items.
    #[must_use]
    #[allow(clippy::trivially_copy_pass_by_ref, reason = "serde asks with a reference")]
    pub fn is_normal(&self) -> bool {
        *self == Self::Normal
    }
}

/// What a person asked for: one file or a whole folder, one way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    /// Which way.
    pub direction: Direction,
    /// The local file or folder (source of an upload, target of a download).
    pub local: PathBuf,
    /// The remote file or folder.
    pub remote: RemotePath,
    /// Standing answer for targets that exist.
    pub on_exists: OnExists,
}

/// How a file was proven to have arrived: what its row shows. Everything else is in the receipt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    /// The closing reply, code and text.
    pub reply: String,
    /// Bytes that arrived.
    pub bytes: u64,
    /// What the bytes were compared with.
    pub compared: Compared,
    /// The kind of checksum that agreed too.
    pub hash: Option<HashAlgorithm>,
    /// The receipt that was written.
    pub receipt: ReceiptId,
}

impl From<&Receipt> for Proof {
    fn from(receipt: &Receipt) -> Self {
        Self {
            reply: receipt.reply.clone(),
            bytes: receipt.bytes,
            compared: receipt.compared,
            hash: receipt.hash.as_ref().map(|hash| hash.checksum.algorithm),
            receipt: receipt.id,
        }
    }
}

/// Which figure of the server's agreed with ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compared {
    /// SIZE, asked after the transfer.
    Size,
    /// The listing that was read before a download, or after an upload.
    Listing,
}

/// In which form a file's bytes are moved.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Form {
    /// As they are.
    #[default]
    Binary,
    /// As text: line ends are converted (TYPE A).
    Text,
    /// As they are, although text was asked for: they look like none.
    LooksBinary,
    /// As they are, although text was asked for: the file on the server mixes line ends, so that its size would prove nothing.
    Mixed,
}

impl Compared {
    /// The word for it in tables and files.
    #[must_use]
    pub fn command(self) -> &'static str {
        match self {
            Self::Size => "size",
            Self::Listing => "listing",
        }
    }

    /// Who told the figure, after "by".
    #[must_use]
    pub fn told_by(self) -> &'static str {
        match self {
            Self::Size => "SIZE",
            Self::Listing => "its listing",
        }
    }
}

/// Where an item stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TransferState {
    /// Waits for a connection.
    Queued,
    /// A folder whose content is being listed.
    Scanning,
    /// Bytes move.
    Moving,
    /// All bytes are there; their proof is awaited.
    Proving,
    /// Stopped by a person; goes on from where it is.
    Paused,
    /// Waits for the answer to a question.
    Asking,
    /// The connection went; goes on by itself after the reconnect.
    Kept,
    /// Arrived and proven.
    Done(Proof),
    /// Nothing was transferred, on purpose.
    Skipped(SkipReason),
    /// Did not arrive.
    Failed(Problem),
}

/// Why an item was not transferred, on purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SkipReason {
    /// The target existed and was left as it is.
    Exists,
    /// The target existed, and a person did not say what to do about it.
    Declined,
    /// The source had changed since a part of it was transferred, and a person wanted no more of it.
    Changed,
    /// A link to a folder inside a folder: it may lead back up.
    FolderLink,
    /// A link that leads to nothing.
    BrokenLink,
    /// Neither a file nor a folder: a device, a socket, a pipe.
    Special,
    /// Its name is one that is left out of folders.
    Filter,
}

impl SkipReason {
    /// In a person's words.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Exists => "the target was there",
            Self::Declined => "left as it is",
            Self::Changed => "the source had changed",
            Self::FolderLink => "a link to a folder is not followed",
            Self::BrokenLink => "a link that leads to nothing",
            Self::Special => "neither a file nor a folder",
            Self::Filter => "for its name",
        }
    }

    /// The word for it in tables and files.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Exists => "exists",
            Self::Declined => "declined",
            Self::Changed => "changed",
            Self::FolderLink => "link-to-folder",
            Self::BrokenLink => "broken-link",
            Self::Special => "no-file",
            Self::Filter => "filter",
        }
    }

    /// Whether it was left out of a folder for what it is, or what it is called, whatever is there on the other side.
    #[must_use]
    pub fn is_left_out(self) -> bool {
        matches!(self, Self::FolderLink | Self::BrokenLink | Self::Special | Self::Filter)
    }
}

/// The tabs of the queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum QueueTab {
    /// Scanning, moving, proving, asking, kept.
    Active,
    /// Waiting and paused.
    Queued,
    /// Failed.
    Failed,
    /// Done and skipped.
    Done,
}

impl TransferState {
    /// Under which tab an item in this state is shown.
    #[must_use]
    pub fn tab(&self) -> QueueTab {
        match self {
            Self::Scanning | Self::Moving | Self::Proving | Self::Asking | Self::Kept => QueueTab::Active,
            Self::Queued | Self::Paused => QueueTab::Queued,
            Self::Failed(_) => QueueTab::Failed,
            Self::Done(_) | Self::Skipped(_) => QueueTab::Done,
        }
    }

    /// Whether nothing more will happen to it by itself.
    #[must_use]
    pub fn is_final(&self) -> bool {
        matches!(self, Self::Done(_) | Self::Skipped(_) | Self::Failed(_))
    }

    /// Whether a disconnect now would cut it.
    #[must_use]
    pub fn is_running(&self) -> bool {
        matches!(self, Self::Scanning | Self::Moving | Self::Proving | Self::Asking)
    }
}

/// One row of the queue as it is drawn: a copy, taken for visible rows only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TransferRow {
    /// Identity.
    pub id: TransferId,
    /// The site it belongs to.
    pub site: SiteId,
    /// Which way.
    pub direction: Direction,
    /// Local file or folder.
    pub local: PathBuf,
    /// Remote file or folder.
    pub remote: RemotePath,
    /// Whether it is a folder (its files become items of their own).
    pub is_folder: bool,
    /// State.
    pub state: TransferState,
    /// How urgent it is.
    pub priority: Priority,
    /// Bytes there so far.
    pub moved: u64,
    /// Bytes in all, when known.
    pub size: Option<u64>,
    /// Bytes a second over the last seconds; 0 when it does not move.
    pub speed: u64,
    /// How often it was begun.
    pub tries: u32,
    /// In which form its bytes are moved.
    pub form: Form,
}

/// How many items there are, and how they go: read every frame.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct QueueSummary {
    /// Changes whenever a row was added, removed or changed its state.
    pub revision: u64,
    /// Rows under "Active".
    pub active: usize,
    /// Rows under "Queued".
    pub queued: usize,
    /// Those of them that a person has paused.
    pub stopped: usize,
    /// Rows under "Failed".
    pub failed: usize,
    /// Rows under "Done".
    pub done: usize,
    /// Those of them that were skipped: nothing was transferred, on purpose.
    pub skipped: usize,
    /// Those of them that filters left out of folders.
    pub filtered: usize,
    /// Files that failed since the program began, those that were tried again and failed again counted again.
    pub failures: usize,
    /// Folders that were made and had nothing in them: they leave no row behind. Counted since the program began.
    pub empty_folders: usize,
    /// Rows whose bytes move at this moment (a subset of active).
    pub running: usize,
    /// Bytes still to move, as far as known.
    pub bytes_left: u64,
    /// Bytes a second, all connections.
    pub speed: u64,
    /// Seconds until the queue is done, when it can be told.
    pub seconds_left: Option<u64>,
    /// Seconds until the files that move now are done, when it can be told.
    pub running_seconds_left: Option<u64>,
    /// Whether the whole queue is held.
    pub paused: bool,
    /// Whether nothing begins because the queue cannot be saved, until it can be or a person goes on without.
    pub waits_for_saving: bool,
    /// Why no upload begins, until a person says that it is mended.
    pub uploads_wait: Option<Cause>,
    /// The same for downloads.
    pub downloads_wait: Option<Cause>,
    /// The newest identity that was given.
    pub newest: TransferId,
}

impl QueueSummary {
    /// Whether anything is running or waiting, so that a disconnect must ask first.
    #[must_use]
    pub fn is_pending(&self) -> bool {
        self.active + self.queued > 0
    }
}
