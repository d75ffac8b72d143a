//! Which columns a pane's table has, and how wide a person has made them.

use serde::{Deserialize, Serialize};

use crate::model::sort::SortKey;

/// The least and the most points that a column can be made wide.
pub const WIDTHS: (u16, u16) = (44, 600);

/// The columns beside the names; a width of 0 is the usual one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub struct PaneColumns {
    /// Width of the sizes.
    pub size: u16,
    /// Width of the dates.
    pub modified: u16,
    /// Width of the permissions.
    pub mode: u16,
    /// Width of the owners.
    pub owner: u16,
    /// Columns that are not shown.
    pub hidden: Vec<SortKey>,
}

impl PaneColumns {
    /// Whether a person wants to see it; names are always shown.
    #[must_use]
    pub fn shows(&self, key: SortKey) -> bool {
        key == SortKey::Name || !self.hidden.contains(&key)
    }

    /// Shows or hides a column.
    pub fn show(&mut self, key: SortKey, shown: bool) {
        self.hidden.retain(|hidden| *hidden != key);
        if !shown && key != SortKey::Name {
            self.hidden.push(key);
        }
    }

    /// The width that a person gave it.
    #[must_use]
    pub fn width(&self, key: SortKey) -> Option<u16> {
        let width = match key {
            SortKey::Name => 0,
            SortKey::Size => self.size,
            SortKey::Modified => self.modified,
            SortKey::Mode => self.mode,
            SortKey::Owner => self.owner,
        };
        (width != 0).then(|| width.clamp(WIDTHS.0, WIDTHS.1))
    }

    /// Makes a column as wide as this; `None` is the usual width.
    pub fn widen(&mut self, key: SortKey, width: Option<u16>) {
        let width = width.map_or(0, |width| width.clamp(WIDTHS.0, WIDTHS.1));
        match key {
            SortKey::Name => {}
            SortKey::Size => self.size = width,
            SortKey::Modified => self.modified = width,
            SortKey::Mode => self.mode = width,
            SortKey::Owner => self.owner = width,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_hidden_shown_and_widened_within_reason() {
        let mut columns = PaneColumns::default();
        assert!(columns.shows(SortKey::Owner) && columns.width(SortKey::Owner).is_none());
        columns.show(SortKey::Owner, false);
        columns.show(SortKey::Owner, false);
        columns.show(SortKey::Name, false);
        assert_eq!(columns.hidden, [SortKey::Owner]);
        columns.show(SortKey::Owner, true);
        assert_eq!(columns, PaneColumns::default());
        columns.widen(SortKey::Size, Some(3));
        columns.widen(SortKey::Modified, Some(9_000));
        assert_eq!((columns.width(SortKey::Size), columns.width(SortKey::Modified)), (Some(44), Some(600)));
        columns.widen(SortKey::Size, None);
        assert_eq!(columns.width(SortKey::Size), None);
    }
}
