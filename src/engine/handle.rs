//! The engine's handle: owns the inbox and the named worker thread; dropping it stops the thread.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};

use crate::engine::actor;
use crate::engine::chronicle::Chronicle;
use crate::engine::command::Command;
use crate::engine::event::Event;
use crate::engine::log_view::LogView;
use crate::engine::power::{NoPower, Power};
use crate::engine::programs::{NoPrograms, Programs};
use crate::engine::publish::Publisher;
use crate::engine::queue_view::QueueView;
use crate::engine::shared_queue::SharedQueue;
use crate::engine::trash::{NoTrash, Trash};
use crate::store::places::Places;
use crate::store::secrets::{NoKeyring, SecretStore, SystemKeyring};

/// Called from the worker when there is something new to see. Must return at once.
pub trait Waker: Send + Sync + 'static {
    /// Something is new.
    fn wake(&self);
}

/// How the engine is started.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where things are kept; `None` keeps nothing (the command line's one-off runs, tests).
    pub places: Option<Places>,
    /// Whether the system's keyring is used.
    pub keyring: bool,
    /// Whether the saved queue is loaded and kept (only the window does).
    pub keep_queue: bool,
}

/// What the engine uses of the system that it runs on, beside disk and network.
pub struct System {
    /// Where passwords are.
    pub keyring: Arc<dyn SecretStore>,
    /// What can be kept awake, put to sleep and shut down.
    pub power: Arc<dyn Power>,
    /// Where deleted files go.
    pub trash: Arc<dyn Trash>,
    /// What files of a server may be opened in.
    pub programs: Arc<dyn Programs>,
}

impl System {
    /// Nothing of the machine is touched but, where `keyring` says so, the keyring.
    #[must_use]
    pub fn without_machine(keyring: bool) -> Self {
        let keyring: Arc<dyn SecretStore> = if keyring { Arc::new(SystemKeyring) } else { Arc::new(NoKeyring) };
        Self { keyring, power: Arc::new(NoPower), trash: Arc::new(NoTrash), programs: Arc::new(NoPrograms) }
    }
}

/// A running engine.
pub struct Engine {
    commands: Option<UnboundedSender<Command>>,
    events: mpsc::Receiver<Event>,
    current: Arc<AtomicU64>,
    queue: QueueView,
    log: LogView,
    chronicle: Chronicle,
    thread: Option<thread::JoinHandle<()>>,
}

impl Engine {
    /// Starts the worker thread. It leaves the machine and its trash alone.
    ///
    /// # Errors
    /// The system refuses a thread or the runtime.
    pub fn start(options: Options, waker: Arc<dyn Waker>) -> io::Result<Self> {
        let system = System::without_machine(options.keyring);
        Self::start_on(options, waker, system)
    }

    /// As [`Engine::start`], with a machine that may be kept awake, put to sleep and shut down.
    ///
    /// # Errors
    /// The system refuses a thread or the runtime.
    pub fn start_with_power(options: Options, waker: Arc<dyn Waker>, power: Arc<dyn Power>) -> io::Result<Self> {
        let system = System { power, ..System::without_machine(options.keyring) };
        Self::start_on(options, waker, system)
    }

    /// Starts the worker thread over another place for passwords than the system's.
    ///
    /// # Errors
    /// The system refuses a thread or the runtime.
    pub fn start_with_keyring(options: Options, waker: Arc<dyn Waker>, keyring: Arc<dyn SecretStore>) -> io::Result<Self> {
        let system = System { keyring, ..System::without_machine(false) };
        Self::start_on(options, waker, system)
    }

    /// Starts the worker thread with all that it may use of the system.
    ///
    /// # Errors
    /// The system refuses a thread or the runtime.
    pub fn start_on(options: Options, waker: Arc<dyn Waker>, system: System) -> io::Result<Self> {
        let (commands, inbox) = unbounded_channel();
        let (events, received) = mpsc::channel();
        let current = Arc::new(AtomicU64::new(0));
        let (queue, log, chronicle) = (SharedQueue::default(), LogView::default(), Chronicle::default());
        let view = QueueView::new(queue.clone(), Arc::clone(&waker));
        let publisher = Publisher::new(events, waker, log.clone(), chronicle.clone(), Arc::clone(&current));
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(2).thread_name("moorline-io").enable_all().build()?;
        let thread = thread::Builder::new().name("moorline-worker".into()).spawn(move || {
            runtime.block_on(actor::run(options, system, inbox, publisher, queue));
            // A disk or keyring call that hangs must not keep the program from ending.
            runtime.shutdown_timeout(Duration::from_secs(1));
        })?;
        let (queue, thread) = (view, Some(thread));
        Ok(Self { commands: Some(commands), events: received, current, queue, log, chronicle, thread })
    }

    /// Sends a command; returns at once. After the worker has ended it does nothing.
    pub fn send(&self, command: Command) {
        if let Some(commands) = &self.commands {
            drop(commands.send(command));
        }
    }

    /// The next event of the current session, if there is one.
    #[must_use]
    pub fn next_event(&self) -> Option<Event> {
        loop {
            let event = self.events.try_recv().ok()?;
            if self.is_current(&event) {
                return Some(event);
            }
        }
    }

    /// Waits for the next event, up to `timeout`.
    #[must_use]
    pub fn wait_event(&self, timeout: Duration) -> Option<Event> {
        let until = Instant::now() + timeout;
        loop {
            let event = self.events.recv_timeout(until.saturating_duration_since(Instant::now())).ok()?;
            if self.is_current(&event) {
                return Some(event);
            }
        }
    }

    /// What an ended session still had to say is dropped.
    fn is_current(&self, event: &Event) -> bool {
        event.generation.0 == self.current.load(Ordering::Acquire) || event.body.outlives_its_session()
    }

    /// The queue, read where it is drawn.
    #[must_use]
    pub fn queue(&self) -> &QueueView {
        &self.queue
    }

    /// What happened on the connections.
    #[must_use]
    pub fn chronicle(&self) -> &Chronicle {
        &self.chronicle
    }

    /// The protocol log.
    #[must_use]
    pub fn log(&self) -> &LogView {
        &self.log
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        drop(self.commands.take());
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }
}
