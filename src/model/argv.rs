//! A program and its arguments as a person types them into one line. No shell reads it: only blanks and quotes mean something.

/// Splits a line at blanks; what stands between quotes, single or double, stays together and is taken as it is.
///
/// # Errors
/// A quote that is not closed, in a person's words.
pub fn split(line: &str) -> Result<Vec<String>, String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    for letter in line.chars() {
        match (quote, letter) {
            (Some(open), letter) if letter == open => quote = None,
            (Some(_), letter) => word.get_or_insert_default().push(letter),
            (None, '"' | '\'') => {
                quote = Some(letter);
                // Quotes with nothing between them are an argument too.
                word.get_or_insert_default();
            }
            (None, letter) if letter.is_whitespace() => words.extend(word.take()),
            (None, letter) => word.get_or_insert_default().push(letter),
        }
    }
    match quote {
        Some(open) => Err(format!("The quote {open} is not closed.")),
        None => {
            words.extend(word);
            Ok(words)
        }
    }
}

/// The line that [`split`] makes these words of.
#[must_use]
pub fn join(words: &[String]) -> String {
    let quoted = |word: &String| {
        if word.is_empty() || word.contains(|c: char| c.is_whitespace() || c == '"' || c == '\'') {
            quote(word)
        } else {
            word.clone()
        }
    };
    words.iter().map(quoted).collect::<Vec<_>>().join(" ")
}

/// The word between quotes that it does not hold itself; one that holds both kinds changes them where they occur.
fn quote(word: &str) -> String {
    let mut line = String::new();
    let mut rest = word;
    loop {
        let mark = if rest.starts_with('"') { '\'' } else { '"' };
        let end = rest.find(mark).unwrap_or(rest.len());
        let (part, later) = rest.split_at(end);
        line.extend([mark]);
        line.push_str(part);
        line.extend([mark]);
        if later.is_empty() {
            return line;
        }
        rest = later;
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn blanks_part_and_quotes_keep_together() {
        for (line, words) in [
            ("", &[][..]),
            ("  backup.sh  ", &["backup.sh"]),
            ("rsync -a \"my files\" host:", &["rsync", "-a", "my files", "host:"]),
            ("say 'it is \"done\"'", &["say", "it is \"done\""]),
            ("a\"b c\"d ''", &["ab cd", ""]),
            (r"C:\Tools\run.exe $HOME *", &[r"C:\Tools\run.exe", "$HOME", "*"]),
        ] {
            assert_eq!(split(line).unwrap(), words, "{line}");
        }
        assert_eq!(split("say \"done").unwrap_err(), "The quote \" is not closed.");
    }

    proptest! {
        #[test]
        fn what_is_joined_is_split_into_the_same(words in prop::collection::vec("[a-z\"' \\\\$]{0,6}", 0..5)) {
            prop_assert_eq!(split(&join(&words)).unwrap(), words);
        }
    }
}
