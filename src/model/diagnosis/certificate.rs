//! What is wrong with a certificate that is not trusted.

use std::net::IpAddr;

use jiff::Timestamp;

use crate::model::certificate::Certificate;
use crate::model::diagnosis::finding::Finding;

/// The fault that a person has to know first: dates, then who vouches, then the name.
#[must_use]
pub fn of_certificate(certificate: &Certificate, host: &str, now: Timestamp) -> Finding {
    if certificate.not_after.is_some_and(|end| end < now) {
        Finding::CertificateExpired
    } else if certificate.not_before.is_some_and(|start| start > now) {
        Finding::CertificateNotYetValid
    } else if !certificate.subject.is_empty() && certificate.subject == certificate.issuer {
        Finding::SelfSigned
    } else if !certificate.names.iter().any(|name| covers(name, host)) {
        Finding::WrongHost
    } else {
        Finding::UnknownAuthority
    }
}

/// Whether a certificate's name is that of the host (RFC 9525 §6.3): a star stands for one whole label, the first.
fn covers(name: &str, host: &str) -> bool {
    if let (Ok(name), Ok(host)) = (name.parse::<IpAddr>(), host.parse::<IpAddr>()) {
        return name == host;
    }
    let host = host.trim_end_matches('.');
    match name.strip_prefix("*.") {
        Some(domain) => host.split_once('.').is_some_and(|(_, rest)| rest.eq_ignore_ascii_case(domain)),
        None => name.trim_end_matches('.').eq_ignore_ascii_case(host),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::certificate::Fingerprint;

    #[test]
    fn the_fault_to_know_first_is_named() {
        let time = |text: &str| text.parse::<Timestamp>().ok();
        let now = time("2026-11-20T00:00:00Z").unwrap();
        let (past, future) = (time("2025-01-01T00:00:00Z"), time("2027-01-01T00:00:00Z"));
        let table = [
            ("a", "a", "h.example", past, past, Finding::CertificateExpired),
            ("a", "a", "other.example", future, future, Finding::CertificateNotYetValid),
            ("a", "a", "other.example", past, future, Finding::SelfSigned),
            ("a", "b", "other.example", past, future, Finding::WrongHost),
            ("a", "b", "*.example", past, future, Finding::UnknownAuthority),
            ("a", "b", "H.example", None, None, Finding::UnknownAuthority),
        ];
        for (subject, issuer, name, not_before, not_after, finding) in table {
            let certificate = Certificate {
                fingerprint: Fingerprint([0; 32]),
                subject: subject.to_owned(),
                issuer: issuer.to_owned(),
                names: vec![name.to_owned()],
                not_before,
                not_after,
                reason: String::new(),
            };
            assert_eq!(of_certificate(&certificate, "h.example", now), finding, "{certificate:?}");
        }
        assert!(covers("10.0.0.1", "10.0.0.1") && !covers("*.example", "a.b.example") && !covers("*.example", "example"));
    }
}
