//! A report as text to copy and as JSON.

use std::fmt::Write;

use serde_json::{Value, json};

use crate::model::diagnosis::{Outcome, Report, Verdict};

/// What stands for a name or secret that is left out.
const HIDDEN: &str = "****";

impl Report {
    /// The conclusion, then the steps, as plain text.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = format!("{}\n", self.conclusion.headline());
        if !self.conclusion.advice().is_empty() {
            text.push_str(self.conclusion.advice());
            text.push('\n');
        }
        // Writing to a String cannot fail.
        let _ = write!(text, "\n{}: {}\n", self.server, outcome_words(self.conclusion.outcome));
        for step in &self.steps {
            let took = if step.verdict() == Verdict::Skipped { String::new() } else { format!("{} ms", step.took.as_millis()) };
            let _ = writeln!(text, "  {:<8} {:<18} {took:>8}  {}", mark(step.verdict()), step.name.title(), step.words);
            if !step.advice().is_empty() && step.finding != self.conclusion.finding {
                let _ = writeln!(text, "{:40}{}", "", step.advice());
            }
        }
        text
    }

    /// The same for programs.
    #[must_use]
    pub fn json(&self) -> Value {
        let steps: Vec<Value> = self
            .steps
            .iter()
            .map(|step| {
                json!({
                    "name": step.name,
                    "verdict": step.verdict(),
                    "finding": step.finding,
                    "took_ms": u64::try_from(step.took.as_millis()).unwrap_or(u64::MAX),
                    "words": step.words,
                    "advice": step.advice(),
                })
            })
            .collect();
        json!({
            "server": self.server,
            "conclusion": {
                "outcome": self.conclusion.outcome,
                "finding": self.conclusion.finding,
                "headline": self.conclusion.headline(),
                "advice": self.conclusion.advice(),
            },
            "steps": steps,
        })
    }
}

fn mark(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Ok => "ok",
        Verdict::Warning => "warning",
        Verdict::Failed => "FAILED",
        Verdict::Skipped => "skipped",
    }
}

fn outcome_words(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Fine => "everything is fine",
        Outcome::Impaired => "a session comes about, with faults",
        Outcome::NoSession => "no session comes about",
    }
}

/// Takes `hidden` out of a text, in capitals or small letters: long ones everywhere, short ones where they stand alone.
pub(super) fn redacted(text: &str, hidden: &[&str]) -> String {
    let mut hidden: Vec<&str> = hidden.iter().copied().filter(|word| !word.is_empty()).collect();
    // A name that holds another one is taken out first.
    hidden.sort_by_key(|word| std::cmp::Reverse(word.len()));
    hidden.iter().fold(text.to_owned(), |text, word| without(&text, word))
}

fn without(text: &str, word: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let found = rest.split_at_checked(word.len()).filter(|(start, _)| start.eq_ignore_ascii_case(word));
        if let Some((_, behind)) = found {
            let is_alone = !clean.chars().next_back().is_some_and(char::is_alphanumeric)
                && !behind.chars().next().is_some_and(char::is_alphanumeric);
            if is_alone || word.chars().count() >= 4 {
                clean.push_str(HIDDEN);
                rest = behind;
                continue;
            }
        }
        clean.push(first);
        rest = rest.get(first.len_utf8()..).unwrap_or_default();
    }
    clean
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::model::diagnosis::{Finding, Step, StepName};

    #[test]
    fn names_and_secrets_are_taken_out() {
        let table = [
            ("331 Password required for ANNA.", "331 Password required for ****."),
            ("/home/anna/x, hunter2anna", "/home/****/x, ********"),
            ("bo, about bo", "****, about ****"),
            ("größe bo", "größe ****"),
        ];
        for (text, clean) in table {
            assert_eq!(redacted(text, &["anna", "", "hunter2", "bo"]), clean);
        }
    }

    #[test]
    fn text_and_json_begin_with_the_conclusion() {
        let step = Step {
            name: StepName::Name,
            finding: Finding::NameUnknown,
            took: Duration::from_millis(7),
            words: "no.invalid has no address.".to_owned(),
        };
        let report = Report::new("no.invalid:21".to_owned(), vec![step], &[]);
        let text = report.text();
        assert!(text.starts_with(Finding::NameUnknown.headline()), "{text}");
        assert!(text.contains("FAILED   Host name              7 ms  no.invalid has no address."), "{text}");
        let json = report.json();
        assert_eq!(json["conclusion"]["outcome"], "no-session");
        assert_eq!(json["conclusion"]["finding"], "name-unknown");
        assert_eq!((&json["steps"][0]["name"], &json["steps"][0]["verdict"]), (&"name".into(), &"failed".into()));
        assert_eq!(json["steps"][0]["took_ms"], 7);
        assert_eq!(json["steps"][1]["verdict"], "skipped");
    }
}
