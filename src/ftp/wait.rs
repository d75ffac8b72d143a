//! Waiting with a limit, a cancel and an eye on the control connection.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;
use std::time::{Duration, Instant};

use tokio_util::sync::CancellationToken;

use crate::ftp::fault::Fault;
use crate::ftp::wire::Session;

/// Drives a command of the FTP library. The limit counts from the last step (a command sent, a reply read), so that a data command
/// of several steps has it for each. What the server says while the library waits for something else ends it.
///
/// # Errors
/// `Cancelled`, `Timeout`, or what the server said or did.
pub async fn bounded<T>(
    session: &Session,
    cancel: &CancellationToken,
    doing: &'static str,
    work: impl Future<Output = T>,
) -> Result<T, Fault> {
    bounded_within(session, cancel, doing, session.timeout, work).await
}

/// As [`bounded`], with another limit than the session's.
///
/// # Errors
/// As [`bounded`].
pub async fn bounded_within<T>(
    session: &Session,
    cancel: &CancellationToken,
    doing: &'static str,
    limit: Duration,
    work: impl Future<Output = T>,
) -> Result<T, Fault> {
    session.line().touch();
    let mut work = pin!(work);
    let mut cancelled = pin!(cancel.cancelled());
    let mut timer = pin!(tokio::time::sleep(limit));
    poll_fn(|cx| {
        if cancelled.as_mut().poll(cx).is_ready() {
            return Poll::Ready(Err(Fault::Cancelled));
        }
        if let Poll::Ready(done) = work.as_mut().poll(cx) {
            return Poll::Ready(Ok(done));
        }
        if session.is_connected()
            && let Poll::Ready(fault) = session.line().poll_between(cx, doing)
        {
            return Poll::Ready(Err(fault));
        }
        while timer.as_mut().poll(cx).is_ready() {
            let until = session.line().step_at() + limit;
            if until <= Instant::now() {
                return Poll::Ready(Err(Fault::Timeout { doing, after: limit }));
            }
            timer.as_mut().reset(until.into());
        }
        Poll::Pending
    })
    .await
}

/// Waits for something that is no command.
///
/// # Errors
/// `Cancelled`, `Timeout`.
pub async fn plain_wait<T>(
    limit: Duration,
    cancel: &CancellationToken,
    doing: &'static str,
    work: impl Future<Output = T>,
) -> Result<T, Fault> {
    tokio::select! {
        biased;
        () = cancel.cancelled() => Err(Fault::Cancelled),
        done = work => Ok(done),
        () = tokio::time::sleep(limit) => Err(Fault::Timeout { doing, after: limit }),
    }
}
