//! A file's bytes into a plain data connection by the system's own hand: they never enter this program (Linux: sendfile).

use std::fs::File;
use std::io;

use crate::ftp::data::Data;
use crate::ftp::fault::Fault;

/// Why the system did not move bytes itself.
#[derive(Debug)]
pub enum Unmoved {
    /// The connection.
    Wire(Fault),
    /// The local file.
    Disk(io::Error),
    /// It does not do that with this file or connection: the bytes have to be read and written.
    Unable,
}

#[cfg(not(target_os = "linux"))]
impl Data<'_> {
    /// Moves up to `most` bytes of `file` from `offset` on; 0 at its end.
    ///
    /// # Errors
    /// `Unable` on this system.
    #[expect(clippy::unused_async, reason = "other systems wait here")]
    pub async fn send_file(&mut self, _: &File, _: u64, _: usize) -> Result<usize, Unmoved> {
        Err(Unmoved::Unable)
    }
}

#[cfg(target_os = "linux")]
mod linux {
    use std::future::poll_fn;
    use std::task::{Context, Poll};
    use std::time::Instant;

    use super::{Data, Fault, File, Unmoved, io};
    use crate::ftp::data::Stop;

    /// What sending ran into.
    enum Halt {
        Wire(Stop),
        Disk(io::Error),
        Unable,
    }

    impl Data<'_> {
        /// Moves up to `most` bytes of `file` from `offset` on; 0 at its end. Bytes that the system has not read yet are read now, on
        /// this thread.
        ///
        /// # Errors
        /// `Unable` under TLS and with a file that does not lend itself to it; `Wire` as [`Data::write`]; `Disk` when reading failed.
        pub async fn send_file(&mut self, file: &File, offset: u64, most: usize) -> Result<usize, Unmoved> {
            match poll_fn(|cx| self.poll_send_file(cx, file, offset, most)).await {
                Ok(count) => Ok(count),
                Err(Halt::Wire(stop)) => Err(Unmoved::Wire(self.broken(stop).await)),
                Err(Halt::Disk(error)) => Err(Unmoved::Disk(error)),
                Err(Halt::Unable) => Err(Unmoved::Unable),
            }
        }

        fn poll_send_file(&mut self, cx: &mut Context<'_>, file: &File, offset: u64, most: usize) -> Poll<Result<usize, Halt>> {
            if let Poll::Ready(stop) = self.poll_outside(cx) {
                return Poll::Ready(Err(Halt::Wire(stop)));
            }
            let Some(stream) = &self.unended.stream else { return Poll::Ready(Err(Halt::Wire(Stop::Fault(Fault::Poisoned)))) };
            let suppaftp::tokio::AsyncDataStream::Ssl(wire) = stream.get_ref() else { return Poll::Ready(Err(Halt::Unable)) };
            let Some(socket) = wire.plain() else { return Poll::Ready(Err(Halt::Unable)) };
            loop {
                match socket.poll_write_ready(cx) {
                    Poll::Ready(Ok(())) => {}
                    Poll::Ready(Err(error)) => return Poll::Ready(Err(Halt::Wire(Stop::Data(error)))),
                    Poll::Pending => return self.poll_stall(cx, "moving data").map(|fault| Err(Halt::Wire(Stop::Fault(fault)))),
                }
                let mut at = offset;
                let send = || rustix::fs::sendfile(socket, file, Some(&mut at), most).map_err(io::Error::from);
                match socket.try_io(tokio::io::Interest::WRITABLE, send) {
                    Ok(count) => {
                        self.moved_at = Instant::now();
                        self.unended.bytes += count as u64;
                        return Poll::Ready(Ok(count));
                    }
                    Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                    Err(error) => return Poll::Ready(Err(whose(error))),
                }
            }
        }
    }

    /// The one call has two ends that can fail.
    fn whose(error: io::Error) -> Halt {
        use io::ErrorKind::{
            BrokenPipe, ConnectionAborted, ConnectionReset, HostUnreachable, InvalidInput, NetworkDown, NetworkUnreachable,
            NotConnected, TimedOut, Unsupported,
        };
        match error.kind() {
            InvalidInput | Unsupported => Halt::Unable,
            BrokenPipe | ConnectionAborted | ConnectionReset | HostUnreachable | NetworkDown | NetworkUnreachable
            | NotConnected | TimedOut => Halt::Wire(Stop::Data(error)),
            _ => Halt::Disk(error),
        }
    }
}
