//! The import of sites: which files were read, which of their sites can come, and which a person has ticked.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::model::import::{FoundSite, Known, SiteFile};
use crate::model::site::SiteTree;

/// A site of one of the files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ImportRow {
    /// Which file.
    pub file: usize,
    /// Which site of it.
    pub site: usize,
}

/// One line of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ImportLine {
    /// A file, above what is in it or why it cannot be read.
    File(usize),
    /// A folder of a file, above its sites.
    Folder {
        /// Names joined by `/`.
        path: String,
        /// Its sites.
        rows: Vec<ImportRow>,
    },
    /// A site.
    Site {
        /// Which.
        row: ImportRow,
        /// Whether it stands below a folder.
        in_folder: bool,
    },
}

/// What the dialog shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportForm {
    /// The files, in the order in which they were found.
    pub files: Vec<Arc<SiteFile>>,
    /// How many answers of the engine are awaited.
    pub awaited: usize,
    /// Whether passwords are to come along.
    pub passwords: bool,
    /// What is shown of the files.
    pub lines: Vec<ImportLine>,
    /// Sites that are in the list already.
    pub known: BTreeSet<ImportRow>,
    /// Sites that are ticked.
    pub chosen: BTreeSet<ImportRow>,
}

impl ImportForm {
    /// The dialog while files are looked for.
    #[must_use]
    pub fn looking() -> Self {
        Self { files: Vec::new(), awaited: 1, passwords: true, lines: Vec::new(), known: BTreeSet::new(), chosen: BTreeSet::new() }
    }

    /// Takes in files that were read; what can come of them is ticked. One that was read before is shown as it is now.
    pub fn take(&mut self, files: Vec<Arc<SiteFile>>, tree: &SiteTree) {
        self.awaited = self.awaited.saturating_sub(1);
        let mut new = Vec::new();
        for file in files {
            match self.files.iter_mut().enumerate().find(|(_, known)| known.path == file.path) {
                Some((at, known)) => {
                    *known = file;
                    new.push(at);
                }
                None => {
                    new.push(self.files.len());
                    self.files.push(file);
                }
            }
        }
        self.chosen.retain(|row| !new.contains(&row.file));
        self.look_again(tree);
        let rows: Vec<ImportRow> = self.rows().filter(|row| new.contains(&row.file) && self.can_come(*row)).collect();
        self.chosen.extend(rows);
        self.lines = self.files.iter().enumerate().flat_map(|(at, file)| lines(at, file)).collect();
    }

    /// Looks which sites are in the list by now.
    pub fn look_again(&mut self, tree: &SiteTree) {
        let known = Known::of(tree);
        self.known = self.rows().filter(|row| self.found(*row).is_some_and(|found| known.has(&found.site))).collect();
        let known = &self.known;
        self.chosen.retain(|row| !known.contains(row));
    }

    /// Ticks rows, or no longer; what cannot come stays as it is.
    pub fn tick(&mut self, rows: &[ImportRow], on: bool) {
        for row in rows {
            if !on {
                self.chosen.remove(row);
            } else if self.can_come(*row) {
                self.chosen.insert(*row);
            }
        }
    }

    /// A site as it was found.
    #[must_use]
    pub fn found(&self, row: ImportRow) -> Option<&FoundSite> {
        self.files.get(row.file)?.found.as_ref().ok()?.sites.get(row.site)
    }

    /// All sites that were found.
    pub fn rows(&self) -> impl Iterator<Item = ImportRow> {
        let count = |file: &Arc<SiteFile>| file.found.as_ref().map_or(0, |found| found.sites.len());
        let counts = self.files.iter().map(count).enumerate();
        counts.flat_map(|(file, sites)| (0..sites).map(move |site| ImportRow { file, site }))
    }

    /// Whether a site can be taken over and is not in the list yet.
    #[must_use]
    pub fn can_come(&self, row: ImportRow) -> bool {
        !self.known.contains(&row) && self.found(row).is_some_and(|found| found.refusal.is_none())
    }

    /// Whether something that is ticked has a password.
    #[must_use]
    pub fn has_passwords(&self) -> bool {
        self.chosen.iter().any(|row| self.found(*row).is_some_and(|found| found.password.is_some()))
    }
}

/// The lines of a file: its folders with their sites, then sites without a folder, as in the list of sites.
fn lines(file: usize, content: &SiteFile) -> Vec<ImportLine> {
    let mut lines = vec![ImportLine::File(file)];
    let Ok(found) = &content.found else { return lines };
    let mut folders: Vec<(&str, Vec<ImportRow>)> = Vec::new();
    let mut places = std::collections::HashMap::new();
    for (site, found) in found.sites.iter().enumerate() {
        let folder = found.site.folder.as_str();
        let at = *places.entry(folder).or_insert_with(|| {
            folders.push((folder, Vec::new()));
            folders.len() - 1
        });
        if let Some((_, rows)) = folders.get_mut(at) {
            rows.push(ImportRow { file, site });
        }
    }
    folders.sort_by_key(|(folder, _)| folder.is_empty());
    for (path, rows) in folders {
        let in_folder = !path.is_empty();
        if in_folder {
            lines.push(ImportLine::Folder { path: path.to_owned(), rows: rows.clone() });
        }
        lines.extend(rows.into_iter().map(|row| ImportLine::Site { row, in_folder }));
    }
    lines
}
