//! What the actor reads off the settings: the speed limits of this minute, and whether the machine is kept awake.

use std::sync::PoisonError;

use super::Actor;
use crate::engine::event::EventBody;

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

    /// An edited site's speed limits hold at once for the session with it.
    pub(super) fn apply_site_limits(&self) {
        let Some(session) = &self.session else { return };
        if let Some(site) = self.sites.site(&session.context.site.id) {
            session.context.pace.site.set(site.speed);
        }
    }
}
