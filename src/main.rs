//! The program: a window, or with a command the same without one.
#![cfg_attr(all(windows, feature = "windowed"), windows_subsystem = "windows")]

use std::io::{self, IsTerminal};
use std::process::ExitCode;
use std::sync::Arc;

use clap::Parser;
use moorline::app::machine::{self, Machine};
use moorline::app::{self, Start};
use moorline::cli::arguments::Arguments;
use moorline::cli::{self, Surroundings};
use moorline::store::places::Places;
use tracing_subscriber::EnvFilter;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    tracing_subscriber::fmt().with_env_filter(EnvFilter::from_env("MOORLINE_LOG")).with_writer(io::stderr).init();
    match arguments.command {
        Some(command) => cli::run(command, &around_commands()),
        None => open_window(arguments),
    }
}

/// This user's files, this machine and this desktop.
fn around_commands() -> Surroundings {
    Surroundings {
        places: Places::of_user(),
        power: Arc::new(Machine),
        is_watched: io::stderr().is_terminal(),
        announce: Box::new(machine::announce),
    }
}

/// Opens the window, and comes back when it is closed.
fn open_window(arguments: Arguments) -> ExitCode {
    #[cfg(feature = "practice")]
    let practice = arguments.practice;
    #[cfg(not(feature = "practice"))]
    let practice = false;
    match app::run(Start { address: arguments.address, practice }) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("moorline: {error}");
            ExitCode::FAILURE
        }
    }
}
