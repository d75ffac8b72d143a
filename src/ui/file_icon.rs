//! The icon of a file by what its name says it is.

use crate::model::entry::{Entry, EntryKind};
use crate::ui::icon::Icon;

/// The icon of a row.
#[must_use]
pub fn file_icon(entry: &Entry) -> Icon {
    match entry.kind {
        EntryKind::Dir => Icon::FOLDER,
        EntryKind::Link => Icon::LINK,
        EntryKind::Other => Icon::FILE_QUESTION,
        EntryKind::File => by_extension(&entry.name),
    }
}

fn by_extension(name: &str) -> Icon {
    let Some((_, extension)) = name.rsplit_once('.') else { return Icon::FILE };
    // Longer endings are no extensions; a name is not copied for each row that is drawn.
    let mut lower = [0_u8; 12];
    let Some(lower) = lower.get_mut(..extension.len()) else { return Icon::FILE };
    lower.copy_from_slice(extension.as_bytes());
    lower.make_ascii_lowercase();
    match &*lower {
        b"php" | b"html" | b"htm" | b"css" | b"scss" | b"js" | b"mjs" | b"ts" | b"tsx" | b"jsx" | b"json" | b"xml" | b"rs"
        | b"py" | b"rb" | b"go" | b"java" | b"c" | b"h" | b"cpp" | b"sh" | b"sql" | b"toml" | b"yml" | b"yaml" | b"webmanifest"
        | b"vue" | b"twig" => Icon::FILE_CODE,
        b"png" | b"jpg" | b"jpeg" | b"gif" | b"webp" | b"avif" | b"svg" | b"ico" | b"bmp" | b"tif" | b"tiff" | b"heic" | b"psd" => {
            Icon::FILE_IMAGE
        }
        b"zip" | b"gz" | b"tgz" | b"bz2" | b"xz" | b"zst" | b"7z" | b"rar" | b"tar" | b"deb" | b"rpm" | b"jar" | b"iso" => {
            Icon::FILE_ARCHIVE
        }
        b"mp3" | b"ogg" | b"oga" | b"opus" | b"flac" | b"wav" | b"m4a" | b"aac" => Icon::FILE_AUDIO,
        b"mp4" | b"mkv" | b"webm" | b"mov" | b"avi" | b"m4v" | b"mpg" | b"mpeg" => Icon::FILE_VIDEO,
        b"txt" | b"md" | b"log" | b"csv" | b"pdf" | b"doc" | b"docx" | b"odt" | b"rtf" | b"ini" | b"conf" | b"cfg" | b"tex" => {
            Icon::FILE_TEXT
        }
        _ => Icon::FILE,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ending_decides_in_any_case_and_only_for_files() {
        let of = |name: &str| file_icon(&Entry::new(name, EntryKind::File));
        assert_eq!(of("hero@2x.WEBP"), Icon::FILE_IMAGE);
        assert_eq!(of("backup.tar.gz"), Icon::FILE_ARCHIVE);
        assert_eq!(of("README"), Icon::FILE);
        assert_eq!(of("a.extension-that-is-very-long"), Icon::FILE);
        assert_eq!(of("naïve.ünï"), Icon::FILE);
        assert_eq!(file_icon(&Entry::new("site.zip", EntryKind::Dir)), Icon::FOLDER);
    }
}
