//! Keeps a password out of what the server says back.

/// Replaces a secret. A short one only where it stands alone: masked in the middle of words it would give itself away.
pub fn mask(bytes: &[u8], secret: &[u8]) -> Vec<u8> {
    let mut masked = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some((first, after)) = rest.split_first() {
        if let Some(behind) = rest.strip_prefix(secret) {
            let is_word = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphanumeric);
            if secret.len() >= 4 || !(is_word(masked.last()) || is_word(behind.first())) {
                masked.extend_from_slice(b"****");
                rest = behind;
                continue;
            }
        }
        masked.push(*first);
        rest = after;
    }
    masked
}

#[cfg(test)]
mod tests {
    use super::mask;

    #[test]
    fn secrets_are_masked_and_short_ones_only_alone() {
        let table = [
            ("530 anna/hunter2 is wrong", "hunter2", "530 anna/**** is wrong"),
            ("xhunter2hunter2y", "hunter2", "x********y"),
            ("530 abc abcd \"abc\"", "abc", "530 **** abcd \"****\""),
            ("nothing", "hunter2", "nothing"),
        ];
        for (line, secret, masked) in table {
            assert_eq!(String::from_utf8(mask(line.as_bytes(), secret.as_bytes())).unwrap(), masked);
        }
    }
}
