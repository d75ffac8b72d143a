//! One data connection: bytes with deadlines, the control connection watched meanwhile, and its closing reply.

mod ending;
mod send_file;
#[cfg(target_os = "linux")]
mod splice;

use std::future::{Future, poll_fn};
use std::io;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use suppaftp::tokio::TransferStream;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, ReadBuf};
use tokio::time::Sleep;
use tokio_util::sync::WaitForCancellationFutureOwned;

use crate::ftp::closing;
use crate::ftp::control::Control;
use crate::ftp::dial::WireEvent;
use crate::ftp::farewell::{is_goodbye, unsolicited};
use crate::ftp::fault::Fault;
use crate::ftp::reply::Reply;
use crate::ftp::wire::{Session, Wire};

pub use send_file::Unmoved;

/// How long the closing reply is waited for when a transfer broke or was broken off.
const STOP: Duration = Duration::from_secs(1);
/// How long data is still taken in behind an ABOR.
const ABORT: Duration = Duration::from_millis(500);
/// Silence after which nothing more is expected of a transfer that was broken off.
const QUIET: Duration = Duration::from_millis(150);

const CLOSING: &str = "waiting for the closing reply";

/// What became of a passive data connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DataFacts {
    /// The host that the 227 named; a 229 names none.
    pub named: Option<IpAddr>,
    /// The port.
    pub port: u16,
    /// How long dialling took, or why it failed; `None` before it ended.
    pub dialled: Option<Result<Duration, io::ErrorKind>>,
    /// Whether it was ready to carry bytes, TLS included.
    pub opened: bool,
    /// Under TLS, whether it resumed the control connection's session.
    pub resumed: Option<bool>,
}

/// An open data connection of a running RETR or STOR. Dropping it without `finish` or `stop` poisons the control connection.
pub struct Data<'a> {
    control: &'a mut Control,
    unended: Unended,
    upload: bool,
    /// The file's path, whose words do not count in the closing reply.
    name: String,
    /// The closing reply, when it came before its time.
    closing: Option<Reply>,
    /// The reply that ended the transfer in its middle.
    refusal: Option<Reply>,
    /// Whether the control connection ended without a word: the data is finished all the same, and proven later.
    control_ended: bool,
    /// What the last read ran into behind the bytes that it returned.
    behind: Option<io::Result<()>>,
    cancelled: Pin<Box<WaitForCancellationFutureOwned>>,
    stall: Pin<Box<Sleep>>,
    moved_at: Instant,
}

/// A transfer whose closing reply is still due: dropped as it is, it poisons the control connection.
///
/// The guard holds no borrow, so that dropping a `Data` ends its borrow of the `Control` where it was last used.
struct Unended {
    stream: Option<TransferStream<Wire>>,
    session: Arc<Session>,
    upload: bool,
    /// Bytes that went so far.
    bytes: u64,
}

impl Unended {
    /// Takes the stream out to end it; `whole` says whether all that was to go has gone.
    fn take(&mut self, whole: bool) -> Option<TransferStream<Wire>> {
        let stream = self.stream.take()?;
        self.session.observer.wire(&WireEvent::Moved { upload: self.upload, bytes: self.bytes, whole });
        Some(stream)
    }
}

impl Drop for Unended {
    fn drop(&mut self) {
        if self.take(false).is_some() {
            self.session.poison(&Fault::Cancelled);
        }
    }
}

/// Why moving bytes was interrupted.
enum Stop {
    /// The server said no; the control connection is aligned.
    Refused(Reply),
    /// The data connection failed.
    Data(io::Error),
    /// Everything else.
    Fault(Fault),
}

impl<'a> Data<'a> {
    pub(super) fn new(control: &'a mut Control, stream: TransferStream<Wire>, upload: bool, name: &str) -> Self {
        let closing = control.session.line().take_early();
        control.data_closed = None;
        let unended = Unended { stream: Some(stream), session: Arc::clone(&control.session), upload, bytes: 0 };
        let cancelled = Box::pin(control.cancel.clone().cancelled_owned());
        let stall = Box::pin(tokio::time::sleep(control.session.timeout));
        Self {
            control,
            unended,
            upload,
            name: name.to_owned(),
            closing,
            refusal: None,
            control_ended: false,
            behind: None,
            cancelled,
            stall,
            moved_at: Instant::now(),
        }
    }

    /// So many bytes of an upload have gone already.
    pub(super) fn having_sent(mut self, count: usize) -> Self {
        self.unended.bytes = count as u64;
        self
    }

    /// Bytes that have gone, or come.
    #[must_use]
    pub fn sent(&self) -> u64 {
        self.unended.bytes
    }

    /// Reads up to `buffer.len()` bytes; 0 is a clean end (under TLS: with close_notify). Fails at once with `Refused`
    /// or `Goodbye` when the control connection says so, `Timeout` when nothing moves, `Cancelled` within 100 ms.
    ///
    /// # Errors
    /// As above; `DataConnection` when it broke; `Lost` when the control connection ended.
    pub async fn read(&mut self, buffer: &mut [u8]) -> Result<usize, Fault> {
        match poll_fn(|cx| self.poll_read(cx, buffer)).await {
            Ok(count) => Ok(count),
            Err(stop) => Err(self.broken(stop).await),
        }
    }

    /// Writes all of `bytes`; fails as [`Data::read`].
    ///
    /// # Errors
    /// As [`Data::read`].
    pub async fn write(&mut self, bytes: &[u8]) -> Result<(), Fault> {
        let mut rest = bytes;
        while !rest.is_empty() {
            match poll_fn(|cx| self.poll_write(cx, rest)).await {
                Ok(count) => rest = rest.get(count..).unwrap_or_default(),
                Err(stop) => return Err(self.broken(stop).await),
            }
        }
        Ok(())
    }

    /// Waits on purpose, for a speed limit, and sees cancel and the control connection meanwhile. It is no stall of the server's.
    ///
    /// # Errors
    /// As [`Data::read`], without its timeout.
    pub async fn rest(&mut self, wait: impl Future<Output = ()>) -> Result<(), Fault> {
        let mut wait = std::pin::pin!(wait);
        let rested = poll_fn(|cx| match wait.as_mut().poll(cx) {
            Poll::Ready(()) => Poll::Ready(Ok(())),
            Poll::Pending => self.poll_outside(cx).map(Err),
        })
        .await;
        self.moved_at = Instant::now();
        match rested {
            Ok(()) => Ok(()),
            Err(stop) => Err(self.broken(stop).await),
        }
    }

    /// Tells the record what a listing said.
    pub(super) fn tell_listed(&self, bytes: &[u8]) {
        self.control.session.observer.wire(&WireEvent::Listed(bytes));
    }

    /// Ends the data connection properly (close_notify, FIN, drain) and returns the closing reply: 226 or 250 that says nothing of
    /// abort or error. Anything else is `Refused`, `Goodbye` or `Lost`. A goodbye behind the closing reply is left to the next command.
    ///
    /// # Errors
    /// As above; `DataConnection` when the closing reply is positive and speaks of a failure, or another stands behind it.
    pub async fn finish(self) -> Result<Reply, Fault> {
        let name = self.name.clone();
        let session = Arc::clone(&self.control.session);
        let reply = self.end().await?;
        match poll_fn(|cx| Poll::Ready(session.line().poll_reply(cx))).await {
            // The connection's end, not the transfer's: whoever speaks to the server next hears of it.
            Poll::Ready(Ok(second)) if is_goodbye(&second) => session.line().put_back(second),
            // It contradicts the closing reply; which of the two is true cannot be told.
            Poll::Ready(Ok(second)) => {
                let detail = "the server closed the transfer twice".to_owned();
                let fault = Fault::DataConnection { detail, reply: Some(second) };
                session.poison(&fault);
                return Err(fault);
            }
            Poll::Ready(Err(_)) | Poll::Pending => {}
        }
        match closing::complaint(&reply, &name) {
            Some(word) => {
                Err(Fault::DataConnection { detail: format!("the closing reply speaks of “{word}”"), reply: Some(reply) })
            }
            None => Ok(reply),
        }
    }

    /// As [`Data::finish`], without judging the text of a positive closing reply.
    pub(super) async fn end(mut self) -> Result<Reply, Fault> {
        if let Some(reply) = self.refusal.take() {
            return Err(Fault::Refused(reply));
        }
        if self.unended.stream.is_none() {
            return Err(Fault::Poisoned);
        }
        if let Err(stop) = self.close_properly().await {
            return Err(self.broken(stop).await);
        }
        let reply = self.closing_reply(None).await?;
        if matches!(reply.code, 226 | 250) {
            Ok(reply)
        } else if reply.is_positive() {
            Err(Fault::DataConnection { detail: "the closing reply is neither 226 nor 250".to_owned(), reply: Some(reply) })
        } else if reply.is_negative() {
            Err(self.control.or_forgotten(Fault::Refused(reply)))
        } else {
            self.control.judge(Err(Fault::Protocol { doing: CLOSING, detail: format!("“{}”", reply.words()) }))
        }
    }

    /// Breaks the transfer off: closes the data connection (behind an ABOR where TLS needs it) and drains replies for a short time. Not bound by the cancel token, which has fired
    /// by then. `Ok` means the control connection is usable. The server keeps what an upload has brought so far.
    ///
    /// # Errors
    /// `Goodbye`, `Lost`, or `Timeout` when no closing reply came: the connection is then poisoned.
    pub async fn stop(mut self) -> Result<(), Fault> {
        if self.unended.stream.is_none() {
            return if self.control.is_poisoned() { Err(Fault::Poisoned) } else { Ok(()) };
        }
        if !self.upload && self.control.session.protects_data() {
            self.abort().await;
        }
        self.closing_reply(Some(STOP)).await?;
        // A second reply (426, then 226) belongs to the same transfer.
        let until = Instant::now() + STOP;
        loop {
            match tokio::time::timeout(QUIET, poll_fn(|cx| self.control.session.line().poll_reply(cx))).await {
                Err(_) => return Ok(()),
                Ok(Ok(reply)) if is_goodbye(&reply) => return self.control.judge(Err(Fault::Goodbye(reply))),
                Ok(Ok(reply)) if Instant::now() > until => return self.control.judge(Err(unsolicited(reply, "breaking off"))),
                Ok(Ok(_)) => {}
                Ok(Err(end)) => return self.control.judge(Err(end.fault("breaking off"))),
            }
        }
    }

    /// ABOR while the data is still taken in: proftpd ends the whole session when it writes TLS to a closed data connection.
    async fn abort(&mut self) {
        if self.closing.is_some() || self.control.check("ABOR").is_err() {
            return;
        }
        let session = Arc::clone(&self.control.session);
        session.line().begin();
        let Some(stream) = &mut self.unended.stream else { return };
        let mut scrap = vec![0; 64 * 1024];
        let drain = async {
            while matches!(stream.read(&mut scrap).await, Ok(count) if count > 0) {}
            std::future::pending::<()>().await;
        };
        tokio::select! {
            _ = self.control.ftp.custom_command("ABOR", &[]) => {}
            () = drain => {}
            () = tokio::time::sleep(ABORT) => {}
        }
        let mut line = session.line();
        // Servers that read no commands while they send answer once the data connection is closed.
        line.forget_asked();
        self.closing = line.take_answer().map(|answer| answer.reply);
    }

    fn poll_read(&mut self, cx: &mut Context<'_>, buffer: &mut [u8]) -> Poll<Result<usize, Stop>> {
        if let Poll::Ready(stop) = self.poll_outside(cx) {
            return Poll::Ready(Err(stop));
        }
        let Some(stream) = &mut self.unended.stream else { return Poll::Ready(Err(Stop::Fault(Fault::Poisoned))) };
        if let Some(behind) = self.behind.take() {
            self.control.data_closed = Some(behind.is_ok());
            return Poll::Ready(behind.map(|()| 0).map_err(Stop::Data));
        }
        // Fills the buffer with whatever is there: TLS gives a few records at a time.
        let mut buffer = ReadBuf::new(buffer);
        while buffer.remaining() > 0 {
            let before = buffer.filled().len();
            match Pin::new(&mut *stream).poll_read(cx, &mut buffer) {
                Poll::Pending => break,
                Poll::Ready(Ok(())) if buffer.filled().len() > before => {}
                Poll::Ready(result) => {
                    self.behind = Some(result);
                    break;
                }
            }
        }
        let count = buffer.filled().len();
        if count > 0 {
            self.moved_at = Instant::now();
            self.unended.bytes += count as u64;
            return Poll::Ready(Ok(count));
        }
        match self.behind.take() {
            Some(behind) => {
                self.control.data_closed = Some(behind.is_ok());
                Poll::Ready(behind.map(|()| 0).map_err(Stop::Data))
            }
            None => self.poll_stall(cx, "moving data").map(|fault| Err(Stop::Fault(fault))),
        }
    }

    fn poll_write(&mut self, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<Result<usize, Stop>> {
        if let Poll::Ready(stop) = self.poll_outside(cx) {
            return Poll::Ready(Err(stop));
        }
        let Some(stream) = &mut self.unended.stream else { return Poll::Ready(Err(Stop::Fault(Fault::Poisoned))) };
        match Pin::new(stream).poll_write(cx, bytes) {
            Poll::Ready(Ok(0)) => Poll::Ready(Err(Stop::Data(io::ErrorKind::WriteZero.into()))),
            Poll::Ready(Ok(count)) => {
                self.moved_at = Instant::now();
                self.unended.bytes += count as u64;
                Poll::Ready(Ok(count))
            }
            Poll::Ready(Err(error)) => Poll::Ready(Err(Stop::Data(error))),
            Poll::Pending => self.poll_stall(cx, "moving data").map(|fault| Err(Stop::Fault(fault))),
        }
    }

    /// Cancel and the control connection: both come before data.
    fn poll_outside(&mut self, cx: &mut Context<'_>) -> Poll<Stop> {
        if self.cancelled.as_mut().poll(cx).is_ready() {
            return Poll::Ready(Stop::Fault(Fault::Cancelled));
        }
        let doing = "moving data";
        // Once the closing reply is there only data is missing; what else the server says or does is the next command's matter.
        while self.closing.is_none() && !self.control_ended {
            let said = self.control.session.line().poll_reply(cx);
            match said {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(Err(end)) if end.is_silent() => self.control_ended = true,
                Poll::Ready(Err(end)) => return Poll::Ready(Stop::Fault(end.fault(doing))),
                Poll::Ready(Ok(reply)) if is_goodbye(&reply) => return Poll::Ready(Stop::Fault(Fault::Goodbye(reply))),
                Poll::Ready(Ok(reply)) if reply.is_preliminary() => {}
                Poll::Ready(Ok(reply)) if reply.is_negative() => return Poll::Ready(Stop::Refused(reply)),
                Poll::Ready(Ok(reply)) if reply.is_positive() => self.closing = Some(reply),
                Poll::Ready(Ok(reply)) => return Poll::Ready(Stop::Fault(unsolicited(reply, doing))),
            }
        }
        Poll::Pending
    }

    /// Whether nothing has moved for too long. The timer is set anew only when it fires, not for each chunk.
    fn poll_stall(&mut self, cx: &mut Context<'_>, doing: &'static str) -> Poll<Fault> {
        let limit = self.control.session.timeout;
        while self.stall.as_mut().poll(cx).is_ready() {
            let until = self.moved_at + limit;
            if until <= Instant::now() {
                return Poll::Ready(Fault::Timeout { doing, after: limit });
            }
            self.stall.as_mut().reset(until.into());
        }
        Poll::Pending
    }
}
