//! Values and pure rules: time is an argument; no threads, sockets, files, windows or protocol library here.

pub mod address;
pub mod banner;
pub mod budget;
pub mod certificate;
pub mod conflict;
pub mod diagnosis;
pub mod entry;
pub mod format;
pub mod goodbye;
pub mod host;
pub mod keepalive;
pub mod listing;
pub mod log;
pub mod path;
pub mod problem;
pub mod queue;
pub mod record;
pub mod retry;
pub mod secret;
pub mod session;
pub mod settings;
pub mod site;
pub mod sort;
pub mod speed;
pub mod transfer;
pub mod upkeep;
