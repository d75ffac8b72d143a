//! One file from the server: into a `.part` beside the target, proven, then renamed.

mod fetch;
mod landing;
mod local_part;
mod pieces;
mod split;

use std::borrow::Cow;
use std::sync::Arc;

use jiff::Timestamp;

use self::fetch::{Fetched, Where, fetch};
use self::landing::{Kind, Landing, Source, choose_landing, keep, open_fresh, open_part, publish};
use self::local_part::Lasts;
use crate::engine::basis;
use crate::engine::item_outcome::{Arrival, Outcome, Stopped};
use crate::engine::proof::{self, Checked};
use crate::engine::session_context::SessionContext;
use crate::engine::text_transfer;
use crate::ftp::{Control, Fault};
use crate::model::conflict::{Facts, OnExists};
use crate::model::entry::{Modified, Precision};
use crate::model::path::safe_local_name;
use crate::model::problem::{Problem, ProblemKind};
use crate::model::queue::Item;
use crate::model::rules::TransferRules;
use crate::model::transfer::{Compared, Form, TransferState};

/// Fetches one file.
///
/// # Errors
/// Why it did not arrive; bytes that came are kept in the `.part`.
pub async fn run(ctx: &Arc<SessionContext>, control: &mut Control, item: &Item) -> Result<Outcome, Stopped> {
    if item.from_folder
        && let Err(error) = safe_local_name(item.remote.name().unwrap_or_default())
    {
        return Err(Stopped::for_good(Problem::new(ProblemKind::Name, format!("Not fetched: {error}."))));
    }
    let looked_at = basis::note_before_fetch(ctx, control, item).await?;
    let item = looked_at.as_ref().unwrap_or(item);
    let started = Timestamp::now();
    let rules = &ctx.rules();
    let now = source_now(control, item).await?;
    let source = Source { was: Facts { size: item.size, modified: item.modified }, now };
    let mut item = item.clone();
    if let Some(now) = now {
        (item.size, item.modified) = (now.size, now.modified);
    }
    // What came of it as text is of no use when it is no longer wanted as text.
    item.from_start |= item.form == Form::Text;
    let may_be_text = !matches!(item.form, Form::LooksBinary | Form::Mixed);
    if may_be_text && text_transfer::is_wanted(rules, item.remote.name()) {
        if let Some(outcome) = as_text(ctx, rules, control, &text_transfer::from_the_start(&item)).await? {
            return Ok(outcome);
        }
        // What came as text is overwritten: the item knows by now under which name it is.
        if let Some(known) = ctx.queue.read(|queue| queue.get(item.id).map(Cow::into_owned)) {
            item = known;
        }
        item.from_start = true;
    }
    let landing = match choose_landing(ctx, rules, &item, source).await? {
        Ok(landing) => landing,
        Err(outcome) => return Ok(outcome),
    };
    if let Some(now) = now {
        // From here on it is the new source's bytes that come.
        ctx.queue.update(|queue| queue.edit(item.id, |item| (item.size, item.modified) = (now.size, now.modified)));
    }
    let fetched = match fetch(ctx, rules, control, &item, landing).await? {
        Ok(fetched) => fetched,
        Err(outcome) => return Ok(outcome),
    };
    ctx.queue.update(|queue| queue.set_state(item.id, TransferState::Proving));
    let compared = match prove(control, &item, fetched.bytes).await {
        Ok(compared) => compared,
        Err(stopped) => {
            keep(ctx, &item, fetched).await;
            return Err(stopped);
        }
    };
    let mut hash = None;
    // Without a checksum to compare small files never are on the disk before they have their name.
    if let Where::Part(part) = &fetched.at {
        hash = match proof::by_checksum(rules.hashes, control, part, &item.remote, fetched.bytes).await? {
            Checked::Fine(hash) => hash,
            Checked::Differs { problem, .. } => {
                // A person's own file stays as it is until all of the new one is there.
                if *part == fetched.target {
                    ctx.queue.update(|queue| queue.edit(item.id, |item| item.on_exists = OnExists::Overwrite));
                } else {
                    open_part(part, 0, None).await.map_err(|error| Stopped::disk(&error, "write", part))?;
                }
                return Err(Stopped::Failed { problem, again: true });
            }
        };
    }
    let (reply, bytes, tls) = (fetched.reply.clone(), fetched.bytes, fetched.tls.clone());
    publish(ctx, rules, &item, fetched).await?;
    Ok(Outcome::Arrived(Arrival { reply, bytes, reported: bytes, compared, hash, tls, started }))
}

/// Fetches one file as text; nothing when it turns out to be none, or when its size proves nothing because it mixes line ends.
async fn as_text(
    ctx: &SessionContext,
    rules: &TransferRules,
    control: &mut Control,
    item: &Item,
) -> Result<Option<Outcome>, Stopped> {
    let started = Timestamp::now();
    let facts = Facts { size: item.size, modified: item.modified };
    let landing = match choose_landing(ctx, rules, item, Source { was: facts, now: None }).await? {
        Ok(landing) => landing,
        Err(outcome) => return Ok(Some(outcome)),
    };
    let open = async {
        match &landing.kind {
            Kind::Ours { part, .. } => open_part(part, 0, None).await.map(|file| (file, part.clone())),
            Kind::Fresh | Kind::Ranges { .. } | Kind::Target { .. } => open_fresh(ctx, item, &landing.target, Lasts::Long).await,
        }
    };
    let Some((brought, part)) = text_transfer::fetch(ctx, control, item, open).await? else {
        text_transfer::note(ctx, item, Form::LooksBinary);
        return Ok(None);
    };
    let tls = control.data_tls();
    text_transfer::note(ctx, item, Form::Text);
    ctx.queue.update(|queue| queue.set_state(item.id, TransferState::Proving));
    ctx.publisher.wake();
    let Some((reported, compared)) = text_transfer::agrees(control, item, brought.sizes).await? else {
        text_transfer::note(ctx, item, Form::Mixed);
        ctx.queue.update(|queue| queue.set_state(item.id, TransferState::Moving));
        return Ok(None);
    };
    let bytes = text_transfer::length(&part).await?;
    let Landing { target, replaces, .. } = landing;
    let reply = brought.reply;
    let fetched = Fetched { reply: reply.clone(), tls: tls.clone(), bytes, at: Where::Part(part), target, replaces };
    publish(ctx, rules, item, fetched).await?;
    Ok(Some(Outcome::Arrived(Arrival { reply, bytes, reported, compared, hash: None, tls, started })))
}

/// The source as it is now, when it is another than the one that some of it came from: old and new bytes must not be glued together.
/// A fetch that begins at the start needs no look.
async fn source_now(control: &mut Control, item: &Item) -> Result<Option<Facts>, Stopped> {
    if !landing::is_begun(item).await {
        return Ok(None);
    }
    let doing = "look at the file";
    let known = |result: Result<Option<u64>, Fault>| match result {
        Err(Fault::Refused(_)) => Ok(None),
        other => other.map_err(|fault| Stopped::wire(fault, doing)),
    };
    let size = known(control.size(&item.remote).await)?.or(item.size);
    let mut modified = item.modified;
    // Listings by the minute are in the server's own time zone: only exact times can be compared.
    if item.modified.is_some_and(|modified| modified.precision == Precision::Second) {
        match control.modified(&item.remote).await {
            Ok(Some(at)) => modified = Some(Modified { at, precision: Precision::Second }),
            Ok(None) | Err(Fault::Refused(_)) => {}
            Err(fault) => return Err(Stopped::wire(fault, doing)),
        }
    }
    let same_time = item.modified.map(|modified| modified.at.as_second()) == modified.map(|modified| modified.at.as_second());
    if (item.size.is_none() || item.size == size) && same_time {
        return Ok(None);
    }
    Ok(Some(Facts { size, modified }))
}

/// Compares what is on disk with what the server says the file is.
async fn prove(control: &mut Control, item: &Item, bytes: u64) -> Result<Compared, Stopped> {
    if item.size == Some(bytes) {
        return Ok(Compared::Listing);
    }
    // The listing is old or had no size: ask the server now.
    match control.size(&item.remote).await {
        Ok(Some(size)) if size == bytes => Ok(Compared::Size),
        Ok(Some(size)) => Err(Stopped::Failed {
            problem: Problem::new(
                ProblemKind::Unproven,
                format!("{bytes} bytes arrived, but the server says that the file has {size}."),
            ),
            again: true,
        }),
        Ok(None) => Err(Stopped::for_good(unprovable(item.size, bytes))),
        Err(Fault::Refused(_)) => Err(Stopped::for_good(unprovable(item.size, bytes))),
        Err(fault) => Err(Stopped::wire(fault, "tell the file's size")),
    }
}

fn unprovable(listed: Option<u64>, bytes: u64) -> Problem {
    let what = match listed {
        Some(size) => format!("{bytes} bytes arrived, but the listing said {size}."),
        None => format!("{bytes} bytes arrived, but the server tells no size to compare them with."),
    };
    Problem::new(ProblemKind::Unproven, what).advise("What arrived is kept beside the target, in the .part file.")
}
