//! The practice server of `cargo demo`: a real FTP server inside the program, on loopback, over a throw-away folder.

mod sample;
mod shelter;

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use async_trait::async_trait;
use libunftp::ServerBuilder;
use libunftp::options::{Binder, PassiveHost};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::oneshot;
use unftp_core::auth::{AuthenticationError, Authenticator, Credentials, Principal};
use unftp_sbe_fs::Filesystem;

use self::shelter::Shelter;

/// User and password at once; `anonymous` gets in with any password.
const USER: &str = "practice";
/// Seconds without a command after which the server ends a session.
const IDLE_LIMIT: u64 = 300;

/// A running practice server; dropping it stops it and removes its folder.
#[derive(Debug)]
pub struct Practice {
    port: u16,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
    shelter: Shelter,
}

impl Practice {
    /// Fills a folder with samples and serves it on a free port of 127.0.0.1, from a thread of its own.
    ///
    /// # Errors
    /// The folder cannot be written, or the system refuses a port or a thread.
    pub fn start() -> io::Result<Self> {
        let shelter = Shelter::make()?;
        sample::fill(shelter.root())?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let listener = runtime.block_on(TcpListener::bind((Ipv4Addr::LOCALHOST, 0)))?;
        let port = listener.local_addr()?.port();
        let (stop, stopped) = oneshot::channel();
        let root = shelter.root().to_owned();
        let thread = thread::Builder::new().name("practice-server".to_owned()).spawn(move || {
            runtime.block_on(async {
                tokio::select! {
                    () = serve(listener, root) => {}
                    _ = stopped => {}
                }
            });
            runtime.shutdown_timeout(Duration::from_secs(1));
        })?;
        Ok(Self { port, stop: Some(stop), thread: Some(thread), shelter })
    }

    /// The server's address, without the password.
    #[must_use]
    pub fn address(&self) -> String {
        format!("ftp://{USER}@127.0.0.1:{}/", self.port)
    }

    /// The address for a guest, who is not asked for a password.
    #[must_use]
    pub fn guest_address(&self) -> String {
        format!("ftp://127.0.0.1:{}/", self.port)
    }

    /// The password of the user in [`Self::address`].
    #[must_use]
    pub fn password(&self) -> &str {
        USER
    }

    /// The folder that is served.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.shelter.root()
    }
}

impl Drop for Practice {
    fn drop(&mut self) {
        // Both are gone already when the server stopped by itself; the folder is removed either way.
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Accepts connections for as long as the program lets it.
async fn serve(listener: TcpListener, root: PathBuf) {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                tokio::spawn(session(stream, root.clone()));
            }
            // Out of file handles, most likely: some may be free in a moment.
            Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
        }
    }
}

/// Serves one control connection to its end.
async fn session(stream: TcpStream, root: PathBuf) {
    // A first look, so that a folder that is gone refuses the session.
    if Filesystem::new(&root).is_err() {
        return;
    }
    #[expect(clippy::expect_used, reason = "the folder was there a moment ago and is ours; the library takes no error here")]
    let storage = Box::new(move || Filesystem::new(&root).expect("the practice folder is there"));
    let server = ServerBuilder::with_authenticator(storage, Arc::new(Door))
        .greeting("Moorline practice server: nothing here is real, so try what you like")
        .idle_session_timeout(IDLE_LIMIT)
        .passive_host(PassiveHost::FromConnection)
        .binder(AnyPort)
        .build();
    if let Ok(server) = server {
        let _ = server.service(stream).await;
    }
}

/// Lets in those who know the password, and anonymous guests.
#[derive(Debug)]
struct Door;

#[async_trait]
impl Authenticator for Door {
    async fn authenticate(&self, user: &str, credentials: &Credentials) -> Result<Principal, AuthenticationError> {
        let knows = credentials.password.as_deref() == Some(USER);
        match user {
            "anonymous" | "ftp" => {}
            USER if knows => {}
            USER => return Err(AuthenticationError::BadPassword),
            _ => return Err(AuthenticationError::BadUser),
        }
        Ok(Principal { username: user.to_owned() })
    }
}

/// Binds data ports wherever the system has one free.
#[derive(Debug)]
struct AnyPort;

#[async_trait]
impl Binder for AnyPort {
    async fn bind(&mut self, local: IpAddr, _range: RangeInclusive<u16>) -> io::Result<TcpSocket> {
        let socket = if local.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
        socket.bind(SocketAddr::new(local, 0))?;
        Ok(socket)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::io::{BufRead, BufReader, Write};
    use std::net;

    use super::*;

    /// Sends each command after the reply to the one before; returns the replies' codes.
    fn talk(practice: &Practice, commands: &[&str]) -> Vec<String> {
        let mut stream = net::TcpStream::connect(("127.0.0.1", practice.port)).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        let mut replies = BufReader::new(stream.try_clone().unwrap()).lines();
        let mut codes = vec![replies.next().unwrap().unwrap()];
        for command in commands {
            stream.write_all(format!("{command}\r\n").as_bytes()).unwrap();
            codes.push(replies.next().unwrap().unwrap());
        }
        codes.iter().map(|reply| reply.chars().take(3).collect()).collect()
    }

    #[test]
    fn it_lets_in_whom_it_should_and_shows_its_files() {
        let practice = Practice::start().unwrap();
        assert_eq!(talk(&practice, &["USER practice", "PASS practice", "CWD www", "SIZE index.html"]).last().unwrap(), "213");
        assert_eq!(talk(&practice, &["USER practice", "PASS wrong"]).last().unwrap(), "530");
        assert_eq!(talk(&practice, &["USER anonymous", "PASS me@"]).last().unwrap(), "230");
    }

    #[test]
    fn it_leaves_nothing_behind() {
        let practice = Practice::start().unwrap();
        let (folder, port) = (practice.folder().to_owned(), practice.port);
        assert!(folder.join("www/index.html").exists());
        // A session that is still open does not hold it up.
        let open = net::TcpStream::connect(("127.0.0.1", port)).unwrap();
        drop(practice);
        assert!(!folder.exists());
        assert!(net::TcpStream::connect(("127.0.0.1", port)).is_err());
        drop(open);
    }
}
