//! The session changed: what that means for the panes and for what was planned.

use crate::model::session::{Phase, SessionView};
use crate::model::settings::Settings;
use crate::screen::pane::Pane;
use crate::screen::state::Screen;
use crate::screen::{Dialog, Effect};

pub(super) fn changed(screen: &mut Screen, view: SessionView) -> Vec<Effect> {
    let site_changed = match (&screen.session.site, &view.site) {
        (Some(old), Some(new)) => old.id != new.id || (&old.host, old.port()) != (&new.host, new.port()),
        (None, Some(_)) => true,
        (_, None) => false,
    };
    let session_changed = screen.session.generation != view.generation;
    let was_adrift = matches!(screen.session.phase, Phase::Adrift { .. } | Phase::Resting { .. });
    let had_session = screen.has_session();
    screen.session = view;
    if site_changed {
        // Another server's folder must not be taken for this one's.
        screen.remote = Pane { sort: screen.remote.sort, ..Pane::default() };
        if screen.site_cursor.is_none() {
            screen.site_cursor =
                screen.session.site.as_ref().map(|site| site.id.clone()).filter(|id| screen.sites.site(id).is_some());
        }
    } else if session_changed || !screen.has_session() || matches!(screen.session.phase, Phase::Adrift { .. }) {
        screen.remote.opening = None;
        screen.remote.doing = None;
    }
    match screen.session.phase {
        Phase::Adrift { .. } | Phase::Resting { .. } if !was_adrift => return adrift(screen),
        // Nothing is left to wait for, and the banner has to be seen.
        Phase::Stranded { .. } => {
            screen.plan = None;
            close_moot_guard(screen, had_session);
        }
        Phase::Offline => close_moot_guard(screen, had_session),
        _ => {}
    }
    Vec::new()
}

/// Coming back by itself would use the data that the session began with: an edited site is connected to as it is now.
fn adrift(screen: &mut Screen) -> Vec<Effect> {
    let Some(current) = screen.session.site.clone() else { return Vec::new() };
    let is_edited = screen.sites.site(&current.id).is_some_and(|saved| !saved.has_same_connection(&current));
    if is_edited && !screen.is_closing() && screen.connects_next().is_none() { screen.connect_now(&current.id) } else { Vec::new() }
}

/// Without a session there is nothing to guard: the question when to leave it is void, and so is what to upload before.
fn close_moot_guard(screen: &mut Screen, had_session: bool) {
    let is_moot = match screen.dialog {
        Some(Dialog::Guard { .. }) => true,
        // The window asks without a session, too.
        Some(Dialog::LeaveEdits { .. }) => had_session,
        _ => false,
    };
    if is_moot {
        screen.dialog = None;
    }
}

/// The first settings also say which local folder to begin with.
pub(super) fn settings(screen: &mut Screen, settings: Settings) -> Vec<Effect> {
    let begin = settings.local_folder.clone().or_else(|| screen.home.clone());
    screen.take_settings(settings);
    match begin {
        Some(path) if screen.local.place.is_none() && screen.local.opening.is_none() => vec![screen.open_local(path)],
        _ => Vec::new(),
    }
}
