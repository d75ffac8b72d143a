//! One FTP connection, strict: the only folder that names suppaftp.

mod ahead;
mod answer;
pub mod charset;
pub mod checksum;
mod closing;
pub mod control;
mod control_tls;
pub mod data;
mod data_tls;
pub mod dial;
mod farewell;
pub mod fault;
pub mod features;
mod file_times;
mod heard;
mod line;
pub mod listing;
pub mod mask;
mod parcel;
mod passive;
pub mod probe;
mod records;
pub mod reply;
mod reply_reader;
mod session_commands;
mod tap;
mod tickets;
pub mod tls;
mod transfer_commands;
mod wait;
mod wire;

pub use control::{Control, Manners};
pub use data::Data;
pub use dial::{Observer, Target, connect};
pub use fault::Fault;
pub use reply::Reply;
