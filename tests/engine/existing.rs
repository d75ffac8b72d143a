//! Targets that exist: what each answer does, for whom it holds, and where both sides differ.

use super::*;
use moorline::model::difference::Difference;
use moorline::model::settings::Settings;

/// Local files `names`, all with other content than on the server, and the jobs that fetch them.
fn fetched(folder: &Path, names: &[&str]) -> Vec<Job> {
    names
        .iter()
        .map(|name| {
            let local = folder.join(name);
            fs::write(&local, b"old").unwrap();
            Job { direction: Direction::Download, local, remote: path(&format!("/{name}")), on_exists: OnExists::Ask }
        })
        .collect()
}

fn is_asked(client: &Client) -> bool {
    client.events.iter().any(|event| matches!(event.body, EventBody::Asked { .. }))
}

#[test]
fn an_answer_for_the_batch_is_no_answer_for_another_batch() {
    let server = Server::start(&[("/a", b"1"), ("/b", b"2"), ("/c", b"3"), ("/d", b"4")]);
    let folder = tempfile::tempdir().unwrap();
    let mut client = Client::moored(&server);
    client.engine.send(Command::Enqueue { jobs: fetched(folder.path(), &["a", "b", "c"]) });
    let (id, _) = client.asked();
    client.answer(id, Answer::Exists { choice: OnExists::Overwrite, scope: Scope::Batch });
    for name in ["/a", "/b", "/c"] {
        client.done(name);
    }
    assert!(!is_asked(&client), "the batch was asked twice");
    client.engine.send(Command::Enqueue { jobs: fetched(folder.path(), &["d"]) });
    let (id, _) = client.asked();
    client.answer(id, Answer::Exists { choice: OnExists::Skip, scope: Scope::File });
    assert_eq!(client.ended("/d"), TransferState::Skipped(SkipReason::Exists));
    assert_eq!(fs::read(folder.path().join("d")).unwrap(), b"old");
}

#[test]
fn an_answer_for_the_batch_holds_after_a_restart() {
    let content = bytes(200_000);
    let names = ["a", "b", "c", "d", "e", "f"];
    let files: Vec<(String, Vec<u8>)> = names.iter().map(|name| (format!("/{name}"), content.clone())).collect();
    let files: Vec<(&str, &[u8])> = files.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
    let server = Server::start(&files);
    server.with(|shelf| shelf.stall = Some(1000));
    let (folder, home) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let options = || Options { places: Some(Places::in_folder(home.path())), keyring: false, keep_queue: true };
    let mut client = Client::start(options());
    client.connect(server.port());
    client.moor();
    client.engine.send(Command::Enqueue { jobs: fetched(folder.path(), &names) });
    let (id, _) = client.asked();
    client.answer(id, Answer::Exists { choice: OnExists::Overwrite, scope: Scope::Batch });
    server.until(|shelf| shelf.stalled >= 1);
    client.until("nothing asks", |client| client.rows().iter().all(|row| row.state != TransferState::Asking).then_some(()));
    drop(client);
    server.with(|shelf| shelf.stall = None);
    let mut client = Client::start(options());
    client.connect(server.port());
    client.until("all arrived", |client| (client.engine.queue().summary().done == names.len()).then_some(()));
    assert!(!is_asked(&client), "it was asked again after the restart");
    for name in names {
        assert!(fs::read(folder.path().join(name)).unwrap() == content, "{name}");
    }
}

#[test]
fn an_answer_for_always_goes_into_the_settings() {
    let server = Server::start(&[("/a", b"1"), ("/b", b"2")]);
    let (folder, home) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let options = Options { places: Some(Places::in_folder(home.path())), keyring: false, keep_queue: false };
    let mut client = Client::start(options);
    client.connect(server.port());
    client.moor();
    client.engine.send(Command::Enqueue { jobs: fetched(folder.path(), &["a"]) });
    let (id, _) = client.asked();
    client.answer(id, Answer::Exists { choice: OnExists::SizeDiffers, scope: Scope::Always });
    let told = client.hear("the settings", |body| match body {
        EventBody::Settings(settings) if settings.download_exists == OnExists::SizeDiffers => Some(settings.clone()),
        _ => None,
    });
    assert_eq!(told.upload_exists, OnExists::Ask, "the other direction is still asked");
    client.done("/a");
    client.engine.send(Command::Enqueue { jobs: fetched(folder.path(), &["b"]) });
    client.done("/b");
    assert!(!is_asked(&client));
    let saved = home.path().to_owned();
    client.until("saved", |_| {
        let loaded = moorline::store::settings::load(&Places::in_folder(&saved)).value;
        (loaded.download_exists == OnExists::SizeDiffers).then_some(())
    });
}

#[test]
fn only_what_is_newer_or_of_another_size_is_replaced() {
    // The server's files are of 2025-11-20.
    let table = [
        (OnExists::Newer, "2025-11-19T00:00:00Z", 4, true),
        (OnExists::Newer, "2025-11-21T00:00:00Z", 4, false),
        (OnExists::SizeDiffers, "2025-11-19T00:00:00Z", 4, false),
        (OnExists::SizeDiffers, "2025-11-21T00:00:00Z", 3, true),
        (OnExists::NewerOrSize, "2025-11-21T00:00:00Z", 4, false),
        (OnExists::NewerOrSize, "2025-11-21T00:00:00Z", 3, true),
        (OnExists::NewerOrSize, "2025-11-19T00:00:00Z", 4, true),
    ];
    for (choice, time, size, replaced) in table {
        let server = Server::start(&[("/f", b"1234")]);
        let folder = tempfile::tempdir().unwrap();
        let local = folder.path().join("f");
        fs::write(&local, vec![b'x'; size]).unwrap();
        let at: jiff::Timestamp = time.parse().unwrap();
        fs::File::options().write(true).open(&local).unwrap().set_modified(at.into()).unwrap();
        let mut client = Client::moored(&server);
        // A folder's listing tells the file's time.
        client.engine.send(Command::OpenRemote { path: path("/") });
        client.listing("/");
        client.get("/f", &local, choice);
        let state = client.ended("/f");
        assert_eq!(matches!(state, TransferState::Done(_)), replaced, "{choice:?} {time} {size}: {state:?}");
        assert_eq!(fs::read(&local).unwrap() == b"1234", replaced, "{choice:?} {time} {size}");
    }
}

#[test]
fn the_pattern_in_the_settings_names_the_new_one() {
    let server = Server::start(&[("/f.txt", b"theirs"), ("/f copy 1.txt", b"first")]);
    let folder = tempfile::tempdir().unwrap();
    let local = folder.path().join("f.txt");
    fs::write(&local, b"ours").unwrap();
    let mut client = Client::moored(&server);
    let settings = Settings { rename_pattern: "{name} copy {n}{ext}".into(), ..Settings::default() };
    client.engine.send(Command::SaveSettings { was: None, settings: Box::new(settings) });
    client.get("/f.txt", &local, OnExists::Rename);
    client.put(&local, "/f.txt", OnExists::Rename);
    client.until("both arrived", |client| (client.engine.queue().summary().done == 2).then_some(()));
    assert_eq!(names(folder.path()), ["f copy 1.txt", "f.txt"]);
    assert_eq!(fs::read(folder.path().join("f copy 1.txt")).unwrap(), b"theirs");
    assert_eq!(server.file("/f copy 2.txt").unwrap(), b"ours");
    assert_eq!(server.file("/f.txt").unwrap(), b"theirs");
}

#[test]
fn both_sides_of_a_question_are_compared_over_a_connection_of_their_own() {
    let long = bytes(3 << 20);
    let mut late = long.clone();
    late[2 << 20] ^= 1;
    let mut early = long.clone();
    early[700_000] ^= 1;
    let text = |line: &str| format!("one\ntwo\n{line}\nfour\n").into_bytes();
    let table: [(Vec<u8>, Vec<u8>, Difference); 6] = [
        (text("three"), text("there"), Difference::Text { line: 3, column: 3, local: "three".into(), remote: "there".into() }),
        (text("same"), text("same"), Difference::Same { bytes: 18 }),
        (
            b"short".to_vec(),
            b"shorter".to_vec(),
            Difference::Text { line: 1, column: 6, local: "short [end]".into(), remote: "shorter".into() },
        ),
        (
            long.clone(),
            early.clone(),
            Difference::Binary { offset: 700_000, local: Some(long[700_000]), remote: Some(early[700_000]) },
        ),
        (long.clone(), late, Difference::SameSoFar { bytes: 1 << 20 }),
        (b"\0\0\0".to_vec(), b"\0".to_vec(), Difference::Binary { offset: 1, local: Some(0), remote: None }),
    ];
    for (here, there, expected) in table {
        let server = Server::start(&[("/f", &there)]);
        let folder = tempfile::tempdir().unwrap();
        let local = folder.path().join("f");
        fs::write(&local, &here).unwrap();
        let mut client = Client::moored(&server);
        client.get("/f", &local, OnExists::Ask);
        let (id, _) = client.asked();
        client.engine.send(Command::Compare { question: id, local: local.clone(), remote: path("/f") });
        let found = client.hear("compared", |body| match body {
            EventBody::Compared { question, result } if *question == id => Some(result.clone()),
            _ => None,
        });
        assert_eq!(found.unwrap(), expected);
        client.answer(id, Answer::Exists { choice: OnExists::Skip, scope: Scope::File });
        assert_eq!(client.ended("/f"), TransferState::Skipped(SkipReason::Exists));
        assert!(fs::read(&local).unwrap() == here, "comparing changed the file");
    }
}

#[test]
fn a_comparison_that_cannot_be_made_says_why() {
    let server = Server::start(&[("/f", b"1")]);
    let folder = tempfile::tempdir().unwrap();
    let local = folder.path().join("f");
    fs::write(&local, b"old").unwrap();
    let mut client = Client::moored(&server);
    client.get("/f", &local, OnExists::Ask);
    let (id, _) = client.asked();
    server.with(|shelf| drop(shelf.files.remove("/f")));
    client.engine.send(Command::Compare { question: id, local, remote: path("/f") });
    let problem = client.hear("compared", |body| match body {
        EventBody::Compared { result, .. } => Some(result.clone().unwrap_err()),
        _ => None,
    });
    assert_eq!(problem.kind, ProblemKind::Refused);
}

#[test]
fn an_answer_that_decides_nothing_fails_its_file_and_is_not_asked_for_again() {
    let server = Server::start(&[("/f", b"theirs"), ("/g", b"theirs")]);
    server.with(|shelf| shelf.unknown = vec!["MDTM"]);
    let folder = tempfile::tempdir().unwrap();
    let mut client = Client::moored(&server);
    for name in ["/f", "/g"] {
        let local = folder.path().join(&name[1..]);
        fs::write(&local, b"ours").unwrap();
        client.put(&local, name, OnExists::Newer);
        let (id, _) = client.asked();
        client.answer(id, Answer::Exists { choice: OnExists::Newer, scope: Scope::Session });
        let problem = client.failed(name);
        assert!(problem.what.contains("the time of the one that is there is not known"), "{problem:?}");
    }
    assert!(!is_asked(&client));
    assert_eq!((server.file("/f").unwrap(), server.count("STOR")), (b"theirs".to_vec(), 0));
}
