//! Files that are edited here, as far as they concern the session and what the queue has on servers.

use super::Actor;
use crate::engine::command::EditWish;
use crate::model::chosen::Chosen;
use crate::model::transfer::TransferId;

impl Actor {
    /// Does what a person wishes of edited files.
    pub(super) async fn edit(&mut self, wish: EditWish) {
        let site = self.session.as_ref().map(|session| session.context.site_now());
        let idle = self.edits.take(wish, site.as_deref()).await;
        self.take_out_idle(idle).await;
    }

    /// Forgets what is done, but not before it is known what that is for an edited file.
    pub(super) async fn clear_done(&mut self) {
        self.edits.follow().await;
        self.shared.queue.clear_done(&self.edits.transfers()).await;
    }

    pub(super) async fn take_out_idle(&mut self, idle: Vec<TransferId>) {
        if !idle.is_empty() {
            self.take_out(&Chosen::from(idle)).await;
        }
    }
}
