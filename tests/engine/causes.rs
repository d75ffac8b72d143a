//! Failures that know why: what waits for a person, what goes on around it, and what is tried again together.

use super::*;
use moorline::model::cause::Cause;

#[test]
fn a_full_server_holds_uploads_up_until_a_person_goes_on_and_downloads_go_on() {
    let server = Server::start(&[("/down", b"down")]);
    let folder = tempfile::tempdir().unwrap();
    let names = ["a", "b", "c", "d", "e"];
    let jobs = names.map(|name| {
        let local = folder.path().join(name);
        fs::write(&local, name).unwrap();
        Job { direction: Direction::Upload, local, remote: path(&format!("/{name}")), on_exists: OnExists::Overwrite }
    });
    // Every upload that is begun before the first refusal is heard of meets the same wall.
    server.with(|shelf| shelf.closings = vec!["552 Quota exceeded.".into(); 2]);
    let mut client = Client::moored(&server);
    client.engine.send(Command::Enqueue { jobs: jobs.to_vec() });
    client.until("uploads wait", |client| (client.engine.queue().summary().uploads_wait == Some(Cause::Quota)).then_some(()));
    client.until("nothing runs", |client| (client.engine.queue().summary().running == 0).then_some(()));
    let begun = server.count("STOR");
    assert!(begun <= 2, "the wall was run into {begun} times");
    // One upload may have been the only one that was begun.
    server.with(|shelf| shelf.closings.clear());
    client.get("/down", &folder.path().join("down"), OnExists::Ask);
    client.done("/down");
    assert_eq!(client.engine.queue().summary().failed, 0, "what waits has not failed");
    assert_eq!(server.count("STOR"), begun, "an upload was begun behind the wall");
    client.engine.send(Command::GoOn { direction: Direction::Upload });
    for name in names {
        client.done(&format!("/{name}"));
    }
    assert_eq!(client.engine.queue().summary().uploads_wait, None);
}

#[test]
fn a_batch_goes_on_around_what_is_permanent_and_it_is_tried_again_by_its_cause() {
    let server = Server::start(&[("/a", b"1"), ("/b", b"2"), ("/c", b"3")]);
    let folder = tempfile::tempdir().unwrap();
    let mut client = Client::moored(&server);
    for name in ["a", "gone1", "b", "gone2", "c"] {
        client.get(&format!("/{name}"), &folder.path().join(name), OnExists::Ask);
    }
    // Where a folder is, no file can be written.
    fs::create_dir(folder.path().join("d")).unwrap();
    server.with(|shelf| drop(shelf.files.insert("/d".into(), b"4".to_vec())));
    client.get("/d", &folder.path().join("d"), OnExists::Ask);
    for name in ["/a", "/b", "/c"] {
        client.done(name);
    }
    let gone = client.failed("/gone1");
    assert_eq!((gone.cause, client.failed("/gone2").cause), (Cause::Missing, Cause::Missing));
    assert!(!gone.advice.is_empty());
    assert_eq!(client.failed("/d").cause, Cause::LocalShape);
    assert_eq!(server.count("RETR /gone1"), 1, "what is permanent was tried again");
    server.with(|shelf| {
        for name in ["/gone1", "/gone2"] {
            shelf.files.insert(name.into(), b"back".to_vec());
        }
    });
    let id = client.row("/gone1", |_| true).id;
    client.engine.send(Command::RetryLike { id });
    client.until("begun again", |client| (client.engine.queue().summary().failed == 1).then_some(()));
    client.done("/gone1");
    client.done("/gone2");
    assert_eq!(client.failed("/d").cause, Cause::LocalShape);
}

#[test]
fn a_server_that_does_not_go_on_in_the_middle_gets_the_file_from_its_start() {
    let content = bytes(300_000);
    let server = Server::start(&[]);
    let folder = tempfile::tempdir().unwrap();
    let local = folder.path().join("f");
    fs::write(&local, &content).unwrap();
    server.with(|shelf| {
        shelf.no_rest = true;
        shelf.stall = Some(100_000);
    });
    let mut client = Client::moored(&server);
    client.put(&local, "/f", OnExists::Ask);
    server.until(|shelf| shelf.stalled == 1);
    client.engine.send(Command::HoldQueue { held: true });
    client.row("/f", |row| row.state == TransferState::Queued);
    server.with(|shelf| shelf.stall = None);
    client.engine.send(Command::HoldQueue { held: false });
    client.done("/f");
    assert!(server.file("/f").unwrap() == content);
}
