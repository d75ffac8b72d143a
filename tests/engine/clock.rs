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

/// Hours that are no zone: what was changed since it was sent goes again, what was not does not.
#[test]
fn a_clock_that_is_many_hours_off_misleads_nothing() {
    const HOUR: i64 = 3600;
    for ahead in [20 * HOUR, -30 * HOUR, 400 * 24 * HOUR] {
        let server = Server::start(&[]);
        let written = Timestamp::now() + SignedDuration::from_secs(ahead);
        server.with(|shelf| shelf.time = stamp(written));
        let folder = tempfile::tempdir().unwrap();
        let local = folder.path().join("f");
        let change = |content: &str, at: Timestamp| {
            fs::write(&local, content).unwrap();
            fs::File::options().write(true).open(&local).unwrap().set_modified(at.into()).unwrap();
        };
        // An hour before it is sent.
        change("first", hours_ago(1));
        let mut client = Client::moored(&server);
        client.put(&local, "/f", OnExists::Newer);
        client.done("/f");
        let skew = client.hear("the clock", |body| match body {
            EventBody::Host { facts, .. } => facts.skew_seconds,
            _ => None,
        });
        assert!((ahead - 60..=ahead).contains(&skew), "{ahead}: {skew}");
        let again = |client: &mut Client| {
            client.engine.send(Command::ClearDone);
            client.until("cleared", |client| client.rows().is_empty().then_some(()));
            client.put(&local, "/f", OnExists::Newer);
            client.ended("/f")
        };
        assert_eq!(again(&mut client), TransferState::Skipped(SkipReason::Exists), "{ahead}: nothing has changed");
        // Two minutes after it was sent, and not by the server's clock.
        change("second", Timestamp::now() + SignedDuration::from_secs(120));
        let state = again(&mut client);
        assert!(matches!(state, TransferState::Done(_)), "{ahead}: {state:?}");
        assert_eq!(server.file("/f").unwrap(), b"second", "{ahead}");
    }
}

/// Whatever sets times, and however soon: what is measured is the time that the server gave, not the one that it was told.
#[test]
fn the_clock_is_measured_before_a_time_is_set() {
    for ahead_of_time in [false, true] {
        let server = Server::start(&[]);
        server.with(|shelf| {
            shelf.time = stamp(Timestamp::now() + SignedDuration::from_mins(4));
            // As vsftpd, which gets the time with the file as soon as it is known how; or with MFMT, which every server gets by itself.
            (shelf.mdtm_sets, shelf.sets_times) = (ahead_of_time, !ahead_of_time);
            shelf.greeting = ahead_of_time.then_some("220 (vsFTPd 3.0.5)");
        });
        let folder = tempfile::tempdir().unwrap();
        let set = if ahead_of_time { "MDTM 20251120101112 " } else { "MFMT 20251120101112 " };
        let mut client = Client::forgetful();
        let mut one = site(server.port());
        one.connections = 1;
        client.connect_to(one, Some("secret"));
        client.moor();
        // In a folder of its own, so that the server is known to have nothing of that name.
        let send = |client: &mut Client, name: &str, on_exists| {
            let (up, remote) = (folder.path().join(name), format!("/{name}/{name}"));
            fs::create_dir(&up).unwrap();
            fs::write(up.join(name), name).unwrap();
            let at: Timestamp = "2025-11-20T10:11:12Z".parse().unwrap();
            fs::File::options().write(true).open(up.join(name)).unwrap().set_modified(at.into()).unwrap();
            client.put(&up, &format!("/{name}"), on_exists);
            client.done(&remote);
            assert_eq!(server.count(&format!("{set}{remote}")), 1, "{:#?}", client.story());
        };
        let order = |first: &str, second: &str| {
            let place =
                |begins: &str| server.with(|shelf| shelf.commands.iter().position(|line| line.starts_with(begins)).unwrap());
            place(first) < place(second)
        };
        // No answer depends on the clock here, and none is looked for.
        send(&mut client, "a", OnExists::Overwrite);
        send(&mut client, "b", OnExists::Overwrite);
        let asked = server.count("MDTM /");
        send(&mut client, "c", OnExists::Newer);
        let skew = client.hear("the clock", |body| match body {
            EventBody::Host { facts, .. } => facts.skew_seconds,
            _ => None,
        });
        assert!((180..=240).contains(&skew), "{ahead_of_time}: {skew}");
        assert!(order("MDTM /c/c", &format!("{set}/c/c")), "{:#?}", client.story());
        // It is known from here on.
        send(&mut client, "d", OnExists::Newer);
        assert_eq!(server.count("MDTM /") - asked, 1, "{:#?}", client.story());
    }
}
