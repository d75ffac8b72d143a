//! Receipts, their export and comparisons with the server.

use super::*;
use crate::model::checksum::HashUse;
use crate::model::receipt_export::{ExportFormat, Wanted};
use crate::model::transfer::TransferId;
use crate::model::verify::{Finding, Pair, Row, Tally, Verification};
use crate::screen::action::{Extend, Save};
use crate::screen::dialog::{Dialog, ExportRange, VerifyStage};
use crate::screen::state::PanelTab;

fn choose(screen: &mut Screen, number: u64) {
    reduce(screen, Action::ShowTab(PanelTab::Done));
    let id = TransferId(number);
    reduce(screen, Action::ClickTransfer { id, extend: Extend::Replace, secondary: false, visible: vec![id] });
}

#[test]
fn the_receipt_of_the_selected_row_is_asked_for_shown_and_copied() {
    let mut screen = moored();
    assert!(act(&mut screen, Verb::ShowReceipt).is_empty(), "nothing is selected");
    choose(&mut screen, 7);
    let effects = act(&mut screen, Verb::ShowReceipt);
    assert!(matches!(command(&effects), Command::AskReceipt { id: TransferId(7) }));
    let receipt = crate::model::receipt::tests::sample(1);
    tell(&mut screen, EventBody::Receipt(Some(Box::new(receipt.clone()))));
    assert_eq!(screen.dialog, Some(Dialog::Receipt(Box::new(receipt.clone()))));
    let effects = reduce(&mut screen, Action::AcceptDialog);
    assert!(matches!(&effects[..], [Effect::CopyText(text)] if *text == receipt.text(&jiff::tz::TimeZone::system())));
    assert!(screen.dialog.is_some(), "it can still be read");
    reduce(&mut screen, Action::CloseDialog);
    tell(&mut screen, EventBody::Receipt(None));
    assert!(screen.toasts.last().is_some_and(|toast| toast.is_problem));
}

#[test]
fn an_export_asks_which_and_where() {
    let mut screen = moored();
    screen.queue.done = 3;
    choose(&mut screen, 7);
    act(&mut screen, Verb::ExportReceipts);
    let Some(Dialog::ExportReceipts { selected, range, .. }) = screen.dialog.clone() else { panic!("{:?}", screen.dialog) };
    assert_eq!((selected.as_slice(), range), (&[TransferId(7)][..], ExportRange::Selected));
    for (range, wanted) in [
        (ExportRange::Selected, Wanted::Transfers(vec![TransferId(7)])),
        (ExportRange::Done, Wanted::Done),
        (ExportRange::LastWeek, Wanted::Last(std::time::Duration::from_secs(604_800))),
        (ExportRange::All, Wanted::All),
    ] {
        let format = ExportFormat::Sha256;
        screen.dialog = Some(Dialog::ExportReceipts { selected: selected.clone(), range, format });
        let effects = reduce(&mut screen, Action::AcceptDialog);
        let [Effect::PickSave { name, what, .. }] = &effects[..] else { panic!("{effects:?}") };
        assert_eq!((*name, what), ("SHA256SUMS", &Save::Receipts { wanted: wanted.clone(), format }));
        let effects = reduce(&mut screen, Action::PickedSave { path: PathBuf::from("/x/SUMS"), what: what.clone() });
        let Command::ExportReceipts { wanted: asked, target, .. } = command(&effects) else { panic!("{effects:?}") };
        assert_eq!((asked, target.as_path()), (&wanted, std::path::Path::new("/x/SUMS")));
    }
    reduce(&mut screen, Action::SelectTransfers(Vec::new()));
    act(&mut screen, Verb::ExportReceipts);
    assert!(matches!(screen.dialog, Some(Dialog::ExportReceipts { range: ExportRange::Done, .. })));
}

#[test]
fn a_comparison_is_asked_begun_followed_stopped_and_saved() {
    let mut screen = moored();
    let Some(crate::engine::Place::Local(local)) = screen.local.place.clone() else { panic!("no local folder") };
    let remote = screen.remote.remote_folder().cloned().unwrap();
    act(&mut screen, Verb::Verify);
    let Some(Dialog::Verify { pairs, stage: VerifyStage::Ask, .. }) = screen.dialog.clone() else { panic!("{:?}", screen.dialog) };
    assert_eq!(pairs, [Pair { local, remote }], "without a selection the folders");
    let effects = reduce(&mut screen, Action::AcceptDialog);
    assert!(matches!(command(&effects), Command::Verify { hashes: HashUse::Off, .. }));
    let tally = Tally { same: 4, ..Tally::default() };
    tell(&mut screen, EventBody::Verifying { tally });
    assert!(matches!(screen.dialog, Some(Dialog::Verify { stage: VerifyStage::Running(shown), .. }) if shown == tally));
    let effects = reduce(&mut screen, Action::CloseDialog);
    assert!(matches!(command(&effects), Command::CancelVerify));
    assert!(screen.dialog.is_some(), "it shows how far it came");
    let mut result = Verification { broken_off: Some("It was stopped.".into()), ..Verification::default() };
    result.push(Row { path: "a".into(), finding: Finding::OnlyHere, here: None, there: None });
    let result = Arc::new(result);
    tell(&mut screen, EventBody::Verified(Arc::clone(&result)));
    let effects = reduce(&mut screen, Action::AcceptDialog);
    let [Effect::PickSave { what, .. }] = &effects[..] else { panic!("{effects:?}") };
    let effects = reduce(&mut screen, Action::PickedSave { path: "/x.csv".into(), what: what.clone() });
    assert!(matches!(command(&effects), Command::SaveVerification { result: saved, .. } if *saved == result));
    assert!(reduce(&mut screen, Action::CloseDialog).is_empty());
    assert_eq!(screen.dialog, None);
    tell(&mut screen, EventBody::Verified(result));
    assert!(screen.toasts.last().is_some_and(|toast| toast.text.starts_with("It was stopped.")), "without its dialog it is told");
}

#[test]
fn without_a_dialog_it_is_told_where_something_is_saved() {
    let mut screen = moored();
    let what = Save::Verification(Arc::default());
    let effects = reduce(&mut screen, Action::SaveWithoutDialog { path: "/home/anna/x.csv".into(), what });
    assert!(
        matches!(command(&effects), Command::SaveVerification { target, .. } if target.as_path() == std::path::Path::new("/home/anna/x.csv"))
    );
    let toast = screen.toasts.last().unwrap();
    assert!(!toast.is_problem && toast.detail == "It goes to “x.csv” in /home/anna.", "{toast:?}");
}

#[test]
fn a_comparison_needs_a_connection() {
    let mut screen = Screen::default();
    assert!(Verb::Verify.is_enabled(&screen).is_err());
    assert!(act(&mut screen, Verb::Verify).is_empty());
    assert_eq!(screen.dialog, None);
}
