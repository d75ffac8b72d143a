//! Line ends between this machine and the wire of TYPE A, which has CR LF (RFC 959 §3.1.1.1).

/// What a text amounts to in its two forms, in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sizes {
    /// On the wire: each line ends with CR LF.
    pub wire: u64,
    /// With LF alone: as servers on Unix keep it.
    pub lines: u64,
}

impl Sizes {
    /// Whether a server's figure is exactly one of the two.
    #[must_use]
    pub fn agree(self, size: u64) -> bool {
        size == self.wire || size == self.lines
    }
}

/// Makes CR LF of every line end: an LF alone gets its CR, CR LF stays, a CR alone is no line end.
#[derive(Debug, Default)]
pub struct ToWire {
    after_return: bool,
    sizes: Sizes,
}

impl ToWire {
    /// Converts a piece; `out` is emptied first.
    pub fn convert(&mut self, piece: &[u8], out: &mut Vec<u8>) {
        out.clear();
        for byte in piece {
            if *byte == b'\n' {
                if !self.after_return {
                    out.push(b'\r');
                }
                // A pair is two on the wire and one where lines end with LF: its CR has been counted for both when it came with the text.
                self.sizes.lines = if self.after_return { self.sizes.lines } else { self.sizes.lines + 1 };
            } else {
                self.sizes.lines += 1;
            }
            out.push(*byte);
            self.after_return = *byte == b'\r';
        }
        self.sizes.wire += out.len() as u64;
    }

    /// What has gone so far.
    #[must_use]
    pub fn sizes(&self) -> Sizes {
        self.sizes
    }
}

/// How this machine ends its lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineEnd {
    /// LF.
    Unix,
    /// CR LF.
    Windows,
}

impl LineEnd {
    /// This machine's.
    pub const HERE: Self = if cfg!(windows) { Self::Windows } else { Self::Unix };
}

/// Makes this machine's line ends of CR LF; a CR alone and an LF alone stay.
#[derive(Debug)]
pub struct FromWire {
    end: LineEnd,
    after_return: bool,
    sizes: Sizes,
}

impl FromWire {
    /// For a machine that ends its lines so.
    #[must_use]
    pub fn new(end: LineEnd) -> Self {
        Self { end, after_return: false, sizes: Sizes::default() }
    }

    /// Converts a piece; `out` is emptied first. A CR at its end is held back until what follows is known.
    pub fn convert(&mut self, piece: &[u8], out: &mut Vec<u8>) {
        out.clear();
        for byte in piece {
            let ends_line = *byte == b'\n' && self.after_return;
            if self.after_return && !(ends_line && self.end == LineEnd::Unix) {
                out.push(b'\r');
            }
            self.after_return = *byte == b'\r';
            if !self.after_return {
                out.push(*byte);
            }
            self.sizes.lines = if ends_line { self.sizes.lines } else { self.sizes.lines + 1 };
        }
        self.sizes.wire += piece.len() as u64;
    }

    /// What is left at the end: a CR that nothing follows.
    #[must_use]
    pub fn rest(&self) -> &'static [u8] {
        if self.after_return { b"\r" } else { b"" }
    }

    /// What has come so far.
    #[must_use]
    pub fn sizes(&self) -> Sizes {
        self.sizes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each text, on the wire, and as LF lines.
    const TEXTS: [(&[u8], &[u8], &[u8]); 11] = [
        (b"", b"", b""),
        (b"one\ntwo\n", b"one\r\ntwo\r\n", b"one\ntwo\n"),
        (b"one\r\ntwo\r\n", b"one\r\ntwo\r\n", b"one\ntwo\n"),
        (b"mixed\nends\r\n\n", b"mixed\r\nends\r\n\r\n", b"mixed\nends\n\n"),
        (b"lone\rreturn\r", b"lone\rreturn\r", b"lone\rreturn\r"),
        (b"no last end", b"no last end", b"no last end"),
        (b"\n", b"\r\n", b"\n"),
        (b"\r", b"\r", b"\r"),
        (b"\r\r\n", b"\r\r\n", b"\r\n"),
        (b"\n\r\n\r", b"\r\n\r\n\r", b"\n\n\r"),
        (b"\r\n\r\n", b"\r\n\r\n", b"\n\n"),
    ];

    /// Cuts a text in two at every place.
    fn pieces(text: &[u8]) -> impl Iterator<Item = [&[u8]; 2]> {
        (0..=text.len()).map(|at| [&text[..at], &text[at..]])
    }

    fn all(mut convert: impl FnMut(&[u8], &mut Vec<u8>), pieces: [&[u8]; 2]) -> Vec<u8> {
        let mut out = Vec::new();
        let mut whole = Vec::new();
        for piece in pieces {
            convert(piece, &mut out);
            whole.extend_from_slice(&out);
        }
        whole
    }

    #[test]
    fn text_goes_to_the_wire_wherever_it_is_cut() {
        for (text, wire, lines) in TEXTS {
            for cut in pieces(text) {
                let mut converter = ToWire::default();
                assert_eq!(all(|piece, out| converter.convert(piece, out), cut), wire, "{cut:?}");
                assert_eq!(converter.sizes(), Sizes { wire: wire.len() as u64, lines: lines.len() as u64 }, "{cut:?}");
            }
        }
    }

    #[test]
    fn text_comes_from_the_wire_wherever_it_is_cut() {
        for (_, wire, lines) in TEXTS {
            for cut in pieces(wire) {
                for (end, expected) in [(LineEnd::Unix, lines), (LineEnd::Windows, wire)] {
                    let mut converter = FromWire::new(end);
                    let mut whole = all(|piece, out| converter.convert(piece, out), cut);
                    whole.extend_from_slice(converter.rest());
                    assert_eq!(whole, expected, "{cut:?} {end:?}");
                    assert_eq!(converter.sizes(), Sizes { wire: wire.len() as u64, lines: lines.len() as u64 }, "{cut:?}");
                }
            }
        }
    }

    #[test]
    fn only_the_two_exact_figures_agree() {
        let sizes = Sizes { wire: 12, lines: 10 };
        assert_eq!([9, 10, 11, 12, 13].map(|size| sizes.agree(size)), [false, true, false, true, false]);
    }
}
