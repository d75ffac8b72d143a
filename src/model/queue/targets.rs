//! Which names uploads and downloads write to: no two at once to the same one, and none for long by an old look.

use std::collections::{HashMap, HashSet};
use std::ffi::OsStr;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;
use std::time::{Duration, Instant};

use crate::model::composed::composed;
use crate::model::path::RemotePath;
use crate::model::queue::packed::Packed;
use crate::model::queue::{Item, Queue};
use crate::model::site::SiteId;
use crate::model::transfer::{Direction, TransferId, TransferState};

/// How long an item waits for another one that writes to the same name, before it is looked at again.
pub(super) const WAIT: Duration = Duration::from_millis(200);
/// How long a folder's listing tells that a name is free.
const FRESH: Duration = Duration::from_secs(600);

impl Queue {
    /// Whether a connection is at another item that writes to the same file.
    pub(super) fn is_target_busy(&self, packed: &Packed, site: &SiteId) -> bool {
        let (local_folder, local_name) = packed.local_parts();
        let (remote_folder, remote_name) = packed.remote_parts();
        self.writing().filter(|other| other.direction == packed.direction() && other.is_folder != Some(true)).any(|other| {
            match packed.direction() {
                Direction::Upload => {
                    other.site == *site
                        && other.remote.as_str().strip_suffix(remote_name).is_some_and(|folder| is_folder(folder, remote_folder))
                }
                Direction::Download => {
                    is_same_name(other.local.file_name(), local_name) && other.local.parent() == Some(local_folder)
                }
            }
        })
    }

    /// Whether a connection is at an item other than `but` that writes to this file on the server.
    #[must_use]
    pub fn is_sent_to(&self, site: &SiteId, path: &RemotePath, but: TransferId) -> bool {
        self.writing()
            .any(|other| other.id != but && other.direction == Direction::Upload && other.site == *site && other.remote == *path)
    }

    /// Whether a connection is at an item other than `but` that writes to this file here.
    #[must_use]
    pub fn is_fetched_to(&self, path: &Path, but: TransferId) -> bool {
        self.writing().any(|other| other.id != but && other.direction == Direction::Download && other.local == path)
    }

    /// Whether another file of this item's batch has arrived under this name here.
    #[must_use]
    pub fn has_arrived_in_batch_of(&self, item: &Item, path: &Path) -> bool {
        let (folder, name) = (path.parent(), path.file_name());
        self.done.iter().rev().any(|place| {
            let arrived = self.resting.get(place.id.0).filter(|packed| {
                let (local_folder, local_name) = packed.local_parts();
                Some(local_name) == name && Some(local_folder) == folder && packed.direction() == Direction::Download
            });
            arrived.and_then(|packed| self.unpack(place.id, packed)).is_some_and(|other| {
                other.batch == item.batch && other.remote != item.remote && matches!(other.state, TransferState::Done(_))
            })
        })
    }

    /// What runs, and waits for nobody.
    fn writing(&self) -> impl Iterator<Item = &Item> {
        self.running.values().filter(|item| item.state.is_running() && item.state != TransferState::Asking)
    }
}

/// Whether a path without its name is this folder.
fn is_folder(path: &str, folder: &RemotePath) -> bool {
    path.strip_suffix('/').is_some_and(|path| path == if folder.is_root() { "" } else { folder.as_str() })
}

fn is_same_name(name: Option<&OsStr>, other: &OsStr) -> bool {
    // Disks of these systems take names that differ in their case only for the same one, and a Mac's also those that differ in
    // how letters with marks are spelled.
    let folds = cfg!(any(windows, target_os = "macos"));
    let folded = |name: &OsStr| composed(&name.to_string_lossy().to_lowercase()).into_owned();
    name.is_some_and(|name| name == other || folds && folded(name) == folded(other))
}

/// What looks at folders have told of free names.
#[derive(Debug, Default)]
pub struct FreeNames {
    /// Folders that were looked at.
    looked: HashMap<(SiteId, RemotePath), Look>,
    /// Names that were given since, without such a look. The marks of some names may be the same: then one is looked at in vain.
    given: HashSet<u64>,
}

/// A look at a folder.
#[derive(Debug)]
struct Look {
    at: Instant,
    /// So many files of which it told that nothing has their names wait still; nothing while the look is under way.
    waiting: Option<usize>,
}

impl FreeNames {
    /// A look at a folder begins. Whether what it tells can be relied on: not while another one is under way, or files wait that an
    /// earlier one told of, for they get their names behind this look.
    #[must_use]
    pub fn begin_look(&mut self, site: &SiteId, folder: &RemotePath, now: Instant) -> bool {
        let key = (site.clone(), folder.clone());
        let is_alone = self.looked.get(&key).is_none_or(|look| look.waiting == Some(0));
        if is_alone {
            self.looked.insert(key, Look { at: now, waiting: None });
        }
        is_alone
    }

    /// A look that can be relied on is over: so many files enter the queue of which it told that nothing has their names.
    pub fn end_look(&mut self, site: &SiteId, folder: &RemotePath, waiting: usize) {
        let key = (site.clone(), folder.clone());
        match self.looked.get_mut(&key) {
            Some(look) if waiting > 0 => look.waiting = Some(waiting),
            _ => drop(self.looked.remove(&key)),
        }
    }

    /// A file gets this name.
    pub fn give(&mut self, site: &SiteId, path: &RemotePath) {
        self.given.insert(mark(site, path));
    }

    /// A file of which a look told that nothing has its name waits no more. Whether that may be relied on still.
    #[must_use]
    pub fn take(&mut self, site: &SiteId, path: &RemotePath, now: Instant) -> bool {
        let Some(look) = path.parent().and_then(|folder| self.looked.get_mut(&(site.clone(), folder))) else { return false };
        look.waiting = look.waiting.map(|waiting| waiting.saturating_sub(1));
        now.saturating_duration_since(look.at) < FRESH && !self.given.contains(&mark(site, path))
    }
}

fn mark(site: &SiteId, path: &RemotePath) -> u64 {
    let mut hasher = DefaultHasher::new();
    (site, path).hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::model::conflict::OnExists;
    use crate::model::receipt::ReceiptId;
    use crate::model::transfer::{Compared, Job, Proof};

    fn path(text: &str) -> RemotePath {
        RemotePath::parse(text).unwrap()
    }

    fn add(queue: &mut Queue, site: &str, direction: Direction, local: &str, remote: &str) -> TransferId {
        let job = Job { direction, local: PathBuf::from(local), remote: path(remote), on_exists: OnExists::Ask };
        let id = queue.new_id();
        queue.put(Item::new(id, SiteId(site.into()), job));
        id
    }

    #[test]
    fn what_has_arrived_of_a_batch_is_known_by_its_place_here() {
        use Direction::{Download, Upload};
        let mut queue = Queue::default();
        let arrived = add(&mut queue, "s", Download, "/a/x.txt", "/www/x.txt");
        let sent = add(&mut queue, "s", Upload, "/a/y.txt", "/www/y.txt");
        let namesake = add(&mut queue, "s", Download, "/a/X.TXT", "/www/X.TXT");
        let again = add(&mut queue, "s", Download, "/a/x.txt", "/www/x.txt");
        for id in [arrived, sent, namesake, again] {
            queue.edit(id, |item| item.batch = 7);
        }
        let has_arrived = |queue: &Queue, id, path| queue.has_arrived_in_batch_of(&queue.get(id).unwrap(), Path::new(path));
        assert!(!has_arrived(&queue, namesake, "/a/x.txt"), "it waits");
        for id in [arrived, sent] {
            let proof = Proof { reply: "226 Done".into(), bytes: 9, compared: Compared::Size, hash: None, receipt: ReceiptId(0) };
            queue.set_state(id, TransferState::Done(proof));
        }
        assert!(has_arrived(&queue, namesake, "/a/x.txt"));
        assert!(!has_arrived(&queue, namesake, "/b/x.txt") && !has_arrived(&queue, namesake, "/a/y.txt"));
        assert!(!has_arrived(&queue, again, "/a/x.txt"), "the same file once more");
        queue.edit(namesake, |item| item.batch = 8);
        assert!(!has_arrived(&queue, namesake, "/a/x.txt"), "another day's");
    }

    #[test]
    fn no_two_connections_write_to_the_same_file() {
        use Direction::{Download, Upload};
        let mut queue = Queue::default();
        let first = add(&mut queue, "s", Upload, "/a/x.txt", "/www/x.txt");
        let same = add(&mut queue, "s", Upload, "/b/x.txt", "/www/x.txt");
        let others = [
            add(&mut queue, "s", Upload, "/a/x.txt", "/www/sub/x.txt"),
            add(&mut queue, "s", Upload, "/a/ax.txt", "/www/ax.txt"),
            add(&mut queue, "s", Upload, "/a/x.txt", "/x.txt"),
            add(&mut queue, "s", Download, "/b/x.txt", "/www/x.txt"),
        ];
        let same_here = add(&mut queue, "s", Download, "/b/x.txt", "/other/x.txt");
        let now = Instant::now();
        let site = SiteId("s".into());
        let take = |queue: &mut Queue, now| queue.take_next(&site, now).map(|item| item.id);
        assert_eq!(take(&mut queue, now), Some(first));
        for other in others {
            assert_eq!(take(&mut queue, now), Some(other));
        }
        assert_eq!(take(&mut queue, now), None);
        assert!(queue.is_pending(&site) && queue.next_moment(&site) == Some(now + WAIT));
        assert!(queue.is_sent_to(&site, &path("/www/x.txt"), same) && !queue.is_sent_to(&site, &path("/www/x.txt"), first));
        assert!(queue.is_fetched_to(Path::new("/b/x.txt"), same_here));
        // The other one is through, or asks: what waited is next, in its old place.
        queue.set_state(first, TransferState::Asking);
        assert_eq!(take(&mut queue, now + WAIT), Some(same));
        queue.remove(others[3]);
        assert_eq!(take(&mut queue, now + WAIT), Some(same_here));
    }

    #[test]
    fn the_same_name_at_another_site_is_another_file() {
        let mut queue = Queue::default();
        add(&mut queue, "s", Direction::Upload, "/a/x", "/x");
        let other = add(&mut queue, "t", Direction::Upload, "/a/x", "/x");
        let now = Instant::now();
        assert!(queue.take_next(&SiteId("s".into()), now).is_some());
        assert_eq!(queue.take_next(&SiteId("t".into()), now).map(|item| item.id), Some(other));
    }

    #[test]
    fn a_free_name_is_free_for_a_while_and_until_somebody_gets_it() {
        let (site, now) = (SiteId("s".into()), Instant::now());
        let mut names = FreeNames::default();
        let www = path("/www");
        assert!(!names.take(&site, &path("/www/a"), now), "nobody looked");
        assert!(names.begin_look(&site, &www, now));
        assert!(!names.begin_look(&site, &www, now), "two looks at once");
        names.end_look(&site, &www, 3);
        assert!(!names.begin_look(&site, &www, now), "these files get their names behind the next look");
        assert!(names.take(&site, &path("/www/a"), now));
        names.give(&site, &path("/www/b"));
        assert!(!names.take(&site, &path("/www/b"), now), "somebody else has it");
        assert!(!names.take(&site, &path("/www/c"), now + FRESH), "it is too long ago");
        assert!(!names.take(&site, &path("/www/sub/a"), now) && !names.take(&SiteId("t".into()), &path("/www/a"), now));
        assert!(names.begin_look(&site, &www, now), "all are through");
        names.end_look(&site, &www, 0);
        assert!(names.begin_look(&site, &www, now), "it told of nothing");
    }
}
