//! `moorline classify`: what a reply means, one JSON object a line in, one a line out.

use std::io::{self, BufRead, Write};

use serde::{Deserialize, Serialize};

use crate::model::goodbye::{Heard, Known, State, classify};

/// A longer line is refused, so that no input can fill the memory.
const LONGEST_LINE: usize = 1 << 20;

#[derive(Deserialize)]
struct Question {
    code: u16,
    lines: Vec<String>,
    state: String,
    #[serde(default)]
    quit_sent: bool,
}

#[derive(Serialize)]
struct Answer {
    cause: &'static str,
    certainty: &'static str,
    number: Option<u64>,
    unit: Option<&'static str>,
    plan: &'static str,
    /// Seconds that belong to the plan `wait-and-retry` or `stay-away`.
    #[serde(skip_serializing_if = "Option::is_none")]
    wait_seconds: Option<u32>,
}

#[derive(Serialize)]
struct Refusal {
    error: String,
}

/// Answers every line of `input`; a line that cannot be read is answered with `{"error": …}`, and the next one follows.
///
/// Each object has `code`, `lines` (with or without their codes), `state` (greeting, login, command, idle, transfer, after-quit) and
/// `quit_sent` (false when absent); other fields are ignored, empty lines skipped.
///
/// # Errors
/// Reading or writing failed.
pub fn run(mut input: impl BufRead, mut output: impl Write) -> io::Result<()> {
    let mut line = Vec::new();
    loop {
        line.clear();
        if input.read_until(b'\n', &mut line)? == 0 {
            return output.flush();
        }
        if line.trim_ascii().is_empty() {
            continue;
        }
        match answer(&line) {
            Ok(answer) => serde_json::to_writer(&mut output, &answer)?,
            Err(error) => serde_json::to_writer(&mut output, &Refusal { error })?,
        }
        output.write_all(b"\n")?;
    }
}

fn answer(line: &[u8]) -> Result<Answer, String> {
    if line.len() > LONGEST_LINE {
        return Err("the line is longer than one megabyte".into());
    }
    let question: Question = serde_json::from_slice(line).map_err(|error| error.to_string())?;
    let state: State = question.state.parse().map_err(|error| format!("{error}"))?;
    let heard =
        Heard { code: question.code, lines: &question.lines, state, quit_sent: question.quit_sent, known: Known::default() };
    let verdict = classify(&heard);
    Ok(Answer {
        cause: verdict.cause.name(),
        certainty: verdict.certainty.name(),
        number: verdict.number,
        unit: verdict.unit.map(|unit| unit.name()),
        plan: verdict.plan.name(),
        wait_seconds: verdict.plan.wait_seconds(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answers(input: &str) -> Vec<serde_json::Value> {
        let mut output = Vec::new();
        run(input.as_bytes(), &mut output).unwrap();
        String::from_utf8(output).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    #[test]
    fn a_line_in_is_a_line_out_and_a_bad_one_ends_nothing() {
        let all = answers(concat!(
            r#"{"code": 421, "lines": ["421 Timeout (900 seconds): closing control connection."], "state": "idle", "quit_sent": false, "x": 1}"#,
            "\n\nnot json\n",
            r#"{"code": 221, "lines": ["221 Goodbye."], "state": "somewhere"}"#,
            "\n",
            r#"{"code": 221, "lines": ["221 Goodbye."], "state": "command", "quit_sent": true}"#,
        ));
        assert_eq!(all.len(), 4);
        assert_eq!(all[0]["cause"], "idle-timeout");
        assert_eq!((all[0]["number"].as_u64(), all[0]["unit"].as_str()), (Some(900), Some("seconds")));
        assert_eq!(all[0]["plan"], "reconnect-now");
        assert!(all[1]["error"].is_string() && all[2]["error"].as_str().unwrap().contains("somewhere"));
        assert_eq!(all[3]["cause"], "goodbye-to-quit");
        assert_eq!(all[3]["plan"], "done");
    }
}
