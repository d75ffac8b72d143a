//! Unfinished downloads that nobody goes on with after a kill: noted, so that the next one may replace them.

use std::fs::{self, File};
use std::io;
use std::path::Path;

use crate::engine::leftovers::Leftovers;
use crate::store::leftovers as store;
use crate::store::under_way::{AfterKill, LocalPart, Temporary};

/// How long a file has its temporary name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lasts {
    /// While its bytes come.
    Long,
    /// Its bytes are here already: a note would take longer than the file does.
    Moment,
}

/// Makes a new file. What has its name already is replaced when a program that was killed left it, and only then. Blocking.
pub fn create(leftovers: &Leftovers, path: &Path, lasts: Lasts) -> io::Result<File> {
    let file = match File::create_new(path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            return replace_left(leftovers, path, lasts).unwrap_or(Err(error));
        }
        made => made?,
    };
    if is_noted(leftovers, lasts)
        && let Some(part) = LocalPart::at(path)
        && let Err(error) = leftovers.under_way().begin(Temporary::Local(part), AfterKill::LeftOver, false)
    {
        tracing::warn!(%error, "an unfinished file would not be known as ours after a kill");
    }
    Ok(file)
}

/// Whether a file is noted: the saved queue would go on with it, and what lasts a moment is not worth it.
fn is_noted(leftovers: &Leftovers, lasts: Lasts) -> bool {
    lasts == Lasts::Long && !leftovers.is_queue_saved()
}

/// A new file in place of one that a program that was killed left; nothing where it is somebody's.
fn replace_left(leftovers: &Leftovers, path: &Path, lasts: Lasts) -> Option<io::Result<File>> {
    let replace = || {
        fs::remove_file(path)?;
        let file = File::create_new(path)?;
        Ok((file, if is_noted(leftovers, lasts) { LocalPart::at(path) } else { None }))
    };
    store::replace_here(leftovers.under_way(), &LocalPart::at(path)?, replace).unwrap_or_else(|error| {
        tracing::warn!(%error, "an unfinished file is not known as ours");
        None
    })
}

/// Gives it its name. Blocking.
pub fn rename(leftovers: &Leftovers, part: &Path, target: &Path, lasts: Lasts) -> io::Result<()> {
    let noted = if is_noted(leftovers, lasts) { LocalPart::at(part) } else { None };
    fs::rename(part, target)?;
    if let Some(noted) = noted {
        leftovers.under_way().end(&Temporary::Local(noted));
    }
    Ok(())
}

/// It is not ours any more. Blocking, for a moment.
pub fn let_go(leftovers: &Leftovers, part: &Path) {
    if let Some(part) = LocalPart::at(part) {
        leftovers.under_way().end(&Temporary::Local(part));
    }
}
