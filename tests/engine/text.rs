//! Files that a site wants moved as text.

use super::*;
use moorline::model::transfer::Form;

/// A session with a site that moves text as text.
fn moored(server: &Server) -> Client {
    let mut client = Client::forgetful();
    let mut site = site(server.port());
    site.text_files = "*.txt;*.html".into();
    client.connect_to(site, Some("secret"));
    client.moor();
    client
}

#[test]
fn text_is_sent_with_long_line_ends_and_kept_with_short_ones() {
    let long: Vec<u8> = "a line of text\n".repeat(60_000).into_bytes();
    let table: [(&str, Vec<u8>, Vec<u8>); 7] = [
        ("short", b"one\ntwo\n".to_vec(), b"one\ntwo\n".to_vec()),
        ("long", b"one\r\ntwo\r\n".to_vec(), b"one\ntwo\n".to_vec()),
        ("mixed", b"one\ntwo\r\nthree".to_vec(), b"one\ntwo\nthree".to_vec()),
        ("lone", b"one\rtwo\r".to_vec(), b"one\rtwo\r".to_vec()),
        ("open", b"no last end".to_vec(), b"no last end".to_vec()),
        ("empty", Vec::new(), Vec::new()),
        ("large", long.clone(), long),
    ];
    let server = Server::start(&[]);
    let folder = tempfile::tempdir().unwrap();
    let mut client = moored(&server);
    for (name, text, kept) in table {
        let local = folder.path().join(format!("{name}.txt"));
        fs::write(&local, &text).unwrap();
        let remote = format!("/{name}.txt");
        client.put(&local, &remote, OnExists::Ask);
        client.done(&remote);
        assert!(server.file(&remote).unwrap() == kept, "{name}");
        assert_eq!(client.row(&remote, |_| true).form, Form::Text);
        let back = folder.path().join(format!("{name}.back.txt"));
        client.engine.send(Command::ClearDone);
        client.until("cleared", |client| client.rows().is_empty().then_some(()));
        client.get(&remote, &back, OnExists::Ask);
        client.done(&remote);
        assert!(fs::read(&back).unwrap() == kept, "{name} came back");
        client.engine.send(Command::ClearDone);
        client.until("cleared", |client| client.rows().is_empty().then_some(()));
    }
    assert!(server.count("TYPE A") <= 14, "a needless TYPE");
}

#[test]
fn what_looks_like_no_text_is_moved_as_it_is_and_says_so() {
    let data = [b"\x89PNG\r\n\x1a\n\0".to_vec(), bytes(100_000)].concat();
    let server = Server::start(&[("/down.txt", &data), ("/small.txt", b"a\0\r\n\n")]);
    let folder = tempfile::tempdir().unwrap();
    let (up, down, small) = (folder.path().join("up.txt"), folder.path().join("down.txt"), folder.path().join("small.txt"));
    fs::write(&up, &data).unwrap();
    let mut client = moored(&server);
    client.put(&up, "/up.txt", OnExists::Ask);
    client.get("/down.txt", &down, OnExists::Ask);
    client.get("/small.txt", &small, OnExists::Ask);
    for name in ["/up.txt", "/down.txt", "/small.txt"] {
        client.done(name);
        assert_eq!(client.row(name, |_| true).form, Form::LooksBinary, "{name}");
    }
    assert!(server.file("/up.txt").unwrap() == data);
    assert!(fs::read(&down).unwrap() == data);
    assert_eq!(fs::read(&small).unwrap(), b"a\0\r\n\n");
    assert_eq!(names(folder.path()), ["down.txt", "small.txt", "up.txt"]);
}

#[test]
fn other_names_and_other_sites_know_no_text() {
    let server = Server::start(&[("/a.css", b"a\r\n")]);
    let folder = tempfile::tempdir().unwrap();
    let mut client = moored(&server);
    client.get("/a.css", &folder.path().join("a.css"), OnExists::Ask);
    client.done("/a.css");
    assert_eq!(fs::read(folder.path().join("a.css")).unwrap(), b"a\r\n");
    assert_eq!(server.count("TYPE A"), 0);
    assert_eq!(client.row("/a.css", |_| true).form, Form::Binary);
}

#[test]
fn a_file_on_the_server_that_mixes_line_ends_is_fetched_as_it_is() {
    let mixed = b"one\ntwo\r\nthree\n";
    let server = Server::start(&[("/mixed.txt", mixed)]);
    let folder = tempfile::tempdir().unwrap();
    let mut client = moored(&server);
    client.get("/mixed.txt", &folder.path().join("mixed.txt"), OnExists::Ask);
    client.done("/mixed.txt");
    assert_eq!(fs::read(folder.path().join("mixed.txt")).unwrap(), mixed);
    assert_eq!(client.row("/mixed.txt", |_| true).form, Form::Mixed);
    assert_eq!(names(folder.path()), ["mixed.txt"], "what came as text is left");
}

#[test]
fn text_is_proven_by_its_size_on_the_wire_or_by_lines_and_by_no_other() {
    // 8 bytes as it is kept, 10 on the wire.
    for (size, proven) in [(8, true), (10, true), (9, false)] {
        let server = Server::start(&[]);
        let folder = tempfile::tempdir().unwrap();
        let local = folder.path().join("a.txt");
        fs::write(&local, b"one\ntwo\n").unwrap();
        server.with(|shelf| shelf.size_lie = Some(size));
        let mut client = moored(&server);
        client.put(&local, "/a.txt", OnExists::Ask);
        match client.ended("/a.txt") {
            TransferState::Done(_) => assert!(proven, "{size}"),
            TransferState::Failed(problem) => assert_eq!((proven, problem.kind), (false, ProblemKind::Unproven), "{size}"),
            state => panic!("{state:?}"),
        }
    }
}

#[test]
fn text_is_never_resumed() {
    let text = "line\n".repeat(50_000).into_bytes();
    let server = Server::start(&[("/a.txt", &text[..1000])]);
    let folder = tempfile::tempdir().unwrap();
    let local = folder.path().join("a.txt");
    fs::write(&local, &text).unwrap();
    let mut client = moored(&server);
    client.put(&local, "/a.txt", OnExists::Resume);
    client.done("/a.txt");
    assert!(server.file("/a.txt").unwrap() == text);
    assert_eq!(server.count("REST"), 0);
}
