//! What the session's tasks share: the site, the way to report, the queue, and how many connections there may be.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::{Duration, Instant};

use tokio::runtime::Handle;
use tokio::sync::mpsc::UnboundedSender;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::engine::command;
use crate::engine::conflicts::Conflicts;
use crate::engine::crew::{Crew, Turn};
use crate::engine::event::EventBody;
use crate::engine::folder_proof::FolderProofs;
use crate::engine::item_outcome::Stopped;
use crate::engine::keeper::Keeper;
use crate::engine::leftovers::Leftovers;
use crate::engine::pace::{Gate, Pace};
use crate::engine::publish::{ConnectionObserver, Publisher};
use crate::engine::questions::Questions;
use crate::engine::receipts::Receipts;
use crate::engine::server_clock::ServerClock;
use crate::engine::shared_queue::SharedQueue;
use crate::ftp::dial::{self, Target};
use crate::ftp::tls::{TlsVersion, Trust};
use crate::ftp::{Control, Fault, Manners};
use crate::model::budget::Budget;
use crate::model::host::HostFacts;
use crate::model::leave_out::LeaveOut;
use crate::model::listing::Listing;
use crate::model::path::RemotePath;
use crate::model::rules::{TransferRules, left_out};
use crate::model::secret::Secret;
use crate::model::session::{ConnectStep, SessionView};
use crate::model::settings::Settings;
use crate::model::site::Site;
use crate::model::transfer::TransferId;

/// What a session shares with the whole program.
#[derive(Clone)]
pub struct Shared {
    /// Questions to a person.
    pub questions: Questions,
    /// The queue.
    pub queue: SharedQueue,
    /// What lasts.
    pub keeper: Keeper,
    /// What proves the files that have arrived.
    pub receipts: Receipts,
    /// Files of ours on servers that are to be put in order.
    pub leftovers: Leftovers,
    /// Settings, as they are now.
    pub settings: Arc<RwLock<Settings>>,
    /// Hears of folders that something has arrived in.
    pub arrivals: UnboundedSender<command::Place>,
    /// The program's speed limits.
    pub pace: Gate,
    /// The engine's runtime.
    pub runtime: Handle,
}

/// Shared by the session's browsing task and its lanes.
pub struct SessionContext {
    /// Where to, as the session began. Only what concerns the connection: all else may be edited meanwhile, see [`Self::site_now`].
    pub site: Site,
    /// Where events leave.
    pub publisher: Publisher,
    /// Questions to a person.
    pub questions: Questions,
    /// The queue.
    pub queue: SharedQueue,
    /// What lasts.
    pub keeper: Keeper,
    /// What proves the files that have arrived.
    pub receipts: Receipts,
    /// Files of ours on servers that are to be put in order.
    pub leftovers: Leftovers,
    /// Settings, as they are now.
    pub settings: Arc<RwLock<Settings>>,
    /// Standing answers.
    pub conflicts: Arc<Conflicts>,
    /// What is known of the server's clock.
    pub clock: ServerClock,
    /// Whether the server took no older TLS: the next connections need not find out again.
    takes_only_tls13: AtomicBool,
    /// Uploads whose proof is gathered.
    pub proofs: Arc<FolderProofs>,
    /// Whether lanes may take items.
    pub working: watch::Sender<bool>,
    /// Hears of folders that something has arrived in.
    pub arrivals: UnboundedSender<command::Place>,
    /// The speed limits, the program's and this site's.
    pub pace: Pace,
    /// The engine's runtime: what may outlast the lane that begins it runs there.
    pub runtime: Handle,
    /// Tells the lanes to end.
    pub stop: CancellationToken,
    /// The transfer connections.
    pub crew: Arc<Crew>,
    /// The site as it was edited meanwhile.
    edited: RwLock<Arc<Site>>,
    budget: Mutex<Budget>,
    open: AtomicUsize,
    /// Connected lanes that wait for work.
    pub resting: AtomicUsize,
    /// Attempts of lanes to connect that failed since the last one that did not.
    pub lane_failures: AtomicUsize,
    /// Whether the server pays heed to a path behind MLSD.
    lists_paths: AtomicBool,
    trust: Mutex<Trust>,
    password: Mutex<Secret>,
    manners: Mutex<Option<Manners>>,
    view: Mutex<SessionView>,
    shown: Mutex<Option<(RemotePath, Arc<Listing>)>>,
}

impl SessionContext {
    /// A session with `site` that has not connected yet; `publisher` speaks for it.
    pub fn new(site: Site, publisher: Publisher, budget: Budget, shared: Shared) -> Self {
        let view = SessionView {
            generation: publisher.generation(),
            site: Some(site.clone()),
            charset: "UTF-8",
            connection_budget: budget.allowed(),
            ..SessionView::default()
        };
        let pace = Pace { program: shared.pace, site: Gate::new(site.speed) };
        Self {
            edited: RwLock::new(Arc::new(site.clone())),
            site,
            publisher,
            questions: shared.questions,
            queue: shared.queue,
            keeper: shared.keeper,
            receipts: shared.receipts,
            leftovers: shared.leftovers,
            settings: shared.settings,
            arrivals: shared.arrivals,
            conflicts: Arc::default(),
            clock: ServerClock::default(),
            takes_only_tls13: AtomicBool::new(false),
            proofs: Arc::default(),
            working: watch::Sender::new(false),
            pace,
            runtime: shared.runtime,
            stop: CancellationToken::new(),
            crew: Arc::default(),
            budget: Mutex::new(budget),
            open: AtomicUsize::new(0),
            resting: AtomicUsize::new(0),
            lane_failures: AtomicUsize::new(0),
            lists_paths: AtomicBool::new(false),
            trust: Mutex::default(),
            password: Mutex::default(),
            manners: Mutex::default(),
            view: Mutex::new(view),
            shown: Mutex::default(),
        }
    }

    /// Settings, as they are now.
    pub fn settings(&self) -> Settings {
        self.settings.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The site as it is saved now, with the connection that the session began with.
    pub fn site_now(&self) -> Arc<Site> {
        Arc::clone(&self.edited.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Waits until what was changed of an item is recorded, before anything is done about it.
    ///
    /// # Errors
    /// The disk refused the record, and nobody goes on without it.
    pub async fn recorded(&self) -> Result<(), Stopped> {
        if self.queue.may_begin().await { Ok(()) } else { Err(Stopped::Unrecorded) }
    }

    /// How a file that begins now is moved; each reads it once.
    pub fn rules(&self) -> TransferRules {
        TransferRules::of(&self.site_now(), &self.settings.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// What is left out of a folder that begins now.
    pub fn left_out(&self) -> LeaveOut {
        left_out(&self.site_now(), &self.settings.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The site was edited: what does not concern the connection holds from here on, for each file that begins. `facts` is what is
    /// known of its host.
    pub fn adopt(&self, saved: &Site, facts: &HostFacts) {
        let site = Arc::new(saved.with_connection_of(&self.site));
        let was = {
            let mut edited = self.edited.write().unwrap_or_else(PoisonError::into_inner);
            std::mem::replace(&mut *edited, Arc::clone(&site))
        };
        if was == site {
            return;
        }
        self.pace.site.set(site.speed);
        let stated = |site: &Site| (site.list_ahead_seconds, site.clock_ahead_seconds);
        if stated(&was) != stated(&site) {
            self.clock.begin(&site, facts);
        }
        self.show(|view| view.site = Some(Site::clone(&site)));
    }

    /// Changes what is drawn of the session, and publishes it.
    pub fn show(&self, change: impl FnOnce(&mut SessionView)) {
        let view = {
            let mut view = lock(&self.view);
            change(&mut view);
            view.connections = self.open.load(Ordering::Acquire);
            view.connection_budget = lock(&self.budget).allowed();
            view.clone()
        };
        self.publisher.publish(EventBody::Session(Box::new(view)));
    }

    /// What is drawn of the session.
    pub fn view(&self) -> SessionView {
        lock(&self.view).clone()
    }

    /// The accepted certificates.
    pub fn trust(&self) -> Trust {
        lock(&self.trust).clone()
    }

    /// Accepts certificates.
    pub fn set_trust(&self, trust: Trust) {
        *lock(&self.trust) = trust;
    }

    /// The password that logged in.
    pub fn password(&self) -> Secret {
        lock(&self.password).clone()
    }

    /// Remembers the password that logged in, for the lanes and for reconnects.
    pub fn set_password(&self, password: Secret) {
        *lock(&self.password) = password;
    }

    /// The server's ways, once a connection has found them out.
    pub fn manners(&self) -> Option<Manners> {
        lock(&self.manners).clone()
    }

    /// Remembers the server's ways for the connections that follow.
    pub fn set_manners(&self, manners: Manners) {
        *lock(&self.manners) = Some(manners);
    }

    /// Remembers the remote folder that is shown: a download from it needs no further listing.
    pub fn set_shown(&self, path: &RemotePath, listing: &Arc<Listing>) {
        *lock(&self.shown) = Some((path.clone(), Arc::clone(listing)));
    }

    /// The remote folder that is shown, when it is `path`.
    pub fn shown(&self, path: &RemotePath) -> Option<Arc<Listing>> {
        lock(&self.shown).as_ref().filter(|(shown, _)| shown == path).map(|(_, listing)| Arc::clone(listing))
    }

    /// Lists a folder on a transfer connection, without going there where the server takes paths: one connection finds out for all.
    ///
    /// # Errors
    /// As [`Control::list`].
    pub async fn list(&self, control: &mut Control, path: &RemotePath) -> Result<Listing, Fault> {
        if self.lists_paths.load(Ordering::Relaxed) {
            control.trust_listed_paths();
        }
        let listing = control.list_from_afar(path).await;
        if control.lists_paths() {
            self.lists_paths.store(true, Ordering::Relaxed);
        }
        listing
    }

    /// Dials and secures a connection, not logged in.
    ///
    /// # Errors
    /// The connection's fault.
    pub async fn dial(
        &self,
        number: u16,
        on_step: impl Fn(ConnectStep) + Send + Sync + 'static,
        cancel: &CancellationToken,
    ) -> Result<Control, Fault> {
        let target = Target {
            host: self.site.host.clone(),
            port: self.site.port(),
            encryption: self.site.encryption,
            data_mode: self.site.data_mode,
            trust: self.trust(),
            tls_version: if self.takes_only_tls13.load(Ordering::Acquire) { TlsVersion::Tls13 } else { TlsVersion::Tls12 },
            timeout: Duration::from_secs(u64::from(self.settings().timeout_seconds)),
        };
        let observer = ConnectionObserver::new(self.publisher.clone(), number).on_step(on_step);
        let mut control = dial::connect(&target, Arc::new(observer), cancel).await?;
        if let Some(facts) = control.tls() {
            self.takes_only_tls13.store(facts.is_tls13(), Ordering::Release);
        }
        control.share_list_ahead(self.clock.list_ahead());
        Ok(control)
    }

    /// Counts the browsing connection for as long as the place is held.
    pub fn count_connection(self: &Arc<Self>) -> Place {
        self.open.fetch_add(1, Ordering::AcqRel);
        let mut place = Place { ctx: Arc::clone(self), is_shown: false };
        place.taken();
        place
    }

    /// A turn to dial: together with others while the host has refused none, then one after the other. `None` when the session stops.
    pub async fn turn_to_dial(&self) -> Option<Turn<'_>> {
        let at_once = |under_way: usize| {
            // One attempt a wait after a failure.
            if self.lane_failures.load(Ordering::Acquire) > 0 {
                return 1;
            }
            lock(&self.budget).dials_at_once(self.open.load(Ordering::Acquire).saturating_sub(under_way))
        };
        self.crew.turn_to_dial(at_once, &self.stop).await
    }

    /// How many lanes there may be beside the browsing connection.
    pub fn lanes_allowed(&self) -> usize {
        lock(&self.budget).allowed().saturating_sub(1)
    }

    /// How many lanes there may ever be.
    pub fn most_lanes(&self) -> usize {
        lock(&self.budget).most_lanes()
    }

    /// How many lanes a person chose for the site or for all; 0 leaves it to the program.
    pub fn chosen_lanes(&self) -> usize {
        chosen_lanes(&self.site_now(), &self.settings())
    }

    /// Whether any connection stands or is being made.
    pub fn is_connected(&self) -> bool {
        self.open.load(Ordering::Acquire) > 0
    }

    /// A place for one connection more, when the host may have it.
    pub fn reserve(self: &Arc<Self>) -> Option<Place> {
        let allowed = lock(&self.budget).allowed();
        let within = |open| if open < allowed { Some(open + 1) } else { None };
        self.open.fetch_update(Ordering::AcqRel, Ordering::Acquire, within).ok()?;
        Some(Place { ctx: Arc::clone(self), is_shown: false })
    }

    /// A place for a connection beside what transfers and browsing may have, unless the host is known to allow no more.
    pub fn reserve_beside(self: &Arc<Self>) -> Option<Place> {
        let limit = lock(&self.budget).to_remember().unwrap_or(usize::MAX);
        let within = |open| if open < limit { Some(open + 1) } else { None };
        self.open.fetch_update(Ordering::AcqRel, Ordering::Acquire, within).ok()?;
        Some(Place { ctx: Arc::clone(self), is_shown: false })
    }

    /// Whether the host allows one connection only: browsing and transfers share it.
    pub fn is_shared(&self) -> bool {
        lock(&self.budget).is_shared()
    }

    /// Changes the budget and lets the lanes look again.
    pub fn change_budget(&self, change: impl FnOnce(&mut Budget, usize)) {
        change(&mut lock(&self.budget), self.open.load(Ordering::Acquire));
        self.working.send_modify(|_| {});
        self.show(|_| {});
    }

    /// Takes in what the lanes have moved: there may be more of them, or fewer.
    pub fn observe(&self) {
        let sample = self.crew.sample(self.resting.load(Ordering::Acquire) == 0);
        let (changed, helped) = {
            let mut budget = lock(&self.budget);
            (budget.observe(sample), budget.helped())
        };
        if changed {
            self.change_budget(|_, _| {});
            self.remember_helped(helped);
        }
    }

    /// Small files that wait behind large ones get a connection beside, as long as they do.
    pub fn lend(&self) {
        let lanes = lock(&self.budget).lanes();
        let waits = self.queue.read(|queue| queue.has_small_behind_large(&self.site.id, lanes));
        if lock(&self.budget).lend_one(waits) {
            self.change_budget(|_, _| {});
        }
    }

    /// Whether a file that has turned out to be large is at the connection that was lent to small ones.
    pub fn is_lent_to(&self, id: TransferId) -> bool {
        let lanes = lock(&self.budget).lanes();
        self.queue.read(|queue| queue.is_large_too_many(&self.site.id, id, lanes))
    }

    /// A lane lost its connection, or the server could not cope with it.
    pub fn lane_lost(&self) {
        let (changed, helped) = {
            let mut budget = lock(&self.budget);
            (budget.lost(Instant::now()), budget.helped())
        };
        if changed {
            self.change_budget(|_, _| {});
            self.remember_helped(helped);
        }
    }

    /// Remembers for the host how many lanes are worth having; nobody waits for it.
    fn remember_helped(&self, helped: Option<usize>) {
        let Some(helped) = helped else { return };
        let (keeper, site, publisher) = (self.keeper.clone(), self.site.clone(), self.publisher.clone());
        self.runtime.spawn(async move {
            if let Some(problem) = keeper.relearn(&site, move |facts| facts.useful_connections = Some(helped)).await {
                publisher.publish(EventBody::Trouble(problem));
            }
        });
    }

    /// Allows one connection more when the last refusal is long enough ago.
    pub fn grow_budget(&self) {
        let grown = lock(&self.budget).grow(Instant::now());
        if grown {
            self.change_budget(|_, _| {});
        }
    }
}

/// A place in the host's budget: given back when it is dropped.
pub struct Place {
    ctx: Arc<SessionContext>,
    is_shown: bool,
}

impl Place {
    /// The connection stands.
    pub fn taken(&mut self) {
        self.is_shown = true;
        lock(&self.ctx.budget).opened(self.ctx.open.load(Ordering::Acquire));
        self.ctx.show(|_| {});
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.ctx.open.fetch_sub(1, Ordering::AcqRel);
        if self.is_shown {
            self.ctx.show(|_| {});
        }
    }
}

/// How many lanes a person chose for a site or for all; 0 leaves it to the program.
pub fn chosen_lanes(site: &Site, settings: &Settings) -> usize {
    usize::from(if site.connections > 0 { site.connections } else { settings.connections })
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Every value behind these locks is replaced whole: a panic elsewhere leaves a valid one.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
