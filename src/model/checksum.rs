//! Checksums of whole files: which kinds there are, which is the strongest, and when they are asked for.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A kind of checksum, weakest first. CRC-32 and MD5 find accidents; only SHA-1 and what comes after it were made against people,
/// and SHA-1 no longer holds against them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs, reason = "the names say it")]
pub enum HashAlgorithm {
    Crc32,
    Md5,
    Sha1,
    Sha256,
    Sha512,
}

impl HashAlgorithm {
    /// All of them, weakest first.
    pub const ALL: [Self; 5] = [Self::Crc32, Self::Md5, Self::Sha1, Self::Sha256, Self::Sha512];

    /// The name that people and the HASH command know it by.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Crc32 => "CRC32",
            Self::Md5 => "MD5",
            Self::Sha1 => "SHA-1",
            Self::Sha256 => "SHA-256",
            Self::Sha512 => "SHA-512",
        }
    }

    /// How many hexadecimal digits it has.
    #[must_use]
    pub fn digits(self) -> usize {
        match self {
            Self::Crc32 => 8,
            Self::Md5 => 32,
            Self::Sha1 => 40,
            Self::Sha256 => 64,
            Self::Sha512 => 128,
        }
    }

    /// The kind that a server's word for it means: `SHA-256`, `sha256`, `XSHA256`.
    #[must_use]
    pub fn by_name(name: &str) -> Option<Self> {
        let plain: String = name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect();
        match plain.strip_prefix('X').unwrap_or(&plain) {
            "CRC" | "CRC32" => Some(Self::Crc32),
            "MD5" => Some(Self::Md5),
            "SHA" | "SHA1" => Some(Self::Sha1),
            "SHA256" => Some(Self::Sha256),
            "SHA512" => Some(Self::Sha512),
            _ => None,
        }
    }
}

impl fmt::Display for HashAlgorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A checksum.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Checksum {
    /// Of which kind.
    pub algorithm: HashAlgorithm,
    /// Hexadecimal digits in lower case, as many as the kind has.
    pub hex: String,
}

impl Checksum {
    /// Reads hexadecimal digits of either case. CRC-32 is a number: leading zeros may be missing, or too many.
    #[must_use]
    pub fn parse(algorithm: HashAlgorithm, text: &str) -> Option<Self> {
        let text = if algorithm == HashAlgorithm::Crc32 {
            text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")).unwrap_or(text)
        } else {
            text
        };
        if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        let mut hex = text.to_ascii_lowercase();
        if algorithm == HashAlgorithm::Crc32 {
            hex = format!("{:0>8}", hex.trim_start_matches('0'));
        }
        (hex.len() == algorithm.digits()).then_some(Self { algorithm, hex })
    }

    /// The checksum with these bytes.
    #[must_use]
    pub fn of_bytes(algorithm: HashAlgorithm, bytes: &[u8]) -> Self {
        Self { algorithm, hex: bytes.iter().map(|byte| format!("{byte:02x}")).collect() }
    }
}

impl fmt::Display for Checksum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.algorithm, self.hex)
    }
}

/// Whether a site's files are also compared by checksum.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HashUse {
    /// Never: reply, byte count and size are the proof.
    #[default]
    Off,
    /// Where the server offers one.
    WhenOffered,
    /// Always: a file whose checksum the server does not tell is not proven.
    Required,
}

impl HashUse {
    /// All choices.
    pub const ALL: [Self; 3] = [Self::Off, Self::WhenOffered, Self::Required];

    /// The choice in words.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Off => "Off",
            Self::WhenOffered => "When the server has one",
            Self::Required => "Required",
        }
    }

    /// Whether this is the usual choice, which is not saved.
    #[must_use]
    #[allow(clippy::trivially_copy_pass_by_ref, reason = "serde calls it with a reference")]
    pub fn is_off(&self) -> bool {
        *self == Self::Off
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn names_of_servers_are_known() {
        let table = [
            ("SHA-256", Some(HashAlgorithm::Sha256)),
            ("sha256", Some(HashAlgorithm::Sha256)),
            ("XSHA", Some(HashAlgorithm::Sha1)),
            ("XSHA1", Some(HashAlgorithm::Sha1)),
            ("XSHA512", Some(HashAlgorithm::Sha512)),
            ("CRC32", Some(HashAlgorithm::Crc32)),
            ("XCRC", Some(HashAlgorithm::Crc32)),
            ("XMD5", Some(HashAlgorithm::Md5)),
            ("SHA-224", None),
            ("", None),
        ];
        for (name, algorithm) in table {
            assert_eq!(HashAlgorithm::by_name(name), algorithm, "{name}");
        }
        for algorithm in HashAlgorithm::ALL {
            assert_eq!(HashAlgorithm::by_name(algorithm.name()), Some(algorithm));
        }
    }

    #[test]
    fn digits_are_read_in_either_case_and_numbers_with_or_without_zeros() {
        let crc = |text| Checksum::parse(HashAlgorithm::Crc32, text).map(|sum| sum.hex);
        for (text, hex) in [
            ("CBF43926", Some("cbf43926")),
            ("cbf43926", Some("cbf43926")),
            ("0x00BF4392", Some("00bf4392")),
            ("BF4392", Some("00bf4392")),
            ("0000000000bf4392", Some("00bf4392")),
            ("0", Some("00000000")),
            ("1cbf43926", None),
            ("", None),
            ("xyz", None),
        ] {
            assert_eq!(crc(text).as_deref(), hex, "{text}");
        }
        let md5 = "D41D8CD98F00B204E9800998ECF8427E";
        assert_eq!(Checksum::parse(HashAlgorithm::Md5, md5).unwrap().hex, md5.to_ascii_lowercase());
        assert_eq!(Checksum::parse(HashAlgorithm::Md5, &md5[1..]), None);
        assert_eq!(Checksum::parse(HashAlgorithm::Sha1, md5), None);
    }

    #[test]
    fn the_strongest_is_the_greatest() {
        assert_eq!(HashAlgorithm::ALL.iter().max(), Some(&HashAlgorithm::Sha512));
        assert_eq!(Checksum::of_bytes(HashAlgorithm::Crc32, &[0, 0xbf, 0x43, 0x92]).to_string(), "CRC32 00bf4392");
    }
}
