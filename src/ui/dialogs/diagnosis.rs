//! An examination of a server: the conclusion, then the steps.

use eframe::egui::{Color32, Frame, Label, Margin, Ui};

use crate::model::diagnosis::{Report, Step, Verdict};
use crate::model::site::SiteId;
use crate::ui::icon::Icon;
use crate::ui::text;
use crate::ui::tokens::tokens;
use crate::ui::widgets::field;
use crate::ui::widgets::modal::Modal;

use super::Stage;

/// Height of a step's first line, in points.
const LINE: f32 = 18.0;
/// Where a step's words begin, behind its icon.
const INDENT: i8 = 22;

/// Draws it; without a report it is still under way.
pub(super) fn show(stage: &mut Stage<'_>, site: &SiteId, name: &str, report: Option<&Report>) {
    let title = format!("Diagnosis of {name}");
    let modal = Modal::new(("diagnosis", &site.0, report.is_some()), Icon::STETHOSCOPE, &title).width(620.0).cancel("Close");
    let Some(report) = report else {
        stage.dialog(modal, |ui, _| {
            let words = "The server is examined step by step, from its name to its idle limit. This takes a minute at most.";
            field::paragraph(ui, text::subdued(ui, words));
        });
        return;
    };
    stage.dialog(modal.main("Copy report"), |ui, _| {
        field::paragraph(ui, text::strong(ui, report.conclusion.headline()));
        if !report.conclusion.advice().is_empty() {
            field::paragraph(ui, text::body(ui, report.conclusion.advice()));
        }
        ui.add_space(8.0);
        for each in &report.steps {
            step(ui, each, each.finding == report.conclusion.finding);
        }
    });
}

/// One step; the advice of the one that decides stands above already.
fn step(ui: &mut Ui, step: &Step, decides: bool) {
    let (icon, color, verdict) = look(ui, step.verdict());
    ui.spacing_mut().interact_size.y = LINE;
    ui.spacing_mut().item_spacing.y = 1.0;
    let is_skipped = step.verdict() == Verdict::Skipped;
    ui.horizontal(|ui| {
        ui.add(Label::new(icon.text(14.0, color)));
        ui.label(text::strong(ui, step.name.title()));
        let beside = if is_skipped { step.words.clone() } else { format!("{verdict} · {} ms", step.took.as_millis()) };
        ui.add(Label::new(text::small(ui, beside)).truncate());
    });
    if !is_skipped {
        Frame::NONE.inner_margin(Margin { left: INDENT, ..Margin::ZERO }).show(ui, |ui| {
            field::paragraph(ui, text::subdued(ui, &step.words));
            if !step.advice().is_empty() && !decides {
                field::paragraph(ui, text::body(ui, step.advice()));
            }
        });
    }
    ui.add_space(4.0);
}

fn look(ui: &Ui, verdict: Verdict) -> (Icon, Color32, &'static str) {
    let t = tokens(ui);
    match verdict {
        Verdict::Ok => (Icon::CIRCLE_CHECK, t.good, "fine"),
        Verdict::Warning => (Icon::TRIANGLE_ALERT, t.warn_text, "warning"),
        Verdict::Failed => (Icon::CIRCLE_ALERT, t.bad, "failed"),
        Verdict::Skipped => (Icon::MINUS, t.subdued_on_fill, "skipped"),
    }
}
