//! What the program's edge gives to the commands: this user's files, the machine, the desktop.

use std::sync::Arc;

use crate::engine::power::{Awake, Power};
use crate::store::places::Places;

/// Shows a title and a text on the desktop, or says why it cannot. Blocking.
pub type Announce = Box<dyn Fn(&str, &str) -> Result<(), String>>;

/// What is around a command.
pub struct Surroundings {
    /// Where this user's files are; none when nothing is kept.
    pub places: Option<Places>,
    /// The machine that `--then` lets sleep or shuts down.
    pub power: Arc<dyn Power>,
    /// Whether a person at a terminal may see what is about to happen, and call it off.
    pub is_watched: bool,
    /// The desktop that `--then notify` tells.
    pub announce: Announce,
}

impl std::fmt::Debug for Surroundings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Surroundings").field("places", &self.places).finish_non_exhaustive()
    }
}

/// The machine, asked only for what was ordered: what keeps it awake would for some seconds refuse it the sleep that follows.
pub(super) struct AsOrdered(pub Arc<dyn Power>);

impl Power for AsOrdered {
    fn sleep(&self) -> Result<(), String> {
        self.0.sleep()
    }

    fn shut_down(&self) -> Result<(), String> {
        self.0.shut_down()
    }

    fn keep_awake(&self, _: &str) -> Result<Awake, String> {
        Err("this program does not do that here".into())
    }
}
