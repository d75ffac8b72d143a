//! What the server has of a file that is edited here: looked at before it is fetched, and before what was made of it gets its name.

use std::sync::atomic::Ordering;

use crate::engine::existing;
use crate::engine::item_outcome::{Outcome, Stopped};
use crate::engine::leftovers;
use crate::engine::session_context::SessionContext;
use crate::engine::upload::look;
use crate::ftp::{Control, Fault};
use crate::model::conflict::{Facts, OnExists, Resolution};
use crate::model::edited::Basis;
use crate::model::path::RemotePath;
use crate::model::queue::{Item, Target};

/// Notes what the file is like before any of it comes: what somebody makes of it from here on is seen as a change. Returns the item with
/// what was found out; nothing for one that is not fetched to be edited.
///
/// # Errors
/// The connection's fault.
pub async fn note_before_fetch(ctx: &SessionContext, control: &mut Control, item: &Item) -> Result<Option<Item>, Stopped> {
    let Some(basis) = item.basis else { return Ok(None) };
    // One that is not there fails as it is fetched, with the server's words.
    let Some(facts) = look(control, &item.remote).await? else { return Ok(None) };
    let learn = |item: &mut Item| {
        item.basis = Some(Basis { facts, ..basis });
        if item.size.is_none() {
            (item.size, item.modified) = (facts.size, facts.modified);
        }
    };
    ctx.queue.update(|queue| queue.edit(item.id, learn));
    let mut known = item.clone();
    learn(&mut known);
    Ok(Some(known))
}

/// Gives what was sent the permissions of the file that it takes the place of, and tells what it is like: under a name of its own nobody
/// else has written to it. Nothing for what is not edited.
///
/// # Errors
/// The connection's fault.
pub async fn of_sent(control: &mut Control, item: &Item, sent: &RemotePath) -> Result<Option<Basis>, Stopped> {
    let Some(basis) = item.basis else { return Ok(None) };
    if let Some(mode) = basis.mode {
        match control.set_mode(sent, mode).await {
            // Many servers have no such command; the file is there all the same.
            Ok(()) | Err(Fault::Refused(_)) => {}
            Err(fault) => return Err(Stopped::wire(fault, "set the file's permissions")),
        }
    }
    let facts = look(control, sent).await?.unwrap_or(basis.facts);
    Ok(Some(Basis { facts, ..basis }))
}

/// Notes what the server has from now on. Not before it has its name: until then the other one is there.
pub fn note(ctx: &SessionContext, item: &Item, basis: Option<Basis>) {
    if basis.is_some() {
        ctx.queue.update(|queue| queue.edit(item.id, |item| item.basis = basis));
    }
}

/// Looks once more before an edited file takes the target's place: sending may have taken long, with a lost connection in between. When
/// somebody changed the target meanwhile, a person is asked, and what was sent is taken away: the answer may not want it.
///
/// # Errors
/// The connection's fault.
pub async fn ask_when_changed(
    ctx: &SessionContext,
    control: &mut Control,
    item: &Item,
    source: Facts,
    target: &RemotePath,
) -> Result<Option<Outcome>, Stopped> {
    if item.basis.is_none() || item.on_exists != OnExists::Ask {
        return Ok(None);
    }
    let Some(present) = look(control, target).await? else { return Ok(None) };
    if existing::decide(ctx, item, source, present) != Resolution::Ask {
        return Ok(None);
    }
    let left = ctx.queue.read(|queue| queue.get(item.id).and_then(|item| leftovers::part_of(&item)));
    ctx.leftovers.add(left.into_iter().collect()).await;
    ctx.queue.update(|queue| {
        queue.edit(item.id, |item| {
            (item.target, item.part, item.is_new) = (Target::Present(present), None, false);
            item.moved.store(0, Ordering::Relaxed);
        });
    });
    existing::ask(ctx, item, source, present);
    Ok(Some(Outcome::Asking))
}
