//! Files of a server that are edited here: what counts as saved, whether somebody else changed them, and how they stand.

use std::borrow::Cow;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::model::conflict::Facts;
use crate::model::entry::{Modified, Precision};
use crate::model::path::RemotePath;
use crate::model::problem::Problem;
use crate::model::readable::readable;
use crate::model::site::SiteId;

/// A saved file is uploaded once nothing about it has changed for so long: editors write in several turns.
pub const STILL: Duration = Duration::from_secs(1);
/// From so many bytes on a person is asked before a file is fetched to be edited.
pub const LARGE: u64 = 64 << 20;
/// So many files are opened at once, not more.
pub const AT_ONCE: usize = 10;

/// Identifies a file that is edited, also across restarts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EditId(pub u64);

/// What is done when an edited file was saved.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WhenSaved {
    /// It is uploaded. Whoever opens a file of a server and saves it wants it there, and nothing that others did is replaced unasked.
    #[default]
    Upload,
    /// A person is asked.
    Ask,
}

/// What tells one version of a file here from another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamp {
    /// Bytes.
    pub size: u64,
    /// Last change in nanoseconds since 1970, where the system tells it.
    pub modified: Option<i64>,
}

impl Stamp {
    /// One that no file has: what the server has is not known. (A note has signed numbers only.)
    pub const NONE: Self = Self { size: u64::MAX >> 1, modified: None };
}

/// What the file on the server was like when it was last the same as the one here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "SavedBasis", into = "SavedBasis")]
pub struct Basis {
    /// Size and time; nothing is known before it was fetched.
    pub facts: Facts,
    /// Its permissions, which the one that takes its place gets too.
    pub mode: Option<u32>,
}

impl Basis {
    /// Nothing but the permissions is known yet.
    #[must_use]
    pub fn unseen(mode: Option<u32>) -> Self {
        Self { facts: Facts { size: None, modified: None }, mode }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
struct SavedBasis {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    size: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    modified: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    precision: Option<Precision>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    mode: Option<u32>,
}

impl From<Basis> for SavedBasis {
    fn from(basis: Basis) -> Self {
        let modified = basis.facts.modified;
        Self {
            size: basis.facts.size,
            modified: modified.and_then(|modified| i64::try_from(modified.at.as_nanosecond()).ok()),
            precision: modified.map(|modified| modified.precision),
            mode: basis.mode,
        }
    }
}

impl From<SavedBasis> for Basis {
    fn from(saved: SavedBasis) -> Self {
        let at = saved.modified.and_then(|nanoseconds| Timestamp::from_nanosecond(i128::from(nanoseconds)).ok());
        let modified = at.zip(saved.precision).map(|(at, precision)| Modified { at, precision });
        Self { facts: Facts { size: saved.size, modified }, mode: saved.mode }
    }
}

/// Whether a file on the server is, as far as can be seen, the one that it was. What is not known decides nothing, and where nothing
/// at all can be compared it counts as another: a person is asked then.
#[must_use]
pub fn is_as_it_was(was: &Facts, now: &Facts) -> bool {
    let same_size = was.size.zip(now.size).map(|(was, now)| was == now);
    let same_time = was.modified.zip(now.modified).map(|(was, now)| is_same_time(was, now));
    match (same_size, same_time) {
        (None, None) => false,
        (size, time) => size.unwrap_or(true) && time.unwrap_or(true),
    }
}

/// Whether what is on the server can only be what is here: as long, and of the same second by clocks that both tell seconds. A listing
/// by the minute or the day has room for somebody else's file of the same length.
#[must_use]
pub fn is_sent_from(here: &Facts, there: &Facts) -> bool {
    let by_the_second = |modified: Modified| (modified.precision == Precision::Second).then(|| modified.at.as_second());
    let same_size = here.size.is_some() && here.size == there.size;
    let (time, other) = (here.modified.and_then(by_the_second), there.modified.and_then(by_the_second));
    same_size && time.is_some() && time == other
}

/// Whether an upload would empty a file on the server, where nobody is known to want that.
#[must_use]
pub fn would_empty(basis: &Basis, size: u64) -> bool {
    size == 0 && basis.facts.size.is_some_and(|there| there > 0)
}

/// Two readings of one time, looked at no closer than the coarser of them.
fn is_same_time(one: Modified, other: Modified) -> bool {
    let seconds = match one.precision.min(other.precision) {
        Precision::Day => 86_400,
        Precision::Minute => 60,
        Precision::Second => 1,
    };
    one.at.as_second().div_euclid(seconds) == other.at.as_second().div_euclid(seconds)
}

/// What a look at the file here tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// It is what is on the server, or what a person did not want to send; or it is not there at this moment.
    Nothing,
    /// It has changed, perhaps not for the last time.
    Changing,
    /// It was saved.
    Saved(Stamp),
}

/// Follows one file here from look to look.
#[derive(Clone, Copy, Debug)]
pub struct Watch {
    /// The version that the server has too.
    synced: Stamp,
    /// A version that is not sent unless somebody asks for it.
    left: Option<Stamp>,
    /// The version that was seen last, and since when it is the same.
    seen: Option<(Stamp, Instant)>,
}

impl Watch {
    /// The server has `synced`.
    #[must_use]
    pub fn new(synced: Stamp) -> Self {
        Self { synced, left: None, seen: None }
    }

    /// Looks at what was found. An editor that writes a new file and renames it leaves none for a moment: that is no change.
    pub fn look(&mut self, found: Option<Stamp>, now: Instant) -> Look {
        let Some(found) = found else {
            self.seen = None;
            return Look::Nothing;
        };
        let since = match self.seen {
            Some((stamp, since)) if stamp == found => since,
            _ => now,
        };
        self.seen = Some((found, since));
        if found == self.synced || Some(found) == self.left {
            return Look::Nothing;
        }
        if now.saturating_duration_since(since) < STILL { Look::Changing } else { Look::Saved(found) }
    }

    /// The version that the server has too.
    #[must_use]
    pub fn synced(&self) -> Stamp {
        self.synced
    }

    /// Whether a version has nothing in it any more, where there was something: a full disk or a broken editor leaves such files, so it is
    /// asked about.
    #[must_use]
    pub fn is_emptied(&self, stamp: Stamp) -> bool {
        stamp.size == 0 && self.synced.size > 0
    }

    /// The version that was seen last; nothing when there was no file.
    #[must_use]
    pub fn seen(&self) -> Option<Stamp> {
        self.seen.map(|(stamp, _)| stamp)
    }

    /// Whether the file here is another than the one on the server.
    #[must_use]
    pub fn is_changed(&self) -> bool {
        self.seen().is_some_and(|seen| seen != self.synced)
    }

    /// This version has arrived on the server.
    pub fn arrived(&mut self, stamp: Stamp) {
        self.synced = stamp;
        self.left = None;
    }

    /// This version is not sent by itself; the next one is.
    pub fn leave(&mut self, stamp: Option<Stamp>) {
        self.left = stamp;
    }
}

/// Why what was changed is not on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unsent {
    /// A person did not want it uploaded this time.
    Declined,
    /// The file on the server was kept as it is.
    KeptThere,
    /// Its upload was taken out of the queue.
    TakenOut,
    /// It was changed before the program began.
    LastTime,
}

impl Unsent {
    /// In a person's words, behind "Changed and not uploaded:".
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Declined => "you did not want it uploaded",
            Self::KeptThere => "the one on the server was kept",
            Self::TakenOut => "its upload was cancelled",
            Self::LastTime => "it was changed before Moorline was started",
        }
    }
}

/// How an edited file stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EditState {
    /// It is being fetched.
    Fetching,
    /// It did not arrive here.
    NotFetched(Problem),
    /// The file here is the one on the server.
    Same,
    /// It has changed, and is about to be uploaded or asked about.
    Saved,
    /// Its upload waits for a connection or its turn.
    Waiting,
    /// Its upload is under way.
    Uploading,
    /// It has changed, and is not on its way.
    Unsent(Unsent),
    /// Its upload failed.
    Failed(Problem),
}

impl EditState {
    /// Whether what is here is not on the server yet.
    #[must_use]
    pub fn is_unsent(&self) -> bool {
        !matches!(self, Self::Fetching | Self::NotFetched(_) | Self::Same)
    }

    /// Whether it is not on the server and nothing in the queue would bring it there.
    #[must_use]
    pub fn is_left_here(&self) -> bool {
        matches!(self, Self::Saved | Self::Unsent(_) | Self::Failed(_))
    }
}

/// One edited file, as it is drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EditView {
    /// Identity.
    pub id: EditId,
    /// Its site.
    pub site: SiteId,
    /// The site's name.
    pub site_name: String,
    /// The file on the server.
    pub remote: RemotePath,
    /// The file here.
    pub local: PathBuf,
    /// How it stands.
    pub state: EditState,
    /// Whether nothing is in the file here any more, where there was something.
    pub is_emptied: bool,
    /// When it was uploaded last.
    pub uploaded: Option<Timestamp>,
}

impl EditView {
    /// The file's name as it is shown.
    #[must_use]
    pub fn name(&self) -> Cow<'_, str> {
        readable(self.remote.name().unwrap_or("/"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stamp(size: u64, modified: i64) -> Stamp {
        Stamp { size, modified: Some(modified) }
    }

    #[test]
    fn a_save_counts_once_it_stands_still() {
        let (old, half, new) = (stamp(10, 1), stamp(4, 2), stamp(12, 3));
        // Milliseconds, what is found, what that means.
        let table = [
            (0, Some(old), Look::Nothing),
            (500, Some(half), Look::Changing),
            (1_000, Some(new), Look::Changing),
            (1_900, Some(new), Look::Changing),
            (2_000, Some(new), Look::Saved(new)),
            (2_500, Some(new), Look::Saved(new)),
            // The editor writes a new file and renames it over this one.
            (3_000, None, Look::Nothing),
            (3_500, Some(new), Look::Changing),
            (4_500, Some(new), Look::Saved(new)),
            // What was changed and put back is what the server has.
            (5_000, Some(old), Look::Nothing),
            (9_000, Some(old), Look::Nothing),
        ];
        let (begun, mut watch) = (Instant::now(), Watch::new(old));
        for (at, found, expected) in table {
            assert_eq!(watch.look(found, begun + Duration::from_millis(at)), expected, "at {at}");
            assert_eq!(watch.is_changed(), found.is_some_and(|found| found != old), "at {at}");
        }
    }

    #[test]
    fn a_version_that_is_left_is_not_offered_again_and_the_next_one_is() {
        let (old, new, newer) = (stamp(10, 1), stamp(10, 2), stamp(10, 3));
        let (begun, mut watch) = (Instant::now(), Watch::new(old));
        let mut later = 0;
        let mut look = |watch: &mut Watch, found| {
            later += 2;
            watch.look(Some(found), begun + Duration::from_secs(later))
        };
        assert_eq!(look(&mut watch, new), Look::Changing);
        assert_eq!(look(&mut watch, new), Look::Saved(new));
        watch.leave(Some(new));
        assert_eq!(look(&mut watch, new), Look::Nothing);
        assert!(watch.is_changed(), "it is not on the server all the same");
        assert_eq!(look(&mut watch, newer), Look::Changing);
        assert_eq!(look(&mut watch, newer), Look::Saved(newer));
        // What arrived is not what is there by now.
        watch.arrived(new);
        assert_eq!(look(&mut watch, newer), Look::Saved(newer));
        watch.arrived(newer);
        assert_eq!(look(&mut watch, newer), Look::Nothing);
        assert!(!watch.is_changed());
    }

    #[test]
    fn only_a_file_that_had_something_in_it_is_emptied() {
        for (had, has, is_emptied) in [(10, 0, true), (10, 1, false), (0, 0, false), (0, 1, false)] {
            assert_eq!(Watch::new(stamp(had, 1)).is_emptied(stamp(has, 2)), is_emptied, "{had} {has}");
        }
    }

    #[test]
    fn another_file_on_the_server_is_seen_as_closely_as_the_server_tells() {
        use Precision::{Day, Minute, Second};
        let facts = |size, time: Option<(&str, Precision)>| Facts {
            size,
            modified: time.map(|(at, precision)| Modified { at: at.parse().unwrap_or_default(), precision }),
        };
        let noon = Some(("2026-11-20T12:02:00Z", Second));
        let table = [
            (facts(Some(5), noon), facts(Some(5), noon), true),
            (facts(Some(5), noon), facts(Some(6), noon), false),
            (facts(Some(5), noon), facts(Some(5), Some(("2026-11-20T12:02:01Z", Second))), false),
            // A second more is not seen in minutes.
            (facts(Some(5), Some(("2026-11-20T12:02:59Z", Second))), facts(Some(5), Some(("2026-11-20T12:02:00Z", Minute))), true),
            (facts(Some(5), noon), facts(Some(5), Some(("2026-11-20T12:03:00Z", Minute))), false),
            (facts(Some(5), noon), facts(Some(5), Some(("2026-11-20T00:00:00Z", Day))), true),
            // What is not known decides nothing.
            (facts(Some(5), noon), facts(Some(5), None), true),
            (facts(None, noon), facts(Some(5), noon), true),
            (facts(Some(5), noon), facts(None, None), false),
            (facts(None, None), facts(None, None), false),
        ];
        for (was, now, expected) in table {
            assert_eq!(is_as_it_was(&was, &now), expected, "{was:?} {now:?}");
        }
    }

    #[test]
    fn what_was_sent_from_here_is_known_by_its_length_and_its_second_only() {
        use Precision::{Day, Minute, Second};
        let facts =
            |size, (time, precision): (&str, _)| Facts { size, modified: time.parse().ok().map(|at| Modified { at, precision }) };
        let here = facts(Some(5), ("2026-11-20T12:02:00.7Z", Second));
        let table = [
            (facts(Some(5), ("2026-11-20T12:02:00Z", Second)), true),
            (facts(Some(6), ("2026-11-20T12:02:00Z", Second)), false),
            (facts(None, ("2026-11-20T12:02:00Z", Second)), false),
            (facts(Some(5), ("2026-11-20T12:02:01Z", Second)), false),
            (facts(Some(5), ("2026-11-20T12:02:00Z", Minute)), false),
            (facts(Some(5), ("2026-11-20T00:00:00Z", Day)), false),
            (Facts { size: Some(5), modified: None }, false),
        ];
        for (there, expected) in table {
            assert_eq!(is_sent_from(&here, &there), expected, "{there:?}");
        }
        let timeless = Facts { size: Some(5), modified: None };
        assert!(!is_sent_from(&timeless, &timeless));
    }

    #[test]
    fn only_a_file_that_has_something_in_it_would_be_emptied() {
        let basis = |size| Basis { facts: Facts { size, modified: None }, mode: None };
        for (there, here, expected) in [(Some(3), 0, true), (Some(3), 1, false), (Some(0), 0, false), (None, 0, false)] {
            assert_eq!(would_empty(&basis(there), here), expected, "{there:?} {here}");
        }
    }

    #[test]
    fn a_basis_is_read_as_it_was_saved() {
        let at = Timestamp::from_nanosecond(1_763_640_150_000_000_007).unwrap_or_default();
        for modified in [None, Some(Modified { at, precision: Precision::Minute })] {
            let basis = Basis { facts: Facts { size: Some(7), modified }, mode: Some(0o755) };
            assert_eq!(Basis::from(SavedBasis::from(basis)), basis);
        }
    }

    #[test]
    fn what_is_not_on_the_server_is_told_from_what_is() {
        let problem = || Problem::new(crate::model::problem::ProblemKind::Refused, "x");
        let table = [
            (EditState::Fetching, false, false),
            (EditState::NotFetched(problem()), false, false),
            (EditState::Same, false, false),
            (EditState::Saved, true, true),
            (EditState::Waiting, true, false),
            (EditState::Uploading, true, false),
            (EditState::Unsent(Unsent::Declined), true, true),
            (EditState::Failed(problem()), true, true),
        ];
        for (state, is_unsent, is_left_here) in table {
            assert_eq!((state.is_unsent(), state.is_left_here()), (is_unsent, is_left_here), "{state:?}");
        }
    }
}
