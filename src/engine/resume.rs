//! Going on with a file that is there in part: the overlap is compared first, and a person is asked where the source has changed.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use crate::engine::command::Answer;
use crate::engine::event::{EventBody, Question};
use crate::engine::item_outcome::{Stopped, break_off};
use crate::engine::lane_thread::on_disk;
use crate::engine::local;
use crate::engine::session_context::SessionContext;
use crate::engine::settle;
use crate::ftp::{Control, Data, Fault};
use crate::model::conflict::{Facts, OnExists};
use crate::model::format::size as in_words;
use crate::model::host::HostFacts;
use crate::model::log::LogKind;
use crate::model::path::RemotePath;
use crate::model::queue::Item;
use crate::model::resume::{self, Sign, SourceChanged, Verdict, WhenChanged};
use crate::model::transfer::{SkipReason, TransferState};

/// What is done about a source that has changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Course {
    /// All of it is transferred.
    Anew,
    /// A person is asked.
    Ask,
}

/// What is done when the source of an item has changed since a part of it was transferred; `persons_own` says whether that part is a
/// file that was there before.
pub fn course(ctx: &SessionContext, item: &Item, persons_own: bool) -> Course {
    // "Overwrite" is what the answer "start anew" becomes.
    if item.on_exists != OnExists::Overwrite && (persons_own || ctx.settings().source_changed == SourceChanged::Ask) {
        Course::Ask
    } else {
        Course::Anew
    }
}

/// Asks in the background; the item waits as `Asking` and goes back into the queue with the answer. `was` is the source that the part
/// came from, `now` the one that is there.
pub fn ask(ctx: &SessionContext, item: &Item, offset: u64, sign: Sign, was: Facts, now: Facts) {
    ctx.queue.update(|queue| {
        // Until it is answered the item remembers the source that its bytes came from.
        queue.edit(item.id, |item| (item.size, item.modified) = (was.size, was.modified));
        queue.set_state(item.id, TransferState::Asking);
    });
    let question = Question::Changed {
        transfer: item.id,
        direction: item.direction,
        local: item.local.clone(),
        remote: item.remote.clone(),
        offset,
        sign,
        was,
        now,
    };
    let id = item.id;
    let (queue, questions, publisher, stop) = (ctx.queue.clone(), ctx.questions.clone(), ctx.publisher.clone(), ctx.stop.clone());
    let leftovers = ctx.leftovers.clone();
    ctx.runtime.spawn(async move {
        let answer = tokio::select! {
            answer = questions.ask(&publisher, question) => Some(answer),
            () = stop.cancelled() => None,
            () = queue.asks_no_more(id) => return,
        };
        if queue.is_asking(id) && answer == Some(Answer::Changed(WhenChanged::Skip)) {
            settle::skip(&queue, &leftovers, id, SkipReason::Changed).await;
            publisher.wake();
            return;
        }
        queue.update(|queue| {
            if queue.get(id).is_none_or(|item| item.state != TransferState::Asking) {
                return;
            }
            match answer {
                Some(Answer::Changed(WhenChanged::Anew)) => {
                    queue.edit(id, |item| item.on_exists = OnExists::Overwrite);
                    queue.put_back(id, None);
                }
                Some(Answer::Changed(WhenChanged::Resume)) => {
                    // From now on the new one is the source that is gone on with.
                    queue.edit(id, |item| (item.size, item.modified) = (now.size, now.modified));
                    queue.put_back(id, None);
                }
                // No answer is no failure, and what has come is not thrown away for it: it is asked again when it goes on.
                Some(_) => queue.set_state(id, TransferState::Paused),
                // The session was left with the question open: it is asked again next time.
                None => queue.put_back(id, None),
            }
        });
        publisher.wake();
    });
}

/// Whether the host is known to get offsets as large as this one wrong; says so then.
pub async fn is_out_of_reach(ctx: &SessionContext, offset: u64, what: &str) -> bool {
    let limit = ctx.keeper.host(&ctx.site).await.rest_limit;
    let beyond = limit.is_some_and(|limit| offset > limit);
    if beyond {
        ctx.publisher.log(
            0,
            LogKind::Note,
            format!("{what} begins anew: this server is known not to go on at {}.", in_words(offset)),
        );
    }
    beyond
}

/// The server began somewhere else than where it was asked to: says so, and remembers it of the host.
pub async fn remember_misplaced(ctx: &SessionContext, asked: u64, beyond: u64) {
    let what = if beyond == 0 {
        "This server says that it goes on in the middle of a file, and begins at the start.".to_owned()
    } else {
        format!("This server goes wrong beyond {} GiB: asked to go on at {}, it began elsewhere.", beyond >> 30, in_words(asked))
    };
    ctx.publisher.log(0, LogKind::Problem, format!("{what} The file is transferred anew."));
    let learn = move |facts: &mut HostFacts| facts.rest_limit = Some(facts.rest_limit.map_or(beyond, |limit| limit.min(beyond)));
    if let Some(problem) = ctx.keeper.relearn(&ctx.site, learn).await {
        ctx.publisher.publish(EventBody::Trouble(problem));
    }
}

/// Reads `length` bytes; fewer when the data ends before.
///
/// # Errors
/// The connection's.
pub async fn read_exactly(data: &mut Data<'_>, length: u64) -> Result<Vec<u8>, Fault> {
    let mut bytes = vec![0; usize::try_from(length).unwrap_or(usize::MAX)];
    let mut count = 0;
    while let Some(room) = bytes.get_mut(count..).filter(|room| !room.is_empty()) {
        match data.read(room).await? {
            0 => break,
            more => count += more,
        }
    }
    bytes.truncate(count);
    Ok(bytes)
}

/// Compares what a server sent `from` an offset on with the file here.
///
/// # Errors
/// The file cannot be read.
pub async fn compare(from: u64, came: Vec<u8>, ours: PathBuf) -> io::Result<Verdict> {
    let judge = move || {
        let mut file = local::open(&ours)?;
        Ok(resume::judge(from, &came, |place| read_at(&mut file, place, came.len())))
    };
    on_disk(judge).await
}

/// So many bytes of a file; `None` when there are not as many.
fn read_at(file: &mut File, place: u64, length: usize) -> Option<Vec<u8>> {
    let mut bytes = vec![0; length];
    file.seek(SeekFrom::Start(place)).ok()?;
    file.read_exact(&mut bytes).ok()?;
    Some(bytes)
}

/// Compares the end of a file on the server, of which `offset` bytes are there, with the same bytes here. `None` when the server lets
/// nobody read it back.
///
/// # Errors
/// The connection's, or the local file's.
pub async fn compare_remote(
    control: &mut Control,
    remote: &RemotePath,
    offset: u64,
    local: &Path,
) -> Result<Option<Verdict>, Stopped> {
    let from = resume::overlap_from(offset);
    let mut data = match control.retrieve(remote, from).await {
        Ok(data) => data,
        Err(Fault::Refused(_) | Fault::DataConnection { .. }) => return Ok(None),
        Err(fault) => return Err(Stopped::wire(fault, "read back what it has")),
    };
    // One more than there should be: a server that begins elsewhere goes on.
    let came = match read_exactly(&mut data, offset - from + 1).await {
        Ok(came) => came,
        Err(fault) => return Err(break_off(data, fault.into(), "read", local).await),
    };
    let is_longer = came.len() as u64 > offset - from;
    let ended = if is_longer { data.stop().await } else { data.finish().await.map(drop) };
    match ended {
        Ok(()) | Err(Fault::Refused(_) | Fault::DataConnection { .. }) => {}
        Err(fault) => return Err(Stopped::wire(fault, "read back what it has")),
    }
    let came = came.into_iter().take(usize::try_from(offset - from).unwrap_or(usize::MAX)).collect();
    let verdict = compare(from, came, local.to_owned()).await.map_err(|error| Stopped::disk(&error, "read", local))?;
    Ok(Some(if is_longer && verdict == Verdict::Same { Verdict::Different } else { verdict }))
}
