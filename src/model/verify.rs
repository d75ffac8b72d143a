//! Comparing what is here with what is on the server, file by file, without moving any: what each row comes to, and the whole as text.

use std::fmt::Write;
use std::path::PathBuf;

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::model::checksum::HashAlgorithm;
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
    /// The sizes agree, and the checksum where one was compared.
    Same {
        /// Which checksum agreed.
        checksum: Option<HashAlgorithm>,
    },
    /// It is another one, and how.
    Differs(Difference),
    /// On this machine only.
    OnlyHere,
    /// On the server only.
    OnlyThere,
    /// It cannot be told, and why.
    Unprovable(String),
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
    pub differs: usize,
    pub only_here: usize,
    pub only_there: usize,
    pub unprovable: usize,
}

impl Tally {
    /// Counts a row.
    pub fn add(&mut self, finding: &Finding) {
        *match finding {
            Finding::Same { .. } => &mut self.same,
            Finding::Differs(_) => &mut self.differs,
            Finding::OnlyHere => &mut self.only_here,
            Finding::OnlyThere => &mut self.only_there,
            Finding::Unprovable(_) => &mut self.unprovable,
        } += 1;
    }

    /// Whether every file is there and the same.
    #[must_use]
    pub fn is_all_same(self) -> bool {
        self.differs + self.only_here + self.only_there + self.unprovable == 0
    }

    /// All rows.
    #[must_use]
    pub fn all(self) -> usize {
        self.same + self.differs + self.only_here + self.only_there + self.unprovable
    }

    /// The counts in words.
    #[must_use]
    pub fn sentence(self) -> String {
        if self.is_all_same() {
            return match self.same {
                0 => "There are no files on either side.".to_owned(),
                1 => "The one file is the same on both sides.".to_owned(),
                same => format!("All {} files are the same on both sides.", format::count(same)),
            };
        }
        let mut parts = vec![format!("{} the same", format::count(self.same))];
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

    /// The rows for people, those first that are not the same; `all` also those that are.
    #[must_use]
    pub fn text(&self, all: bool) -> String {
        let mut text = String::new();
        let is_same = |row: &&Row| matches!(row.finding, Finding::Same { .. });
        let wanted = self.rows.iter().filter(|row| !is_same(row)).chain(self.rows.iter().filter(|row| all && is_same(row)));
        for row in wanted {
            // Writing to a string cannot fail.
            let _ = writeln!(text, "{:<14}{}  ({})", row.finding.word(), row.path, row.words());
        }
        text
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
    /// The result in one word, for tables.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Same { .. } => "same",
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
            Self::Same { checksum: None } => "size".to_owned(),
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
            Finding::Same { checksum } => {
                let agree = if checksum.is_some() { "agree" } else { "agrees" };
                format!("{} · {} {agree}", figure(&self.here), self.finding.how())
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

    fn row(path: &str, finding: Finding, here: Option<u64>, there: Option<u64>) -> Row {
        let facts = |size: Option<u64>| size.map(|size| Facts { size: Some(size), modified: None });
        Row { path: path.into(), finding, here: facts(here), there: facts(there) }
    }

    fn all() -> Verification {
        let mut result = Verification::default();
        for row in [
            row("a, b.txt", Finding::Same { checksum: None }, Some(3), Some(3)),
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
    fn counts_are_said_in_words() {
        let result = all();
        assert_eq!(result.sentence(), "2 the same, 3 different, 1 only here, 1 only on the server, 1 that cannot be told.");
        assert_eq!((result.tally.all(), result.tally.is_all_same()), (8, false));
        let mut same = Verification::default();
        assert_eq!(same.sentence(), "There are no files on either side.");
        same.push(row("a", Finding::Same { checksum: None }, Some(1), Some(1)));
        assert_eq!(same.sentence(), "The one file is the same on both sides.");
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
        assert!(!all().text(false).contains("b.txt"));
        let csv = all().csv();
        assert_eq!(csv.lines().count(), 9);
        assert!(csv.contains("\"a, b.txt\",same,size,3,3,,\r\n") && csv.contains("c.txt,differs,size,3,2,,"), "{csv}");
        let json = Verification::json(&row("c", Finding::Differs(Difference::Size), Some(3), Some(2)));
        assert_eq!((&json["result"], &json["local_size"], &json["remote_size"]), (&json!("differs"), &json!(3), &json!(2)));
    }
}
