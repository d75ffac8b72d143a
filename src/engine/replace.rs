//! Replacing a file on the server: temporary name, proof, rename. Whatever is cut, the target is the old file or the new one, whole.

use std::sync::atomic::Ordering;

use tokio_util::sync::CancellationToken;

use crate::engine::item_outcome::Stopped;
use crate::engine::leftovers::{self, exists};
use crate::engine::session_context::SessionContext;
use crate::engine::trouble;
use crate::ftp::{Control, Fault};
use crate::model::leftover::{Leftover, Mending};
use crate::model::log::LogKind;
use crate::model::path::RemotePath;
use crate::model::problem::{Problem, ProblemKind};
use crate::model::queue::{Item, StopWish, Target};
use crate::model::transfer::{Direction, TransferId};

/// So many temporary names are tried: a server that shows a file under any name has none that is free.
const MOST_NAMES: usize = 16;

/// A name beside another one.
pub fn sibling(path: &RemotePath, name: &str) -> Option<RemotePath> {
    path.parent()?.child(name).ok()
}

/// Why a path names no file.
pub fn unnameable(path: &RemotePath) -> Stopped {
    Stopped::for_good(Problem::new(ProblemKind::Name, format!("{path} is not a file's path.")))
}

/// A temporary name beside a target that is nobody's yet, in the record before anything is written under it.
///
/// # Errors
/// The connection's fault.
pub async fn reserve(ctx: &SessionContext, control: &mut Control, item: &Item, target: &RemotePath) -> Result<RemotePath, Stopped> {
    let target_name = target.name().unwrap_or_default();
    let mut names = temporary_names(target_name, item.id).take(MOST_NAMES);
    let (part, name) = loop {
        let Some(name) = names.next() else {
            let what = format!("No temporary name beside {target} is free, as the server says.");
            return Err(Stopped::for_good(Problem::new(ProblemKind::Refused, what)));
        };
        let part = sibling(target, &name).ok_or_else(|| unnameable(target))?;
        let there = exists(control, &part).await.map_err(|fault| Stopped::wire(fault, "look at the target"))?;
        // Somebody's file, or one of ours that is to go: this one gets a name of its own.
        if !there && ctx.leftovers.reserve(&under_way(item, target, &name)).await {
            break (part, Some(name));
        }
    };
    ctx.queue.update(|queue| queue.edit(item.id, |item| item.part.clone_from(&name)));
    if let Err(unrecorded) = ctx.recorded().await {
        ctx.leftovers.let_go(&under_way(item, target, name.as_deref().unwrap_or_default()));
        return Err(unrecorded);
    }
    Ok(part)
}

/// What an upload has under a temporary name beside its target.
fn under_way(item: &Item, target: &RemotePath, part: &str) -> Leftover {
    Leftover { site: item.site.clone(), target: target.clone(), part: part.to_owned(), aside: None, begun: None }
}

/// Temporary names for a file, in the order in which they are tried.
pub fn temporary_names(name: &str, id: TransferId) -> impl Iterator<Item = String> + Send + use<> {
    let own = format!("{name}.{}", id.0);
    let further = own.clone();
    [format!("{name}.part"), format!("{own}.part")]
        .into_iter()
        .chain((2..=u32::MAX).map(move |number| format!("{further}.{number}.part")))
}

/// Gives the proven file its name. Where the server does not rename over a file, the old one steps aside first and is deleted last:
/// a server that renames nothing has then lost nothing. What is about to be done is noted before, so that the next connection makes
/// the target whole when this one is cut.
///
/// # Errors
/// The server refuses, or the connection's fault.
pub async fn publish(
    ctx: &SessionContext,
    control: &mut Control,
    item: &Item,
    part: &RemotePath,
    target: &RemotePath,
) -> Result<(), Stopped> {
    let doing = format!("rename the finished file to {target}");
    let part_name = part.name().unwrap_or_default();
    match control.rename(part, target).await {
        Ok(()) => {
            ctx.leftovers.let_go(&under_way(item, target, part_name));
            return Ok(());
        }
        Err(Fault::Refused(_)) => {}
        Err(fault) => return Err(Stopped::wire(fault, &doing)),
    }
    let mut name = format!("{part_name}.old");
    let mut aside = sibling(target, &name).ok_or_else(|| unnameable(target))?;
    if exists(control, &aside).await.map_err(|fault| Stopped::wire(fault, &doing))? {
        name = format!("{part_name}.{}.old", item.id.0);
        aside = sibling(target, &name).ok_or_else(|| unnameable(target))?;
    }
    let left =
        Leftover { site: item.site.clone(), target: target.clone(), part: part_name.to_owned(), aside: Some(name), begun: None };
    ctx.leftovers.begin(left.clone()).await;
    match by_way_of(control, part, target, &aside).await {
        Ok(()) => {
            ctx.leftovers.forget(&left).await;
            ctx.leftovers.let_go(&under_way(item, target, part_name));
            Ok(())
        }
        Err(Cut::Refused(fault)) => {
            ctx.leftovers.forget(&left).await;
            Err(Stopped::wire(fault, &doing))
        }
        Err(Cut::Gone(fault)) => {
            ctx.leftovers.give_back(&left);
            Err(Stopped::wire(fault, &doing))
        }
        Err(Cut::Nameless(fault)) => {
            // Nothing has the target's name.
            ctx.leftovers.refused(left).await;
            let advice = format!("The old file is beside it as {aside}, the new one as {part}: rename the one that you want.");
            Err(Stopped::for_good(trouble::of_fault(&fault, &doing).advise(advice)))
        }
    }
}

/// Why a file did not get its name by way of a third one.
enum Cut {
    /// The server refuses, and the old file is where it was.
    Refused(Fault),
    /// The server refuses, and did not let the old file have its name again either.
    Nameless(Fault),
    /// The connection is gone: how far it came is not known.
    Gone(Fault),
}

impl From<Fault> for Cut {
    fn from(fault: Fault) -> Self {
        if fault.session_survives() { Self::Refused(fault) } else { Self::Gone(fault) }
    }
}

/// The old file steps aside, the new one takes its name, the old one goes.
async fn by_way_of(control: &mut Control, part: &RemotePath, target: &RemotePath, aside: &RemotePath) -> Result<(), Cut> {
    control.rename(target, aside).await?;
    if let Err(fault) = control.rename(part, target).await {
        if !matches!(fault, Fault::Refused(_)) {
            return Err(fault.into());
        }
        return match control.rename(aside, target).await {
            Ok(()) => Err(Cut::Refused(fault)),
            Err(back) if back.session_survives() => Err(Cut::Nameless(back)),
            Err(back) => Err(Cut::Gone(back)),
        };
    }
    match control.delete(aside).await {
        // The file has arrived; what is left of the old one can be seen beside it.
        Ok(()) | Err(Fault::Refused(_)) => Ok(()),
        Err(fault) => Err(fault.into()),
    }
}

/// Makes the target whole when an earlier replacement of it was cut. True when the new file had its name by then.
///
/// # Errors
/// The server refuses, or the connection's fault.
pub async fn mend(ctx: &SessionContext, control: &mut Control, item: &Item, target: &RemotePath) -> Result<bool, Stopped> {
    let Some(left) = ctx.leftovers.claim_target(&item.site, target).await else { return Ok(false) };
    let Some(aside) = left.aside_path() else { return Ok(false) };
    let doing = format!("put {target} in order");
    match leftovers::mend(ctx, control, &left, &aside).await {
        Err(fault) if !fault.session_survives() => {
            ctx.leftovers.give_back(&left);
            Err(Stopped::wire(fault, &doing))
        }
        Err(fault) => {
            ctx.leftovers.refused(left).await;
            Err(Stopped::wire(fault, &doing))
        }
        Ok(mending) => {
            ctx.leftovers.forget(&left).await;
            Ok(mending == Mending::DeleteOld)
        }
    }
}

/// Takes what has arrived of an upload away again that a person took out of the queue: what stands under a temporary name is ours, and
/// what stands under the target's own name where nothing stood before. Otherwise it may be a file that was there before: it stays.
pub async fn discard(ctx: &SessionContext, control: &mut Control, id: TransferId) {
    let Some(item) = ctx.queue.read(|queue| queue.get(id).map(std::borrow::Cow::into_owned)) else { return };
    if item.wish != Some(StopWish::Remove) || item.direction != Direction::Upload {
        return;
    }
    let left = leftovers::part_of(&item);
    let path = match &left {
        Some(left) => left.part_path(),
        None => (item.part.is_some() && item.moved.load(Ordering::Relaxed) > 0).then(|| item.remote.clone()),
    };
    let Some(path) = path else { return };
    if !control.is_poisoned() {
        // The token of the transfer has fired.
        control.set_cancel(CancellationToken::new());
    }
    let begun = leftovers::begun_of(&item);
    if (left.is_some() || is_own(control, &item, begun.as_ref()).await) && !control.is_poisoned() {
        let deleted = control.delete(&path).await;
        if deleted.as_ref().err().is_none_or(Fault::session_survives) {
            // Nobody else is to try it.
            ctx.queue.update(|queue| queue.edit(id, |item| item.part = None));
            if let Some(left) = &left {
                ctx.leftovers.let_go(left);
            }
            return match deleted {
                Ok(()) => leftovers::taken_away(ctx, &path),
                Err(fault) => {
                    ctx.publisher.log(0, LogKind::Problem, trouble::of_fault(&fault, &format!("delete {path}")).sentence());
                }
            };
        }
    }
    // What is ours is taken away by another connection, as the item leaves the queue.
    let is_left = left.is_some() || (begun.is_some() && control.is_poisoned());
    if !is_left {
        ctx.queue.update(|queue| queue.edit(id, |item| item.part = None));
        leftovers::stays(ctx, &path);
    }
}

/// Whether what stands under the target's own name is what was sent: nothing stood there as it began, and no more is there than was
/// sent. When it was not this run that began, its end must be the source's too: another file may have come in its place.
async fn is_own(control: &mut Control, item: &Item, begun: Option<&Leftover>) -> bool {
    if control.is_poisoned() {
        return false;
    }
    if item.target == Target::Absent {
        return matches!(control.size(&item.remote).await, Ok(Some(size)) if size <= item.moved.load(Ordering::Relaxed));
    }
    match begun.and_then(|left| left.begun.as_ref()) {
        Some(begun) => leftovers::is_beginning(control, &item.remote, begun).await.unwrap_or(false),
        None => false,
    }
}
