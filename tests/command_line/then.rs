//! What follows a transfer of the command line: on a machine of the test's own, never on the one that it runs on.

use std::process::ExitCode;
use std::sync::{Arc, Mutex};

use clap::Parser;
use moorline::cli::arguments::Arguments;
use moorline::cli::{self, Surroundings};
use moorline::engine::power::{Awake, Power};
use moorline::store::places::Places;

use super::*;

/// Keeps what it was told.
#[derive(Default)]
struct Told {
    words: Mutex<Vec<String>>,
    refuses: bool,
}

impl Told {
    fn tell(&self, words: &str) -> Result<(), String> {
        self.words.lock().unwrap().push(words.to_owned());
        if self.refuses { Err("Permission denied".into()) } else { Ok(()) }
    }
}

impl Power for Told {
    fn sleep(&self) -> Result<(), String> {
        self.tell("sleep")
    }

    fn shut_down(&self) -> Result<(), String> {
        self.tell("shut down")
    }

    fn keep_awake(&self, _: &str) -> Result<Awake, String> {
        self.tell("stay awake").map(|()| Box::new(()) as Awake)
    }
}

/// Fetches a file in this process and lets `action` follow: the exit status, and what the machine and the desktop were told.
fn get(berth: &Berth, from: &str, refuses: bool, action: &str) -> (ExitCode, Vec<String>) {
    let local = berth.folder.path().join("a");
    let arguments = ["moorline", "get", "--quiet", "--then", action, from, local.to_str().unwrap()];
    let command = Arguments::try_parse_from(arguments).unwrap().command.unwrap();
    let told = Arc::new(Told { refuses, ..Told::default() });
    let desktop = Arc::clone(&told);
    let around = Surroundings {
        places: Some(Places::in_folder(&berth.folder.path().join(".moorline"))),
        power: Arc::clone(&told) as Arc<dyn Power>,
        is_watched: false,
        announce: Box::new(move |_, words| desktop.tell(words)),
    };
    let status = cli::run(command, &around);
    let words = told.words.lock().unwrap().clone();
    (status, words)
}

#[test]
fn what_was_ordered_follows_a_transfer_and_nothing_follows_none() {
    let server = Server::start(&[("/a", b"a")]);
    let berth = Berth::at(&server);
    let url = |path: &str| format!("ftp://anna:secret@127.0.0.1:{}/{path}", server.port());
    // Where nobody listens any more.
    let gone = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let nowhere = format!("ftp://anna:secret@{gone}/a");
    let done = "The queue is done: 1 transfer has arrived.";
    let failed = "The queue is through: 0 transfers have arrived, 1 has not.";
    for (from, refuses, action, status, told) in [
        (url("a"), false, "sleep", 0, &["sleep"][..]),
        (url("a"), false, "shutdown", 0, &["shut down"]),
        (url("a"), true, "sleep", 4, &["sleep"]),
        (url("a"), false, "notify", 0, &[done]),
        (url("a"), true, "notify", 4, &[done]),
        // What failed by itself does not keep the machine up all night.
        (url("missing"), false, "sleep", 1, &["sleep"]),
        (url("missing"), false, "notify", 1, &[failed]),
        (nowhere, false, "sleep", 3, &[]),
    ] {
        let (came, heard) = get(&berth, &from, refuses, action);
        assert_eq!(
            (came, heard.iter().map(String::as_str).collect::<Vec<_>>()),
            (ExitCode::from(status), told.to_vec()),
            "{action} {from}"
        );
    }
}

#[test]
#[cfg(unix)]
fn a_command_that_follows_knows_how_the_transfer_went() {
    let server = Server::start(&[("/a", b"a")]);
    let berth = Berth::at(&server);
    let then = "run sh -c 'echo $MOORLINE_DONE $MOORLINE_FAILED > told'";
    for (path, status, told) in [("a", 0, "1 0\n"), ("missing", 1, "0 1\n")] {
        berth.run(status, &["get", "--then", then, &berth.url(path), "./"]);
        assert_eq!(fs::read_to_string(berth.folder.path().join("told")).unwrap(), told, "{path}");
    }
    let output = berth.run(4, &["get", "--then", "run no-such-program-here", &berth.url("a"), "./"]);
    assert!(errors(&output).contains("“no-such-program-here” could not be run"), "{}", errors(&output));
    let output = berth.run(4, &["get", "--quiet", "--then", "run sh -c 'echo no room >&2; exit 3'", &berth.url("a"), "./"]);
    assert!(errors(&output).contains("no room"), "{}", errors(&output));
}

#[test]
fn nothing_follows_a_transfer_that_waits_for_a_person() {
    let server = Server::start(&[]);
    let berth = Berth::at(&server);
    fs::write(berth.folder.path().join("a"), "a").unwrap();
    server.with(|shelf| shelf.closings = vec!["552 Quota exceeded.".into()]);
    let output = berth.run(1, &["put", "--then", "run touch told", "a", &berth.url("a")]);
    let words = "Nothing more is transferred (the server's quota is used up), so the command is not run.";
    assert!(errors(&output).contains(words), "{}", errors(&output));
    assert!(!berth.folder.path().join("told").exists());
}

#[test]
fn an_action_that_there_is_not_is_told_of_before_anything_is_done() {
    let server = Server::start(&[("/a", b"a")]);
    let berth = Berth::at(&server);
    let output = berth.run(2, &["get", "--then", "dance", &berth.url("a"), "./"]);
    assert!(errors(&output).contains("it is none of these: notify, sleep, shutdown, \"run COMMAND\""), "{}", errors(&output));
    assert_eq!(server.count("USER"), 0);
}
