//! How a session's files are moved: what its site and the settings say, put together.

use crate::model::checksum::HashUse;
use crate::model::leave_out::LeaveOut;
use crate::model::settings::Settings;
use crate::model::site::{Site, Split};

/// The rules that one file is moved by. They are read once as it begins, so that an edit in the middle of it changes nothing for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TransferRules {
    /// Whether it is also compared by checksum.
    pub hashes: HashUse,
    /// Masks of files that are moved as text; empty is none.
    pub text_files: String,
    /// Whether a large file may come over several connections at once.
    pub split: Split,
    /// Whether it keeps the time of its last change on the other side.
    pub keep_times: bool,
    /// Whether an upload writes over an existing file without a temporary name.
    pub write_directly: bool,
}

impl TransferRules {
    /// What holds for a site: its own word, else the settings'.
    #[must_use]
    pub fn of(site: &Site, settings: &Settings) -> Self {
        Self {
            hashes: site.hashes,
            text_files: site.text_files.clone(),
            split: site.split,
            keep_times: site.keep_times.unwrap_or(settings.keep_times),
            write_directly: site.write_directly.unwrap_or(settings.write_directly),
        }
    }
}

/// What is left out of the folders that are transferred with a site: its own word, else the settings'. It is read as a folder begins.
#[must_use]
pub fn left_out(site: &Site, settings: &Settings) -> LeaveOut {
    LeaveOut::of(site.leave_out.as_ref().unwrap_or(&settings.leave_out))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::site::SiteId;

    #[test]
    fn a_site_leaves_out_what_it_says_itself_or_what_the_settings_say() {
        let patterns = |pattern: &str| vec![pattern.to_owned()];
        for (own, a, b) in [(None, true, false), (Some(Vec::new()), false, false), (Some(patterns("b")), false, true)] {
            let site = Site { leave_out: own.clone(), ..Site::new(SiteId("a".into()), "A", "a.example") };
            let settings = Settings { leave_out: patterns("a"), ..Settings::default() };
            let leave_out = left_out(&site, &settings);
            assert_eq!((leave_out.fits("a", false), leave_out.fits("b", false)), (a, b), "{own:?}");
        }
    }

    #[test]
    fn the_sites_own_word_goes_before_the_settings() {
        for (own, general, holds) in
            [(None, true, true), (None, false, false), (Some(false), true, false), (Some(true), false, true)]
        {
            let mut site = Site::new(SiteId("a".into()), "A", "a.example");
            (site.keep_times, site.write_directly) = (own, own);
            let settings = Settings { keep_times: general, write_directly: general, ..Settings::default() };
            let rules = TransferRules::of(&site, &settings);
            assert_eq!((rules.keep_times, rules.write_directly), (holds, holds), "{own:?} {general}");
        }
    }
}
