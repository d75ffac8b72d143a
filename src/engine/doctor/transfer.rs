//! Passive address, data connection and listing: one listing of the start folder, and what became of its data connection.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

use crate::engine::doctor::{Chart, Patient, meaning};
use crate::ftp::data::DataFacts;
use crate::ftp::{Control, Fault};
use crate::model::diagnosis::{Finding, StepName};
use crate::model::listing::Listing;
use crate::model::path::RemotePath;
use crate::model::site::DataMode;

/// Lists the start folder.
pub(super) async fn examine(patient: &Patient, chart: &mut Chart, control: &mut Control) {
    let begun = Instant::now();
    let peer = control.peer();
    let folder = match enter(patient, control).await {
        Ok(folder) => folder,
        Err(fault) => {
            listing(chart, begun.elapsed(), &Err(fault));
            return;
        }
    };
    let outcome = control.list(&folder).await;
    let took = begun.elapsed();
    let facts = control.data_facts();
    let is_passive = patient.site.data_mode == DataMode::Passive;
    if is_passive {
        passive(chart, peer, facts, &outcome);
    } else {
        let words = "Not examined: the site uses active mode, where the server connects back.";
        chart.record(StepName::Passive, Finding::NotTold, Duration::ZERO, words);
    }
    let is_open = match (&outcome, facts) {
        (_, Some(facts)) => data(chart, facts, &outcome),
        // Without an answer to PASV there was no data connection to speak of.
        (Err(fault), None) if !is_passive => without_facts(chart, fault),
        (Ok(_), None) => {
            chart.record(StepName::Data, Finding::Fine, Duration::ZERO, "It opens.");
            true
        }
        (Err(_), None) => chart.steps.iter().all(|step| step.finding != Finding::PassiveRefused),
    };
    if is_open {
        listing(chart, took, &outcome);
    }
}

/// The start folder.
async fn enter(patient: &Patient, control: &mut Control) -> Result<RemotePath, Fault> {
    let home = control.folder().await?;
    let folder = match patient.site.remote_folder.as_str() {
        "" => home,
        start => home.resolve(start)?,
    };
    control.enter(&folder).await?;
    Ok(folder)
}

/// The address that the server names, against the one that the session is with.
fn passive(chart: &mut Chart, peer: SocketAddr, facts: Option<DataFacts>, outcome: &Result<Listing, Fault>) {
    let (finding, words) = match (facts, outcome) {
        (Some(DataFacts { named: Some(host), port, .. }), _) if host != peer.ip().to_canonical() => {
            let kind = if is_private(host) { "a private address" } else { "another address" };
            let words = format!("The server names {host}, {kind}, port {port}; the session is with {}.", peer.ip());
            (Finding::ForeignAddress, words)
        }
        (Some(facts), _) => (Finding::Fine, format!("The server's own address, port {}.", facts.port)),
        (None, Err(Fault::Refused(reply))) => (Finding::PassiveRefused, format!("The server refuses it. “{}”", reply.words())),
        (None, _) => return,
    };
    chart.record(StepName::Passive, finding, Duration::ZERO, words);
}

fn is_private(host: IpAddr) -> bool {
    matches!(host, IpAddr::V4(host) if host.is_private() || host.is_loopback() || host.is_link_local() || host.is_unspecified())
}

/// What became of the data connection; whether a listing could come over it.
fn data(chart: &mut Chart, facts: DataFacts, outcome: &Result<Listing, Fault>) -> bool {
    let port = facts.port;
    let took = facts.dialled.and_then(Result::ok).unwrap_or_default();
    let mut record = |finding, words: String| chart.record(StepName::Data, finding, took, words);
    match (facts.dialled, outcome) {
        (Some(Err(io::ErrorKind::ConnectionRefused)), _) => record(Finding::DataRefused, format!("Port {port} refuses it.")),
        (Some(Err(io::ErrorKind::TimedOut)), _) => record(Finding::DataFiltered, format!("Port {port} does not answer.")),
        (Some(Err(kind)), _) => record(Finding::DataFiltered, format!("No connection to port {port}: {kind}.")),
        (None, Err(fault)) => record(meaning::of_fault(fault), meaning::words(fault)),
        (_, Err(fault)) if !facts.opened => {
            if let Fault::Refused(reply) = fault
                && !matches!(reply.code, 425 | 426 | 522)
            {
                record(Finding::Fine, format!("Port {port} takes it."));
                return true;
            }
            record(broken(fault), meaning::words(fault));
        }
        _ => {
            match facts.resumed {
                Some(true) => record(Finding::Fine, format!("Port {port}, encrypted; the TLS session is resumed.")),
                Some(false) => record(Finding::NotResumed, format!("Port {port}, encrypted with a handshake of its own.")),
                None => record(Finding::Fine, format!("Port {port} opens, not encrypted.")),
            }
            return true;
        }
    }
    false
}

/// Active mode: only the outcome tells.
fn without_facts(chart: &mut Chart, fault: &Fault) -> bool {
    match fault {
        Fault::Refused(reply) if !matches!(reply.code, 425 | 426 | 522) => {
            chart.record(StepName::Data, Finding::NotTold, Duration::ZERO, "Not examined: the server refused the listing.");
            true
        }
        fault => {
            chart.record(StepName::Data, broken(fault), Duration::ZERO, meaning::words(fault));
            false
        }
    }
}

/// Why a data connection that was dialled did not carry anything.
fn broken(fault: &Fault) -> Finding {
    let reply = match fault {
        Fault::Refused(reply) | Fault::DataConnection { reply: Some(reply), .. } => reply,
        Fault::DataConnection { reply: None, .. } | Fault::Tls { .. } => return Finding::DataBroken,
        fault => return meaning::of_fault(fault),
    };
    let text = reply.text().to_lowercase();
    if text.contains("reuse") || text.contains("resum") { Finding::SessionReuse } else { Finding::DataBroken }
}

fn listing(chart: &mut Chart, took: Duration, outcome: &Result<Listing, Fault>) {
    let mut record = |finding, words: String| chart.record(StepName::Listing, finding, took, words);
    match outcome {
        Ok(listing) => {
            let rows = listing.entries.len();
            if let Some(words) = &listing.incomplete {
                record(
                    Finding::ListingIncomplete,
                    format!("{rows} rows came, and the server says that more are missing. “{words}”"),
                );
            } else if let Some(unread) = listing.unread.first() {
                let count = listing.unread.len();
                record(Finding::ListingUnread, format!("{count} of {} rows cannot be read: “{}”", rows + count, unread.text));
            } else {
                record(Finding::Fine, format!("{rows} rows, all read."));
            }
        }
        Err(fault @ Fault::Refused(_)) => record(Finding::ListingRefused, meaning::words(fault)),
        Err(fault @ Fault::DataConnection { .. }) => record(Finding::DataBroken, meaning::words(fault)),
        Err(fault) => record(meaning::of_fault(fault), meaning::words(fault)),
    }
}
