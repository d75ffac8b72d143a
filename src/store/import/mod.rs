//! Files in which other programs keep sites: read whole, recognised by what is in them, never changed.

mod filezilla;
mod ini;
#[cfg(windows)]
mod registry;
pub mod usual;
mod winscp;

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};

use crate::model::import::{FoundSite, FoundSites, Program, Refusal, Remark, SiteFile};
use crate::model::problem::{Problem, ProblemKind};
use crate::model::site::{Logon, Site, SiteId};
use crate::store::file::StoreError;

/// The most bytes that are read. A list of ten thousand sites has about ten million.
const MOST: u64 = 16 << 20;
/// How to get a file that can be read.
const EXPORT: &str = "In FileZilla, choose Export in the File menu; in WinSCP, Export/Backup Configuration under Tools.";

/// Why the text of a file gives no sites.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    /// It begins as one of theirs and breaks off or goes wrong.
    Damaged {
        /// From which line on.
        line: u32,
    },
    /// It is nothing of theirs.
    Foreign,
}

/// Reads what is in the usual places; those where nothing is are passed over. Blocking.
#[must_use]
pub fn find(places: &[PathBuf]) -> Vec<SiteFile> {
    let files = places.iter().filter(|path| is_there(path)).map(|path| read(path));
    #[cfg(windows)]
    let files = files.chain(registry::read());
    files.collect()
}

/// Whether there is something to say about a place; also when it cannot be looked at.
fn is_there(path: &Path) -> bool {
    let is_missing = |error: io::Error| matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory);
    !path.metadata().is_err_and(is_missing)
}

/// Reads a file. Blocking; at most 16 MiB are read.
#[must_use]
pub fn read(path: &Path) -> SiteFile {
    SiteFile { path: path.to_owned(), found: sites_in(path) }
}

fn sites_in(path: &Path) -> Result<FoundSites, Problem> {
    let refused = |source| StoreError::Io { action: "read", path: path.to_owned(), source }.problem();
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let problem = |what: String| Problem::new(ProblemKind::Local, what).advise(EXPORT);
    // A pipe that nobody writes to would be waited for.
    if !path.metadata().map_err(refused)?.is_file() {
        return Err(refused(io::Error::other("it is no file")));
    }
    let mut bytes = Vec::new();
    File::open(path).and_then(|file| file.take(MOST + 1).read_to_end(&mut bytes)).map_err(refused)?;
    if u64::try_from(bytes.len()).map_or(true, |length| length > MOST) {
        return Err(problem(format!("“{name}” is larger than 16 MiB, so it is no list of sites.")));
    }
    match parse(&bytes) {
        Ok(found) if found.sites.is_empty() => Err(problem(format!("“{name}” of {} has no sites in it.", found.program.name()))),
        Ok(found) => Ok(found),
        Err(Fault::Damaged { line }) => Err(problem(format!("“{name}” is damaged: it cannot be read from line {line} on."))),
        Err(Fault::Foreign) => Err(problem(format!("“{name}” is no list of sites of FileZilla or WinSCP."))),
    }
}

/// The sites in a file's content, whosever they are.
fn parse(bytes: &[u8]) -> Result<FoundSites, Fault> {
    let text = text_of(bytes)?;
    let (program, sites) = if text.trim_start().starts_with('<') {
        (Program::FileZilla, filezilla::parse(&text)?)
    } else {
        (Program::WinScp, winscp::parse(&text)?)
    };
    Ok(FoundSites { program, sites: sites.into_iter().map(settle).collect() })
}

/// The text without its mark of the encoding: UTF-16 where that mark says so, UTF-8, or in an INI file of old what Windows writes.
fn text_of(bytes: &[u8]) -> Result<String, Fault> {
    let (encoding, rest) = match Encoding::for_bom(bytes) {
        Some((encoding, length)) => (encoding, bytes.get(length..).unwrap_or_default()),
        None => (UTF_8, bytes),
    };
    if let Some(text) = encoding.decode_without_bom_handling_and_without_replacement(rest) {
        return Ok(text.into_owned());
    }
    let is_xml = rest.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'<');
    if is_xml || encoding != UTF_8 {
        let valid = std::str::from_utf8(rest).map_or_else(|error| error.valid_up_to(), str::len);
        return Err(Fault::Damaged { line: line_of(rest.get(..valid).unwrap_or_default()) });
    }
    Ok(WINDOWS_1252.decode_without_bom_handling(rest).0.into_owned())
}

/// In which line the byte behind these is, from 1.
fn line_of(before: &[u8]) -> u32 {
    u32::try_from(before.iter().filter(|byte| **byte == b'\n').count()).map_or(u32::MAX, |ends| ends.saturating_add(1))
}

/// A site with nothing known of it yet.
fn blank(name: &str, folder: &[String]) -> FoundSite {
    let mut site = Site::new(SiteId(String::new()), name, "");
    site.folder = folder.join("/");
    FoundSite { site, password: None, remarks: Vec::new(), refusal: None }
}

/// A name of the list or of a folder in it: one line, and no `/`, which parts folders.
fn folder_name(name: &str) -> String {
    one_line(name).replace('/', "-")
}

fn one_line(text: &str) -> String {
    let text: String = text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
    text.trim().to_owned()
}

/// Holds what was read against what a site of ours may be: what cannot be used goes, and that is said.
fn settle(mut found: FoundSite) -> FoundSite {
    let site = &mut found.site;
    let host = site.host.trim();
    site.host = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host).to_owned();
    site.name = Some(one_line(&site.name)).filter(|name| !name.is_empty()).unwrap_or_else(|| site.host.clone());
    if found.refusal.is_some() {
        found.password = None;
        found.remarks.clear();
        return found;
    }
    let is_strange = |c: char| c.is_whitespace() || c.is_control() || matches!(c, '/' | '\\' | '@');
    found.refusal = match () {
        () if site.host.is_empty() => Some(Refusal::NoHost),
        () if site.host.contains(is_strange) => Some(Refusal::BadHost),
        () if site.user.chars().any(char::is_control) => Some(Refusal::BadUser),
        () => None,
    };
    if site.port == Some(site.encryption.default_port()) {
        site.port = None;
    }
    if site.user.eq_ignore_ascii_case("anonymous") {
        site.logon = Logon::Anonymous;
    } else if site.user.is_empty() && site.logon != Logon::Anonymous {
        site.logon = Logon::Anonymous;
        found.remarks.push(Remark::NoUser);
    }
    if site.logon == Logon::Anonymous {
        site.user.clear();
    }
    if site.remote_folder.chars().any(char::is_control) {
        site.remote_folder.clear();
        found.remarks.push(Remark::RemoteFolder);
    }
    if site.local_folder.take_if(|folder| !folder.is_absolute()).is_some() {
        found.remarks.push(Remark::LocalFolder);
    }
    let is_kept = site.logon == Logon::Keyring && found.refusal.is_none();
    found.password = found.password.filter(|password| is_kept && !password.is_empty());
    if found.password.take_if(|password| password.reveal().contains(['\r', '\n', '\0'])).is_some() {
        found.remarks.push(Remark::PasswordUnreadable);
    }
    site.notes = site.notes.replace("\r\n", "\n").trim().to_owned();
    found
}

#[cfg(test)]
mod tests;
