//! The banner: what happened, what comes next with a live countdown, the server's own words, and the ways on.

use eframe::egui::{Align, Color32, CornerRadius, Id, Layout, Rect, Ui, UiBuilder, pos2, vec2};

use crate::model::banner::{Banner, BannerAction, Severity};
use crate::model::format;
use crate::model::session::Phase;
use crate::screen::{Action, Verb};
use crate::ui::fonts;
use crate::ui::icon::Icon;
use crate::ui::paint::{self, Line};
use crate::ui::tokens::{Tokens, size, tokens};
use crate::ui::view::View;
use crate::ui::widgets::button;

/// Its full height.
const HEIGHT: f32 = 50.0;

fn shown(ui: &Ui, view: &View<'_>) -> f32 {
    ui.ctx().animate_bool(Id::unique("banner shown"), view.screen.session.banner.is_some())
}

/// How high it is at this moment of its fade.
pub fn height(ui: &Ui, view: &View<'_>) -> f32 {
    (HEIGHT * shown(ui, view)).round()
}

/// Draws it; one that has just gone fades out with its last words.
pub fn show(ui: &mut Ui, view: &View<'_>, actions: &mut Vec<Action>) {
    let last = Id::unique("last banner");
    if let Some(banner) = &view.screen.session.banner {
        let known = ui.data(|data| data.get_temp::<Banner>(last));
        if known.as_ref() != Some(banner) {
            ui.data_mut(|data| data.insert_temp(last, banner.clone()));
        }
    }
    let Some(banner) = ui.data(|data| data.get_temp::<Banner>(last)) else { return };
    let area = ui.max_rect();
    let t = tokens(ui);
    let (ground, ink, icon) = colors(t, &banner);
    ui.painter().rect_filled(area, 0.0, ground);
    ui.multiply_opacity(shown(ui, view));
    let area = Rect::from_min_size(pos2(area.left(), area.bottom() - HEIGHT), vec2(area.width(), HEIGHT));
    icon.paint(ui.painter(), pos2(area.left() + 24.0, area.center().y), 20.0, ink);

    let mut buttons = ui.new_child(
        UiBuilder::new().max_rect(area.shrink2(vec2(12.0, 0.0))).id_salt("buttons").layout(Layout::right_to_left(Align::Center)),
    );
    for (at, action) in banner.actions.iter().enumerate().rev() {
        if action_button(&mut buttons, *action, at == 0).clicked() {
            actions.push(Action::Banner(*action));
        }
    }
    let right = buttons.min_rect().left() - 16.0;
    let words = Rect::from_min_max(pos2(area.left() + 46.0, area.top() + 5.0), pos2(right, area.bottom() - 6.0));
    ui.scope_builder(UiBuilder::new().max_rect(words).id_salt("words"), |ui| {
        ui.spacing_mut().item_spacing = vec2(8.0, 0.0);
        ui.horizontal(|ui| {
            ui.set_height(17.0);
            if let Some(code) = banner.code {
                chip(ui, code, ink);
            }
            Line::new(ui).strong(&banner.headline).show_truncated(ui).on_hover_text(&banner.headline);
        });
        let line = what_comes_next(ui, view, &banner);
        let whole = banner.server_words.clone();
        let response = line.show_truncated(ui);
        if let Some(whole) = whole {
            response.on_hover_text(format!("“{whole}”"));
        }
    });
}

fn colors(t: &Tokens, banner: &Banner) -> (Color32, Color32, Icon) {
    match banner.severity {
        Severity::Info => (t.raised, t.accent, Icon::INFO),
        Severity::Warning if banner.code == Some(421) => (t.warn_ground, t.warn_text, Icon::TIMER_OFF),
        Severity::Warning => (t.warn_ground, t.warn_text, Icon::UNPLUG),
        Severity::Bad => (t.bad_ground, t.bad, Icon::CIRCLE_ALERT),
    }
}

fn chip(ui: &mut Ui, code: u16, ink: Color32) {
    let (rect, response) = ui.allocate_exact_size(vec2(32.0, 16.0), eframe::egui::Sense::hover());
    ui.painter().rect_filled(rect, CornerRadius::same(4), ink.gamma_multiply(0.18));
    paint::text(ui, rect.center(), Align::Center, code, fonts::mono(size::MONO), ink);
    let name = format!("Reply {code}");
    response.widget_info(|| eframe::egui::WidgetInfo::labeled(eframe::egui::Role::Label, true, &name));
}

/// Countdown, consequence, the server's words.
fn what_comes_next(ui: &Ui, view: &View<'_>, banner: &Banner) -> Line {
    let session = &view.screen.session;
    let mut line = Line::new(ui).on_fill();
    let mut parts = 0;
    if let Phase::Adrift { next_attempt, .. } = session.phase {
        let folder = session.folder.as_ref().map(|folder| format!(" to {folder}")).unwrap_or_default();
        let left = format::countdown(next_attempt.saturating_duration_since(view.instant));
        line = line.subdued(&format!("Reconnecting{folder} in ")).strong(&left);
        parts += 1;
    }
    if !banner.consequence.is_empty() {
        line = line.subdued(if parts > 0 { " · " } else { "" }).subdued(&banner.consequence);
        parts += 1;
    }
    if let Some(words) = &banner.server_words {
        line = line.subdued(if parts > 0 { " · " } else { "" }).subdued(&format!("“{words}”"));
    }
    line
}

fn action_button(ui: &mut Ui, action: BannerAction, main: bool) -> eframe::egui::Response {
    let label = match action {
        BannerAction::ReconnectNow => "Reconnect now",
        BannerAction::Diagnose => return button::ghost_icon_button(ui, Icon::STETHOSCOPE, Verb::Diagnose.label(), None),
        BannerAction::StayOffline => "Stay offline",
        BannerAction::EditSite => "Edit site",
        BannerAction::EditEncryption => "Change encryption",
        BannerAction::ConnectPlainly => "Connect without encryption",
        BannerAction::Dismiss if main => "Got it",
        BannerAction::Dismiss => return button::icon_button(ui, Icon::X, "Dismiss", "Take this message away"),
    };
    match (main, action) {
        (_, BannerAction::ConnectPlainly) => {
            let risk = "This time only: the password and all files travel readable to anyone on the way";
            button::quiet_button(ui, label).on_hover_text(risk)
        }
        (true, BannerAction::Dismiss) => button::quiet_button(ui, label),
        (true, _) => button::primary_button(ui, label),
        (false, BannerAction::StayOffline) => button::ghost_button(ui, label),
        (false, _) => button::quiet_button(ui, label),
    }
}
