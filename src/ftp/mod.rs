//! One FTP connection, strict: the only folder that names suppaftp.

pub mod charset;
pub mod control;
pub mod data;
pub mod dial;
pub mod fault;
pub mod listing;
pub mod reply;
pub mod tls;

pub use control::Control;
pub use data::Data;
pub use fault::Fault;
pub use reply::Reply;
