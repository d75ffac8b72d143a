//! Route, greeting and encryption: one connect, whose steps are told apart by what was heard of it.

use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use tokio_util::sync::CancellationToken;

use crate::engine::doctor::recorder::Recorder;
use crate::engine::doctor::{Chart, Patient, meaning, stranger};
use crate::ftp::dial::{self, Target};
use crate::ftp::tls::{TlsFacts, TlsVersion};
use crate::ftp::{Control, Fault, Observer};
use crate::model::diagnosis::{Finding, StepName, of_certificate};
use crate::model::goodbye::State;
use crate::model::session::ConnectStep;
use crate::model::site::Encryption;

/// A way that takes longer than this is slow.
const SLOW_ROUTE: Duration = Duration::from_secs(2);
/// A greeting that takes longer than this is slow: many servers look the client's name up first.
const SLOW_GREETING: Duration = Duration::from_secs(5);

/// Connects and secures; the control connection when that worked.
pub(super) async fn examine(
    patient: &Patient,
    chart: &mut Chart,
    recorder: &Arc<Recorder>,
    cancel: &CancellationToken,
) -> Option<Control> {
    let target = Target {
        host: patient.site.host.clone(),
        port: patient.site.port(),
        encryption: patient.site.encryption,
        data_mode: patient.site.data_mode,
        trust: patient.trust.clone(),
        tls_version: TlsVersion::default(),
        timeout: patient.limits.step,
    };
    let begun = Instant::now();
    let connected = dial::connect(&target, Arc::clone(recorder) as Arc<dyn Observer>, cancel).await;
    match connected {
        Ok(control) => {
            route(chart, recorder);
            greeting(chart, recorder);
            security(chart, recorder, control.tls());
            Some(control)
        }
        Err(fault) => {
            let stage = recorder.stage();
            if stage > StepName::Route {
                route(chart, recorder);
            }
            if stage == StepName::Security && !recorder.greeting().is_empty() {
                greeting(chart, recorder);
            }
            let since = match stage {
                StepName::Security => recorder.began(ConnectStep::Securing),
                StepName::Greeting => recorder.began(ConnectStep::Greeting),
                _ => None,
            };
            let took = since.unwrap_or(begun).elapsed();
            let (finding, words) = failure(patient, stage, &fault).await;
            chart.record(stage, finding, took, words);
            None
        }
    }
}

/// What the failure of a connect at `stage` means.
async fn failure(patient: &Patient, stage: StepName, fault: &Fault) -> (Finding, String) {
    let plain = meaning::words(fault);
    match (stage, fault) {
        (_, Fault::Dial { source, .. }) => (of_dial(source), format!("{} {source}.", plain.trim_end())),
        (_, Fault::Untrusted(certificate)) => {
            let finding = of_certificate(certificate, &patient.site.host, Timestamp::now());
            let words = format!("{plain} Its fingerprint is {}.", certificate.fingerprint);
            (finding, words)
        }
        (_, Fault::NotOffered { what, .. }) => {
            let finding = if what.starts_with("AUTH") { Finding::TlsNotOffered } else { Finding::DataUnprotected };
            (finding, plain)
        }
        (_, Fault::Goodbye(reply)) => (meaning::of_reply(reply, State::Greeting), plain),
        (StepName::Greeting, Fault::Lost { .. }) => (Finding::ClosedAtOnce, plain),
        // Who waits for the client's first word, and who says something that is not FTP, is worth a second look.
        (StepName::Greeting, _) => stranger::identify(patient, plain).await,
        (StepName::Security, _) if patient.site.encryption == Encryption::Implicit => {
            match stranger::greets_in_plain(patient).await {
                Some(found) => found,
                None => (Finding::TlsBroken, plain),
            }
        }
        (StepName::Security, _) => (Finding::TlsBroken, plain),
        _ => (Finding::Unreachable, plain),
    }
}

/// Why there is no TCP connection.
pub(super) fn of_dial(source: &io::Error) -> Finding {
    match source.kind() {
        io::ErrorKind::ConnectionRefused => Finding::PortRefused,
        io::ErrorKind::TimedOut => Finding::PortFiltered,
        _ => Finding::Unreachable,
    }
}

fn route(chart: &mut Chart, recorder: &Recorder) {
    let took = recorder.dialling();
    let problems = recorder.problems();
    let milliseconds = took.as_millis();
    if !problems.is_empty() {
        let words = format!("Connected in {milliseconds} ms, after failures: {}.", problems.join("; "));
        chart.record(StepName::Route, Finding::PartlyReachable, took, words);
    } else if took > SLOW_ROUTE {
        chart.record(StepName::Route, Finding::Slow, took, format!("It took {milliseconds} ms to connect."));
    } else {
        chart.record(StepName::Route, Finding::Fine, took, format!("Connected in {milliseconds} ms."));
    }
}

fn greeting(chart: &mut Chart, recorder: &Recorder) {
    let took = recorder.greeting_took();
    let text = recorder.greeting();
    let words = format!("“{}”", text.chars().take(200).collect::<String>());
    if meaning::is_middlebox(&text) {
        chart.record(StepName::Greeting, Finding::Middlebox, took, words);
    } else if took > SLOW_GREETING {
        chart.record(StepName::Greeting, Finding::Slow, took, format!("It came after {} s: {words}", took.as_secs()));
    } else {
        chart.record(StepName::Greeting, Finding::Fine, took, words);
    }
}

fn security(chart: &mut Chart, recorder: &Recorder, facts: Option<TlsFacts>) {
    let Some(facts) = facts else {
        chart.record(StepName::Security, Finding::Unencrypted, Duration::ZERO, "Plain FTP, as the site asks for.");
        return;
    };
    let took = recorder.began(ConnectStep::Securing).map_or(Duration::ZERO, |begun| begun.elapsed());
    let trust =
        if facts.pinned { "a certificate that was accepted by its fingerprint" } else { "a certificate of a known authority" };
    chart.record(StepName::Security, Finding::Fine, took, format!("{} with {trust}.", facts.protocol));
}
