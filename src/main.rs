//! The program: a window, or with a command the same without one.

use std::io;
use std::process::ExitCode;

use clap::Parser;
use moorline::app::{self, Start};
use moorline::cli;
use moorline::cli::arguments::Arguments;
use tracing_subscriber::EnvFilter;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    tracing_subscriber::fmt().with_env_filter(EnvFilter::from_env("MOORLINE_LOG")).with_writer(io::stderr).init();
    match arguments.command {
        Some(command) => cli::run(command),
        None => open_window(arguments),
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
