//! Speed limits as they are typed into a form.

use crate::model::rate::{Rate, SpeedLimits};

/// What is wrong with what was typed, per field label.
pub type Errors = Vec<(&'static str, String)>;

/// Speed limits as typed; an empty field is no limit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TypedLimits {
    /// Downloads.
    pub down: String,
    /// Uploads.
    pub up: String,
    /// Downloads and uploads together.
    pub both: String,
}

impl TypedLimits {
    /// The labels of the three fields.
    pub const LABELS: [&'static str; 3] = ["Downloads", "Uploads", "Both together"];

    /// As they are now.
    #[must_use]
    pub fn of(limits: SpeedLimits) -> Self {
        Self { down: limits.down.typed(), up: limits.up.typed(), both: limits.both.typed() }
    }

    /// The fields with their labels.
    pub fn fields(&mut self) -> [(&'static str, &mut String); 3] {
        let [down, up, both] = Self::LABELS;
        [(down, &mut self.down), (up, &mut self.up), (both, &mut self.both)]
    }

    /// Reads the fields; what cannot be read is no limit, and told in `errors`.
    #[must_use]
    pub fn read(&self, errors: &mut Errors) -> SpeedLimits {
        let mut read = |label, text: &str| {
            text.parse::<Rate>().unwrap_or_else(|words| {
                errors.push((label, words));
                Rate::NONE
            })
        };
        let [down, up, both] = Self::LABELS;
        SpeedLimits { down: read(down, &self.down), up: read(up, &self.up), both: read(both, &self.both) }
    }
}
