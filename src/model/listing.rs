//! A folder's rows and how they were obtained.

use std::collections::HashMap;

use crate::model::clock;
use crate::model::entry::{Entry, EntryKind};

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

    /// The size of the file of this name, as a proof: nothing where something else has the name, or the listing contradicts itself.
    #[must_use]
    pub fn size_of_file(&self, name: &str) -> Option<u64> {
        let mut shown = self.entries.iter().filter(|entry| entry.name == name).map(size_shown);
        let size = shown.next()?;
        size.filter(|_| shown.all(|other| other == size))
    }

    /// [`Listing::size_of_file`] of all that has a name here.
    #[must_use]
    pub fn sizes_of_files(&self) -> HashMap<&str, Option<u64>> {
        let mut sizes = HashMap::with_capacity(self.entries.len());
        for entry in &self.entries {
            let size = size_shown(entry);
            sizes
                .entry(entry.name.as_str())
                .and_modify(|known: &mut Option<u64>| *known = known.filter(|_| *known == size))
                .or_insert(size);
        }
        sizes
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

fn size_shown(entry: &Entry) -> Option<u64> {
    entry.size.filter(|_| entry.kind == EntryKind::File)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(name: &str, kind: EntryKind, size: Option<u64>) -> Entry {
        Entry { size, ..Entry::new(name, kind) }
    }

    #[test]
    fn a_size_is_that_of_one_file_and_of_no_other_thing() {
        use EntryKind::{Dir, File, Link};
        let entries = vec![
            row("one", File, Some(7)),
            row("silent", File, None),
            row("folder", Dir, Some(7)),
            row("link", Link, Some(7)),
            // Shown twice: the same is no contradiction.
            row("same", File, Some(7)),
            row("same", File, Some(7)),
            row("other", File, Some(7)),
            row("other", File, Some(8)),
            row("kinds", File, Some(7)),
            row("kinds", Dir, Some(7)),
            row("kinds", File, Some(7)),
            row("later", File, None),
            row("later", File, Some(7)),
        ];
        let listing = Listing { entries, unread: Vec::new(), source: ListingSource::Mlsd, incomplete: None };
        let all = listing.sizes_of_files();
        for (name, size) in [("one", Some(7)), ("same", Some(7)), ("One", None), ("none", None)] {
            assert_eq!((listing.size_of_file(name), all.get(name).copied().flatten()), (size, size), "{name}");
        }
        for name in ["silent", "folder", "link", "other", "kinds", "later"] {
            assert_eq!((listing.size_of_file(name), all.get(name).copied()), (None, Some(None)), "{name}");
        }
    }
}
