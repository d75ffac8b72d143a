//! Moorline without a window: the same engine, driven from the command line.

pub mod arguments;
mod failure;
mod interrupt;
mod list;
mod output;
mod password;
mod progress;
mod session;
mod targets;
mod transfer;

use std::process::ExitCode;

use crate::cli::arguments::Command;

/// Runs a command to its end.
#[must_use]
pub fn run(command: Command) -> ExitCode {
    let outcome = match command {
        Command::Ls(arguments) => list::run(&arguments),
        Command::Get(arguments) => transfer::get(&arguments),
        Command::Put(arguments) => transfer::put(&arguments),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            failure.report();
            failure.code()
        }
    }
}
