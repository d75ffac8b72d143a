//! A site or a setting that is changed while its session is connected.

use super::*;
use jiff::SignedDuration;
use moorline::model::checksum::HashUse;
use moorline::model::transfer::Form;

/// Saves the session's site with a change, and returns when the session goes by it.
pub(super) fn edit(client: &mut Client, change: impl FnOnce(&mut Site)) {
    let mut site = client.session.site.clone().unwrap();
    change(&mut site);
    let tree = SiteTree { sites: vec![site.clone()], ..SiteTree::default() };
    client.engine.send(Command::SaveSites { was: None, tree: Box::new(tree) });
    client.until("the edit", |client| (client.session.site.as_ref() == Some(&site)).then_some(()));
}

#[test]
fn an_edit_holds_for_files_that_begin_after_it_and_for_none_before() {
    let server = Server::start(&[("/in.txt", &b"a\r\n".repeat(50_000)), ("/next.txt", b"a\r\n")]);
    server.with(|shelf| (shelf.sets_times, shelf.stall) = (true, Some(100_000)));
    let folder = tempfile::tempdir().unwrap();
    let local = folder.path().join("out.txt");
    fs::write(&local, "a\n".repeat(100_000)).unwrap();
    let mut client = Client::moored(&server);
    client.put(&local, "/out.txt", OnExists::Ask);
    client.get("/in.txt", &folder.path().join("in.txt"), OnExists::Ask);
    server.until(|shelf| shelf.stalled == 2);
    edit(&mut client, |site| (site.text_files, site.keep_times) = ("*.txt".into(), Some(false)));
    server.with(|shelf| shelf.stall = None);
    client.done("/out.txt");
    client.done("/in.txt");
    // Its time is set behind its last byte: what held at its first still holds.
    assert_eq!((server.count("TYPE A"), server.count("MFMT")), (0, 1));
    assert_eq!(fs::read(folder.path().join("in.txt")).unwrap().len(), 150_000);
    client.put(&local, "/out2.txt", OnExists::Ask);
    client.get("/next.txt", &folder.path().join("next.txt"), OnExists::Ask);
    client.done("/out2.txt");
    client.done("/next.txt");
    assert_eq!(server.count("MFMT"), 1);
    assert_eq!(client.row("/out2.txt", |_| true).form, Form::Text);
    assert_eq!(fs::read(folder.path().join("next.txt")).unwrap(), if cfg!(windows) { &b"a\r\n"[..] } else { b"a\n" });
    assert_eq!(server.count("PASS"), 3, "nothing was connected anew");
}

#[test]
fn a_checksum_that_is_required_from_now_on_is_missed_where_the_server_tells_none() {
    let server = Server::start(&[("/a.bin", &bytes(5_000)), ("/b.bin", &bytes(5_000))]);
    let folder = tempfile::tempdir().unwrap();
    let mut client = Client::moored(&server);
    client.get("/a.bin", &folder.path().join("a.bin"), OnExists::Ask);
    client.done("/a.bin");
    edit(&mut client, |site| site.hashes = HashUse::Required);
    client.get("/b.bin", &folder.path().join("b.bin"), OnExists::Ask);
    client.failed("/b.bin");
}

#[test]
fn a_lost_session_comes_back_with_the_site_as_it_was_edited() {
    let server = Server::start(&[("/a.txt", b"a\r\n")]);
    let folder = tempfile::tempdir().unwrap();
    let mut client = Client::moored(&server);
    client
        .engine
        .send(Command::SaveSettings { was: None, settings: Box::new(Settings { reconnect: false, ..Settings::default() }) });
    client.hear("that it does not come back", |body| matches!(body, EventBody::Settings(now) if !now.reconnect).then_some(()));
    server.cut(0, "421 Bye.");
    client.until("stranded", |client| matches!(client.session.phase, Phase::Stranded { .. }).then_some(()));
    edit(&mut client, |site| site.text_files = "*.txt".into());
    client.engine.send(Command::ReconnectNow);
    client.moor();
    client.get("/a.txt", &folder.path().join("a.txt"), OnExists::Ask);
    client.done("/a.txt");
    assert_eq!(server.count("TYPE A"), 1);
}

#[test]
fn the_data_of_another_connection_are_not_taken_over_but_its_transfers_are() {
    let server = Server::start(&[("/a.txt", b"a\r\n")]);
    let mut client = Client::moored(&server);
    let mut site = client.session.site.clone().unwrap();
    (site.host, site.user, site.text_files) = ("elsewhere.example".into(), "bob".into(), "*.txt".into());
    let tree = SiteTree { sites: vec![site], ..SiteTree::default() };
    client.engine.send(Command::SaveSites { was: None, tree: Box::new(tree) });
    let shown = client.until("the edit", |client| client.session.site.clone().filter(|site| !site.text_files.is_empty()));
    assert_eq!((shown.host.as_str(), shown.user.as_str()), ("127.0.0.1", "anna"));
}

#[test]
fn a_zone_that_is_stated_in_between_holds_for_the_next_listing() {
    let server = Server::start(&[("/f", b"1234")]);
    server.with(|shelf| (shelf.time, shelf.list_ahead) = ("20261120120000".into(), Some(3600)));
    let mut client = Client::moored(&server);
    let time = |client: &mut Client| client.listing("/").entries[0].modified.unwrap().at;
    let measured = time(&mut client);
    edit(&mut client, |site| site.list_ahead_seconds = Some(5400));
    client.engine.send(Command::OpenRemote { path: path("/") });
    assert_eq!(time(&mut client), measured - SignedDuration::from_mins(30));
    // Taken back, what was measured is known again.
    edit(&mut client, |site| site.list_ahead_seconds = None);
    client.engine.send(Command::OpenRemote { path: path("/") });
    assert_eq!(time(&mut client), measured);
}

#[test]
fn another_number_of_transfers_at_the_same_time_holds_at_once() {
    let names: Vec<String> = (0..12).map(|number| format!("/{number:02}")).collect();
    let files: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), &b"small"[..])).collect();
    let server = Server::start(&files);
    server.with(|shelf| shelf.stall = Some(2));
    let folder = tempfile::tempdir().unwrap();
    let choose = |client: &Client, connections| {
        let settings = Settings { connections, ..Settings::default() };
        client.engine.send(Command::SaveSettings { was: None, settings: Box::new(settings) });
    };
    let mut client = Client::forgetful();
    choose(&client, 1);
    client.connect(server.port());
    client.moor();
    for name in &names {
        client.get(name, &folder.path().join(&name[1..]), OnExists::Ask);
    }
    server.until(|shelf| shelf.stalled == 1);
    assert_eq!(client.session.connection_budget, 2);
    choose(&client, 5);
    server.until(|shelf| shelf.stalled == 5);
    choose(&client, 2);
    client.until("fewer", |client| (client.session.connection_budget == 3).then_some(()));
    assert_eq!(server.with(|shelf| shelf.stalled), 5, "a file that moves was stopped");
    server.with(|shelf| shelf.stall = None);
    server.until(|shelf| shelf.logged_in == 3);
    all_done(&mut client, names.len());
    // The site's own number goes before the settings'.
    server.with(|shelf| shelf.stall = Some(2));
    edit(&mut client, |site| site.connections = 4);
    for name in &names {
        client.get(name, &folder.path().join(format!("again{}", &name[1..])), OnExists::Ask);
    }
    server.until(|shelf| shelf.stalled == 4);
    server.with(|shelf| shelf.stall = None);
    all_done(&mut client, 2 * names.len());
}
