//! Permissions that are set on many files and folders at once: on which of them, and with which bits.

use serde::{Deserialize, Serialize};

use crate::model::entry::EntryKind;

/// What of all that is inside folders gets the permissions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Which {
    /// Files and folders.
    #[default]
    All,
    /// Files only.
    Files,
    /// Folders only.
    Folders,
}

/// How permissions are set on what is inside folders, and on these.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Inside {
    /// On which.
    #[serde(default)]
    pub which: Which,
    /// Whoever may read a folder may also enter it.
    #[serde(default)]
    pub enterable: bool,
}

impl Default for Inside {
    fn default() -> Self {
        Self { which: Which::All, enterable: true }
    }
}

impl Inside {
    /// The permissions that something gets; nothing when it keeps those that it has.
    #[must_use]
    pub fn of(self, mode: u32, kind: EntryKind) -> Option<u32> {
        match (self.which, kind) {
            (Which::Files, EntryKind::Dir) | (_, EntryKind::Link) => None,
            (Which::Folders, EntryKind::Dir) | (Which::All, _) | (Which::Files, _) => {
                Some(if kind == EntryKind::Dir && self.enterable { enterable(mode) } else { mode })
            }
            (Which::Folders, _) => None,
        }
    }
}

/// The permissions with leave to enter for everybody who may read.
#[must_use]
pub fn enterable(mode: u32) -> u32 {
    mode | (mode & 0o444) >> 2
}

/// Whether a folder's owner can still list it and work on what is inside.
#[must_use]
pub fn lets_owner_in(mode: u32) -> bool {
    mode & 0o500 == 0o500
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_choice_says_what_gets_which_permissions() {
        let inside = |which, enterable| Inside { which, enterable };
        let (file, folder, link) = (EntryKind::File, EntryKind::Dir, EntryKind::Link);
        let table = [
            (inside(Which::All, true), 0o644, file, Some(0o644)),
            (inside(Which::All, true), 0o644, folder, Some(0o755)),
            (inside(Which::All, true), 0o2640, folder, Some(0o2750)),
            (inside(Which::All, true), 0o311, folder, Some(0o311)),
            (inside(Which::All, false), 0o644, folder, Some(0o644)),
            (inside(Which::Files, true), 0o600, file, Some(0o600)),
            (inside(Which::Files, true), 0o600, folder, None),
            (inside(Which::Folders, true), 0o600, file, None),
            (inside(Which::Folders, true), 0o600, folder, Some(0o700)),
            (inside(Which::All, true), 0o644, link, None),
        ];
        for (inside, mode, kind, expected) in table {
            assert_eq!(inside.of(mode, kind), expected, "{inside:?} {mode:o} {kind:?}");
        }
        let keeps_out = [0o644, 0o100, 0o400, 0o077, 0].map(lets_owner_in);
        assert_eq!((keeps_out, [0o755, 0o500, 0o700].map(lets_owner_in)), ([false; 5], [true; 3]));
    }
}
