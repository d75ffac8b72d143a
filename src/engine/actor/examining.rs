//! An examination of a server, beside whatever the session does.

use std::sync::Arc;

use super::Actor;
use crate::engine::doctor::{self, Limits};
use crate::engine::event::{EventBody, WantedFor};
use crate::model::certificate::Fingerprint;
use crate::model::site::{Logon, Site};

impl Actor {
    /// Examines a server beside whatever the session does, with the session's own password and certificates when it is with it.
    pub(super) fn diagnose(&mut self, site: Site) {
        if let Some(examining) = self.examining.take() {
            examining.abort();
        }
        let is_with = |other: &Site| other.authority() == site.authority() && other.login_user() == site.login_user();
        let context = self.session.as_ref().map(|session| &session.context).filter(|context| is_with(&context.site));
        let password = context.map(|context| context.password()).filter(|password| !password.is_empty());
        let accepted: Vec<Fingerprint> = context.map(|context| context.trust().pinned.into_iter().collect()).unwrap_or_default();
        let (keeper, publisher, passwords) = (self.shared.keeper.clone(), self.publisher.clone(), self.passwords());
        self.examining = Some(tokio::spawn(async move {
            let id = site.id.clone();
            if password.is_none() && site.logon == Logon::Keyring && !site.id.is_quick() {
                passwords.unlock(&WantedFor::Examining { site: site.name.clone() }).await;
            }
            let report = doctor::examine_site(&keeper, site, password, &accepted, Limits::default()).await;
            publisher.publish(EventBody::Diagnosis { site: id, report: Arc::new(report) });
        }));
    }
}
