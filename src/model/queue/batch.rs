//! Many items at once: numbered and packed before the queue is touched, so that entering takes next to no time.

use crate::model::queue::order::order_of;
use crate::model::queue::packed::{Packed, Packer};
use crate::model::queue::ranked::Place;
use crate::model::queue::{Item, Queue, wait};
use crate::model::site::SiteId;
use crate::model::transfer::{QueueTab, TransferId};

/// Identities and places that were kept free.
#[derive(Debug)]
pub struct Reserved {
    id: u64,
    place: i64,
}

impl Reserved {
    /// Gives items the reserved identities and places, one after the other.
    #[must_use]
    pub fn number(self, mut items: Vec<Item>) -> Vec<Item> {
        for ((id, place), item) in (self.id..).zip(self.place..).zip(&mut items) {
            item.id = TransferId(id);
            item.place = Some(place);
            item.order = order_of(item.priority, place);
        }
        items
    }
}

/// Packed items that have their identities and wait, failed or are done.
#[derive(Debug)]
pub struct Batch {
    sites: Vec<SiteId>,
    items: Vec<(TransferId, Packed)>,
}

impl Batch {
    /// Packs items that were numbered ([`Reserved::number`]) and do not run.
    #[must_use]
    pub fn new(items: Vec<Item>) -> Self {
        let mut packer = Packer::default();
        let mut sites: Vec<SiteId> = Vec::new();
        let items = items.into_iter().map(|item| {
            let number = sites.iter().position(|site| *site == item.site).unwrap_or_else(|| {
                sites.push(item.site.clone());
                sites.len() - 1
            });
            (item.id, packer.pack(item, u32::try_from(number).unwrap_or(u32::MAX)))
        });
        let items = items.collect();
        Self { sites, items }
    }
}

impl Queue {
    /// Keeps identities and places at the end free for `count` items.
    pub fn reserve(&mut self, count: usize) -> Reserved {
        let count = u64::try_from(count).unwrap_or(u64::MAX);
        let id = self.next_id.saturating_add(1);
        let place = self.end().max(i64::try_from(id).unwrap_or(i64::MAX));
        self.next_id = self.next_id.saturating_add(count);
        self.end = place.saturating_add(i64::try_from(count).unwrap_or(i64::MAX)).saturating_sub(1);
        Reserved { id, place }
    }

    /// Adds items; whoever keeps a record of them has made it already, so they do not count as touched.
    pub fn put_batch(&mut self, batch: Batch) {
        let Batch { sites, items } = batch;
        let numbers: Vec<usize> = sites.iter().map(|site| self.number_for(site)).collect();
        self.revision += u64::from(!items.is_empty());
        for (id, mut packed) in items {
            let Some(number) = usize::try_from(packed.site).ok().and_then(|site| numbers.get(site)).copied() else { continue };
            self.last_batch = self.last_batch.max(packed.batch());
            packed.site = u32::try_from(number).unwrap_or(u32::MAX);
            let tab = packed.tab();
            self.skipped += usize::from(packed.is_skipped());
            self.filtered += usize::from(packed.is_filtered());
            self.failures += usize::from(tab == QueueTab::Failed);
            if tab == QueueTab::Queued {
                self.queued_bytes += packed.left();
            } else {
                self.next_order += 1;
                packed.order = self.next_order;
            }
            self.tab_mut(tab).insert(Place { order: packed.order, id });
            if packed.is_queued()
                && let Some(site) = self.sites.get_mut(number)
            {
                site.enter(wait(id, &packed));
            }
            self.resting.insert(id.0, packed);
        }
    }
}
