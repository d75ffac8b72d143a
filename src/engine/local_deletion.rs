//! Deleting local files and folders: into the trash, or for good where a person says so.

use std::path::PathBuf;
use std::sync::Arc;

use tokio::task::spawn_blocking;
use tokio_util::sync::CancellationToken;

use crate::engine::command::{Place, Removal};
use crate::engine::event::{EventBody, Question};
use crate::engine::local_work::blocking;
use crate::engine::publish::Publisher;
use crate::engine::questions::Questions;
use crate::engine::trash::{self, Trash};
use crate::engine::{Answer, local};
use crate::model::format;
use crate::model::problem::Problem;

/// How many reasons of the trash are told; more would be read by nobody.
const REASONS: usize = 3;

/// What a deletion here needs.
#[derive(Clone)]
pub struct LocalDeletion {
    /// Who hears of it.
    pub publisher: Publisher,
    /// Who is asked.
    pub questions: Questions,
    /// Where it goes.
    pub trash: Arc<dyn Trash>,
    /// Ends it between two of the things that were chosen.
    pub stop: CancellationToken,
}

impl LocalDeletion {
    /// Asks, and deletes.
    ///
    /// # Errors
    /// What could not be deleted, and why; what was deleted before that stays so.
    pub async fn run(&self, paths: Vec<PathBuf>, removal: Removal) -> Result<(), Problem> {
        match removal {
            Removal::ToTrash => self.to_trash(paths).await,
            Removal::ForGood => self.for_good(paths, None).await,
        }
    }

    /// Moves to the trash. File managers do it unasked. Here the same key means the other pane too, where nothing comes back and a
    /// question must come: hands learn Delete and Enter, and an Enter without a question would open or transfer the next row.
    async fn to_trash(&self, paths: Vec<PathBuf>) -> Result<(), Problem> {
        if self.ask(Question::Trash { places: places(&paths) }).await != Answer::Confirm {
            return Ok(());
        }
        let all = paths.len();
        let mut refused: Vec<(PathBuf, String)> = Vec::new();
        let mut failed: Vec<Problem> = Vec::new();
        let mut moved = 0;
        let mut done = 0;
        for path in paths {
            if self.stop.is_cancelled() {
                break;
            }
            done += 1;
            self.tell(Some(format!("Moving to the {}: {} of {}", trash::NAME, format::count(done), format::count(all))));
            let (trash, taken) = (Arc::clone(&self.trash), path.clone());
            let work = move || {
                // What is gone already cannot be deleted for good either: that is no question.
                std::fs::symlink_metadata(&taken)
                    .map_err(|error| Err(crate::engine::trouble::of_disk(&error, "delete", &taken)))?;
                trash.take(&taken).map_err(Ok)
            };
            match spawn_blocking(work).await {
                Ok(Ok(())) => moved += 1,
                Ok(Err(Ok(why))) => refused.push((path, why)),
                Ok(Err(Err(problem))) => failed.push(problem),
                // The system's list of disks may have names in it that cannot be read.
                Err(_) => refused.push((path, "it could not find out which disk this is on".to_owned())),
            }
        }
        self.tell(None);
        if let Some(problem) = first_of(failed) {
            self.publisher.publish(EventBody::Trouble(problem));
        }
        let items = format::counted(moved, "item", "items");
        if self.stop.is_cancelled() && done < all {
            let words = format!(
                "Stopped: {} of {} were moved to the {}.",
                format::count(moved),
                format::counted(all, "item", "items"),
                trash::NAME
            );
            self.publisher.publish(EventBody::Notice(words));
            return Ok(());
        }
        if moved > 0 {
            self.publisher.publish(EventBody::Notice(format!("Moved {items} to the {}.", trash::NAME)));
        }
        if refused.is_empty() {
            return Ok(());
        }
        let why = why_not(&refused);
        self.for_good(refused.into_iter().map(|(path, _)| path).collect(), Some(why)).await
    }

    /// Counts, asks and deletes. `no_trash` says why the trash did not take it.
    async fn for_good(&self, paths: Vec<PathBuf>, no_trash: Option<String>) -> Result<(), Problem> {
        let counting = paths.clone();
        let counted = blocking(move || {
            let mut count = local::Count::default();
            counting.iter().try_for_each(|path| local::count(path, &mut count))?;
            Ok(count)
        })
        .await?;
        let question = Question::Delete {
            places: places(&paths),
            files: counted.files,
            folders: counted.folders,
            bytes: counted.bytes,
            no_trash,
        };
        if self.ask(question).await != Answer::Confirm {
            return Ok(());
        }
        let all = paths.len();
        for (done, path) in paths.into_iter().enumerate() {
            if self.stop.is_cancelled() {
                let words = format!("Stopped: {} of {} were deleted.", format::count(done), format::counted(all, "item", "items"));
                self.publisher.publish(EventBody::Notice(words));
                self.tell(None);
                return Ok(());
            }
            self.tell(Some(format!("Deleting {} of {}", format::count(done + 1), format::count(all))));
            let deleted = blocking(move || local::delete(&path)).await;
            if deleted.is_err() {
                self.tell(None);
                return deleted;
            }
        }
        self.tell(None);
        self.publisher.publish(EventBody::Notice(counted.deleted()));
        Ok(())
    }

    async fn ask(&self, question: Question) -> Answer {
        self.questions.ask(&self.publisher, question).await
    }

    fn tell(&self, doing: Option<String>) {
        self.publisher.publish(EventBody::LocalWork { doing });
    }
}

fn places(paths: &[PathBuf]) -> Vec<Place> {
    paths.iter().cloned().map(Place::Local).collect()
}

/// The first of several problems, and how many there are besides.
fn first_of(problems: Vec<Problem>) -> Option<Problem> {
    let more = problems.len().saturating_sub(1);
    let first = problems.into_iter().next()?;
    if more == 0 {
        return Some(first);
    }
    let advice = format!("{} The same goes for {}.", first.advice, format::counted(more, "other", "others"));
    Some(first.advise(advice.trim_start()))
}

/// Why the trash did not take these, each reason once.
fn why_not(refused: &[(PathBuf, String)]) -> String {
    let mut reasons: Vec<&str> = Vec::new();
    for (_, why) in refused {
        if !reasons.contains(&why.as_str()) {
            reasons.push(why);
        }
    }
    let more = if reasons.len() > REASONS { "; and more" } else { "" };
    reasons.truncate(REASONS);
    format!("{}{more}", reasons.join("; "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_reason_is_told_once_and_few_of_many() {
        let of = |reasons: &[&str]| {
            let refused: Vec<_> = reasons.iter().map(|why| (PathBuf::new(), (*why).to_owned())).collect();
            why_not(&refused)
        };
        assert_eq!(of(&["a", "a"]), "a");
        assert_eq!(of(&["a", "b", "a"]), "a; b");
        assert_eq!(of(&["a", "b", "c", "d"]), "a; b; c; and more");
    }
}
