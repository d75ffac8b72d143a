//! Going on with a file that is there in part: what is compared first, what a difference means, and who decides then.

use serde::{Deserialize, Serialize};

/// So many bytes before the offset are fetched once more and compared: bytes of two versions must not be glued together.
pub const OVERLAP: u64 = 64 * 1024;

/// Offsets from here on overflow a signed 32-bit number, and from twice of it on an unsigned one.
const SIGNED: u64 = 1 << 31;
const UNSIGNED: u64 = 1 << 32;

/// What is done about our own unfinished file when the source has changed. A person's own file is always asked about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SourceChanged {
    /// It is begun anew.
    #[default]
    Anew,
    /// A person is asked.
    Ask,
}

/// What a person wants when the source has changed since a part of it was transferred.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum WhenChanged {
    /// All of it from the start.
    #[default]
    Anew,
    /// From where it is: the rest is taken from the new one. The overlap is compared all the same.
    Resume,
    /// Nothing.
    Skip,
}

/// How a change showed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    /// Its size or its time is another.
    Facts,
    /// The bytes before the offset are others: going on would make a file that neither side has.
    Bytes,
}

/// From which byte on to ask for a file of which `offset` bytes are there.
#[must_use]
pub fn overlap_from(offset: u64) -> u64 {
    offset.saturating_sub(OVERLAP)
}

/// What was to be compared with what came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The same bytes.
    Same,
    /// The server began somewhere else: it does not go by offsets from `beyond` on (0: by none).
    Misplaced {
        /// The first offset that it gets wrong.
        beyond: u64,
    },
    /// Other bytes.
    Different,
}

/// Judges the bytes that a server sent when it was asked for them `from` an offset on. `ours` gives as many bytes of our side at
/// another offset.
#[must_use]
pub fn judge(from: u64, came: &[u8], mut ours: impl FnMut(u64) -> Option<Vec<u8>>) -> Verdict {
    if ours(from).as_deref() == Some(came) {
        return Verdict::Same;
    }
    let misplaced = wrong_places(from).into_iter().find(|(place, _)| *place != from && ours(*place).as_deref() == Some(came));
    misplaced.map_or(Verdict::Different, |(_, beyond)| Verdict::Misplaced { beyond })
}

/// Where servers begin that were asked for `from` and cannot do it, and from which offset on such a server is wrong.
fn wrong_places(from: u64) -> Vec<(u64, u64)> {
    let beyond = if from < SIGNED { 0 } else { SIGNED };
    let mut places = vec![(0, beyond)];
    if from >= UNSIGNED {
        places.extend([(from % UNSIGNED, UNSIGNED), (UNSIGNED - 1, UNSIGNED)]);
    }
    if from >= SIGNED {
        places.extend([(from % SIGNED, SIGNED), (SIGNED - 1, SIGNED)]);
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    const GIB: u64 = 1 << 30;

    /// A file in which every eight bytes say where they are.
    fn at(place: u64) -> Vec<u8> {
        (place..place + 64).flat_map(|n| n.to_le_bytes()).collect()
    }

    #[test]
    fn the_overlap_is_as_much_as_there_is() {
        for (offset, from) in [(0, 0), (1, 0), (OVERLAP, 0), (OVERLAP + 1, 1), (5 * GIB, 5 * GIB - OVERLAP)] {
            assert_eq!(overlap_from(offset), from, "{offset}");
        }
    }

    #[test]
    fn a_server_that_begins_elsewhere_is_told_from_a_file_that_changed() {
        let table = [
            (1000, 1000, Verdict::Same),
            (0, 0, Verdict::Same),
            (1000, 0, Verdict::Misplaced { beyond: 0 }),
            (GIB, 0, Verdict::Misplaced { beyond: 0 }),
            (3 * GIB, 3 * GIB, Verdict::Same),
            (3 * GIB, 0, Verdict::Misplaced { beyond: SIGNED }),
            (3 * GIB, SIGNED - 1, Verdict::Misplaced { beyond: SIGNED }),
            (3 * GIB, GIB, Verdict::Misplaced { beyond: SIGNED }),
            (5 * GIB, GIB, Verdict::Misplaced { beyond: UNSIGNED }),
            (5 * GIB, UNSIGNED - 1, Verdict::Misplaced { beyond: UNSIGNED }),
            (7 * GIB, 3 * GIB, Verdict::Misplaced { beyond: UNSIGNED }),
            (7 * GIB, GIB, Verdict::Misplaced { beyond: SIGNED }),
            (1000, 999, Verdict::Different),
            (5 * GIB, 2 * GIB, Verdict::Different),
        ];
        for (asked, began, verdict) in table {
            assert_eq!(judge(asked, &at(began), |place| Some(at(place))), verdict, "asked for {asked}, began at {began}");
        }
    }

    #[test]
    fn what_our_side_does_not_have_is_no_match() {
        assert_eq!(judge(10, &at(10), |_| None), Verdict::Different);
        assert_eq!(judge(10, &at(0), |place| (place == 0).then(|| at(0))), Verdict::Misplaced { beyond: 0 });
    }
}
