//! The queue: items in order, by tab, with what each still needs. Pure data; who moves the bytes is the engine's affair.
//!
//! It is made for a million items: those that rest are packed (`packed`) and lie in pages, each tab is a sorted list that gives
//! any row at once (`ranked`), each site knows what it may run next (`site`). Nothing here walks over all items.

mod arrival;
mod batch;
mod figures;
mod find;
mod holding;
mod item;
mod order;
mod packed;
mod pages;
mod ranked;
mod site;
mod targets;
mod walls;

use std::borrow::Cow;
use std::collections::{HashMap, VecDeque};
use std::time::{Duration, Instant};

pub use arrival::{Arrival, Arrivals};
pub use batch::{Batch, Reserved};
pub use find::{Mark, Seen};
pub use item::{Item, StopWish, Target};
pub use order::Reorder;
pub use targets::FreeNames;
pub use walls::Wall;

use crate::model::problem::Problem;
use crate::model::queue::holding::Saving;
use crate::model::queue::order::{order_of, place_of};
use crate::model::queue::packed::{Packed, Packer};
use crate::model::queue::pages::Pages;
use crate::model::queue::ranked::{Place, Ranked};
use crate::model::queue::site::{LARGE, SiteQueue, Wait};
use crate::model::site::SiteId;
use crate::model::speed::Speed;
use crate::model::transfer::{Priority, QueueTab, TransferId, TransferRow, TransferState};

/// All items.
#[derive(Debug, Default)]
pub struct Queue {
    /// What rests, by identity.
    resting: Pages<Packed>,
    /// What is under "Active".
    running: HashMap<TransferId, Item>,
    packer: Packer,
    sites: Vec<SiteQueue>,
    active: Ranked,
    queued: Ranked,
    failed: Ranked,
    done: Ranked,
    queued_bytes: u64,
    next_id: u64,
    /// The places that were given in front of all others and behind them.
    front: i64,
    end: i64,
    /// What the other tabs sort by: each that enters is behind all before.
    next_order: u64,
    revision: u64,
    held: bool,
    saving: Saving,
    walls: Vec<Wall>,
    last_batch: u64,
    touched: Vec<TransferId>,
    total_speed: Speed,
    moved_in_all: u64,
    empty_folders: usize,
    skipped: usize,
    /// Those that filters left out of folders.
    filtered: usize,
    failures: usize,
    history: VecDeque<u64>,
}

impl Queue {
    /// A fresh identity.
    pub fn new_id(&mut self) -> TransferId {
        self.next_id += 1;
        TransferId(self.next_id)
    }

    /// Adds an item: under "Queued" at its place, or at the end when it has none; under other tabs at the end.
    pub fn put(&mut self, item: Item) {
        self.last_batch = self.last_batch.max(item.batch);
        self.next_id = self.next_id.max(item.id.0);
        let id = item.id;
        drop(self.take_out(id));
        self.put_in(item, None);
        self.touch(id);
    }

    /// One item; one that rests is unpacked for the look.
    #[must_use]
    pub fn get(&self, id: TransferId) -> Option<Cow<'_, Item>> {
        match self.running.get(&id) {
            Some(item) => Some(Cow::Borrowed(item)),
            None => self.resting.get(id.0).and_then(|packed| self.unpack(id, packed)).map(Cow::Owned),
        }
    }

    /// Changes an item.
    pub fn edit(&mut self, id: TransferId, change: impl FnOnce(&mut Item)) {
        let Some((mut item, from)) = self.take_out(id) else { return };
        change(&mut item);
        self.put_in(item, Some(from));
        self.touch(id);
    }

    /// Moves an item to another state, and to that state's tab.
    pub fn set_state(&mut self, id: TransferId, state: TransferState) {
        self.edit(id, |item| item.state = state);
    }

    /// Takes an item out.
    pub fn remove(&mut self, id: TransferId) -> Option<Item> {
        let (item, _) = self.take_out(id)?;
        self.touch(id);
        Some(item)
    }

    /// Takes many items out.
    pub fn remove_all(&mut self, ids: &[TransferId]) {
        ids.iter().for_each(|id| drop(self.remove(*id)));
    }

    /// The next item of `site` that may run now becomes `Moving` (a folder: `Scanning`).
    pub fn take_next(&mut self, site: &SiteId, now: Instant) -> Option<Item> {
        if self.begins_nothing() {
            return None;
        }
        let number = self.site_number(site)?;
        while let Some(id) = self.sites.get(number).and_then(|site| site.due(now)) {
            self.moment_came(number, id);
        }
        let id = loop {
            let id = self.sites.get(number)?.next()?.id;
            if !self.waits_for_another(number, id, now) {
                break id;
            }
        };
        let (mut item, from) = self.take_out(id)?;
        item.state = if item.is_folder == Some(true) { TransferState::Scanning } else { TransferState::Moving };
        item.tries += 1;
        item.wish = None;
        item.not_before = None;
        item.speed = Speed::default();
        item.counted = item.moved.load(std::sync::atomic::Ordering::Relaxed);
        item.begun_at = item.counted;
        let taken = item.clone();
        self.put_in(item, Some(from));
        self.touch(id);
        Some(taken)
    }

    /// When the first item that waits for its moment may run; `None` when none waits, or nothing may begin.
    #[must_use]
    pub fn next_moment(&self, site: &SiteId) -> Option<Instant> {
        if self.begins_nothing() { None } else { self.site(site)?.next_moment() }
    }

    /// Whether a connection works for `site` at this moment (an open question does not count).
    #[must_use]
    pub fn is_busy(&self, site: &SiteId) -> bool {
        self.site(site).is_some_and(SiteQueue::is_busy)
    }

    /// How many items of `site` are not through, paused ones left out.
    #[must_use]
    pub fn waiting(&self, site: &SiteId) -> usize {
        self.site(site).map_or(0, |site| site.active + site.waiting())
    }

    /// Whether a file of `site` waits for a connection.
    #[must_use]
    pub fn wants_connection(&self, site: &SiteId, now: Instant) -> bool {
        !self.begins_nothing() && self.site(site).is_some_and(|site| site.next().is_some() || site.due(now).is_some())
    }

    /// Whether anything of `site` runs, or waits and is not paused.
    #[must_use]
    pub fn is_pending(&self, site: &SiteId) -> bool {
        self.waiting(site) > 0
    }

    /// Identities under a tab, in order (done: last first). For a large queue, [`Self::ids_behind`].
    #[must_use]
    pub fn ids(&self, tab: QueueTab) -> Vec<TransferId> {
        let places = self.tab(tab).iter().map(|place| place.id);
        if tab == QueueTab::Done { places.rev().collect() } else { places.collect() }
    }

    /// Copies of some rows of a tab.
    #[must_use]
    pub fn rows(&self, tab: QueueTab, from: usize, count: usize, now: Instant) -> Vec<TransferRow> {
        let list = self.tab(tab);
        let copy = |place: Place| self.row(place.id, now);
        if tab == QueueTab::Done {
            // Last first: the rows are counted from the end.
            let end = list.len().saturating_sub(from);
            let begin = end.saturating_sub(count);
            let mut rows: Vec<TransferRow> = list.iter_from(begin).take(end - begin).filter_map(copy).collect();
            rows.reverse();
            return rows;
        }
        list.iter_from(from).take(count).filter_map(copy).collect()
    }

    /// A copy of one row.
    #[must_use]
    pub fn row(&self, id: TransferId, now: Instant) -> Option<TransferRow> {
        self.get(id).map(|item| item.row(now))
    }

    /// How many items there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.resting.len() + self.running.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// About `count` items from identity `from` on, and the identity to go on from. With the last of them, when there is none to
    /// go on from, come those that run, whatever their identity.
    #[must_use]
    pub fn portion(&self, from: u64, count: usize) -> (Vec<Cow<'_, Item>>, Option<u64>) {
        let mut behind = self.resting.iter_from(from);
        let resting = behind.by_ref().take(count);
        let mut items: Vec<Cow<'_, Item>> =
            resting.filter_map(|(id, packed)| self.unpack(TransferId(id), packed)).map(Cow::Owned).collect();
        let next = behind.next().map(|(id, _)| id);
        if next.is_none() {
            items.extend(self.running.values().map(Cow::Borrowed));
        }
        (items, next)
    }

    /// Counts every change.
    #[must_use]
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// What was kept when the connection went goes back to the front of the queue.
    pub fn requeue_kept(&mut self, site: &SiteId) {
        let is_kept = |item: &Item| item.site == *site && item.state == TransferState::Kept;
        let kept: Vec<TransferId> =
            self.active.iter().map(|place| place.id).filter(|id| self.running.get(id).is_some_and(is_kept)).collect();
        for id in kept.into_iter().rev() {
            self.put_back(id, None);
        }
    }

    /// Items that were put, changed or removed since the last call.
    pub fn take_touched(&mut self) -> Vec<TransferId> {
        std::mem::take(&mut self.touched)
    }

    /// What was touched so far needs no record.
    pub fn forget_touched(&mut self) {
        self.touched.clear();
    }

    /// Fails an item.
    pub fn fail(&mut self, id: TransferId, problem: Problem) {
        self.set_state(id, TransferState::Failed(problem));
    }

    /// Puts an item back to the front of the queue, to be taken at `not_before` at the earliest.
    pub fn put_back(&mut self, id: TransferId, not_before: Option<Instant>) {
        let front = self.front();
        self.edit(id, |item| {
            item.not_before = not_before;
            item.place = Some(front);
            item.state = TransferState::Queued;
        });
    }
}

/// Where things stand.
impl Queue {
    fn touch(&mut self, id: TransferId) {
        self.revision += 1;
        self.touched.push(id);
    }

    /// A place before all that were given.
    fn front(&self) -> i64 {
        self.front.saturating_sub(1)
    }

    /// A place behind all that were given.
    fn end(&self) -> i64 {
        self.end.saturating_add(1)
    }

    fn tab(&self, tab: QueueTab) -> &Ranked {
        match tab {
            QueueTab::Active => &self.active,
            QueueTab::Queued => &self.queued,
            QueueTab::Failed => &self.failed,
            QueueTab::Done => &self.done,
        }
    }

    fn tab_mut(&mut self, tab: QueueTab) -> &mut Ranked {
        match tab {
            QueueTab::Active => &mut self.active,
            QueueTab::Queued => &mut self.queued,
            QueueTab::Failed => &mut self.failed,
            QueueTab::Done => &mut self.done,
        }
    }

    fn site_number(&self, site: &SiteId) -> Option<usize> {
        self.sites.iter().position(|known| known.id == *site)
    }

    fn site(&self, site: &SiteId) -> Option<&SiteQueue> {
        self.sites.iter().find(|known| known.id == *site)
    }

    /// The number of a site, which is made when it is new.
    fn number_for(&mut self, site: &SiteId) -> usize {
        self.site_number(site).unwrap_or_else(|| {
            self.sites.push(SiteQueue::new(site.clone()));
            self.sites.len() - 1
        })
    }

    fn unpack(&self, id: TransferId, packed: &Packed) -> Option<Item> {
        let site = self.sites.get(usize::try_from(packed.site).ok()?)?.id.clone();
        let place = (packed.tab() == QueueTab::Queued).then(|| place_of(packed.order));
        Some(packed.unpack(id, site, place))
    }

    /// The place of an item under "Queued".
    fn waiting_place(&self, id: TransferId) -> Option<Place> {
        self.resting.get(id.0).filter(|packed| packed.tab() == QueueTab::Queued).map(|packed| Place { order: packed.order, id })
    }

    /// The moment of a waiting item has come: now its order counts.
    fn moment_came(&mut self, site: usize, id: TransferId) {
        self.set_moment(site, id, None);
    }

    /// Whether an item has to wait because another one writes to the same file: it is looked at again in a moment.
    fn waits_for_another(&mut self, site: usize, id: TransferId, now: Instant) -> bool {
        let Some(whose) = self.sites.get(site).map(|site| &site.id) else { return false };
        let is_busy = self.resting.get(id.0).is_some_and(|packed| !packed.is_folder() && self.is_target_busy(packed, whose));
        if is_busy {
            self.set_moment(site, id, Some(now + targets::WAIT));
        }
        is_busy
    }

    /// From when on a waiting item may run. It is nothing to be recorded.
    fn set_moment(&mut self, site: usize, id: TransferId, moment: Option<Instant>) {
        let Some(packed) = self.resting.get_mut(id.0) else { return };
        let before = wait(id, packed);
        packed.set_moment(moment);
        let after = wait(id, packed);
        if let Some(site) = self.sites.get_mut(site) {
            site.leave(before);
            site.enter(after);
        }
    }

    /// Takes an item out of everything that knows of it; tells under which tab it was.
    fn take_out(&mut self, id: TransferId) -> Option<(Item, QueueTab)> {
        if let Some(item) = self.running.remove(&id) {
            self.active.remove(Place { order: item.order, id });
            self.count_running(&item, |count| *count -= 1);
            return Some((item, QueueTab::Active));
        }
        let packed = self.resting.remove(id.0)?;
        let tab = packed.tab();
        self.tab_mut(tab).remove(Place { order: packed.order, id });
        self.skipped -= usize::from(packed.is_skipped());
        self.filtered -= usize::from(packed.is_filtered());
        if tab == QueueTab::Queued {
            self.queued_bytes = self.queued_bytes.saturating_sub(packed.left());
        }
        let item = self.unpack(id, &packed)?;
        if packed.is_queued()
            && let Some(site) = usize::try_from(packed.site).ok().and_then(|number| self.sites.get_mut(number))
        {
            site.leave(wait(id, &packed));
        }
        Some((item, tab))
    }

    /// Enters an item everywhere. Its place under another tab than `from` is behind all others; under "Queued" it may have one.
    fn put_in(&mut self, mut item: Item, from: Option<QueueTab>) {
        let (id, tab) = (item.id, item.state.tab());
        self.count_failure(&item, from);
        if from == Some(QueueTab::Active) && tab != QueueTab::Active {
            self.moved_in_all += item.newly_moved();
        }
        if tab == QueueTab::Queued {
            item.order = self.order_for(id, item.priority, item.place);
        } else if from != Some(tab) {
            item.order = self.next_order();
        }
        if tab == QueueTab::Active {
            self.active.insert(Place { order: item.order, id });
            self.count_running(&item, |count| *count += 1);
            self.running.insert(id, item);
            return;
        }
        let number = self.number_for(&item.site);
        let packed = self.packer.pack(item, u32::try_from(number).unwrap_or(u32::MAX));
        self.rest(id, number, packed);
    }

    /// What an item under "Queued" is sorted by; without a place it gets the last one.
    fn order_for(&mut self, id: TransferId, priority: Priority, place: Option<i64>) -> u64 {
        // The place of a new item is its number, where nothing was moved: then it need not be saved.
        let place = place.unwrap_or_else(|| self.end().max(i64::try_from(id.0).unwrap_or(i64::MAX)));
        (self.front, self.end) = (self.front.min(place), self.end.max(place));
        order_of(priority, place)
    }

    /// What an item that enters another tab is sorted by.
    fn next_order(&mut self) -> u64 {
        self.next_order += 1;
        self.next_order
    }

    /// Enters an item that rests everywhere.
    fn rest(&mut self, id: TransferId, site: usize, packed: Packed) {
        let tab = packed.tab();
        self.tab_mut(tab).insert(Place { order: packed.order, id });
        self.skipped += usize::from(packed.is_skipped());
        self.filtered += usize::from(packed.is_filtered());
        if tab == QueueTab::Queued {
            self.queued_bytes += packed.left();
        }
        if packed.is_queued()
            && let Some(site) = self.sites.get_mut(site)
        {
            site.enter(wait(id, &packed));
        }
        self.resting.insert(id.0, packed);
    }

    fn count_running(&mut self, item: &Item, count: impl Fn(&mut usize)) {
        let number = self.number_for(&item.site);
        let Some(site) = self.sites.get_mut(number) else { return };
        count(&mut site.active);
        if item.state.is_running() && item.state != TransferState::Asking {
            let is_large = is_large(item.is_folder == Some(true), item.size);
            count(if is_large { &mut site.busy_large } else { &mut site.busy_small });
        }
    }
}

fn is_large(is_folder: bool, size: Option<u64>) -> bool {
    !is_folder && size.is_some_and(|size| size >= LARGE)
}

/// Where a packed item waits.
fn wait(id: TransferId, packed: &Packed) -> Wait {
    let is_large = is_large(packed.is_folder(), packed.size());
    Wait { place: Place { order: packed.order, id }, is_large, direction: packed.direction(), not_before: packed.not_before() }
}

/// How long an item waits before it is tried again after its connection went.
#[must_use]
pub fn pause_before_retry(tries: u32) -> Duration {
    match tries {
        0 | 1 => Duration::from_secs(1),
        2 => Duration::from_secs(3),
        _ => Duration::from_secs(10),
    }
}

#[cfg(test)]
mod tests;
