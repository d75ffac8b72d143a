//! A thread with a runtime of its own for each lane: what it waits for wakes no other, and it does its short disk work on the spot, where the
//! way to a blocking thread and back would cost more than the work. A large file's bytes still have the disk beside them.

use std::cell::Cell;
use std::io;
use std::thread;
use std::time::Duration;

use tokio::runtime::Builder;
use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;

/// How long a lane rests that the system refuses a thread for.
const PAUSE: Duration = Duration::from_secs(1);

thread_local! {
    static IS_LANE: Cell<bool> = const { Cell::new(false) };
}

/// Whether this thread is a lane's own: it may wait for the disk.
pub fn is_here() -> bool {
    IS_LANE.get()
}

/// Runs what `begin` makes on a thread of its own, to its end; dropped before that, this ends it. `None` when the system refuses a thread:
/// what `begin` holds is given back then.
pub async fn run<F>(begin: impl FnOnce() -> F + Send + 'static) -> Option<F::Output>
where
    F: Future<Output: Send + 'static>,
{
    run_on(thread::Builder::new(), begin).await
}

async fn run_on<F>(thread: thread::Builder, begin: impl FnOnce() -> F + Send + 'static) -> Option<F::Output>
where
    F: Future<Output: Send + 'static>,
{
    let stop = CancellationToken::new();
    let _stops = stop.clone().drop_guard();
    let (result, ended) = oneshot::channel();
    let work = move || {
        IS_LANE.set(true);
        match Builder::new_current_thread().enable_all().build() {
            Ok(runtime) => {
                let came = runtime.block_on(async {
                    tokio::select! {
                        came = begin() => Some(came),
                        () = stop.cancelled() => None,
                    }
                });
                // What it still does on the disk is done when it counts as ended.
                drop(runtime);
                if let Some(came) = came {
                    // Nobody may wait any more.
                    let _ = result.send(came);
                }
            }
            Err(error) => {
                tracing::warn!("a connection has no thread to work on: {error}");
                thread::sleep(PAUSE);
            }
        }
    };
    match thread.name("moorline-lane".into()).spawn(work) {
        Ok(_) => ended.await.ok(),
        Err(error) => {
            tracing::warn!("a connection has no thread to work on: {error}");
            tokio::time::sleep(PAUSE).await;
            None
        }
    }
}

/// Does short work on the disk: here on a lane's thread, elsewhere beside the runtime's own threads.
///
/// # Errors
/// Those of `work`.
pub async fn on_disk<R: Send + 'static>(work: impl FnOnce() -> io::Result<R> + Send + 'static) -> io::Result<R> {
    if is_here() {
        return work();
    }
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|error| Err(io::Error::other(error)))
}

/// The same, without waiting for it where another thread does it.
pub fn soon_on_disk(work: impl FnOnce() + Send + 'static) {
    if is_here() {
        work();
    } else {
        drop(tokio::task::spawn_blocking(work));
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::sync::Arc;

    use super::*;
    use crate::engine::crew::Crew;

    /// More memory for its stack than any system has.
    const TOO_MUCH: usize = 1 << 60;

    #[test]
    fn a_lane_that_gets_no_thread_gives_its_seat_back() {
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        let crew = Arc::new(Crew::default());
        let seat = crew.take_seat(1).unwrap();
        assert!(crew.take_seat(1).is_none());
        let number = async move || seat.number();
        assert_eq!(runtime.block_on(run_on(thread::Builder::new().stack_size(TOO_MUCH), number)), None);
        let seat = crew.take_seat(1).expect("the seat is lost");
        assert_eq!(runtime.block_on(run(async move || seat.number())), Some(1));
    }
}
