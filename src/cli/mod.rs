//! Moorline without a window: the same engine, driven from the command line.

pub mod arguments;
pub mod classify;
mod doctor;
mod failure;
mod interrupt;
mod list;
mod output;
mod password;
mod progress;
mod receipts;
mod replay;
mod session;
mod surroundings;
mod targets;
mod transfer;
mod verify;

use std::io;
use std::process::ExitCode;

pub use surroundings::{Announce, Surroundings};

use crate::cli::arguments::Command;
use crate::cli::failure::Failure;

/// Runs a command to its end.
#[must_use]
pub fn run(command: Command, around: &Surroundings) -> ExitCode {
    let outcome = match command {
        Command::Ls(arguments) => list::run(&arguments, around).map(done),
        Command::Get(arguments) => transfer::get(&arguments, around).map(done),
        Command::Put(arguments) => transfer::put(&arguments, around).map(done),
        Command::Doctor(arguments) => doctor::run(&arguments),
        Command::Verify(arguments) => verify::run(&arguments, around).map(done),
        Command::Receipts(arguments) => receipts::run(&arguments).map(done),
        Command::Replay(arguments) => replay::run(&arguments),
        Command::Classify => classify_input().map(done),
    };
    outcome.unwrap_or_else(|failure| {
        failure.report();
        failure.code()
    })
}

fn done((): ()) -> ExitCode {
    ExitCode::SUCCESS
}

/// Answers standard input line by line; a reader that has seen enough is no failure.
fn classify_input() -> Result<(), Failure> {
    match classify::run(io::stdin().lock(), io::stdout().lock()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Failure::local(format!("The input could not be read: {error}.")))
        }
        _ => Ok(()),
    }
}
