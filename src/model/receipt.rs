//! The receipt of a file that has arrived: all that proves it, in values that outlive the queue's row.

use std::path::PathBuf;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::model::checksum::Checksum;
use crate::model::format;
use crate::model::path::RemotePath;
use crate::model::transfer::{Compared, Direction};

/// Identifies a receipt: the moment at which it was written, in microseconds since 1970, moved on where two would be the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ReceiptId(pub u64);

impl ReceiptId {
    /// The moment that it stands for.
    #[must_use]
    pub fn at(self) -> Timestamp {
        i64::try_from(self.0).ok().and_then(|at| Timestamp::from_microsecond(at).ok()).unwrap_or(Timestamp::MAX)
    }
}

/// A checksum that the server told and that agreed with ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HashProof {
    /// The checksum.
    pub checksum: Checksum,
    /// The command that the server told it to: `HASH`, `XSHA256`.
    pub command: String,
}

/// What TLS did for the data connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsProof {
    /// "TLS 1.2" or "TLS 1.3".
    pub protocol: String,
    /// Whether it resumed the control connection's session, which ties the two together.
    pub resumed: bool,
    /// Whether the server ended it with close_notify, so that nobody on the way cut it. For an upload ours was sent in any case.
    pub closed: bool,
}

/// All that proves that a file has arrived.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// Identity.
    pub id: ReceiptId,
    /// The site's name.
    pub site: String,
    /// The server and the user, as an address without path and password: `ftpes://anna@ftp.example.com:21`.
    pub server: String,
    /// Which way.
    pub direction: Direction,
    /// The local file.
    pub local: PathBuf,
    /// The remote file.
    pub remote: RemotePath,
    /// The closing reply, code and text.
    pub reply: String,
    /// Bytes that arrived.
    pub bytes: u64,
    /// The size that the server told.
    pub reported: u64,
    /// How it told it.
    pub compared: Compared,
    /// The checksum, where one was asked for.
    pub hash: Option<HashProof>,
    /// TLS of the data connection; `None` when it was plain, or when all bytes were there before this try.
    pub tls: Option<TlsProof>,
    /// When the try began that brought it to its end.
    pub started: Timestamp,
    /// When it was proven.
    pub ended: Timestamp,
    /// How often it was begun.
    pub tries: u32,
    /// The source's last change, when known.
    pub modified: Option<Timestamp>,
}

impl Receipt {
    /// The fields by name, for people and tables, in the order of [`Receipt::FIELDS`]; times are in UTC.
    #[must_use]
    pub fn values(&self) -> [String; 19] {
        let tls = self.tls.as_ref();
        let hash = self.hash.as_ref();
        let yes = |flag: bool| if flag { "yes" } else { "no" }.to_owned();
        [
            self.site.clone(),
            self.server.clone(),
            direction(self.direction).to_owned(),
            self.local.to_string_lossy().into_owned(),
            self.remote.to_string(),
            self.reply.clone(),
            self.bytes.to_string(),
            self.reported.to_string(),
            self.compared.command().to_owned(),
            hash.map(|hash| hash.checksum.algorithm.name().to_owned()).unwrap_or_default(),
            hash.map(|hash| hash.checksum.hex.clone()).unwrap_or_default(),
            hash.map(|hash| hash.command.clone()).unwrap_or_default(),
            tls.map(|tls| tls.protocol.clone()).unwrap_or_default(),
            tls.map(|tls| yes(tls.resumed)).unwrap_or_default(),
            tls.map(|tls| yes(tls.closed)).unwrap_or_default(),
            self.started.to_string(),
            self.ended.to_string(),
            self.tries.to_string(),
            self.modified.map(|at| at.to_string()).unwrap_or_default(),
        ]
    }

    /// The names of [`Receipt::values`].
    pub const FIELDS: [&'static str; 19] = [
        "site",
        "server",
        "direction",
        "local",
        "remote",
        "reply",
        "bytes",
        "reported",
        "reported_by",
        "hash_algorithm",
        "hash",
        "hash_command",
        "tls",
        "tls_resumed",
        "tls_closed",
        "started",
        "ended",
        "tries",
        "modified",
    ];

    /// What proves it, one line a fact: name and words for a person, with times as the clock in this zone shows them.
    #[must_use]
    pub fn facts(&self, zone: &TimeZone) -> Vec<(&'static str, String)> {
        let told = |at: Timestamp| at.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M:%S %:z").to_string();
        let hash = match &self.hash {
            Some(hash) => format!("{}, told by {}: {}", hash.checksum.algorithm.name(), hash.command, hash.checksum.hex),
            None => "not asked for".to_owned(),
        };
        let tls = match &self.tls {
            Some(tls) => {
                let resumed = if tls.resumed { "the control connection's session resumed" } else { "a session of its own" };
                let closed = if tls.closed { "closed with close_notify" } else { "not closed with close_notify by the server" };
                format!("{}, {resumed}, {closed}", tls.protocol)
            }
            None => "none on the data connection".to_owned(),
        };
        let mut facts = vec![
            ("Site", if self.site.is_empty() { self.server.clone() } else { format!("{} · {}", self.site, self.server) }),
            ("Direction", if self.direction == Direction::Upload { "to the server" } else { "from the server" }.to_owned()),
            ("Local file", self.local.display().to_string()),
            ("Remote file", self.remote.to_string()),
            ("Closing reply", self.reply.clone()),
            ("Bytes that arrived", format::count(self.bytes)),
            ("Size reported by the server", format!("{}, by {}", format::count(self.reported), self.compared.told_by())),
            ("Checksum", hash),
            ("TLS", tls),
            ("Began", told(self.started)),
            ("Proven", told(self.ended)),
            ("Tries", self.tries.to_string()),
        ];
        if let Some(at) = self.modified {
            facts.push(("Source last changed", told(at)));
        }
        facts
    }

    /// The receipt as text, a fact a line; times as in [`Self::facts`].
    #[must_use]
    pub fn text(&self, zone: &TimeZone) -> String {
        self.facts(zone).iter().map(|(name, words)| format!("{name}: {words}\n")).collect()
    }
}

/// The direction in one word.
#[must_use]
pub fn direction(direction: Direction) -> &'static str {
    match direction {
        Direction::Upload => "upload",
        Direction::Download => "download",
    }
}

#[cfg(test)]
pub(crate) mod tests {
    #![allow(clippy::unwrap_used, missing_docs)]

    use jiff::tz::offset;

    use super::*;
    use crate::model::checksum::HashAlgorithm;

    /// A receipt with everything in it.
    pub(crate) fn sample(id: u64) -> Receipt {
        Receipt {
            id: ReceiptId(id),
            site: "Shop".into(),
            server: "ftpes://anna@ftp.example.com:21".into(),
            direction: Direction::Upload,
            local: PathBuf::from("/home/anna/a b.txt"),
            remote: RemotePath::parse("/www/a b.txt").unwrap(),
            reply: "226 Transfer complete".into(),
            bytes: 3,
            reported: 3,
            compared: Compared::Size,
            hash: Some(HashProof {
                checksum: Checksum::parse(HashAlgorithm::Sha256, &"ab".repeat(32)).unwrap(),
                command: "HASH".into(),
            }),
            tls: Some(TlsProof { protocol: "TLS 1.2".into(), resumed: true, closed: true }),
            started: "2026-11-27T09:00:00Z".parse().unwrap(),
            ended: "2026-11-27T09:00:01Z".parse().unwrap(),
            tries: 1,
            modified: Some("2026-11-20T08:00:00Z".parse().unwrap()),
        }
    }

    #[test]
    fn every_field_has_its_name_and_every_fact_its_words() {
        let receipt = sample(1);
        assert_eq!(Receipt::FIELDS.len(), receipt.values().len());
        assert!(receipt.values().iter().all(|value| !value.is_empty()));
        let text = receipt.text(&TimeZone::fixed(offset(2)));
        for words in [
            "226 Transfer complete",
            "SHA-256, told by HASH: abab",
            "close_notify",
            "TLS 1.2",
            "3, by SIZE",
            "Proven: 2026-11-27 11:00:01 +02:00",
        ] {
            assert!(text.contains(words), "{words} in {text}");
        }
        let bare = Receipt { hash: None, tls: None, modified: None, ..sample(1) };
        let text = bare.text(&TimeZone::UTC);
        assert!(text.contains("not asked for") && text.contains("none on the data connection"));
        assert_eq!(bare.values()[9..15], ["", "", "", "", "", ""]);
    }

    #[test]
    fn the_identity_is_a_moment() {
        assert_eq!(ReceiptId(1_700_000_000_000_001).at().as_microsecond(), 1_700_000_000_000_001);
        assert_eq!(ReceiptId(u64::MAX).at(), Timestamp::MAX);
    }
}
