//! What holds a whole direction up until a person has mended it: every further item would fail as one did.

use crate::model::cause::Cause;
use crate::model::queue::{Item, Queue};
use crate::model::site::SiteId;
use crate::model::transfer::{Direction, TransferId, TransferState};

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
    /// How many items of `site` are not through, paused ones left out.
    #[must_use]
    pub fn waiting(&self, site: &SiteId) -> usize {
        let ids = self.active.iter().chain(&self.queued);
        let waits = |item: &&Item| item.state != TransferState::Paused && !self.is_before_wall(item);
        ids.filter_map(|id| self.items.get(id)).filter(|item| item.site == *site).filter(waits).count()
    }

    /// Whether anything of `site` runs, or waits and is not paused.
    #[must_use]
    pub fn is_pending(&self, site: &SiteId) -> bool {
        !self.active.is_empty() && self.active.iter().filter_map(|id| self.items.get(id)).any(|item| item.site == *site)
            || self.queued.iter().filter_map(|id| self.items.get(id)).any(|item| item.site == *site && self.may_go(item))
    }

    /// Whether it waits and nothing but its moment and the queue's own hold keeps it.
    pub(super) fn may_go(&self, item: &Item) -> bool {
        item.state == TransferState::Queued && !self.is_before_wall(item)
    }

    pub(super) fn is_before_wall(&self, item: &Item) -> bool {
        let stands = |wall: &Wall| wall.direction == item.direction && wall.site == item.site;
        item.state == TransferState::Queued && self.walls.iter().any(stands)
    }

    /// From now on nothing of `wall`'s direction begins, until a person says that its cause is mended.
    pub fn put_wall(&mut self, wall: Wall) {
        self.walls.retain(|other| (&other.site, other.direction) != (&wall.site, wall.direction));
        self.walls.push(wall);
        self.revision += 1;
    }

    /// The cause is mended: that direction goes on, for every site.
    pub fn take_wall(&mut self, direction: Direction) {
        self.walls.retain(|wall| wall.direction != direction);
        self.revision += 1;
    }

    /// Why everything of one direction waits, if it does.
    #[must_use]
    pub fn waits_for(&self, direction: Direction) -> Option<Cause> {
        self.walls.iter().rev().find(|wall| wall.direction == direction).map(|wall| wall.cause)
    }

    /// Failed items whose cause is that of `like`, itself included.
    #[must_use]
    pub fn failed_like(&self, like: TransferId) -> Vec<TransferId> {
        let cause = |id: &TransferId| match self.items.get(id).map(|item| &item.state) {
            Some(TransferState::Failed(problem)) => Some(problem.cause),
            _ => None,
        };
        let Some(wanted) = cause(&like) else { return Vec::new() };
        self.failed.iter().copied().filter(|id| cause(id) == Some(wanted)).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;
    use crate::model::conflict::OnExists;
    use crate::model::path::RemotePath;
    use crate::model::problem::{Problem, ProblemKind};
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
        assert_eq!(queue.waiting(&site()), 0);
        queue.put_back(TransferId(1), Some(now));
        assert_eq!(queue.next_moment(&site()), None, "lanes would look for it again and again");
        queue.take_wall(Direction::Download);
        assert!(queue.take_next(&site(), now).is_none(), "the other direction's wall was meant");
        queue.take_wall(Direction::Upload);
        assert_eq!(queue.take_next(&site(), now).map(|item| item.id), Some(TransferId(1)));
        assert_eq!(queue.summary(now).uploads_wait, None);
    }

    #[test]
    fn what_failed_for_the_same_reason_is_found() {
        let mut queue = Queue::default();
        let causes = [Cause::Permission, Cause::Missing, Cause::Permission, Cause::Unknown];
        for (id, cause) in (1..).zip(causes) {
            queue.put(Item::new(TransferId(id), site(), going(Direction::Upload)));
            queue.fail(TransferId(id), Problem::new(ProblemKind::Refused, "No.").because(cause));
        }
        assert_eq!(queue.failed_like(TransferId(3)), [TransferId(1), TransferId(3)]);
        assert_eq!(queue.failed_like(TransferId(2)), [TransferId(2)]);
        assert_eq!(queue.failed_like(TransferId(9)), []);
    }
}
