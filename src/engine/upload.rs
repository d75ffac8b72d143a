//! One file to the server: a new name directly, an existing one by way of a temporary name, proof and rename.

mod agree;

use std::sync::atomic::Ordering;

use jiff::Timestamp;

use crate::engine::copy::CopyFault;
use crate::engine::existing;
use crate::engine::item_outcome::{Arrival, Outcome, Stopped, break_off, refuses_offset};
use crate::engine::proof::{self, Checked};
use crate::engine::replace::{self, sibling, unnameable};
use crate::engine::server_clock;
use crate::engine::session_context::SessionContext;
use crate::engine::text_transfer;
use crate::engine::upload_source::Source;
use crate::ftp::{Control, Fault};
use crate::model::checksum::HashUse;
use crate::model::conflict::{Facts, Resolution};
use crate::model::entry::{Modified, Precision};
use crate::model::path::RemotePath;
use crate::model::problem::{Problem, ProblemKind};
use crate::model::queue::{Item, Target};
use crate::model::receipt::TlsProof;
use crate::model::rules::TransferRules;
use crate::model::transfer::{Compared, Direction, Form, TransferState};

/// A file of at most so many bytes goes as soon as its data connection stands.
const AT_ONCE: usize = 64 << 10;

/// Where the bytes go until they are proven, and from which byte on.
struct Landing {
    target: RemotePath,
    part: RemotePath,
    offset: u64,
    /// The size of the file that is replaced, when known.
    replaces: Option<u64>,
}

/// Sends one file.
///
/// # Errors
/// Why it did not arrive; what the server has got is resumed next time.
pub async fn run(ctx: &SessionContext, control: &mut Control, item: &Item) -> Result<Outcome, Stopped> {
    let started = Timestamp::now();
    let rules = &ctx.rules();
    // What was taken is in the record before anything is done about it, which takes as long as opening the file.
    let (source, ()) = tokio::join!(Source::open(item), ctx.queue.journalled());
    let mut source = source?;
    let (size, modified) = (source.size, source.modified);
    // A source that changed since the last try must not be glued to what was sent of the old one.
    let unchanged = item.size == Some(size) && item.modified == modified && !item.from_start && item.form != Form::Text;
    if !unchanged {
        ctx.queue.update(|queue| queue.edit(item.id, |item| (item.size, item.modified) = (Some(size), modified)));
    }
    if text_transfer::form_of_source(ctx, rules, item).await? == Form::Text {
        return as_text(ctx, rules, control, &text_transfer::from_the_start(item), &mut source).await;
    }
    let landing = match choose_landing(ctx, rules, control, item, source.facts(), unchanged).await? {
        Ok(landing) => landing,
        Err(outcome) => return Ok(outcome),
    };
    let landing = match agree::before_resuming(ctx, control, item, landing, source.facts()).await? {
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
    if landing.part == landing.target && ctx.proofs.may_gather() && rules.hashes == HashUse::Off {
        return Ok(Outcome::Sent { path: landing.target, arrival });
    }
    let compared = prove(control, &landing.part, bytes).await?;
    let hash = match proof::by_checksum(rules.hashes, control, &item.local, &landing.part, bytes).await? {
        Checked::Fine(hash) => hash,
        Checked::Differs { problem, .. } => {
            begin_anew(ctx, item);
            return Err(Stopped::Failed { problem, again: true });
        }
    };
    if landing.part != landing.target {
        replace::publish(ctx, control, item, &landing.part, &landing.target).await?;
        is_renamed(control, &landing, bytes).await?;
    }
    Ok(Outcome::Arrived(Arrival { compared, hash, ..arrival }))
}

/// Sends one file as text.
async fn as_text(
    ctx: &SessionContext,
    rules: &TransferRules,
    control: &mut Control,
    item: &Item,
    source: &mut Source,
) -> Result<Outcome, Stopped> {
    let started = Timestamp::now();
    let landing = match choose_landing(ctx, rules, control, item, source.facts(), false).await? {
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
    if landing.part != landing.target {
        replace::publish(ctx, control, item, &landing.part, &landing.target).await?;
        is_renamed(control, &landing, reported).await?;
    }
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

/// Decides under which name to write, or that nothing is written: the item is skipped, or a question is open.
async fn choose_landing(
    ctx: &SessionContext,
    rules: &TransferRules,
    control: &mut Control,
    item: &Item,
    source: Facts,
    unchanged: bool,
) -> Result<Result<Landing, Outcome>, Stopped> {
    let target = item.remote.clone();
    let had_its_name = replace::mend(ctx, control, item, &target).await?;
    if had_its_name && unchanged && remote_size(control, &target).await? == source.size {
        let bytes = source.size.unwrap_or_default();
        item.moved.store(bytes, Ordering::Relaxed);
        return Ok(Err(Outcome::Arrived(Arrival {
            reply: "the new file had its name".into(),
            bytes,
            reported: bytes,
            compared: Compared::Size,
            hash: None,
            tls: None,
            started: Timestamp::now(),
        })));
    }
    if let Some(part) = item.part.as_ref().and_then(|name| sibling(&target, name)) {
        if !unchanged && let Some(outcome) = agree::on_change(ctx, control, item, &part, source).await? {
            return Ok(Err(outcome));
        }
        let there = if unchanged { remote_size(control, &part).await? } else { None };
        let offset = there.filter(|there| source.size.is_some_and(|size| *there <= size)).unwrap_or(0);
        if offset > 0 || part != target {
            return Ok(Ok(Landing { target, part, offset, replaces: None }));
        }
        // What stands under the target's own name may be a person's file that was to be resumed: it is replaced whole or not at all.
        let stands = look(control, &target).await?.is_some_and(|facts| facts.size != Some(0));
        return if stands && !rules.write_directly {
            replacement(ctx, control, item, target, None).await.map(Ok)
        } else {
            Ok(Ok(direct(ctx, item, target, 0).await))
        };
    }
    let present = match item.target {
        Target::Absent => None,
        Target::Present(facts) => Some(facts),
        Target::Unknown => look(control, &target).await?,
    };
    let Some(present) = present else { return Ok(Ok(direct(ctx, item, target, 0).await)) };
    match existing::decide(ctx, item, source, present) {
        Resolution::Replace if rules.write_directly => Ok(Ok(direct(ctx, item, target, 0).await)),
        Resolution::Replace => replacement(ctx, control, item, target, present.size).await.map(Ok),
        Resolution::ResumeAt(offset) => Ok(Ok(direct(ctx, item, target, offset).await)),
        Resolution::RenameTarget => {
            let target = free_name(ctx, control, &target).await?;
            ctx.queue.update(|queue| queue.edit(item.id, |item| item.remote = target.clone()));
            Ok(Ok(direct(ctx, item, target, 0).await))
        }
        Resolution::Skip => Ok(Err(Outcome::Skipped)),
        Resolution::Ask => {
            ctx.queue.update(|queue| queue.edit(item.id, |item| item.target = Target::Present(present)));
            existing::ask(ctx, item, source, present);
            // The answer may have put it back already: its state tells nothing here.
            Ok(Err(Outcome::Asking))
        }
    }
}

/// Writes under a temporary name beside a target that exists.
async fn replacement(
    ctx: &SessionContext,
    control: &mut Control,
    item: &Item,
    target: RemotePath,
    replaces: Option<u64>,
) -> Result<Landing, Stopped> {
    let part = replace::reserve(ctx, control, item, &target).await?;
    Ok(Landing { target, part, offset: 0, replaces })
}

/// Writes under the target's own name: nothing is there yet, or a person said to resume it.
async fn direct(ctx: &SessionContext, item: &Item, target: RemotePath, offset: u64) -> Landing {
    let name = target.name().map(str::to_owned);
    // Where nothing is there it was recorded as the item was taken.
    if ctx.queue.read(|queue| queue.get(item.id).is_some_and(|item| item.part != name)) {
        ctx.queue.update(|queue| queue.edit(item.id, |item| item.part = name));
        // After a crash the beginning that the server may have is known as ours.
        ctx.queue.journalled().await;
    }
    Landing { part: target.clone(), target, offset, replaces: None }
}

/// What is at `path` now, from SIZE and MDTM, else from the folder's listing.
async fn look(control: &mut Control, path: &RemotePath) -> Result<Option<Facts>, Stopped> {
    let doing = "look at the target";
    match control.size(path).await {
        Ok(Some(size)) => {
            let at = control.modified(path).await.or_else(unless_refused).map_err(|fault| Stopped::wire(fault, doing))?;
            let modified = at.map(|at| Modified { at, precision: Precision::Second });
            Ok(Some(Facts { size: Some(size), modified }))
        }
        Ok(None) => {
            let Some((folder, name)) = path.parent().zip(path.name()) else { return Err(unnameable(path)) };
            let listing = match control.list(&folder).await {
                Ok(listing) => listing,
                Err(fault) => return unless_refused(fault).map_err(|fault| Stopped::wire(fault, doing)),
            };
            let entry = listing.entries.iter().find(|entry| entry.name == name);
            Ok(entry.map(|entry| Facts { size: entry.size, modified: entry.modified }))
        }
        Err(Fault::Refused(_)) => Ok(None),
        Err(fault) => Err(Stopped::wire(fault, doing)),
    }
}

fn unless_refused<T>(fault: Fault) -> Result<Option<T>, Fault> {
    if matches!(fault, Fault::Refused(_)) { Ok(None) } else { Err(fault) }
}

async fn remote_size(control: &mut Control, path: &RemotePath) -> Result<Option<u64>, Stopped> {
    match control.size(path).await {
        Ok(Some(size)) => Ok(Some(size)),
        Ok(None) => Ok(look(control, path).await?.and_then(|facts| facts.size)),
        Err(Fault::Refused(_)) => Ok(None),
        Err(fault) => Err(Stopped::wire(fault, "look at the target")),
    }
}

async fn free_name(ctx: &SessionContext, control: &mut Control, path: &RemotePath) -> Result<RemotePath, Stopped> {
    let Some((folder, name)) = path.parent().zip(path.name()) else { return Err(unnameable(path)) };
    let listing = control.list(&folder).await.map_err(|fault| Stopped::wire(fault, "list the target's folder"))?;
    existing::new_names(ctx, name)
        .take(listing.entries.len() + 1)
        .find(|candidate| listing.entries.iter().all(|entry| entry.name != *candidate))
        .and_then(|candidate| folder.child(&candidate).ok())
        .ok_or_else(|| unnameable(path))
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
            begin_anew(ctx, item);
        }
        Stopped::wire(fault, &doing)
    })?;
    Ok((reply.words(), control.data_tls()))
}

/// The next try finds another time than the source's, and so begins anew.
fn begin_anew(ctx: &SessionContext, item: &Item) {
    ctx.queue.update(|queue| queue.edit(item.id, |item| item.modified = None));
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
            (listing.entries.iter().find(|entry| entry.name == name).and_then(|entry| entry.size), Compared::Listing)
        }
        Err(fault) => return Err(Stopped::wire(fault, doing)),
    };
    match there {
        Some(size) if size == bytes => Ok(compared),
        Some(size) => Err(unproven(format!("{bytes} bytes were sent, but the server says that the file has {size}."))),
        None => Err(unproven(format!("{bytes} bytes were sent, but the server shows no such file."))),
    }
}
