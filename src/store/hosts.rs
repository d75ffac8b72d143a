//! What was learned of each host, per `host:port`: `hosts.toml`.

use std::collections::BTreeMap;
use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use crate::model::session::LimitSource;
use crate::store::file::{self, Loaded, StoreError};
use crate::store::places::Places;

/// The file's name in the state folder.
const FILE: &str = "hosts.toml";
/// Opens the file.
const HEADER: &str = "# What Moorline learned of servers. It may be deleted: it is then learned anew.\n\n";

/// What is known of one host.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct HostFacts {
    /// Seconds without a command after which it ends the session.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub idle_limit_seconds: Option<u32>,
    /// Where that figure came from; saved as announced or learned.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "source_text")]
    pub idle_limit_source: Option<LimitSource>,
    /// How many connections it allows at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connection_limit: Option<usize>,
    /// The address of the last session that came about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_address: Option<IpAddr>,
}

/// All hosts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Hosts {
    hosts: BTreeMap<String, HostFacts>,
}

/// Where a figure came from, as a word.
mod source_text {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use crate::model::session::LimitSource;

    #[derive(Serialize, Deserialize)]
    #[serde(rename_all = "kebab-case")]
    enum Word {
        Announced,
        Learned,
    }

    #[expect(clippy::ref_option, reason = "serde gives it so")]
    pub(super) fn serialize<S: Serializer>(source: &Option<LimitSource>, serializer: S) -> Result<S::Ok, S::Error> {
        let word = source.map(|source| match source {
            LimitSource::Announced => Word::Announced,
            LimitSource::Learned | LimitSource::LearnedNow => Word::Learned,
        });
        word.serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<LimitSource>, D::Error> {
        Ok(Option::<Word>::deserialize(deserializer)?.map(|word| match word {
            Word::Announced => LimitSource::Announced,
            Word::Learned => LimitSource::Learned,
        }))
    }
}

/// Reads what was learned.
pub fn load(places: &Places) -> Loaded<Hosts> {
    file::read_or_set_aside(&places.state.join(FILE), |text| toml::from_str(text).map_err(|error| error.message().to_owned()))
}

impl Hosts {
    /// What is known of `authority` (`host:port`).
    #[must_use]
    pub fn facts(&self, authority: &str) -> HostFacts {
        self.hosts.get(authority).copied().unwrap_or_default()
    }

    /// Replaces what is known of `authority`; returns whether that was a change.
    pub fn learn(&mut self, authority: &str, facts: HostFacts) -> bool {
        self.hosts.insert(authority.to_owned(), facts) != Some(facts)
    }

    /// Saves them.
    ///
    /// # Errors
    /// The folder or file cannot be written; the old content is then still there.
    pub fn save(&self, places: &Places) -> Result<(), StoreError> {
        let path = places.state.join(FILE);
        let body = toml::to_string(self).map_err(|error| StoreError::Encode { path: path.clone(), detail: error.to_string() })?;
        file::replace(&path, &format!("{HEADER}{body}"))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn what_was_learned_lasts() {
        let folder = tempfile::tempdir().unwrap();
        let places = Places::in_folder(folder.path());
        let mut hosts = load(&places).value;
        let idle = HostFacts {
            idle_limit_seconds: Some(300),
            idle_limit_source: Some(LimitSource::LearnedNow),
            last_address: Some("192.0.2.7".parse().unwrap()),
            ..HostFacts::default()
        };
        let many = HostFacts { connection_limit: Some(4), ..HostFacts::default() };
        assert!(hosts.learn("a.example:21", idle));
        assert!(!hosts.learn("a.example:21", idle));
        assert!(hosts.learn("[2001:db8::1]:990", many));
        hosts.save(&places).unwrap();
        let loaded = load(&places);
        assert_eq!(loaded.notice, None);
        assert_eq!(loaded.value.facts("a.example:21"), HostFacts { idle_limit_source: Some(LimitSource::Learned), ..idle });
        assert_eq!(loaded.value.facts("[2001:db8::1]:990"), many);
        assert_eq!(loaded.value.facts("unknown:21"), HostFacts::default());
    }
}
