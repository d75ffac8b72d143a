//! The order of rows in a pane.

use std::cmp::Ordering;
use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::model::entry::Entry;

/// By which column.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs, reason = "the names say it")]
pub enum SortKey {
    #[default]
    Name,
    Size,
    Modified,
    Mode,
    Owner,
}

/// Column and direction; folders always come first, and links that seem to lead to one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SortOrder {
    /// Column.
    pub key: SortKey,
    /// Largest or last first.
    pub descending: bool,
}

/// The rows in their order, as indices into `entries`: folders first, in both directions, and links that seem to lead to one among them.
///
/// Names are compared without case and numbers by their value (`file2` before `file10`); equal rows are in the order of their names,
/// and those with equal names as they came. Rows without the figure in question come first.
#[must_use]
pub fn sorted(entries: &[Entry], order: SortOrder) -> Vec<usize> {
    // All keys lie in one buffer and are compared as bytes: nothing is allocated or folded while sorting.
    let mut keys = Vec::with_capacity(entries.len() * 24);
    let mut rows: Vec<Row> = Vec::with_capacity(entries.len());
    for (index, entry) in entries.iter().enumerate() {
        let figure = match order.key {
            SortKey::Name | SortKey::Owner => 0,
            SortKey::Size => entry.content_size().map_or(-1, i128::from),
            SortKey::Modified => entry.modified.map_or(i128::MIN, |modified| modified.at.as_nanosecond()),
            SortKey::Mode => entry.mode.map_or(-1, i128::from),
        };
        let owner = match order.key {
            SortKey::Owner => push_key(&mut keys, entry.owner.as_deref().unwrap_or_default()),
            _ => 0..0,
        };
        let name = push_key(&mut keys, &entry.name);
        rows.push(Row { is_file: !entry.stands_with_folders(), figure, owner, name, index });
    }
    let key = |range: &Range<usize>| keys.get(range.clone()).unwrap_or_default();
    let plain_name = |row: &Row| entries.get(row.index).map(|entry| entry.name.as_str());
    rows.sort_unstable_by(|a, b| {
        let name = key(&a.name).cmp(key(&b.name)).then_with(|| plain_name(a).cmp(&plain_name(b)));
        let (column, name) = match order.key {
            SortKey::Name => (name, Ordering::Equal),
            SortKey::Owner => (key(&a.owner).cmp(key(&b.owner)), name),
            SortKey::Size | SortKey::Modified | SortKey::Mode => (a.figure.cmp(&b.figure), name),
        };
        let column = if order.descending { column.reverse() } else { column };
        a.is_file.cmp(&b.is_file).then(column).then(name).then(a.index.cmp(&b.index))
    });
    rows.into_iter().map(|row| row.index).collect()
}

struct Row {
    is_file: bool,
    figure: i128,
    owner: Range<usize>,
    name: Range<usize>,
    index: usize,
}

/// Appends a key whose order as bytes is the natural one: letters without case, each number as `0`, its length, its digits.
pub fn push_key(keys: &mut Vec<u8>, text: &str) -> Range<usize> {
    let start = keys.len();
    let mut rest = text.chars().peekable();
    let mut buffer = [0_u8; 4];
    while let Some(c) = rest.next() {
        if !c.is_ascii_digit() {
            for lower in c.to_lowercase() {
                keys.extend_from_slice(lower.encode_utf8(&mut buffer).as_bytes());
            }
            continue;
        }
        // Leading zeros say nothing about the value; `00` itself is an empty run of digits.
        keys.push(b'0');
        let length_at = keys.len();
        keys.extend_from_slice(&[0; 4]);
        let mut digit = Some(c);
        while let Some(c) = digit {
            if c != '0' || keys.len() > length_at + 4 {
                keys.extend_from_slice(c.encode_utf8(&mut buffer).as_bytes());
            }
            digit = rest.next_if(char::is_ascii_digit);
        }
        let digits = u32::try_from(keys.len() - length_at - 4).unwrap_or(u32::MAX);
        if let Some(length) = keys.get_mut(length_at..length_at + 4) {
            length.copy_from_slice(&digits.to_be_bytes());
        }
    }
    start..keys.len()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::model::entry::{EntryKind, Modified, Precision};

    fn file(name: &str) -> Entry {
        Entry::new(name, EntryKind::File)
    }

    fn names(entries: &[Entry], key: SortKey, descending: bool) -> Vec<&str> {
        sorted(entries, SortOrder { key, descending }).into_iter().map(|index| entries[index].name.as_str()).collect()
    }

    #[test]
    fn names_are_in_natural_order_with_folders_first() {
        let mut rows: Vec<Entry> =
            ["file10", "File2", "file1", "b", "A", "file002", "über", "Zebra", "file2a", "x0", "x", "x00", "10", "9"]
                .map(file)
                .into();
        rows.push(Entry::new("src", EntryKind::Dir));
        rows.push(Entry::new("Assets", EntryKind::Dir));
        rows.push(Entry::new("latest", EntryKind::Link));
        let mut expected = vec![
            "Assets", "latest", "src", "9", "10", "A", "b", "file1", "File2", "file002", "file2a", "file10", "x", "x0", "x00",
            "Zebra", "über",
        ];
        assert_eq!(names(&rows, SortKey::Name, false), expected);
        expected[3..].reverse();
        expected[..3].reverse();
        assert_eq!(names(&rows, SortKey::Name, true), expected, "folders stay first");
    }

    #[test]
    fn links_stand_where_they_seem_to_lead() {
        let link =
            |name: &str, target: Option<&str>| Entry { target: target.map(str::to_owned), ..Entry::new(name, EntryKind::Link) };
        for (name, target, with_folders) in [
            ("latest", Some("releases/42"), true),
            ("latest", Some("releases/v1.2"), true),
            ("logo.d", Some("../common/"), true),
            ("here", Some(".."), true),
            ("page", Some("../archive/page.html"), false),
            ("libfoo", Some("libfoo.so.1"), false),
            ("uploads", None, true),
            ("photo.jpg", None, false),
        ] {
            assert_eq!(link(name, target).stands_with_folders(), with_folders, "{name} → {target:?}");
        }
        let rows = vec![file("a"), link("b.txt", None), link("z", Some("x")), Entry::new("m", EntryKind::Dir)];
        assert_eq!(names(&rows, SortKey::Name, false), ["m", "z", "a", "b.txt"]);
    }

    #[test]
    fn other_columns_fall_back_to_the_name() {
        let row = |name: &str, size, day: &str, mode, owner: &str| Entry {
            size,
            modified: Some(Modified { at: day.parse().unwrap(), precision: Precision::Second }),
            mode: Some(mode),
            owner: Some(owner.into()),
            ..file(name)
        };
        let mut rows = vec![
            row("c", Some(30), "2026-11-20T12:00:00Z", 0o644, "www"),
            row("b", Some(9), "2025-11-20T12:00:00Z", 0o755, "Www"),
            row("a", Some(30), "2026-11-19T12:00:00Z", 0o600, "root"),
        ];
        rows.push(file("d"));
        assert_eq!(names(&rows, SortKey::Size, false), ["d", "b", "a", "c"]);
        assert_eq!(names(&rows, SortKey::Size, true), ["a", "c", "b", "d"], "equal sizes still by name");
        assert_eq!(names(&rows, SortKey::Modified, false), ["d", "b", "a", "c"]);
        assert_eq!(names(&rows, SortKey::Mode, true), ["b", "c", "a", "d"]);
        assert_eq!(names(&rows, SortKey::Owner, false), ["d", "a", "b", "c"]);
    }

    #[test]
    fn rows_with_the_same_name_stay_as_they_came() {
        let rows = vec![file("same"); 50];
        assert_eq!(sorted(&rows, SortOrder::default()), (0..50).collect::<Vec<_>>());
    }

    proptest! {
        #[test]
        fn sorting_permutes_and_numbers_go_by_value(
            names in proptest::collection::vec("[a-c]{0,2}[0-9]{0,4}[.a-b]{0,2}", 0..40), descending: bool, a: u32, b: u32,
        ) {
            let rows: Vec<Entry> = names.iter().map(|name| file(name)).collect();
            let order = sorted(&rows, SortOrder { key: SortKey::Name, descending });
            let mut seen = order.clone();
            seen.sort_unstable();
            prop_assert_eq!(seen, (0..rows.len()).collect::<Vec<_>>());
            let numbers = [file(&format!("n{a}")), file(&format!("n{b}"))];
            let order = sorted(&numbers, SortOrder::default());
            prop_assert_eq!(order, if a <= b { vec![0, 1] } else { vec![1, 0] });
        }
    }
}
