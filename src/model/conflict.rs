//! What to do when the target of a transfer is there already.

use serde::{Deserialize, Serialize};

use crate::model::entry::Modified;

/// A standing answer: given on the command line, in the settings or "for all".
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OnExists {
    /// A person is asked.
    #[default]
    Ask,
    /// Replace.
    Overwrite,
    /// Replace when the source is newer.
    Newer,
    /// Go on where the target ends; replace when it is not shorter.
    Resume,
    /// Keep both: `name (1).txt`.
    Rename,
    /// Leave the target as it is.
    Skip,
}

/// What is known of one side of a conflict.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Facts {
    /// Bytes.
    pub size: Option<u64>,
    /// Last change.
    pub modified: Option<Modified>,
}

/// What is done about one file whose target exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resolution {
    /// Transfer all of it over the target.
    Replace,
    /// Transfer from this byte on.
    ResumeAt(u64),
    /// Transfer under another name.
    RenameTarget,
    /// Do nothing; the item counts as skipped.
    Skip,
    /// Ask.
    Ask,
}
