//! What several test programs share; each of them uses a part of it.
#![allow(dead_code, missing_docs)]

pub mod bell;
pub mod harbour;
pub mod scripted;
pub mod servers;
pub mod shelf;
pub mod skip;
pub mod tree;
