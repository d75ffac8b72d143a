//! Replacing a file on the server, cut behind each command: the target is whole, and nothing of ours is left in the end.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use super::*;

const OLD: &[u8] = b"the old content";
const NEW: &[u8] = b"the new content, which is longer";

/// The names beside the target, without the target.
fn beside(server: &Server) -> Vec<String> {
    server.with(|shelf| shelf.files.keys().filter(|path| path.as_str() != "/d/f").cloned().collect())
}

/// The target, or the old file where it stepped aside: one look, for a rename may come between two.
fn is_whole(server: &Server) -> bool {
    server.with(|shelf| {
        let there = |path: &str| shelf.files.get(path).is_some_and(|content| content == OLD || content == NEW);
        there("/d/f") || (!shelf.files.contains_key("/d/f") && there("/d/f.part.old"))
    })
}

fn keeping(home: &Path) -> Options {
    Options { places: Some(Places::in_folder(home)), keyring: false, keep_queue: true }
}

/// Runs a case for each place of a cut: at which command, and whether that was done. Some at once, for most of the time they wait.
/// Returns how many cuts came about.
fn each_cut(case: impl Fn((usize, bool)) -> bool + Sync) -> usize {
    let (next, struck) = (AtomicUsize::new(0), AtomicUsize::new(0));
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= 32 {
                        break;
                    }
                    if case((number / 2, number % 2 == 1)) {
                        struck.fetch_add(1, Ordering::Relaxed);
                    }
                }
            });
        }
    });
    struck.into_inner()
}

#[test]
fn a_replacement_that_is_cut_anywhere_goes_on_and_leaves_nothing() {
    for renames_over in [true, false] {
        let struck = each_cut(|cut| {
            let server = Server::start(&[("/d/f", OLD)]);
            let folder = tempfile::tempdir().unwrap();
            let local = folder.path().join("f");
            fs::write(&local, NEW).unwrap();
            let mut client = Client::moored(&server);
            server.with(|shelf| {
                shelf.no_rename_over = !renames_over;
                shelf.cut_at = Some(cut);
            });
            client.put(&local, "/d/f", OnExists::Overwrite);
            let state = client.until("the end", |client| {
                assert!(is_whole(&server), "{cut:?}: {:?}\n{:#?}", server.file("/d/f"), client.story());
                client.rows().into_iter().find(|row| row.state.is_final()).map(|row| row.state)
            });
            assert!(matches!(state, TransferState::Done(_)), "{cut:?}: {state:?}\n{:#?}", client.story());
            assert_eq!(server.file("/d/f").as_deref(), Some(NEW), "{cut:?}");
            assert_eq!(beside(&server), Vec::<String>::new(), "{cut:?}: {:#?}", client.story());
            server.with(|shelf| shelf.cut_at.is_none())
        });
        assert!(struck >= if renames_over { 12 } else { 20 }, "only {struck} commands were cut");
    }
}

#[test]
fn a_replacement_that_is_cut_and_given_up_is_put_in_order_by_the_next_run() {
    let struck = each_cut(|cut| {
        let server = Server::start(&[("/d/f", OLD)]);
        let (folder, home) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let local = folder.path().join("f");
        fs::write(&local, NEW).unwrap();
        let mut client = Client::start(keeping(home.path()));
        let mut one = site(server.port());
        one.connections = 1;
        one.keep_times = Some(false);
        client.connect_to(one.clone(), Some("secret"));
        client.moor();
        server.with(|shelf| {
            shelf.no_rename_over = true;
            shelf.cut_at = Some(cut);
            // Nobody comes back until the item is given up.
            shelf.goes_with_cut = true;
        });
        client.put(&local, "/d/f", OnExists::Overwrite);
        let is_cut = client.until("cut or done", |client| {
            let is_cut = server.with(|shelf| shelf.is_closed);
            let is_through = client.rows().iter().any(|row| row.state.is_final());
            (is_cut || is_through).then_some(is_cut)
        });
        if !is_cut {
            return false;
        }
        let row = client.row("/d/f", |row| !row.state.is_running());
        client.engine.send(Command::Cancel { ids: vec![row.id].into() });
        client.until("gone", |client| client.rows().is_empty().then_some(()));
        assert!(is_whole(&server), "{cut:?}: {:?}", server.file("/d/f"));
        drop(client);
        server.with(|shelf| (shelf.is_closed, shelf.goes_with_cut) = (false, false));
        let client = Client::start(keeping(home.path()));
        client.connect_to(one, Some("secret"));
        server.until(|shelf| {
            let target = shelf.files.get("/d/f").is_some_and(|content| content == OLD || content == NEW);
            target && shelf.files.len() == 1
        });
        true
    });
    assert!(struck >= 18, "only {struck} commands were cut");
}

#[test]
fn the_part_of_an_upload_that_is_cancelled_offline_goes_at_the_next_connect() {
    let server = Server::start(&[("/d/f", OLD)]);
    let (folder, home) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let local = folder.path().join("f");
    fs::write(&local, bytes(400_000)).unwrap();
    let mut client = Client::start(keeping(home.path()));
    client.connect(server.port());
    client.moor();
    server.with(|shelf| shelf.stall = Some(100_000));
    client.put(&local, "/d/f", OnExists::Overwrite);
    server.until(|shelf| shelf.stalled == 1);
    let row = client.row("/d/f", |_| true);
    client.engine.send(Command::Pause { ids: vec![row.id].into() });
    server.with(|shelf| shelf.stall = None);
    client.row("/d/f", |row| row.state == TransferState::Paused);
    client.engine.send(Command::Disconnect { when: DisconnectWhen::Now });
    client.left();
    assert_eq!(beside(&server), ["/d/f.part"]);
    client.engine.send(Command::Cancel { ids: vec![row.id].into() });
    client.until("gone", |client| client.rows().is_empty().then_some(()));
    drop(client);
    let client = Client::start(keeping(home.path()));
    client.connect(server.port());
    server.until(|shelf| shelf.files.len() == 1);
    assert_eq!(server.file("/d/f").as_deref(), Some(OLD));
    drop(client);
}

#[test]
fn the_same_upload_begun_again_is_not_taken_away_as_a_leftover() {
    let server = Server::start(&[("/d/f", OLD), ("/d/f.part", b"somebody's")]);
    let (folder, home) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let local = folder.path().join("f");
    fs::write(&local, NEW).unwrap();
    let mut client = Client::start(keeping(home.path()));
    client.connect(server.port());
    client.moor();
    client.put(&local, "/d/f", OnExists::Overwrite);
    client.done("/d/f");
    assert_eq!(server.file("/d/f").as_deref(), Some(NEW));
    assert_eq!(beside(&server), ["/d/f.part"], "somebody's file stays");
}

#[test]
fn a_server_that_renames_nothing_takes_files_that_are_written_directly() {
    let server = Server::start(&[("/d/f", OLD)]);
    server.with(|shelf| shelf.no_rename = true);
    let folder = tempfile::tempdir().unwrap();
    let local = folder.path().join("f");
    fs::write(&local, NEW).unwrap();
    let mut client = Client::forgetful();
    let mut direct = site(server.port());
    direct.write_directly = Some(true);
    client.connect_to(direct, Some("secret"));
    client.moor();
    client.put(&local, "/d/f", OnExists::Overwrite);
    client.done("/d/f");
    assert_eq!(server.file("/d/f").as_deref(), Some(NEW));
    assert_eq!((server.count("RNFR"), server.count("STOR /d/f.part")), (0, 0));
}

#[test]
fn a_file_that_no_rename_gives_its_name_is_told_of_and_put_in_order_by_the_next_session() {
    let server = Server::start(&[("/d/f", OLD)]);
    let (folder, home) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let local = folder.path().join("f");
    fs::write(&local, NEW).unwrap();
    let mut client = Client::start(keeping(home.path()));
    client.connect(server.port());
    client.moor();
    // The old file steps aside, and then nothing is renamed any more.
    server.with(|shelf| (shelf.no_rename_over, shelf.renames) = (true, Some(1)));
    client.put(&local, "/d/f", OnExists::Overwrite);
    let problem = client.failed("/d/f");
    assert!(problem.advice.contains("/d/f.part.old") && problem.advice.contains("/d/f.part:"), "{problem:?}");
    assert_eq!(beside(&server), ["/d/f.part", "/d/f.part.old"]);
    drop(client);
    server.with(|shelf| shelf.renames = None);
    let client = Client::start(keeping(home.path()));
    client.connect(server.port());
    server.until(|shelf| shelf.files.get("/d/f").is_some_and(|content| content == OLD));
    drop(client);
}

/// An upload of which the server takes 100,000 bytes and waits; so large that most of it is not on its way.
fn stalled_upload(client: &Client, server: &Server, local: &Path, on_exists: OnExists) {
    fs::write(local, bytes(32 << 20)).unwrap();
    server.with(|shelf| shelf.stall = Some(100_000));
    client.put(local, "/d/f", on_exists);
    server.until(|shelf| shelf.stalled == 1 && shelf.commands.iter().any(|line| line.starts_with("STOR")));
}

#[test]
fn what_was_sent_of_a_new_file_goes_with_it_and_a_persons_file_stays() {
    // The beginning of a file that a person has there and wants to be resumed is no leftover.
    for there in [None, Some(bytes(100_000))] {
        let server = Server::start(&[("/d/other", b"1")]);
        if let Some(there) = &there {
            server.with(|shelf| shelf.files.insert("/d/f".into(), there.clone()));
        }
        let folder = tempfile::tempdir().unwrap();
        let mut client = Client::moored(&server);
        let on_exists = if there.is_some() { OnExists::Resume } else { OnExists::Ask };
        let local = folder.path().join("f");
        fs::write(&local, bytes(32 << 20)).unwrap();
        client.engine.send(Command::LimitSpeed { limits: Some(limit(500)) });
        client.put(&local, "/d/f", on_exists);
        let row = client.row("/d/f", |row| row.moved > 100_000);
        client.engine.send(Command::Cancel { ids: vec![row.id].into() });
        client.until("gone", |client| client.rows().is_empty().then_some(()));
        if there.is_none() {
            server.until(|shelf| !shelf.files.contains_key("/d/f"));
        } else {
            client.until("a word", |client| client.story().iter().any(|line| line.contains("stays on the server")).then_some(()));
            assert!(server.file("/d/f").is_some());
        }
    }
}

#[test]
fn what_was_sent_of_a_new_file_goes_when_it_is_cancelled_while_it_pauses_or_goes_on_after_that() {
    for (is_resumed, is_another) in [(false, false), (true, false), (false, true)] {
        let server = Server::start(&[("/d/other", b"1")]);
        let folder = tempfile::tempdir().unwrap();
        let mut client = Client::moored(&server);
        client.engine.send(Command::OpenRemote { path: path("/d") });
        client.listing("/d");
        let local = folder.path().join("f");
        fs::write(&local, bytes(32 << 20)).unwrap();
        client.engine.send(Command::LimitSpeed { limits: Some(limit(500)) });
        client.put(&local, "/d/f", OnExists::Ask);
        let row = client.row("/d/f", |row| row.moved > 100_000);
        client.engine.send(Command::Pause { ids: vec![row.id].into() });
        let paused = client.row("/d/f", |row| row.state == TransferState::Paused);
        assert!(server.file("/d/f").is_some());
        if is_resumed {
            client.engine.send(Command::Resume { ids: vec![row.id].into() });
            client.row("/d/f", |row| row.state == TransferState::Moving && row.moved > paused.moved + 100_000);
        }
        if is_another {
            // Somebody put another file there meanwhile.
            server.with(|shelf| shelf.files.insert("/d/f".into(), b"another".to_vec()));
        }
        client.engine.send(Command::Cancel { ids: vec![row.id].into() });
        client.until("gone", |client| client.rows().is_empty().then_some(()));
        if is_another {
            client.until("a word", |client| client.story().iter().any(|line| line.contains("stays on the server")).then_some(()));
            assert_eq!(server.file("/d/f").unwrap(), b"another");
        } else {
            server.until(|shelf| !shelf.files.contains_key("/d/f"));
            client.until("the folder read again", |client| {
                let listed = client.events.iter().rev().find_map(|event| match &event.body {
                    EventBody::RemoteListing { path, listing, .. } if path.as_str() == "/d" => Some(Arc::clone(listing)),
                    _ => None,
                });
                listed.filter(|listing| listing.entries.len() == 1).map(drop)
            });
        }
    }
}

#[test]
fn a_part_whose_source_changed_goes_when_its_file_is_skipped_or_cancelled() {
    for is_skipped in [true, false] {
        let server = Server::start(&[("/d/f", OLD)]);
        let folder = tempfile::tempdir().unwrap();
        let local = folder.path().join("f");
        let mut client = Client::moored(&server);
        let asking = Settings { source_changed: SourceChanged::Ask, ..Settings::default() };
        let settings = Settings { upload_exists: OnExists::Overwrite, ..asking };
        client.engine.send(Command::SaveSettings { was: None, settings: Box::new(settings) });
        stalled_upload(&client, &server, &local, OnExists::Ask);
        let id = client.row("/d/f", |_| true).id;
        client.engine.send(Command::Pause { ids: vec![id].into() });
        server.with(|shelf| shelf.stall = None);
        client.row("/d/f", |row| row.state == TransferState::Paused);
        assert_eq!(beside(&server), ["/d/f.part"]);
        fs::write(&local, bytes(500_000)).unwrap();
        client.engine.send(Command::Resume { ids: vec![id].into() });
        let (question, asked) = client.asked();
        assert!(matches!(asked, Question::Changed { .. }), "{asked:?}");
        if is_skipped {
            client.answer(question, Answer::Cancel);
            client.row("/d/f", |row| row.state == TransferState::Paused);
            assert_eq!(beside(&server), ["/d/f.part"], "no answer throws nothing away");
            client.engine.send(Command::Resume { ids: vec![id].into() });
            let (question, _) = client.asked();
            client.answer(question, Answer::Changed(WhenChanged::Skip));
        } else {
            client.engine.send(Command::Cancel { ids: vec![id].into() });
        }
        server.until(|shelf| !shelf.files.contains_key("/d/f.part"));
        assert_eq!(server.file("/d/f").as_deref(), Some(OLD));
    }
}
