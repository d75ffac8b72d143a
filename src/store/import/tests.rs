//! Files as the programs write them, and files that nobody should have written.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

use std::path::Path;

use proptest::prelude::*;

use super::*;
use crate::model::site::{DataMode, Encryption, KeepAlive, SiteColor};

/// As FileZilla 3.63 writes it.
const FILEZILLA: &str = include_str!("samples/sitemanager.xml");
/// As WinSCP 6 writes it.
const WINSCP: &str = include_str!("samples/WinSCP.ini");

fn sites(text: &str) -> Vec<FoundSite> {
    parse(text.as_bytes()).unwrap().sites
}

fn named<'a>(sites: &'a [FoundSite], name: &str) -> &'a FoundSite {
    sites.iter().find(|found| found.site.name == name).unwrap_or_else(|| panic!("no {name} in {sites:?}"))
}

fn password(found: &FoundSite) -> Option<&str> {
    found.password.as_ref().map(crate::model::secret::Secret::reveal)
}

/// One server of a FileZilla file.
fn server(body: &str) -> FoundSite {
    let text = format!("<FileZilla3><Servers><Server>{body}</Server></Servers></FileZilla3>");
    sites(&text).remove(0)
}

/// One session of a WinSCP file.
fn session(body: &str) -> FoundSite {
    sites(&format!("[Sessions\\s]\n{body}")).remove(0)
}

#[test]
fn a_site_of_filezilla_comes_with_all_that_moorline_has() {
    let found = parse(FILEZILLA.as_bytes()).unwrap();
    assert_eq!(found.program, Program::FileZilla);
    let names: Vec<&str> = found.sites.iter().map(|found| found.site.name.as_str()).collect();
    assert_eq!(names, ["Hafen / Bücher", "acct", "anon", "keyed", "master"]);
    let harbour = named(&found.sites, "Hafen / Bücher");
    assert_eq!(password(harbour), Some("päßwört"));
    let site = &harbour.site;
    assert_eq!(site.folder, "Kunden & Co/Nord-Süd");
    assert_eq!((site.host.as_str(), site.port, site.encryption), ("ftp.hafen.example", Some(2121), Encryption::Explicit));
    assert_eq!((site.user.as_str(), site.logon), ("jörg", Logon::Keyring));
    assert_eq!((site.data_mode, site.connections, site.color), (DataMode::Active, 2, SiteColor::Amber));
    assert_eq!(site.list_ahead_seconds, Some(7200));
    assert_eq!(site.notes, "first line\nsecond <line>");
    assert_eq!(site.remote_folder, "/var/www data");
    assert_eq!(site.bookmarks.iter().map(ToString::to_string).collect::<Vec<_>>(), ["/var/log"]);
    assert_eq!(harbour.remarks, [Remark::BookmarkNames]);
    #[cfg(unix)]
    assert_eq!(site.local_folder.as_deref(), Some(Path::new("/home/jo/www dir")));
    let account = named(&found.sites, "acct");
    assert_eq!((account.site.encryption, account.site.port), (Encryption::Implicit, None));
    assert_eq!((password(account), &account.remarks[..]), (Some("x"), &[Remark::Account][..]));
    let anonymous = named(&found.sites, "anon");
    assert_eq!((anonymous.site.logon, &anonymous.remarks[..]), (Logon::Anonymous, &[Remark::TlsRequired][..]));
    assert_eq!(named(&found.sites, "keyed").refusal, Some(Refusal::Protocol("SFTP".into())));
    let locked = named(&found.sites, "master");
    assert_eq!(locked.site.encryption, Encryption::Plain);
    assert_eq!((password(locked), &locked.remarks[..]), (None, &[Remark::PasswordLocked(Program::FileZilla)][..]));
}

#[test]
fn a_session_of_winscp_comes_with_all_that_moorline_has() {
    let found = parse(WINSCP.as_bytes()).unwrap();
    assert_eq!(found.program, Program::WinScp);
    let names: Vec<&str> = found.sites.iter().map(|found| found.site.name.as_str()).collect();
    assert_eq!(names, ["plain", "Bücher & mehr", "shell", "locked"]);
    let plain = named(&found.sites, "plain");
    assert_eq!((plain.site.encryption, plain.site.logon, plain.site.port), (Encryption::Plain, Logon::Anonymous, None));
    let books = named(&found.sites, "Bücher & mehr");
    let site = &books.site;
    assert_eq!(password(books), Some("geheim! ü"));
    assert_eq!(site.folder, "Kunden/Nord");
    assert_eq!((site.host.as_str(), site.port, site.encryption), ("ftp.books.example", Some(2121), Encryption::Explicit));
    assert_eq!((site.user.as_str(), site.data_mode, site.keep_alive), ("web user", DataMode::Active, KeepAlive::Every(60)));
    assert_eq!((site.remote_folder.as_str(), site.notes.as_str()), ("/htdocs/my shop", "Ask Marta.\nSlow after six."));
    assert_eq!(site.color, SiteColor::Red);
    assert!(books.remarks.contains(&Remark::Proxy), "{books:?}");
    assert_eq!(named(&found.sites, "shell").refusal, Some(Refusal::Protocol("SFTP".into())));
    let locked = named(&found.sites, "locked");
    assert_eq!(locked.site.encryption, Encryption::Implicit);
    assert_eq!(locked.remarks, [Remark::PasswordLocked(Program::WinScp)]);
}

#[test]
fn marks_and_line_ends_of_every_system_are_read() {
    for text in [FILEZILLA, WINSCP] {
        let expected = parse(text.as_bytes()).unwrap();
        let crlf = text.replace('\n', "\r\n");
        let utf16: Vec<u8> = [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
        for bytes in [format!("\u{feff}{text}").into_bytes(), crlf.into_bytes(), utf16] {
            assert_eq!(parse(&bytes).unwrap(), expected);
        }
    }
    // What Windows wrote in Western Europe before Unicode.
    let old = b"[Sessions\\B\xfccher]\nHostName=a.example\nFSProtocol=5\n";
    assert_eq!(parse(old).unwrap().sites[0].site.name, "Bücher");
}

#[test]
fn what_is_missing_is_as_usual() {
    let bare = server("<Host>a.example</Host>");
    assert_eq!((bare.site.name.as_str(), bare.site.port, bare.site.logon), ("a.example", None, Logon::Anonymous));
    assert_eq!((bare.refusal, bare.site.folder.as_str()), (None, ""));
    let old = server("<Host>a.example</Host><User>jo</User><Pass>plain &amp; old</Pass><Logontype>1</Logontype>Name of old");
    assert_eq!((old.site.name.as_str(), password(&old)), ("Name of old", Some("plain & old")));
    let asks = server("<Host>a.example</Host><User>jo</User><Pass>left</Pass><Logontype>2</Logontype>");
    assert_eq!((asks.site.logon, password(&asks)), (Logon::Ask, None));
    let nobody = server("<Host>a.example</Host><Pass>x</Pass><Logontype>1</Logontype>");
    assert_eq!((nobody.site.logon, password(&nobody)), (Logon::Anonymous, None));
    assert!(nobody.remarks.contains(&Remark::NoUser));
    assert_eq!(session("HostName=a.example").refusal, Some(Refusal::Protocol("SFTP".into())));
    let ftp = session("HostName=jo@a.example\nFSProtocol=5");
    assert_eq!((ftp.site.host.as_str(), ftp.site.user.as_str(), ftp.site.logon), ("a.example", "jo", Logon::Keyring));
}

#[test]
fn what_cannot_be_used_is_left_out_and_said() {
    let ftp =
        |body: &str| server(&format!("<Host>a.example</Host><User>jo</User><Logontype>1</Logontype><Protocol>6</Protocol>{body}"));
    for (body, expected) in [
        ("<Port>0</Port>", Remark::Port),
        ("<Port>70000</Port>", Remark::Port),
        ("<Port>ftp</Port>", Remark::Port),
        ("<Pass encoding=\"base64\">!</Pass>", Remark::PasswordUnreadable),
        ("<Pass encoding=\"base64\">/w==</Pass>", Remark::PasswordUnreadable),
        ("<Pass encoding=\"base64\">YQpi</Pass>", Remark::PasswordUnreadable),
        ("<Pass encoding=\"rot13\">x</Pass>", Remark::PasswordUnreadable),
        ("<RemoteDir>3 0 2 C: 3 www</RemoteDir>", Remark::RemoteFolder),
        ("<LocalDir>relative</LocalDir>", Remark::LocalFolder),
        ("<EncodingType>Custom</EncodingType><CustomEncoding>Shift_JIS</CustomEncoding>", Remark::Charset("Shift_JIS".into())),
        ("<PostLoginCommands><Command>SITE UTIME</Command></PostLoginCommands>", Remark::Commands),
        ("<SyncBrowsing>1</SyncBrowsing>", Remark::SynchronisedBrowsing),
        ("<Bookmark><Name>x</Name><LocalDir>/x</LocalDir></Bookmark>", Remark::LocalBookmarks),
    ] {
        let found = ftp(body);
        assert_eq!((found.remarks, found.refusal), (vec![expected], None), "{body}");
        assert_eq!(found.site.port, None);
    }
    assert_eq!(ftp("").remarks, []);
    for (host, expected) in [
        ("", Some(Refusal::NoHost)),
        ("  ", Some(Refusal::NoHost)),
        ("two words", Some(Refusal::BadHost)),
        ("ftp://a.example", Some(Refusal::BadHost)),
        ("[::1]", None),
        ("2001:db8::1", None),
    ] {
        assert_eq!(server(&format!("<Host>{host}</Host>")).refusal, expected, "{host}");
    }
    assert_eq!(server("<Host>[::1]</Host>").site.host, "::1");
    assert_eq!(session("HostName=a\nUserName=a%0Ab\nFSProtocol=5").refusal, Some(Refusal::BadUser));
}

#[test]
fn folders_may_be_as_deep_as_they_like() {
    let deep = 20_000;
    let text = format!(
        "<FileZilla3><Servers>{}<Server><Host>a.example</Host></Server>{}</Servers></FileZilla3>",
        "<Folder>f".repeat(deep),
        "</Folder>".repeat(deep)
    );
    match parse(text.as_bytes()) {
        Ok(found) => assert_eq!((found.sites.len(), found.sites[0].site.folder.matches('/').count()), (1, 31)),
        // The parser may have a limit of its own; what must not happen is that the stack overflows.
        Err(fault) => assert_eq!(fault, Fault::Damaged { line: 1 }),
    }
}

#[test]
fn a_file_that_is_none_of_theirs_is_told_from_a_damaged_one() {
    for (bytes, expected) in [
        (&b""[..], Fault::Foreign),
        (b"hello", Fault::Foreign),
        (b"[Section]\na=b", Fault::Foreign),
        (b"<html></html>", Fault::Foreign),
        (b"\x7fELF\0\0", Fault::Foreign),
        (b"<FileZilla3>\n<Servers>\n<Server>", Fault::Damaged { line: 3 }),
        (b"<FileZilla3>\n\xff</FileZilla3>", Fault::Damaged { line: 2 }),
        (b"<!DOCTYPE x [<!ENTITY a \"aa\">]><FileZilla3>&a;</FileZilla3>", Fault::Damaged { line: 1 }),
    ] {
        assert_eq!(parse(bytes).unwrap_err(), expected, "{}", String::from_utf8_lossy(bytes));
    }
}

#[test]
fn files_that_cannot_be_read_say_so_in_words() {
    let folder = tempfile::tempdir().unwrap();
    let put = |name: &str, content: &[u8]| {
        let path = folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        path
    };
    let what = |path: &Path| read(path).found.unwrap_err().what;
    assert!(what(&folder.path().join("gone.xml")).contains("could not be read"));
    assert!(what(folder.path()).contains("it is no file"));
    assert_eq!(what(&put("a.txt", b"hello")), "“a.txt” is no list of sites of FileZilla or WinSCP.");
    assert_eq!(what(&put("b.xml", b"<FileZilla3>\n<")), "“b.xml” is damaged: it cannot be read from line 2 on.");
    assert_eq!(what(&put("c.xml", b"<FileZilla3><Servers/></FileZilla3>")), "“c.xml” of FileZilla has no sites in it.");
    assert_eq!(what(&put("d.ini", b"[Configuration\\Interface]\n")), "“d.ini” of WinSCP has no sites in it.");
    let large = put("e.xml", b"");
    std::fs::File::options().write(true).open(&large).unwrap().set_len(MOST + 1).unwrap();
    assert_eq!(what(&large), "“e.xml” is larger than 16 MiB, so it is no list of sites.");
    assert!(read(&put("f.xml", FILEZILLA.as_bytes())).found.is_ok());
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        drop(parse(&bytes));
    }

    #[test]
    fn no_damage_to_a_real_file_makes_it_panic(
        is_xml in any::<bool>(),
        at in 0_usize..6000,
        cut in 0_usize..40,
        patch in "[ -~\n<>&;%=\\[\\]üß🚢]{0,12}",
    ) {
        let text = if is_xml { FILEZILLA } else { WINSCP };
        let mut bytes = text.as_bytes().to_vec();
        let at = at % bytes.len();
        let end = (at + cut).min(bytes.len());
        bytes.splice(at..end, patch.into_bytes());
        for found in parse(&bytes).into_iter().flat_map(|found| found.sites) {
            let site = &found.site;
            prop_assert!(!site.name.chars().any(char::is_control));
            prop_assert!(found.refusal.is_some() || !site.host.is_empty());
            prop_assert!(found.refusal.is_none() || found.password.is_none());
        }
    }

    #[test]
    fn values_of_any_kind_make_it_panic_nowhere(name in "[A-Z][A-Za-z]{2,20}", value in "\\PC{0,30}") {
        drop(session(&format!("FSProtocol=5\n{name}={value}")));
        let escaped = value.replace('&', "&amp;").replace('<', "&lt;");
        for name in ["Port", "Protocol", "RemoteDir", "Colour", "TimezoneOffset", "Logontype", "MaximumMultipleConnections", "Pass"] {
            drop(server(&format!("<Host>h</Host><User>u</User><{name} encoding='base64'>{escaped}</{name}>")));
        }
    }
}
