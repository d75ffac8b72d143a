//! The keys of each verb, as plain data.
