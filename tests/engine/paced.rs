//! Bytes that go before the server has answered count towards the speed limit. Nothing here may take longer than it wants to: what a
//! limit allows at most is a time that must have passed.

use super::*;
use crate::support::shelf::Shelf;

const FILES: usize = 50;
/// Less than a turn of the limit, so that each file goes at once.
const EACH: usize = 2000;
const LIMIT: Rate = Rate::kilobytes(100);
/// Of unused time so much is made up for.
const CREDIT: Duration = Duration::from_millis(50);

/// A server that gets the bytes of small files with their STOR, and a folder of such.
fn set_out(change: impl FnOnce(&mut Shelf)) -> (Server, tempfile::TempDir, Client) {
    let server = Server::start(&[]);
    server.with(|shelf| {
        shelf.greeting = Some("220 (vsFTPd 3.0.5)");
        change(shelf);
    });
    let folder = tempfile::tempdir().unwrap();
    for number in 0..FILES {
        fs::write(folder.path().join(format!("{number:02}")), bytes(EACH)).unwrap();
    }
    let mut client = Client::forgetful();
    let mut limited = site(server.port());
    limited.connections = 1;
    limited.speed = SpeedLimits { up: LIMIT, ..SpeedLimits::default() };
    client.connect_to(limited, Some("secret"));
    client.moor();
    (server, folder, client)
}

/// Sends the folder, and makes sure that it took as long as its bytes need; how many files arrived and how many did not.
fn paced(client: &mut Client, folder: &Path) -> (usize, usize) {
    let began = Instant::now();
    client.put(folder, "/up", OnExists::Ask);
    let ended = client.until("all through", |client| {
        let seen = client.engine.queue().summary();
        (seen.active + seen.queued == 0 && seen.done + seen.failed == FILES).then_some((seen.done, seen.failed))
    });
    let least = Duration::from_secs_f64((FILES * EACH) as f64 / LIMIT.bytes().unwrap().get() as f64) - CREDIT;
    assert!(began.elapsed() >= least, "{:?} for what takes {least:?} at the least", began.elapsed());
    ended
}

#[test]
fn what_goes_before_the_answer_counts_towards_the_limit() {
    let (server, folder, mut client) = set_out(|shelf| shelf.bytes_first = true);
    assert_eq!(paced(&mut client, folder.path()), (FILES, 0), "{:#?}", client.story());
    assert_eq!(server.count("STOR"), FILES);
}

#[test]
fn what_went_to_a_server_that_refuses_the_file_counts_too() {
    let (server, folder, mut client) = set_out(|shelf| shelf.unknown = vec!["STOR"]);
    assert_eq!(paced(&mut client, folder.path()), (0, FILES), "{:#?}", client.story());
    assert_eq!(server.count("STOR"), FILES);
}
