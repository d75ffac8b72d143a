//! RETR into memory, a `.part` or a file that is resumed; the bytes before an offset are compared first.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use crate::engine::copy::{self, CopyFault, SMALL};
use crate::engine::download::landing::{Kind, Landing, on_disk, open_fresh, open_part};
use crate::engine::download::local_part::Lasts;
use crate::engine::download::split::{self, Split};
use crate::engine::item_outcome::{Outcome, Stopped, break_off, refuses_offset};
use crate::engine::session_context::SessionContext;
use crate::engine::{proof, resume};
use crate::ftp::Control;
use crate::model::checksum::HashUse;
use crate::model::conflict::{Facts, OnExists};
use crate::model::log::LogKind;
use crate::model::queue::Item;
use crate::model::ranges::Ranges;
use crate::model::receipt::TlsProof;
use crate::model::resume::{Sign, Verdict, overlap_from};
use crate::model::rules::TransferRules;
use crate::model::transfer::Direction;

/// All bytes of a file, not proven yet.
pub struct Fetched {
    /// The closing reply's words.
    pub reply: String,
    /// TLS of the data connection that brought the last of them.
    pub tls: Option<TlsProof>,
    /// How many there are.
    pub bytes: u64,
    /// Where they are.
    pub at: Where,
    /// Where they are to be.
    pub target: PathBuf,
    /// Whether a file under that name is to be replaced.
    pub replaces: bool,
}

/// Where fetched bytes are.
pub enum Where {
    /// In a file.
    Part(PathBuf),
    /// Nowhere else: there are few of them.
    Memory(Vec<u8>),
}

/// How one attempt ended that did not end in a failure.
enum Tried {
    Fetched(Fetched),
    /// All of our own file has to come again.
    Anew,
    Outcome(Outcome),
}

/// Fetches all that is missing, or finds that a person has to be asked.
pub async fn fetch(
    ctx: &Arc<SessionContext>,
    rules: &TransferRules,
    control: &mut Control,
    item: &Item,
    mut landing: Landing,
) -> Result<Result<Fetched, Outcome>, Stopped> {
    let mut may_split = split::is_worth_it(ctx, rules, item).await;
    loop {
        let offset = match landing.kind {
            Kind::Ours { offset, .. } | Kind::Target { offset } => offset,
            Kind::Fresh | Kind::Ranges { .. } => 0,
        };
        // Without REST in the way all is as it was.
        if overlap_from(offset) > 0 && resume::is_out_of_reach(ctx, offset, &item.remote.to_string()).await {
            begin_anew(ctx, item, &landing).await?;
            landing.kind = anew(landing.kind);
        }
        landing.kind = match landing.kind {
            Kind::Ours { part, offset } if may_split => {
                let ranges = Ranges::whole(item.size.unwrap_or(0), offset);
                Kind::Ranges { part, ranges }
            }
            kind => kind,
        };
        match &landing.kind {
            Kind::Ranges { part, ranges } => match split::fetch(ctx, control, item, part, ranges.clone(), may_split).await? {
                Split::Whole(reply) => {
                    let tls = control.data_tls();
                    let fetched = whole(ctx, reply, tls, part.clone(), landing.target, landing.replaces).await?;
                    return Ok(Ok(fetched));
                }
                Split::Outcome(outcome) => return Ok(Err(outcome)),
                Split::Anew => {}
            },
            Kind::Fresh if may_split => {
                let (file, part) = open_fresh(ctx, item, &landing.target, Lasts::Long)
                    .await
                    .map_err(|error| Stopped::disk(&error, "write", &landing.target))?;
                drop(file);
                landing.kind = Kind::Ours { part, offset: 0 };
                continue;
            }
            _ => match once(ctx, rules, control, item, &landing).await? {
                Tried::Fetched(fetched) => return Ok(Ok(fetched)),
                Tried::Outcome(outcome) => return Ok(Err(outcome)),
                Tried::Anew => {}
            },
        }
        begin_anew(ctx, item, &landing).await?;
        landing.kind = anew(landing.kind);
        may_split = false;
    }
}

/// What is written to when nothing of what is there is gone on with.
fn anew(kind: Kind) -> Kind {
    match kind {
        Kind::Ranges { part, .. } | Kind::Ours { part, .. } => Kind::Ours { part, offset: 0 },
        Kind::Target { .. } | Kind::Fresh => Kind::Fresh,
    }
}

/// What is in the file at the end of a fetch.
async fn whole(
    ctx: &SessionContext,
    reply: String,
    tls: Option<TlsProof>,
    part: PathBuf,
    target: PathBuf,
    replaces: bool,
) -> Result<Fetched, Stopped> {
    ctx.publisher.wake();
    let facts = on_disk(part.clone(), |path| std::fs::metadata(path)).await;
    let bytes = facts.map_err(|error| Stopped::disk(&error, "read", &part))?.len();
    Ok(Fetched { reply, tls, bytes, at: Where::Part(part), target, replaces })
}

/// One RETR over this connection.
async fn once(
    ctx: &Arc<SessionContext>,
    rules: &TransferRules,
    control: &mut Control,
    item: &Item,
    landing: &Landing,
) -> Result<Tried, Stopped> {
    let (part, offset) = match &landing.kind {
        Kind::Ours { part, offset } => (Some(part.clone()), *offset),
        Kind::Target { offset } => (Some(landing.target.clone()), *offset),
        Kind::Fresh | Kind::Ranges { .. } => (None, 0),
    };
    if let Some(part) = part.as_ref().filter(|_| item.size == Some(offset) && offset > 0) {
        // All bytes came before the connection went; only the proof was missing.
        let reply = "all bytes were there".to_owned();
        let fetched = Fetched {
            reply,
            tls: None,
            bytes: offset,
            at: Where::Part(part.clone()),
            target: landing.target.clone(),
            replaces: landing.replaces,
        };
        return Ok(Tried::Fetched(fetched));
    }
    let doing = format!("send {}", item.remote);
    let from = overlap_from(offset);
    let small = item.size.and_then(|size| usize::try_from(size).ok()).filter(|size| *size <= SMALL);
    if small.is_some() {
        control.next_is_small();
    }
    let mut data = match control.retrieve(&item.remote, from).await {
        Ok(data) => data,
        // With a file of at most the overlap nothing was asked for that could be refused.
        Err(fault) if from > 0 && refuses_offset(&fault) => {
            // The next try begins anew. A person's own file stays as it is until all of the new one is there.
            begin_anew(ctx, item, landing).await?;
            return Err(Stopped::no_restart(&fault));
        }
        Err(fault) => return Err(Stopped::wire(fault, &doing)),
    };
    if let Some(part) = part.as_ref().filter(|_| offset > 0) {
        let came = match resume::read_exactly(&mut data, offset - from).await {
            Ok(came) => came,
            Err(fault) => return Err(break_off(data, fault.into(), "read", part).await),
        };
        let verdict = match resume::compare(from, came, part.clone()).await {
            Ok(verdict) => verdict,
            Err(error) => {
                drop(data.stop().await);
                return Err(Stopped::disk(&error, "read", part));
            }
        };
        if verdict != Verdict::Same {
            let stopped = data.stop().await;
            let tried = disagrees(ctx, item, landing, offset, verdict).await;
            return match (stopped, tried) {
                (Err(fault), Tried::Anew) => {
                    // The next connection must not find the old bytes.
                    begin_anew(ctx, item, landing).await?;
                    Err(Stopped::ConnectionGone(fault))
                }
                (_, tried) => Ok(tried),
            };
        }
    }
    item.moved.store(offset, Ordering::Relaxed);
    let mut flow = ctx.pace.flow(Direction::Download);
    let mut head = Vec::new();
    if let Some(size) = small.filter(|_| part.is_none() && rules.hashes == HashUse::Off) {
        match copy::receive_into(&mut data, &mut head, size, &item.moved, &mut flow).await {
            Ok(true) => {
                let reply = data.finish().await.map_err(|fault| Stopped::wire(fault, &doing))?.words();
                ctx.publisher.wake();
                let bytes = head.len() as u64;
                let (target, replaces) = (landing.target.clone(), landing.replaces);
                let (tls, at) = (control.data_tls(), Where::Memory(head));
                return Ok(Tried::Fetched(Fetched { reply, tls, bytes, at, target, replaces }));
            }
            // More came than the listing said: it goes to the disk like any other.
            Ok(false) => {}
            Err(fault) => return Err(break_off(data, fault.into(), "write", &landing.target).await),
        }
    }
    let opened = match part {
        Some(part) => open_part(&part, offset, item.size).await.map(|file| (file, part)),
        None => open_fresh(ctx, item, &landing.target, Lasts::Long).await,
    };
    let (mut file, part) = match opened {
        Ok(opened) => opened,
        Err(error) => {
            drop(data.stop().await);
            return Err(Stopped::disk(&error, "write", &landing.target));
        }
    };
    if !head.is_empty() {
        file = match on_disk(part.clone(), move |_| file.write_all(&head).map(|()| file)).await {
            Ok(file) => file,
            Err(error) => {
                drop(data.stop().await);
                return Err(Stopped::disk(&error, "write", &part));
            }
        };
    }
    // What the server itself speaks against is not gone on with.
    let denied = Landing {
        target: landing.target.clone(),
        kind: if part == landing.target { Kind::Target { offset } } else { Kind::Ours { part: part.clone(), offset } },
        replaces: landing.replaces,
    };
    if let Err(fault) = copy::receive(&mut data, file, &item.moved, flow).await {
        let is_all_there = item.size.is_some_and(|size| item.moved.load(Ordering::Relaxed) >= size);
        let is_denied = is_all_there && matches!(&fault, CopyFault::Wire(fault) if proof::denies(fault));
        let stopped = break_off(data, fault, "write", &part).await;
        if is_denied {
            begin_anew(ctx, item, &denied).await?;
        }
        return Err(stopped);
    }
    let reply = match data.finish().await {
        Ok(reply) => reply.words(),
        Err(fault) => {
            if proof::denies(&fault) {
                begin_anew(ctx, item, &denied).await?;
            }
            return Err(Stopped::wire(fault, &doing));
        }
    };
    let tls = control.data_tls();
    Ok(Tried::Fetched(whole(ctx, reply, tls, part, landing.target.clone(), landing.replaces).await?))
}

/// The bytes before the offset are not those that are here.
async fn disagrees(ctx: &SessionContext, item: &Item, landing: &Landing, offset: u64, verdict: Verdict) -> Tried {
    let is_persons = matches!(landing.kind, Kind::Target { .. });
    if let Verdict::Misplaced { beyond } = verdict {
        resume::remember_misplaced(ctx, overlap_from(offset), beyond).await;
    } else if resume::course(ctx, item, is_persons) == resume::Course::Ask {
        let source = Facts { size: item.size, modified: item.modified };
        resume::ask(ctx, item, offset, Sign::Bytes, source, source);
        return Tried::Outcome(Outcome::Asking);
    } else {
        let what = format!("{} is not what was begun: the last bytes that are here differ. It begins anew.", item.remote);
        ctx.publisher.log(0, LogKind::Note, what);
    }
    Tried::Anew
}

/// Nothing of what is here is gone on with. A person's own file stays as it is until all of the new one is there.
async fn begin_anew(ctx: &SessionContext, item: &Item, landing: &Landing) -> Result<(), Stopped> {
    let empty = async |part: &Path| {
        let emptied = open_part(part, 0, None).await;
        emptied.map(drop).map_err(|error| Stopped::disk(&error, "write", part))
    };
    match &landing.kind {
        Kind::Target { .. } => ctx.queue.update(|queue| queue.edit(item.id, |item| item.on_exists = OnExists::Overwrite)),
        Kind::Ours { part, .. } | Kind::Ranges { part, .. } => {
            ctx.queue.update(|queue| queue.edit(item.id, |item| item.ranges = None));
            empty(part).await?;
        }
        Kind::Fresh => {}
    }
    Ok(())
}
