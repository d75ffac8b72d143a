//! Whose a file is that has a target's name: nothing that is not ours is lost, and nothing that arrived is sent again.

use moorline::model::conflict::Scope;
use moorline::store::queue::{Change as Saved, QueueJournal, SavedItem, SavedState};

use super::*;

const OURS: &[u8] = b"our index";

/// An upload of `index.html` that was refused, and tried again after `theirs` got that name.
fn refused_and_tried_again(theirs: &[u8], on_exists: OnExists) -> (Client, Server, tempfile::TempDir) {
    let server = Server::start(&[("/other", b"1")]);
    let folder = tempfile::tempdir().unwrap();
    let local = folder.path().join("index.html");
    fs::write(&local, OURS).unwrap();
    server.with(|shelf| shelf.unknown = vec!["STOR"]);
    let mut client = Client::moored(&server);
    client.put(&local, "/index.html", on_exists);
    client.failed("/index.html");
    server.with(|shelf| {
        shelf.unknown.clear();
        shelf.files.insert("/index.html".into(), theirs.to_vec());
    });
    client.retry();
    (client, server, folder)
}

#[test]
fn what_got_the_name_of_a_refused_upload_is_asked_about_or_left() {
    for theirs in [b"their longer index".as_slice(), b"theirs", b"not ours!"] {
        let (mut client, server, _folder) = refused_and_tried_again(theirs, OnExists::Ask);
        let (id, question) = client.asked();
        assert!(matches!(question, Question::Exists { .. }), "{question:?}");
        assert_eq!(server.file("/index.html").as_deref(), Some(theirs));
        client.answer(id, Answer::Exists { choice: OnExists::Overwrite, scope: Scope::File });
        client.done("/index.html");
        assert_eq!(server.file("/index.html").as_deref(), Some(OURS));

        let (mut client, server, _folder) = refused_and_tried_again(theirs, OnExists::Skip);
        assert!(matches!(client.ended("/index.html"), TransferState::Skipped(_)));
        assert_eq!(server.file("/index.html").as_deref(), Some(theirs));
    }
}

/// Two files for one name, put into the queue together, on two connections that take their time.
fn two_for_one_name(files: &[(&str, &[u8])], on_exists: OnExists) -> (Client, Server, tempfile::TempDir) {
    let server = Server::start(files);
    server.with(|shelf| shelf.transfer_takes = Duration::from_millis(50));
    let folder = tempfile::tempdir().unwrap();
    let jobs = ["a", "b"].map(|name| {
        let local = folder.path().join(name);
        fs::write(&local, name).unwrap();
        Job { direction: Direction::Upload, local, remote: path("/x.txt"), on_exists }
    });
    let client = Client::moored(&server);
    client.engine.send(Command::Enqueue { jobs: jobs.to_vec() });
    (client, server, folder)
}

#[test]
fn two_files_that_are_both_kept_get_two_names() {
    let (mut client, server, _folder) = two_for_one_name(&[("/x.txt", b"old")], OnExists::Rename);
    client.until("both are done", |client| (client.engine.queue().summary().done == 2).then_some(()));
    let mut new: Vec<_> = server.with(|shelf| shelf.files.values().cloned().collect());
    new.sort();
    assert_eq!(new, [b"a".to_vec(), b"b".to_vec(), b"old".to_vec()], "{:#?}", client.story());
}

#[test]
fn the_second_of_two_files_for_a_new_name_finds_the_first() {
    let (mut client, server, _folder) = two_for_one_name(&[("/y", b"1")], OnExists::Skip);
    client.until("both are through", |client| (client.engine.queue().summary().done == 2).then_some(()));
    assert_eq!(server.count("STOR"), 1, "{:#?}", client.story());
    assert_eq!(client.rows().iter().filter(|row| matches!(row.state, TransferState::Skipped(_))).count(), 1);
}

/// A folder's listing says that a name is free; a file that gets it before its turn has come is not written over.
#[test]
fn a_name_that_was_free_when_its_folder_was_listed_is_looked_at_again_when_somebody_got_it() {
    let server = Server::start(&[("/d/y", b"1")]);
    let folder = tempfile::tempdir().unwrap();
    let (one, two) = (folder.path().join("one"), folder.path().join("two"));
    for (folder, content) in [(&one, "one"), (&two, "two")] {
        fs::create_dir(folder).unwrap();
        fs::write(folder.join("x.txt"), content).unwrap();
    }
    server.with(|shelf| shelf.transfer_takes = Duration::from_millis(50));
    let mut client = Client::moored(&server);
    let jobs = [one, two].map(|local| Job { direction: Direction::Upload, local, remote: path("/d"), on_exists: OnExists::Skip });
    client.engine.send(Command::Enqueue { jobs: jobs.to_vec() });
    client.until("both are through", |client| {
        let summary = client.engine.queue().summary();
        (summary.done == 2 && !summary.is_pending()).then_some(())
    });
    assert_eq!(server.count("STOR"), 1, "{:#?}", client.story());
}

#[test]
fn a_replacement_that_got_its_name_unheard_is_not_sent_again_by_the_next_run() {
    let server = Server::start(&[("/f", b"the old content")]);
    server.with(|shelf| shelf.sets_times = true);
    let (folder, home) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let local = folder.path().join("f");
    fs::write(&local, bytes(100_000)).unwrap();
    let options = || Options { places: Some(Places::in_folder(home.path())), keyring: false, keep_queue: true };
    let mut client = Client::start(options());
    client.connect(server.port());
    client.moor();
    server.with(|shelf| (shelf.cuts, shelf.goes_with_cut) = (Some(("RNTO", true)), true));
    client.put(&local, "/f", OnExists::Overwrite);
    server.until(|shelf| shelf.is_closed);
    drop(client);
    assert_eq!(server.file("/f"), Some(bytes(100_000)));
    server.with(|shelf| (shelf.is_closed, shelf.goes_with_cut) = (false, false));
    let mut client = Client::start(options());
    client.connect(server.port());
    client.done("/f");
    assert_eq!(server.count("STOR"), 1, "{:#?}", client.story());
}

#[test]
fn a_download_that_got_its_name_unheard_is_not_fetched_again_by_the_next_run() {
    let content = bytes(100_000);
    let server = Server::start(&[("/f", &content)]);
    let (folder, home) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let local = folder.path().join("f");
    let at: jiff::Timestamp = "2025-11-20T10:11:12Z".parse().unwrap();
    let times = [(at, true), (at - jiff::SignedDuration::from_secs(1), false)];
    for (time, is_ours) in times {
        fs::write(&local, &content).unwrap();
        fs::File::options().write(true).open(&local).unwrap().set_modified(time.into()).unwrap();
        let (mut journal, ..) = QueueJournal::open::<std::collections::BTreeMap<u64, SavedItem>>(&Places::in_folder(home.path()));
        let item = SavedItem {
            id: 1,
            site: site(server.port()).id,
            direction: Direction::Download,
            local: local.clone(),
            remote: path("/f"),
            is_folder: Some(false),
            from_folder: false,
            on_exists: OnExists::Skip,
            batch: 0,
            state: SavedState::Queued,
            moved: content.len() as u64,
            size: Some(content.len() as u64),
            modified: i64::try_from(at.as_nanosecond()).ok(),
            precision: moorline::model::entry::Precision::Second,
            part: Some("f.part".into()),
            is_new: false,
            ranges: None,
            tries: 1,
            priority: moorline::model::transfer::Priority::Normal,
            place: None,
            basis: None,
        };
        journal.append(&Saved::Put(item)).unwrap();
        drop(journal);
        let options = Options { places: Some(Places::in_folder(home.path())), keyring: false, keep_queue: true };
        let mut client = Client::start(options);
        client.connect(server.port());
        let state = client.ended("/f");
        assert_eq!(matches!(state, TransferState::Done(_)), is_ours, "{state:?} {:#?}", client.story());
        assert_eq!(server.count("RETR"), 0, "{:#?}", client.story());
    }
}

#[test]
fn a_name_that_is_no_utf8_arrives_as_it_reads_and_replaces_no_namesake() {
    let server = Server::start(&[("/d/plain.txt", b"plain")]);
    // The one of them that is UTF-8 has the name that both read as.
    let rows = [
        &b"type=file;size=5;modify=20261120120000; caf\xe9.txt\r\n"[..],
        &b"type=file;size=5;modify=20261120120000; na\xefve\r\n"[..],
    ];
    server.with(|shelf| {
        shelf.rows = rows.map(<[u8]>::to_vec).to_vec();
        shelf.files.insert("/d/caf\u{e9}.txt".into(), b"utf-8".to_vec());
        shelf.files.insert("/d/na\u{FFFD}ve".into(), b"naive".to_vec());
    });
    let folder = tempfile::tempdir().unwrap();
    let mut client = Client::moored(&server);
    client.get("/d", &folder.path().join("d"), OnExists::Overwrite);
    client.done("/d/caf\u{e9}.txt");
    let problem = client.failed("/d/caf\u{efe9}.txt");
    assert_eq!(problem.kind, ProblemKind::Name, "{problem:?}");
    assert_eq!(fs::read(folder.path().join("d/caf\u{e9}.txt")).unwrap(), b"utf-8");
    let row = client.row("/d/na\u{efef}ve", |_| true);
    assert_eq!(row.local, folder.path().join("d/na\u{ef}ve"));
}
