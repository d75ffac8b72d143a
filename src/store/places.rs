//! Where things are kept: the configuration, state and practice folders of this user.

use std::path::PathBuf;

/// The folders.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Places {
    /// Sites, settings, accepted certificates.
    pub config: PathBuf,
    /// The queue and what was learned of hosts.
    pub state: PathBuf,
}
