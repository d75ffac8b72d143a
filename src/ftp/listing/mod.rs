//! Listing dialects: MLSD, UNIX and DOS rows; what cannot be read is reported, not dropped.

pub(crate) mod dates;
mod dos;
mod mlsd;
mod unix;

use jiff::Timestamp;

use crate::ftp::charset;
use crate::ftp::reply::readable;
use crate::model::entry::Entry;
use crate::model::listing::{Listing, ListingSource, UnreadRow};

/// Most rows of one folder.
const ROW_LIMIT: usize = 2_000_000;
/// How much of an unread row is kept, in characters.
const SHOWN: usize = 300;

/// A folder of more rows than anyone has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a listing of more than {ROW_LIMIT} rows")]
pub struct TooManyRows;

/// What a line of a listing is.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Row {
    /// An entry of the folder.
    Entry(Entry),
    /// Nothing: the folder itself, the one above, a sum.
    Nothing,
    /// A row that is not understood, or whose name cannot be one.
    Unread,
}

/// Reads the lines of an MLSD (RFC 3659 §7).
///
/// # Errors
/// Too many rows.
pub fn read_mlsd(bytes: &[u8]) -> Result<Listing, TooManyRows> {
    read(bytes, |_, line| (mlsd::row(line), ListingSource::Mlsd)).map(|listing| Listing { source: ListingSource::Mlsd, ..listing })
}

/// Reads the lines of a LIST, whose dialect shows in its rows. Times without a year are the last ones before `now`.
///
/// # Errors
/// Too many rows.
pub fn read_list(bytes: &[u8], now: Timestamp) -> Result<Listing, TooManyRows> {
    let clock = dates::Clock::new(now);
    read(bytes, |index, line| {
        if line.first().is_some_and(u8::is_ascii_digit) {
            return (dos::row(line), ListingSource::Dos);
        }
        if index == 0 && unix::is_sum(line) {
            return (Row::Nothing, ListingSource::Unix);
        }
        (unix::row(line, &clock), ListingSource::Unix)
    })
}

fn read(bytes: &[u8], mut row: impl FnMut(usize, &[u8]) -> (Row, ListingSource)) -> Result<Listing, TooManyRows> {
    let mut listing = Listing { entries: Vec::new(), unread: Vec::new(), source: ListingSource::Empty, incomplete: None };
    for (index, line) in bytes.split(|b| *b == b'\n').enumerate() {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if line.is_empty() {
            continue;
        }
        if index >= ROW_LIMIT {
            return Err(TooManyRows);
        }
        let (row, source) = row(index, line);
        match row {
            Row::Entry(entry) => listing.entries.push(entry),
            Row::Nothing => {}
            Row::Unread => {
                listing.unread.push(UnreadRow { line: index + 1, text: readable(line).chars().take(SHOWN).collect() });
                continue;
            }
        }
        if listing.source == ListingSource::Empty {
            listing.source = source;
        }
    }
    Ok(listing)
}

/// What a row's name may be.
pub(super) enum Name {
    /// One component that can be sent back.
    Plain(String),
    /// `.` or `..`.
    Dots,
    /// A name that would lead elsewhere or hide something.
    Unfit,
}

/// Checks a name from the server: a stranger's bytes. One component, nothing that ends a command or hides what it is.
pub(super) fn name(bytes: &[u8]) -> Name {
    match bytes {
        b"." | b".." => return Name::Dots,
        b"" => return Name::Unfit,
        _ => {}
    }
    if bytes.iter().any(|b| *b == b'/' || b.is_ascii_control()) {
        return Name::Unfit;
    }
    let text = charset::decode(bytes);
    if text.chars().any(char::is_control) { Name::Unfit } else { Name::Plain(text) }
}

/// A number, digits only.
pub(super) fn number<T: std::str::FromStr>(bytes: &[u8]) -> Option<T> {
    if bytes.is_empty() || !bytes.iter().all(u8::is_ascii_digit) {
        return None;
    }
    std::str::from_utf8(bytes).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::model::entry::EntryKind;

    fn now() -> Timestamp {
        "2026-11-20T12:00:00Z".parse().unwrap()
    }

    #[test]
    fn the_dialect_shows_in_the_rows() {
        let unix = b"total 12\r\n-rw-r--r-- 1 a b 5 Nov 20 11:00 x\r\nwhat is this\r\n";
        let listing = read_list(unix, now()).unwrap();
        assert_eq!(listing.source, ListingSource::Unix);
        assert_eq!(listing.entries.len(), 1);
        assert_eq!(listing.unread, [UnreadRow { line: 3, text: "what is this".to_owned() }]);
        let dos = b"01-31-24  12:00PM       <DIR>          www\r\n";
        assert_eq!(read_list(dos, now()).unwrap().source, ListingSource::Dos);
        assert_eq!(read_list(b"", now()).unwrap().source, ListingSource::Empty);
        assert_eq!(read_list(b"total 0\r\n", now()).unwrap().source, ListingSource::Unix);
        assert_eq!(read_mlsd(b"").unwrap().source, ListingSource::Mlsd);
    }

    #[test]
    fn names_that_lead_elsewhere_are_reported_not_used() {
        let rows = b"type=file;size=1; ../../etc/passwd\ntype=file; a\x07b\ntype=file; \ntype=dir; ..\ntype=file; ok\n";
        let listing = read_mlsd(rows).unwrap();
        assert_eq!(listing.entries.iter().map(|entry| entry.name.as_str()).collect::<Vec<_>>(), ["ok"]);
        assert_eq!(listing.unread.iter().map(|row| row.line).collect::<Vec<_>>(), [1, 2, 3]);
    }

    #[test]
    fn undecodable_names_go_back_unchanged() {
        let listing = read_list(b"-rw-r--r-- 1 a b 5 Nov 20 11:00 gr\xFCn\n", now()).unwrap();
        assert_eq!(charset::encode(&listing.entries[0].name), b"gr\xFCn");
    }

    fn row_like() -> impl Strategy<Value = Vec<u8>> {
        let part = prop_oneof![
            Just(b"-rw-r--r--".to_vec()),
            Just(b"drwxr-xr-x+".to_vec()),
            Just(b"lrwxrwxrwx".to_vec()),
            Just(b" ".to_vec()),
            Just(b"1".to_vec()),
            Just(b"Feb 29 12:00".to_vec()),
            Just(b"Nov 31 2024".to_vec()),
            Just(b"2024-02-30 25:61".to_vec()),
            Just(b"01-31-24  12:00PM".to_vec()),
            Just(b"<DIR>".to_vec()),
            Just(b"type=file;size=9999999999999999999999;modify=20240230; ".to_vec()),
            Just(b"type=OS.unix=slink:".to_vec()),
            Just(b" -> ".to_vec()),
            Just(b"../x".to_vec()),
            Just(b"\r\n".to_vec()),
            proptest::collection::vec(any::<u8>(), 0..6),
        ];
        proptest::collection::vec(part, 0..16).prop_map(|parts| parts.concat())
    }

    proptest! {
        #[test]
        fn no_bytes_panic_or_yield_a_name_with_a_slash(bytes in row_like()) {
            for listing in [read_list(&bytes, now()).unwrap(), read_mlsd(&bytes).unwrap()] {
                for entry in listing.entries {
                    prop_assert!(!entry.name.contains('/') && !entry.name.is_empty());
                    prop_assert!(!entry.name.chars().any(char::is_control));
                    prop_assert!(entry.name != "." && entry.name != "..");
                    prop_assert!(entry.kind == EntryKind::Link || entry.target.is_none());
                }
            }
        }
    }
}
