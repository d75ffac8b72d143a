//! An unknown certificate, or one that changed.

use eframe::egui::{Grid, Label, Ui, vec2};
use jiff::Timestamp;

use crate::model::certificate::{Certificate, Fingerprint};
use crate::model::format;
use crate::ui::icon::Icon;
use crate::ui::widgets::callout::callout;
use crate::ui::widgets::field;
use crate::ui::widgets::modal::Modal;
use crate::ui::{text, tokens};

use super::Stage;

/// Draws it.
pub(super) fn show(stage: &mut Stage<'_>, id: u64, authority: &str, certificate: &Certificate, changed: bool) {
    let title = if changed { "The server’s certificate has changed" } else { "Is this the right server?" };
    let modal = Modal::new(("certificate", id), Icon::SHIELD_ALERT, title)
        .width(500.0)
        .cancel("Do not connect")
        .second("Trust this session")
        .main("Trust always");
    // Trust for good is never what Enter means.
    let modal = if changed { modal.warns().careful() } else { modal.lead().careful() };
    stage.ask(modal, |ui, _, _| {
        if changed {
            let headline = format!("This is not the certificate that you accepted for {authority} before.");
            let advice = "Either the server was given a new one, or someone sits between you and it and reads along. \
                          Ask whoever runs the server, and compare the fingerprint, before you trust it.";
            callout(ui, &headline, advice);
        } else {
            let words = format!(
                "{authority} showed a certificate that this system does not vouch for. {}",
                format::sentence(&certificate.reason)
            );
            field::paragraph(ui, text::subdued(ui, words));
        }
        ui.add_space(4.0);
        facts(ui, certificate, changed);
    });
}

fn facts(ui: &mut Ui, certificate: &Certificate, changed: bool) {
    Grid::new("certificate").num_columns(2).min_col_width(88.0).min_row_height(18.0).spacing(vec2(12.0, 6.0)).show(ui, |ui| {
        let row = |ui: &mut Ui, name: &str, value: &str| {
            if !value.is_empty() {
                ui.label(text::subdued(ui, name));
                ui.add(Label::new(text::body(ui, value)).wrap().selectable(true));
                ui.end_row();
            }
        };
        row(ui, "Issued to", &certificate.subject);
        row(ui, "Valid for", &certificate.names.join(", "));
        row(ui, "Issued by", &certificate.issuer);
        row(ui, "Valid", &validity(certificate, Timestamp::now()));
        if changed {
            row(ui, "Also", &format::sentence(&certificate.reason));
        }
        ui.label(text::subdued(ui, "SHA-256"));
        let print = text::mono(ui, groups(certificate.fingerprint)).color(tokens(ui).strong);
        ui.add(Label::new(print).selectable(true));
        ui.end_row();
    });
}

fn validity(certificate: &Certificate, now: Timestamp) -> String {
    let from = certificate.not_before.map(day);
    let until = certificate.not_after.map(day);
    let span = match (from, until) {
        (Some(from), Some(until)) => format!("{from} to {until}"),
        (Some(from), None) => format!("from {from}"),
        (None, Some(until)) => format!("until {until}"),
        (None, None) => return String::new(),
    };
    if certificate.not_after.is_some_and(|until| until < now) {
        format!("{span} (expired)")
    } else if certificate.not_before.is_some_and(|from| from > now) {
        format!("{span} (not yet)")
    } else {
        span
    }
}

/// "18 Nov 2026" as the certificate has it, in UTC.
fn day(at: Timestamp) -> String {
    at.strftime("%-d %b %Y").to_string()
}

/// The fingerprint in groups of four bytes, four groups a line: that is how two people compare one over the telephone.
fn groups(fingerprint: Fingerprint) -> String {
    let mut lines = String::new();
    for (index, byte) in fingerprint.0.iter().enumerate() {
        if index > 0 {
            lines.push_str(match index {
                index if index % 16 == 0 => "\n",
                index if index % 4 == 0 => "  ",
                _ => ":",
            });
        }
        lines.push_str(&format!("{byte:02X}"));
    }
    lines
}
