//! Under which name an upload is written, and from which byte on; or that it is not, because something is there already.

use std::sync::atomic::Ordering;

use jiff::Timestamp;

use crate::engine::existing;
use crate::engine::item_outcome::{Arrival, Outcome, Stopped};
use crate::engine::leftovers;
use crate::engine::proof::{self, Checked};
use crate::engine::replace::{self, sibling, unnameable};
use crate::engine::resume;
use crate::engine::session_context::SessionContext;
use crate::engine::upload::{agree, begin_anew, prove};
use crate::ftp::{Control, Fault};
use crate::model::conflict::{Facts, Resolution};
use crate::model::entry::{Modified, Precision};
use crate::model::leftover::Leftover;
use crate::model::path::RemotePath;
use crate::model::queue::{Item, Target};
use crate::model::resume::Verdict;
use crate::model::rules::TransferRules;
use crate::model::transfer::{Compared, Form, SkipReason};

/// More connections to one host there are not.
const MOST_CONNECTIONS: usize = 64;

/// Where the bytes go until they are proven, and from which byte on.
pub(super) struct Landing {
    pub target: RemotePath,
    pub part: RemotePath,
    pub offset: u64,
    /// The size of the file that is replaced, when known.
    pub replaces: Option<u64>,
}

/// Decides under which name to write, or that nothing is written: the item is skipped, or a question is open. `is_same` when the
/// source is what it was at the last look.
pub(super) async fn choose_landing(
    ctx: &SessionContext,
    rules: &TransferRules,
    control: &mut Control,
    item: &Item,
    source: Facts,
    is_same: bool,
) -> Result<Result<Landing, Outcome>, Stopped> {
    let target = item.remote.clone();
    let is_known = !ctx.leftovers.spare(&item.site, &target).await;
    let unchanged = is_same && !item.from_start && item.form != Form::Text;
    let had_its_name = replace::mend(ctx, control, item, &target).await?;
    if had_its_name && unchanged && remote_size(control, &target).await? == source.size {
        let bytes = source.size.unwrap_or_default();
        if let Some(part) = leftovers::part_of(item) {
            ctx.leftovers.let_go(&part);
        }
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
    if let Some(part) = item.part.as_ref().and_then(|name| sibling(&target, name)).filter(|part| *part != target) {
        let there = remote_size(control, &part).await?;
        if there.is_none() && unchanged && rules.keep_times && has_its_name(control, item, &target, source).await? {
            let name = part.name().unwrap_or_default().to_owned();
            ctx.leftovers.let_go(&Leftover {
                site: item.site.clone(),
                target: target.clone(),
                part: name,
                aside: None,
                begun: None,
            });
            return its_name_again(ctx, rules, control, item, &target).await.map(Err);
        }
        if !is_same && let Some(outcome) = agree::on_change(ctx, control, item, &part, source).await? {
            return Ok(Err(outcome));
        }
        let offset = there.filter(|there| unchanged && source.size.is_some_and(|size| *there <= size)).unwrap_or(0);
        return Ok(Ok(Landing { target, part, offset, replaces: None }));
    }
    let is_begun = item.part.is_some();
    let present = match item.target {
        Target::Absent if !is_begun && is_known => None,
        Target::Present(facts) if !is_begun && is_known => Some(facts),
        _ => look(control, &target).await?,
    };
    let Some(present) = present.filter(|facts| !is_begun || facts.size != Some(0)) else {
        return new(ctx, item, target).await.map(Ok);
    };
    if !is_begun {
        return by_policy(ctx, rules, control, item, source, present).await;
    }
    // The name was recorded as ours: whether what has it now is what was sent is seen by its end, before it is gone on with.
    let may_be_ours = unchanged && present.size.is_some_and(|there| source.size.is_some_and(|size| there <= size));
    if let Some(offset) = present.size.filter(|_| may_be_ours) {
        return Ok(Ok(Landing { part: target.clone(), target, offset, replaces: None }));
    }
    if !agree::is_begun_by_us(item, present) {
        return by_policy(ctx, rules, control, item, source, present).await;
    }
    if !is_same && let Some(outcome) = agree::on_change(ctx, control, item, &target, source).await? {
        return Ok(Err(outcome));
    }
    // It is replaced whole or not at all all the same.
    if rules.write_directly {
        direct(ctx, item, target, 0, false).await.map(Ok)
    } else {
        replacement(ctx, control, item, target, None).await.map(Ok)
    }
}

/// What stands under the target's name is somebody's: what is done about it was chosen, or is asked.
pub(super) async fn by_policy(
    ctx: &SessionContext,
    rules: &TransferRules,
    control: &mut Control,
    item: &Item,
    source: Facts,
    present: Facts,
) -> Result<Result<Landing, Outcome>, Stopped> {
    let target = item.remote.clone();
    match existing::decide(ctx, item, source, present) {
        Resolution::Replace if rules.write_directly => direct(ctx, item, target, 0, false).await.map(Ok),
        Resolution::Replace => replacement(ctx, control, item, target, present.size).await.map(Ok),
        Resolution::ResumeAt(offset) => direct(ctx, item, target, offset, false).await.map(Ok),
        Resolution::RenameTarget => {
            let target = free_name(ctx, control, item).await?;
            direct(ctx, item, target, 0, true).await.map(Ok)
        }
        Resolution::Skip => Ok(Err(Outcome::Skipped(SkipReason::Exists))),
        Resolution::Ask => {
            // Nothing under that name is ours any more.
            ctx.queue.update(|queue| {
                queue.edit(item.id, |item| (item.target, item.part, item.is_new) = (Target::Present(present), None, false))
            });
            existing::ask(ctx, item, source, present);
            // The answer may have put it back already: its state tells nothing here.
            Ok(Err(Outcome::Asking))
        }
    }
}

/// Whether the rename of an earlier run came through without anybody hearing of it: all bytes were sent and proven, the temporary name is
/// gone, and what has the target's name has the source's time and ends as it does. (The time is set before the rename.)
async fn has_its_name(control: &mut Control, item: &Item, target: &RemotePath, source: Facts) -> Result<bool, Stopped> {
    let Some(size) = source.size.filter(|size| *size > 0 && item.moved.load(Ordering::Relaxed) == *size) else { return Ok(false) };
    let Some(there) = look(control, target).await? else { return Ok(false) };
    let seconds = |modified: Option<Modified>| modified.map(|modified| modified.at.as_second());
    let same_time = source.modified.is_some() && seconds(there.modified) == seconds(source.modified);
    Ok(there.size == Some(size)
        && same_time
        && resume::compare_remote(control, target, size, &item.local).await? == Some(Verdict::Same))
}

/// A file that got its name in an earlier run is proven again.
async fn its_name_again(
    ctx: &SessionContext,
    rules: &TransferRules,
    control: &mut Control,
    item: &Item,
    target: &RemotePath,
) -> Result<Outcome, Stopped> {
    let (bytes, started) = (item.moved.load(Ordering::Relaxed), Timestamp::now());
    let compared = prove(control, target, bytes).await?;
    let hash = match proof::by_checksum(rules.hashes, control, &item.local, target, bytes).await? {
        Checked::Fine(hash) => hash,
        Checked::Differs { problem, .. } => {
            begin_anew(ctx, item.id);
            return Err(Stopped::Failed { problem, again: true });
        }
    };
    let reply = "the new file had its name".into();
    Ok(Outcome::Arrived(Arrival { reply, bytes, reported: bytes, compared, hash, tls: None, started }))
}

/// Writes under a temporary name beside a target that exists.
pub(super) async fn replacement(
    ctx: &SessionContext,
    control: &mut Control,
    item: &Item,
    target: RemotePath,
    replaces: Option<u64>,
) -> Result<Landing, Stopped> {
    let part = replace::reserve(ctx, control, item, &target).await?;
    Ok(Landing { target, part, offset: 0, replaces })
}

/// Writes under the target's own name, which nothing has yet.
async fn new(ctx: &SessionContext, item: &Item, target: RemotePath) -> Result<Landing, Stopped> {
    if item.target != Target::Absent {
        // What comes there is all ours.
        ctx.queue.update(|queue| {
            let name = target.name().map(str::to_owned);
            queue.edit(item.id, |item| (item.target, item.part, item.is_new) = (Target::Absent, name, true));
        });
        ctx.recorded().await?;
    }
    direct(ctx, item, target, 0, true).await
}

/// Writes under the target's own name: it is new, or a person said to resume what is there.
async fn direct(ctx: &SessionContext, item: &Item, target: RemotePath, offset: u64, is_new: bool) -> Result<Landing, Stopped> {
    let name = target.name().map(str::to_owned);
    // Where nothing is there it was recorded as the item was taken.
    if ctx.queue.read(|queue| queue.get(item.id).is_some_and(|item| item.part != name || item.is_new != is_new)) {
        ctx.queue.update(|queue| queue.edit(item.id, |item| (item.part, item.is_new) = (name, is_new)));
        // After a crash the beginning that the server may have is known as ours.
        ctx.recorded().await?;
    }
    Ok(Landing { part: target.clone(), target, offset, replaces: None })
}

/// What is at `path` now, from SIZE and MDTM, else from the folder's listing.
pub async fn look(control: &mut Control, path: &RemotePath) -> Result<Option<Facts>, Stopped> {
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

pub(super) async fn remote_size(control: &mut Control, path: &RemotePath) -> Result<Option<u64>, Stopped> {
    match control.size(path).await {
        Ok(Some(size)) => Ok(Some(size)),
        Ok(None) => Ok(look(control, path).await?.and_then(|facts| facts.size)),
        Err(Fault::Refused(_)) => Ok(None),
        Err(fault) => Err(Stopped::wire(fault, "look at the target")),
    }
}

/// Aims the item at a name beside its target that is free.
async fn free_name(ctx: &SessionContext, control: &mut Control, item: &Item) -> Result<RemotePath, Stopped> {
    let path = &item.remote;
    let Some((folder, name)) = path.parent().zip(path.name()) else { return Err(unnameable(path)) };
    let listing = control.list(&folder).await.map_err(|fault| Stopped::wire(fault, "list the target's folder"))?;
    let free = existing::new_names(ctx, name)
        // As many may be taken as are listed, and by other connections.
        .take(listing.entries.len() + MOST_CONNECTIONS)
        .filter(|candidate| listing.entries.iter().all(|entry| entry.name != *candidate))
        .filter_map(|candidate| folder.child(&candidate).ok());
    let aimed = ctx.queue.aim_at(item.id, free).ok_or_else(|| unnameable(path))?;
    // Before a byte is written under the new name.
    ctx.recorded().await?;
    Ok(aimed)
}
