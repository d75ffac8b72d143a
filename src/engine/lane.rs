//! One transfer connection: takes items from the queue while it may, runs them, and leaves politely when there is nothing to do.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use tokio::time::{MissedTickBehavior, interval, sleep, sleep_until};
use tokio_util::sync::CancellationToken;

use crate::engine::crew::{Seat, Through};
use crate::engine::folder_proof::{self, Batch, Sent, UnderWay};
use crate::engine::item_outcome::{Outcome, Stopped};
use crate::engine::lane_thread::{self, on_disk};
use crate::engine::session_context::{Place, SessionContext};
use crate::engine::shared_queue::Taken;
use crate::engine::{aftermath, download, folder, leftovers, replace, settle, upload};
use crate::ftp::{Control, Fault};
use crate::model::leftover::Leftover;
use crate::model::queue::{Item, Target};
use crate::model::transfer::Direction;

/// How long a connection without work stays open.
const LINGER: Duration = Duration::from_secs(15);
/// Waits between attempts of all lanes together to connect, while the browsing connection is fine.
const BETWEEN_ATTEMPTS: [u64; 5] = [1, 3, 10, 30, 60];
/// How often what a long run moves is looked at.
const LOOK: Duration = Duration::from_millis(250);

/// A connection and its place in the count.
pub struct Connection {
    /// The control connection, logged in.
    pub control: Control,
    _place: Place,
}

impl Connection {
    /// Dials, secures and logs in.
    ///
    /// # Errors
    /// The connection's fault.
    pub async fn open(ctx: &Arc<SessionContext>, number: u16, mut place: Place, cancel: &CancellationToken) -> Result<Self, Fault> {
        let mut control = ctx.dial(number, |_| {}, cancel).await?;
        control.set_cancel(cancel.clone());
        control.login_again(ctx.site.login_user(), &ctx.password(), ctx.manners()).await?;
        place.taken();
        Ok(Self { control, _place: place })
    }
}

/// What a connection does next.
pub enum Work {
    /// An item of the queue. Its folder is not through before what is sent of it is gathered.
    Item(Box<Taken>, Option<UnderWay>),
    /// The proof of files that were sent.
    Proof(Batch),
    /// Something of ours that is to be put in order.
    Clean(Leftover),
}

impl Work {
    /// What is to be done now; `may_take` when items of the queue may be begun.
    pub fn next(ctx: &SessionContext, may_take: bool) -> Option<Self> {
        let left = || if may_take { ctx.leftovers.claim(&ctx.site.id).map(Self::Clean) } else { None };
        let due = ctx.proofs.due().map(Self::Proof).or_else(left);
        let item = || {
            let taken = ctx.queue.take_next(&ctx.site.id, Instant::now(), &ctx.stop, |item| ctx.proofs.begin(item));
            taken.map(|(taken, under_way)| Self::Item(Box::new(taken), under_way))
        };
        let item = || if may_take { item() } else { None };
        due.or_else(item).or_else(|| ctx.proofs.when_idle().map(Self::Proof))
    }

    /// What stops it.
    pub fn stop(&self, ctx: &SessionContext) -> CancellationToken {
        match self {
            Self::Item(taken, _) => taken.stop.clone(),
            Self::Proof(_) | Self::Clean(_) => ctx.stop.child_token(),
        }
    }

    /// It was not begun: no connection was to be had for it.
    fn hand_back(self, ctx: &SessionContext) {
        match self {
            Self::Item(taken, _) => {
                as_taken(ctx, &taken.item);
                settle::hand_back(ctx, taken.item.id);
                // Another connection may take it while this one waits.
                ctx.queue.release(taken.item.id, taken.run);
            }
            Self::Proof(batch) => ctx.proofs.give_back(batch, false),
            Self::Clean(left) => ctx.leftovers.give_back(&left),
        }
    }
}

/// Nothing was written under the name that was recorded as the item was taken, or for its run; what was known of it counts as old by then.
fn as_taken(ctx: &SessionContext, taken: &Item) {
    ctx.queue.update(|queue| {
        queue.edit(taken.id, |item| {
            if taken.part.is_none() || (&item.part, &item.remote) != (&taken.part, &taken.remote) {
                (item.part, item.remote, item.target) = (taken.part.clone(), taken.remote.clone(), Target::Unknown);
                item.is_new = taken.is_new;
            }
        });
    });
}

/// Runs until the session stops. There are as many lanes as the budget may ever come to; those without a seat sleep.
pub async fn run(ctx: Arc<SessionContext>) {
    let mut working = ctx.working.subscribe();
    while !ctx.stop.is_cancelled() {
        working.borrow_and_update();
        match ctx.crew.take_seat(ctx.lanes_allowed()) {
            Some(seat) => {
                let ctx = Arc::clone(&ctx);
                let _ = lane_thread::run(move || async move { work(&ctx, seat).await }).await;
            }
            None => {
                tokio::select! {
                    _ = working.changed() => {}
                    () = ctx.stop.cancelled() => {}
                }
            }
        }
    }
}

/// Works until the session stops or there is a seat too many.
async fn work(ctx: &Arc<SessionContext>, mut seat: Seat) {
    let mut changes = ctx.queue.changes();
    let mut working = ctx.working.subscribe();
    let mut connection: Option<Connection> = None;
    while !ctx.stop.is_cancelled() {
        changes.borrow_and_update();
        if connection.as_ref().is_some_and(|open| open.control.is_poisoned()) {
            connection = None;
        }
        seat.set_stands(connection.is_some());
        // Whoever has a connection works; another lane needs a place for one first.
        let is_open = *working.borrow_and_update();
        let number = seat.number();
        if seat.is_given_up(ctx.lanes_allowed()) {
            break;
        }
        // A lane that is connected already and rests wakes by the same change, and is quicker.
        let may_dial = is_open && connection.is_none() && ctx.resting.load(Ordering::Acquire) == 0;
        let turn = if may_dial { ctx.turn_to_dial().await } else { None };
        let place = if turn.is_some() { ctx.reserve() } else { None };
        let may_connect = connection.is_some() || place.is_some();
        let may_work = is_open && may_connect;
        // What was sent is proven also when nothing more is begun.
        let work = if may_connect { Work::next(ctx, may_work) } else { None };
        let Some(work) = work else {
            drop((place, turn));
            idle(ctx, may_work, &mut connection, &mut changes, &mut working).await;
            continue;
        };
        if matches!(work, Work::Item(..)) && !*ctx.working.borrow() {
            // The leave came in between: it has stopped what ran, and this did not run yet.
            work.hand_back(ctx);
            continue;
        }
        let token = work.stop(ctx);
        let open = match (connection.take(), place) {
            (Some(open), _) => Ok(open),
            (None, Some(place)) => Connection::open(ctx, number, place, &token).await,
            // Not reached: an item is taken with a connection or a place for one only.
            (None, None) => Err(Fault::Cancelled),
        };
        match open {
            Ok(mut open) => {
                ctx.lane_failures.store(0, Ordering::Release);
                seat.set_stands(true);
                drop(turn);
                open.control.set_cancel(token);
                connection = match work {
                    Work::Item(taken, under_way) => {
                        let goes_on = carry_out(ctx, &mut seat, open, *taken).await;
                        drop(under_way);
                        goes_on
                    }
                    Work::Proof(batch) => folder_proof::prove(ctx, &mut open.control, batch).await.is_ok().then_some(open),
                    Work::Clean(left) => leftovers::clean(ctx, &mut open.control, left).await.is_ok().then_some(open),
                };
                if connection.is_none() && !*ctx.working.borrow() {
                    // Perhaps nobody is left who could prove what was sent: it waits in the queue then.
                    folder_proof::abandon(ctx);
                }
            }
            Err(Fault::Cancelled) => match work {
                Work::Item(taken, _) => {
                    as_taken(ctx, &taken.item);
                    settle::stopped(ctx, taken.item.id, Stopped::ByWish);
                    ctx.queue.release(taken.item.id, taken.run);
                }
                other => other.hand_back(ctx),
            },
            Err(fault) => {
                work.hand_back(ctx);
                if let Some(floor) = turn.and_then(|turn| turn.failed(fault)) {
                    let faults = floor.all_ended().await;
                    let failures = ctx.lane_failures.fetch_add(1, Ordering::AcqRel);
                    // Before the next lane dials: it may not have to.
                    aftermath::adjust_budget(ctx, &faults, failures + 1).await;
                    let seconds = BETWEEN_ATTEMPTS.get(failures).or(BETWEEN_ATTEMPTS.last()).copied().unwrap_or(60);
                    // With the floor in hand: no lane dials meanwhile, so that the host sees one attempt a wait, however many lanes there are.
                    tokio::select! {
                        () = sleep(Duration::from_secs(seconds)) => {}
                        () = ctx.stop.cancelled() => {}
                    }
                }
            }
        }
    }
    if let Some(open) = connection {
        open.control.quit().await;
    }
}

/// Runs one item and writes its end into the queue; gives the connection back when it goes on.
async fn carry_out(ctx: &Arc<SessionContext>, seat: &mut Seat, mut open: Connection, taken: Taken) -> Option<Connection> {
    let Taken { item, run, .. } = taken;
    let id = item.id;
    let result = observed(ctx, seat.number(), &mut open.control, item).await;
    if matches!(result, Err(Stopped::ByWish)) {
        replace::discard(ctx, &mut open.control, id).await;
    }
    let mut goes_on = Some(open);
    if let Err(stopped) = &result {
        // What is gone does not count any more as the number of connections is thought over.
        if matches!(stopped, Stopped::ConnectionGone(_)) {
            goes_on = None;
            seat.set_stands(false);
        }
        aftermath::lane_stopped(ctx, stopped).await;
    }
    match result {
        Ok(Outcome::Sent { path, arrival }) => folder_proof::gather(ctx, Sent { id, run, path, arrival }),
        result => {
            settle::settle(ctx, id, result).await;
            ctx.queue.release(id, run);
        }
    }
    // Before the next item is taken: the one that was lent is not for large files.
    ctx.lend();
    goes_on
}

/// Runs one item, and tells the budget what it moves.
async fn observed(ctx: &Arc<SessionContext>, number: u16, control: &mut Control, item: Item) -> Result<Outcome, Stopped> {
    ctx.crew.begin(number, &item.moved);
    let running = run_item(ctx, control, item);
    tokio::pin!(running);
    let mut look = interval(LOOK);
    look.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let result = loop {
        tokio::select! {
            biased;
            result = &mut running => break result,
            _ = look.tick() => {
                ctx.observe();
                ctx.lend();
            }
        }
    };
    let through = match &result {
        Ok(Outcome::FolderRead) => Through::Folder,
        Ok(Outcome::Asking) | Err(_) => Through::Nothing,
        Ok(_) => Through::File,
    };
    ctx.crew.end(number, through);
    ctx.observe();
    result
}

/// Runs one item on a connection.
///
/// # Errors
/// Why it did not end well.
pub async fn run_item(ctx: &Arc<SessionContext>, control: &mut Control, mut item: Item) -> Result<Outcome, Stopped> {
    let result = run_by_kind(ctx, control, &mut item).await;
    if matches!(result, Err(Stopped::Unrecorded | Stopped::NotHere)) {
        as_taken(ctx, &item);
    }
    result
}

async fn run_by_kind(ctx: &Arc<SessionContext>, control: &mut Control, item: &mut Item) -> Result<Outcome, Stopped> {
    if item.is_folder.is_none() {
        match item.direction {
            Direction::Upload => {
                let path = item.local.clone();
                let (is_folder, size) = on_disk(move || std::fs::metadata(path).map(|facts| (facts.is_dir(), facts.len())))
                    .await
                    .map_err(|error| Stopped::disk(&error, "open", &item.local))?;
                item.is_folder = Some(is_folder);
                ctx.queue.update(|queue| {
                    queue.edit(item.id, |kept| (kept.is_folder, kept.size) = (Some(is_folder), (!is_folder).then_some(size)));
                });
            }
            Direction::Download => {
                let outcome = folder::identify(ctx, control, item).await?;
                if matches!(outcome, Outcome::Skipped(_)) {
                    return Ok(outcome);
                }
            }
        }
        if ctx.is_lent_to(item.id) {
            return Err(Stopped::NotHere);
        }
    }
    let is_folder = item.is_folder == Some(true);
    if is_folder || item.direction == Direction::Download {
        // A file that is sent waits for its record while it is opened.
        ctx.recorded().await?;
    }
    match (item.direction, is_folder) {
        (Direction::Upload, true) => folder::upload(ctx, control, item).await,
        (Direction::Download, true) => folder::download(ctx, control, item).await,
        (Direction::Upload, false) => upload::run(ctx, control, item).await,
        (Direction::Download, false) => download::run(ctx, control, item).await,
    }
}

/// Waits for work. A connection that has none for a while says goodbye; one that the server ends is dropped in silence.
async fn idle(
    ctx: &SessionContext,
    may_work: bool,
    connection: &mut Option<Connection>,
    changes: &mut tokio::sync::watch::Receiver<u64>,
    working: &mut tokio::sync::watch::Receiver<bool>,
) {
    let moment = if may_work { ctx.queue.read(|queue| queue.next_moment(&ctx.site.id)) } else { None };
    let proof = if may_work || connection.is_some() { ctx.proofs.next_moment() } else { None };
    let moment = moment.into_iter().chain(proof).min();
    let moment = moment.unwrap_or_else(|| Instant::now() + Duration::from_secs(3600));
    let Some(open) = connection else {
        tokio::select! {
            _ = changes.changed() => {}
            _ = working.changed() => {}
            () = sleep_until(moment.into()) => {}
            () = ctx.stop.cancelled() => {}
        }
        return;
    };
    ctx.resting.fetch_add(1, Ordering::AcqRel);
    let keeps = tokio::select! {
        _ = changes.changed() => true,
        _ = working.changed() => true,
        () = sleep_until(moment.into()) => true,
        () = ctx.stop.cancelled() => true,
        () = sleep(LINGER) => false,
        // The server ended it: nobody needs to hear of that.
        _ = open.control.watch() => false,
    };
    ctx.resting.fetch_sub(1, Ordering::AcqRel);
    if !keeps && let Some(open) = connection.take() {
        // Says goodbye on a connection that still stands, and does nothing on one that the server ended.
        open.control.quit().await;
    }
}
