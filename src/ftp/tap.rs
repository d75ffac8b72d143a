//! The raw TCP side of the control connection: what TLS would hide at its end is kept here.

use std::io;
use std::net::Shutdown;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

use crate::ftp::control_tls::ControlTls;

/// Most clear text that is kept from behind the TLS records.
const CLEAR_LIMIT: usize = 8 * 1024;

/// Follows TLS records (RFC 5246 §6.2.1) and keeps what comes behind them: vsftpd and proftpd say their last words in clear.
#[derive(Debug, Default)]
struct Records {
    header: [u8; 5],
    header_length: usize,
    /// Bytes of the record's body still to come.
    body: usize,
    /// Whether something other than a record has come; everything from there on is clear text.
    over: bool,
    clear: Vec<u8>,
}

impl Records {
    fn follow(&mut self, mut bytes: &[u8]) {
        while let Some((first, rest)) = bytes.split_first() {
            if self.over {
                let room = CLEAR_LIMIT.saturating_sub(self.clear.len()).min(bytes.len());
                self.clear.extend(bytes.iter().take(room));
                return;
            }
            if self.body > 0 {
                let skipped = self.body.min(bytes.len());
                self.body -= skipped;
                bytes = bytes.get(skipped..).unwrap_or_default();
                continue;
            }
            if let Some(slot) = self.header.get_mut(self.header_length) {
                *slot = *first;
            }
            self.header_length += 1;
            bytes = rest;
            let [kind, major, _, high, low] = self.header;
            let wrong = !(20..=24).contains(&kind) || (self.header_length > 1 && major != 3);
            if wrong {
                self.over = true;
                self.clear.extend(self.header.iter().take(self.header_length));
            } else if self.header_length == 5 {
                self.body = usize::from(high) * 256 + usize::from(low);
                self.header_length = 0;
            }
        }
    }
}

/// What carries the bytes.
#[derive(Debug, Default)]
pub enum Io {
    /// Not connected yet, or in a handshake.
    #[default]
    Absent,
    /// Plain.
    Plain(Tap),
    /// TLS.
    Tls(ControlTls),
}

/// A TCP stream whose socket is shared with whoever needs to look at it.
#[derive(Debug)]
pub struct Tap {
    socket: Arc<TcpStream>,
    records: Option<Records>,
}

impl Tap {
    /// Wraps a connected socket.
    pub fn new(socket: Arc<TcpStream>) -> Self {
        Self { socket, records: None }
    }

    /// From here on TLS records flow.
    pub fn expect_records(&mut self) {
        self.records = Some(Records::default());
    }

    /// Whether the system holds bytes, the end of the stream or an error, known to the runtime already or not.
    pub fn has_news(&self) -> bool {
        let mut byte = [std::mem::MaybeUninit::uninit()];
        match socket2::SockRef::from(&*self.socket).peek(&mut byte) {
            Ok(_) => true,
            Err(error) => error.kind() != io::ErrorKind::WouldBlock,
        }
    }

    /// Reads and follows what is left on the socket, after TLS has ended. `Ready(false)` is the end of the stream.
    pub fn poll_rest(&mut self, cx: &mut Context<'_>) -> Poll<bool> {
        let mut bytes = [0; 2048];
        let mut buffer = ReadBuf::new(&mut bytes);
        match ready!(Pin::new(self).poll_read(cx, &mut buffer)) {
            Ok(()) => Poll::Ready(!buffer.filled().is_empty()),
            Err(_) => Poll::Ready(false),
        }
    }

    /// The clear text that came behind the last TLS record.
    pub fn clear_text(&self) -> &[u8] {
        self.records.as_ref().map_or(&[], |records| &records.clear)
    }
}

impl AsyncRead for Tap {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        loop {
            ready!(this.socket.poll_read_ready(cx))?;
            let before = buffer.filled().len();
            match this.socket.try_read_buf(buffer) {
                Ok(_) => {
                    // Without this the server's Nagle holds a 226 until the delayed acknowledgement of its 150 (40 ms and more).
                    #[cfg(any(target_os = "linux", target_os = "android"))]
                    let _ = this.socket.set_quickack(true);
                    if let Some(records) = &mut this.records {
                        records.follow(buffer.filled().get(before..).unwrap_or_default());
                    }
                    return Poll::Ready(Ok(()));
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) => return Poll::Ready(Err(error)),
            }
        }
    }
}

impl AsyncWrite for Tap {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        loop {
            ready!(self.socket.poll_write_ready(cx))?;
            match self.socket.try_write(bytes) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                result => return Poll::Ready(result),
            }
        }
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(socket2::SockRef::from(&*self.socket).shutdown(Shutdown::Write))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(kind: u8, body: &[u8]) -> Vec<u8> {
        let length = u16::try_from(body.len()).unwrap().to_be_bytes();
        [&[kind, 3, 3][..], &length, body].concat()
    }

    #[test]
    fn clear_text_is_found_behind_the_records_in_any_segments() {
        let text = b"421 Idle timeout (300 seconds): closing control connection\r\n";
        let stream = [record(23, b"\x15 encrypted 421 "), record(21, b"\x01\x00"), record(23, b""), text.to_vec()].concat();
        for size in [1, 2, 3, 7, stream.len()] {
            let mut records = Records::default();
            stream.chunks(size).for_each(|chunk| records.follow(chunk));
            assert_eq!(records.clear, text, "in segments of {size}");
        }
    }

    #[test]
    fn records_alone_leave_nothing() {
        let mut records = Records::default();
        records.follow(&[record(22, b"500 OOPS"), record(20, b"x")].concat());
        assert!(!records.over);
        assert!(records.clear.is_empty());
    }

    #[test]
    fn the_clear_text_is_bounded() {
        let mut records = Records::default();
        records.follow(&vec![b'5'; 100_000]);
        assert_eq!(records.clear.len(), CLEAR_LIMIT);
    }
}
