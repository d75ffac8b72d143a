//! Where a pane is and where it can go: typed paths, crumbs, the folder above, places of entries.

use std::path::{Component, Path, PathBuf};

use crate::engine::Place;
use crate::model::path::{NameError, RemotePath, safe_local_name};
use crate::screen::pane::{Crumb, Pane};

/// The path of a place, step by step, the root first.
#[must_use]
pub fn crumbs(place: &Place) -> Vec<Crumb> {
    match place {
        Place::Remote(path) => {
            let mut steps = vec![path.clone()];
            while let Some(above) = steps.last().and_then(RemotePath::parent) {
                steps.push(above);
            }
            steps
                .into_iter()
                .rev()
                .map(|step| Crumb { label: step.name().unwrap_or("/").to_owned(), place: Place::Remote(step) })
                .collect()
        }
        Place::Local(path) => {
            let mut steps: Vec<Crumb> = path
                .ancestors()
                .filter(|step| !step.as_os_str().is_empty())
                .map(|step| Crumb {
                    label: step.file_name().unwrap_or(step.as_os_str()).to_string_lossy().into_owned(),
                    place: Place::Local(step.to_owned()),
                })
                .collect();
            steps.reverse();
            steps
        }
    }
}

/// The folder above, and the name of this one in it.
#[must_use]
pub fn above(place: &Place) -> Option<(Place, String)> {
    match place {
        Place::Local(path) => {
            let name = path.file_name()?.to_string_lossy().into_owned();
            Some((Place::Local(path.parent()?.to_owned()), name))
        }
        Place::Remote(path) => Some((Place::Remote(path.parent()?), path.name()?.to_owned())),
    }
}

/// The name of a place in its folder.
#[must_use]
pub fn name_of(place: &Place) -> String {
    above(place).map(|(_, name)| name).unwrap_or_default()
}

/// The path of a place as text.
#[must_use]
pub fn text_of(place: &Place) -> String {
    match place {
        Place::Local(path) => path.display().to_string(),
        Place::Remote(path) => path.to_string(),
    }
}

/// The place of `name` in the folder `place`, where a person or a listing gave the name.
///
/// # Errors
/// The name is empty, holds a separator or a control character, or is reserved on this system.
pub fn child(place: &Place, name: &str) -> Result<Place, NameError> {
    match place {
        Place::Local(folder) => Ok(Place::Local(folder.join(&*safe_local_name(name)?))),
        Place::Remote(folder) => Ok(Place::Remote(folder.child(name)?)),
    }
}

/// Resolves a typed local path: `~` is the home folder, a relative path begins in `folder`, `.` and `..` are resolved.
#[must_use]
pub fn resolve_local(typed: &str, folder: Option<&Path>, home: Option<&Path>) -> Option<PathBuf> {
    let typed = typed.trim();
    let rest_of_home = typed.strip_prefix('~').filter(|rest| rest.is_empty() || rest.starts_with(std::path::is_separator));
    let path = match (rest_of_home, home) {
        (Some(rest), Some(home)) => home.join(rest.trim_start_matches(std::path::is_separator)),
        _ => folder.or(home)?.join(typed),
    };
    let mut clean = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            // `pop` leaves a root alone.
            Component::ParentDir => {
                clean.pop();
            }
            other => clean.push(other),
        }
    }
    clean.is_absolute().then_some(clean)
}

impl Pane {
    /// The local folder that is shown.
    #[must_use]
    pub fn local_folder(&self) -> Option<&Path> {
        match &self.place {
            Some(Place::Local(path)) => Some(path),
            _ => None,
        }
    }

    /// The remote folder that is shown.
    #[must_use]
    pub fn remote_folder(&self) -> Option<&RemotePath> {
        match &self.place {
            Some(Place::Remote(path)) => Some(path),
            _ => None,
        }
    }

    /// Where an entry of this folder is.
    #[must_use]
    pub fn place_of(&self, name: &str) -> Option<Place> {
        child_unchecked(self.place.as_ref()?, name)
    }
}

/// The place of a name that the folder's own listing gave: on this machine any name is what it is; on the server one that
/// cannot be sent has no place.
fn child_unchecked(place: &Place, name: &str) -> Option<Place> {
    match place {
        Place::Local(folder) => Some(Place::Local(folder.join(name))),
        Place::Remote(folder) => folder.child(name).ok().map(Place::Remote),
    }
}
