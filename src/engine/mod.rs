//! The worker thread: owns connections and queue; Commands in, Events out, questions that must be answered.

mod actor;
mod aftermath;
mod browse;
pub mod command;
mod conflicts;
mod copy;
pub mod doctor;
mod download;
pub mod event;
mod existing;
mod folder;
pub mod handle;
mod item_outcome;
mod journal;
mod keeper;
mod lane;
mod local;
pub mod log_view;
mod login;
mod moment;
mod mooring;
mod publish;
mod questions;
pub mod queue_view;
mod session;
mod session_context;
mod session_handle;
mod settle;
mod shared_queue;
mod trouble;
mod upload;

pub use command::{Answer, Change, Command, Place};
pub use event::{Event, EventBody, Question, QuestionId};
pub use handle::{Engine, Options, Waker};
pub use log_view::LogView;
pub use queue_view::QueueView;
