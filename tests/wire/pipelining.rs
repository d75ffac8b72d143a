//! Commands that are sent before their time, to a server that is known to take them one after the other.

use jiff::Timestamp;

use super::*;

/// A login at a server of that kind.
fn vsftpd() -> Script {
    Script::default().say("220 (vsFTPd 3.0.3)\r\n").login(&["MDTM"])
}

async fn fetch(control: &mut Control, name: &str) -> Vec<u8> {
    control.next_is_small();
    let mut data = within(control.retrieve(&path(name), 0)).await.unwrap();
    let bytes = read_all(&mut data).await.unwrap();
    within(data.finish()).await.unwrap();
    bytes
}

fn at() -> Timestamp {
    "2026-11-27T14:00:00Z".parse().unwrap()
}

#[tokio::test]
async fn the_next_address_is_asked_for_with_the_file_before() {
    let file = |script: Script, name: &str, bytes: &str| {
        script.expect(&format!("RETR {name}")).say("150 go\r\n").open_data().send_data(bytes).end_data().say("226 done\r\n").pasv()
    };
    let script = file(file(vsftpd().pasv(), "/a", "abc"), "/b", "de").answer("NOOP", "200 ok\r\n");
    let server = Server::playing(script).await;
    let mut control = session(&server).await;
    assert_eq!(fetch(&mut control, "/a").await, b"abc");
    // Nobody has asked for the next file.
    server.until(|report| report.count("PASV") == 2).await;
    assert_eq!(fetch(&mut control, "/b").await, b"de");
    assert_eq!(within(control.keep_alive(IdleCommand::Noop)).await.unwrap().code, 200, "replies and commands go together");
    assert_eq!(server.finish().await.count("PASV"), 3);
}

#[tokio::test]
async fn other_servers_get_one_command_at_a_time() {
    let script = Script::logged_in(&["MDTM"]).transfer("RETR /a").send_data("abc").end_data().say("226 done\r\n");
    let server = Server::playing(script.answer("NOOP", "200 ok\r\n")).await;
    let mut control = session(&server).await;
    assert_eq!(fetch(&mut control, "/a").await, b"abc");
    within(control.keep_alive(IdleCommand::Noop)).await.unwrap();
    assert_eq!(server.finish().await.count("PASV"), 1);
}

#[tokio::test]
async fn a_refused_file_leaves_the_address_for_the_next() {
    let script = vsftpd().pasv().expect("RETR /a").say("550 no such file\r\n").pasv();
    let script = script.expect("RETR /b").say("150 go\r\n").open_data().send_data("de").end_data().say("226 done\r\n").pasv();
    let server = Server::playing(script).await;
    let mut control = session(&server).await;
    control.next_is_small();
    let refused = within(control.retrieve(&path("/a"), 0)).await.map(drop);
    assert!(matches!(refused, Err(Fault::Refused(reply)) if reply.code == 550));
    assert_eq!(fetch(&mut control, "/b").await, b"de");
    server.finish().await;
}

#[tokio::test]
async fn a_small_upload_is_through_before_the_server_has_answered() {
    // The first file finds out how a time is set; from the second on it goes in the same breath.
    let first = vsftpd().pasv().expect("STOR /a").open_data().read_data_to_end().end_data().say("150 go\r\n226 done\r\n").pasv();
    let first = first.answer("MDTM 20261127140000 /a", "213 set\r\n").answer("MDTM /a", "213 20261127140000\r\n");
    let second = first.expect("STOR /b").open_data().read_data_to_end().end_data().say("150 go\r\n226 done\r\n");
    let script = second.answer("MDTM 20261127140000 /b", "213 set\r\n").pasv().answer("SIZE /b", "213 2\r\n");
    let server = Server::playing(script).await;
    let mut control = session(&server).await;
    for (name, bytes) in [("/a", &b"abc"[..]), ("/b", b"de")] {
        let data = within(control.store_small(&path(name), bytes, Some(at()))).await.unwrap();
        assert_eq!(data.sent(), bytes.len() as u64);
        within(data.finish()).await.unwrap();
        if name == "/b" {
            server.until(|report| report.count("MDTM 20261127140000 /b") == 1).await;
        }
        assert!(within(control.set_modified(&path(name), at())).await.unwrap());
    }
    assert_eq!(within(control.size(&path("/b"))).await.unwrap(), Some(2));
    let report = server.finish().await;
    assert_eq!((report.received.as_slice(), report.count("MDTM 20261127140000 /b")), (&b"abcde"[..], 1));
}

#[tokio::test]
async fn a_refused_upload_keeps_replies_and_commands_together() {
    let script = vsftpd().pasv().expect("STOR /a").say("553 not here\r\n").pasv().answer("NOOP", "200 ok\r\n");
    let server = Server::playing(script).await;
    let mut control = session(&server).await;
    let refused = within(control.store_small(&path("/a"), b"abc", Some(at()))).await.map(drop);
    assert!(matches!(refused, Err(Fault::Refused(reply)) if reply.code == 553));
    assert_eq!(within(control.keep_alive(IdleCommand::Noop)).await.unwrap().code, 200);
    server.finish().await;
}

#[tokio::test]
async fn after_an_address_that_leads_nowhere_commands_go_one_by_one() {
    // The port of a listener that is gone.
    let dead = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let script = vsftpd().pasv().expect("RETR /a").say("150 go\r\n").open_data().send_data("abc").end_data().say("226 done\r\n");
    let script = script.answer("PASV", &format!("227 ok (127,0,0,1,{},{})\r\n", dead / 256, dead % 256));
    let script = script.transfer("RETR /b").send_data("de").end_data().say("226 done\r\n").answer("NOOP", "200 ok\r\n");
    let server = Server::playing(script).await;
    let mut control = session(&server).await;
    assert_eq!(fetch(&mut control, "/a").await, b"abc");
    control.next_is_small();
    let failed = within(control.retrieve(&path("/b"), 0)).await.map(drop);
    assert!(matches!(failed, Err(Fault::DataConnection { .. })), "{failed:?}");
    assert_eq!(fetch(&mut control, "/b").await, b"de");
    assert_eq!(within(control.keep_alive(IdleCommand::Noop)).await.unwrap().code, 200);
    assert_eq!(server.finish().await.count("PASV"), 3, "none with the last file");
}
