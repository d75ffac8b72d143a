//! Both sides of a target that exists, read over a connection of their own until they differ: the question's dialog shows where.

use std::io::{self, Read};
use std::path::PathBuf;
use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use crate::engine::event::{EventBody, QuestionId};
use crate::engine::lane::Connection;
use crate::engine::local;
use crate::engine::session_context::SessionContext;
use crate::engine::trouble;
use crate::ftp::{Control, Fault};
use crate::model::difference::{self, BOUND, Difference};
use crate::model::path::RemotePath;
use crate::model::problem::{Problem, ProblemKind};

/// What is read behind the first difference, so that the line around it can be shown.
const BEHIND: usize = 256;
/// The connection's number in the log: beside those of the lanes.
const NUMBER: u16 = 99;

/// Compares beside everything else and publishes what was found; the token ends it.
pub fn begin(ctx: &Arc<SessionContext>, question: QuestionId, local: PathBuf, remote: RemotePath) -> CancellationToken {
    let (ctx, cancel) = (Arc::clone(ctx), ctx.stop.child_token());
    let ended = cancel.clone();
    tokio::spawn(async move {
        let result = run(&ctx, local, &remote, &cancel).await;
        if !cancel.is_cancelled() {
            ctx.publisher.publish(EventBody::Compared { question, result });
        }
    });
    ended
}

/// Compares the beginnings of both files, [`BOUND`] bytes at most.
///
/// # Errors
/// A side that cannot be read, or no connection to be had.
async fn run(
    ctx: &Arc<SessionContext>,
    local: PathBuf,
    remote: &RemotePath,
    cancel: &CancellationToken,
) -> Result<Difference, Problem> {
    let shown = local.clone();
    let here = tokio::task::spawn_blocking(move || beginning(&local))
        .await
        .unwrap_or_else(|error| Err(io::Error::other(error)))
        .map_err(|error| trouble::of_disk(&error, "read", &shown))?;
    let place = ctx.reserve_beside().ok_or_else(|| {
        Problem::new(ProblemKind::Connect, "The server allows no further connection at the moment.")
            .advise("Compare again when a transfer has ended.")
    })?;
    let failed = |fault: Fault| trouble::of_fault(&fault, &format!("send {remote}"));
    let turn = ctx.turn_to_dial().await;
    let mut open = Connection::open(ctx, NUMBER, place, cancel).await.map_err(failed)?;
    drop(turn);
    let found = against(&mut open.control, remote, &here).await;
    open.control.quit().await;
    found.map_err(failed)
}

/// The first bytes of a file, one more than is compared: so its end is seen.
fn beginning(path: &std::path::Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    local::open(path)?.take(BOUND as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

async fn against(control: &mut Control, remote: &RemotePath, here: &[u8]) -> Result<Difference, Fault> {
    let mut data = control.retrieve(remote, 0).await?;
    let mut there = Vec::new();
    let mut chunk = vec![0; 32 << 10];
    let mut same = 0;
    let mut at = None;
    let mut ended = false;
    loop {
        // Only what both sides have is compared before the end: the rest of a side is no difference yet.
        if at.is_none() {
            let both = here.len().min(there.len()).min(BOUND);
            at = difference::first(here.get(..both).unwrap_or_default(), there.get(..both).unwrap_or_default(), same);
            same = both;
            if at.is_none() && there.len() > here.len() {
                at = Some(here.len());
            }
        }
        let enough = match at {
            Some(at) => there.len() >= at + BEHIND,
            None => there.len() > BOUND,
        };
        if enough {
            break;
        }
        let count = data.read(&mut chunk).await?;
        if count == 0 {
            ended = true;
            break;
        }
        there.extend_from_slice(chunk.get(..count).unwrap_or_default());
    }
    if ended {
        data.finish().await?;
        at = at.or_else(|| (here.len() > there.len()).then_some(there.len()));
    } else {
        // What a server says to a transfer that was broken off does not change what was read.
        drop(data.stop().await);
    }
    Ok(match at.filter(|at| *at < BOUND) {
        Some(at) => difference::describe(here, &there, at),
        None if ended && here.len() <= BOUND => Difference::Same { bytes: there.len() as u64 },
        None => Difference::SameSoFar { bytes: BOUND as u64 },
    })
}
