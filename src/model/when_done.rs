//! What happens when the queue is through, and when that is so.

use serde::{Deserialize, Serialize};

use crate::model::format;

/// What a person wants when all that can run has run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum WhenDone {
    /// Nothing.
    #[default]
    Nothing,
    /// Tell it, on the desktop too.
    Notify,
    /// Run a program: its name and its arguments, never empty.
    Run(Vec<String>),
    /// Leave the server.
    Disconnect,
    /// Something with this machine.
    Machine(PowerAction),
}

/// What can be done with this machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PowerAction {
    /// Suspend.
    Sleep,
    /// Power off.
    ShutDown,
}

impl PowerAction {
    /// "sleep": as in "The machine will … in 40 s".
    #[must_use]
    pub fn verb(self) -> &'static str {
        match self {
            Self::Sleep => "sleep",
            Self::ShutDown => "shut down",
        }
    }
}

/// The lasting choice of the settings: only what does no harm while nobody looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs, reason = "as above")]
pub enum UsuallyWhenDone {
    #[default]
    Nothing,
    Notify,
    Disconnect,
}

impl From<UsuallyWhenDone> for WhenDone {
    fn from(usual: UsuallyWhenDone) -> Self {
        match usual {
            UsuallyWhenDone::Nothing => Self::Nothing,
            UsuallyWhenDone::Notify => Self::Notify,
            UsuallyWhenDone::Disconnect => Self::Disconnect,
        }
    }
}

/// What is seen of the queue at a moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// Whether something runs, or waits and may run.
    pub pending: bool,
    /// Rows that ended well, without those that filters left out of folders.
    pub done: usize,
    /// Rows that filters left out of folders.
    pub filtered: usize,
    /// Rows that failed.
    pub failed: usize,
    /// Folders that were made and had nothing in them: they leave no row.
    pub empty_folders: usize,
    /// How many wait until a person has mended a cause.
    pub held_up: usize,
}

/// How a run of the queue ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// With so many that ended well and so many that did not.
    Through {
        /// Ended well.
        done: usize,
        /// Failed, or wait until a person has mended a cause.
        failed: usize,
    },
    /// Everything was taken out of it.
    Emptied,
}

impl Ended {
    /// In a person's words.
    #[must_use]
    pub fn words(self) -> String {
        match self {
            Self::Emptied => "Everything was taken out of the queue.".to_owned(),
            Self::Through { done: 0, failed: 0 } => {
                "The queue is done: the folders are made, and there were no files to transfer.".to_owned()
            }
            Self::Through { done, failed: 0 } => {
                format!("The queue is done: {}.", format::counted(done, "transfer has arrived", "transfers have arrived"))
            }
            Self::Through { done, failed } => {
                let arrived = format::counted(done, "transfer has arrived", "transfers have arrived");
                format!("The queue is through: {arrived}, {} not.", format::counted(failed, "has", "have"))
            }
        }
    }
}

/// Follows the queue from look to look and tells when a run of it has ended. Counts what ended since the run began, or since a
/// person chose what follows it.
#[derive(Clone, Debug, Default)]
pub struct Run {
    last: Seen,
    done: usize,
    failed: usize,
    empty_folders: usize,
    filtered: usize,
}

impl Run {
    /// Counts from here on.
    pub fn begin(&mut self, seen: Seen) {
        *self = Self { last: seen, ..Self::default() };
    }

    /// How many rows of the run filters left out of folders.
    #[must_use]
    pub fn filtered(&self) -> usize {
        self.filtered
    }

    /// Looks again; tells when the run has ended.
    pub fn look(&mut self, seen: Seen) -> Option<Ended> {
        if !self.last.pending {
            (self.done, self.failed, self.empty_folders, self.filtered) = (0, 0, 0, 0);
        }
        let before = std::mem::replace(&mut self.last, seen);
        // Rows that go, because they are cleared or tried again, take nothing back.
        let (done, failed) = (seen.done.saturating_sub(before.done), seen.failed.saturating_sub(before.failed));
        let empty_folders = seen.empty_folders.saturating_sub(before.empty_folders);
        self.done += done;
        self.failed += failed;
        self.empty_folders += empty_folders;
        let filtered = seen.filtered.saturating_sub(before.filtered);
        self.filtered += filtered;
        // What began and ended between two looks is seen by its rows, or by what holds it up now.
        let ran = before.pending || done + failed + empty_folders + filtered > 0 || (seen.held_up > 0 && before.held_up == 0);
        (ran && !seen.pending).then(|| {
            // What failed and was tried again is counted once, by its end.
            let (done, failed) = (self.done, self.failed.min(seen.failed));
            // A folder without files is all that was to be done about it.
            if done + failed + self.empty_folders + self.filtered == 0 {
                Ended::Emptied
            } else {
                // Whoever goes by this must not take what waits for what arrived.
                Ended::Through { done, failed: failed + seen.held_up }
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Looks at each in turn; what the last one tells.
    fn last(looks: &[(bool, usize, usize)]) -> Option<Ended> {
        let mut looks =
            looks.iter().map(|(pending, done, failed)| Seen { pending: *pending, done: *done, failed: *failed, ..Seen::default() });
        let mut run = Run::default();
        run.begin(looks.next().unwrap_or_default());
        looks.map(|seen| run.look(seen)).last().flatten()
    }

    #[test]
    fn a_run_ends_when_nothing_is_pending_any_more() {
        for (looks, ended) in [
            (&[(false, 0, 0)][..], None),
            (&[(true, 0, 0), (true, 1, 0)], None),
            (&[(true, 0, 0), (true, 1, 0), (false, 2, 0)], Some(Ended::Through { done: 2, failed: 0 })),
            (&[(true, 0, 0), (false, 1, 1)], Some(Ended::Through { done: 1, failed: 1 })),
            (&[(true, 0, 0), (false, 0, 0)], Some(Ended::Emptied)),
            // Begun and ended between two looks.
            (&[(false, 4, 0), (false, 5, 0)], Some(Ended::Through { done: 1, failed: 0 })),
            (&[(false, 4, 1), (false, 0, 0)], None),
            // What was there before does not count.
            (&[(true, 7, 3), (true, 7, 3), (false, 8, 3)], Some(Ended::Through { done: 1, failed: 0 })),
            (&[(true, 7, 3), (true, 7, 3), (false, 7, 3)], Some(Ended::Emptied)),
            // Cleared rows take nothing back.
            (&[(true, 5, 0), (true, 6, 0), (true, 0, 0), (false, 1, 0)], Some(Ended::Through { done: 2, failed: 0 })),
            // Failed, tried again, arrived.
            (&[(true, 0, 0), (true, 0, 1), (true, 0, 0), (false, 1, 0)], Some(Ended::Through { done: 1, failed: 0 })),
            // A second run counts anew.
            (&[(true, 0, 0), (false, 4, 0), (true, 4, 0), (false, 5, 0)], Some(Ended::Through { done: 1, failed: 0 })),
            // Told once.
            (&[(true, 0, 0), (false, 4, 0), (false, 4, 0)], None),
        ] {
            assert_eq!(last(looks), ended, "{looks:?}");
        }
    }

    #[test]
    fn a_choice_in_the_middle_counts_from_there() {
        let mut run = Run::default();
        run.look(Seen { pending: true, ..Seen::default() });
        let now = Seen { pending: true, done: 90, failed: 4, ..Seen::default() };
        run.look(now);
        run.begin(now);
        let ended = run.look(Seen { done: 92, failed: 4, ..Seen::default() });
        assert_eq!(ended, Some(Ended::Through { done: 2, failed: 0 }));
    }

    #[test]
    fn a_run_that_made_a_folder_without_files_is_through_and_not_emptied() {
        let begun = Seen { pending: true, empty_folders: 3, ..Seen::default() };
        for (empty_folders, ended) in [(4, Ended::Through { done: 0, failed: 0 }), (3, Ended::Emptied)] {
            let mut run = Run::default();
            run.begin(Seen { empty_folders: 3, ..Seen::default() });
            assert_eq!(run.look(begun), None);
            assert_eq!(run.look(Seen { empty_folders, ..Seen::default() }), Some(ended));
            // The next run counts anew: its only item is taken out.
            run.look(Seen { pending: true, empty_folders, ..Seen::default() });
            assert_eq!(run.look(Seen { empty_folders, ..Seen::default() }), Some(Ended::Emptied));
        }
        // Begun and ended between two looks.
        let mut run = Run::default();
        assert_eq!(run.look(Seen { empty_folders: 1, ..Seen::default() }), Some(Ended::Through { done: 0, failed: 0 }));
    }

    #[test]
    fn what_filters_left_out_has_not_arrived_and_is_counted_by_itself() {
        let mut run = Run::default();
        // Rows of an earlier one.
        run.begin(Seen { filtered: 4, ..Seen::default() });
        run.look(Seen { pending: true, filtered: 4, ..Seen::default() });
        run.look(Seen { pending: true, done: 1, filtered: 6, ..Seen::default() });
        assert_eq!(run.look(Seen { done: 2, filtered: 7, ..Seen::default() }), Some(Ended::Through { done: 2, failed: 0 }));
        assert_eq!(run.filtered(), 3);
        // A folder of nothing else is through, and nobody took it out.
        let all = run.look(Seen { done: 2, filtered: 9, ..Seen::default() });
        assert_eq!((all, run.filtered()), (Some(Ended::Through { done: 0, failed: 0 }), 2));
    }

    #[test]
    fn what_waits_for_a_person_ends_a_run_also_when_it_began_between_two_looks() {
        let held_up = Seen { held_up: 99, ..Seen::default() };
        let mut run = Run::default();
        run.begin(Seen::default());
        assert_eq!(run.look(held_up), Some(Ended::Emptied));
        assert_eq!(run.look(held_up), None, "told once");
        run.look(Seen { pending: true, ..held_up });
        assert_eq!(run.look(Seen { done: 1, ..held_up }), Some(Ended::Through { done: 1, failed: 99 }));
    }

    #[test]
    fn the_end_is_told_in_words() {
        let through = |done, failed| Ended::Through { done, failed }.words();
        assert_eq!(through(0, 0), "The queue is done: the folders are made, and there were no files to transfer.");
        assert_eq!(through(1, 0), "The queue is done: 1 transfer has arrived.");
        assert_eq!(through(1200, 0), "The queue is done: 1,200 transfers have arrived.");
        assert_eq!(through(3, 2), "The queue is through: 3 transfers have arrived, 2 have not.");
    }
}
