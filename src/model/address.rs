//! Addresses that a person types or clicks: `ftp://`, `ftpes://`, `ftps://`, or a bare host.

use crate::model::secret::Secret;
use crate::model::site::Encryption;

/// A parsed address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    /// From the scheme; a bare host is explicit TLS on `ftpes`, see [`Address::parse`].
    pub encryption: Encryption,
    /// Host name or IP address, without brackets.
    pub host: String,
    /// Port, when given.
    pub port: Option<u16>,
    /// User, when given.
    pub user: Option<String>,
    /// Password, when given (the caller warns about it).
    pub password: Option<Secret>,
    /// What follows the host, percent-decoded.
    pub path: AddressPath,
}

/// The path of an address (RFC 1738 §3.2.2: relative to the login folder unless it begins with an encoded slash).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum AddressPath {
    /// Nothing after the host.
    #[default]
    Login,
    /// Relative to the login folder.
    Relative(String),
    /// From the root: `ftp://host//path` or `ftp://host/%2Fpath`.
    Absolute(String),
}
