//! What a person asks about proofs: one receipt, many of them in a file, a comparison with the server. The actor never waits for it.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use jiff::{SignedDuration, Timestamp};
use tokio::task::spawn_blocking;
use tokio_util::sync::CancellationToken;

use crate::engine::command::Command;
use crate::engine::event::EventBody;
use crate::engine::export::{self, Which};
use crate::engine::publish::Publisher;
use crate::engine::receipts::Receipts;
use crate::engine::session_context::Shared;
use crate::engine::session_handle::SessionHandle;
use crate::engine::shared_queue::SharedQueue;
use crate::engine::trouble;
use crate::engine::verify;
use crate::model::checksum::HashUse;
use crate::model::problem::{Problem, ProblemKind};
use crate::model::receipt::ReceiptId;
use crate::model::receipt_export::{ExportFormat, Wanted};
use crate::model::transfer::{QueueTab, TransferId, TransferState};
use crate::model::verify::{Pair, Verification};
use crate::store::file;

/// What is under way; dropping it ends it.
#[derive(Default)]
pub struct ProofWork {
    /// Ends exports when the program ends.
    exporting: CancellationToken,
    comparing: Option<Comparing>,
}

struct Comparing {
    stop: CancellationToken,
    is_browsing: Arc<AtomicBool>,
}

impl Drop for ProofWork {
    fn drop(&mut self) {
        self.exporting.cancel();
        if let Some(comparing) = &self.comparing {
            comparing.stop.cancel();
        }
    }
}

/// The receipt of a row of the queue.
fn receipt_of(queue: &SharedQueue, id: TransferId) -> Option<ReceiptId> {
    queue.read(|queue| match &queue.get(id)?.state {
        TransferState::Done(proof) => Some(proof.receipt),
        _ => None,
    })
}

impl ProofWork {
    /// Does what is asked about proofs; anything else is not.
    pub fn take(&mut self, command: Command, shared: &Shared, publisher: &Publisher, session: Option<&SessionHandle>) {
        match command {
            Command::AskReceipt { id } => self.tell(&shared.queue, &shared.receipts, publisher, id),
            Command::ExportReceipts { wanted, format, target } => {
                self.export(&shared.queue, &shared.receipts, publisher, (wanted, format, target));
            }
            Command::Verify { pairs, hashes } => self.compare(session, publisher, pairs, hashes),
            Command::CancelVerify => self.cancel(session),
            Command::SaveVerification { result, target } => self.save(publisher, result, target),
            _ => {}
        }
    }

    /// Looks a receipt up and tells it.
    fn tell(&self, queue: &SharedQueue, receipts: &Receipts, publisher: &Publisher, id: TransferId) {
        let (receipts, publisher) = (receipts.clone(), publisher.clone());
        let Some(id) = receipt_of(queue, id) else { return publisher.publish(EventBody::Receipt(None)) };
        drop(spawn_blocking(move || publisher.publish(EventBody::Receipt(receipts.find(id).map(Box::new)))));
    }

    /// Writes receipts into a file, and says so.
    fn export(
        &self,
        queue: &SharedQueue,
        receipts: &Receipts,
        publisher: &Publisher,
        (wanted, format, target): (Wanted, ExportFormat, PathBuf),
    ) {
        let (queue, receipts, publisher, stop) = (queue.clone(), receipts.clone(), publisher.clone(), self.exporting.clone());
        drop(spawn_blocking(move || {
            let which = which(&queue, wanted, Timestamp::now());
            match export::to_file(&receipts, &which, format, &target, &stop) {
                Ok(exported) => publisher.publish(EventBody::Notice(exported.sentence(&target))),
                Err(fault) => publisher.publish(EventBody::Trouble(fault.problem(&target))),
            }
        }));
    }

    /// Compares local files with the server's. An earlier comparison is given up.
    fn compare(&mut self, session: Option<&SessionHandle>, publisher: &Publisher, pairs: Vec<Pair>, hashes: HashUse) {
        self.cancel(session);
        let Some(session) = session.filter(|session| !session.is_over()) else {
            let problem = Problem::new(ProblemKind::Connect, "Nothing was compared: there is no connection.");
            return publisher.publish(EventBody::Trouble(problem.advise("Connect to a site first.")));
        };
        let comparing = Comparing { stop: session.context.stop.child_token(), is_browsing: Arc::default() };
        let (stop, is_browsing) = (comparing.stop.clone(), Arc::clone(&comparing.is_browsing));
        let leave_out = session.context.left_out();
        let request = verify::Request { pairs, hashes, leave_out, stop, is_browsing };
        drop(tokio::spawn(verify::run(Arc::clone(&session.context), request, session.inbox())));
        self.comparing = Some(comparing);
    }

    /// Ends the comparison that is under way.
    fn cancel(&mut self, session: Option<&SessionHandle>) {
        let Some(comparing) = self.comparing.take() else { return };
        comparing.stop.cancel();
        if comparing.is_browsing.load(Ordering::Acquire)
            && let Some(session) = session
        {
            session.cancel_browsing();
        }
    }

    /// Writes a result into a file, and says so.
    fn save(&self, publisher: &Publisher, result: Arc<Verification>, target: PathBuf) {
        let publisher = publisher.clone();
        drop(spawn_blocking(move || match file::write_for_others(&target, result.csv().as_bytes()) {
            Ok(()) => publisher.publish(EventBody::Notice(format!("The result is saved in {}.", target.display()))),
            Err(error) => publisher.publish(EventBody::Trouble(trouble::of_disk(&error, "write", &target))),
        }));
    }
}

/// The receipts that are meant. Blocking for a queue of a million rows.
fn which(queue: &SharedQueue, wanted: Wanted, now: Timestamp) -> Which {
    let of = |ids: Vec<TransferId>| Which::These(ids.into_iter().filter_map(|id| receipt_of(queue, id)).collect());
    match wanted {
        Wanted::Transfers(ids) => of(ids),
        Wanted::Done => of(queue.read(|queue| queue.ids(QueueTab::Done))),
        Wanted::Last(span) => {
            let since = SignedDuration::try_from(span).ok().and_then(|span| now.checked_sub(span).ok());
            since.map_or(Which::All, Which::Since)
        }
        Wanted::All => Which::All,
    }
}
