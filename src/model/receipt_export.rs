//! Receipts for other programs: CSV (RFC 4180), JSON, and lines that `sha256sum -c` reads.

use std::path::{Component, Path, PathBuf};
use std::time::Duration;

use serde_json::{Map, Value, json};

use crate::model::receipt::Receipt;
use crate::model::transfer::TransferId;

/// Which receipts are exported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// Those of these rows of the queue.
    Transfers(Vec<TransferId>),
    /// Those of all rows under "Done".
    Done,
    /// Those of files that were proven this long ago, or later.
    Last(Duration),
    /// All that are kept.
    All,
}

/// A kind of file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum ExportFormat {
    /// Comma-separated values, a receipt a line.
    #[default]
    Csv,
    /// A JSON array, a receipt an object.
    Json,
    /// SHA-256 and path, for `sha256sum -c`.
    Sha256,
}

impl ExportFormat {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Csv, Self::Json, Self::Sha256];

    /// The format in words.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Csv => "Table (CSV)",
            Self::Json => "JSON",
            Self::Sha256 => "Checksum file",
        }
    }

    /// What it is for.
    #[must_use]
    pub fn hint(self) -> &'static str {
        match self {
            Self::Csv => "one line a file, for spreadsheets",
            Self::Json => "one object a file, for programs",
            Self::Sha256 => "SHA-256 of each local file, for “sha256sum -c”",
        }
    }

    /// A name for the file.
    #[must_use]
    pub fn file_name(self) -> &'static str {
        match self {
            Self::Csv => "receipts.csv",
            Self::Json => "receipts.json",
            Self::Sha256 => "SHA256SUMS",
        }
    }
}

/// The first line of a CSV file.
#[must_use]
pub fn csv_header() -> String {
    csv_line(Receipt::FIELDS.iter().copied())
}

/// A receipt as a line of CSV.
#[must_use]
pub fn csv(receipt: &Receipt) -> String {
    csv_line(receipt.values().iter().map(String::as_str))
}

/// Values as a line of CSV, with its end.
#[must_use]
pub fn csv_line<'a>(values: impl Iterator<Item = &'a str>) -> String {
    let mut line = String::new();
    for (index, value) in values.enumerate() {
        if index > 0 {
            line.push(',');
        }
        if value.contains(['"', ',', '\r', '\n']) || value.starts_with(' ') || value.ends_with(' ') {
            line.push('"');
            line.push_str(&value.replace('"', "\"\""));
            line.push('"');
        } else {
            line.push_str(value);
        }
    }
    line.push_str("\r\n");
    line
}

/// A receipt as a JSON object: figures as numbers, what is not known as null.
#[must_use]
pub fn json(receipt: &Receipt) -> Value {
    let mut object = Map::new();
    for (name, value) in Receipt::FIELDS.iter().zip(receipt.values()) {
        let value = match *name {
            "bytes" => json!(receipt.bytes),
            "reported" => json!(receipt.reported),
            "tries" => json!(receipt.tries),
            "tls_resumed" => json!(receipt.tls.as_ref().map(|tls| tls.resumed)),
            "tls_closed" => json!(receipt.tls.as_ref().map(|tls| tls.closed)),
            _ if value.is_empty() => Value::Null,
            _ => json!(value),
        };
        object.insert((*name).to_owned(), value);
    }
    Value::Object(object)
}

/// A line as `sha256sum` writes it. A name with a backslash or a line end is escaped, and the line begins with a backslash then.
#[must_use]
pub fn sha256_line(hex: &str, path: &Path) -> Vec<u8> {
    let name = bytes_of(path);
    let needs_escape = name.iter().any(|byte| matches!(byte, b'\\' | b'\n' | b'\r'));
    let mut line = Vec::with_capacity(name.len() + hex.len() + 4);
    if needs_escape {
        line.push(b'\\');
    }
    line.extend_from_slice(hex.as_bytes());
    line.extend_from_slice(b"  ");
    for byte in name {
        match byte {
            b'\\' => line.extend_from_slice(b"\\\\"),
            b'\n' => line.extend_from_slice(b"\\n"),
            b'\r' => line.extend_from_slice(b"\\r"),
            other => line.push(other),
        }
    }
    line.push(b'\n');
    line
}

#[cfg(unix)]
fn bytes_of(path: &Path) -> Vec<u8> {
    use std::os::unix::ffi::OsStrExt;
    path.as_os_str().as_bytes().to_vec()
}

#[cfg(not(unix))]
fn bytes_of(path: &Path) -> Vec<u8> {
    path.to_string_lossy().replace('\\', "/").into_bytes()
}

/// `path` as it is called from inside `folder`; both absolute. A path on another drive stays as it is.
#[must_use]
pub fn relative(path: &Path, folder: &Path) -> PathBuf {
    let (mut ours, mut theirs) = (folder.components().peekable(), path.components().peekable());
    let mut shared = 0;
    while let (Some(one), Some(other)) = (ours.peek(), theirs.peek()) {
        if one != other {
            break;
        }
        shared += 1;
        ours.next();
        theirs.next();
    }
    if shared == 0 || ours.clone().any(|part| matches!(part, Component::Prefix(_) | Component::ParentDir)) {
        return path.to_owned();
    }
    let mut relative: PathBuf = ours.map(|_| "..").collect();
    relative.extend(theirs);
    relative
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::model::receipt::tests::sample;

    #[test]
    fn tables_quote_what_would_break_them() {
        let receipt = Receipt { reply: "226 \"done\", it says\nso".into(), ..sample(1) };
        let line = csv(&receipt);
        assert!(line.contains(",\"226 \"\"done\"\", it says\nso\",3,3,size,SHA-256,"), "{line}");
        assert!(line.ends_with("\r\n"));
        assert_eq!(csv_header().matches(',').count(), Receipt::FIELDS.len() - 1);
        assert_eq!(csv_line(["a", " b", ""].into_iter()), "a,\" b\",\r\n");
    }

    #[test]
    fn objects_have_every_field_with_figures_as_numbers() {
        let value = json(&sample(1));
        assert_eq!((&value["bytes"], &value["tls_closed"], &value["direction"]), (&json!(3), &json!(true), &json!("upload")));
        let bare = json(&Receipt { tls: None, hash: None, ..sample(1) });
        assert_eq!((&bare["tls"], &bare["tls_closed"], &bare["hash"]), (&Value::Null, &Value::Null, &Value::Null));
        assert_eq!(bare.as_object().unwrap().len(), Receipt::FIELDS.len());
    }

    #[test]
    fn names_are_escaped_as_sha256sum_does() {
        let line = |name: &str| String::from_utf8(sha256_line("ab", Path::new(name))).unwrap();
        assert_eq!(line("a b.txt"), "ab  a b.txt\n");
        assert_eq!(line("two\nlines"), "\\ab  two\\nlines\n");
        assert_eq!(line("back\rslash\\"), "\\ab  back\\rslash\\\\\n");
    }

    #[test]
    fn paths_are_told_from_the_folder() {
        for (path, folder, expected) in [
            ("/home/a/x.txt", "/home/a", "x.txt"),
            ("/home/a/b/x.txt", "/home/a", "b/x.txt"),
            ("/home/x.txt", "/home/a/b", "../../x.txt"),
            ("/srv/x", "/home/a", "../../srv/x"),
            ("x", "/home", "x"),
        ] {
            assert_eq!(relative(Path::new(path), Path::new(folder)), Path::new(expected), "{path} from {folder}");
        }
    }
}
