//! `moorline ls`.

use std::io::{self, Write};

use crate::cli::arguments::ListArguments;
use crate::cli::failure::Failure;
use crate::cli::output;
use crate::cli::session::{self, Session};
use crate::cli::surroundings::Surroundings;
use crate::model::conflict::OnExists;
use crate::model::entry::{Entry, EntryKind};
use crate::model::listing::Listing;
use crate::model::path::RemotePath;
use crate::model::session::DisconnectWhen;

/// Lists a folder, or one file.
pub(super) fn run(arguments: &ListArguments, around: &Surroundings) -> Result<(), Failure> {
    let remote = session::find_remote(&arguments.remote)?;
    let mut session = Session::connect(&remote, &arguments.connect, OnExists::Skip, around)?;
    let path = remote.resolve(&session.start_folder())?;
    let entries = entries(&mut session, &path)?;
    session.leave(DisconnectWhen::QueueDone);
    let text = if arguments.connect.json {
        entries.iter().map(|entry| format!("{}\n", output::entry_json(entry))).collect()
    } else {
        output::table(&entries)
    };
    // A reader that has seen enough (`| head`) is no failure.
    match io::stdout().lock().write_all(text.as_bytes()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Failure::local(format!("The list could not be written: {error}.")))
        }
        _ => Ok(()),
    }
}

/// The rows of a folder by name; of a file its own row.
fn entries(session: &mut Session<'_>, path: &RemotePath) -> Result<Vec<Entry>, Failure> {
    let refused = match session.open(path)? {
        Ok(listing) => {
            tell_of_gaps(session, &listing);
            let mut entries = listing.entries.clone();
            entries.sort_by(|a, b| a.name.cmp(&b.name));
            return Ok(entries);
        }
        Err(problem) => problem,
    };
    // The server does not open files: its folder has the row.
    if let (Some(parent), Some(name)) = (path.parent(), path.name())
        && let Ok(listing) = session.open(&parent)?
        && let Some(entry) = listing.entries.iter().find(|entry| entry.name == name && entry.kind != EntryKind::Dir)
    {
        return Ok(vec![entry.clone()]);
    }
    session.leave(DisconnectWhen::QueueDone);
    Err(Failure::Incomplete(Some(refused)))
}

fn tell_of_gaps(session: &Session<'_>, listing: &Listing) {
    if let Some(words) = &listing.incomplete {
        session.note(&format!("The server says that rows are missing. “{words}”"));
    }
    for row in &listing.unread {
        session.note(&format!("Line {} of the listing could not be read: “{}”", row.line, row.text));
    }
}
