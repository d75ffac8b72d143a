//! A plain data connection's bytes into a pipe by the system's own hand: they never enter this program (Linux: splice).

use std::future::poll_fn;
use std::io;
use std::os::fd::OwnedFd;
use std::task::{Context, Poll};
use std::time::Instant;

use rustix::pipe::{SpliceFlags, splice};

use crate::ftp::data::{Data, Stop, Unmoved};
use crate::ftp::fault::Fault;

impl Data<'_> {
    /// Moves up to `most` bytes into `pipe`, which has to be empty; 0 at the data's end.
    ///
    /// # Errors
    /// `Unable` under TLS; `Wire` as [`Data::read`].
    pub async fn splice(&mut self, pipe: &OwnedFd, most: usize) -> Result<usize, Unmoved> {
        match poll_fn(|cx| self.poll_splice(cx, pipe, most)).await {
            Ok(Some(count)) => Ok(count),
            Ok(None) => Err(Unmoved::Unable),
            Err(stop) => Err(Unmoved::Wire(self.broken(stop).await)),
        }
    }

    fn poll_splice(&mut self, cx: &mut Context<'_>, pipe: &OwnedFd, most: usize) -> Poll<Result<Option<usize>, Stop>> {
        if let Poll::Ready(stop) = self.poll_outside(cx) {
            return Poll::Ready(Err(stop));
        }
        if let Some(behind) = self.behind.take() {
            self.control.data_closed = Some(behind.is_ok());
            return Poll::Ready(behind.map(|()| Some(0)).map_err(Stop::Data));
        }
        let Some(stream) = &self.unended.stream else { return Poll::Ready(Err(Stop::Fault(Fault::Poisoned))) };
        let suppaftp::tokio::AsyncDataStream::Ssl(wire) = stream.get_ref() else { return Poll::Ready(Ok(None)) };
        let Some(socket) = wire.plain() else { return Poll::Ready(Ok(None)) };
        loop {
            match socket.poll_read_ready(cx) {
                Poll::Ready(Ok(())) => {}
                Poll::Ready(Err(error)) => return Poll::Ready(Err(Stop::Data(error))),
                Poll::Pending => return self.poll_stall(cx, "moving data").map(|fault| Err(Stop::Fault(fault))),
            }
            let take = || splice(socket, None, pipe, None, most, SpliceFlags::NONBLOCK).map_err(io::Error::from);
            match socket.try_io(tokio::io::Interest::READABLE, take) {
                Ok(count) => {
                    self.moved_at = Instant::now();
                    self.unended.bytes += count as u64;
                    if count == 0 {
                        self.control.data_closed = Some(true);
                    }
                    return Poll::Ready(Ok(Some(count)));
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) if error.kind() == io::ErrorKind::InvalidInput => return Poll::Ready(Ok(None)),
                Err(error) => return Poll::Ready(Err(Stop::Data(error))),
            }
        }
    }
}
