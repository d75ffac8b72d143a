//! Looks at the files here: what was saved, what is done about it, and what a person said to that.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use tokio::sync::mpsc::UnboundedSender;
use tokio::sync::watch;
use tokio::task::spawn_blocking;

use super::{Asking, Edit, Edits, News, Sending};
use crate::engine::command::Answer;
use crate::engine::event::Question;
use crate::engine::local;
use crate::model::edited::{EditId, EditState, Look, Stamp, Unsent, WhenSaved};

/// Between two looks. A look costs one call to the system a file; an editor that writes a new file in the old one's place is seen as well.
const BETWEEN_LOOKS: Duration = Duration::from_millis(500);

/// Looks at the files again and again while there are any, until nobody wants to know.
pub(super) async fn look(mut watched: watch::Receiver<Vec<(EditId, PathBuf)>>, news: UnboundedSender<News>) {
    loop {
        let files = watched.borrow_and_update().clone();
        if files.is_empty() {
            if watched.changed().await.is_err() {
                return;
            }
            continue;
        }
        let looked =
            spawn_blocking(move || files.into_iter().map(|(id, path)| (id, stamp(&path).unwrap_or_default())).collect()).await;
        if looked.is_ok_and(|found| news.send(News::Looked(found)).is_err()) || watched.has_changed().is_err() {
            return;
        }
        tokio::time::sleep(BETWEEN_LOOKS).await;
    }
}

/// What a file is like at this moment; nothing when there is none. Blocking.
///
/// # Errors
/// Nobody knows: the disk does not answer, or something else has its name.
fn stamp(path: &Path) -> io::Result<Option<Stamp>> {
    let facts = match fs::metadata(path) {
        Ok(facts) => facts,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    if !facts.is_file() {
        return Err(io::Error::other("it is no file"));
    }
    let modified = local::modified(&facts).and_then(|modified| i64::try_from(modified.at.as_nanosecond()).ok());
    Ok(Some(Stamp { size: facts.len(), modified }))
}

/// As [`stamp`], from a task.
pub(super) async fn stamp_of(path: PathBuf) -> io::Result<Option<Stamp>> {
    spawn_blocking(move || stamp(&path)).await.map_err(io::Error::other)?
}

impl Edits {
    /// Decides about each file that was looked at.
    pub(super) async fn looked(&mut self, found: Vec<(EditId, Option<Stamp>)>) {
        let (now, when) = (Instant::now(), self.settings().when_edited_saved);
        for (id, stamp) in found {
            let Some(edit) = self.get(id) else { continue };
            let Some(look) = edit.watch.as_mut().map(|watch| watch.look(stamp, now)) else { continue };
            if edit.is_on_its_way() || edit.is_discarded {
                // It is on its way, or waits: what is there when it is read is sent, and looked at again behind that.
                continue;
            }
            match look {
                Look::Nothing => {
                    let is_changed = edit.watch.is_some_and(|watch| watch.is_changed());
                    if !is_changed && !edit.has_failed && stamp.is_some() && edit.state != EditState::Same {
                        // Put back as it was: there is nothing to send any more.
                        edit.ask_no_more();
                        edit.state = EditState::Same;
                    }
                }
                Look::Changing => edit.state = EditState::Saved,
                Look::Saved(stamp) => {
                    let is_emptied = edit.watch.is_some_and(|watch| watch.is_emptied(stamp));
                    let is_usual = (when == WhenSaved::Upload || edit.note.always) && edit.kept.is_ours();
                    if is_usual && !is_emptied {
                        self.upload(id, Sending::Usual).await;
                    } else {
                        self.ask(id, stamp, is_emptied);
                    }
                }
            }
        }
    }

    /// Asks whether what was saved is uploaded, unless that is being asked. A file that was emptied is another question.
    pub(super) fn ask(&mut self, id: EditId, stamp: Stamp, is_emptied: bool) {
        let (questions, publisher, sender) = (self.questions.clone(), self.publisher.clone(), self.sender.clone());
        let Some(edit) = self.get(id) else { return };
        if edit.asking.as_ref().is_some_and(|asking| asking.is_emptied == is_emptied) {
            return;
        }
        edit.ask_no_more();
        let (remote, site) = (edit.note.remote.clone(), edit.note.site_name.clone());
        let question = Question::Saved { edit: id, remote, site, is_emptied };
        let task = tokio::spawn(async move {
            let answer = questions.ask(&publisher, question).await;
            // The engine's end withdraws it too.
            drop(sender.send(News::Answered(id, stamp, answer)));
        });
        edit.asking = Some(Asking { is_emptied, task });
    }

    /// A person has answered.
    pub(super) async fn answered(&mut self, id: EditId, stamp: Stamp, answer: Answer) {
        let Some(edit) = self.get(id) else { return };
        let is_emptied = edit.watch.is_some_and(|watch| watch.is_emptied(stamp));
        if edit.asking.as_ref().is_none_or(|asking| asking.is_emptied != is_emptied) {
            // It was withdrawn as it was answered.
            return;
        }
        edit.asking = None;
        edit.note.always |= answer == Answer::FromNowOn;
        match answer {
            Answer::FromNowOn | Answer::Confirm => self.upload(id, Sending::Agreed(stamp)).await,
            // What was saved since is another version, and is asked about.
            _ => decline(edit, stamp),
        }
    }
}

fn decline(edit: &mut Edit, stamp: Stamp) {
    if let Some(watch) = &mut edit.watch {
        watch.leave(Some(stamp));
        edit.state = EditState::Unsent(Unsent::Declined);
    }
}
