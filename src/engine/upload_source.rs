//! The file that is sent: what it is like, its bytes at once when they are few, and whether it is still the same in the end.

use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicU64;

use crate::engine::copy::{self, CopyFault};
use crate::engine::item_outcome::Stopped;
use crate::engine::lane_thread::on_disk;
use crate::engine::local;
use crate::engine::pace::Flow;
use crate::ftp::Data;
use crate::model::conflict::Facts;
use crate::model::entry::Modified;
use crate::model::problem::{Problem, ProblemKind};
use crate::model::queue::Item;

/// A file of at most so many bytes is read at once, before the server is asked to take it: one turn at the disk in all.
const SMALL: u64 = 256 << 10;

/// An open source.
#[derive(Debug)]
pub struct Source {
    path: PathBuf,
    /// Bytes.
    pub size: u64,
    /// Last change.
    pub modified: Option<Modified>,
    content: Content,
}

#[derive(Debug)]
enum Content {
    /// All bytes, as they were at one moment.
    Whole(Vec<u8>),
    /// To be read while it is sent.
    File(File),
}

impl Source {
    /// Opens an item's file.
    ///
    /// # Errors
    /// It cannot be read, or is being written at this moment.
    pub async fn open(item: &Item) -> Result<Self, Stopped> {
        let path = item.local.clone();
        match on_disk(move || open(path)).await.map_err(|error| Stopped::disk(&error, "open", &item.local))? {
            Some(source) => Ok(source),
            None => Err(changed(&item.local)),
        }
    }

    /// What is known of it, for comparison with the target.
    pub fn facts(&self) -> Facts {
        Facts { size: Some(self.size), modified: self.modified }
    }

    /// All of it, where it was read at once.
    pub fn whole(&self) -> Option<&[u8]> {
        match &self.content {
            Content::Whole(bytes) => Some(bytes),
            Content::File(_) => None,
        }
    }

    /// Sends what is behind `offset`.
    ///
    /// # Errors
    /// The connection's fault or the disk's.
    pub async fn send(&mut self, data: &mut Data<'_>, offset: u64, counter: &AtomicU64, mut flow: Flow) -> Result<(), CopyFault> {
        match &mut self.content {
            Content::Whole(bytes) => {
                let rest = usize::try_from(offset).ok().and_then(|offset| bytes.get(offset..)).unwrap_or_default();
                copy::send_bytes(data, rest, counter, &mut flow).await
            }
            Content::File(file) => {
                let mut file = file.try_clone().map_err(CopyFault::Disk)?;
                file.seek(SeekFrom::Start(offset)).map_err(CopyFault::Disk)?;
                copy::send(data, file, counter, flow).await.map(drop)
            }
        }
    }

    /// Makes sure that what was sent is one version of the file.
    ///
    /// # Errors
    /// It was changed while it was sent.
    pub async fn is_still_the_same(&self) -> Result<(), Stopped> {
        if matches!(self.content, Content::Whole(_)) {
            return Ok(());
        }
        let path = self.path.clone();
        match on_disk(move || fs::metadata(path)).await {
            Ok(facts) if facts.len() == self.size && local::modified(&facts) == self.modified => Ok(()),
            Ok(_) => Err(changed(&self.path)),
            Err(error) => Err(Stopped::disk(&error, "open", &self.path)),
        }
    }
}

/// Nothing when the file changes while it is read. Blocking.
fn open(path: PathBuf) -> io::Result<Option<Source>> {
    let mut file = local::open(&path)?;
    let facts = file.metadata()?;
    let (size, modified) = (facts.len(), local::modified(&facts));
    if size > SMALL {
        return Ok(Some(Source { path, size, modified, content: Content::File(file) }));
    }
    let mut bytes = Vec::with_capacity(usize::try_from(size).unwrap_or_default() + 1);
    // One byte more than there should be shows that it grows.
    Read::by_ref(&mut file).take(size + 1).read_to_end(&mut bytes)?;
    let after = file.metadata()?;
    let is_same = bytes.len() as u64 == size && after.len() == size && local::modified(&after) == modified;
    Ok(is_same.then_some(Source { path, size, modified, content: Content::Whole(bytes) }))
}

fn changed(path: &Path) -> Stopped {
    let problem = Problem::new(ProblemKind::Local, format!("“{}” was changed while it was being sent.", path.display()))
        .advise("It is sent anew from its beginning.");
    Stopped::Failed { problem, again: true }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_file_is_read_at_once_and_a_large_one_later() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        for (size, is_whole) in [(0, true), (1, true), (SMALL, true), (SMALL + 1, false)] {
            fs::write(&path, vec![7; usize::try_from(size).unwrap()]).unwrap();
            let source = open(path.clone()).unwrap().unwrap();
            assert_eq!(source.size, size);
            match source.content {
                Content::Whole(bytes) => assert!(is_whole && bytes.len() as u64 == size),
                Content::File(_) => assert!(!is_whole),
            }
        }
        assert_eq!(open(folder.path().join("none")).unwrap_err().kind(), io::ErrorKind::NotFound);
    }
}
