//! A server's certificate, as a person is asked about it.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;

/// SHA-256 of a certificate's DER bytes.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Fingerprint(pub [u8; 32]);

/// The text is not a SHA-256 fingerprint.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” is not a SHA-256 fingerprint (64 hexadecimal digits, colons allowed)")]
pub struct FingerprintError(String);

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, byte) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str(":")?;
            }
            write!(f, "{byte:02X}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Fingerprint {
    type Err = FingerprintError;

    fn from_str(text: &str) -> Result<Self, FingerprintError> {
        let error = || FingerprintError(text.to_owned());
        let digits: Vec<char> = text.chars().filter(|c| *c != ':' && !c.is_whitespace()).collect();
        if digits.len() != 64 {
            return Err(error());
        }
        let mut bytes = [0_u8; 32];
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks(2)) {
            let pair: String = pair.iter().collect();
            *byte = u8::from_str_radix(&pair, 16).map_err(|_| error())?;
        }
        Ok(Self(bytes))
    }
}

/// A server's certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    /// Fingerprint.
    pub fingerprint: Fingerprint,
    /// Subject's name.
    pub subject: String,
    /// Issuer's name.
    pub issuer: String,
    /// Names it is valid for.
    pub names: Vec<String>,
    /// Valid from.
    pub not_before: Option<Timestamp>,
    /// Valid until.
    pub not_after: Option<Timestamp>,
    /// Why it is not trusted, in a person's words.
    pub reason: String,
}

#[cfg(test)]
mod tests {
    use super::Fingerprint;

    #[test]
    fn a_fingerprint_reads_what_it_writes() {
        let print = Fingerprint(std::array::from_fn(|i| u8::try_from(i * 7).unwrap()));
        assert_eq!(print.to_string().parse(), Ok(print));
        assert_eq!(print.to_string().replace(':', "").to_lowercase().parse(), Ok(print));
        assert!("12:34".parse::<Fingerprint>().is_err());
        assert!("zz".repeat(32).parse::<Fingerprint>().is_err());
    }
}
