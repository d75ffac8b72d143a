//! Changes to the list of sites: folders, order, copies.

use crate::model::site::{Site, SiteId, SiteTree};

/// A folder's path without blanks around its names and without empty ones.
#[must_use]
pub fn clean_path(path: &str) -> String {
    path.split('/').map(str::trim).filter(|name| !name.is_empty()).collect::<Vec<_>>().join("/")
}

/// Whether `path` is `folder` or lies below it.
#[must_use]
pub fn is_in(path: &str, folder: &str) -> bool {
    path.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Puts a site in: in place of the one with its identity, otherwise at the end.
pub fn put(tree: &mut SiteTree, site: Site) {
    tree.ensure_folder(&site.folder);
    match tree.sites.iter_mut().find(|old| old.id == site.id) {
        Some(old) => *old = site,
        None => tree.sites.push(site),
    }
}

/// Moves a site into a folder, before another one or at the end. Returns whether anything changed.
pub fn move_site(tree: &mut SiteTree, id: &SiteId, folder: &str, before: Option<&SiteId>) -> bool {
    let Some(from) = tree.sites.iter().position(|site| site.id == *id) else { return false };
    if before == Some(id) {
        return false;
    }
    let old = tree.clone();
    let folder = clean_path(folder);
    let mut site = tree.sites.remove(from);
    site.folder.clone_from(&folder);
    let to = before.and_then(|before| tree.sites.iter().position(|site| site.id == *before)).unwrap_or(tree.sites.len());
    tree.sites.insert(to, site);
    tree.ensure_folder(&folder);
    *tree != old
}

/// A copy of a site under a name of its own, after the original.
pub fn duplicate(tree: &mut SiteTree, id: &SiteId, new_id: SiteId) -> bool {
    let Some(at) = tree.sites.iter().position(|site| site.id == *id) else { return false };
    let Some(mut copy) = tree.sites.get(at).cloned() else { return false };
    let base = format!("{} (copy)", copy.name);
    let is_free = |name: &str| !tree.sites.iter().any(|site| site.name == name);
    // One more number than there are sites, so one is free.
    let numbered = (2..=tree.sites.len() + 2).map(|number| format!("{} (copy {number})", copy.name));
    copy.name = std::iter::once(base.clone()).chain(numbered).find(|name| is_free(name)).unwrap_or(base);
    copy.id = new_id;
    tree.sites.insert(at + 1, copy);
    true
}

/// Gives a folder another path; everything in it goes along.
pub fn rename_folder(tree: &mut SiteTree, from: &str, to: &str) {
    let renamed = |path: &str| format!("{to}{}", path.strip_prefix(from).unwrap_or_default());
    for folder in tree.folders.iter_mut().filter(|folder| is_in(&folder.path, from)) {
        folder.path = renamed(&folder.path);
    }
    for site in tree.sites.iter_mut().filter(|site| is_in(&site.folder, from)) {
        site.folder = renamed(&site.folder);
    }
    tree.ensure_folder(to);
}

/// Takes a folder out with everything in it; returns the sites that went.
pub fn delete_folder(tree: &mut SiteTree, path: &str) -> Vec<SiteId> {
    tree.folders.retain(|folder| !is_in(&folder.path, path));
    let gone = tree.sites.iter().filter(|site| is_in(&site.folder, path)).map(|site| site.id.clone()).collect();
    tree.sites.retain(|site| !is_in(&site.folder, path));
    gone
}
