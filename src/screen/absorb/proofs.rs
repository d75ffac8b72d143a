//! Receipts and comparisons with the server, as the engine tells them.

use std::sync::Arc;

use crate::model::receipt::Receipt;
use crate::model::verify::{Tally, Verification};
use crate::screen::{Dialog, Effect, Screen};

use crate::screen::dialog::VerifyStage;

/// The receipt that was asked for; a dialog that was opened meanwhile stays.
pub(super) fn receipt(screen: &mut Screen, receipt: Option<Box<Receipt>>) -> Vec<Effect> {
    match receipt {
        Some(receipt) if screen.dialog.is_none() => screen.dialog = Some(Dialog::Receipt(receipt)),
        Some(_) => {}
        None => screen.complain("This receipt is not kept any more.", "Moorline keeps the newest 537 MB of receipts."),
    }
    Vec::new()
}

/// A comparison has come so far.
pub(super) fn verifying(screen: &mut Screen, tally: Tally) -> Vec<Effect> {
    if let Some(Dialog::Verify { stage: VerifyStage::Running(shown), .. }) = &mut screen.dialog {
        *shown = tally;
    }
    Vec::new()
}

/// A comparison is through; without its dialog the result is told in one sentence.
pub(super) fn verified(screen: &mut Screen, result: Arc<Verification>) -> Vec<Effect> {
    match &mut screen.dialog {
        Some(Dialog::Verify { stage: stage @ VerifyStage::Running(_), .. }) => *stage = VerifyStage::Through(result),
        _ => screen.notify(result.sentence()),
    }
    Vec::new()
}
