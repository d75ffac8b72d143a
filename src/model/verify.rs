//! Comparing what is here with what is on the server, file by file, without moving any: what each row comes to, and the whole as text.

use std::fmt::Write;
use std::path::PathBuf;

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::model::checksum::HashAlgorithm;
use crate::model::clock::{self, Ahead};
use crate::model::conflict::Facts;
use crate::model::entry::Modified;
use crate::model::format;
use crate::model::path::RemotePath;
use crate::model::receipt_export::csv_line;

/// A file or folder here, and the one on the server that it should be the same as.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pair {
    /// Here.
    pub local: PathBuf,
    /// There.
    pub remote: RemotePath,
}

/// What a comparison of one file came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// The content is the same.
    Same {
        /// Which checksum agreed; what is empty needs none.
        checksum: Option<HashAlgorithm>,
    },
    /// The size is the same; the content was not compared.
    SameSize(Times),
    /// It is another one, and how.
    Differs(Difference),
    /// On this machine only.
    OnlyHere,
    /// On the server only.
    OnlyThere,
    /// It cannot be told, and why.
    Unprovable(String),
}

/// How the times of two files of the same size are to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Times {
    /// The same, as far as the listing and the clocks can tell; or one is not known.
    Alike,
    /// The file here is newer.
    NewerHere,
    /// The file on the server is newer.
    NewerThere,
}

impl Times {
    /// Compares; `ahead` is by how much the server's clock is ahead of this machine's.
    #[must_use]
    pub fn of(here: Option<Modified>, there: Option<Modified>, ahead: Ahead) -> Self {
        match here.zip(there) {
            Some((here, there)) if clock::is_newer(here, there, ahead) => Self::NewerHere,
            Some((here, there)) if clock::is_newer(there, here, ahead.back()) => Self::NewerThere,
            _ => Self::Alike,
        }
    }
}

/// How two files differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Difference {
    /// In size.
    Size,
    /// In content, by checksum, with the same size.
    Content(HashAlgorithm),
    /// One is a folder, the other is not.
    Kind,
}

/// One file or folder of a comparison.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Path below the folders that are compared, with `/`; a folder that is on one side only ends in one.
    pub path: String,
    /// What it came to.
    pub finding: Finding,
    /// Size and time here.
    pub here: Option<Facts>,
    /// Size and time there.
    pub there: Option<Facts>,
}

/// How many rows came to what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names say it")]
pub struct Tally {
    pub same: usize,
    /// Of the same size, which is all that was compared.
    pub same_size: usize,
    /// Those among them that have another time.
    pub other_time: usize,
    pub differs: usize,
    pub only_here: usize,
    pub only_there: usize,
    pub unprovable: usize,
    /// Files and folders that filters leave out, on either side: not compared, and no rows.
    pub filtered: usize,
}

impl Tally {
    /// Counts a row.
    pub fn add(&mut self, finding: &Finding) {
        *match finding {
            Finding::Same { .. } => &mut self.same,
            Finding::SameSize(_) => &mut self.same_size,
            Finding::Differs(_) => &mut self.differs,
            Finding::OnlyHere => &mut self.only_here,
            Finding::OnlyThere => &mut self.only_there,
            Finding::Unprovable(_) => &mut self.unprovable,
        } += 1;
        self.other_time += usize::from(matches!(finding, Finding::SameSize(Times::NewerHere | Times::NewerThere)));
    }

    /// Whether nothing that was compared differs: every file is there, and has the same size at least.
    #[must_use]
    pub fn finds_no_difference(self) -> bool {
        self.differs + self.only_here + self.only_there + self.unprovable == 0
    }

    /// All rows.
    #[must_use]
    pub fn all(self) -> usize {
        self.same + self.same_size + self.differs + self.only_here + self.only_there + self.unprovable
    }

    /// The counts in words.
    #[must_use]
    pub fn sentence(self) -> String {
        let compared = self.of_compared();
        match self.filtered {
            0 => compared,
            some => format!("{compared} {} left out by name.", format::counted(some, "item was", "items were")),
        }
    }

    fn of_compared(self) -> String {
        if self.finds_no_difference() && (self.same == 0 || self.same_size == 0) {
            return match (self.same, self.same_size) {
                (0, 0) if self.filtered > 0 => "There was nothing to compare.".to_owned(),
                (0, 0) => "There are no files on either side.".to_owned(),
                (1, _) => "The one file is the same on both sides.".to_owned(),
                (0, 1) => {
                    let time = if self.other_time == 1 { " but another time" } else { "" };
                    format!("The one file has the same size on both sides{time}; its content was not compared.")
                }
                (0, size) => {
                    let times = self.times();
                    format!(
                        "All {} files have the same size on both sides{times}; their content was not compared.",
                        format::count(size)
                    )
                }
                (same, _) => format!("All {} files are the same on both sides.", format::count(same)),
            };
        }
        let mut parts = Vec::new();
        if self.same > 0 || self.same_size == 0 {
            parts.push(format!("{} the same", format::count(self.same)));
        }
        if self.same_size > 0 {
            parts.push(format!("{} of the same size{}", format::count(self.same_size), self.times()));
        }
        for (count, words) in [
            (self.differs, "different"),
            (self.only_here, "only here"),
            (self.only_there, "only on the server"),
            (self.unprovable, "that cannot be told"),
        ] {
            if count > 0 {
                parts.push(format!("{} {words}", format::count(count)));
            }
        }
        format!("{}.", parts.join(", "))
    }
}

impl Tally {
    /// How many of those whose sizes agree have another time, behind these.
    fn times(self) -> String {
        match self.other_time {
            0 => String::new(),
            1 if self.same_size == 1 => " (with another time)".to_owned(),
            some => format!(" ({} with another time)", format::count(some)),
        }
    }
}

/// A comparison, complete or as far as it came.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verification {
    /// The rows in the order of their paths.
    pub rows: Vec<Row>,
    /// The counts.
    pub tally: Tally,
    /// Why it ended before its end, in words; `None` when all was compared.
    pub broken_off: Option<String>,
}

impl Verification {
    /// Adds a row.
    pub fn push(&mut self, row: Row) {
        self.tally.add(&row.finding);
        self.rows.push(row);
    }

    /// The result in one sentence.
    #[must_use]
    pub fn sentence(&self) -> String {
        match &self.broken_off {
            None => self.tally.sentence(),
            Some(why) => format!("{why} As far as it came: {}", self.tally.sentence()),
        }
    }

    /// The rows as CSV, the heading first.
    #[must_use]
    pub fn csv(&self) -> String {
        let heading = ["path", "result", "how", "local_size", "remote_size", "local_modified", "remote_modified"];
        let mut text = csv_line(heading.into_iter());
        for row in &self.rows {
            let values = [
                row.path.clone(),
                row.finding.word().to_owned(),
                row.finding.how(),
                size(row.here.as_ref()),
                size(row.there.as_ref()),
                time(row.here.as_ref()),
                time(row.there.as_ref()),
            ];
            text.push_str(&csv_line(values.iter().map(String::as_str)));
        }
        text
    }

    /// The rows for people, those first that a person looks for; `all` also those of which nothing is to be said.
    #[must_use]
    pub fn text(&self, all: bool) -> String {
        let mut text = String::new();
        for row in self.by_weight().into_iter().filter(|row| all || row.finding.weight() < Finding::UNREMARKABLE) {
            // Writing to a string cannot fail.
            let _ = writeln!(text, "{:<14}{}  ({})", row.finding.word(), row.path, row.words());
        }
        text
    }

    /// The rows, those first that a person looks for: what differs, then what has another time, what was not proven, and the rest.
    #[must_use]
    pub fn by_weight(&self) -> Vec<&Row> {
        let mut rows: Vec<&Row> = self.rows.iter().collect();
        rows.sort_by_key(|row| row.finding.weight());
        rows
    }

    /// A row for programs.
    #[must_use]
    pub fn json(row: &Row) -> Value {
        let at = |facts: &Option<Facts>| facts.and_then(|facts| facts.modified).map(|modified| modified.at.to_string());
        json!({
            "path": row.path,
            "result": row.finding.word(),
            "how": row.finding.how(),
            "local_size": row.here.and_then(|facts| facts.size),
            "remote_size": row.there.and_then(|facts| facts.size),
            "local_modified": at(&row.here),
            "remote_modified": at(&row.there),
        })
    }
}

fn size(facts: Option<&Facts>) -> String {
    facts.and_then(|facts| facts.size).map(|size| size.to_string()).unwrap_or_default()
}

fn time(facts: Option<&Facts>) -> String {
    let at = |modified: Modified| -> Timestamp { modified.at };
    facts.and_then(|facts| facts.modified).map(|modified| at(modified).to_string()).unwrap_or_default()
}

impl Finding {
    /// From this weight on there is nothing to be said of a row.
    const UNREMARKABLE: u8 = 2;

    /// How far down it stands.
    fn weight(&self) -> u8 {
        match self {
            Self::Differs(_) | Self::OnlyHere | Self::OnlyThere | Self::Unprovable(_) => 0,
            Self::SameSize(Times::NewerHere | Times::NewerThere) => 1,
            Self::SameSize(Times::Alike) => Self::UNREMARKABLE,
            Self::Same { .. } => 3,
        }
    }

    /// The result in one word, for tables.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Same { .. } => "same",
            Self::SameSize(_) => "same-size",
            Self::Differs(_) => "differs",
            Self::OnlyHere => "only-here",
            Self::OnlyThere => "only-there",
            Self::Unprovable(_) => "unprovable",
        }
    }

    /// How it is the same, how it differs, why it cannot be told.
    #[must_use]
    pub fn how(&self) -> String {
        match self {
            Self::Same { checksum: None } => "empty".to_owned(),
            Self::SameSize(Times::Alike) => "size".to_owned(),
            Self::SameSize(Times::NewerHere) => "size, newer here".to_owned(),
            Self::SameSize(Times::NewerThere) => "size, newer on the server".to_owned(),
            Self::Same { checksum: Some(algorithm) } => format!("size and {algorithm}"),
            Self::Differs(Difference::Size) => "size".to_owned(),
            Self::Differs(Difference::Content(algorithm)) => format!("content, by {algorithm}"),
            Self::Differs(Difference::Kind) => "one is a folder".to_owned(),
            Self::OnlyHere | Self::OnlyThere => String::new(),
            Self::Unprovable(why) => why.clone(),
        }
    }
}

impl Row {
    /// The result in words, with the figures that it rests on.
    #[must_use]
    pub fn words(&self) -> String {
        let figure = |facts: &Option<Facts>| {
            facts
                .and_then(|facts| facts.size)
                .map_or_else(|| "unknown size".to_owned(), |size| format!("{} B", format::count(size)))
        };
        match &self.finding {
            Finding::Same { checksum: Some(algorithm) } => format!("{} · size and {algorithm} agree", figure(&self.here)),
            Finding::Same { checksum: None } => "empty on both sides".to_owned(),
            Finding::SameSize(times) => {
                let times = match times {
                    Times::Alike => "",
                    Times::NewerHere => ", newer here",
                    Times::NewerThere => ", newer on the server",
                };
                format!("same size, {}{times}", figure(&self.here))
            }
            Finding::Differs(Difference::Size) => format!("{} here, {} there", figure(&self.here), figure(&self.there)),
            Finding::Differs(Difference::Content(algorithm)) => {
                format!("{} on both sides, but the {algorithm} differs", figure(&self.here))
            }
            Finding::Differs(Difference::Kind) => "a folder on one side, a file on the other".to_owned(),
            Finding::OnlyHere => "only here".to_owned(),
            Finding::OnlyThere => "only on the server".to_owned(),
            Finding::Unprovable(why) => why.clone(),
        }
    }
}

/// Compares by size; `None` means that the sizes agree, so that a checksum may still tell more.
#[must_use]
pub fn by_size(here: Option<u64>, there: Option<u64>) -> Option<Finding> {
    match (here, there) {
        (Some(here), Some(there)) if here == there => None,
        (Some(_), Some(_)) => Some(Finding::Differs(Difference::Size)),
        (None, _) => Some(Finding::Unprovable("The size of the file here cannot be read.".to_owned())),
        (_, None) => Some(Finding::Unprovable("The server tells no size of it.".to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::entry::Precision;

    fn row(path: &str, finding: Finding, here: Option<u64>, there: Option<u64>) -> Row {
        let facts = |size: Option<u64>| size.map(|size| Facts { size: Some(size), modified: None });
        Row { path: path.into(), finding, here: facts(here), there: facts(there) }
    }

    fn all() -> Verification {
        let mut result = Verification::default();
        for row in [
            row("a, b.txt", Finding::SameSize(Times::Alike), Some(3), Some(3)),
            row("new.txt", Finding::SameSize(Times::NewerHere), Some(3), Some(3)),
            row("b.txt", Finding::Same { checksum: Some(HashAlgorithm::Sha256) }, Some(4), Some(4)),
            row("c.txt", Finding::Differs(Difference::Size), Some(3), Some(2)),
            row("d.txt", Finding::Differs(Difference::Content(HashAlgorithm::Md5)), Some(1000), Some(1000)),
            row("e", Finding::Differs(Difference::Kind), None, None),
            row("here", Finding::OnlyHere, Some(1), None),
            row("there/", Finding::OnlyThere, None, None),
            row("odd", Finding::Unprovable("The server tells no size of it.".into()), Some(1), None),
        ] {
            result.push(row);
        }
        result
    }

    #[test]
    fn sizes_are_judged() {
        assert_eq!(by_size(Some(3), Some(3)), None);
        assert_eq!(by_size(Some(3), Some(4)), Some(Finding::Differs(Difference::Size)));
        assert!(matches!(by_size(Some(3), None), Some(Finding::Unprovable(_))));
        assert!(matches!(by_size(None, Some(3)), Some(Finding::Unprovable(_))));
    }

    #[test]
    fn times_differ_by_more_than_the_clocks_do() {
        let at = |text: &str, precision| Some(Modified { at: text.parse().unwrap_or_default(), precision });
        let noon = at("2026-11-20T12:00:10Z", Precision::Second);
        let table = [
            (noon, at("2026-11-20T12:00:40Z", Precision::Minute), 0, Times::Alike),
            (noon, at("2026-11-20T12:01:40Z", Precision::Minute), 0, Times::NewerThere),
            (noon, at("2026-11-20T12:01:40Z", Precision::Minute), 100, Times::Alike),
            (noon, at("2026-11-20T12:00:11Z", Precision::Second), 0, Times::NewerThere),
            (noon, at("2026-11-20T11:00:00Z", Precision::Second), 0, Times::NewerHere),
            (noon, None, 0, Times::Alike),
        ];
        for (here, there, ahead, expected) in table {
            assert_eq!(Times::of(here, there, Ahead(ahead)), expected, "{there:?} {ahead}");
        }
    }

    #[test]
    fn counts_are_said_in_words() {
        let result = all();
        assert_eq!(
            result.sentence(),
            "1 the same, 2 of the same size (1 with another time), 3 different, 1 only here, 1 only on the server, 1 that cannot be told."
        );
        assert_eq!((result.tally.all(), result.tally.finds_no_difference()), (9, false));
        let mut same = Verification::default();
        assert_eq!(same.sentence(), "There are no files on either side.");
        same.push(row("a", Finding::Same { checksum: Some(HashAlgorithm::Md5) }, Some(1), Some(1)));
        assert_eq!(same.sentence(), "The one file is the same on both sides.");
        let sizes = |findings: &[Times]| {
            let mut sizes = Verification::default();
            findings.iter().for_each(|times| sizes.push(row("a", Finding::SameSize(*times), Some(1), Some(1))));
            assert!(sizes.tally.finds_no_difference());
            sizes.sentence()
        };
        assert_eq!(sizes(&[Times::Alike]), "The one file has the same size on both sides; its content was not compared.");
        assert_eq!(
            sizes(&[Times::NewerThere]),
            "The one file has the same size on both sides but another time; its content was not compared."
        );
        assert_eq!(
            sizes(&[Times::NewerThere, Times::Alike]),
            "All 2 files have the same size on both sides (1 with another time); their content was not compared."
        );
        let cut = Verification { broken_off: Some("It was stopped.".into()), ..same };
        assert_eq!(cut.sentence(), "It was stopped. As far as it came: The one file is the same on both sides.");
    }

    #[test]
    fn rows_are_told_with_what_differs_first() {
        let text = all().text(true);
        let first_same = text.find("same  ").unwrap_or_default();
        assert!(text.find("only-there").is_some_and(|at| at < first_same), "{text}");
        assert!(text.contains("differs       c.txt  (3 B here, 2 B there)\n"), "{text}");
        assert!(text.contains("(1,000 B on both sides, but the MD5 differs)"), "{text}");
        assert!(text.contains("same-size     new.txt  (same size, 3 B, newer here)\n"), "{text}");
        let some = all().text(false);
        assert!(!some.contains("b.txt") && some.contains("new.txt"), "{some}");
        let csv = all().csv();
        assert_eq!(csv.lines().count(), 10);
        assert!(csv.contains("\"a, b.txt\",same-size,size,3,3,,\r\n") && csv.contains("c.txt,differs,size,3,2,,"), "{csv}");
        let json = Verification::json(&row("c", Finding::Differs(Difference::Size), Some(3), Some(2)));
        assert_eq!((&json["result"], &json["local_size"], &json["remote_size"]), (&json!("differs"), &json!(3), &json!(2)));
    }
}
