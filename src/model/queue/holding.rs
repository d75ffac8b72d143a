//! What holds the whole queue: a person's wish, or a disk that does not take what has to be known of it at the next start.

use crate::model::queue::Queue;

/// Whether what becomes of the queue can be saved.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Saving {
    /// It can, or nothing is kept.
    #[default]
    Works,
    /// It cannot: what began now would be unknown to the next start, which would do it again.
    Refused,
    /// It cannot, and a person goes on all the same.
    Forgone,
}

/// What is held here waits and counts as pending: unlike what stands before a [`crate::model::queue::Wall`], which fails again until a
/// person has mended something, it goes on by itself. And a queue that is not saved is no moment to leave, or to let the machine sleep.
impl Queue {
    /// Holds or releases the whole queue.
    pub fn hold(&mut self, held: bool) {
        self.held = held;
        self.revision += 1;
    }

    /// Whether a person holds the whole queue.
    #[must_use]
    pub fn is_held(&self) -> bool {
        self.held
    }

    /// Its changes are not saved any more: nothing begins until they are, or until a person goes on without.
    pub fn refuse_saving(&mut self) {
        if self.saving == Saving::Works {
            self.saving = Saving::Refused;
            self.revision += 1;
        }
    }

    /// All of it is saved again.
    pub fn save_again(&mut self) {
        self.saving = Saving::Works;
        self.revision += 1;
    }

    /// A person goes on although it cannot be saved; that holds until it can be.
    pub fn go_on_unsaved(&mut self) {
        if self.saving == Saving::Refused {
            self.saving = Saving::Forgone;
            self.revision += 1;
        }
    }

    /// Whether it waits until it can be saved.
    #[must_use]
    pub fn waits_for_saving(&self) -> bool {
        self.saving == Saving::Refused
    }

    /// Whether a person goes on although it cannot be saved.
    #[must_use]
    pub fn goes_on_unsaved(&self) -> bool {
        self.saving == Saving::Forgone
    }

    /// Whether nothing of it may begin, whatever waits.
    #[must_use]
    pub fn begins_nothing(&self) -> bool {
        self.held || self.waits_for_saving()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;
    use crate::model::conflict::OnExists;
    use crate::model::path::RemotePath;
    use crate::model::queue::Item;
    use crate::model::site::SiteId;
    use crate::model::transfer::{Direction, Job, TransferId};

    #[test]
    fn nothing_begins_while_it_cannot_be_saved_unless_a_person_goes_on() {
        let (site, now) = (SiteId("s".into()), Instant::now());
        let job = Job {
            direction: Direction::Download,
            local: "/a".into(),
            remote: RemotePath::parse("/a").unwrap(),
            on_exists: OnExists::Ask,
        };
        type Step = fn(&mut Queue);
        let (refuse, save, go_on): (Step, Step, Step) = (Queue::refuse_saving, Queue::save_again, Queue::go_on_unsaved);
        for (what, steps, waits) in [
            ("it is saved", &[][..], false),
            ("it is refused", &[refuse], true),
            ("it is saved again", &[refuse, save], false),
            ("a person goes on", &[refuse, go_on], false),
            ("it is refused once more while a person goes on", &[refuse, go_on, refuse], false),
            ("a person went on until it was saved", &[refuse, go_on, save, refuse], true),
            ("there was nothing to go on without", &[go_on, refuse], true),
        ] {
            let mut queue = Queue::default();
            queue.put(Item::new(TransferId(1), site.clone(), job.clone()));
            queue.put_back(TransferId(1), Some(now));
            steps.iter().for_each(|step| step(&mut queue));
            assert_eq!((queue.waits_for_saving(), queue.summary(now).waits_for_saving), (waits, waits), "{what}");
            assert!(queue.is_pending(&site), "{what}: what goes on by itself is not through");
            // Lanes would look for it again and again.
            assert_eq!(queue.next_moment(&site).is_none(), waits, "{what}");
            assert_eq!(queue.wants_connection(&site, now), !waits, "{what}");
            assert_eq!(queue.take_next(&site, now).is_none(), waits, "{what}");
        }
    }
}
