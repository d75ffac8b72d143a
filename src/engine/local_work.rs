//! Local folders, shown and changed beside the actor, which never waits for the disk.

use std::path::PathBuf;
use std::sync::Arc;

use tokio::task::spawn_blocking;

use crate::engine::command::{Change, Place};
use crate::engine::event::EventBody;
use crate::engine::local_deletion::LocalDeletion;
use crate::engine::publish::Publisher;
use crate::engine::{local, trouble};
use crate::model::problem::Problem;

/// Reads a folder and publishes what is in it, or why it cannot be read.
pub async fn show_local(publisher: Publisher, path: PathBuf) {
    let folder = path.clone();
    let read = spawn_blocking(move || {
        let listing = local::list(&folder)?;
        Ok((listing, fs4::available_space(&folder).ok()))
    });
    match read.await {
        Ok(Ok((listing, free))) => publisher.publish(EventBody::LocalListing { path, listing: Arc::new(listing), free }),
        Ok(Err(problem)) => publisher.publish(EventBody::LocalTrouble { path, problem }),
        Err(_) => {}
    }
}

/// Changes local files or folders; a deletion is asked about first.
///
/// # Errors
/// Why it could not be done.
pub async fn change_local(deletion: &LocalDeletion, change: Change) -> Result<(), Problem> {
    match change {
        Change::MakeFolder { place: Place::Local(path) } => blocking(move || local::make_folder(&path)).await,
        Change::Rename { place: Place::Local(path), name } => blocking(move || local::rename(&path, &name)).await,
        Change::Delete { places, removal } => {
            let local = places.into_iter().filter_map(|place| match place {
                Place::Local(path) => Some(path),
                Place::Remote(_) => None,
            });
            deletion.run(local.collect(), removal).await
        }
        // These are the server's; the actor sends them there.
        Change::MakeFolder { .. } | Change::Rename { .. } | Change::SetMode { .. } => Ok(()),
    }
}

/// Has it done where it may wait for the disk.
///
/// # Errors
/// As the work says.
pub async fn blocking<R: Send + 'static>(work: impl FnOnce() -> Result<R, Problem> + Send + 'static) -> Result<R, Problem> {
    match spawn_blocking(work).await {
        Ok(result) => result,
        Err(error) => Err(trouble::of_disk(&std::io::Error::other(error), "change", std::path::Path::new("the folder"))),
    }
}
