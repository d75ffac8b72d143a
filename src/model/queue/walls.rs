//! What holds a whole direction up until a person has mended it: every further item would fail as one did.

use crate::model::cause::Cause;
use crate::model::queue::Queue;
use crate::model::queue::site::SiteQueue;
use crate::model::site::SiteId;
use crate::model::transfer::{Direction, TransferId};

/// Everything of one direction waits, because it would fail as one item did: a full disk, a quota.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wall {
    /// Whose.
    pub site: SiteId,
    /// Which way.
    pub direction: Direction,
    /// Why.
    pub cause: Cause,
}

impl Queue {
    /// A fresh number for what is put into the queue together.
    pub fn new_batch(&mut self) -> u64 {
        self.last_batch += 1;
        self.last_batch
    }

    /// From now on nothing of `wall`'s direction begins, until a person says that its cause is mended.
    pub fn put_wall(&mut self, wall: Wall) {
        let number = self.number_for(&wall.site);
        if let Some(site) = self.sites.get_mut(number) {
            site.hold(wall.direction, true);
        }
        self.walls.retain(|other| (&other.site, other.direction) != (&wall.site, wall.direction));
        self.walls.push(wall);
        self.revision += 1;
    }

    /// The cause is mended: that direction goes on, for every site.
    pub fn take_wall(&mut self, direction: Direction) {
        self.sites.iter_mut().for_each(|site| site.hold(direction, false));
        self.walls.retain(|wall| wall.direction != direction);
        self.revision += 1;
    }

    /// Why everything of one direction waits, if it does.
    #[must_use]
    pub fn waits_for(&self, direction: Direction) -> Option<Cause> {
        self.walls.iter().rev().find(|wall| wall.direction == direction).map(|wall| wall.cause)
    }

    /// How many items of `site` wait until a person has mended a cause.
    #[must_use]
    pub fn held_up(&self, site: &SiteId) -> usize {
        self.site(site).map_or(0, SiteQueue::held_up)
    }

    /// Why an item failed, if it did.
    #[must_use]
    pub fn cause_of(&self, id: TransferId) -> Option<Cause> {
        self.resting.get(id.0)?.cause()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;
    use crate::model::conflict::OnExists;
    use crate::model::path::RemotePath;
    use crate::model::queue::Item;
    use crate::model::transfer::Job;

    fn site() -> SiteId {
        SiteId("s".into())
    }

    fn going(direction: Direction) -> Job {
        Job { direction, local: "/a".into(), remote: RemotePath::parse("/a").unwrap(), on_exists: OnExists::Ask }
    }

    #[test]
    fn a_wall_holds_its_direction_up_and_nothing_else() {
        let (mut queue, now) = (Queue::default(), Instant::now());
        for (id, direction) in [(1, Direction::Upload), (2, Direction::Download), (3, Direction::Upload)] {
            queue.put(Item::new(TransferId(id), site(), going(direction)));
        }
        queue.put_wall(Wall { site: site(), direction: Direction::Upload, cause: Cause::Quota });
        assert_eq!(queue.summary(now).uploads_wait, Some(Cause::Quota));
        assert_eq!(queue.summary(now).downloads_wait, None);
        assert_eq!(queue.take_next(&site(), now).map(|item| item.id), Some(TransferId(2)));
        assert!(queue.take_next(&site(), now).is_none());
        queue.remove(TransferId(2));
        assert!(!queue.is_pending(&site()), "what waits for a person is no reason to stay");
        assert_eq!((queue.waiting(&site()), queue.held_up(&site())), (0, 2));
        queue.put_back(TransferId(1), Some(now));
        assert_eq!(queue.next_moment(&site()), None, "lanes would look for it again and again");
        queue.take_wall(Direction::Download);
        assert!(queue.take_next(&site(), now).is_none(), "the other direction's wall was meant");
        queue.take_wall(Direction::Upload);
        assert_eq!(queue.take_next(&site(), now).map(|item| item.id), Some(TransferId(1)));
        assert_eq!(queue.summary(now).uploads_wait, None);
    }
}
