//! The guard: no connection is left while transfers are pending without asking when.

use crate::engine::Command;
use crate::model::session::{DisconnectWhen, Phase};
use crate::screen::action::Effect;
use crate::screen::dialog::{Dialog, GuardPurpose};
use crate::screen::state::Screen;

impl Screen {
    /// Whether there is a session to leave: connected, on the way, or coming back by itself.
    #[must_use]
    pub fn has_session(&self) -> bool {
        match self.session.phase {
            Phase::Connecting(_) | Phase::Moored | Phase::Leaving(_) | Phase::Adrift { .. } | Phase::Resting { .. } => true,
            Phase::Offline | Phase::Stranded { .. } => false,
        }
    }

    /// Leaves for a purpose: asks when if transfers are pending, otherwise at once. Without a session nothing is in the way:
    /// a queued rest is kept for the next time.
    pub fn ask_to_leave(&mut self, purpose: GuardPurpose) -> Vec<Effect> {
        if !self.has_session() {
            return self.after_leaving(purpose);
        }
        if self.queue.is_pending() {
            // A held queue would not get done by waiting, so Enter must not set it off.
            let idle = self.queue.paused && self.queue.running == 0;
            let choice = if idle { DisconnectWhen::Now } else { DisconnectWhen::QueueDone };
            self.dialog = Some(Dialog::Guard { purpose, choice });
            return Vec::new();
        }
        let is_open = matches!(self.session.phase, Phase::Moored | Phase::Leaving(_));
        match purpose {
            // A second wish to close while nothing is pending: the goodbye takes too long, and nothing is lost without it.
            GuardPurpose::Close if self.closing => self.after_leaving(purpose),
            // Nothing is open to say goodbye on; or the goodbye takes too long for a person who asks again.
            GuardPurpose::Connect(id) if !is_open || self.connect_next.is_some() => self.connect_now(&id),
            purpose => self.leave(purpose, DisconnectWhen::Now),
        }
    }

    /// Leaves at the chosen moment; [`Screen::left`] goes on from there.
    pub fn leave(&mut self, purpose: GuardPurpose, when: DisconnectWhen) -> Vec<Effect> {
        if !self.has_session() {
            return self.after_leaving(purpose);
        }
        self.closing = purpose == GuardPurpose::Close;
        self.connect_next = match purpose {
            GuardPurpose::Connect(id) => Some(id),
            GuardPurpose::Disconnect | GuardPurpose::Close => None,
        };
        let mut effects = Vec::new();
        if when == DisconnectWhen::QueueDone && self.queue.paused {
            effects.push(Effect::Engine(Command::HoldQueue { held: false }));
        }
        effects.push(Effect::Engine(Command::Disconnect { when }));
        effects
    }

    /// Takes a planned leave back, with what was to follow it.
    pub fn stay(&mut self) -> Vec<Effect> {
        self.closing = false;
        self.connect_next = None;
        if matches!(self.session.phase, Phase::Leaving(_)) { vec![Effect::Engine(Command::StayConnected)] } else { Vec::new() }
    }

    /// The leave is complete: closes the window or connects, as was planned.
    pub fn left(&mut self) -> Vec<Effect> {
        self.session.phase = Phase::Offline;
        if std::mem::take(&mut self.closing) {
            self.after_leaving(GuardPurpose::Close)
        } else if let Some(id) = self.connect_next.take() {
            self.after_leaving(GuardPurpose::Connect(id))
        } else {
            Vec::new()
        }
    }

    fn after_leaving(&mut self, purpose: GuardPurpose) -> Vec<Effect> {
        match purpose {
            GuardPurpose::Disconnect => Vec::new(),
            GuardPurpose::Close => {
                self.may_close = true;
                vec![Effect::CloseWindow]
            }
            GuardPurpose::Connect(id) => self.connect_now(&id),
        }
    }
}
