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

/// The system's bus, as far as the program sees it: whoever wants to let the machine sleep has to ask here, and hears nothing.
#[cfg(target_os = "linux")]
struct Bus {
    address: String,
    asked: Arc<Mutex<usize>>,
}

#[cfg(target_os = "linux")]
impl Bus {
    fn in_folder(folder: &Path) -> Self {
        let path = folder.join("bus");
        let listener = std::os::unix::net::UnixListener::bind(&path).unwrap();
        let asked = Arc::new(Mutex::new(0));
        let counted = Arc::clone(&asked);
        std::thread::spawn(move || listener.incoming().flatten().for_each(|_| *counted.lock().unwrap() += 1));
        Self { address: format!("unix:path={}", path.display()), asked }
    }

    fn asked(&self) -> usize {
        *self.asked.lock().unwrap()
    }
}

/// A terminal: what it is given is typed, and what the program shows comes out of it.
#[cfg(target_os = "linux")]
const TERMINAL: &str = "import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))";

#[test]
#[cfg(target_os = "linux")]
fn a_person_at_a_terminal_is_told_in_time_and_calls_it_off() {
    use std::io::Read;
    if Command::new("python3").arg("--version").output().is_err() {
        let name = "command_line::then::a_person_at_a_terminal_is_told_in_time_and_calls_it_off";
        return support::skip::skipped(name, "there is no python3 to make a terminal");
    }
    let server = Server::start(&[("/a", b"a")]);
    for (action, announced) in [("sleep", "This machine will sleep in "), ("shutdown", "This machine will shut down in ")] {
        let berth = Berth::at(&server);
        let bus = Bus::in_folder(berth.folder.path());
        let get = berth.command(&["get", "--quiet", "--then", action, &berth.url("a"), "./"]);
        let mut at_terminal = Command::new("python3");
        at_terminal.args(["-c", TERMINAL]).arg(get.get_program()).args(get.get_args()).current_dir(berth.folder.path());
        for (name, value) in get.get_envs() {
            match value {
                Some(value) => at_terminal.env(name, value),
                None => at_terminal.env_remove(name),
            };
        }
        at_terminal.env("DBUS_SYSTEM_BUS_ADDRESS", &bus.address).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut terminal = at_terminal.spawn().unwrap();
        let (mut typed, mut shown) = (terminal.stdin.take().unwrap(), terminal.stdout.take().unwrap());
        let (mut seen, mut some) = (String::new(), [0; 256]);
        let mut ended = false;
        while !ended && !seen.contains("calls it off") {
            let count = shown.read(&mut some).unwrap();
            seen.push_str(&String::from_utf8_lossy(&some[..count]));
            ended = count == 0;
        }
        let seconds = seen.split_once(announced).and_then(|(_, rest)| rest.split_once(" s; Ctrl+C calls it off."));
        let seconds = seconds.and_then(|(seconds, _)| seconds.parse::<u64>().ok());
        assert!(seconds.is_some_and(|seconds| (1..=60).contains(&seconds)), "{action}: {seen}");
        typed.write_all(b"\x03").unwrap();
        shown.read_to_string(&mut seen).unwrap();
        assert_eq!(terminal.wait().unwrap().code(), Some(1), "{action}: {seen}");
        assert!(seen.contains("moorline: Interrupted"), "{action}: {seen}");
        assert_eq!(bus.asked(), 0, "{action}: the machine was asked all the same");
        assert_eq!(fs::read(berth.folder.path().join("a")).unwrap(), b"a");
        // A script has nobody who could call it off: the same without a terminal asks the machine at once, and is refused here.
        let mut script = berth.command(&["get", "--then", action, &berth.url("a"), "b"]);
        let output = script.env("DBUS_SYSTEM_BUS_ADDRESS", &bus.address).output().unwrap();
        assert_eq!((output.status.code(), bus.asked() > 0), (Some(4), true), "{action}: {}", errors(&output));
        assert!(!errors(&output).contains("calls it off"), "{action}: {}", errors(&output));
    }
}
