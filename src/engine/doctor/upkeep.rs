//! What keeps a session alive: the answer to NOOP, and the idle limit as far as it is known.

use std::time::{Duration, Instant};

use crate::engine::aftermath;
use crate::engine::doctor::{Chart, Patient, meaning};
use crate::ftp::{Control, Reply};
use crate::model::diagnosis::{Finding, StepName};
use crate::model::upkeep::IdleCommand;

/// An answer that takes longer than this is slow.
const SLOW: Duration = Duration::from_secs(2);
/// A limit below this leaves little room for keep-alives, in seconds.
const SHORT: u32 = 30;

/// NOOP, once.
pub(super) async fn round_trip(chart: &mut Chart, control: &mut Control) {
    if control.is_poisoned() {
        return;
    }
    let begun = Instant::now();
    let outcome = control.keep_alive(IdleCommand::Noop).await;
    let took = begun.elapsed();
    let (finding, words) = match outcome {
        Ok(reply) if reply.is_negative() => (Finding::KeepAliveRefused, format!("NOOP is answered with “{}”", reply.words())),
        Ok(_) if took > SLOW => (Finding::Slow, format!("NOOP is answered after {} ms.", took.as_millis())),
        Ok(_) => (Finding::Fine, format!("NOOP is answered in {} ms.", took.as_millis())),
        Err(fault) => (meaning::of_fault(&fault), meaning::words(&fault)),
    };
    chart.record(StepName::RoundTrip, finding, took, words);
}

/// The limit that the greeting names, else the one that was learned before.
pub(super) fn announced_limit(patient: &Patient, chart: &mut Chart, greeting: &Reply) {
    let announced = aftermath::announced_limit(greeting).map(|seconds| (seconds, "The server announces"));
    let known = patient.known.idle_limit_seconds.map(|seconds| (seconds, "Earlier sessions taught"));
    let (finding, words) = match announced.or(known) {
        Some((seconds, who)) if seconds < SHORT => (Finding::ShortIdleLimit, format!("{who} an idle limit of {seconds} s.")),
        Some((seconds, who)) => (Finding::Fine, format!("{who} an idle limit of {seconds} s.")),
        None => (Finding::NotTold, "The server announces none; it is learned at the first cut.".to_owned()),
    };
    chart.record(StepName::IdleLimit, finding, Duration::ZERO, words);
}
