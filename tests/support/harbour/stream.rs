//! A control or data connection of the harbour, plain or under TLS.

use std::io;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::server::TlsStream;

pub enum Stream {
    Plain(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
    /// It was ended.
    Gone,
}

impl Stream {
    pub async fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Plain(stream) => stream.read(bytes).await,
            Self::Tls(stream) => stream.read(bytes).await,
            Self::Gone => Ok(0),
        }
    }

    pub async fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        match self {
            Self::Plain(stream) => stream.write_all(bytes).await,
            Self::Tls(stream) => {
                stream.write_all(bytes).await?;
                stream.flush().await
            }
            Self::Gone => Err(io::ErrorKind::NotConnected.into()),
        }
    }

    /// Ends it properly: close_notify and FIN.
    pub async fn end(mut self) {
        let _ = match &mut self {
            Self::Plain(stream) => stream.shutdown().await,
            Self::Tls(stream) => stream.shutdown().await,
            Self::Gone => Ok(()),
        };
    }

    /// FIN without close_notify.
    pub async fn cut(self) {
        let _ = match self {
            Self::Plain(mut stream) => stream.shutdown().await,
            Self::Tls(stream) => stream.into_inner().0.shutdown().await,
            Self::Gone => Ok(()),
        };
    }

    /// RST.
    pub fn reset(self) {
        let stream = match self {
            Self::Plain(stream) => stream,
            Self::Tls(stream) => stream.into_inner().0,
            Self::Gone => return,
        };
        socket2::SockRef::from(&stream).set_linger(Some(Duration::ZERO)).unwrap();
    }

    /// Reads and forgets until the other side ends it.
    pub async fn outlast(&mut self) {
        let mut scrap = [0; 4096];
        while matches!(self.read(&mut scrap).await, Ok(count) if count > 0) {}
    }
}
