//! Speed of one transfer or of all, and the time that is left.
