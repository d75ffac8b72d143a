//! Deleting on this machine: into a trash, and for good where a person says so.

use std::path::PathBuf;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Mutex, PoisonError};

use moorline::engine::System;
use moorline::engine::trash::Trash;

use super::*;

/// A trash that is a folder. It refuses what is called so.
struct Bin {
    folder: PathBuf,
    refuses: &'static [&'static str],
}

impl Trash for Bin {
    fn take(&self, path: &Path) -> Result<(), String> {
        let name = path.file_name().unwrap();
        if self.refuses.iter().any(|refused| name == *refused) {
            return Err(format!("it is {}", name.display()));
        }
        fs::rename(path, self.folder.join(name)).map_err(|error| error.to_string())
    }
}

impl Client {
    fn with_trash(trash: Arc<dyn Trash>) -> Self {
        let bell = Arc::new(Bell::default());
        let options = Options { places: None, keyring: false, keep_queue: false };
        let system = System { trash, ..System::without_machine(false) };
        let engine = Engine::start_on(options, Arc::clone(&bell) as Arc<dyn Waker>, system).unwrap();
        Self { engine, bell, session: SessionView::default(), events: Vec::new() }
    }

    fn delete(&self, paths: &[PathBuf], removal: Removal) {
        let places = paths.iter().cloned().map(Place::Local).collect();
        self.engine.send(Command::Change(Change::Delete { places, removal }));
    }

    /// Shows a folder: from then on it is shown again when a change in it is through.
    fn show(&mut self, folder: &Path) {
        self.engine.send(Command::OpenLocal { path: folder.to_owned() });
        self.shown();
    }

    fn shown(&mut self) {
        self.hear("the folder", |body| matches!(body, EventBody::LocalListing { .. }).then_some(()));
    }

    fn notice(&mut self) -> String {
        self.hear("a notice", |body| if let EventBody::Notice(words) = body { Some(words.clone()) } else { None })
    }
}

/// A folder to delete in, the trash beside it, and a client that has it.
fn berth(refuses: &'static [&'static str]) -> (tempfile::TempDir, PathBuf, PathBuf, Client) {
    let base = tempfile::tempdir().unwrap();
    let (here, bin) = (base.path().join("here"), base.path().join("bin"));
    fs::create_dir(&here).unwrap();
    fs::create_dir(&bin).unwrap();
    let client = Client::with_trash(Arc::new(Bin { folder: bin.clone(), refuses }));
    (base, here, bin, client)
}

#[test]
fn what_goes_to_the_trash_is_asked_about_and_is_whole_there() {
    let (_base, here, bin, mut client) = berth(&[]);
    fs::create_dir(here.join("folder")).unwrap();
    fs::write(here.join("folder/in it"), b"1").unwrap();
    fs::write(here.join("file"), b"2").unwrap();
    let paths = ["folder", "file"].map(|name| here.join(name));
    client.delete(&paths, Removal::ToTrash);
    let (id, question) = client.asked();
    assert_eq!(question, Question::Trash { places: paths.iter().cloned().map(Place::Local).collect() });
    client.answer(id, Answer::Cancel);
    client.delete(&paths, Removal::ToTrash);
    let (id, _) = client.asked();
    assert_eq!(names(&here), ["file", "folder"], "the first answer was no");
    client.answer(id, Answer::Confirm);
    assert_eq!(client.notice(), format!("Moved 2 items to the {}.", moorline::engine::trash::NAME));
    assert_eq!((names(&here), names(&bin)), (vec![], vec!["file".to_owned(), "folder".to_owned()]));
    assert_eq!(fs::read(bin.join("folder/in it")).unwrap(), b"1");
}

#[test]
fn what_the_trash_does_not_take_is_deleted_for_good_only_where_a_person_says_so() {
    for answer in [Answer::Cancel, Answer::Confirm] {
        let (_base, here, bin, mut client) = berth(&["stays", "stays too"]);
        fs::write(here.join("goes"), b"1").unwrap();
        fs::write(here.join("stays"), b"22").unwrap();
        fs::create_dir(here.join("stays too")).unwrap();
        fs::write(here.join("stays too/in it"), b"333").unwrap();
        client.show(&here);
        client.delete(&["stays", "goes", "stays too"].map(|name| here.join(name)), Removal::ToTrash);
        let (id, _) = client.asked();
        client.answer(id, Answer::Confirm);
        let (id, question) = client.asked();
        let places = ["stays", "stays too"].map(|name| Place::Local(here.join(name)));
        let no_trash = Some("it is stays; it is stays too".to_owned());
        assert_eq!(question, Question::Delete { places: places.to_vec(), files: 2, folders: 1, bytes: 5, no_trash });
        assert_eq!(client.notice(), format!("Moved 1 item to the {}.", moorline::engine::trash::NAME));
        assert_eq!((names(&here), names(&bin)), (vec!["stays".to_owned(), "stays too".to_owned()], vec!["goes".to_owned()]));
        client.answer(id, answer.clone());
        if answer == Answer::Confirm {
            assert_eq!(client.notice(), "Deleted 2 files and 1 folder.");
            assert_eq!(names(&here), [""; 0]);
        } else {
            client.shown();
            assert_eq!(names(&here), ["stays", "stays too"]);
        }
    }
}

#[test]
fn without_a_trash_nothing_is_deleted_before_it_is_asked_about() {
    let base = tempfile::tempdir().unwrap();
    let file = base.path().join("file");
    fs::write(&file, b"1").unwrap();
    let mut client = Client::forgetful();
    client.delete(std::slice::from_ref(&file), Removal::ToTrash);
    let (id, _) = client.asked();
    client.answer(id, Answer::Confirm);
    let (id, question) = client.asked();
    assert!(matches!(&question, Question::Delete { no_trash: Some(why), .. } if why == "there is none here"), "{question:?}");
    assert!(file.exists());
    client.answer(id, Answer::Confirm);
    assert_eq!(client.notice(), "Deleted 1 file.");
    assert!(!file.exists());
}

#[test]
fn for_good_is_past_the_trash() {
    let (_base, here, bin, mut client) = berth(&[]);
    fs::write(here.join("file"), b"1").unwrap();
    client.delete(&[here.join("file")], Removal::ForGood);
    let (id, question) = client.asked();
    assert!(matches!(question, Question::Delete { files: 1, no_trash: None, .. }), "{question:?}");
    client.answer(id, Answer::Confirm);
    assert_eq!(client.notice(), "Deleted 1 file.");
    assert_eq!((names(&here), names(&bin)), (vec![], vec![]));
}

#[test]
fn what_is_gone_already_is_told_and_not_asked_about_again() {
    let (_base, here, _, mut client) = berth(&[]);
    client.show(&here);
    client.delete(&[here.join("gone")], Removal::ToTrash);
    let (id, _) = client.asked();
    client.answer(id, Answer::Confirm);
    let problem = client.trouble();
    assert!(problem.kind == ProblemKind::Local && problem.what.contains("gone"), "{problem:?}");
    client.shown();
    let is_asked = |event: &Event| matches!(event.body, EventBody::Asked { .. });
    assert!(!client.events.iter().any(is_asked), "{:?}", client.events);
}

#[test]
fn what_is_gone_already_keeps_nothing_else_from_being_moved_or_asked_about() {
    let (_base, here, bin, mut client) = berth(&["stays"]);
    fs::write(here.join("stays"), b"1").unwrap();
    fs::write(here.join("goes"), b"2").unwrap();
    client.delete(&["stays", "gone", "gone too", "goes"].map(|name| here.join(name)), Removal::ToTrash);
    let (id, _) = client.asked();
    client.answer(id, Answer::Confirm);
    let problem = client.trouble();
    assert!(problem.what.contains("gone") && problem.advice.contains("1 other"), "{problem:?}");
    let (id, question) = client.asked();
    assert!(matches!(&question, Question::Delete { files: 1, no_trash: Some(_), .. }), "{question:?}");
    client.answer(id, Answer::Confirm);
    client.hear("deleted", |body| matches!(body, EventBody::Notice(words) if words == "Deleted 1 file.").then_some(()));
    assert_eq!((names(&here), names(&bin)), (vec![], vec!["goes".to_owned()]));
}

/// Says that it has been asked, and waits before it takes anything.
struct Slow {
    asked: Mutex<Sender<()>>,
    goes_on: Mutex<Receiver<()>>,
}

impl Trash for Slow {
    fn take(&self, path: &Path) -> Result<(), String> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).send(()).unwrap();
        self.goes_on.lock().unwrap_or_else(PoisonError::into_inner).recv().unwrap();
        fs::remove_file(path).map_err(|error| error.to_string())
    }
}

#[test]
fn a_cancel_ends_it_behind_what_is_under_way() {
    let base = tempfile::tempdir().unwrap();
    let paths = ["a", "b", "c"].map(|name| base.path().join(name));
    paths.iter().for_each(|path| fs::write(path, b"1").unwrap());
    let ((asked, is_asked), (go_on, goes_on)) = (channel(), channel());
    let mut client = Client::with_trash(Arc::new(Slow { asked: Mutex::new(asked), goes_on: Mutex::new(goes_on) }));
    client.delete(&paths, Removal::ToTrash);
    let (id, _) = client.asked();
    client.answer(id, Answer::Confirm);
    is_asked.recv_timeout(PATIENCE).unwrap();
    let trash = moorline::engine::trash::NAME;
    let doing = |client: &mut Client| {
        client.hear("what is done", |body| if let EventBody::LocalWork { doing } = body { Some(doing.clone()) } else { None })
    };
    assert_eq!(doing(&mut client), Some(format!("Moving to the {trash}: 1 of 3")));
    client.engine.send(Command::CancelBrowsing);
    // The engine takes its commands one after the other: this one shows that the cancel is done.
    client.show(base.path());
    go_on.send(()).unwrap();
    assert_eq!(doing(&mut client), None);
    assert_eq!(client.notice(), format!("Stopped: 1 of 3 items were moved to the {trash}."));
    assert_eq!(names(base.path()), ["b", "c"]);
}

/// The real one, as freedesktop.org has it, in a process of its own whose home is a folder of the test: the trash of whoever runs the
/// tests is none of their business.
#[cfg(target_os = "linux")]
#[test]
fn the_systems_trash_takes_links_odd_names_and_what_is_read_only() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::fs::symlink;

    const HOME: &str = "MOORLINE_TEST_TRASH";
    let Some(home) = std::env::var_os(HOME) else {
        let home = tempfile::tempdir().unwrap();
        let name = std::thread::current().name().unwrap().to_owned();
        let mut itself = std::process::Command::new(std::env::current_exe().unwrap());
        itself.args([&name, "--exact", "--nocapture"]).env(HOME, home.path());
        itself.env("XDG_DATA_HOME", home.path().join("data")).env("HOME", home.path());
        let output = itself.output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success() && said.contains("1 passed"), "{said}");
        assert!(home.path().join("data/Trash/info").exists(), "{said}");
        return;
    };
    let home = PathBuf::from(home);
    let here = home.join("here");
    fs::create_dir_all(here.join("folder/deep")).unwrap();
    fs::write(here.join("folder/deep/file"), b"deep").unwrap();
    fs::write(here.join("read only"), b"read only").unwrap();
    let mut mode = fs::metadata(here.join("read only")).unwrap().permissions();
    mode.set_readonly(true);
    fs::set_permissions(here.join("read only"), mode).unwrap();
    fs::write(home.join("target"), b"kept").unwrap();
    symlink(home.join("target"), here.join("link")).unwrap();
    symlink(home.join("nowhere"), here.join("broken")).unwrap();
    fs::create_dir(home.join("target folder")).unwrap();
    fs::write(home.join("target folder/file"), b"kept").unwrap();
    symlink(home.join("target folder"), here.join("link to folder")).unwrap();
    let odd = OsStr::from_bytes(b"caf\xe9.txt");
    fs::write(here.join(odd), b"odd").unwrap();

    let mut client = Client::with_trash(Arc::new(moorline::engine::trash::SystemTrash));
    let all = ["folder", "read only", "link", "broken", "link to folder"].map(|name| here.join(name));
    let all = [&all[..], &[here.join(odd)]].concat();
    client.delete(&all, Removal::ToTrash);
    let (id, _) = client.asked();
    client.answer(id, Answer::Confirm);
    assert_eq!(client.notice(), "Moved 6 items to the trash.");
    assert_eq!(fs::read_dir(&here).unwrap().count(), 0);
    let trash = home.join("data/Trash/files");
    assert_eq!(fs::read(trash.join("folder/deep/file")).unwrap(), b"deep");
    assert_eq!(fs::read(trash.join("read only")).unwrap(), b"read only");
    assert_eq!(fs::read(trash.join(odd)).unwrap(), b"odd");
    assert_eq!(fs::read_link(trash.join("link")).unwrap(), home.join("target"));
    assert_eq!(fs::read_link(trash.join("link to folder")).unwrap(), home.join("target folder"));
    assert!(trash.join("broken").is_symlink());
    assert_eq!(
        (fs::read(home.join("target")).unwrap(), names(&home.join("target folder"))),
        (b"kept".to_vec(), vec!["file".into()])
    );
    // What a file manager restores it by.
    let info = fs::read_to_string(home.join("data/Trash/info/read only.trashinfo")).unwrap();
    assert!(info.contains("read%20only") && info.contains("\nDeletionDate="), "{info}");

    // A second one of the same name takes the place of none.
    fs::write(here.join("read only"), b"the second").unwrap();
    client.delete(&[here.join("read only")], Removal::ToTrash);
    let (id, _) = client.asked();
    client.answer(id, Answer::Confirm);
    assert_eq!(client.notice(), "Moved 1 item to the trash.");
    assert_eq!(fs::read(trash.join("read only")).unwrap(), b"read only");
    let in_trash = fs::read_dir(&trash).unwrap().map(|row| row.unwrap().path());
    assert!(in_trash.filter(|path| path.is_file()).any(|path| fs::read(path).unwrap() == b"the second"));

    // Nothing of this file system goes into a trash.
    client.delete(&["/proc/self/status".into()], Removal::ToTrash);
    let (id, _) = client.asked();
    client.answer(id, Answer::Confirm);
    let (id, question) = client.asked();
    assert!(matches!(question, Question::Delete { no_trash: Some(_), .. }), "{question:?}");
    client.answer(id, Answer::Cancel);
}
