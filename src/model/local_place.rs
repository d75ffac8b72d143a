//! Where a person begins on this machine: their own folders, and disks.

use std::path::PathBuf;

/// What kind of place it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LocalPlaceKind {
    /// The person's own folder.
    Home,
    /// A folder in it that the system has a name for.
    Folder,
    /// The root of a disk or of the file system.
    Disk,
}

/// A folder that a person goes to from anywhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocalPlace {
    /// What it is called here.
    pub label: String,
    /// Where it is.
    pub path: PathBuf,
    /// What it is.
    pub kind: LocalPlaceKind,
}
