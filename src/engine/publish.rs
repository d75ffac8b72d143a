//! Where events leave the engine: numbered with the session's generation, and the window is woken.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc;
use std::time::Instant;

use jiff::{SignedDuration, Timestamp};

use crate::engine::chronicle::Chronicle;
use crate::engine::event::{Event, EventBody};
use crate::engine::handle::Waker;
use crate::engine::log_view::LogView;
use crate::engine::recorder::Recorder;
use crate::ftp::dial::{Observer, WireEvent};
use crate::model::log::{LogKind, LogLine};
use crate::model::readable::readable;
use crate::model::session::{ConnectStep, Generation, Phase};
use crate::model::timeline::What;

/// Publishes events of the program as a whole, and makes publishers for sessions.
#[derive(Clone)]
pub struct Publisher {
    events: mpsc::Sender<Event>,
    waker: Arc<dyn Waker>,
    log: LogView,
    current: Arc<AtomicU64>,
    generation: Option<Generation>,
    recorder: Recorder,
    chronicle: Chronicle,
}

impl Publisher {
    /// A publisher of the program as a whole, and the counter of the current session.
    pub fn new(
        events: mpsc::Sender<Event>,
        waker: Arc<dyn Waker>,
        log: LogView,
        chronicle: Chronicle,
        current: Arc<AtomicU64>,
    ) -> Self {
        Self { events, waker, log, current, generation: None, recorder: Recorder::default(), chronicle }
    }

    /// Begins a session: everything that earlier ones publish from now on is dropped.
    #[must_use]
    pub fn next_session(&self) -> Self {
        let generation = self.current.fetch_add(1, Ordering::AcqRel) + 1;
        Self { generation: Some(Generation(generation)), ..self.clone() }
    }

    /// The session it speaks for: the current one when it speaks for the program.
    #[must_use]
    pub fn generation(&self) -> Generation {
        self.generation.unwrap_or_else(|| Generation(self.current.load(Ordering::Acquire)))
    }

    /// Whether its session is still the current one.
    #[must_use]
    pub fn is_current(&self) -> bool {
        self.generation().0 == self.current.load(Ordering::Acquire)
    }

    /// Publishes, unless its session has ended and nothing it says matters any more.
    pub fn publish(&self, body: EventBody) {
        if self.is_current() || body.outlives_its_session() {
            self.recorder.published(&body);
            if let EventBody::Session(view) = &body {
                self.note_phase(&view.phase);
            }
            // The receiver goes when the window goes; then nobody wants to know.
            drop(self.events.send(Event { generation: self.generation(), body }));
            self.waker.wake();
        }
    }

    /// Where the session goes, for the timeline: the connection itself tells the rest.
    fn note_phase(&self, phase: &Phase) {
        let what = match phase {
            Phase::Adrift { next_attempt, .. } => {
                let left = SignedDuration::try_from(next_attempt.saturating_duration_since(Instant::now())).unwrap_or_default();
                What::ComesBack(Timestamp::now().saturating_add(left).unwrap_or(Timestamp::MAX))
            }
            Phase::Offline | Phase::Resting { .. } | Phase::Stranded { .. } => What::Rests,
            _ => return,
        };
        self.chronicle.note_once(0, what);
    }

    /// The flight recorder.
    pub fn recorder(&self) -> &Recorder {
        &self.recorder
    }

    /// Wakes the window: the queue or the log changed.
    pub fn wake(&self) {
        self.waker.wake();
    }

    /// Writes a line into the log.
    pub fn log(&self, connection: u16, kind: LogKind, text: impl Into<String>) {
        self.log.push(LogLine { at: Timestamp::now(), connection, kind, text: readable(&text.into()).into_owned() });
        self.waker.wake();
    }
}

/// One connection's ear: writes the log, and reports the steps of the browsing connection.
pub struct ConnectionObserver {
    publisher: Publisher,
    connection: u16,
    /// Its number in the record.
    recorded: u64,
    on_step: Option<Box<dyn Fn(ConnectStep) + Send + Sync>>,
}

impl ConnectionObserver {
    /// For connection number `connection` (0 is the browsing one).
    pub fn new(publisher: Publisher, connection: u16) -> Self {
        let recorded = publisher.recorder.next_connection();
        Self { publisher, connection, recorded, on_step: None }
    }

    /// Also tells `on_step` how the connect proceeds.
    #[must_use]
    pub fn on_step(mut self, on_step: impl Fn(ConnectStep) + Send + Sync + 'static) -> Self {
        self.on_step = Some(Box::new(on_step));
        self
    }
}

impl Observer for ConnectionObserver {
    fn line(&self, kind: LogKind, text: &str) {
        self.publisher.log(self.connection, kind, text);
    }

    fn step(&self, step: ConnectStep) {
        if step == ConnectStep::Dialling {
            self.publisher.chronicle.dialling(self.connection, self.recorded);
        }
        if let Some(on_step) = &self.on_step {
            on_step(step);
        }
    }

    fn wire(&self, event: &WireEvent<'_>) {
        self.publisher.recorder.wire(self.recorded, event);
        self.publisher.chronicle.wire(self.connection, self.recorded, event);
    }
}
