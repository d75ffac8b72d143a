//! The mooring strip: what keeps the connection alive, and what happens next.

use eframe::egui::{Align, Color32, Layout, Sense, Ui, vec2};

use crate::model::format;
use crate::model::problem::ProblemKind;
use crate::model::session::{CertificateTrust, ConnectStep, DisconnectWhen, LimitSource, Phase, Security};
use crate::model::site::KeepAlive;
use crate::screen::{Action, Verb};
use crate::ui::icon::Icon;
use crate::ui::paint::Line;
use crate::ui::tokens::{size, tokens};
use crate::ui::verbs;
use crate::ui::view::View;

/// Draws the strip.
pub fn show(ui: &mut Ui, view: &View<'_>, actions: &mut Vec<Action>) {
    let area = ui.max_rect();
    ui.add_space(1.0);
    ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
        ui.set_height(area.height() - 1.0);
        ui.spacing_mut().item_spacing.x = 0.0;
        ui.add_space(12.0);
        state(ui, view, actions);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.add_space(12.0);
            security(ui, view);
            edited(ui, view, actions);
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| figures(ui, view));
        });
    });
}

fn line(ui: &Ui) -> Line {
    Line::new(ui).sized(size::SECONDARY)
}

/// The phase in a word, with its colour.
fn state(ui: &mut Ui, view: &View<'_>, actions: &mut Vec<Action>) {
    let t = tokens(ui);
    let session = &view.screen.session;
    let (color, words) = match &session.phase {
        Phase::Offline => (t.subdued, line(ui).strong("Offline").subdued("  nothing is connected")),
        Phase::Connecting(step) => (t.accent, line(ui).strong("Connecting").subdued(&format!("  {}", step_words(*step)))),
        Phase::Moored => {
            let age = match session.moored_since {
                Some(since) if view.is_watched => {
                    format!("  for {}", format::duration(view.instant.saturating_duration_since(since)))
                }
                Some(since) => format!("  since {}", view.clock_at(since)),
                None => String::new(),
            };
            (t.good, line(ui).strong("Moored").subdued(&age))
        }
        Phase::Leaving(when) => (t.warn, line(ui).strong("Leaving").subdued(leaving_words(*when))),
        Phase::Adrift { since, .. } => {
            let since = format!("  since {}", view.clock_seconds(*since));
            (t.warn, line(ui).strong("Adrift").subdued(&since))
        }
        Phase::Resting { since } => {
            let since = format!("  since {}, connects again when needed", view.clock_seconds(*since));
            (t.subdued, line(ui).strong("Resting").subdued(&since))
        }
        Phase::Stranded { since } => {
            let since = format!("  since {}", view.clock_seconds(*since));
            let was_own_choice = session.problem.as_ref().is_some_and(|problem| problem.kind == ProblemKind::Certificate);
            let (ink, words) = if was_own_choice { (t.subdued, "Not connected") } else { (t.bad, "Stranded") };
            (ink, line(ui).strong(words).subdued(&since))
        }
    };
    anchor(ui, color);
    words.show(ui);
    if matches!(session.phase, Phase::Leaving(_)) {
        ui.add_space(10.0);
        let response = crate::ui::widgets::button::link(ui, Verb::StayConnected.label());
        if response.on_hover_text(verbs::tooltip(Verb::StayConnected)).clicked() {
            actions.push(Action::Do(Verb::StayConnected));
        }
    }
}

/// What a connect is doing.
#[must_use]
pub fn step_words(step: ConnectStep) -> &'static str {
    match step {
        ConnectStep::Resolving => "looking the name up",
        ConnectStep::Dialling => "calling the server",
        ConnectStep::Greeting => "waiting for its greeting",
        ConnectStep::Securing => "securing the connection",
        ConnectStep::LoggingIn => "logging in",
        ConnectStep::Settling => "opening the folder",
        ConnectStep::Asking => "waiting for your answer",
    }
}

fn leaving_words(when: DisconnectWhen) -> &'static str {
    match when {
        DisconnectWhen::QueueDone => "  when the queue is done",
        DisconnectWhen::FilesDone => "  after the files that are moving now",
        DisconnectWhen::Now => "  stopping safely",
    }
}

fn anchor(ui: &mut Ui, color: Color32) {
    let (rect, _) = ui.allocate_exact_size(vec2(20.0, 16.0), Sense::hover());
    Icon::ANCHOR.paint(ui.painter(), rect.left_center() + vec2(7.0, 0.0), size::ICON_SMALL, color);
}

/// The figures, each after a thin separator; those that find no room are left out.
fn figures(ui: &mut Ui, view: &View<'_>) {
    let session = &view.screen.session;
    let figure = |ui: &mut Ui, line: Line, tooltip: &str| {
        if line.width(ui) + 31.0 > ui.available_width() {
            return;
        }
        ui.add_space(14.0);
        let (rect, _) = ui.allocate_exact_size(vec2(1.0, 14.0), Sense::hover());
        ui.painter().rect_filled(rect, 0.0, tokens(ui).line);
        ui.add_space(16.0);
        line.show(ui).on_hover_text(tooltip);
    };
    let connected = matches!(session.phase, Phase::Moored | Phase::Leaving(_));
    if let Some(next) = session.next_keep_alive.filter(|_| connected) {
        let when =
            if view.is_watched { format::countdown(next.saturating_duration_since(view.instant)) } else { view.clock_at(next) };
        let words = line(ui).subdued("next keep-alive ").strong(&when);
        let command = session.upkeep.command.line();
        let tooltip = format!("When {command} tells the server again that we are there; never while files move");
        figure(ui, words, &tooltip);
    } else if connected && session.site.as_ref().is_some_and(|site| site.keep_alive == KeepAlive::Off) {
        let tooltip =
            "This site is set to send none: the server may end the session when nothing happens. Edit the site to change it";
        figure(ui, line(ui).subdued("keep-alive ").strong("off"), tooltip);
    }
    if let Some(limit) = session.idle_limit.filter(|_| session.phase != Phase::Offline) {
        let (source, tooltip) = match limit.source {
            LimitSource::Announced => {
                (" (announced)", "The server said after how many seconds without a command it ends the session")
            }
            LimitSource::Learned => {
                (" (learned)", "Found out in an earlier session: after this long without a command the server ends it")
            }
            LimitSource::LearnedNow => (" (learned now)", "Found out by the cut a moment ago: keep-alives will come in time"),
            LimitSource::Stated => (" (set by you)", "As the site's settings say, on the page “Session”"),
        };
        let words = line(ui).subdued("idle limit ").strong(&format!("{} s", limit.seconds)).subdued(source);
        figure(ui, words, tooltip);
    }
    if let Some(seconds) = session.upkeep.no_transfer.filter(|_| session.phase != Phase::Offline) {
        let words = line(ui).subdued("without a transfer ").strong(&format!("{seconds} s")).subdued(" (learned)");
        let tooltip = "No command keeps this server from ending a session without a transfer: Moorline lets the unused connection go before, \
                       and comes back as soon as you need it";
        figure(ui, words, tooltip);
    } else if !session.upkeep.helps && session.phase != Phase::Offline {
        let tooltip = "Nothing that was tried keeps this server from ending an idle session: Moorline lets the unused connection go before, \
                       and comes back as soon as you need it";
        figure(ui, line(ui).subdued("keep-alive ").strong("does not count"), tooltip);
    }
    match session.phase {
        Phase::Adrift { attempt, attempts, .. } => {
            if let Some(interval) = session.keep_alive_interval {
                let words = line(ui).subdued("keep-alive will be every ").strong(&format!("{} s", interval.as_secs()));
                figure(ui, words, "How often a NOOP goes out from the next session on");
            }
            figure(
                ui,
                line(ui).subdued(&format!("attempt {attempt} of {attempts}")),
                "The attempts are counted so that the server sees no storm",
            );
        }
        _ if connected => {
            if let Some(trip) = session.round_trip {
                let words = line(ui).subdued("round trip ").strong(&format::took(trip));
                figure(ui, words, "From the last short command to its reply");
            }
            let words = line(ui)
                .strong(&session.connections.to_string())
                .subdued(&format!(" of {} connections", session.connection_budget.max(session.connections)));
            figure(ui, words, "Open connections, and how many this server may have");
        }
        _ => {}
    }
}

/// How many files are edited here, and how many of them the server does not have as they are.
fn edited(ui: &mut Ui, view: &View<'_>, actions: &mut Vec<Action>) {
    let edits = &view.screen.edits;
    if edits.is_empty() {
        return;
    }
    let unsent = edits.iter().filter(|edit| edit.state.is_left_here()).count();
    let (ink, words) = match unsent {
        0 => (tokens(ui).accent, format::counted(edits.len(), "file open for editing", "files open for editing")),
        unsent => (tokens(ui).warn, format::counted(unsent, "edited file not uploaded", "edited files not uploaded")),
    };
    if view.screen.session.security.is_some() {
        ui.add_space(14.0);
        let (rect, _) = ui.allocate_exact_size(vec2(1.0, 14.0), Sense::hover());
        ui.painter().rect_filled(rect, 0.0, tokens(ui).line);
        ui.add_space(14.0);
    }
    if crate::ui::widgets::button::link(ui, &words).on_hover_text(verbs::tooltip(Verb::EditedFiles)).clicked() {
        actions.push(Action::Do(Verb::EditedFiles));
    }
    let (rect, _) = ui.allocate_exact_size(vec2(20.0, 16.0), Sense::hover());
    Icon::NOTEBOOK_PEN.paint(ui.painter(), rect.left_center() + vec2(7.0, 0.0), size::ICON_SMALL, ink);
}

fn security(ui: &mut Ui, view: &View<'_>) {
    let t = tokens(ui);
    let session = &view.screen.session;
    if !matches!(session.phase, Phase::Moored | Phase::Leaving(_)) {
        return;
    }
    let Some(security) = &session.security else { return };
    let (icon, color, words, tooltip) = match security {
        Security::Plain => {
            (Icon::LOCK_OPEN, t.warn, "not encrypted".to_owned(), "Anyone on the way can read names, files and the password")
        }
        Security::Tls { protocol, trust: CertificateTrust::Authority } => (
            Icon::LOCK,
            t.good,
            format!("{protocol} · certificate trusted"),
            "The certificate's chain leads to an authority that this system trusts",
        ),
        Security::Tls { protocol, trust: CertificateTrust::Pinned } => {
            (Icon::LOCK, t.good, format!("{protocol} · certificate pinned"), "You accepted this certificate's fingerprint")
        }
    };
    line(ui).subdued(&words).show(ui).on_hover_text(tooltip);
    ui.add_space(6.0);
    let (rect, _) = ui.allocate_exact_size(vec2(14.0, 16.0), Sense::hover());
    icon.paint(ui.painter(), rect.center(), size::ICON_SMALL - 1.0, color);
}
