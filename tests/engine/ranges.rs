//! Large files over several connections.

use super::*;

pub(super) const LARGE: usize = 66 << 20;

/// A large file of which the first connection brings one MiB and stops, until a second one has come.
pub(super) fn begin_split(client: &Client, server: &Server, local: &Path) {
    server.with(|shelf| (shelf.brake, shelf.braked) = (Some(1 << 20), true));
    client.get("/large.bin", local, OnExists::Ask);
    server.until(|shelf| shelf.commands.iter().filter(|line| line.starts_with("RETR")).count() == 2);
}

fn keeping(home: &Path) -> Options {
    Options { places: Some(Places::in_folder(home)), keyring: false, keep_queue: true }
}

/// An engine ends while the large file comes in two ranges.
fn left_in_ranges(server: &Server, local: &Path, home: &Path) {
    let mut client = Client::start(keeping(home));
    client.connect(server.port());
    client.moor();
    server.with(|shelf| shelf.stall = Some(5 << 20));
    begin_split(&client, server, local);
    server.until(|shelf| shelf.stalled == 1);
}

/// The next engine brings it to its end.
fn go_on(server: &Server, home: &Path) {
    let mut client = Client::start(keeping(home));
    client.row("/large.bin", |row| row.state == TransferState::Queued);
    client.connect(server.port());
    client.done("/large.bin");
}

#[test]
fn a_large_file_comes_over_several_connections() {
    let large = bytes(LARGE);
    let server = Server::start(&[("/large.bin", &large)]);
    let folder = tempfile::tempdir().unwrap();
    let local = folder.path().join("large.bin");
    let mut client = Client::moored(&server);
    begin_split(&client, &server, &local);
    // The second connection takes nearly all that the first one does not bring, and the row shows it as one.
    client.row("/large.bin", |row| row.moved > (LARGE as u64) * 3 / 4);
    server.with(|shelf| shelf.braked = false);
    client.done("/large.bin");
    assert!(fs::read(&local).unwrap() == large);
    assert_eq!(names(folder.path()), ["large.bin"]);
    assert!(server.count("REST") >= 2, "{:#?}", client.story());
}

#[test]
fn a_range_whose_connection_goes_is_brought_by_another() {
    let large = bytes(LARGE);
    let server = Server::start(&[("/large.bin", &large)]);
    let folder = tempfile::tempdir().unwrap();
    let local = folder.path().join("large.bin");
    let mut client = Client::moored(&server);
    server.with(|shelf| shelf.stall = Some(5 << 20));
    begin_split(&client, &server, &local);
    server.until(|shelf| shelf.stalled == 1);
    server.cut(2, "");
    server.with(|shelf| (shelf.stall, shelf.braked) = (None, false));
    client.done("/large.bin");
    assert!(fs::read(&local).unwrap() == large);
    assert_eq!(names(folder.path()), ["large.bin"]);
}

#[test]
fn ranges_of_a_server_that_does_not_heed_rest_are_given_up_and_the_file_comes_whole() {
    let large = bytes(LARGE);
    let server = Server::start(&[("/large.bin", &large)]);
    let folder = tempfile::tempdir().unwrap();
    let local = folder.path().join("large.bin");
    let mut client = Client::moored(&server);
    server.with(|shelf| shelf.ignores_rest = true);
    begin_split(&client, &server, &local);
    client.until("given up", |client| client.story().iter().any(|line| line.contains("may not go by offsets")).then_some(()));
    server.with(|shelf| shelf.braked = false);
    client.done("/large.bin");
    assert!(fs::read(&local).unwrap() == large);
}

#[test]
fn a_file_in_ranges_is_gone_on_with_by_the_next_engine() {
    let large = bytes(LARGE);
    let server = Server::start(&[("/large.bin", &large)]);
    let folder = tempfile::tempdir().unwrap();
    let local = folder.path().join("large.bin");
    let home = tempfile::tempdir().unwrap();
    left_in_ranges(&server, &local, home.path());
    // The file on the disk is longer than what is there of it, for the second range lies behind a hole.
    assert!(fs::metadata(folder.path().join("large.bin.part")).unwrap().len() > 30 << 20);
    server.with(|shelf| {
        (shelf.stall, shelf.braked) = (None, false);
        shelf.commands.clear();
    });
    go_on(&server, home.path());
    assert!(fs::read(&local).unwrap() == large);
    let first =
        server.with(|shelf| shelf.commands.iter().find(|line| line.starts_with("REST") || line.starts_with("RETR")).cloned());
    assert!(first.as_deref().is_some_and(|line| line.starts_with("REST")), "it began from the start again: {first:?}");
}

#[test]
fn a_file_that_is_replaced_by_one_of_its_length_while_it_comes_in_ranges_comes_anew() {
    let (large, other) = (bytes(LARGE), vec![7; LARGE]);
    let server = Server::start(&[("/large.bin", &large)]);
    let folder = tempfile::tempdir().unwrap();
    let local = folder.path().join("large.bin");
    let mut client = Client::moored(&server);
    begin_split(&client, &server, &local);
    // All of the second range has come; the first one ends with what the server has opened already.
    client.row("/large.bin", |row| row.moved > (LARGE as u64) * 3 / 4);
    server.with(|shelf| {
        shelf.files.insert("/large.bin".to_owned(), other.clone());
        shelf.times.insert("/large.bin".to_owned(), "20300101000000".to_owned());
        shelf.braked = false;
    });
    client.done("/large.bin");
    assert!(fs::read(&local).unwrap() == other);
    assert!(client.story().iter().any(|line| line.contains("changed while it came in parts")), "{:#?}", client.story());
}

#[test]
fn a_site_that_wants_each_file_over_one_connection_has_it_so() {
    let asked = |split| {
        let server = Server::start(&[("/large.bin", &bytes(LARGE))]);
        let folder = tempfile::tempdir().unwrap();
        let mut client = Client::forgetful();
        client.connect_to(Site { split, ..site(server.port()) }, Some("secret"));
        client.moor();
        client.get("/large.bin", &folder.path().join("large.bin"), OnExists::Ask);
        client.done("/large.bin");
        server.count("MDTM")
    };
    // Before a file may come in ranges its time is asked for: this one is not even considered.
    assert_eq!(asked(Split::Automatic), asked(Split::Never) + 1);
}

#[test]
fn a_file_that_is_replaced_by_one_of_its_length_before_the_next_engine_goes_on_comes_anew() {
    let large = bytes(LARGE);
    let server = Server::start(&[("/large.bin", &large)]);
    let folder = tempfile::tempdir().unwrap();
    let local = folder.path().join("large.bin");
    let home = tempfile::tempdir().unwrap();
    // Its listing tells times by the minute and in a zone of its own: they cannot be compared with.
    server.with(|shelf| shelf.list_ahead = Some(0));
    left_in_ranges(&server, &local, home.path());
    // Another one where bytes are here already, and the same around the joints and where they end: only its time tells.
    let mut other = large.clone();
    for changed in [0..100_000, 35 << 20..36 << 20] {
        other[changed].fill(7);
    }
    server.with(|shelf| {
        (shelf.stall, shelf.braked) = (None, false);
        shelf.files.insert("/large.bin".to_owned(), other.clone());
        shelf.times.insert("/large.bin".to_owned(), "20300101000000".to_owned());
    });
    go_on(&server, home.path());
    assert!(fs::read(&local).unwrap() == other, "old and new bytes were glued together");
}
