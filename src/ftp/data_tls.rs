//! TLS on a data connection: records are opened in the buffer that the socket filled, which costs two copies of each byte less than a
//! stream that buffers for itself.

use std::fmt;
use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use rustls::HandshakeKind;
use rustls::client::UnbufferedClientConnection;
use rustls::unbuffered::{ConnectionState, EncodeError, EncryptError, InsufficientSizeError, UnbufferedStatus};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

/// Room for records from the socket: several of them, and any message of a handshake (64 KiB at most).
const INCOMING: usize = 128 * 1024;
/// Most that one record holds (RFC 8446 §5.1).
const RECORD: usize = 16 * 1024;
/// Most that is sealed at once.
const SEALED: usize = 4 * RECORD;
/// Room for four sealed records, with what TLS adds to each.
const OUTGOING: usize = SEALED + 1024;
/// Less than the shortest length that memory copies by the processor's own instruction for it (`rep movsb`): on Zen 4 that takes twenty
/// times as long where the target begins less than 64 bytes behind the source within a page.
const PIECE: usize = 1024;

/// A data connection under TLS.
pub struct DataTls {
    socket: TcpStream,
    tls: UnbufferedClientConnection,
    incoming: Portion,
    outgoing: Portion,
    /// Opened, but beyond what the reader had room for.
    opened: Vec<u8>,
    /// How much of it was read.
    taken: usize,
    /// Whether the server's close_notify came.
    ended: bool,
    /// Whether ours is on its way.
    closed: bool,
}

impl fmt::Debug for DataTls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DataTls").field("socket", &self.socket).field("ended", &self.ended).finish_non_exhaustive()
    }
}

/// A buffer and the part of it that counts.
struct Portion {
    bytes: Vec<u8>,
    begin: usize,
    end: usize,
}

impl Portion {
    fn new(size: usize) -> Self {
        Self { bytes: vec![0; size], begin: 0, end: 0 }
    }

    fn is_empty(&self) -> bool {
        self.begin == self.end
    }

    fn filled(&mut self) -> &mut [u8] {
        self.bytes.get_mut(self.begin..self.end).unwrap_or_default()
    }

    fn room(&mut self) -> &mut [u8] {
        self.bytes.get_mut(self.end..).unwrap_or_default()
    }

    /// So many bytes at the front count no more.
    fn drop_front(&mut self, count: usize) {
        self.begin = self.end.min(self.begin + count);
        if self.is_empty() {
            (self.begin, self.end) = (0, 0);
        }
    }

    /// Moves what counts to the front.
    fn gather(&mut self) {
        if self.begin > 0 {
            self.bytes.copy_within(self.begin..self.end, 0);
            self.end -= self.begin;
            self.begin = 0;
        }
    }

    /// Adds what `put` writes into the room that there is, and makes more where it asks for it.
    fn add<E: Into<Unsealed>>(&mut self, mut put: impl FnMut(&mut [u8]) -> Result<usize, E>) -> io::Result<()> {
        loop {
            match put(self.room()).map_err(Into::into) {
                Ok(count) => {
                    self.end = self.bytes.len().min(self.end + count);
                    return Ok(());
                }
                Err(Unsealed::Needs(size)) if size > self.room().len() => self.bytes.resize(self.end + size, 0),
                Err(Unsealed::Needs(_)) => return Err(io::Error::other("TLS asks for room that there is")),
                Err(Unsealed::Not(words)) => return Err(io::Error::other(words)),
            }
        }
    }
}

/// Why nothing was sealed.
enum Unsealed {
    Needs(usize),
    Not(String),
}

impl From<EncodeError> for Unsealed {
    fn from(error: EncodeError) -> Self {
        match error {
            EncodeError::InsufficientSize(InsufficientSizeError { required_size }) => Self::Needs(required_size),
            EncodeError::AlreadyEncoded => Self::Not(error.to_string()),
        }
    }
}

impl From<EncryptError> for Unsealed {
    fn from(error: EncryptError) -> Self {
        match error {
            EncryptError::InsufficientSize(InsufficientSizeError { required_size }) => Self::Needs(required_size),
            EncryptError::EncryptExhausted => Self::Not(error.to_string()),
        }
    }
}

/// What is wanted of a connection.
enum Wish<'a, 'b> {
    Handshake,
    Read(&'a mut ReadBuf<'b>),
    Seal(&'a [u8]),
    Close,
}

/// Where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Standing {
    /// Bytes were opened.
    Opened,
    /// Nothing more can be done without more from the server; what was to be sealed is.
    Idle,
    /// The handshake needs more from the server.
    Blocked,
    /// The server has ended the data.
    Ended,
}

impl DataTls {
    /// The handshake on `socket`.
    ///
    /// # Errors
    /// The socket's, or rustls's as `InvalidData`; the server is told of the latter.
    pub async fn connect(socket: TcpStream, tls: UnbufferedClientConnection) -> io::Result<Self> {
        let (incoming, outgoing) = (Portion::new(INCOMING), Portion::new(OUTGOING));
        let mut this = Self { socket, tls, incoming, outgoing, opened: Vec::new(), taken: 0, ended: false, closed: false };
        poll_fn(|cx| this.poll_handshake(cx)).await?;
        Ok(this)
    }

    /// Whether it resumed the control connection's session.
    pub fn is_resumed(&self) -> bool {
        self.tls.handshake_kind() == Some(HandshakeKind::Resumed)
    }

    /// The socket below.
    pub fn socket(&self) -> &TcpStream {
        &self.socket
    }

    fn poll_handshake(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        loop {
            let standing = self.advance(cx, Wish::Handshake)?;
            ready!(self.poll_send(cx))?;
            match standing {
                Standing::Idle => return Poll::Ready(Ok(())),
                // All of its data and its end may stand right behind its part of the handshake.
                Standing::Ended if !self.tls.is_handshaking() => return Poll::Ready(Ok(())),
                Standing::Opened => {}
                Standing::Blocked | Standing::Ended => ready!(self.poll_fill(cx)).map_err(|error| match error.kind() {
                    io::ErrorKind::UnexpectedEof => {
                        io::Error::new(error.kind(), "the server closed the connection in the middle of the handshake")
                    }
                    _ => error,
                })?,
            }
        }
    }

    /// Works off what has come, as far as `wish` goes.
    fn advance(&mut self, cx: &mut Context<'_>, mut wish: Wish<'_, '_>) -> io::Result<Standing> {
        loop {
            let UnbufferedStatus { mut discard, state } = self.tls.process_tls_records(self.incoming.filled());
            let mut standing = None;
            match state {
                Ok(ConnectionState::ReadTraffic(mut traffic)) => {
                    while let Some(record) = traffic.next_record() {
                        let record = record.map_err(invalid)?;
                        discard += record.discard;
                        let room = if let Wish::Read(buffer) = &mut wish { buffer.remaining() } else { 0 };
                        let (now, later) = record.payload.split_at(room.min(record.payload.len()));
                        if let Wish::Read(buffer) = &mut wish {
                            now.chunks(PIECE).for_each(|piece| buffer.put_slice(piece));
                            standing = Some(Standing::Opened);
                        }
                        self.opened.extend_from_slice(later);
                    }
                }
                Ok(ConnectionState::EncodeTlsData(mut message)) => self.outgoing.add(|room| message.encode(room))?,
                // It is in the buffer that is sent before anything is waited for.
                Ok(ConnectionState::TransmitTlsData(transmit)) => transmit.done(),
                Ok(ConnectionState::WriteTraffic(mut traffic)) => {
                    match &wish {
                        Wish::Seal(bytes) => self.outgoing.add(|room| traffic.encrypt(bytes, room))?,
                        Wish::Close => self.outgoing.add(|room| traffic.queue_close_notify(room))?,
                        Wish::Handshake | Wish::Read(_) => {}
                    }
                    standing = Some(Standing::Idle);
                }
                Ok(ConnectionState::PeerClosed) => {
                    self.ended = true;
                    // Our side of it may still write.
                    if matches!(wish, Wish::Handshake | Wish::Read(_)) {
                        standing = Some(Standing::Ended);
                    }
                }
                Ok(ConnectionState::Closed) => standing = Some(Standing::Ended),
                Ok(ConnectionState::BlockedHandshake) => standing = Some(Standing::Blocked),
                Ok(other) => return Err(io::Error::other(format!("TLS went astray: {other:?}"))),
                Err(error) => {
                    self.incoming.drop_front(discard);
                    self.send_alert(cx);
                    return Err(invalid(error));
                }
            }
            self.incoming.drop_front(discard);
            if let Some(standing) = standing {
                return Ok(standing);
            }
        }
    }

    /// Tells the server what is wrong, as far as the socket takes it at once.
    fn send_alert(&mut self, cx: &mut Context<'_>) {
        if let Ok(ConnectionState::EncodeTlsData(mut alert)) = self.tls.process_tls_records(&mut []).state {
            let _ = self.outgoing.add(|room| alert.encode(room));
        }
        let _ = self.poll_send(cx);
    }

    fn poll_send(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.outgoing.is_empty() {
            match ready!(Pin::new(&mut self.socket).poll_write(cx, self.outgoing.filled()))? {
                0 => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                count => self.outgoing.drop_front(count),
            }
        }
        Poll::Ready(Ok(()))
    }

    /// Takes in what the socket has.
    fn poll_fill(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.incoming.gather();
        let mut room = ReadBuf::new(self.incoming.room());
        if room.remaining() == 0 {
            return Poll::Ready(Err(io::Error::new(io::ErrorKind::InvalidData, "a TLS message without end")));
        }
        ready!(Pin::new(&mut self.socket).poll_read(cx, &mut room))?;
        match room.filled().len() {
            0 => Poll::Ready(Err(io::Error::new(
                io::ErrorKind::UnexpectedEof,
                "the server closed the connection without close_notify",
            ))),
            count => {
                self.incoming.end += count;
                // A server that writes a record at a time waits with the next one, where that fills no segment, until this one is
                // acknowledged: without this, for the system's 40 ms whenever the two fall out of step. With less an acknowledgement
                // would weigh too much for lines that send slowly, and a record fills their segments anyway.
                #[cfg(any(target_os = "linux", target_os = "android"))]
                if count >= RECORD {
                    let _ = self.socket.set_quickack(true);
                }
                Poll::Ready(Ok(()))
            }
        }
    }
}

fn invalid(error: rustls::Error) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, error)
}

impl AsyncRead for DataTls {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if this.taken < this.opened.len() {
            let rest = this.opened.get(this.taken..).unwrap_or_default();
            let now = rest.get(..buffer.remaining()).unwrap_or(rest);
            buffer.put_slice(now);
            this.taken += now.len();
            return Poll::Ready(Ok(()));
        }
        this.opened.clear();
        this.taken = 0;
        while !this.ended {
            match this.advance(cx, Wish::Read(buffer))? {
                Standing::Opened => return Poll::Ready(Ok(())),
                Standing::Ended => break,
                Standing::Idle | Standing::Blocked => {
                    // An answer of TLS's own (a new key) goes when it can; the data does not wait for it.
                    let _ = this.poll_send(cx);
                    ready!(this.poll_fill(cx))?;
                }
            }
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for DataTls {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        ready!(this.poll_send(cx))?;
        let now = bytes.get(..SEALED).unwrap_or(bytes);
        if this.advance(cx, Wish::Seal(now))? != Standing::Idle {
            return Poll::Ready(Err(io::ErrorKind::NotConnected.into()));
        }
        // They are taken, whether the socket has room for them now or later.
        match this.poll_send(cx) {
            Poll::Ready(Err(error)) => Poll::Ready(Err(error)),
            _ => Poll::Ready(Ok(now.len())),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.get_mut().poll_send(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if !this.closed {
            this.advance(cx, Wish::Close)?;
            this.closed = true;
        }
        ready!(this.poll_send(cx))?;
        Pin::new(&mut this.socket).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests;
