//! The guard: no connection is left while transfers are pending without asking when.

use crate::engine::{Command, EditWish};
use crate::model::edited::{EditId, EditView};
use crate::model::session::{DisconnectWhen, Phase};
use crate::model::site::SiteId;
use crate::screen::action::Effect;
use crate::screen::dialog::{Dialog, GuardPurpose};
use crate::screen::state::Screen;

/// What follows once a leave is complete.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// What it is for.
    pub purpose: GuardPurpose,
    /// Edited files that are to be uploaded before: what follows waits where one of them is left here.
    pub edits: Vec<EditId>,
}

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
        let here = self.site_here();
        let is_close = *purpose == GuardPurpose::Close;
        // To the site of the session is no way out.
        let stays = matches!(purpose, GuardPurpose::Connect(id) if here == Some(id));
        let all = self.edits.iter().filter(move |edit| edit.state.is_left_here() && !stays);
        all.filter(move |edit| is_close || here == Some(&edit.site))
    }

    /// Those of them that can be uploaded before: of this session's site, and with something in them. What was emptied goes only where it
    /// alone is asked about.
    pub fn edits_to_upload(&self, purpose: &GuardPurpose) -> impl Iterator<Item = &EditView> {
        let here = self.site_here();
        self.edits_left_by(purpose).filter(move |edit| here == Some(&edit.site) && !edit.is_emptied)
    }

    /// Edited files of this session's site that the queue brings to the server.
    fn edits_on_their_way(&self) -> Vec<EditId> {
        let here = self.site_here();
        let on_their_way = |edit: &&EditView| edit.state.is_unsent() && !edit.state.is_left_here() && here == Some(&edit.site);
        self.edits.iter().filter(on_their_way).map(|edit| edit.id).collect()
    }

    fn site_here(&self) -> Option<&SiteId> {
        self.session.site.as_ref().filter(|_| self.has_session()).map(|site| &site.id)
    }

    /// Uploads what is left of edited files of this site, and leaves when that is done; where other transfers would be waited for or set
    /// off as well, it is asked when to leave. Where nothing can be uploaded, leaves.
    pub fn leave_with_edits(&mut self, purpose: GuardPurpose) -> Vec<Effect> {
        let sent: Vec<EditId> = self.edits_to_upload(&purpose).map(|edit| edit.id).collect();
        if sent.is_empty() {
            return self.ask_when_to_leave(purpose);
        }
        let mut edits = self.edits_on_their_way();
        edits.extend(&sent);
        let mut effects = vec![Effect::Engine(Command::Edit(EditWish::Upload { edits: sent }))];
        let queue = &self.queue;
        if queue.is_pending() || queue.paused || queue.uploads_wait.is_some() || queue.waits_for_saving {
            self.guard(purpose, edits);
        } else {
            effects.extend(self.leave(purpose, DisconnectWhen::QueueDone, edits));
        }
        effects
    }

    /// A question about edited files that are none any more goes, and the leave goes on.
    pub fn look_at_edits_left(&mut self) -> Vec<Effect> {
        let Some(Dialog::LeaveEdits { purpose }) = &self.dialog else { return Vec::new() };
        if self.edits_left_by(purpose).next().is_some() {
            return Vec::new();
        }
        let purpose = purpose.clone();
        self.dialog = None;
        let edits = self.edits_on_their_way();
        if edits.is_empty() {
            return self.ask_when_to_leave(purpose);
        }
        // Saved once more meanwhile, and on its way: the queue's counts may not have it yet.
        self.guard(purpose, edits);
        Vec::new()
    }

    /// As [`Self::ask_to_leave`], whatever becomes of edited files.
    pub fn ask_when_to_leave(&mut self, purpose: GuardPurpose) -> Vec<Effect> {
        if !self.has_session() {
            return self.after_leaving(purpose);
        }
        if self.queue.is_pending() {
            let edits = self.edits_on_their_way();
            self.guard(purpose, edits);
            return Vec::new();
        }
        let is_open = matches!(self.session.phase, Phase::Moored | Phase::Leaving(_));
        match purpose {
            // A second wish to close while nothing is pending: the goodbye takes too long, and nothing is lost without it.
            GuardPurpose::Close if self.is_closing() => self.after_leaving(purpose),
            // Nothing is open to say goodbye on; or the goodbye takes too long for a person who asks again.
            GuardPurpose::Connect(id) if !is_open || self.connects_next().is_some() => self.connect_now(&id),
            purpose => self.leave(purpose, DisconnectWhen::Now, Vec::new()),
        }
    }

    /// Asks when to leave.
    fn guard(&mut self, purpose: GuardPurpose, edits: Vec<EditId>) {
        // A held queue would not get done by waiting, so Enter must not set it off.
        let idle = self.queue.paused && self.queue.running == 0;
        let choice = if idle { DisconnectWhen::Now } else { DisconnectWhen::QueueDone };
        self.dialog = Some(Dialog::Guard { purpose, choice, edits });
    }

    /// Leaves at the chosen moment; [`Screen::left`] goes on from there. `edits` are edited files that were to be uploaded before.
    pub fn leave(&mut self, purpose: GuardPurpose, when: DisconnectWhen, edits: Vec<EditId>) -> Vec<Effect> {
        if !self.has_session() {
            return self.after_leaving(purpose);
        }
        self.plan = Some(Plan { purpose, edits });
        let mut effects = Vec::new();
        if when == DisconnectWhen::QueueDone && self.queue.paused {
            effects.push(Effect::Engine(Command::HoldQueue { held: false }));
        }
        effects.push(Effect::Engine(Command::Disconnect { when }));
        effects
    }

    /// Whether the window closes once the leave that is under way is complete.
    #[must_use]
    pub fn is_closing(&self) -> bool {
        self.plan.as_ref().is_some_and(|plan| plan.purpose == GuardPurpose::Close)
    }

    /// The site that is connected to once the leave that is under way is complete.
    #[must_use]
    pub fn connects_next(&self) -> Option<&SiteId> {
        match &self.plan {
            Some(Plan { purpose: GuardPurpose::Connect(id), .. }) => Some(id),
            _ => None,
        }
    }

    /// Takes a planned leave back, with what was to follow it.
    pub fn stay(&mut self) -> Vec<Effect> {
        self.plan = None;
        if matches!(self.session.phase, Phase::Leaving(_)) { vec![Effect::Engine(Command::StayConnected)] } else { Vec::new() }
    }

    /// The leave is complete: closes the window or connects, as was planned.
    pub fn left(&mut self) -> Vec<Effect> {
        self.session.phase = Phase::Offline;
        let Some(Plan { purpose, edits }) = self.plan.take() else { return Vec::new() };
        if self.edits.iter().any(|edit| edits.contains(&edit.id) && edit.state.is_left_here()) {
            // They were to be uploaded first: what follows a leave waits until a person has seen that they are not.
            self.complain("Not everything that was edited could be uploaded.", "It is kept on this machine.");
            self.dialog.get_or_insert(Dialog::Edits);
            return Vec::new();
        }
        self.after_leaving(purpose)
    }

    fn after_leaving(&mut self, purpose: GuardPurpose) -> Vec<Effect> {
        self.plan = None;
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
