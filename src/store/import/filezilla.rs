//! FileZilla's site manager: `sitemanager.xml`, and what its export writes.

use std::path::PathBuf;

use data_encoding::BASE64;
use roxmltree::{Document, Error, Node, ParsingOptions};

use super::{Fault, blank, folder_name, line_of};
use crate::model::import::{FoundSite, Program, Refusal, Remark};
use crate::model::path::RemotePath;
use crate::model::secret::Secret;
use crate::model::site::{DataMode, Encryption, Logon, Site, SiteColor};

/// Folders within folders that are followed; what lies deeper comes into the last of them.
const DEPTH: usize = 32;
/// Elements, texts and attributes of a file: far more than the largest file has.
const NODES: u32 = 4_000_000;
/// The most hours by which a server's clock is said to be off.
const MOST_MINUTES: i64 = 24 * 60;

/// The sites in a text.
pub(super) fn parse(text: &str) -> Result<Vec<FoundSite>, Fault> {
    // Without a document type no entity can be made up that grows as it is read.
    let options = ParsingOptions { allow_dtd: false, nodes_limit: NODES, ..ParsingOptions::default() };
    let document = Document::parse_with_options(text, options).map_err(|error| match error {
        // The parser does not say where, but that is where it ends.
        Error::UnclosedRootNode | Error::UnexpectedEndOfStream => Fault::Damaged { line: line_of(text.trim_end().as_bytes()) },
        error => Fault::Damaged { line: error.pos().row },
    })?;
    let root = document.root_element();
    if !root.has_tag_name("FileZilla3") {
        return Err(Fault::Foreign);
    }
    let mut sites = Vec::new();
    for servers in root.children().filter(|child| child.has_tag_name("Servers")) {
        folder(servers, &mut Vec::new(), &mut sites);
    }
    Ok(sites)
}

fn folder(node: Node<'_, '_>, path: &mut Vec<String>, sites: &mut Vec<FoundSite>) {
    for child in node.children() {
        match child.tag_name().name() {
            "Server" => sites.push(server(child, path)),
            "Folder" if path.len() < DEPTH => {
                // One without a name is as if it were not there, but counts for the depth.
                path.push(folder_name(own_text(child)));
                folder(child, path, sites);
                path.pop();
            }
            // Walked through here, so that no depth of a file costs stack.
            "Folder" => {
                sites.extend(child.descendants().filter(|below| below.has_tag_name("Server")).map(|below| server(below, path)));
            }
            _ => {}
        }
    }
}

/// What stands directly in an element, beside other elements: the name of a folder, and of a site of old.
fn own_text<'a>(node: Node<'a, '_>) -> &'a str {
    node.children().filter(Node::is_text).filter_map(|text| text.text()).map(str::trim).find(|text| !text.is_empty()).unwrap_or("")
}

fn child<'a, 'i>(node: Node<'a, 'i>, name: &str) -> Option<Node<'a, 'i>> {
    node.children().find(|child| child.has_tag_name(name))
}

/// The text of an element's child; empty when there is none.
fn get<'a>(node: Node<'a, '_>, name: &str) -> &'a str {
    child(node, name).and_then(|child| child.text()).map(str::trim).unwrap_or("")
}

fn number(node: Node<'_, '_>, name: &str) -> Option<i64> {
    get(node, name).parse().ok()
}

fn server(node: Node<'_, '_>, folder: &[String]) -> FoundSite {
    let name = Some(get(node, "Name")).filter(|name| !name.is_empty()).unwrap_or_else(|| own_text(node));
    let folder: Vec<String> = folder.iter().filter(|name| !name.is_empty()).cloned().collect();
    let mut found = blank(name, &folder);
    found.site.host = get(node, "Host").to_owned();
    match encryption(number(node, "Protocol").unwrap_or(0)) {
        Ok(encryption) => found.site.encryption = encryption,
        Err(protocol) => {
            found.site.user = get(node, "User").to_owned();
            found.refusal = Some(Refusal::Protocol(protocol));
            return found;
        }
    }
    if number(node, "Protocol").unwrap_or(0) == 0 {
        found.remarks.push(Remark::TlsRequired);
    }
    match get(node, "Port").parse::<u16>() {
        Ok(port) if port > 0 => found.site.port = Some(port),
        _ if get(node, "Port").is_empty() => {}
        _ => found.remarks.push(Remark::Port),
    }
    login(node, &mut found);
    folders(node, &mut found);
    transfers(node, &mut found);
    found.site.color = color(number(node, "Colour").unwrap_or(0));
    get(node, "Comments").clone_into(&mut found.site.notes);
    found
}

/// FileZilla's numbers of protocols. Its plain "FTP" takes TLS where the server has it.
fn encryption(protocol: i64) -> Result<Encryption, String> {
    let other = match protocol {
        0 | 4 => return Ok(Encryption::Explicit),
        3 => return Ok(Encryption::Implicit),
        6 => return Ok(Encryption::Plain),
        1 => "SFTP",
        2 => "HTTP",
        5 => "HTTPS",
        7 | 22 => "Amazon S3",
        8 | 21 => "Storj",
        9 | 19 => "WebDAV",
        10 => "Azure File Storage",
        11 => "Azure Blob Storage",
        12 => "OpenStack Swift",
        13 | 23 => "Google Cloud Storage",
        14 => "Google Drive",
        15 => "Dropbox",
        16 => "OneDrive",
        17 => "Backblaze B2",
        18 => "Box",
        20 => "Rackspace",
        24 => "Cloudflare R2",
        number => return Err(format!("Protocol {number} of FileZilla")),
    };
    Err(other.to_owned())
}

fn login(node: Node<'_, '_>, found: &mut FoundSite) {
    get(node, "User").clone_into(&mut found.site.user);
    // FileZilla's numbers of logon types.
    let usual = if found.site.user.is_empty() { 0 } else { 1 };
    found.site.logon = match number(node, "Logontype").unwrap_or(usual) {
        0 => Logon::Anonymous,
        1 => Logon::Keyring,
        4 => {
            found.remarks.push(Remark::Account);
            Logon::Keyring
        }
        5 => {
            found.remarks.push(Remark::KeyFile);
            Logon::Ask
        }
        // Asked for (2), question by question (3), or of a profile (6).
        _ => Logon::Ask,
    };
    let Some(pass) = child(node, "Pass").filter(|_| found.site.logon == Logon::Keyring) else { return };
    let text = pass.text().unwrap_or("");
    match pass.attribute("encoding") {
        _ if text.trim().is_empty() => {}
        None | Some("plain") => found.password = Some(Secret::new(text)),
        Some("base64") => match BASE64.decode(text.trim().as_bytes()).ok().and_then(|bytes| String::from_utf8(bytes).ok()) {
            Some(password) => found.password = Some(Secret::new(password)),
            None => found.remarks.push(Remark::PasswordUnreadable),
        },
        Some("crypt") => found.remarks.push(Remark::PasswordLocked(Program::FileZilla)),
        Some(_) => found.remarks.push(Remark::PasswordUnreadable),
    }
}

fn folders(node: Node<'_, '_>, found: &mut FoundSite) {
    let local = get(node, "LocalDir");
    found.site.local_folder = Some(PathBuf::from(local)).filter(|_| !local.is_empty());
    let mut is_lost = false;
    match remote_folder(get(node, "RemoteDir")) {
        Some(folder) => found.site.remote_folder = folder,
        None => is_lost = true,
    }
    let bookmarks = || node.children().filter(|child| child.has_tag_name("Bookmark"));
    for bookmark in bookmarks() {
        match remote_folder(get(bookmark, "RemoteDir")).map(|folder| RemotePath::parse(&folder)) {
            Some(Ok(folder)) => {
                if folder.name() != Some(get(bookmark, "Name")) {
                    push_once(found, Remark::BookmarkNames);
                }
                if !found.site.bookmarks.contains(&folder) {
                    found.site.bookmarks.push(folder);
                }
            }
            Some(Err(_)) => push_once(found, Remark::LocalBookmarks),
            None => is_lost = true,
        }
        if number(bookmark, "SyncBrowsing") == Some(1) {
            push_once(found, Remark::SynchronisedBrowsing);
        }
    }
    if is_lost {
        found.remarks.push(Remark::RemoteFolder);
    }
    if number(node, "SyncBrowsing") == Some(1) {
        push_once(found, Remark::SynchronisedBrowsing);
    }
}

fn push_once(found: &mut FoundSite, remark: Remark) {
    if !found.remarks.contains(&remark) {
        found.remarks.push(remark);
    }
}

fn transfers(node: Node<'_, '_>, found: &mut FoundSite) {
    let Site { data_mode, connections, list_ahead_seconds, .. } = &mut found.site;
    if get(node, "PasvMode") == "MODE_ACTIVE" {
        *data_mode = DataMode::Active;
    }
    // FileZilla counts the browsing connection, too.
    if let Some(most) = number(node, "MaximumMultipleConnections").filter(|most| *most > 0) {
        *connections = u8::try_from(most - 1).unwrap_or(u8::MAX).clamp(1, 32);
    }
    // It adds these minutes to the listing's times to get UTC.
    if let Some(minutes) = number(node, "TimezoneOffset").filter(|minutes| *minutes != 0 && minutes.abs() <= MOST_MINUTES) {
        *list_ahead_seconds = Some(-minutes * 60);
    }
    let charset = get(node, "CustomEncoding");
    if get(node, "EncodingType") == "Custom" && !charset.is_empty() {
        found.remarks.push(Remark::Charset(charset.to_owned()));
    }
    if child(node, "PostLoginCommands").is_some_and(|commands| commands.children().any(|child| child.is_element())) {
        found.remarks.push(Remark::Commands);
    }
}

/// FileZilla's colours; it has more of them than the list here.
fn color(number: i64) -> SiteColor {
    match number {
        1 => SiteColor::Red,
        2 => SiteColor::Green,
        // Blue and cyan.
        3 | 5 => SiteColor::Blue,
        // Yellow and orange.
        4 | 7 => SiteColor::Amber,
        // Magenta.
        6 => SiteColor::Violet,
        _ => SiteColor::None,
    }
}

/// A path as FileZilla keeps it: the kind of system, the length of a prefix, then length and name of each folder
/// (`1 0 3 var 3 www`). Empty for none; `None` where it is no path with slashes.
fn remote_folder(text: &str) -> Option<String> {
    if text.is_empty() {
        return Some(String::new());
    }
    // It counts in its system's letters, which on Windows are UTF-16.
    names(text, |_| 1).or_else(|| names(text, char::len_utf16)).map(|names| format!("/{}", names.join("/")))
}

fn names(text: &str, length: fn(char) -> usize) -> Option<Vec<&str>> {
    let (system, mut rest) = text.split_once(' ')?;
    // Unknown, Unix, VxWorks and Cygwin; the others have drives, volumes or data sets.
    if !matches!(system, "0" | "1" | "5" | "9") {
        return None;
    }
    rest = rest.strip_prefix('0')?;
    let mut names = Vec::new();
    loop {
        rest = rest.trim_start();
        if rest.is_empty() {
            return Some(names);
        }
        let (count, behind) = rest.split_once(' ')?;
        let end = end_of(behind, count.parse().ok()?, length)?;
        let (name, behind) = behind.split_at_checked(end)?;
        if matches!(name, "" | "." | "..") || name.contains('/') || !(behind.is_empty() || behind.starts_with(' ')) {
            return None;
        }
        names.push(name);
        rest = behind;
    }
}

/// Where the first `count` letters of a text end.
fn end_of(text: &str, count: usize, length: fn(char) -> usize) -> Option<usize> {
    let mut counted = 0;
    for (at, letter) in text.char_indices() {
        if counted >= count {
            return (counted == count).then_some(at);
        }
        counted += length(letter);
    }
    (counted == count).then_some(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn remote_folders_are_read_by_their_lengths() {
        for (text, expected) in [
            ("", Some("")),
            ("1 0", Some("/")),
            ("0 0 ", Some("/")),
            ("1 0 3 foo 3 bar", Some("/foo/bar")),
            ("1 0 3 var 8 www data", Some("/var/www data")),
            ("1 0 7 a 3 b c 1 d", Some("/a 3 b c/d")),
            ("1 0 6 Bücher", Some("/Bücher")),
            // Counted on Linux, then on Windows.
            ("1 0 2 🚢x 1 y", Some("/🚢x/y")),
            ("1 0 3 🚢x 1 y", Some("/🚢x/y")),
            ("3 0 2 C: 3 www", None),
            ("2 5 DISK: 3 www", None),
            ("1 2 // 3 www", None),
            ("1 0 4 foo", None),
            ("1 0 2 foo", None),
            ("1 0 2 ..", None),
            ("1 0 3 a/b", None),
            ("1 0 0  1 a", None),
            ("1 0 99999999999999999999 a", None),
            ("1", None),
            ("/var/www", None),
        ] {
            assert_eq!(remote_folder(text).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn protocols_have_filezillas_numbers() {
        for (number, expected) in [
            (0, Ok(Encryption::Explicit)),
            (1, Err("SFTP".to_owned())),
            (3, Ok(Encryption::Implicit)),
            (4, Ok(Encryption::Explicit)),
            (6, Ok(Encryption::Plain)),
            (9, Err("WebDAV".to_owned())),
            (99, Err("Protocol 99 of FileZilla".to_owned())),
            (-1, Err("Protocol -1 of FileZilla".to_owned())),
        ] {
            assert_eq!(encryption(number), expected);
        }
    }
}
