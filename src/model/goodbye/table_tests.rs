//! Two tables of replies: real ones with their causes, and further ones written from memory.

use std::collections::BTreeSet;

use encoding_rs::{
    BIG5, EUC_JP, EUC_KR, Encoding, GBK, IBM866, ISO_8859_2, KOI8_U, SHIFT_JIS, WINDOWS_1250, WINDOWS_1251, WINDOWS_1252,
    WINDOWS_1254,
};
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

#[test]
fn replies_from_memory_are_understood() {
    let (wrong, cases, causes) = run(include_str!("../../../tests/data/replies-from-memory.jsonl"));
    println!("{cases} cases, {causes} causes, {} wrong", wrong.len());
    assert!(wrong.is_empty(), "{} of {cases} wrong:\n{}", wrong.len(), wrong.join("\n"));
    assert!(cases >= 150 && causes >= 19);
}

/// The charsets that servers of this language use for such a text, as far as they can write it.
fn charsets(text: &str) -> Vec<&'static Encoding> {
    let has = |range: std::ops::RangeInclusive<char>| text.chars().any(|c| range.contains(&c));
    if has('\u{3040}'..='\u{30ff}') {
        vec![SHIFT_JIS, EUC_JP]
    } else if has('\u{ac00}'..='\u{d7a3}') {
        vec![EUC_KR]
    } else if has('\u{4e00}'..='\u{9fff}') {
        vec![GBK, BIG5]
    } else if has('\u{400}'..='\u{4ff}') {
        vec![KOI8_U, WINDOWS_1251, IBM866]
    } else {
        vec![WINDOWS_1252, WINDOWS_1250, ISO_8859_2, WINDOWS_1254]
    }
}

#[test]
fn replies_in_old_charsets_are_understood_as_well() {
    let tables = [include_str!("../../../tests/data/replies.jsonl"), include_str!("../../../tests/data/replies-from-memory.jsonl")];
    let (mut tried, mut wrong) = (0, Vec::new());
    for case in tables.iter().flat_map(|table| table.lines()).map(|line| serde_json::from_str::<Case>(line).unwrap()) {
        let text = case.lines.join("\n");
        if text.is_ascii() {
            continue;
        }
        for encoding in charsets(&text) {
            let (bytes, _, has_gaps) = encoding.encode(&text);
            if has_gaps {
                continue;
            }
            let lines: Vec<&[u8]> = bytes.split(|byte| *byte == b'\n').collect();
            let state = case.state.parse().unwrap();
            let verdict = classify(&Heard { code: case.code, lines: &lines, state, quit_sent: false, known: Known::default() });
            tried += 1;
            if (verdict.cause.name(), verdict.number) != (case.cause.as_str(), case.number) {
                wrong.push(format!("{} {text}\n    found {:?}", encoding.name(), verdict));
            }
        }
    }
    println!("{tried} texts in old charsets, {} wrong", wrong.len());
    assert!(wrong.is_empty(), "{} of {tried} wrong:\n{}", wrong.len(), wrong.join("\n"));
    assert!(tried > 100);
}
