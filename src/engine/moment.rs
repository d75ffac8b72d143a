//! Waiting for a moment that may never come.

use std::time::Instant;

/// Returns at `moment`; never without one.
pub async fn at(moment: Option<Instant>) {
    match moment {
        Some(moment) => tokio::time::sleep_until(moment.into()).await,
        None => std::future::pending().await,
    }
}
