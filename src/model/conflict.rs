//! What to do when the target of a transfer is there already.

use serde::{Deserialize, Serialize};

use crate::model::entry::{Modified, Precision};

/// A standing answer: given on the command line, in the settings or "for all".
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
    /// Go on where the target ends; replace when it is not shorter.
    Resume,
    /// Keep both: `name (1).txt`.
    Rename,
    /// Leave the target as it is.
    Skip,
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
/// `Newer` compares at the coarser of both precisions: a listing that gives days or minutes only cannot show that a file of
/// the same day or minute is newer, so it is skipped. Where a time (or, for `Resume`, a size) is missing, a person is asked.
#[must_use]
pub fn resolve(policy: OnExists, source: &Facts, target: &Facts) -> Resolution {
    match policy {
        OnExists::Ask => Resolution::Ask,
        OnExists::Overwrite => Resolution::Replace,
        OnExists::Skip => Resolution::Skip,
        OnExists::Rename => Resolution::RenameTarget,
        OnExists::Newer => match (source.modified, target.modified) {
            (Some(source), Some(target)) if is_newer(source, target) => Resolution::Replace,
            (Some(_), Some(_)) => Resolution::Skip,
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

fn is_newer(source: Modified, target: Modified) -> bool {
    let unit = match source.precision.min(target.precision) {
        Precision::Day => 86_400,
        Precision::Minute => 60,
        Precision::Second => 1,
    };
    source.at.as_second().div_euclid(unit) > target.at.as_second().div_euclid(unit)
}

/// Endings that belong together: `archive (1).tar.gz`, not `archive.tar (1).gz`.
const DOUBLE_ENDINGS: [&str; 6] = [".tar.gz", ".tar.bz2", ".tar.xz", ".tar.zst", ".tar.lz", ".tar.z"];

/// The name for keeping both: `name (1).txt`, `archive (1).tar.gz`, `.profile (1)`.
#[must_use]
pub fn numbered_name(name: &str, number: u32) -> String {
    let lower = name.to_ascii_lowercase();
    let double = DOUBLE_ENDINGS.iter().find(|ending| lower.ends_with(*ending)).map(|ending| name.len() - ending.len());
    let single = name.rfind('.').filter(|dot| name.get(dot + 1..).is_some_and(|end| !end.is_empty() && !end.contains(' ')));
    // A dot at the beginning hides the file, it begins no ending.
    let cut = double.filter(|cut| *cut > 0).or(single).filter(|cut| *cut > 0).unwrap_or(name.len());
    match name.split_at_checked(cut) {
        Some((stem, ending)) => format!("{stem} ({number}){ending}"),
        None => format!("{name} ({number})"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
            assert_eq!(resolve(policy, &some, &some), resolution);
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
            let resolution = resolve(OnExists::Newer, &facts(None, Some((source, fine))), &facts(None, Some((target, coarse))));
            assert_eq!(resolution, expected, "{source} against {target}");
        }
        let dated = facts(None, Some(("2026-11-20T12:02:31Z", Second)));
        assert_eq!(resolve(OnExists::Newer, &dated, &facts(None, None)), Resolution::Ask);
        assert_eq!(resolve(OnExists::Newer, &facts(None, None), &dated), Resolution::Ask);
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
            assert_eq!(resolve(OnExists::Resume, &facts(source, None), &facts(target, None)), expected, "{source:?} {target:?}");
        }
    }

    #[test]
    fn the_number_stands_before_the_ending() {
        let table = [
            ("name.txt", "name (1).txt"),
            ("archive.tar.gz", "archive (1).tar.gz"),
            ("ARCHIVE.TAR.GZ", "ARCHIVE (1).TAR.GZ"),
            ("a.b.c", "a.b (1).c"),
            (".profile", ".profile (1)"),
            (".tar.gz", ".tar (1).gz"),
            ("README", "README (1)"),
            ("ends.", "ends. (1)"),
            ("Dear Mr. Smith", "Dear Mr. Smith (1)"),
            ("grüße.döc", "grüße (1).döc"),
            ("", " (1)"),
        ];
        for (name, expected) in table {
            assert_eq!(numbered_name(name, 1), expected);
        }
    }
}
