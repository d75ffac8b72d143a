//! Reads a journal: what it amounts to, and what is wrong with it. Blocks of it are parsed side by side, since a million items are 300 MB.

use std::collections::{BTreeSet, VecDeque};
use std::io::{self, Read};
use std::thread;

use crate::store::queue::saved::{Change, SavedItem, SavedState};
use crate::store::queue::{HEADER, HEADER_NAME};

/// Bytes that one thread parses at a time.
const BLOCK: usize = 1 << 20;

/// Bytes of a short line.
const SHORT: usize = 250;

/// What a journal is read into.
pub trait Restore {
    /// An item that is ready to be added. Blocks are prepared side by side, items are added one after the other: whatever does
    /// not need to know the others belongs into the preparation.
    type Prepared: Send;
    /// What the items of a block have in common.
    type Preparer: Default;

    /// Makes an item ready.
    fn prepare(preparer: &mut Self::Preparer, item: SavedItem) -> Self::Prepared;
    /// An item is added, or replaces the one with its identity.
    fn put(&mut self, item: Self::Prepared);
    /// An item is gone.
    fn remove(&mut self, id: u64);
    /// So many bytes of an item are there.
    fn moved(&mut self, id: u64, offset: u64);
    /// The whole queue is held, or goes on.
    fn hold(&mut self, held: bool);
    /// All identities.
    fn ids(&self) -> Vec<u64>;
    /// Pauses an item that waits; whether it did.
    fn pause(&mut self, id: u64) -> bool;
    /// How many items there are.
    fn count(&self) -> usize;
    /// About `count` items from identity `from` on, and the identity to go on from: none when these were the last.
    fn saved(&self, from: u64, count: usize) -> (Vec<SavedItem>, Option<u64>);
}

/// Items as they are saved, for whoever has no queue.
impl Restore for std::collections::BTreeMap<u64, SavedItem> {
    type Prepared = SavedItem;
    type Preparer = ();

    fn prepare((): &mut (), item: SavedItem) -> SavedItem {
        item
    }

    fn put(&mut self, item: SavedItem) {
        self.insert(item.id, item);
    }

    fn remove(&mut self, id: u64) {
        Self::remove(self, &id);
    }

    fn moved(&mut self, id: u64, offset: u64) {
        if let Some(item) = self.get_mut(&id) {
            item.moved = offset;
        }
    }

    fn hold(&mut self, _held: bool) {}

    fn ids(&self) -> Vec<u64> {
        self.keys().copied().collect()
    }

    fn pause(&mut self, id: u64) -> bool {
        let Some(item) = self.get_mut(&id).filter(|item| item.state == SavedState::Queued) else { return false };
        item.state = SavedState::Paused;
        true
    }

    fn count(&self) -> usize {
        self.len()
    }

    fn saved(&self, from: u64, count: usize) -> (Vec<SavedItem>, Option<u64>) {
        let mut behind = self.range(from..);
        (behind.by_ref().take(count).map(|(_, item)| item.clone()).collect(), behind.next().map(|(id, _)| *id))
    }
}

/// What reading found.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Found {
    /// Lines, the first one left out.
    pub lines: usize,
    /// Bytes.
    pub length: u64,
    /// Whether the whole queue is held.
    pub held: bool,
    /// What is wrong with it.
    pub bad: Option<String>,
    /// Whether it ends with a whole line, so that another one can follow.
    pub is_open_ended: bool,
}

/// A change whose items are ready to be added.
pub(super) enum Told<P> {
    Put(u64, P),
    Remove(u64),
    Moved { id: u64, offset: u64 },
    Hold(bool),
    Together(Vec<Self>),
}

impl<P> Told<P> {
    pub fn prepare<R: Restore<Prepared = P>>(preparer: &mut R::Preparer, change: Change) -> Self {
        match change {
            Change::Put(item) => Self::Put(item.id, R::prepare(preparer, item)),
            Change::Remove(id) => Self::Remove(id),
            Change::Moved { id, offset } => Self::Moved { id, offset },
            Change::Hold(held) => Self::Hold(held),
            Change::Together(changes) => {
                Self::Together(changes.into_iter().map(|change| Self::prepare::<R>(preparer, change)).collect())
            }
        }
    }

    /// The items of which a change tells all there is.
    fn certain(&self, tell: &mut impl FnMut(u64)) {
        match self {
            Self::Put(id, _) | Self::Remove(id) => tell(*id),
            Self::Moved { .. } | Self::Hold(_) => {}
            Self::Together(changes) => changes.iter().for_each(|change| change.certain(tell)),
        }
    }

    pub fn apply(self, live: &mut impl Restore<Prepared = P>) {
        match self {
            Self::Put(_, item) => live.put(item),
            Self::Remove(id) => live.remove(id),
            Self::Moved { id, offset } => live.moved(id, offset),
            Self::Hold(held) => live.hold(held),
            Self::Together(changes) => changes.into_iter().for_each(|change| change.apply(live)),
        }
    }

    /// Whether it holds the whole queue, or lets it go on.
    fn held(&self) -> Option<bool> {
        match self {
            Self::Hold(held) => Some(*held),
            Self::Together(changes) => changes.iter().rev().find_map(Self::held),
            Self::Put(..) | Self::Remove(_) | Self::Moved { .. } => None,
        }
    }
}

/// One line.
enum Line<P> {
    Good(Told<P>),
    /// Damaged; a line without its end is the cut itself.
    Bad {
        has_end: bool,
    },
}

/// Reads a journal into `live`.
///
/// A journal that was cut is a state that the queue truly had: everything up to the cut. A line that was changed is
/// left out and those after it count, since each tells all of its item. The line may have been the last word about any
/// item that no later line tells of, so those are held: nothing runs on an old word without a person having looked.
///
/// # Errors
/// The disk refuses.
pub(super) fn replay<R: Restore>(mut file: impl Read, live: &mut R) -> io::Result<Found> {
    let mut tale = Tale { live, doubtful: BTreeSet::new(), held: false, good: 0, bad: 0, gap: false };
    let mut found = Found { is_open_ended: true, ..Found::default() };
    let mut rest = Vec::new();
    let workers = thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let mut first = None;
    thread::scope(|scope| {
        let mut parsing = VecDeque::new();
        loop {
            let (block, is_last) = next_block(&mut file, &mut rest)?;
            found.length += block.len() as u64;
            if let Some(last) = block.last() {
                found.is_open_ended = *last == b'\n';
            }
            let begin = if first.is_none() && !block.is_empty() {
                let line = block.split(|byte| *byte == b'\n').next().unwrap_or_default().to_vec();
                let begin = if line == HEADER.as_bytes() { line.len().saturating_add(1).min(block.len()) } else { 0 };
                first = Some(line);
                begin
            } else {
                0
            };
            if !block.is_empty() {
                parsing.push_back(scope.spawn(move || parse::<R>(block.get(begin..).unwrap_or_default())));
            }
            while parsing.len() > workers || (is_last && !parsing.is_empty()) {
                let Some(parsed) = parsing.pop_front() else { break };
                let lines = parsed.join().map_err(|_| io::Error::other("a part of it could not be parsed"))?;
                found.lines += lines.len();
                lines.into_iter().for_each(|line| tale.take(line));
            }
            if is_last {
                return Ok::<(), io::Error>(());
            }
        }
    })?;
    found.held = tale.held;
    found.bad = tale.end(&first.unwrap_or_default());
    Ok(found)
}

/// The next whole lines, about [`BLOCK`] bytes, and whether they are the last; at the end also what has no line end.
fn next_block(file: &mut impl Read, rest: &mut Vec<u8>) -> io::Result<(Vec<u8>, bool)> {
    let mut block = std::mem::take(rest);
    loop {
        let read = file.by_ref().take(BLOCK as u64).read_to_end(&mut block)?;
        if read == 0 {
            return Ok((block, true));
        }
        if let Some(end) = block.iter().rposition(|byte| *byte == b'\n') {
            *rest = block.split_off(end + 1);
            return Ok((block, false));
        }
    }
}

fn parse<R: Restore>(block: &[u8]) -> Vec<Line<R::Prepared>> {
    // Most lines are an item of this length at least; a vector that grows would copy all of them again.
    let mut lines = Vec::with_capacity(block.len() / SHORT);
    let mut preparer = R::Preparer::default();
    lines.extend(block.split_inclusive(|byte| *byte == b'\n').map(|line| {
        let text = line.strip_suffix(b"\n").unwrap_or(line);
        match read(text) {
            Some(change) => Line::Good(Told::prepare::<R>(&mut preparer, change)),
            None => Line::Bad { has_end: text.len() != line.len() },
        }
    }));
    lines
}

/// What the lines tell, one after the other.
struct Tale<'a, R> {
    live: &'a mut R,
    doubtful: BTreeSet<u64>,
    held: bool,
    good: usize,
    bad: usize,
    gap: bool,
}

impl<R: Restore> Tale<'_, R> {
    fn take(&mut self, line: Line<R::Prepared>) {
        let change = match line {
            Line::Good(change) => change,
            Line::Bad { has_end } => {
                self.bad += 1;
                // A line without its end was never whole, and nothing was done on its word.
                self.gap |= has_end;
                return;
            }
        };
        if std::mem::take(&mut self.gap) {
            self.doubtful.extend(self.live.ids());
        }
        if !self.doubtful.is_empty() {
            change.certain(&mut |id| {
                self.doubtful.remove(&id);
            });
        }
        self.good += 1;
        self.held = change.held().unwrap_or(self.held);
        // What is said about the bytes of a doubtful item may be about another state of it than the one that is known.
        if !matches!(change, Told::Moved { id, .. } if self.doubtful.contains(&id)) {
            change.apply(self.live);
        }
    }

    /// What is wrong, after all lines.
    fn end(mut self, first: &[u8]) -> Option<String> {
        if self.gap {
            self.doubtful.extend(self.live.ids());
        }
        let is_ours = first == HEADER.as_bytes();
        let held = self.doubtful.iter().filter(|id| self.live.pause(**id)).count();
        let detail = match self.bad {
            0 if is_ours => return None,
            // A layout of which nothing can be read is not ours.
            _ if self.good == 0 && !is_ours && first.starts_with(HEADER_NAME.as_bytes()) => {
                "another version of Moorline wrote it".to_owned()
            }
            _ if self.good == 0 && !is_ours => "its beginning is missing".to_owned(),
            0 | 1 => "one line is cut or changed".to_owned(),
            bad => format!("{bad} lines are cut or changed"),
        };
        Some(match held {
            0 => detail,
            1 => format!("{detail}; one item is paused because its last change may be missing"),
            _ => format!("{detail}; {held} items are paused because their last change may be missing"),
        })
    }
}

/// A line without its end.
fn read(line: &[u8]) -> Option<Change> {
    let (sum, json) = line.split_at_checked(8)?;
    let json = json.strip_prefix(b" ")?;
    let is_plain = sum.iter().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f'));
    let sum = u32::from_str_radix(std::str::from_utf8(sum).ok()?, 16).ok()?;
    if !is_plain || sum != crc32fast::hash(json) {
        return None;
    }
    serde_json::from_slice(json).ok()
}
