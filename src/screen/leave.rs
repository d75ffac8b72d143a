//! The guard: no connection is left while transfers are pending without asking when.

use crate::engine::{Command, EditWish};
use crate::model::edited::{EditState, EditView};
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
        if self.edits_left_by(&purpose).next().is_some() {
            self.dialog = Some(Dialog::LeaveEdits { purpose });
            return Vec::new();
        }
        self.ask_when_to_leave(purpose)
    }

    /// Edited files with changes that nothing in the queue brings to the server, as far as this leave is about them. They stay on this
    /// machine, but whoever goes may think them uploaded.
    pub fn edits_left_by(&self, purpose: &GuardPurpose) -> impl Iterator<Item = &EditView> {
        let here = self.session.site.as_ref().filter(|_| self.has_session()).map(|site| &site.id);
        let is_close = *purpose == GuardPurpose::Close;
        self.edits.iter().filter(move |edit| edit.state.is_left_here() && (is_close || here == Some(&edit.site)))
    }

    /// Whether what is left of edited files can be uploaded before this leave.
    #[must_use]
    pub fn can_upload_edits(&self, purpose: &GuardPurpose) -> bool {
        let here = self.session.site.as_ref().filter(|_| self.has_session()).map(|site| &site.id);
        self.edits_left_by(purpose).any(|edit| here == Some(&edit.site))
    }

    /// Uploads what is left of edited files of this site, and leaves when that is done; where nothing can be uploaded, leaves.
    pub fn leave_with_edits(&mut self, purpose: GuardPurpose) -> Vec<Effect> {
        if !self.can_upload_edits(&purpose) {
            return self.ask_when_to_leave(purpose);
        }
        let edits = self.edits_left_by(&purpose).map(|edit| edit.id).collect();
        let mut effects = vec![Effect::Engine(Command::Edit(EditWish::Upload { edits }))];
        effects.extend(self.leave(purpose, DisconnectWhen::QueueDone));
        self.uploads_edits = true;
        effects
    }

    /// As [`Self::ask_to_leave`], whatever becomes of edited files.
    pub fn ask_when_to_leave(&mut self, purpose: GuardPurpose) -> Vec<Effect> {
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
        self.uploads_edits = false;
        if matches!(self.session.phase, Phase::Leaving(_)) { vec![Effect::Engine(Command::StayConnected)] } else { Vec::new() }
    }

    /// The leave is complete: closes the window or connects, as was planned.
    pub fn left(&mut self) -> Vec<Effect> {
        self.session.phase = Phase::Offline;
        let has_failed = self.edits.iter().any(|edit| matches!(edit.state, EditState::Failed(_) | EditState::Unsent(_)));
        if std::mem::take(&mut self.uploads_edits) && has_failed {
            // They were to be uploaded first: what follows a leave waits until a person has seen that they are not.
            (self.closing, self.connect_next) = (false, None);
            self.dialog = Some(Dialog::Edits);
            self.complain("Not everything that was edited could be uploaded.", "It is kept on this machine.");
            return Vec::new();
        }
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
