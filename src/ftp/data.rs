//! One data connection: bytes with deadlines, the control connection watched meanwhile, and its closing reply.

use crate::ftp::fault::Fault;
use crate::ftp::reply::Reply;

/// An open data connection of a running RETR or STOR. Dropping it without `finish` or `stop` poisons the control connection.
pub struct Data<'a> {
    _control: std::marker::PhantomData<&'a mut ()>,
}

impl Data<'_> {
    /// Reads up to `buffer.len()` bytes; 0 is a clean end (under TLS: with close_notify). Fails at once with `Refused`
    /// or `Goodbye` when the control connection says so, `Timeout` when nothing moves, `Cancelled` within 100 ms.
    pub async fn read(&mut self, buffer: &mut [u8]) -> Result<usize, Fault> {
        let _ = buffer;
        unimplemented!()
    }
    /// Writes all of `bytes`; fails as [`Data::read`].
    pub async fn write(&mut self, bytes: &[u8]) -> Result<(), Fault> {
        let _ = bytes;
        unimplemented!()
    }
    /// Ends the data connection properly (close_notify, FIN, drain) and returns the closing reply: 226 or 250 that says nothing of
    /// abort or error. Anything else is `Refused`, `Goodbye` or `Lost`.
    pub async fn finish(self) -> Result<Reply, Fault> {
        unimplemented!()
    }
    /// Breaks the transfer off: closes the data connection (ABOR where that leaves the control connection clean) and drains replies for a short time.
    /// `Ok` means the control connection is usable.
    pub async fn stop(self) -> Result<(), Fault> {
        unimplemented!()
    }
}
