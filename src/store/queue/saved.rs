//! Items and changes of the queue as they are saved: JSON, in which a field that is added later has a default.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::model::cause::Cause;
use crate::model::conflict::OnExists;
use crate::model::edited::Basis;
use crate::model::entry::Precision;
use crate::model::path::RemotePath;
use crate::model::problem::{Problem, ProblemKind};
use crate::model::site::SiteId;
use crate::model::transfer::{Direction, Priority};
use crate::store::lossless_path;

/// An item of the queue as it is saved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct SavedItem {
    /// Identity; the queue's order is that of the identities where nothing was moved.
    pub id: u64,
    /// The site it belongs to.
    pub site: SiteId,
    /// Which way.
    #[serde(with = "DirectionText")]
    pub direction: Direction,
    /// Local file or folder, exact also where its bytes are no text.
    #[serde(with = "lossless_path")]
    pub local: PathBuf,
    /// Remote file or folder.
    pub remote: RemotePath,
    /// Whether it is a folder, when known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is_folder: Option<bool>,
    /// Whether it came into the queue with its folder.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub from_folder: bool,
    /// Standing answer for a target that exists.
    pub on_exists: OnExists,
    /// What was put into the queue together has the same number.
    #[serde(default, skip_serializing_if = "is_none_of_it")]
    pub batch: u64,
    /// Where it stands.
    pub state: SavedState,
    /// Bytes there so far.
    pub moved: u64,
    /// Bytes in all, when known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<u64>,
    /// The source's time in nanoseconds since 1970, when it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub modified: Option<i64>,
    /// How exact that time is: many servers list minutes or days.
    #[serde(default = "second", skip_serializing_if = "is_second", with = "PrecisionText")]
    pub precision: Precision,
    /// The name, beside the target, that the bytes are written under until they are proven.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part: Option<String>,
    /// Nothing had the target's name when it was begun under it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_new: bool,
    /// What is there of a file that comes in ranges: start, written and end of each.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ranges: Option<Vec<[u64; 3]>>,
    /// How often it was begun.
    pub tries: u32,
    /// How urgent it is.
    #[serde(default, skip_serializing_if = "Priority::is_normal")]
    pub priority: Priority,
    /// Its place in the queue, lower first, where that is not its identity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<i64>,
    /// A file that is edited here: what the one on the server was like when both were the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub basis: Option<Basis>,
}

fn second() -> Precision {
    Precision::Second
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde gives it so")]
fn is_second(precision: &Precision) -> bool {
    *precision == Precision::Second
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Precision", rename_all = "kebab-case")]
enum PrecisionText {
    Day,
    Minute,
    Second,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde gives it so")]
fn is_none_of_it(batch: &u64) -> bool {
    *batch == 0
}

/// Where a saved item stands: what was under way is queued again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SavedState {
    /// Waits for a connection.
    Queued,
    /// Stopped by a person.
    Paused,
    /// Did not arrive.
    Failed(#[serde(with = "ProblemText")] Problem),
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Direction", rename_all = "kebab-case")]
enum DirectionText {
    Upload,
    Download,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Problem", rename_all = "kebab-case")]
struct ProblemText {
    #[serde(with = "ProblemKindText")]
    kind: ProblemKind,
    #[serde(default)]
    cause: Cause,
    what: String,
    advice: String,
    server_words: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "ProblemKind", rename_all = "kebab-case")]
enum ProblemKindText {
    Connect,
    Login,
    Certificate,
    Lost,
    Refused,
    Protocol,
    Local,
    Name,
    Unproven,
    Cancelled,
}

/// One change to the saved queue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(clippy::large_enum_variant, reason = "a change lives for one call")]
pub enum Change {
    /// Adds an item, or replaces the one with the same identity.
    Put(SavedItem),
    /// Takes an item out.
    Remove(u64),
    /// So many bytes of an item are there.
    Moved {
        /// Which.
        id: u64,
        /// Bytes there so far.
        offset: u64,
    },
    /// The whole queue is held, or goes on. A journal without it is of a queue that goes on.
    Hold(bool),
    /// Changes of which none may be there without the others: one line, one checksum. A folder's content enters the
    /// queue as the folder leaves it, else a crash in between would send it twice.
    Together(Vec<Change>),
}
