//! The time of a file on the server: MFMT, the older use of MDTM for it, and SITE UTIME, as far as a server takes them.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::ftp::control::{Control, Features};
use crate::ftp::fault::Fault;
use crate::model::path::RemotePath;

/// A command that sets a file's time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeCommand {
    /// MFMT (draft-somers-ftp-mfxx).
    Mfmt,
    /// MDTM with a time before the path: vsftpd, Serv-U and others.
    Mdtm,
    /// SITE UTIME with a time before the path: proftpd, pure-ftpd and others.
    SiteUtime,
}

impl TimeCommand {
    /// Those that a server may take, by its features.
    fn offered(features: &Features) -> Vec<Self> {
        if features.has("MFMT") {
            return vec![Self::Mfmt];
        }
        let has_utime = features.lines.iter().any(|line| line.strip_prefix("SITE ").is_some_and(|rest| rest.contains("UTIME")));
        // That MDTM sets times too is seldom said.
        [(Self::Mdtm, features.has("MDTM")), (Self::SiteUtime, has_utime)]
            .into_iter()
            .filter_map(|(command, is_offered)| is_offered.then_some(command))
            .collect()
    }

    fn line(self, path: &RemotePath, at: Timestamp) -> String {
        let stamp = at.to_zoned(TimeZone::UTC).strftime("%Y%m%d%H%M%S");
        match self {
            Self::Mfmt => format!("MFMT {stamp} {path}"),
            Self::Mdtm => format!("MDTM {stamp} {path}"),
            Self::SiteUtime => format!("SITE UTIME {stamp} {path}"),
        }
    }
}

impl Control {
    /// Sets a file's time, to the second; `Ok(false)` when the server takes no command for it. A command that was refused once is not
    /// given again on this connection.
    ///
    /// # Errors
    /// Any that a command has but `Refused`.
    pub async fn set_modified(&mut self, path: &RemotePath, at: Timestamp) -> Result<bool, Fault> {
        let doing = "setting a time";
        let is_first = self.time_commands.is_none();
        let mut commands = self.time_commands.take().unwrap_or_else(|| TimeCommand::offered(&self.features));
        while let Some(command) = commands.first().copied() {
            match self.ask(&command.line(path, at), doing).await {
                // A server that knows only the question may have taken it for one, of another file.
                Ok(_) if is_first && command == TimeCommand::Mdtm && !self.has_time(path, at).await? => {}
                Ok(_) => {
                    self.time_commands = Some(commands);
                    return Ok(true);
                }
                Err(Fault::Refused(_)) => {}
                Err(fault) => return Err(fault),
            }
            commands.remove(0);
        }
        self.time_commands = Some(commands);
        Ok(false)
    }

    /// The line that sets a file's time, once it is known which one does here.
    pub(super) fn known_time_command(&self, path: &RemotePath, at: Timestamp) -> Option<String> {
        self.time_commands.as_ref()?.first().filter(|command| **command == TimeCommand::Mdtm).map(|command| command.line(path, at))
    }

    async fn has_time(&mut self, path: &RemotePath, at: Timestamp) -> Result<bool, Fault> {
        match self.modified(path).await {
            Ok(told) => Ok(told.is_some_and(|told| told.as_second() == at.as_second())),
            Err(Fault::Refused(_)) => Ok(false),
            Err(fault) => Err(fault),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_offered_is_tried_and_nothing_else() {
        let offered = |lines: &[&str]| TimeCommand::offered(&Features { lines: lines.iter().map(|line| (*line).into()).collect() });
        assert_eq!(offered(&["MDTM", "MFMT", "SITE UTIME"]), [TimeCommand::Mfmt]);
        assert_eq!(offered(&["SIZE", "MDTM"]), [TimeCommand::Mdtm]);
        assert_eq!(offered(&["MDTM", "SITE UTIME"]), [TimeCommand::Mdtm, TimeCommand::SiteUtime]);
        assert_eq!(offered(&["SITE CHMOD;UTIME"]), [TimeCommand::SiteUtime]);
        assert!(offered(&["SIZE", "SITE CHMOD"]).is_empty());
    }

    #[test]
    fn times_are_utc_to_the_second() {
        let (path, at) = (RemotePath::parse("/a b").unwrap(), "2026-01-31T12:02:03.9Z".parse().unwrap());
        assert_eq!(TimeCommand::Mfmt.line(&path, at), "MFMT 20260131120203 /a b");
        assert_eq!(TimeCommand::Mdtm.line(&path, at), "MDTM 20260131120203 /a b");
        assert_eq!(TimeCommand::SiteUtime.line(&path, at), "SITE UTIME 20260131120203 /a b");
    }
}
