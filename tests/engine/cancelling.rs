//! Transfers that are taken out of the queue when much has arrived of them.

use super::*;
use moorline::model::site::Split;

/// So much is not thrown away unasked.
const MUCH: usize = 64 << 20;

/// A client whose downloads have come so far, each over one connection, and wait.
fn stalled(server: &Server, at: usize, folder: &Path, names: &[&str]) -> (Client, Vec<TransferId>) {
    server.with(|shelf| shelf.stall = Some(at));
    let mut client = Client::forgetful();
    client.connect_to(Site { split: Split::Never, ..site(server.port()) }, Some("secret"));
    client.moor();
    for name in names {
        client.get(name, &folder.join(&name[1..]), OnExists::Ask);
    }
    let there = u64::try_from(at).unwrap();
    let ids = names.iter().map(|name| client.row(name, |row| row.moved == there).id).collect();
    (client, ids)
}

#[test]
fn much_that_has_arrived_is_lost_only_after_a_question() {
    let large = bytes(MUCH + 1_000_000);
    let server = Server::start(&[("/a", &large)]);
    for answer in [Answer::Cancel, Answer::Pause, Answer::Confirm] {
        let folder = tempfile::tempdir().unwrap();
        let (mut client, ids) = stalled(&server, MUCH + 5, folder.path(), &["/a"]);
        client.engine.send(Command::Cancel { ids: ids.into() });
        let (id, question) = client.asked();
        assert!(matches!(question, Question::Discard { transfers: 1, bytes } if bytes == (MUCH + 5) as u64), "{question:?}");
        assert_eq!(client.rows()[0].state, TransferState::Moving, "it goes on while it is asked");
        client.answer(id, answer.clone());
        match answer {
            Answer::Cancel => {
                server.with(|shelf| shelf.stall = None);
                client.done("/a");
                assert_eq!(names(folder.path()), ["a"]);
            }
            Answer::Pause => {
                client.row("/a", |row| row.state == TransferState::Paused);
                assert_eq!(names(folder.path()), ["a.part"]);
                // A paused one is asked about as well.
                let id = client.rows()[0].id;
                client.engine.send(Command::Cancel { ids: vec![id].into() });
                client.asked();
            }
            _ => {
                client.until("gone", |client| client.rows().is_empty().then_some(()));
                drop(client);
                assert!(names(folder.path()).is_empty());
            }
        }
        server.with(|shelf| shelf.stall = None);
    }
}

#[test]
fn a_question_about_what_has_arrived_meanwhile_is_withdrawn_and_the_file_stays() {
    let server = Server::start(&[("/a", &bytes(MUCH + 1_000_000))]);
    let folder = tempfile::tempdir().unwrap();
    let (mut client, ids) = stalled(&server, MUCH, folder.path(), &["/a"]);
    client.engine.send(Command::Cancel { ids: ids.into() });
    let (asked, _) = client.asked();
    server.with(|shelf| shelf.stall = None);
    client.hear("withdrawn", |body| matches!(body, EventBody::Withdrawn { id } if *id == asked).then_some(()));
    client.done("/a");
    assert_eq!(names(folder.path()), ["a"]);
}

#[test]
fn many_are_asked_about_once_with_all_that_they_have_and_little_goes_at_once() {
    let half = bytes(MUCH / 2 + 2_000_000);
    let server = Server::start(&[("/a", &half), ("/b", &half)]);
    let folder = tempfile::tempdir().unwrap();
    let (mut client, ids) = stalled(&server, MUCH / 2 + 1, folder.path(), &["/a", "/b"]);
    client.engine.send(Command::Cancel { ids: ids.clone().into() });
    let (id, question) = client.asked();
    assert!(matches!(question, Question::Discard { transfers: 2, bytes } if bytes == MUCH as u64 + 2), "{question:?}");
    client.answer(id, Answer::Cancel);
    client.engine.send(Command::Cancel { ids: ids[..1].to_vec().into() });
    client.until("one is gone", |client| (client.rows().len() == 1).then_some(()));
    server.with(|shelf| shelf.stall = None);
    client.done("/b");
}
