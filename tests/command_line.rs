//! The program itself, without a window, against the practice server: what it copies, what it prints, how it exits.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod support;
#[path = "command_line/then.rs"]
mod then;

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use moorline::model::settings::Settings;
use moorline::practice::Practice;
use moorline::store::places::Places;
use serde_json::Value;
use support::shelf::Server;

/// A practice server, and a folder for what comes from it and for the program's own files.
struct Harbour {
    practice: Practice,
    folder: tempfile::TempDir,
}

impl Harbour {
    fn open() -> Self {
        Self { practice: Practice::start().unwrap(), folder: tempfile::tempdir().unwrap() }
    }

    /// The address with a path behind it.
    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.practice.address())
    }

    fn command(&self, arguments: &[&str]) -> Command {
        command_in(self.folder.path(), self.practice.password(), arguments)
    }

    /// Runs the program; the exit status must be `status`.
    fn run(&self, status: i32, arguments: &[&str]) -> Output {
        check(status, arguments, self.command(arguments).output().unwrap())
    }

    fn json(&self, status: i32, arguments: &[&str]) -> Vec<Value> {
        let output = self.run(status, arguments);
        String::from_utf8(output.stdout).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

/// The same over a server in memory, in which a test switches faults on.
struct Berth {
    port: u16,
    folder: tempfile::TempDir,
}

impl Berth {
    fn at(server: &Server) -> Self {
        Self { port: server.port(), folder: tempfile::tempdir().unwrap() }
    }

    fn url(&self, path: &str) -> String {
        format!("ftp://anna@127.0.0.1:{}/{path}", self.port)
    }

    fn command(&self, arguments: &[&str]) -> Command {
        command_in(self.folder.path(), "secret", arguments)
    }

    fn run(&self, status: i32, arguments: &[&str]) -> Output {
        check(status, arguments, self.command(arguments).output().unwrap())
    }
}

fn command_in(folder: &Path, password: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_moorline"));
    command.args(arguments).current_dir(folder).stdin(Stdio::null());
    command.env("MOORLINE_HOME", folder.join(".moorline")).env("MOORLINE_PASSWORD", password);
    command.env_remove("DBUS_SESSION_BUS_ADDRESS").env_remove("XDG_RUNTIME_DIR");
    command
}

fn check(status: i32, arguments: &[&str], output: Output) -> Output {
    assert_eq!(output.status.code(), Some(status), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    output
}

fn text(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn errors(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// All files below a folder with their content; folders end with a slash.
fn tree(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().into_string().unwrap();
        if entry.path().is_dir() {
            found.extend(tree(&entry.path()).into_iter().map(|(below, bytes)| (format!("{name}/{below}"), bytes)));
            found.insert(format!("{name}/"), Vec::new());
        } else {
            found.insert(name, fs::read(entry.path()).unwrap());
        }
    }
    found
}

#[test]
fn a_tree_comes_and_goes_unchanged() {
    let harbour = Harbour::open();
    let (local, remote) = (harbour.folder.path(), harbour.practice.folder());
    let original = tree(remote);
    assert!(original.len() > 1000);
    harbour.run(0, &["get", "--quiet", &harbour.url(""), "all"]);
    assert_eq!(tree(&local.join("all")), original);
    harbour.run(0, &["put", "--quiet", "--connections", "4", "all", &harbour.url("back")]);
    assert_eq!(tree(&remote.join("back")), original);
    // The same once more finds a folder there, and goes into it.
    harbour.run(0, &["put", "--quiet", "all/docs", &harbour.url("back")]);
    assert_eq!(tree(&remote.join("back/docs")), tree(&local.join("all/docs")));
    assert!(!tree(&local.join("all")).keys().any(|name| name.ends_with(".part")));
}

#[test]
fn targets_are_named_as_cp_names_them() {
    let harbour = Harbour::open();
    let (local, remote) = (harbour.folder.path(), harbour.practice.folder());
    let readme = fs::read(remote.join("docs/README.md")).unwrap();
    for (target, lands) in [("new.md", "new.md"), (".", "README.md"), ("made/deep/", "made/deep/README.md")] {
        harbour.run(0, &["get", &harbour.url("docs/README.md"), target]);
        assert_eq!(fs::read(local.join(lands)).unwrap(), readme);
    }
    for (target, lands) in [("new.md", "new.md"), ("photos", "photos/README.md"), ("made/deep/", "made/deep/README.md")] {
        harbour.run(0, &["put", "README.md", &harbour.url(target)]);
        assert_eq!(fs::read(remote.join(lands)).unwrap(), readme);
    }
    harbour.run(0, &["put", "made/.", &harbour.url("dotted")]);
    assert_eq!(tree(&remote.join("dotted")), tree(&local.join("made")));
}

#[test]
fn lists_are_json_lines_or_columns() {
    let harbour = Harbour::open();
    let rows = harbour.json(0, &["ls", "--json", &harbour.url("docs")]);
    let names: Vec<&str> = rows.iter().map(|row| row["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["Ein Ordner mit Lücke", "README.md", "Tide table 2026 (draft).txt", "Übersicht Häfen.txt"]);
    assert_eq!((&rows[0]["kind"], &rows[1]["kind"]), (&Value::from("dir"), &Value::from("file")));
    assert_eq!(rows[1]["size"], fs::metadata(harbour.practice.folder().join("docs/README.md")).unwrap().len());
    for key in ["name", "kind", "size", "modified", "mode", "owner", "group", "target"] {
        assert!(rows[1].get(key).is_some(), "{key}");
    }
    let one = harbour.run(0, &["ls", &harbour.url("docs/README.md")]);
    assert!(String::from_utf8(one.stdout).unwrap().ends_with("README.md\n"));
    let missing = harbour.run(1, &["ls", &harbour.url("nowhere")]);
    assert!(errors(&missing).contains("550 "), "{}", errors(&missing));
}

#[test]
fn finished_items_and_a_summary_are_json_lines() {
    let harbour = Harbour::open();
    let lines = harbour.json(0, &["get", "--json", &harbour.url("www/css"), "css"]);
    let files: Vec<&Value> = lines.iter().filter(|line| line["kind"] == "file").collect();
    assert_eq!(files.len(), 1);
    assert_eq!((&files[0]["status"], &files[0]["path"]), (&Value::from("done"), &path_of(&harbour, "css/style.css")));
    assert_eq!(files[0]["proof"]["bytes"], files[0]["bytes"]);
    let summary = lines.last().unwrap();
    assert_eq!((&summary["summary"], &summary["complete"], &summary["done"]), (&true.into(), &true.into(), &1.into()));

    let lines = harbour.json(0, &["get", "--json", "--on-exists", "skip", &harbour.url("www/css/style.css"), "css"]);
    assert_eq!((&lines[0]["status"], &lines[1]["skipped"]), (&Value::from("skipped"), &1.into()));

    let lines = harbour.json(1, &["get", "--json", &harbour.url("nowhere"), "x"]);
    assert_eq!((&lines[0]["status"], &lines[1]["failed"]), (&Value::from("failed"), &1.into()));
    assert!(lines[0]["problem"]["server"].as_str().unwrap().starts_with("550"), "{}", lines[0]);
}

/// A path below the harbour's folder as the program names it.
fn path_of(harbour: &Harbour, path: &str) -> Value {
    let folder = fs::canonicalize(harbour.folder.path()).unwrap();
    folder.join(path).to_str().unwrap().into()
}

#[test]
fn each_kind_of_failure_has_its_exit_status() {
    let harbour = Harbour::open();
    let output = harbour.run(1, &["get", &harbour.url("nowhere"), "x"]);
    assert!(errors(&output).contains("/nowhere"), "{}", errors(&output));
    for wrong in [&["get", "ftp://h/"][..], &["ls", "sftp://h/"], &["ls", "no such site"], &["ls", "ftp://h/a%0d%0ab"]] {
        let output = harbour.run(2, wrong);
        assert!(!output.stderr.is_empty());
    }
    // A port that was free a moment ago.
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    harbour.run(3, &["ls", &format!("ftp://{closed}/")]);
    harbour.run(3, &["ls", &harbour.url("").replace("ftp:", "ftpes:")]);
    harbour.run(4, &["put", "nowhere", &harbour.url("")]);
    harbour.run(4, &["get", &harbour.url("docs"), "no/such/folder"]);
}

#[test]
fn passwords_come_from_where_they_should() {
    let harbour = Harbour::open();
    let url = harbour.url("");
    let without = |arguments: &[&str]| {
        let mut command = harbour.command(arguments);
        command.env_remove("MOORLINE_PASSWORD");
        command
    };
    let output = check(3, &["none"], without(&["ls", &url]).output().unwrap());
    assert!(errors(&output).contains("--password-stdin"), "{}", errors(&output));
    let output = check(3, &["wrong"], without(&["ls", &url]).env("MOORLINE_PASSWORD", "wrong").output().unwrap());
    assert!(errors(&output).contains("530 "), "{}", errors(&output));

    let mut child = without(&["ls", "--password-stdin", &url])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    writeln!(child.stdin.take().unwrap(), "{}", harbour.practice.password()).unwrap();
    check(0, &["piped"], child.wait_with_output().unwrap());

    let in_url = url.replace("practice@", "practice:practice@");
    let output = check(0, &["in the address"], without(&["ls", &in_url]).output().unwrap());
    assert!(errors(&output).contains("warning"), "{}", errors(&output));
    check(0, &["anonymous"], without(&["ls", &url.replace("practice@", "")]).output().unwrap());
}

#[test]
fn a_saved_site_stands_for_its_address() {
    let harbour = Harbour::open();
    let address = harbour.practice.address();
    let port = url_port(&address);
    let config = harbour.folder.path().join(".moorline/config");
    fs::create_dir_all(&config).unwrap();
    let site = format!(
        "[[site]]\nid = \"1\"\nname = \"My site\"\nhost = \"127.0.0.1\"\nport = {port}\nencryption = \"plain\"\n\
         user = \"practice\"\nremote-folder = \"www\"\n"
    );
    fs::write(config.join("sites.toml"), site).unwrap();
    for (target, file) in [("My site", "index.html"), ("my site:css", "style.css"), ("My site:/docs", "README.md")] {
        let rows = harbour.json(0, &["ls", "--json", target]);
        assert!(rows.iter().any(|row| row["name"] == file), "{target}: {rows:?}");
    }
}

fn url_port(address: &str) -> &str {
    address.trim_end_matches('/').rsplit(':').next().unwrap()
}

#[test]
fn a_tree_without_files_ends_and_says_that_the_folder_is_there() {
    let harbour = Harbour::open();
    let (local, remote) = (harbour.folder.path(), harbour.practice.folder());
    fs::create_dir_all(local.join("empty")).unwrap();
    fs::create_dir_all(local.join("nested/below/further")).unwrap();
    fs::create_dir_all(remote.join("bare/below")).unwrap();
    for arguments in
        [&["put", "empty", &harbour.url("")][..], &["put", "nested", &harbour.url("")], &["get", &harbour.url("bare"), "."]]
    {
        let output = harbour.run(0, arguments);
        assert!(errors(&output).contains("The folder is there; it had no files in it."), "{arguments:?}: {}", errors(&output));
    }
    assert!(remote.join("empty").is_dir() && remote.join("nested/below/further").is_dir() && local.join("bare/below").is_dir());
    // Once more, when it is there.
    let lines = harbour.json(0, &["put", "--json", "nested", &harbour.url("")]);
    assert_eq!(lines.len(), 1);
    assert_eq!((&lines[0]["complete"], &lines[0]["empty_folders"], &lines[0]["done"]), (&true.into(), &1.into(), &0.into()));
}

#[test]
fn a_choice_that_decides_nothing_fails_the_file_and_the_others_go_on() {
    let server = Server::start(&[("/a/f", b"theirs")]);
    server.with(|shelf| shelf.unknown = vec!["MDTM"]);
    let berth = Berth::at(&server);
    fs::create_dir(berth.folder.path().join("a")).unwrap();
    fs::write(berth.folder.path().join("a/f"), b"ours").unwrap();
    fs::write(berth.folder.path().join("a/new"), b"new").unwrap();
    let output = berth.run(1, &["put", "--on-exists", "newer", "a/f", &berth.url("a/f")]);
    let said = errors(&output);
    assert!(said.contains("the time of the one that is there is not known"), "{said}");
    assert!(said.contains("--on-exists skip, overwrite, size, newer-or-size or rename"), "{said}");
    assert!(said.contains("1 failed."), "{said}");
    assert_eq!(server.file("/a/f").unwrap(), b"theirs");
    // What would decide does, and what need not be decided goes on.
    server.with(|shelf| shelf.listing_lie = Some(4));
    berth.run(0, &["put", "--on-exists", "size", "a/f", &berth.url("a/f")]);
    berth.run(0, &["put", "--on-exists", "newer", "a/new", &berth.url("a/new")]);
    assert_eq!((server.file("/a/f").unwrap(), server.file("/a/new").unwrap()), (b"ours".to_vec(), b"new".to_vec()));
}

#[cfg(unix)]
#[test]
fn what_is_left_out_of_a_folder_is_said_and_counted() {
    use std::os::unix::fs::symlink;
    let harbour = Harbour::open();
    let (local, remote) = (harbour.folder.path(), harbour.practice.folder());
    let tree = local.join("tree");
    fs::create_dir_all(tree.join("folder")).unwrap();
    fs::write(tree.join("file"), b"1").unwrap();
    symlink(tree.join("file"), tree.join("link to the file")).unwrap();
    symlink(&tree, tree.join("up again")).unwrap();
    symlink("nowhere", tree.join("broken")).unwrap();
    let _socket = std::os::unix::net::UnixListener::bind(tree.join("socket")).unwrap();
    let output = harbour.run(0, &["put", "tree", &harbour.url("")]);
    let said = errors(&output);
    for line in [
        "up again: left out: a link to a folder is not followed",
        "broken: left out: a link that leads to nothing",
        "socket: left out: neither a file nor a folder",
        "2 files arrived and proven, 2 B, 3 left out.",
    ] {
        assert!(said.contains(line), "{line}: {said}");
    }
    assert_eq!(said.lines().count(), 4, "{said}");
    assert_eq!(tree_names(&remote.join("tree")), ["file", "folder/", "link to the file"]);
    let output = harbour.run(0, &["put", "--quiet", "tree", &harbour.url("quiet")]);
    assert_eq!(errors(&output), "");
    let lines = harbour.json(0, &["put", "--json", "tree", &harbour.url("json")]);
    let reasons: Vec<&str> = lines.iter().filter_map(|line| line["reason"].as_str()).collect();
    let reasons: std::collections::BTreeSet<&str> = reasons.into_iter().collect();
    assert_eq!(reasons, ["broken-link", "link-to-folder", "no-file"].into());
    assert_eq!((&lines.last().unwrap()["left_out"], &lines.last().unwrap()["skipped"]), (&3.into(), &0.into()));
    // A name that cannot be sent is no omission on purpose.
    fs::write(tree.join("two\nlines"), b"1").unwrap();
    let output = harbour.run(1, &["put", "tree", &harbour.url("failed")]);
    assert!(errors(&output).contains("cannot be sent"), "{}", errors(&output));
}

#[cfg(target_os = "linux")]
#[test]
fn what_is_no_file_is_refused_before_a_connection_is_made() {
    use rustix::fs::{CWD, FileType, Mode, mknodat};
    let server = Server::start(&[]);
    let berth = Berth::at(&server);
    mknodat(CWD, berth.folder.path().join("pipe"), FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).unwrap();
    for name in ["pipe", "/dev/zero"] {
        let output = berth.run(4, &["put", name, &berth.url("sent")]);
        let words = format!("“{name}” was not sent: it is neither a file nor a folder.");
        assert!(errors(&output).contains(&words), "{}", errors(&output));
    }
    assert_eq!(server.count("USER"), 0);
}

#[test]
fn what_is_left_out_of_a_folder_of_the_server_is_said_and_counted() {
    let server = Server::start(&[("/a/f", b"1"), ("/b/f", b"2")]);
    server.with(|shelf| {
        let rows = ["type=OS.unix=slink:/b; b", "type=OS.unix=chr-8/1; tty"];
        shelf.rows = rows.iter().map(|row| format!("{row}\r\n").into_bytes()).collect();
        // Where the link leads.
        shelf.hidden_folders.insert("/a/b".into());
    });
    let berth = Berth::at(&server);
    let output = berth.run(0, &["get", &berth.url("a"), "."]);
    let said = errors(&output);
    for line in [
        "/a/b: left out: a link to a folder is not followed",
        "/a/tty: left out: neither a file nor a folder",
        "1 file arrived and proven, 1 B, 2 left out.",
    ] {
        assert!(said.contains(line), "{line}: {said}");
    }
    assert_eq!(tree_names(&berth.folder.path().join("a")), ["f"]);
}

#[test]
fn what_is_excluded_stays_behind_in_folders_both_ways_and_is_counted() {
    let server = Server::start(&[("/there/f", b"1"), ("/there/x.tmp", b"1"), ("/there/cache/y", b"1"), ("/there/my file", b"1")]);
    let berth = Berth::at(&server);
    let here = berth.folder.path().join("here");
    fs::create_dir_all(here.join("cache")).unwrap();
    for name in ["f", "x.tmp", "cache/y", "my_file"] {
        fs::write(here.join(name), b"1").unwrap();
    }
    let exclude = ["--exclude", "*.TMP", "--exclude", "cache/", "--exclude", "my file"];
    let with = |command: &[&str]| [&command[..1], &exclude, &command[1..]].concat().iter().map(|word| (*word).to_owned()).collect();
    let run = |status, command: Vec<String>| berth.run(status, &command.iter().map(String::as_str).collect::<Vec<_>>());
    let said = errors(&run(0, with(&["put", "here", &berth.url("sent")])));
    for line in
        ["x.tmp: left out: for its name", "cache: left out: for its name", "2 files arrived and proven, 2 B, 2 left out by name."]
    {
        assert!(said.contains(line), "{line}: {said}");
    }
    let there = |folder: &str| server.with(|shelf| shelf.files.keys().filter(|path| path.starts_with(folder)).cloned().collect());
    let sent: Vec<String> = there("/sent");
    assert_eq!(sent, ["/sent/f", "/sent/my_file"]);
    let said = errors(&run(0, with(&["get", &berth.url("there"), "."])));
    assert!(said.contains("1 file arrived and proven, 1 B, 3 left out by name."), "{said}");
    assert_eq!(tree_names(&berth.folder.path().join("there")), ["f"]);
    // A file that is named is one that is wanted.
    run(0, with(&["put", "here/x.tmp", &berth.url("x.tmp")]));
    assert!(server.file("/x.tmp").is_some());
    // A comparison does not miss it, and says so.
    let output = run(0, with(&["verify", "here", &berth.url("sent")]));
    assert!(text(&output).contains("2 items were left out by name."), "{}", text(&output));
    let output = run(1, vec!["verify".into(), "here".into(), berth.url("sent")]);
    assert!(text(&output).contains("only-here"), "{}", text(&output));
    let output = run(0, with(&["put", "--json", "here", &berth.url("json")]));
    let summary: Value = serde_json::from_str(text(&output).lines().last().unwrap()).unwrap();
    assert_eq!((&summary["left_out"], &summary["filtered"], &summary["skipped"]), (&2.into(), &2.into(), &0.into()));
    // What the settings say holds until something else is said here.
    let settings = Settings { leave_out: vec!["f".into()], ..Settings::default() };
    let places = Places::in_folder(&berth.folder.path().join(".moorline"));
    moorline::store::settings::save(&places, &settings).unwrap();
    for (line, left) in [(&["put"][..], 1), (&["put", "--exclude", ""], 0)] {
        let url = berth.url(&format!("settings{left}"));
        let said = errors(&berth.run(0, &[line, &["here", &url]].concat()));
        assert_eq!(said.contains("1 left out by name"), left == 1, "{said}");
    }
}

/// The names of what is below a folder.
fn tree_names(folder: &Path) -> Vec<String> {
    tree(folder).into_keys().collect()
}

/// Runs until `is_so`, then kills it; what the server still held for it is through when this returns.
fn killed(berth: &Berth, server: &Server, arguments: &[&str], is_so: impl Fn() -> bool) {
    server.with(|shelf| shelf.stall = Some(100_000));
    let mut child = berth.command(arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    server.until(|shelf| shelf.stalled > 0);
    let deadline = Instant::now() + Duration::from_secs(60);
    while !is_so() {
        assert!(Instant::now() < deadline, "{arguments:?} never got there");
        std::thread::yield_now();
    }
    child.kill().unwrap();
    child.wait().unwrap();
    server.with(|shelf| shelf.stall = None);
    server.until(|shelf| shelf.logged_in == 0);
}

/// The names in the folder that the program runs in, its own files left out.
fn names(berth: &Berth) -> Vec<String> {
    let names = fs::read_dir(berth.folder.path()).unwrap().map(|row| row.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = names.filter(|name| name != ".moorline").collect();
    names.sort();
    names
}

/// What the program noted for the next one.
fn notes(berth: &Berth) -> Vec<String> {
    let rows = fs::read_dir(berth.folder.path().join(".moorline/state")).unwrap();
    let names = rows.map(|row| row.unwrap().file_name().into_string().unwrap());
    names.filter(|name| name.starts_with("under-way-")).collect()
}

#[test]
fn downloads_that_were_killed_stand_in_no_ones_way() {
    let whole = vec![7; 400_000];
    let server = Server::start(&[("/big", &whole)]);
    let berth = Berth::at(&server);
    let (big, url) = (berth.folder.path().join("big"), berth.url("big"));
    let part = |name: &str| fs::metadata(berth.folder.path().join(name)).is_ok_and(|facts| facts.len() > 0);
    // Without a time of their own files cannot be told from each other: then each run takes a free name.
    let tells_files_apart = fs::metadata(berth.folder.path()).unwrap().created().is_ok();
    for _ in 0..3 {
        killed(&berth, &server, &["get", &url, "."], || part("big.part"));
        assert!(!tells_files_apart || names(&berth) == ["big.part"], "{:?}", names(&berth));
    }
    berth.run(0, &["get", &url, "."]);
    assert!(fs::read(&big).unwrap() == whole);
    assert!(!tells_files_apart || (names(&berth) == ["big"] && notes(&berth).is_empty()), "{:?}", names(&berth));

    // A stranger's file is never touched, whatever it is called.
    fs::remove_file(&big).unwrap();
    for name in ["big.part", "big.1.part"] {
        fs::write(berth.folder.path().join(name), "theirs").unwrap();
    }
    killed(&berth, &server, &["get", &url, "."], || part("big.1.2.part"));
    berth.run(0, &["get", &url, "."]);
    assert!(fs::read(&big).unwrap() == whole);
    for name in ["big.part", "big.1.part"] {
        assert_eq!(fs::read(berth.folder.path().join(name)).unwrap(), b"theirs");
    }
    assert!(!tells_files_apart || names(&berth) == ["big", "big.1.part", "big.part"], "{:?}", names(&berth));
}

#[test]
fn an_upload_that_was_killed_leaves_nothing_once_the_next_one_is_through() {
    let server = Server::start(&[("/d/f", b"old"), ("/d/theirs.part", b"theirs")]);
    let berth = Berth::at(&server);
    fs::write(berth.folder.path().join("f"), vec![7; 400_000]).unwrap();
    fs::write(berth.folder.path().join("small"), b"small").unwrap();
    let put = ["put", "--connections", "1", "--on-exists", "overwrite", "f", &berth.url("d/f")];
    let remote = || server.with(|shelf| shelf.files.keys().cloned().collect::<Vec<_>>());
    for _ in 0..2 {
        killed(&berth, &server, &put, || server.file("/d/f.part").is_some());
        assert_eq!(
            (remote(), server.file("/d/f").unwrap()),
            (vec!["/d/f".into(), "/d/f.part".into(), "/d/theirs.part".into()], b"old".to_vec())
        );
    }
    // The next run cleans up, also one about something else.
    berth.run(0, &["put", "--connections", "1", "small", &berth.url("d/small")]);
    assert_eq!(remote(), ["/d/f", "/d/small", "/d/theirs.part"]);
    killed(&berth, &server, &put, || server.file("/d/f.part").is_some());
    berth.run(0, &put);
    assert_eq!(remote(), ["/d/f", "/d/small", "/d/theirs.part"]);
    assert_eq!(server.file("/d/f").unwrap().len(), 400_000);
    assert_eq!(notes(&berth), Vec::<String>::new());
}

#[test]
fn programs_that_run_at_once_leave_each_others_temporary_files_alone() {
    let server = Server::start(&[("/d/f", b"old"), ("/d/g", b"old")]);
    let berth = Berth::at(&server);
    fs::write(berth.folder.path().join("f"), vec![7; 400_000]).unwrap();
    fs::write(berth.folder.path().join("small"), b"small").unwrap();
    server.with(|shelf| shelf.stall = Some(100_000));
    let put = ["put", "--on-exists", "overwrite", "f", &berth.url("d/f")];
    let first = berth.command(&put).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    server.until(|shelf| shelf.stalled == 1);
    // Others come and go, to the same target too, and all of them clean up.
    for target in ["d/g", "d/f"] {
        berth.run(0, &["put", "--connections", "1", "--on-exists", "overwrite", "small", &berth.url(target)]);
        assert!(server.file("/d/f.part").is_some(), "{target}");
    }
    assert_eq!(server.file("/d/f").unwrap(), b"small");
    server.with(|shelf| shelf.stall = None);
    check(0, &put, first.wait_with_output().unwrap());
    assert_eq!(server.file("/d/f").unwrap().len(), 400_000);
    assert_eq!(server.with(|shelf| shelf.files.keys().cloned().collect::<Vec<_>>()), ["/d/f", "/d/g"]);
    assert_eq!(notes(&berth), Vec::<String>::new());
}
