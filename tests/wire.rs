//! The wire against a server that misbehaves: every test asserts what the client made of it and what the server really did.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

#[path = "wire/pipelining.rs"]
mod pipelining;
mod support;

use std::io::{Read, Write};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use moorline::ftp::dial::{Observer, Target, WireEvent, connect};
use moorline::ftp::tls::{TlsVersion, Trust};
use moorline::ftp::{Control, Fault};
use moorline::model::log::LogKind;
use moorline::model::path::RemotePath;
use moorline::model::secret::Secret;
use moorline::model::session::ConnectStep;
use moorline::model::site::{DataMode, Encryption};
use moorline::model::upkeep::IdleCommand;
use support::scripted::{self, PATIENCE, Script, Server};
use tokio_util::sync::CancellationToken;

const PASSWORD: &str = "tr0ub4dor";

#[derive(Default)]
struct Log(Mutex<Vec<String>>);

impl Observer for Log {
    fn line(&self, kind: LogKind, text: &str) {
        self.0.lock().unwrap().push(format!("{kind:?}: {text}"));
    }
    fn step(&self, _: ConnectStep) {}
}

impl Log {
    fn text(&self) -> String {
        self.0.lock().unwrap().join("\n")
    }
}

fn target(server: &Server, encryption: Encryption) -> Target {
    Target {
        host: "127.0.0.1".to_owned(),
        port: server.address().port(),
        encryption,
        data_mode: DataMode::Passive,
        trust: Trust::default(),
        tls_version: TlsVersion::default(),
        // Nothing but the thing under test may end a wait; `PATIENCE` bounds the test.
        timeout: Duration::from_secs(3600),
    }
}

async fn within<T>(work: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, work).await.expect("the client hangs")
}

async fn dial(server: &Server) -> Result<Control, Fault> {
    within(connect(&target(server, Encryption::Plain), Arc::new(Log::default()), &CancellationToken::new())).await
}

async fn log_in(control: &mut Control) {
    within(control.login("anna", &Secret::new(PASSWORD))).await.unwrap();
}

/// A plain session that is logged in.
async fn session(server: &Server) -> Control {
    let mut control = dial(server).await.unwrap();
    log_in(&mut control).await;
    control
}

/// A session over explicit TLS that is logged in, whose certificate was pinned after the question. Takes two connections.
async fn tls_session(server: &Server, log: &Arc<Log>) -> Control {
    let mut target = target(server, Encryption::Explicit);
    let untrusted = within(connect(&target, Arc::clone(log) as Arc<dyn Observer>, &CancellationToken::new())).await;
    let Err(Fault::Untrusted(certificate)) = untrusted else { panic!("{untrusted:?}") };
    target.trust.pinned.insert(certificate.fingerprint);
    let mut control = within(connect(&target, Arc::clone(log) as Arc<dyn Observer>, &CancellationToken::new())).await.unwrap();
    log_in(&mut control).await;
    control
}

/// What a server plays to a client that does not trust its certificate.
fn untrusted() -> Script {
    Script::greet().answer("AUTH TLS", "234 go\r\n").refused_tls()
}

fn path(text: &str) -> RemotePath {
    RemotePath::parse(text).unwrap()
}

async fn read_all(data: &mut moorline::ftp::Data<'_>) -> Result<Vec<u8>, Fault> {
    let mut all = Vec::new();
    let mut buffer = vec![0; 64 * 1024];
    loop {
        match within(data.read(&mut buffer)).await? {
            0 => return Ok(all),
            count => all.extend_from_slice(&buffer[..count]),
        }
    }
}

#[tokio::test]
async fn greetings_of_many_lines_and_delayed_ones_are_read_whole() {
    let script = Script::default().say("120 ready in a minute\r\n220-Welcome\r\n421 files here\r\n").say("220").say(" ready\r\n");
    let server = Server::playing(script.answer("QUIT", "221 bye\r\n")).await;
    let control = dial(&server).await.unwrap();
    assert_eq!(control.greeting().words(), "220-Welcome 421 files here 220 ready");
    assert_eq!(control.quit().await.unwrap().code, 221);
    assert_eq!(server.finish().await.commands, ["QUIT"]);
}

#[tokio::test]
async fn a_greeting_that_turns_away_is_a_goodbye_with_all_its_words() {
    for (said, code) in [("421-banned\r\n\r\n421\r\n", 421), ("221 The server is full\r\n", 221), ("530 not from there\r\n", 530)] {
        let server = Server::playing(Script::default().say(said).close()).await;
        match dial(&server).await {
            Err(Fault::Goodbye(reply)) => assert_eq!(reply.code, code),
            other => panic!("{said:?}: {other:?}"),
        }
        assert_eq!(server.finish().await.faults, ["close"]);
    }
}

#[tokio::test]
async fn what_is_not_ftp_is_said_to_be_so() {
    for said in ["SSH-2.0-OpenSSH_9.2\r\n", "HTTP/1.1 400 Bad Request\r\n\r\n", "\u{1}\u{2}\n"] {
        let server = Server::playing(Script::default().say(said).await_end()).await;
        let fault = dial(&server).await.unwrap_err();
        assert!(matches!(&fault, Fault::Protocol { .. }), "{said:?}: {fault:?}");
        server.finish().await;
    }
}

#[tokio::test]
async fn a_silent_server_runs_into_the_limit() {
    let server = Server::playing(Script::default().await_end()).await;
    let mut target = target(&server, Encryption::Plain);
    target.timeout = Duration::from_millis(80);
    let fault = within(connect(&target, Arc::new(Log::default()), &CancellationToken::new())).await.unwrap_err();
    assert!(matches!(&fault, Fault::Timeout { doing: "waiting for the greeting", .. }), "{fault:?}");
    server.finish().await;
}

#[tokio::test]
async fn a_server_that_closes_or_resets_instead_of_greeting_is_lost() {
    for script in [Script::default().close(), Script::default().reset()] {
        let server = Server::playing(script).await;
        let fault = dial(&server).await.unwrap_err();
        assert!(matches!(&fault, Fault::Lost { .. }), "{fault:?}");
        server.finish().await;
    }
}

#[tokio::test]
async fn a_closed_port_is_not_dialled() {
    let server = Server::playing(Script::greet()).await;
    let target = target(&server, Encryption::Plain);
    let mut control = dial(&server).await.unwrap();
    server.finish().await;
    let fault = within(connect(&target, Arc::new(Log::default()), &CancellationToken::new())).await.unwrap_err();
    assert!(matches!(&fault, Fault::Dial { .. }), "{fault:?}");
    assert!(matches!(within(control.watch()).await, Fault::Lost { .. }));
}

#[tokio::test]
async fn a_refused_login_keeps_the_reply_and_masks_the_password() {
    let script =
        Script::greet().answer("USER anna", "331 password\r\n").answer("PASS", &format!("530 anna/{PASSWORD} is wrong\r\n"));
    let server = Server::playing(script.await_end()).await;
    let log = Arc::new(Log::default());
    let target = target(&server, Encryption::Plain);
    let mut control = within(connect(&target, Arc::clone(&log) as Arc<dyn Observer>, &CancellationToken::new())).await.unwrap();
    let fault = within(control.login("anna", &Secret::new(PASSWORD))).await.unwrap_err();
    assert!(matches!(&fault, Fault::LoginRefused(reply) if reply.code == 530), "{fault:?}");
    assert!(!format!("{fault} {fault:?}").contains(PASSWORD));
    assert!(!log.text().contains(PASSWORD), "{}", log.text());
    assert!(log.text().contains("PASS ****"));
    drop(control);
    assert_eq!(server.finish().await.commands, ["USER anna".to_owned(), format!("PASS {PASSWORD}")]);
}

#[tokio::test]
async fn the_password_is_in_no_line_of_a_whole_session() {
    let script =
        Script::logged_in(&[]).answer("NOOP", &format!("200 {PASSWORD}\r\n")).answer("NOOP", &format!("500 OOPS {PASSWORD}\r\n"));
    let server = Server::playing(script).await;
    let log = Arc::new(Log::default());
    let target = target(&server, Encryption::Plain);
    let mut control = within(connect(&target, Arc::clone(&log) as Arc<dyn Observer>, &CancellationToken::new())).await.unwrap();
    log_in(&mut control).await;
    control.keep_alive(IdleCommand::Noop).await.unwrap();
    let fault = control.keep_alive(IdleCommand::Noop).await.unwrap_err();
    assert!(matches!(fault, Fault::Goodbye(_)));
    assert!(!format!("{}{fault}{fault:?}", log.text()).contains(PASSWORD), "{}", log.text());
    server.finish().await;
}

#[tokio::test]
async fn a_login_with_a_line_end_is_not_sent() {
    let server = Server::playing(Script::greet().await_end()).await;
    let mut control = dial(&server).await.unwrap();
    for (user, password) in [("anna\r\nDELE x", "p"), ("anna", "p\r\nDELE x"), ("anna", "p\0")] {
        let fault = control.login(user, &Secret::new(password)).await.unwrap_err();
        assert!(matches!(&fault, Fault::Name(_)) && !fault.to_string().contains("DELE x"), "{fault:?}");
    }
    drop(control);
    assert_eq!(server.finish().await.commands, Vec::<String>::new());
}

#[tokio::test]
async fn words_of_farewell_while_idle_are_a_goodbye() {
    for said in
        ["421 Timeout.\r\n", "221 Bye\r\n", "500 OOPS: child died\r\n", "503 Idle too long\r\n", "421 Server offline.\0", "So long"]
    {
        let server = Server::playing(Script::logged_in(&[]).say(said).close()).await;
        let mut control = session(&server).await;
        let fault = within(control.watch()).await;
        assert!(matches!(&fault, Fault::Goodbye(_)), "{said:?}: {fault:?}");
        assert!(control.is_poisoned());
        assert!(matches!(control.keep_alive(IdleCommand::Noop).await, Err(Fault::Poisoned)));
        assert_eq!(server.finish().await.faults, ["close"]);
    }
}

#[tokio::test]
async fn an_end_without_words_is_a_loss() {
    let server = Server::playing(Script::logged_in(&[]).close()).await;
    let mut control = session(&server).await;
    let fault = within(control.watch()).await;
    assert!(matches!(&fault, Fault::Lost { .. }), "{fault:?}");
    server.finish().await;
}

#[tokio::test]
async fn watching_can_be_dropped_and_taken_up_again() {
    let script = Script::logged_in(&[]).say("421 Tim").wait_for_go().say("eout\r\n").await_end();
    let server = Server::playing(script).await;
    let mut control = session(&server).await;
    assert!(tokio::time::timeout(Duration::from_millis(20), control.watch()).await.is_err());
    assert!(!control.is_poisoned());
    server.go();
    let fault = within(control.watch()).await;
    assert!(matches!(&fault, Fault::Goodbye(reply) if reply.text() == "Timeout"), "{fault:?}");
    drop(control);
    server.finish().await;
}

#[tokio::test]
async fn a_stray_reply_poisons_before_the_next_command_is_sent() {
    let script = Script::logged_in(&[]).say("200 nobody asked\r\n").tell("stray reply").await_end();
    let server = Server::playing(script).await;
    let mut control = session(&server).await;
    // The bytes are in our socket from here on; whether the runtime knows of them yet must not matter.
    server.until(|report| report.faults == ["stray reply"]).await;
    let fault = within(control.keep_alive(IdleCommand::Noop)).await.unwrap_err();
    assert!(matches!(&fault, Fault::Protocol { detail, .. } if detail.contains("nobody asked")), "{fault:?}");
    assert!(control.is_poisoned());
    drop(control);
    assert_eq!(server.finish().await.count("NOOP"), 0);
}

/// The server is a thread of its own, and the runtime is kept from hearing of its bytes: only the system knows of them.
#[tokio::test]
async fn a_stray_reply_that_the_runtime_has_not_heard_of_poisons_too() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let (ask, asked) = std::sync::mpsc::channel::<()>();
    let (tell, told) = std::sync::mpsc::channel::<()>();
    let server = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        stream.write_all(b"220 hi\r\n").unwrap();
        asked.recv_timeout(PATIENCE).unwrap();
        stream.write_all(b"226 stray\r\n").unwrap();
        tell.send(()).unwrap();
        let mut sent = Vec::new();
        stream.read_to_end(&mut sent).unwrap();
        sent
    });
    let target = Target {
        host: "127.0.0.1".to_owned(),
        port,
        encryption: Encryption::Plain,
        data_mode: DataMode::Passive,
        trust: Trust::default(),
        tls_version: TlsVersion::default(),
        timeout: Duration::from_secs(3600),
    };
    let mut control = within(connect(&target, Arc::new(Log::default()), &CancellationToken::new())).await.unwrap();
    // One look that finds nothing: from here on only the runtime's driver would tell of bytes, and it is not asked.
    tokio::select! {
        biased;
        fault = control.watch() => panic!("{fault:?}"),
        () = std::future::ready(()) => {}
    }
    ask.send(()).unwrap();
    told.recv_timeout(PATIENCE).unwrap();
    let fault = within(control.keep_alive(IdleCommand::Noop)).await.unwrap_err();
    assert!(matches!(&fault, Fault::Protocol { .. }), "{fault:?}");
    drop(control);
    assert_eq!(server.join().unwrap(), b"");
}

#[tokio::test]
async fn a_421_glued_to_an_answer_is_not_the_next_answer() {
    let script = Script::logged_in(&[]).answer("NOOP", "200 ok\r\n421 Timeout\r\n").close();
    let server = Server::playing(script).await;
    let mut control = session(&server).await;
    assert_eq!(control.keep_alive(IdleCommand::Noop).await.unwrap().code, 200);
    let fault = within(control.keep_alive(IdleCommand::Noop)).await.unwrap_err();
    assert!(matches!(&fault, Fault::Goodbye(reply) if reply.code == 421), "{fault:?}");
    assert_eq!(server.finish().await.count("NOOP"), 1);
}

#[tokio::test]
async fn answers_of_many_lines_stay_aligned() {
    let script = Script::logged_in(&[])
        .answer("NOOP", "250-x\r\n100 files\r\n226 neither\r\n250 end\r\n")
        .answer("NOOP", "200\r\n")
        .answer("PWD", "257 \"/a \"\"b\"\"\" is it\n");
    let server = Server::playing(script).await;
    let mut control = session(&server).await;
    assert_eq!(control.keep_alive(IdleCommand::Noop).await.unwrap().lines.len(), 4);
    assert_eq!(control.keep_alive(IdleCommand::Noop).await.unwrap().code, 200);
    assert_eq!(within(control.folder()).await.unwrap().as_str(), "/a \"b\"");
    assert!(control.round_trip().is_some());
    server.finish().await;
}

#[tokio::test]
async fn an_endless_answer_is_bounded() {
    let endless = format!("200-{}\r\n", "x".repeat(1000)).repeat(100);
    for said in [endless.as_str(), &"y".repeat(20_000)] {
        let server = Server::playing(Script::logged_in(&[]).answer("NOOP", said).await_end()).await;
        let mut control = session(&server).await;
        let fault = within(control.keep_alive(IdleCommand::Noop)).await.unwrap_err();
        assert!(matches!(&fault, Fault::Protocol { .. }), "{fault:?}");
        drop(control);
        server.finish().await;
    }
}

#[tokio::test]
async fn a_cancelled_command_ends_at_once_and_poisons() {
    let server = Server::playing(Script::logged_in(&[]).expect("NOOP").await_end()).await;
    let mut control = session(&server).await;
    let cancel = CancellationToken::new();
    control.set_cancel(cancel.clone());
    let (fault, ()) = tokio::join!(within(control.keep_alive(IdleCommand::Noop)), async {
        server.until(|report| report.count("NOOP") == 1).await;
        cancel.cancel();
    });
    assert!(matches!(fault, Err(Fault::Cancelled)), "{fault:?}");
    assert!(control.is_poisoned());
    drop(control);
    server.finish().await;
}

#[tokio::test]
async fn a_cancelled_connect_ends_at_once() {
    let server = Server::playing(Script::default().wait_for_go().await_end()).await;
    let cancel = CancellationToken::new();
    let target = target(&server, Encryption::Plain);
    let (fault, ()) = tokio::join!(within(connect(&target, Arc::new(Log::default()), &cancel)), async {
        server.go();
        cancel.cancel();
    });
    assert!(matches!(fault, Err(Fault::Cancelled)), "{fault:?}");
    drop(tokio::net::TcpStream::connect(server.address()).await);
    server.finish().await;
}

#[tokio::test]
async fn a_download_arrives_whole_with_its_closing_reply() {
    let script = Script::logged_in(&[])
        .pasv()
        .answer("REST 3", "350 ok\r\n")
        .answer("RETR /a b", "150 go\r\n")
        .open_data()
        .send_data("def")
        .end_data()
        .say("226 done\r\n")
        .answer("QUIT", "221 bye\r\n");
    let server = Server::playing(script).await;
    let mut control = session(&server).await;
    let mut data = within(control.retrieve(&path("/a b"), 3)).await.unwrap();
    assert_eq!(read_all(&mut data).await.unwrap(), b"def");
    assert_eq!(within(data.finish()).await.unwrap().text(), "done");
    control.quit().await.unwrap();
    server.finish().await;
}

#[tokio::test]
async fn an_early_closing_reply_waits_for_the_end_of_the_data() {
    let script = Script::logged_in(&[])
        .pasv()
        .answer("RETR /a", "150 go\r\n226 done\r\n")
        .open_data()
        .send_data("abc")
        .wait_for_go()
        .send_data("def")
        .end_data()
        .answer("NOOP", "200 ok\r\n");
    let server = Server::playing(script).await;
    let mut control = session(&server).await;
    let mut data = within(control.retrieve(&path("/a"), 0)).await.unwrap();
    let mut buffer = [0; 16];
    assert_eq!(within(data.read(&mut buffer)).await.unwrap(), 3);
    server.go();
    assert_eq!(read_all(&mut data).await.unwrap(), b"def");
    assert_eq!(within(data.finish()).await.unwrap().code, 226);
    assert_eq!(control.keep_alive(IdleCommand::Noop).await.unwrap().code, 200);
    server.finish().await;
}

#[tokio::test]
async fn an_upload_arrives_whole() {
    let script = Script::logged_in(&[])
        .transfer("STOR /a")
        .read_data_to_end()
        .end_data()
        .say("226 done\r\n")
        .answer("SIZE", "213 200000\r\n")
        .answer("SIZE", "550 gone\r\n")
        .answer("SIZE", "500 what\r\n");
    let server = Server::playing(script).await;
    let mut control = session(&server).await;
    let mut data = within(control.store(&path("/a"), 0)).await.unwrap();
    within(data.write(&[7; 200_000])).await.unwrap();
    within(data.finish()).await.unwrap();
    assert_eq!(within(control.size(&path("/a"))).await.unwrap(), Some(200_000));
    assert!(matches!(control.size(&path("/a")).await, Err(Fault::Refused(_))));
    assert_eq!(control.size(&path("/a")).await.unwrap(), None);
    assert_eq!(server.finish().await.received.len(), 200_000);
}

#[tokio::test]
async fn a_552_in_the_middle_of_an_upload_ends_it_at_once_and_the_session_goes_on() {
    // The server neither reads on nor closes the data connection: only its words can end the upload.
    let script =
        Script::logged_in(&[]).transfer("STOR /a").read_data(1000).say("552 quota exceeded\r\n").answer("NOOP", "200 ok\r\n");
    let server = Server::playing(script).await;
    let mut control = session(&server).await;
    let mut data = within(control.store(&path("/a"), 0)).await.unwrap();
    let chunk = vec![0; 1 << 20];
    let fault = loop {
        if let Err(fault) = within(data.write(&chunk)).await {
            break fault;
        }
    };
    assert!(matches!(&fault, Fault::Refused(reply) if reply.code == 552), "{fault:?}");
    drop(data);
    assert!(!control.is_poisoned());
    assert_eq!(within(control.keep_alive(IdleCommand::Noop)).await.unwrap().code, 200);
    server.finish().await;
}

#[tokio::test]
async fn the_idle_limit_is_asked_of_servers_that_tell_it_and_of_no_others() {
    let login = |script: Script| script.login(&[]);
    let told = "200 Current IDLE time limit is 900 seconds; max 7200\r\n";
    for (greeting, answer, limit) in [
        ("220 host FTP server (Version 6.4/OpenBSD) ready.\r\n", Some(told), Some(900)),
        ("220 host FTP server (Version wu-2.6.2) ready.\r\n", Some("500 'SITE IDLE': command not understood.\r\n"), None),
        ("220 ProFTPD Server\r\n", None, None),
    ] {
        let mut script = login(Script::default().say(greeting));
        if let Some(answer) = answer {
            script = script.answer("SITE IDLE", answer);
        }
        let server = Server::playing(script.answer("NOOP", "200 ok\r\n")).await;
        let mut control = session(&server).await;
        within(control.ask_idle_limit()).await.unwrap();
        assert_eq!(control.idle_limit(), limit, "{greeting}");
        assert_eq!(within(control.keep_alive(IdleCommand::Noop)).await.unwrap().code, 200);
        server.finish().await;
    }
}

#[tokio::test]
async fn a_421_in_the_middle_of_a_transfer_ends_it() {
    let script = Script::logged_in(&[]).transfer("RETR /a").send_data("abc").wait_for_go().say("421 shutting down\r\n").close();
    let server = Server::playing(script).await;
    let mut control = session(&server).await;
    let mut data = within(control.retrieve(&path("/a"), 0)).await.unwrap();
    let mut buffer = [0; 16];
    assert_eq!(within(data.read(&mut buffer)).await.unwrap(), 3);
    server.go();
    let fault = within(data.read(&mut buffer)).await.unwrap_err();
    assert!(matches!(&fault, Fault::Goodbye(_)), "{fault:?}");
    drop(data);
    assert!(control.is_poisoned());
    assert_eq!(server.finish().await.faults, ["close"]);
}

#[tokio::test]
async fn a_421_behind_the_closing_reply_ends_the_session_and_not_the_transfer() {
    let closed = "226 Transfer complete\r\n421 shutting down\r\n";
    let script = Script::logged_in(&[]).transfer("RETR /a").send_data("abc").end_data().say(closed).close();
    let server = Server::playing(script).await;
    let mut control = session(&server).await;
    let mut data = within(control.retrieve(&path("/a"), 0)).await.unwrap();
    let mut buffer = [0; 16];
    assert_eq!(within(data.read(&mut buffer)).await.unwrap(), 3);
    assert_eq!(within(data.read(&mut buffer)).await.unwrap(), 0);
    server.until(|report| report.faults == ["close"]).await;
    assert_eq!(within(data.finish()).await.unwrap().code, 226);
    let fault = within(control.keep_alive(IdleCommand::Noop)).await.unwrap_err();
    assert!(matches!(&fault, Fault::Goodbye(reply) if reply.code == 421), "{fault:?}");
    assert!(control.is_poisoned());
    server.finish().await;
}

#[tokio::test]
async fn data_goes_on_to_its_end_when_the_control_connection_is_gone_and_is_not_called_done() {
    let script = Script::logged_in(&[]).transfer("RETR /a").send_data("abc").close().wait_for_go().send_data("def").end_data();
    let server = Server::playing(script).await;
    let mut control = session(&server).await;
    let mut data = within(control.retrieve(&path("/a"), 0)).await.unwrap();
    let mut buffer = [0; 16];
    assert_eq!(within(data.read(&mut buffer)).await.unwrap(), 3);
    server.until(|report| report.faults == ["close"]).await;
    server.go();
    assert_eq!(within(data.read(&mut buffer)).await.unwrap(), 3);
    assert_eq!(within(data.read(&mut buffer)).await.unwrap(), 0);
    let fault = within(data.finish()).await.unwrap_err();
    assert!(matches!(&fault, Fault::Lost { .. }), "{fault:?}");
    assert!(control.is_poisoned());
    server.finish().await;
}

#[tokio::test]
async fn a_closing_reply_that_admits_a_failure_is_no_success() {
    for (said, positive) in [("226 Transfer aborted\r\n", true), ("451 disk error\r\n", false), ("200 fine\r\n", true)] {
        let script = Script::logged_in(&[]).transfer("RETR /a").send_data("abc").end_data().say(said).answer("NOOP", "200 ok\r\n");
        let server = Server::playing(script).await;
        let mut control = session(&server).await;
        let mut data = within(control.retrieve(&path("/a"), 0)).await.unwrap();
        let outcome = async {
            read_all(&mut data).await?;
            within(data.finish()).await
        };
        let fault = outcome.await.unwrap_err();
        assert_eq!(matches!(&fault, Fault::DataConnection { reply: Some(_), .. }), positive, "{fault:?}");
        assert_eq!(matches!(&fault, Fault::Refused(_)), !positive, "{fault:?}");
        assert_eq!(within(control.keep_alive(IdleCommand::Noop)).await.unwrap().code, 200);
        server.finish().await;
    }
}

#[tokio::test]
async fn a_broken_data_connection_waits_for_the_servers_words() {
    let script =
        Script::logged_in(&[]).transfer("RETR /a").send_data("abc").reset_data().say("426 broken\r\n").answer("NOOP", "200 ok\r\n");
    let server = Server::playing(script).await;
    let mut control = session(&server).await;
    let mut data = within(control.retrieve(&path("/a"), 0)).await.unwrap();
    let fault = read_all(&mut data).await.unwrap_err();
    // Whichever is seen first, the reset or the words: the words are kept.
    let kept = match &fault {
        Fault::Refused(reply) | Fault::DataConnection { reply: Some(reply), .. } => reply.code,
        other => panic!("{other:?}"),
    };
    assert_eq!(kept, 426);
    drop(data);
    assert_eq!(within(control.keep_alive(IdleCommand::Noop)).await.unwrap().code, 200);
    assert_eq!(server.finish().await.faults, ["reset data"]);
}

/// Servers answer a broken-off transfer in every order there is, and some leave with it.
#[tokio::test]
async fn a_transfer_that_is_cancelled_and_stopped_leaves_the_session_usable_unless_the_server_leaves() {
    let (closed, broken, bye) = ("226 closed\r\n", "426 broken off\r\n", "221 bye\r\n");
    let table: [(&[&str], bool); 6] = [
        (&[closed], true),
        (&[broken], true),
        (&[broken, closed], true),
        (&[closed, broken], true),
        (&[broken, bye], false),
        (&[bye, closed], false),
    ];
    for (said, goes_on) in table {
        let script = Script::logged_in(&[]).transfer("STOR /a").read_data_to_end().say(said.concat());
        let server = Server::playing(if goes_on { script.answer("NOOP", "200 ok\r\n") } else { script.close() }).await;
        let mut control = session(&server).await;
        let cancel = CancellationToken::new();
        control.set_cancel(cancel.clone());
        let mut data = within(control.store(&path("/a"), 0)).await.unwrap();
        within(data.write(b"abc")).await.unwrap();
        cancel.cancel();
        assert!(matches!(within(data.write(b"def")).await, Err(Fault::Cancelled)));
        let stopped = within(data.stop()).await;
        control.set_cancel(CancellationToken::new());
        if goes_on {
            stopped.unwrap();
            assert_eq!(within(control.keep_alive(IdleCommand::Noop)).await.unwrap().code, 200, "{said:?}");
        } else {
            assert!(matches!(stopped, Err(Fault::Goodbye(_))), "{said:?}: {stopped:?}");
            assert!(control.is_poisoned());
        }
        assert_eq!(server.finish().await.received, b"abc");
    }
}

#[tokio::test]
async fn a_dropped_transfer_poisons() {
    let server = Server::playing(Script::logged_in(&[]).transfer("RETR /a").send_data("abc").await_end()).await;
    let mut control = session(&server).await;
    drop(within(control.retrieve(&path("/a"), 0)).await.unwrap());
    assert!(matches!(control.keep_alive(IdleCommand::Noop).await, Err(Fault::Poisoned)));
    drop(control);
    server.finish().await;
}

#[tokio::test]
async fn a_stalled_transfer_runs_into_the_limit() {
    let server = Server::playing(Script::logged_in(&[]).transfer("RETR /a").send_data("abc").await_end()).await;
    let mut target = target(&server, Encryption::Plain);
    target.timeout = Duration::from_secs(1);
    let mut control = within(connect(&target, Arc::new(Log::default()), &CancellationToken::new())).await.unwrap();
    log_in(&mut control).await;
    let mut data = within(control.retrieve(&path("/a"), 0)).await.unwrap();
    let fault = read_all(&mut data).await.unwrap_err();
    assert!(matches!(&fault, Fault::Timeout { .. }), "{fault:?}");
    drop(data);
    drop(control);
    server.finish().await;
}

#[tokio::test]
async fn pasv_to_another_host_goes_to_the_peer() {
    let script = Script::logged_in(&[])
        .pasv_naming([192, 0, 2, 1])
        .answer("RETR /a", "150 go\r\n")
        .open_data()
        .send_data("abc")
        .end_data()
        .say("226 done\r\n");
    let server = Server::playing(script).await;
    let log = Arc::new(Log::default());
    let target = target(&server, Encryption::Plain);
    let mut control = within(connect(&target, Arc::clone(&log) as Arc<dyn Observer>, &CancellationToken::new())).await.unwrap();
    log_in(&mut control).await;
    let mut data = within(control.retrieve(&path("/a"), 0)).await.unwrap();
    assert_eq!(read_all(&mut data).await.unwrap(), b"abc");
    within(data.finish()).await.unwrap();
    assert!(log.text().contains("Note: The server names 192.0.2.1"), "{}", log.text());
    assert_eq!(server.finish().await.data_connections, 1);
}

#[tokio::test]
async fn a_refused_pasv_is_followed_by_epsv_which_is_remembered() {
    let script = Script::logged_in(&[])
        .answer("PASV", "502 no\r\n")
        .epsv()
        .answer("RETR /a", "150 go\r\n")
        .open_data()
        .end_data()
        .say("226 done\r\n")
        .epsv()
        .answer("RETR /b", "550 gone\r\n")
        .answer("NOOP", "200 ok\r\n");
    let server = Server::playing(script).await;
    let mut control = session(&server).await;
    let mut data = within(control.retrieve(&path("/a"), 0)).await.unwrap();
    assert_eq!(read_all(&mut data).await.unwrap(), b"");
    within(data.finish()).await.unwrap();
    assert!(matches!(within(control.retrieve(&path("/b"), 0)).await, Err(Fault::Refused(_))));
    assert_eq!(control.keep_alive(IdleCommand::Noop).await.unwrap().code, 200);
    assert_eq!(server.finish().await.count("PASV"), 1);
}

#[tokio::test]
async fn a_421_to_a_data_command_is_a_refusal_when_the_server_stays() {
    for stays in [true, false] {
        let script = Script::logged_in(&[]).pasv().answer("RETR /a", "421 no data connection\r\n");
        let script = if stays { script.answer("NOOP", "200 ok\r\n") } else { script.close() };
        let server = Server::playing(script).await;
        let mut control = session(&server).await;
        let fault = within(control.retrieve(&path("/a"), 0)).await.err().unwrap();
        assert_eq!(matches!(&fault, Fault::Refused(_)), stays, "{fault:?}");
        assert_eq!(matches!(&fault, Fault::Goodbye(_)), !stays, "{fault:?}");
        if stays {
            assert_eq!(control.keep_alive(IdleCommand::Noop).await.unwrap().code, 200);
        }
        server.finish().await;
    }
}

#[tokio::test]
async fn folders_are_listed_by_mlsd_then_by_list() {
    let script = Script::logged_in(&["MLST type*;"])
        .answer("CWD /x", "250 ok\r\n")
        .transfer("MLSD")
        .send_data("type=cdir; /x\r\ntype=file;size=3; a;b\r\ntype=dir; ../c\r\n")
        .end_data()
        .say("226 done\r\n")
        .pasv()
        .answer("MLSD", "502 no\r\n")
        .transfer("LIST -a")
        .send_data("total 1\r\ndrwxr-xr-x 2 a b 0 Jan  1  2024 .\r\n-rw-r--r-- 1 a b 5 Jan  1  2024 .f\r\n")
        .end_data()
        .say("226-Options: -l\r\n226 Output truncated to 1 matches\r\n")
        .pasv()
        .answer("LIST -a", "226 nothing here\r\n")
        .answer("NOOP", "200 ok\r\n");
    let server = Server::playing(script).await;
    let mut control = session(&server).await;
    let listing = within(control.list(&path("/x"))).await.unwrap();
    assert_eq!(listing.entries.iter().map(|entry| entry.name.as_str()).collect::<Vec<_>>(), ["a;b"]);
    assert_eq!(listing.unread.len(), 1);
    let listing = within(control.list(&path("/x"))).await.unwrap();
    assert_eq!(listing.entries[0].name, ".f");
    assert!(listing.incomplete.unwrap().contains("truncated"));
    assert!(within(control.list(&path("/x"))).await.unwrap().entries.is_empty());
    assert_eq!(control.keep_alive(IdleCommand::Noop).await.unwrap().code, 200);
    assert_eq!(server.finish().await.count("CWD"), 1);
}

#[tokio::test]
async fn a_server_that_takes_no_option_of_list_is_asked_without_it_from_then_on() {
    let rows = "-rw-r--r-- 1 a b 5 Jan  1  2024 f\r\n";
    let script = Script::logged_in(&[])
        .answer("CWD /x", "250 ok\r\n")
        .transfer("LIST -a")
        .end_data()
        .say("226 no file of that name\r\n")
        .transfer("LIST")
        .send_data(rows)
        .end_data()
        .say("226 done\r\n")
        .transfer("LIST")
        .send_data(rows)
        .end_data()
        .say("226 done\r\n");
    let server = Server::playing(script).await;
    let mut control = session(&server).await;
    for _ in 0..2 {
        assert_eq!(within(control.list(&path("/x"))).await.unwrap().entries[0].name, "f");
    }
    assert_eq!(server.finish().await.count("LIST"), 3);
}

#[tokio::test]
async fn refusals_leave_the_session_and_names_are_checked_before_anything_is_sent() {
    let script = Script::logged_in(&[])
        .answer("MKD /a", "550 exists\r\n")
        .answer("RNFR /a", "350 ok\r\n")
        .answer("RNTO /b", "553 no\r\n")
        .answer("SITE CHMOD 644 /a", "200 ok\r\n")
        .await_end();
    let server = Server::playing(script).await;
    let mut control = session(&server).await;
    assert!(matches!(control.make_folder(&path("/a")).await, Err(Fault::Refused(reply)) if reply.code == 550));
    assert!(matches!(control.rename(&path("/a"), &path("/b")).await, Err(Fault::Refused(reply)) if reply.code == 553));
    control.set_mode(&path("/a"), 0o100_644).await.unwrap();
    // A path with a line end cannot be made; what else there is goes out as it came.
    assert!(RemotePath::parse("/a\r\nDELE b").is_err() && path("/").child("a\nb").is_err());
    control.quit().await;
    assert_eq!(server.finish().await.count("QUIT"), 1);
}

#[tokio::test]
async fn auth_tls_that_is_refused_is_not_quietly_plain() {
    let server = Server::playing(Script::greet().answer("AUTH TLS", "502 no\r\n").await_end()).await;
    let target = target(&server, Encryption::Explicit);
    let fault = within(connect(&target, Arc::new(Log::default()), &CancellationToken::new())).await.unwrap_err();
    assert!(matches!(&fault, Fault::NotOffered { what: "AUTH TLS", .. }), "{fault:?}");
    assert_eq!(server.finish().await.commands, ["AUTH TLS"]);
}

#[tokio::test]
async fn bytes_injected_behind_the_answer_to_auth_tls_are_refused() {
    let server = Server::playing(Script::greet().answer("AUTH TLS", "234 go\r\n200 injected\r\n").await_end()).await;
    let target = target(&server, Encryption::Explicit);
    let fault = within(connect(&target, Arc::new(Log::default()), &CancellationToken::new())).await.unwrap_err();
    assert!(matches!(&fault, Fault::Protocol { .. }), "{fault:?}");
    assert_eq!(server.finish().await.commands, ["AUTH TLS"]);
}

#[tokio::test]
async fn a_refused_prot_is_not_quietly_plain() {
    let refused = Script::greet()
        .answer("AUTH TLS", "234 go\r\n")
        .start_tls()
        .answer("PBSZ 0", "200 ok\r\n")
        .answer("PROT P", "536 no\r\n")
        .await_end();
    let server = Server::start([untrusted(), refused]).await;
    let mut target = target(&server, Encryption::Explicit);
    let first = within(connect(&target, Arc::new(Log::default()), &CancellationToken::new())).await;
    let Err(Fault::Untrusted(certificate)) = first else { panic!("{first:?}") };
    target.trust.pinned.insert(certificate.fingerprint);
    let fault = within(connect(&target, Arc::new(Log::default()), &CancellationToken::new())).await.unwrap_err();
    assert!(matches!(&fault, Fault::NotOffered { .. }), "{fault:?}");
    server.finish().await;
}

#[tokio::test]
async fn an_untrusted_certificate_is_a_question_and_its_pin_the_answer() {
    let server = Server::start([untrusted(), Script::greet().explicit_tls().login(&[]).answer("QUIT", "221 bye\r\n")]).await;
    let mut target = target(&server, Encryption::Explicit);
    let first = within(connect(&target, Arc::new(Log::default()), &CancellationToken::new())).await;
    let Err(Fault::Untrusted(certificate)) = first else { panic!("{first:?}") };
    assert_eq!(certificate.names, ["scripted.test"]);
    assert!(!certificate.reason.is_empty() && certificate.not_after.is_some());
    target.trust.pinned.insert(certificate.fingerprint);
    let mut control = within(connect(&target, Arc::new(Log::default()), &CancellationToken::new())).await.unwrap();
    let facts = control.tls().unwrap();
    assert_eq!((facts.protocol.as_str(), facts.pinned), ("TLS 1.2", true));
    log_in(&mut control).await;
    control.quit().await.unwrap();
    server.finish().await;
}

#[tokio::test]
async fn a_server_that_takes_only_tls_1_3_gets_it() {
    let made = rcgen::generate_simple_self_signed(vec!["scripted.test".to_owned()]).unwrap();
    let config = scripted::config_of(made.cert.der().clone(), &made.signing_key, &rustls::version::TLS13);
    let too_old = || Script::greet().answer("AUTH TLS", "234 go\r\n").refused_tls();
    let script = Script::greet().explicit_tls().login(&[]).answer("QUIT", "221 bye\r\n");
    let server = Server::secured(config, [too_old(), untrusted(), too_old(), script]).await;
    let log = Arc::new(Log::default());
    let control = tls_session(&server, &log).await;
    assert!(control.tls().unwrap().is_tls13());
    assert_eq!(log.text().matches("takes no TLS 1.2").count(), 2, "{}", log.text());
    control.quit().await;
    server.finish().await;
}

/// When a dial begins and when it is no more.
#[derive(Default)]
struct Lives(Mutex<Vec<&'static str>>);

impl Observer for Lives {
    fn line(&self, _: LogKind, _: &str) {}

    fn step(&self, step: ConnectStep) {
        if step == ConnectStep::Dialling {
            self.0.lock().unwrap().push("begins");
        }
    }

    fn wire(&self, event: &WireEvent<'_>) {
        if matches!(event, WireEvent::Closed { .. }) {
            self.0.lock().unwrap().push("ends");
        }
    }
}

#[tokio::test]
async fn each_dial_tells_its_end_and_before_the_next_one_begins() {
    let made = rcgen::generate_simple_self_signed(vec!["scripted.test".to_owned()]).unwrap();
    let config = scripted::config_of(made.cert.der().clone(), &made.signing_key, &rustls::version::TLS13);
    let too_old = Script::greet().answer("AUTH TLS", "234 go\r\n").refused_tls();
    let server = Server::secured(config, [too_old, untrusted()]).await;
    let lives = Arc::new(Lives::default());
    let observer = Arc::clone(&lives) as Arc<dyn Observer>;
    let outcome = within(connect(&target(&server, Encryption::Explicit), observer, &CancellationToken::new())).await;
    assert!(matches!(outcome, Err(Fault::Untrusted(_))));
    assert_eq!(*lives.0.lock().unwrap(), ["begins", "ends", "begins", "ends"]);
    server.finish().await;
}

#[tokio::test]
async fn data_connections_resume_the_session_of_the_control_connection() {
    let script = Script::greet().explicit_tls().login(&[]);
    let script = ["/a", "/b"]
        .iter()
        .fold(script, |script, name| script.transfer_tls(&format!("RETR {name}")).send_data("abc").end_data().say("226 done\r\n"));
    let script = script.transfer_tls("STOR /c").read_data_to_end().end_data().say("226 done\r\n");
    let server = Server::start([untrusted(), script]).await;
    let mut control = tls_session(&server, &Arc::new(Log::default())).await;
    for name in ["/a", "/b"] {
        let mut data = within(control.retrieve(&path(name), 0)).await.unwrap();
        assert_eq!(read_all(&mut data).await.unwrap(), b"abc");
        within(data.finish()).await.unwrap();
    }
    let mut data = within(control.store(&path("/c"), 0)).await.unwrap();
    within(data.write(b"upload")).await.unwrap();
    within(data.finish()).await.unwrap();
    let report = server.finish().await;
    assert_eq!(report.resumed, [true, true, true]);
    assert_eq!(report.received, b"upload");
}

#[tokio::test]
async fn uploads_under_tls_1_3_take_in_the_ticket_for_the_next_one() {
    let made = rcgen::generate_simple_self_signed(vec!["scripted.test".to_owned()]).unwrap();
    let mut config = scripted::config_of(made.cert.der().clone(), &made.signing_key, &rustls::version::TLS13);
    config.send_tls13_tickets = 1;
    let names = ["/a", "/b", "/c", "/d"];
    let script = names.iter().fold(Script::greet().explicit_tls().login(&[]), |script, name| {
        script.transfer_tls(&format!("STOR {name}")).read_data_to_end().say("226 done\r\n").end_data()
    });
    let server = Server::secured(config, [untrusted(), untrusted(), untrusted(), script]).await;
    let mut control = tls_session(&server, &Arc::new(Log::default())).await;
    for name in names {
        let mut data = within(control.store(&path(name), 0)).await.unwrap();
        within(data.write(b"upload")).await.unwrap();
        within(data.finish()).await.unwrap();
    }
    assert_eq!(server.finish().await.resumed, [true; 4]);
}

/// Sessions stand in the tickets, so that one resumes any number of times, and no data connection brings another.
fn with_tickets_at_the_login_only(certificate: &rcgen::CertifiedKey<rcgen::KeyPair>) -> [rustls::ServerConfig; 2] {
    let mut control = scripted::config_of(certificate.cert.der().clone(), &certificate.signing_key, &rustls::version::TLS13);
    control.ticketer = rustls::crypto::ring::Ticketer::new().unwrap();
    let mut data = control.clone();
    control.send_tls13_tickets = 2;
    data.send_tls13_tickets = 0;
    [control, data]
}

#[tokio::test]
async fn tickets_that_come_with_the_login_alone_open_any_number_of_data_connections() {
    const ROUNDS: usize = 20;
    let made = rcgen::generate_simple_self_signed(vec!["scripted.test".to_owned()]).unwrap();
    let [control, data] = with_tickets_at_the_login_only(&made);
    let script = (0..ROUNDS).fold(Script::greet().explicit_tls().login(&["MLST type*;size*;modify*;"]), |script, round| {
        let script = script.transfer_tls("RETR /a").send_data("abc").end_data().say("226 done\r\n");
        let script = script.transfer_tls("STOR /b").read_data_to_end().end_data().say("226 done\r\n");
        let script = if round == 0 { script.answer("CWD /", "250 ok\r\n") } else { script };
        script.transfer_tls("MLSD").send_data("type=file;size=3; a\r\n").end_data().say("226 done\r\n")
    });
    let server = Server::secured_apart(control, data, [untrusted(), untrusted(), untrusted(), script]).await;
    let mut control = tls_session(&server, &Arc::new(Log::default())).await;
    for _ in 0..ROUNDS {
        let mut data = within(control.retrieve(&path("/a"), 0)).await.unwrap();
        assert_eq!(read_all(&mut data).await.unwrap(), b"abc");
        within(data.finish()).await.unwrap();
        let mut data = within(control.store(&path("/b"), 0)).await.unwrap();
        within(data.write(b"upload")).await.unwrap();
        within(data.finish()).await.unwrap();
        assert_eq!(within(control.list(&path("/"))).await.unwrap().entries.len(), 1);
    }
    assert_eq!(server.finish().await.resumed, [true; 3 * ROUNDS]);
}

#[tokio::test]
async fn a_server_that_has_forgotten_the_session_of_tls_is_logged_in_to_again() {
    let made = rcgen::generate_simple_self_signed(vec!["scripted.test".to_owned()]).unwrap();
    let refusals = ["425 Unable to build data connection\r\n", "522 SSL connection failed: session reuse required\r\n"];
    for (refusal, is_upload) in refusals.iter().flat_map(|refusal| [(refusal, false), (refusal, true)]) {
        let [control, data] = with_tickets_at_the_login_only(&made);
        let script = Script::greet().explicit_tls().login(&[]);
        let script = script.transfer_tls("RETR /a").send_data("abc").end_data().say("226 done\r\n");
        let script = script.transfer_forgetful_tls(if is_upload { "STOR /b" } else { "RETR /b" }).end_data().say(refusal);
        let server = Server::secured_apart(control, data, [untrusted(), untrusted(), untrusted(), script]).await;
        let log = Arc::new(Log::default());
        let mut control = tls_session(&server, &log).await;
        let mut data = within(control.retrieve(&path("/a"), 0)).await.unwrap();
        read_all(&mut data).await.unwrap();
        within(data.finish()).await.unwrap();
        let outcome = if is_upload {
            match within(control.store(&path("/b"), 0)).await {
                Ok(data) => within(data.finish()).await.map(drop),
                Err(fault) => Err(fault),
            }
        } else {
            match within(control.retrieve(&path("/b"), 0)).await {
                Ok(mut data) => match read_all(&mut data).await {
                    Ok(_) => within(data.finish()).await.map(drop),
                    Err(fault) => Err(fault),
                },
                Err(fault) => Err(fault),
            }
        };
        assert!(
            matches!(&outcome, Err(Fault::Forgotten(reply)) if refusal.starts_with(&reply.code.to_string())),
            "{refusal} {is_upload}: {outcome:?}"
        );
        assert!(control.is_poisoned());
        assert_eq!(server.finish().await.resumed, [true, false]);
    }
}

#[tokio::test]
async fn a_refusal_on_data_connections_that_never_resumed_is_a_refusal() {
    let made = rcgen::generate_simple_self_signed(vec!["scripted.test".to_owned()]).unwrap();
    let [control, data] = with_tickets_at_the_login_only(&made);
    let script = Script::greet().explicit_tls().login(&[]);
    let script = script.transfer_forgetful_tls("RETR /a").end_data().say("425 no\r\n").answer("NOOP", "200 ok\r\n");
    let server = Server::secured_apart(control, data, [untrusted(), untrusted(), untrusted(), script]).await;
    let mut control = tls_session(&server, &Arc::new(Log::default())).await;
    let outcome = match within(control.retrieve(&path("/a"), 0)).await {
        Ok(mut data) => match read_all(&mut data).await {
            Ok(_) => within(data.finish()).await.map(drop),
            Err(fault) => Err(fault),
        },
        Err(fault) => Err(fault),
    };
    assert!(matches!(&outcome, Err(Fault::Refused(reply)) if reply.code == 425), "{outcome:?}");
    within(control.keep_alive(IdleCommand::Noop)).await.unwrap();
    server.finish().await;
}

#[tokio::test]
async fn a_server_that_takes_tls_1_3_no_more_gets_tls_1_2() {
    let refused = Script::greet().answer("AUTH TLS", "234 go\r\n").refused_tls();
    let server = Server::start([refused, untrusted()]).await;
    let target = Target { tls_version: TlsVersion::Tls13, ..target(&server, Encryption::Explicit) };
    let log = Arc::new(Log::default());
    let outcome = within(connect(&target, Arc::clone(&log) as _, &CancellationToken::new())).await;
    assert!(matches!(outcome, Err(Fault::Untrusted(_))), "{outcome:?}");
    assert!(log.text().contains("takes no TLS 1.3 any more"), "{}", log.text());
    server.finish().await;
}

#[tokio::test]
async fn a_download_without_close_notify_is_no_success() {
    let script = Script::greet()
        .explicit_tls()
        .login(&[])
        .transfer_tls("RETR /a")
        .send_data("abc")
        .cut_data()
        .say("226 done\r\n")
        .answer("NOOP", "200 ok\r\n");
    let server = Server::start([untrusted(), script]).await;
    let mut control = tls_session(&server, &Arc::new(Log::default())).await;
    let mut data = within(control.retrieve(&path("/a"), 0)).await.unwrap();
    let fault = read_all(&mut data).await.unwrap_err();
    assert!(
        matches!(&fault, Fault::DataConnection { detail, reply: Some(reply) } if detail.contains("close_notify") && reply.code == 226),
        "{fault:?}"
    );
    drop(data);
    assert_eq!(within(control.keep_alive(IdleCommand::Noop)).await.unwrap().code, 200);
    assert_eq!(server.finish().await.faults, ["cut data"]);
}

#[tokio::test]
async fn a_421_over_tls_while_idle_is_a_goodbye() {
    let server = Server::start([untrusted(), Script::greet().explicit_tls().login(&[]).say("421 Timeout\r\n").close()]).await;
    let mut control = tls_session(&server, &Arc::new(Log::default())).await;
    let fault = within(control.watch()).await;
    assert!(matches!(&fault, Fault::Goodbye(reply) if reply.code == 421), "{fault:?}");
    server.finish().await;
}

#[tokio::test]
async fn last_words_in_clear_behind_tls_are_found_and_marked() {
    let properly = Script::greet().explicit_tls().login(&[]).end_tls().say_clear("421 Idle timeout\r\n");
    let abruptly = Script::greet().explicit_tls().login(&[]).say_clear("500 OOPS: died\r\n");
    for (script, code) in [(properly, 421), (abruptly, 500)] {
        let server = Server::start([untrusted(), script]).await;
        let log = Arc::new(Log::default());
        let mut control = tls_session(&server, &log).await;
        let fault = within(control.watch()).await;
        assert!(matches!(&fault, Fault::Goodbye(reply) if reply.code == code), "{fault:?}");
        assert!(log.text().contains("Note: What follows came in clear text"), "{}", log.text());
        assert!(server.finish().await.faults.contains(&"clear text"));
    }
}

#[tokio::test]
async fn implicit_tls_begins_with_the_first_byte() {
    let secured = Script::default().start_tls().say("220 safe\r\n").answer("PBSZ 0", "200 ok\r\n").answer("PROT P", "200 ok\r\n");
    let scripts = [
        Script::default().say("220 plain\r\n").await_end(),
        Script::default().refused_tls(),
        secured.answer("QUIT", "221 bye\r\n"),
    ];
    let server = Server::start(scripts).await;
    let mut target = target(&server, Encryption::Implicit);
    let fault = within(connect(&target, Arc::new(Log::default()), &CancellationToken::new())).await.unwrap_err();
    assert!(matches!(&fault, Fault::Tls { .. }), "{fault:?}");
    // The certificate is asked about before a byte of FTP is heard.
    let fault = within(connect(&target, Arc::new(Log::default()), &CancellationToken::new())).await.unwrap_err();
    let Fault::Untrusted(certificate) = fault else { panic!("{fault:?}") };
    target.trust.pinned.insert(certificate.fingerprint);
    let control = within(connect(&target, Arc::new(Log::default()), &CancellationToken::new())).await.unwrap();
    control.quit().await.unwrap();
    server.finish().await;
}
