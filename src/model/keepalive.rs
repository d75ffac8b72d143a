//! When the next keep-alive is due.
