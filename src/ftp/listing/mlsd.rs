//! Rows of MLSD (RFC 3659 §7.2): facts, one blank, the name exactly as it is.

use crate::ftp::charset;
use crate::ftp::listing::{Name, Row, dates, name, number};
use crate::model::entry::{Entry, EntryKind, Modified, Precision};

/// Reads one row.
pub(super) fn row(line: &[u8]) -> Row {
    // Facts end in "; ", and a blank alone begins a name without facts. Values may hold blanks (targets of links).
    let split = if line.first() == Some(&b' ') {
        Some((0, 1))
    } else {
        let end = line.windows(2).position(|pair| pair == b"; ").map(|at| (at, at + 2));
        end.or_else(|| line.iter().position(|b| *b == b' ').map(|at| (at, at + 1)))
    };
    let Some((facts, bytes)) = split.and_then(|(end, start)| Some((line.get(..end)?, line.get(start..)?))) else {
        return Row::Unread;
    };
    let mut entry = Entry::new(String::new(), EntryKind::Other);
    let mut kind = None;
    let (mut owner, mut group) = (None, None);
    let (mut numeric_owner, mut numeric_group) = (None, None);
    for fact in facts.split(|b| *b == b';') {
        let Some(equals) = fact.iter().position(|b| *b == b'=') else { continue };
        let (key, value) = (fact.get(..equals).unwrap_or_default(), fact.get(equals + 1..).unwrap_or_default());
        if key.eq_ignore_ascii_case(b"type") {
            if value.eq_ignore_ascii_case(b"cdir") || value.eq_ignore_ascii_case(b"pdir") {
                return Row::Nothing;
            }
            kind = Some(kind_of(value));
            if kind == Some(EntryKind::Link) {
                entry.target = target(value);
            }
        } else if key.eq_ignore_ascii_case(b"size") {
            entry.size = number(value);
        } else if key.eq_ignore_ascii_case(b"modify") {
            entry.modified = dates::time_val(value).map(|at| Modified { at, precision: Precision::Second });
        } else if key.eq_ignore_ascii_case(b"unix.mode") {
            entry.mode =
                std::str::from_utf8(value).ok().and_then(|text| u32::from_str_radix(text, 8).ok()).map(|mode| mode & 0o7777);
        } else if key.eq_ignore_ascii_case(b"unix.ownername") {
            owner = Some(value);
        } else if key.eq_ignore_ascii_case(b"unix.groupname") {
            group = Some(value);
        } else if key.eq_ignore_ascii_case(b"unix.owner") || key.eq_ignore_ascii_case(b"unix.uid") {
            numeric_owner = Some(value);
        } else if key.eq_ignore_ascii_case(b"unix.group") || key.eq_ignore_ascii_case(b"unix.gid") {
            numeric_group = Some(value);
        }
    }
    // Without a type, what has a size is a file; otherwise it cannot be told.
    let Some(kind) = kind.or(entry.size.map(|_| EntryKind::File)) else { return Row::Unread };
    entry.kind = kind;
    entry.owner = owner.or(numeric_owner).and_then(text);
    entry.group = group.or(numeric_group).and_then(text);
    match name(bytes) {
        Name::Plain(name) => Row::Entry(Entry { name, ..entry }),
        Name::Dots => Row::Nothing,
        Name::Unfit => Row::Unread,
    }
}

fn kind_of(value: &[u8]) -> EntryKind {
    if value.eq_ignore_ascii_case(b"file") {
        EntryKind::File
    } else if value.eq_ignore_ascii_case(b"dir") {
        EntryKind::Dir
    } else if is_link(value) {
        EntryKind::Link
    } else {
        EntryKind::Other
    }
}

/// `OS.unix=slink:target`, `OS.unix=slink:`, `OS.unix=slink`, `OS.unix=symlink`.
fn is_link(value: &[u8]) -> bool {
    [&b"os.unix=slink"[..], b"os.unix=symlink"].iter().any(|prefix| {
        value.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix))
            && matches!(value.get(prefix.len()), None | Some(b':'))
    })
}

fn target(value: &[u8]) -> Option<String> {
    let colon = value.iter().position(|b| *b == b':')?;
    text(value.get(colon + 1..)?)
}

/// A fact that is shown.
fn text(value: &[u8]) -> Option<String> {
    Some(charset::decode(value)).filter(|text| !text.is_empty() && !text.chars().any(char::is_control))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(line: &str) -> Entry {
        match row(line.as_bytes()) {
            Row::Entry(entry) => entry,
            other => panic!("{line}: {other:?}"),
        }
    }

    #[test]
    fn facts_are_read() {
        let line = "modify=20260131120203;perm=adfrw;size=1234;type=file;unique=801U1;UNIX.group=33;UNIX.groupname=www-data;UNIX.mode=0644;UNIX.owner=1000;UNIX.ownername=anna; index.html";
        let entry = entry(line);
        assert_eq!(entry.name, "index.html");
        assert_eq!((entry.kind, entry.size, entry.mode), (EntryKind::File, Some(1234), Some(0o644)));
        assert_eq!(entry.modified.unwrap().at.to_string(), "2026-01-31T12:02:03Z");
        assert_eq!((entry.owner.as_deref(), entry.group.as_deref()), (Some("anna"), Some("www-data")));
    }

    #[test]
    fn names_are_kept_exactly() {
        let table = [
            ("type=file;size=3; a;b.txt", "a;b.txt"),
            ("type=file;size=3;  leading", " leading"),
            ("type=file;size=3; a; b ", "a; b "),
            ("Type=FILE;Size=3; x=y", "x=y"),
            ("type=dir; ...", "..."),
        ];
        for (line, name) in table {
            assert_eq!(entry(line).name, name);
        }
    }

    #[test]
    fn kinds_and_targets() {
        let table = [
            ("type=OS.unix=slink:/a b/c;size=4; l", EntryKind::Link, Some("/a b/c")),
            ("type=OS.unix=symlink; l", EntryKind::Link, None),
            ("type=OS.unix=slink:; l", EntryKind::Link, None),
            ("type=OS.unix=chr-8/1; tty", EntryKind::Other, None),
            ("type=dir;sizd=4096; d", EntryKind::Dir, None),
            ("size=5; plain", EntryKind::File, None),
        ];
        for (line, kind, target) in table {
            let entry = entry(line);
            assert_eq!((entry.kind, entry.target.as_deref()), (kind, target), "{line}");
        }
    }

    #[test]
    fn the_folder_itself_is_no_row_and_nonsense_is_unread() {
        for line in ["type=cdir;perm=el; /home/x", "type=pdir; ..", "type=dir; .", "Type=cdir; ."] {
            assert_eq!(row(line.as_bytes()), Row::Nothing, "{line}");
        }
        for line in ["garbage", "perm=r; unknown", "type=file;size=1;", " x"] {
            assert_eq!(row(line.as_bytes()), Row::Unread, "{line}");
        }
    }
}
