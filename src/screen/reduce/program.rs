//! The window itself: banner buttons, theme, scale, sizes.

use crate::engine::Command;
use crate::model::banner::BannerAction;
use crate::model::columns::PaneColumns;
use crate::model::settings::{Settings, ThemeChoice, WindowPlace};
use crate::screen::action::Effect;
use crate::screen::dialog::SitePage;
use crate::screen::enabled::SCALE;
use crate::screen::pane::Side;
use crate::screen::reduce::{address, diagnosis, sites};
use crate::screen::state::Screen;

pub(super) fn banner(screen: &mut Screen, action: BannerAction) -> Vec<Effect> {
    match action {
        BannerAction::ReconnectNow => screen.reconnect(),
        BannerAction::Diagnose => diagnosis::of_session(screen),
        BannerAction::StayOffline => vec![Effect::Engine(Command::StayOffline)],
        BannerAction::Dismiss => {
            screen.session.banner = None;
            vec![Effect::Engine(Command::DismissBanner)]
        }
        BannerAction::ConnectPlainly => screen.connect_plainly(),
        BannerAction::EditEncryption => {
            let site = screen.session.site.as_ref().map(|site| site.id.clone());
            site.map(|id| sites::edit_at(screen, &id, SitePage::Connection)).unwrap_or_default()
        }
        BannerAction::EditSite => match screen.session.site.clone() {
            // What was typed as an address is corrected where it was typed.
            Some(site) if site.id.is_quick() => address::type_again(screen, &site),
            Some(site) => sites::edit(screen, &site.id),
            None => Vec::new(),
        },
    }
}

/// Applies a change to the settings at once and has it saved.
pub(super) fn change_settings(screen: &mut Screen, change: impl FnOnce(&mut Settings)) -> Vec<Effect> {
    let was = screen.settings.clone();
    let mut settings = was.clone();
    change(&mut settings);
    apply_settings(screen, was, settings)
}

/// Applies what differs between both and has it saved: `was` may be older than what holds now.
pub(super) fn apply_settings(screen: &mut Screen, was: Settings, settings: Settings) -> Vec<Effect> {
    if settings == was {
        return Vec::new();
    }
    let was = Some(Box::new(was));
    screen.take_settings(settings.clone());
    vec![Effect::Engine(Command::SaveSettings { was, settings: Box::new(settings) })]
}

pub(super) fn toggle_theme(screen: &mut Screen) -> Vec<Effect> {
    let is_dark = match screen.settings.theme {
        ThemeChoice::Dark => true,
        ThemeChoice::Light => false,
        ThemeChoice::System => screen.system_dark,
    };
    change_settings(screen, |settings| settings.theme = if is_dark { ThemeChoice::Light } else { ThemeChoice::Dark })
}

/// One step larger (1) or smaller (-1).
pub(super) fn zoom(screen: &mut Screen, larger: bool) -> Vec<Effect> {
    let (least, most, step) = SCALE;
    change_settings(screen, |settings| {
        let now = settings.scale_percent;
        let next = if larger { now.saturating_add(step) } else { now.saturating_sub(step) };
        settings.scale_percent = next.clamp(least, most);
    })
}

pub(super) fn resized(screen: &mut Screen, queue_height: u16, sites_width: u16) -> Vec<Effect> {
    change_settings(screen, |settings| {
        settings.queue_height = queue_height;
        settings.sites_width = sites_width;
    })
}

/// The columns of a pane.
pub(super) fn columns(screen: &mut Screen, side: Side, change: impl FnOnce(&mut PaneColumns)) -> Vec<Effect> {
    change_settings(screen, |settings| {
        change(match side {
            Side::Local => &mut settings.local_columns,
            Side::Remote => &mut settings.remote_columns,
        });
    })
}

/// Kept for the next start, with the local folder.
pub(super) fn window_place(screen: &mut Screen, width: u16, height: u16, maximized: bool) -> Vec<Effect> {
    let folder = screen.local.local_folder().map(ToOwned::to_owned);
    change_settings(screen, |settings| {
        settings.window = Some(WindowPlace { width, height, maximized });
        if folder.is_some() {
            settings.local_folder = folder;
        }
    })
}
