//! How one run of one item ended, before the queue hears of it.

use std::io;
use std::path::Path;

use jiff::Timestamp;

use crate::engine::copy::CopyFault;
use crate::engine::trouble;
use crate::ftp::{Data, Fault};
use crate::model::cause::Cause;
use crate::model::path::RemotePath;
use crate::model::problem::Problem;
use crate::model::receipt::{HashProof, TlsProof};
use crate::model::retry::TransferRetry;
use crate::model::transfer::{Compared, SkipReason};

/// How a run ended.
#[derive(Debug)]
pub enum Outcome {
    /// Arrived and proven.
    Arrived(Arrival),
    /// Sent and acknowledged; the proof is gathered with that of other files of the folder.
    Sent {
        /// Where the bytes are.
        path: RemotePath,
        /// What is known, but for what it is compared with.
        arrival: Arrival,
    },
    /// Nothing was transferred, on purpose.
    Skipped(SkipReason),
    /// A folder was made and its content queued.
    FolderRead,
    /// A question is open; the item comes back by itself.
    Asking,
}

/// What a run found out of a file that has arrived and is proven; with what the queue knows of the item it makes the receipt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrival {
    /// The closing reply, code and text.
    pub reply: String,
    /// Bytes that arrived.
    pub bytes: u64,
    /// The size that the server told.
    pub reported: u64,
    /// How it told it.
    pub compared: Compared,
    /// The checksum that agreed, where one was asked for.
    pub hash: Option<HashProof>,
    /// TLS of the data connection.
    pub tls: Option<TlsProof>,
    /// When this run began.
    pub started: Timestamp,
}

/// Why a run did not end well.
#[derive(Debug)]
pub enum Stopped {
    /// The item cannot arrive: `again` says whether trying again may help.
    Failed {
        /// Words.
        problem: Problem,
        /// Whether it is tried again by itself.
        again: bool,
    },
    /// The connection is gone; the item is not to blame.
    ConnectionGone(Fault),
    /// A person (or the leave) stopped it.
    ByWish,
    /// It has turned out to be large, and the connection is for small files: another one takes it.
    NotHere,
    /// The disk refused its record before anything was done about it: it waits until the queue can be saved.
    Unrecorded,
}

impl Stopped {
    /// A failure that trying again does not mend.
    pub fn for_good(problem: Problem) -> Self {
        Self::Failed { problem, again: false }
    }

    /// Trouble with the local disk.
    pub fn disk(error: &io::Error, doing: &str, path: &Path) -> Self {
        let problem = trouble::of_disk(error, doing, path);
        Self::Failed { again: problem.cause.retry() == TransferRetry::Again, problem }
    }

    /// The server does not go on in the middle of a file: the next try begins at its start.
    pub fn no_restart(fault: &Fault) -> Self {
        Self::Failed { problem: trouble::of_fault(fault, "resume the file").because(Cause::NoRestart), again: true }
    }

    /// A fault of the connection; `doing` completes "the server refused to …".
    pub fn wire(fault: Fault, doing: &str) -> Self {
        match fault {
            Fault::Cancelled => Self::ByWish,
            Fault::Refused(ref reply) => {
                let retry = Cause::of_reply(reply.code, &reply.text()).retry();
                let again = matches!(retry, TransferRetry::Again | TransferRetry::AgainFromStart);
                Self::Failed { again, problem: trouble::of_fault(&fault, doing) }
            }
            Fault::DataConnection { .. } => Self::Failed { problem: trouble::of_fault(&fault, doing), again: true },
            Fault::Name(_) => Self::for_good(trouble::of_fault(&fault, doing)),
            other => Self::ConnectionGone(other),
        }
    }
}

/// Ends the data connection after copying broke off, and says why it did. The control connection is usable afterwards or poisoned.
pub async fn break_off(data: Data<'_>, fault: CopyFault, doing: &str, path: &Path) -> Stopped {
    match fault {
        CopyFault::Disk(error) => {
            drop(data.stop().await);
            Stopped::disk(&error, doing, path)
        }
        CopyFault::Wire(fault) if fault.session_survives() || matches!(fault, Fault::Cancelled) => {
            let stopped = Stopped::wire(fault, doing);
            drop(data.stop().await);
            stopped
        }
        CopyFault::Wire(fault) => Stopped::ConnectionGone(fault),
    }
}

/// Whether the server does not know REST, or not for this transfer.
pub fn refuses_offset(fault: &Fault) -> bool {
    matches!(fault, Fault::Refused(reply) if matches!(reply.code, 500..=504 | 551 | 554))
}
