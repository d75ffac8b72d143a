//! The host's name: its addresses now, of both families, against the last good one.

use std::io;
use std::net::IpAddr;
use std::time::Instant;

use tokio_util::sync::CancellationToken;

use crate::engine::doctor::{Chart, Patient};
use crate::model::diagnosis::{Finding, StepName};

/// Resolves; whether there is an address.
pub(super) async fn examine(patient: &Patient, chart: &mut Chart, cancel: &CancellationToken) -> bool {
    let begun = Instant::now();
    let host = patient.site.host.as_str();
    let lookup = tokio::net::lookup_host((host, patient.site.port()));
    let found = tokio::select! {
        biased;
        () = cancel.cancelled() => None,
        found = tokio::time::timeout(patient.limits.step, lookup) => found.ok(),
    };
    let took = begun.elapsed();
    let mut record = |finding, words: String| chart.record(StepName::Name, finding, took, words);
    let mut addresses: Vec<IpAddr> = match found {
        None => {
            record(Finding::NameSilent, format!("Nothing tells the address of {host}."));
            return false;
        }
        Some(Err(error)) => {
            let finding = if is_silence(host, &error) { Finding::NameSilent } else { Finding::NameUnknown };
            record(finding, format!("No address for {host}: {error}."));
            return false;
        }
        Some(Ok(found)) => found.map(|address| address.ip()).collect(),
    };
    addresses.sort_unstable();
    addresses.dedup();
    if addresses.is_empty() {
        record(Finding::NameUnknown, format!("{host} has no address."));
        return false;
    }
    let listed = addresses.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    let families = match (addresses.iter().any(IpAddr::is_ipv4), addresses.iter().any(IpAddr::is_ipv6)) {
        (true, true) => "IPv4 and IPv6",
        (false, _) => "IPv6 only",
        (true, false) => "IPv4 only",
    };
    let is_address = host.parse::<IpAddr>().is_ok();
    match patient.known.last_address {
        _ if is_address => record(Finding::Fine, format!("{host} is an address itself.")),
        Some(last) if !addresses.contains(&last) => {
            record(Finding::NameMoved, format!("{host} is {listed} ({families}); the last good session was with {last}."));
        }
        Some(_) => record(Finding::Fine, format!("{host} is {listed} ({families}), as at the last good session.")),
        None => record(Finding::Fine, format!("{host} is {listed} ({families}).")),
    }
    true
}

/// Whether it is the resolver that is missing, not the name. Names below `.invalid` never exist (RFC 6761 §6.4).
fn is_silence(host: &str, error: &io::Error) -> bool {
    let is_invalid = host.trim_end_matches('.').to_ascii_lowercase().ends_with(".invalid");
    !is_invalid && error.to_string().to_ascii_lowercase().contains("temporary failure")
}
