//! The doctor: examines a server step by step, from its name to its idle limit, and writes nothing to it.

mod clock;
mod connection;
mod login;
mod meaning;
mod name;
mod recorder;
mod stranger;
mod transfer;
mod upkeep;

use std::io;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio_util::sync::CancellationToken;

use crate::engine::keeper::Keeper;
use crate::ftp::tls::Trust;
use crate::model::certificate::Fingerprint;
use crate::model::diagnosis::{Finding, Outcome, Report, Step, StepName};
use crate::model::host::HostFacts;
use crate::model::secret::Secret;
use crate::model::site::{Logon, Site};
use crate::store::places::Places;
use crate::store::secrets::NoKeyring;

/// How long an examination may take.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Each step and each reply.
    pub step: Duration,
    /// All of it.
    pub whole: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self { step: Duration::from_secs(10), whole: Duration::from_secs(60) }
    }
}

/// Who is examined, and with what.
#[derive(Clone, Debug)]
pub struct Patient {
    /// Where and how.
    pub site: Site,
    /// The password, where there is one.
    pub password: Option<Secret>,
    /// Accepted certificates.
    pub trust: Trust,
    /// What is known of the host.
    pub known: HostFacts,
    /// How long it may take.
    pub limits: Limits,
}

impl Patient {
    /// The password to log in with; a guest needs none.
    fn password(&self) -> Option<Secret> {
        let is_guest = self.site.logon == Logon::Anonymous || self.site.user.is_empty();
        self.password.clone().or_else(|| is_guest.then(|| Secret::new(crate::engine::login::ANONYMOUS_PASSWORD)))
    }

    /// What must not be in the report.
    fn hidden(&self) -> Vec<&str> {
        let mut hidden: Vec<&str> = self.password.iter().map(Secret::reveal).collect();
        if self.site.login_user() != "anonymous" {
            hidden.push(&self.site.user);
            // Servers shorten anna@example.com to anna in their paths.
            hidden.extend(self.site.user.split_once('@').map(|(name, _)| name));
        }
        hidden
    }
}

/// What an examination came to.
#[derive(Clone, Debug)]
pub struct Diagnosis {
    /// The report.
    pub report: Report,
    /// The address of the session, when one came about.
    pub address: Option<IpAddr>,
}

/// What was found so far.
#[derive(Debug, Default)]
struct Chart {
    steps: Vec<Step>,
    address: Option<IpAddr>,
}

impl Chart {
    fn record(&mut self, name: StepName, finding: Finding, took: Duration, words: impl Into<String>) {
        self.steps.push(Step { name, finding, took, words: words.into() });
    }

    /// The time is over: the first step that is not on the chart was the one that took too long.
    fn out_of_time(&mut self, since: Instant) {
        let is_missing = |name: &StepName| self.steps.iter().all(|step| step.name != *name);
        if let Some(name) = StepName::ALL.into_iter().find(is_missing) {
            self.record(name, Finding::OutOfTime, since.elapsed(), "The time for the whole examination ran out here.");
        }
    }
}

/// Examines a server, within the limits.
pub async fn examine(patient: &Patient, cancel: &CancellationToken) -> Diagnosis {
    let mut chart = Chart::default();
    let begun = Instant::now();
    if tokio::time::timeout(patient.limits.whole, every_step(patient, &mut chart, cancel)).await.is_err() {
        chart.out_of_time(begun);
    }
    let report = Report::new(patient.site.authority(), chart.steps, &patient.hidden());
    Diagnosis { report, address: chart.address }
}

/// Each step needs the one before.
async fn every_step(patient: &Patient, chart: &mut Chart, cancel: &CancellationToken) {
    if !name::examine(patient, chart, cancel).await {
        return;
    }
    let recorder = recorder::Recorder::new();
    let Some(mut control) = connection::examine(patient, chart, &recorder, cancel).await else { return };
    upkeep::announced_limit(patient, chart, control.greeting());
    clock::examine(chart, control.greeting());
    if !login::examine(patient, chart, &recorder, &mut control).await {
        control.quit().await;
        return;
    }
    chart.address = Some(control.peer().ip());
    transfer::examine(patient, chart, &mut control).await;
    upkeep::round_trip(chart, &mut control).await;
    control.quit().await;
}

/// Examines a server from a thread without a runtime, with what is kept of certificates and hosts; remembers a good address.
///
/// # Errors
/// The system refuses the runtime.
pub fn examine_blocking(
    site: Site,
    password: Option<Secret>,
    accepted: &[Fingerprint],
    places: Option<Places>,
    limits: Limits,
) -> io::Result<Report> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let (keeper, _) = Keeper::open(places, Arc::new(NoKeyring));
    let report = runtime.block_on(examine_site(&keeper, site, password, accepted, limits));
    // A name server that never answers must not hold the program.
    runtime.shutdown_background();
    Ok(report)
}

/// Examines a site's server with what is kept of passwords, certificates and hosts; remembers a good address.
pub(super) async fn examine_site(
    keeper: &Keeper,
    site: Site,
    password: Option<Secret>,
    accepted: &[Fingerprint],
    limits: Limits,
) -> Report {
    let mut trust = keeper.trust(&site).await;
    trust.pinned.extend(accepted);
    let known = keeper.host(&site).await;
    let password = match password {
        None if site.logon == Logon::Keyring && !site.user.is_empty() => keeper.password(&site).await,
        password => password,
    };
    let patient = Patient { site, password, trust, known, limits };
    let diagnosis = examine(&patient, &CancellationToken::new()).await;
    if diagnosis.report.conclusion.outcome != Outcome::NoSession
        && let Some(address) = diagnosis.address
    {
        keeper.remember_address(&patient.site, address).await;
    }
    diagnosis.report
}
