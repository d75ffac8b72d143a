//! Every stage of a session × every fault × plain and TLS × browsing, upload, download: each ends in the state that is stated here, with the queue intact.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

#[path = "fault_matrix/client.rs"]
mod client;
#[path = "fault_matrix/expected.rs"]
mod expected;
mod support;

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use client::{Mode, Outcome};
use expected::expected;
use support::harbour::{Stage, Strike};

/// Cases that are under way at once: most of them wait for a timeout of the client's.
const AT_ONCE: usize = 24;

/// One cell of the matrix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Case {
    pub mode: Mode,
    pub tls: bool,
    pub stage: Stage,
    pub strike: Strike,
}

/// The cells that make sense.
fn cases(mode: Mode, tls: bool) -> Vec<Case> {
    let mut cases = Vec::new();
    for stage in Stage::ALL {
        for strike in Strike::ALL {
            let exists = match stage {
                stage if strike == Strike::ControlFin => stage.moves_data(),
                Stage::Auth => tls,
                // A transfer connection asks for no features and no folder, and enters none.
                Stage::Feat | Stage::Pwd | Stage::Cwd => mode == Mode::Browse,
                // What is said in place of the 150 is the next stage's.
                Stage::DataConnect => {
                    !matches!(strike, Strike::HalfLine | Strike::Garbage | Strike::Stray | Strike::Endless | Strike::Drips)
                }
                _ => true,
            };
            if exists {
                cases.push(Case { mode, tls, stage, strike });
            }
        }
    }
    cases
}

/// Runs the cells, a few at a time, and compares what came of each with what is stated.
fn run(mode: Mode, tls: bool) {
    let cases = cases(mode, tls);
    let next = AtomicUsize::new(0);
    let results: Mutex<Vec<(Case, Result<Outcome, String>)>> = Mutex::default();
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                while let Some(case) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let outcome = std::panic::catch_unwind(|| client::play(*case)).map_err(|panic| {
                        let words = panic.downcast_ref::<String>().cloned();
                        words.or_else(|| panic.downcast_ref::<&str>().map(ToString::to_string)).unwrap_or_default()
                    });
                    results.lock().unwrap().push((*case, outcome));
                }
            });
        }
    });
    let results = results.into_inner().unwrap();
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    let mut wrong = Vec::new();
    for (case, outcome) in &results {
        match outcome {
            Ok(outcome) if expected(*case) == *outcome => *counts.entry(format!("{outcome:?}")).or_default() += 1,
            Ok(outcome) => wrong.push(format!("{case:?}: {outcome:?}, not {:?}", expected(*case))),
            Err(words) => wrong.push(format!("{case:?}: {words}")),
        }
    }
    println!("fault matrix, {mode:?} {}: {} cases: {counts:?}", if tls { "under TLS" } else { "plain" }, results.len());
    assert_eq!(results.len(), cases.len());
    assert!(wrong.is_empty(), "{} of {} cases:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

#[test]
fn browsing_plain() {
    run(Mode::Browse, false);
}

#[test]
fn browsing_under_tls() {
    run(Mode::Browse, true);
}

#[test]
fn uploads_plain() {
    run(Mode::Upload, false);
}

#[test]
fn uploads_under_tls() {
    run(Mode::Upload, true);
}

#[test]
fn downloads_plain() {
    run(Mode::Download, false);
}

#[test]
fn downloads_under_tls() {
    run(Mode::Download, true);
}

#[test]
fn the_matrix_has_its_size() {
    let all: usize = [Mode::Browse, Mode::Upload, Mode::Download]
        .into_iter()
        .flat_map(|mode| [false, true].map(|tls| cases(mode, tls).len()))
        .sum();
    println!("fault matrix: {all} cases");
    assert!(all >= 500, "{all} cases");
}
