//! Files of ours on servers that are to be taken away or put in order, known before they may come about and across restarts.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use crate::engine::command::Place;
use crate::engine::item_outcome::Stopped;
use crate::engine::lane_thread::on_disk;
use crate::engine::resume;
use crate::engine::session_context::SessionContext;
use crate::engine::trouble;
use crate::ftp::{Control, Fault};
use crate::model::leftover::{self, Begun, Leftover, Mending, There};
use crate::model::log::LogKind;
use crate::model::path::RemotePath;
use crate::model::queue::{Item, Queue};
use crate::model::resume::Verdict;
use crate::model::site::SiteId;
use crate::model::transfer::{Direction, TransferId, TransferState};
use crate::store::file::StoreError;
use crate::store::leftovers as store;
use crate::store::places::Places;
use crate::store::under_way::{AfterKill, Temporary, UnderWay};

/// A cheap handle to the list.
#[derive(Clone)]
pub struct Leftovers {
    list: Arc<Mutex<Vec<Entry>>>,
    settled: Arc<Notify>,
    under_way: UnderWay,
    /// Whether the saved queue knows after a kill what was under way.
    is_queue_saved: Arc<AtomicBool>,
}

struct Entry {
    left: Leftover,
    /// A connection works on it.
    is_claimed: bool,
    /// The server refused to have it put in order in this session: only the next one tries again, or who wants the same target.
    is_refused: bool,
}

impl Leftovers {
    /// Nothing yet; it is kept below `places`.
    pub fn new(places: Option<Places>) -> Self {
        let under_way = UnderWay::new(places);
        Self { list: Arc::default(), settled: Arc::default(), under_way, is_queue_saved: Arc::default() }
    }

    /// Says whether the queue outlives a kill.
    pub fn queue_is_saved(&self, is_saved: bool) {
        self.is_queue_saved.store(is_saved, Ordering::Release);
    }

    /// Whether the queue outlives a kill.
    pub fn is_queue_saved(&self) -> bool {
        self.is_queue_saved.load(Ordering::Acquire)
    }

    /// What this program has under temporary names at the moment.
    pub fn under_way(&self) -> &UnderWay {
        &self.under_way
    }

    /// Takes in what is left by now, that of programs that were killed meanwhile with it.
    pub async fn look_again(&self) {
        let kept = self.on_disk(Vec::new(), store::load).await;
        self.lock().iter_mut().for_each(|entry| entry.is_refused = false);
        self.put_on_list(&kept, false);
    }

    /// Notes what is to be taken away; it is kept when this returns, as far as the disk allows.
    pub async fn add(&self, new: Vec<Leftover>) {
        if new.is_empty() {
            return;
        }
        let added = new.clone();
        self.on_disk((), move |under_way| store::change(under_way, &added, &[])).await;
        // Whoever takes it from the list finds it where it is kept, and nowhere else.
        for left in &new {
            self.under_way.end(&Temporary::Remote(left.clone()));
        }
        self.put_on_list(&new, false);
    }

    fn put_on_list(&self, new: &[Leftover], is_claimed: bool) {
        let mut list = self.lock();
        for left in new {
            if list.iter().all(|entry| entry.left != *left) {
                list.push(Entry { left: left.clone(), is_claimed, is_refused: false });
            }
        }
    }

    async fn on_disk<R: Send + 'static>(
        &self,
        otherwise: R,
        work: impl FnOnce(&UnderWay) -> Result<R, StoreError> + Send + 'static,
    ) -> R {
        let under_way = self.under_way.clone();
        match tokio::task::spawn_blocking(move || work(&under_way)).await {
            Ok(Ok(result)) => result,
            Ok(Err(error)) => {
                tracing::warn!(%error, "what is left on a server is not kept");
                otherwise
            }
            Err(_) => otherwise,
        }
    }

    /// The next one of a site that nobody works on.
    pub fn claim(&self, site: &SiteId) -> Option<Leftover> {
        let mut list = self.lock();
        // What a replacement left is taken away when its target is whole, and not before.
        let asides: Vec<Leftover> = list.iter().map(|entry| &entry.left).filter(|left| left.aside.is_some()).cloned().collect();
        let is_due = |left: &Leftover| {
            left.aside.is_some() || asides.iter().all(|other| (&other.site, other.part_path()) != (&left.site, left.part_path()))
        };
        let entry = list
            .iter_mut()
            .find(|entry| entry.left.site == *site && !entry.is_claimed && !entry.is_refused && is_due(&entry.left))?;
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

    /// The server does not let it be put in order: it is kept for the next session, and for whoever wants the same target.
    pub async fn refused(&self, left: Leftover) {
        self.add(vec![left.clone()]).await;
        if let Some(entry) = self.lock().iter_mut().find(|entry| entry.left == left) {
            (entry.is_claimed, entry.is_refused) = (false, true);
        }
        self.settled.notify_waiters();
    }

    /// An item is about to be taken out of the queue: what it has under a temporary name is left over from here on, also after a kill.
    pub fn is_about_to_be_left(&self, part: &Leftover) {
        let what = Temporary::Remote(part.clone());
        self.under_way.end(&what);
        if let Err(error) = self.under_way.begin(what, AfterKill::LeftOver, false) {
            tracing::warn!(%error, "what is left on a server is not kept");
        }
    }

    /// It is in order.
    pub async fn forget(&self, left: &Leftover) {
        self.lock().retain(|entry| entry.left != *left);
        self.settled.notify_waiters();
        if !self.under_way.end(&Temporary::Remote(left.clone())) {
            let removed = left.clone();
            self.on_disk((), move |under_way| store::change(under_way, &[], &[removed])).await;
        }
    }

    /// Takes it over from what is kept; when another program has done so, it is dropped here.
    async fn take(&self, left: &Leftover) -> bool {
        let wanted = left.clone();
        let is_ours = self.on_disk(true, move |under_way| store::take(under_way, &wanted)).await;
        if !is_ours {
            self.lock().retain(|entry| entry.left != *left);
            self.settled.notify_waiters();
        }
        is_ours
    }

    /// Notes a temporary name before anything is written under it. What was to be taken away under it is forgotten; false when that
    /// is being done now, or another file has the name, of this program or of another one.
    pub async fn reserve(&self, part: &Leftover) -> bool {
        let is_it = |entry: &Entry| {
            entry.left.site == part.site && entry.left.aside.is_none() && entry.left.part_path() == part.part_path()
        };
        {
            let mut list = self.lock();
            if list.iter().any(|entry| is_it(entry) && entry.is_claimed) {
                return false;
            }
            list.retain(|entry| !is_it(entry));
        }
        let after = if self.is_queue_saved() { AfterKill::Saved } else { AfterKill::LeftOver };
        let part = part.clone();
        self.on_disk(true, move |under_way| store::reserve(under_way, &part, after)).await
    }

    /// What was under a temporary name has its own, or is gone.
    pub fn let_go(&self, part: &Leftover) {
        self.under_way.end(&Temporary::Remote(part.clone()));
    }

    /// What is to be mended before a target is touched again; nobody else works on it from here on. Waits for whoever does so now.
    pub async fn claim_target(&self, site: &SiteId, target: &RemotePath) -> Option<Leftover> {
        loop {
            let settled = self.settled.notified();
            let claimed = {
                let mut list = self.lock();
                let is_it =
                    |entry: &&mut Entry| entry.left.site == *site && entry.left.target == *target && entry.left.aside.is_some();
                let entry = list.iter_mut().find(is_it)?;
                (!std::mem::replace(&mut entry.is_claimed, true)).then(|| entry.left.clone())
            };
            match claimed {
                Some(left) if self.take(&left).await => return Some(left),
                Some(_) => {}
                None => settled.await,
            }
        }
    }

    /// A target that is about to be written again is not taken away as what was sent of it before. True when that was under way: what
    /// was known of the target is old then.
    pub async fn spare(&self, site: &SiteId, target: &RemotePath) -> bool {
        let mut was_under_way = false;
        loop {
            let settled = self.settled.notified();
            let found = {
                let mut list = self.lock();
                let is_it =
                    |entry: &&mut Entry| entry.left.begun.is_some() && entry.left.site == *site && entry.left.target == *target;
                let Some(entry) = list.iter_mut().find(is_it) else { return was_under_way };
                (!std::mem::replace(&mut entry.is_claimed, true)).then(|| entry.left.clone())
            };
            match found {
                Some(left) => self.forget(&left).await,
                None => {
                    settled.await;
                    was_under_way = true;
                }
            }
        }
    }

    /// Notes that an old file is about to step aside; the caller works on it.
    pub async fn begin(&self, left: Leftover) {
        self.put_on_list(std::slice::from_ref(&left), true);
        self.on_disk((), move |under_way| under_way.begin(Temporary::Remote(left), AfterKill::LeftOver, true)).await;
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
    (!is_over).then(|| Leftover {
        site: item.site.clone(),
        target: item.remote.clone(),
        part: part.clone(),
        aside: None,
        begun: None,
    })
}

/// The beginning of a new file that an upload has sent under the file's own name, when it has.
#[must_use]
pub fn begun_of(item: &Item) -> Option<Leftover> {
    let part =
        item.part.as_ref().filter(|part| item.direction == Direction::Upload && item.remote.name() == Some(part.as_str()))?;
    let is_over = matches!(item.state, TransferState::Done(_) | TransferState::Skipped(_));
    let sent = item.moved.load(Ordering::Relaxed);
    // A name that is no text cannot be kept in the list: then it stays.
    // What went whole may be proven by another row: the source can have grown since.
    let all_went = item.size.is_some_and(|size| sent >= size);
    let source = item.local.to_str().filter(|_| item.is_new && !is_over && sent > 0 && !all_went)?.to_owned();
    let begun = Some(Begun { sent, source });
    Some(Leftover { site: item.site.clone(), target: item.remote.clone(), part: part.clone(), aside: None, begun })
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
    if !ctx.leftovers.take(&left).await {
        return Ok(());
    }
    let done = match left.aside_path() {
        Some(aside) => mend(ctx, control, &left, &aside).await.map(drop),
        None => take_away(ctx, control, &left).await,
    };
    match done {
        Ok(()) => ctx.leftovers.forget(&left).await,
        Err(fault) if fault.session_survives() => {
            let words = trouble::of_fault(&fault, &format!("put {} in order", left.target));
            ctx.publisher.log(0, LogKind::Problem, words.sentence());
            if left.aside.is_some() {
                // A target without its file is not forgotten.
                ctx.leftovers.refused(left).await;
            } else {
                ctx.leftovers.forget(&left).await;
            }
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
    if !exists(control, &part).await? {
        return Ok(());
    }
    if let Some(begun) = &left.begun
        && !is_beginning(control, &part, begun).await?
    {
        stays(ctx, &part);
        return Ok(());
    }
    control.delete(&part).await?;
    taken_away(ctx, &part);
    Ok(())
}

/// Whether what has a file's name is the beginning of it that was sent: another file may have come in its place.
///
/// # Errors
/// The connection's fault.
pub async fn is_beginning(control: &mut Control, path: &RemotePath, begun: &Begun) -> Result<bool, Fault> {
    let size = match control.size(path).await {
        Ok(Some(size)) if size <= begun.sent => size,
        Ok(_) | Err(Fault::Refused(_)) => return Ok(false),
        Err(fault) => return Err(fault),
    };
    let source = Path::new(&begun.source).to_owned();
    let whole = on_disk(move || std::fs::metadata(source).map(|facts| facts.len())).await;
    if whole.is_ok_and(|whole| whole <= size) {
        // All of it is there, or the source is another one by now.
        return Ok(false);
    }
    match resume::compare_remote(control, path, size, Path::new(&begun.source)).await {
        Ok(verdict) => Ok(verdict == Some(Verdict::Same)),
        Err(Stopped::ConnectionGone(fault)) => Err(fault),
        Err(Stopped::ByWish) => Err(Fault::Cancelled),
        Err(_) => Ok(false),
    }
}

/// Tells that something was taken away, also whoever shows its folder.
pub fn taken_away(ctx: &SessionContext, path: &RemotePath) {
    ctx.publisher.log(0, LogKind::Note, format!("{path} was taken away again."));
    if let Some(folder) = path.parent() {
        // The actor lives as long as its sessions matter.
        drop(ctx.arrivals.send(Place::Remote(folder)));
    }
}

/// Tells that what was sent of a file stays.
pub fn stays(ctx: &SessionContext, path: &RemotePath) {
    ctx.publisher.log(0, LogKind::Note, format!("{path} stays on the server as far as it was sent: its upload was cancelled."));
    if let Some(folder) = path.parent() {
        drop(ctx.arrivals.send(Place::Remote(folder)));
    }
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
