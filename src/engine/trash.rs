//! The trash, as the engine needs it, and the one of each system.

use std::path::Path;

/// What the system calls it.
pub const NAME: &str = if cfg!(windows) { "recycle bin" } else { "trash" };

/// Where deleted files wait until it is emptied. Calls block.
pub trait Trash: Send + Sync + 'static {
    /// Moves a file, a link itself, or a folder with all that is in it there.
    ///
    /// # Errors
    /// Why it cannot take it, in words that follow “because”; then everything is where it was.
    fn take(&self, path: &Path) -> Result<(), String>;
}

/// No trash: in replays, and in tests, which have no business with the one of whoever runs them.
#[derive(Clone, Copy, Debug)]
pub struct NoTrash;

impl Trash for NoTrash {
    fn take(&self, _: &Path) -> Result<(), String> {
        Err("there is none here".into())
    }
}

/// The trash of the system and user that the program runs for.
#[derive(Clone, Copy, Debug)]
pub struct SystemTrash;

impl Trash for SystemTrash {
    fn take(&self, path: &Path) -> Result<(), String> {
        #[cfg(target_os = "linux")]
        disks::has_room_for(path)?;
        way().delete(path).map_err(|error| words(&error))
    }
}

#[cfg(not(target_os = "macos"))]
fn way() -> trash::TrashContext {
    trash::TrashContext::new()
}

/// The Finder would do it too, but only after a person has allowed this program to command it.
#[cfg(target_os = "macos")]
fn way() -> trash::TrashContext {
    use trash::macos::{DeleteMethod, TrashContextExtMacos};
    let mut way = trash::TrashContext::new();
    way.set_delete_method(DeleteMethod::NsFileManager);
    way
}

fn words(error: &trash::Error) -> String {
    match error {
        #[cfg(all(unix, not(target_os = "macos")))]
        trash::Error::FileSystem { source, .. } => match crate::model::cause::Cause::of_disk(source) {
            crate::model::cause::Cause::LocalTrouble => format!("the system says: {source}"),
            cause => cause.why().to_owned(),
        },
        trash::Error::Os { description, .. } | trash::Error::Unknown { description } => format!("the system says: {description}"),
        trash::Error::TargetedRoot => "it is the root of a disk".to_owned(),
        _ => "the folder cannot be opened".to_owned(),
    }
}

/// Which disk's trash a file goes to. Where none can take it, what does the work copies it to the home folder's and deletes it: that
/// fills another disk, cannot be stopped, and makes files of links, so that is refused before.
#[cfg(target_os = "linux")]
mod disks {
    use std::env;
    use std::fs;
    use std::path::{Path, PathBuf};

    use rustix::fs::{Access, AtFlags, CWD, StatxFlags, access, statx};
    use rustix::process::getuid;

    /// Where something is: the mount, and the device, of which one mount may show several.
    #[derive(Clone, Copy, PartialEq, Eq)]
    struct Disk {
        mount: u64,
        device: u64,
    }

    /// Whether a trash can take it by a rename.
    pub(super) fn has_room_for(path: &Path) -> Result<(), String> {
        let above = path.parent().ok_or("it is the root of a disk")?;
        let folder = fs::canonicalize(above).map_err(|error| format!("the folder cannot be opened: {error}"))?;
        let here = disk(&folder)?;
        if disk(path)? != here {
            return Err("it is a disk of its own".into());
        }
        if !is_writable(&folder) {
            // The trash would find out too late, and keep an empty file in its place.
            return Err("the folder is write-protected".into());
        }
        let home = home_trash().ok_or("there is no home folder to have one in")?;
        let nearest = home.ancestors().find(|folder| folder.exists()).unwrap_or(Path::new("/"));
        let there = disk(nearest)?;
        if here == there {
            return Ok(());
        }
        if here.mount == there.mount {
            return Err("this is another file system than that of the trash".into());
        }
        let top = folder.ancestors().take_while(|above| disk(above).is_ok_and(|disk| disk.mount == here.mount)).last();
        let is_there = top.is_some_and(|top| disk(top).is_ok_and(|disk| disk == here) && has_trash(top));
        if is_there { Ok(()) } else { Err("the disk has none, and none can be made on it".into()) }
    }

    fn has_trash(top: &Path) -> bool {
        let user = getuid().as_raw();
        let shared = top.join(".Trash").join(user.to_string());
        let own = top.join(format!(".Trash-{user}"));
        let can_be_made = || !own.exists() && is_writable(top);
        shared.is_dir() && is_writable(&shared) || own.is_dir() && is_writable(&own) || can_be_made()
    }

    fn is_writable(folder: &Path) -> bool {
        access(folder, Access::WRITE_OK | Access::EXEC_OK).is_ok()
    }

    fn disk(path: &Path) -> Result<Disk, String> {
        let flags = StatxFlags::BASIC_STATS | StatxFlags::MNT_ID;
        let facts =
            statx(CWD, path, AtFlags::SYMLINK_NOFOLLOW, flags).map_err(|error| format!("it cannot be looked at: {error}"))?;
        let device = u64::from(facts.stx_dev_major) << 32 | u64::from(facts.stx_dev_minor);
        // An older system does not tell the mount; the device is the next best.
        let tells_mount = facts.stx_mask & StatxFlags::MNT_ID.bits() != 0;
        Ok(Disk { mount: if tells_mount { facts.stx_mnt_id } else { device }, device })
    }

    /// As the rules of freedesktop.org have it.
    fn home_trash() -> Option<PathBuf> {
        let folder = |name: &str| env::var_os(name).filter(|folder| !folder.is_empty()).map(PathBuf::from);
        let data = folder("XDG_DATA_HOME").or_else(|| Some(folder("HOME")?.join(".local/share")))?;
        Some(data.join("Trash"))
    }
}
