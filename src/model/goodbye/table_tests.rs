//! Two tables of replies: real ones with their causes, and further ones written from memory.

use std::collections::BTreeSet;

use serde::Deserialize;

use super::{Heard, Known, classify};

#[derive(Deserialize)]
struct Case {
    code: u16,
    lines: Vec<String>,
    state: String,
    cause: String,
    number: Option<u64>,
    unit: Option<String>,
}

/// The cases of a table that do not come out as stated, and how many cases and causes there are.
fn run(table: &str) -> (Vec<String>, usize, usize) {
    let cases: Vec<Case> = table.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let causes: BTreeSet<&str> = cases.iter().map(|case| case.cause.as_str()).collect();
    let mut wrong = Vec::new();
    for case in &cases {
        let state = case.state.parse().unwrap();
        let heard = Heard { code: case.code, lines: &case.lines, state, quit_sent: false, known: Known::default() };
        let verdict = classify(&heard);
        let found = (verdict.cause.name(), verdict.number, verdict.unit.map(|unit| unit.name()));
        let expected = (case.cause.as_str(), case.number, case.unit.as_deref());
        if found != expected {
            wrong.push(format!(
                "{} {:?}\n    expected {expected:?}\n    found    {found:?} {:?}",
                case.state, case.lines, verdict.certainty
            ));
        }
    }
    (wrong, cases.len(), causes.len())
}

#[test]
fn real_replies_are_understood() {
    let (wrong, cases, causes) = run(include_str!("../../../tests/data/replies.jsonl"));
    println!("{cases} cases, {causes} causes, {} wrong", wrong.len());
    assert!(wrong.is_empty(), "{} of {cases} wrong:\n{}", wrong.len(), wrong.join("\n"));
    assert_eq!((cases, causes), (199, 20));
}
