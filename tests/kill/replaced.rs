//! Kill -9 while files that exist are replaced: at any moment each target is the whole old file or the whole new one.

use std::os::unix::fs::PermissionsExt;

use super::*;

/// Files each way.
const EACH_WAY: usize = 250;
/// Kills for each server.
const KILLS: u64 = 6;

/// Another version of each file of a tree: as long, longer, or shorter.
fn change(root: &Path) {
    for (number, name) in files(root).into_iter().enumerate() {
        let path = root.join(name);
        let mut bytes = fs::read(&path).unwrap();
        bytes.iter_mut().for_each(|byte| *byte = !*byte);
        match number % 3 {
            0 => bytes.extend_from_slice(b"and more"),
            1 => bytes.truncate(bytes.len() / 2),
            _ => {}
        }
        fs::write(path, bytes).unwrap();
    }
}

/// Lets the server's user write in a tree.
fn open_to_all(root: &Path) {
    let folders = tree::fingerprint(root).into_iter().filter(|(_, what)| what == "folder").map(|(name, _)| root.join(name));
    for folder in folders.chain([root.to_owned()]) {
        fs::set_permissions(folder, fs::Permissions::from_mode(0o777)).unwrap();
    }
}

/// The files of a tree, below its root.
fn files(root: &Path) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> =
        tree::fingerprint(root).into_iter().filter(|(_, what)| what != "folder").map(|(name, _)| name.into()).collect();
    found.sort();
    found
}

/// Each file of `old` is there, as it was or as it is in `new`; how many are new.
fn whole(old: &Path, new: &Path, there: &Path) -> usize {
    let is_new = |name: &PathBuf| {
        let bytes = fs::read(there.join(name)).unwrap_or_else(|error| panic!("{} is not there: {error}", name.display()));
        let is_new = bytes == fs::read(new.join(name)).unwrap();
        assert!(is_new || bytes == fs::read(old.join(name)).unwrap(), "{} is neither the old file nor the new one", name.display());
        is_new
    };
    files(old).iter().filter(|name| is_new(name)).count()
}

#[test]
fn whatever_is_cut_a_replaced_file_is_whole() {
    for kind in [Kind::Vsftpd, Kind::Proftpd, Kind::PureFtpd] {
        let Some(server) = Server::start_or_skip("kill::whatever_is_cut_a_replaced_file_is_whole", kind, &Setup::default()) else {
            continue;
        };
        let seed = number("MOORLINE_SEED", 2280);
        println!("{kind:?}, seed {seed}");
        let mut random = fastrand::Rng::with_seed(seed);
        let home = tempfile::tempdir().unwrap();
        let (old, new, here) = (home.path().join("old"), home.path().join("new"), home.path().join("here"));
        let (up, down) = (server.root().join("up"), server.root().join("down"));
        for root in [&old, &new, &here, &up, &down] {
            tree::plant(root, 10, EACH_WAY);
        }
        change(&new);
        change(&down);
        open_to_all(&up);
        let folder =
            |id, direction, local: &Path, remote: &str| SavedItem { is_folder: Some(true), ..item(id, direction, local, remote) };
        save(home.path(), [folder(1, Direction::Upload, &new, "/up"), folder(2, Direction::Download, &here, "/down")]);
        let mut in_between = 0;
        for attempt in 0.. {
            let mut child = start(home.path(), &server);
            // On a busy machine the first ones come before anything is replaced.
            if attempt < KILLS || (in_between == 0 && attempt < 10 * KILLS) {
                // Not to wait for something: the moment itself is what the test is about.
                thread::sleep(Duration::from_millis(random.u64(30..300 + 20 * attempt)));
                child.kill().unwrap();
            }
            let status = child.wait().unwrap();
            for there in [&up, &here] {
                let count = whole(&old, &new, there);
                in_between += usize::from(count > 0 && count < files(&old).len());
            }
            if status.code().is_some() {
                assert!(status.success(), "{kind:?}, seed {seed}: the queue did not come to its end: {status}");
                break;
            }
            // It may have been through before it was killed.
            if saved(home.path()).is_empty() {
                break;
            }
        }
        assert!(in_between > 0, "{kind:?}, seed {seed}: no kill came while files were replaced");
        // Nothing else is there either.
        tree::assert_same(&new, &up);
        tree::assert_same(&new, &here);
    }
}
