//! What lasts: sites, settings, secrets, certificates, what was learned of each host, the queue. Blocking calls: never on the window's thread.

pub mod certificates;
pub mod edits;
pub mod file;
pub mod hosts;
pub mod import;
pub mod leftovers;
mod lossless_path;
pub mod passwords;
pub mod places;
pub mod queue;
pub mod receipts;
pub mod secrets;
pub mod settings;
pub mod sites;
pub mod turn;
pub mod under_way;
pub mod vault;
