//! The order of rows in a pane.

use serde::{Deserialize, Serialize};

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

/// Column and direction; folders always come first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SortOrder {
    /// Column.
    pub key: SortKey,
    /// Largest or last first.
    pub descending: bool,
}
