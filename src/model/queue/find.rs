//! Looking through the queue: a portion at a time, so that whoever looks never holds others up.

use std::fmt::Write;

use crate::model::cause::Cause;
use crate::model::pattern::Pattern;
use crate::model::queue::packed::Packed;
use crate::model::queue::ranked::Place;
use crate::model::queue::{Item, Queue};
use crate::model::transfer::{QueueTab, TransferId};

/// Where a look goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark(Place);

/// What is looked at of an item.
#[derive(Debug)]
pub struct Seen<'a> {
    /// Identity.
    pub id: TransferId,
    /// The local file's name, or the whole path when it has none.
    pub name: &'a str,
    /// The folder on the server.
    pub folder: &'a str,
    /// Bytes, when known.
    pub size: Option<u64>,
    /// Why it failed, if it did.
    pub cause: Option<Cause>,
}

impl Queue {
    /// Looks at about `count` items of a tab behind `from`, in the queue's order (done: first first), and shows those that match.
    /// Returns where to go on; nothing when these were the last.
    pub fn look(
        &self,
        tab: QueueTab,
        from: Option<Mark>,
        count: usize,
        pattern: &Pattern,
        mut show: impl FnMut(&Seen<'_>),
    ) -> Option<Mark> {
        let mut last = None;
        let mut path = String::new();
        let mut looked = 0;
        for place in self.tab(tab).iter_after(from.map(|mark| mark.0)).take(count) {
            looked += 1;
            last = Some(Mark(place));
            match self.running.get(&place.id) {
                Some(item) => seen_running(item, pattern, &mut path, &mut show),
                None => {
                    if let Some(packed) = self.resting.get(place.id.0) {
                        seen_resting(place.id, packed, pattern, &mut path, &mut show);
                    }
                }
            }
        }
        last.filter(|_| looked == count)
    }

    /// Where an item stands in its tab; none when it is gone.
    #[must_use]
    pub fn mark_of(&self, id: TransferId) -> Option<(QueueTab, Mark)> {
        match self.running.get(&id) {
            Some(item) => Some((QueueTab::Active, Mark(Place { order: item.order, id }))),
            None => self.resting.get(id.0).map(|packed| (packed.tab(), Mark(Place { order: packed.order, id }))),
        }
    }

    /// The row of a tab that an item is in (done: last first).
    #[must_use]
    pub fn row_of(&self, tab: QueueTab, id: TransferId) -> Option<usize> {
        let (_, Mark(place)) = self.mark_of(id).filter(|(found, _)| *found == tab)?;
        let list = self.tab(tab);
        let row = list.row_of(place)?;
        Some(if tab == QueueTab::Done { list.len().saturating_sub(row + 1) } else { row })
    }
}

impl Mark {
    /// What sorts the items of a tab.
    #[must_use]
    pub fn order(self) -> u64 {
        self.0.order
    }
}

fn seen_running(item: &Item, pattern: &Pattern, path: &mut String, show: &mut impl FnMut(&Seen<'_>)) {
    let local = item.local.to_string_lossy();
    let name = item.local.file_name().map_or_else(|| local.clone(), |name| name.to_string_lossy());
    let folder = item.remote.parent();
    let folder = folder.as_ref().map_or("/", |folder| folder.as_str());
    let remote_name = item.remote.name().unwrap_or_default();
    let matches = pattern.is_empty()
        || if pattern.is_about_paths() {
            pattern.matches(&local) || pattern.matches(item.remote.as_str())
        } else {
            pattern.matches(&name) || pattern.matches(remote_name)
        };
    path.clear();
    if matches {
        show(&Seen { id: item.id, name: &name, folder, size: item.size, cause: None });
    }
}

fn seen_resting(id: TransferId, packed: &Packed, pattern: &Pattern, path: &mut String, show: &mut impl FnMut(&Seen<'_>)) {
    let (local_folder, local_name) = packed.local_parts();
    let (folder, remote_name) = packed.remote_parts();
    let name = local_name.to_string_lossy();
    let mut matches_path = |folder: &dyn std::fmt::Display, name: &str| {
        path.clear();
        // Writing into text does not fail.
        write!(path, "{folder}/{name}").is_ok() && pattern.matches(path)
    };
    let matches = pattern.is_empty()
        || if pattern.is_about_paths() {
            let remote = if folder.is_root() { "" } else { folder.as_str() };
            matches_path(&remote, remote_name) || matches_path(&local_folder.display(), &name)
        } else {
            pattern.matches(&name) || pattern.matches(remote_name)
        };
    if matches {
        show(&Seen { id, name: &name, folder: folder.as_str(), size: packed.size(), cause: packed.cause() });
    }
}
