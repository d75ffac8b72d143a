//! One file to the server: a new name directly, an existing one by way of a temporary name, proof and rename.

mod agree;
mod landing;

pub use self::landing::look;

use std::sync::atomic::Ordering;

use jiff::Timestamp;

use crate::engine::basis;
use crate::engine::copy::CopyFault;
use crate::engine::existing;
use crate::engine::item_outcome::{Arrival, Outcome, Stopped, break_off, refuses_offset};
use crate::engine::proof::{self, Checked};
use crate::engine::replace::{self, unnameable};
use crate::engine::server_clock;
use crate::engine::session_context::SessionContext;
use crate::engine::text_transfer;
use crate::engine::upload::landing::{Landing, choose_landing};
use crate::engine::upload_source::Source;
use crate::ftp::{Control, Fault};
use crate::model::checksum::HashUse;
use crate::model::edited;
use crate::model::path::RemotePath;
use crate::model::problem::{Problem, ProblemKind};
use crate::model::queue::{Item, Target};
use crate::model::receipt::TlsProof;
use crate::model::rules::TransferRules;
use crate::model::transfer::{Compared, Direction, Form, TransferId, TransferState};

/// A file of at most so many bytes goes as soon as its data connection stands.
const AT_ONCE: usize = 64 << 10;

/// Sends one file.
///
/// # Errors
/// Why it did not arrive; what the server has got is resumed next time.
pub async fn run(ctx: &SessionContext, control: &mut Control, item: &Item) -> Result<Outcome, Stopped> {
    let started = Timestamp::now();
    let rules = &ctx.rules();
    // What was taken is in the record before anything is done about it, which takes as long as opening the file.
    let (source, recorded) = tokio::join!(Source::open(item), ctx.recorded());
    recorded?;
    let mut source = source?;
    let (size, modified) = (source.size, source.modified);
    // A full disk or a broken editor leaves empty files. Where a person wants that, the item knows of it.
    if item.size != Some(0) && item.basis.is_some_and(|basis| edited::would_empty(&basis, size)) {
        return Err(Stopped::for_good(emptied(item)));
    }
    // A source that changed since the last try must not be glued to what was sent of the old one.
    let is_same = item.size == Some(size) && item.modified == modified;
    if !is_same {
        ctx.queue.update(|queue| queue.edit(item.id, |item| (item.size, item.modified) = (Some(size), modified)));
    }
    if text_transfer::form_of_source(ctx, rules, item).await? == Form::Text {
        return as_text(ctx, rules, control, &text_transfer::from_the_start(item), &mut source, is_same).await;
    }
    let landing = match choose_landing(ctx, rules, control, item, source.facts(), is_same).await? {
        Ok(landing) => landing,
        Err(outcome) => return known_arrived(ctx, control, item, outcome).await,
    };
    let landing = match agree::before_resuming(ctx, rules, control, item, landing, source.facts()).await? {
        Ok(landing) => landing,
        Err(outcome) => return Ok(outcome),
    };
    let began = Timestamp::now();
    let (reply, tls) = send(ctx, rules, control, item, &landing, &mut source).await?;
    server_clock::measure_skew(ctx, control, existing::policy(ctx, item), &landing.part, began)
        .await
        .map_err(|fault| Stopped::wire(fault, "tell the file's time"))?;
    source.is_still_the_same().await?;
    if let Some(modified) = source.modified.filter(|_| rules.keep_times) {
        // A server that sets no times still has the file.
        control.set_modified(&landing.part, modified.at).await.map_err(|fault| Stopped::wire(fault, "set the file's time"))?;
    }
    ctx.queue.update(|queue| queue.set_state(item.id, TransferState::Proving));
    ctx.publisher.wake();
    let bytes = item.moved.load(Ordering::Relaxed);
    let arrival = Arrival { reply, bytes, reported: bytes, compared: Compared::Listing, hash: None, tls, started };
    let may_gather = ctx.proofs.may_gather() && item.basis.is_none();
    if landing.part == landing.target && may_gather && rules.hashes == HashUse::Off {
        return Ok(Outcome::Sent { path: landing.target, arrival });
    }
    let compared = match prove(control, &landing.part, bytes).await {
        Ok(compared) => compared,
        Err(stopped) => {
            begin_anew(ctx, item.id);
            return Err(stopped);
        }
    };
    let hash = match proof::by_checksum(rules.hashes, control, &item.local, &landing.part, bytes).await? {
        Checked::Fine(hash) => hash,
        Checked::Differs { problem, .. } => {
            begin_anew(ctx, item.id);
            return Err(Stopped::Failed { problem, again: true });
        }
    };
    let basis = basis::of_sent(control, item, &landing.part).await?;
    if landing.part != landing.target {
        if let Some(asking) = basis::ask_when_changed(ctx, control, item, source.facts(), &landing.target).await? {
            return Ok(asking);
        }
        // That all of it is there is known before it has its name: a run that ends in between is not one to be done again.
        // Where the disk refuses that, it goes on to its end all the same: it was begun.
        ctx.queue.journalled().await;
        replace::publish(ctx, control, item, &landing.part, &landing.target).await?;
        is_renamed(control, &landing, bytes).await?;
    }
    basis::note(ctx, item, basis);
    Ok(Outcome::Arrived(Arrival { compared, hash, ..arrival }))
}

fn emptied(item: &Item) -> Problem {
    let what = format!("“{}” is empty here by now: the one on the server was not replaced.", item.local.display());
    Problem::new(ProblemKind::Local, what).advise("Save it once more with its content, or upload it empty.")
}

/// A file that turns out to have arrived in an earlier run is what the server has.
async fn known_arrived(ctx: &SessionContext, control: &mut Control, item: &Item, outcome: Outcome) -> Result<Outcome, Stopped> {
    if matches!(outcome, Outcome::Arrived(_)) {
        let basis = basis::of_sent(control, item, &item.remote).await?;
        basis::note(ctx, item, basis);
    }
    Ok(outcome)
}

/// Sends one file as text.
async fn as_text(
    ctx: &SessionContext,
    rules: &TransferRules,
    control: &mut Control,
    item: &Item,
    source: &mut Source,
    is_same: bool,
) -> Result<Outcome, Stopped> {
    let started = Timestamp::now();
    let landing = match choose_landing(ctx, rules, control, item, source.facts(), is_same).await? {
        Ok(landing) => landing,
        Err(outcome) => return Ok(outcome),
    };
    let sent = text_transfer::send(ctx, control, item, &landing.part).await?;
    let tls = control.data_tls();
    source.is_still_the_same().await?;
    if let Some(modified) = source.modified.filter(|_| rules.keep_times) {
        control.set_modified(&landing.part, modified.at).await.map_err(|fault| Stopped::wire(fault, "set the file's time"))?;
    }
    ctx.queue.update(|queue| queue.set_state(item.id, TransferState::Proving));
    ctx.publisher.wake();
    // Its size there is another than here, so that it is not proven with the others of its folder.
    let (reported, compared) = text_transfer::prove_sent(control, &landing.part, sent.sizes).await?;
    let basis = basis::of_sent(control, item, &landing.part).await?;
    if landing.part != landing.target {
        if let Some(asking) = basis::ask_when_changed(ctx, control, item, source.facts(), &landing.target).await? {
            return Ok(asking);
        }
        replace::publish(ctx, control, item, &landing.part, &landing.target).await?;
        is_renamed(control, &landing, reported).await?;
    }
    basis::note(ctx, item, basis);
    Ok(Outcome::Arrived(Arrival { reply: sent.reply, bytes: sent.bytes, reported, compared, hash: None, tls, started }))
}

/// A server may say that it renamed and keep the old file: what stands under the real name decides, and where the old file was as
/// long, that the temporary name is free.
async fn is_renamed(control: &mut Control, landing: &Landing, bytes: u64) -> Result<(), Stopped> {
    prove(control, &landing.target, bytes).await?;
    if landing.replaces.is_none_or(|old| old == bytes) && look(control, &landing.part).await?.is_some() {
        let what = format!("The server says that it renamed {}, but the file is still there.", landing.part);
        return Err(Stopped::Failed { problem: Problem::new(ProblemKind::Unproven, what), again: true });
    }
    Ok(())
}

/// STOR; returns the closing reply's words and what TLS did. The item's counter ends at the number of bytes that the server should have.
async fn send(
    ctx: &SessionContext,
    rules: &TransferRules,
    control: &mut Control,
    item: &Item,
    landing: &Landing,
    source: &mut Source,
) -> Result<(String, Option<TlsProof>), Stopped> {
    let offset = landing.offset;
    if offset == source.size && offset > 0 {
        item.moved.store(offset, Ordering::Relaxed);
        return Ok(("all bytes were there".into(), None));
    }
    let doing = format!("take {}", landing.part);
    let mut flow = ctx.pace.flow(Direction::Upload);
    // The limits may allow less at a time than all of a small file.
    let at_once = source.whole().filter(|bytes| offset == 0 && bytes.len() <= AT_ONCE && flow.turn(bytes.len()) == bytes.len());
    let stored = match at_once {
        Some(bytes) => {
            // A file that stood there before would get a time that is not its own when it stays.
            let is_new = item.target == Target::Absent || landing.part != landing.target;
            let keeps_time = is_new && rules.keep_times && !server_clock::is_skew_due(ctx, existing::policy(ctx, item));
            let modified = source.modified.filter(|_| keeps_time);
            control.store_small(&landing.part, bytes, modified.map(|modified| modified.at)).await
        }
        None => control.store(&landing.part, offset).await,
    };
    let mut data = match stored {
        Ok(data) => data,
        Err(fault) => {
            if at_once.is_some() && fault.session_survives() {
                // What went to a server that refuses the file went all the same.
                let cancelled = control.cancel_token();
                tokio::select! {
                    () = flow.spend(control.sent_at_once()) => {}
                    () = cancelled.cancelled() => {}
                }
            }
            if offset > 0 && refuses_offset(&fault) {
                return Err(Stopped::no_restart(&fault));
            }
            return Err(Stopped::wire(fault, &doing));
        }
    };
    let sent = data.sent();
    item.moved.store(offset + sent, Ordering::Relaxed);
    // What has gone already takes its time of the limits all the same.
    let rested = data.rest(flow.spend(usize::try_from(sent).unwrap_or(usize::MAX))).await.map_err(CopyFault::Wire);
    let moved = match rested {
        Ok(()) => source.send(&mut data, offset + sent, &item.moved, flow).await,
        Err(fault) => Err(fault),
    };
    if let Err(fault) = moved {
        return Err(break_off(data, fault, "read", &item.local).await);
    }
    let reply = data.finish().await.map_err(|fault| {
        if proof::denies(&fault) {
            begin_anew(ctx, item.id);
        }
        Stopped::wire(fault, &doing)
    })?;
    Ok((reply.words(), control.data_tls()))
}

/// What is there of it is ours and no good: the next try sends all of it once more.
pub fn begin_anew(ctx: &SessionContext, id: TransferId) {
    ctx.queue.update(|queue| queue.edit(id, |item| item.from_start = true));
}

/// Compares what was sent with what the server has.
///
/// # Errors
/// They differ, or nothing can be compared; the connection's fault.
pub async fn prove(control: &mut Control, path: &RemotePath, bytes: u64) -> Result<Compared, Stopped> {
    let unproven = |what: String| Stopped::Failed { problem: Problem::new(ProblemKind::Unproven, what), again: true };
    let doing = "tell the file's size";
    let (there, compared) = match control.size(path).await {
        Ok(Some(size)) => (Some(size), Compared::Size),
        Ok(None) | Err(Fault::Refused(_)) => {
            let Some((folder, name)) = path.parent().zip(path.name()) else { return Err(unnameable(path)) };
            let listing = control.list(&folder).await.map_err(|fault| Stopped::wire(fault, doing))?;
            (listing.size_of_file(name), Compared::Listing)
        }
        Err(fault) => return Err(Stopped::wire(fault, doing)),
    };
    match there {
        Some(size) if size == bytes => Ok(compared),
        Some(size) => Err(unproven(format!("{bytes} bytes were sent, but the server says that the file has {size}."))),
        None => Err(unproven(format!("{bytes} bytes were sent, but the server shows no such file."))),
    }
}
