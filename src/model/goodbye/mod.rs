//! Goodbye, understood: what a server meant when it ended a session, and what is done about it.

mod plan;

pub use plan::Plan;
