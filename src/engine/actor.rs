//! The worker's heart: takes commands, owns the session, does local work; never waits for any of it.

mod afterwards;
mod cancelling;
mod editing;
mod examining;
mod importing;
mod limits;
mod recording;
mod restoring;
mod saving;

use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use tokio::runtime::Handle;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet, spawn_blocking};
use tokio_util::sync::CancellationToken;

use self::afterwards::Afterwards;
use crate::engine::command::{Change, Command, Place};
use crate::engine::compare;
use crate::engine::edits::Edits;
use crate::engine::event::EventBody;
use crate::engine::governor::Governor;
use crate::engine::handle::{Options, System};
use crate::engine::keeper::Keeper;
use crate::engine::leftovers::{self, Leftovers};
use crate::engine::local_deletion::LocalDeletion;
use crate::engine::local_places;
use crate::engine::local_work::{change_local, show_local};
use crate::engine::moment::at;
use crate::engine::pace::Gate;
use crate::engine::passwords::Passwords;
use crate::engine::proof_work::ProofWork;
use crate::engine::publish::Publisher;
use crate::engine::questions::Questions;
use crate::engine::receipts::Receipts;
use crate::engine::session_context::{SessionContext, Shared, chosen_lanes};
use crate::engine::session_handle::{SessionCommand, SessionHandle};
use crate::engine::shared_queue::SharedQueue;
use crate::engine::trash::Trash;
use crate::engine::wakefulness;
use crate::model::address::AddressPath;
use crate::model::budget::Budget;
use crate::model::chosen::Chosen;
use crate::model::host::HostFacts;
use crate::model::path::RemotePath;
use crate::model::problem::{Problem, ProblemKind};
use crate::model::queue::{Item, Queue};
use crate::model::secret::Secret;
use crate::model::site::{Site, SiteTree};
use crate::model::transfer::{Job, QueueTab, TransferId};
use crate::store::places::Places;
use crate::store::queue::QueueJournal;

/// How often the counters of running transfers are sampled.
const SAMPLE: Duration = Duration::from_millis(250);
/// How long changes of the queue pile up between two looks at it.
const PILE_UP: Duration = Duration::from_millis(10);
/// How long after an arrival the pane that shows its folder is read again.
const REFRESH: Duration = Duration::from_secs(1);
/// How long the program's end waits for what is being put in order.
const AT_THE_END: Duration = Duration::from_secs(2);

/// Runs until the handle is dropped.
pub async fn run(
    options: Options,
    system: System,
    mut inbox: UnboundedReceiver<Command>,
    publisher: Publisher,
    queue: SharedQueue,
) {
    let (arrivals, mut arrived) = unbounded_channel();
    let moving = watch::Sender::new(false);
    let awake = wakefulness::follow(Arc::clone(&system.power), moving.subscribe(), wakefulness::LINGER);
    let Some(mut actor) = Actor::start(options, system, publisher, queue, arrivals).await else { return };
    actor.clearing.spawn(awake);
    let mut sampling = tokio::time::interval(SAMPLE);
    sampling.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut changes = actor.shared.queue.changes();
    let mut looked = Instant::now();
    let mut ticks = 0_u64;
    loop {
        let running = actor.shared.queue.read(|queue| queue.summary(Instant::now()).running > 0);
        moving.send_if_modified(|now| std::mem::replace(now, running && actor.keeps_awake()) != *now);
        tokio::select! {
            command = inbox.recv() => match command {
                Some(command) => actor.take(command).await,
                None => break,
            },
            _ = sampling.tick(), if running => {
                ticks += 1;
                actor.shared.queue.update(|queue| queue.sample(Instant::now(), ticks.is_multiple_of(4)));
                actor.publisher.wake();
            }
            () = changed_since(&mut changes, looked, actor.publisher.recorder().is_on()) => {
                looked = Instant::now();
                actor.note_queue();
                // What follows the queue looks at what became of edited files.
                actor.edits.follow().await;
                actor.look_whether_done();
                actor.publisher.wake();
            }
            Some(folder) = arrived.recv() => actor.arrived(&folder),
            () = at(actor.refresh_due()) => actor.refresh(),
            () = at(actor.governor.due()) => actor.limit_speed(),
            Some(news) = actor.edits.news.recv() => actor.edits.take_news(news).await,
            Some(_) = actor.clearing.join_next() => {}
            Some(answered) = actor.cancelling.join_next() => {
                if let Ok(Some(chosen)) = answered {
                    actor.take_out(&chosen).await;
                }
            }
        }
    }
    drop(moving);
    let cleared = async { while actor.clearing.join_next().await.is_some() {} };
    drop(tokio::time::timeout(AT_THE_END, cleared).await);
    if let Some(session) = actor.session.take() {
        let context = Arc::clone(&session.context);
        drop(session);
        // The lanes put their items back at their offsets: the journal must hear of it.
        let settled = async {
            let mut changes = context.queue.changes();
            while context.queue.read(|queue| queue.is_busy(&context.site.id)) {
                if changes.changed().await.is_err() {
                    break;
                }
            }
        };
        drop(tokio::time::timeout(AT_THE_END, settled).await);
    }
    // What has arrived by now is known as such at the next start: the queue keeps nothing of it.
    actor.edits.follow().await;
    if !actor.shared.leftovers.is_queue_saved() {
        // Nobody knows next time what these were: what they have on the server goes at the next connect.
        let parts = actor.shared.queue.read(|queue| {
            let tabs = [QueueTab::Active, QueueTab::Queued, QueueTab::Failed];
            tabs.into_iter().flat_map(|tab| leftovers::parts_of(queue, &queue.ids(tab))).collect()
        });
        actor.shared.leftovers.add(parts).await;
    }
    // A connection's thread may be a moment behind with letting go of the queue: the next program must not find it taken.
    let queue = actor.shared.queue.clone();
    drop(spawn_blocking(move || queue.close()).await);
}

/// Waits for a change, and lets changes pile up behind the last look: many small files change the queue thousands of times a second.
/// A record has them where they happened.
async fn changed_since(changes: &mut watch::Receiver<u64>, looked: Instant, is_recorded: bool) {
    if !is_recorded {
        tokio::time::sleep_until((looked + PILE_UP).into()).await;
    }
    // The queue outlives the actor.
    drop(changes.changed().await);
}

struct Actor {
    publisher: Publisher,
    places: Option<Places>,
    shared: Shared,
    sites: Arc<SiteTree>,
    session: Option<SessionHandle>,
    last: Option<(Site, AddressPath)>,
    opening: Option<JoinHandle<()>>,
    examining: Option<JoinHandle<()>>,
    /// Ends the comparison of both sides of a question.
    comparing: CancellationToken,
    /// Where what is deleted here goes.
    trash: Arc<dyn Trash>,
    /// Ends what is being deleted here.
    changing: CancellationToken,
    /// Which speed limits hold now, and for how long.
    governor: Governor,
    /// What follows when the queue is through.
    afterwards: Afterwards,
    local: Option<PathBuf>,
    refresh_local: Option<Instant>,
    refresh_remote: Option<Instant>,
    /// Unfinished files that are being deleted: the program's end waits for them.
    clearing: JoinSet<()>,
    /// Questions whether transfers are to be taken out: what is, once it is answered so.
    cancelling: JoinSet<Option<Chosen>>,
    proofs: ProofWork,
    /// Files that are edited here.
    edits: Edits,
}

impl Actor {
    async fn start(
        options: Options,
        system: System,
        publisher: Publisher,
        queue: SharedQueue,
        arrivals: UnboundedSender<Place>,
    ) -> Option<Self> {
        let places = options.places.clone();
        let (keeper, found) = spawn_blocking(move || Keeper::open(places, system.keyring)).await.ok()?;
        for notice in found.notices {
            publisher.publish(EventBody::Trouble(notice));
        }
        let sites = Arc::new(found.sites);
        publisher.publish(EventBody::Sites(Arc::clone(&sites)));
        publisher.publish(EventBody::Settings(Box::new(found.settings.clone())));
        let record = found.settings.record;
        let teller = publisher.clone();
        let receipts = Receipts::start(options.places.clone(), move |problem| teller.publish(EventBody::Trouble(problem)));
        let leftovers = Leftovers::new(options.places.clone());
        let (settings, questions) = (Arc::new(RwLock::new(found.settings)), Questions::default());
        let edits =
            Edits::new(&options, publisher.clone(), queue.clone(), questions.clone(), Arc::clone(&settings), system.programs);
        let mut actor = Self {
            publisher,
            places: options.places.clone(),
            shared: Shared {
                questions,
                queue,
                keeper,
                receipts,
                pace: Gate::default(),
                leftovers,
                settings,
                arrivals,
                runtime: Handle::current(),
            },
            sites,
            session: None,
            last: None,
            opening: None,
            examining: None,
            comparing: CancellationToken::new(),
            trash: system.trash,
            changing: CancellationToken::new(),
            governor: Governor::default(),
            afterwards: Afterwards::new(system.power, options.keep_queue),
            local: None,
            refresh_local: None,
            refresh_remote: None,
            clearing: JoinSet::new(),
            cancelling: JoinSet::new(),
            proofs: ProofWork::default(),
            edits,
        };
        let passwords = actor.passwords();
        // The keyring may take its time.
        actor.clearing.spawn(async move { passwords.tell().await });
        actor.limit_speed();
        if record {
            actor.record(true).await;
        }
        if let Some(places) = options.places.filter(|_| options.keep_queue) {
            let (journal, queue, problem) = spawn_blocking(move || QueueJournal::open(&places)).await.ok()?;
            actor.restore(journal, queue, problem);
            actor.restore_edits().await;
        }
        actor.begin_run();
        Some(actor)
    }

    async fn take(&mut self, command: Command) {
        self.note_wish(&command).await;
        match command {
            Command::Connect { site, password, start } => self.connect(*site, password, start).await,
            Command::Disconnect { when } => self.tell(SessionCommand::Leave(when)),
            Command::StayConnected => self.tell(SessionCommand::Stay),
            Command::ReconnectNow => self.reconnect().await,
            Command::StayOffline => self.tell(SessionCommand::StayOffline),
            Command::Diagnose { site } => self.diagnose(*site),
            Command::DismissBanner => self.tell(SessionCommand::DismissBanner),
            Command::Answer { question, answer } => {
                self.comparing.cancel();
                self.shared.questions.answer(question, answer);
            }
            Command::Compare { question, local, remote } => {
                self.comparing.cancel();
                if let Some(session) = &self.session {
                    self.comparing = compare::begin(&session.context, question, local, remote);
                }
            }
            Command::OpenRemote { path } => self.tell(SessionCommand::Open(path)),
            Command::OpenLocal { path } => self.open_local(path),
            Command::FindLocalPlaces => drop(tokio::spawn(local_places::find(self.publisher.clone()))),
            Command::CancelBrowsing => {
                std::mem::take(&mut self.changing).cancel();
                if let Some(session) = &self.session {
                    session.cancel_browsing();
                }
            }
            Command::Change(change) => self.change(change),
            Command::Enqueue { jobs } => self.enqueue(jobs).await,
            Command::Edit(wish) => self.edit(wish).await,
            Command::HoldQueue { held } => self.shared.queue.hold(held),
            Command::Pause { ids } => self.shared.queue.pause(&ids).await,
            Command::Resume { ids } => self.shared.queue.resume(&ids).await,
            Command::Cancel { ids } => self.cancel(ids).await,
            Command::RetryLike { id } => self.shared.queue.retry_like(id).await,
            Command::GoOn { direction } => self.shared.queue.update(|queue| queue.take_wall(direction)),
            Command::GoOnUnsaved => self.shared.queue.update(Queue::go_on_unsaved),
            Command::Retry { ids } => self.shared.queue.retry(&ids).await,
            Command::Reorder { ids, to } => self.shared.queue.reorder(&ids, to).await,
            Command::Prioritise { ids, priority } => self.shared.queue.prioritise(&ids, priority).await,
            Command::ClearDone => self.clear_done().await,
            Command::AskReceipt { .. }
            | Command::ExportReceipts { .. }
            | Command::Verify { .. }
            | Command::CancelVerify
            | Command::SaveVerification { .. } => {
                self.proofs.take(command, &self.shared, &self.publisher, self.session.as_ref());
            }
            Command::SaveSites { was, tree } => self.save_sites(was, *tree).await,
            Command::FindImports | Command::ReadImport { .. } | Command::ImportSites { .. } => self.import(command).await,
            Command::AskHost { site } => self.tell_host(&site).await,
            Command::SetHost { site, facts } => {
                // Where the host was last is no guess that a person could change.
                let kept = self.shared.keeper.host(&site).await;
                let facts = HostFacts { last_address: kept.last_address, ..facts };
                self.trouble(self.shared.keeper.learn(&site, facts).await);
                let is_with = self.session.as_ref().is_some_and(|session| session.context.site.authority() == site.authority());
                if is_with {
                    self.tell(SessionCommand::Relearn(facts));
                }
                self.tell_host(&site).await;
            }
            Command::SaveSettings { was, settings } => self.save_settings(was.map(|was| *was), *settings).await,
            Command::LookForSaved => {
                self.look_for_saved().await;
                let passwords = self.passwords();
                self.clearing.spawn(async move { passwords.tell().await });
            }
            Command::LimitSpeed { limits } => {
                self.governor.choose(limits);
                self.limit_speed();
            }
            Command::WhenDone { choice } => self.choose_when_done(choice),
            Command::SavePassword { site, password } => {
                if let Some(site) = self.sites.site(&site) {
                    // A person may have to unlock what keeps it: nothing else waits for that, only whoever wants a password.
                    let saving = self.passwords().save(site, password);
                    self.clearing.spawn(saving);
                }
            }
            Command::ChangeMaster(change) => drop(self.clearing.spawn(self.passwords().change_master(change))),
            Command::LockPasswords => self.passwords().lock().await,
        }
    }

    fn passwords(&self) -> Passwords {
        Passwords::new(&self.shared.keeper, &self.shared.questions, &self.publisher)
    }

    async fn tell_host(&self, site: &Site) {
        let facts = self.shared.keeper.host(site).await;
        self.publisher.publish(EventBody::Host { authority: site.authority(), facts });
    }

    fn trouble(&self, problem: Option<Problem>) {
        if let Some(problem) = problem {
            self.publisher.publish(EventBody::Trouble(problem));
        }
    }

    fn tell(&self, command: SessionCommand) {
        match &self.session {
            Some(session) if !session.is_over() => session.send(command),
            // Leaving what is left already is done at once.
            _ if matches!(command, SessionCommand::Leave(_)) => self.publisher.publish(EventBody::Left),
            _ => {}
        }
    }

    async fn connect(&mut self, site: Site, password: Option<Secret>, start: AddressPath) {
        // Dropped first: the old session stops its lanes and says nothing more.
        drop(self.session.take());
        self.shared.leftovers.look_again().await;
        let publisher = self.publisher.next_session();
        self.last = Some((site.clone(), start.clone()));
        let facts = self.shared.keeper.host(&site).await;
        let settings = self.shared.settings.read().unwrap_or_else(PoisonError::into_inner).clone();
        let budget = Budget::new(chosen_lanes(&site, &settings), facts.connection_limit, facts.useful_connections);
        let context = SessionContext::new(site, publisher, budget, self.shared.clone());
        context.clock.begin(&context.site, &facts);
        self.session = Some(SessionHandle::begin(Arc::new(context), password, start));
        self.follow_site();
    }

    async fn reconnect(&mut self) {
        match &self.session {
            Some(session) if !session.is_over() => session.send(SessionCommand::ReconnectNow),
            _ => {
                if let Some((site, start)) = self.last.clone() {
                    // An edited site is connected as it is now.
                    let site = self.sites.site(&site.id).cloned().unwrap_or(site);
                    self.connect(site, None, start).await;
                }
            }
        }
    }

    fn open_local(&mut self, path: PathBuf) {
        // Only the last folder that was asked for is of interest.
        if let Some(opening) = self.opening.take() {
            opening.abort();
        }
        self.local = Some(path.clone());
        let publisher = self.publisher.clone();
        self.opening = Some(tokio::spawn(show_local(publisher, path)));
    }

    /// Something arrived in a folder: a pane that shows it is read again, a little later and once for many files.
    fn arrived(&mut self, folder: &Place) {
        let due = Some(Instant::now() + REFRESH);
        match folder {
            Place::Local(path) if self.local.as_ref() == Some(path) => self.refresh_local = self.refresh_local.or(due),
            Place::Remote(path) if self.shown_remote().as_ref() == Some(path) => self.refresh_remote = self.refresh_remote.or(due),
            _ => {}
        }
    }

    fn shown_remote(&self) -> Option<RemotePath> {
        self.session.as_ref()?.context.view().folder
    }

    fn refresh_due(&self) -> Option<Instant> {
        self.refresh_local.into_iter().chain(self.refresh_remote).min()
    }

    fn refresh(&mut self) {
        let now = Instant::now();
        if self.refresh_local.is_some_and(|due| due <= now) {
            self.refresh_local = None;
            if let Some(path) = self.local.clone() {
                self.open_local(path);
            }
        }
        if self.refresh_remote.is_some_and(|due| due <= now) {
            self.refresh_remote = None;
            if let Some(path) = self.shown_remote() {
                self.tell(SessionCommand::Refresh(path));
            }
        }
    }

    fn change(&self, change: Change) {
        let is_remote = match &change {
            Change::MakeFolder { place } | Change::Rename { place, .. } => matches!(place, Place::Remote(_)),
            Change::Delete { places, .. } => places.iter().any(|place| matches!(place, Place::Remote(_))),
            Change::SetMode { .. } => true,
        };
        if is_remote {
            return self.tell(SessionCommand::Change(change));
        }
        let (publisher, shown) = (self.publisher.clone(), self.local.clone());
        let deletion = LocalDeletion {
            publisher: publisher.clone(),
            questions: self.shared.questions.clone(),
            trash: Arc::clone(&self.trash),
            stop: self.changing.clone(),
        };
        tokio::spawn(async move {
            if let Err(problem) = change_local(&deletion, change).await {
                publisher.publish(EventBody::Trouble(problem));
            }
            if let Some(shown) = shown {
                show_local(publisher, shown).await;
            }
        });
    }

    async fn enqueue(&self, jobs: Vec<Job>) {
        let Some(site) = self.session.as_ref().map(|session| session.context.site.id.clone()) else {
            let problem = Problem::new(ProblemKind::Connect, "Nothing was queued: there is no connection.");
            return self.publisher.publish(EventBody::Trouble(problem.advise("Connect to a site first.")));
        };
        let batch = self.shared.queue.update(Queue::new_batch);
        // The queue gives them their identities.
        let items = jobs.into_iter().map(|job| {
            let mut item = Item::new(TransferId(0), site.clone(), job);
            item.batch = batch;
            item
        });
        let items = items.collect();
        self.shared.queue.put_all(items).await;
    }
}
