//! Lanes that the system has no means for: they come when it has, and what waits for them is not lost.

use std::env;
use std::io;
use std::process::Command as Process;
use std::sync::mpsc::{self, Sender};

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use super::*;

/// Tells this program, started again, that it is the one whose means are short: others run beside the tests of this one.
const IS_SHORT: &str = "MOORLINE_THREADLESS";
const WORDS: &str = "a connection has no thread to work on";
/// More than the buffers on the way hold.
const LARGE: usize = 24_000_000;

/// Passes on what the program writes into its log.
#[derive(Clone)]
struct Heard(Sender<String>);

impl Write for Heard {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let _ = self.0.send(String::from_utf8_lossy(bytes).into_owned());
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn what_waits_for_a_lane_that_gets_no_thread_is_not_lost() {
    let mut again = Process::new(env::current_exe().unwrap());
    let output = again.args(["--exact", "threadless::short_of_means", "--nocapture"]).env(IS_SHORT, "1").output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && said.contains("1 passed"), "{said}\n{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn short_of_means() {
    if env::var_os(IS_SHORT).is_none() {
        return;
    }
    let (heard, log) = mpsc::channel();
    tracing_subscriber::fmt().with_ansi(false).with_writer(move || Heard(heard.clone())).init();
    let refused = |times: usize| {
        for _ in 0..times {
            while !log.recv_timeout(PATIENCE).expect("no lane asked for a thread").contains(WORDS) {}
        }
    };
    let server = Server::start(&[]);
    server.with(|shelf| shelf.stall = Some(100_000));
    let folder = tempfile::tempdir().unwrap();
    let local = |name: &str| folder.path().join(name);
    fs::write(local("large"), bytes(LARGE)).unwrap();
    let names = ["a", "b", "c"];
    names.iter().for_each(|name| fs::write(local(name), name).unwrap());
    let mut client = Client::forgetful();
    let mut one = site(server.port());
    one.connections = 1;
    client.connect_to(one, Some("secret"));
    client.moor();
    client.put(&local("large"), "/large", OnExists::Ask);
    server.until(|shelf| shelf.stalled == 1);
    // Not a thing more can be opened, which the runtime of a lane needs.
    let means = getrlimit(Resource::Nofile);
    let free = (0..).find(|number| !Path::new(&format!("/proc/self/fd/{number}")).exists());
    setrlimit(Resource::Nofile, Rlimit { current: free, ..means }).unwrap();
    edited::edit(&mut client, |site| site.connections = 3);
    refused(2);
    for name in names {
        client.put(&local(name), &format!("/{name}"), OnExists::Ask);
        client.row(&format!("/{name}"), |row| row.state == TransferState::Queued);
    }
    // Both once more, with something to do for them.
    refused(3);
    for name in names {
        let row = client.row(&format!("/{name}"), |_| true);
        assert_eq!((row.state, row.tries), (TransferState::Queued, 0), "{name}");
    }
    setrlimit(Resource::Nofile, means).unwrap();
    for name in names {
        client.done(&format!("/{name}"));
        assert_eq!(client.row(&format!("/{name}"), |_| true).tries, 1, "{name}");
    }
    assert_eq!(client.row("/large", |_| true).state, TransferState::Moving, "the lane that stood did all of it");
    server.with(|shelf| shelf.stall = None);
    client.done("/large");
    assert_eq!(server.count("STOR"), 4);
}
