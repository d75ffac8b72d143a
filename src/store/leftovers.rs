//! What uploads and downloads left and is still to be put in order: `leftovers.toml`.

use std::fs::File;
use std::io;

use serde::{Deserialize, Serialize};

use crate::model::leftover::Leftover;
use crate::store::file::{self, Loaded, StoreError};
use crate::store::places::Places;
use crate::store::under_way::{AfterKill, Guard, LocalPart, Temporary, UnderWay};

/// The file's name in the state folder.
const FILE: &str = "leftovers.toml";
/// Opens the file.
const HEADER: &str = "# Files of ours on servers that Moorline takes away or puts in order at the next connect.\n\n";

#[derive(Default, PartialEq, Serialize, Deserialize)]
struct Kept {
    #[serde(default)]
    left: Vec<Leftover>,
    /// Unfinished files here: a download that wants such a name may have it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    here: Vec<LocalPart>,
}

fn read(places: &Places) -> Loaded<Kept> {
    file::read_or_set_aside(&places.state.join(FILE), |text| {
        toml::from_str::<Kept>(text).map_err(|error| error.message().to_owned())
    })
}

fn write(places: &Places, kept: &Kept) -> Result<(), StoreError> {
    let path = places.state.join(FILE);
    let body = toml::to_string(kept).map_err(|error| StoreError::Encode { path: path.clone(), detail: error.to_string() })?;
    file::replace(&path, &format!("{HEADER}{body}"))
}

/// What is left by now, with what programs that have ended had under way.
fn gathered(places: &Places, under_way: &UnderWay, guard: &Guard) -> Result<Kept, StoreError> {
    let mut kept = read(places).value;
    let ended: Vec<_> = under_way.others(guard).into_iter().filter(|others| !others.is_running()).collect();
    if ended.is_empty() {
        return Ok(kept);
    }
    for (what, after) in ended.iter().flat_map(|others| &others.open) {
        match what {
            Temporary::Remote(left) if *after == AfterKill::LeftOver && !kept.left.contains(left) => kept.left.push(left.clone()),
            Temporary::Local(part) if *after == AfterKill::LeftOver && !kept.here.contains(part) => kept.here.push(part.clone()),
            Temporary::Remote(_) | Temporary::Local(_) => {}
        }
    }
    kept.here.retain(LocalPart::is_there);
    write(places, &kept)?;
    ended.into_iter().for_each(crate::store::under_way::Others::take_away);
    Ok(kept)
}

/// Does something with what is left while no other program does.
fn with<R>(
    under_way: &UnderWay,
    otherwise: R,
    work: impl FnOnce(&Places, &Guard, Kept) -> Result<R, StoreError>,
) -> Result<R, StoreError> {
    match (under_way.places(), under_way.guard()?) {
        (Some(places), Some(guard)) => work(places, &guard, gathered(places, under_way, &guard)?),
        _ => Ok(otherwise),
    }
}

/// What is left on servers by now.
///
/// # Errors
/// The folder cannot be written.
pub fn load(under_way: &UnderWay) -> Result<Vec<Leftover>, StoreError> {
    with(under_way, Vec::new(), |_, _, kept| Ok(kept.left))
}

/// Adds and removes.
///
/// # Errors
/// The folder or file cannot be written; the old content is then still there.
pub fn change(under_way: &UnderWay, added: &[Leftover], removed: &[Leftover]) -> Result<(), StoreError> {
    with(under_way, (), |places, _, mut kept| {
        kept.left.retain(|one| !removed.contains(one));
        for one in added {
            if !kept.left.contains(one) {
                kept.left.push(one.clone());
            }
        }
        write(places, &kept)
    })
}

/// Notes the temporary name of an upload, and that nobody takes away what was left under it before; false when a program that runs
/// has the name.
///
/// # Errors
/// The folder or file cannot be written.
pub fn reserve(under_way: &UnderWay, part: &Leftover, after: AfterKill) -> Result<bool, StoreError> {
    let is_it = |left: &Leftover| left.site == part.site && left.aside.is_none() && left.part_path() == part.part_path();
    let has_it = |what: &Temporary| matches!(what, Temporary::Remote(left) if is_it(left));
    with(under_way, true, |places, guard, mut kept| {
        let others = under_way.others(guard);
        if under_way.has(has_it) || others.iter().any(|others| others.open.iter().any(|(what, _)| has_it(what))) {
            return Ok(false);
        }
        let before = kept.left.len();
        kept.left.retain(|left| !is_it(left));
        if kept.left.len() < before {
            write(places, &kept)?;
        }
        under_way.note(Some(guard), Temporary::Remote(part.clone()), after, false)?;
        Ok(true)
    })
}

/// Takes something over that is to be put in order: no other program does so from here on. False when one has done so.
///
/// # Errors
/// The folder or file cannot be written.
pub fn take(under_way: &UnderWay, left: &Leftover) -> Result<bool, StoreError> {
    let what = Temporary::Remote(left.clone());
    with(under_way, true, |places, guard, mut kept| {
        if under_way.has(|known| *known == what) {
            return Ok(true);
        }
        let before = kept.left.len();
        kept.left.retain(|one| one != left);
        if kept.left.len() == before {
            return Ok(false);
        }
        // Noted twice for a moment rather than not at all.
        under_way.note(Some(guard), what.clone(), AfterKill::LeftOver, true)?;
        write(places, &kept)?;
        Ok(true)
    })
}

/// Has what a download of a program that has ended left at a path replaced: `replace` makes the new file, which is noted. Nothing when
/// it is no such file.
///
/// # Errors
/// The folder or file cannot be written; what `replace` says.
pub fn replace_here(
    under_way: &UnderWay,
    part: &LocalPart,
    replace: impl FnOnce() -> io::Result<(File, Option<LocalPart>)>,
) -> Result<Option<io::Result<File>>, StoreError> {
    with(under_way, None, |places, guard, mut kept| {
        let before = kept.here.len();
        kept.here.retain(|one| one != part);
        if kept.here.len() == before {
            return Ok(None);
        }
        // The new one is noted before the old one is forgotten: a kill in between leaves a note about nothing.
        let made = match replace() {
            Ok((file, new)) => {
                if let Some(new) = new {
                    under_way.note(Some(guard), Temporary::Local(new), AfterKill::LeftOver, false)?;
                }
                Ok(file)
            }
            Err(error) => Err(error),
        };
        write(places, &kept)?;
        Ok(Some(made))
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::model::path::RemotePath;
    use crate::model::site::SiteId;

    fn left(part: &str, aside: Option<&str>) -> Leftover {
        Leftover {
            site: SiteId("s".into()),
            target: RemotePath::parse("/a b/ü").unwrap(),
            part: part.into(),
            aside: aside.map(str::to_owned),
            begun: None,
        }
    }

    #[test]
    fn what_is_left_lasts_until_it_is_put_in_order() {
        let home = tempfile::tempdir().unwrap();
        let places = Places::in_folder(home.path());
        let me = UnderWay::new(Some(places));
        assert!(load(&me).unwrap().is_empty());
        let (one, two) = (left("ü.part", None), left("ü.part", Some("ü.part.old")));
        change(&me, &[one.clone(), two.clone()], &[]).unwrap();
        change(&me, std::slice::from_ref(&one), &[]).unwrap();
        assert_eq!(load(&me).unwrap(), [one.clone(), two.clone()]);
        change(&me, &[], &[one]).unwrap();
        assert_eq!(load(&me).unwrap(), [two]);
    }

    #[test]
    fn what_a_program_that_was_killed_had_under_way_is_left_over() {
        let home = tempfile::tempdir().unwrap();
        let places = Places::in_folder(home.path());
        let program = || UnderWay::new(Some(places.clone()));
        let (killed, other) = (program(), program());
        assert!(reserve(&killed, &left("1", None), AfterKill::LeftOver).unwrap());
        assert!(reserve(&killed, &left("2", None), AfterKill::Saved).unwrap());
        assert!(load(&other).unwrap().is_empty(), "it is in use");
        assert!(!reserve(&other, &left("1", None), AfterKill::LeftOver).unwrap());
        assert!(!reserve(&other, &left("2", None), AfterKill::LeftOver).unwrap());
        assert!(!reserve(&killed, &left("1", None), AfterKill::LeftOver).unwrap(), "two of its own files have one name");
        // Dropped with something under way is what a kill leaves.
        drop(killed);
        assert_eq!(load(&other).unwrap(), [left("1", None)]);
        assert!(reserve(&other, &left("2", None), AfterKill::LeftOver).unwrap());
    }

    #[test]
    fn one_program_puts_in_order_what_is_left() {
        let home = tempfile::tempdir().unwrap();
        let places = Places::in_folder(home.path());
        let program = || UnderWay::new(Some(places.clone()));
        let (one, two) = (program(), program());
        let it = left("1", None);
        change(&one, std::slice::from_ref(&it), &[]).unwrap();
        assert!(take(&one, &it).unwrap() && take(&one, &it).unwrap());
        assert!(!take(&two, &it).unwrap() && load(&two).unwrap().is_empty());
        assert!(!reserve(&two, &it, AfterKill::LeftOver).unwrap(), "it is being deleted");
        // Killed meanwhile, it is as it was.
        drop(one);
        assert!(take(&two, &it).unwrap());
        assert!(two.end(&Temporary::Remote(it.clone())));
        assert!(load(&program()).unwrap().is_empty());
        // Whoever wants the name forgets what was left under it.
        change(&two, std::slice::from_ref(&it), &[]).unwrap();
        assert!(reserve(&two, &it, AfterKill::LeftOver).unwrap());
        assert!(load(&program()).unwrap().is_empty());
    }

    #[test]
    fn an_unfinished_file_here_is_replaced_once_its_program_has_ended() {
        let home = tempfile::tempdir().unwrap();
        let places = Places::in_folder(home.path());
        let program = || UnderWay::new(Some(places.clone()));
        let path = home.path().join("f.part");
        std::fs::write(&path, "1").unwrap();
        let Some(part) = LocalPart::at(&path) else { return };
        let (killed, other) = (program(), program());
        killed.begin(Temporary::Local(part.clone()), AfterKill::LeftOver, false).unwrap();
        let replace = || {
            std::fs::remove_file(&path)?;
            Ok((File::create_new(&path)?, LocalPart::at(&path)))
        };
        assert!(replace_here(&other, &part, replace).unwrap().is_none(), "it is being written");
        drop(killed);
        assert!(replace_here(&other, &part, replace).unwrap().unwrap().is_ok());
        assert!(replace_here(&other, &part, replace).unwrap().is_none(), "it is another one by now");
        // The new one is known as well.
        let (new, third) = (LocalPart::at(&path).unwrap(), program());
        drop(other);
        assert!(replace_here(&third, &new, replace).unwrap().unwrap().is_ok());
    }
}
