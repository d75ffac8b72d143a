//! The end of a data connection: closed properly or for good, the closing reply read, and what an interruption means.

use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use suppaftp::tokio::AsyncDataStream;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::ftp::control::library_fault;
use crate::ftp::data::{CLOSING, Data, STOP, Stop};
use crate::ftp::farewell::is_goodbye;
use crate::ftp::fault::Fault;
use crate::ftp::reply::Reply;
use crate::ftp::tls::TlsSession;
use crate::ftp::wait::bounded;

/// How long an upload's data connection is read until the server closes its side.
const DRAIN: Duration = Duration::from_secs(1);

impl Data<'_> {
    /// Ends our side of the data connection. After an upload the server's side is awaited for a moment: closing a socket that
    /// holds unread bytes (TLS tickets, alerts) resets the connection, and the reset can overtake the last of the data.
    pub(super) async fn close_properly(&mut self) -> Result<(), Stop> {
        let shut = poll_fn(|cx| {
            let doing = "ending the data connection";
            if let Poll::Ready(stop) = self.poll_outside(cx) {
                return Poll::Ready(Err(stop));
            }
            let Some(stream) = &mut self.unended.stream else { return Poll::Ready(Ok(())) };
            match Pin::new(stream).poll_shutdown(cx) {
                Poll::Ready(Ok(())) => Poll::Ready(Ok(())),
                Poll::Ready(Err(error)) => Poll::Ready(Err(Stop::Data(error))),
                Poll::Pending => self.poll_stall(cx, doing).map(|fault| Err(Stop::Fault(fault))),
            }
        })
        .await;
        match shut {
            // All of a download has been read by now: whether its socket shuts down well does not matter.
            Err(Stop::Data(_)) if !self.upload => {}
            other => other?,
        }
        if !self.upload {
            return Ok(());
        }
        // Where a ticket of TLS 1.3 opens one data connection only, the next ticket comes over it: it is not gone without.
        let session = Arc::clone(&self.control.session);
        let awaits_ticket = || session.protects_data() && session.tls.as_ref().is_some_and(TlsSession::lacks_fresh_ticket);
        let mut scrap = [0; 1024];
        let drained = poll_fn(|cx| {
            if let Poll::Ready(stop) = self.poll_outside(cx) {
                return Poll::Ready(Err(stop));
            }
            let Some(stream) = &mut self.unended.stream else { return Poll::Ready(Ok(())) };
            loop {
                let mut buffer = ReadBuf::new(&mut scrap);
                match Pin::new(&mut *stream).poll_read(cx, &mut buffer) {
                    Poll::Ready(Ok(())) if !buffer.filled().is_empty() => {}
                    Poll::Ready(end) => {
                        self.control.data_closed = Some(end.is_ok());
                        return Poll::Ready(Ok(()));
                    }
                    Poll::Pending if self.closing.is_some() && !awaits_ticket() => return Poll::Ready(Ok(())),
                    Poll::Pending => return Poll::Pending,
                }
            }
        });
        tokio::time::timeout(DRAIN, drained).await.unwrap_or(Ok(()))
    }

    /// Turns an interruption into the fault to report, aligning the control connection where the server's words allow it.
    pub(super) async fn broken(&mut self, stop: Stop) -> Fault {
        let fault = self.why_broken(stop).await;
        self.control.or_forgotten(fault)
    }

    async fn why_broken(&mut self, stop: Stop) -> Fault {
        match stop {
            Stop::Refused(reply) => {
                self.closing = Some(reply.clone());
                // The reply is at hand: this only brings the library up to date.
                let _ = self.closing_reply(Some(STOP)).await;
                self.refusal = Some(reply.clone());
                Fault::Refused(reply)
            }
            Stop::Data(error) => {
                let detail = if error.kind() == io::ErrorKind::UnexpectedEof {
                    "it ended without TLS's close_notify, so it may have been cut".to_owned()
                } else {
                    error.to_string()
                };
                match self.closing_reply(Some(STOP)).await {
                    // A server that refuses closes the data connection too; which of the two is seen first is chance.
                    Ok(reply) if reply.is_negative() && !matches!(reply.code, 425 | 426) => {
                        self.refusal = Some(reply.clone());
                        Fault::Refused(reply)
                    }
                    Ok(reply) => {
                        self.refusal = Some(reply.clone());
                        Fault::DataConnection { detail, reply: Some(reply) }
                    }
                    Err(fault) => fault,
                }
            }
            // These leave the transfer to `stop`, which may still save the connection.
            Stop::Fault(fault @ (Fault::Cancelled | Fault::Timeout { .. })) => fault,
            Stop::Fault(fault) => {
                self.control.session.poison(&fault);
                fault
            }
        }
    }

    /// Closes the data connection for good and reads the closing reply: within `limit`, else within the session's limit and unless
    /// cancelled.
    pub(super) async fn closing_reply(&mut self, limit: Option<Duration>) -> Result<Reply, Fault> {
        let Some(mut stream) = self.unended.take(limit.is_none()) else { return Err(Fault::Poisoned) };
        if let AsyncDataStream::Ssl(wire) = stream.get_mut() {
            wire.close();
        }
        let session = Arc::clone(&self.control.session);
        if let Some(reply) = self.closing.take() {
            session.line().serve(&reply);
            // The data connection reads as ended and the reply is at hand: nothing here waits, and its verdict is ours.
            let _ = stream.finish().await;
            return self.control.judge(not_goodbye(reply));
        }
        {
            let mut line = session.line();
            line.begin();
            line.await_closing();
        }
        // The library drops the socket, then reads the reply; of what it says only the line's record counts.
        let waited = match limit {
            Some(after) => {
                let waited = tokio::time::timeout(after, stream.finish()).await;
                waited.map_err(|_| Fault::Timeout { doing: CLOSING, after })
            }
            None => bounded(&session, &self.control.cancel, CLOSING, stream.finish()).await,
        };
        let result = waited.and_then(|outcome| {
            let mut line = session.line();
            match (line.take_trouble(), line.take_answer()) {
                (Some(fault), _) => Err(fault),
                (None, Some(answer)) => not_goodbye(answer.reply),
                (None, None) => Err(library_fault(outcome.err(), CLOSING)),
            }
        });
        self.control.judge(result)
    }
}

fn not_goodbye(reply: Reply) -> Result<Reply, Fault> {
    if is_goodbye(&reply) { Err(Fault::Goodbye(reply)) } else { Ok(reply) }
}
