//! What two programs made of one list: each change of either stays, and where both changed the same thing, ours does.

use crate::model::site::{SiteFolder, SiteTree};

/// The list of sites with our changes since `base` and theirs. What is changed is a site, a folder, or the order.
#[must_use]
pub fn sites(base: &SiteTree, ours: &SiteTree, theirs: &SiteTree) -> SiteTree {
    let mut merged = SiteTree {
        folders: rows(&base.folders, &ours.folders, &theirs.folders, |folder| &folder.path),
        sites: rows(&base.sites, &ours.sites, &theirs.sites, |site| &site.id),
    };
    let is_known = |path: &str| [base, ours, theirs].iter().any(|tree| tree.folders.iter().any(|folder| folder.path == path));
    // One took a folder away, or renamed it, while the other put something into it.
    let inside: Vec<String> =
        merged.sites.iter().map(|site| &site.folder).chain(merged.folders.iter().map(|folder| &folder.path)).cloned().collect();
    for path in inside.iter().flat_map(|path| with_those_above(path)) {
        if is_known(path) && !merged.folders.iter().any(|folder| folder.path == path) {
            merged.folders.push(SiteFolder { path: path.to_owned(), open: true });
        }
    }
    merged
}

/// A path of the list and those above it, the highest first.
fn with_those_above(path: &str) -> impl Iterator<Item = &str> {
    let ends = path.match_indices('/').map(|(at, _)| at).chain([path.len()]);
    ends.filter_map(|end| path.get(..end)).filter(|path| !path.is_empty())
}

/// Merges rows that are told apart by a key.
fn rows<T: Clone + PartialEq, K: PartialEq>(base: &[T], ours: &[T], theirs: &[T], key: impl Fn(&T) -> &K) -> Vec<T> {
    let find = |rows: &[T], wanted: &K| rows.iter().find(|row| key(row) == wanted).cloned();
    let survivor = |wanted: &K| {
        let (was, our, their) = (find(base, wanted), find(ours, wanted), find(theirs, wanted));
        if our == was { their } else { our }
    };
    // The order of whoever changed it; ours when both did.
    let (first, second) = if is_in_order(base, ours, &key) { (theirs, ours) } else { (ours, theirs) };
    let mut merged: Vec<T> = first.iter().filter_map(|row| survivor(key(row))).collect();
    let mut before: Option<&K> = None;
    for row in second {
        let is_there = merged.iter().any(|known| key(known) == key(row));
        if !is_there && let Some(row) = survivor(key(row)) {
            // Behind the row that it stood behind, and behind what the first list alone has there.
            let at = before.and_then(|before| merged.iter().position(|known| key(known) == before)).map_or(0, |at| at + 1);
            let more = merged.iter().skip(at).take_while(|known| find(second, key(known)).is_none()).count();
            merged.insert(at + more, row);
        }
        if merged.iter().any(|known| key(known) == key(row)) {
            before = Some(key(row));
        }
    }
    merged
}

/// Whether the rows that both have are in the same order.
fn is_in_order<T, K: PartialEq>(base: &[T], now: &[T], key: impl Fn(&T) -> &K) -> bool {
    let common = |rows: &'_ [T], others: &'_ [T]| -> Vec<usize> {
        rows.iter().filter_map(|row| others.iter().position(|other| key(other) == key(row))).collect()
    };
    common(now, base).is_sorted()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::site::{Site, SiteId};

    /// Sites as `identity:name@folder`.
    fn tree(folders: &str, sites: &str) -> SiteTree {
        let folders = folders.split_whitespace().map(|path| SiteFolder { path: path.into(), open: true }).collect();
        let site = |text: &str| {
            let (id, rest) = text.split_once(':').unwrap_or((text, text));
            let (name, folder) = rest.split_once('@').unwrap_or((rest, ""));
            Site { folder: folder.into(), ..Site::new(SiteId(id.into()), name, "host.example") }
        };
        SiteTree { folders, sites: sites.split_whitespace().map(site).collect() }
    }

    #[test]
    fn both_sides_changes_stay_and_ours_wins_where_both_changed_the_same() {
        // base, ours, theirs, merged
        let cases = [
            ("", "a", "b", "b a"),
            ("a", "a", "a b", "a b"),
            ("a", "a x", "a y", "a y x"),
            ("a b", "b", "a b", "b"),
            ("a b", "a b", "b", "b"),
            ("a b", "a", "a b:new", "a"),
            ("a b", "a b:new", "a", "a b:new"),
            ("a b", "a:our b", "a b:their", "a:our b:their"),
            ("a b", "a:our b", "a:their b", "a:our b"),
            ("a b c", "c a b", "a b c d", "c d a b"),
            ("a b c", "a b c", "c a b", "c a b"),
            ("a b c", "c b a", "b a c", "c b a"),
            ("a b", "a x b", "a b y", "a x b y"),
            ("a b c", "x b c", "a b c:new y", "x b c:new y"),
        ];
        for (base, ours, theirs, expected) in cases {
            let [base, ours, theirs, expected] = [base, ours, theirs, expected].map(|sites| tree("", sites));
            assert_eq!(sites(&base, &ours, &theirs), expected, "{base:?} {ours:?} {theirs:?}");
        }
    }

    #[test]
    fn what_neither_changed_is_as_it_was() {
        for it in [tree("", ""), tree("F F/G", "a b@F c@F/G"), tree("", "a@unlisted")] {
            assert_eq!(sites(&it, &it, &it), it);
        }
    }

    #[test]
    fn a_folder_that_one_put_something_into_comes_back() {
        let base = tree("F F/G", "a@F/G");
        assert_eq!(sites(&base, &tree("", ""), &tree("F F/G", "a@F/G b@F/G")), tree("F F/G", "b@F/G"));
        assert_eq!(sites(&base, &tree("F F/G", "a@F/G"), &tree("H", "a@H")), tree("H", "a@H"));
        assert_eq!(sites(&base, &tree("F F/G E", "a@F/G"), &tree("F F/G D", "a@F/G")), tree("F F/G D E", "a@F/G"));
    }
}
