//! A self-signed certificate for 127.0.0.1 and localhost.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

/// The files of a certificate.
pub struct Certificate {
    /// The certificate, PEM.
    pub chain: PathBuf,
    /// The private key, PEM.
    pub key: PathBuf,
    /// Both in one file, PEM.
    pub both: PathBuf,
    /// SHA-256 of the certificate's DER bytes, 64 hexadecimal digits.
    pub fingerprint: String,
}

impl Certificate {
    /// Makes a new certificate and writes it into `folder`.
    pub fn write(folder: &Path) -> Self {
        let made = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned(), "localhost".to_owned()]).unwrap();
        let (chain, key) = (made.cert.pem(), made.signing_key.serialize_pem());
        let fingerprint = Sha256::digest(made.cert.der()).iter().map(|byte| format!("{byte:02X}")).collect();
        let files =
            Self { chain: folder.join("certificate.pem"), key: folder.join("key.pem"), both: folder.join("both.pem"), fingerprint };
        fs::write(&files.chain, &chain).unwrap();
        private(&files.key, &key);
        private(&files.both, &format!("{key}{chain}"));
        files
    }
}

/// Writes a file that only its owner can read: proftpd refuses any other key.
fn private(path: &Path, text: &str) {
    let file = OpenOptions::new().create_new(true).write(true).mode(0o600).open(path);
    file.and_then(|mut file| file.write_all(text.as_bytes())).unwrap();
}
