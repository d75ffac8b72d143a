//! WinSCP's sessions: `WinSCP.ini`, and what its export of the configuration writes.

use std::path::PathBuf;

use data_encoding::HEXUPPER_PERMISSIVE;
use encoding_rs::WINDOWS_1252;
use percent_encoding::percent_decode_str;

use super::ini::{Section, sections};
use super::{Fault, blank, folder_name};
use crate::model::import::{FoundSite, Program, Refusal, Remark};
use crate::model::secret::Secret;
use crate::model::site::{DataMode, Encryption, KeepAlive, Logon, SiteColor};

/// What the section of a session begins with.
const SESSIONS: &str = "Sessions\\";
/// The session that others begin as; it is no site.
const DEFAULTS: &str = "Default Settings";
/// Before text in UTF-8; other text is in the system's old character set.
const MARK: &[u8] = b"\xef\xbb\xbf";
/// What each byte of a kept password was changed by.
const MASK: u8 = !0xa3;
/// Begins a password that has its user and host in front.
const WITH_KEY: u8 = 0xff;
/// Behind that: how many bytes the length has, or that a master password is needed.
const SHORT: u8 = 0;
/// See [`SHORT`].
const LOCKED: u8 = 1;
/// See [`SHORT`].
const LONG: u8 = 2;

/// The sites in a text.
pub(super) fn parse(text: &str) -> Result<Vec<FoundSite>, Fault> {
    let sections = sections(text);
    let is_theirs = |section: &Section<'_>| section.name.starts_with(SESSIONS) || section.name.starts_with("Configuration");
    if !sections.iter().any(is_theirs) {
        return Err(Fault::Foreign);
    }
    Ok(sections.iter().filter_map(session).collect())
}

/// Text as it was before blanks and strange letters were written as `%20`.
fn plain(text: &str) -> String {
    let bytes: Vec<u8> = percent_decode_str(text).collect();
    match bytes.strip_prefix(MARK) {
        Some(text) => String::from_utf8_lossy(text).into_owned(),
        None => String::from_utf8(bytes)
            .unwrap_or_else(|error| WINDOWS_1252.decode_without_bom_handling(error.as_bytes()).0.into_owned()),
    }
}

/// A value as text; empty when there is none.
fn get(section: &Section<'_>, name: &str) -> String {
    section.get(name).map(plain).unwrap_or_default()
}

fn number(section: &Section<'_>, name: &str) -> Option<i64> {
    section.get(name)?.trim().parse().ok()
}

/// A site; `None` for what WinSCP keeps in the same place and is none.
fn session(section: &Section<'_>) -> Option<FoundSite> {
    let path = plain(section.name.strip_prefix(SESSIONS)?);
    // A workspace remembers what was open; its sites are in the list beside it.
    if path == DEFAULTS || number(section, "IsWorkspace") == Some(1) || section.get("Link").is_some() {
        return None;
    }
    let mut names: Vec<String> = path.split('/').map(folder_name).filter(|name| !name.is_empty()).collect();
    let name = names.pop().unwrap_or_default();
    let mut found = blank(&name, &names);
    let site = &mut found.site;
    (site.host, site.user) = (get(section, "HostName"), get(section, "UserName"));
    if let Some((user, host)) = site.host.clone().rsplit_once('@') {
        host.clone_into(&mut site.host);
        if site.user.is_empty() {
            user.clone_into(&mut site.user);
        }
    }
    match encryption(section) {
        Ok(encryption) => site.encryption = encryption,
        Err(protocol) => {
            found.refusal = Some(Refusal::Protocol(protocol));
            return Some(found);
        }
    }
    match number(section, "PortNumber").map(u16::try_from) {
        Some(Ok(port)) if port > 0 => site.port = Some(port),
        None if section.get("PortNumber").is_none() => {}
        _ => found.remarks.push(Remark::Port),
    }
    login(section, &mut found);
    folders(section, &mut found);
    rest(section, &mut found);
    Some(found)
}

/// WinSCP's numbers of protocols and of ways to encrypt; what is not written is as usual there.
fn encryption(section: &Section<'_>) -> Result<Encryption, String> {
    let other = match number(section, "FSProtocol").unwrap_or(1) {
        5 => {
            return Ok(match number(section, "Ftps").unwrap_or(0) {
                0 => Encryption::Plain,
                1 => Encryption::Implicit,
                // SSL (2) and TLS (3) differ by the command that they once began with.
                _ => Encryption::Explicit,
            });
        }
        0 => "SCP",
        1 | 2 => "SFTP",
        6 => "WebDAV",
        7 => "Amazon S3",
        number => return Err(format!("Protocol {number} of WinSCP")),
    };
    Err(other.to_owned())
}

fn login(section: &Section<'_>, found: &mut FoundSite) {
    found.site.logon = Logon::Keyring;
    if section.get("FtpAccount").is_some_and(|account| !account.is_empty()) {
        found.remarks.push(Remark::Account);
    }
    if section.get("TlsCertificateFile").is_some_and(|file| !file.is_empty()) {
        found.remarks.push(Remark::ClientCertificate);
    }
    if section.get("PasswordPlain").is_some() {
        found.password = Some(Secret::new(get(section, "PasswordPlain")));
        return;
    }
    let Some(kept) = section.get("Password").map(str::trim).filter(|kept| !kept.is_empty()) else { return };
    match reveal(kept, &format!("{}{}", found.site.user, found.site.host)) {
        Ok(password) => found.password = Some(password),
        Err(remark) => found.remarks.push(remark),
    }
}

/// A password as WinSCP keeps it without a master password: in hexadecimal digits, each byte changed by the same mask, behind bytes
/// that mean nothing, and with user and host in front.
fn reveal(kept: &str, key: &str) -> Result<Secret, Remark> {
    let mut bytes = HEXUPPER_PERMISSIVE.decode(kept.as_bytes()).map_err(|_| Remark::PasswordUnreadable)?;
    bytes.iter_mut().for_each(|byte| *byte ^= MASK);
    let read = |bytes: &[u8]| -> Option<Secret> {
        let (first, rest) = bytes.split_first()?;
        let (length, rest) = match (*first, rest) {
            (WITH_KEY, [SHORT, length, rest @ ..]) => (usize::from(*length), rest),
            (WITH_KEY, [LONG, high, low, rest @ ..]) => (usize::from(u16::from_be_bytes([*high, *low])), rest),
            (WITH_KEY, _) => return None,
            (length, rest) => (usize::from(length), rest),
        };
        let (shift, rest) = rest.split_first()?;
        let text = std::str::from_utf8(rest.get(usize::from(*shift)..)?.get(..length)?).ok()?;
        let password = if *first == WITH_KEY { text.strip_prefix(key)? } else { text };
        Some(Secret::new(password))
    };
    match bytes.as_slice() {
        [WITH_KEY, LOCKED, ..] => Err(Remark::PasswordLocked(Program::WinScp)),
        bytes => read(bytes).ok_or(Remark::PasswordUnreadable),
    }
}

fn folders(section: &Section<'_>, found: &mut FoundSite) {
    found.site.remote_folder = get(section, "RemoteDirectory");
    let local = get(section, "LocalDirectory");
    found.site.local_folder = Some(PathBuf::from(&local)).filter(|_| !local.is_empty());
    if number(section, "SynchronizeBrowsing") == Some(1) {
        found.remarks.push(Remark::SynchronisedBrowsing);
    }
}

fn rest(section: &Section<'_>, found: &mut FoundSite) {
    let site = &mut found.site;
    if number(section, "FtpPasvMode") == Some(0) {
        site.data_mode = DataMode::Active;
    }
    site.keep_alive = match (number(section, "FtpPingType"), number(section, "FtpPingInterval").map(u32::try_from)) {
        (Some(0), _) => KeepAlive::Off,
        (_, Some(Ok(seconds))) if (5..=86_400).contains(&seconds) => KeepAlive::Every(seconds),
        _ => KeepAlive::Automatic,
    };
    site.notes = get(section, "Note");
    site.color = number(section, "Color").map(color).unwrap_or_default();
    if section.get("ProxyMethod").is_some_and(|method| !matches!(method.trim(), "" | "0")) {
        found.remarks.push(Remark::Proxy);
    }
    if section.get("PostLoginCommands").is_some_and(|commands| !commands.is_empty()) {
        found.remarks.push(Remark::Commands);
    }
    // It is measured against this machine's own zone, which may be another one by now.
    if number(section, "TimeDifferenceAuto") == Some(0) || section.get("TimeDifference").is_some() {
        found.remarks.push(Remark::TimeDifference);
    }
}

/// The marker that is nearest to a colour as Windows counts it: blue, green and red from the highest byte on; 0 is none.
fn color(number: i64) -> SiteColor {
    let [.., blue, green, red] = number.to_be_bytes();
    let [red, green, blue] = [red, green, blue].map(i32::from);
    let (most, least) = (red.max(green).max(blue), red.min(green).min(blue));
    let range = most - least;
    if number & 0x00ff_ffff == 0 {
        return SiteColor::None;
    }
    if range < 24 {
        return SiteColor::Grey;
    }
    // Degrees on the circle of colours.
    let degrees = if most == red {
        60 * (green - blue) / range
    } else if most == green {
        120 + 60 * (blue - red) / range
    } else {
        240 + 60 * (red - green) / range
    };
    match degrees.rem_euclid(360) {
        20..70 => SiteColor::Amber,
        70..170 => SiteColor::Green,
        170..255 => SiteColor::Blue,
        255..330 => SiteColor::Violet,
        _ => SiteColor::Red,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As WinSCP keeps a password, with `shift` bytes that mean nothing.
    fn keep(bytes: &[&[u8]]) -> String {
        let bytes: Vec<u8> = bytes.concat().iter().map(|byte| byte ^ MASK).collect();
        HEXUPPER_PERMISSIVE.encode(&bytes)
    }

    #[test]
    fn kept_passwords_are_read_with_their_key_only() {
        let long = "x".repeat(300);
        let length = u16::try_from("uhost".len() + long.len()).unwrap().to_be_bytes();
        let short = keep(&[&[WITH_KEY, SHORT, 8, 3], b"???", "uhostpä".as_bytes(), b"padding"]);
        let cases = [
            (short.clone(), "uhost", Ok("pä")),
            (short.to_lowercase(), "uhost", Ok("pä")),
            (short, "other", Err(Remark::PasswordUnreadable)),
            (keep(&[&[WITH_KEY, LONG], &length, &[0], b"uhost", long.as_bytes()]), "uhost", Ok(long.as_str())),
            (keep(&[&[3, 2], b"??old"]), "uhost", Ok("old")),
            (keep(&[&[WITH_KEY, LOCKED], b"whatever"]), "uhost", Err(Remark::PasswordLocked(Program::WinScp))),
            (keep(&[&[WITH_KEY, SHORT, 200, 3], b"too little"]), "", Err(Remark::PasswordUnreadable)),
            (keep(&[&[WITH_KEY, SHORT, 1, 200], b"too little"]), "", Err(Remark::PasswordUnreadable)),
            (keep(&[&[WITH_KEY, 7, 1, 0], b"x"]), "", Err(Remark::PasswordUnreadable)),
            (keep(&[&[WITH_KEY, SHORT, 1, 0], b"\xff"]), "", Err(Remark::PasswordUnreadable)),
            ("A35".into(), "", Err(Remark::PasswordUnreadable)),
            ("no digits".into(), "", Err(Remark::PasswordUnreadable)),
        ];
        for (kept, key, expected) in cases {
            let found = reveal(&kept, key);
            assert_eq!(found.as_ref().map(Secret::reveal), expected.as_ref().copied(), "{kept}");
        }
    }

    #[test]
    fn letters_come_back_from_their_escapes() {
        for (text, expected) in [
            ("My%20site", "My site"),
            ("%EF%BB%BFB%C3%BCcher", "Bücher"),
            ("B%FCcher", "Bücher"),
            ("B%C3%BCcher", "Bücher"),
            ("100%", "100%"),
            ("a%2Fb", "a/b"),
            ("Bücher", "Bücher"),
        ] {
            assert_eq!(plain(text), expected);
        }
    }

    #[test]
    fn colours_become_the_nearest_marker() {
        for (number, expected) in [
            (0, SiteColor::None),
            (0x0000ff, SiteColor::Red),
            (0x00ff00, SiteColor::Green),
            (0xff0000, SiteColor::Blue),
            (0x00a5ff, SiteColor::Amber),
            (0x00ffff, SiteColor::Amber),
            (0xffff00, SiteColor::Blue),
            (0xff00c0, SiteColor::Violet),
            (0x808080, SiteColor::Grey),
            (0xc1b6ff, SiteColor::Red),
            (-1, SiteColor::Grey),
        ] {
            assert_eq!(color(number), expected, "{number:#x}");
        }
    }
}
