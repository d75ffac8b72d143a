//! The receipts of files that have arrived: JSON, one a line, appended to files below the state folder. A new file begins when one is full, and the oldest goes.

mod saved;

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use crate::model::receipt::{Receipt, ReceiptId};
use crate::store::file::{self, StoreError};
use crate::store::places::Places;
use saved::Saved;

/// The folder's name in the state folder.
const FOLDER: &str = "receipts";
/// What the files' names begin with; the first receipt's identity follows.
const NAME: &str = "receipts-";
/// What they end with.
const END: &str = ".jsonl";
/// Bytes after which a new file begins.
const LONGEST: u64 = 16 * 1024 * 1024;
/// Files that are kept: 512 MiB in all, about a million receipts.
const KEPT: usize = 32;
/// Longest line that is read; a receipt has a few hundred bytes, and twice 4 KiB of path at most.
const LONGEST_LINE: u64 = 256 * 1024;

/// How much is kept.
#[derive(Clone, Copy, Debug)]
struct Bounds {
    longest: u64,
    kept: usize,
}

/// The receipts' files, to append to. Several programs may append at once: a group of receipts is one write at the end.
#[derive(Debug)]
pub struct ReceiptBook {
    folder: PathBuf,
    bounds: Bounds,
    open: Option<Open>,
}

#[derive(Debug)]
struct Open {
    file: File,
    path: PathBuf,
    length: u64,
    /// The last line has no end: a disk that is full took a part of it, or a crash cut it.
    torn: bool,
}

impl ReceiptBook {
    /// The book of these places; nothing is touched yet.
    #[must_use]
    pub fn new(places: &Places) -> Self {
        Self { folder: folder(places), bounds: Bounds { longest: LONGEST, kept: KEPT }, open: None }
    }

    /// Appends receipts as one write. When it returns they outlive this program; once it was flushed also the system.
    ///
    /// # Errors
    /// The disk refused: none of them counts as written, and all may be given again.
    pub fn append(&mut self, receipts: &[Receipt]) -> Result<(), StoreError> {
        let Some(first) = receipts.first() else { return Ok(()) };
        let mut lines = Vec::new();
        for receipt in receipts {
            let encode = |error: serde_json::Error| StoreError::Encode { path: self.folder.clone(), detail: error.to_string() };
            serde_json::to_writer(&mut lines, &Saved::from(receipt)).map_err(encode)?;
            lines.push(b'\n');
        }
        let open = self.current(first.id)?;
        if open.torn {
            lines.insert(0, b'\n');
        }
        match open.file.write_all(&lines) {
            Ok(()) => {
                open.torn = false;
                open.length += lines.len() as u64;
                Ok(())
            }
            Err(source) => {
                let path = open.path.clone();
                // What was written of the lines is read up to its last whole one; a new look at the file tells where it ends.
                self.open = None;
                Err(StoreError::Io { action: "saved", path, source })
            }
        }
    }

    /// Another handle to the file, for a thread that flushes it while others go on appending; nothing when nothing was appended.
    #[must_use]
    pub fn to_flush(&self) -> Option<io::Result<File>> {
        self.open.as_ref().map(|open| open.file.try_clone())
    }

    /// The file that takes the next receipts.
    fn current(&mut self, next: ReceiptId) -> Result<&mut Open, StoreError> {
        // A file that is gone (somebody emptied the folder) is begun anew.
        let stays = self.open.take().filter(|open| open.length < self.bounds.longest && open.path.exists());
        let open = match stays {
            Some(open) => open,
            None => self.reopen(next)?,
        };
        Ok(self.open.insert(open))
    }

    fn reopen(&self, next: ReceiptId) -> Result<Open, StoreError> {
        file::make_folder(&self.folder)?;
        let files = files(&self.folder);
        if let Some((_, newest)) = files.last() {
            let open = open(newest).map_err(|source| StoreError::Io { action: "opened", path: newest.clone(), source })?;
            if open.length < self.bounds.longest {
                return Ok(open);
            }
        }
        for (_, old) in files.iter().rev().skip(self.bounds.kept.saturating_sub(1)) {
            // What cannot be deleted stays, and is tried again with the next file.
            drop(fs::remove_file(old));
        }
        let path = self.folder.join(format!("{NAME}{:020}{END}", next.0));
        open(&path).map_err(|source| StoreError::Io { action: "opened", path, source })
    }
}

fn open(path: &Path) -> io::Result<Open> {
    let mut options = OpenOptions::new();
    options.append(true).read(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    let length = file.metadata()?.len();
    let mut last = [b'\n'];
    if length > 0 {
        file.seek(SeekFrom::End(-1))?;
        file.read_exact(&mut last)?;
    }
    Ok(Open { file, path: path.to_owned(), length, torn: last != *b"\n" })
}

fn folder(places: &Places) -> PathBuf {
    places.state.join(FOLDER)
}

/// The files, oldest first, with the identity that each begins with.
fn files(folder: &Path) -> Vec<(u64, PathBuf)> {
    let Ok(found) = fs::read_dir(folder) else { return Vec::new() };
    let numbered = |entry: fs::DirEntry| {
        let name = entry.file_name();
        let number = name.to_str()?.strip_prefix(NAME)?.strip_suffix(END)?.parse().ok()?;
        Some((number, entry.path()))
    };
    let mut files: Vec<(u64, PathBuf)> = found.filter_map(|entry| numbered(entry.ok()?)).collect();
    files.sort();
    files
}

/// What a reading of the receipts came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reading {
    /// Lines that are cut or changed: left out.
    pub damaged: u64,
}

/// Hands every receipt from the identity `since` on to `each`, oldest first, until it breaks off. Blocking. A line that is cut or
/// changed costs itself only.
///
/// # Errors
/// A file cannot be read.
pub fn read(places: &Places, since: ReceiptId, mut each: impl FnMut(Receipt) -> ControlFlow<()>) -> Result<Reading, StoreError> {
    let files = files(&folder(places));
    let mut reading = Reading::default();
    // Files are in the order of their beginnings: what ends before another begins may be left out when that is early enough. A
    // second program may have been a little late, so one more is read.
    let first = files.iter().rposition(|(begins, _)| *begins <= since.0).unwrap_or(0).saturating_sub(1);
    for (_, path) in files.get(first..).unwrap_or_default() {
        let go_on = lines(path, |line| {
            let Some(receipt) = receipt(line) else {
                reading.damaged += u64::from(!line.is_empty());
                return ControlFlow::Continue(());
            };
            if receipt.id >= since { each(receipt) } else { ControlFlow::Continue(()) }
        });
        match go_on {
            Ok(ControlFlow::Continue(())) => {}
            Ok(ControlFlow::Break(())) => break,
            // It was the oldest and is gone meanwhile.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(source) => return Err(StoreError::Io { action: "read", path: path.clone(), source }),
        }
    }
    Ok(reading)
}

/// One receipt; nothing when it is not kept any more. Blocking: reads one file of the book, rarely two.
#[must_use]
pub fn find(places: &Places, id: ReceiptId) -> Option<Receipt> {
    let files = files(&folder(places));
    let at = files.iter().rposition(|(begins, _)| *begins <= id.0).unwrap_or(0);
    // The file that was open at that moment; a second program may have begun another just before.
    let order = [Some(at), at.checked_add(1), at.checked_sub(1)];
    let mark = format!("{{\"id\":{},", id.0);
    for (_, path) in order.into_iter().flatten().filter_map(|index| files.get(index)) {
        let mut found = None;
        let look = lines(path, |line| {
            if !line.starts_with(mark.as_bytes()) {
                return ControlFlow::Continue(());
            }
            found = receipt(line);
            ControlFlow::Break(())
        });
        if look.is_ok() && found.is_some() {
            return found;
        }
    }
    None
}

fn receipt(line: &[u8]) -> Option<Receipt> {
    serde_json::from_slice::<Saved>(line).ok().and_then(|saved| Receipt::try_from(saved).ok())
}

/// Hands each line without its end to `each`; of a line beyond all bounds only its beginning.
fn lines(path: &Path, mut each: impl FnMut(&[u8]) -> ControlFlow<()>) -> io::Result<ControlFlow<()>> {
    let mut reader = BufReader::with_capacity(256 * 1024, File::open(path)?);
    let mut line = Vec::new();
    loop {
        line.clear();
        if reader.by_ref().take(LONGEST_LINE).read_until(b'\n', &mut line)? == 0 {
            return Ok(ControlFlow::Continue(()));
        }
        if each(line.strip_suffix(b"\n").unwrap_or(&line)).is_break() {
            return Ok(ControlFlow::Break(()));
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]

    use super::*;
    use crate::model::receipt::tests::sample;
    use crate::model::transfer::{Compared, Direction};

    fn all(places: &Places, since: u64) -> (Vec<u64>, u64) {
        let mut ids = Vec::new();
        let reading = read(places, ReceiptId(since), |receipt| {
            ids.push(receipt.id.0);
            ControlFlow::Continue(())
        });
        (ids, reading.unwrap().damaged)
    }

    fn one_file(places: &Places) -> PathBuf {
        let files = files(&folder(places));
        assert_eq!(files.len(), 1);
        files[0].1.clone()
    }

    #[test]
    fn what_was_written_is_read_again_whole() {
        let home = tempfile::tempdir().unwrap();
        let places = Places::in_folder(home.path());
        assert_eq!(all(&places, 0), (vec![], 0));
        let bare = Receipt {
            hash: None,
            tls: None,
            modified: None,
            direction: Direction::Download,
            compared: Compared::Listing,
            ..sample(7)
        };
        let mut book = ReceiptBook::new(&places);
        book.append(&[sample(5), bare.clone()]).unwrap();
        book.to_flush().unwrap().unwrap().sync_data().unwrap();
        assert_eq!(find(&places, ReceiptId(5)), Some(sample(5)));
        assert_eq!(find(&places, ReceiptId(7)), Some(bare));
        assert_eq!(find(&places, ReceiptId(6)), None);
        assert_eq!(all(&places, 6), (vec![7], 0));
    }

    #[cfg(unix)]
    #[test]
    fn paths_that_are_no_text_come_back_and_nobody_else_may_read() {
        use std::os::unix::ffi::OsStringExt;
        use std::os::unix::fs::PermissionsExt;
        let home = tempfile::tempdir().unwrap();
        let places = Places::in_folder(home.path());
        let odd = Receipt { local: std::ffi::OsString::from_vec(b"/x/\xff\n".to_vec()).into(), ..sample(1) };
        ReceiptBook::new(&places).append(std::slice::from_ref(&odd)).unwrap();
        assert_eq!(find(&places, ReceiptId(1)), Some(odd));
        assert_eq!(fs::metadata(one_file(&places)).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn a_cut_at_any_byte_costs_the_line_that_it_is_in() {
        let home = tempfile::tempdir().unwrap();
        let places = Places::in_folder(home.path());
        ReceiptBook::new(&places).append(&[sample(1), sample(2)]).unwrap();
        let path = one_file(&places);
        let whole = fs::read(&path).unwrap();
        let line = whole.len() / 2;
        for cut in 0..=whole.len() {
            fs::write(&path, &whole[..cut]).unwrap();
            let (ids, damaged) = all(&places, 0);
            // A line that lacks nothing but its end is whole.
            let expected: Vec<u64> = [1, 2].into_iter().take((cut + 1) / line).collect();
            assert_eq!(ids, expected, "cut at {cut}");
            assert!(damaged <= 1);
            // What is appended behind the cut is not glued to it.
            ReceiptBook::new(&places).append(&[sample(3)]).unwrap();
            assert_eq!(all(&places, 0).0.last(), Some(&3), "cut at {cut}");
            assert_eq!(find(&places, ReceiptId(3)), Some(sample(3)));
        }
    }

    #[test]
    fn a_full_file_is_followed_by_a_new_one_and_the_oldest_goes() {
        let home = tempfile::tempdir().unwrap();
        let places = Places::in_folder(home.path());
        let mut book = ReceiptBook { bounds: Bounds { longest: 1, kept: 3 }, ..ReceiptBook::new(&places) };
        for id in 1..=5 {
            book.append(&[sample(id)]).unwrap();
        }
        assert_eq!(files(&folder(&places)).iter().map(|(begins, _)| *begins).collect::<Vec<_>>(), [3, 4, 5]);
        assert_eq!(all(&places, 0).0, [3, 4, 5]);
        assert_eq!((all(&places, 5).0, find(&places, ReceiptId(4)), find(&places, ReceiptId(2))), (vec![5], Some(sample(4)), None));
    }

    #[test]
    fn two_programs_append_to_one_file() {
        let home = tempfile::tempdir().unwrap();
        let places = Places::in_folder(home.path());
        let (mut one, mut other) = (ReceiptBook::new(&places), ReceiptBook::new(&places));
        one.append(&[sample(1)]).unwrap();
        other.append(&[sample(2)]).unwrap();
        one.append(&[sample(3)]).unwrap();
        one_file(&places);
        assert_eq!(all(&places, 0), (vec![1, 2, 3], 0));
    }

    #[test]
    fn a_folder_that_cannot_be_made_is_told() {
        let home = tempfile::tempdir().unwrap();
        let places = Places::in_folder(home.path());
        fs::write(home.path().join("state"), "a file").unwrap();
        let mut book = ReceiptBook::new(&places);
        assert!(book.append(&[sample(1)]).is_err());
        // It is tried anew each time.
        fs::remove_file(home.path().join("state")).unwrap();
        book.append(&[sample(1)]).unwrap();
        assert_eq!(all(&places, 0).0, [1]);
    }
}
