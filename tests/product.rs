//! The command line against real servers: 600 files there and back, and what it refuses.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

#[path = "product/edits.rs"]
mod edits;
mod support;

use std::ffi::OsStr;
use std::fs;
use std::io::Write;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use support::servers::{Kind, PASSWORD, Server, Setup, Tls, on_servers};
use support::tree;

/// Everything arrived and is proven.
const PROVEN: i32 = 0;
/// Could not connect or log in.
const NOT_CONNECTED: i32 = 3;

/// Runs `moorline` with a home of its own, the password on standard input.
fn moorline<I: AsRef<OsStr>>(home: &Path, password: &str, arguments: impl IntoIterator<Item = I>) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_moorline"))
        .args(arguments)
        .arg("--password-stdin")
        .env_remove("MOORLINE_PASSWORD")
        .env("MOORLINE_HOME", home)
        .current_dir(home)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A program that ends before it reads closes the pipe; the exit code then says why.
    drop(child.stdin.take().unwrap().write_all(format!("{password}\n").as_bytes()));
    child.wait_with_output().unwrap()
}

/// Fails with all that the program said.
fn assert_exit(output: &Output, expected: i32, server: &Server) {
    assert_eq!(
        output.status.code(),
        Some(expected),
        "\n--- standard output\n{}\n--- standard error\n{}\n--- the server's log, its end\n{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
        server.log_text().lines().rev().take(40).collect::<Vec<_>>().into_iter().rev().collect::<Vec<_>>().join("\n"),
    );
}

/// 600 files in 30 folders, put and got back: what is on the server's disk and what returns are the same by hash.
fn there_and_back(server: &Server, scheme: &str) {
    let folder = tempfile::tempdir().unwrap();
    let (original, back) = (folder.path().join("original"), folder.path().join("back"));
    tree::plant(&original, 30, 600);
    let path = |path: &Path| path.display().to_string();
    let url = server.url(scheme, "the%20tree");
    let trust = ["--trust", server.fingerprint(), "--quiet"];

    let put = moorline(folder.path(), PASSWORD, [&["put", &path(&original), &url][..], &trust].concat());
    assert_exit(&put, PROVEN, server);
    tree::assert_same(&original, &server.root().join("the tree"));

    let get = moorline(folder.path(), PASSWORD, [&["get", &url, &path(&back)][..], &trust].concat());
    assert_exit(&get, PROVEN, server);
    tree::assert_same(&original, &back);
}

on_servers!(a_tree_goes_and_returns_in_clear, [Vsftpd, Proftpd, PureFtpd, Pyftpdlib], Setup::default(), |server: Server| {
    there_and_back(&server, "ftp")
});

on_servers!(
    a_tree_goes_and_returns_under_tls,
    [Vsftpd, Proftpd, PureFtpd, Pyftpdlib],
    Setup { tls: Tls::Required, ..Setup::default() },
    |server: Server| there_and_back(&server, "ftpes")
);

/// As [`there_and_back`] with sessions that data connections have to resume, in TLS 1.3: each login serves all of its files.
fn there_and_back_in_tls_1_3(server: &Server) {
    there_and_back(server, "ftpes");
    let logins = server.log_text().matches("PASS ").count();
    // Two runs, each with a connection that looks around and a few that carry 600 files.
    assert!((2..60).contains(&logins), "{logins} logins");
}

on_servers!(
    a_tree_goes_and_returns_where_nothing_older_than_tls_1_3_is_taken,
    [Vsftpd, Proftpd],
    Setup { tls: Tls::Newest, ..Setup::default() },
    |server: Server| there_and_back_in_tls_1_3(&server)
);

on_servers!(
    a_tree_goes_and_returns_where_the_server_keeps_the_sessions_of_tls_1_3,
    [Vsftpd, Proftpd],
    Setup { tls: Tls::NewestKept, ..Setup::default() },
    |server: Server| there_and_back_in_tls_1_3(&server)
);

on_servers!(
    one_login_in_tls_1_3_opens_any_number_of_data_connections,
    [Vsftpd, Proftpd],
    Setup { tls: Tls::Newest, ..Setup::default() },
    |server: Server| {
        let folder = tempfile::tempdir().unwrap();
        let (original, back) = (folder.path().join("original"), folder.path().join("back"));
        tree::plant(&original, 3, 60);
        let (source, target, url) = (original.display().to_string(), back.display().to_string(), server.url("ftpes", "files"));
        let more = ["--trust", server.fingerprint(), "--quiet"];
        let one = ["--connections", "1"];
        let put = moorline(folder.path(), PASSWORD, [&["put", &source, &url][..], &one, &more].concat());
        assert_exit(&put, PROVEN, &server);
        let list = moorline(folder.path(), PASSWORD, ["ls", &url, "--trust", server.fingerprint()]);
        assert_exit(&list, PROVEN, &server);
        let get = moorline(folder.path(), PASSWORD, [&["get", &url, &target][..], &one, &more].concat());
        assert_exit(&get, PROVEN, &server);
        tree::assert_same(&original, &back);
        let log = server.log_text();
        let logins = log.matches("PASS ").count();
        assert!((3..=5).contains(&logins), "{logins} logins");
        assert!(log.matches("STOR ").count() >= 60 && log.matches("RETR ").count() >= 60, "files were moved together");
    }
);

on_servers!(text_is_converted_where_it_is_asked_for_and_data_never, [Vsftpd, Proftpd], Setup::default(), |server: Server| {
    let folder = tempfile::tempdir().unwrap();
    let (original, back) = (folder.path().join("original"), folder.path().join("back"));
    let long = "a line that is not the last one\n".repeat(30_000);
    let data: Vec<u8> = (0..200_000_u32).map(|number| number.to_le_bytes()[0]).collect();
    // Each as it is here, and as the server keeps it and gives it back.
    let table: [(&str, &[u8], &[u8]); 9] = [
        ("lf.txt", b"one\ntwo\n", b"one\ntwo\n"),
        ("crlf.txt", b"one\r\ntwo\r\n", b"one\ntwo\n"),
        ("mixed.txt", b"one\ntwo\r\n\nthree\n", b"one\ntwo\n\nthree\n"),
        ("lone.txt", b"one\rtwo\nthree", b"one\rtwo\nthree"),
        ("open.txt", b"no end", b"no end"),
        ("empty.txt", b"", b""),
        ("long.txt", long.as_bytes(), long.as_bytes()),
        ("data.txt", &data, &data),
        ("other.css", b"a\r\nb\n", b"a\r\nb\n"),
    ];
    fs::create_dir(&original).unwrap();
    for (name, bytes, _) in table {
        fs::write(original.join(name), bytes).unwrap();
    }
    let (source, target, url) = (original.display().to_string(), back.display().to_string(), server.url("ftp", "texts"));
    let put = moorline(folder.path(), PASSWORD, ["put", &source, &url, "--ascii", "*.txt", "--json"]);
    assert_exit(&put, PROVEN, &server);
    let said = String::from_utf8_lossy(&put.stdout).into_owned();
    let of = |name: &str| said.lines().find(|line| line.contains(name)).unwrap_or_default().to_owned();
    assert!(of("lf.txt").contains("\"form\":\"text\""), "{said}");
    assert!(of("data.txt").contains("\"form\":\"binary: no text\""), "{said}");
    for (name, _, kept) in table {
        assert!(fs::read(server.root().join("texts").join(name)).unwrap() == kept, "{name} on the server");
    }
    let get = moorline(folder.path(), PASSWORD, ["get", &url, &target, "--ascii", "*.txt", "--quiet"]);
    assert_exit(&get, PROVEN, &server);
    for (name, _, kept) in table {
        assert!(fs::read(back.join(name)).unwrap() == kept, "{name} came back");
    }
    let log = server.log_text();
    assert!(log.contains("TYPE A"), "nothing was moved as text");
});

/// More connections asked for than the host allows: everything arrives over those that it does allow, and what it allows is
/// remembered, so that the next run is refused once at most (the last run's sessions may still be counted).
fn within_the_limit(limit: u32) {
    let name = format!("product::a_host_that_allows_few_connections_gets_everything ({limit})");
    let setup = Setup { max_per_ip: Some(limit), ..Setup::default() };
    let Some(server) = Server::start_or_skip(&name, Kind::Vsftpd, &setup) else { return };
    let folder = tempfile::tempdir().unwrap();
    let original = folder.path().join("original");
    tree::plant(&original, 30, 600);
    let source = original.display().to_string();
    let refusals = || server.log_text().matches("too many sessions").count();
    let begun = server.log_text().len();

    let first = moorline(folder.path(), PASSWORD, ["put", &source, &server.url("ftp", "first"), "--connections", "4", "--quiet"]);
    assert_exit(&first, PROVEN, &server);
    tree::assert_same(&original, &server.root().join("first"));
    assert!(refusals() > 0, "the limit of {limit} was never met");
    // A lane that holds a connection goes on working while others are refused: nobody says goodbye before the last file.
    let log = server.log_text().split_off(begun);
    assert!(log.find("QUIT").unwrap() > log.rfind("OK UPLOAD").unwrap(), "a connection was given up with files waiting");

    let before = refusals();
    let second = moorline(folder.path(), PASSWORD, ["put", &source, &server.url("ftp", "second"), "--connections", "4", "--quiet"]);
    assert_exit(&second, PROVEN, &server);
    tree::assert_same(&original, &server.root().join("second"));
    assert!(refusals() <= before + 1, "the limit of {limit} was not remembered: {} refusals more", refusals() - before);
}

#[test]
fn a_host_that_allows_one_connection_gets_everything() {
    within_the_limit(1);
}

#[test]
fn a_host_that_allows_two_connections_gets_everything() {
    within_the_limit(2);
}

#[test]
fn a_host_that_allows_three_connections_gets_everything() {
    within_the_limit(3);
}

on_servers!(
    a_wrong_password_and_a_wrong_certificate_are_refused,
    [Vsftpd, Proftpd, PureFtpd, Pyftpdlib],
    Setup::default(),
    |server: Server| {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file.txt");
        fs::write(&file, "text").unwrap();
        let (file, url) = (file.display().to_string(), server.url("ftpes", ""));
        let wrong_print = "00".repeat(32);
        for (password, print) in [("something else", server.fingerprint()), (PASSWORD, wrong_print.as_str())] {
            let output = moorline(folder.path(), password, ["put", &file, &url, "--trust", print]);
            assert_exit(&output, NOT_CONNECTED, &server);
            assert!(!output.stderr.is_empty(), "nothing was said");
            assert!(!server.root().join("file.txt").exists(), "the file went out all the same");
        }
    }
);

#[test]
fn a_port_that_nobody_listens_on_is_not_connected() {
    let folder = tempfile::tempdir().unwrap();
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let url = format!("ftp://tester@{}/", listener.local_addr().unwrap());
    drop(listener);
    let output = moorline(folder.path(), PASSWORD, ["ls", url.as_str()]);
    assert_eq!(output.status.code(), Some(NOT_CONNECTED), "{}", String::from_utf8_lossy(&output.stderr));
}
