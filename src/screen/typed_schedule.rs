//! A time of the week with its speed limits, as it is typed into the settings.

use crate::model::schedule::{Days, Minute, ScheduledLimits};
use crate::screen::typed_limits::{Errors, TypedLimits};

/// A time of the week as typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypedTime {
    /// The days on which it begins.
    pub days: Days,
    /// When it begins.
    pub from: String,
    /// When it ends.
    pub to: String,
    /// What holds then.
    pub limits: TypedLimits,
    /// What is wrong, per field label.
    pub errors: Errors,
}

impl Default for TypedTime {
    /// Office hours, to be changed.
    fn default() -> Self {
        Self {
            days: Days::WORKING,
            from: "08:00".into(),
            to: "18:00".into(),
            limits: TypedLimits::default(),
            errors: Errors::new(),
        }
    }
}

impl TypedTime {
    /// As it is now.
    #[must_use]
    pub fn of(time: &ScheduledLimits) -> Self {
        Self {
            days: time.days,
            from: time.from.to_string(),
            to: time.to.to_string(),
            limits: TypedLimits::of(time.limits),
            errors: Errors::new(),
        }
    }

    /// Reads the fields; `None` when something is wrong, which is then in `errors`.
    pub fn check(&mut self) -> Option<ScheduledLimits> {
        let mut errors = Errors::new();
        let mut minute = |label, text: &str| {
            text.parse::<Minute>().unwrap_or_else(|words| {
                errors.push((label, words));
                Minute::default()
            })
        };
        let (from, to) = (minute("From", &self.from), minute("To", &self.to));
        if self.days.is_none() {
            errors.push(("Days", "Choose at least one day.".into()));
        }
        let limits = self.limits.read(&mut errors);
        self.errors = errors;
        self.errors.is_empty().then_some(ScheduledLimits { days: self.days, from, to, limits })
    }
}
