//! Files of ours on servers that are to be taken away or put in order, known before they may come about and across restarts.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use crate::engine::keeper::Keeper;
use crate::engine::session_context::SessionContext;
use crate::engine::trouble;
use crate::ftp::{Control, Fault};
use crate::model::leftover::{self, Leftover, Mending, There};
use crate::model::log::LogKind;
use crate::model::path::RemotePath;
use crate::model::queue::{Item, Queue};
use crate::model::site::SiteId;
use crate::model::transfer::{Direction, TransferId, TransferState};

/// A cheap handle to the list.
#[derive(Clone)]
pub struct Leftovers {
    list: Arc<Mutex<Vec<Entry>>>,
    settled: Arc<Notify>,
    keeper: Keeper,
}

struct Entry {
    left: Leftover,
    /// A connection works on it.
    is_claimed: bool,
}

impl Leftovers {
    /// The list as it was kept.
    pub async fn open(keeper: Keeper) -> Self {
        let kept = keeper.leftovers().await;
        let list = kept.into_iter().map(|left| Entry { left, is_claimed: false }).collect();
        Self { list: Arc::new(Mutex::new(list)), settled: Arc::default(), keeper }
    }

    /// Notes what may come about; it is kept when this returns, as far as the disk allows.
    pub async fn add(&self, new: Vec<Leftover>) {
        self.insert(new, false).await;
    }

    async fn insert(&self, new: Vec<Leftover>, is_claimed: bool) {
        if new.is_empty() {
            return;
        }
        {
            let mut list = self.lock();
            for left in &new {
                if list.iter().all(|entry| entry.left != *left) {
                    list.push(Entry { left: left.clone(), is_claimed });
                }
            }
        }
        self.keep(new, Vec::new()).await;
    }

    async fn keep(&self, added: Vec<Leftover>, removed: Vec<Leftover>) {
        if let Some(problem) = self.keeper.change_leftovers(added, removed).await {
            tracing::warn!(problem = %problem.what, "what is left on a server is not kept");
        }
    }

    /// The next one of a site that nobody works on.
    pub fn claim(&self, site: &SiteId) -> Option<Leftover> {
        let mut list = self.lock();
        let entry = list.iter_mut().find(|entry| entry.left.site == *site && !entry.is_claimed)?;
        entry.is_claimed = true;
        Some(entry.left.clone())
    }

    /// It was not come to: another connection does it.
    pub fn give_back(&self, left: &Leftover) {
        if let Some(entry) = self.lock().iter_mut().find(|entry| entry.left == *left) {
            entry.is_claimed = false;
        }
        self.settled.notify_waiters();
    }

    /// It is in order.
    pub async fn forget(&self, left: &Leftover) {
        self.lock().retain(|entry| entry.left != *left);
        self.settled.notify_waiters();
        self.keep(Vec::new(), vec![left.clone()]).await;
    }

    /// Whether a temporary name may be used: what was to be taken away under it is forgotten, unless that is being done now.
    pub async fn may_use(&self, site: &SiteId, part: &RemotePath) -> bool {
        let is_it =
            |entry: &Entry| entry.left.site == *site && entry.left.aside.is_none() && entry.left.part_path().as_ref() == Some(part);
        let gone = {
            let mut list = self.lock();
            if list.iter().any(|entry| is_it(entry) && entry.is_claimed) {
                return false;
            }
            let gone: Vec<_> = list.iter().filter(|entry| is_it(entry)).map(|entry| entry.left.clone()).collect();
            list.retain(|entry| !is_it(entry));
            gone
        };
        if !gone.is_empty() {
            self.keep(Vec::new(), gone).await;
        }
        true
    }

    /// What is to be mended before a target is touched again; nobody else works on it from here on. Waits for whoever does so now.
    pub async fn claim_target(&self, site: &SiteId, target: &RemotePath) -> Option<Leftover> {
        loop {
            let settled = self.settled.notified();
            {
                let mut list = self.lock();
                let is_it =
                    |entry: &&mut Entry| entry.left.site == *site && entry.left.target == *target && entry.left.aside.is_some();
                let entry = list.iter_mut().find(is_it)?;
                if !std::mem::replace(&mut entry.is_claimed, true) {
                    return Some(entry.left.clone());
                }
            }
            settled.await;
        }
    }

    /// Notes that an old file is about to step aside; the caller works on it.
    pub async fn begin(&self, left: Leftover) {
        self.insert(vec![left], true).await;
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Entry>> {
        self.list.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What an upload has under a temporary name, when it has.
#[must_use]
pub fn part_of(item: &Item) -> Option<Leftover> {
    let part =
        item.part.as_ref().filter(|part| item.direction == Direction::Upload && item.remote.name() != Some(part.as_str()))?;
    let is_over = matches!(item.state, TransferState::Done(_) | TransferState::Skipped(_));
    (!is_over).then(|| Leftover { site: item.site.clone(), target: item.remote.clone(), part: part.clone(), aside: None })
}

/// What the uploads among these items have under temporary names.
#[must_use]
pub fn parts_of(queue: &Queue, ids: &[TransferId]) -> Vec<Leftover> {
    ids.iter().filter_map(|id| part_of(&*queue.get(*id)?)).collect()
}

/// Puts one in order. What the server refuses is left, and told of.
///
/// # Errors
/// The fault that the connection did not survive; it is done by the next one.
pub async fn clean(ctx: &SessionContext, control: &mut Control, left: Leftover) -> Result<(), Fault> {
    let done = match left.aside_path() {
        Some(aside) => mend(ctx, control, &left, &aside).await.map(drop),
        None => take_away(ctx, control, &left).await,
    };
    match done {
        Ok(()) => ctx.leftovers.forget(&left).await,
        Err(fault) if fault.session_survives() => {
            let words = trouble::of_fault(&fault, &format!("put {} in order", left.target));
            ctx.publisher.log(0, LogKind::Problem, words.sentence());
            ctx.leftovers.forget(&left).await;
        }
        Err(fault) => {
            ctx.leftovers.give_back(&left);
            return Err(fault);
        }
    }
    Ok(())
}

async fn take_away(ctx: &SessionContext, control: &mut Control, left: &Leftover) -> Result<(), Fault> {
    let Some(part) = left.part_path() else { return Ok(()) };
    if exists(control, &part).await? {
        control.delete(&part).await?;
        ctx.publisher.log(0, LogKind::Note, format!("{part} was taken away again."));
    }
    Ok(())
}

/// Makes a target whole whose replacement was cut between its steps; what was done about it.
///
/// # Errors
/// The server refuses, or the connection's fault.
pub async fn mend(ctx: &SessionContext, control: &mut Control, left: &Leftover, aside: &RemotePath) -> Result<Mending, Fault> {
    let Some(part) = left.part_path() else { return Ok(Mending::Nothing) };
    let there = There {
        aside: exists(control, aside).await?,
        target: exists(control, &left.target).await?,
        part: exists(control, &part).await?,
    };
    let mending = leftover::mending(there);
    match mending {
        Mending::Nothing => {}
        Mending::PutBack => {
            control.rename(aside, &left.target).await?;
            ctx.publisher.log(0, LogKind::Note, format!("{} has its old content again: its replacement was cut.", left.target));
        }
        Mending::DeleteOld => control.delete(aside).await?,
        Mending::Leave => {
            ctx.publisher.log(0, LogKind::Problem, format!("The old content of {} is kept as {aside}.", left.target));
        }
    }
    Ok(mending)
}

/// Whether a file is there: SIZE, else the folder's listing.
///
/// # Errors
/// The connection's fault; a listing that is refused.
pub async fn exists(control: &mut Control, path: &RemotePath) -> Result<bool, Fault> {
    match control.size(path).await {
        Ok(Some(_)) => Ok(true),
        Ok(None) => {
            let Some((folder, name)) = path.parent().zip(path.name()) else { return Ok(false) };
            Ok(control.list(&folder).await?.entries.iter().any(|entry| entry.name == name))
        }
        Err(Fault::Refused(_)) => Ok(false),
        Err(fault) => Err(fault),
    }
}
