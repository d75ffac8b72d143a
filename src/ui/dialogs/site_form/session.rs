//! How the connections behave.

use eframe::egui::Ui;

use crate::model::clock;
use crate::model::format;
use crate::model::host::HostFacts;
use crate::model::session::LimitSource;
use crate::model::site::{DataMode, KeepAlive};
use crate::model::upkeep::IdleCommand;
use crate::screen::dialog::SiteForm;
use crate::ui::widgets::button;
use crate::ui::widgets::field::{self, Field};
use crate::ui::widgets::segmented::segmented;

use super::error;

/// The three settings of the keep-alive, without the seconds.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Beat {
    Automatic,
    Every,
    Off,
}

/// Draws the page.
pub(super) fn show(ui: &mut Ui, form: &mut SiteForm) {
    let errors = form.clone();
    ui.vertical(|ui| {
        ui.spacing_mut().item_spacing.y = 4.0;
        let modes = [(DataMode::Passive, "Passive"), (DataMode::Active, "Active")];
        if let Some(mode) = segmented(ui, "Data connections", &modes, form.site.data_mode) {
            form.site.data_mode = mode;
        }
        let words = match form.site.data_mode {
            DataMode::Passive => "Moorline connects to the server. Works behind almost every router and firewall.",
            DataMode::Active => "The server connects back to this machine, which must be reachable from it.",
        };
        field::below(ui, None, words);
    });
    keep_alive(ui, form, &errors);
    learned(ui, form, &errors);
}

fn keep_alive(ui: &mut Ui, form: &mut SiteForm, errors: &SiteForm) {
    let beat = match form.site.keep_alive {
        KeepAlive::Automatic => Beat::Automatic,
        KeepAlive::Every(_) => Beat::Every,
        KeepAlive::Off => Beat::Off,
    };
    ui.vertical(|ui| {
        ui.spacing_mut().item_spacing.y = 4.0;
        let beats = [(Beat::Automatic, "Automatic"), (Beat::Every, "At a fixed interval"), (Beat::Off, "Off")];
        if let Some(beat) = segmented(ui, "Keep-alive", &beats, beat) {
            form.site.keep_alive = match beat {
                Beat::Automatic => KeepAlive::Automatic,
                Beat::Every => KeepAlive::Every(form.keep_alive_seconds.trim().parse().unwrap_or(30)),
                Beat::Off => KeepAlive::Off,
            };
        }
        let words = match beat {
            Beat::Automatic => "Sends NOOP at half of the idle limit that the server announced or that was learned from a cut; every 15 s until then.",
            Beat::Every => "Sends NOOP whenever the connection was idle for so long.",
            Beat::Off => "The server may end the session when it is idle. Moorline then comes back to the same folder.",
        };
        field::below(ui, None, words);
    });
    if beat == Beat::Every {
        ui.scope(|ui| {
            ui.set_max_width(180.0);
            Field::new("Seconds between two").error(error(errors, "Keep-alive")).show(ui, &mut form.keep_alive_seconds);
        });
    }
}

/// What was learned of the host: its idle limit to be changed, the rest to be read, all of it to be forgotten.
fn learned(ui: &mut Ui, form: &mut SiteForm, errors: &SiteForm) {
    let Some(facts) = form.learned else { return };
    ui.horizontal_top(|ui| {
        ui.scope(|ui| {
            ui.set_max_width(180.0);
            let source = match facts.idle_limit_source.filter(|_| !form.forget) {
                Some(LimitSource::Announced) => "Announced by the server.",
                Some(LimitSource::Learned | LimitSource::LearnedNow) => "Learned from a cut.",
                Some(LimitSource::Stated) => "Set by you.",
                None => "Not known yet.",
            };
            Field::new("Idle limit in seconds")
                .hint("not known")
                .note(source)
                .error(error(errors, "Idle limit"))
                .show(ui, &mut form.idle_limit);
        });
        ui.add_space(8.0);
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = 4.0;
            let words = if form.forget { "Nothing else is known of this server.".to_owned() } else { words(&facts) };
            field::below(ui, None, &words);
            let why_not = (form.forget || !facts.has_learned()).then_some("There is nothing to forget");
            if button::quiet_button_if(ui, "Forget what was learned", why_not).clicked() {
                form.forget = true;
                form.idle_limit.clear();
            }
        });
    });
}

/// What else was learned, in sentences.
fn words(facts: &HostFacts) -> String {
    let mut words = Vec::new();
    if let Some(limit) = facts.connection_limit {
        words.push(format!("It allows {} at once.", format::counted(limit, "connection", "connections")));
    }
    if let Some(count) = facts.useful_connections {
        words.push(format!("{} at the same time went best.", format::counted(count, "transfer", "transfers")));
    }
    if let Some(seconds) = facts.no_transfer_seconds {
        words.push(format!("It ends sessions after {seconds} s without a transfer."));
    }
    if let Some(ahead) = facts.list_ahead_seconds {
        words.push(format!("Its listings’ clock: {}.", clock::in_words(ahead)));
    }
    if let Some(skew) = facts.skew_seconds.filter(|skew| *skew != 0) {
        words.push(format!("Server’s clock: {}.", clock::skew_in_words(skew)));
    }
    if !facts.keep_alive_helps {
        words.push("Keep-alives do not count there.".to_owned());
    } else if facts.idle_command != IdleCommand::default() {
        words.push(format!("{} keeps its sessions alive.", facts.idle_command.line()));
    }
    if words.is_empty() { "Nothing else is known of this server.".to_owned() } else { words.join(" ") }
}
