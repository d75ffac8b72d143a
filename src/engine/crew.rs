//! The transfer connections of a session as a crew: a seat for each that the budget has, turns to dial, and what they have moved.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::ftp::Fault;
use crate::model::budget::Sample;

/// Shared by the lanes of one session.
#[derive(Debug, Default)]
pub struct Crew {
    seats: Mutex<Seats>,
    dialling: Mutex<Dialling>,
    dialled: Notify,
    moved: Mutex<Moved>,
}

#[derive(Debug, Default)]
struct Seats {
    /// Seat by seat, from number 1 on: whether it is taken.
    taken: Vec<bool>,
    /// Lanes whose connection stands.
    standing: usize,
}

impl Seats {
    fn count(&self) -> usize {
        self.taken.iter().filter(|taken| **taken).count()
    }
}

#[derive(Debug, Default)]
struct Dialling {
    under_way: usize,
    /// After a failure nobody begins to dial until it has been dealt with.
    is_closed: bool,
    faults: Vec<Fault>,
}

#[derive(Debug, Default)]
struct Moved {
    files: u64,
    folders: u64,
    bytes: u64,
    /// The counter of what each seat moves at the moment, and where it began.
    under_way: HashMap<u16, (Arc<AtomicU64>, u64)>,
}

/// The right to be one of the session's lanes.
#[derive(Debug)]
pub struct Seat {
    crew: Arc<Crew>,
    number: u16,
    stands: bool,
}

/// What a lane was through with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Through {
    /// A file.
    File,
    /// A folder.
    Folder,
    /// Neither: it failed, or a person is asked.
    Nothing,
}

impl Crew {
    /// A seat, while fewer than `room` are taken; the one with the lowest number that is free.
    pub fn take_seat(self: &Arc<Self>, room: usize) -> Option<Seat> {
        let mut seats = lock(&self.seats);
        if seats.count() >= room {
            return None;
        }
        let index = seats.taken.iter().position(|taken| !taken).unwrap_or(seats.taken.len());
        match seats.taken.get_mut(index) {
            Some(taken) => *taken = true,
            None => seats.taken.push(true),
        }
        let number = u16::try_from(index + 1).ok()?;
        Some(Seat { crew: Arc::clone(self), number, stands: false })
    }

    /// How many lanes have a connection.
    pub fn standing(&self) -> usize {
        lock(&self.seats).standing
    }

    /// Waits for a turn to dial; `at_once` says how many may dial together while so many others do. `None` when the session stops.
    pub async fn turn_to_dial(&self, at_once: impl Fn(usize) -> usize, stop: &CancellationToken) -> Option<Turn<'_>> {
        loop {
            let changed = self.dialled.notified();
            {
                let mut dialling = lock(&self.dialling);
                if !dialling.is_closed && dialling.under_way < at_once(dialling.under_way) {
                    dialling.under_way += 1;
                    return Some(Turn { crew: self });
                }
            }
            tokio::select! {
                () = changed => {}
                () = stop.cancelled() => return None,
            }
        }
    }

    /// A lane begins to move an item.
    pub fn begin(&self, seat: u16, counter: &Arc<AtomicU64>) {
        lock(&self.moved).under_way.insert(seat, (Arc::clone(counter), counter.load(Ordering::Relaxed)));
    }

    /// A lane is through with it.
    pub fn end(&self, seat: u16, through: Through) {
        let mut moved = lock(&self.moved);
        if let Some((counter, from)) = moved.under_way.remove(&seat) {
            moved.bytes += counter.load(Ordering::Relaxed).saturating_sub(from);
        }
        match through {
            Through::File => moved.files += 1,
            Through::Folder => moved.folders += 1,
            Through::Nothing => {}
        }
    }

    /// What has moved until now.
    pub fn sample(&self, is_busy: bool) -> Sample {
        let lanes = self.standing();
        let moved = lock(&self.moved);
        let running = moved.under_way.values().map(|(counter, from)| counter.load(Ordering::Relaxed).saturating_sub(*from));
        let bytes = moved.bytes + running.sum::<u64>();
        Sample { at: Instant::now(), lanes, files: moved.files, folders: moved.folders, bytes, is_busy }
    }
}

impl Seat {
    /// Its number, from 1 on: the connection's name.
    pub fn number(&self) -> u16 {
        self.number
    }

    /// Whether its connection stands.
    pub fn set_stands(&mut self, stands: bool) {
        if std::mem::replace(&mut self.stands, stands) != stands {
            let mut seats = lock(&self.crew.seats);
            seats.standing = if stands { seats.standing + 1 } else { seats.standing.saturating_sub(1) };
        }
    }

    /// Gives the seat back when there are to be no more than `room`: first those without a connection. Says whether it did.
    pub fn is_given_up(&mut self, room: usize) -> bool {
        let crew = Arc::clone(&self.crew);
        let mut seats = lock(&crew.seats);
        let holders = if self.stands { seats.standing } else { seats.count() };
        if holders <= room {
            return false;
        }
        self.leave(&mut seats);
        true
    }

    fn leave(&mut self, seats: &mut Seats) {
        if let Some(taken) = seats.taken.get_mut(usize::from(self.number).saturating_sub(1)) {
            *taken = false;
        }
        if std::mem::take(&mut self.stands) {
            seats.standing = seats.standing.saturating_sub(1);
        }
        self.number = 0;
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        if self.number > 0 {
            let crew = Arc::clone(&self.crew);
            self.leave(&mut lock(&crew.seats));
        }
    }
}

/// A turn to dial: over when it is dropped.
#[derive(Debug)]
pub struct Turn<'a> {
    crew: &'a Crew,
}

impl<'a> Turn<'a> {
    /// Dialling failed. Whoever fails first deals with it for all that dial at the same time, and gets the floor for it.
    pub fn failed(self, fault: Fault) -> Option<Floor<'a>> {
        let crew = self.crew;
        let mut dialling = lock(&crew.dialling);
        dialling.faults.push(fault);
        let is_first = !std::mem::replace(&mut dialling.is_closed, true);
        drop(dialling);
        // Made only where it is given out: dropped, it opens the gate again.
        is_first.then(|| Floor { crew })
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        let mut dialling = lock(&self.crew.dialling);
        dialling.under_way = dialling.under_way.saturating_sub(1);
        drop(dialling);
        self.crew.dialled.notify_waiters();
    }
}

/// While it is held nobody begins to dial.
#[derive(Debug)]
pub struct Floor<'a> {
    crew: &'a Crew,
}

impl Floor<'_> {
    /// Waits until all that dialled at the same time have come to an end: what stands then is what the host allows.
    pub async fn all_ended(&self) -> Vec<Fault> {
        loop {
            let changed = self.crew.dialled.notified();
            {
                let mut dialling = lock(&self.crew.dialling);
                if dialling.under_way == 0 {
                    return std::mem::take(&mut dialling.faults);
                }
            }
            changed.await;
        }
    }
}

impl Drop for Floor<'_> {
    fn drop(&mut self) {
        let mut dialling = lock(&self.crew.dialling);
        dialling.is_closed = false;
        dialling.faults.clear();
        drop(dialling);
        self.crew.dialled.notify_waiters();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Counts behind these locks are changed in one go: a panic elsewhere leaves them right.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn runtime() -> tokio::runtime::Runtime {
        tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
    }

    fn fault() -> Fault {
        Fault::Lost { doing: "dialling", source: None }
    }

    #[test]
    fn seats_are_numbered_from_below_and_given_up_by_those_without_a_connection_first() {
        let crew = Arc::new(Crew::default());
        let mut seats: Vec<Seat> = (0..4).filter_map(|_| crew.take_seat(3)).collect();
        assert_eq!(seats.iter().map(Seat::number).collect::<Vec<_>>(), [1, 2, 3], "no more than there is room for");
        drop(seats.remove(0));
        let mut first = crew.take_seat(3).unwrap();
        assert_eq!(first.number(), 1);
        first.set_stands(true);
        seats.iter_mut().for_each(|seat| seat.set_stands(seat.number() == 3));
        // Room for two: the one in the middle has no connection.
        assert!(!first.is_given_up(2));
        let gone: Vec<u16> =
            seats.iter_mut().map(|seat| (seat.number(), seat.is_given_up(2))).filter(|(_, up)| *up).map(|(n, _)| n).collect();
        assert_eq!((gone, crew.standing()), (vec![2], 2));
        assert!(first.is_given_up(1) && crew.standing() == 1);
    }

    #[test]
    fn nobody_dials_after_a_failure_until_all_of_that_time_have_ended_and_it_is_dealt_with() {
        runtime().block_on(async {
            let (crew, stop) = (Crew::default(), CancellationToken::new());
            let at_once = |_: usize| 2;
            let first = crew.turn_to_dial(at_once, &stop).await.unwrap();
            let second = crew.turn_to_dial(at_once, &stop).await.unwrap();
            let third = crew.turn_to_dial(at_once, &stop);
            tokio::pin!(third);
            assert!(futures_now(third.as_mut()).await.is_none(), "two at once");
            let floor = first.failed(fault()).unwrap();
            assert!(futures_now(third.as_mut()).await.is_none(), "a failure closes the gate");
            {
                let ended = floor.all_ended();
                tokio::pin!(ended);
                assert!(futures_now(ended.as_mut()).await.is_none(), "the second still dials");
                assert!(second.failed(fault()).is_none(), "one deals with it for both");
                assert_eq!(ended.await.len(), 2);
            }
            assert!(futures_now(third.as_mut()).await.is_none());
            drop(floor);
            assert!(third.await.is_some());
            stop.cancel();
        });
    }

    #[test]
    fn what_runs_counts_with_what_is_through() {
        let crew = Crew::default();
        let (one, two) = (Arc::new(AtomicU64::new(100)), Arc::new(AtomicU64::new(0)));
        crew.begin(1, &one);
        crew.begin(2, &two);
        one.store(150, Ordering::Relaxed);
        two.store(7, Ordering::Relaxed);
        assert_eq!(crew.sample(true).bytes, 57, "what was there before does not count");
        crew.end(1, Through::File);
        crew.end(2, Through::Folder);
        let sample = crew.sample(false);
        assert_eq!((sample.files, sample.folders, sample.bytes, sample.is_busy), (1, 1, 57, false));
    }

    /// What a future gives at once.
    async fn futures_now<F: Future + Unpin>(future: F) -> Option<F::Output> {
        tokio::select! {
            biased;
            output = future => Some(output),
            () = std::future::ready(()) => None,
        }
    }
}
