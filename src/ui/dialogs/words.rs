//! Names and times as the dialogs say them; the figures come from `model::format`.

use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::engine::Place;
use crate::model::entry::Modified;
use crate::model::format;

/// "about 3 min".
pub(super) fn about(seconds: u64) -> String {
    format!("about {}", format::duration(Duration::from_secs(seconds)))
}

/// "today 12:02".
pub(super) fn when(modified: Modified) -> String {
    format::modified(modified, Timestamp::now(), &TimeZone::system())
}

/// "2026-11-20 12:02:31", as far as the server told it.
pub(super) fn exactly(modified: Modified) -> String {
    format::exact_modified(modified, &TimeZone::system())
}

/// The last part of a path.
pub(super) fn name(place: &Place) -> String {
    match place {
        Place::Local(path) => {
            path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned())
        }
        Place::Remote(path) => path.name().unwrap_or("/").to_owned(),
    }
}

/// "12 folders and 3,402 files".
pub(super) fn files_and_folders(files: u64, folders: u64) -> String {
    let counted = |number: u64, one, many| format::counted(usize::try_from(number).unwrap_or(usize::MAX), one, many);
    match (folders, files) {
        (0, files) => counted(files, "file", "files"),
        (folders, 0) => counted(folders, "empty folder", "empty folders"),
        (folders, files) => format!("{} and {}", counted(folders, "folder", "folders"), counted(files, "file", "files")),
    }
}

/// A name in quotes, short enough for a title.
pub(super) fn quoted(name: &str) -> String {
    format!("“{}”", format::middle_cut(name, 40))
}
