//! The worker thread: owns connections and queue; Commands in, Events out, questions that must be answered.

pub mod command;
pub mod event;
pub mod handle;
pub mod log_view;
pub mod queue_view;

pub use command::{Answer, Change, Command, Place};
pub use event::{Event, EventBody, Question, QuestionId};
pub use handle::{Engine, Options, Waker};
pub use log_view::LogView;
pub use queue_view::QueueView;
