//! Checksums of local files, computed away from the runtime's own threads.

use std::io::{self, Read};
use std::path::Path;

use sha2::Digest;
use tokio_util::sync::CancellationToken;

use crate::engine::local;
use crate::model::checksum::{Checksum, HashAlgorithm};

/// Bytes that are read at once; between two reads a cancel is seen.
const PIECE: usize = 1 << 20;

/// A checksum in the making.
pub enum Hasher {
    /// CRC-32 (IEEE 802.3).
    Crc32(crc32fast::Hasher),
    /// MD5.
    Md5(md5::Md5),
    /// SHA-1.
    Sha1(sha1::Sha1),
    /// SHA-256.
    Sha256(sha2::Sha256),
    /// SHA-512.
    Sha512(sha2::Sha512),
}

impl Hasher {
    /// Begins one.
    #[must_use]
    pub fn new(algorithm: HashAlgorithm) -> Self {
        match algorithm {
            HashAlgorithm::Crc32 => Self::Crc32(crc32fast::Hasher::new()),
            HashAlgorithm::Md5 => Self::Md5(md5::Md5::new()),
            HashAlgorithm::Sha1 => Self::Sha1(sha1::Sha1::new()),
            HashAlgorithm::Sha256 => Self::Sha256(sha2::Sha256::new()),
            HashAlgorithm::Sha512 => Self::Sha512(sha2::Sha512::new()),
        }
    }

    /// Takes the next bytes in.
    pub fn update(&mut self, bytes: &[u8]) {
        match self {
            Self::Crc32(hasher) => hasher.update(bytes),
            Self::Md5(hasher) => hasher.update(bytes),
            Self::Sha1(hasher) => hasher.update(bytes),
            Self::Sha256(hasher) => hasher.update(bytes),
            Self::Sha512(hasher) => hasher.update(bytes),
        }
    }

    /// Ends it.
    #[must_use]
    pub fn finish(self) -> Checksum {
        match self {
            Self::Crc32(hasher) => Checksum::of_bytes(HashAlgorithm::Crc32, &hasher.finalize().to_be_bytes()),
            Self::Md5(hasher) => Checksum::of_bytes(HashAlgorithm::Md5, &hasher.finalize()),
            Self::Sha1(hasher) => Checksum::of_bytes(HashAlgorithm::Sha1, &hasher.finalize()),
            Self::Sha256(hasher) => Checksum::of_bytes(HashAlgorithm::Sha256, &hasher.finalize()),
            Self::Sha512(hasher) => Checksum::of_bytes(HashAlgorithm::Sha512, &hasher.finalize()),
        }
    }
}

/// The checksum of a whole file. Blocking.
///
/// # Errors
/// The disk's; `Interrupted` soon after `stop` was cancelled.
pub fn of_file(path: &Path, algorithm: HashAlgorithm, stop: &CancellationToken) -> io::Result<Checksum> {
    let mut file = local::open(path)?;
    let mut hasher = Hasher::new(algorithm);
    let mut piece = vec![0; PIECE];
    loop {
        if stop.is_cancelled() {
            return Err(io::ErrorKind::Interrupted.into());
        }
        match file.read(&mut piece) {
            Ok(0) => return Ok(hasher.finish()),
            Ok(count) => hasher.update(piece.get(..count).unwrap_or_default()),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// As [`of_file`], for whoever must not block. A cancel is answered at once; the reading ends a little later.
///
/// # Errors
/// As [`of_file`].
pub async fn of_file_aside(path: &Path, algorithm: HashAlgorithm, stop: &CancellationToken) -> io::Result<Checksum> {
    let (path, seen) = (path.to_owned(), stop.clone());
    let reading = tokio::task::spawn_blocking(move || of_file(&path, algorithm, &seen));
    tokio::select! {
        biased;
        () = stop.cancelled() => Err(io::ErrorKind::Interrupted.into()),
        read = reading => read.unwrap_or_else(|error| Err(io::Error::other(error))),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn each_kind_computes_what_it_is_known_for() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("nine");
        std::fs::write(&path, "123456789").unwrap();
        let stop = CancellationToken::new();
        for (algorithm, begins) in [
            (HashAlgorithm::Crc32, "cbf43926"),
            (HashAlgorithm::Md5, "25f9e794323b453885f5181f1b624d0b"),
            (HashAlgorithm::Sha1, "f7c3bc1d808e04732adf679965ccc34ca7ae3441"),
            (HashAlgorithm::Sha256, "15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225"),
            (HashAlgorithm::Sha512, "d9e6762dd1c8eaf6d61b3c6192fc408d4d6d5f1176d0c29169bc24e71c3f274a"),
        ] {
            let sum = of_file(&path, algorithm, &stop).unwrap();
            assert_eq!((sum.algorithm, sum.hex.len()), (algorithm, algorithm.digits()));
            assert!(sum.hex.starts_with(begins), "{sum}");
        }
        stop.cancel();
        assert_eq!(of_file(&path, HashAlgorithm::Md5, &stop).unwrap_err().kind(), io::ErrorKind::Interrupted);
        assert!(of_file(Path::new("/no/such"), HashAlgorithm::Md5, &CancellationToken::new()).is_err());
    }
}
