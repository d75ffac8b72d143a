//! Where things are kept: the configuration and state folders of this user.

use std::env;
use std::path::{Path, PathBuf};

use directories::ProjectDirs;

use crate::model::platform::Platform;
use crate::store::import::usual::{self, Surroundings};

/// The folders.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Places {
    /// Sites, settings, accepted certificates.
    pub config: PathBuf,
    /// The queue and what was learned of hosts.
    pub state: PathBuf,
    /// Where other programs usually keep their sites; few of these files are there.
    pub others: Vec<PathBuf>,
}

impl Places {
    /// This user's folders: below `MOORLINE_HOME` when that is set, else where the system keeps such things. `None`
    /// when the user has no home folder.
    #[must_use]
    pub fn of_user() -> Option<Self> {
        let others = Surroundings::of_user().map(|around| usual::files(Platform::HERE, &around)).unwrap_or_default();
        if let Some(home) = env::var_os("MOORLINE_HOME").filter(|home| !home.is_empty()) {
            return Some(Self { others, ..Self::in_folder(Path::new(&home)) });
        }
        let dirs = ProjectDirs::from("", "", "moorline")?;
        // Only Linux has a folder for state; elsewhere the local data folder is its nearest kin.
        let state = dirs.state_dir().unwrap_or_else(|| dirs.data_local_dir());
        Some(Self { config: dirs.config_dir().to_owned(), state: state.to_owned(), others })
    }

    /// Both folders below one that is given, which also counts as the home of other programs.
    #[must_use]
    pub fn in_folder(folder: &Path) -> Self {
        let others = usual::files(Platform::HERE, &Surroundings::in_home(folder));
        Self { config: folder.join("config"), state: folder.join("state"), others }
    }
}
