//! Which entries of a folder are rows, and in which order: hidden names, filter, sort.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use crate::engine::Place;
use crate::model::entry::Entry;
use crate::model::listing::Listing;
use crate::model::pattern::Pattern;
use crate::model::readable::readable;
use crate::model::sort::{SortOrder, sorted};
use crate::screen::pane::Pane;

impl Pane {
    /// Computes the rows anew after a change of order, filter or hidden names. Cursor and anchor stay on their entries; what
    /// is no longer shown is no longer selected, so that nothing unseen is deleted or transferred.
    pub fn rebuild(&mut self, show_hidden: bool) {
        let cursor = self.cursor.and_then(|row| self.rows.get(row).copied());
        let anchor = self.anchor.and_then(|row| self.rows.get(row).copied());
        let old_row = self.cursor.unwrap_or(0);
        self.rows = match &self.listing {
            Some(listing) => rows_of(&listing.entries, self.sort, &self.filter, show_hidden),
            None => Vec::new(),
        };
        let row_of = |index: u32| self.rows.iter().position(|row| *row == index);
        self.anchor = anchor.and_then(row_of);
        self.cursor = cursor.and_then(row_of).or_else(|| self.rows.len().checked_sub(1).map(|last| old_row.min(last)));
        if !self.selected.is_empty() {
            let shown: BTreeSet<u32> = self.rows.iter().copied().collect();
            self.selected.retain(|index| shown.contains(index));
        }
        self.reveal = self.cursor;
        self.count_selected();
    }

    /// Shows a listing of `place`. The same folder keeps selection and cursor by name; another one begins on its first row.
    /// A name to land on goes before both, and stays wanted until the folder has it.
    pub fn show(&mut self, place: Place, listing: Arc<Listing>, show_hidden: bool) {
        let same = self.place.as_ref() == Some(&place);
        let cursor_name = self.cursor.and_then(|row| self.entry(row)).map(|entry| entry.name.clone());
        let anchor_name = self.anchor.and_then(|row| self.entry(row)).map(|entry| entry.name.clone());
        let (scroll, old_row) = (self.reveal, self.cursor.unwrap_or(0));
        let selected = if same { self.reselect(&listing) } else { BTreeSet::new() };
        if !same {
            self.filter.clear();
            self.filter_open = false;
            self.crumbs = crate::screen::location::crumbs(&place);
            self.place = Some(place);
            self.typed = (String::new(), 0.0);
        }
        self.listing = Some(listing);
        self.cursor = None;
        self.anchor = None;
        self.selected = selected;
        self.rebuild(show_hidden);
        self.reveal = scroll;
        if same {
            self.anchor = anchor_name.and_then(|name| self.row_named(&name));
            self.cursor = cursor_name
                .and_then(|name| self.row_named(&name))
                .or_else(|| self.rows.len().checked_sub(1).map(|last| old_row.min(last)));
        } else {
            self.reveal = self.cursor;
        }
        match self.land_on.as_deref().map(|name| self.row_named(name)) {
            Some(Some(row)) => {
                self.land_on = None;
                self.select_only(row);
            }
            Some(None) if !same => self.land_on = None,
            _ => {}
        }
    }

    /// The row that shows this name.
    #[must_use]
    pub fn row_named(&self, name: &str) -> Option<usize> {
        (0..self.rows.len()).find(|row| self.entry(*row).is_some_and(|entry| entry.name == name))
    }

    /// Whether the folder has this name, shown or not.
    #[must_use]
    pub fn has_entry(&self, name: &str) -> bool {
        self.listing.as_ref().is_some_and(|listing| listing.has(name))
    }

    /// The names of the folder, shown or not, that read like this one.
    pub fn read_as(&self, name: &str) -> impl Iterator<Item = &str> {
        let entries = self.listing.iter().flat_map(|listing| &listing.entries);
        entries.map(|entry| entry.name.as_str()).filter(move |other| readable(other) == name)
    }

    /// The selected names of the present listing, as indexes into the next one.
    fn reselect(&self, next: &Listing) -> BTreeSet<u32> {
        if self.selected.is_empty() {
            return BTreeSet::new();
        }
        let index_of: HashMap<&str, u32> =
            (0_u32..).zip(&next.entries).map(|(index, entry)| (entry.name.as_str(), index)).collect();
        self.selected_entries().filter_map(|entry| index_of.get(entry.name.as_str()).copied()).collect()
    }
}

/// Indexes of the entries that are shown, in order.
fn rows_of(entries: &[Entry], sort: SortOrder, filter: &str, show_hidden: bool) -> Vec<u32> {
    let pattern = Pattern::new(filter);
    let is_shown = |entry: &Entry| (show_hidden || !entry.name.starts_with('.')) && pattern.matches(&entry.name);
    sorted(entries, sort)
        .into_iter()
        .filter(|index| entries.get(*index).is_some_and(is_shown))
        .filter_map(|index| u32::try_from(index).ok())
        .collect()
}
