//! What to do when the target of a transfer is there already.

use serde::{Deserialize, Serialize};

use crate::model::clock::{self, Ahead};
use crate::model::entry::Modified;
use crate::model::problem::{Problem, ProblemKind};

/// A standing answer: given on the command line, in the settings, for a batch or "for all".
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OnExists {
    /// A person is asked.
    #[default]
    Ask,
    /// Replace.
    Overwrite,
    /// Replace when the source is newer.
    Newer,
    /// Replace when the sizes differ.
    SizeDiffers,
    /// Replace when the source is newer or the sizes differ.
    NewerOrSize,
    /// Go on where the target ends; replace when it is not shorter.
    Resume,
    /// Keep both: the new one gets a name after the pattern in the settings.
    Rename,
    /// Leave the target as it is.
    Skip,
}

/// What an answer to "the target exists" is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Scope {
    /// This file.
    #[default]
    File,
    /// All that was put into the queue together with it, also after a restart.
    Batch,
    /// All of this direction until the session ends.
    Session,
    /// All of this direction from now on: it goes into the settings.
    Always,
}

/// What is known of one side of a conflict.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Facts {
    /// Bytes.
    pub size: Option<u64>,
    /// Last change.
    pub modified: Option<Modified>,
}

/// What is done about one file whose target exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resolution {
    /// Transfer all of it over the target.
    Replace,
    /// Transfer from this byte on.
    ResumeAt(u64),
    /// Transfer under another name.
    RenameTarget,
    /// Do nothing; the item counts as skipped.
    Skip,
    /// Ask.
    Ask,
}

/// What a standing answer means for these two files.
///
/// `ahead` says how far the target's clock is ahead of the source's; times are compared as [`clock::is_newer`] does. Where a
/// time or a size that decides is missing, a person is asked.
#[must_use]
pub fn resolve(policy: OnExists, source: &Facts, target: &Facts, ahead: Ahead) -> Resolution {
    let newer = source.modified.zip(target.modified).map(|(source, target)| clock::is_newer(source, target, ahead));
    let differs = source.size.zip(target.size).map(|(source, target)| source != target);
    let if_true = |replace| if replace { Resolution::Replace } else { Resolution::Skip };
    match policy {
        OnExists::Ask => Resolution::Ask,
        OnExists::Overwrite => Resolution::Replace,
        OnExists::Skip => Resolution::Skip,
        OnExists::Rename => Resolution::RenameTarget,
        OnExists::Newer => newer.map_or(Resolution::Ask, if_true),
        OnExists::SizeDiffers => differs.map_or(Resolution::Ask, if_true),
        // One of the two is enough to replace; to leave it alone both must be known.
        OnExists::NewerOrSize => match (newer, differs) {
            (Some(true), _) | (_, Some(true)) => Resolution::Replace,
            (Some(false), Some(false)) => Resolution::Skip,
            _ => Resolution::Ask,
        },
        OnExists::Resume => match (source.size, target.size) {
            (_, Some(0)) => Resolution::Replace,
            (Some(whole), Some(there)) if there < whole => Resolution::ResumeAt(there),
            (Some(_), Some(_)) => Resolution::Replace,
            _ => Resolution::Ask,
        },
    }
}

/// What decides something about these two files, in the order in which it is offered. Going on where the target ends is among it
/// only where the target is a beginning.
#[must_use]
pub fn ways(source: &Facts, target: &Facts, ahead: Ahead) -> Vec<OnExists> {
    use OnExists::{Newer, NewerOrSize, Overwrite, Rename, Resume, SizeDiffers, Skip};
    let is_beginning = matches!((source.size, target.size), (Some(source), Some(target)) if target < source);
    let mut ways = vec![Overwrite, Newer, SizeDiffers, NewerOrSize, Resume, Rename, Skip];
    ways.retain(|way| (*way != Resume || is_beginning) && decides(*way, source, target, ahead));
    ways
}

/// Whether an answer decides anything about these two files; one that does not must not be given again and again.
#[must_use]
pub fn decides(policy: OnExists, source: &Facts, target: &Facts, ahead: Ahead) -> bool {
    resolve(policy, source, target, ahead) != Resolution::Ask
}

/// Why an answer decides nothing here: what would have to be known for it.
#[must_use]
pub fn undecided(policy: OnExists, source: &Facts, target: &Facts) -> Problem {
    let by_time = matches!(policy, OnExists::Newer | OnExists::NewerOrSize);
    let by_size = matches!(policy, OnExists::SizeDiffers | OnExists::NewerOrSize | OnExists::Resume);
    let mut unknown = Vec::new();
    for (what, source, target) in [
        ("time", by_time && source.modified.is_none(), by_time && target.modified.is_none()),
        ("size", by_size && source.size.is_none(), by_size && target.size.is_none()),
    ] {
        match (source, target) {
            (true, true) => unknown.push(format!("neither its {what} nor that of the one that is there is known")),
            (true, false) => unknown.push(format!("its {what} is not known")),
            (false, true) => unknown.push(format!("the {what} of the one that is there is not known")),
            (false, false) => {}
        }
    }
    let why = if unknown.is_empty() { "what was answered decides nothing".to_owned() } else { unknown.join(", and ") };
    Problem::new(ProblemKind::Refused, format!("The target exists, and it was left as it is: {why}."))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::entry::Precision;

    const TOGETHER: Ahead = Ahead::NONE;

    fn facts(size: Option<u64>, modified: Option<(&str, Precision)>) -> Facts {
        Facts { size, modified: modified.map(|(at, precision)| Modified { at: at.parse().unwrap(), precision }) }
    }

    #[test]
    fn plain_answers_mean_what_they_say() {
        let some = facts(Some(1), None);
        for (policy, resolution) in [
            (OnExists::Ask, Resolution::Ask),
            (OnExists::Overwrite, Resolution::Replace),
            (OnExists::Skip, Resolution::Skip),
            (OnExists::Rename, Resolution::RenameTarget),
        ] {
            assert_eq!(resolve(policy, &some, &some, TOGETHER), resolution);
        }
    }

    #[test]
    fn newer_looks_no_closer_than_the_listing_does() {
        use Precision::{Day, Minute, Second};
        let table = [
            ("2026-11-20T12:02:31Z", Second, "2026-11-20T12:02:30Z", Second, Resolution::Replace),
            ("2026-11-20T12:02:30Z", Second, "2026-11-20T12:02:30Z", Second, Resolution::Skip),
            ("2026-11-20T12:02:31Z", Second, "2026-11-20T12:02:00Z", Minute, Resolution::Skip),
            ("2026-11-20T12:03:00Z", Second, "2026-11-20T12:02:00Z", Minute, Resolution::Replace),
            ("2026-11-20T23:59:59Z", Second, "2026-11-20T00:00:00Z", Day, Resolution::Skip),
            ("2026-11-21T00:00:00Z", Day, "2026-11-20T12:02:00Z", Minute, Resolution::Replace),
            ("2019-11-20T00:00:00Z", Day, "2026-11-20T12:02:00Z", Minute, Resolution::Skip),
        ];
        for (source, fine, target, coarse, expected) in table {
            let resolution =
                resolve(OnExists::Newer, &facts(None, Some((source, fine))), &facts(None, Some((target, coarse))), TOGETHER);
            assert_eq!(resolution, expected, "{source} against {target}");
        }
        let dated = facts(None, Some(("2026-11-20T12:02:31Z", Second)));
        assert_eq!(resolve(OnExists::Newer, &dated, &facts(None, None), TOGETHER), Resolution::Ask);
        assert_eq!(resolve(OnExists::Newer, &facts(None, None), &dated, TOGETHER), Resolution::Ask);
    }

    #[test]
    fn resume_goes_on_where_the_target_ends() {
        let table = [
            (Some(100), Some(40), Resolution::ResumeAt(40)),
            (Some(100), Some(100), Resolution::Replace),
            (Some(100), Some(140), Resolution::Replace),
            (Some(100), Some(0), Resolution::Replace),
            (None, Some(0), Resolution::Replace),
            (None, Some(40), Resolution::Ask),
            (Some(100), None, Resolution::Ask),
        ];
        for (source, target, expected) in table {
            assert_eq!(
                resolve(OnExists::Resume, &facts(source, None), &facts(target, None), TOGETHER),
                expected,
                "{source:?} {target:?}"
            );
        }
    }

    #[test]
    fn only_ways_that_decide_are_offered_and_the_others_say_what_they_lack() {
        use OnExists::{Newer, NewerOrSize, Overwrite, Rename, Resume, SizeDiffers, Skip};
        let time = Some(("2026-11-20T12:00:00Z", Precision::Second));
        let table = [
            (facts(Some(5), time), facts(Some(4), time), vec![Overwrite, Newer, SizeDiffers, NewerOrSize, Resume, Rename, Skip]),
            (facts(Some(5), time), facts(Some(5), time), vec![Overwrite, Newer, SizeDiffers, NewerOrSize, Rename, Skip]),
            (facts(Some(5), time), facts(Some(5), None), vec![Overwrite, SizeDiffers, Rename, Skip]),
            (facts(Some(5), time), facts(None, None), vec![Overwrite, Rename, Skip]),
        ];
        for (source, target, expected) in table {
            assert_eq!(ways(&source, &target, TOGETHER), expected, "{source:?} {target:?}");
            for policy in [Newer, SizeDiffers, NewerOrSize, Resume] {
                if !decides(policy, &source, &target, TOGETHER) {
                    let what = undecided(policy, &source, &target).what;
                    assert!(what.contains("is not known"), "{policy:?}: {what}");
                }
            }
        }
        let (whole, bare) = (facts(Some(5), time), facts(None, None));
        let what = |policy, source, target| undecided(policy, source, target).what;
        let begins = "The target exists, and it was left as it is: ";
        assert_eq!(what(Newer, &whole, &bare), format!("{begins}the time of the one that is there is not known."));
        assert_eq!(what(Resume, &bare, &whole), format!("{begins}its size is not known."));
        assert_eq!(
            what(NewerOrSize, &bare, &bare),
            format!(
                "{begins}neither its time nor that of the one that is there is known, and neither its size nor that of the one \
                 that is there is known."
            )
        );
    }

    #[test]
    fn a_different_size_decides_alone_or_beside_the_time() {
        let (old, new) = (Some(("2026-11-20T12:00:00Z", Precision::Second)), Some(("2026-11-20T13:00:00Z", Precision::Second)));
        use OnExists::{NewerOrSize, SizeDiffers};
        use Resolution::{Ask, Replace, Skip};
        let table = [
            (SizeDiffers, (Some(5), old), (Some(6), new), Replace),
            (SizeDiffers, (Some(5), new), (Some(5), old), Skip),
            (SizeDiffers, (None, new), (Some(5), old), Ask),
            (NewerOrSize, (Some(5), new), (Some(5), old), Replace),
            (NewerOrSize, (Some(5), old), (Some(6), new), Replace),
            (NewerOrSize, (Some(5), old), (Some(5), new), Skip),
            (NewerOrSize, (Some(5), old), (Some(5), old), Skip),
            (NewerOrSize, (None, new), (Some(5), old), Replace),
            (NewerOrSize, (Some(4), None), (Some(5), old), Replace),
            (NewerOrSize, (None, old), (Some(5), new), Ask),
            (NewerOrSize, (Some(5), None), (Some(5), new), Ask),
        ];
        for (policy, source, target, expected) in table {
            let resolution = resolve(policy, &facts(source.0, source.1), &facts(target.0, target.1), TOGETHER);
            assert_eq!(resolution, expected, "{policy:?} {source:?} {target:?}");
        }
    }
}
