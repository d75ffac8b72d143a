//! Writes receipts into a file for other programs, away from the runtime's own threads.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use tokio_util::sync::CancellationToken;

use crate::engine::local_hash;
use crate::engine::receipts::Receipts;
use crate::engine::trouble;
use crate::model::checksum::HashAlgorithm;
use crate::model::format;
use crate::model::problem::Problem;
use crate::model::receipt::{Receipt, ReceiptId};
use crate::model::receipt_export::{self, ExportFormat};
use crate::store::file::give_name;
use crate::store::places::Places;

/// Which receipts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Which {
    /// These.
    These(BTreeSet<ReceiptId>),
    /// Those of files that were proven at this moment or later.
    Since(Timestamp),
    /// All that are kept.
    All,
}

impl Which {
    /// The earliest identity that may be among them.
    #[must_use]
    pub fn since(&self) -> ReceiptId {
        match self {
            Self::These(ids) => ids.first().copied().unwrap_or(ReceiptId(u64::MAX)),
            Self::Since(at) => ReceiptId(u64::try_from(at.as_microsecond()).unwrap_or(0)),
            Self::All => ReceiptId(0),
        }
    }

    fn has(&self, id: ReceiptId) -> bool {
        match self {
            Self::These(ids) => ids.contains(&id),
            Self::Since(_) | Self::All => true,
        }
    }
}

/// What was written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Exported {
    /// Lines or objects.
    pub written: usize,
    /// Local files that a checksum file should name and that cannot be read any more, or are not the same any more.
    pub missing: Vec<PathBuf>,
}

impl Exported {
    /// What is said about it.
    #[must_use]
    pub fn sentence(&self, target: &Path) -> String {
        let missing = match self.missing.len() {
            0 => String::new(),
            count => {
                format!(" {} left out: no longer there, or changed since.", format::counted(count, "file is", "files are"))
            }
        };
        format!("{} saved in {}.{missing}", format::counted(self.written, "receipt is", "receipts are"), target.display())
    }
}

/// Writes the receipts that are wanted into `out`; the paths of a checksum file are told from `folder`. Blocking: reads the local
/// files whose SHA-256 no receipt has.
///
/// # Errors
/// The receipts cannot be read, the file cannot be written; `Interrupted` soon after `stop` was cancelled.
pub fn write(
    receipts: &Receipts,
    which: &Which,
    export: ExportFormat,
    folder: &Path,
    out: &mut impl Write,
    stop: &CancellationToken,
) -> Result<Exported, ExportFault> {
    let mut exported = Exported::default();
    let mut failed = Ok(());
    let mut files: BTreeMap<PathBuf, Receipt> = BTreeMap::new();
    if export == ExportFormat::Csv {
        out.write_all(receipt_export::csv_header().as_bytes())?;
    }
    receipts
        .read(which.since(), |receipt| {
            if failed.is_err() || stop.is_cancelled() || !which.has(receipt.id) {
                return;
            }
            let text = match export {
                ExportFormat::Csv => receipt_export::csv(&receipt),
                ExportFormat::Json if exported.written == 0 => format!("[\n{}", receipt_export::json(&receipt)),
                ExportFormat::Json => format!(",\n{}", receipt_export::json(&receipt)),
                // A file that came and went more than once is as its last receipt says.
                ExportFormat::Sha256 => {
                    files.insert(receipt.local.clone(), receipt);
                    return;
                }
            };
            failed = out.write_all(text.as_bytes());
            exported.written += 1;
        })
        .map_err(ExportFault::Receipts)?;
    failed?;
    if export == ExportFormat::Json {
        out.write_all(if exported.written == 0 { b"[]\n".as_slice() } else { b"\n]\n" })?;
    }
    for (path, receipt) in files {
        match sha256(&receipt, stop) {
            Ok(Some(hex)) => {
                out.write_all(&receipt_export::sha256_line(&hex, &receipt_export::relative(&path, folder)))?;
                exported.written += 1;
            }
            Ok(None) => exported.missing.push(path),
            Err(error) => return Err(error.into()),
        }
    }
    if stop.is_cancelled() {
        return Err(io::Error::from(io::ErrorKind::Interrupted).into());
    }
    out.flush()?;
    Ok(exported)
}

/// The SHA-256 of what was proven: of the receipt where it has one, else of the local file as long as that is what was proven.
fn sha256(receipt: &Receipt, stop: &CancellationToken) -> io::Result<Option<String>> {
    if let Some(hash) = receipt.hash.as_ref().filter(|hash| hash.checksum.algorithm == HashAlgorithm::Sha256) {
        return Ok(Some(hash.checksum.hex.clone()));
    }
    let of = |algorithm| local_hash::of_file(&receipt.local, algorithm, stop);
    let is_same = std::fs::metadata(&receipt.local).is_ok_and(|facts| facts.len() == receipt.bytes);
    if !is_same {
        return Ok(None);
    }
    let read = match &receipt.hash {
        Some(hash) => match of(hash.checksum.algorithm) {
            Ok(sum) if sum != hash.checksum => return Ok(None),
            Ok(_) => of(HashAlgorithm::Sha256),
            Err(error) => Err(error),
        },
        None => of(HashAlgorithm::Sha256),
    };
    match read {
        Ok(sum) => Ok(Some(sum.hex)),
        Err(error) if error.kind() == io::ErrorKind::Interrupted => Err(error),
        Err(_) => Ok(None),
    }
}

/// Why nothing whole was written.
#[derive(Debug)]
pub enum ExportFault {
    /// The receipts cannot be read.
    Receipts(Problem),
    /// The file cannot be written, or it was given up.
    Disk(io::Error),
}

impl From<io::Error> for ExportFault {
    fn from(error: io::Error) -> Self {
        Self::Disk(error)
    }
}

impl ExportFault {
    /// The same in a person's words.
    #[must_use]
    pub fn problem(&self, target: &Path) -> Problem {
        match self {
            Self::Receipts(problem) => problem.clone(),
            Self::Disk(error) => trouble::of_disk(error, "write", target),
        }
    }
}

/// Writes a file beside its final name and gives it that when it is whole. Blocking.
///
/// # Errors
/// As [`write`].
pub fn to_file(
    receipts: &Receipts,
    which: &Which,
    export: ExportFormat,
    target: &Path,
    stop: &CancellationToken,
) -> Result<Exported, ExportFault> {
    let folder = target.parent().map(Path::to_owned).unwrap_or_default();
    let folder = std::path::absolute(folder)?;
    let mut file = tempfile::Builder::new().prefix(".moorline-").tempfile_in(&folder)?;
    let exported = {
        let mut out = io::BufWriter::new(file.as_file_mut());
        write(receipts, which, export, &folder, &mut out, stop)?
    };
    give_name(file, target)?;
    Ok(exported)
}

/// The receipts of this user, for a program without an engine. Blocking.
#[must_use]
pub fn receipts_of(places: Places) -> Receipts {
    Receipts::start(Some(places), |_| {})
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::process::Command;

    use super::*;
    use crate::model::checksum::Checksum;
    use crate::model::receipt::HashProof;
    use crate::model::receipt::tests::sample;

    fn book(receipts: Vec<Receipt>) -> Receipts {
        let book = Receipts::start(None, |_| {});
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(book.write(receipts));
        book
    }

    fn text(book: &Receipts, which: &Which, export: ExportFormat) -> (String, usize) {
        let mut out = Vec::new();
        let exported = write(book, which, export, Path::new("/"), &mut out, &CancellationToken::new()).unwrap();
        (String::from_utf8(out).unwrap(), exported.written)
    }

    #[test]
    fn tables_and_objects_hold_those_that_are_wanted() {
        let book = book((1..=3).map(|id| Receipt { tries: u32::try_from(id).unwrap(), ..sample(id) }).collect());
        let (csv, count) = text(&book, &Which::All, ExportFormat::Csv);
        assert_eq!((csv.lines().count(), count), (4, 3));
        let these = Which::These([ReceiptId(1), ReceiptId(3)].into());
        let (json, count) = text(&book, &these, ExportFormat::Json);
        let value: serde_json::Value = serde_json::from_str(&json).unwrap();
        let tries: Vec<_> = value.as_array().unwrap().iter().map(|receipt| receipt["tries"].as_u64().unwrap()).collect();
        assert_eq!((tries, count), (vec![1, 3], 2));
        let late = Which::Since(Timestamp::from_microsecond(3).unwrap());
        assert_eq!(text(&book, &late, ExportFormat::Csv).1, 1);
        assert_eq!(text(&book, &Which::These(BTreeSet::new()), ExportFormat::Json), ("[]\n".to_owned(), 0));
    }

    #[test]
    fn sha256sum_reads_the_checksum_file() {
        let home = tempfile::tempdir().unwrap();
        let root = home.path();
        std::fs::create_dir(root.join("deep")).unwrap();
        let receipt = |id, name: &str, content: &str| {
            let local = root.join(name);
            std::fs::write(&local, content).unwrap();
            Receipt { local, bytes: content.len() as u64, hash: None, ..sample(id) }
        };
        let mut all = vec![
            receipt(1, "plain.txt", "one"),
            receipt(2, "deep/two words.txt", "two"),
            receipt(3, "line\nend", "three"),
            receipt(4, "back\\slash", "four"),
        ];
        // Computed before with another kind: looked after, then computed anew.
        let crc = |text: &str| HashProof {
            checksum: Checksum::of_bytes(HashAlgorithm::Crc32, &crc32fast::hash(text.as_bytes()).to_be_bytes()),
            command: "XCRC".into(),
        };
        all.push(Receipt { hash: Some(crc("five")), ..receipt(5, "five", "five") });
        // Changed since, one in its size and one in its content; and one that is gone.
        all.push(Receipt { bytes: 99, ..receipt(6, "longer", "six") });
        all.push(Receipt { hash: Some(crc("other")), ..receipt(7, "changed", "seven") });
        all.push(Receipt { local: root.join("gone"), hash: None, ..sample(8) });
        let target = root.join("SHA256SUMS");
        let exported = to_file(&book(all), &Which::All, ExportFormat::Sha256, &target, &CancellationToken::new()).unwrap();
        assert_eq!((exported.written, exported.missing.len()), (5, 3), "{exported:?}");
        let checked = Command::new("sha256sum").args(["--strict", "-c", "SHA256SUMS"]).current_dir(root).output();
        // The tool is part of every Linux; elsewhere the lines' own test has to do.
        if let Ok(checked) = checked {
            assert!(checked.status.success(), "{checked:?}");
            assert_eq!(String::from_utf8_lossy(&checked.stdout).matches(": OK").count(), 5);
        }
        std::fs::write(root.join("plain.txt"), "eno").unwrap();
        if let Ok(checked) = Command::new("sha256sum").args(["-c", "SHA256SUMS"]).current_dir(root).output() {
            assert!(!checked.status.success());
        }
    }

    #[test]
    fn what_is_given_up_leaves_nothing() {
        let home = tempfile::tempdir().unwrap();
        let stop = CancellationToken::new();
        stop.cancel();
        let target = home.path().join("out.csv");
        assert!(to_file(&book(vec![sample(1)]), &Which::All, ExportFormat::Csv, &target, &stop).is_err());
        assert_eq!(std::fs::read_dir(home.path()).unwrap().count(), 0);
    }
}
