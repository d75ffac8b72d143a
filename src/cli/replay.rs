//! `moorline replay`.

use std::fs;
use std::io::{self, Write};
use std::process::ExitCode;

use serde_json::json;

use crate::cli::arguments::ReplayArguments;
use crate::cli::failure::Failure;
use crate::cli::output::printable;
use crate::engine::replay::{self, Replayed};
use crate::model::record::{self, Standing};

/// Longest record that is read, in bytes.
const LONGEST: u64 = 256 * 1024 * 1024;

/// Plays a record again and says whether it came out the same.
pub(super) fn run(arguments: &ReplayArguments) -> Result<ExitCode, Failure> {
    let shown = arguments.file.display();
    let unreadable = |error: io::Error| Failure::Usage(format!("The record {shown} cannot be read: {error}."));
    if fs::metadata(&arguments.file).map_err(unreadable)?.len() > LONGEST {
        return Err(Failure::Usage(format!("{shown} is too long for a record.")));
    }
    let bytes = fs::read(&arguments.file).map_err(unreadable)?;
    let (lines, damaged) = record::read(&String::from_utf8_lossy(&bytes));
    if lines.is_empty() {
        return Err(Failure::Usage(format!("{shown} is not a record of Moorline.")));
    }
    if damaged > 0 {
        eprintln!("moorline: {damaged} lines of the record could not be read; what is whole is played.");
    }
    let playable = replay::playable(&lines);
    if playable.is_empty() {
        return Err(Failure::Usage("The record began in the middle of a session. Begin one before connecting.".to_owned()));
    }
    let replayed =
        replay::play(&playable).map_err(|error| Failure::local(format!("The system refused what a replay needs: {error}.")))?;
    let text = if arguments.json { json_of(&replayed) } else { text_of(&replayed) };
    match io::stdout().lock().write_all(text.as_bytes()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            return Err(Failure::local(format!("The outcome could not be written: {error}.")));
        }
        // A reader that has seen enough is no failure.
        _ => {}
    }
    Ok(if replayed.is_same() { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

fn text_of(replayed: &Replayed) -> String {
    let mut text = String::new();
    let count = replayed.recorded.len().max(replayed.replayed.len());
    let name = |states: &[Standing], at: usize| states.get(at).map_or_else(|| "–".to_owned(), ToString::to_string);
    for at in 0..count {
        let (recorded, replayed) = (name(&replayed.recorded, at), name(&replayed.replayed, at));
        let mark = if recorded == replayed { "=" } else { "≠" };
        text.push_str(&printable(&format!("{mark} {recorded:<20} {replayed}")));
        text.push('\n');
    }
    if replayed.had_tls {
        text.push_str("TLS was in use; it was played without.\n");
    }
    let [recorded, here] = replayed.queue;
    text.push_str(&format!(
        "queue: recorded {} done, {} failed; replayed {} done, {} failed\n",
        recorded.1, recorded.0, here.1, here.0
    ));
    match &replayed.difference {
        None => text.push_str("the same\n"),
        Some(what) => text.push_str(&format!("{}\n", printable(&format!("different: {what}")))),
    }
    text
}

fn json_of(replayed: &Replayed) -> String {
    let [recorded, here] = replayed.queue;
    let queue = |(failed, done): (usize, usize)| json!({ "failed": failed, "done": done });
    let outcome = json!({
        "same": replayed.is_same(),
        "difference": replayed.difference,
        "recorded": replayed.recorded,
        "replayed": replayed.replayed,
        "recorded-queue": queue(recorded),
        "replayed-queue": queue(here),
        "tls": replayed.had_tls,
    });
    format!("{outcome}\n")
}
