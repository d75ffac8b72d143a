//! What the queue does with the end of a run.

use std::path::PathBuf;
use std::sync::atomic::Ordering;
use std::time::Instant;

use jiff::Timestamp;

use crate::engine::command::Place;
use crate::engine::item_outcome::{Arrival, Outcome, Stopped};
use crate::engine::lane_thread::{self, on_disk};
use crate::engine::leftovers::{self, Leftovers};
use crate::engine::session_context::SessionContext;
use crate::engine::shared_queue::SharedQueue;
use crate::engine::trouble;
use crate::ftp::Fault;
use crate::model::leftover::Leftover;
use crate::model::log::LogKind;
use crate::model::problem::{Problem, ProblemKind};
use crate::model::queue::{Item, Queue, StopWish, Target, Wall, pause_before_retry};
use crate::model::receipt::Receipt;
use crate::model::retry::{TRANSFER_TRIES, TransferRetry};
use crate::model::transfer::{Direction, Proof, SkipReason, TransferId, TransferState};

/// Writes the end of a run into the queue; of a file that has arrived the receipt is written first.
pub async fn settle(ctx: &SessionContext, id: TransferId, result: Result<Outcome, Stopped>) {
    match result {
        Ok(Outcome::Arrived(arrival)) => arrived(ctx, vec![(id, arrival)]).await,
        Ok(Outcome::Skipped(reason)) => {
            skip(&ctx.queue, &ctx.leftovers, id, reason).await;
            ctx.publisher.wake();
        }
        // A folder left the queue as its content entered it; what was sent is settled with its folder's proof.
        Ok(Outcome::FolderRead | Outcome::Asking | Outcome::Sent { .. }) => ctx.publisher.wake(),
        Err(why) => stopped(ctx, id, why),
    }
}

/// Writes into the queue that a run did not end well.
pub fn stopped(ctx: &SessionContext, id: TransferId, why: Stopped) {
    about_to_be_left(ctx, id);
    let left = ctx.queue.update(|queue| {
        // What a person wants of it comes before what the connection made of it.
        let is_by_wish = matches!(why, Stopped::ByWish) || is_wished(queue, id);
        if is_by_wish {
            return by_wish(queue, id);
        }
        go_on_or_fail(ctx, queue, id, why);
        None
    });
    abandon(ctx, left);
    ctx.publisher.wake();
}

/// What a run that did not end well leads to, when nobody wished it to end.
fn go_on_or_fail(ctx: &SessionContext, queue: &mut Queue, id: TransferId, why: Stopped) {
    match why {
        Stopped::ByWish => {}
        Stopped::Unrecorded => never_begun(queue, id),
        // At its own place: in front of all it would be the next one here again.
        Stopped::NotHere => queue.edit(id, |item| {
            item.tries = item.tries.saturating_sub(1);
            item.state = TransferState::Queued;
        }),
        Stopped::Failed { problem, .. } if holds_up(queue, id, &problem) => {
            ctx.publisher.log(0, LogKind::Problem, problem.sentence());
        }
        Stopped::Failed { problem, again } => {
            let tries = queue.get(id).map_or(0, |item| item.tries);
            if again && tries < TRANSFER_TRIES {
                ctx.publisher.log(0, LogKind::Problem, format!("{} Tried again.", problem.sentence()));
                queue.edit(id, |item| {
                    // What was known of the target is old after a failure.
                    item.target = Target::Unknown;
                    item.from_start |= problem.cause.retry() == TransferRetry::AgainFromStart;
                });
                queue.put_back(id, Some(Instant::now() + pause_before_retry(tries)));
            } else {
                queue.fail(id, problem);
            }
        }
        Stopped::ConnectionGone(fault) => {
            let problem = trouble::of_fault(&fault, "go on");
            ctx.publisher.log(0, LogKind::Problem, problem.sentence());
            looked_long_ago(queue, id);
            match tries_without_progress(queue, id) {
                // It ends each connection that it is tried on: going on would only log in again and again.
                tries if tries >= TRANSFER_TRIES => queue.fail(id, problem),
                tries if *ctx.working.borrow() => queue.put_back(id, Some(Instant::now() + pause_before_retry(tries))),
                _ => queue.set_state(id, TransferState::Kept),
            }
        }
    }
}

/// What an item that is about to be taken out has on the server is known before nobody knows the item any more.
fn about_to_be_left(ctx: &SessionContext, id: TransferId) {
    let left = ctx.queue.read(|queue| leftovers::part_of(&*queue.get(id).filter(|item| item.wish == Some(StopWish::Remove))?));
    if let Some(left) = left {
        ctx.leftovers.is_about_to_be_left(&left);
    }
}

/// What an upload that was taken out has on the server is taken away by the next connection that comes to it.
fn abandon(ctx: &SessionContext, left: Option<Leftover>) {
    let Some(left) = left else { return };
    let (leftovers, working) = (ctx.leftovers.clone(), ctx.working.clone());
    ctx.runtime.spawn(async move {
        leftovers.add(vec![left]).await;
        working.send_modify(|_| {});
    });
}

/// The target is left as it is; what had come of the new one is of no use to anybody, and is gone before the item counts as skipped.
pub async fn skip(queue: &SharedQueue, leftovers: &Leftovers, id: TransferId, reason: SkipReason) {
    let begun = queue.read(|queue| queue.get(id).filter(|item| item.part.is_some()).map(std::borrow::Cow::into_owned));
    if let Some(item) = begun {
        leftovers.add(leftovers::part_of(&item).into_iter().collect()).await;
        // What cannot be deleted stays: a person sees it in the pane.
        let discarded = on_disk(move || {
            discard_part(&item);
            Ok(())
        });
        drop(discarded.await);
    }
    queue.update(|queue| {
        queue.edit(id, |item| (item.part, item.ranges) = (None, None));
        queue.set_state(id, TransferState::Skipped(reason));
    });
}

/// A full disk or a used-up quota: everything else of this direction would fail the same way, so it waits, this item with it, until a
/// person has mended the cause. True when it does.
fn holds_up(queue: &mut Queue, id: TransferId, problem: &Problem) -> bool {
    let Some((site, direction)) = queue.get(id).map(|item| (item.site.clone(), item.direction)) else { return false };
    if !problem.cause.holds_up(direction) {
        return false;
    }
    queue.edit(id, |item| {
        item.tries = 0;
        item.target = Target::Unknown;
    });
    queue.put_back(id, None);
    queue.put_wall(Wall { site, direction, cause: problem.cause });
    true
}

/// Writes into the queue what has arrived: one change for many files. They are done when their receipts have been written, not before.
pub async fn arrived(ctx: &SessionContext, proven: Vec<(TransferId, Arrival)>) {
    if proven.is_empty() {
        return;
    }
    for (id, _) in &proven {
        announce(ctx, *id);
    }
    let (mut proofs, mut receipts) = (Vec::new(), Vec::new());
    for (id, arrival) in proven {
        if let Some(receipt) = receipt(ctx, id, arrival) {
            proofs.push((id, Proof::from(&receipt)));
            receipts.push(receipt);
        }
    }
    ctx.receipts.write(receipts).await;
    ctx.queue.update(|queue| {
        for (id, proof) in proofs {
            queue.edit(id, |item| {
                item.size = Some(proof.bytes);
                item.part = None;
                item.moved.store(proof.bytes, Ordering::Relaxed);
            });
            queue.set_state(id, TransferState::Done(proof));
        }
    });
    if lane_thread::is_here() {
        // It costs no turn here, and leaves a crash the less to do again.
        ctx.queue.journalled().await;
    }
    ctx.publisher.wake();
}

/// All that is known of a file that has arrived; nothing when its item is gone.
fn receipt(ctx: &SessionContext, id: TransferId, arrival: Arrival) -> Option<Receipt> {
    let ended = Timestamp::now();
    let site = &ctx.site;
    ctx.queue.read(|queue| {
        let item = queue.get(id)?;
        Some(Receipt {
            id: ctx.receipts.next_id(ended),
            site: if site.id.is_quick() { String::new() } else { site.name.clone() },
            server: format!("{}://{}@{}", site.encryption.scheme(), site.login_user(), site.authority()),
            direction: item.direction,
            local: item.local.clone(),
            remote: item.remote.clone(),
            reply: arrival.reply,
            bytes: arrival.bytes,
            reported: arrival.reported,
            compared: arrival.compared,
            hash: arrival.hash,
            tls: arrival.tls,
            started: arrival.started,
            ended,
            tries: item.tries,
            modified: item.modified.map(|modified| modified.at),
        })
    })
}

/// The connection went under an item of the browsing connection: it waits for the way back.
pub fn keep(ctx: &SessionContext, id: TransferId, fault: &Fault) {
    about_to_be_left(ctx, id);
    let left = ctx.queue.update(|queue| {
        if is_wished(queue, id) {
            return by_wish(queue, id);
        }
        looked_long_ago(queue, id);
        if tries_without_progress(queue, id) >= TRANSFER_TRIES {
            queue.fail(id, trouble::of_fault(fault, "go on"));
        } else {
            queue.set_state(id, TransferState::Kept);
        }
        None
    });
    abandon(ctx, left);
}

/// What was known of the target of an item that was begun is old when it is begun again.
fn looked_long_ago(queue: &mut Queue, id: TransferId) {
    queue.edit(id, |item| {
        if item.part.is_some() {
            item.target = Target::Unknown;
        }
    });
}

/// How often an item was begun since bytes moved last; a run that moved some counts as the first.
fn tries_without_progress(queue: &mut Queue, id: TransferId) -> u32 {
    queue.edit(id, |item| {
        if item.moved.load(Ordering::Relaxed) > item.begun_at {
            item.tries = 1;
        }
    });
    queue.get(id).map_or(0, |item| item.tries)
}

/// Tells whoever shows the target's folder that it has changed.
pub fn announce(ctx: &SessionContext, id: TransferId) {
    let folder = ctx.queue.read(|queue| {
        let item = queue.get(id)?;
        match item.direction {
            Direction::Upload => item.remote.parent().map(Place::Remote),
            Direction::Download => item.local.parent().map(|folder| Place::Local(folder.to_owned())),
        }
    });
    if let Some(folder) = folder {
        // The actor lives as long as its sessions matter.
        drop(ctx.arrivals.send(folder));
    }
}

/// Gives an item back that was never begun: no connection was to be had for it.
pub fn hand_back(ctx: &SessionContext, id: TransferId) {
    about_to_be_left(ctx, id);
    let left = ctx.queue.update(|queue| {
        if is_wished(queue, id) {
            return by_wish(queue, id);
        }
        never_begun(queue, id);
        None
    });
    abandon(ctx, left);
}

/// Back into the queue, as if it had not been taken.
fn never_begun(queue: &mut Queue, id: TransferId) {
    queue.edit(id, |item| item.tries = item.tries.saturating_sub(1));
    queue.put_back(id, None);
}

fn is_wished(queue: &Queue, id: TransferId) -> bool {
    queue.get(id).is_some_and(|item| item.wish.is_some())
}

/// Does what is wished; what an item that was taken out has on the server under a temporary name is told.
fn by_wish(queue: &mut Queue, id: TransferId) -> Option<Leftover> {
    match queue.get(id).and_then(|item| item.wish) {
        Some(StopWish::Remove) => {
            if let Some(item) = queue.remove(id) {
                let left = leftovers::part_of(&item).or_else(|| leftovers::begun_of(&item));
                // Its connection is through with the file: nothing waits for the deletion.
                lane_thread::soon_on_disk(move || discard_part(&item));
                return left;
            }
        }
        Some(StopWish::Pause) => {
            queue.edit(id, |item| item.tries = 0);
            looked_long_ago(queue, id);
            queue.set_state(id, TransferState::Paused);
        }
        Some(StopWish::PutBack) | None => {
            queue.edit(id, |item| item.tries = 0);
            looked_long_ago(queue, id);
            queue.put_back(id, None);
        }
    }
    None
}

/// A download that was taken out leaves nothing behind: its `.part` is ours alone. What could not be proven is kept, as was said.
/// Blocking.
pub fn discard_part(item: &Item) {
    if let Some(part) = own_part(item) {
        // What cannot be deleted stays: a person sees it in the pane.
        drop(std::fs::remove_file(part));
    }
}

/// What a download that is taken out has here and nobody else wants.
#[must_use]
pub fn own_part(item: &Item) -> Option<PathBuf> {
    let is_kept = matches!(&item.state, TransferState::Failed(problem) if problem.kind == ProblemKind::Unproven);
    let is_ours = item.direction == Direction::Download && !is_kept && !matches!(item.state, TransferState::Done(_));
    let part = item.part.as_ref().filter(|_| is_ours)?;
    Some(item.local.with_file_name(part)).filter(|part| *part != item.local)
}
