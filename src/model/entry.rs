//! One row of a folder, local or remote.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// What kind of thing a row is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum EntryKind {
    /// A folder.
    Dir,
    /// A regular file.
    File,
    /// A symbolic link; `Entry::target` says where to, when the server tells.
    Link,
    /// A device, socket, pipe or anything else that is not transferred.
    Other,
}

/// A time as the server told it: LIST is often coarse, MLSD is exact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Modified {
    /// The moment, read as UTC.
    pub at: Timestamp,
    /// How much of it the server gave.
    pub precision: Precision,
}

/// How exact a listed time is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Precision {
    /// Day only (`Nov 20 2019`).
    Day,
    /// Minute (`Nov 20 12:02`).
    Minute,
    /// Second or better (MLSD, local files).
    Second,
}

/// One row of a listing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The name as shown and sent back; bytes outside the charset are private-use code points (see `ftp::charset`).
    pub name: String,
    /// Folder, file, link or other.
    pub kind: EntryKind,
    /// Bytes, when known.
    pub size: Option<u64>,
    /// Last change, when known.
    pub modified: Option<Modified>,
    /// Permission bits (0o7777), when known.
    pub mode: Option<u32>,
    /// Owner's name or number.
    pub owner: Option<String>,
    /// Group's name or number.
    pub group: Option<String>,
    /// Where a link points.
    pub target: Option<String>,
}

impl Entry {
    /// A row that has a name and a kind only.
    pub fn new(name: impl Into<String>, kind: EntryKind) -> Self {
        Self { name: name.into(), kind, size: None, modified: None, mode: None, owner: None, group: None, target: None }
    }

    /// Whether opening it means going into it: folders, and links (which may lead to one).
    #[must_use]
    pub fn may_be_entered(&self) -> bool {
        matches!(self.kind, EntryKind::Dir | EntryKind::Link)
    }

    /// Whether it stands among the folders: folders, and links that seem to lead to one.
    ///
    /// No listing says what a link leads to. A target (or, where only that is known, a link) whose name ends in letters after
    /// a dot is taken for a file; `releases/42` and `v1.2` are taken for folders.
    #[must_use]
    pub fn stands_with_folders(&self) -> bool {
        match self.kind {
            EntryKind::Dir => true,
            EntryKind::Link => {
                let target = self.target.as_deref().unwrap_or(&self.name);
                let name = target.trim_end_matches('/').rsplit('/').next().unwrap_or_default().trim_start_matches('.');
                target.ends_with('/') || !name.split('.').skip(1).any(|part| part.starts_with(|c: char| c.is_alphabetic()))
            }
            EntryKind::File | EntryKind::Other => false,
        }
    }

    /// The size of its content: a folder's and a link's own size on the disk say nothing to a person.
    #[must_use]
    pub fn content_size(&self) -> Option<u64> {
        self.size.filter(|_| !matches!(self.kind, EntryKind::Dir | EntryKind::Link))
    }
}
