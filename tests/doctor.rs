//! The doctor against servers that are broken on purpose: each set-up has its own, right conclusion.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

mod support;

use std::net::SocketAddr;
use std::process::{Command, Output, Stdio};
use std::sync::Arc;
use std::time::Duration;

use moorline::engine::doctor::{Limits, Patient, examine};
use moorline::engine::{Command as EngineCommand, Engine, EventBody, Options, Waker};
use moorline::ftp::tls::Trust;
use moorline::model::certificate::Fingerprint;
use moorline::model::diagnosis::{Finding, Outcome, Report, StepName, Verdict};
use moorline::model::host::HostFacts;
use moorline::model::secret::Secret;
use moorline::model::site::{Encryption, Logon, Site, SiteId};
use rcgen::{CertificateParams, CertifiedIssuer, DnType, KeyPair, date_time_ymd};
use rustls::pki_types::CertificateDer;
use sha2::{Digest, Sha256};
use support::scripted::{PATIENCE, Script, Server, config};
use support::servers::{self, Kind, Server as RealServer, Setup, Tls};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;

const USER: &str = "annabel";
const PASSWORD: &str = "tr0ub4dor";

/// A server at `address`, as somebody would have saved it.
fn patient(address: SocketAddr, encryption: Encryption) -> Patient {
    let mut site = Site::new(SiteId("x".to_owned()), "x", address.ip().to_string());
    site.port = Some(address.port());
    site.encryption = encryption;
    site.user = USER.to_owned();
    Patient {
        site,
        password: Some(Secret::new(PASSWORD)),
        trust: Trust::default(),
        known: HostFacts::default(),
        limits: Limits { step: PATIENCE, whole: PATIENCE * 2 },
    }
}

/// Where silence is the fault, it is not listened to for long.
fn impatient(address: SocketAddr, encryption: Encryption) -> Patient {
    Patient { limits: Limits { step: Duration::from_secs(2), whole: PATIENCE * 2 }, ..patient(address, encryption) }
}

async fn report(patient: &Patient) -> Report {
    let report = examine(patient, &CancellationToken::new()).await.report;
    let (text, json) = (report.text(), report.json().to_string());
    assert!(text.starts_with(report.conclusion.headline()), "{text}");
    for hidden in [USER, PASSWORD] {
        assert!(!text.contains(hidden) && !json.contains(hidden), "{text}");
    }
    report
}

/// The conclusion must be this one, at this step.
async fn concludes(patient: &Patient, step: StepName, finding: Finding) -> Report {
    let report = report(patient).await;
    assert_eq!(report.conclusion.finding, finding, "{}", report.text());
    let found = report.steps.iter().find(|found| found.name == step).unwrap();
    assert_eq!(found.finding, finding, "{}", report.text());
    let outcome = match (finding.verdict(), step.carries_session()) {
        (Verdict::Failed, true) => Outcome::NoSession,
        (Verdict::Failed, false) | (Verdict::Warning, _) => Outcome::Impaired,
        _ => Outcome::Fine,
    };
    assert_eq!(report.conclusion.outcome, outcome, "{}", report.text());
    report
}

/// A plain server that plays a script, whose conclusion must be this one.
async fn plays(script: Script, step: StepName, finding: Finding) -> Report {
    let server = Server::playing(script.await_end()).await;
    let report = concludes(&patient(server.address(), Encryption::Plain), step, finding).await;
    server.finish().await;
    report
}

/// A listener that treats every connection so, until the test ends.
async fn listening<F, W>(treat: F) -> SocketAddr
where
    F: Fn(TcpStream) -> W + Send + 'static,
    W: Future<Output = ()> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(treat(stream));
        }
    });
    address
}

/// Says something as soon as somebody connects, and reads until they leave.
async fn saying(words: &'static str) -> SocketAddr {
    listening(move |mut stream| async move {
        let _ = stream.write_all(words.as_bytes()).await;
        let _ = stream.read_to_end(&mut Vec::new()).await;
    })
    .await
}

/// A web server: says something when it has been asked something.
async fn answering(words: &'static str) -> SocketAddr {
    listening(move |mut stream| async move {
        if let Ok(1..) = stream.read(&mut [0; 1024]).await {
            let _ = stream.write_all(words.as_bytes()).await;
        }
    })
    .await
}

/// A port where nobody listens.
async fn closed_port() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap()
}

/// Up to the listing.
fn logged_in() -> Script {
    Script::logged_in(&["MLST type*;size*;"]).answer("PWD", "257 \"/home/annabel\" is it\r\n")
}

/// A listing, and the goodbye.
fn listed(script: Script, rows: &str, closing: &str) -> Script {
    script.transfer("MLSD").send_data(rows).end_data().say(closing).answer("NOOP", "200 ok\r\n").answer("QUIT", "221 bye\r\n")
}

const ROWS: &str = "type=file;size=3; a\r\ntype=dir; b\r\n";

#[tokio::test]
async fn a_healthy_server_is_fine() {
    let script = Script::default()
        .say("220 ready, idle sessions are disconnected after 15 minutes\r\n")
        .login(&["MLST type*;size*;"])
        .answer("PWD", "257 \"/home/annabel\" is it\r\n");
    let report = plays(listed(script, ROWS, "226 done\r\n"), StepName::Listing, Finding::Fine).await;
    assert_eq!(report.conclusion.outcome, Outcome::Fine);
    let words = |name: StepName| report.steps.iter().find(|step| step.name == name).unwrap().words.clone();
    assert!(words(StepName::IdleLimit).contains("900 s"), "{}", report.text());
    assert!(words(StepName::Listing).starts_with("2 rows"), "{}", report.text());
    assert!(report.steps.iter().all(|step| matches!(step.verdict(), Verdict::Ok | Verdict::Skipped)), "{}", report.text());
}

#[tokio::test]
async fn a_name_without_address() {
    let mut patient = patient(closed_port().await, Encryption::Plain);
    patient.site.host = "no-such-host.invalid".to_owned();
    concludes(&patient, StepName::Name, Finding::NameUnknown).await;
}

#[tokio::test]
async fn a_closed_port() {
    let patient = patient(closed_port().await, Encryption::Explicit);
    concludes(&patient, StepName::Route, Finding::PortRefused).await;
}

#[tokio::test]
async fn a_port_that_never_speaks() {
    let patient = impatient(saying("").await, Encryption::Plain);
    concludes(&patient, StepName::Greeting, Finding::Silent).await;
}

#[tokio::test]
async fn a_port_that_closes_at_once() {
    let patient = patient(listening(|stream| async move { drop(stream) }).await, Encryption::Plain);
    concludes(&patient, StepName::Greeting, Finding::ClosedAtOnce).await;
}

#[tokio::test]
async fn a_web_server() {
    let patient = impatient(answering("HTTP/1.1 400 Bad Request\r\n\r\n").await, Encryption::Plain);
    concludes(&patient, StepName::Greeting, Finding::SpeaksHttp).await;
}

#[tokio::test]
async fn a_captive_portal() {
    let patient = impatient(answering("HTTP/1.1 302 Found\r\nLocation: http://log.in/\r\n\r\n").await, Encryption::Explicit);
    concludes(&patient, StepName::Greeting, Finding::CaptivePortal).await;
}

#[tokio::test]
async fn an_ssh_server() {
    let patient = patient(saying("SSH-2.0-OpenSSH_9.2p1\r\n").await, Encryption::Plain);
    concludes(&patient, StepName::Greeting, Finding::SpeaksSsh).await;
}

#[tokio::test]
async fn an_implicit_port_spoken_to_in_plain() {
    let made = rcgen::generate_simple_self_signed(vec!["127.0.0.1".to_owned()]).unwrap();
    let tls = tokio_rustls::TlsAcceptor::from(Arc::new(config(made.cert.der().clone(), &made.signing_key)));
    let address = listening(move |stream| {
        let tls = tls.clone();
        async move {
            if let Ok(mut stream) = tls.accept(stream).await {
                let _ = stream.write_all(b"220 secure\r\n").await;
            }
        }
    })
    .await;
    concludes(&impatient(address, Encryption::Plain), StepName::Greeting, Finding::SpeaksTlsFirst).await;
}

#[tokio::test]
async fn a_plain_port_spoken_to_in_tls() {
    let patient = impatient(saying("220 in plain\r\n").await, Encryption::Implicit);
    concludes(&patient, StepName::Security, Finding::SpeaksPlainFirst).await;
}

#[tokio::test]
async fn a_server_that_turns_away_at_the_door() {
    for (greeting, finding) in [
        ("421 Too many users, try again later\r\n", Finding::Full),
        ("421 You are banned\r\n", Finding::Banned),
        ("421 Server is shutting down\r\n", Finding::ShuttingDown),
    ] {
        plays(Script::default().say(greeting), StepName::Greeting, finding).await;
    }
}

#[tokio::test]
async fn a_greeting_that_a_firewall_wrote() {
    let script = Script::default().say("220 ************************\r\n").login(&["MLST"]).answer("PWD", "257 \"/\" is it\r\n");
    plays(listed(script, ROWS, "226 done\r\n"), StepName::Greeting, Finding::Middlebox).await;
}

#[tokio::test]
async fn a_wrong_password() {
    let script = Script::greet().answer("USER", "331 password for annabel\r\n").answer("PASS", "530 Login incorrect, annabel\r\n");
    plays(script, StepName::Login, Finding::LoginRefused).await;
}

#[tokio::test]
async fn a_login_that_wants_tls() {
    let script = Script::greet().answer("USER", "530 Non-anonymous sessions must use encryption.\r\n");
    plays(script, StepName::Login, Finding::TlsRequired).await;
}

#[tokio::test]
async fn no_password_at_hand() {
    let server = Server::playing(Script::greet().answer("QUIT", "221 bye\r\n").await_end()).await;
    let patient = Patient { password: None, ..patient(server.address(), Encryption::Plain) };
    concludes(&patient, StepName::Login, Finding::NoPassword).await;
    server.finish().await;
}

#[tokio::test]
async fn a_server_without_tls() {
    let server = Server::playing(Script::greet().answer("AUTH TLS", "500 what\r\n").await_end()).await;
    concludes(&patient(server.address(), Encryption::Explicit), StepName::Security, Finding::TlsNotOffered).await;
    server.finish().await;
}

fn untrusted() -> Script {
    Script::greet().answer("AUTH TLS", "234 go\r\n").refused_tls()
}

#[tokio::test]
async fn a_self_signed_certificate() {
    let server = Server::playing(untrusted()).await;
    concludes(&patient(server.address(), Encryption::Explicit), StepName::Security, Finding::SelfSigned).await;
    server.finish().await;
}

/// A certificate of an authority that nobody knows.
fn issued(name: &str, until: i32) -> (CertificateDer<'static>, KeyPair) {
    let authority = CertifiedIssuer::self_signed(CertificateParams::new(vec![]).unwrap(), KeyPair::generate().unwrap()).unwrap();
    let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
    params.distinguished_name.push(DnType::CommonName, "the server");
    params.not_before = date_time_ymd(2020, 1, 1);
    params.not_after = date_time_ymd(until, 1, 1);
    let key = KeyPair::generate().unwrap();
    (params.signed_by(&key, &authority).unwrap().der().clone(), key)
}

#[tokio::test]
async fn certificates_that_are_not_good() {
    for (name, until, finding) in [
        ("127.0.0.1", 2021, Finding::CertificateExpired),
        ("other.test", 2090, Finding::WrongHost),
        ("127.0.0.1", 2090, Finding::UnknownAuthority),
    ] {
        let (certificate, key) = issued(name, until);
        let server = Server::certified(certificate, &key, [untrusted()]).await;
        concludes(&patient(server.address(), Encryption::Explicit), StepName::Security, finding).await;
        server.finish().await;
    }
}

/// A server over TLS whose certificate was accepted before.
async fn pinned(script: Script) -> (Server, Patient) {
    let (certificate, key) = issued("127.0.0.1", 2090);
    let server = Server::certified(certificate.clone(), &key, [script]).await;
    let mut patient = patient(server.address(), Encryption::Explicit);
    patient.trust.pinned.insert(Fingerprint(Sha256::digest(&certificate).into()));
    (server, patient)
}

#[tokio::test]
async fn data_connections_over_tls_resume_the_session() {
    let script = Script::greet()
        .explicit_tls()
        .login(&["MLST type*;size*;"])
        .answer("PWD", "257 \"/home/annabel\" is it\r\n")
        .transfer_tls("MLSD")
        .send_data(ROWS)
        .end_data()
        .say("226 done\r\n")
        .answer("NOOP", "200 ok\r\n")
        .answer("QUIT", "221 bye\r\n")
        .await_end();
    let (server, patient) = pinned(script).await;
    let report = concludes(&patient, StepName::Data, Finding::Fine).await;
    assert!(report.steps[7].words.contains("resumed"), "{}", report.text());
    assert!(report.steps[3].words.starts_with("TLS 1.2"), "{}", report.text());
    assert_eq!(server.finish().await.resumed, [true]);
}

#[tokio::test]
async fn a_server_that_misses_session_reuse() {
    let script = Script::greet()
        .explicit_tls()
        .login(&["MLST type*;size*;"])
        .answer("PWD", "257 \"/home/annabel\" is it\r\n")
        .pasv()
        .answer("MLSD", "522 SSL connection failed; session reuse required\r\n")
        .answer("NOOP", "200 ok\r\n")
        .answer("QUIT", "221 bye\r\n")
        .await_end();
    let (server, patient) = pinned(script).await;
    concludes(&patient, StepName::Data, Finding::SessionReuse).await;
    server.finish().await;
}

#[tokio::test]
async fn a_data_port_that_is_closed() {
    let port = closed_port().await.port();
    let named = format!("227 Entering Passive Mode (127,0,0,1,{},{})\r\n", port / 256, port % 256);
    let script = logged_in().answer("PASV", &named).answer("NOOP", "200 ok\r\n").answer("QUIT", "221 bye\r\n");
    plays(script, StepName::Data, Finding::DataRefused).await;
}

/// A port that answers nothing, as behind a firewall: with its queue full the system drops whatever comes.
#[cfg(target_os = "linux")]
fn silent_port() -> (socket2::Socket, Vec<std::net::TcpStream>, u16) {
    let listener = socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None).unwrap();
    listener.bind(&SocketAddr::from(([127, 0, 0, 1], 0)).into()).unwrap();
    listener.listen(0).unwrap();
    let address = listener.local_addr().unwrap().as_socket().unwrap();
    let mut held = Vec::new();
    while let Ok(stream) = std::net::TcpStream::connect_timeout(&address, Duration::from_millis(500)) {
        held.push(stream);
        assert!(held.len() < 100, "the queue is never full");
    }
    (listener, held, address.port())
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn ports_that_a_firewall_drops() {
    let (_listener, _held, port) = silent_port();
    concludes(&impatient(SocketAddr::from(([127, 0, 0, 1], port)), Encryption::Plain), StepName::Route, Finding::PortFiltered)
        .await;
    let named = format!("227 Entering Passive Mode (127,0,0,1,{},{})\r\n", port / 256, port % 256);
    let script = logged_in().answer("PASV", &named).answer("NOOP", "200 ok\r\n").answer("QUIT", "221 bye\r\n");
    let server = Server::playing(script.await_end()).await;
    concludes(&impatient(server.address(), Encryption::Plain), StepName::Data, Finding::DataFiltered).await;
    server.finish().await;
}

#[tokio::test]
async fn a_passive_address_that_is_not_the_servers() {
    let script = logged_in().pasv_naming([10, 99, 99, 99]).answer("MLSD", "150 go\r\n").open_data().send_data(ROWS).end_data();
    let script = script.say("226 done\r\n").answer("NOOP", "200 ok\r\n").answer("QUIT", "221 bye\r\n");
    let report = plays(script, StepName::Passive, Finding::ForeignAddress).await;
    assert!(report.steps[6].words.contains("10.99.99.99"), "{}", report.text());
}

#[tokio::test]
async fn passive_mode_refused() {
    // Each of MLSD, LIST -a and LIST is tried both ways.
    let script = (0..3).fold(logged_in(), |script, _| script.answer("PASV", "502 no\r\n").answer("EPSV", "502 no\r\n"));
    let script = script.answer("NOOP", "200 ok\r\n").answer("QUIT", "221 bye\r\n");
    plays(script, StepName::Passive, Finding::PassiveRefused).await;
}

#[tokio::test]
async fn a_listing_that_is_refused() {
    let script = logged_in().pasv().answer("MLSD", "550 Permission denied\r\n");
    plays(script.answer("NOOP", "200 ok\r\n").answer("QUIT", "221 bye\r\n"), StepName::Listing, Finding::ListingRefused).await;
}

#[tokio::test]
async fn a_listing_that_is_cut_short() {
    let closing = "226-Options: -a -l\r\n226 Output truncated to 2 matches\r\n";
    plays(listed(logged_in(), ROWS, closing), StepName::Listing, Finding::ListingIncomplete).await;
}

#[tokio::test]
async fn a_listing_with_rows_that_cannot_be_read() {
    let script = listed(logged_in(), "type=file;size=3; a\r\nwhat is this\r\n", "226 done\r\n");
    plays(script, StepName::Listing, Finding::ListingUnread).await;
}

#[tokio::test]
async fn a_session_that_ends_in_the_middle() {
    let script = logged_in().transfer("MLSD").say("421 Something went wrong\r\n").close();
    let server = Server::playing(script).await;
    concludes(&patient(server.address(), Encryption::Plain), StepName::Listing, Finding::SessionLost).await;
    server.finish().await;
}

#[tokio::test]
async fn keep_alives_that_are_refused() {
    let script = logged_in().transfer("MLSD").send_data(ROWS).end_data().say("226 done\r\n");
    let script = script.answer("NOOP", "502 no\r\n").answer("QUIT", "221 bye\r\n");
    plays(script, StepName::RoundTrip, Finding::KeepAliveRefused).await;
}

#[tokio::test]
async fn an_examination_that_takes_too_long_is_stopped() {
    let server = Server::playing(Script::greet().expect("USER").await_end()).await;
    let mut patient = patient(server.address(), Encryption::Plain);
    patient.limits.whole = Duration::from_secs(2);
    concludes(&patient, StepName::Login, Finding::OutOfTime).await;
    server.finish().await;
}

#[tokio::test]
async fn a_name_that_has_moved() {
    let server = Server::playing(listed(logged_in(), ROWS, "226 done\r\n").await_end()).await;
    let mut patient = patient(server.address(), Encryption::Plain);
    patient.site.host = "localhost".to_owned();
    patient.known.last_address = Some("192.0.2.7".parse().unwrap());
    let report = report(&patient).await;
    assert_eq!(report.conclusion.finding, Finding::NameMoved, "{}", report.text());
    server.finish().await;
}

/// Runs the program; nothing that it prints may name the user or the password.
async fn run(arguments: &[&str]) -> Output {
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_moorline"));
    command.arg("doctor").args(arguments).stdin(Stdio::null());
    command.env("MOORLINE_HOME", folder.path()).env("MOORLINE_PASSWORD", PASSWORD);
    command.env_remove("DBUS_SESSION_BUS_ADDRESS").env_remove("XDG_RUNTIME_DIR");
    let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
    let told = [output.stdout.as_slice(), &output.stderr].concat();
    let told = String::from_utf8_lossy(&told).into_owned();
    assert!(!told.contains(USER) && !told.contains(PASSWORD), "{told}");
    output
}

#[tokio::test]
async fn the_command_prints_the_conclusion_first_and_exits_with_it() {
    let refused = Script::greet().answer("USER", "331 password\r\n").answer("PASS", "530 Login incorrect, annabel\r\n");
    let healthy = listed(logged_in(), ROWS, "226 done\r\n");
    let impaired = listed(logged_in(), "nonsense\r\n", "226 done\r\n");
    for (script, status, finding) in
        [(healthy, 0, Finding::Fine), (impaired, 1, Finding::ListingUnread), (refused, 3, Finding::LoginRefused)]
    {
        let server = Server::start([script.clone().await_end(), script.await_end()]).await;
        let url = format!("ftp://{USER}@{}", server.address());
        let text = run(&[&url]).await;
        let printed = String::from_utf8(text.stdout).unwrap();
        assert_eq!(text.status.code(), Some(status), "{printed}");
        assert!(printed.starts_with(finding.headline()), "{printed}");
        let json = run(&["--json", &url]).await;
        assert_eq!(json.status.code(), Some(status));
        let report: serde_json::Value = serde_json::from_slice(&json.stdout).unwrap();
        assert_eq!(report["conclusion"]["headline"], finding.headline());
        assert_eq!(report["steps"].as_array().unwrap().len(), 12);
        server.finish().await;
    }
}

struct Nobody;

impl Waker for Nobody {
    fn wake(&self) {}
}

#[tokio::test(flavor = "multi_thread")]
async fn the_engine_examines_beside_the_session() {
    let server =
        Server::playing(Script::greet().answer("USER", "331 password\r\n").answer("PASS", "530 Login incorrect\r\n").await_end());
    let server = server.await;
    let mut site = patient(server.address(), Encryption::Plain).site;
    site.logon = Logon::Anonymous;
    let report = tokio::task::spawn_blocking(move || {
        let options = Options { places: None, keyring: false, keep_queue: false };
        let engine = Engine::start(options, Arc::new(Nobody)).unwrap();
        engine.send(EngineCommand::Diagnose { site: Box::new(site) });
        (0..50).find_map(|_| match engine.wait_event(PATIENCE)?.body {
            EventBody::Diagnosis { site, report } => Some((site, report)),
            _ => None,
        })
    });
    let (site, report) = report.await.unwrap().expect("no report came");
    assert_eq!(site, SiteId("x".to_owned()));
    assert_eq!(report.conclusion.finding, Finding::LoginRefused, "{}", report.text());
    server.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn real_servers_are_fine_in_clear_and_under_tls() {
    for kind in Kind::ALL {
        for (tls, encryption) in [(Tls::Offered, Encryption::Plain), (Tls::Required, Encryption::Explicit)] {
            let setup = Setup { tls, ..Setup::default() };
            let Some(server) = RealServer::start_or_skip("doctor", kind, &setup) else { continue };
            let mut patient = patient(server.address(), encryption);
            servers::USER.clone_into(&mut patient.site.user);
            patient.password = Some(Secret::new(servers::PASSWORD));
            patient.trust.pinned.insert(server.fingerprint().parse().unwrap());
            let report = examine(&patient, &CancellationToken::new()).await.report;
            eprintln!("{kind} {encryption:?}\n{}", report.text());
            assert_eq!(report.conclusion.outcome, Outcome::Fine, "{kind} {encryption:?}\n{}", report.text());
        }
    }
}
