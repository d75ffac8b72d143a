//! Names that are left out of folders: both ways, counted, by the site or the settings, and not missed by a comparison.

use moorline::model::verify::{Finding, Pair, Verification};

use super::*;

const TYPED: [&str; 4] = [".ds_store", "*.tmp", "node_modules/", "*~"];

fn leaving_out(server: &Server, patterns: &[&str]) -> Client {
    let mut client = Client::forgetful();
    let mut site = site(server.port());
    site.leave_out = Some(patterns.iter().map(|pattern| (*pattern).to_owned()).collect());
    client.connect_to(site, Some("secret"));
    client.moor();
    client
}

/// Until nothing waits; the rows that were left out by name, by their path on the server.
fn left_out(client: &mut Client) -> Vec<String> {
    client.until("through", |client| {
        let summary = client.engine.queue().summary();
        (!summary.is_pending() && summary.done > 0).then_some(())
    });
    let is_so = |row: &TransferRow| row.state == TransferState::Skipped(SkipReason::Filter);
    let rows = client.rows().into_iter().filter(is_so);
    let mut paths: Vec<String> = rows.map(|row| row.remote.to_string()).collect();
    paths.sort();
    assert_eq!(client.engine.queue().summary().filtered, paths.len());
    paths
}

fn said(client: &mut Client) -> String {
    client.hear("what was left out", |body| match body {
        EventBody::Notice(words) if words.contains("left out") => Some(words.clone()),
        _ => None,
    })
}

#[test]
fn an_upload_of_a_folder_leaves_out_what_fits_at_every_depth() {
    let server = Server::start(&[]);
    let folder = tempfile::tempdir().unwrap();
    // A folder that was chosen by hand goes, whatever its name is.
    let tree = folder.path().join("node_modules");
    for name in ["src", "src/node_modules", "src/node_modules/deep", "a.tmp"] {
        fs::create_dir_all(tree.join(name)).unwrap();
    }
    for name in ["index.html", ".DS_Store", "src/main.js", "src/x.TMP", "src/notes~", "src/node_modules/deep/lib.js", "a.tmp/in it"]
    {
        fs::write(tree.join(name), b"1").unwrap();
    }
    let mut client = leaving_out(&server, &TYPED);
    client.put(&tree, "/up", OnExists::Ask);
    let expected = ["/up/.DS_Store", "/up/a.tmp", "/up/src/node_modules", "/up/src/notes~", "/up/src/x.TMP"];
    assert_eq!(left_out(&mut client), expected);
    let there: Vec<String> = server.with(|shelf| shelf.files.keys().cloned().collect());
    assert_eq!(there, ["/up/index.html", "/up/src/main.js"]);
    assert_eq!((server.count("STOR"), server.count("MKD")), (2, 2), "{:#?}", client.story());
    assert_eq!(said(&mut client), "5 items were left out of folders by name; “Done” lists them.");
    // A file that was chosen by hand is one that is wanted.
    client.put(&tree.join(".DS_Store"), "/up/.DS_Store", OnExists::Ask);
    client.row("/up/.DS_Store", |row| matches!(row.state, TransferState::Done(_)));
}

#[test]
fn a_download_of_a_folder_leaves_out_what_fits_at_every_depth() {
    let server = Server::start(&[
        ("/d/index.html", b"1"),
        ("/d/Thumbs.db", b"1"),
        ("/d/node_modules/lib.js", b"1"),
        ("/d/src/main.js", b"1"),
        ("/d/src/main.js~", b"1"),
        ("/d/src/node_modules", b"a file of that name"),
    ]);
    let folder = tempfile::tempdir().unwrap();
    let local = folder.path().join("d");
    let mut client = leaving_out(&server, &["thumbs.db", "node_modules/", "*~"]);
    client.get("/d", &local, OnExists::Ask);
    assert_eq!(left_out(&mut client), ["/d/Thumbs.db", "/d/node_modules", "/d/src/main.js~"]);
    assert_eq!(
        (names(&local), names(&local.join("src"))),
        (vec!["index.html".to_owned(), "src".to_owned()], vec!["main.js".to_owned(), "node_modules".to_owned()],)
    );
    assert_eq!(server.count("RETR"), 3, "{:#?}", client.story());
    assert_eq!(said(&mut client), "3 items were left out of folders by name; “Done” lists them.");
    client.get("/d/Thumbs.db", &folder.path().join("Thumbs.db"), OnExists::Ask);
    client.row("/d/Thumbs.db", |row| matches!(row.state, TransferState::Done(_)));
}

#[test]
fn a_folder_of_nothing_else_is_through_and_says_so() {
    let server = Server::start(&[]);
    let folder = tempfile::tempdir().unwrap();
    let tree = folder.path().join("tree");
    fs::create_dir(&tree).unwrap();
    fs::write(tree.join("a.tmp"), b"1").unwrap();
    let mut client = leaving_out(&server, &TYPED);
    client.engine.send(Command::WhenDone { choice: WhenDone::Notify });
    client.put(&tree, "/up", OnExists::Ask);
    assert_eq!(left_out(&mut client), ["/up/a.tmp"]);
    assert_eq!(said(&mut client), "1 item was left out of folders by name; “Done” lists them.");
    let words = client.hear("the end", |body| if let EventBody::QueueEnded { words } = body { Some(words.clone()) } else { None });
    assert_eq!(words, "The queue is done: the folders are made, and there were no files to transfer.");
}

#[test]
fn the_settings_hold_where_the_site_says_nothing() {
    let server = Server::start(&[]);
    let folder = tempfile::tempdir().unwrap();
    let tree = folder.path().join("tree");
    fs::create_dir(&tree).unwrap();
    for name in ["a.bak", "b.txt"] {
        fs::write(tree.join(name), b"1").unwrap();
    }
    for (own, kept) in [(None, 1), (Some(Vec::new()), 2)] {
        let mut client = Client::forgetful();
        let settings = Settings { leave_out: vec!["*.bak".into()], ..Settings::default() };
        client.engine.send(Command::SaveSettings { was: None, settings: Box::new(settings) });
        client.hear("settings", |body| matches!(body, EventBody::Settings(now) if !now.leave_out.is_empty()).then_some(()));
        client.connect_to(Site { leave_out: own, ..site(server.port()) }, Some("secret"));
        client.moor();
        let target = format!("/up{kept}");
        client.put(&tree, &target, OnExists::Ask);
        assert_eq!(left_out(&mut client).len(), 2 - kept);
        let there = server.with(|shelf| shelf.files.keys().filter(|path| path.starts_with(&target)).count());
        assert_eq!(there, kept);
    }
}

fn compared(client: &mut Client, local: &Path, remote: &str) -> Arc<Verification> {
    let pairs = vec![Pair { local: local.to_owned(), remote: path(remote) }];
    client.engine.send(Command::Verify { pairs, hashes: moorline::model::checksum::HashUse::Off });
    client.hear("a comparison", |body| if let EventBody::Verified(result) = body { Some(Arc::clone(result)) } else { None })
}

#[test]
fn a_comparison_does_not_miss_what_is_left_out_and_says_how_much_that_is() {
    let server = Server::start(&[
        ("/d/same", b"1"),
        ("/d/both.tmp", b"another size"),
        ("/d/there.tmp", b"1"),
        ("/d/node_modules/lib.js", b"1"),
        ("/d/src/more", b"1"),
    ]);
    let folder = tempfile::tempdir().unwrap();
    for name in ["src/node_modules", "here.tmp"] {
        fs::create_dir_all(folder.path().join(name)).unwrap();
    }
    for name in ["same", "both.tmp", "src/more", "src/x~", "src/node_modules/lib.js", "here.tmp/in it"] {
        fs::write(folder.path().join(name), b"1").unwrap();
    }
    let mut client = leaving_out(&server, &TYPED);
    let result = compared(&mut client, folder.path(), "/d");
    let rows: Vec<_> = result.rows.iter().map(|row| row.path.as_str()).collect();
    assert_eq!(rows, ["same", "src/more"]);
    // here.tmp, both.tmp, there.tmp, node_modules, src/x~, src/node_modules
    assert_eq!((result.tally.filtered, result.tally.finds_no_difference()), (6, true));
    let sentence = result.sentence();
    assert!(sentence.starts_with("All 2 files") && sentence.ends_with(" 6 items were left out by name."), "{sentence}");
    // What was chosen by hand is compared.
    let result = compared(&mut client, &folder.path().join("both.tmp"), "/d/both.tmp");
    assert!(matches!(result.rows[..], [ref row] if matches!(row.finding, Finding::Differs(_))), "{result:?}");
    assert_eq!(result.tally.filtered, 0);
    // Without names to leave out all of it is missed.
    let mut client = leaving_out(&server, &[]);
    assert_eq!(compared(&mut client, folder.path(), "/d").tally.only_here, 3);
}
