//! Rows in the style of DOS, as IIS and other Windows servers write them.

use jiff::civil::{Date, Time};

use crate::ftp::charset;
use crate::ftp::listing::dates;
use crate::ftp::listing::{Name, Row, name, number};
use crate::model::entry::{Entry, EntryKind, Modified, Precision};

/// Width of the column that holds `<DIR>` or `<JUNCTION>` and the blanks behind it.
const TAG_COLUMN: usize = 15;

/// Reads one row.
pub(super) fn row(line: &[u8]) -> Row {
    let (first, rest) = word(line);
    let Some(date) = date(first) else { return Row::Unread };
    let (second, rest) = word(rest);
    let Some((time, rest)) = time(second, rest) else { return Row::Unread };
    let modified = TimeOf { date, time }.modified();
    let (third, behind) = word(rest);
    let mut entry = Entry::new(String::new(), EntryKind::File);
    entry.modified = modified;
    let bytes = match third {
        [b'<', .., b'>'] => {
            let blanks = behind.iter().take(TAG_COLUMN.saturating_sub(third.len())).take_while(|b| **b == b' ').count();
            entry.kind = if third.eq_ignore_ascii_case(b"<DIR>") { EntryKind::Dir } else { EntryKind::Link };
            behind.get(blanks.max(1)..)
        }
        digits => {
            let plain: Vec<u8> = digits.iter().copied().filter(|b| !matches!(b, b',' | b'.')).collect();
            entry.size = number(&plain);
            behind.get(1..).filter(|_| entry.size.is_some())
        }
    };
    let Some(mut bytes) = bytes else { return Row::Unread };
    if entry.kind == EntryKind::Link
        && let Some(open) = bytes.windows(2).rposition(|pair| pair == b" [")
        && let Some(target) = bytes.get(open + 2..).and_then(|rest| rest.strip_suffix(b"]"))
    {
        entry.target = Some(charset::decode(target)).filter(|text| !text.is_empty() && !text.chars().any(char::is_control));
        bytes = bytes.get(..open).unwrap_or_default();
    }
    match name(bytes) {
        Name::Plain(name) => Row::Entry(Entry { name, ..entry }),
        Name::Dots => Row::Nothing,
        Name::Unfit => Row::Unread,
    }
}

struct TimeOf {
    date: Date,
    time: (Time, Precision),
}

impl TimeOf {
    fn modified(&self) -> Option<Modified> {
        dates::at(self.date, self.time.0, self.time.1)
    }
}

/// The next word and what follows it.
fn word(line: &[u8]) -> (&[u8], &[u8]) {
    let start = line.iter().position(|b| *b != b' ').unwrap_or(line.len());
    let line = line.get(start..).unwrap_or_default();
    line.split_at(line.iter().position(|b| *b == b' ').unwrap_or(line.len()))
}

/// `01-31-24`, `01-31-2024`, `01/31/2024`, `31.01.2024`, `2024-01-31`.
fn date(word: &[u8]) -> Option<Date> {
    if let Some(date) = dates::iso_date(word) {
        return Some(date);
    }
    let mark = *word.iter().find(|b| !b.is_ascii_digit())?;
    let mut parts = word.split(|b| *b == mark);
    let (first, second, last) = (number::<i8>(parts.next()?)?, number::<i8>(parts.next()?)?, parts.next()?);
    if parts.next().is_some() {
        return None;
    }
    let year: i16 = match (last.len(), number::<i16>(last)?) {
        (2, short) => short + if short < 70 { 2000 } else { 1900 },
        (4, year) => year,
        _ => return None,
    };
    let (month, day) = match mark {
        b'-' | b'/' if first <= 12 => (first, second),
        b'-' | b'/' | b'.' => (second, first),
        _ => return None,
    };
    Date::new(year, month, day).ok()
}

/// `12:00PM`, `12:00 PM`, `23:59`, `23:59:58`.
fn time<'a>(word: &[u8], rest: &'a [u8]) -> Option<((Time, Precision), &'a [u8])> {
    let digits = word.iter().position(u8::is_ascii_alphabetic).unwrap_or(word.len());
    let (clock, mark) = word.split_at(digits);
    let (time, precision) = dates::clock_time(clock)?;
    let (mark, rest) = if mark.is_empty() {
        let (next, behind) = self::word(rest);
        if matches!(next.to_ascii_uppercase().as_slice(), b"AM" | b"PM") { (next, behind) } else { (mark, rest) }
    } else {
        (mark, rest)
    };
    let hour = match (mark.to_ascii_uppercase().as_slice(), time.hour()) {
        (b"", hour) => hour,
        (b"AM" | b"A", 12) => 0,
        (b"AM" | b"A", hour) | (b"PM" | b"P", hour @ 12) => hour,
        (b"PM" | b"P", hour) => hour + 12,
        _ => return None,
    };
    let time = Time::new(hour, time.minute(), time.second(), 0).ok()?;
    Some(((time, precision), rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_read() {
        use EntryKind::{Dir, File, Link};
        let table = [
            ("01-31-24  12:00PM       <DIR>          wwwroot", "wwwroot", Dir, None, "2024-01-31T12:00:00Z"),
            ("01-31-24  12:00AM                 1234 a file.txt", "a file.txt", File, Some(1234), "2024-01-31T00:00:00Z"),
            ("12-31-1999  11:59PM                 0  leading", " leading", File, Some(0), "1999-12-31T23:59:00Z"),
            ("01-31-70  23:59                 5 old", "old", File, Some(5), "1970-01-31T23:59:00Z"),
            ("2024-01-31  14:05       <DIR>          iso", "iso", Dir, None, "2024-01-31T14:05:00Z"),
            ("01/31/2024  02:05 PM         1,234,567 slashes", "slashes", File, Some(1_234_567), "2024-01-31T14:05:00Z"),
            ("31.01.2024  14:05            1.234 german", "german", File, Some(1234), "2024-01-31T14:05:00Z"),
            ("01-31-24  12:00PM       <DIR> short", "short", Dir, None, "2024-01-31T12:00:00Z"),
            ("01-31-24  12:00PM       <JUNCTION>     link [C:\\target]", "link", Link, None, "2024-01-31T12:00:00Z"),
        ];
        for (line, name, kind, size, at) in table {
            let Row::Entry(entry) = row(line.as_bytes()) else { panic!("{line}") };
            assert_eq!((entry.name.as_str(), entry.kind, entry.size), (name, kind, size), "{line}");
            assert_eq!(entry.modified, Some(Modified { at: at.parse().unwrap(), precision: Precision::Minute }), "{line}");
            assert_eq!(entry.target.as_deref(), (kind == Link).then_some("C:\\target"));
        }
    }

    #[test]
    fn what_is_no_row_is_unread() {
        for line in [
            "01-31-24",
            "13-32-24  12:00PM 5 x",
            "01-31-24  25:00 5 x",
            "01-31-24  12:00PM five x",
            "01-31-24  12:00PM 5",
            "1234 x y z",
        ] {
            assert_eq!(row(line.as_bytes()), Row::Unread, "{line}");
        }
        assert_eq!(row(b"01-31-24  12:00PM       <DIR>          .."), Row::Nothing);
    }
}
