//! What is printed: rows of a listing and finished transfers, for people and as JSON.

use std::borrow::Cow;
use std::fmt::Write;

use serde_json::{Value, json};

use crate::model::checksum::HashAlgorithm;
use crate::model::entry::{Entry, EntryKind, Modified, Precision};
use crate::model::format;
use crate::model::transfer::{Direction, Form, TransferRow, TransferState};

/// Text from a stranger without the characters that would steer a terminal.
pub(super) fn printable(text: &str) -> Cow<'_, str> {
    if !text.contains(steers) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().map(|c| if steers(c) { char::REPLACEMENT_CHARACTER } else { c }).collect())
}

/// Control characters, and those that turn the direction of writing around.
fn steers(c: char) -> bool {
    c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// A row of `ls --json`.
pub(super) fn entry_json(entry: &Entry) -> Value {
    json!({
        "name": entry.name,
        "kind": kind(entry.kind),
        "size": entry.size,
        "modified": entry.modified.map(|modified| modified.at.to_string()),
        "mode": entry.mode.map(|mode| format!("{mode:04o}")),
        "owner": entry.owner,
        "group": entry.group,
        "target": entry.target,
    })
}

fn kind(kind: EntryKind) -> &'static str {
    match kind {
        EntryKind::Dir => "dir",
        EntryKind::File => "file",
        EntryKind::Link => "link",
        EntryKind::Other => "other",
    }
}

/// The rows of `ls`, in columns.
pub(super) fn table(entries: &[Entry]) -> String {
    let rows: Vec<[String; 5]> = entries.iter().map(cells).collect();
    let width = |column: usize| rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max().unwrap_or(0);
    let (owner, group, size) = (width(1), width(2), width(3));
    let mut text = String::new();
    for ([mode, row_owner, row_group, row_size, modified], entry) in rows.iter().zip(entries) {
        let name = printable(&entry.name);
        let arrow = entry.target.as_deref().map(|target| format!(" -> {}", printable(target))).unwrap_or_default();
        // Writing to a string cannot fail.
        let _ =
            writeln!(text, "{mode}  {row_owner:<owner$}  {row_group:<group$}  {row_size:>size$}  {modified:<16}  {name}{arrow}");
    }
    text
}

/// Permissions, owner, group, size and time of a row.
fn cells(entry: &Entry) -> [String; 5] {
    let text = |field: &Option<String>| field.as_deref().map_or_else(|| "-".to_owned(), |field| printable(field).into_owned());
    let size = entry.size.map_or_else(|| "-".to_owned(), |size| size.to_string());
    [permissions(entry), text(&entry.owner), text(&entry.group), size, entry.modified.map(time).unwrap_or_default()]
}

/// As `ls -l` writes them, question marks where they are not known.
fn permissions(entry: &Entry) -> String {
    let first = match entry.kind {
        EntryKind::Dir => 'd',
        EntryKind::File => '-',
        EntryKind::Link => 'l',
        EntryKind::Other => '?',
    };
    let bits = entry.mode.map_or_else(|| "?".repeat(9), format::permissions);
    format!("{first}{bits}")
}

/// A time in UTC, as exact as the server gave it, to the minute.
fn time(modified: Modified) -> String {
    let format = if modified.precision == Precision::Day { "%Y-%m-%d" } else { "%Y-%m-%d %H:%M" };
    modified.at.strftime(format).to_string()
}

/// A finished item of `get --json` and `put --json`.
pub(super) fn item_json(row: &TransferRow) -> Value {
    let local = row.local.to_string_lossy();
    let remote = row.remote.as_str();
    let (path, source) = match row.direction {
        Direction::Upload => (remote, local.as_ref()),
        Direction::Download => (local.as_ref(), remote),
    };
    let mut item = json!({
        "path": path,
        "source": source,
        "kind": if row.is_folder { "dir" } else { "file" },
        "status": status(&row.state),
        "bytes": row.moved,
        "tries": row.tries,
    });
    let detail = match &row.state {
        TransferState::Done(proof) if !row.is_folder => {
            let hash = proof.hash.map(HashAlgorithm::name);
            let compared = proof.compared.command();
            let receipt = proof.receipt.0;
            Some((
                "proof",
                json!({ "reply": proof.reply, "bytes": proof.bytes, "compared": compared, "hash": hash, "receipt": receipt }),
            ))
        }
        TransferState::Skipped(reason) => Some(("reason", json!(reason.word()))),
        TransferState::Failed(problem) => {
            Some(("problem", json!({ "what": problem.what, "advice": problem.advice, "server": problem.server_words })))
        }
        _ => None,
    };
    if let (Some((key, value)), Some(item)) = (detail, item.as_object_mut()) {
        item.insert(key.to_owned(), value);
    }
    let form = match row.form {
        Form::Binary => None,
        Form::Text => Some("text"),
        Form::LooksBinary => Some("binary: no text"),
        Form::Mixed => Some("binary: mixed line ends"),
    };
    if let (Some(form), Some(item)) = (form, item.as_object_mut()) {
        item.insert("form".to_owned(), json!(form));
    }
    item
}

fn status(state: &TransferState) -> &'static str {
    match state {
        TransferState::Done(_) => "done",
        TransferState::Skipped(_) => "skipped",
        TransferState::Failed(_) => "failed",
        _ => "unfinished",
    }
}

/// What became of a whole command.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Tally {
    /// Files that arrived and are proven.
    pub(super) done: u64,
    /// Files that were left as they were.
    pub(super) skipped: u64,
    /// What folders had in them that is no file, leads to none, or has a name that filters leave out.
    pub(super) left_out: u64,
    /// Of these, those that filters left out.
    pub(super) filtered: u64,
    /// Folders that were made and had nothing in them.
    pub(super) empty_folders: u64,
    /// Items that did not arrive.
    pub(super) failed: u64,
    /// Of these, the ones for which a local file or folder is the reason.
    pub(super) failed_locally: u64,
    /// Items that were not begun or finished when it ended.
    pub(super) unfinished: u64,
    /// Bytes that arrived.
    pub(super) bytes: u64,
}

impl Tally {
    /// Whether everything arrived.
    pub(super) fn is_complete(self) -> bool {
        self.failed + self.unfinished == 0
    }

    /// The last object of `--json`.
    pub(super) fn json(self) -> Value {
        json!({
            "summary": true,
            "complete": self.is_complete(),
            "done": self.done,
            "skipped": self.skipped,
            "left_out": self.left_out,
            "filtered": self.filtered,
            "empty_folders": self.empty_folders,
            "failed": self.failed,
            "unfinished": self.unfinished,
            "bytes": self.bytes,
        })
    }

    /// The last line for people.
    pub(super) fn sentence(self) -> String {
        let others = self.done + self.skipped + self.left_out + self.failed + self.unfinished;
        if others == 0 && self.empty_folders > 0 {
            return "The folder is there; it had no files in it.".to_owned();
        }
        let mut text = format!("{} arrived and proven, {}", format::counted(self.done, "file", "files"), format::size(self.bytes));
        let left_out = match self.filtered {
            0 => "left out".to_owned(),
            all if all == self.left_out => "left out by name".to_owned(),
            some => format!("left out ({} by name)", format::count(some)),
        };
        let counts =
            [(self.skipped, "skipped"), (self.left_out, &*left_out), (self.failed, "failed"), (self.unfinished, "not finished")];
        for (count, word) in counts {
            if count > 0 {
                text.push_str(&format!(", {} {word}", format::count(count)));
            }
        }
        text.push('.');
        text
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]

    use std::path::PathBuf;

    use super::*;
    use crate::model::path::RemotePath;
    use crate::model::problem::{Problem, ProblemKind};
    use crate::model::receipt::ReceiptId;
    use crate::model::site::SiteId;
    use crate::model::transfer::{Compared, Priority, Proof, SkipReason, TransferId};

    fn entry() -> Entry {
        let mut entry = Entry::new("a \u{1b}[31m\u{202e}b", EntryKind::File);
        entry.size = Some(1234);
        entry.modified = Some(Modified { at: "2026-11-20T12:02:03Z".parse().unwrap(), precision: Precision::Second });
        entry.mode = Some(0o4754);
        entry.owner = Some("anna".into());
        entry
    }

    #[test]
    fn rows_are_json_with_every_key() {
        let text = entry_json(&entry()).to_string();
        let value: Value = serde_json::from_str(&text).unwrap();
        assert!(!text.contains('\u{1b}'));
        assert_eq!(
            value,
            json!({"name": "a \u{1b}[31m\u{202e}b", "kind": "file", "size": 1234, "modified": "2026-11-20T12:02:03Z",
                   "mode": "4754", "owner": "anna", "group": null, "target": null})
        );
    }

    #[test]
    fn columns_line_up_and_do_not_steer_the_terminal() {
        let mut link = Entry::new("link", EntryKind::Link);
        link.target = Some("to/where".into());
        link.modified = Some(Modified { at: "2019-11-20T00:00:00Z".parse().unwrap(), precision: Precision::Day });
        assert_eq!(
            table(&[entry(), link]),
            "-rwsr-xr--  anna  -  1234  2026-11-20 12:02  a \u{fffd}[31m\u{fffd}b\n\
             l?????????  -     -     -  2019-11-20        link -> to/where\n"
        );
        assert_eq!(table(&[]), "");
    }

    fn row(state: TransferState) -> TransferRow {
        TransferRow {
            id: TransferId(1),
            site: SiteId("x".into()),
            direction: Direction::Upload,
            local: PathBuf::from("/l/a"),
            remote: RemotePath::parse("/r/a").unwrap(),
            is_folder: false,
            state,
            priority: Priority::Normal,
            moved: 7,
            size: Some(7),
            speed: 0,
            tries: 1,
            form: Form::Binary,
        }
    }

    #[test]
    fn items_name_where_they_arrived_and_their_proof_or_problem() {
        let proof = Proof {
            reply: "226 ok".into(),
            bytes: 7,
            compared: Compared::Size,
            hash: Some(HashAlgorithm::Sha256),
            receipt: ReceiptId(9),
        };
        let done = TransferState::Done(proof);
        assert_eq!(
            item_json(&row(done)),
            json!({"path": "/r/a", "source": "/l/a", "kind": "file", "status": "done", "bytes": 7, "tries": 1,
                   "proof": {"reply": "226 ok", "bytes": 7, "compared": "size", "hash": "SHA-256", "receipt": 9}})
        );
        let failed = TransferState::Failed(Problem::new(ProblemKind::Refused, "No.").quote("550 no"));
        let item = item_json(&TransferRow { direction: Direction::Download, ..row(failed) });
        assert_eq!(
            (&item["path"], &item["status"], &item["problem"]["server"]),
            (&json!("/l/a"), &json!("failed"), &json!("550 no"))
        );
        let skipped = item_json(&row(TransferState::Skipped(SkipReason::FolderLink)));
        assert_eq!((&skipped["status"], &skipped["reason"]), (&json!("skipped"), &json!("link-to-folder")));
    }

    #[test]
    fn the_summary_says_what_is_missing() {
        let all = Tally { done: 1, bytes: 9, ..Tally::default() };
        assert_eq!((all.is_complete(), all.sentence().as_str()), (true, "1 file arrived and proven, 9 B."));
        let some = Tally { done: 2, skipped: 1, left_out: 4, failed: 1, unfinished: 3, ..all };
        assert_eq!(some.sentence(), "2 files arrived and proven, 9 B, 1 skipped, 4 left out, 1 failed, 3 not finished.");
        let of = |left_out, filtered| Tally { left_out, filtered, ..all }.sentence();
        assert_eq!(of(3, 3), "1 file arrived and proven, 9 B, 3 left out by name.");
        assert_eq!(of(3, 1), "1 file arrived and proven, 9 B, 3 left out (1 by name).");
        let empty = Tally { empty_folders: 2, ..Tally::default() };
        assert_eq!((empty.is_complete(), empty.sentence().as_str()), (true, "The folder is there; it had no files in it."));
        assert_eq!(Tally { empty_folders: 1, ..all }.sentence(), all.sentence());
        assert_eq!((some.is_complete(), &some.json()["complete"]), (false, &json!(false)));
    }
}
