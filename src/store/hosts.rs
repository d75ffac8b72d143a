//! What was learned of each host, per `host:port`: `hosts.toml`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::model::host::HostFacts;
use crate::store::file::{self, Loaded, StoreError};
use crate::store::places::Places;

/// The file's name in the state folder.
const FILE: &str = "hosts.toml";
/// Opens the file.
const HEADER: &str = "# What Moorline learned of servers. It may be deleted: it is then learned anew.\n\n";

/// All hosts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Hosts {
    hosts: BTreeMap<String, HostFacts>,
}

/// Reads what was learned.
pub fn load(places: &Places) -> Loaded<Hosts> {
    file::read_or_set_aside(&places.state.join(FILE), |text| toml::from_str(text).map_err(|error| error.message().to_owned()))
}

/// Reads it again; nothing when there is none, or the file is damaged.
pub fn load_again(places: &Places) -> Loaded<Option<Hosts>> {
    file::again(&places.state.join(FILE), || load(places))
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
    use crate::model::session::LimitSource;
    use crate::model::upkeep::IdleCommand;

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
        let many = HostFacts {
            connection_limit: Some(4),
            useful_connections: Some(3),
            idle_command: IdleCommand::Stat,
            keep_alive_helps: false,
            no_transfer_seconds: Some(30),
            ..HostFacts::default()
        };
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
