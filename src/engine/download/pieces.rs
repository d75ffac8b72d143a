//! One file that several connections write at once: its ranges, what is known of their joints, and one range's way over a connection.

use std::fs::OpenOptions;
use std::io::{Seek, SeekFrom};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::engine::copy::{self, CopyFault, Progress, Received};
use crate::engine::download::landing::on_disk;
use crate::engine::pace::Pace;
use crate::engine::{proof, resume};
use crate::ftp::{Control, Data, Fault};
use crate::model::path::RemotePath;
use crate::model::ranges::{Claim, Ranges};
use crate::model::resume::{OVERLAP, Verdict};
use crate::model::transfer::Direction;

/// Why the ranges of a file cannot be put together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Misfit {
    /// The server begins elsewhere than where it is asked to, from this offset on.
    Misplaced {
        /// Where it was asked to begin.
        asked: u64,
        /// From where on it is wrong.
        beyond: u64,
    },
    /// What is to go on in the middle is another file.
    Different,
    /// A range looks like another part of the file: that the server goes by offsets is in doubt.
    Doubtful,
    /// It is longer or shorter than was said.
    Size,
}

/// Why a range did not come whole.
#[derive(Debug)]
pub enum Broken {
    /// The connection, and the rest can come over another.
    Copy(CopyFault),
    /// The file as a whole.
    Misfit(Misfit),
}

impl From<Fault> for Broken {
    fn from(fault: Fault) -> Self {
        Self::Copy(CopyFault::Wire(fault))
    }
}

impl From<std::io::Error> for Broken {
    fn from(error: std::io::Error) -> Self {
        Self::Copy(CopyFault::Disk(error))
    }
}

/// What the connections of one file share.
pub struct Pieces {
    remote: RemotePath,
    part: PathBuf,
    size: u64,
    /// The item's counter: all bytes that came.
    moved: Arc<AtomicU64>,
    pace: Pace,
    state: Mutex<State>,
}

struct State {
    ranges: Ranges,
    /// What came a second time before each joint.
    heads: Vec<(u64, Vec<u8>)>,
    /// The closing reply behind the file's last byte.
    reply: Option<String>,
}

/// One connection's range: what comes is counted, and ends where the range does.
#[derive(Clone)]
struct Piece {
    pieces: Arc<Pieces>,
    claim: Claim,
}

impl Progress for Piece {
    fn came(&self, count: usize) -> (usize, bool) {
        let (wanted, more) = self.pieces.lock().ranges.came(self.claim, count as u64);
        self.pieces.moved.fetch_add(wanted, Ordering::Relaxed);
        (usize::try_from(wanted).unwrap_or(count), more)
    }

    fn written(&self, count: usize) {
        self.pieces.lock().ranges.wrote(self.claim, count as u64);
    }
}

impl Pieces {
    pub fn new(remote: RemotePath, part: PathBuf, size: u64, moved: Arc<AtomicU64>, pace: Pace, ranges: Ranges) -> Self {
        moved.store(ranges.written(), Ordering::Relaxed);
        Self { remote, part, size, moved, pace, state: Mutex::new(State { ranges, heads: Vec::new(), reply: None }) }
    }

    /// Looks at the ranges, or changes them.
    pub fn with<R>(&self, change: impl FnOnce(&mut Ranges) -> R) -> R {
        change(&mut self.lock().ranges)
    }

    /// The closing reply behind the file's last byte.
    pub fn reply(&self) -> Option<String> {
        self.lock().reply.clone()
    }

    /// Fetches a claim's range; it is released in the end.
    ///
    /// # Errors
    /// Why it did not come whole. The connection is usable afterwards, or poisoned.
    pub async fn fetch(self: &Arc<Self>, control: &mut Control, claim: Claim) -> Result<(), Broken> {
        let fetched = self.fetch_claimed(control, claim).await;
        self.with(|ranges| ranges.release(claim));
        // What came and is not on the disk comes again.
        self.moved.store(self.with(|ranges| ranges.come()), Ordering::Relaxed);
        fetched
    }

    async fn fetch_claimed(self: &Arc<Self>, control: &mut Control, claim: Claim) -> Result<(), Broken> {
        let begin = claim.from - claim.overlap;
        let mut data = control.retrieve(&self.remote, begin).await?;
        if claim.overlap > 0
            && let Err(broken) = self.look_back(&mut data, claim, begin).await
        {
            drop(data.stop().await);
            return Err(broken);
        }
        let opened = on_disk(self.part.clone(), move |part| {
            let mut file = OpenOptions::new().write(true).open(part)?;
            file.seek(SeekFrom::Start(claim.from))?;
            Ok(file)
        });
        let file = match opened.await {
            Ok(file) => file,
            Err(error) => {
                drop(data.stop().await);
                return Err(error.into());
            }
        };
        let piece = Piece { pieces: Arc::clone(self), claim };
        let received = match copy::receive(&mut data, file, &piece, self.pace.flow(Direction::Download)).await {
            Ok(received) => received,
            Err(fault) => {
                let may_go_on = match &fault {
                    CopyFault::Wire(fault) => fault.session_survives() || matches!(fault, Fault::Cancelled),
                    CopyFault::Disk(_) => true,
                };
                if may_go_on {
                    drop(data.stop().await);
                }
                let is_denied = matches!(&fault, CopyFault::Wire(fault) if proof::denies(fault));
                let is_whole = self.with(|ranges| ranges.has_come(claim));
                return Err(if is_denied && is_whole { Broken::Misfit(Misfit::Doubtful) } else { Broken::Copy(fault) });
            }
        };
        let is_whole = self.with(|ranges| ranges.has_come(claim));
        match (received, is_whole) {
            (Received::All, true) => {
                let reply = match data.finish().await {
                    Ok(reply) => reply,
                    // What the server itself speaks against does not count as there.
                    Err(fault) if proof::denies(&fault) => return Err(Broken::Misfit(Misfit::Doubtful)),
                    Err(fault) => return Err(fault.into()),
                };
                self.lock().reply = Some(reply.words());
                Ok(())
            }
            (Received::All, false) => {
                // Its words say whether it was cut or is shorter.
                data.finish().await?;
                Err(Broken::Misfit(Misfit::Size))
            }
            (Received::Enough, _) => {
                let is_last = self.with(|ranges| ranges.is_last(claim));
                // The rest is another connection's: this one is ended early, whatever the server says to that.
                data.stop().await?;
                if is_last { Err(Broken::Misfit(Misfit::Size)) } else { Ok(()) }
            }
        }
    }

    /// Takes in the bytes before a range. Its own are compared at once; those of the range before may not be there yet.
    async fn look_back(&self, data: &mut Data<'_>, claim: Claim, begin: u64) -> Result<(), Broken> {
        let came = resume::read_exactly(data, claim.overlap).await?;
        if (came.len() as u64) < claim.overlap {
            return Err(Broken::Misfit(Misfit::Size));
        }
        // Bytes that are all the same are at home everywhere.
        let is_uniform = came.windows(2).all(|pair| pair.first() == pair.last());
        let verdict = if claim.at_joint && is_uniform {
            Verdict::Same
        } else {
            resume::compare(begin, came.clone(), self.part.clone()).await?
        };
        match verdict {
            // What should be there is not known yet, and a file may repeat itself: too little to hold against the host.
            Verdict::Misplaced { .. } if claim.at_joint => return Err(Broken::Misfit(Misfit::Doubtful)),
            Verdict::Misplaced { beyond } => return Err(Broken::Misfit(Misfit::Misplaced { asked: begin, beyond })),
            Verdict::Different if !claim.at_joint => return Err(Broken::Misfit(Misfit::Different)),
            Verdict::Same | Verdict::Different => {}
        }
        if claim.at_joint {
            self.lock().heads.push((claim.from, came));
        }
        Ok(())
    }

    /// Compares, when all is there, what came twice at each joint.
    ///
    /// # Errors
    /// `Misfit`; the connection's, where a joint of an earlier start has to be fetched once more.
    pub async fn prove_joints(&self, control: &mut Control) -> Result<(), Broken> {
        for joint in self.with(|ranges| ranges.joints()) {
            let head = {
                let mut state = self.lock();
                let index = state.heads.iter().position(|(place, _)| *place == joint);
                index.map(|index| state.heads.swap_remove(index).1)
            };
            let begin = joint - OVERLAP.min(joint);
            let came = match head {
                Some(head) => head,
                None => self.fetch_again(control, begin, joint).await?,
            };
            match resume::compare(begin, came, self.part.clone()).await? {
                Verdict::Same => self.with(|ranges| ranges.join(joint)),
                Verdict::Misplaced { beyond } => return Err(Broken::Misfit(Misfit::Misplaced { asked: begin, beyond })),
                Verdict::Different => return Err(Broken::Misfit(Misfit::Different)),
            }
        }
        Ok(())
    }

    /// The bytes around a joint.
    async fn fetch_again(&self, control: &mut Control, begin: u64, joint: u64) -> Result<Vec<u8>, Broken> {
        let end = (joint + OVERLAP).min(self.size);
        let mut data = control.retrieve(&self.remote, begin).await?;
        let came = resume::read_exactly(&mut data, end - begin).await?;
        data.stop().await?;
        Ok(came)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Every change behind the lock is whole: a panic elsewhere leaves a valid state.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
