//! `moorline verify`.

use std::io::{self, Write};
use std::sync::Arc;

use serde_json::json;

use crate::cli::arguments::{VerifyArguments, leave_out};
use crate::cli::failure::Failure;
use crate::cli::output::printable;
use crate::cli::session::{self, Session};
use crate::cli::surroundings::Surroundings;
use crate::cli::targets;
use crate::engine::{Command, EventBody};
use crate::model::composed::name_there;
use crate::model::conflict::OnExists;
use crate::model::session::DisconnectWhen;
use crate::model::verify::{Pair, Verification};

/// Compares and prints what differs; the exit status says whether anything does.
pub(super) fn run(arguments: &VerifyArguments, around: &Surroundings) -> Result<(), Failure> {
    let mut remote = session::find_remote(&arguments.remote)?;
    if !arguments.exclude.is_empty() {
        remote.site.leave_out = Some(leave_out(&arguments.exclude));
    }
    let unreadable =
        |error: io::Error| Failure::local(format!("\u{201c}{}\u{201d} could not be read: {error}.", arguments.local.display()));
    let is_folder = std::fs::metadata(&arguments.local).map_err(unreadable)?.is_dir();
    let local = std::path::absolute(&arguments.local).map_err(unreadable)?;
    let mut session = Session::connect(&remote, &arguments.connect, OnExists::Skip, around)?;
    let mut path = remote.resolve(&session.start_folder())?;
    if !is_folder && remote.is_folder() {
        let name = targets::departing_name(&local)?.unwrap_or_default();
        // A fault of this look shows in the comparison.
        let is_there = |name: &str| matches!(session.open(&path), Ok(Ok(there)) if there.has(name));
        path = path.child(&name_there(&name, is_there)).map_err(targets::usage)?;
    }
    let pairs = vec![Pair { local, remote: path }];
    session.engine.send(Command::Verify { pairs, hashes: arguments.checksums.into() });
    let result = loop {
        match session.look()? {
            Some(EventBody::Verified(result)) => break result,
            _ => {
                if let Some(problem) = session.is_stranded() {
                    return Err(Failure::Connect(problem));
                }
            }
        }
    };
    session.leave(DisconnectWhen::QueueDone);
    print(arguments, &result)?;
    if result.broken_off.is_none() && result.tally.finds_no_difference() { Ok(()) } else { Err(Failure::Incomplete(None)) }
}

fn print(arguments: &VerifyArguments, result: &Arc<Verification>) -> Result<(), Failure> {
    let text = if arguments.csv {
        result.csv()
    } else if arguments.connect.json {
        let tally = result.tally;
        let summary = json!({
            "same": tally.same,
            "same_size": tally.same_size,
            "other_time": tally.other_time,
            "differs": tally.differs,
            "only_here": tally.only_here,
            "only_there": tally.only_there,
            "unprovable": tally.unprovable,
            "filtered": tally.filtered,
            "broken_off": result.broken_off,
        });
        let rows: String = result.rows.iter().map(|row| format!("{}\n", Verification::json(row))).collect();
        format!("{rows}{summary}\n")
    } else {
        let rows: String = result.text(false).lines().map(|line| format!("{}\n", printable(line))).collect();
        if arguments.connect.quiet { rows } else { format!("{rows}{}\n", printable(&result.sentence())) }
    };
    match io::stdout().lock().write_all(text.as_bytes()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Failure::local(format!("The result could not be written: {error}.")))
        }
        _ => Ok(()),
    }
}
