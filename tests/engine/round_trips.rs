//! How many commands transfers cost, and that gathered proofs prove.

use super::*;

/// A folder of so many files of a few bytes each.
fn plant(folder: &Path, count: usize) {
    fs::create_dir_all(folder).unwrap();
    for number in 0..count {
        fs::write(folder.join(format!("{number:02}")), format!("file {number}")).unwrap();
    }
}

fn timeless(port: u16) -> Site {
    let mut site = site(port);
    site.keep_times = Some(false);
    site
}

fn kept(home: &Path) -> Options {
    Options { places: Some(Places::in_folder(home)), keyring: false, keep_queue: true }
}

/// All items are through; how many arrived.
fn all_done(client: &mut Client) -> usize {
    client.until("all through", |client| {
        // In one look: rows that are read tab by tab miss what goes from one to the other meanwhile.
        let seen = client.engine.queue().summary();
        (seen.active + seen.queued == 0 && seen.done + seen.failed > 0).then_some(())
    });
    client.rows().iter().filter(|row| matches!(row.state, TransferState::Done(_))).count()
}

/// Waits until eight files have gone and none of them is proven.
fn all_proving(client: &mut Client) {
    client.until("all proving", |client| {
        let rows = client.rows();
        (rows.len() == 8 && rows.iter().all(|row| row.state == TransferState::Proving)).then_some(())
    });
}

/// Commands that stand before nothing but a file's name.
fn questions(server: &Server) -> usize {
    ["SIZE", "MDTM", "TYPE A", "CWD /up/"].iter().map(|command| server.count(command)).sum()
}

#[test]
fn the_files_of_a_new_folder_cost_one_command_each_and_one_listing() {
    let server = Server::start(&[]);
    let folder = tempfile::tempdir().unwrap();
    plant(&folder.path().join("up"), 50);
    let mut client = Client::forgetful();
    client.connect_to(timeless(server.port()), Some("secret"));
    client.moor();
    let listings = server.count("MLSD");
    client.put(&folder.path().join("up"), "/up", OnExists::Ask);
    assert_eq!(all_done(&mut client), 50);
    let rows = client.rows();
    let by_listing = |row: &&TransferRow| matches!(&row.state, TransferState::Done(proof) if proof.compared == Compared::Listing);
    assert_eq!(rows.iter().filter(by_listing).count(), 50);
    assert_eq!((server.count("STOR"), server.count("MKD"), questions(&server)), (50, 1, 0), "{:#?}", client.story());
    // One more than the proof: the pane may show the folder above anew.
    assert!(server.with(|shelf| shelf.commands.iter().filter(|line| line.as_str() == "CWD /up").count()) == 1);
    assert!(server.count("MLSD") - listings <= 2, "{:#?}", client.story());
}

#[test]
fn one_file_is_proven_by_its_size_at_once() {
    let server = Server::start(&[]);
    let folder = tempfile::tempdir().unwrap();
    plant(folder.path(), 1);
    let mut client = Client::moored(&server);
    client.put(&folder.path().join("00"), "/00", OnExists::Ask);
    client.done("/00");
    // Once before, to see that nothing is there, and once as the proof.
    assert_eq!(server.count("SIZE /00"), 2);
}

#[test]
fn a_listing_that_says_another_size_proves_nothing() {
    for is_size_a_lie in [false, true] {
        let server = Server::start(&[]);
        let folder = tempfile::tempdir().unwrap();
        plant(&folder.path().join("up"), 8);
        let mut client = Client::moored(&server);
        server.with(|shelf| {
            shelf.listing_lie = Some(3);
            shelf.size_lie = is_size_a_lie.then_some(3);
        });
        client.put(&folder.path().join("up"), "/up", OnExists::Ask);
        let done = all_done(&mut client);
        if is_size_a_lie {
            assert_eq!(done, 0, "{:#?}", client.rows());
            let problem = client.failed("/up/00");
            assert_eq!(problem.kind, ProblemKind::Unproven);
        } else {
            // Each is looked at alone, and that settles it.
            assert_eq!((done, server.count("STOR"), server.count("SIZE /up/")), (8, 8, 8));
        }
    }
}

#[test]
fn what_waits_for_its_proof_can_be_held_and_cancelled() {
    let server = Server::start(&[]);
    let folder = tempfile::tempdir().unwrap();
    plant(&folder.path().join("up"), 8);
    let mut client = Client::moored(&server);
    server.with(|shelf| shelf.proofs_held = true);
    client.put(&folder.path().join("up"), "/up", OnExists::Ask);
    all_proving(&mut client);
    assert!(client.engine.queue().summary().is_pending(), "a leave must ask first");
    let held = client.row("/up/03", |_| true);
    let cancelled = client.row("/up/05", |_| true);
    client.engine.send(Command::Pause { ids: vec![held.id].into() });
    client.engine.send(Command::Cancel { ids: vec![cancelled.id].into() });
    // Both at once, not when the listing comes.
    client.row("/up/03", |row| row.state == TransferState::Paused);
    client.until("gone", |client| (client.rows().len() == 7).then_some(()));
    server.with(|shelf| shelf.proofs_held = false);
    for name in ["00", "01", "02", "04", "06", "07"] {
        client.done(&format!("/up/{name}"));
    }
    assert_eq!(client.row("/up/03", |_| true).state, TransferState::Paused);
    client.engine.send(Command::Resume { ids: vec![held.id].into() });
    client.done("/up/03");
    assert_eq!(server.count("STOR"), 8, "nothing is sent again: {:#?}", client.story());
}

#[test]
fn proofs_that_were_awaited_as_the_program_ended_come_without_the_bytes_being_sent_again() {
    let server = Server::start(&[]);
    let (folder, home) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    plant(&folder.path().join("up"), 8);
    let mut client = Client::start(kept(home.path()));
    client.connect(server.port());
    client.moor();
    server.with(|shelf| shelf.proofs_held = true);
    client.put(&folder.path().join("up"), "/up", OnExists::Ask);
    all_proving(&mut client);
    drop(client);
    server.with(|shelf| shelf.proofs_held = false);
    let mut client = Client::start(kept(home.path()));
    client.until("restored", |client| (client.rows().len() == 8).then_some(()));
    assert!(client.rows().iter().all(|row| row.state == TransferState::Queued), "none of them is proven");
    client.connect(server.port());
    assert_eq!(all_done(&mut client), 8);
    assert_eq!(server.count("STOR"), 8, "{:#?}", client.story());
}

#[test]
fn a_connection_that_goes_while_a_folder_is_proven_costs_the_listing_only() {
    let server = Server::start(&[]);
    let folder = tempfile::tempdir().unwrap();
    plant(&folder.path().join("up"), 8);
    let mut client = Client::moored(&server);
    server.with(|shelf| shelf.cuts = Some(("MLSD", false)));
    client.put(&folder.path().join("up"), "/up", OnExists::Ask);
    assert_eq!(all_done(&mut client), 8);
    assert_eq!((server.count("STOR"), server.count("SIZE /up/")), (8, 0), "{:#?}", client.story());
}

#[test]
fn a_server_that_listings_end_each_connection_of_is_asked_for_the_sizes() {
    let server = Server::start(&[]);
    let folder = tempfile::tempdir().unwrap();
    plant(&folder.path().join("up"), 8);
    let mut client = Client::moored(&server);
    server.with(|shelf| shelf.always_cuts = Some("CWD /up"));
    client.put(&folder.path().join("up"), "/up", OnExists::Ask);
    assert_eq!(all_done(&mut client), 8);
    assert_eq!((server.count("STOR"), server.count("SIZE /up/")), (8, 8), "{:#?}", client.story());
}

#[test]
fn a_leave_after_the_queue_waits_for_the_proofs() {
    let server = Server::start(&[]);
    let folder = tempfile::tempdir().unwrap();
    plant(&folder.path().join("up"), 8);
    let mut client = Client::moored(&server);
    server.with(|shelf| shelf.proofs_held = true);
    client.put(&folder.path().join("up"), "/up", OnExists::Ask);
    all_proving(&mut client);
    client.engine.send(Command::Disconnect { when: DisconnectWhen::FilesDone });
    client.until("leaving", |client| matches!(client.session.phase, Phase::Leaving(_)).then_some(()));
    server.with(|shelf| shelf.proofs_held = false);
    client.left();
    assert_eq!(all_done(&mut client), 8);
    // Now is now: what is not proven by then waits in the queue.
    client.connect(server.port());
    client.moor();
    server.with(|shelf| shelf.proofs_held = true);
    client.put(&folder.path().join("up"), "/again", OnExists::Ask);
    client.until("all proving", |client| {
        let waits = |row: &&TransferRow| row.remote.as_str().starts_with("/again/") && row.state == TransferState::Proving;
        (client.rows().iter().filter(waits).count() == 8).then_some(())
    });
    client.engine.send(Command::Disconnect { when: DisconnectWhen::Now });
    client.left();
    let waiting = client.rows().iter().filter(|row| row.state == TransferState::Queued).count();
    assert_eq!(waiting, 8);
    server.with(|shelf| shelf.proofs_held = false);
}

#[test]
fn folders_are_made_once_and_listed_only_where_they_were_there() {
    let server = Server::start(&[("/up/old/00", b"x")]);
    let folder = tempfile::tempdir().unwrap();
    for name in ["old", "new", "new/deep"] {
        plant(&folder.path().join("up").join(name), 5);
    }
    let mut client = Client::forgetful();
    client.connect_to(timeless(server.port()), Some("secret"));
    client.moor();
    client.put(&folder.path().join("up"), "/up", OnExists::Skip);
    assert_eq!(all_done(&mut client), 14, "{:#?}", client.rows());
    let made: Vec<_> = server.with(|shelf| shelf.commands.iter().filter(|line| line.starts_with("MKD")).cloned().collect());
    assert_eq!(made, ["MKD /up", "MKD /up/new", "MKD /up/new/deep"], "what a listing shows is not made");
    assert_eq!((server.count("STOR"), server.count("SIZE"), server.count("MDTM")), (14, 0, 0), "{:#?}", client.story());
}

#[test]
fn a_downloads_folders_are_listed_by_their_paths_where_the_server_takes_them() {
    for lists_paths in [false, true] {
        let files: Vec<_> = (0..6).map(|number| (format!("/d/sub {number}/file"), format!("content {number}"))).collect();
        let files: Vec<_> = files.iter().map(|(path, content)| (path.as_str(), content.as_bytes())).collect();
        let server = Server::start(&files);
        server.with(|shelf| shelf.lists_paths = lists_paths);
        let folder = tempfile::tempdir().unwrap();
        let mut client = Client::moored(&server);
        client.get("/d", &folder.path().join("d"), OnExists::Ask);
        assert_eq!(all_done(&mut client), 6);
        for number in 0..6 {
            let got = fs::read(folder.path().join(format!("d/sub {number}/file"))).unwrap();
            assert_eq!(got, format!("content {number}").as_bytes());
        }
        let entered = server.count("CWD /d/sub");
        assert_eq!(server.count("SIZE"), 0);
        assert!(if lists_paths { entered <= 1 } else { entered == 6 }, "{lists_paths}: {entered}\n{:#?}", client.story());
    }
}

#[test]
fn uploads_keep_their_times_and_a_server_that_sets_none_is_asked_once() {
    for sets_times in [true, false] {
        let server = Server::start(&[]);
        server.with(|shelf| shelf.sets_times = sets_times);
        let folder = tempfile::tempdir().unwrap();
        let up = folder.path().join("up");
        plant(&up, 6);
        let at = std::time::UNIX_EPOCH + Duration::from_secs(1_700_000_000);
        for number in 0..6 {
            fs::File::options().write(true).open(up.join(format!("{number:02}"))).unwrap().set_modified(at).unwrap();
        }
        let mut client = Client::forgetful();
        let mut one = site(server.port());
        one.connections = 1;
        client.connect_to(one, Some("secret"));
        client.moor();
        client.put(&up, "/up", OnExists::Ask);
        assert_eq!(all_done(&mut client), 6);
        let times = server.with(|shelf| shelf.times.clone());
        if sets_times {
            assert_eq!(times.len(), 6);
            assert!(times.values().all(|time| time == "20231114221320"), "{times:?}");
        } else {
            // MDTM may set times too, as vsftpd's does; here it does not.
            assert_eq!((server.count("MFMT"), server.count("MDTM 2")), (0, 1), "{:#?}", client.story());
        }
        // And not at all when they are not wanted.
        let (before, mut other) = (server.count("MFMT") + server.count("MDTM 2"), Client::forgetful());
        other.connect_to(timeless(server.port()), Some("secret"));
        other.moor();
        other.put(&up, "/other", OnExists::Ask);
        assert_eq!(all_done(&mut other), 6);
        assert_eq!(server.count("MFMT") + server.count("MDTM 2"), before);
    }
}

#[test]
fn a_download_keeps_its_time_unless_that_is_not_wanted() {
    let server = Server::start(&[("/a", b"1")]);
    let folder = tempfile::tempdir().unwrap();
    let seconds =
        |path: &Path| fs::metadata(path).unwrap().modified().unwrap().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    for keeps in [true, false] {
        let mut client = Client::forgetful();
        let mut at = site(server.port());
        at.keep_times = Some(keeps);
        client.connect_to(at, Some("secret"));
        client.moor();
        let local = folder.path().join(format!("{keeps}"));
        client.get("/a", &local, OnExists::Ask);
        client.done("/a");
        assert_eq!(seconds(&local) == 1_763_633_472, keeps, "2025-11-20 10:11:12 is the server's time of it");
    }
}

#[test]
fn a_file_that_changes_while_it_is_sent_is_sent_anew() {
    let server = Server::start(&[]);
    let folder = tempfile::tempdir().unwrap();
    let local = folder.path().join("a.bin");
    fs::write(&local, bytes(400_000)).unwrap();
    let mut client = Client::moored(&server);
    server.with(|shelf| shelf.stall = Some(100_000));
    client.put(&local, "/a.bin", OnExists::Ask);
    server.until(|shelf| shelf.stalled == 1);
    // All of it is read by now, and on its way.
    client.row("/a.bin", |row| row.moved == 400_000);
    let new = vec![7; 400_000];
    fs::write(&local, &new).unwrap();
    server.with(|shelf| shelf.stall = None);
    client.done("/a.bin");
    assert_eq!(server.file("/a.bin"), Some(new));
    assert!(client.story().iter().any(|line| line.contains("was changed while it was being sent")), "{:#?}", client.story());
}
