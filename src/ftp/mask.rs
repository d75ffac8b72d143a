//! Keeps a password out of what the server says back.

/// Replaces a secret, also where it is percent-encoded as in a URL. A short one only where it stands alone: masked in the middle of words it would give itself away.
pub fn mask(bytes: &[u8], secret: &[u8]) -> Vec<u8> {
    let mut masked = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some((first, after)) = rest.split_first() {
        if let Some(behind) = rest.strip_prefix(secret).or_else(|| behind_encoded(rest, secret)) {
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

/// What follows the secret where some of its bytes are percent-encoded.
fn behind_encoded<'a>(mut rest: &'a [u8], secret: &[u8]) -> Option<&'a [u8]> {
    for byte in secret {
        rest = match rest {
            [b'%', high, low, behind @ ..] if encodes(*high, *low, *byte) => behind,
            [first, behind @ ..] if first == byte => behind,
            _ => return None,
        };
    }
    Some(rest)
}

fn encodes(high: u8, low: u8, byte: u8) -> bool {
    let digit = |digit: u8| char::from(digit).to_digit(16);
    digit(high) == Some(u32::from(byte >> 4)) && digit(low) == Some(u32::from(byte & 15))
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
            ("530 ftp://a:hunter2%2Bx@h", "hunter2+x", "530 ftp://a:****@h"),
            ("530 %68unter2%2bx", "hunter2+x", "530 ****"),
            ("530 5%25 off, 5% off", "5% off", "530 ****, ****"),
            ("530 100%25x", "%25x", "530 100****"),
            ("530 %2", "%2B", "530 %2"),
        ];
        for (line, secret, masked) in table {
            assert_eq!(String::from_utf8(mask(line.as_bytes(), secret.as_bytes())).unwrap(), masked);
        }
    }
}
