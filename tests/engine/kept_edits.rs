//! What is here of edited files when something goes wrong: taken away by nobody who was not asked, and sent by nobody who should not.

use std::time::SystemTime;

use super::*;

impl Room {
    /// The folder, the note and the lock of the only edit.
    fn places(&self) -> (PathBuf, PathBuf, PathBuf) {
        let kept = self.kept();
        assert_eq!(kept.len(), 1, "{kept:?}");
        let of = |ending: &str| self.home.path().join("state/edits").join(format!("{}{ending}", kept[0]));
        (of(""), of(".toml"), of(".lock"))
    }

    /// Changes the note of the only edit.
    fn note(&self, change: impl FnOnce(&mut toml::Table)) {
        let (_, note, _) = self.places();
        let mut table: toml::Table = fs::read_to_string(&note).unwrap().parse().unwrap();
        change(&mut table);
        fs::write(&note, table.to_string()).unwrap();
    }

    /// As if the only edit had been opened long ago; returns where its file is then.
    fn grown_old(&self) -> PathBuf {
        let (folder, note, lock) = self.places();
        let old = |path: &Path, ending: &str| {
            let to = path.with_file_name(format!("1000{ending}"));
            fs::rename(path, &to).unwrap();
            to
        };
        let folder = old(&folder, "");
        old(&note, ".toml");
        old(&lock, ".lock");
        let local = folder.join("a.txt");
        fs::File::options().write(true).open(&local).unwrap().set_modified(SystemTime::UNIX_EPOCH).unwrap();
        self.note(|note| {
            let synced = note["synced"].as_table_mut().unwrap();
            synced.insert("modified".into(), 0.into());
        });
        local
    }

    /// Nobody can lock the only edit.
    fn without_locks(&self) {
        let (_, _, lock) = self.places();
        fs::remove_file(&lock).unwrap();
        fs::create_dir(&lock).unwrap();
    }
}

impl Client {
    fn wish(&self, wish: EditWish) {
        self.engine.send(Command::Edit(wish));
    }

    fn is_put_away(&mut self) {
        self.until("put away", |client| client.edits().is_empty().then_some(()));
    }
}

#[cfg(target_os = "linux")]
#[test]
fn nothing_is_opened_before_it_is_noted_what_the_server_had() {
    let server = Server::start(&[("/a.txt", &bytes(50_000))]);
    server.with(|shelf| shelf.stall = Some(1_000));
    let room = Room::new();
    let mut client = room.moored(&server);
    client.open("/a.txt");
    server.until(|shelf| shelf.stalled == 1);
    // It leads to where nothing can be written.
    let (_, note, _) = room.places();
    fs::remove_file(&note).unwrap();
    std::os::unix::fs::symlink("/proc/self/status", &note).unwrap();
    server.with(|shelf| shelf.stall = None);
    let edit = client.edit("not opened", |edit| matches!(edit.state, EditState::NotFetched(_)));
    assert!(edit.local.exists());
    fs::remove_file(&note).unwrap();
    client.wish(EditWish::OpenAgain { edit: edit.id });
    client.is_in(&EditState::Same);
    // Only now, and once.
    room.desk.opened(1);
    assert!(note.is_file());
}

#[test]
fn what_came_and_was_not_noted_before_a_crash_is_kept_and_never_replaces_anything_unasked() {
    let server = Server::start(&[("/a.txt", b"old")]);
    let room = Room::new();
    let mut client = room.moored(&server);
    let local = client.opened("/a.txt");
    drop(client);
    fs::write(&local, "mine").unwrap();
    room.note(|note| {
        note.remove("synced").unwrap();
        note.insert("transfer".into(), 1.into());
    });
    let mut client = room.start();
    let edit = client.is_in(&EditState::Unsent(Unsent::LastTime));
    assert_eq!(fs::read(&local).unwrap(), b"mine");
    drop(client);
    let mut client = room.moored(&server);
    client.is_in(&EditState::Unsent(Unsent::LastTime));
    client.upload(edit.id);
    let (id, question) = client.asked();
    assert!(matches!(question, Question::Exists { was: Some(_), .. }), "{question:?}");
    client.answer(id, Answer::Exists { choice: OnExists::Overwrite, scope: Scope::File });
    server.has("/a.txt", b"mine");
    client.is_in(&EditState::Same);
}

#[test]
fn what_an_editor_left_beside_a_missing_file_is_kept_and_told_of() {
    let server = Server::start(&[("/a.txt", b"old")]);
    for backup in [Some("a.txt~"), None] {
        let room = Room::new();
        let mut client = room.moored(&server);
        let local = client.opened("/a.txt");
        drop(client);
        if let Some(backup) = backup {
            fs::rename(&local, local.with_file_name(backup)).unwrap();
        } else {
            fs::remove_file(&local).unwrap();
        }
        let mut client = room.start();
        let Some(backup) = backup else {
            client.until("nothing is left", |_| room.kept().is_empty().then_some(()));
            continue;
        };
        let folder = local.parent().unwrap().display().to_string();
        let problem = client.trouble();
        assert!(problem.what.contains("a.txt") && problem.advice.contains(&folder), "{problem:?}");
        let edit = client.is_in(&EditState::Unsent(Unsent::LastTime));
        assert!(local.with_file_name(backup).exists());
        client.upload(edit.id);
        assert!(client.trouble().what.contains("not there any more"));
        // The editor goes on where it was.
        fs::write(&local, "old").unwrap();
        client.wish(EditWish::Discard { edit: edit.id });
        assert!(client.trouble().what.contains(backup));
        client.is_put_away();
        assert_eq!(names(local.parent().unwrap()), [backup]);
    }
}

#[test]
fn what_nobody_has_touched_for_long_is_put_away_unless_there_is_more_or_it_may_be_another_programs() {
    let server = Server::start(&[("/a.txt", b"old")]);
    for (has_copy, has_lock) in [(false, true), (true, true), (false, false)] {
        let room = Room::new();
        let mut client = room.moored(&server);
        client.opened("/a.txt");
        drop(client);
        let local = room.grown_old();
        let copy = local.with_file_name("copy.txt");
        if has_copy {
            fs::write(&copy, "mine").unwrap();
        }
        if !has_lock {
            room.without_locks();
        }
        let mut client = room.start();
        if has_copy || !has_lock {
            client.is_in(&EditState::Same);
            assert_eq!((local.exists(), copy.exists()), (true, has_copy));
        } else {
            client.until("put away", |_| room.kept().is_empty().then_some(()));
        }
    }
}

#[test]
fn what_may_be_another_programs_is_sent_by_nobody_who_was_not_asked() {
    let server = Server::start(&[("/a.txt", b"old")]);
    let room = Room::new();
    let mut client = room.moored(&server);
    let local = client.opened("/a.txt");
    drop(client);
    room.without_locks();
    let mut client = room.moored(&server);
    client.is_in(&EditState::Same);
    fs::write(&local, "saved").unwrap();
    let (id, question) = client.asked();
    assert!(matches!(question, Question::Saved { is_emptied: false, .. }), "{question:?}");
    assert_eq!(server.count("STOR"), 0);
    client.answer(id, Answer::Confirm);
    server.has("/a.txt", b"saved");
}

#[test]
fn a_copy_that_was_saved_beside_a_finished_file_stays_and_is_told_of() {
    let server = Server::start(&[("/a.txt", b"old")]);
    let room = Room::new();
    let mut client = room.moored(&server);
    let local = client.opened("/a.txt");
    let copy = local.with_file_name("copy.txt");
    fs::write(&copy, "mine").unwrap();
    let edit = client.is_in(&EditState::Same);
    client.wish(EditWish::Finish { edit: edit.id });
    let problem = client.trouble();
    assert!(problem.what.contains("copy.txt"), "{problem:?}");
    client.is_put_away();
    assert_eq!((local.exists(), fs::read(&copy).unwrap()), (false, b"mine".to_vec()));
}

#[test]
fn whoever_works_on_with_a_file_that_was_to_be_put_away_keeps_it() {
    // What happens between the wish and the upload's arrival.
    for is_opened_again in [true, false] {
        let server = Server::start(&[("/a.txt", b"old")]);
        let room = Room::new();
        let mut client = room.moored(&server);
        let local = client.opened("/a.txt");
        if is_opened_again {
            client.engine.send(Command::HoldQueue { held: true });
        } else {
            server.with(|shelf| shelf.unknown = vec!["STOR"]);
            client.engine.send(Command::HoldQueue { held: true });
        }
        fs::write(&local, "first").unwrap();
        let edit = client.is_in(&EditState::Waiting);
        client.wish(EditWish::Finish { edit: edit.id });
        if is_opened_again {
            client.wish(EditWish::OpenAgain { edit: edit.id });
            room.desk.opened(2);
            client.engine.send(Command::HoldQueue { held: false });
        } else {
            client.engine.send(Command::HoldQueue { held: false });
            client.edit("failed", |edit| matches!(edit.state, EditState::Failed(_)));
            server.with(|shelf| shelf.unknown.clear());
            fs::write(&local, "second").unwrap();
        }
        client.edit("uploaded", |edit| edit.uploaded.is_some() && edit.state == EditState::Same);
        fs::write(&local, "worked on").unwrap();
        server.has("/a.txt", b"worked on");
        client.is_in(&EditState::Same);
        assert!(local.exists());
    }
}

#[test]
fn a_file_that_is_emptied_while_its_upload_waits_is_held_and_asked_about() {
    let server = Server::start(&[("/a.txt", b"old")]);
    let room = Room::new();
    let mut client = room.moored(&server);
    let local = client.opened("/a.txt");
    client.engine.send(Command::HoldQueue { held: true });
    fs::write(&local, "new").unwrap();
    client.is_in(&EditState::Waiting);
    fs::write(&local, "").unwrap();
    client.engine.send(Command::HoldQueue { held: false });
    let (id, question) = client.asked();
    assert!(matches!(question, Question::Saved { is_emptied: true, .. }), "{question:?}");
    assert_eq!((server.count("STOR"), server.file("/a.txt").unwrap()), (0, b"old".to_vec()));
    client.answer(id, Answer::Confirm);
    server.has("/a.txt", b"");
    client.is_in(&EditState::Same);
    // And from there on.
    fs::write(&local, "filled").unwrap();
    server.has("/a.txt", b"filled");
}

#[test]
fn a_wish_to_upload_is_no_wish_to_empty() {
    let server = Server::start(&[("/a.txt", b"old")]);
    let room = Room::new();
    let mut client = room.moored(&server);
    client.settings(|settings| settings.when_edited_saved = WhenSaved::Ask);
    let local = client.opened("/a.txt");
    fs::write(&local, "new").unwrap();
    let (id, _) = client.asked();
    // What is there by the time of the answer is another version.
    fs::write(&local, "").unwrap();
    client.answer(id, Answer::Confirm);
    let (id, question) = client.asked();
    assert!(matches!(question, Question::Saved { is_emptied: true, .. }), "{question:?}");
    client.answer(id, Answer::Cancel);
    let edit = client.is_in(&EditState::Unsent(Unsent::Declined));
    client.upload(edit.id);
    let (id, question) = client.asked();
    assert!(matches!(question, Question::Saved { is_emptied: true, .. }), "{question:?}");
    assert_eq!(server.count("STOR"), 0);
    client.answer(id, Answer::Confirm);
    server.has("/a.txt", b"");
}

#[test]
fn what_has_arrived_is_known_as_such_however_soon_it_is_cleared() {
    let server = Server::start(&[("/a.txt", b"old")]);
    let room = Room::new();
    let mut client = room.moored(&server);
    let local = client.opened("/a.txt");
    for round in 0..4 {
        let content = format!("save {round}");
        fs::write(&local, &content).unwrap();
        client.until("cleared", |client| {
            client.engine.send(Command::ClearDone);
            let is_there = server.file("/a.txt").is_some_and(|there| there == content.as_bytes());
            is_there.then_some(())
        });
        client.until("known", |client| {
            client.engine.send(Command::ClearDone);
            let edit = client.edits().pop()?;
            assert!(!matches!(edit.state, EditState::Unsent(_)), "{edit:?}");
            (edit.state == EditState::Same).then_some(())
        });
    }
    client.was_not_asked();
}

#[test]
fn a_discarded_edit_is_out_of_the_queue_before_its_file_goes() {
    let server = Server::start(&[("/a.txt", b"old")]);
    let room = Room::new();
    let mut client = room.moored(&server);
    let local = client.opened("/a.txt");
    server.with(|shelf| shelf.stall = Some(16 * 1024));
    fs::write(&local, bytes(100_000)).unwrap();
    server.until(|shelf| shelf.stalled == 1);
    let edit = client.is_in(&EditState::Uploading);
    client.wish(EditWish::Discard { edit: edit.id });
    client.is_put_away();
    client.until("its folder is gone", |_| room.kept().is_empty().then_some(()));
    let left: Vec<TransferRow> = client.rows().into_iter().filter(|row| row.direction == Direction::Upload).collect();
    assert!(left.is_empty(), "{left:#?}");
    server.with(|shelf| shelf.stall = None);
    server.has("/a.txt", b"old");
    // The same file is another edit by now.
    let again = client.opened("/a.txt");
    assert_ne!(again, local);
}
