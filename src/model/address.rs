//! Addresses that a person types or clicks: `ftp://`, `ftpes://`, `ftps://`, or a bare host.

use std::fmt;
use std::net::Ipv6Addr;

use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, utf8_percent_encode};

use crate::model::secret::Secret;
use crate::model::site::Encryption;

/// A parsed address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    /// From the scheme; a bare host is explicit TLS, see [`Address::parse`].
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

/// What is wrong with an address. None of the messages repeats a password.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// Nothing was typed.
    #[error("the address is empty")]
    Empty,
    /// Another scheme than `ftp`, `ftpes` and `ftps`.
    #[error("“{0}://” is not supported; use ftp://, ftpes:// (explicit TLS) or ftps:// (implicit TLS)")]
    UnknownScheme(String),
    /// No host.
    #[error("the address names no host")]
    NoHost,
    /// Something that is neither a host name nor an IP address.
    #[error("“{0}” is not a host name or IP address")]
    BadHost(String),
    /// A port that is not a number from 1 to 65535.
    #[error("“{0}” is not a port (1 to 65535)")]
    BadPort(String),
    /// A `%` without two hexadecimal digits.
    #[error("a % in the {0} is not followed by two hexadecimal digits; write a percent sign as %25")]
    BadEscape(&'static str),
    /// Escapes that are not UTF-8.
    #[error("the {0} is not UTF-8")]
    NotUtf8(&'static str),
    /// CR, LF, NUL or another control character, plain or escaped: it would end the command in its middle.
    #[error("the {0} contains a control character")]
    ControlCharacter(&'static str),
    /// `;type=a`: text mode changes bytes, which is never done unasked.
    #[error("“;type={0}” is not supported; files are transferred as they are")]
    TransferType(String),
}

impl Address {
    /// Reads what a person typed or clicked (RFC 1738 §3.2).
    ///
    /// `ftp://` is plain FTP, `ftpes://` explicit TLS, `ftps://` implicit TLS. A bare `host`, `host:port` or `user@host/path` is
    /// explicit TLS, required: that is what new sites have, and plain FTP has to be asked for by its scheme.
    /// `host/a` is relative to the login folder, `host//a` and `host/%2Fa` begin at the root; `;type=i` and `;type=d` are accepted.
    ///
    /// # Errors
    /// One kind for each thing that can be wrong with it.
    pub fn parse(text: &str) -> Result<Self, AddressError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(AddressError::Empty);
        }
        let (encryption, rest) = match text.split_once("://") {
            Some((scheme, rest)) if !scheme.contains(['/', '@']) => (scheme_encryption(scheme)?, rest),
            _ => (Encryption::Explicit, text),
        };
        let (authority, path) = match rest.split_once('/') {
            Some((authority, path)) => (authority, path),
            None => (rest.strip_suffix(";type=i").unwrap_or(rest), ""),
        };
        let (login, host_port) = match authority.rsplit_once('@') {
            Some((login, host_port)) => (Some(login), host_port),
            None => (None, authority),
        };
        let (user, password) = match login.map(|login| login.split_once(':').map_or((login, None), |(u, p)| (u, Some(p)))) {
            Some((user, password)) => (
                Some(decoded(user, "user name")?).filter(|user| !user.is_empty()),
                password.map(|password| decoded(password, "password")).transpose()?.map(Secret::new),
            ),
            None => (None, None),
        };
        let (host, port) = split_host(host_port)?;
        Ok(Self { encryption, host, port, user, password, path: parse_path(path)? })
    }
}

fn scheme_encryption(scheme: &str) -> Result<Encryption, AddressError> {
    match scheme.to_ascii_lowercase().as_str() {
        "ftp" => Ok(Encryption::Plain),
        "ftpes" => Ok(Encryption::Explicit),
        "ftps" => Ok(Encryption::Implicit),
        _ => Err(AddressError::UnknownScheme(scheme.chars().filter(|c| !c.is_control()).take(20).collect())),
    }
}

fn split_host(text: &str) -> Result<(String, Option<u16>), AddressError> {
    let (host, port) = if let Some(inside) = text.strip_prefix('[') {
        let (host, after) = inside.split_once(']').ok_or_else(|| AddressError::BadHost(shown(text)))?;
        let host = host.replace("%25", "%");
        if !is_ipv6(&host) {
            return Err(AddressError::BadHost(shown(text)));
        }
        let port = match after.strip_prefix(':') {
            Some(port) => port,
            None if after.is_empty() => "",
            None => return Err(AddressError::BadPort(shown(after))),
        };
        (host, port)
    } else if is_ipv6(text) {
        (text.to_owned(), "")
    } else {
        let (host, port) = text.split_once(':').unwrap_or((text, ""));
        if host.is_empty() {
            return Err(AddressError::NoHost);
        }
        let fits = |c: char| c.is_alphanumeric() || matches!(c, '-' | '.' | '_');
        if !host.chars().all(fits) || host.starts_with(['.', '-']) || host.contains("..") {
            return Err(AddressError::BadHost(shown(host)));
        }
        (host.to_owned(), port)
    };
    let port = match port {
        "" => None,
        digits if digits.bytes().all(|b| b.is_ascii_digit()) => {
            Some(digits.parse().ok().filter(|port| *port > 0).ok_or_else(|| AddressError::BadPort(shown(digits)))?)
        }
        other => return Err(AddressError::BadPort(shown(other))),
    };
    Ok((host, port))
}

fn is_ipv6(text: &str) -> bool {
    let (address, zone) = text.split_once('%').map_or((text, None), |(address, zone)| (address, Some(zone)));
    let zone_fits =
        |zone: &str| !zone.is_empty() && zone.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'));
    address.parse::<Ipv6Addr>().is_ok() && zone.is_none_or(zone_fits)
}

fn parse_path(path: &str) -> Result<AddressPath, AddressError> {
    let path = match path.rsplit_once(';') {
        Some((before, parameter)) if parameter.get(..5).is_some_and(|name| name.eq_ignore_ascii_case("type=")) => {
            match parameter.get(5..).unwrap_or_default() {
                "i" | "I" | "d" | "D" => before,
                other => return Err(AddressError::TransferType(shown(other))),
            }
        }
        _ => path,
    };
    let decoded = decoded(path, "path")?;
    Ok(if decoded.is_empty() {
        AddressPath::Login
    } else if decoded.starts_with('/') {
        AddressPath::Absolute(format!("/{}", decoded.trim_start_matches('/')))
    } else {
        AddressPath::Relative(decoded)
    })
}

fn decoded(text: &str, part: &'static str) -> Result<String, AddressError> {
    let is_escape = |escape: &str| escape.get(..2).is_some_and(|pair| pair.bytes().all(|b| b.is_ascii_hexdigit()));
    if !text.split('%').skip(1).all(is_escape) {
        return Err(AddressError::BadEscape(part));
    }
    let text = percent_decode_str(text).decode_utf8().map_err(|_| AddressError::NotUtf8(part))?;
    if text.contains(char::is_control) {
        return Err(AddressError::ControlCharacter(part));
    }
    Ok(text.into_owned())
}

/// A piece of bad input for a message: short and without control characters.
fn shown(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).take(60).collect()
}

/// What must be escaped in a path; `/` separates folders there.
const IN_PATH: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b';')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'[')
    .add(b']')
    .add(b'\\')
    .add(b'`');

/// What must be escaped in a user name.
const IN_USER: &AsciiSet = &IN_PATH.add(b'/').add(b':').add(b'@');

/// As an address that [`Address::parse`] reads back. The password is left out.
impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://", self.encryption.scheme())?;
        if let Some(user) = &self.user {
            write!(f, "{}@", utf8_percent_encode(user, IN_USER))?;
        }
        if self.host.contains(':') {
            write!(f, "[{}]", self.host.replace('%', "%25"))?;
        } else {
            f.write_str(&self.host)?;
        }
        if let Some(port) = self.port {
            write!(f, ":{port}")?;
        }
        match &self.path {
            AddressPath::Login => Ok(()),
            AddressPath::Relative(path) | AddressPath::Absolute(path) => write!(f, "/{}", utf8_percent_encode(path, IN_PATH)),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn address(encryption: Encryption, host: &str, port: Option<u16>, user: Option<&str>, path: AddressPath) -> Address {
        Address { encryption, host: host.into(), port, user: user.map(Into::into), password: None, path }
    }

    #[test]
    fn good_addresses_are_read() {
        use AddressPath::{Absolute, Login, Relative};
        use Encryption::{Explicit, Implicit, Plain};
        let relative = |path: &str| Relative(path.into());
        let absolute = |path: &str| Absolute(path.into());
        let table = [
            ("ftp://ftp.example.org", address(Plain, "ftp.example.org", None, None, Login)),
            ("FTP://ftp.example.org/", address(Plain, "ftp.example.org", None, None, Login)),
            (
                "ftpes://alice@ftp.example.org:2121/www",
                address(Explicit, "ftp.example.org", Some(2121), Some("alice"), relative("www")),
            ),
            ("ftps://ftp.example.org//etc/motd", address(Implicit, "ftp.example.org", None, None, absolute("/etc/motd"))),
            ("ftp://h/%2Fetc/motd;type=i", address(Plain, "h", None, None, absolute("/etc/motd"))),
            ("ftp://h/pub/;type=D", address(Plain, "h", None, None, relative("pub/"))),
            ("ftp://h//", address(Plain, "h", None, None, absolute("/"))),
            ("ftp://h/a%20b/%C3%BC", address(Plain, "h", None, None, relative("a b/ü"))),
            ("ftp://h/what?#1", address(Plain, "h", None, None, relative("what?#1"))),
            ("ftp://h/a://b", address(Plain, "h", None, None, relative("a://b"))),
            ("ftp://bob%40example.org@h", address(Plain, "h", None, Some("bob@example.org"), Login)),
            ("ftp://bob@example.org@h", address(Plain, "h", None, Some("bob@example.org"), Login)),
            ("ftp://[2001:db8::1]:2121/x", address(Plain, "2001:db8::1", Some(2121), None, relative("x"))),
            ("ftp://[fe80::1%25eth0]", address(Plain, "fe80::1%eth0", None, None, Login)),
            ("2001:db8::1", address(Explicit, "2001:db8::1", None, None, Login)),
            ("  ftp.example.org ", address(Explicit, "ftp.example.org", None, None, Login)),
            ("192.0.2.1:2121", address(Explicit, "192.0.2.1", Some(2121), None, Login)),
            ("alice@h/www", address(Explicit, "h", None, Some("alice"), relative("www"))),
            ("ftp://h:/x", address(Plain, "h", None, None, relative("x"))),
            ("ftp://@h", address(Plain, "h", None, None, Login)),
        ];
        for (text, expected) in table {
            assert_eq!(Address::parse(text), Ok(expected), "{text}");
        }
    }

    #[test]
    fn a_password_is_read_and_never_shown() {
        let address = Address::parse("ftp://alice:s%3Acr:et@h/x").unwrap();
        assert_eq!(address.password, Some(Secret::new("s:cr:et")));
        assert_eq!(address.to_string(), "ftp://alice@h/x");
        assert!(!format!("{address:?}").contains("cr:et"));
        let error = Address::parse("ftp://alice:hunter%zz@h").unwrap_err();
        assert!(!error.to_string().contains("hunter"));
    }

    #[test]
    fn bad_addresses_say_what_is_wrong() {
        let bad_host = |text: &str| AddressError::BadHost(text.into());
        let bad_port = |text: &str| AddressError::BadPort(text.into());
        let table = [
            ("", AddressError::Empty),
            ("   ", AddressError::Empty),
            ("http://h/", AddressError::UnknownScheme("http".into())),
            ("sftp://h", AddressError::UnknownScheme("sftp".into())),
            ("ftp://", AddressError::NoHost),
            ("ftp:///pub", AddressError::NoHost),
            ("ftp://alice@/x", AddressError::NoHost),
            (":21", AddressError::NoHost),
            ("two words", bad_host("two words")),
            ("ftp://a..b", bad_host("a..b")),
            ("ftp://-v", bad_host("-v")),
            ("ftp://h%0a/", bad_host("h%0a")),
            ("ftp://[::1", bad_host("[::1")),
            ("ftp://[h]", bad_host("[h]")),
            ("ftp://h:0", bad_port("0")),
            ("ftp://h:65536", bad_port("65536")),
            ("ftp://h:+21", bad_port("+21")),
            ("ftp://h:21x", bad_port("21x")),
            ("ftp://[::1]21", bad_port("21")),
            ("ftp://h/100%", AddressError::BadEscape("path")),
            ("ftp://h/%4", AddressError::BadEscape("path")),
            ("ftp://a%zz@h", AddressError::BadEscape("user name")),
            ("ftp://h/%E9", AddressError::NotUtf8("path")),
            ("ftp://h/a%0D%0ADELE%20b", AddressError::ControlCharacter("path")),
            ("ftp://h/a\nb", AddressError::ControlCharacter("path")),
            ("ftp://h/%00", AddressError::ControlCharacter("path")),
            ("ftp://a%0a@h", AddressError::ControlCharacter("user name")),
            ("ftp://a:%0a@h", AddressError::ControlCharacter("password")),
            ("ftp://h/x;type=a", AddressError::TransferType("a".into())),
        ];
        for (text, expected) in table {
            assert_eq!(Address::parse(text), Err(expected), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn what_is_shown_reads_back(
            scheme in 0_usize..3, host in "[a-z][a-z0-9]{0,8}(\\.[a-z]{2,5})?", port in proptest::option::of(1_u16..), user in
            proptest::option::of("[^\\p{Cc}]{1,12}"), path in "[^\\p{Cc}]{0,24}",
        ) {
            let encryption = [Encryption::Plain, Encryption::Explicit, Encryption::Implicit][scheme];
            let path = match path.trim_start_matches('/') {
                "" if path.is_empty() => AddressPath::Login,
                rest if path.starts_with('/') => AddressPath::Absolute(format!("/{rest}")),
                _ => AddressPath::Relative(path),
            };
            let address = address(encryption, &host, port, user.as_deref(), path);
            prop_assert_eq!(Address::parse(&address.to_string()), Ok(address));
        }

        #[test]
        fn no_input_makes_it_panic_or_lets_a_line_end_through(text: String) {
            if let Ok(address) = Address::parse(&text) {
                prop_assert!(!address.to_string().contains(['\r', '\n', '\0']));
                prop_assert!(!address.user.unwrap_or_default().contains(['\r', '\n', '\0']));
            }
        }
    }
}
