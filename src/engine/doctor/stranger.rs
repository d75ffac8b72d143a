//! Who stands behind a port that does not greet as FTP does.

use std::net::SocketAddr;
use std::time::Duration;

use crate::engine::doctor::Patient;
use crate::ftp::probe::{self, Speaks};
use crate::ftp::tls::{TlsSession, TlsVersion};
use crate::model::diagnosis::Finding;

/// How long one question waits for an answer, at most.
const PATIENCE: Duration = Duration::from_secs(4);
/// What a web server answers to.
const WEB_QUESTION: &[u8] = b"HEAD / HTTP/1.0\r\n\r\n";

/// Asks in other protocols; `plain` are the words for when nobody answers.
pub(super) async fn identify(patient: &Patient, plain: String) -> (Finding, String) {
    let Some(address) = address(patient).await else { return (Finding::Silent, plain) };
    let limit = PATIENCE.min(patient.limits.step);
    let unasked = probe::hear(address, b"", limit / 2).await;
    if !unasked.is_empty() {
        return named(&unasked, plain);
    }
    let hello = match TlsSession::new(&patient.site.host, &patient.trust, TlsVersion::default()).await {
        Ok(session) => session.hello().unwrap_or_default(),
        Err(_) => Vec::new(),
    };
    for question in [hello.as_slice(), WEB_QUESTION] {
        let answer = probe::hear(address, question, limit).await;
        if !answer.is_empty() {
            return named(&answer, plain);
        }
    }
    (Finding::Silent, plain)
}

/// Whether a port that did not take TLS greets in plain text.
pub(super) async fn greets_in_plain(patient: &Patient) -> Option<(Finding, String)> {
    let heard = probe::hear(address(patient).await?, b"", PATIENCE.min(patient.limits.step)).await;
    match probe::identify(&heard) {
        Speaks::Nothing | Speaks::Tls => None,
        Speaks::Ftp => Some((Finding::SpeaksPlainFirst, quoted("It greets without TLS:", &heard))),
        _ => Some(named(&heard, String::new())),
    }
}

fn named(heard: &[u8], plain: String) -> (Finding, String) {
    let finding = match probe::identify(heard) {
        Speaks::Ssh => Finding::SpeaksSsh,
        Speaks::Http => Finding::SpeaksHttp,
        Speaks::Portal => Finding::CaptivePortal,
        Speaks::Mail => Finding::SpeaksMail,
        Speaks::Tls => return (Finding::SpeaksTlsFirst, "It is silent in plain text and answers to TLS.".to_owned()),
        Speaks::Nothing => return (Finding::Silent, plain),
        Speaks::Ftp | Speaks::Unknown => Finding::NotFtp,
    };
    (finding, quoted("What came instead of an FTP greeting:", heard))
}

/// The first line, without what would steer a terminal.
fn quoted(what: &str, heard: &[u8]) -> String {
    let text = String::from_utf8_lossy(heard);
    let line = text.lines().next().unwrap_or_default();
    let line: String = line.chars().take(80).map(|c| if c.is_control() { char::REPLACEMENT_CHARACTER } else { c }).collect();
    format!("{what} “{line}”.")
}

async fn address(patient: &Patient) -> Option<SocketAddr> {
    let lookup = tokio::net::lookup_host((patient.site.host.as_str(), patient.site.port()));
    tokio::time::timeout(patient.limits.step, lookup).await.ok()?.ok()?.next()
}
