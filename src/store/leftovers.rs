//! What uploads left on servers and is still to be put in order: `leftovers.toml`.

use serde::{Deserialize, Serialize};

use crate::model::leftover::Leftover;
use crate::store::file::{self, Loaded, StoreError};
use crate::store::places::Places;

/// The file's name in the state folder.
const FILE: &str = "leftovers.toml";
/// Opens the file.
const HEADER: &str = "# Files of ours on servers that Moorline takes away or puts in order at the next connect.\n\n";

#[derive(Default, Serialize, Deserialize)]
struct Kept {
    #[serde(default)]
    left: Vec<Leftover>,
}

/// Reads what is left.
pub fn load(places: &Places) -> Loaded<Vec<Leftover>> {
    let path = places.state.join(FILE);
    let loaded = file::read_or_set_aside(&path, |text| toml::from_str::<Kept>(text).map_err(|error| error.message().to_owned()));
    Loaded { value: loaded.value.left, notice: loaded.notice }
}

/// Adds and removes: the file is read anew each time, for another Moorline may have written it meanwhile.
///
/// # Errors
/// The folder or file cannot be written; the old content is then still there.
pub fn change(places: &Places, added: &[Leftover], removed: &[Leftover]) -> Result<(), StoreError> {
    let mut left = load(places).value;
    left.retain(|one| !removed.contains(one));
    for one in added {
        if !left.contains(one) {
            left.push(one.clone());
        }
    }
    let path = places.state.join(FILE);
    let body =
        toml::to_string(&Kept { left }).map_err(|error| StoreError::Encode { path: path.clone(), detail: error.to_string() })?;
    file::replace(&path, &format!("{HEADER}{body}"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::model::path::RemotePath;
    use crate::model::site::SiteId;

    #[test]
    fn what_is_left_lasts_until_it_is_put_in_order() {
        let home = tempfile::tempdir().unwrap();
        let places = Places::in_folder(home.path());
        assert!(load(&places).value.is_empty());
        let left = |aside: Option<&str>| Leftover {
            site: SiteId("s".into()),
            target: RemotePath::parse("/a b/ü").unwrap(),
            part: "ü.part".into(),
            aside: aside.map(str::to_owned),
        };
        let (one, two) = (left(None), left(Some("ü.part.old")));
        change(&places, &[one.clone(), two.clone()], &[]).unwrap();
        change(&places, std::slice::from_ref(&one), &[]).unwrap();
        assert_eq!(load(&places).value, [one.clone(), two.clone()]);
        change(&places, &[], &[one]).unwrap();
        assert_eq!(load(&places).value, [two]);
    }
}
