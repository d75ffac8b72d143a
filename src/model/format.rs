//! Sizes, speeds, durations and times in a person's words.
