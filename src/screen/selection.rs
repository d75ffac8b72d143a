//! What is selected in a pane, and where its cursor is.

use crate::model::entry::{Entry, EntryKind};
use crate::screen::action::{Extend, Move};
use crate::screen::pane::Pane;

/// Seconds after which typed letters begin a new word.
const TYPE_AHEAD_RESET: f64 = 1.0;

impl Pane {
    /// The selected entries, in the listing's order.
    pub fn selected_entries(&self) -> impl Iterator<Item = &Entry> {
        let entries = self.listing.as_ref().map_or(&[][..], |listing| listing.entries.as_slice());
        self.selected.iter().filter_map(move |index| entries.get(usize::try_from(*index).ok()?))
    }

    /// What a command is about: the selection, or the row under the cursor when nothing is selected.
    #[must_use]
    pub fn targets(&self) -> Vec<&Entry> {
        if self.selected.is_empty() {
            self.cursor.and_then(|row| self.entry(row)).into_iter().collect()
        } else {
            self.selected_entries().collect()
        }
    }

    /// The same, in the order of the rows: what a person sees first is done first.
    #[must_use]
    pub fn targets_in_order(&self) -> Vec<&Entry> {
        if self.selected.is_empty() {
            return self.targets();
        }
        (0..self.rows.len()).filter(|row| self.is_selected(*row)).filter_map(|row| self.entry(row)).collect()
    }

    /// The row that a click or a key is about.
    pub fn click(&mut self, row: usize, extend: Extend, secondary: bool) {
        if row >= self.rows.len() {
            return;
        }
        if secondary && self.is_selected(row) {
            self.cursor = Some(row);
            return;
        }
        match extend {
            Extend::Replace => self.select_only(row),
            Extend::Toggle => {
                self.toggle(row);
                self.cursor = Some(row);
                self.anchor = Some(row);
            }
            Extend::Range => self.select_range(row),
        }
    }

    /// Only this row.
    pub fn select_only(&mut self, row: usize) {
        self.selected.clear();
        self.selected.extend(self.rows.get(row));
        self.cursor = Some(row);
        self.anchor = Some(row);
        self.reveal = Some(row);
        self.count_selected();
    }

    /// Everything from the anchor to this row, and nothing else.
    fn select_range(&mut self, row: usize) {
        let anchor = *self.anchor.get_or_insert(self.cursor.unwrap_or(row));
        let (from, to) = (anchor.min(row), anchor.max(row));
        self.selected.clear();
        self.selected.extend(self.rows.get(from..=to).into_iter().flatten());
        self.cursor = Some(row);
        self.reveal = Some(row);
        self.count_selected();
    }

    /// This row too, or no longer.
    pub fn toggle(&mut self, row: usize) {
        if let Some(index) = self.rows.get(row) {
            if !self.selected.remove(index) {
                self.selected.insert(*index);
            }
            self.count_selected();
        }
    }

    /// A cursor key. With Ctrl the cursor moves alone.
    pub fn move_cursor(&mut self, to: Move, extend: Extend) {
        let Some(last) = self.rows.len().checked_sub(1) else { return };
        let row = match (self.cursor, to) {
            (_, Move::First) => 0,
            (_, Move::Last) => last,
            (None, _) => 0,
            (Some(row), Move::Up) => row.saturating_sub(1),
            (Some(row), Move::Down) => row.saturating_add(1),
            (Some(row), Move::PageUp(rows)) => row.saturating_sub(rows.max(1)),
            (Some(row), Move::PageDown(rows)) => row.saturating_add(rows.max(1)),
        }
        .min(last);
        match extend {
            Extend::Replace => self.select_only(row),
            Extend::Range => self.select_range(row),
            Extend::Toggle => {
                self.cursor = Some(row);
                self.reveal = Some(row);
            }
        }
    }

    /// Finds the next row that begins with what was typed within the last second; the same letter again goes to the next such row.
    pub fn type_ahead(&mut self, text: &str, now: f64) {
        let (typed, last) = &mut self.typed;
        if now - *last > TYPE_AHEAD_RESET {
            typed.clear();
        }
        typed.push_str(&text.to_lowercase());
        *last = now;
        let typed = typed.clone();
        let Some(first) = typed.chars().next() else { return };
        let repeated = typed.chars().all(|c| c == first);
        let wanted = if repeated { first.to_string() } else { typed };
        let start = self.cursor.map_or(0, |row| if repeated { row + 1 } else { row });
        let count = self.rows.len();
        let found = (start..count)
            .chain(0..start.min(count))
            .find(|row| self.entry(*row).is_some_and(|entry| entry.name.to_lowercase().starts_with(&wanted)));
        if let Some(row) = found {
            self.select_only(row);
        }
    }

    /// Every row.
    pub fn select_all(&mut self) {
        self.selected = self.rows.iter().copied().collect();
        self.count_selected();
    }

    /// No row.
    pub fn select_none(&mut self) {
        self.selected.clear();
        self.anchor = None;
        self.count_selected();
    }

    /// Every row that is not selected, and no other.
    pub fn invert(&mut self) {
        self.selected = self.rows.iter().copied().filter(|index| !self.selected.contains(index)).collect();
        self.count_selected();
    }

    /// Sums up the selected files.
    pub fn count_selected(&mut self) {
        self.selected_bytes = self
            .selected_entries()
            .filter(|entry| entry.kind == EntryKind::File)
            .fold(0, |sum, entry| sum.saturating_add(entry.size.unwrap_or(0)));
    }
}
