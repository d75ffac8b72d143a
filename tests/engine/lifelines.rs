//! Each connection's line on the timeline ends when the connection does, however it ends.

use moorline::model::timeline::{SpanKind, lanes};

use super::*;

/// How the last life of each connection stands, by number.
fn lives(client: &Client) -> Vec<(u16, String)> {
    let lanes = lanes(&client.engine.chronicle().happenings(), jiff::Timestamp::now(), None);
    let last = |lane: moorline::model::timeline::Lane| {
        let life = lane.spans.into_iter().rfind(|span| span.kind == SpanKind::Open);
        life.map(|life| (lane.connection, life.detail))
    };
    lanes.into_iter().filter_map(last).collect()
}

#[test]
fn a_server_that_dies_ends_the_line_of_every_connection() {
    let (server, folder) = many_small_files(40, 0);
    server.with(|shelf| shelf.stall = Some(2));
    let mut client = remembering(folder.path(), &server, 4);
    client.get("/data", &folder.path().join("data"), OnExists::Ask);
    server.until(|shelf| shelf.stalled == 4);
    assert!(lives(&client).iter().all(|(_, how)| how == "Stands"), "{:?}", lives(&client));
    server.with(|shelf| shelf.is_closed = true);
    (0..5).for_each(|index| server.cut(index, ""));
    client.until("adrift", |client| matches!(client.session.phase, Phase::Adrift { .. }).then_some(()));
    let ended = client.until("every line has its end", |client| {
        let lives = lives(client);
        lives.iter().all(|(_, how)| how != "Stands").then_some(lives)
    });
    assert_eq!(ended.len(), 5, "{ended:?}");
    assert!(ended.iter().all(|(_, how)| !how.is_empty() && how != "Moorline let it go"), "each says how: {ended:?}");
}

#[test]
fn a_session_that_is_left_ends_every_line_with_the_goodbye() {
    let (server, folder) = many_small_files(4, 0);
    let mut client = remembering(folder.path(), &server, 2);
    client.get("/data", &folder.path().join("data"), OnExists::Ask);
    all_done(&mut client, 4);
    client.engine.send(Command::Disconnect { when: DisconnectWhen::Now });
    client.left();
    let ended = lives(&client);
    assert!(ended.len() > 1 && ended.iter().all(|(_, how)| how == "Moorline said goodbye (QUIT)"), "{ended:?}");
}
