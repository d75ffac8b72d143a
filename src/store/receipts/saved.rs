//! A receipt as it is saved.

use std::path::PathBuf;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::model::checksum::Checksum;
use crate::model::path::RemotePath;
use crate::model::receipt::{HashProof, Receipt, ReceiptId, TlsProof};
use crate::model::transfer::{Compared, Direction};
use crate::store::lossless_path;

/// The identity stands first: it is looked for by the line's beginning.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Saved {
    id: u64,
    site: String,
    server: String,
    direction: Way,
    #[serde(with = "lossless_path")]
    local: PathBuf,
    remote: RemotePath,
    reply: String,
    bytes: u64,
    reported: u64,
    compared: By,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    hash: Option<Hash>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    tls: Option<Tls>,
    started: String,
    ended: String,
    tries: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    modified: Option<String>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Way {
    Upload,
    Download,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum By {
    Size,
    Listing,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Hash {
    #[serde(flatten)]
    checksum: Checksum,
    command: String,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Tls {
    protocol: String,
    resumed: bool,
    closed: bool,
}

impl From<&Receipt> for Saved {
    fn from(receipt: &Receipt) -> Self {
        Self {
            id: receipt.id.0,
            site: receipt.site.clone(),
            server: receipt.server.clone(),
            direction: match receipt.direction {
                Direction::Upload => Way::Upload,
                Direction::Download => Way::Download,
            },
            local: receipt.local.clone(),
            remote: receipt.remote.clone(),
            reply: receipt.reply.clone(),
            bytes: receipt.bytes,
            reported: receipt.reported,
            compared: match receipt.compared {
                Compared::Size => By::Size,
                Compared::Listing => By::Listing,
            },
            hash: receipt.hash.as_ref().map(|hash| Hash { checksum: hash.checksum.clone(), command: hash.command.clone() }),
            tls: receipt.tls.as_ref().map(|tls| Tls { protocol: tls.protocol.clone(), resumed: tls.resumed, closed: tls.closed }),
            started: receipt.started.to_string(),
            ended: receipt.ended.to_string(),
            tries: receipt.tries,
            modified: receipt.modified.map(|at| at.to_string()),
        }
    }
}

impl TryFrom<Saved> for Receipt {
    type Error = jiff::Error;

    fn try_from(saved: Saved) -> Result<Self, jiff::Error> {
        let time = |text: &str| text.parse::<Timestamp>();
        Ok(Self {
            id: ReceiptId(saved.id),
            site: saved.site,
            server: saved.server,
            direction: match saved.direction {
                Way::Upload => Direction::Upload,
                Way::Download => Direction::Download,
            },
            local: saved.local,
            remote: saved.remote,
            reply: saved.reply,
            bytes: saved.bytes,
            reported: saved.reported,
            compared: match saved.compared {
                By::Size => Compared::Size,
                By::Listing => Compared::Listing,
            },
            hash: saved.hash.map(|hash| HashProof { checksum: hash.checksum, command: hash.command }),
            tls: saved.tls.map(|tls| TlsProof { protocol: tls.protocol, resumed: tls.resumed, closed: tls.closed }),
            started: time(&saved.started)?,
            ended: time(&saved.ended)?,
            tries: saved.tries,
            modified: saved.modified.as_deref().map(time).transpose()?,
        })
    }
}
