//! A server's lines as text that words can be looked up in, whatever bytes they came in.

use encoding_rs::{
    BIG5, EUC_JP, EUC_KR, Encoding, GBK, IBM866, ISO_8859_2, ISO_8859_5, ISO_8859_7, KOI8_U, SHIFT_JIS, WINDOWS_1250, WINDOWS_1251,
    WINDOWS_1252, WINDOWS_1254,
};

use super::words;

/// Tried when the bytes are not UTF-8. Of readings that say the same, the first is taken.
const ENCODINGS: [&Encoding; 14] = [
    WINDOWS_1252,
    WINDOWS_1250,
    ISO_8859_2,
    WINDOWS_1254,
    GBK,
    BIG5,
    SHIFT_JIS,
    EUC_JP,
    EUC_KR,
    KOI8_U,
    WINDOWS_1251,
    IBM866,
    ISO_8859_5,
    ISO_8859_7,
];

/// A text in two forms: for numbers, and for words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Reading {
    /// Small letters without accents, codes taken off, signs kept, lines joined by line ends.
    pub(super) plain: String,
    /// Letters and digits only, one blank between words and at both ends.
    words: String,
}

impl Reading {
    /// The most telling reading of these lines.
    pub(super) fn of<L: AsRef<[u8]>>(code: u16, lines: &[L]) -> Self {
        let bytes: Vec<&[u8]> = lines.iter().map(AsRef::as_ref).collect();
        let utf8: Option<Vec<&str>> = bytes.iter().map(|line| std::str::from_utf8(line).ok()).collect();
        if let Some(lines) = utf8 {
            return Self::of_text(code, lines.into_iter());
        }
        let mut best: Option<(usize, Self)> = None;
        for encoding in ENCODINGS {
            let texts: Vec<String> = bytes.iter().map(|line| decode(encoding, line)).collect();
            let reading = Self::of_text(code, texts.iter().map(String::as_str));
            let weight = reading.weight();
            if best.as_ref().is_none_or(|(known, _)| weight > *known) {
                best = Some((weight, reading));
            }
        }
        best.map_or_else(|| Self::of_text(code, std::iter::empty()), |(_, reading)| reading)
    }

    fn of_text<'a>(code: u16, lines: impl Iterator<Item = &'a str>) -> Self {
        let plain: Vec<String> = lines.map(|line| fold(without_code(code, line))).collect();
        let plain = plain.join("\n");
        let words = words_of(&plain);
        Self { plain, words }
    }

    /// Whether one of these word patterns occurs.
    pub(super) fn says(&self, patterns: &[&str]) -> bool {
        patterns.iter().any(|pattern| self.holds(pattern))
    }

    /// The readings of the single lines.
    pub(super) fn lines(&self) -> impl Iterator<Item = Self> {
        self.plain.lines().map(|line| Self { plain: line.to_owned(), words: words_of(line) })
    }

    /// Whether there are no words at all.
    pub(super) fn is_silent(&self) -> bool {
        !self.words.contains(char::is_alphabetic)
    }

    /// The same without these words.
    pub(super) fn without(&self, phrases: &[&str]) -> Self {
        let mut words = self.words.clone();
        for phrase in phrases {
            words = words.replace(phrase, "");
        }
        Self { plain: self.plain.clone(), words }
    }

    /// Whether these are all the words.
    pub(super) fn is_only(&self, words: &str) -> bool {
        self.words.trim() == words
    }

    fn holds(&self, pattern: &str) -> bool {
        pattern.split('+').all(|part| self.words.contains(part))
    }

    /// How much of it is known words: letters outside ASCII count more, since only the right charset gives them.
    fn weight(&self) -> usize {
        let pattern_weight = |pattern: &&str| pattern.chars().map(|c| if c.is_ascii() { 1 } else { 4 }).sum::<usize>();
        words::ALL.iter().map(|list| list.iter().filter(|pattern| self.holds(pattern)).map(pattern_weight).max().unwrap_or(0)).sum()
    }
}

/// The lines as a person may read them, in the charset that makes most sense, codes taken off.
pub(super) fn readable<L: AsRef<[u8]>>(code: u16, lines: &[L]) -> Option<String> {
    let utf8: Option<Vec<&str>> = lines.iter().map(|line| std::str::from_utf8(line.as_ref()).ok()).collect();
    let texts: Vec<String> = match utf8 {
        Some(lines) => lines.into_iter().map(str::to_owned).collect(),
        None => {
            let best = ENCODINGS.iter().rev().max_by_key(|encoding| {
                let texts: Vec<String> = lines.iter().map(|line| decode(encoding, line.as_ref())).collect();
                Reading::of_text(code, texts.iter().map(String::as_str)).weight()
            });
            lines.iter().map(|line| decode(best.copied().unwrap_or(WINDOWS_1252), line.as_ref())).collect()
        }
    };
    let tidy = |text: &String| {
        let text: String = without_code(code, text).chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        text.trim().to_owned()
    };
    let texts: Vec<String> = texts.iter().map(tidy).filter(|text| !text.is_empty()).collect();
    Some(texts.join(" ")).filter(|text| !text.is_empty())
}

fn decode(encoding: &'static Encoding, bytes: &[u8]) -> String {
    encoding.decode_without_bom_handling(bytes).0.into_owned()
}

fn without_code(code: u16, line: &str) -> &str {
    let code = code.to_string();
    match line.strip_prefix(code.as_str()) {
        Some(rest) => rest.strip_prefix(['-', ' ']).unwrap_or(rest),
        None => line,
    }
}

/// Small letters, accents off, full-width signs as ASCII.
fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars().flat_map(char::to_lowercase) {
        match c {
            '\u{300}'..='\u{36f}' => {}
            'à'..='å' | 'ā' | 'ă' | 'ą' => out.push('a'),
            'æ' => out.push_str("ae"),
            'ç' | 'ć' | 'č' => out.push('c'),
            'ď' | 'đ' | 'ð' => out.push('d'),
            'è'..='ë' | 'ē' | 'ė' | 'ę' | 'ě' => out.push('e'),
            'ğ' => out.push('g'),
            'ì'..='ï' | 'ī' | 'į' | 'ı' => out.push('i'),
            'ľ' | 'ł' | 'ĺ' => out.push('l'),
            'ñ' | 'ń' | 'ň' => out.push('n'),
            'ò'..='ö' | 'ø' | 'ő' | 'ō' => out.push('o'),
            'œ' => out.push_str("oe"),
            'ŕ' | 'ř' => out.push('r'),
            'ś' | 'š' | 'ş' | 'ș' => out.push('s'),
            'ß' => out.push_str("ss"),
            'ť' | 'ţ' | 'ț' => out.push('t'),
            'ù'..='ü' | 'ű' | 'ū' | 'ů' => out.push('u'),
            'ý' | 'ÿ' => out.push('y'),
            'ź' | 'ż' | 'ž' => out.push('z'),
            'ё' => out.push('е'),
            '\u{3000}' => out.push(' '),
            // Full-width forms lie at a fixed distance from ASCII.
            '\u{ff01}'..='\u{ff5e}' => out.extend(char::from_u32(u32::from(c) - 0xfee0)),
            _ => out.push(c),
        }
    }
    out
}

/// Letters and digits, one blank between words; addresses of pages and mail boxes are no words.
fn words_of(plain: &str) -> String {
    let mut out = String::with_capacity(plain.len() + 2);
    out.push(' ');
    let is_word = |token: &&str| !token.contains("://") && !token.trim_matches(|c: char| !c.is_alphanumeric()).contains('@');
    for token in plain.split_whitespace().filter(is_word) {
        let mut last: Option<char> = None;
        for c in token.chars() {
            if !c.is_alphanumeric() {
                last = None;
                if !out.ends_with(' ') {
                    out.push(' ');
                }
                continue;
            }
            // Chinese and Japanese write no blank before `IP` or a number.
            if last.is_some_and(|last| is_wide(last) != is_wide(c)) {
                out.push(' ');
            }
            out.push(c);
            last = Some(c);
        }
        if !out.ends_with(' ') {
            out.push(' ');
        }
    }
    out
}

fn is_wide(c: char) -> bool {
    c >= '\u{2e80}'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pattern_is_in_the_form_that_texts_are_given() {
        for part in words::ALL.iter().copied().flatten().flat_map(|pattern| pattern.split('+')) {
            let formed = words_of(&fold(part));
            assert!(part.is_empty() || formed.contains(part), "{part:?} never matches: {formed:?}");
        }
    }

    #[test]
    fn bytes_are_read_in_the_charset_that_makes_sense() {
        let table: [(&Encoding, &str, &[&str]); 7] = [
            (KOI8_U, "421 Слишком много соединений с этого IP", words::MANY),
            (WINDOWS_1251, "421 Превышено время ожидания", words::TIMEOUT),
            (GBK, "421 空闲超时", words::IDLE),
            (BIG5, "421 閒置逾時", words::IDLE),
            (SHIFT_JIS, "421 接続が多すぎます", words::MANY),
            (ISO_8859_2, "421 Zbyt wiele połączeń", words::CONNECTION),
            (WINDOWS_1252, "421 Zeitüberschreitung", words::TIMEOUT),
        ];
        for (encoding, text, list) in table {
            let bytes = encoding.encode(text).0;
            assert!(std::str::from_utf8(&bytes).is_err());
            assert!(Reading::of(421, &[&bytes]).says(list), "{text}");
            assert_eq!(readable(421, &[&bytes]).as_deref(), text.strip_prefix("421 "), "{}", encoding.name());
        }
    }

    #[test]
    fn codes_addresses_and_signs_are_no_words() {
        let reading = Reading::of(421, &["421-Time-out: see http://idle.example.org/", "421 "]);
        assert_eq!(reading.words, " time out see ");
        assert!(!Reading::of(421, &["421 "]).says(words::ALL.concat().as_slice()));
        assert!(Reading::of(421, &["421 "]).is_silent());
    }
}
