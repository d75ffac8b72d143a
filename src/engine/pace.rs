//! Keeps to the speed limits: all that copy bytes take turns at the buckets of the program and of their site.

use std::future::Future;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::watch;
use tokio::time::sleep;

use crate::model::pace::Bucket;
use crate::model::rate::SpeedLimits;
use crate::model::transfer::Direction;

/// Limits that many share; a cheap handle. Those of the program and those of a site are one each.
#[derive(Clone, Debug)]
pub struct Gate {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    /// Looked at before each turn, so that no lock is taken where nothing is limited.
    limited: AtomicBool,
    buckets: Mutex<Buckets>,
    changed: watch::Sender<()>,
}

#[derive(Debug)]
struct Buckets {
    down: Bucket,
    up: Bucket,
    both: Bucket,
}

impl Buckets {
    fn of(&mut self, direction: Direction) -> [&mut Bucket; 2] {
        let own = match direction {
            Direction::Download => &mut self.down,
            Direction::Upload => &mut self.up,
        };
        [own, &mut self.both]
    }
}

impl Gate {
    /// A gate with these limits.
    #[must_use]
    pub fn new(limits: SpeedLimits) -> Self {
        let now = Instant::now();
        let bucket = |rate: crate::model::rate::Rate| Bucket::new(rate.bytes(), now);
        let buckets = Buckets { down: bucket(limits.down), up: bucket(limits.up), both: bucket(limits.both) };
        Self {
            inner: Arc::new(Inner {
                limited: AtomicBool::new(!limits.is_none()),
                buckets: Mutex::new(buckets),
                changed: watch::Sender::new(()),
            }),
        }
    }

    /// Other limits from now on; who waits goes by them at once.
    pub fn set(&self, limits: SpeedLimits) {
        let now = Instant::now();
        {
            let mut buckets = self.lock();
            buckets.down.set_rate(limits.down.bytes(), now);
            buckets.up.set_rate(limits.up.bytes(), now);
            buckets.both.set_rate(limits.both.bytes(), now);
        }
        self.inner.limited.store(!limits.is_none(), Ordering::Release);
        self.inner.changed.send_replace(());
    }

    fn is_limited(&self) -> bool {
        self.inner.limited.load(Ordering::Acquire)
    }

    fn turn(&self, direction: Direction) -> Option<u64> {
        self.lock().of(direction).iter().filter_map(|bucket| bucket.turn()).min()
    }

    fn take(&self, direction: Direction, bytes: u64, now: Instant) -> [u64; 2] {
        self.lock().of(direction).map(|bucket| bucket.take(bytes, now))
    }

    fn wait(&self, direction: Direction, tickets: [u64; 2], now: Instant) -> Duration {
        let mut buckets = self.lock();
        let [own, both] = buckets.of(direction);
        let [own_ticket, both_ticket] = tickets;
        own.wait(own_ticket, now).max(both.wait(both_ticket, now))
    }

    fn lock(&self) -> MutexGuard<'_, Buckets> {
        // Each bucket is whole after each line that changes it: a panic elsewhere leaves valid ones.
        self.inner.buckets.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for Gate {
    fn default() -> Self {
        Self::new(SpeedLimits::default())
    }
}

/// The limits that hold for a session: the program's and its site's. The strictest applies.
#[derive(Clone, Debug)]
pub struct Pace {
    /// The program's.
    pub program: Gate,
    /// The site's.
    pub site: Gate,
}

impl Pace {
    /// The turns of one file.
    #[must_use]
    pub fn flow(&self, direction: Direction) -> Flow {
        let flow = Flow { gates: [self.program.clone(), self.site.clone()], direction, counts: false };
        for gate in &flow.gates {
            gate.lock().of(direction).into_iter().for_each(Bucket::join);
        }
        flow
    }
}

/// The turns of one file: before each read or write [`Flow::turn`] says how much it may move, and after it
/// [`Flow::spend`] waits for as long as the limits ask.
#[derive(Debug)]
pub struct Flow {
    gates: [Gate; 2],
    direction: Direction,
    /// Whether the turn was given under a limit: what moves without one is not held against the next.
    counts: bool,
}

impl Flow {
    /// How many of `most` bytes may be moved now, at least one. Costs two atomic reads while nothing is limited.
    pub fn turn(&mut self, most: usize) -> usize {
        self.counts = self.gates.iter().any(Gate::is_limited);
        if !self.counts {
            return most;
        }
        let turn = self.gates.iter().filter_map(|gate| gate.turn(self.direction)).min().unwrap_or(u64::MAX);
        usize::try_from(turn).unwrap_or(usize::MAX).min(most)
    }

    /// So many bytes have moved: waits until the limits allow more. Ends at once where nothing is limited.
    pub fn spend(&self, bytes: usize) -> impl Future<Output = ()> + Send + use<> {
        let waiting = (self.counts && bytes > 0).then(|| {
            let (gates, direction, now) = (self.gates.clone(), self.direction, Instant::now());
            let tickets = gates.each_ref().map(|gate| gate.take(direction, bytes as u64, now));
            (gates, direction, tickets)
        });
        async move {
            let Some((gates, direction, tickets)) = waiting else { return };
            let [mut program, mut site] = gates.each_ref().map(|gate| gate.inner.changed.subscribe());
            loop {
                let now = Instant::now();
                let waits = gates.iter().zip(tickets).map(|(gate, tickets)| gate.wait(direction, tickets, now));
                let wait = waits.max().unwrap_or_default();
                if wait.is_zero() {
                    return;
                }
                // The limits may change meanwhile.
                tokio::select! {
                    () = sleep(wait) => {}
                    _ = program.changed() => {}
                    _ = site.changed() => {}
                }
            }
        }
    }
}

impl Drop for Flow {
    fn drop(&mut self) {
        for gate in &self.gates {
            gate.lock().of(self.direction).into_iter().for_each(Bucket::leave);
        }
    }
}
