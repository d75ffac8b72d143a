//! What a positive closing reply admits in its text: some servers say 226 to a transfer that failed.

use crate::ftp::reply::Reply;

/// Beginnings of words that speak of a failure.
const COMPLAINTS: [&str; 6] = ["abort", "error", "fail", "truncat", "incomplet", "interrupt"];
/// Words before a complaint that take it back: "no errors".
const NEGATIONS: [&str; 5] = ["no", "0", "without", "zero", "not"];

/// The word of a positive reply that speaks of a failure, if there is one. The file's own name does not count, nor do paths and
/// quoted texts.
pub(crate) fn complaint(reply: &Reply, name: &str) -> Option<String> {
    let text = reply.text().to_lowercase();
    let name = name.to_lowercase();
    let file = name.rsplit('/').next().unwrap_or_default();
    let mut text = unquoted(&text);
    for part in [name.as_str(), file] {
        text = without_word(&text, part);
    }
    let words: Vec<&str> = text.split_whitespace().collect();
    let trim = |word: &&str| word.trim_matches(|c: char| !c.is_alphanumeric() && c != '/' && c != '\\').to_owned();
    let words: Vec<String> = words.iter().map(trim).collect();
    let mut before = "";
    for (index, word) in words.iter().enumerate() {
        let speaks = COMPLAINTS.iter().any(|complaint| word.starts_with(complaint)) && !word.contains(['/', '\\', '.']);
        let counted_none = words.get(index + 1).is_some_and(|after| after == "0");
        if speaks && !NEGATIONS.contains(&before) && !counted_none {
            return Some(word.clone());
        }
        before = word;
    }
    None
}

/// Whether a listing's closing reply says that rows are missing (pure-ftpd: "Output truncated to 10000 matches").
pub(crate) fn truncation(reply: &Reply) -> Option<String> {
    let text = reply.text();
    text.to_lowercase().contains("truncat").then_some(text)
}

/// The text without `part` wherever it stands alone.
fn without_word(text: &str, part: &str) -> String {
    let is_letter = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    let mut kept = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(part).filter(|_| !part.is_empty()) {
        kept.push_str(before);
        let alone = !is_letter(kept.chars().next_back()) && !is_letter(after.chars().next());
        kept.push_str(if alone { " " } else { part });
        rest = after;
    }
    kept + rest
}

/// The text without what stands in double quotes.
fn unquoted(text: &str) -> String {
    if text.matches('"').count() < 2 {
        return text.to_owned();
    }
    text.split('"').step_by(2).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(line: &str, name: &str) -> Option<String> {
        complaint(&Reply { code: 226, lines: vec![line.as_bytes().to_vec()] }, name)
    }

    #[test]
    fn failures_are_heard_and_names_are_not() {
        let table = [
            ("226 Transfer complete.", "/a", None),
            ("226 Transfer aborted. Data connection closed.", "/a", Some("aborted")),
            ("226 Abort successful", "/a", Some("abort")),
            ("226 Closing data connection; error writing file", "/a", Some("error")),
            ("226 Transfer complete, 0 errors", "/a", None),
            ("226 done (errors: 0)", "/a", None),
            ("226 Transfer complete without error.", "/a", None),
            ("226 error.log stored", "/var/error.log", None),
            ("226 stored \"failed things\"", "/x", None),
            ("250 /srv/errors/x received", "/errors/x", None),
            // A file of that very name hides the word.
            ("226 error saving error", "/error", None),
            ("226 Output truncated to 10000 matches", "", Some("truncated")),
        ];
        for (line, name, expected) in table {
            assert_eq!(of(line, name).as_deref(), expected, "{line}");
        }
    }

    #[test]
    fn a_truncated_listing_is_told() {
        let reply =
            Reply { code: 226, lines: vec![b"226-Options: -l".to_vec(), b"226 Output truncated to 10000 matches".to_vec()] };
        assert_eq!(truncation(&reply).as_deref(), Some("Options: -l Output truncated to 10000 matches"));
        assert_eq!(truncation(&Reply { code: 226, lines: vec![b"226 Transfer complete".to_vec()] }), None);
    }
}
