//! The saved sites: `sites.toml`, readable, with marks by which a file that was cut short is found out.

use std::path::Path;

use crate::model::problem::{Problem, ProblemKind};
use crate::model::site::SiteTree;
use crate::store::file::{self, Found, Loaded, StoreError};
use crate::store::places::Places;

/// The file's name in the configuration folder.
const FILE: &str = "sites.toml";
/// Opens the file.
const HEADER: &str = "# The sites of Moorline. Passwords are not in here.\n\
    # Moorline writes this file anew with each change, so comments of your own do not last.\n";
/// Precedes the number of sites, above the first of them.
const COUNT: &str = "# sites: ";
/// The last line.
const END: &str = "# end of sites";

/// Reads the sites. Of a damaged file, what can be read is taken over, the file as it was is kept aside, and both are said.
pub fn load(places: &Places) -> Loaded<SiteTree> {
    let path = places.config.join(FILE);
    match file::find(&path) {
        Found::Missing => Loaded::default(),
        Found::Unreadable(error) => Loaded { value: SiteTree::default(), notice: Some(file::unreadable(&path, &error)) },
        Found::NoText(text) => salvage(&path, &text),
        Found::Text(text) => match parse(&text) {
            Some(value) => Loaded { value, notice: None },
            None => salvage(&path, &text),
        },
    }
}

/// Reads the sites again; nothing when there is no list, or a damaged one.
pub fn load_again(places: &Places) -> Loaded<Option<SiteTree>> {
    file::again(&places.config.join(FILE), || load(places))
}

/// Saves the sites.
///
/// # Errors
/// The folder or file cannot be written; the old content is then still there.
pub fn save(places: &Places, tree: &SiteTree) -> Result<(), StoreError> {
    let path = places.config.join(FILE);
    let text = write(tree).map_err(|error| StoreError::Encode { path: path.clone(), detail: error.to_string() })?;
    file::replace(&path, &text)
}

/// The file's text.
fn write(tree: &SiteTree) -> Result<String, toml::ser::Error> {
    let body = toml::to_string(tree)?;
    Ok(format!("{HEADER}{COUNT}{}\n\n{body}\n{END}\n", tree.sites.len()))
}

/// The tree, when the text is whole. A file without its last line is whole only when a person wrote it from scratch:
/// then it has no count either. A file of ours has the count above the first site, so a cut one shows it.
fn parse(text: &str) -> Option<SiteTree> {
    let tree: SiteTree = toml::from_str(text).ok()?;
    let has_content = !tree.sites.is_empty() || !tree.folders.is_empty();
    let has_end = text.lines().next_back().is_some_and(|line| line.trim_end() == END);
    (has_end || (has_content && counted(text).is_none())).then_some(tree)
}

/// The number of sites that the file says it has.
fn counted(text: &str) -> Option<usize> {
    text.lines().take_while(|line| !line.starts_with('[')).find_map(|line| line.strip_prefix(COUNT)?.trim().parse().ok())
}

/// Keeps the damaged file aside and takes over, table by table, what makes sense.
fn salvage(path: &Path, text: &str) -> Loaded<SiteTree> {
    let mut tree = SiteTree::default();
    for part in parts(text) {
        tree.folders.extend(part.folders);
        tree.sites.extend(part.sites);
    }
    let count = counted(text).map_or_else(|| tree.sites.len().to_string(), |all| format!("{} of {all}", tree.sites.len()));
    let what = format!("The list of sites in “{}” was damaged; {count} sites could be read.", path.display());
    let notice = Problem::new(ProblemKind::Local, what);
    // A copy first, then the repaired text in one step: at no moment is there no list of sites at all.
    let repaired = file::copy_aside(path).and_then(|kept_as| {
        let text = write(&tree).map_err(|error| StoreError::Encode { path: path.to_owned(), detail: error.to_string() })?;
        file::write_atomically(path, text.as_bytes()).map(|()| kept_as)
    });
    let notice = match repaired {
        Ok(kept_as) => notice.advise(format!(
            "The damaged file was kept as “{}”. The last site may lack some of its settings: look it over before you use it.",
            kept_as.display()
        )),
        Err(error) => notice.advise(format!("Copy the file away by hand before you change a site: {error}.")),
    };
    Loaded { value: tree, notice: Some(notice) }
}

/// The tables that make sense, each read by itself.
fn parts(text: &str) -> Vec<SiteTree> {
    let mut starts: Vec<usize> = text.match_indices("\n[[").map(|(at, _)| at + 1).collect();
    if text.starts_with("[[") {
        starts.insert(0, 0);
    }
    let mut rest = starts.as_slice();
    let mut parts = Vec::new();
    while let Some((start, later)) = rest.split_first() {
        rest = later;
        // Notes may hold a line that looks like the start of a table: then one more belongs to this one.
        for (more, end) in later.iter().copied().chain([text.len()]).take(4).enumerate() {
            let table = text.get(*start..end).unwrap_or_default();
            let part = if end == text.len() { read_cut_table(table) } else { read_table(table) };
            if let Some(part) = part {
                parts.push(part);
                rest = later.get(more..).unwrap_or_default();
                break;
            }
        }
    }
    parts
}

/// One table, unless a name in it is broken.
fn read_table(text: &str) -> Option<SiteTree> {
    if text.contains(char::REPLACEMENT_CHARACTER) { None } else { toml::from_str(text).ok() }
}

/// The last table, which may end anywhere: without the lines at its end that make no sense.
fn read_cut_table(text: &str) -> Option<SiteTree> {
    let ends: Vec<usize> = text.match_indices('\n').map(|(at, _)| at).chain([text.len()]).collect();
    ends.iter().rev().take(100).find_map(|end| read_table(text.get(..*end)?))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]

    use std::fs;
    use std::path::PathBuf;

    use super::*;
    use crate::model::path::RemotePath;
    use crate::model::site::{DataMode, Encryption, KeepAlive, Logon, Site, SiteColor, SiteFolder, SiteId};

    fn tree() -> SiteTree {
        let mut full = Site::new(SiteId("b".into()), "Zweigstelle [[site]] \"ä\"", "ftp.example.org");
        full.folder = "Customers/Harbour".into();
        full.color = SiteColor::Violet;
        full.notes = "two\nlines\n[[site]]\n# end of sites\n".into();
        full.port = Some(2121);
        full.encryption = Encryption::Plain;
        full.logon = Logon::Ask;
        full.user = "anna".into();
        full.local_folder = Some(PathBuf::from("/home/anna/www"));
        full.remote_folder = "/www".into();
        full.data_mode = DataMode::Active;
        full.keep_alive = KeepAlive::Every(45);
        full.connections = 3;
        full.bookmarks = vec![RemotePath::root(), RemotePath::parse("/www/größe").unwrap()];
        SiteTree {
            folders: vec![SiteFolder { path: "Customers".into(), open: true }, SiteFolder { path: "Empty".into(), open: false }],
            sites: vec![
                Site::new(SiteId("a".into()), "First", "one.example"),
                full,
                Site::new(SiteId("c".into()), "Last", "2001:db8::1"),
            ],
        }
    }

    fn places() -> (tempfile::TempDir, Places) {
        let folder = tempfile::tempdir().unwrap();
        let places = Places::in_folder(folder.path());
        (folder, places)
    }

    #[test]
    fn what_is_saved_is_loaded() {
        let (_folder, places) = places();
        assert_eq!(load(&places), Loaded::default());
        for tree in [tree(), SiteTree::default()] {
            save(&places, &tree).unwrap();
            assert_eq!(load(&places), Loaded { value: tree, notice: None });
        }
        assert_eq!(fs::read_dir(&places.config).unwrap().count(), 1);
    }

    #[test]
    fn a_file_cut_at_any_byte_is_told_of_and_kept() {
        let (_folder, places) = places();
        let tree = tree();
        save(&places, &tree).unwrap();
        let path = places.config.join(FILE);
        let whole = fs::read(&path).unwrap();
        let mut most = 0;
        for cut in 0..whole.len() - 1 {
            let text = String::from_utf8_lossy(&whole[..cut]);
            assert_eq!(parse(&text), None, "cut at {cut} went unnoticed");
            // What was whole before the cut is taken over.
            let sites: Vec<Site> = parts(&text).into_iter().flat_map(|part| part.sites).collect();
            assert!(sites.len() >= most, "cut at {cut}");
            most = sites.len();
            for site in sites.iter().rev().skip(1) {
                assert!(tree.sites.contains(site), "cut at {cut}: {site:?}");
            }
            // The same through the disk, at fewer places, because it flushes each time.
            if cut % 23 != 0 {
                continue;
            }
            fs::remove_dir_all(&places.config).unwrap();
            fs::create_dir(&places.config).unwrap();
            fs::write(&path, &whole[..cut]).unwrap();
            let loaded = load(&places);
            assert_eq!(loaded.value.sites, sites);
            let notice = loaded.notice.unwrap().sentence();
            let kept: Vec<PathBuf> = fs::read_dir(&places.config).unwrap().map(|entry| entry.unwrap().path()).collect();
            let kept = kept.iter().find(|path| !path.ends_with(FILE)).unwrap();
            assert_eq!(fs::read(kept).unwrap(), &whole[..cut]);
            assert!(notice.contains(&kept.display().to_string()), "{notice}");
            // The next start finds the repaired list without a word.
            assert_eq!(load(&places), Loaded { value: loaded.value, notice: None });
        }
        assert_eq!(most, tree.sites.len());
    }

    #[test]
    fn one_bad_site_does_not_take_the_others_with_it() {
        let (_folder, places) = places();
        save(&places, &tree()).unwrap();
        let path = places.config.join(FILE);
        let text = fs::read_to_string(&path).unwrap();
        fs::write(&path, text.replace("\"one.example\"", "7")).unwrap();
        let loaded = load(&places);
        assert_eq!(loaded.value.sites, tree().sites[1..]);
        assert!(loaded.notice.unwrap().what.contains("2 of 3 sites"));
    }

    #[test]
    fn a_file_written_by_hand_needs_no_marks() {
        let (_folder, places) = places();
        fs::create_dir_all(&places.config).unwrap();
        fs::write(places.config.join(FILE), "[[site]]\nid = \"x\"\nname = \"X\"\nhost = \"x.example\"\n").unwrap();
        let loaded = load(&places);
        assert_eq!(loaded.notice, None);
        assert_eq!(loaded.value.sites, [Site::new(SiteId("x".into()), "X", "x.example")]);
    }

    #[test]
    fn bytes_that_are_no_text_are_kept() {
        let (_folder, places) = places();
        fs::create_dir_all(&places.config).unwrap();
        fs::write(places.config.join(FILE), [0xff; 10]).unwrap();
        assert!(load(&places).notice.unwrap().sentence().contains("damaged-"));
        assert_eq!(load(&places), Loaded::default());
    }
}
