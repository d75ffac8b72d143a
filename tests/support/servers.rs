//! Real FTP servers on loopback, each with a configuration of its own in a throw-away folder.
//!
//! The programs come from the cache that `tests/fetch-servers` fills. vsftpd, proftpd and pure-ftpd are started only
//! by root: the first and the last cannot log a user in otherwise, and proftpd could not confine one.

mod certificate;
mod process;
mod proftpd;
mod pure_ftpd;
mod pyftpdlib;
mod vsftpd;

use std::fmt;
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::ops::RangeInclusive;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use certificate::Certificate;
use process::Process;
use tempfile::TempDir;

use super::skip;

/// The user that every server knows.
pub const USER: &str = "tester";
/// That user's password.
pub const PASSWORD: &str = "correct horse";
/// [`PASSWORD`] as crypt(3) has it, for the servers that read password files.
const PASSWORD_HASH: &str = "$6$moorline$u8lAi4Q5jfWMH4b58pMYMzUX839KoFgf8QWQUD4B0urrdg9YQQPRCG2AMrDjBofdW1vNpyRTqxKsW33qJfvCL0";

/// How long a server may take until it greets. Only a server that is broken needs that long.
const PATIENCE: Duration = Duration::from_secs(30);

/// The server programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// vsftpd 3.0, with `require_ssl_reuse`.
    Vsftpd,
    /// proftpd 1.3 with mod_tls.
    Proftpd,
    /// pure-ftpd 1.0.
    PureFtpd,
    /// pyftpdlib 2.
    Pyftpdlib,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Vsftpd, Self::Proftpd, Self::PureFtpd, Self::Pyftpdlib];

    /// Name, which is also the folder in the cache.
    pub fn name(self) -> &'static str {
        match self {
            Self::Vsftpd => "vsftpd",
            Self::Proftpd => "proftpd",
            Self::PureFtpd => "pure-ftpd",
            Self::Pyftpdlib => "pyftpdlib",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What a server does about TLS.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tls {
    /// AUTH TLS is offered, plain sessions are accepted.
    #[default]
    Offered,
    /// Plain sessions are refused, on both channels.
    Required,
    /// As [`Tls::Required`], and nothing older than TLS 1.3.
    Newest,
    /// As [`Tls::Newest`], with sessions kept in the server's memory instead of in the tickets.
    NewestKept,
    /// TLS from the first byte. pure-ftpd cannot do this.
    Implicit,
}

impl Tls {
    fn is_newest(self) -> bool {
        matches!(self, Self::Newest | Self::NewestKept)
    }
}

/// How a server is set up; the default has no limits.
#[derive(Clone, Debug, Default)]
pub struct Setup {
    /// TLS.
    pub tls: Tls,
    /// Seconds without a command until the server ends the session. pure-ftpd counts whole minutes, rounded up here.
    pub idle_seconds: Option<u32>,
    /// Seconds without a transfer until the server ends the session, whatever commands come; proftpd only.
    pub no_transfer_seconds: Option<u32>,
    /// Sessions from one address.
    pub max_per_ip: Option<u32>,
    /// Ports of passive data connections.
    pub passive_ports: Option<RangeInclusive<u16>>,
    /// Bytes a second and data connection, so that a transfer can be interrupted half-way; a multiple of 1024.
    pub bytes_per_second: Option<u32>,
}

/// Why a server cannot be started here.
#[derive(Debug)]
pub struct Unavailable(String);

impl fmt::Display for Unavailable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a server's own module turns into a configuration and a command line.
struct Plan<'a> {
    programs: &'a Path,
    folder: &'a Path,
    root: &'a Path,
    log: &'a Path,
    certificate: &'a Certificate,
    setup: &'a Setup,
    port: u16,
}

/// A running server; dropping it ends it and removes its folder.
pub struct Server {
    kind: Kind,
    setup: Setup,
    port: u16,
    programs: PathBuf,
    folder: TempDir,
    certificate: Certificate,
    process: Option<Process>,
}

impl Server {
    /// Starts a server, or says why there is none here.
    ///
    /// # Panics
    /// When the server is there and does not come up: that is a failure, not a reason to skip.
    pub fn start(kind: Kind, setup: &Setup) -> Result<Self, Unavailable> {
        if kind == Kind::PureFtpd && setup.tls == Tls::Implicit {
            return Err(Unavailable("pure-ftpd has no implicit TLS".into()));
        }
        let programs = programs(kind)?;
        let folder = tempfile::Builder::new().prefix("moorline-server-").tempdir().unwrap();
        // The server's unprivileged half must be able to pass through.
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
        fs::create_dir(folder.path().join("root")).unwrap();
        fs::create_dir(folder.path().join("server")).unwrap();
        let certificate = Certificate::write(&folder.path().join("server"));
        let mut server = Self { kind, setup: setup.clone(), port: 0, programs, folder, certificate, process: None };
        let mut last = String::new();
        // Between choosing a free port and the server's bind another process may take it: then choose again.
        for _ in 0..5 {
            server.port = free_port();
            match server.launch() {
                Ok(()) => return Ok(server),
                Err(error) => last = error.to_string(),
            }
        }
        panic!("{kind} does not start: {last}\n{}", server.log_text());
    }

    /// Starts a server, or records `test` as skipped.
    pub fn start_or_skip(test: &str, kind: Kind, setup: &Setup) -> Option<Self> {
        match Self::start(kind, setup) {
            Ok(server) => Some(server),
            Err(why) => {
                skip::skipped(test, why);
                None
            }
        }
    }

    /// Which program this is.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        (Ipv4Addr::LOCALHOST, self.port).into()
    }

    /// An address for `moorline`: `path` is relative to the login folder.
    pub fn url(&self, scheme: &str, path: &str) -> String {
        format!("{scheme}://{USER}@127.0.0.1:{}/{path}", self.port)
    }

    /// The folder that the user sees as `/`.
    pub fn root(&self) -> PathBuf {
        self.folder.path().join("root")
    }

    /// SHA-256 of the certificate, 64 hexadecimal digits.
    pub fn fingerprint(&self) -> &str {
        &self.certificate.fingerprint
    }

    /// What the server logged: commands and replies. pure-ftpd sends those to the system's log only; here it is its list of transfers.
    pub fn log_text(&self) -> String {
        let mut text = fs::read(self.log()).unwrap_or_default();
        text.extend(fs::read(self.folder.path().join("server/output")).unwrap_or_default());
        String::from_utf8_lossy(&text).into_owned()
    }

    /// Ends the server and all of its sessions at once, as a crash of the machine would.
    pub fn kill(&mut self) {
        drop(self.process.take());
        if self.kind == Kind::Vsftpd {
            vsftpd::tidy();
        }
    }

    /// Starts it again after [`Server::kill`], on the same port and folder.
    pub fn restart(&mut self) {
        self.kill();
        let result = self.launch();
        assert!(result.is_ok(), "{} does not come back: {result:?}\n{}", self.kind, self.log_text());
    }

    /// Waits until the log satisfies `condition`; servers write their last lines after the client has its answer.
    pub fn log_when(&self, condition: impl Fn(&str) -> bool) -> String {
        process::until(PATIENCE, || Some(self.log_text()).filter(|text| condition(text)))
            .unwrap_or_else(|| panic!("the log of {} never came to say it:\n{}", self.kind, self.log_text()))
    }

    /// How many sessions are open, for the servers that have a process for each.
    pub fn sessions(&self) -> usize {
        self.process.as_ref().map_or(0, |process| process.descendants().len())
    }

    fn log(&self) -> PathBuf {
        self.folder.path().join("server/log")
    }

    fn launch(&mut self) -> io::Result<()> {
        let folder = self.folder.path().join("server");
        let (root, log) = (self.root(), self.log());
        let plan = Plan {
            programs: &self.programs,
            folder: &folder,
            root: &root,
            log: &log,
            certificate: &self.certificate,
            setup: &self.setup,
            port: self.port,
        };
        let mut command = match self.kind {
            Kind::Vsftpd => vsftpd::command(&plan)?,
            Kind::Proftpd => proftpd::command(&plan)?,
            Kind::PureFtpd => pure_ftpd::command(&plan)?,
            Kind::Pyftpdlib => pyftpdlib::command(&plan)?,
        };
        if self.setup.tls.is_newest() {
            // Most of these servers leave versions and tickets to OpenSSL's own configuration.
            let options = if self.setup.tls == Tls::NewestKept { "-SessionTicket" } else { "SessionTicket" };
            let words = format!(
                "openssl_conf = all\n[all]\nssl_conf = ssl\n[ssl]\nsystem_default = tls\n[tls]\nMinProtocol = TLSv1.3\nOptions = {options}\n"
            );
            fs::write(folder.join("openssl.cnf"), words)?;
            command.env("OPENSSL_CONF", folder.join("openssl.cnf"));
        }
        let output = File::options().create(true).append(true).open(folder.join("output"))?;
        command.current_dir(&folder).stdin(Stdio::null()).stdout(output.try_clone()?).stderr(output);
        let mut process = Process::spawn(&mut command)?;
        process.wait_until_listening(self.port, PATIENCE)?;
        if self.setup.tls != Tls::Implicit {
            greet(self.address())?;
        }
        if self.kind != Kind::Pyftpdlib {
            // The greeting's session must not count against `max_per_ip` any more.
            process::until(PATIENCE, || process.descendants().is_empty().then_some(()))
                .ok_or_else(|| io::Error::other("the first session does not end"))?;
        }
        self.process = Some(process);
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Reads the 220 and takes leave.
fn greet(address: SocketAddr) -> io::Result<()> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    let mut lines = BufReader::new(stream.try_clone()?).lines();
    let greeting = lines.next().ok_or(io::ErrorKind::UnexpectedEof)??;
    if !greeting.starts_with("220") {
        return Err(io::Error::other(greeting));
    }
    stream.write_all(b"QUIT\r\n")?;
    lines.try_for_each(|line| line.map(drop))
}

/// A port that was free a moment ago.
fn free_port() -> u16 {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|listener| listener.local_addr()).unwrap().port()
}

/// The folder of a server's programs.
fn programs(kind: Kind) -> Result<PathBuf, Unavailable> {
    let cache = cache().ok_or_else(|| Unavailable("neither MOORLINE_TEST_CACHE nor HOME is set".into()))?;
    let folder = cache.join("servers").join(kind.name());
    let marker = if kind == Kind::Pyftpdlib { "bin/python" } else { ".complete" };
    if !folder.join(marker).exists() {
        return Err(Unavailable(format!("{kind} is not in the cache; tests/fetch-servers fetches it")));
    }
    if kind != Kind::Pyftpdlib && !runs_as_root() {
        return Err(Unavailable(format!("{kind} can only be started by root")));
    }
    Ok(folder)
}

fn cache() -> Option<PathBuf> {
    let set = |name| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    set("MOORLINE_TEST_CACHE")
        .or_else(|| set("XDG_CACHE_HOME").map(|cache| cache.join("moorline-tests")))
        .or_else(|| set("HOME").map(|home| home.join(".cache/moorline-tests")))
}

/// Whether this process is root's: its own entry in /proc says so.
fn runs_as_root() -> bool {
    use std::os::unix::fs::MetadataExt;
    fs::metadata("/proc/self").is_ok_and(|entry| entry.uid() == 0)
}

/// A Debian server's program with the libraries that were unpacked beside it.
fn unpacked(plan: &Plan<'_>, program: &str) -> Command {
    let mut command = Command::new(plan.programs.join(program));
    command.env("LD_LIBRARY_PATH", libraries(plan));
    command
}

/// The folder of unpacked libraries, named after the machine's architecture.
fn libraries(plan: &Plan<'_>) -> PathBuf {
    plan.programs.join(format!("usr/lib/{}-linux-gnu", std::env::consts::ARCH))
}

/// Makes a module with a test for each server named, of a function that takes a running one.
#[allow(unused_macros)]
macro_rules! on_servers {
    ($test:ident, [$($kind:ident),+], $setup:expr, $check:expr) => {
        #[allow(non_snake_case)]
        mod $test {
            use super::*;

            $(#[test]
            fn $kind() {
                let name = concat!(module_path!(), "::", stringify!($kind));
                if let Some(server) = Server::start_or_skip(name, Kind::$kind, &$setup) {
                    $check(server);
                }
            })+
        }
    };
}
#[allow(unused_imports)]
pub(crate) use on_servers;
