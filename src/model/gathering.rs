//! Uploads whose bytes are through and whose proof waits for their folder's listing: which folder is looked at, and when.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use crate::model::path::RemotePath;

/// So many files of a folder are worth a listing while more of them come.
const ENOUGH: usize = 64;
/// A folder to which nothing was added for so long is looked at.
const QUIET: Duration = Duration::from_secs(1);
/// No file waits longer than this for its proof while connections have other work.
const LONGEST: Duration = Duration::from_secs(10);
/// A folder whose listing takes long is listed seldom: at most this share of the time goes into it.
const SHARE: u32 = 20;
/// So many files are asked for one by one rather than by a listing, which takes about four round trips.
pub const FEW: usize = 3;

/// The files of one folder that wait for their proof.
#[derive(Debug)]
struct Folder<S> {
    sent: Vec<S>,
    /// When the first of them came.
    first: Instant,
    /// When the last of them came.
    last: Instant,
    /// Uploads into it that are under way.
    under_way: usize,
    /// Rows of its last listing.
    rows: usize,
    /// How long its last listing took.
    took: Duration,
    /// Looks in a row that the connection did not survive.
    lost: u32,
}

impl<S> Folder<S> {
    fn new(now: Instant) -> Self {
        Self { sent: Vec::new(), first: now, last: now, under_way: 0, rows: 0, took: Duration::ZERO, lost: 0 }
    }

    /// When it is looked at while connections have other work.
    fn moment(&self) -> Instant {
        (self.last + QUIET).min(self.first + LONGEST).max(self.first + self.took * SHARE)
    }

    fn is_due(&self, now: Instant) -> bool {
        // Each listing of a growing folder waits for twice as many files: their rows in all stay in proportion to the files.
        !self.sent.is_empty() && (self.sent.len() >= ENOUGH.max(self.rows) || self.moment() <= now)
    }
}

/// Files of one folder that are looked at together.
#[derive(Debug)]
pub struct Batch<S> {
    /// Their folder.
    pub folder: RemotePath,
    /// The files.
    pub sent: Vec<S>,
    /// How many looks in a row the connection did not survive.
    pub lost: u32,
}

/// All that waits for a proof, by folder.
#[derive(Debug)]
pub struct Gathering<S> {
    folders: HashMap<RemotePath, Folder<S>>,
}

impl<S> Default for Gathering<S> {
    fn default() -> Self {
        Self { folders: HashMap::new() }
    }
}

impl<S> Gathering<S> {
    /// An upload into `folder` has begun: the folder is not through before it has ended.
    pub fn begin(&mut self, folder: &RemotePath, now: Instant) {
        self.folders.entry(folder.clone()).or_insert_with(|| Folder::new(now)).under_way += 1;
    }

    /// An upload into `folder` has ended, however it did.
    pub fn end(&mut self, folder: &RemotePath) {
        let Some(kept) = self.folders.get_mut(folder) else { return };
        kept.under_way = kept.under_way.saturating_sub(1);
        self.tidy(folder);
    }

    /// A file of `folder` waits for its proof.
    pub fn add(&mut self, folder: &RemotePath, sent: S, now: Instant) {
        let kept = self.folders.entry(folder.clone()).or_insert_with(|| Folder::new(now));
        if kept.sent.is_empty() {
            kept.first = now;
        }
        kept.last = now;
        kept.sent.push(sent);
    }

    /// What is to be looked at before anything else.
    pub fn due(&mut self, now: Instant) -> Option<Batch<S>> {
        let folder = self.folders.iter().find(|(_, folder)| folder.is_due(now)).map(|(path, _)| path.clone())?;
        self.take(&folder)
    }

    /// What is to be looked at by a connection that has nothing else to do: a folder that is through.
    pub fn when_idle(&mut self, now: Instant) -> Option<Batch<S>> {
        let is_through = |folder: &Folder<S>| !folder.sent.is_empty() && folder.under_way == 0;
        let through = self.folders.iter().find(|(_, folder)| is_through(folder)).map(|(path, _)| path.clone());
        match through {
            Some(folder) => self.take(&folder),
            None => self.due(now),
        }
    }

    /// When a folder becomes due that is not yet.
    #[must_use]
    pub fn next_moment(&self) -> Option<Instant> {
        self.folders.values().filter(|folder| !folder.sent.is_empty()).map(Folder::moment).min()
    }

    /// The folder of a batch was listed: so many rows, in so long.
    pub fn listed(&mut self, folder: &RemotePath, rows: usize, took: Duration) {
        if let Some(kept) = self.folders.get_mut(folder) {
            (kept.rows, kept.took, kept.lost) = (rows, took, 0);
        }
    }

    /// What could not be looked at waits again; `is_lost` when the connection went meanwhile.
    pub fn give_back(&mut self, batch: Batch<S>, is_lost: bool, now: Instant) {
        let kept = self.folders.entry(batch.folder).or_insert_with(|| Folder::new(now));
        if kept.sent.is_empty() {
            (kept.first, kept.last) = (now, now);
        }
        kept.sent.splice(0..0, batch.sent);
        kept.lost = batch.lost + u32::from(is_lost);
    }

    /// Everything that waits.
    pub fn drain(&mut self) -> Vec<S> {
        let all = self.folders.values_mut().flat_map(|folder| std::mem::take(&mut folder.sent)).collect();
        self.folders.retain(|_, folder| folder.under_way > 0);
        all
    }

    fn take(&mut self, folder: &RemotePath) -> Option<Batch<S>> {
        let kept = self.folders.get_mut(folder)?;
        let batch = Batch { folder: folder.clone(), sent: std::mem::take(&mut kept.sent), lost: kept.lost };
        self.tidy(folder);
        Some(batch)
    }

    /// Forgets a folder about which there is nothing to know.
    fn tidy(&mut self, folder: &RemotePath) {
        if self.folders.get(folder).is_some_and(|kept| kept.sent.is_empty() && kept.under_way == 0) {
            self.folders.remove(folder);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(text: &str) -> RemotePath {
        RemotePath::parse(text).unwrap()
    }

    fn seconds(count: u64) -> Duration {
        Duration::from_secs(count)
    }

    #[test]
    fn a_folder_that_is_through_is_looked_at_as_soon_as_a_connection_is_idle() {
        let (mut all, now, folder) = (Gathering::default(), Instant::now(), path("/a"));
        all.begin(&folder, now);
        all.begin(&folder, now);
        all.add(&folder, 1, now);
        all.end(&folder);
        assert!(all.when_idle(now).is_none(), "another file of it is under way");
        all.add(&folder, 2, now);
        all.end(&folder);
        assert!(all.due(now).is_none(), "a connection that has work does the work");
        let batch = all.when_idle(now).unwrap();
        assert_eq!((batch.folder, batch.sent), (folder, vec![1, 2]));
        assert!(all.when_idle(now).is_none() && all.next_moment().is_none() && all.folders.is_empty());
    }

    #[test]
    fn a_folder_is_due_with_enough_files_or_after_a_while() {
        let (mut all, now, folder) = (Gathering::default(), Instant::now(), path("/a"));
        all.begin(&folder, now);
        all.add(&folder, 0, now);
        assert!(all.due(now + QUIET / 2).is_none());
        assert_eq!(all.next_moment(), Some(now + QUIET));
        assert_eq!(all.when_idle(now + QUIET).unwrap().sent, [0], "the file that is under way may take long");
        for step in 0..40 {
            let later = now + QUIET / 2 * step;
            all.add(&folder, step, later);
            assert_eq!(all.due(later).is_some(), step == 20, "never quiet, but {LONGEST:?} are over at step 20, not {step}");
        }
        let mut all = Gathering::default();
        all.begin(&folder, now);
        (1..ENOUGH).for_each(|file| all.add(&folder, file, now));
        assert!(all.due(now).is_none());
        all.add(&folder, ENOUGH, now);
        assert_eq!(all.due(now).unwrap().sent.len(), ENOUGH);
    }

    #[test]
    fn the_rows_of_all_listings_stay_in_proportion_to_the_files() {
        let (mut all, now, folder) = (Gathering::default(), Instant::now(), path("/a"));
        all.begin(&folder, now);
        let (mut rows, mut listings) = (0, 0);
        for file in 1..=10_000 {
            all.add(&folder, file, now);
            if all.due(now).is_some() {
                all.listed(&folder, file, Duration::ZERO);
                (rows, listings) = (rows + file, listings + 1);
            }
        }
        assert!(rows <= 20_000 && listings < 10, "{rows} rows in {listings} listings");
    }

    #[test]
    fn a_folder_whose_listing_takes_long_is_listed_seldom() {
        let (mut all, now, folder) = (Gathering::default(), Instant::now(), path("/a"));
        all.begin(&folder, now);
        all.listed(&folder, 1_000_000, seconds(3));
        all.add(&folder, 1, now);
        assert_eq!(all.next_moment(), Some(now + seconds(60)));
        assert!(all.due(now + seconds(59)).is_none() && all.due(now + seconds(60)).is_some());
    }

    #[test]
    fn what_could_not_be_looked_at_comes_first_again_and_losses_are_counted() {
        let (mut all, now, folder) = (Gathering::default(), Instant::now(), path("/a"));
        all.add(&folder, 1, now);
        let batch = all.when_idle(now).unwrap();
        assert_eq!(batch.lost, 0);
        all.add(&folder, 2, now);
        all.give_back(batch, true, now);
        let batch = all.when_idle(now).unwrap();
        assert_eq!((batch.sent.as_slice(), batch.lost), (&[1, 2][..], 1));
        all.give_back(batch, true, now);
        all.begin(&path("/b"), now);
        assert_eq!(all.drain(), [1, 2]);
        assert_eq!(all.folders.len(), 1, "what is under way is not forgotten");
    }
}
