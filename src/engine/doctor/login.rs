//! Login and features.

use std::time::{Duration, Instant};

use crate::engine::doctor::recorder::Recorder;
use crate::engine::doctor::{Chart, Patient, meaning};
use crate::ftp::{Control, Fault};
use crate::model::diagnosis::{Finding, StepName};
use crate::model::goodbye::State;
use crate::model::session::ConnectStep;

/// Logs in once; whether that worked.
pub(super) async fn examine(patient: &Patient, chart: &mut Chart, recorder: &Recorder, control: &mut Control) -> bool {
    let Some(password) = patient.password() else {
        chart.record(StepName::Login, Finding::NoPassword, Duration::ZERO, "No password was given.");
        return false;
    };
    let begun = Instant::now();
    let outcome = control.login(patient.site.login_user(), &password).await;
    let settling = recorder.began(ConnectStep::Settling);
    let took = settling.unwrap_or_else(Instant::now).saturating_duration_since(begun);
    match (outcome, settling) {
        (Ok(reply), Some(settling)) => {
            chart.record(StepName::Login, Finding::Fine, took, format!("“{}”", reply.words()));
            features(chart, control, settling.elapsed());
            true
        }
        (Ok(_), None) => true,
        (Err(fault), Some(settling)) => {
            chart.record(StepName::Login, Finding::Fine, took, "The server accepts the login.");
            let finding = match &fault {
                Fault::NotOffered { .. } => Finding::DataUnprotected,
                fault => meaning::of_fault(fault),
            };
            chart.record(StepName::Features, finding, settling.elapsed(), meaning::words(&fault));
            false
        }
        (Err(fault), None) => {
            let finding = match &fault {
                Fault::LoginRefused(reply) | Fault::Goodbye(reply) => meaning::of_reply(reply, State::Login),
                fault => meaning::of_fault(fault),
            };
            chart.record(StepName::Login, finding, took, meaning::words(&fault));
            false
        }
    }
}

fn features(chart: &mut Chart, control: &Control, took: Duration) {
    let lines = &control.features().lines;
    let words = if lines.is_empty() {
        "The server names none (FEAT), so the oldest commands are used.".to_owned()
    } else {
        let names: Vec<&str> = lines.iter().filter_map(|line| line.split_ascii_whitespace().next()).take(30).collect();
        format!("{}.", names.join(", "))
    };
    chart.record(StepName::Features, Finding::Fine, took, words);
}
