//! Named pipes, sockets and devices: opening one may wait for ever, so they are refused in words, or left out of their folder.

use std::os::unix::fs::{FileTypeExt, symlink};
use std::os::unix::net::UnixListener;
use std::path::PathBuf;

use moorline::model::cause::Cause;
use rustix::fs::{CWD, FileType, Mode, mknodat};

use super::*;

/// A named pipe that nobody writes into.
fn pipe(path: &Path) {
    mknodat(CWD, path, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).unwrap();
}

/// One of each that is no file, and a link to one; the socket is gone with what is returned beside.
fn plant(folder: &Path) -> (Vec<(&'static str, PathBuf)>, UnixListener) {
    let [fifo, link, socket] = ["pipe", "link", "socket"].map(|name| folder.join(name));
    pipe(&fifo);
    symlink(&fifo, &link).unwrap();
    let listener = UnixListener::bind(&socket).unwrap();
    (vec![("/pipe", fifo), ("/link", link), ("/socket", socket), ("/zero", "/dev/zero".into())], listener)
}

#[test]
fn what_is_no_file_is_refused_in_words_and_holds_nothing_up() {
    for as_text in [false, true] {
        let server = Server::start(&[]);
        let folder = tempfile::tempdir().unwrap();
        let (all, _listener) = plant(folder.path());
        let file = folder.path().join("file");
        fs::write(&file, "a file").unwrap();
        let mut client = Client::forgetful();
        let mut one = site(server.port());
        // One connection: behind one that waits, nothing would come.
        one.connections = 1;
        one.text_files = if as_text { "*".into() } else { String::new() };
        client.connect_to(one, Some("secret"));
        client.moor();
        for (remote, local) in &all {
            client.put(local, remote, OnExists::Overwrite);
        }
        client.put(&file, "/file", OnExists::Overwrite);
        client.done("/file");
        for (remote, local) in &all {
            let problem = client.failed(remote);
            assert_eq!((problem.kind, problem.cause), (ProblemKind::Local, Cause::NoFile), "{problem:?}");
            let words = format!("Could not open {}: it is neither a file nor a folder.", local.display());
            assert_eq!(problem.what, words);
            assert_eq!(client.row(remote, |_| true).tries, 1, "the same again would end the same");
        }
        assert_eq!(server.count("STOR"), 1, "{:#?}", client.story());
    }
}

#[test]
fn what_is_no_file_is_left_out_of_its_folder_with_a_reason() {
    let server = Server::start(&[]);
    let folder = tempfile::tempdir().unwrap();
    let up = folder.path().join("up");
    fs::create_dir(&up).unwrap();
    let (_, _listener) = plant(&up);
    fs::write(up.join("file"), "a file").unwrap();
    let mut client = Client::moored(&server);
    client.put(&up, "/up", OnExists::Ask);
    client.done("/up/file");
    for name in ["pipe", "link", "socket"] {
        assert_eq!(client.ended(&format!("/up/{name}")), TransferState::Skipped(SkipReason::Special), "{name}");
    }
    assert_eq!(server.count("STOR"), 1, "{:#?}", client.story());
}

/// The folder showed a file, and something else has its name when its turn comes.
#[test]
fn a_pipe_that_took_a_files_name_is_refused_when_its_turn_comes() {
    let server = Server::start(&[]);
    let folder = tempfile::tempdir().unwrap();
    let local = folder.path().join("a");
    fs::write(&local, bytes(400_000)).unwrap();
    let mut client = Client::moored(&server);
    server.with(|shelf| shelf.stall = Some(100_000));
    client.put(&local, "/a", OnExists::Ask);
    server.until(|shelf| shelf.stalled == 1);
    let row = client.row("/a", |_| true);
    client.engine.send(Command::Pause { ids: vec![row.id].into() });
    client.row("/a", |row| row.state == TransferState::Paused);
    server.with(|shelf| shelf.stall = None);
    fs::remove_file(&local).unwrap();
    pipe(&local);
    client.engine.send(Command::Resume { ids: vec![row.id].into() });
    assert_eq!(client.failed("/a").cause, Cause::NoFile);
}

#[test]
fn a_download_takes_the_place_of_nothing_but_files() {
    let server = Server::start(&[("/pipe", b"new"), ("/socket", b"new")]);
    let folder = tempfile::tempdir().unwrap();
    let (_, _listener) = plant(folder.path());
    let mut client = Client::moored(&server);
    for policy in [OnExists::Overwrite, OnExists::Resume] {
        for name in ["/pipe", "/socket"] {
            client.get(name, &folder.path().join(&name[1..]), policy);
            let problem = client.failed(name);
            assert_eq!(problem.cause, Cause::NoFile, "{problem:?}");
        }
        client.engine.send(Command::Cancel { ids: Chosen::everything(QueueTab::Failed) });
        client.until("taken out", |client| client.rows().is_empty().then_some(()));
    }
    assert_eq!(names(folder.path()), ["link", "pipe", "socket"]);
    let kind = |name: &str| fs::metadata(folder.path().join(name)).unwrap().file_type();
    assert!(kind("pipe").is_fifo() && kind("socket").is_socket());
}
