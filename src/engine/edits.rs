//! Files of servers that are edited here: fetched and uploaded as items of the queue, opened in other programs, and kept until the server has
//! what was made of them.

mod following;
mod leaving;
mod looking;
mod opening;
mod restoring;

use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};

use jiff::Timestamp;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::watch;
use tokio::task::{JoinHandle, spawn_blocking};

use crate::engine::command::{Answer, EditWish};
use crate::engine::event::EventBody;
use crate::engine::handle::Options;
use crate::engine::programs::Programs;
use crate::engine::publish::Publisher;
use crate::engine::questions::Questions;
use crate::engine::shared_queue::SharedQueue;
use crate::model::edited::{EditId, EditState, EditView, Stamp, Unsent, Watch};
use crate::model::problem::{Problem, ProblemKind};
use crate::model::settings::Settings;
use crate::model::site::{Site, SiteId};
use crate::model::transfer::TransferId;
use crate::store::edits::{Kept, Note};
use crate::store::places::Places;

/// What comes of the work beside the actor.
#[derive(Debug)]
pub enum News {
    /// What the files here were like at one look.
    Looked(Vec<(EditId, Option<Stamp>)>),
    /// What a person said about a file that was saved so.
    Answered(EditId, Stamp, Answer),
}

/// Why an edited file is uploaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sending {
    /// It was saved, and that is what is done then.
    Usual,
    /// A person was asked about this version.
    Agreed(Stamp),
    /// A person wishes it.
    Wished,
}

/// One edited file.
struct Edit {
    kept: Arc<Kept>,
    note: Note,
    /// Follows the file, once it was fetched.
    watch: Option<Watch>,
    state: EditState,
    /// The open question whether it is uploaded.
    asking: Option<Asking>,
    /// Its item in the queue has failed, which was taken in.
    has_failed: bool,
    /// It is put away as soon as the server has it.
    is_finishing: bool,
    /// It is put away, whatever was made of it, as soon as nothing in the queue works with it.
    is_discarded: bool,
}

/// An open question whether what was saved is uploaded.
struct Asking {
    /// Whether it is about a file that was emptied.
    is_emptied: bool,
    /// Waits for the answer; ended, the question is withdrawn.
    task: JoinHandle<()>,
}

impl Drop for Edit {
    fn drop(&mut self) {
        self.ask_no_more();
    }
}

impl Edit {
    fn id(&self) -> EditId {
        self.kept.id()
    }

    fn local(&self) -> PathBuf {
        self.kept.local(&self.note)
    }

    fn transfer(&self) -> Option<TransferId> {
        self.note.transfer.map(TransferId)
    }

    /// Whether something in the queue takes it to the server.
    fn is_on_its_way(&self) -> bool {
        self.note.transfer.is_some() && !self.has_failed
    }

    /// Whether nothing is in the file here any more, where there was something.
    fn is_emptied(&self) -> bool {
        self.watch.is_some_and(|watch| watch.seen().is_some_and(|seen| watch.is_emptied(seen)))
    }

    fn ask_no_more(&mut self) {
        if let Some(asking) = self.asking.take() {
            asking.task.abort();
        }
    }

    fn view(&self) -> EditView {
        EditView {
            id: self.id(),
            site: self.note.site.clone(),
            site_name: self.note.site_name.clone(),
            remote: self.note.remote.clone(),
            local: self.local(),
            state: self.state.clone(),
            is_emptied: self.is_emptied(),
            uploaded: self.note.uploaded.and_then(|second| Timestamp::from_second(second).ok()),
        }
    }
}

/// All edited files of this program.
pub struct Edits {
    places: Option<Places>,
    publisher: Publisher,
    queue: SharedQueue,
    questions: Questions,
    settings: Arc<RwLock<Settings>>,
    programs: Arc<dyn Programs>,
    all: Vec<Edit>,
    told: Vec<EditView>,
    watched: watch::Sender<Vec<(EditId, PathBuf)>>,
    sender: UnboundedSender<News>,
    /// What has happened beside the actor.
    pub news: UnboundedReceiver<News>,
}

impl Edits {
    /// None yet. Without a place nothing is edited, nor by a program that keeps no queue: it could not bring back what was made of a file.
    pub fn new(
        options: &Options,
        publisher: Publisher,
        queue: SharedQueue,
        questions: Questions,
        settings: Arc<RwLock<Settings>>,
        programs: Arc<dyn Programs>,
    ) -> Self {
        let places = options.places.clone().filter(|_| options.keep_queue);
        let (sender, news) = unbounded_channel();
        let watched = watch::Sender::new(Vec::new());
        tokio::spawn(looking::look(watched.subscribe(), sender.clone()));
        Self { places, publisher, queue, questions, settings, programs, all: Vec::new(), told: Vec::new(), watched, sender, news }
    }

    /// Does what a person wishes; `site` is the session's. Returns items of the queue that are about nothing any more, to be taken out.
    pub async fn take(&mut self, wish: EditWish, site: Option<&Site>) -> Vec<TransferId> {
        let mut idle = Vec::new();
        match wish {
            EditWish::Open { files } => {
                for file in files {
                    self.open(file, site).await;
                }
            }
            EditWish::OpenAgain { edit } => self.open_again(edit).await,
            EditWish::ShowFolder { edit } => self.show_folder(edit),
            EditWish::Upload { edits } => {
                for edit in edits {
                    self.upload(edit, Sending::Wished).await;
                }
            }
            EditWish::Finish { edit } => idle.extend(self.finish(edit).await),
            EditWish::Discard { edit } => {
                idle.extend(self.discard(edit).await);
            }
        }
        self.tell();
        idle
    }

    /// Takes in what has happened beside the actor.
    pub async fn take_news(&mut self, news: News) {
        match news {
            News::Looked(found) => self.looked(found).await,
            News::Answered(edit, stamp, answer) => self.answered(edit, stamp, answer).await,
        }
        self.tell();
    }

    /// How many have changes that nothing in the queue brings to the server; of one site, or of all.
    pub fn left_here(&self, site: Option<&SiteId>) -> usize {
        let of_it = self.all.iter().filter(|edit| !edit.is_discarded && site.is_none_or(|site| edit.note.site == *site));
        of_it.filter(|edit| edit.state.is_left_here()).count()
    }

    fn get(&mut self, id: EditId) -> Option<&mut Edit> {
        self.all.iter_mut().find(|edit| edit.id() == id)
    }

    /// The items of the queue that are about edits.
    pub fn transfers(&self) -> Vec<TransferId> {
        self.all.iter().filter_map(Edit::transfer).collect()
    }

    fn transfer_of(&mut self, id: EditId) -> Option<TransferId> {
        self.get(id).and_then(|edit| edit.transfer())
    }

    fn settings(&self) -> Settings {
        self.settings.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Saves what has to be known of an edit at the next start. What cannot be saved is told; the edit goes on.
    async fn save(&self, id: EditId) {
        if let Err(problem) = self.try_to_save(id).await {
            self.publisher.publish(EventBody::Trouble(problem));
        }
    }

    /// As [`Self::save`], for whom an edit does not go on without it.
    async fn try_to_save(&self, id: EditId) -> Result<(), Problem> {
        let Some(edit) = self.all.iter().find(|edit| edit.id() == id) else { return Ok(()) };
        let (kept, note) = (Arc::clone(&edit.kept), edit.note.clone());
        match spawn_blocking(move || kept.save(&note)).await {
            Ok(saved) => saved.map_err(|error| error.problem()),
            Err(error) => Err(Problem::new(ProblemKind::Local, format!("It could not be noted: {error}."))),
        }
    }

    /// Tells what is edited, when that is something new, and has it looked after.
    pub fn tell(&mut self) {
        if self.all.is_empty() && self.told.is_empty() {
            return;
        }
        let views: Vec<EditView> = self.all.iter().filter(|edit| !edit.is_discarded).map(Edit::view).collect();
        if views == self.told {
            return;
        }
        self.told.clone_from(&views);
        let files: Vec<(EditId, PathBuf)> =
            self.all.iter().filter(|edit| edit.watch.is_some()).map(|edit| (edit.id(), edit.local())).collect();
        self.watched.send_if_modified(|watched| std::mem::replace(watched, files.clone()) != files);
        self.publisher.publish(EventBody::Edits(Arc::new(views)));
    }

    /// What is here is not sent by itself until it changes again.
    fn leave(edit: &mut Edit, why: Unsent) {
        if let Some(watch) = &mut edit.watch {
            let seen = watch.seen();
            watch.leave(seen);
            edit.state = if watch.is_changed() { EditState::Unsent(why) } else { EditState::Same };
        }
    }
}
