//! The speed limit in the lower panel: what holds now, and a menu to change it for this run.

use eframe::egui::{Popup, Ui};
use jiff::civil::DateTime;

use crate::model::rate::{Rate, SpeedLimits};
use crate::model::schedule::{InForce, Origin};
use crate::screen::{Action, Verb};
use crate::ui::icon::Icon;
use crate::ui::verbs::{self, menu_line, menu_row};
use crate::ui::view::View;
use crate::ui::widgets::button::panel_button;

/// Limits that are one click away.
const CHOICES: [Rate; 6] = [
    Rate::kilobytes(100),
    Rate::kilobytes(250),
    Rate::kilobytes(500),
    Rate::kilobytes(1000),
    Rate::kilobytes(2000),
    Rate::kilobytes(5000),
];

/// Draws the button; its menu opens on a click.
pub fn button(ui: &mut Ui, view: &View<'_>, actions: &mut Vec<Action>) {
    let holds = view.screen.speed_limit;
    let site = view.screen.site_limits();
    let response = panel_button(ui, Icon::GAUGE, &label(&holds, site, view));
    Popup::menu(&response).gap(4.0).show(|ui| menu(ui, &holds, actions));
    response.on_hover_text(tooltip(&holds, site, view));
}

/// What holds for this session: "500 KB/s until 18:00".
fn label(holds: &InForce, site: SpeedLimits, view: &View<'_>) -> String {
    let limits = holds.limits.stricter(site);
    let words = if limits.is_none() { "No limit".to_owned() } else { limits.to_string() };
    match holds.until {
        Some(until) if holds.origin == Origin::Schedule && !holds.limits.is_none() => {
            format!("{words} until {}", clock(until, view))
        }
        _ => words,
    }
}

/// Where it comes from.
fn tooltip(holds: &InForce, site: SpeedLimits, view: &View<'_>) -> String {
    let mut words = match (holds.origin, holds.until) {
        (Origin::Chosen, _) => format!("Chosen until Moorline ends: {}", holds.limits),
        (Origin::Usual, None) => format!("As the settings say: {}", holds.limits),
        (Origin::Usual, Some(until)) => {
            format!("As the settings say: {}; the schedule changes it at {}", holds.limits, clock(until, view))
        }
        (Origin::Schedule, None) => format!("As the schedule says: {}", holds.limits),
        (Origin::Schedule, Some(until)) => format!("As the schedule says until {}: {}", clock(until, view), holds.limits),
    };
    if !site.is_none() {
        words.push_str(&format!(". This site has limits of its own: {site}"));
    }
    words
}

/// "18:00", with the day when it is another one.
fn clock(at: DateTime, view: &View<'_>) -> String {
    let today = view.now.to_zoned(view.zone.clone()).date();
    let pattern = if at.date() == today { "%H:%M" } else { "%a %H:%M" };
    at.strftime(pattern).to_string()
}

fn menu(ui: &mut Ui, holds: &InForce, actions: &mut Vec<Action>) {
    verbs::begin_menu(ui);
    ui.set_min_width(180.0);
    let chosen = (holds.origin == Origin::Chosen).then_some(holds.limits);
    let mut item = |ui: &mut Ui, words: &str, limits: Option<SpeedLimits>| {
        let icon = (chosen == limits).then_some(Icon::CHECK);
        if menu_row(ui, icon, words, None, None).clicked() {
            actions.push(Action::LimitSpeed(limits));
        }
    };
    item(ui, "As in the settings", None);
    menu_line(ui);
    item(ui, "No limit", Some(SpeedLimits::default()));
    for rate in CHOICES {
        item(ui, &rate.to_string(), Some(SpeedLimits { both: rate, ..SpeedLimits::default() }));
    }
    menu_line(ui);
    if menu_row(ui, Some(verbs::icon(Verb::SpeedLimits)), "Edit…", None, None).clicked() {
        actions.push(Action::Do(Verb::SpeedLimits));
    }
}
