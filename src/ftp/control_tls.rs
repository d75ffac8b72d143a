//! TLS on a control connection, in the version that was offered.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_rustls::client::TlsStream;

use crate::ftp::records::Records;
use crate::ftp::tap::Tap;

/// A control connection under TLS.
#[derive(Debug)]
pub enum ControlTls {
    /// TLS 1.2.
    Tls12(Box<TlsStream<Tap>>),
    /// TLS 1.3.
    Tls13(Box<Records<Tap>>),
}

impl ControlTls {
    /// What carries the records.
    pub fn tap(&self) -> &Tap {
        match self {
            Self::Tls12(stream) => stream.get_ref().0,
            Self::Tls13(records) => records.io(),
        }
    }

    /// What carries the records.
    pub fn tap_mut(&mut self) -> &mut Tap {
        match self {
            Self::Tls12(stream) => stream.get_mut().0,
            Self::Tls13(records) => records.io_mut(),
        }
    }

    /// Bytes that were opened and not handed out before it failed.
    pub fn left_over(&mut self) -> Vec<u8> {
        let mut left = Vec::new();
        if let Self::Tls12(stream) = self {
            let mut bytes = [0; 4096];
            let mut records = stream.get_mut().1.reader();
            while let Ok(count) = io::Read::read(&mut records, &mut bytes)
                && count > 0
            {
                left.extend_from_slice(bytes.get(..count).unwrap_or_default());
            }
        }
        left
    }
}

impl AsyncRead for ControlTls {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Tls12(stream) => Pin::new(stream.as_mut()).poll_read(cx, buffer),
            Self::Tls13(records) => Pin::new(records.as_mut()).poll_read(cx, buffer),
        }
    }
}

impl AsyncWrite for ControlTls {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Tls12(stream) => Pin::new(stream.as_mut()).poll_write(cx, bytes),
            Self::Tls13(records) => Pin::new(records.as_mut()).poll_write(cx, bytes),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Tls12(stream) => Pin::new(stream.as_mut()).poll_flush(cx),
            Self::Tls13(records) => Pin::new(records.as_mut()).poll_flush(cx),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Tls12(stream) => Pin::new(stream.as_mut()).poll_shutdown(cx),
            Self::Tls13(records) => Pin::new(records.as_mut()).poll_shutdown(cx),
        }
    }
}
