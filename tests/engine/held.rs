//! A queue that a person holds.

use super::*;

#[test]
fn a_held_queue_is_still_held_after_a_restart_and_goes_on_when_it_is_let() {
    let large = bytes(300_000);
    let server = Server::start(&[("/a", &large), ("/b", &large)]);
    let (folder, home) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let start = || {
        let mut client = Client::start(Options { places: Some(Places::in_folder(home.path())), keyring: false, keep_queue: true });
        client.connect(server.port());
        client.moor();
        client
    };
    server.with(|shelf| shelf.stall = Some(100_000));
    let mut client = start();
    client.get("/a", &folder.path().join("a"), OnExists::Ask);
    client.get("/b", &folder.path().join("b"), OnExists::Ask);
    client.row("/a", |row| row.moved == 100_000);
    client.engine.send(Command::HoldQueue { held: true });
    client.row("/a", |row| row.state == TransferState::Queued);
    client.row("/b", |row| row.state == TransferState::Queued);
    server.with(|shelf| shelf.stall = None);
    drop(client);
    let begun = server.count("RETR");
    let mut client = start();
    let told = client.hear("what is there from last time", |body| match body {
        EventBody::Notice(words) => Some(words.clone()),
        _ => None,
    });
    assert_eq!(told, "2 transfers are in the queue from last time, and held.");
    // The folder is read twice, and nothing begins meanwhile.
    client.engine.send(Command::OpenRemote { path: path("/") });
    for _ in 0..2 {
        client.listing("/");
    }
    assert!(client.engine.queue().summary().paused && server.count("RETR") == begun);
    client.engine.send(Command::HoldQueue { held: false });
    client.done("/a");
    client.done("/b");
    assert!(fs::read(folder.path().join("b")).unwrap() == large);
    drop(client);
    assert!(!start().engine.queue().summary().paused, "let go, it goes on the next time too");
}
