//! Writes the journal, whoever's turn it is: changes as they came, and all of it anew when it has grown too long.

use std::fs::File;
use std::io;
use std::sync::mpsc;
use std::time::{Duration, Instant};

use tokio::sync::watch;

use crate::engine::flush;
use crate::model::queue::Queue;
use crate::store::file::StoreError;
use crate::store::queue::{Change, QueueJournal, SavedItem};

/// How soon a disk that refused is tried again.
const NEXT_ATTEMPT: Duration = Duration::from_secs(2);
/// Items that are read from the queue at a time: its lock is held for about a millisecond.
const PORTION: usize = 1_000;

/// What the journal is given.
#[expect(clippy::large_enum_variant, reason = "nearly all are changes")]
pub enum Work {
    /// A change of the queue.
    Change(Change),
    /// The disk refused to flush.
    NotFlushed(io::Error),
    /// The journal that is written anew was flushed, or the disk refused.
    AnewFlushed(io::Result<()>),
    /// Nothing follows; this is the queue that remains.
    End(Box<Queue>),
}

/// What has become of the changes that were handed over.
#[derive(Clone, Copy, Debug, Default)]
pub struct Written {
    /// So many were written, or refused and told of.
    pub changes: u64,
    /// Whether the file lacks some of them.
    pub lacks_some: bool,
}

/// What is told of the journal's disk.
#[derive(Debug)]
pub enum DiskNews {
    /// It refuses, in its words.
    Refuses(String),
    /// It has taken everything that it had refused.
    HasAll,
}

/// What the flushing thread is given.
pub enum Flush {
    /// The journal.
    Journal(io::Result<File>),
    /// The journal that is written anew.
    Anew(io::Result<File>),
}

/// Items of the queue, to write the journal anew.
#[derive(Debug)]
pub struct Portion {
    /// The items.
    pub items: Vec<SavedItem>,
    /// The identity to go on from; none when these were the last.
    pub next: Option<u64>,
    /// Changes that had been handed over when these were read.
    pub taken: u64,
}

/// Where the journal's thread reads the queue: about so many items from an identity on. Nothing when the queue is gone.
pub type ReadQueue = Box<dyn Fn(u64, usize) -> Option<Portion> + Send>;

/// How far the journal is written anew.
enum Anew {
    No,
    /// Items from this identity on are still to be copied.
    Copying(u64),
    /// Everything is copied; so many changes must be in it before it counts.
    Following(u64),
    Flushing,
}

/// The journal and whoever hears of it.
pub struct Scribe {
    journal: QueueJournal,
    read_queue: ReadQueue,
    anew: Anew,
    /// When a disk that refused is tried again.
    next_attempt: Option<Instant>,
    on_news: Box<dyn Fn(DiskNews) + Send>,
    /// Whether it was told that the disk refuses.
    told: bool,
    to_flush: Option<mpsc::Sender<Flush>>,
    /// Whether something was written since the last flush was asked for.
    unflushed: bool,
    ended: bool,
}

impl Scribe {
    /// Over an open journal; flushes are asked for at `to_flush`.
    pub fn new(
        journal: QueueJournal,
        read_queue: ReadQueue,
        on_news: Box<dyn Fn(DiskNews) + Send>,
        to_flush: mpsc::Sender<Flush>,
    ) -> Self {
        let to_flush = Some(to_flush);
        Self {
            journal,
            read_queue,
            anew: Anew::No,
            next_attempt: None,
            on_news,
            told: false,
            to_flush,
            unflushed: false,
            ended: false,
        }
    }

    /// Whether the end was written.
    pub fn has_ended(&self) -> bool {
        self.ended
    }

    /// Whether the file lacks changes because the disk refused them.
    pub fn lacks_some(&self) -> bool {
        self.journal.is_behind()
    }

    /// Writes what was handed over, in its order, and tells what became of it.
    pub fn write(&mut self, works: Vec<Work>, written: &watch::Sender<Written>) {
        let mut changes = 0;
        for work in works {
            match work {
                Work::Change(change) => {
                    if let Err(error) = self.journal.append(&change) {
                        self.tell(&error);
                    }
                    changes += 1;
                }
                Work::NotFlushed(error) => {
                    let error = self.journal.not_flushed(error);
                    self.tell(&error);
                }
                Work::AnewFlushed(flushed) => self.anew_flushed(flushed),
                Work::End(queue) => self.end(&queue),
            }
        }
        if changes > 0 {
            self.unflushed = true;
        }
        let lacks_some = self.lacks_some();
        written.send_if_modified(|written| {
            let is_new = changes > 0 || written.lacks_some != lacks_some;
            *written = Written { changes: written.changes + changes, lacks_some };
            is_new
        });
    }

    /// What has time: the flush that everything written so far shares, and a step of writing the journal anew. `written` is the number of
    /// changes that it has. Returns how long nothing is to be done after it; nothing when that is until something comes.
    pub fn go_on(&mut self, written: u64) -> Option<Duration> {
        if std::mem::take(&mut self.unflushed)
            && let Some(file) = self.journal.to_flush()
        {
            self.ask_flush(Flush::Journal(file));
        }
        self.go_on_anew(written);
        match (&self.anew, self.next_attempt) {
            (Anew::Copying(_), _) => Some(Duration::ZERO),
            (Anew::No, Some(due)) => Some(due.saturating_duration_since(Instant::now())),
            (Anew::No | Anew::Following(_) | Anew::Flushing, _) => None,
        }
    }

    fn ask_flush(&self, flush: Flush) {
        // Its thread ends after this one.
        drop(self.to_flush.as_ref().map(|to_flush| to_flush.send(flush)));
    }

    /// One step of writing the journal anew: a portion at a time, so that changes are never kept waiting.
    fn go_on_anew(&mut self, written: u64) {
        if !self.journal.is_written_anew() {
            self.anew = Anew::No;
        }
        let now = Instant::now();
        self.next_attempt = self.journal.is_behind().then(|| self.next_attempt.unwrap_or(now + NEXT_ATTEMPT));
        match self.anew {
            Anew::No if self.journal.is_too_long() || self.next_attempt.is_some_and(|due| due <= now) => {
                self.next_attempt = None;
                match self.journal.begin_anew() {
                    Ok(()) => self.anew = Anew::Copying(0),
                    Err(error) => self.anew_failed(&error),
                }
            }
            Anew::Copying(from) => {
                let Some(Portion { items, next, taken }) = (self.read_queue)(from, PORTION) else { return self.give_up_anew() };
                match self.journal.add_anew(items) {
                    Ok(()) => self.anew = next.map_or(Anew::Following(taken), Anew::Copying),
                    Err(error) => self.anew_failed(&error),
                }
            }
            Anew::No | Anew::Following(_) | Anew::Flushing => {}
        }
        if let Anew::Following(taken) = self.anew
            && written >= taken
            && let Some(file) = self.journal.anew_to_flush()
        {
            self.ask_flush(Flush::Anew(file));
            self.anew = Anew::Flushing;
        }
    }

    fn anew_flushed(&mut self, flushed: io::Result<()>) {
        if !matches!(self.anew, Anew::Flushing) {
            return;
        }
        self.anew = Anew::No;
        let finished = match flushed {
            Ok(()) => {
                // What was told since the new file was flushed is in it, and not on the disk yet.
                self.unflushed = true;
                self.journal.finish_anew()
            }
            Err(error) => {
                self.journal.give_up_anew();
                Err(self.journal.refused(error))
            }
        };
        match finished {
            // A change that came while it was flushed may have been refused, and the new file with it.
            Ok(()) if self.journal.is_behind() => self.next_attempt = Some(Instant::now() + NEXT_ATTEMPT),
            Ok(()) => {
                if std::mem::take(&mut self.told) {
                    (self.on_news)(DiskNews::HasAll);
                }
            }
            Err(error) => self.anew_failed(&error),
        }
    }

    /// A journal that is only long goes on as it is; one that lacks something is tried again, and told of.
    fn anew_failed(&mut self, error: &StoreError) {
        self.give_up_anew();
        if self.journal.is_behind() {
            self.next_attempt = Some(Instant::now() + NEXT_ATTEMPT);
            self.tell(error);
        }
    }

    fn give_up_anew(&mut self) {
        self.journal.give_up_anew();
        self.anew = Anew::No;
    }

    fn end(&mut self, queue: &Queue) {
        flush::settled();
        let caught_up = if self.journal.is_behind() { self.journal.write_anew(queue) } else { Ok(()) };
        if let Err(error) = caught_up.and_then(|()| self.journal.flush()) {
            self.tell(&error);
        }
        // Whoever still holds a place in the journal must not hold the file.
        self.journal.close();
        // The flushing thread ends with its channel.
        self.to_flush = None;
        self.ended = true;
    }

    fn tell(&mut self, error: &StoreError) {
        if !std::mem::replace(&mut self.told, true) {
            (self.on_news)(DiskNews::Refuses(error.problem().sentence()));
        }
    }
}

/// The flushing thread: a flush takes as long as the disk likes, and work that waits for its record must not wait for that. What a flush
/// came to goes to `back`.
pub fn flush_until_closed(flushes: &mpsc::Receiver<Flush>, back: impl Fn(Work)) {
    let sync = |file: io::Result<File>| file.and_then(|file| file.sync_data());
    while let Ok(first) = flushes.recv() {
        let together: Vec<Flush> = std::iter::once(first).chain(flushes.try_iter()).collect();
        // A file that the journal does not know any more has to be on the disk first.
        flush::settled();
        // One flush takes all that was written before it.
        let mut last = None;
        for asked in together {
            match asked {
                Flush::Journal(file) => last = Some(file),
                Flush::Anew(file) => back(Work::AnewFlushed(sync(file))),
            }
        }
        if let Some(Err(error)) = last.map(sync) {
            back(Work::NotFlushed(error));
        }
    }
}
