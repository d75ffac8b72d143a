//! The bytes of a small upload, which go as soon as its data connection stands: a server that takes the file has them by then, and one that
//! refuses it never reads them. Only for servers that look for the data connection within STOR.

use tokio::net::TcpStream;

/// What the next data connection carries at once.
#[derive(Debug, Default)]
pub struct Parcel {
    bytes: Vec<u8>,
    sent: usize,
}

impl Parcel {
    /// Puts bytes in; none when there is nothing to be carried.
    pub fn put(&mut self, bytes: Vec<u8>) {
        (self.bytes, self.sent) = (bytes, 0);
    }

    /// Nothing is carried any more.
    pub fn empty(&mut self) {
        self.bytes = Vec::new();
    }

    /// How many of the last ones have gone.
    pub fn sent(&self) -> usize {
        self.sent
    }

    /// Sends what a connection that just came about takes without waiting; behind the last byte, its end.
    pub fn send(&mut self, stream: &TcpStream) {
        let bytes = std::mem::take(&mut self.bytes);
        if bytes.is_empty() {
            return;
        }
        while let Some(rest) = bytes.get(self.sent..).filter(|rest| !rest.is_empty()) {
            match stream.try_write(rest) {
                Ok(count) if count > 0 => self.sent += count,
                // What is wrong with the connection shows as soon as it is used.
                _ => return,
            }
        }
        let _ = socket2::SockRef::from(stream).shutdown(std::net::Shutdown::Write);
    }
}
