//! Lossless names: bytes outside the charset become private-use code points and go back unchanged.

use std::io;

/// Code point of the undecodable byte 0x80; 0xFF is U+EFFF. The block that MirBSD's OPTU-8 set aside for the same use.
const BLOCK: u32 = 0xEF80;

/// The character that stands for an undecodable byte (0x80 to 0xFF).
fn stand_in(byte: u8) -> char {
    char::from_u32(BLOCK + u32::from(byte) - 0x80).unwrap_or(char::REPLACEMENT_CHARACTER)
}

/// The byte for which a character stands in.
fn original(character: char) -> Option<u8> {
    let offset = u32::from(character).checked_sub(BLOCK)?;
    u8::try_from(offset).ok().filter(|offset| *offset < 0x80).map(|offset| offset + 0x80)
}

/// Reads UTF-8; every byte that is none becomes a private-use character. [`encode`] gives the same bytes back, also where they hold
/// characters of that private block: those are taken apart into their three bytes.
#[must_use]
pub fn decode(bytes: &[u8]) -> String {
    if bytes.is_ascii() {
        return String::from_utf8_lossy(bytes).into_owned();
    }
    let mut text = String::with_capacity(bytes.len() + 8);
    for chunk in bytes.utf8_chunks() {
        for character in chunk.valid().chars() {
            if original(character).is_some() {
                let mut buffer = [0; 4];
                text.extend(character.encode_utf8(&mut buffer).bytes().map(stand_in));
            } else {
                text.push(character);
            }
        }
        text.extend(chunk.invalid().iter().copied().map(stand_in));
    }
    text
}

/// The bytes of a text that [`decode`] made, or that a person typed.
#[must_use]
pub fn encode(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    for character in text.chars() {
        match original(character) {
            Some(byte) => bytes.push(byte),
            None => bytes.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
    bytes
}

/// The charset of names on the wire: UTF-8 that loses nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Lossless;

impl suppaftp::Encoding for Lossless {
    fn decode(&self, bytes: &[u8]) -> String {
        decode(bytes)
    }

    fn encode(&self, text: &str) -> io::Result<Vec<u8>> {
        Ok(encode(text))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn utf8_stays_and_other_bytes_stand_in() {
        assert_eq!(decode("grün.txt".as_bytes()), "grün.txt");
        assert_eq!(decode(b"gr\xFCn"), "gr\u{EFFC}n");
        assert_eq!(encode("gr\u{EFFC}n"), b"gr\xFCn");
    }

    #[test]
    fn a_name_that_holds_the_private_block_goes_back_unchanged() {
        let name = "x\u{EF80}\u{EFFF}y".as_bytes();
        assert_eq!(encode(&decode(name)), name);
    }

    proptest! {
        #[test]
        fn every_byte_goes_back(bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
            prop_assert_eq!(encode(&decode(&bytes)), bytes);
        }

        #[test]
        fn private_characters_between_stray_bytes_go_back(parts in proptest::collection::vec("[\u{EF7F}-\u{F001}]{0,2}", 0..6), stray in 0x80..=0xFF_u8) {
            let mut bytes = Vec::new();
            for part in parts {
                bytes.extend_from_slice(part.as_bytes());
                bytes.push(stray);
            }
            prop_assert_eq!(encode(&decode(&bytes)), bytes);
        }
    }
}
