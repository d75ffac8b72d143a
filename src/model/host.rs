//! What was learned of one host: its limits, and what keeps its sessions alive.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use crate::model::session::{IdleLimit, LimitSource};
use crate::model::upkeep::{IdleCommand, Upkeep};

/// What is known of one host.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub struct HostFacts {
    /// Seconds without a command after which it ends the session.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub idle_limit_seconds: Option<u32>,
    /// Where that figure came from; saved as announced, learned or stated.
    #[serde(skip_serializing_if = "Option::is_none", with = "source_text")]
    pub idle_limit_source: Option<LimitSource>,
    /// The command that keeps its sessions alive.
    #[serde(skip_serializing_if = "is_usual")]
    pub idle_command: IdleCommand,
    /// Whether any command does.
    #[serde(skip_serializing_if = "is_true")]
    pub keep_alive_helps: bool,
    /// Seconds without a transfer after which it ends the session, whatever commands come.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub no_transfer_seconds: Option<u32>,
    /// How many connections it allows at once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub connection_limit: Option<usize>,
    /// From this offset on it does not go on with a file where it is asked to (REST): 0 is nowhere, 2 GiB and 4 GiB are known bugs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rest_limit: Option<u64>,
    /// Seconds that the times of its LIST are ahead of UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub list_ahead_seconds: Option<i64>,
    /// Seconds that its clock is ahead of this machine's, zones left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub skew_seconds: Option<i64>,
    /// How many transfer connections at once were of use.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub useful_connections: Option<usize>,
    /// The address of the last session that came about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_address: Option<IpAddr>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde gives it so")]
fn is_usual(command: &IdleCommand) -> bool {
    *command == IdleCommand::default()
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde gives it so")]
fn is_true(value: &bool) -> bool {
    *value
}

impl Default for HostFacts {
    fn default() -> Self {
        Self {
            idle_limit_seconds: None,
            idle_limit_source: None,
            idle_command: IdleCommand::default(),
            keep_alive_helps: true,
            no_transfer_seconds: None,
            connection_limit: None,
            rest_limit: None,
            list_ahead_seconds: None,
            skew_seconds: None,
            useful_connections: None,
            last_address: None,
        }
    }
}

impl HostFacts {
    /// The idle limit, as far as known.
    #[must_use]
    pub fn idle_limit(&self) -> Option<IdleLimit> {
        let source = self.idle_limit_source.unwrap_or(LimitSource::Learned);
        self.idle_limit_seconds.map(|seconds| IdleLimit { seconds, source })
    }

    /// The same with another idle limit.
    #[must_use]
    pub fn with_idle_limit(self, limit: Option<IdleLimit>) -> Self {
        Self { idle_limit_seconds: limit.map(|limit| limit.seconds), idle_limit_source: limit.map(|limit| limit.source), ..self }
    }

    /// What keeps its sessions alive.
    #[must_use]
    pub fn upkeep(&self) -> Upkeep {
        Upkeep { command: self.idle_command, helps: self.keep_alive_helps, no_transfer: self.no_transfer_seconds }
    }

    /// The same with another way of being kept alive.
    #[must_use]
    pub fn with_upkeep(self, upkeep: Upkeep) -> Self {
        Self { idle_command: upkeep.command, keep_alive_helps: upkeep.helps, no_transfer_seconds: upkeep.no_transfer, ..self }
    }

    /// Nothing of what was learned; the address of the last session stays, because it is no guess.
    #[must_use]
    pub fn forgotten(self) -> Self {
        Self { last_address: self.last_address, ..Self::default() }
    }

    /// Whether anything was learned.
    #[must_use]
    pub fn has_learned(&self) -> bool {
        *self != self.forgotten()
    }
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
        Stated,
    }

    #[expect(clippy::ref_option, reason = "serde gives it so")]
    pub(super) fn serialize<S: Serializer>(source: &Option<LimitSource>, serializer: S) -> Result<S::Ok, S::Error> {
        let word = source.map(|source| match source {
            LimitSource::Announced => Word::Announced,
            LimitSource::Learned | LimitSource::LearnedNow => Word::Learned,
            LimitSource::Stated => Word::Stated,
        });
        word.serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<LimitSource>, D::Error> {
        Ok(Option::<Word>::deserialize(deserializer)?.map(|word| match word {
            Word::Announced => LimitSource::Announced,
            Word::Learned => LimitSource::Learned,
            Word::Stated => LimitSource::Stated,
        }))
    }
}
