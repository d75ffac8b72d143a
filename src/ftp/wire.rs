//! The stream below the FTP library: it hands the library one clean reply at a time and keeps the real ones.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use socket2::{SockRef, TcpKeepalive};
use suppaftp::tokio::{AsyncTlsConnector, TokioTlsStream};
use suppaftp::{FtpError, FtpResult};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

use crate::ftp::data_tls::DataTls;
use crate::ftp::dial::{Observer, WireEvent};
use crate::ftp::fault::Fault;
use crate::ftp::line::Line;
use crate::ftp::tap::{Io, Tap};
use crate::ftp::tls::{TlsFacts, TlsSession};
use crate::model::session::ConnectStep;

/// Silence after which the system probes a control connection, and the pause between probes.
const KEEP_ALIVE: Duration = Duration::from_secs(60);

/// What a control connection and its data connections share.
pub struct Session {
    line: Mutex<Line>,
    /// Hears how the connect proceeds.
    pub observer: Arc<dyn Observer>,
    /// The address that was dialled.
    pub peer: SocketAddr,
    /// Limit for each step.
    pub timeout: Duration,
    /// TLS, where it is required.
    pub tls: Option<TlsSession>,
    /// Whether TLS begins with the first byte.
    implicit: bool,
    connected: AtomicBool,
    /// Whether the connection is no longer usable.
    poisoned: AtomicBool,
    /// Whether data connections are protected (PROT P).
    protect: AtomicBool,
    facts: Mutex<Option<TlsFacts>>,
    /// What made it useless first, and whether that was a loss.
    ended_by: Mutex<Option<(String, bool)>>,
}

/// Whatever lets go of a connection, however it was lost or left: whoever listens hears that it is no more.
impl Drop for Session {
    fn drop(&mut self) {
        let ended = self.ended_by.get_mut().unwrap_or_else(PoisonError::into_inner).take();
        let (why, is_loss) = ended.unwrap_or_default();
        let is_loss = is_loss && *self.connected.get_mut();
        self.observer.wire(&WireEvent::Closed { why: &why, is_loss });
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session").field("peer", &self.peer).finish_non_exhaustive()
    }
}

impl Session {
    /// A session that is not connected yet.
    pub fn new(peer: SocketAddr, timeout: Duration, observer: Arc<dyn Observer>, tls: Option<TlsSession>, implicit: bool) -> Self {
        Self {
            line: Mutex::new(Line::new(peer, Arc::clone(&observer))),
            observer,
            peer,
            timeout,
            tls,
            implicit,
            connected: AtomicBool::new(false),
            poisoned: AtomicBool::new(false),
            protect: AtomicBool::new(false),
            facts: Mutex::default(),
            ended_by: Mutex::default(),
        }
    }

    /// The control line. Never held across an await.
    pub fn line(&self) -> MutexGuard<'_, Line> {
        self.line.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether the TCP connection came about.
    pub fn is_connected(&self) -> bool {
        self.connected.load(Ordering::Acquire)
    }

    /// Whether the connection is no longer usable.
    pub fn is_poisoned(&self) -> bool {
        self.poisoned.load(Ordering::Acquire)
    }

    /// The connection is of no more use, because of this.
    pub fn poison(&self, fault: &Fault) {
        self.poisoned.store(true, Ordering::Release);
        let mut ended_by = self.ended_by.lock().unwrap_or_else(PoisonError::into_inner);
        ended_by.get_or_insert_with(|| (fault.to_string(), !matches!(fault, Fault::Cancelled)));
    }

    /// Data connections are protected from now on.
    pub fn protect_data(&self) {
        self.protect.store(true, Ordering::Release);
    }

    /// Whether data connections are protected.
    pub fn protects_data(&self) -> bool {
        self.tls.is_some() && self.protect.load(Ordering::Acquire)
    }

    /// What TLS negotiated on the control connection.
    pub fn facts(&self) -> Option<TlsFacts> {
        self.facts.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// TLS on the control connection.
    ///
    /// # Errors
    /// `Untrusted`, `Tls`.
    pub async fn secure(&self, mut tap: Tap) -> Result<(), Fault> {
        let doing = "securing the control connection";
        let Some(tls) = &self.tls else {
            return Err(Fault::Tls { doing, detail: "TLS was not prepared".to_owned() });
        };
        self.observer.step(ConnectStep::Securing);
        tap.expect_records();
        let stream = tls.handshake(tap, doing).await?;
        *self.facts.lock().unwrap_or_else(PoisonError::into_inner) = Some(tls.facts());
        self.line().attach(Io::Tls(stream));
        self.observer.wire(&WireEvent::Secured);
        Ok(())
    }

    async fn open_control(self: &Arc<Self>, stream: TcpStream) -> Result<Wire, Fault> {
        self.connected.store(true, Ordering::Release);
        self.observer.wire(&WireEvent::Dialled);
        // Both are improvements only: a system that refuses them still speaks FTP.
        let _ = stream.set_nodelay(true);
        let probes = TcpKeepalive::new().with_time(KEEP_ALIVE).with_interval(KEEP_ALIVE);
        let _ = SockRef::from(&stream).set_tcp_keepalive(&probes);
        let socket = Arc::new(stream);
        let tap = Tap::new(Arc::clone(&socket));
        if self.implicit {
            self.secure(tap).await?;
        } else {
            self.line().attach(Io::Plain(tap));
        }
        self.observer.step(ConnectStep::Greeting);
        Ok(Wire(Kind::Control { session: Arc::clone(self), socket }))
    }

    async fn open_data(&self, stream: TcpStream) -> Result<Wire, Fault> {
        let io = match &self.tls {
            Some(tls) if self.protects_data() => {
                DataIo::Tls(Box::new(tls.secure_data(stream, "securing the data connection").await?))
            }
            _ => DataIo::Plain(stream),
        };
        let resumed = match &io {
            DataIo::Tls(stream) => Some(stream.is_resumed()),
            DataIo::Plain(_) => None,
        };
        self.line().note_data(|facts| (facts.opened, facts.resumed) = (true, resumed));
        Ok(Wire(Kind::Data { io, closed: false }))
    }
}

/// Decides for each connection that the library opens: the first is the control connection, the others carry data.
#[derive(Debug)]
pub struct Connector(pub Arc<Session>);

#[async_trait::async_trait]
impl AsyncTlsConnector for Connector {
    type Stream = Wire;

    async fn connect(&self, _domain: &str, stream: TcpStream) -> FtpResult<Wire> {
        let opened = if self.0.is_connected() { self.0.open_data(stream).await } else { self.0.open_control(stream).await };
        opened.map_err(|fault| {
            let text = fault.to_string();
            self.0.line().set_trouble(fault);
            FtpError::SecureError(text)
        })
    }
}

/// A control or data connection, as the library sees it.
#[derive(Debug)]
pub struct Wire(Kind);

#[derive(Debug)]
enum Kind {
    Control { session: Arc<Session>, socket: Arc<TcpStream> },
    Data { io: DataIo, closed: bool },
}

#[derive(Debug)]
enum DataIo {
    Plain(TcpStream),
    Tls(Box<DataTls>),
}

impl Wire {
    /// The socket of a data connection without TLS, which takes a file's bytes as they are.
    #[cfg_attr(not(target_os = "linux"), expect(dead_code, reason = "no other system is asked to send a file"))]
    pub fn plain(&self) -> Option<&TcpStream> {
        match &self.0 {
            Kind::Data { io: DataIo::Plain(stream), closed: false } => Some(stream),
            _ => None,
        }
    }

    /// From here on a data connection reads as ended and takes a shutdown as done: the library's own ending must not wait.
    pub fn close(&mut self) {
        if let Kind::Data { io, closed } = &mut self.0 {
            *closed = true;
            let socket = match io {
                DataIo::Plain(stream) => &*stream,
                DataIo::Tls(stream) => stream.socket(),
            };
            let _ = SockRef::from(socket).shutdown(std::net::Shutdown::Both);
        }
    }
}

impl AsyncRead for Wire {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        match &mut self.get_mut().0 {
            Kind::Control { session, .. } => session.line().poll_serve(cx, buffer),
            Kind::Data { closed: true, .. } => Poll::Ready(Ok(())),
            Kind::Data { io: DataIo::Plain(stream), .. } => Pin::new(stream).poll_read(cx, buffer),
            Kind::Data { io: DataIo::Tls(stream), .. } => Pin::new(stream.as_mut()).poll_read(cx, buffer),
        }
    }
}

impl AsyncWrite for Wire {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        match &mut self.get_mut().0 {
            Kind::Control { session, .. } => session.line().poll_command(cx, bytes),
            Kind::Data { closed: true, .. } => Poll::Ready(Err(io::ErrorKind::NotConnected.into())),
            Kind::Data { io: DataIo::Plain(stream), .. } => Pin::new(stream).poll_write(cx, bytes),
            Kind::Data { io: DataIo::Tls(stream), .. } => Pin::new(stream.as_mut()).poll_write(cx, bytes),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.get_mut().0 {
            Kind::Data { io: DataIo::Tls(stream), closed: false } => Pin::new(stream.as_mut()).poll_flush(cx),
            _ => Poll::Ready(Ok(())),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.get_mut().0 {
            Kind::Control { .. } | Kind::Data { closed: true, .. } => Poll::Ready(Ok(())),
            Kind::Data { io: DataIo::Plain(stream), .. } => Pin::new(stream).poll_shutdown(cx),
            Kind::Data { io: DataIo::Tls(stream), .. } => Pin::new(stream.as_mut()).poll_shutdown(cx),
        }
    }
}

impl TokioTlsStream for Wire {
    type InnerStream = Self;

    fn tcp_stream(self) -> FtpResult<TcpStream> {
        Err(FtpError::SecureError("TLS begins and ends below the FTP library".to_owned()))
    }

    fn get_ref(&self) -> &TcpStream {
        match &self.0 {
            Kind::Control { socket, .. } => socket,
            Kind::Data { io: DataIo::Plain(stream), .. } => stream,
            Kind::Data { io: DataIo::Tls(stream), .. } => stream.socket(),
        }
    }

    fn mut_ref(&mut self) -> &mut Self {
        self
    }
}
