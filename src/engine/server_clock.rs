//! The server's clock as a session knows it: stated with the site, learned of the host, or measured now.

use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;

use crate::engine::event::EventBody;
use crate::engine::session_context::SessionContext;
use crate::ftp::{Control, Fault};
use crate::model::clock::{self, Ahead};
use crate::model::conflict::OnExists;
use crate::model::entry::{EntryKind, Precision};
use crate::model::host::HostFacts;
use crate::model::listing::{Listing, ListingSource};
use crate::model::path::RemotePath;
use crate::model::site::Site;
use crate::model::transfer::Direction;

/// What a session knows of its server's clock.
#[derive(Debug, Default)]
pub struct ServerClock {
    /// Seconds that the times of LIST are ahead of UTC; shared with every connection.
    list_ahead: Arc<AtomicI64>,
    /// A person said so with the site: nothing is measured.
    stated: AtomicBool,
    /// Whether LIST was measured in this session.
    is_measured: AtomicBool,
    /// A person said with the site how far the server's clock is off: that is not measured either.
    skew_stated: AtomicBool,
    /// Seconds that the server's clock is ahead of ours, once known.
    skew: Mutex<Option<i64>>,
    /// Whether that was measured in this session.
    is_skew_measured: AtomicBool,
}

impl ServerClock {
    /// Begins with what the site states, else with what was learned of its host.
    pub fn begin(&self, site: &Site, facts: &HostFacts) {
        self.stated.store(site.list_ahead_seconds.is_some(), Ordering::Relaxed);
        let ahead = site.list_ahead_seconds.or(facts.list_ahead_seconds).unwrap_or(0);
        self.list_ahead.store(ahead, Ordering::Relaxed);
        self.skew_stated.store(site.clock_ahead_seconds.is_some(), Ordering::Relaxed);
        *self.skew.lock().unwrap_or_else(PoisonError::into_inner) = site.clock_ahead_seconds.or(facts.skew_seconds);
    }

    /// What connections put the times of LIST right by.
    pub fn list_ahead(&self) -> Arc<AtomicI64> {
        Arc::clone(&self.list_ahead)
    }

    /// How far the target's clock is ahead of the source's.
    pub fn ahead(&self, direction: Direction) -> Ahead {
        let server = Ahead(self.skew.lock().unwrap_or_else(PoisonError::into_inner).unwrap_or(0));
        match direction {
            Direction::Upload => server,
            Direction::Download => server.back(),
        }
    }
}

/// Once a session, finds out in which zone LIST tells its times: one file is asked for with MDTM, which is in UTC (RFC 3659 §3.1). The
/// listing is put right at once. Daylight saving may have begun or ended since the last session, so what was learned is measured again.
///
/// # Errors
/// What the connection did not survive.
pub async fn measure_list(
    ctx: &SessionContext,
    control: &mut Control,
    folder: &RemotePath,
    listing: &mut Listing,
) -> Result<(), Fault> {
    let clock = &ctx.clock;
    let is_list = matches!(listing.source, ListingSource::Unix | ListingSource::Dos);
    if !is_list
        || clock.stated.load(Ordering::Relaxed)
        || clock.is_measured.load(Ordering::Relaxed)
        || !control.features().has("MDTM")
    {
        return Ok(());
    }
    // The newest one: what daylight saving did to older ones says nothing of today.
    let files = listing.entries.iter().filter(|entry| entry.kind == EntryKind::File);
    let timed = files.filter_map(|entry| entry.modified.map(|modified| (entry, modified)));
    let newest = timed.filter(|(_, modified)| modified.precision != Precision::Day).max_by_key(|(_, modified)| modified.at);
    let Some((path, modified)) = newest.and_then(|(entry, modified)| Some((folder.child(&entry.name).ok()?, modified))) else {
        return Ok(());
    };
    clock.is_measured.store(true, Ordering::Relaxed);
    let exact = match control.modified(&path).await {
        Ok(exact) => exact,
        Err(fault) if fault.session_survives() => None,
        Err(fault) => return Err(fault),
    };
    let known = clock.list_ahead.load(Ordering::Relaxed);
    let raw = clock::corrected(modified, -known);
    let Some(ahead) = exact.and_then(|exact| clock::zone(raw, exact)) else { return Ok(()) };
    if clock.stated.load(Ordering::Relaxed) {
        // A person said so while it was measured.
        return Ok(());
    }
    listing.put_right(ahead - known);
    clock.list_ahead.store(ahead, Ordering::Relaxed);
    learn(ctx, move |facts| facts.list_ahead_seconds = Some(ahead)).await;
    Ok(())
}

/// Whether the next file that is written has to keep the time that the server gives it, until that was looked at.
pub fn is_skew_due(ctx: &SessionContext, policy: OnExists) -> bool {
    let is_known = ctx.clock.skew_stated.load(Ordering::Relaxed) || ctx.clock.is_skew_measured.load(Ordering::Relaxed);
    matches!(policy, OnExists::Newer | OnExists::NewerOrSize) && !is_known
}

/// Once a session, and only where an answer depends on it, finds out how far the server's clock is off: by the time that it gave to the
/// file that has just been written.
///
/// # Errors
/// What the connection did not survive.
pub async fn measure_skew(
    ctx: &SessionContext,
    control: &mut Control,
    policy: OnExists,
    path: &RemotePath,
    began: Timestamp,
) -> Result<(), Fault> {
    let ended = Timestamp::now();
    if !is_skew_due(ctx, policy) || ctx.clock.is_skew_measured.swap(true, Ordering::Relaxed) {
        return Ok(());
    }
    let written = match control.modified(path).await {
        Ok(written) => written,
        Err(fault) if fault.session_survives() => None,
        Err(fault) => return Err(fault),
    };
    let Some(written) = written else { return Ok(()) };
    let skew = clock::skew(written, began, ended);
    if !ctx.clock.skew_stated.load(Ordering::Relaxed) {
        *ctx.clock.skew.lock().unwrap_or_else(PoisonError::into_inner) = Some(skew);
    }
    learn(ctx, move |facts| facts.skew_seconds = Some(skew)).await;
    Ok(())
}

/// Nothing but the change is written: something else of the host may be learned at the same moment.
async fn learn(ctx: &SessionContext, change: impl FnOnce(&mut HostFacts) + Send + 'static) {
    if let Some(problem) = ctx.keeper.relearn(&ctx.site, change).await {
        ctx.publisher.publish(EventBody::Trouble(problem));
    }
    let facts = ctx.keeper.host(&ctx.site).await;
    ctx.publisher.publish(EventBody::Host { authority: ctx.site.authority(), facts });
}
