//! Examinations of a server: which one, and what becomes of the report.

use std::sync::Arc;

use crate::engine::Command;
use crate::model::diagnosis::Report;
use crate::model::site::{Site, SiteId};
use crate::screen::action::Effect;
use crate::screen::dialog::Dialog;
use crate::screen::state::{Focus, Screen};

/// The marked site when the keyboard is in the list, else the session's, else the marked one.
pub(super) fn of_current(screen: &mut Screen) -> Vec<Effect> {
    let marked = screen.marked_site().cloned();
    let session = screen.session.site.clone();
    let site = if screen.focus == Focus::Sites { marked.or(session) } else { session.or(marked) };
    site.map(|site| begin(screen, site)).unwrap_or_default()
}

/// The session's server, as the site is saved now.
pub(super) fn of_session(screen: &mut Screen) -> Vec<Effect> {
    let site = screen.session.site.clone();
    let site = site.map(|site| screen.sites.site(&site.id).cloned().unwrap_or(site));
    site.map(|site| begin(screen, site)).unwrap_or_default()
}

/// A site of the list.
pub(super) fn of_site(screen: &mut Screen, id: &SiteId) -> Vec<Effect> {
    screen.sites.site(id).cloned().map(|site| begin(screen, site)).unwrap_or_default()
}

fn begin(screen: &mut Screen, site: Site) -> Vec<Effect> {
    screen.dialog = Some(Dialog::Diagnosis { site: site.id.clone(), name: site.name.clone(), report: None });
    vec![Effect::Engine(Command::Diagnose { site: Box::new(site) })]
}

/// The dialog's main button: it stays, so that the report can still be read.
pub(super) fn copy_report(screen: &mut Screen, site: SiteId, name: String, report: Option<Arc<Report>>) -> Vec<Effect> {
    let text = report.as_ref().map(|report| report.text());
    screen.dialog = Some(Dialog::Diagnosis { site, name, report });
    match text {
        Some(text) => {
            screen.notify("Copied. User and password are not in it.".to_owned());
            vec![Effect::CopyText(text)]
        }
        None => Vec::new(),
    }
}
