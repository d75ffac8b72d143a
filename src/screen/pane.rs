//! One side of the window: its folder, its rows in order, what is selected, and where the cursor is.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::Timestamp;

use crate::engine::Place;
use crate::model::entry::Entry;
use crate::model::listing::Listing;
use crate::model::sort::SortOrder;

/// Which pane.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Side {
    /// This machine, on the left.
    #[default]
    Local,
    /// The server, on the right.
    Remote,
}

/// One step of the path in a pane's header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Crumb {
    /// Its name; the root's is `/`.
    pub label: String,
    /// Where it leads.
    pub place: Place,
}

/// One pane.
#[derive(Clone, Debug, Default)]
pub struct Pane {
    /// The folder that is shown; `None` before the first one.
    pub place: Option<Place>,
    /// Its path, step by step.
    pub crumbs: Vec<Crumb>,
    /// Its content.
    pub listing: Option<Arc<Listing>>,
    /// Indexes into the listing's entries: filtered, in order. Row numbers everywhere else are positions in this list.
    pub rows: Vec<u32>,
    /// Order.
    pub sort: SortOrder,
    /// Filter text; empty shows everything.
    pub filter: String,
    /// Whether the filter field is shown.
    pub filter_open: bool,
    /// Selected entries (indexes into the listing's entries, so that sorting keeps them).
    pub selected: BTreeSet<u32>,
    /// Sum of the selected files' sizes.
    pub selected_bytes: u64,
    /// The row that the keyboard is on.
    pub cursor: Option<usize>,
    /// Where a range began.
    pub anchor: Option<usize>,
    /// Scroll to this row in the next frame (the drawing takes it).
    pub reveal: Option<usize>,
    /// The path as it is being typed, while it is.
    pub path_edit: Option<String>,
    /// The folder that is being opened, until its listing or its trouble comes.
    pub opening: Option<Place>,
    /// What is under way ("Deleting 120 of 3,000").
    pub doing: Option<String>,
    /// When the listing was read.
    pub as_of: Option<Timestamp>,
    /// Bytes free on the disk.
    pub free: Option<u64>,
    /// Letters typed to find a row, and when the last one came (seconds of the window's clock).
    pub typed: (String, f64),
    /// Folders gone through, for back.
    pub back: Vec<Place>,
    /// Folders gone back from, for forward.
    pub forward: Vec<Place>,
    /// What the folder that is being opened means for back and forward.
    pub step: Step,
    /// The name that the cursor goes to once a listing has it (the folder we came up from, a new folder, a new name).
    pub land_on: Option<String>,
}

/// How a folder came to be opened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Step {
    /// It was gone to.
    #[default]
    Visit,
    /// Back.
    Back,
    /// Forward.
    Forward,
}

impl Pane {
    /// The entry in a row.
    #[must_use]
    pub fn entry(&self, row: usize) -> Option<&Entry> {
        let index = *self.rows.get(row)?;
        self.listing.as_ref()?.entries.get(usize::try_from(index).ok()?)
    }

    /// Whether a row is selected.
    #[must_use]
    pub fn is_selected(&self, row: usize) -> bool {
        self.rows.get(row).is_some_and(|index| self.selected.contains(index))
    }
}
