//! Local folders, shown and changed beside the actor, which never waits for the disk.

use std::path::PathBuf;
use std::sync::Arc;

use tokio::task::spawn_blocking;

use crate::engine::command::{Change, Place};
use crate::engine::event::{EventBody, Question};
use crate::engine::publish::Publisher;
use crate::engine::questions::Questions;
use crate::engine::{Answer, local, trouble};
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

/// Changes local files or folders; a deletion is counted and asked about first.
///
/// # Errors
/// Why it could not be done.
pub async fn change_local(publisher: &Publisher, questions: &Questions, change: Change) -> Result<(), Problem> {
    match change {
        Change::MakeFolder { place: Place::Local(path) } => blocking(move || local::make_folder(&path)).await,
        Change::Rename { place: Place::Local(path), name } => blocking(move || local::rename(&path, &name)).await,
        Change::Delete { places } => {
            let paths: Vec<PathBuf> = places
                .iter()
                .filter_map(|place| match place {
                    Place::Local(path) => Some(path.clone()),
                    Place::Remote(_) => None,
                })
                .collect();
            let counting = paths.clone();
            let counted = blocking(move || {
                let mut count = local::Count::default();
                counting.iter().try_for_each(|path| local::count(path, &mut count))?;
                Ok(count)
            })
            .await?;
            let question = Question::Delete { places, files: counted.files, folders: counted.folders, bytes: counted.bytes };
            if questions.ask(publisher, question).await != Answer::Confirm {
                return Ok(());
            }
            blocking(move || paths.iter().try_for_each(|path| local::delete(path))).await?;
            publisher.publish(EventBody::Notice(counted.deleted()));
            Ok(())
        }
        // These are the server's; the actor sends them there.
        Change::MakeFolder { .. } | Change::Rename { .. } | Change::SetMode { .. } => Ok(()),
    }
}

async fn blocking<R: Send + 'static>(work: impl FnOnce() -> Result<R, Problem> + Send + 'static) -> Result<R, Problem> {
    match spawn_blocking(work).await {
        Ok(result) => result,
        Err(error) => Err(trouble::of_disk(&std::io::Error::other(error), "change", std::path::Path::new("the folder"))),
    }
}
