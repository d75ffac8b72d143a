//! Looks for a person's folders and for the disks of this machine.

use std::fs;
#[cfg(not(windows))]
use std::path::Path;
use std::path::PathBuf;
use std::sync::Arc;

use directories::UserDirs;
use tokio::task::spawn_blocking;

use crate::engine::event::EventBody;
use crate::engine::publish::Publisher;
use crate::model::local_place::{LocalPlace, LocalPlaceKind};

/// Looks for them and publishes them.
pub async fn find(publisher: Publisher) {
    if let Ok(places) = spawn_blocking(|| [folders(), disks()].concat()).await {
        publisher.publish(EventBody::LocalPlaces(Arc::new(places)));
    }
}

/// A person's own folders, those that are there.
fn folders() -> Vec<LocalPlace> {
    let Some(dirs) = UserDirs::new() else { return Vec::new() };
    let home = LocalPlace { label: "Home".into(), path: dirs.home_dir().to_owned(), kind: LocalPlaceKind::Home };
    let known =
        [("Desktop", dirs.desktop_dir()), ("Documents", dirs.document_dir()), ("Downloads", dirs.download_dir())].into_iter();
    let there = known.filter_map(|(label, path)| {
        // Some systems name the home folder in place of one that is not there.
        let path = path.filter(|path| *path != home.path && path.is_dir())?;
        Some(LocalPlace { label: label.into(), path: path.to_owned(), kind: LocalPlaceKind::Folder })
    });
    let there: Vec<LocalPlace> = there.collect();
    [vec![home], there].concat()
}

fn disk(label: String, path: PathBuf) -> LocalPlace {
    LocalPlace { label, path, kind: LocalPlaceKind::Disk }
}

/// Drives by their letters.
#[cfg(windows)]
fn disks() -> Vec<LocalPlace> {
    let roots = ('A'..='Z').map(|letter| (format!("{letter}:"), PathBuf::from(format!("{letter}:\\"))));
    // An empty drive is none to go to.
    roots.filter(|(_, root)| fs::metadata(root).is_ok()).map(|(label, root)| disk(label, root)).collect()
}

/// The root, and what is mounted where desktops mount disks.
#[cfg(not(windows))]
fn disks() -> Vec<LocalPlace> {
    let root = disk("File system".into(), PathBuf::from("/"));
    let mounted = if cfg!(target_os = "macos") { volumes(Path::new("/Volumes")) } else { mounts() };
    let mounted = mounted.into_iter().map(|path| {
        let label = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
        disk(label, path)
    });
    std::iter::once(root).chain(mounted).collect()
}

/// The folders in the one that macOS mounts disks in; the link to the root among them is no disk of its own.
#[cfg(not(windows))]
fn volumes(folder: &Path) -> Vec<PathBuf> {
    let Ok(found) = fs::read_dir(folder) else { return Vec::new() };
    let is_disk = |entry: &fs::DirEntry| entry.file_type().is_ok_and(|kind| kind.is_dir());
    let mut volumes: Vec<PathBuf> = found.flatten().filter(is_disk).map(|entry| entry.path()).collect();
    volumes.sort();
    volumes
}

/// What Linux has mounted below the folders for that. Their disks are not touched: one may be a server that does not answer.
#[cfg(not(windows))]
fn mounts() -> Vec<PathBuf> {
    mounted(&String::from_utf8_lossy(&fs::read("/proc/self/mounts").unwrap_or_default()))
}

/// The mount points in the kernel's table that are a person's to go to (fstab(5): blanks and the like are octal).
#[cfg(not(windows))]
fn mounted(table: &str) -> Vec<PathBuf> {
    let points = table.lines().filter_map(|line| line.split(' ').nth(1));
    let is_persons = |point: &&str| ["/media/", "/run/media/", "/mnt"].iter().any(|above| point.starts_with(above));
    let mut points: Vec<PathBuf> = points.filter(is_persons).map(|point| PathBuf::from(plain(point))).collect();
    points.sort();
    points.dedup();
    points
}

#[cfg(not(windows))]
fn plain(point: &str) -> String {
    let codes = [("\\040", " "), ("\\011", "\t"), ("\\012", "\n"), ("\\134", "\\")];
    codes.into_iter().fold(point.to_owned(), |point, (code, letter)| point.replace(code, letter))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn home_comes_first_and_the_disks_are_roots() {
        let places = [folders(), disks()].concat();
        assert_eq!(places.first().map(|place| place.kind), Some(LocalPlaceKind::Home));
        let disks: Vec<_> = places.iter().filter(|place| place.kind == LocalPlaceKind::Disk).collect();
        assert!(disks.iter().any(|disk| disk.path.parent().is_none()), "{disks:?}");
    }

    #[test]
    #[cfg(not(windows))]
    fn mounted_disks_are_read_from_the_kernels_table() {
        let table = "/dev/sda1 / ext4 rw 0 0\nproc /proc proc rw 0 0\n/dev/sdb1 /media/ann/My\\040stick vfat rw 0 0\n\
                     //nas/x /mnt cifs rw 0 0\n/dev/sdb1 /run/media/ann/old ext4 rw 0 0\n/dev/sdb1 /media/ann/My\\040stick vfat rw 0 0\n";
        let expected = ["/media/ann/My stick", "/mnt", "/run/media/ann/old"].map(PathBuf::from);
        assert_eq!(mounted(table), expected);
    }
}
