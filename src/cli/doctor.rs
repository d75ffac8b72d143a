//! `moorline doctor`.

use std::io::{self, Write};
use std::process::ExitCode;

use crate::cli::arguments::DoctorArguments;
use crate::cli::failure::Failure;
use crate::cli::output::printable;
use crate::cli::{password, session};
use crate::engine::doctor::{self, Limits};
use crate::model::address::AddressPath;
use crate::model::diagnosis::Outcome;
use crate::store::places::Places;

/// Examines a server and prints the report; the exit status is its conclusion.
pub(super) fn run(arguments: &DoctorArguments) -> Result<ExitCode, Failure> {
    let connect = &arguments.connect;
    let remote = session::find_remote(&arguments.remote)?;
    let password = password::find(&remote, connect.password_stdin, Places::of_user())?;
    let mut site = remote.site;
    match remote.path {
        AddressPath::Login => {}
        AddressPath::Relative(path) => site.remote_folder = path,
        AddressPath::Absolute(path) => site.remote_folder = format!("/{path}"),
    }
    let report = doctor::examine_blocking(site, password, &connect.trust, Places::of_user(), Limits::default())
        .map_err(|error| Failure::local(format!("The system refused a thread to work on: {error}.")))?;
    let text = if connect.json {
        format!("{}\n", report.json())
    } else if connect.quiet {
        format!("{}\n", report.conclusion.headline())
    } else {
        report.text().lines().map(|line| format!("{}\n", printable(line))).collect()
    };
    match io::stdout().lock().write_all(text.as_bytes()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            return Err(Failure::local(format!("The report could not be written: {error}.")));
        }
        // A reader that has seen enough is no failure.
        _ => {}
    }
    Ok(match report.conclusion.outcome {
        Outcome::Fine => ExitCode::SUCCESS,
        Outcome::Impaired => ExitCode::from(1),
        Outcome::NoSession => ExitCode::from(3),
    })
}
