//! "Verify against server": compares local files with the server's by listing and checksum, on a connection of its own where there is room for one.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use tokio::sync::mpsc::UnboundedSender;
use tokio_util::sync::CancellationToken;

use crate::engine::event::EventBody;
use crate::engine::item_outcome::Stopped;
use crate::engine::lane::Connection;
use crate::engine::local;
use crate::engine::proof::{self, Checked};
use crate::engine::publish::Publisher;
use crate::engine::session_context::SessionContext;
use crate::engine::session_handle::SessionCommand;
use crate::engine::trouble;
use crate::ftp::{Control, Fault};
use crate::model::checksum::HashUse;
use crate::model::clock::Ahead;
use crate::model::composed::name_there;
use crate::model::conflict::Facts;
use crate::model::entry::{Entry, EntryKind};
use crate::model::leave_out::LeaveOut;
use crate::model::listing::Listing;
use crate::model::path::RemotePath;
use crate::model::readable::{by_reading, readable};
use crate::model::transfer::Direction;
use crate::model::verify::{Difference, Finding, Pair, Row, Times, Verification, by_size};

/// How often progress is told.
const TELL: Duration = Duration::from_millis(200);
/// The number of the connection in the log.
const NUMBER: u16 = 98;

/// What is to be compared.
#[derive(Clone, Debug)]
pub struct Request {
    /// Files and folders here, each with its other one.
    pub pairs: Vec<Pair>,
    /// Whether checksums are compared too.
    pub hashes: HashUse,
    /// What transfers leave out of folders: it is not missed on the other side.
    pub leave_out: LeaveOut,
    /// Ends it.
    pub stop: CancellationToken,
    /// Whether the browsing connection does it: then its work is what is broken off.
    pub is_browsing: Arc<AtomicBool>,
}

/// Compares on a connection of its own; without room for one, or when the host takes no more, on the browsing connection.
pub async fn run(ctx: Arc<SessionContext>, request: Request, browsing: UnboundedSender<SessionCommand>) {
    match own_connection(&ctx, &request.stop).await {
        Some(mut open) => {
            open.control.set_cancel(request.stop.clone());
            if perform(&ctx, &mut open.control, &request).await.is_ok() {
                open.control.quit().await;
            }
        }
        None if request.stop.is_cancelled() => publish(&ctx.publisher, broken_off(Verification::default(), &Fault::Cancelled)),
        // A session that is over hears nothing: then there is nobody to tell either.
        None => {
            request.is_browsing.store(true, Ordering::Release);
            drop(browsing.send(SessionCommand::Verify(request)));
        }
    }
}

async fn own_connection(ctx: &Arc<SessionContext>, stop: &CancellationToken) -> Option<Connection> {
    if ctx.is_shared() {
        return None;
    }
    let turn = ctx.turn_to_dial().await?;
    let place = ctx.reserve()?;
    let opened = Connection::open(ctx, NUMBER, place, stop).await;
    drop(turn);
    opened.ok()
}

/// Compares on a connection, tells how far it is, and publishes the result, also one that was broken off.
///
/// # Errors
/// The fault that the connection did not survive.
pub async fn perform(ctx: &SessionContext, control: &mut Control, request: &Request) -> Result<(), Fault> {
    let mut walk = Walk {
        publisher: &ctx.publisher,
        told: Instant::now(),
        result: Verification::default(),
        hashes: request.hashes,
        leave_out: &request.leave_out,
        ahead: ctx.clock.ahead(Direction::Upload),
    };
    walk.tell();
    let outcome = walk.pairs(control, &request.pairs, &request.stop).await;
    let mut result = walk.result;
    result.rows.sort_by(|one, other| one.path.cmp(&other.path));
    let (result, outcome) = match outcome {
        Ok(()) => (result, Ok(())),
        Err(fault) if fault.session_survives() => (broken_off(result, &fault), Ok(())),
        Err(fault) => (broken_off(result, &fault), Err(fault)),
    };
    publish(&ctx.publisher, result);
    outcome
}

fn publish(publisher: &Publisher, result: Verification) {
    publisher.publish(EventBody::Verified(Arc::new(result)));
}

fn broken_off(result: Verification, fault: &Fault) -> Verification {
    let why = match fault {
        Fault::Cancelled => "It was stopped.".to_owned(),
        fault => trouble::of_fault(fault, "go on").sentence(),
    };
    Verification { broken_off: Some(why), ..result }
}

/// A comparison that is under way.
struct Walk<'a> {
    publisher: &'a Publisher,
    told: Instant,
    result: Verification,
    hashes: HashUse,
    leave_out: &'a LeaveOut,
    /// By how much the server's clock is ahead.
    ahead: Ahead,
}

impl Walk<'_> {
    fn tell(&mut self) {
        self.told = Instant::now();
        self.publisher.publish(EventBody::Verifying { tally: self.result.tally });
    }

    fn push(&mut self, row: Row) {
        self.result.push(row);
        if self.told.elapsed() >= TELL {
            self.tell();
        }
    }

    async fn pairs(&mut self, control: &mut Control, pairs: &[Pair], stop: &CancellationToken) -> Result<(), Fault> {
        let several = pairs.len() > 1;
        for pair in pairs {
            let name = pair.local.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            let local = pair.local.clone();
            let is_folder = blocking(move || std::fs::metadata(local).map(|facts| facts.is_dir()).ok()).await.flatten();
            match is_folder {
                Some(true) => {
                    // The content of one folder stands without its name.
                    let below = if several { format!("{name}/") } else { String::new() };
                    self.folder(control, &pair.local, &pair.remote, below, stop).await?;
                }
                is_file => self.alone(control, pair, name, is_file.is_some()).await?,
            }
        }
        Ok(())
    }

    /// A file that was chosen by itself, or something that is on the server only.
    async fn alone(&mut self, control: &mut Control, pair: &Pair, name: String, is_here: bool) -> Result<(), Fault> {
        let there = match pair.remote.parent().zip(pair.remote.name()) {
            Some((folder, wanted)) => match control.list(&folder).await {
                Ok(listing) => listing.entries.into_iter().find(|entry| entry.name == wanted),
                Err(Fault::Refused(_)) => None,
                Err(fault) => return Err(fault),
            },
            None => None,
        };
        let path = pair.local.clone();
        let here = if is_here {
            let facts = blocking(move || std::fs::metadata(path).ok()).await.flatten();
            facts.map(|facts| Facts { size: Some(facts.len()), modified: local::modified(&facts) })
        } else {
            None
        };
        let path = if there.as_ref().is_some_and(|entry| entry.kind == EntryKind::Dir) { format!("{name}/") } else { name };
        match (here, there) {
            (Some(here), Some(there)) => self.both(control, path, &pair.local, &pair.remote, here, &there).await,
            (Some(here), None) => {
                self.push(Row { path, finding: Finding::OnlyHere, here: Some(here), there: None });
                Ok(())
            }
            (None, Some(there)) => {
                self.push(Row { path, finding: Finding::OnlyThere, here: None, there: Some(facts_of(&there)) });
                Ok(())
            }
            (None, None) => Ok(()),
        }
    }

    /// A folder that is here, and all that is in it on either side, one folder after the other.
    async fn folder(
        &mut self,
        control: &mut Control,
        local: &Path,
        remote: &RemotePath,
        below: String,
        stop: &CancellationToken,
    ) -> Result<(), Fault> {
        let mut open = vec![(local.to_owned(), remote.clone(), below)];
        while let Some((local, remote, below)) = open.pop() {
            if stop.is_cancelled() {
                return Err(Fault::Cancelled);
            }
            let folder = local.clone();
            let here = match blocking(move || local::list(&folder)).await {
                Some(Ok(listing)) => listing,
                Some(Err(problem)) => {
                    self.push(Row { path: below, finding: Finding::Unprovable(problem.sentence()), here: None, there: None });
                    continue;
                }
                None => continue,
            };
            let there = match control.list(&remote).await {
                Ok(listing) => listing,
                Err(Fault::Refused(_)) => {
                    self.push(Row { path: below, finding: Finding::OnlyHere, here: None, there: None });
                    continue;
                }
                Err(fault) => return Err(fault),
            };
            let folders = self.level(control, (&local, here), (&remote, there), &below).await?;
            open.extend(folders);
        }
        Ok(())
    }

    /// What is directly in a folder; returns the folders that are on both sides.
    async fn level(
        &mut self,
        control: &mut Control,
        (local, here): (&Path, Listing),
        (remote, there): (&RemotePath, Listing),
        below: &str,
    ) -> Result<Vec<(PathBuf, RemotePath, String)>, Fault> {
        let gaps = gaps(&there);
        for row in here.unread {
            let finding = Finding::Unprovable("The name is no valid text and cannot be asked for.".to_owned());
            self.push(Row { path: format!("{below}{}", row.text), finding, here: None, there: None });
        }
        let mut others: BTreeMap<String, Entry> = there.entries.into_iter().map(|entry| (entry.name.clone(), entry)).collect();
        let by_reading = by_reading(others.keys().map(String::as_str));
        let mut folders = Vec::new();
        for entry in here.entries {
            let path = format!("{below}{}", entry.name);
            let name = match by_reading.get(&entry.name) {
                Some(name) if !others.contains_key(&entry.name) => Cow::Borrowed(name.as_str()),
                _ => name_there(&entry.name, |name| others.contains_key(name)),
            };
            if self.leave_out.fits(&entry.name, entry.kind == EntryKind::Dir) {
                // Once for both sides, where the other has the same.
                if others.get(&*name).is_some_and(|other| self.is_left_out(other)) {
                    others.remove(&*name);
                }
                self.result.tally.filtered += 1;
                continue;
            }
            let other = others.remove(&*name);
            let (local, Ok(child)) = (local.join(&entry.name), remote.child(&name)) else { continue };
            match (entry.kind, other) {
                (EntryKind::Dir, Some(other)) if other.may_be_entered() => folders.push((local, child, format!("{path}/"))),
                (EntryKind::Dir, None) => {
                    let finding = gaps.clone().map_or(Finding::OnlyHere, Finding::Unprovable);
                    self.push(Row { path: format!("{path}/"), finding, here: None, there: None });
                }
                (EntryKind::Dir, Some(other)) => {
                    let finding = Finding::Differs(Difference::Kind);
                    self.push(Row { path, finding, here: None, there: Some(facts_of(&other)) });
                }
                // Devices, sockets and links that lead nowhere are not transferred, and so not compared.
                (EntryKind::Other | EntryKind::Link, _) => {}
                (EntryKind::File, Some(other)) => {
                    self.both(control, path, &local, &child, facts_of(&entry), &other).await?;
                }
                (EntryKind::File, None) => {
                    let finding = gaps.clone().map_or(Finding::OnlyHere, Finding::Unprovable);
                    self.push(Row { path, finding, here: Some(facts_of(&entry)), there: None });
                }
            }
        }
        for other in others.into_values() {
            if self.is_left_out(&other) {
                self.result.tally.filtered += 1;
                continue;
            }
            let end = if other.kind == EntryKind::Dir { "/" } else { "" };
            let there = (other.kind != EntryKind::Dir).then(|| facts_of(&other));
            self.push(Row { path: format!("{below}{}{end}", other.name), finding: Finding::OnlyThere, here: None, there });
        }
        if let Some(why) = gaps {
            self.push(Row { path: below.to_owned(), finding: Finding::Unprovable(why), here: None, there: None });
        }
        Ok(folders)
    }

    /// Whether it would not be fetched with its folder.
    fn is_left_out(&self, other: &Entry) -> bool {
        let is_folder = other.kind == EntryKind::Dir;
        self.leave_out.fits(&other.name, is_folder) || self.leave_out.fits(&readable(&other.name), is_folder)
    }

    /// A file here and what has its name there.
    async fn both(
        &mut self,
        control: &mut Control,
        path: String,
        local: &Path,
        remote: &RemotePath,
        here: Facts,
        other: &Entry,
    ) -> Result<(), Fault> {
        let mut there = facts_of(other);
        let finding = if other.kind == EntryKind::Dir {
            Finding::Differs(Difference::Kind)
        } else {
            // The size of a link is not that of what it leads to.
            if other.kind != EntryKind::File || there.size.is_none() {
                there.size = match control.size(remote).await {
                    Ok(size) => size,
                    Err(Fault::Refused(_)) => None,
                    Err(fault) => return Err(fault),
                };
            }
            match (by_size(here.size, there.size), here.size) {
                (None, Some(0)) => Finding::Same { checksum: None },
                (None, Some(size)) => match self.content(control, local, remote, size).await? {
                    Some(finding) => finding,
                    None => Finding::SameSize(Times::of(here.modified, there.modified, self.ahead)),
                },
                (Some(finding), _) => finding,
                (None, None) => Finding::Unprovable("The size of the file here cannot be read.".to_owned()),
            }
        };
        self.push(Row { path, finding, here: Some(here), there: Some(there) });
        Ok(())
    }

    /// What the checksums say; nothing where none was compared.
    async fn content(&self, control: &mut Control, local: &Path, remote: &RemotePath, size: u64) -> Result<Option<Finding>, Fault> {
        let finding = match proof::by_checksum(self.hashes, control, local, remote, size).await {
            Ok(Checked::Fine(hash)) => return Ok(hash.map(|hash| Finding::Same { checksum: Some(hash.checksum.algorithm) })),
            Ok(Checked::Differs { algorithm, .. }) => Finding::Differs(Difference::Content(algorithm)),
            Err(Stopped::Failed { problem, .. }) => Finding::Unprovable(problem.what),
            Err(Stopped::ConnectionGone(fault)) => return Err(fault),
            Err(Stopped::ByWish | Stopped::Unrecorded | Stopped::NotHere) => return Err(Fault::Cancelled),
        };
        Ok(Some(finding))
    }
}

/// Why a name that a listing lacks may be there all the same.
fn gaps(listing: &Listing) -> Option<String> {
    match (&listing.incomplete, listing.unread.len()) {
        (Some(words), _) => Some(format!("The server’s listing of the folder is incomplete: “{words}”")),
        (None, 0) => None,
        (None, count) => Some(format!("{count} rows of the server’s listing of the folder could not be read.")),
    }
}

fn facts_of(entry: &Entry) -> Facts {
    Facts { size: entry.size, modified: entry.modified }
}

async fn blocking<R: Send + 'static>(work: impl FnOnce() -> R + Send + 'static) -> Option<R> {
    tokio::task::spawn_blocking(work).await.ok()
}
