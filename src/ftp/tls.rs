//! TLS for one control connection and its data connections: verification, pins, one resumption store each.

use std::collections::HashSet;

use crate::model::certificate::Fingerprint;

/// Which certificates are accepted beside those of the system's authorities.
#[derive(Clone, Debug, Default)]
pub struct Trust {
    /// Fingerprints that a person accepted for this host and port.
    pub pinned: HashSet<Fingerprint>,
}

/// What was negotiated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsFacts {
    /// "TLS 1.2" or "TLS 1.3".
    pub protocol: String,
    /// Whether a pin, not an authority, made it trusted.
    pub pinned: bool,
}
