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

/// Runs what `begin` makes on a thread of its own, to its end; dropped before that, this ends it.
pub async fn run<F: Future<Output = ()>>(begin: impl FnOnce() -> F + Send + 'static) {
    let stop = CancellationToken::new();
    let _stops = stop.clone().drop_guard();
    let (lasts, ended) = oneshot::channel::<()>();
    let work = move || {
        // Dropped last, whatever happens.
        let _lasts = lasts;
        IS_LANE.set(true);
        match Builder::new_current_thread().enable_all().build() {
            Ok(runtime) => runtime.block_on(async {
                tokio::select! {
                    () = begin() => {}
                    () = stop.cancelled() => {}
                }
            }),
            Err(error) => {
                tracing::warn!("a connection has no thread to work on: {error}");
                thread::sleep(PAUSE);
            }
        }
    };
    match thread::Builder::new().name("moorline-lane".into()).spawn(work) {
        // It sends nothing: its end is what is waited for.
        Ok(_) => drop(ended.await),
        Err(error) => {
            tracing::warn!("a connection has no thread to work on: {error}");
            tokio::time::sleep(PAUSE).await;
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
