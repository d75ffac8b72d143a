//! Sites and settings that were changed, here or in another window: saved, told, and gone by at once.

use std::sync::{Arc, Mutex, PoisonError};

use super::Actor;
use crate::engine::event::EventBody;
use crate::model::problem::Problem;
use crate::model::settings::Settings;
use crate::model::site::SiteTree;

impl Actor {
    pub(super) async fn save_sites(&mut self, was: Option<Arc<SiteTree>>, new: SiteTree) {
        let (now, problems) = self.shared.keeper.save_sites(was.map(Arc::unwrap_or_clone), new).await;
        self.take_sites(now).await;
        self.troubles(problems);
    }

    pub(super) async fn save_settings(&mut self, was: Option<Settings>, new: Settings) {
        let (before, lanes) = self.settings_before();
        let problems = self.shared.keeper.save_settings(was, new, self.settings_taker()).await;
        self.follow_settings(&before, lanes).await;
        self.troubles(problems);
    }

    /// Takes in what another window saved.
    pub(super) async fn look_for_saved(&mut self) {
        let (before, lanes) = self.settings_before();
        let (found, take) = (Arc::new(Mutex::new(None)), self.settings_taker());
        let (finder, known) = (Arc::clone(&found), before.clone());
        let tell = move |sites: &SiteTree, settings: &Settings| {
            *finder.lock().unwrap_or_else(PoisonError::into_inner) = Some(sites.clone());
            if *settings != known {
                take(settings);
            }
        };
        let problems = self.shared.keeper.look(tell).await;
        let sites = found.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(sites) = sites.filter(|sites| *sites != *self.sites) {
            self.take_sites(sites).await;
        }
        self.follow_settings(&before, lanes).await;
        self.troubles(problems);
    }

    pub(super) async fn take_sites(&mut self, sites: SiteTree) {
        self.sites = Arc::new(sites);
        self.publisher.publish(EventBody::Sites(Arc::clone(&self.sites)));
        self.apply_edited_site().await;
    }

    fn settings_before(&self) -> (Settings, usize) {
        let lanes = self.session.as_ref().map(|session| session.context.chosen_lanes());
        (self.shared.settings.read().unwrap_or_else(PoisonError::into_inner).clone(), lanes.unwrap_or_default())
    }

    /// Puts settings into force and tells them.
    fn settings_taker(&self) -> impl FnOnce(&Settings) + Send + use<> {
        let (settings, publisher) = (Arc::clone(&self.shared.settings), self.publisher.clone());
        move |now| {
            settings.write().unwrap_or_else(PoisonError::into_inner).clone_from(now);
            publisher.publish(EventBody::Settings(Box::new(now.clone())));
        }
    }

    /// What goes by the settings beside the transfers.
    async fn follow_settings(&mut self, before: &Settings, lanes: usize) {
        let now = self.shared.settings.read().unwrap_or_else(PoisonError::into_inner).clone();
        if before.record != now.record {
            self.record(now.record).await;
        }
        if *before != now {
            self.limit_speed();
            self.tell_chosen_lanes(lanes);
            self.tell_when_done();
        }
    }

    pub(super) fn troubles(&self, problems: Vec<Problem>) {
        for problem in problems {
            self.publisher.publish(EventBody::Trouble(problem));
        }
    }
}
