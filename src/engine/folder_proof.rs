//! Proof of uploads from one listing of their folder: a connection goes on with the next file while the proof of the last ones waits.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use crate::engine::item_outcome::{Arrival, Stopped};
use crate::engine::session_context::SessionContext;
use crate::engine::{settle, trouble, upload};
use crate::ftp::{Control, Fault};
use crate::model::entry::EntryKind;
use crate::model::gathering::{self, FEW, Gathering};
use crate::model::listing::Listing;
use crate::model::path::RemotePath;
use crate::model::queue::Item;
use crate::model::retry::TRANSFER_TRIES;
use crate::model::transfer::{Direction, TransferId};

/// Looks in a row that the connection did not survive before a folder is listed no more: each file is asked for by its name.
const LOST_LISTINGS: u32 = 2;

/// A file whose bytes went and were acknowledged.
#[derive(Debug)]
pub struct Sent {
    /// Which item.
    pub id: TransferId,
    /// Which run of it.
    pub run: u64,
    /// Where the bytes are.
    pub path: RemotePath,
    /// What is known of it, but for what it is compared with.
    pub arrival: Arrival,
}

/// Files that are looked at together.
pub type Batch = gathering::Batch<Sent>;

/// What waits for its proof in one session.
#[derive(Default)]
pub struct FolderProofs {
    gathering: Mutex<Gathering<Sent>>,
    /// The server's listings tell no sizes.
    tells_no_size: AtomicBool,
}

/// An upload under way: its folder is not through before this is dropped.
pub struct UnderWay {
    proofs: Arc<FolderProofs>,
    folder: RemotePath,
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.proofs.lock().end(&self.folder);
    }
}

impl FolderProofs {
    /// Notes that a file's upload has begun; nothing for other items.
    pub fn begin(self: &Arc<Self>, item: &Item) -> Option<UnderWay> {
        let folder = if item.direction == Direction::Upload { item.remote.parent()? } else { return None };
        self.lock().begin(&folder, Instant::now());
        Some(UnderWay { proofs: Arc::clone(self), folder })
    }

    /// Whether a listing is a proof here.
    pub fn may_gather(&self) -> bool {
        !self.tells_no_size.load(Ordering::Relaxed)
    }

    /// What is to be looked at before anything else.
    pub fn due(&self) -> Option<Batch> {
        self.lock().due(Instant::now())
    }

    /// What is to be looked at when there is nothing else to do.
    pub fn when_idle(&self) -> Option<Batch> {
        self.lock().when_idle(Instant::now())
    }

    /// When something becomes due.
    pub fn next_moment(&self) -> Option<Instant> {
        self.lock().next_moment()
    }

    /// Puts a batch back that nobody looked at.
    pub fn give_back(&self, batch: Batch, is_lost: bool) {
        self.lock().give_back(batch, is_lost, Instant::now());
    }

    fn lock(&self) -> MutexGuard<'_, Gathering<Sent>> {
        self.gathering.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The connection is through with a file: its proof is gathered, unless a person wished something else meanwhile.
pub fn gather(ctx: &SessionContext, sent: Sent) {
    let (id, run, folder) = (sent.id, sent.run, sent.path.parent().unwrap_or_else(RemotePath::root));
    // First: whoever takes the batch, perhaps at once, has to find it wanted.
    ctx.queue.release_sent(id, run);
    ctx.proofs.lock().add(&folder, sent, Instant::now());
    let is_wished = ctx.queue.read(|queue| queue.get(id).is_some_and(|item| item.wish.is_some()));
    if is_wished && ctx.queue.claim_sent(id, run) {
        settle::stopped(ctx, id, Stopped::ByWish);
    }
}

/// The session ends: what could not be proven waits in the queue, with all of its bytes there.
pub fn abandon(ctx: &SessionContext) {
    let left = ctx.proofs.lock().drain();
    for sent in left {
        if ctx.queue.claim_sent(sent.id, sent.run) {
            settle::stopped(ctx, sent.id, Stopped::ByWish);
        }
    }
}

/// Proves a batch: from the folder's listing, and what that does not show as it should be by itself.
///
/// # Errors
/// The fault that the connection did not survive; what was not proven by then waits again.
pub async fn prove(ctx: &SessionContext, control: &mut Control, mut batch: Batch) -> Result<(), Fault> {
    if batch.sent.len() > FEW && batch.lost < LOST_LISTINGS {
        let began = Instant::now();
        match ctx.list(control, &batch.folder).await {
            Ok(listing) => {
                let sizes = listing.sizes_of_files();
                let shown = |sent: &Sent| sizes.get(sent.path.name()?).copied().flatten();
                if tells_no_size(&listing) {
                    ctx.proofs.tells_no_size.store(true, Ordering::Relaxed);
                }
                let (proven, left) = batch.sent.into_iter().partition(|sent| shown(sent) == Some(sent.arrival.bytes));
                ctx.proofs.lock().listed(&batch.folder, listing.entries.len(), began.elapsed());
                arrived(ctx, proven).await;
                batch.sent = left;
            }
            Err(fault) if fault.session_survives() => {}
            Err(fault) => return Err(lost(ctx, batch, fault)),
        }
    }
    // Newest first, so that what is left can be given back.
    batch.sent.reverse();
    while let Some(sent) = batch.sent.pop() {
        match upload::prove(control, &sent.path, sent.arrival.bytes).await {
            Ok(compared) => arrived(ctx, vec![Sent { arrival: Arrival { compared, ..sent.arrival }, ..sent }]).await,
            Err(Stopped::ConnectionGone(fault)) => {
                batch.sent.push(sent);
                return Err(lost(ctx, batch, fault));
            }
            Err(Stopped::ByWish) => {
                batch.sent.push(sent);
                return Err(lost(ctx, batch, Fault::Cancelled));
            }
            Err(stopped) => {
                if ctx.queue.claim_sent(sent.id, sent.run) {
                    upload::begin_anew(ctx, sent.id);
                    settle::stopped(ctx, sent.id, stopped);
                }
            }
        }
    }
    Ok(())
}

fn tells_no_size(listing: &Listing) -> bool {
    let mut files = listing.entries.iter().filter(|entry| entry.kind == EntryKind::File).peekable();
    files.peek().is_some() && files.all(|file| file.size.is_none())
}

/// The files have arrived, but for those of which a person wanted something else meanwhile.
async fn arrived(ctx: &SessionContext, proven: Vec<Sent>) {
    let wanted = proven.into_iter().filter(|sent| ctx.queue.claim_sent(sent.id, sent.run));
    settle::arrived(ctx, wanted.map(|sent| (sent.id, sent.arrival)).collect()).await;
}

/// The connection went: what is left waits again, until it seems to be what ends the connections.
fn lost(ctx: &SessionContext, batch: Batch, fault: Fault) -> Fault {
    let is_lost = !matches!(fault, Fault::Cancelled);
    if is_lost && batch.lost + 1 >= LOST_LISTINGS + TRANSFER_TRIES {
        let problem = trouble::of_fault(&fault, "tell the file's size");
        for sent in batch.sent {
            if ctx.queue.claim_sent(sent.id, sent.run) {
                settle::stopped(ctx, sent.id, Stopped::for_good(problem.clone()));
            }
        }
    } else {
        ctx.proofs.give_back(batch, is_lost);
    }
    fault
}
