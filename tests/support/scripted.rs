//! A scripted FTP server that misbehaves exactly where a test wants it to, and reports what it did.

mod play;

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use play::Player;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinHandle;

/// Bounds every wait of the server and of the tests, so that a mistake in a script fails instead of hanging.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// One thing that the server does on a control connection.
#[derive(Clone, Debug)]
enum Step {
    Say(Vec<u8>),
    SayClear(Vec<u8>),
    Expect(String),
    StartTls,
    RefusedTls,
    EndTls,
    Close,
    Reset,
    Tell(&'static str),
    WaitForGo,
    AwaitEnd,
    Pasv(Option<[u8; 4]>),
    Epsv,
    OpenData { tls: Option<DataTls> },
    SendData(Vec<u8>),
    ReadData(usize),
    ReadDataToEnd,
    EndData,
    CutData,
    ResetData,
}

/// What the server knows of the control connection's session.
#[derive(Clone, Copy, Debug)]
enum DataTls {
    Known,
    Forgotten,
}

/// What the server does on one control connection, in order.
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct Script(Vec<Step>);

impl Script {
    /// A script that begins with a greeting.
    pub fn greet() -> Self {
        Self::default().say("220 scripted\r\n")
    }

    /// A script that greets and takes a login; FEAT offers `features`.
    pub fn logged_in(features: &[&str]) -> Self {
        Self::greet().login(features)
    }

    /// Takes USER, PASS, FEAT, TYPE.
    pub fn login(self, features: &[&str]) -> Self {
        let listed: String = features.iter().map(|feature| format!(" {feature}\r\n")).collect();
        self.answer("USER", "331 password\r\n")
            .answer("PASS", "230 in\r\n")
            .answer("FEAT", &format!("211-Features:\r\n{listed}211 End\r\n"))
            .answer("TYPE I", "200 binary\r\n")
    }

    /// Takes AUTH TLS, PBSZ, PROT.
    pub fn explicit_tls(self) -> Self {
        self.answer("AUTH TLS", "234 go\r\n").start_tls().answer("PBSZ 0", "200 ok\r\n").answer("PROT P", "200 ok\r\n")
    }

    /// Writes these bytes, through TLS once it is up.
    pub fn say(self, text: impl AsRef<[u8]>) -> Self {
        self.step(Step::Say(text.as_ref().to_vec()))
    }

    /// Writes these bytes past TLS.
    pub fn say_clear(self, text: impl AsRef<[u8]>) -> Self {
        self.step(Step::SayClear(text.as_ref().to_vec()))
    }

    /// Reads a command that begins so; anything else ends the script as a deviation.
    pub fn expect(self, command: &str) -> Self {
        self.step(Step::Expect(command.to_owned()))
    }

    /// Reads a command and answers it.
    pub fn answer(self, command: &str, reply: &str) -> Self {
        self.expect(command).say(reply)
    }

    /// Handshake on the control connection.
    pub fn start_tls(self) -> Self {
        self.step(Step::StartTls)
    }

    /// Handshake that the client breaks off.
    pub fn refused_tls(self) -> Self {
        self.step(Step::RefusedTls)
    }

    /// Sends close_notify on the control connection and leaves the socket open.
    pub fn end_tls(self) -> Self {
        self.step(Step::EndTls)
    }

    /// Closes the control connection properly.
    pub fn close(self) -> Self {
        self.step(Step::Close)
    }

    /// Resets the control connection.
    pub fn reset(self) -> Self {
        self.step(Step::Reset)
    }

    /// Reports that the script got here.
    pub fn tell(self, fault: &'static str) -> Self {
        self.step(Step::Tell(fault))
    }

    /// Waits for [`Server::go`].
    pub fn wait_for_go(self) -> Self {
        self.step(Step::WaitForGo)
    }

    /// Waits until the client ends the control connection; bytes until then are reported as commands.
    pub fn await_end(self) -> Self {
        self.step(Step::AwaitEnd)
    }

    /// Takes PASV.
    pub fn pasv(self) -> Self {
        self.step(Step::Pasv(None))
    }

    /// Takes PASV and names another host.
    pub fn pasv_naming(self, host: [u8; 4]) -> Self {
        self.step(Step::Pasv(Some(host)))
    }

    /// Takes EPSV.
    pub fn epsv(self) -> Self {
        self.step(Step::Epsv)
    }

    /// Takes PASV and the command, answers 150 and opens the data connection.
    pub fn transfer(self, command: &str) -> Self {
        self.pasv().answer(command, "150 go\r\n").open_data()
    }

    /// As [`Script::transfer`], over TLS.
    pub fn transfer_tls(self, command: &str) -> Self {
        self.pasv().answer(command, "150 go\r\n").step(Step::OpenData { tls: Some(DataTls::Known) })
    }

    /// As [`Script::transfer_tls`] where the server has forgotten all sessions of TLS.
    pub fn transfer_forgetful_tls(self, command: &str) -> Self {
        self.pasv().answer(command, "150 go\r\n").step(Step::OpenData { tls: Some(DataTls::Forgotten) })
    }

    /// Accepts the data connection.
    pub fn open_data(self) -> Self {
        self.step(Step::OpenData { tls: None })
    }

    /// Writes to the data connection.
    pub fn send_data(self, bytes: impl AsRef<[u8]>) -> Self {
        self.step(Step::SendData(bytes.as_ref().to_vec()))
    }

    /// Reads this many bytes from the data connection.
    pub fn read_data(self, count: usize) -> Self {
        self.step(Step::ReadData(count))
    }

    /// Reads from the data connection until the client ends it.
    pub fn read_data_to_end(self) -> Self {
        self.step(Step::ReadDataToEnd)
    }

    /// Ends the data connection properly.
    pub fn end_data(self) -> Self {
        self.step(Step::EndData)
    }

    /// Ends the data connection without close_notify.
    pub fn cut_data(self) -> Self {
        self.step(Step::CutData)
    }

    /// Resets the data connection.
    pub fn reset_data(self) -> Self {
        self.step(Step::ResetData)
    }

    fn step(mut self, step: Step) -> Self {
        self.0.push(step);
        self
    }
}

/// What the server did and saw.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// Commands, as they came.
    pub commands: Vec<String>,
    /// Faults that it injected, in order: "close", "reset", "cut data", …
    pub faults: Vec<&'static str>,
    /// Bytes that came over data connections.
    pub received: Vec<u8>,
    /// For each data connection over TLS: whether it resumed a session.
    pub resumed: Vec<bool>,
    /// Data connections accepted.
    pub data_connections: usize,
    /// Control connections whose script ran to its end.
    pub completed: usize,
    /// The first deviation from a script.
    pub deviation: Option<String>,
}

impl Report {
    /// The commands that begin so.
    pub fn count(&self, command: &str) -> usize {
        self.commands.iter().filter(|line| line.starts_with(command)).count()
    }
}

/// A running server.
pub struct Server {
    address: SocketAddr,
    report: Arc<Mutex<Report>>,
    changed: watch::Sender<()>,
    go: Arc<Semaphore>,
    task: JoinHandle<()>,
}

impl Server {
    /// Starts a server that plays one script for each connection, one after another.
    pub async fn start(scripts: impl IntoIterator<Item = Script>) -> Self {
        let made = rcgen::generate_simple_self_signed(vec!["scripted.test".to_owned()]).unwrap();
        Self::certified(made.cert.der().clone(), &made.signing_key, scripts).await
    }

    /// As [`Server::start`], with a certificate of the test's own.
    pub async fn certified(
        certificate: rustls::pki_types::CertificateDer<'static>,
        key: &rcgen::KeyPair,
        scripts: impl IntoIterator<Item = Script>,
    ) -> Self {
        Self::secured(config(certificate, key), scripts).await
    }

    /// As [`Server::start`], with TLS of the test's own.
    pub async fn secured(config: rustls::ServerConfig, scripts: impl IntoIterator<Item = Script>) -> Self {
        let data = config.clone();
        Self::secured_apart(config, data, scripts).await
    }

    /// As [`Server::secured`], with data connections in a TLS of their own.
    pub async fn secured_apart(
        control: rustls::ServerConfig,
        data: rustls::ServerConfig,
        scripts: impl IntoIterator<Item = Script>,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let report = Arc::new(Mutex::new(Report::default()));
        let go = Arc::new(Semaphore::new(0));
        let (changed, _) = watch::channel(());
        let mut forgetful = data.clone();
        forgetful.session_storage = rustls::server::ServerSessionMemoryCache::new(64);
        forgetful.ticketer = rustls::crypto::ring::Ticketer::new().unwrap();
        let [tls, data_tls, forgetful_tls] =
            [control, data, forgetful].map(|config| tokio_rustls::TlsAcceptor::from(Arc::new(config)));
        let scripts: Vec<Script> = scripts.into_iter().collect();
        let player =
            Player { report: Arc::clone(&report), changed: changed.clone(), go: Arc::clone(&go), tls, data_tls, forgetful_tls };
        let task = tokio::spawn(async move {
            for script in scripts {
                let Ok(accepted) = tokio::time::timeout(PATIENCE, listener.accept()).await else {
                    player.note(|report| report.deviation = Some("nobody connected".to_owned()));
                    return;
                };
                player.play(script, accepted.unwrap().0).await;
            }
        });
        Self { address, report, changed, go, task }
    }

    /// One script.
    pub async fn playing(script: Script) -> Self {
        Self::start([script]).await
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Lets a script go on behind its `wait_for_go`.
    pub fn go(&self) {
        self.go.add_permits(1);
    }

    /// Waits until the report says so.
    pub async fn until(&self, told: impl Fn(&Report) -> bool) {
        let mut changes = self.changed.subscribe();
        let waiting = async {
            while !told(&self.report.lock().unwrap()) {
                changes.changed().await.unwrap();
            }
        };
        let waited = tokio::time::timeout(PATIENCE, waiting).await;
        assert!(waited.is_ok(), "the server never got there: {:?}", self.report.lock().unwrap());
    }

    /// Waits for the end of all scripts and returns the report, which must hold no deviation.
    pub async fn finish(self) -> Report {
        let ended = tokio::time::timeout(PATIENCE, self.task).await;
        let report = self.report.lock().unwrap().clone();
        assert!(ended.is_ok(), "the script did not end: {report:?}");
        assert_eq!(report.deviation, None, "{report:?}");
        report
    }
}

/// TLS 1.2 with this certificate.
pub fn config(certificate: rustls::pki_types::CertificateDer<'static>, key: &rcgen::KeyPair) -> rustls::ServerConfig {
    config_of(certificate, key, &rustls::version::TLS12)
}

/// TLS of one version with this certificate.
pub fn config_of(
    certificate: rustls::pki_types::CertificateDer<'static>,
    key: &rcgen::KeyPair,
    version: &'static rustls::SupportedProtocolVersion,
) -> rustls::ServerConfig {
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let mut config = rustls::ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_protocol_versions(&[version])
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap();
    config.session_storage = rustls::server::ServerSessionMemoryCache::new(64);
    config
}
