//! Which receipts to save, and as what.

use crate::model::format;
use crate::model::receipt_export::ExportFormat;
use crate::screen::Dialog;
use crate::screen::dialog::ExportRange;
use crate::ui::icon::Icon;
use crate::ui::text;
use crate::ui::widgets::card::options;
use crate::ui::widgets::field;
use crate::ui::widgets::modal::Modal;

use super::Stage;

/// Draws it; `dialog` is [`Dialog::ExportReceipts`].
pub(super) fn show(stage: &mut Stage<'_>, dialog: &Dialog) {
    let Dialog::ExportReceipts { selected, .. } = dialog else { return };
    let ranges = ranges(selected.len(), stage.screen.queue.done);
    let modal = Modal::new("export receipts", Icon::SAVE, "Export receipts").width(480.0).main("Save as…");
    stage.edit(modal, dialog.clone(), |ui, opened, draft| {
        let Dialog::ExportReceipts { range, format, .. } = draft else { return };
        let formats = ExportFormat::ALL.map(|format| (format.label(), format.hint()));
        let chosen = ExportFormat::ALL.iter().position(|each| each == format).unwrap_or(0);
        if let Some(picked) = options(ui, "formats", &formats, chosen, opened).and_then(|index| ExportFormat::ALL.get(index)) {
            *format = *picked;
        }
        ui.add_space(4.0);
        field::choice(ui, "Of which files", range, &ranges);
        if *format == ExportFormat::Sha256 {
            let words = "Paths are told from the folder that you save it in. Files that changed since are left out.";
            field::paragraph(ui, text::subdued(ui, words));
        }
    });
}

fn ranges(selected: usize, done: usize) -> Vec<(ExportRange, String)> {
    let mut ranges = Vec::new();
    if selected > 0 {
        ranges.push((ExportRange::Selected, format!("Selected under Done ({})", format::count(selected))));
    }
    if done > 0 {
        ranges.push((ExportRange::Done, format!("All under Done ({})", format::count(done))));
    }
    let more = [
        (ExportRange::LastDay, "Of the last 24 hours"),
        (ExportRange::LastWeek, "Of the last 7 days"),
        (ExportRange::LastMonth, "Of the last 30 days"),
        (ExportRange::All, "All that are kept"),
    ];
    ranges.extend(more.map(|(range, words)| (range, words.to_owned())));
    ranges
}
