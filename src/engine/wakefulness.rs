//! Keeps the machine awake while files move.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::spawn_blocking;
use tokio::time::timeout;

use crate::engine::power::Power;

/// How long nothing must move before the machine may sleep: between two files there is a moment without one.
pub const LINGER: Duration = Duration::from_secs(5);

/// What the system shows as the reason.
const WHY: &str = "Files are being transferred";

/// Holds the machine awake while `moving` is true, and for `linger` after it; ends when `moving` is gone.
pub async fn follow(power: Arc<dyn Power>, mut moving: watch::Receiver<bool>, linger: Duration) {
    while moving.wait_for(|moving| *moving).await.is_ok() {
        let asked = Arc::clone(&power);
        let awake = match spawn_blocking(move || asked.keep_awake(WHY)).await {
            Ok(Ok(awake)) => Some(awake),
            Ok(Err(words)) => {
                tracing::info!("the machine is not kept awake: {words}");
                None
            }
            Err(error) => {
                tracing::warn!("the machine is not kept awake: {error}");
                None
            }
        };
        loop {
            if moving.wait_for(|moving| !*moving).await.is_err() {
                return;
            }
            match timeout(linger, moving.wait_for(|moving| *moving)).await {
                Ok(Ok(_)) => {}
                Ok(Err(_)) => return,
                Err(_) => break,
            }
        }
        drop(awake);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;
    use crate::engine::power::Awake;

    /// Counts who holds it awake.
    #[derive(Default)]
    struct Machine {
        held: Arc<AtomicUsize>,
        asked: AtomicUsize,
        refuses: bool,
        changed: Arc<tokio::sync::Notify>,
    }

    struct Held(Arc<AtomicUsize>, Arc<tokio::sync::Notify>);

    impl Drop for Held {
        fn drop(&mut self) {
            self.0.fetch_sub(1, Ordering::SeqCst);
            self.1.notify_one();
        }
    }

    impl Power for Machine {
        fn sleep(&self) -> Result<(), String> {
            Err("no".into())
        }

        fn shut_down(&self) -> Result<(), String> {
            Err("no".into())
        }

        fn keep_awake(&self, _: &str) -> Result<Awake, String> {
            let held = usize::from(!self.refuses);
            // Before it is seen to be asked: then who sees that sees that it is held too.
            self.held.fetch_add(held, Ordering::SeqCst);
            self.asked.fetch_add(1, Ordering::SeqCst);
            self.changed.notify_one();
            if self.refuses {
                return Err("there is no bus".into());
            }
            Ok(Box::new(Held(Arc::clone(&self.held), Arc::clone(&self.changed))))
        }
    }

    async fn until(machine: &Machine, condition: impl Fn(&Machine) -> bool) {
        while !condition(machine) {
            machine.changed.notified().await;
        }
    }

    #[tokio::test]
    async fn it_is_held_while_something_moves_and_let_go_after() {
        let machine = Arc::new(Machine::default());
        let (moving, seen) = watch::channel(false);
        let follower = tokio::spawn(follow(Arc::clone(&machine) as Arc<dyn Power>, seen, Duration::ZERO));
        for round in 1..3 {
            moving.send_replace(true);
            until(&machine, |machine| machine.asked.load(Ordering::SeqCst) == round).await;
            moving.send_replace(false);
            until(&machine, |machine| machine.held.load(Ordering::SeqCst) == 0).await;
        }
        drop(moving);
        follower.await.unwrap();
    }

    #[tokio::test]
    async fn a_moment_between_two_files_lets_nothing_go() {
        let machine = Arc::new(Machine::default());
        let (moving, seen) = watch::channel(true);
        let follower = tokio::spawn(follow(Arc::clone(&machine) as Arc<dyn Power>, seen, Duration::from_secs(3600)));
        until(&machine, |machine| machine.asked.load(Ordering::SeqCst) == 1).await;
        for next in [false, true, false] {
            moving.send_replace(next);
            tokio::task::yield_now().await;
        }
        assert_eq!((machine.held.load(Ordering::SeqCst), machine.asked.load(Ordering::SeqCst)), (1, 1));
        // The program's end lets go at once.
        drop(moving);
        follower.await.unwrap();
        assert_eq!(machine.held.load(Ordering::SeqCst), 0);
    }

    #[tokio::test]
    async fn a_refusal_is_no_trouble_and_is_not_asked_for_again_while_files_move() {
        let machine = Arc::new(Machine { refuses: true, ..Machine::default() });
        let (moving, seen) = watch::channel(true);
        let follower = tokio::spawn(follow(Arc::clone(&machine) as Arc<dyn Power>, seen, Duration::ZERO));
        until(&machine, |machine| machine.asked.load(Ordering::SeqCst) == 1).await;
        drop(moving);
        follower.await.unwrap();
        assert_eq!(machine.asked.load(Ordering::SeqCst), 1);
    }
}
