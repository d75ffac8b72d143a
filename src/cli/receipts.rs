//! `moorline receipts`.

use std::io::{self, BufWriter, Write};
use std::path::Path;

use tokio_util::sync::CancellationToken;

use crate::cli::arguments::ReceiptsArguments;
use crate::cli::failure::Failure;
use crate::cli::output::printable;
use crate::engine::export::{self, ExportFault, Which};
use crate::engine::receipts::Receipts;
use crate::model::format;
use crate::model::problem::{Problem, ProblemKind};
use crate::model::receipt::{self, Receipt};
use crate::model::receipt_export::ExportFormat;
use crate::model::transfer::Direction;
use crate::store::places::Places;

/// Prints the receipts that are kept, oldest first.
pub(super) fn run(arguments: &ReceiptsArguments) -> Result<(), Failure> {
    let places = Places::of_user().ok_or_else(|| Failure::local("This user has no home folder, so that nothing is kept."))?;
    let receipts = export::receipts_of(places);
    let which = arguments.since.map_or(Which::All, Which::Since);
    let format = match (arguments.csv, arguments.json, arguments.sha256) {
        (true, ..) => ExportFormat::Csv,
        (_, true, _) => ExportFormat::Json,
        (.., true) => ExportFormat::Sha256,
        _ => return list(&receipts, &which),
    };
    let folder = std::env::current_dir().map_err(|error| Failure::local(format!("The current folder is unknown: {error}.")))?;
    let mut out = BufWriter::new(io::stdout().lock());
    match export::write(&receipts, &which, format, &folder, &mut out, &CancellationToken::new()) {
        Ok(exported) if exported.missing.is_empty() => Ok(()),
        Ok(exported) => {
            for path in &exported.missing {
                eprintln!("moorline: no longer there, or changed since: {}", printable(&path.display().to_string()));
            }
            Err(Failure::Incomplete(None))
        }
        // A reader that has seen enough is no failure.
        Err(ExportFault::Disk(error)) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        Err(fault) => Err(Failure::Local(Some(fault.problem(Path::new("the receipts"))))),
    }
}

/// One line a receipt, for people.
fn list(receipts: &Receipts, which: &Which) -> Result<(), Failure> {
    let mut out = BufWriter::new(io::stdout().lock());
    let mut written = Ok(());
    let read = receipts.read(which.since(), |receipt| {
        if written.is_ok() {
            written = writeln!(out, "{}", printable(&line(&receipt)));
        }
    });
    read.map_err(|problem| Failure::Local(Some(problem)))?;
    match written.and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            let problem = Problem::new(ProblemKind::Local, format!("The receipts could not be written: {error}."));
            Err(Failure::Local(Some(problem)))
        }
        _ => Ok(()),
    }
}

fn line(receipt: &Receipt) -> String {
    let (from, to) = match receipt.direction {
        Direction::Upload => (receipt.local.display().to_string(), format!("{}{}", receipt.server, receipt.remote)),
        Direction::Download => (format!("{}{}", receipt.server, receipt.remote), receipt.local.display().to_string()),
    };
    let hash = receipt.hash.as_ref().map(|hash| format!(", {}", hash.checksum)).unwrap_or_default();
    format!(
        "{}  {:<8}  {:>12} B  {} agreed{hash}  {from} -> {to}  \u{201c}{}\u{201d}",
        receipt.ended.strftime("%Y-%m-%d %H:%M:%S"),
        receipt::direction(receipt.direction),
        format::count(receipt.bytes),
        receipt.compared.command(),
        receipt.reply,
    )
}
