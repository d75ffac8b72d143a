//! The server's clock: its zone is measured once a session, and no answer is misled by it.

use super::*;
use jiff::{SignedDuration, Timestamp};
use moorline::model::entry::Precision;

/// Now, so many hours ago, on the whole minute.
fn hours_ago(hours: i64) -> Timestamp {
    let at = Timestamp::now() - SignedDuration::from_hours(hours);
    Timestamp::from_second(at.as_second() / 60 * 60).unwrap()
}

fn stamp(at: Timestamp) -> String {
    at.to_zoned(jiff::tz::TimeZone::UTC).strftime("%Y%m%d%H%M%S").to_string()
}

fn listed(client: &mut Client, name: &str) -> Timestamp {
    let listing = client.listing("/");
    let modified = listing.entries.iter().find(|entry| entry.name == name).unwrap().modified.unwrap();
    assert_eq!(modified.precision, Precision::Minute);
    modified.at
}

#[test]
fn the_zone_of_list_is_learned_from_one_file_and_kept() {
    for ahead in [7200, -19_800, 0] {
        let server = Server::start(&[("/f", b"1234"), ("/g", b"1")]);
        let written = hours_ago(20);
        server.with(|shelf| {
            shelf.time = stamp(written);
            shelf.list_ahead = Some(ahead);
        });
        let home = tempfile::tempdir().unwrap();
        let options = || Options { places: Some(Places::in_folder(home.path())), keyring: false, keep_queue: false };
        let mut client = Client::start(options());
        client.connect(server.port());
        client.moor();
        assert_eq!(listed(&mut client, "f"), written, "{ahead}");
        assert_eq!(server.count("MDTM"), 1);
        let facts = client.hear("the clock", |body| match body {
            EventBody::Host { facts, .. } => Some(*facts),
            _ => None,
        });
        assert_eq!(facts.list_ahead_seconds, Some(ahead));
        client.engine.send(Command::OpenRemote { path: path("/") });
        assert_eq!(listed(&mut client, "g"), written, "{ahead}");
        assert_eq!(server.count("MDTM"), 1, "it was measured twice");
        drop(client);
        // Where it cannot be measured it is known from last time.
        server.with(|shelf| shelf.unknown = vec!["MDTM"]);
        let mut client = Client::start(options());
        client.connect(server.port());
        client.moor();
        assert_eq!(listed(&mut client, "f"), written, "{ahead} of last time");
    }
}

/// What is learned is told by the keeper, disk or none, which changes one fact at a time.
#[test]
fn what_is_measured_without_a_disk_is_known_as_long_as_the_program_runs() {
    let server = Server::start(&[("/f", b"1234")]);
    server.with(|shelf| (shelf.time, shelf.list_ahead) = (stamp(hours_ago(20)), Some(3600)));
    let mut client = Client::moored(&server);
    let told = |body: &EventBody| match body {
        EventBody::Host { facts, .. } => Some(*facts),
        _ => None,
    };
    client.hear("the clock", told);
    client.engine.send(Command::AskHost { site: Box::new(site(server.port())) });
    assert_eq!(client.hear("what is known", told).list_ahead_seconds, Some(3600));
}

#[test]
fn an_offset_that_a_person_states_is_not_measured() {
    let server = Server::start(&[("/f", b"1234")]);
    let written = hours_ago(20);
    server.with(|shelf| {
        shelf.time = stamp(written);
        shelf.list_ahead = Some(3600);
    });
    let mut client = Client::forgetful();
    let mut stated = site(server.port());
    stated.list_ahead_seconds = Some(5400);
    client.connect_to(stated, Some("secret"));
    client.moor();
    assert_eq!(listed(&mut client, "f"), written - SignedDuration::from_mins(30));
    assert_eq!(server.count("MDTM"), 0);
}

#[test]
fn newer_goes_by_the_servers_zone() {
    // The local file is an hour older and an hour newer than the server's, whose listing is two hours ahead.
    for (hours, replaced) in [(21, true), (19, false)] {
        let server = Server::start(&[("/f", b"1234")]);
        server.with(|shelf| {
            shelf.time = stamp(hours_ago(20));
            shelf.list_ahead = Some(7200);
        });
        let folder = tempfile::tempdir().unwrap();
        let local = folder.path().join("f");
        fs::write(&local, b"old").unwrap();
        fs::File::options().write(true).open(&local).unwrap().set_modified(hours_ago(hours).into()).unwrap();
        let mut client = Client::moored(&server);
        client.listing("/");
        client.get("/f", &local, OnExists::Newer);
        let state = client.ended("/f");
        assert_eq!(matches!(state, TransferState::Done(_)), replaced, "{hours}: {state:?}");
    }
}

#[test]
fn a_servers_clock_that_is_off_is_learned_from_an_upload() {
    // Files that are written get this time: the server's clock is four minutes ahead.
    let server = Server::start(&[]);
    server.with(|shelf| shelf.time = stamp(Timestamp::now() + SignedDuration::from_mins(4)));
    let folder = tempfile::tempdir().unwrap();
    let local = folder.path().join("f");
    fs::write(&local, b"first").unwrap();
    let mut client = Client::moored(&server);
    client.put(&local, "/f", OnExists::Newer);
    client.done("/f");
    let facts = client.hear("the clock", |body| match body {
        EventBody::Host { facts, .. } => Some(*facts),
        _ => None,
    });
    let skew = facts.skew_seconds.unwrap();
    assert!((180..=240).contains(&skew), "{skew}");
    // Changed here after it was sent: newer, although the server's time says otherwise.
    fs::write(&local, b"second").unwrap();
    fs::File::options()
        .write(true)
        .open(&local)
        .unwrap()
        .set_modified((Timestamp::now() + SignedDuration::from_secs(120)).into())
        .unwrap();
    client.engine.send(Command::ClearDone);
    client.until("cleared", |client| client.rows().is_empty().then_some(()));
    client.put(&local, "/f", OnExists::Newer);
    client.done("/f");
    assert_eq!(server.file("/f").unwrap(), b"second");
}

#[test]
fn how_far_a_clock_is_off_is_what_a_person_says_whatever_was_measured() {
    // Four minutes ahead, as it is measured first.
    let server = Server::start(&[]);
    server.with(|shelf| shelf.time = stamp(Timestamp::now() + SignedDuration::from_mins(4)));
    let folder = tempfile::tempdir().unwrap();
    let local = folder.path().join("f");
    fs::write(&local, b"first").unwrap();
    let mut client = Client::moored(&server);
    client.put(&local, "/f", OnExists::Newer);
    client.done("/f");
    fs::write(&local, b"second").unwrap();
    let changed = Timestamp::now() + SignedDuration::from_secs(120);
    fs::File::options().write(true).open(&local).unwrap().set_modified(changed.into()).unwrap();
    for (stated, arrives) in [(Some(0), false), (Some(240), true), (Some(-240), false), (None, true)] {
        edited::edit(&mut client, |site| site.clock_ahead_seconds = stated);
        server.with(|shelf| shelf.files.insert("/f".into(), b"first".to_vec()));
        client.engine.send(Command::ClearDone);
        client.until("cleared", |client| client.rows().is_empty().then_some(()));
        client.put(&local, "/f", OnExists::Newer);
        let state = client.ended("/f");
        assert_eq!(matches!(state, TransferState::Done(_)), arrives, "{stated:?}: {state:?}");
        assert_eq!(server.file("/f").unwrap() == b"second", arrives, "{stated:?}");
    }
}
