//! What the actor reads off the settings: the speed limits of this minute, and whether the machine is kept awake.

use std::sync::PoisonError;

use super::Actor;
use crate::engine::event::EventBody;
use crate::engine::session_handle::SessionCommand;

impl Actor {
    /// Whether the machine is to stay awake while files move.
    pub(super) fn keeps_awake(&self) -> bool {
        self.shared.settings.read().unwrap_or_else(PoisonError::into_inner).keep_awake
    }

    /// Puts the speed limits of this minute into force.
    pub(super) fn limit_speed(&mut self) {
        let settings = self.shared.settings.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(now) = self.governor.look(settings.speed, &settings.speed_schedule) {
            self.shared.pace.set(now.limits);
            self.publisher.publish(EventBody::SpeedLimit(now));
        }
    }

    /// What was edited of a site holds at once for the session with it, where it does not concern the connection.
    pub(super) async fn apply_edited_site(&self) {
        let Some(session) = &self.session else { return };
        let context = &session.context;
        let Some(site) = self.sites.site(&context.site.id) else { return };
        let facts = self.shared.keeper.host(&context.site).await;
        let chosen = context.chosen_lanes();
        context.adopt(site, &facts);
        self.tell_chosen_lanes(chosen);
    }

    /// Another number of transfers at the same time holds at once, too; `was` is the one from before.
    pub(super) fn tell_chosen_lanes(&self, was: usize) {
        if self.session.as_ref().is_some_and(|session| session.context.chosen_lanes() != was) {
            self.tell(SessionCommand::ChooseLanes);
        }
    }
}
