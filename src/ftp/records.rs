//! TLS 1.3 on a control connection: rustls makes the handshake and holds the secrets, the records are opened and sealed here, so that
//! a ticket's message is at hand to be read again (`Tickets`), which rustls's own stream does not allow.

use std::fmt;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};

use rustls::client::UnbufferedClientConnection;
use rustls::crypto::cipher::{InboundOpaqueMessage, MessageDecrypter, MessageEncrypter, OutboundChunks, OutboundPlainMessage};
use rustls::unbuffered::{ConnectionState, EncodeError, EncodeTlsData, InsufficientSizeError, UnbufferedStatus};
use rustls::{
    AlertDescription, ConnectionTrafficSecrets, ContentType, HandshakeType, ProtocolVersion, SupportedCipherSuite, Tls13CipherSuite,
};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf};

use crate::ftp::tickets::{Origin, Tickets};

/// Most that one record holds (RFC 8446 §5.1).
const RECORD: usize = 16 * 1024;
/// Most that one takes up sealed (RFC 8446 §5.2).
const SEALED: usize = RECORD + 256;
/// The head of a record.
const HEAD: usize = 5;
/// Room for any message of a handshake.
const MESSAGE: usize = 64 * 1024;
/// Most that waits to be sent, whatever answers of TLS's own a server asks for.
const OUTGOING: usize = 4 * RECORD;
/// A KeyUpdate that asks for none in return (RFC 8446 §4.6.3).
const NEW_KEY: [u8; 5] = [24, 0, 0, 1, 0];

/// One direction's key and the number of its next record.
struct Keyed<T: ?Sized> {
    key: Box<T>,
    next: u64,
}

/// A control connection under TLS 1.3.
pub struct Records<Io> {
    io: Io,
    suite: &'static Tls13CipherSuite,
    origin: Arc<Mutex<Origin>>,
    opener: Keyed<dyn MessageDecrypter>,
    sealer: Keyed<dyn MessageEncrypter>,
    /// As it came from the socket.
    incoming: Vec<u8>,
    /// A part of a message of TLS's own, which may come in several records.
    message: Vec<u8>,
    opened: Vec<u8>,
    /// How much of it was read.
    taken: usize,
    outgoing: Vec<u8>,
    /// Whether the server's close_notify came.
    ended: bool,
    /// Whether ours is on its way.
    closed: bool,
}

impl<Io> fmt::Debug for Records<Io> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Records").field("ended", &self.ended).finish_non_exhaustive()
    }
}

fn invalid(error: rustls::Error) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, error)
}

fn wrong(words: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, words)
}

fn cut() -> io::Error {
    io::Error::new(io::ErrorKind::UnexpectedEof, "the server closed the connection without close_notify")
}

/// The handshake, up to where both sides may speak.
async fn shake_hands<Io>(io: &mut Io, tls: &mut UnbufferedClientConnection) -> io::Result<Vec<u8>>
where
    Io: AsyncRead + AsyncWrite + Unpin,
{
    let (mut incoming, mut outgoing) = (Vec::new(), Vec::new());
    loop {
        let UnbufferedStatus { discard, state } = tls.process_tls_records(&mut incoming);
        let (mut is_blocked, mut is_done, mut are_sent) = (false, false, false);
        match state {
            Ok(ConnectionState::EncodeTlsData(mut message)) => encode(&mut message, &mut outgoing)?,
            Ok(ConnectionState::TransmitTlsData(transmit)) => {
                io.write_all(&std::mem::take(&mut outgoing)).await?;
                transmit.done();
                are_sent = true;
            }
            Ok(ConnectionState::BlockedHandshake) => is_blocked = true,
            Ok(ConnectionState::WriteTraffic(_)) => is_done = true,
            Ok(other) => return Err(io::Error::other(format!("TLS went astray: {other:?}"))),
            Err(error) => {
                if let Ok(ConnectionState::EncodeTlsData(mut alert)) = tls.process_tls_records(&mut []).state {
                    encode(&mut alert, &mut outgoing)?;
                }
                // Only a courtesy: what went wrong is known.
                let _ = io.write_all(&outgoing).await;
                return Err(invalid(error));
            }
        }
        incoming.drain(..discard.min(incoming.len()));
        // What some servers send right behind their part of the handshake, tickets or a greeting, is left to be read as records.
        if is_done || are_sent && !tls.is_handshaking() {
            return Ok(incoming);
        }
        if is_blocked {
            if incoming.len() > 2 * MESSAGE {
                return Err(wrong("a TLS message without end"));
            }
            if io.read_buf(&mut incoming).await? == 0 {
                let words = "the server closed the connection in the middle of the handshake";
                return Err(io::Error::new(io::ErrorKind::UnexpectedEof, words));
            }
        }
    }
}

fn encode(message: &mut EncodeTlsData<'_, rustls::client::ClientConnectionData>, outgoing: &mut Vec<u8>) -> io::Result<()> {
    let begin = outgoing.len();
    loop {
        match message.encode(outgoing.get_mut(begin..).unwrap_or_default()) {
            Ok(count) => {
                outgoing.truncate(begin + count);
                return Ok(());
            }
            Err(EncodeError::InsufficientSize(InsufficientSizeError { required_size }))
                if begin + required_size > outgoing.len() =>
            {
                outgoing.resize(begin + required_size, 0);
            }
            Err(error) => return Err(io::Error::other(error.to_string())),
        }
    }
}

impl<Io: AsyncRead + AsyncWrite + Unpin> Records<Io> {
    /// The handshake on `io`, in a TLS that has to be 1.3. `tickets` are those of the connection's configuration.
    ///
    /// # Errors
    /// The socket's, or rustls's as `InvalidData`; the server is told of the latter.
    pub async fn connect(mut io: Io, mut tls: UnbufferedClientConnection, tickets: &Tickets) -> io::Result<Self> {
        let incoming = shake_hands(&mut io, &mut tls).await?;
        let (secrets, connection) = tls.dangerous_into_kernel_connection().map_err(invalid)?;
        let SupportedCipherSuite::Tls13(suite) = connection.negotiated_cipher_suite() else {
            return Err(wrong("an older TLS than was offered"));
        };
        let (opens, seals) = (secrets.rx, secrets.tx);
        let origin = Arc::new(Mutex::new(Origin::new(connection)));
        tickets.come_from(&origin);
        Ok(Self {
            io,
            suite,
            origin,
            opener: opener(suite, opens)?,
            sealer: sealer(suite, seals)?,
            incoming,
            message: Vec::new(),
            opened: Vec::new(),
            taken: 0,
            outgoing: Vec::new(),
            ended: false,
            closed: false,
        })
    }
}

fn parts(secrets: ConnectionTrafficSecrets) -> io::Result<(rustls::crypto::cipher::AeadKey, rustls::crypto::cipher::Iv)> {
    match secrets {
        ConnectionTrafficSecrets::Aes128Gcm { key, iv }
        | ConnectionTrafficSecrets::Aes256Gcm { key, iv }
        | ConnectionTrafficSecrets::Chacha20Poly1305 { key, iv } => Ok((key, iv)),
        _ => Err(wrong("a cipher that is not known")),
    }
}

fn opener(suite: &Tls13CipherSuite, (next, secrets): (u64, ConnectionTrafficSecrets)) -> io::Result<Keyed<dyn MessageDecrypter>> {
    let (key, iv) = parts(secrets)?;
    Ok(Keyed { key: suite.aead_alg.decrypter(key, iv), next })
}

fn sealer(suite: &Tls13CipherSuite, (next, secrets): (u64, ConnectionTrafficSecrets)) -> io::Result<Keyed<dyn MessageEncrypter>> {
    let (key, iv) = parts(secrets)?;
    Ok(Keyed { key: suite.aead_alg.encrypter(key, iv), next })
}

impl<Io> Records<Io> {
    /// What carries the records.
    pub fn io(&self) -> &Io {
        &self.io
    }

    /// What carries the records.
    pub fn io_mut(&mut self) -> &mut Io {
        &mut self.io
    }

    fn origin(&self) -> MutexGuard<'_, Origin> {
        self.origin.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Opens the next record, if all of it is there.
    fn open_next(&mut self) -> io::Result<bool> {
        let Some(&[kind, major, _, high, low]) = self.incoming.first_chunk::<HEAD>() else { return Ok(false) };
        let length = usize::from(u16::from_be_bytes([high, low]));
        if ContentType::from(kind) != ContentType::ApplicationData || major != 3 || length > SEALED {
            return Err(wrong("what came is no TLS record"));
        }
        let Some(body) = self.incoming.get_mut(HEAD..HEAD + length) else { return Ok(false) };
        let sealed = InboundOpaqueMessage::new(ContentType::ApplicationData, ProtocolVersion::TLSv1_2, body);
        let plain = self.opener.key.decrypt(sealed, self.opener.next).map_err(invalid)?;
        self.opener.next += 1;
        if plain.typ != ContentType::Handshake && !self.message.is_empty() {
            return Err(wrong("a TLS message that breaks off"));
        }
        match plain.typ {
            ContentType::ApplicationData => self.opened.extend_from_slice(plain.payload),
            ContentType::Handshake => {
                self.message.extend_from_slice(plain.payload);
                self.obey()?;
            }
            ContentType::Alert => match *plain.payload {
                [_, kind] if AlertDescription::from(kind) == AlertDescription::CloseNotify => self.ended = true,
                [_, kind] if AlertDescription::from(kind) == AlertDescription::UserCanceled => {}
                [_, kind] => return Err(invalid(rustls::Error::AlertReceived(kind.into()))),
                _ => return Err(wrong("an alert that is none")),
            },
            other => return Err(wrong(&format!("{other:?} inside a TLS record"))),
        }
        self.incoming.drain(..HEAD + length);
        Ok(true)
    }

    /// Does what the server's messages to TLS itself ask for.
    fn obey(&mut self) -> io::Result<()> {
        while let Some(&[kind, high, middle, low]) = self.message.first_chunk::<4>() {
            let length = usize::from(high) << 16 | usize::from(middle) << 8 | usize::from(low);
            if length > MESSAGE {
                return Err(wrong("a TLS message without end"));
            }
            if self.message.len() < 4 + length {
                return Ok(());
            }
            let rest = self.message.split_off(4 + length);
            let message = std::mem::replace(&mut self.message, rest);
            let body = message.get(4..).unwrap_or_default();
            match (HandshakeType::from(kind), body) {
                (HandshakeType::NewSessionTicket, ticket) => self.origin().hear(ticket).map_err(invalid)?,
                // What follows it in its record would be under the old key.
                (HandshakeType::KeyUpdate, [asks @ (0 | 1)]) if self.message.is_empty() => {
                    let secrets = self.origin().connection.update_rx_secret().map_err(invalid)?;
                    self.opener = opener(self.suite, secrets)?;
                    if *asks == 1 {
                        self.change_key()?;
                    }
                }
                (other, _) => return Err(wrong(&format!("{other:?} in the middle of a TLS session"))),
            }
        }
        Ok(())
    }

    /// Tells the server that ours changes from here on, and changes it.
    fn change_key(&mut self) -> io::Result<()> {
        if self.outgoing.len() > OUTGOING {
            return Err(wrong("more changes of keys than are read"));
        }
        self.seal_under(ContentType::Handshake, &NEW_KEY)?;
        let secrets = self.origin().connection.update_tx_secret().map_err(invalid)?;
        self.sealer = sealer(self.suite, secrets)?;
        Ok(())
    }

    /// Seals up to a record of `bytes`, behind a new key where the old one has been used as often as it may.
    fn seal(&mut self, kind: ContentType, bytes: &[u8]) -> io::Result<()> {
        // The change itself is sealed under the old key.
        if self.sealer.next.saturating_add(1) >= self.suite.common.confidentiality_limit {
            self.change_key()?;
        }
        self.seal_under(kind, bytes)
    }

    fn seal_under(&mut self, typ: ContentType, bytes: &[u8]) -> io::Result<()> {
        let plain = OutboundPlainMessage { typ, version: ProtocolVersion::TLSv1_3, payload: OutboundChunks::Single(bytes) };
        let sealed = self.sealer.key.encrypt(plain, self.sealer.next).map_err(invalid)?;
        self.sealer.next += 1;
        self.outgoing.extend_from_slice(&sealed.encode());
        Ok(())
    }
}

impl<Io: AsyncRead + AsyncWrite + Unpin> Records<Io> {
    fn poll_send(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.outgoing.is_empty() {
            match ready!(Pin::new(&mut self.io).poll_write(cx, &self.outgoing))? {
                0 => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                count => drop(self.outgoing.drain(..count.min(self.outgoing.len()))),
            }
        }
        Poll::Ready(Ok(()))
    }

    fn poll_fill(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut bytes = [0; 4096];
        let mut room = ReadBuf::new(&mut bytes);
        ready!(Pin::new(&mut self.io).poll_read(cx, &mut room))?;
        if room.filled().is_empty() {
            return Poll::Ready(Err(cut()));
        }
        self.incoming.extend_from_slice(room.filled());
        Poll::Ready(Ok(()))
    }
}

impl<Io: AsyncRead + AsyncWrite + Unpin> AsyncRead for Records<Io> {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        loop {
            let rest = this.opened.get(this.taken..).unwrap_or_default();
            if !rest.is_empty() {
                let now = rest.get(..buffer.remaining()).unwrap_or(rest);
                buffer.put_slice(now);
                this.taken += now.len();
                return Poll::Ready(Ok(()));
            }
            this.opened.clear();
            this.taken = 0;
            if this.ended {
                return Poll::Ready(Ok(()));
            }
            if !this.open_next()? {
                // An answer of TLS's own goes when it can; what is read does not wait for it.
                let _ = this.poll_send(cx);
                ready!(this.poll_fill(cx))?;
            }
        }
    }
}

impl<Io: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Records<Io> {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        ready!(this.poll_send(cx))?;
        let now = bytes.get(..RECORD).unwrap_or(bytes);
        this.seal(ContentType::ApplicationData, now)?;
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
            // Level "warning", close_notify (RFC 8446 §6.1).
            this.seal(ContentType::Alert, &[1, 0])?;
            this.closed = true;
        }
        ready!(this.poll_send(cx))?;
        Pin::new(&mut this.io).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests;
