//! Items that are packed before they enter the queue, on the threads that read them: a million are restored at a start.

use std::sync::Arc;

use crate::model::queue::Queue;
use crate::model::queue::item::Item;
use crate::model::queue::packed::{Packed, Packer, Recent};
use crate::model::site::SiteId;
use crate::model::transfer::{QueueTab, TransferId};

/// An item at rest on its way into the queue.
#[derive(Debug)]
pub struct Arrival {
    id: TransferId,
    site: Arc<SiteId>,
    place: Option<i64>,
    packed: Packed,
}

/// Makes arrivals of items that follow each other, and shares what they have in common.
#[derive(Debug, Default)]
pub struct Arrivals {
    packer: Packer,
    sites: Recent<SiteId>,
}

impl Arrivals {
    /// Packs an item; one that runs arrives as one that waits.
    pub fn pack(&mut self, item: Item) -> Arrival {
        let (id, place) = (item.id, item.place);
        let site = self.sites.share(|known| *known == item.site, || item.site.clone());
        // The queue gives its site a number when it comes.
        Arrival { id, site, place, packed: self.packer.pack(item, 0) }
    }
}

impl Queue {
    /// Adds what was read from a record of the queue, as [`Queue::put`] does; it counts as not touched.
    pub fn put_arrival(&mut self, arrival: Arrival) {
        let Arrival { id, site, place, mut packed } = arrival;
        self.last_batch = self.last_batch.max(packed.batch());
        self.next_id = self.next_id.max(id.0);
        drop(self.take_out(id));
        packed.order = match packed.tab() {
            QueueTab::Queued => self.order_for(id, packed.priority, place),
            _ => self.next_order(),
        };
        let number = self.number_for(&site);
        packed.site = u32::try_from(number).unwrap_or(u32::MAX);
        self.revision += 1;
        self.rest(id, number, packed);
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;
    use std::time::Instant;

    use proptest::prelude::*;

    use super::*;
    use crate::model::conflict::OnExists;
    use crate::model::path::RemotePath;
    use crate::model::problem::{Problem, ProblemKind};
    use crate::model::transfer::{Direction, Job, Priority, TransferState};

    fn item(id: u64, site: u8, kind: u8, place: i64) -> Item {
        let job = Job {
            direction: if kind.is_multiple_of(2) { Direction::Upload } else { Direction::Download },
            local: PathBuf::from(format!("/home/{site}/{id}")),
            remote: RemotePath::parse(&format!("/www/{kind}/{id}")).unwrap(),
            on_exists: OnExists::Ask,
        };
        let mut item = Item::new(TransferId(id), SiteId(format!("site {site}")), job);
        item.size = Some(id << 22);
        item.batch = u64::from(kind);
        item.place = (place != 0).then_some(place);
        item.priority = [Priority::Low, Priority::Normal, Priority::High][usize::from(kind % 3)];
        item.state = match kind {
            0 | 1 => TransferState::Paused,
            2 => TransferState::Failed(Problem::new(ProblemKind::Refused, "No.")),
            _ => TransferState::Queued,
        };
        item
    }

    proptest! {
        #[test]
        fn arrivals_make_the_same_queue(
            items in proptest::collection::vec((1_u64..20, 0_u8..3, 0_u8..8, -3_i64..4), 0..60),
        ) {
            let (mut queue, mut plain, mut arrivals) = (Queue::default(), Queue::default(), Arrivals::default());
            for (id, site, kind, place) in items {
                queue.put_arrival(arrivals.pack(item(id, site, kind, place)));
                plain.put(item(id, site, kind, place));
            }
            prop_assert_eq!(queue.take_touched(), vec![]);
            let now = Instant::now();
            for tab in [QueueTab::Queued, QueueTab::Failed] {
                prop_assert_eq!(queue.rows(tab, 0, 60, now), plain.rows(tab, 0, 60, now));
            }
            prop_assert_eq!((queue.summary(now), queue.new_id()), (plain.summary(now), plain.new_id()));
            for site in (0..3).map(|site| SiteId(format!("site {site}"))) {
                while let Some(taken) = plain.take_next(&site, now) {
                    prop_assert_eq!(queue.take_next(&site, now).map(|item| item.id), Some(taken.id));
                }
                prop_assert!(queue.take_next(&site, now).is_none());
            }
        }
    }
}
