//! The connection that small files get where large ones have all others.

use super::*;
use crate::support::shelf::Shelf;

const HUGE: usize = 17 << 20;

#[test]
fn small_files_pass_large_ones_on_a_connection_beside_theirs() {
    let large = bytes(HUGE);
    let server = Server::start(&[("/a", &large), ("/b", &large), ("/1", b"small"), ("/2", b"small"), ("/3", b"small")]);
    let folder = tempfile::tempdir().unwrap();
    let mut client = Client::forgetful();
    client.connect(server.port());
    client.moor();
    for name in ["/a", "/b"] {
        // Not a byte of them comes: nothing tells the budget that more connections would help.
        server.with(|shelf| (shelf.brake, shelf.braked) = (Some(0), true));
        client.get(name, &folder.path().join(&name[1..]), OnExists::Ask);
        server.until(|shelf| shelf.brake.is_none());
    }
    // At once: between two of them the connection would be given back.
    let job = |name: &str| Job {
        direction: Direction::Download,
        local: folder.path().join(&name[1..]),
        remote: path(name),
        on_exists: OnExists::Ask,
    };
    client.engine.send(Command::Enqueue { jobs: ["/1", "/2", "/3"].map(job).to_vec() });
    for name in ["/1", "/2", "/3"] {
        client.done(name);
    }
    let row = client.row("/a", |_| true);
    assert_eq!((row.state, row.tries), (TransferState::Moving, 1), "the small ones came when it had been given up");
    assert_eq!(server.count("USER"), 4, "one for browsing, two for large files, one lent");
    server.with(|shelf| shelf.braked = false);
    client.done("/a");
    client.done("/b");
    assert!(fs::read(folder.path().join("b")).unwrap() == bytes(HUGE));
}

#[test]
fn the_one_that_was_lent_takes_no_large_file() {
    let large = bytes(HUGE);
    let server = Server::start(&[("/a", &large), ("/b", &large), ("/d/c", &large), ("/d/e", b"")]);
    let folder = tempfile::tempdir().unwrap();
    let mut client = Client::forgetful();
    client.connect(server.port());
    client.moor();
    for name in ["/a", "/b"] {
        server.with(|shelf| (shelf.brake, shelf.braked) = (Some(0), true));
        client.get(name, &folder.path().join(&name[1..]), OnExists::Ask);
        server.until(|shelf| shelf.brake.is_none());
    }
    // The folder and the file of no bytes are for it. One of them each, so that nothing tells the budget that more connections would help.
    client.get("/d", &folder.path().join("d"), OnExists::Ask);
    client.done("/d/e");
    // Then it is given back, and says goodbye: the large one that waits is none of its business.
    let is_begun = |shelf: &Shelf| shelf.commands.iter().any(|line| line == "RETR /d/c");
    server.until(|shelf| shelf.logged_in == 3 || is_begun(shelf));
    assert!(!server.with(|shelf| is_begun(shelf)), "{:#?}", client.story());
    assert_eq!((server.count("USER"), client.row("/d/c", |_| true).state), (4, TransferState::Queued));
    assert_eq!(client.row("/a", |_| true).state, TransferState::Moving, "it came when the large ones had been given up");
    server.with(|shelf| shelf.braked = false);
    for name in ["/a", "/b", "/d/c"] {
        client.done(name);
    }
}

/// What is named by itself has no size before a connection has it.
#[test]
fn a_file_that_turns_out_to_be_large_there_is_left_to_the_others() {
    for direction in [Direction::Download, Direction::Upload] {
        let large = bytes(HUGE);
        let server = Server::start(&[("/a", &large), ("/b", &large), ("/c", &large)]);
        let folder = tempfile::tempdir().unwrap();
        let mut client = Client::forgetful();
        client.connect(server.port());
        client.moor();
        for name in ["/a", "/b"] {
            server.with(|shelf| (shelf.brake, shelf.braked) = (Some(0), true));
            client.get(name, &folder.path().join(&name[1..]), OnExists::Ask);
            server.until(|shelf| shelf.brake.is_none());
        }
        let (remote, local) = match direction {
            Direction::Download => ("/c", folder.path().join("c")),
            Direction::Upload => ("/up", folder.path().join("up")),
        };
        if direction == Direction::Upload {
            fs::write(&local, &large).unwrap();
        }
        client.transfer(direction, remote, &local, OnExists::Ask);
        let is_begun = |shelf: &Shelf| shelf.commands.iter().any(|line| matches!(line.as_str(), "RETR /c" | "STOR /up"));
        // It was there, and has gone.
        server.until(|shelf| is_begun(shelf) || (shelf.most_logged_in == 4 && shelf.logged_in == 3));
        assert!(!server.with(|shelf| is_begun(shelf)), "{direction:?}: {:#?}", client.story());
        let row = client.row(remote, |row| row.state == TransferState::Queued);
        assert_eq!(row.tries, 0, "{direction:?}");
        // Now that its size is known nothing is lent for it.
        assert_eq!(server.count("USER"), 4, "{direction:?}: {:#?}", client.story());
        server.with(|shelf| shelf.braked = false);
        for name in ["/a", "/b", remote] {
            client.done(name);
        }
    }
}
