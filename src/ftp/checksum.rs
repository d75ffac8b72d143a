//! Checksums that the server computes: HASH (draft-bryan-ftpext-hash), the X… commands and MD5 (draft-twine-ftpmd5), each in the dialects that are out there.

use std::time::Duration;

use crate::ftp::charset;
use crate::ftp::control::Control;
use crate::ftp::fault::Fault;
use crate::ftp::reply::Reply;
use crate::model::checksum::{Checksum, HashAlgorithm};
use crate::model::path::RemotePath;

/// Bytes a second that a server reads at the least while it computes: an old disk that is busy.
const SLOWEST: u64 = 4 * 1024 * 1024;

/// A way to have a checksum told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Way {
    /// Of which kind it is.
    pub algorithm: HashAlgorithm,
    /// The command: `HASH`, `XSHA256`, `MD5`.
    pub command: &'static str,
}

/// The commands that stand for one kind each.
const SINGLE: [Way; 7] = [
    Way { algorithm: HashAlgorithm::Sha512, command: "XSHA512" },
    Way { algorithm: HashAlgorithm::Sha256, command: "XSHA256" },
    Way { algorithm: HashAlgorithm::Sha1, command: "XSHA1" },
    Way { algorithm: HashAlgorithm::Sha1, command: "XSHA" },
    Way { algorithm: HashAlgorithm::Md5, command: "XMD5" },
    Way { algorithm: HashAlgorithm::Md5, command: "MD5" },
    Way { algorithm: HashAlgorithm::Crc32, command: "XCRC" },
];

/// What the server's answer came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
    /// The whole file's checksum.
    Sum(Checksum),
    /// It does not know the command after all, or not for this file; its words.
    Refused(String),
    /// An answer without a checksum of this file's whole content; what is wrong with it, and its words.
    Nonsense(&'static str, String),
}

/// The ways that FEAT's lines offer, the strongest first; HASH before a command of its own for the same kind, since its answer
/// names the range and the file.
pub(super) fn ways(lines: &[String]) -> Vec<Way> {
    let mut ways: Vec<Way> = kinds_of_hash(lines).map(|algorithm| Way { algorithm, command: "HASH" }).collect();
    let first_word = |line: &String| line.split([' ', ';']).next().unwrap_or_default().to_ascii_uppercase();
    let offered: Vec<String> = lines.iter().map(first_word).collect();
    ways.extend(SINGLE.iter().filter(|way| offered.iter().any(|word| word == way.command)));
    // Stable: what comes first within a kind stays first.
    ways.sort_by_key(|way| std::cmp::Reverse(way.algorithm));
    ways
}

/// The kinds behind HASH in FEAT's answer: `HASH SHA-1;SHA-256*;MD5`.
fn kinds_of_hash(lines: &[String]) -> impl Iterator<Item = HashAlgorithm> {
    let line = lines.iter().find_map(|line| line.to_ascii_uppercase().strip_prefix("HASH ").map(str::to_owned));
    let kinds: Vec<HashAlgorithm> = line
        .unwrap_or_default()
        .split([';', ',', ' '])
        .filter_map(|word| HashAlgorithm::by_name(word.trim_end_matches('*')))
        .collect();
    kinds.into_iter()
}

/// The kind that HASH computes until another is chosen: the one with the star.
fn chosen_kind(lines: &[String]) -> Option<HashAlgorithm> {
    let line = lines.iter().find(|line| line.to_ascii_uppercase().starts_with("HASH "))?;
    let word = line.split([';', ',', ' ']).find(|word| word.ends_with('*'))?;
    HashAlgorithm::by_name(word.trim_end_matches('*'))
}

/// The line that asks. HASH and MD5 take everything behind them as the name; the X… commands take a range too, so that a name with
/// blanks must be quoted there (and a quote in it escaped as proftpd's mod_digest reads it).
fn line(way: Way, path: &RemotePath) -> String {
    let path = path.as_str();
    if way.command.starts_with('X') && path.contains([' ', '\t']) {
        format!("{} \"{}\"", way.command, path.replace('\\', "\\\\").replace('"', "\\\""))
    } else {
        format!("{} {path}", way.command)
    }
}

/// Reads a positive answer about `path`, a file of `size` bytes.
fn read(way: Way, reply: &Reply, path: &RemotePath, size: u64) -> Told {
    let nonsense = |what| Told::Nonsense(what, reply.words());
    // What stands before is chatter: "213-Computing SHA-1 digest".
    let lines: Vec<&[u8]> = reply.contents().collect();
    let read_line = |content: &&[u8]| match way.command {
        "HASH" => hash_answer(content, way, path, size),
        _ => single_answer(content, way, path),
    };
    let mut wrong = "it holds no checksum";
    for content in lines.iter().rev() {
        match read_line(content) {
            Ok(sum) => return Told::Sum(sum),
            // The last line says it best.
            Err(what) if wrong == "it holds no checksum" => wrong = what,
            Err(_) => {}
        }
    }
    nonsense(wrong)
}

/// `SHA-256 0-49 6e…9f name`: kind, range, digits, the name as the rest.
fn hash_answer(content: &[u8], way: Way, path: &RemotePath, size: u64) -> Result<Checksum, &'static str> {
    let nothing = "it holds no checksum";
    let text = charset::decode(content);
    let mut parts = text.trim().splitn(4, ' ');
    let (Some(kind), Some(range), Some(digits)) = (parts.next(), parts.next(), parts.next()) else { return Err(nothing) };
    let kind = HashAlgorithm::by_name(kind).ok_or(nothing)?;
    let (start, end) = range.split_once('-').ok_or(nothing)?;
    let (Ok(start), Ok(end)) = (start.parse::<u64>(), end.parse::<u64>()) else { return Err(nothing) };
    if kind != way.algorithm {
        return Err("it is of another kind");
    }
    let sum = Checksum::parse(kind, digits).ok_or(nothing)?;
    // The draft counts the last byte, proftpd the one behind it.
    if start != 0 || (end != size && Some(end) != size.checked_sub(1)) {
        return Err("it is of another range");
    }
    match parts.next() {
        Some(name) if !is_name_of(name, path) => Err("it is of another file"),
        _ => Ok(sum),
    }
}

/// The digits alone, or with the name before or behind them, quoted or not; words such as the command's own do not count.
fn single_answer(content: &[u8], way: Way, path: &RemotePath) -> Result<Checksum, &'static str> {
    let text = charset::decode(content);
    let text = text.trim();
    // The name as it is comes first: it may hold quotes of its own.
    let names = [path.as_str(), path.name().unwrap_or_default()];
    let without_name = names.iter().filter(|name| !name.is_empty()).find_map(|name| {
        let behind = text.strip_prefix(name).filter(|rest| rest.starts_with(' '));
        behind.or_else(|| text.strip_suffix(name).filter(|rest| rest.ends_with(' ')))
    });
    let rest = match (without_name, take_quoted(text)) {
        (Some(rest), _) => rest.to_owned(),
        (None, Some((name, _))) if !is_name_of(&name, path) => return Err("it is of another file"),
        (None, Some((_, rest))) => rest,
        (None, None) => text.to_owned(),
    };
    let words = rest.split([' ', '\t', ':', '=', ',', ';', '"', '(', ')']).filter(|word| !word.is_empty());
    // A short number is no CRC-32 unless it stands alone.
    let alone = words.clone().count() == 1;
    let is_long = |word: &&str| way.algorithm != HashAlgorithm::Crc32 || alone || word.trim_start_matches("0x").len() >= 6;
    let mut sums: Vec<Checksum> = words.filter(is_long).filter_map(|word| Checksum::parse(way.algorithm, word)).collect();
    sums.dedup();
    match (sums.pop(), sums.is_empty()) {
        (Some(sum), true) => Ok(sum),
        (Some(_), false) => Err("it holds more than one checksum"),
        (None, _) => Err("it holds no checksum"),
    }
}

/// The quoted part of a line and the line without it.
fn take_quoted(text: &str) -> Option<(String, String)> {
    let start = text.find('"')?;
    let mut name = String::new();
    let mut characters = text.get(start + 1..)?.char_indices().peekable();
    while let Some((at, character)) = characters.next() {
        match character {
            '\\' if characters.peek().is_some_and(|(_, next)| matches!(next, '"' | '\\')) => {
                name.extend(characters.next().map(|(_, next)| next));
            }
            '"' if characters.peek().is_some_and(|(_, next)| *next == '"') => name.extend(characters.next().map(|(_, next)| next)),
            '"' => {
                let behind = text.get(start + 1 + at + 1..).unwrap_or_default();
                return Some((name, format!("{} {behind}", text.get(..start).unwrap_or_default()).trim().to_owned()));
            }
            other => name.push(other),
        }
    }
    None
}

/// Whether a name in an answer is the file's: some say the whole path, some the last part, some below a folder of their own.
fn is_name_of(told: &str, path: &RemotePath) -> bool {
    let told = told.trim();
    let unquoted = take_quoted(told).filter(|(_, rest)| rest.is_empty());
    let told = unquoted.map_or(told.to_owned(), |(name, _)| name);
    let Some(name) = path.name() else { return false };
    // A name may end in a blank, a line may not.
    [name, name.trim()].iter().any(|name| {
        let before = told.strip_suffix(name);
        told == path.as_str() || before.is_some_and(|before| before.is_empty() || before.ends_with(['/', '\\']))
    })
}

impl Control {
    /// The ways in which the server tells a file's checksum, the strongest first; those that it refused on this connection are
    /// left out.
    #[must_use]
    pub fn checksum_ways(&self) -> Vec<Way> {
        ways(&self.features.lines).into_iter().filter(|way| !self.no_checksum.contains(&way.command)).collect()
    }

    /// Has the server tell the checksum of a file of `size` bytes. It may read the whole file for it: the wait grows with the size.
    ///
    /// # Errors
    /// Any that a command has, save a refusal.
    pub async fn checksum(&mut self, way: Way, path: &RemotePath, size: u64) -> Result<Told, Fault> {
        if way.command == "HASH" {
            let chosen = self.hash_kind.or_else(|| chosen_kind(&self.features.lines));
            if chosen != Some(way.algorithm) {
                match self.ask(&format!("OPTS HASH {}", way.algorithm.name()), "choosing the kind of checksum").await {
                    Ok(_) => self.hash_kind = Some(way.algorithm),
                    Err(Fault::Refused(reply)) => return Ok(Told::Refused(reply.words())),
                    Err(fault) => return Err(fault),
                }
            }
        }
        let doing = "waiting for a checksum";
        let limit = self.session.timeout.saturating_add(Duration::from_secs(size / SLOWEST));
        let reply = self.command_within(&line(way, path), doing, limit).await?;
        if reply.is_negative() {
            // A command that is not known is not asked for again on this connection; what is wrong with one file is its own matter.
            if matches!(reply.code, 500 | 502 | 504) {
                self.no_checksum.push(way.command);
            }
            return Ok(Told::Refused(reply.words()));
        }
        let reply = self.positive(reply, doing)?;
        Ok(read(way, &reply, path, size))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    const EMPTY_SHA1: &str = "da39a3ee5e6b4b0d3255bfef95601890afd80709";
    const MD5: &str = "9dd4e461268c8034f5c8564e155c67a6";

    fn lines(lines: &[&str]) -> Vec<String> {
        lines.iter().map(|line| (*line).to_owned()).collect()
    }

    fn reply(text: &str) -> Reply {
        let code = text[..3].parse().unwrap();
        Reply { code, lines: text.split('\n').map(|line| line.as_bytes().to_vec()).collect() }
    }

    fn way(algorithm: HashAlgorithm, command: &'static str) -> Way {
        Way { algorithm, command }
    }

    #[test]
    fn the_strongest_offered_comes_first() {
        let table: [(&[&str], &[&str]); 6] = [
            (&["SIZE", "MDTM"], &[]),
            (
                &["HASH CRC32;MD5;SHA-1*;SHA-256;SHA-512;", "XSHA256", "XCRC"],
                &["HASH", "HASH", "XSHA256", "HASH", "HASH", "HASH", "XCRC"],
            ),
            (&["XCRC FILENAME;START;END", "XMD5 FILENAME;START;END", "XSHA1 FILENAME;START;END"], &["XSHA1", "XMD5", "XCRC"]),
            (&["XCRC \"FILENAME\" SP EP", "MD5"], &["MD5", "XCRC"]),
            (&["HASH SHA-224;WHIRLPOOL"], &[]),
            (&["XSHA256", "XSHA512"], &["XSHA512", "XSHA256"]),
        ];
        for (offered, commands) in table {
            let found: Vec<&str> = ways(&lines(offered)).iter().map(|way| way.command).collect();
            assert_eq!(found, commands, "{offered:?}");
        }
        assert_eq!(ways(&lines(&["HASH MD5;SHA-512;SHA-1*"]))[0].algorithm, HashAlgorithm::Sha512);
        assert_eq!(chosen_kind(&lines(&["HASH CRC32;MD5;SHA-1*;SHA-256"])), Some(HashAlgorithm::Sha1));
        assert_eq!(chosen_kind(&lines(&["HASH CRC32;MD5"])), None);
    }

    #[test]
    fn names_with_blanks_are_quoted_where_a_range_may_follow() {
        let path = |text| RemotePath::parse(text).unwrap();
        let sha = way(HashAlgorithm::Sha256, "XSHA256");
        let hash = way(HashAlgorithm::Sha256, "HASH");
        let md5 = way(HashAlgorithm::Md5, "MD5");
        assert_eq!(line(sha, &path("/a.txt")), "XSHA256 /a.txt");
        assert_eq!(line(sha, &path("/a b.txt")), "XSHA256 \"/a b.txt\"");
        assert_eq!(line(sha, &path("/q\"u.txt")), "XSHA256 /q\"u.txt");
        assert_eq!(line(sha, &path("/a \"b\".txt")), "XSHA256 \"/a \\\"b\\\".txt\"");
        assert_eq!(line(hash, &path("/a b.txt")), "HASH /a b.txt");
        assert_eq!(line(md5, &path("/a b.txt")), "MD5 /a b.txt");
    }

    #[test]
    fn answers_of_every_dialect_are_read() {
        let sha1 = way(HashAlgorithm::Sha1, "HASH");
        let xsha1 = way(HashAlgorithm::Sha1, "XSHA1");
        let md5 = way(HashAlgorithm::Md5, "MD5");
        let xmd5 = way(HashAlgorithm::Md5, "XMD5");
        let crc = way(HashAlgorithm::Crc32, "XCRC");
        let upper = MD5.to_ascii_uppercase();
        let good = [
            // proftpd's mod_digest, as it answers.
            (sha1, format!("213-Computing SHA-1 digest\n213 SHA-1 0-49 {EMPTY_SHA1} /d/a b.txt"), EMPTY_SHA1),
            (xsha1, format!("250-Computing SHA1 digest\n250 {}", EMPTY_SHA1.to_ascii_uppercase()), EMPTY_SHA1),
            (md5, format!("251-Computing MD5 digest\n251 /d/a b.txt {upper}"), MD5),
            (crc, "250-Computing CRC32 digest\n250 8CDC1683".to_owned(), "8cdc1683"),
            // The draft counts the last byte; the name may be missing, shortened, or quoted.
            (sha1, format!("213 SHA-1 0-48 {EMPTY_SHA1} a b.txt"), EMPTY_SHA1),
            (sha1, format!("213 SHA-1 0-49 {EMPTY_SHA1}"), EMPTY_SHA1),
            (sha1, format!("213 sha-1 0-49 {EMPTY_SHA1} \"/d/a b.txt\""), EMPTY_SHA1),
            // draft-twine-ftpmd5, and servers that put the name last or call the kind by name.
            (md5, format!("251 \"/d/a b.txt\" {upper}"), MD5),
            (md5, format!("251 {MD5} /d/a b.txt"), MD5),
            (xmd5, format!("213 {upper}"), MD5),
            (xmd5, format!("250 XMD5 {MD5}"), MD5),
            (xmd5, format!("250 MD5: {MD5}"), MD5),
            (xmd5, format!("250 \"a b.txt\" {MD5}"), MD5),
            (xmd5, format!("250 MD5 (a b.txt) = {MD5}"), MD5),
            // CRC-32 in numbers of every shape.
            (crc, "250 0xCDC1683".to_owned(), "0cdc1683"),
            (crc, "250 CDC1683".to_owned(), "0cdc1683"),
            (crc, "250 0000CDC1683".to_owned(), "0cdc1683"),
            (crc, "250 0".to_owned(), "00000000"),
            (crc, "250 XCRC 8cdc1683".to_owned(), "8cdc1683"),
            (crc, "250 \"/d/a b.txt\" 8cdc1683".to_owned(), "8cdc1683"),
        ];
        let path = RemotePath::parse("/d/a b.txt").unwrap();
        for (way, text, hex) in good {
            let told = read(way, &reply(&text), &path, 49);
            assert_eq!(told, Told::Sum(Checksum { algorithm: way.algorithm, hex: hex.to_owned() }), "{text}");
        }
        let bad = [
            (sha1, format!("213 SHA-1 0-48 {EMPTY_SHA1} b.txt.bak"), "it is of another file"),
            (sha1, format!("213 SHA-1 0-20 {EMPTY_SHA1} a b.txt"), "it is of another range"),
            (sha1, format!("213 SHA-1 1-49 {EMPTY_SHA1} a b.txt"), "it is of another range"),
            (sha1, format!("213 MD5 0-49 {MD5} a b.txt"), "it is of another kind"),
            (sha1, format!("213 {EMPTY_SHA1}"), "it holds no checksum"),
            (sha1, "213 SHA-1 0-49 xyz a b.txt".to_owned(), "it holds no checksum"),
            (md5, format!("251 \"/d/other\" {MD5}"), "it is of another file"),
            (xmd5, format!("250 {EMPTY_SHA1}"), "it holds no checksum"),
            (xmd5, format!("250 {MD5} 00000000000000000000000000000000"), "it holds more than one checksum"),
            (xmd5, "250 ok".to_owned(), "it holds no checksum"),
            (crc, "250 done".to_owned(), "it holds no checksum"),
            (crc, "250 123456789".to_owned(), "it holds no checksum"),
        ];
        for (way, text, what) in bad {
            assert_eq!(read(way, &reply(&text), &path, 49), Told::Nonsense(what, reply(&text).words()), "{text}");
        }
        // Of an empty file the range ends where it begins.
        let empty = RemotePath::parse("/empty").unwrap();
        let text = format!("213 SHA-1 0-0 {EMPTY_SHA1} empty");
        assert!(matches!(read(sha1, &reply(&text), &empty, 0), Told::Sum(_)));
    }

    #[test]
    fn a_name_that_looks_like_a_checksum_is_not_taken_for_one() {
        let quoted = RemotePath::parse("/d/a \"q\" b.txt").unwrap();
        let md5 = Way { algorithm: HashAlgorithm::Md5, command: "MD5" };
        assert!(matches!(read(md5, &reply(&format!("251 /d/a \"q\" b.txt {MD5}")), &quoted, 1), Told::Sum(_)));
        let sha1 = Way { algorithm: HashAlgorithm::Sha1, command: "HASH" };
        assert!(matches!(read(sha1, &reply(&format!("213 SHA-1 0-1 {EMPTY_SHA1} /d/a \"q\" b.txt")), &quoted, 1), Told::Sum(_)));
        let path = RemotePath::parse("/deadbeef").unwrap();
        let crc = way(HashAlgorithm::Crc32, "XCRC");
        let sum = |hex: &str| Told::Sum(Checksum { algorithm: HashAlgorithm::Crc32, hex: hex.into() });
        assert_eq!(read(crc, &reply("250 deadbeef 0badcafe"), &path, 1), sum("0badcafe"));
        assert_eq!(read(crc, &reply("250 0badcafe /deadbeef"), &path, 1), sum("0badcafe"));
        assert_eq!(read(crc, &reply("250 \"deadbeef\" 0badcafe"), &path, 1), sum("0badcafe"));
    }
}
