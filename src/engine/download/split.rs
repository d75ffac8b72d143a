//! A large file over several connections at once: the lane that has the item fetches its ranges, and helpers come as long as places are
//! free, no file waits for them, and the whole gets faster. Which range is whose is `model::ranges`' affair.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use tokio::task::{JoinError, JoinSet};
use tokio_util::sync::CancellationToken;

use crate::engine::copy::CopyFault;
use crate::engine::download::landing::on_disk;
use crate::engine::download::pieces::{Broken, Misfit, Pieces};
use crate::engine::item_outcome::{Outcome, Stopped, refuses_offset};
use crate::engine::lane::Connection;
use crate::engine::session_context::{Place, SessionContext};
use crate::engine::{aftermath, lane_thread, resume};
use crate::ftp::{Control, Fault};
use crate::model::conflict::Facts;
use crate::model::entry::{Modified, Precision};
use crate::model::log::LogKind;
use crate::model::problem::{Problem, ProblemKind};
use crate::model::queue::Item;
use crate::model::ranges::{Claim, Growth, Next, Ranges};
use crate::model::resume::Sign;
use crate::model::rules::TransferRules;
use crate::model::site::Split as Wish;
use crate::model::transfer::TransferId;

/// Smaller files are through before a second connection stands.
const AT_LEAST: u64 = 64 << 20;
/// Between two looks at how it goes.
const TICK: Duration = Duration::from_millis(250);
/// How much time may have to be done over after a kill.
const SAVE: Duration = Duration::from_secs(5);
/// Helpers are numbered from here on in log and timeline, so that no lane has their numbers.
const FIRST_HELPER: u16 = 101;

/// How it ended.
pub enum Split {
    /// All ranges are there and fit: the closing reply behind the last byte.
    Whole(String),
    /// They do not fit: it has to come whole, over one connection.
    Anew,
    /// A person is asked.
    Outcome(Outcome),
}

/// Whether the file may come over several connections.
pub async fn is_worth_it(ctx: &SessionContext, rules: &TransferRules, item: &Item) -> bool {
    let Some(size) = item.size.filter(|size| *size >= AT_LEAST) else { return false };
    if rules.split == Wish::Never || ctx.is_shared() {
        return false;
    }
    // A server that gets offsets wrong would only be found out again.
    ctx.keeper.host(&ctx.site).await.rest_limit.is_none_or(|limit| size <= limit)
}

/// Fetches all ranges that are missing into `part`, with helpers where `may_grow`.
///
/// # Errors
/// Why it did not arrive; what is there of each range is kept.
pub async fn fetch(
    ctx: &Arc<SessionContext>,
    control: &mut Control,
    item: &Item,
    part: &Path,
    ranges: Ranges,
    may_grow: bool,
) -> Result<Split, Stopped> {
    let size = item.size.unwrap_or(0);
    let was_plain = ranges.is_plain();
    let time = time_of(control, item).await?;
    if let Some(at) = time.filter(|_| item.modified.is_none_or(|modified| modified.precision != Precision::Second)) {
        // The next try, and the next start, compare with it.
        let modified = Some(Modified { at, precision: Precision::Second });
        ctx.queue.update(|queue| queue.edit(item.id, |item| item.modified = modified));
    }
    let now = Instant::now();
    let mut growth = Growth::new(now, ranges.written());
    if !may_grow {
        growth.end();
    }
    let (moved, pace) = (Arc::clone(&item.moved), ctx.pace.clone());
    let pieces = Arc::new(Pieces::new(item.remote.clone(), part.to_owned(), size, moved, pace, ranges));
    let mut crew = Crew {
        ctx: Arc::clone(ctx),
        id: item.id,
        part: part.to_owned(),
        stop: control.cancel_token().child_token(),
        pieces: Arc::clone(&pieces),
        helpers: JoinSet::new(),
        running: Arc::default(),
        known: 0,
        count: 0,
        growth,
        saved: now,
    };
    let worked = crew.work(control).await;
    crew.dismiss().await;
    save(ctx, item.id, part, &pieces).await;
    match worked {
        // Each connection opened the file for itself, and joints tell of what lies at them only.
        Ok(()) if (crew.count > 0 || !was_plain) && time_of(control, item).await? != time => {
            ctx.publisher.log(0, LogKind::Note, format!("{} has changed while it came in parts.", item.remote));
            broken_off(ctx, item, part, Broken::Misfit(Misfit::Different)).await
        }
        Ok(()) => {
            // Its length tells all again.
            ctx.queue.update(|queue| queue.edit(item.id, |item| item.ranges = None));
            Ok(Split::Whole(pieces.reply().unwrap_or_else(|| "all bytes were there".to_owned())))
        }
        Err(broken) => broken_off(ctx, item, part, broken).await,
    }
}

/// When the file was last changed, where the server tells.
async fn time_of(control: &mut Control, item: &Item) -> Result<Option<Timestamp>, Stopped> {
    match control.modified(&item.remote).await {
        Ok(time) => Ok(time),
        Err(Fault::Refused(_)) => Ok(None),
        Err(fault) => Err(Stopped::wire(fault, &format!("tell the time of {}", item.remote))),
    }
}

/// What follows from a file that did not come together.
async fn broken_off(ctx: &SessionContext, item: &Item, part: &Path, broken: Broken) -> Result<Split, Stopped> {
    match broken {
        Broken::Copy(CopyFault::Disk(error)) => Err(Stopped::disk(&error, "write", part)),
        Broken::Copy(CopyFault::Wire(fault)) if refuses_offset(&fault) && item.moved.load(Ordering::Relaxed) > 0 => Ok(Split::Anew),
        Broken::Copy(CopyFault::Wire(fault)) => Err(Stopped::wire(fault, &format!("send {}", item.remote))),
        Broken::Misfit(Misfit::Misplaced { asked, beyond }) => {
            resume::remember_misplaced(ctx, asked, beyond).await;
            Ok(Split::Anew)
        }
        Broken::Misfit(Misfit::Different | Misfit::Doubtful) => {
            if resume::course(ctx, item, false) == resume::Course::Ask {
                let source = Facts { size: item.size, modified: item.modified };
                resume::ask(ctx, item, item.moved.load(Ordering::Relaxed), Sign::Bytes, source, source);
                return Ok(Split::Outcome(Outcome::Asking));
            }
            let what = format!("The parts of {} do not fit together. It is fetched whole, over one connection.", item.remote);
            ctx.publisher.log(0, LogKind::Note, what);
            Ok(Split::Anew)
        }
        Broken::Misfit(Misfit::Size) => {
            let what = "The file on the server is not as long as it was said to be: it is being changed.";
            Err(Stopped::Failed { problem: Problem::new(ProblemKind::Unproven, what), again: true })
        }
    }
}

/// Puts into the queue, and so into the journal, what is on the disk of each range: first to the disk, then into the journal, which must
/// not know of more than there is after a power cut.
async fn save(ctx: &SessionContext, id: TransferId, part: &Path, pieces: &Pieces) {
    // Once it was in ranges its length tells nothing, also when one range is left.
    let was_in_ranges = ctx.queue.read(|queue| queue.get(id).is_some_and(|item| item.ranges.is_some()));
    let Some(saved) = pieces.with(|ranges| (was_in_ranges || !ranges.is_plain()).then(|| ranges.to_save())) else { return };
    // A disk that refuses this refuses the next write, which tells of it; that there are holes has to be known all the same.
    drop(on_disk(part.to_owned(), |part| File::open(part)?.sync_data()).await);
    ctx.queue.update(|queue| queue.edit(id, |item| item.ranges = Some(saved)));
}

/// Who is at one file.
struct Crew {
    ctx: Arc<SessionContext>,
    id: TransferId,
    part: PathBuf,
    pieces: Arc<Pieces>,
    /// Ends the helpers.
    stop: CancellationToken,
    helpers: JoinSet<Result<(), Broken>>,
    /// Helpers that move bytes.
    running: Arc<AtomicUsize>,
    /// How many of them `growth` has heard of.
    known: usize,
    /// How many there ever were.
    count: u16,
    growth: Growth,
    saved: Instant,
}

impl Crew {
    /// Fetches until every byte is there and every joint proven.
    async fn work(&mut self, control: &mut Control) -> Result<(), Broken> {
        loop {
            let pieces = Arc::clone(&self.pieces);
            let Some(claim) = pieces.with(Ranges::claim) else {
                // What the helpers are at is too little to be shared.
                match self.helpers.join_next().await {
                    Some(ended) => self.heed(ended).await,
                    None => break,
                }
                continue;
            };
            if claim.from > 0 {
                save(&self.ctx, self.id, &self.part, &pieces).await;
                self.ctx.queue.journalled().await;
            }
            let fetching = pieces.fetch(control, claim);
            tokio::pin!(fetching);
            let mut ticks = tokio::time::interval(TICK);
            loop {
                tokio::select! {
                    fetched = &mut fetching => {
                        fetched?;
                        break;
                    }
                    Some(ended) = self.helpers.join_next(), if !self.helpers.is_empty() => self.heed(ended).await,
                    _ = ticks.tick() => self.look().await,
                }
            }
        }
        self.pieces.prove_joints(control).await
    }

    /// A helper has ended. What it leaves is fetched by the others; when it found the file itself wrong, nobody helps any more.
    async fn heed(&mut self, ended: Result<Result<(), Broken>, JoinError>) {
        if matches!(ended, Ok(Ok(()))) {
            return;
        }
        self.growth.end();
        if let Ok(Err(Broken::Misfit(_))) = ended {
            // First everybody has to be through: what they still write must not land on what comes now.
            self.dismiss().await;
            // What came from the start on is good, and goes on to the end.
            self.pieces.with(Ranges::collapse);
            save(&self.ctx, self.id, &self.part, &self.pieces).await;
            let what = "A large file is fetched over one connection: its parts did not fit, or the server may not go by offsets.";
            self.ctx.publisher.log(0, LogKind::Note, what);
        }
    }

    /// A look at the clock: whether to save, to make room, or to grow.
    async fn look(&mut self) {
        let now = Instant::now();
        if now.saturating_duration_since(self.saved) >= SAVE {
            self.saved = now;
            save(&self.ctx, self.id, &self.part, &self.pieces).await;
        }
        let bytes = self.pieces.with(|ranges| ranges.come());
        let running = self.running.load(Ordering::Acquire);
        if running > self.known {
            self.known = running;
            self.growth.grown(now, bytes);
        }
        if self.ctx.queue.read(|queue| queue.wants_connection(&self.ctx.site.id, now)) {
            // A file that waits comes first.
            if !self.helpers.is_empty() {
                self.growth.end();
                self.stop.cancel();
            }
            return;
        }
        if self.growth.look(now, bytes) == Next::Grow
            && self.pieces.with(|ranges| ranges.has_room())
            && let Some(place) = self.ctx.reserve()
        {
            let helper = Helper {
                ctx: Arc::clone(&self.ctx),
                id: self.id,
                part: self.part.clone(),
                pieces: Arc::clone(&self.pieces),
                stop: self.stop.clone(),
                running: Arc::clone(&self.running),
            };
            let number = FIRST_HELPER.saturating_add(self.count);
            self.count = self.count.saturating_add(1);
            let helping = async move {
                let helped = lane_thread::run(move || helper.run(number, place)).await;
                // Without a thread its range is left to the others.
                helped.unwrap_or_else(|| Err(Fault::Poisoned.into()))
            };
            self.helpers.spawn_on(helping, &self.ctx.runtime);
        }
    }

    /// Sends the helpers away and waits until what they have is on the disk.
    async fn dismiss(&mut self) {
        self.stop.cancel();
        let had_helpers = !self.helpers.is_empty();
        while self.helpers.join_next().await.is_some() {}
        if had_helpers {
            // Their places are free.
            self.ctx.change_budget(|_, _| {});
        }
    }
}

/// One connection more.
struct Helper {
    ctx: Arc<SessionContext>,
    id: TransferId,
    part: PathBuf,
    pieces: Arc<Pieces>,
    stop: CancellationToken,
    running: Arc<AtomicUsize>,
}

impl Helper {
    async fn run(self, number: u16, place: Place) -> Result<(), Broken> {
        let turn = tokio::select! {
            turn = self.ctx.turn_to_dial() => turn,
            () = self.stop.cancelled() => None,
        };
        let Some(turn) = turn else { return Ok(()) };
        let mut open = match Connection::open(&self.ctx, number, place, &self.stop).await {
            Ok(open) => open,
            Err(Fault::Cancelled) => return Ok(()),
            Err(fault) => {
                // The refusal tells how many connections the host allows; nobody else is asked for this file.
                if let Some(floor) = turn.failed(fault) {
                    let faults = floor.all_ended().await;
                    aftermath::adjust_budget(&self.ctx, &faults, 1).await;
                }
                return Err(Fault::Poisoned.into());
            }
        };
        drop(turn);
        self.running.fetch_add(1, Ordering::AcqRel);
        let worked = self.work(&mut open.control).await;
        if !open.control.is_poisoned() {
            // The token has fired when it was sent away.
            open.control.set_cancel(CancellationToken::new());
            open.control.quit().await;
        }
        self.ctx.change_budget(|_, _| {});
        match worked {
            Err(Broken::Copy(CopyFault::Wire(Fault::Cancelled))) => Ok(()),
            worked => worked,
        }
    }

    async fn work(&self, control: &mut Control) -> Result<(), Broken> {
        while let Some(claim) = self.claim() {
            // Before a byte is written behind a hole: the length of the file lies from then on.
            save(&self.ctx, self.id, &self.part, &self.pieces).await;
            if !self.ctx.queue.journalled().await {
                // Also where a person goes on without it: after a crash a hole would be taken for what came.
                self.pieces.with(|ranges| ranges.release(claim));
                return Err(Fault::Poisoned.into());
            }
            self.pieces.fetch(control, claim).await?;
        }
        Ok(())
    }

    fn claim(&self) -> Option<Claim> {
        if self.stop.is_cancelled() { None } else { self.pieces.with(Ranges::claim) }
    }
}
