//! The settings as they are being edited: a draft on pages, what is typed into it, and what is wrong with that.

use crate::engine::MasterChange;
use crate::model::argv;
use crate::model::leave_out;
use crate::model::name_pattern::NamePattern;
use crate::model::passwords::PasswordsKept;
use crate::model::settings::Settings;
use crate::screen::typed_limits::{Errors, TypedLimits};
use crate::screen::typed_master::TypedMaster;
use crate::screen::typed_schedule::TypedTime;

/// The label of the pattern for the name of the new one when both are kept.
pub const PATTERN: &str = "Name of the new one when both are kept";
/// The label of the editor for files of a server.
pub const EDITOR: &str = "Editor";

/// The label of the names that are left out of folders, here and in a site's form.
pub const LEAVE_OUT: &str = "Names left out of folders";

/// The pages of the settings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the names are the labels")]
pub enum SettingsPage {
    #[default]
    General,
    Transfers,
    Existing,
    Editing,
    Speed,
    Connection,
    Passwords,
}

/// Settings as they are being edited.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SettingsForm {
    /// The settings as the form began with them: only what differs from them was changed in it.
    pub was: Settings,
    /// The draft.
    pub settings: Settings,
    /// The page that is shown.
    pub page: SettingsPage,
    /// The editor for files of a server, as typed.
    pub editor: String,
    /// Speed limits as typed.
    pub limits: TypedLimits,
    /// The master password as typed.
    pub master: TypedMaster,
    /// Times of the week with limits of their own, as typed.
    pub schedule: Vec<TypedTime>,
    /// Names that are left out of folders, as typed.
    pub leave_out: String,
    /// What is wrong, per field label.
    pub errors: Errors,
}

impl SettingsForm {
    /// The form for `settings` and what there is to keep passwords in, on its first page.
    #[must_use]
    pub fn of(settings: Settings, passwords: PasswordsKept) -> Self {
        Self {
            editor: argv::join(&settings.editor),
            master: TypedMaster::of(passwords),
            limits: TypedLimits::of(settings.speed),
            schedule: settings.speed_schedule.iter().map(TypedTime::of).collect(),
            leave_out: leave_out::written(&settings.leave_out),
            was: settings.clone(),
            settings,
            ..Self::default()
        }
    }

    /// The form again after another master password was typed than the one that holds: at its page, with what was typed.
    #[must_use]
    pub fn of_refused(settings: Settings, master: TypedMaster) -> Self {
        let words = match master.current.is_empty() {
            // It was set meanwhile, in another window.
            true => TypedMaster::TYPE_CURRENT,
            false => "That is not the master password. Capital letters count.",
        };
        let errors = vec![(TypedMaster::CURRENT, words.to_owned())];
        let form = Self::of(settings, master.kept);
        Self { page: SettingsPage::Passwords, master, errors, ..form }
    }

    /// Reads what was typed; what is wrong is in `errors`, under the field's label.
    ///
    /// Returns the settings, with their figures within limits, and what is to become of the master password, when everything is right.
    pub fn check(&mut self) -> Option<(Settings, Option<MasterChange>)> {
        self.errors.clear();
        let mut settings = within_limits(self.settings.clone());
        settings.speed = self.limits.read(&mut self.errors);
        match argv::split(&self.editor) {
            Ok(words) if words.first().is_some_and(String::is_empty) => {
                self.errors.push((EDITOR, "Type the program's name or path, or nothing.".into()));
            }
            Ok(words) => settings.editor = words,
            Err(words) => self.errors.push((EDITOR, words)),
        }
        if let Err(words) = NamePattern::parse(&settings.rename_pattern) {
            self.errors.push((PATTERN, words));
        }
        let master = self.master.read(&mut self.errors);
        match leave_out::read(&self.leave_out) {
            Ok(patterns) => settings.leave_out = patterns,
            Err(words) => self.errors.push((LEAVE_OUT, words)),
        }
        let times: Vec<_> = self.schedule.iter_mut().map(TypedTime::check).collect();
        settings.speed_schedule = times.into_iter().collect::<Option<_>>()?;
        self.errors.is_empty().then_some((settings, master))
    }

    /// Whether something that was typed is wrong.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        !self.errors.is_empty() || self.schedule.iter().any(|time| !time.errors.is_empty())
    }

    /// Shows the page of the first field that something is wrong with.
    pub fn show_errors(&mut self) {
        if self.errors.iter().any(|(label, _)| *label == PATTERN) {
            self.page = SettingsPage::Existing;
        } else if self.errors.iter().any(|(label, _)| *label == EDITOR) {
            self.page = SettingsPage::Editing;
        } else if self.errors.iter().any(|(label, _)| [TypedMaster::CURRENT, TypedMaster::NEW, TypedMaster::AGAIN].contains(label))
        {
            self.page = SettingsPage::Passwords;
        } else if self.errors.iter().any(|(label, _)| *label == LEAVE_OUT) {
            self.page = SettingsPage::Transfers;
        } else if self.has_errors() {
            self.page = SettingsPage::Speed;
        }
    }
}

/// Figures as the settings have them, whatever was typed.
fn within_limits(mut settings: Settings) -> Settings {
    let (least, most, _) = crate::screen::enabled::SCALE;
    settings.scale_percent = settings.scale_percent.clamp(least, most);
    settings.connections = settings.connections.min(32);
    settings.timeout_seconds = settings.timeout_seconds.clamp(5, 300);
    settings
}
