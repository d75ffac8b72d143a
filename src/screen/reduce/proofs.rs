//! Receipts and comparisons with the server: what is asked, and what the dialogs' buttons do.

use std::path::PathBuf;
use std::time::Duration;

use jiff::tz::TimeZone;

use crate::engine::{Command, Place};
use crate::model::checksum::HashUse;
use crate::model::composed::name_there;
use crate::model::receipt::Receipt;
use crate::model::receipt_export::{ExportFormat, Wanted};
use crate::model::transfer::TransferId;
use crate::model::verify::{Pair, Tally};
use crate::screen::action::{Effect, Save};
use crate::screen::dialog::{Dialog, ExportRange, VerifyStage};
use crate::screen::state::{PanelTab, Screen};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// The receipt of the selected row.
pub(super) fn show(screen: &Screen) -> Vec<Effect> {
    let id = screen.queue_selected.single();
    id.map(|id| Effect::Engine(Command::AskReceipt { id })).into_iter().collect()
}

/// Asks which receipts to save; the selected ones when there are any.
pub(super) fn ask_export(screen: &mut Screen) -> Vec<Effect> {
    // Without single rows it is about all that is done.
    let selected: Vec<TransferId> = if screen.tab == PanelTab::Done { screen.queue_selected.listed() } else { Vec::new() };
    let range = match (selected.is_empty(), screen.queue.done) {
        (false, _) => ExportRange::Selected,
        (true, 0) => ExportRange::All,
        (true, _) => ExportRange::Done,
    };
    screen.dialog = Some(Dialog::ExportReceipts { selected, range, format: ExportFormat::default() });
    Vec::new()
}

/// The dialog's main button: a file is picked next.
pub(super) fn pick_export(screen: &Screen, selected: Vec<TransferId>, range: ExportRange, format: ExportFormat) -> Vec<Effect> {
    let wanted = match range {
        ExportRange::Selected => Wanted::Transfers(selected),
        ExportRange::Done => Wanted::Done,
        ExportRange::LastDay => Wanted::Last(DAY),
        ExportRange::LastWeek => Wanted::Last(DAY * 7),
        ExportRange::LastMonth => Wanted::Last(DAY * 30),
        ExportRange::All => Wanted::All,
    };
    pick(screen, format.file_name(), Save::Receipts { wanted, format })
}

fn pick(screen: &Screen, name: &'static str, what: Save) -> Vec<Effect> {
    vec![Effect::PickSave { folder: screen.local.local_folder().map(ToOwned::to_owned), name, what }]
}

/// A file was picked.
pub(super) fn save(path: PathBuf, what: Save) -> Vec<Effect> {
    vec![Effect::Engine(match what {
        Save::Receipts { wanted, format } => Command::ExportReceipts { wanted, format, target: path },
        Save::Verification(result) => Command::SaveVerification { result, target: path },
    })]
}

/// There is no dialog to choose a file in: it goes where the person is, and that is told.
pub(super) fn save_without_dialog(screen: &mut Screen, path: PathBuf, what: Save) -> Vec<Effect> {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let folder = path.parent().map(|folder| folder.display().to_string()).unwrap_or_default();
    screen.advise("This system opens no dialog to choose a file.", format!("It goes to “{name}” in {folder}."));
    save(path, what)
}

/// The receipt's main button: it stays, so that it can still be read.
pub(super) fn copy_receipt(screen: &mut Screen, receipt: Box<Receipt>) -> Vec<Effect> {
    let text = receipt.text(&TimeZone::system());
    screen.dialog = Some(Dialog::Receipt(receipt));
    screen.notify("Copied.".to_owned());
    vec![Effect::CopyText(text)]
}

/// Asks how to compare the active pane's selection with the same names in the other pane; without a selection the two folders.
pub(super) fn ask_verify(screen: &mut Screen) -> Vec<Effect> {
    let pairs = pairs(screen);
    if pairs.is_empty() {
        return Vec::new();
    }
    let hashes = screen.session.site.as_ref().map(|site| site.hashes).unwrap_or_default();
    let hashes = if hashes == HashUse::Off { HashUse::Off } else { HashUse::WhenOffered };
    screen.dialog = Some(Dialog::Verify { pairs, hashes, stage: VerifyStage::Ask });
    Vec::new()
}

fn pairs(screen: &Screen) -> Vec<Pair> {
    let (Some(Place::Local(local)), Some(Place::Remote(remote))) = (&screen.local.place, &screen.remote.place) else {
        return Vec::new();
    };
    let pane = screen.pane(screen.active);
    if pane.selected.is_empty() {
        return vec![Pair { local: local.clone(), remote: remote.clone() }];
    }
    let there = |name: &str| remote.child(&name_there(name, |name| screen.remote.has_entry(name))).ok();
    let pair = |name: &str| Some(Pair { local: local.join(name), remote: there(name)? });
    pane.targets_in_order().into_iter().filter_map(|entry| pair(&entry.name)).collect()
}

/// The dialog's main button: begins the comparison, or saves its result.
pub(super) fn accept_verify(screen: &mut Screen, pairs: Vec<Pair>, hashes: HashUse, stage: VerifyStage) -> Vec<Effect> {
    match stage {
        VerifyStage::Ask => {
            let stage = VerifyStage::Running(Tally::default());
            screen.dialog = Some(Dialog::Verify { pairs: pairs.clone(), hashes, stage });
            vec![Effect::Engine(Command::Verify { pairs, hashes })]
        }
        VerifyStage::Running(tally) => {
            screen.dialog = Some(Dialog::Verify { pairs, hashes, stage: VerifyStage::Running(tally) });
            Vec::new()
        }
        VerifyStage::Through(result) => {
            let effects = pick(screen, "comparison.csv", Save::Verification(result.clone()));
            screen.dialog = Some(Dialog::Verify { pairs, hashes, stage: VerifyStage::Through(result) });
            effects
        }
    }
}

/// The other button: stops what is under way and shows how far it came, or closes the dialog.
pub(super) fn close_verify(screen: &mut Screen, pairs: Vec<Pair>, hashes: HashUse, stage: VerifyStage) -> Vec<Effect> {
    if matches!(stage, VerifyStage::Running(_)) {
        screen.dialog = Some(Dialog::Verify { pairs, hashes, stage });
        return vec![Effect::Engine(Command::CancelVerify)];
    }
    Vec::new()
}
