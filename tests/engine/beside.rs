//! The connection that small files get where large ones have all others.

use super::*;

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
    for name in ["/1", "/2", "/3"] {
        client.get(name, &folder.path().join(&name[1..]), OnExists::Ask);
    }
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
