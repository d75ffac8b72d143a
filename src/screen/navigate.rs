//! Opening folders: what is asked of the engine, and what back and forward mean then.

use std::path::PathBuf;

use crate::engine::{Command, Place};
use crate::model::path::RemotePath;
use crate::model::session::Phase;
use crate::screen::action::Effect;
use crate::screen::location;
use crate::screen::pane::{Pane, Side, Step};
use crate::screen::state::Screen;

/// How many folders back and forward remember.
const MOST_STEPS: usize = 100;

/// What is said when something needs a connection.
pub const NOT_CONNECTED: &str = "Connect to a server first";

impl Screen {
    /// Whether folders on the server can be opened. While adrift that brings the connection back at once.
    #[must_use]
    pub fn can_browse_remote(&self) -> bool {
        matches!(self.session.phase, Phase::Moored | Phase::Leaving(_) | Phase::Adrift { .. } | Phase::Resting { .. })
    }

    /// Opens a folder.
    pub fn open(&mut self, place: Place) -> Vec<Effect> {
        match place {
            Place::Local(path) => vec![self.open_local(path)],
            Place::Remote(path) if self.can_browse_remote() => vec![self.open_remote(path)],
            Place::Remote(_) => {
                self.decline(format!("{NOT_CONNECTED}."));
                Vec::new()
            }
        }
    }

    /// Opens a local folder.
    pub fn open_local(&mut self, path: PathBuf) -> Effect {
        self.local.begin_opening(Place::Local(path.clone()));
        Effect::Engine(Command::OpenLocal { path })
    }

    /// Opens a folder on the server.
    pub fn open_remote(&mut self, path: RemotePath) -> Effect {
        self.remote.begin_opening(Place::Remote(path.clone()));
        Effect::Engine(Command::OpenRemote { path })
    }

    /// The folder above, with the cursor on the one we came from.
    pub fn go_up(&mut self, side: Side) -> Vec<Effect> {
        let Some((place, name)) = self.pane(side).place.as_ref().and_then(location::above) else { return Vec::new() };
        let effects = self.open(place);
        if !effects.is_empty() {
            self.pane_mut(side).land_on = Some(name);
        }
        effects
    }

    /// Back or forward.
    pub fn go_step(&mut self, side: Side, step: Step) -> Vec<Effect> {
        let pane = self.pane(side);
        let place = match step {
            Step::Back => pane.back.last(),
            Step::Forward => pane.forward.last(),
            Step::Visit => None,
        };
        let Some(place) = place.cloned() else { return Vec::new() };
        let effects = self.open(place);
        if !effects.is_empty() {
            self.pane_mut(side).step = step;
        }
        effects
    }

    /// Reads the folder again.
    pub fn refresh(&mut self, side: Side) -> Vec<Effect> {
        let pane = self.pane(side);
        // A folder that is on its way is what a person waits for, not the one before.
        let place = pane.opening.clone().or_else(|| pane.place.clone());
        place.map(|place| self.open(place)).unwrap_or_default()
    }

    /// The home folder; on the server the one after login.
    pub fn go_home(&mut self, side: Side) -> Vec<Effect> {
        let place = match side {
            Side::Local => self.home.clone().map(Place::Local),
            Side::Remote => Some(Place::Remote(self.session.login_folder.clone().unwrap_or_else(RemotePath::root))),
        };
        place.map(|place| self.open(place)).unwrap_or_default()
    }
}

impl Pane {
    fn begin_opening(&mut self, place: Place) {
        self.opening = Some(place);
        self.step = Step::Visit;
        self.land_on = None;
        self.path_edit = None;
    }

    /// The folder was opened: moves it and the one before between back and forward.
    pub fn arrive(&mut self, place: &Place) {
        let step = std::mem::take(&mut self.step);
        let Some(before) = self.place.clone().filter(|before| before != place) else { return };
        match step {
            Step::Visit => {
                self.forward.clear();
                self.back.push(before);
            }
            Step::Back => {
                self.back.pop();
                self.forward.push(before);
            }
            Step::Forward => {
                self.forward.pop();
                self.back.push(before);
            }
        }
        if self.back.len() > MOST_STEPS {
            self.back.remove(0);
        }
    }
}
