//! The state that each cell of the matrix ends in, as a rule.

use crate::Case;
use crate::client::{Mode, Outcome};
use crate::support::harbour::{Stage, Strike};

/// What has to come of a case.
pub fn expected(case: Case) -> Outcome {
    match (case.stage, case.mode) {
        (Stage::Quit, _) => Outcome::Left,
        (_, Mode::Browse) => browsing(case),
        (_, Mode::Upload | Mode::Download) => transferring(case),
    }
}

/// The browsing connection: what ends it is told with the server's code, what it survives is told or does not matter.
fn browsing(case: Case) -> Outcome {
    match (case.stage, case.strike) {
        // All of it comes, slowly.
        (Stage::Idle, Strike::Drips) => Outcome::Lost(Some(421)),
        (_, Strike::Drips) => Outcome::Smooth,
        (_, Strike::Says421) => Outcome::Lost(Some(421)),
        (_, Strike::Says221) => Outcome::Lost(Some(221)),
        (stage, Strike::Says426 | Strike::Refuses) => refused(stage, case.strike),
        // Lines without a code, and a reply in two parts, are read with what follows.
        (stage, Strike::HalfLine | Strike::Garbage) if stage.moves_data() => Outcome::Smooth,
        (stage, Strike::Fin) if stage.moves_data() || stage == Stage::DataConnect => match (case.tls, stage) {
            (true, _) => Outcome::Told,
            // Only the end of the last line was missing.
            (false, Stage::LastByte) => Outcome::Smooth,
            (false, _) => Outcome::Unseen,
        },
        // All rows came, but nothing says that they are all.
        (_, Strike::ControlFin) => Outcome::Lost(None),
        (stage, Strike::Rst) if stage.moves_data() || stage == Stage::DataConnect => Outcome::Told,
        _ => Outcome::Lost(None),
    }
}

/// A 426 or 550 where something else was due.
fn refused(stage: Stage, strike: Strike) -> Outcome {
    let code = if strike == Strike::Refuses { 550 } else { 426 };
    match stage {
        Stage::Greeting => Outcome::Lost(Some(code)),
        Stage::User | Stage::Pass if strike == Strike::Refuses => Outcome::AskedAgain,
        Stage::User | Stage::Pass => Outcome::Lost(Some(code)),
        // There is another way: no features, EPSV.
        Stage::Feat | Stage::Pasv => Outcome::Smooth,
        Stage::Auth | Stage::Pwd | Stage::Idle => Outcome::Lost(None),
        _ => Outcome::Told,
    }
}

/// A transfer connection: whatever happens to it, the browsing connection stands and the file arrives by itself. Only a clear no
/// of the server's to the transfer is a failure, in its own words, and is not tried again by itself.
fn transferring(case: Case) -> Outcome {
    let is_about_the_file = (Stage::DataConnect..=Stage::Closing).contains(&case.stage);
    if is_about_the_file && case.strike == Strike::Refuses { Outcome::FailedInWords } else { Outcome::Smooth }
}
