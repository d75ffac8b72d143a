//! Which entries of a folder are rows, and in which order: hidden names, filter, sort.

use std::cmp::Ordering;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use crate::engine::Place;
use crate::model::entry::{Entry, EntryKind};
use crate::model::listing::Listing;
use crate::model::sort::{SortKey, SortOrder};
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

    /// The selected names of the present listing, as indexes into the next one.
    fn reselect(&self, next: &Listing) -> BTreeSet<u32> {
        if self.selected.is_empty() {
            return BTreeSet::new();
        }
        let index_of: HashMap<&str, u32> = (0_u32..).zip(&next.entries).map(|(index, entry)| (entry.name.as_str(), index)).collect();
        self.selected_entries().filter_map(|entry| index_of.get(entry.name.as_str()).copied()).collect()
    }
}

/// Indexes of the entries that are shown, in order.
fn rows_of(entries: &[Entry], sort: SortOrder, filter: &str, show_hidden: bool) -> Vec<u32> {
    let pattern = Pattern::new(filter);
    // The lower-case name is made once an entry, not once a comparison: a folder may have 100,000 rows.
    let mut shown: Vec<(String, u32, &Entry)> = (0_u32..)
        .zip(entries)
        .filter(|(_, entry)| show_hidden || !entry.name.starts_with('.'))
        .map(|(index, entry)| (entry.name.to_lowercase(), index, entry))
        .filter(|(lower, _, _)| pattern.matches(lower))
        .collect();
    shown.sort_by(|(a_lower, a_index, a), (b_lower, b_index, b)| {
        b.may_be_entered()
            .cmp(&a.may_be_entered())
            .then_with(|| {
                let by_key = match sort.key {
                    SortKey::Name => natural(a_lower, b_lower),
                    // A folder's own size says nothing of what is in it.
                    SortKey::Size => file_size(a).cmp(&file_size(b)),
                    SortKey::Modified => a.modified.map(|time| time.at).cmp(&b.modified.map(|time| time.at)),
                    SortKey::Mode => a.mode.cmp(&b.mode),
                    SortKey::Owner => a.owner.cmp(&b.owner).then_with(|| a.group.cmp(&b.group)),
                };
                if sort.descending { by_key.reverse() } else { by_key }
            })
            .then_with(|| natural(a_lower, b_lower))
            .then_with(|| a.name.cmp(&b.name))
            .then_with(|| a_index.cmp(b_index))
    });
    shown.into_iter().map(|(_, index, _)| index).collect()
}

fn file_size(entry: &Entry) -> Option<u64> {
    if entry.kind == EntryKind::Dir { None } else { entry.size }
}

/// Compares names as a person would: digits by their value, so that `file2` comes before `file10`.
fn natural(a: &str, b: &str) -> Ordering {
    let (mut a, mut b) = (a, b);
    loop {
        match (a.as_bytes().first(), b.as_bytes().first()) {
            (None, None) => return Ordering::Equal,
            (None, Some(_)) => return Ordering::Less,
            (Some(_), None) => return Ordering::Greater,
            (Some(x), Some(y)) if x.is_ascii_digit() && y.is_ascii_digit() => {
                let (a_digits, a_rest) = split_digits(a);
                let (b_digits, b_rest) = split_digits(b);
                let (a_value, b_value) = (a_digits.trim_start_matches('0'), b_digits.trim_start_matches('0'));
                // Longer numbers without leading zeros are larger; of equal length, letters decide.
                let order = a_value.len().cmp(&b_value.len()).then_with(|| a_value.cmp(b_value));
                if order != Ordering::Equal {
                    return order;
                }
                (a, b) = (a_rest, b_rest);
            }
            (Some(_), Some(_)) => {
                let (mut a_chars, mut b_chars) = (a.chars(), b.chars());
                let order = a_chars.next().cmp(&b_chars.next());
                if order != Ordering::Equal {
                    return order;
                }
                (a, b) = (a_chars.as_str(), b_chars.as_str());
            }
        }
    }
}

/// The leading digits and what follows.
fn split_digits(text: &str) -> (&str, &str) {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    text.split_at(end)
}

/// What the filter field says: a part of the name, or a pattern with `*` and `?`.
enum Pattern {
    Part(String),
    Glob(Vec<char>),
}

impl Pattern {
    fn new(filter: &str) -> Self {
        let lower = filter.trim().to_lowercase();
        if lower.contains(['*', '?']) { Self::Glob(lower.chars().collect()) } else { Self::Part(lower) }
    }

    /// `name` is in lower case.
    fn matches(&self, name: &str) -> bool {
        match self {
            Self::Part(part) => name.contains(part.as_str()),
            Self::Glob(pattern) => glob(pattern, &name.chars().collect::<Vec<_>>()),
        }
    }
}

/// `*` stands for any run, `?` for one character. Remembers the last `*` only, so it never takes more than length × length steps.
fn glob(pattern: &[char], name: &[char]) -> bool {
    let (mut p, mut n) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while let Some(&c) = name.get(n) {
        match pattern.get(p) {
            Some('*') => {
                star = Some((p, n));
                p += 1;
            }
            Some(&want) if want == '?' || want == c => {
                p += 1;
                n += 1;
            }
            _ => match star {
                Some((at, from)) => {
                    star = Some((at, from + 1));
                    p = at + 1;
                    n = from + 1;
                }
                None => return false,
            },
        }
    }
    pattern.get(p..).is_some_and(|rest| rest.iter().all(|c| *c == '*'))
}
