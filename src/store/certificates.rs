//! Certificates that a person accepted, per `host:port`: `certificates.toml`.

use std::collections::HashSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::model::certificate::Fingerprint;
use crate::store::file::{self, Loaded, StoreError};
use crate::store::places::Places;

/// The file's name in the configuration folder.
const FILE: &str = "certificates.toml";
/// Opens the file.
const HEADER: &str = "# Certificates that were accepted in Moorline although no authority vouches for them.\n\
    # Take one out to be asked about it again.\n\n";
/// How many are kept for one authority: enough for hosts that answer with several in turn.
const KEPT_PER_AUTHORITY: usize = 8;

/// The accepted certificates.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Accepted {
    /// Oldest first.
    #[serde(default, rename = "certificate")]
    certificates: Vec<Entry>,
}

/// One of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Entry {
    authority: String,
    #[serde(with = "fingerprint_text")]
    sha256: Fingerprint,
    #[serde(default)]
    subject: String,
    #[serde(default)]
    accepted: String,
}

/// Fingerprints as colon-separated digits.
mod fingerprint_text {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    use crate::model::certificate::Fingerprint;

    pub(super) fn serialize<S: Serializer>(fingerprint: &Fingerprint, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(fingerprint)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Fingerprint, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

/// Reads the accepted certificates.
pub fn load(places: &Places) -> Loaded<Accepted> {
    file::read_or_set_aside(&places.config.join(FILE), |text| toml::from_str(text).map_err(|error| error.message().to_owned()))
}

/// Reads them again; nothing when there are none, or the file is damaged.
pub fn load_again(places: &Places) -> Loaded<Option<Accepted>> {
    file::again(&places.config.join(FILE), || load(places))
}

impl Accepted {
    /// The fingerprints accepted for `authority` (`host:port`, as [`crate::model::site::Site::authority`] has it).
    #[must_use]
    pub fn pinned(&self, authority: &str) -> HashSet<Fingerprint> {
        self.certificates.iter().filter(|entry| entry.authority == authority).map(|entry| entry.sha256).collect()
    }

    /// Accepts a certificate for `authority` from now on.
    pub fn accept(&mut self, authority: &str, fingerprint: Fingerprint, subject: &str) {
        self.certificates.retain(|entry| entry.authority != authority || entry.sha256 != fingerprint);
        self.certificates.push(Entry {
            authority: authority.to_owned(),
            sha256: fingerprint,
            subject: subject.to_owned(),
            accepted: Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        });
        let mut surplus = self.pinned(authority).len().saturating_sub(KEPT_PER_AUTHORITY);
        self.certificates.retain(|entry| {
            let drop = surplus > 0 && entry.authority == authority;
            surplus -= usize::from(drop);
            !drop
        });
    }

    /// Saves them.
    ///
    /// # Errors
    /// The folder or file cannot be written; the old content is then still there.
    pub fn save(&self, places: &Places) -> Result<(), StoreError> {
        let path = places.config.join(FILE);
        let body = toml::to_string(self).map_err(|error| StoreError::Encode { path: path.clone(), detail: error.to_string() })?;
        file::replace(&path, &format!("{HEADER}{body}"))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::fs;

    use super::*;

    #[test]
    fn accepted_ones_last_and_belong_to_their_authority() {
        let folder = tempfile::tempdir().unwrap();
        let places = Places::in_folder(folder.path());
        let mut accepted = load(&places).value;
        let (one, two) = (Fingerprint([1; 32]), Fingerprint([2; 32]));
        accepted.accept("a.example:21", one, "CN=a \"x\"\n");
        accepted.accept("a.example:21", two, "CN=a");
        accepted.accept("a.example:21", one, "CN=a");
        accepted.accept("b.example:21", two, "CN=b");
        accepted.save(&places).unwrap();
        let loaded = load(&places);
        assert_eq!(loaded, Loaded { value: accepted, notice: None });
        assert_eq!(loaded.value.pinned("a.example:21"), HashSet::from([one, two]));
        assert_eq!(loaded.value.pinned("b.example:21"), HashSet::from([two]));
        assert_eq!(loaded.value.pinned("a.example:990"), HashSet::new());
    }

    #[test]
    fn the_oldest_of_many_go() {
        let mut accepted = Accepted::default();
        accepted.accept("b:21", Fingerprint([0; 32]), "");
        for n in 0..20 {
            accepted.accept("a:21", Fingerprint([n; 32]), "");
        }
        assert_eq!(accepted.pinned("a:21"), (12..20).map(|n| Fingerprint([n; 32])).collect());
        assert_eq!(accepted.pinned("b:21").len(), 1);
    }

    #[test]
    fn a_bad_fingerprint_is_damage() {
        let folder = tempfile::tempdir().unwrap();
        let places = Places::in_folder(folder.path());
        fs::create_dir_all(&places.config).unwrap();
        fs::write(places.config.join(FILE), "[[certificate]]\nauthority = \"a:21\"\nsha256 = \"12\"\n").unwrap();
        assert!(load(&places).notice.unwrap().sentence().contains("certificates.damaged-"));
    }
}
