//! Proof by checksum, receipts and comparisons over real servers: proftpd with mod_digest computes checksums, vsftpd does not.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

mod support;

use std::ffi::OsStr;
use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use moorline::engine::{Answer, Command as Wish, Engine, EventBody, Options, Question, Waker};
use moorline::ftp::checksum::{Told, Way};
use moorline::ftp::dial::{Observer, Target, connect};
use moorline::ftp::tls::{TlsVersion, Trust};
use moorline::model::address::AddressPath;
use moorline::model::checksum::{Checksum, HashAlgorithm};
use moorline::model::chosen::Chosen;
use moorline::model::conflict::OnExists;
use moorline::model::listing::Listing;
use moorline::model::log::LogKind;
use moorline::model::path::RemotePath;
use moorline::model::rate::{Rate, SpeedLimits};
use moorline::model::secret::Secret;
use moorline::model::session::{ConnectStep, Phase};
use moorline::model::site::{DataMode, Encryption, Site, SiteId};
use moorline::model::transfer::{Direction, Job, QueueTab, TransferRow, TransferState};
use serde_json::Value;
use sha2::Digest;
use support::bell::Bell;
use support::scripted::PATIENCE;
use support::servers::{Kind, PASSWORD, Server, Setup, USER};
use support::tree;
use tokio_util::sync::CancellationToken;

/// Runs `moorline` with a home of its own.
fn moorline<I: AsRef<OsStr>>(home: &Path, arguments: impl IntoIterator<Item = I>) -> Output {
    Command::new(env!("CARGO_BIN_EXE_moorline"))
        .args(arguments)
        .env("MOORLINE_PASSWORD", PASSWORD)
        .env("MOORLINE_HOME", home.join(".moorline"))
        .env_remove("DBUS_SESSION_BUS_ADDRESS")
        .current_dir(home)
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

fn assert_exit(output: &Output, expected: i32) {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert_eq!(output.status.code(), Some(expected), "{}\n{}", text(&output.stdout), text(&output.stderr));
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// A tree whose names need care on the wire and in checksum files.
fn plant(folder: &Path) {
    tree::plant(folder, 3, 12);
    fs::create_dir(folder.join("two words")).unwrap();
    for (name, content) in [("two words/a b.txt", "blank"), ("q\"uote.txt", "quote"), ("empty", "")] {
        fs::write(folder.join(name), content).unwrap();
    }
}

struct Quiet;

impl Observer for Quiet {
    fn line(&self, _: LogKind, _: &str) {}
    fn step(&self, _: ConnectStep) {}
}

#[test]
fn proftpd_tells_every_kind_of_checksum_also_of_names_with_blanks() {
    let name = "proven::proftpd_tells_every_kind_of_checksum_also_of_names_with_blanks";
    let Some(server) = Server::start_or_skip(name, Kind::Proftpd, &Setup::default()) else { return };
    let content = b"some bytes whose checksum is asked for";
    fs::create_dir(server.root().join("d d")).unwrap();
    let names = ["plain.txt", "two words.txt", "d d/\u{fc} \"q\".txt"];
    names.iter().for_each(|name| fs::write(server.root().join(name), content).unwrap());
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let target = Target {
            host: "127.0.0.1".to_owned(),
            port: server.address().port(),
            encryption: Encryption::Plain,
            data_mode: DataMode::Passive,
            trust: Trust::default(),
            tls_version: TlsVersion::default(),
            timeout: Duration::from_secs(3600),
        };
        let work = async {
            let mut control = connect(&target, Arc::new(Quiet), &CancellationToken::new()).await.unwrap();
            control.login(USER, &Secret::new(PASSWORD)).await.unwrap();
            let offered = control.checksum_ways();
            assert_eq!(offered[0], Way { algorithm: HashAlgorithm::Sha512, command: "HASH" });
            for command in ["HASH", "XSHA512", "XSHA256", "XSHA1", "XSHA", "XMD5", "MD5", "XCRC"] {
                assert!(offered.iter().any(|way| way.command == command), "{command} is not offered");
            }
            for way in offered {
                for name in names {
                    let path = RemotePath::parse(&format!("/{name}")).unwrap();
                    let told = control.checksum(way, &path, content.len() as u64).await.unwrap();
                    let Told::Sum(sum) = told else { panic!("{way:?} of {name}: {told:?}") };
                    assert_eq!(sum.algorithm, way.algorithm);
                    if way.algorithm == HashAlgorithm::Sha256 {
                        assert_eq!(sum, Checksum::of_bytes(HashAlgorithm::Sha256, &sha2::Sha256::digest(content)), "{name}");
                    }
                    if way.algorithm == HashAlgorithm::Crc32 {
                        assert_eq!(sum, Checksum::of_bytes(HashAlgorithm::Crc32, &crc32fast::hash(content).to_be_bytes()));
                    }
                }
            }
            let missing = RemotePath::parse("/not here.txt").unwrap();
            let way = Way { algorithm: HashAlgorithm::Sha256, command: "XSHA256" };
            assert!(matches!(control.checksum(way, &missing, 1).await.unwrap(), Told::Refused(words) if words.starts_with("550")));
            control.quit().await;
        };
        tokio::time::timeout(PATIENCE, work).await.unwrap();
    });
}

#[test]
fn a_tree_is_proven_by_checksum_there_and_back_and_its_receipts_are_read_by_sha256sum() {
    let name = "proven::a_tree_is_proven_by_checksum_there_and_back_and_its_receipts_are_read_by_sha256sum";
    let Some(server) = Server::start_or_skip(name, Kind::Proftpd, &Setup::default()) else { return };
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path();
    plant(&home.join("tree"));
    let url = server.url("ftp", "tree");
    assert_exit(&moorline(home, ["put", "tree", &url, "--checksums", "required", "--quiet"]), 0);
    assert_exit(&moorline(home, ["get", &url, "back", "--checksums", "required", "--quiet"]), 0);
    tree::assert_same(&home.join("tree"), &home.join("back"));
    // A name that may go there and never comes from there.
    fs::write(home.join("back\\slash.txt"), "slash").unwrap();
    assert_exit(&moorline(home, ["put", "back\\slash.txt", &server.url("ftp", ""), "--checksums", "required", "--quiet"]), 0);

    let receipts = moorline(home, ["receipts", "--json"]);
    assert_exit(&receipts, 0);
    let receipts: Vec<Value> = serde_json::from_slice(&receipts.stdout).unwrap();
    let files = 2 * 15 + 1;
    assert_eq!(receipts.len(), files);
    for receipt in &receipts {
        assert_eq!(receipt["bytes"], receipt["reported"]);
        assert!(receipt["reply"].as_str().unwrap().starts_with("226"), "{receipt}");
        let by = (&receipt["hash_algorithm"], &receipt["hash_command"]);
        // Of what holds nothing the size says all.
        let expected = if receipt["bytes"] == 0 { (Value::Null, Value::Null) } else { ("SHA-512".into(), "HASH".into()) };
        assert_eq!(by, (&expected.0, &expected.1), "{receipt}");
    }
    assert_eq!(receipts.iter().filter(|receipt| receipt["direction"] == "upload").count(), 16);

    let sums = moorline(home, ["receipts", "--sha256"]);
    assert_exit(&sums, 0);
    fs::write(home.join("SHA256SUMS"), &sums.stdout).unwrap();
    let check = || Command::new("sha256sum").args(["--strict", "-c", "SHA256SUMS"]).current_dir(home).output().unwrap();
    let checked = check();
    assert!(checked.status.success(), "{checked:?}");
    assert_eq!(stdout(&checked).matches(": OK").count(), files);
    fs::write(home.join("tree/two words/a b.txt"), "BLANK").unwrap();
    assert!(!check().status.success());

    let csv = stdout(&moorline(home, ["receipts", "--csv", "--since", "24h"]));
    assert_eq!(csv.lines().count(), files + 1);
    let lines = stdout(&moorline(home, ["receipts"]));
    assert_eq!(lines.lines().count(), files);
    assert!(lines.contains("SHA-512"));
    assert_eq!(stdout(&moorline(home, ["receipts", "--since", "0m"])), "");
    // The file that was changed since is said to be so, and left out.
    let again = moorline(home, ["receipts", "--sha256"]);
    assert_exit(&again, 1);
    assert!(String::from_utf8_lossy(&again.stderr).contains("a b.txt"));
    assert_eq!(stdout(&again).lines().count(), files - 1);
}

#[test]
fn what_was_sent_of_a_cancelled_upload_goes_from_real_servers_also_under_tls() {
    let name = "proven::what_was_sent_of_a_cancelled_upload_goes_from_real_servers_also_under_tls";
    for kind in Kind::ALL {
        for (encryption, is_paused) in
            [(Encryption::Plain, false), (Encryption::Plain, true), (Encryption::Explicit, false), (Encryption::Explicit, true)]
        {
            let Some(server) = Server::start_or_skip(&format!("{name}::{kind}"), kind, &Setup::default()) else { break };
            cancel_an_upload(&server, encryption, is_paused);
        }
    }
}

/// Takes an upload out while it moves or after it was paused; returns when the server has nothing of it.
fn cancel_an_upload(server: &Server, encryption: Encryption, is_paused: bool) {
    let folder = tempfile::tempdir().unwrap();
    let local = folder.path().join("big.bin");
    fs::write(&local, vec![7; 16 << 20]).unwrap();
    let bell = Arc::new(Bell::default());
    let options = Options { places: None, keyring: false, keep_queue: false };
    let engine = Engine::start(options, Arc::clone(&bell) as Arc<dyn Waker>).unwrap();
    let mut site = Site::new(SiteId("it".into()), "It", "127.0.0.1");
    (site.port, site.encryption, site.user) = (Some(server.address().port()), encryption, USER.into());
    engine.send(Wish::Connect { site: Box::new(site), password: Some(Secret::new(PASSWORD)), start: AddressPath::Login });
    let both = Rate(2_000_000);
    engine.send(Wish::LimitSpeed { limits: Some(SpeedLimits { both, ..SpeedLimits::default() }) });
    let job = Job { direction: Direction::Upload, local, remote: RemotePath::parse("/big.bin").unwrap(), on_exists: OnExists::Ask };
    let deadline = Instant::now() + PATIENCE;
    let until = |what: &str, is_so: &mut dyn FnMut(Option<&EventBody>, &[TransferRow]) -> bool| {
        loop {
            let heard = bell.heard();
            let mut events = Vec::new();
            while let Some(event) = engine.next_event() {
                if let EventBody::Asked { id, question: Question::Certificate { .. } } = &event.body {
                    engine.send(Wish::Answer { question: *id, answer: Answer::TrustAlways });
                }
                events.push(event.body);
            }
            let tabs = [QueueTab::Active, QueueTab::Queued, QueueTab::Failed, QueueTab::Done];
            let rows: Vec<TransferRow> = tabs.iter().flat_map(|tab| engine.queue().rows(*tab, 0, 9)).collect();
            if is_so(None, &rows) || events.iter().any(|event| is_so(Some(event), &rows)) {
                return rows;
            }
            assert!(
                bell.rings_beyond(heard, deadline),
                "never {what}: {encryption:?} {is_paused} {rows:#?}\n{}",
                server.log_text()
            );
        }
    };
    until("moored", &mut |event, _| matches!(event, Some(EventBody::Session(session)) if session.phase == Phase::Moored));
    engine.send(Wish::Enqueue { jobs: vec![job] });
    let rows = until("moving", &mut |_, rows| rows.iter().any(|row| row.moved > 1 << 20));
    let ids = || Chosen::from(vec![rows[0].id]);
    if is_paused {
        engine.send(Wish::Pause { ids: ids() });
        until("paused", &mut |_, rows| rows[0].state == TransferState::Paused);
    }
    engine.send(Wish::Cancel { ids: ids() });
    // The pane shows the folder, which is read again when the file has gone.
    let is_without = |listing: &Listing| listing.entries.iter().all(|entry| entry.name != "big.bin");
    until("gone", &mut |event, _| {
        matches!(event, Some(EventBody::RemoteListing { listing, .. }) if is_without(listing))
            && !server.root().join("big.bin").exists()
    });
}

#[test]
fn a_comparison_finds_what_differs_and_nothing_else() {
    for (kind, hashes) in [(Kind::Proftpd, true), (Kind::Vsftpd, false)] {
        let name = format!("proven::a_comparison_finds_what_differs_and_nothing_else::{kind}");
        let Some(server) = Server::start_or_skip(&name, kind, &Setup::default()) else { continue };
        let folder = tempfile::tempdir().unwrap();
        let home = folder.path();
        plant(&home.join("tree"));
        let url = server.url("ftp", "tree");
        assert_exit(&moorline(home, ["put", "tree", &url, "--quiet"]), 0);
        let same = moorline(home, ["verify", "tree", &url]);
        assert_exit(&same, 0);
        // Two of them are empty: there is nothing more to compare of these.
        assert_eq!(stdout(&same), "2 the same, 13 of the same size.\n");
        let proven = moorline(home, ["verify", "tree", &url, "--checksums", "offered"]);
        assert_eq!(stdout(&proven) == "All 15 files are the same on both sides.\n", hashes, "{}", stdout(&proven));

        let there = server.root().join("tree");
        fs::write(there.join("two words/a b.txt"), "BLANK").unwrap();
        // Of what is to come, or long ago, vsftpd tells the day only.
        let earlier = std::time::SystemTime::now() - Duration::from_secs(48 * 3600);
        fs::File::options().write(true).open(there.join("two words/a b.txt")).unwrap().set_modified(earlier).unwrap();
        // Of the same size: only a checksum can tell. What can be seen is said.
        let sizes = moorline(home, ["verify", "tree", &url]);
        assert_exit(&sizes, 0);
        let row = "same-size     two words/a b.txt  (same size, 5 B, newer here)\n";
        assert!(stdout(&sizes).starts_with(row) && stdout(&sizes).contains("(1 with another time)"), "{}", stdout(&sizes));
        let offered = moorline(home, ["verify", "tree", &url, "--checksums", "offered"]);
        assert_exit(&offered, i32::from(hashes));
        assert_eq!(stdout(&offered).contains("differs       two words/a b.txt"), hashes, "{}", stdout(&offered));
        let required = moorline(home, ["verify", "tree/q\"uote.txt", &format!("{url}/"), "--checksums", "required"]);
        assert_exit(&required, i32::from(!hashes));

        fs::write(there.join("q\"uote.txt"), "longer than before").unwrap();
        fs::remove_file(there.join("empty")).unwrap();
        fs::write(there.join("of the server"), "new").unwrap();
        fs::create_dir(home.join("tree/only here")).unwrap();
        fs::write(home.join("tree/only here/x"), "x").unwrap();
        let output = moorline(home, ["verify", "tree", &url, "--json"]);
        assert_exit(&output, 1);
        let rows: Vec<Value> = stdout(&output).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let (summary, rows) = rows.split_last().unwrap();
        let of = |path: &str| rows.iter().find(|row| row["path"] == path).unwrap_or_else(|| panic!("no {path}"));
        assert_eq!((&of("q\"uote.txt")["result"], &of("q\"uote.txt")["remote_size"]), (&"differs".into(), &18.into()));
        assert_eq!(of("empty")["result"], "only-here");
        assert_eq!(of("of the server")["result"], "only-there");
        assert_eq!(of("only here/")["result"], "only-here");
        let counts = ["same_size", "differs", "only_here", "only_there", "unprovable"].map(|key| summary[key].as_u64().unwrap());
        assert_eq!(counts, [12, 1, 2, 1, 0], "{summary}");
        let csv = stdout(&moorline(home, ["verify", "tree", &url, "--csv"]));
        assert_eq!(csv.lines().count(), 1 + 17);
        assert!(!there.join("only here").exists(), "something was transferred");
    }
}

#[test]
fn a_required_checksum_that_the_server_does_not_tell_is_no_proof() {
    let name = "proven::a_required_checksum_that_the_server_does_not_tell_is_no_proof";
    let Some(server) = Server::start_or_skip(name, Kind::Vsftpd, &Setup::default()) else { return };
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path();
    fs::write(home.join("a.txt"), "text").unwrap();
    let url = server.url("ftp", "");
    let output = moorline(home, ["put", "a.txt", &url, "--checksums", "required"]);
    assert_exit(&output, 1);
    assert!(String::from_utf8_lossy(&output.stderr).contains("the server tells none"), "{output:?}");
    assert_eq!(stdout(&moorline(home, ["receipts"])), "", "it has a receipt");
    assert_exit(&moorline(home, ["put", "a.txt", &url, "--checksums", "offered"]), 0);
    assert_eq!(stdout(&moorline(home, ["receipts"])).lines().count(), 1);
}
