//! `moorline get` and `moorline put`.

use std::collections::HashSet;
use std::io::{self, Write};
use std::path::Path;

use crate::cli::arguments::{GetArguments, PutArguments, TransferArguments, leave_out};
use crate::cli::failure::Failure;
use crate::cli::output::{self, Tally, printable};
use crate::cli::progress::Progress;
use crate::cli::session::{self, Session};
use crate::cli::surroundings::Surroundings;
use crate::cli::targets::{self, Remote};
use crate::engine::{Change, Command, Place};
use crate::model::cause::Cause;
use crate::model::composed::name_there;
use crate::model::path::RemotePath;
use crate::model::problem::{Problem, ProblemKind};
use crate::model::rate::SpeedLimits;
use crate::model::session::DisconnectWhen;
use crate::model::transfer::{Direction, Job, QueueTab, SkipReason, TransferId, TransferRow, TransferState};

/// Fetches a file or folder.
pub(super) fn get(arguments: &GetArguments, around: &Surroundings) -> Result<(), Failure> {
    let remote = find_remote(&arguments.remote, &arguments.transfer)?;
    let mut session = connect(&remote, &arguments.transfer, around)?;
    let path = remote.resolve(&session.start_folder())?;
    let name = targets::arriving_name(&remote, &path)?;
    let local = targets::landing(&arguments.local, name.as_deref())?;
    // The engine works in another thread's time: what the path means must not depend on the folder we are in.
    let local = absolute(&local)?;
    transfer(
        &mut session,
        &arguments.transfer,
        Job { direction: Direction::Download, local, remote: path, on_exists: arguments.transfer.on_exists.into() },
    )
}

/// Sends a file or folder.
pub(super) fn put(arguments: &PutArguments, around: &Surroundings) -> Result<(), Failure> {
    let mut remote = find_remote(&arguments.remote, &arguments.transfer)?;
    if arguments.write_directly {
        remote.site.write_directly = Some(true);
    }
    let name = targets::departing_name(&arguments.local)?;
    let facts = std::fs::metadata(&arguments.local)
        .map_err(|error| Failure::local(format!("“{}” could not be read: {error}.", arguments.local.display())))?;
    if !facts.is_file() && !facts.is_dir() {
        // Before anybody is asked for a connection: to open a named pipe is to wait for whoever writes into it.
        let what = format!("“{}” was not sent: {}.", arguments.local.display(), Cause::NoFile.why());
        return Err(Failure::Local(Some(Problem::new(ProblemKind::Local, what).because(Cause::NoFile))));
    }
    let local = absolute(&arguments.local)?;
    let mut session = connect(&remote, &arguments.transfer, around)?;
    let path = remote.resolve(&session.start_folder())?;
    let target = upload_target(&mut session, &remote, path, name.as_deref())?;
    transfer(
        &mut session,
        &arguments.transfer,
        Job { direction: Direction::Upload, local, remote: target, on_exists: arguments.transfer.on_exists.into() },
    )
}

/// The remote side, with the connections that were asked for.
fn find_remote(text: &str, arguments: &TransferArguments) -> Result<Remote, Failure> {
    let mut remote = session::find_remote(text)?;
    if let Some(connections) = arguments.connections {
        remote.site.connections = connections;
    }
    if let Some(masks) = &arguments.ascii {
        remote.site.text_files.clone_from(masks);
    }
    if let Some(checksums) = arguments.checksums {
        remote.site.hashes = checksums.into();
    }
    if arguments.limit.is_some() {
        // What is said here holds instead of what was set once.
        remote.site.speed = SpeedLimits::default();
    }
    if !arguments.exclude.is_empty() {
        remote.site.leave_out = Some(leave_out(&arguments.exclude));
    }
    if arguments.no_times {
        remote.site.keep_times = Some(false);
    }
    Ok(remote)
}

fn connect<'a>(remote: &Remote, arguments: &TransferArguments, around: &'a Surroundings) -> Result<Session<'a>, Failure> {
    Session::connect(remote, &arguments.connect, arguments.on_exists.into(), around)
}

fn absolute(path: &Path) -> Result<std::path::PathBuf, Failure> {
    std::path::absolute(path).map_err(|error| Failure::local(format!("“{}” means nothing here: {error}.", path.display())))
}

/// Where an upload lands: in an existing folder under its own name, else as the name given. A slash at the end asks for a
/// folder, which is made when it is not there.
fn upload_target(session: &mut Session<'_>, remote: &Remote, path: RemotePath, name: Option<&str>) -> Result<RemotePath, Failure> {
    let into = |folder: &RemotePath, is_there: &dyn Fn(&str) -> bool| match name {
        Some(name) => folder.child(&name_there(name, is_there)).map_err(targets::usage),
        None => Ok(folder.clone()),
    };
    match session.open(&path)? {
        Ok(listing) => into(&path, &|name| listing.has(name)),
        Err(_) if !remote.is_folder() => Ok(path),
        Err(_) => {
            make_with_parents(session, &path)?;
            into(&path, &|_| false)
        }
    }
}

/// Makes a folder on the server, and those above it that are missing.
fn make_with_parents(session: &mut Session<'_>, folder: &RemotePath) -> Result<(), Failure> {
    let mut missing = vec![folder.clone()];
    while let Some(parent) = missing.last().and_then(RemotePath::parent) {
        if session.open(&parent)?.is_ok() {
            break;
        }
        missing.push(parent);
    }
    for folder in missing.iter().rev() {
        session.engine.send(Command::Change(Change::MakeFolder { place: Place::Remote(folder.clone()) }));
        // Whether it is there now is what counts, not whose doing it was.
        if let Err(problem) = session.open(folder)? {
            return Err(Failure::of(problem));
        }
    }
    Ok(())
}

/// Runs one job to its end and tells what became of it.
fn transfer(session: &mut Session<'_>, arguments: &TransferArguments, job: Job) -> Result<(), Failure> {
    if let Some(both) = arguments.limit {
        session.engine.send(Command::LimitSpeed { limits: Some(SpeedLimits { both, ..SpeedLimits::default() }) });
    }
    if let Some(choice) = arguments.then.clone() {
        session.engine.send(Command::WhenDone { choice });
    }
    session.engine.send(Command::Enqueue { jobs: vec![job] });
    let wants_bar = !arguments.connect.quiet && !arguments.connect.json;
    let mut report = Report {
        tally: Tally::default(),
        told: HashSet::new(),
        seen: (0, 0),
        is_through: false,
        json: arguments.connect.json,
        quiet: arguments.connect.quiet,
        progress: Progress::new(wants_bar),
    };
    let outcome = report.follow(session);
    report.progress.finish();
    // Before the leave: it says goodbye to what the engine still has to tell.
    let begun = if report.is_through && arguments.then.is_some() { session.until_something_follows() } else { Ok(()) };
    if outcome.is_ok() {
        session.leave(DisconnectWhen::QueueDone);
    }
    report.take_in_all(session);
    let summary = session.engine.queue().summary();
    report.tally.unfinished = u64::try_from(summary.active + summary.queued).unwrap_or(u64::MAX);
    report.tally.empty_folders = u64::try_from(summary.empty_folders).unwrap_or(u64::MAX);
    if arguments.connect.json {
        print(&report.tally.json().to_string());
    } else if !arguments.connect.quiet {
        eprintln!("{}", report.tally.sentence());
    }
    let arrived = outcome.and_then(|()| of_tally(&report.tally));
    let followed = begun.and_then(|()| session.until_followed());
    // What did not arrive weighs more than what did not follow.
    arrived.and(followed)
}

fn of_tally(tally: &Tally) -> Result<(), Failure> {
    if tally.is_complete() {
        Ok(())
    } else if tally.failed == tally.failed_locally && tally.unfinished == 0 {
        Err(Failure::Local(None))
    } else {
        Err(Failure::Incomplete(None))
    }
}

/// The end of a transfer that waits for a person: a full disk, a quota.
fn held_up(cause: Cause) -> Failure {
    let is_here = cause.holds_up(Direction::Download);
    let kind = if is_here { ProblemKind::Local } else { ProblemKind::Refused };
    let problem = Problem::new(kind, format!("Nothing more was transferred: {}.", cause.why())).because(cause);
    if is_here { Failure::Local(Some(problem)) } else { Failure::Incomplete(Some(problem)) }
}

/// What was told so far.
struct Report {
    tally: Tally,
    told: HashSet<TransferId>,
    /// How many rows were done and failed at the last look.
    seen: (usize, usize),
    /// Whether nothing more goes by itself.
    is_through: bool,
    json: bool,
    quiet: bool,
    progress: Progress,
}

impl Report {
    /// Watches the queue until nothing is left to do.
    fn follow(&mut self, session: &mut Session<'_>) -> Result<(), Failure> {
        loop {
            session.look()?;
            self.take_in(session);
            let summary = session.engine.queue().summary();
            let moving: u64 = session
                .engine
                .queue()
                .rows(QueueTab::Active, 0, summary.running.saturating_add(16))
                .iter()
                .filter(|row| !row.is_folder)
                .fold(0, |sum, row| sum.saturating_add(row.moved));
            self.progress.show(&summary, self.tally.bytes, moving);
            // The queue is empty at first, until the engine has taken the job in.
            if !summary.is_pending() && summary.done + summary.failed + summary.empty_folders > 0 {
                self.is_through = true;
                return Ok(());
            }
            if let Some(cause) = summary.uploads_wait.or(summary.downloads_wait).filter(|_| summary.running == 0) {
                // Nobody is here who could mend it and say so.
                self.is_through = true;
                return Err(held_up(cause));
            }
            if let Some(problem) = session.is_stranded() {
                return Err(Failure::of(problem));
            }
        }
    }

    /// Tells of items that have ended since the last look.
    fn take_in(&mut self, session: &Session<'_>) {
        let queue = session.engine.queue();
        let summary = queue.summary();
        let (done, failed) = self.seen;
        if summary.done != done {
            // The last ones come first. What slips by between two calls is found at the end.
            let new = queue.rows(QueueTab::Done, 0, summary.done.saturating_sub(done).saturating_add(16));
            new.iter().rev().for_each(|row| self.tell_once(row));
        }
        if summary.failed != failed {
            let rows = queue.rows(QueueTab::Failed, 0, summary.failed);
            rows.iter().for_each(|row| self.tell_once(row));
        }
        self.seen = (summary.done, summary.failed);
    }

    /// Tells of all items that have ended and were not told of.
    fn take_in_all(&mut self, session: &Session<'_>) {
        self.seen = (0, 0);
        self.take_in(session);
    }

    fn tell_once(&mut self, row: &TransferRow) {
        if row.state.is_final() && self.told.insert(row.id) {
            self.tell(row);
        }
    }

    fn tell(&mut self, row: &TransferRow) {
        let tally = &mut self.tally;
        match &row.state {
            TransferState::Done(_) if !row.is_folder => {
                tally.done += 1;
                tally.bytes = tally.bytes.saturating_add(row.moved);
            }
            TransferState::Skipped(reason) if reason.is_left_out() => {
                tally.left_out += 1;
                tally.filtered += u64::from(*reason == SkipReason::Filter);
                if !self.quiet && !self.json {
                    self.progress.say(&printable(&format!("moorline: {}: left out: {}", source(row), reason.words())));
                }
            }
            TransferState::Skipped(_) => tally.skipped += 1,
            TransferState::Failed(problem) => {
                tally.failed += 1;
                tally.failed_locally += u64::from(problem.kind == ProblemKind::Local);
                self.progress.say(&printable(&format!("moorline: {}: {}", source(row), problem.sentence())));
            }
            _ => {}
        }
        if self.json {
            print(&output::item_json(row).to_string());
        }
    }
}

/// Where a row comes from, in words.
fn source(row: &TransferRow) -> String {
    match row.direction {
        Direction::Upload => row.local.to_string_lossy().into_owned(),
        Direction::Download => row.remote.to_string(),
    }
}

/// Prints a line; a reader that has seen enough does not stop the transfer.
fn print(line: &str) {
    let _ = writeln!(io::stdout().lock(), "{line}");
}
