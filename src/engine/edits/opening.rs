//! Fetches files to be edited, and opens them in other programs: never one that the system would run.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::task::spawn_blocking;

use super::looking::stamp_of;
use super::{Edit, Edits};
use crate::engine::command::ToEdit;
use crate::engine::event::EventBody;
use crate::engine::programs::Programs;
use crate::engine::publish::Publisher;
use crate::engine::trouble;
use crate::model::conflict::OnExists;
use crate::model::edited::{Basis, EditId, EditState, Watch};
use crate::model::executable::may_be_run;
use crate::model::path::safe_local_name;
use crate::model::platform::Platform;
use crate::model::problem::{Problem, ProblemKind};
use crate::model::queue::Item;
use crate::model::site::Site;
use crate::model::transfer::{Direction, Job, Priority, TransferId};
use crate::store::edits::{Kept, Note};

impl Edits {
    /// Fetches a file and opens it once it is here; one that is edited already is opened at once.
    pub(super) async fn open(&mut self, file: ToEdit, site: Option<&Site>) {
        let Some(site) = site else {
            let problem = Problem::new(ProblemKind::Connect, "Nothing was opened: there is no connection.");
            return self.publisher.publish(EventBody::Trouble(problem.advise("Connect to a site first.")));
        };
        let is_this = |edit: &&Edit| edit.note.site == site.id && edit.note.remote == file.remote && !edit.is_discarded;
        let open = self.all.iter().find(is_this).map(Edit::id);
        if let Some(id) = open {
            return self.open_again(id).await;
        }
        if let Err(problem) = self.fetch(file, site).await {
            self.publisher.publish(EventBody::Trouble(problem));
        }
    }

    /// Makes a place for a file, and queues its fetch in front of what is not urgent: a person waits for it.
    async fn fetch(&mut self, file: ToEdit, site: &Site) -> Result<(), Problem> {
        let refused = |why: String| Problem::new(ProblemKind::Name, format!("Not opened: {why}."));
        let name = file.remote.name().unwrap_or_default();
        let name = safe_local_name(name).map_err(|error| refused(error.to_string()))?.into_owned();
        may_open(&name, &self.settings().editor)?;
        let Some(places) = self.places.clone() else {
            let what = "Not opened: this user has no folder to keep it in.";
            return Err(Problem::new(ProblemKind::Local, what));
        };
        let id = self.queue.update(crate::model::queue::Queue::new_id);
        let note = Note {
            site: site.id.clone(),
            site_name: site.name.clone(),
            remote: file.remote.clone(),
            name,
            always: false,
            transfer: Some(id.0),
            uploaded: None,
            synced: None,
            sending: None,
            basis: Basis::unseen(file.mode.map(|mode| mode & 0o7777)),
        };
        let made = note.clone();
        let kept = match spawn_blocking(move || Kept::make(&places, &made)).await {
            Ok(kept) => kept.map_err(|error| error.problem())?,
            Err(error) => return Err(Problem::new(ProblemKind::Local, format!("Not opened: {error}."))),
        };
        let edit = Edit {
            kept: Arc::new(kept),
            note,
            watch: None,
            state: EditState::Fetching,
            asking: None,
            has_failed: false,
            is_finishing: false,
            is_discarded: false,
        };
        self.enqueue(&edit, id, Direction::Download);
        self.all.push(edit);
        Ok(())
    }

    /// Puts an edited file into its site's queue.
    pub(super) fn enqueue(&self, edit: &Edit, id: TransferId, direction: Direction) {
        let on_exists = match direction {
            // Nobody else has anything there.
            Direction::Download => OnExists::Overwrite,
            // Replaced while it is as it was, else asked about.
            Direction::Upload => OnExists::Ask,
        };
        let job = Job { direction, local: edit.local(), remote: edit.note.remote.clone(), on_exists };
        let mut item = Item::new(id, edit.note.site.clone(), job);
        item.is_folder = Some(false);
        item.priority = Priority::High;
        item.basis = Some(edit.note.basis);
        // One that is to be empty is known as such.
        item.size = edit.note.sending.filter(|_| direction == Direction::Upload).map(|sending| sending.size);
        self.queue.update(|queue| {
            item.batch = queue.new_batch();
            queue.put(item);
        });
    }

    /// Its fetch is through: it is opened, and what is saved from here on is seen.
    pub(super) async fn fetched(&mut self, id: EditId, basis: Option<Basis>) {
        let Some(path) = self.get(id).map(|edit| edit.local()) else { return };
        let found = stamp_of(path.clone()).await;
        let Some(edit) = self.get(id) else { return };
        edit.note.transfer = None;
        let stamp = match found {
            Ok(Some(stamp)) => stamp,
            Ok(None) => {
                let what = format!("“{}” was fetched, and is not there any more.", edit.note.name);
                edit.state = EditState::NotFetched(Problem::new(ProblemKind::Local, what));
                return;
            }
            Err(error) => {
                edit.state = EditState::NotFetched(trouble::of_disk(&error, "read", &path));
                return;
            }
        };
        edit.note.synced = Some(stamp);
        edit.note.basis = basis.unwrap_or(edit.note.basis);
        // Before anybody can change it: after a crash it is known what the server had.
        if let Err(problem) = self.try_to_save(id).await {
            let Some(edit) = self.get(id) else { return };
            edit.note.synced = None;
            let what = format!("“{}” was not opened: what was made of it could be lost. {}", edit.note.name, problem.what);
            edit.state = EditState::NotFetched(Problem::new(ProblemKind::Local, what));
            return;
        }
        let Some(edit) = self.get(id) else { return };
        edit.watch = Some(Watch::new(stamp));
        edit.state = EditState::Same;
        self.open_here(id);
    }

    /// Opens one that is here; fetches one again that did not arrive.
    pub(super) async fn open_again(&mut self, id: EditId) {
        if let Some(edit) = self.get(id) {
            // Whoever opens it works on with it.
            edit.is_finishing = false;
        }
        let Some(edit) = self.all.iter().find(|edit| edit.id() == id) else { return };
        if matches!(edit.state, EditState::NotFetched(_)) {
            if !self.try_again(edit) {
                self.enqueue_again(id, Direction::Download).await;
            }
            if let Some(edit) = self.get(id) {
                edit.state = EditState::Fetching;
            }
        } else if edit.watch.is_some() {
            self.open_here(id);
        }
    }

    /// Opens the file here, beside the actor.
    fn open_here(&self, id: EditId) {
        let Some(edit) = self.all.iter().find(|edit| edit.id() == id) else { return };
        let (path, name, editor) = (edit.local(), edit.note.name.clone(), self.settings().editor);
        self.beside(move |programs| {
            may_open(&name, &editor)?;
            let opened = if editor.is_empty() { programs.open(&path) } else { programs.edit(&editor, &path) };
            opened.map_err(|words| not_opened(&name, &path, words, !editor.is_empty()))
        });
    }

    /// Shows the folder that has the file.
    pub(super) fn show_folder(&self, id: EditId) {
        let Some(room) = self.all.iter().find(|edit| edit.id() == id).map(|edit| edit.kept.room()) else { return };
        self.beside(move |programs| {
            programs.open(&room).map_err(|words| {
                Problem::new(ProblemKind::Local, format!("The folder “{}” could not be opened.", room.display())).quote(words)
            })
        });
    }

    /// Has other programs do something, and tells what went wrong.
    fn beside(&self, work: impl FnOnce(&dyn Programs) -> Result<(), Problem> + Send + 'static) {
        let (programs, publisher): (Arc<dyn Programs>, Publisher) = (Arc::clone(&self.programs), self.publisher.clone());
        spawn_blocking(move || {
            if let Err(problem) = work(&*programs) {
                publisher.publish(EventBody::Trouble(problem));
            }
        });
    }
}

/// Whether a file of this name may be opened.
fn may_open(name: &str, editor: &[String]) -> Result<(), Problem> {
    if !editor.is_empty() || !may_be_run(name, Platform::HERE) {
        return Ok(());
    }
    let what = format!("“{name}” was not opened: the system may run such a file instead of showing it.");
    Err(Problem::new(ProblemKind::Local, what)
        .advise("Choose an editor in the settings, under “Editing”: then it is opened there."))
}

fn not_opened(name: &str, path: &Path, words: String, is_chosen: bool) -> Problem {
    let problem = Problem::new(ProblemKind::Local, format!("“{name}” could not be opened."));
    let advice = if is_chosen {
        "The settings, under “Editing”, say which editor is used.".to_owned()
    } else {
        let folder: PathBuf = path.parent().map(Path::to_owned).unwrap_or_default();
        format!(
            "Choose an editor in the settings, under “Editing”, or open it from “{}”: what you save there is uploaded too.",
            folder.display()
        )
    };
    problem.advise(advice).quote(words)
}
