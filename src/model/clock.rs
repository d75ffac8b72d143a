//! The server's clock: how far it is off, and which of two files is newer all the same.

use jiff::Timestamp;

use crate::model::entry::{Modified, Precision};

/// How many seconds the target's clock is ahead of the source's; negative when it is behind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ahead(pub i64);

impl Ahead {
    /// Both clocks agree, as far as known.
    pub const NONE: Self = Self(0);

    /// The same, seen from the other side.
    #[must_use]
    pub fn back(self) -> Self {
        Self(self.0.saturating_neg())
    }
}

/// Whether `source` is newer than `target`, compared at the coarser of both precisions: a listing that gives days or minutes only
/// cannot show that a file of the same day or minute is newer.
///
/// Times that are the same as they stand were copied with the file (MFMT, or a download), so no clock comes into it.
#[must_use]
pub fn is_newer(source: Modified, target: Modified, ahead: Ahead) -> bool {
    let unit = unit(source.precision.min(target.precision));
    let (source, target) = (source.at.as_second(), target.at.as_second());
    source.div_euclid(unit) != target.div_euclid(unit)
        && source.div_euclid(unit) > target.saturating_sub(ahead.0).div_euclid(unit)
}

/// Seconds that a precision lets pass unseen.
fn unit(precision: Precision) -> i64 {
    match precision {
        Precision::Day => 86_400,
        Precision::Minute => 60,
        Precision::Second => 1,
    }
}
