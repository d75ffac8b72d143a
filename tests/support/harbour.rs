//! A whole FTP server over files in memory, plain or under TLS, in which one fault strikes at a stage of its session.

mod session;
mod stream;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use tokio::net::TcpListener;
use tokio::runtime::Handle;
use tokio::sync::watch;
use tokio_rustls::TlsAcceptor;

use super::scripted;

/// Where in a session a fault strikes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stage {
    Greeting,
    Auth,
    User,
    Pass,
    Feat,
    Pwd,
    Cwd,
    Pasv,
    DataConnect,
    Preliminary,
    FirstByte,
    Middle,
    LastByte,
    Closing,
    Idle,
    Quit,
}

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Strike {
    /// `421`, then the end of the connection.
    Says421,
    /// `221` that nobody asked for, then the end of the connection.
    Says221,
    /// `426` in place of what was due.
    Says426,
    /// `550` in place of what was due.
    Refuses,
    /// FIN; on a data connection: before all bytes moved, and a `226` all the same.
    Fin,
    /// RST.
    Rst,
    /// Nothing comes any more.
    Stalls,
    /// Half of the reply, then nothing.
    HalfLine,
    /// Bytes that are no reply.
    Garbage,
    /// A reply too many.
    Stray,
    /// A reply without an end.
    Endless,
    /// Byte by byte, but all of it.
    Drips,
    /// FIN on the control connection while bytes move; the data connection goes on to its end.
    ControlFin,
}

impl Stage {
    pub const ALL: [Self; 16] = [
        Self::Greeting,
        Self::Auth,
        Self::User,
        Self::Pass,
        Self::Feat,
        Self::Pwd,
        Self::Cwd,
        Self::Pasv,
        Self::DataConnect,
        Self::Preliminary,
        Self::FirstByte,
        Self::Middle,
        Self::LastByte,
        Self::Closing,
        Self::Idle,
        Self::Quit,
    ];

    /// Whether bytes of a data connection are at stake.
    pub fn moves_data(self) -> bool {
        matches!(self, Self::FirstByte | Self::Middle | Self::LastByte)
    }
}

impl Strike {
    pub const ALL: [Self; 13] = [
        Self::Says421,
        Self::Says221,
        Self::Says426,
        Self::Refuses,
        Self::Fin,
        Self::Rst,
        Self::Stalls,
        Self::HalfLine,
        Self::Garbage,
        Self::Stray,
        Self::Endless,
        Self::Drips,
        Self::ControlFin,
    ];
}

/// What the server holds and saw.
#[derive(Debug, Default)]
pub struct Seen {
    pub files: BTreeMap<String, Vec<u8>>,
    pub commands: Vec<String>,
    pub connections: usize,
    /// Control connections that are logged in now.
    pub logged_in: usize,
    /// How often the fault struck.
    pub struck: usize,
}

/// The fault that is to strike, once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Plan {
    stage: Stage,
    strike: Strike,
    /// Strikes at transfers of files, not at listings.
    files_only: bool,
}

struct Inner {
    seen: Mutex<Seen>,
    changed: watch::Sender<()>,
    plan: Mutex<Option<Plan>>,
    /// Strikes the idle connection that was logged in last.
    idle: watch::Sender<Option<(usize, Strike)>>,
    tls: TlsAcceptor,
}

/// A running server; it ends with the runtime that it was started on.
#[derive(Clone)]
pub struct Harbour {
    port: u16,
    inner: Arc<Inner>,
}

impl Harbour {
    /// Starts with these files in `/data`.
    pub fn start(runtime: &Handle, files: &[(&str, &[u8])]) -> Self {
        let made = rcgen::generate_simple_self_signed(vec!["harbour.test".to_owned()]).unwrap();
        let tls = TlsAcceptor::from(Arc::new(scripted::config(made.cert.der().clone(), &made.signing_key)));
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let port = listener.local_addr().unwrap().port();
        let files = files.iter().map(|(name, bytes)| (format!("/data/{name}"), bytes.to_vec())).collect();
        let inner = Arc::new(Inner {
            seen: Mutex::new(Seen { files, ..Seen::default() }),
            changed: watch::Sender::new(()),
            plan: Mutex::new(None),
            idle: watch::Sender::new(None),
            tls,
        });
        let serving = Arc::clone(&inner);
        runtime.spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let inner = Arc::clone(&serving);
                tokio::spawn(session::serve(inner, stream));
            }
        });
        Self { port, inner }
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// From now on the fault strikes at the first connection that comes to the stage.
    pub fn arm(&self, stage: Stage, strike: Strike, files_only: bool) {
        *self.inner.plan.lock().unwrap() = Some(Plan { stage, strike, files_only });
    }

    /// Strikes the idle connection that logged in last.
    pub fn strike_idle(&self, strike: Strike) {
        let newest = self.seen(|seen| seen.connections);
        self.inner.idle.send_replace(Some((newest, strike)));
    }

    /// Waits until the fault has struck.
    pub fn until_struck(&self, runtime: &Handle) {
        let mut changes = self.inner.changed.subscribe();
        let waiting = async {
            while self.seen(|seen| seen.struck == 0) {
                changes.changed().await.unwrap();
            }
        };
        let waited = runtime.block_on(async { tokio::time::timeout(scripted::PATIENCE, waiting).await });
        assert!(waited.is_ok(), "the fault never struck: {:#?}", self.seen(|seen| seen.commands.clone()));
    }

    pub fn seen<R>(&self, look: impl FnOnce(&Seen) -> R) -> R {
        look(&self.inner.seen.lock().unwrap())
    }

    /// How many commands began so.
    pub fn count(&self, command: &str) -> usize {
        self.seen(|seen| seen.commands.iter().filter(|line| line.starts_with(command)).count())
    }

    pub fn file(&self, name: &str) -> Option<Vec<u8>> {
        self.seen(|seen| seen.files.get(&format!("/data/{name}")).cloned())
    }
}

impl Inner {
    fn note<R>(&self, change: impl FnOnce(&mut Seen) -> R) -> R {
        let result = change(&mut self.seen.lock().unwrap());
        self.changed.send_replace(());
        result
    }

    /// The fault that strikes here, if it has not struck yet.
    fn strikes(&self, stage: Stage, is_file: bool) -> Option<Strike> {
        let mut plan = self.plan.lock().unwrap();
        let planned = plan.filter(|plan| plan.stage == stage && (is_file || !plan.files_only))?;
        *plan = None;
        self.note(|seen| seen.struck += 1);
        Some(planned.strike)
    }
}
