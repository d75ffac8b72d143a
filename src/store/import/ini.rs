//! INI files as Windows programs write them: sections, and lines of `name=value` without quotes.

/// A section with its lines, in the file's order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Section<'a> {
    /// What stands between the brackets.
    pub name: &'a str,
    lines: Vec<(&'a str, &'a str)>,
}

impl<'a> Section<'a> {
    /// A value by its name, in any case; the last where it is named twice.
    pub(super) fn get(&self, name: &str) -> Option<&'a str> {
        self.lines.iter().rev().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| *value)
    }
}

/// Reads a text; lines that are neither a section nor a value are passed over.
pub(super) fn sections(text: &str) -> Vec<Section<'_>> {
    let mut sections: Vec<Section<'_>> = Vec::new();
    for line in text.lines().map(str::trim) {
        if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            sections.push(Section { name, lines: Vec::new() });
        } else if let Some((name, value)) = line.split_once('=').filter(|_| !line.starts_with(';'))
            && let Some(section) = sections.last_mut()
        {
            section.lines.push((name.trim_end(), value.trim_start()));
        }
    }
    sections
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sections_and_values_are_told_apart() {
        let text = "lost=1\r\n[A]\r\nOne=1\r\n; Two=2\r\nthree = a = b \r\nONE=last\r\nnothing\r\n\r\n[B [x]]\nOne=\n[C";
        let found = sections(text);
        assert_eq!(found.iter().map(|section| section.name).collect::<Vec<_>>(), ["A", "B [x]"]);
        assert_eq!(found[0].get("one"), Some("last"));
        assert_eq!(found[0].get("Three"), Some("a = b"));
        assert_eq!(found[0].get("two"), None);
        assert_eq!(found[1].get("One"), Some(""));
    }
}
