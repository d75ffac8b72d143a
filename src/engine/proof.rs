//! Proof by checksum: what the server says a file's content is, against what it is here.

use std::io;
use std::path::Path;

use crate::engine::item_outcome::Stopped;
use crate::engine::local_hash;
use crate::ftp::checksum::Told;
use crate::ftp::{Control, Fault};
use crate::model::checksum::{HashAlgorithm, HashUse};
use crate::model::path::RemotePath;
use crate::model::problem::{Problem, ProblemKind};
use crate::model::receipt::HashProof;

/// Whether the server itself says that a transfer whose bytes have all moved did not come about: what is there then is not gone on
/// from, whatever its size. A connection that ended before it could say anything is no such word.
pub fn denies(fault: &Fault) -> bool {
    matches!(fault, Fault::Refused(_) | Fault::DataConnection { .. } | Fault::Protocol { .. })
}

/// What a comparison came to.
#[derive(Debug)]
pub enum Checked {
    /// Nothing speaks against the file: the checksums agree, or none was compared.
    Fine(Option<HashProof>),
    /// The content is another: what is there is of no use for going on.
    Differs {
        /// By which kind of checksum.
        algorithm: HashAlgorithm,
        /// In words.
        problem: Problem,
    },
}

/// Compares `remote` on the server with `local` here, both `size` bytes, by the strongest checksum that the server tells; nothing
/// when the site wants none, or wants one only where it is offered and it is not.
///
/// # Errors
/// Unproven: the answer is no checksum of this file, or one is required and not told. The connection's fault, the disk's.
pub async fn by_checksum(
    wanted: HashUse,
    control: &mut Control,
    local: &Path,
    remote: &RemotePath,
    size: u64,
) -> Result<Checked, Stopped> {
    // What holds nothing is known whole by its size; some servers refuse to compute anything of it.
    if wanted == HashUse::Off || size == 0 {
        return Ok(Checked::Fine(None));
    }
    let mut refused = None;
    for way in control.checksum_ways() {
        let sum = match control.checksum(way, remote, size).await.map_err(|fault| Stopped::wire(fault, "tell a checksum"))? {
            Told::Sum(sum) => sum,
            Told::Refused(words) => {
                refused = Some(words);
                continue;
            }
            Told::Nonsense(what, words) => {
                let what = format!("The server's answer to {} does not count: {what}.", way.command);
                let problem = Problem::new(ProblemKind::Unproven, what).quote(words);
                return Err(Stopped::Failed { problem, again: true });
            }
        };
        let stop = control.cancel_token();
        let ours = match local_hash::of_file_aside(local, way.algorithm, &stop).await {
            Ok(ours) => ours,
            Err(error) if error.kind() == io::ErrorKind::Interrupted && stop.is_cancelled() => {
                return Err(Stopped::wire(Fault::Cancelled, "tell a checksum"));
            }
            Err(error) => return Err(Stopped::disk(&error, "read", local)),
        };
        if ours != sum {
            let what = format!("The {} of the file here and on the server differ: its content is not the same.", way.algorithm);
            let problem = Problem::new(ProblemKind::Unproven, what).quote(format!("{} {}", way.command, sum.hex));
            return Ok(Checked::Differs { algorithm: way.algorithm, problem });
        }
        return Ok(Checked::Fine(Some(HashProof { checksum: sum, command: way.command.to_owned() })));
    }
    if wanted == HashUse::Required {
        let what = "The site asks for a checksum of each file, and the server tells none.";
        let problem = Problem::new(ProblemKind::Unproven, what)
            .advise("All bytes went over and the size agrees. Change the site's checksums if that is proof enough for you.");
        return Err(Stopped::for_good(match refused {
            Some(words) => problem.quote(words),
            None => problem,
        }));
    }
    Ok(Checked::Fine(None))
}
