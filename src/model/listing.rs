//! A folder's rows and how they were obtained.

use crate::model::clock;
use crate::model::entry::Entry;

/// Which command and dialect a listing came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListingSource {
    /// MLSD (RFC 3659).
    Mlsd,
    /// LIST in the style of `ls -l`.
    Unix,
    /// LIST in the style of DOS and IIS.
    Dos,
    /// LIST with no row that told its dialect (an empty folder).
    Empty,
    /// The local disk.
    Local,
}

/// A row that no parser understood: shown, never dropped in silence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnreadRow {
    /// One-based line number.
    pub line: usize,
    /// The row's text, control characters replaced.
    pub text: String,
}

impl Listing {
    /// Whether a row has just this name.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.entries.iter().any(|entry| entry.name == name)
    }

    /// Puts the times of a LIST right whose clock is so many seconds ahead of UTC.
    pub fn put_right(&mut self, ahead: i64) {
        if ahead != 0 && matches!(self.source, ListingSource::Unix | ListingSource::Dos) {
            for entry in &mut self.entries {
                entry.modified = entry.modified.map(|modified| clock::corrected(modified, ahead));
            }
        }
    }
}

/// The rows of one folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listing {
    /// The rows, without `.` and `..`, in the server's order.
    pub entries: Vec<Entry>,
    /// Rows that could not be read.
    pub unread: Vec<UnreadRow>,
    /// Command and dialect.
    pub source: ListingSource,
    /// The server's own hint that rows are missing (pure-ftpd's "Output truncated to N matches").
    pub incomplete: Option<String>,
}
