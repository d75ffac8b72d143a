//! Lies about a folder of small files, whose proofs are gathered: one listing proves all of them, so one lie in it could turn many green.

use std::collections::BTreeMap;

use moorline::model::transfer::Compared;

use super::*;

/// More than are asked for one by one.
const FILES: usize = 8;
/// The file that a lie is about that is not about all.
const ONE: &str = "file 3";

/// What came of the files, by their names.
struct Outcomes {
    states: BTreeMap<String, TransferState>,
    receipts: Vec<Receipt>,
    there: BTreeMap<String, Vec<u8>>,
}

/// The names of all files, each with what is in it.
fn names() -> impl Iterator<Item = (String, Vec<u8>)> {
    (0..FILES).map(|number| (format!("file {number}"), content(number as u64)))
}

fn play(case: Case) -> Outcomes {
    let home = tempfile::tempdir().unwrap();
    let places = Places::in_folder(&home.path().join("home"));
    let folder = home.path().join("files");
    std::fs::create_dir(&folder).unwrap();
    names().for_each(|(name, content)| std::fs::write(folder.join(name), content).unwrap());
    let liar = Liar::start(case.told.lie, &[]);
    let remote = RemotePath::parse("/data").unwrap();
    let job = Job { direction: Direction::Upload, local: folder, remote, on_exists: OnExists::Overwrite };
    let states = run_until(case, &places, liar.port(), job, |engine| {
        let rows = [QueueTab::Done, QueueTab::Failed].into_iter().flat_map(|tab| engine.queue().rows(tab, 0, 100));
        let states: BTreeMap<_, _> = rows
            .filter(|row| row.state.is_final())
            .map(|row| (row.remote.name().unwrap_or_default().to_owned(), row.state))
            .filter(|(name, _)| name != "data")
            .collect();
        (states.len() == FILES).then_some(states)
    });
    let mut receipts = Vec::new();
    receipts::read(&places, ReceiptId(0), |receipt| {
        receipts.push(receipt);
        std::ops::ControlFlow::Continue(())
    })
    .unwrap();
    let there = names().filter_map(|(name, _)| liar.file(&format!("/data/{name}")).map(|bytes| (name, bytes))).collect();
    Outcomes { states, receipts, there }
}

/// Each about all files and about one of them.
fn lies() -> Vec<Told> {
    let short = Lie { bytes: Bytes::Short(1), ..HONEST };
    let unknown = |rows| Lie { size: Size::Unknown, rows, ..HONEST };
    let all = [
        ("short, which the listing shows", short),
        ("short, and the listing does not show it", Lie { rows: Rows::Without, ..short }),
        ("short, and twice in the listing, the true size first", Lie { rows: Rows::Twice(false), ..short }),
        ("short, and twice in the listing, the true size last", Lie { rows: Rows::Twice(true), ..short }),
        ("short, and twice in the listing, and no SIZE", Lie { rows: Rows::Twice(true), size: Size::Unknown, ..short }),
        ("short the other way round, and no SIZE", Lie { rows: Rows::Twice(false), size: Size::Unknown, ..short }),
        ("not kept", Lie { vanishes: true, ..HONEST }),
        ("larger in the listing and by SIZE", Lie { rows: Rows::More, size: Size::More, ..HONEST }),
        ("larger in the listing, and no SIZE", unknown(Rows::More)),
        ("smaller in the listing, and no SIZE", unknown(Rows::Less)),
        ("not in the listing, and no SIZE", unknown(Rows::Without)),
        ("not in the listing, and SIZE refused", Lie { rows: Rows::Without, size: Size::Refused, ..HONEST }),
        ("in the listing under a name of another case", unknown(Rows::OtherCase)),
        ("in the listing without a size", unknown(Rows::NoSizes)),
        ("in the listing with a size that is a word", unknown(Rows::Garbage)),
        ("in the listing as it was long ago", unknown(Rows::Old)),
        ("a folder in the listing, of the right size", unknown(Rows::Folder)),
    ];
    let about_one = all.map(|(name, lie)| (name, Lie { only: Some(ONE), ..lie }));
    let rest = [("the listing breaks off, and says so", unknown(Rows::Truncated)), ("the listing is cut", unknown(Rows::Cut))];
    let told = |(name, lie): (&'static str, Lie)| Told { tls_only: lie.rows == Rows::Cut, ..told(name, Ways::Up, lie) };
    all.into_iter().chain(about_one).chain(rest).map(told).collect()
}

#[test]
fn no_lie_in_the_listing_of_a_folder_turns_one_of_its_files_green() {
    let lies = lies();
    let cases = cases(&lies);
    println!("lies about many files: {} lies, {} cases", lies.len(), cases.len());
    run_with(&cases, play, |case, outcomes| {
        let Told { lie, .. } = case.told;
        for (name, content) in names() {
            let state = &outcomes.states[&name];
            let is_green = matches!(state, TransferState::Done(_));
            let has_receipt = outcomes.receipts.iter().any(|receipt| receipt.remote.name() == Some(name.as_str()));
            // What a listing shows before it breaks off is shown, which the last one never is.
            let is_last = name == format!("file {}", FILES - 1);
            let may_be_green = lie.rows == Rows::Truncated && !is_last && outcomes.there.get(&name) == Some(&content);
            let is_told_of = lie.only.is_none_or(|only| only == name);
            if is_told_of && !may_be_green && (is_green || has_receipt) {
                return Err(format!("{name} turned green: {state:?}"));
            }
            // One liar among many harms nobody else.
            if !is_told_of && (!is_green || !has_receipt || outcomes.there.get(&name) != Some(&content)) {
                return Err(format!("{name} did not arrive: {state:?}"));
            }
        }
        Ok(())
    });
}

#[test]
fn the_same_folder_turns_green_by_one_listing_that_does_not_lie() {
    let truths = [
        told("truth", Ways::Up, HONEST),
        told("no SIZE", Ways::Up, Lie { size: Size::Unknown, ..HONEST }),
        // Nobody asks for it.
        told("a SIZE that lies", Ways::Up, Lie { size: Size::Less, ..HONEST }),
    ];
    run_with(&cases(&truths), play, |_, outcomes| {
        for (name, content) in names() {
            let state = &outcomes.states[&name];
            let is_by_listing = matches!(state, TransferState::Done(proof) if proof.compared == Compared::Listing);
            if !is_by_listing || outcomes.there.get(&name) != Some(&content) {
                return Err(format!("{name}: {state:?}"));
            }
        }
        if outcomes.receipts.len() == FILES { Ok(()) } else { Err(format!("{} receipts", outcomes.receipts.len())) }
    });
}
