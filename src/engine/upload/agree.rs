//! Before an upload goes on where the server's file ends: whether that is the beginning of what is here.

use std::sync::atomic::Ordering;

use crate::engine::existing;
use crate::engine::item_outcome::{Outcome, Stopped};
use crate::engine::resume::{self, Course};
use crate::engine::session_context::SessionContext;
use crate::engine::upload::landing::{Landing, by_policy, look, remote_size, replacement};
use crate::ftp::Control;
use crate::model::conflict::{Facts, Resolution};
use crate::model::log::LogKind;
use crate::model::path::RemotePath;
use crate::model::queue::Item;
use crate::model::resume::{Sign, Verdict, overlap_from};
use crate::model::rules::TransferRules;
use crate::model::transfer::Form;

/// Asks a person, where that is wished, what to do with a part of a source that has changed since. `item` has the source as it was.
///
/// # Errors
/// The connection's.
pub(super) async fn on_change(
    ctx: &SessionContext,
    control: &mut Control,
    item: &Item,
    part: &RemotePath,
    now: Facts,
) -> Result<Option<Outcome>, Stopped> {
    let offset = remote_size(control, part).await?.unwrap_or(0);
    if offset == 0 || resume::course(ctx, item, is_persons(ctx, item, part, offset, now)) == Course::Anew {
        return Ok(None);
    }
    let was = Facts { size: item.size, modified: item.modified };
    resume::ask(ctx, item, offset, Sign::Facts, was, now);
    Ok(Some(Outcome::Asking))
}

/// Compares the last bytes of what is on the server with the same bytes here. Where they differ the upload begins anew, or a person is
/// asked.
///
/// # Errors
/// The connection's, or the local file's.
pub(super) async fn before_resuming(
    ctx: &SessionContext,
    rules: &TransferRules,
    control: &mut Control,
    item: &Item,
    landing: Landing,
    source: Facts,
) -> Result<Result<Landing, Outcome>, Stopped> {
    let offset = landing.offset;
    if offset == 0 {
        return Ok(Ok(landing));
    }
    if resume::is_out_of_reach(ctx, offset, &landing.part.to_string()).await {
        return anew(ctx, control, item, landing).await.map(Ok);
    }
    match resume::compare_remote(control, &landing.part, offset, &item.local).await? {
        Some(Verdict::Same) => Ok(Ok(landing)),
        None if landing.part == landing.target && !is_begun_by_us(item, Facts { size: Some(offset), modified: None }) => {
            // What could not be read may be gone: nothing is gone on with where nothing is.
            let Some(present) = look(control, &landing.target).await? else {
                return Ok(Ok(Landing { offset: 0, replaces: None, ..landing }));
            };
            by_policy(ctx, rules, control, item, source, present).await
        }
        None => {
            let what = format!("{} cannot be read back: it is gone on with by its size alone.", landing.part);
            ctx.publisher.log(0, LogKind::Note, what);
            Ok(Ok(landing))
        }
        Some(Verdict::Misplaced { beyond }) => {
            resume::remember_misplaced(ctx, overlap_from(offset), beyond).await;
            anew(ctx, control, item, landing).await.map(Ok)
        }
        Some(Verdict::Different) => {
            let is_persons = is_persons(ctx, item, &landing.part, offset, source);
            if resume::course(ctx, item, is_persons) == Course::Ask {
                resume::ask(ctx, item, offset, Sign::Bytes, source, source);
                return Ok(Err(Outcome::Asking));
            }
            if landing.part == landing.target && !is_persons {
                // Somebody else's by now, whatever was begun there.
                let present = facts(control, &landing).await?;
                return by_policy(ctx, rules, control, item, source, present).await;
            }
            let what = format!("{} is not the beginning of what is here: its last bytes differ. It begins anew.", landing.part);
            ctx.publisher.log(0, LogKind::Note, what);
            anew(ctx, control, item, landing).await.map(Ok)
        }
    }
}

/// Whether what stands under the target's own name can only be what an earlier run sent: the server took bytes of it, and no more are
/// there than were sent, or what it did with them was no good.
pub(super) fn is_begun_by_us(item: &Item, there: Facts) -> bool {
    let sent = item.moved.load(Ordering::Relaxed);
    // A text gets a byte more in each of its lines.
    let most = if item.form == Form::Text { sent.saturating_mul(2) } else { sent };
    let is_no_good = item.from_start && item.form != Form::Text;
    sent > 0 && (is_no_good || there.size.is_some_and(|size| size <= most))
}

/// What is known of the file under the target's own name.
async fn facts(control: &mut Control, landing: &Landing) -> Result<Facts, Stopped> {
    let unknown = Facts { size: Some(landing.offset), modified: None };
    Ok(look(control, &landing.target).await?.unwrap_or(unknown))
}

/// Whether what stands there is a file that was there before, which a person wants to be resumed.
fn is_persons(ctx: &SessionContext, item: &Item, part: &RemotePath, offset: u64, source: Facts) -> bool {
    let there = Facts { size: Some(offset), modified: None };
    *part == item.remote && matches!(existing::decide(ctx, item, source, there), Resolution::ResumeAt(_))
}

/// A temporary name is written over; what stands under the target's own name is replaced whole or not at all.
async fn anew(ctx: &SessionContext, control: &mut Control, item: &Item, landing: Landing) -> Result<Landing, Stopped> {
    if landing.part == landing.target {
        replacement(ctx, control, item, landing.target, Some(landing.offset)).await
    } else {
        Ok(Landing { offset: 0, ..landing })
    }
}
