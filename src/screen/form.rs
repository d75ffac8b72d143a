//! The site form: how it is filled, what a pasted address does, and what is wrong with what was typed.

use crate::model::address::{Address, AddressPath};
use crate::model::clock;
use crate::model::host::HostFacts;
use crate::model::leave_out;
use crate::model::session::{IdleLimit, LimitSource};
use crate::model::site::{KeepAlive, Logon, Site};
use crate::screen::dialog::{SiteForm, SitePage};
use crate::screen::location::resolve_local;
use crate::screen::settings_form::LEAVE_OUT;
use crate::screen::state::Screen;
use crate::screen::typed_limits::{Errors, TypedLimits};

/// The label of the field for the server's time zone.
pub const LIST_AHEAD: &str = "Hours that its listings are ahead of UTC";

/// The label of the field for how far the server's clock is off.
pub const CLOCK_AHEAD: &str = "Seconds that its clock is ahead of ours";

/// The least seconds between keep-alives; fewer would only disturb the server.
const LEAST_KEEP_ALIVE: u32 = 5;
/// The most: a day.
const MOST_KEEP_ALIVE: u32 = 86_400;
/// The most transfer connections of a site.
const MOST_CONNECTIONS: u8 = 32;

impl SiteForm {
    /// The form for a site.
    #[must_use]
    pub fn of(site: Site, is_new: bool) -> Self {
        let seconds = match site.keep_alive {
            KeepAlive::Every(seconds) => seconds,
            KeepAlive::Automatic | KeepAlive::Off => 30,
        };
        Self {
            is_new,
            port: site.port.map(|port| port.to_string()).unwrap_or_default(),
            keep_alive_seconds: seconds.to_string(),
            learned: None,
            forget: false,
            idle_limit: String::new(),
            limits: TypedLimits::of(site.speed),
            list_ahead: site.list_ahead_seconds.map(clock::typed).unwrap_or_default(),
            clock_ahead: site.clock_ahead_seconds.map(|seconds| seconds.to_string()).unwrap_or_default(),
            local_folder: site.local_folder.as_ref().map(|path| path.display().to_string()).unwrap_or_default(),
            password: String::new(),
            password_changed: false,
            reveal: false,
            page: SitePage::default(),
            leaves_out: site.leave_out.is_some(),
            leave_out: site.leave_out.as_deref().map(leave_out::written).unwrap_or_default(),
            errors: Vec::new(),
            site,
        }
    }

    /// Takes in what was learned of the host.
    pub fn show_learned(&mut self, facts: HostFacts) {
        self.idle_limit = facts.idle_limit_seconds.map(|seconds| seconds.to_string()).unwrap_or_default();
        self.learned = Some(facts);
        self.forget = false;
    }

    /// What is to stay of what was learned, when a person changed it. `None` also while the idle limit cannot be read.
    #[must_use]
    pub fn relearned(&self) -> Option<HostFacts> {
        let learned = self.learned?;
        let kept = if self.forget { learned.forgotten() } else { learned };
        let typed = match self.idle_limit.trim() {
            "" => None,
            text => Some(text.parse::<u32>().ok().filter(|seconds| (LEAST_KEEP_ALIVE..=MOST_KEEP_ALIVE).contains(seconds))?),
        };
        let limit = match (typed, kept.idle_limit()) {
            (Some(seconds), Some(limit)) if limit.seconds == seconds => Some(limit),
            (seconds, _) => seconds.map(|seconds| IdleLimit { seconds, source: LimitSource::Stated }),
        };
        Some(kept.with_idle_limit(limit)).filter(|facts| *facts != learned)
    }

    /// An address that was pasted into the host field fills the fields that it names.
    pub fn spread_address(&mut self) {
        let text = self.site.host.trim();
        if !text.contains("://") && !text.contains('@') {
            return;
        }
        let Ok(address) = Address::parse(text) else { return };
        if text.contains("://") {
            self.site.encryption = address.encryption;
        }
        self.site.host = address.host;
        if let Some(port) = address.port {
            self.port = port.to_string();
        }
        if let Some(user) = address.user {
            if user == "anonymous" {
                self.site.logon = Logon::Anonymous;
            } else if self.site.logon == Logon::Anonymous {
                self.site.logon = Logon::Keyring;
            }
            self.site.user = user;
        }
        if let Some(password) = address.password {
            password.reveal().clone_into(&mut self.password);
            self.password_changed = true;
        }
        match address.path {
            AddressPath::Login => {}
            AddressPath::Relative(path) | AddressPath::Absolute(path) => self.site.remote_folder = path,
        }
    }

    /// Reads the fields; what is wrong is in `errors`, under the field's label.
    ///
    /// Returns the site when everything is right.
    pub fn check(&mut self, screen: &Screen) -> Option<Site> {
        let mut errors = Errors::new();
        self.spread_address();
        let mut site = self.site.clone();
        self.read_host(&mut site, &mut errors);
        if site.name.trim().is_empty() {
            site.name.clone_from(&site.host);
        }
        site.name = site.name.trim().to_owned();
        site.folder = crate::screen::tree::clean_path(&site.folder);
        site.user = site.user.trim().to_owned();
        if site.user.chars().any(char::is_control) {
            errors.push(("User", "The user name contains a control character.".into()));
        } else if site.logon != Logon::Anonymous && site.user.is_empty() {
            errors.push(("User", "Type the user name, or choose “Anonymous”.".into()));
        }
        if self.password.contains(['\r', '\n', '\0']) {
            errors.push(("Password", "The password contains a line break.".into()));
        }
        if let KeepAlive::Every(_) = site.keep_alive {
            match self.keep_alive_seconds.trim().parse::<u32>() {
                Ok(seconds) if (LEAST_KEEP_ALIVE..=MOST_KEEP_ALIVE).contains(&seconds) => {
                    site.keep_alive = KeepAlive::Every(seconds)
                }
                _ => errors.push((
                    "Keep-alive",
                    format!("Type a number of seconds, at least {LEAST_KEEP_ALIVE} and at most {MOST_KEEP_ALIVE}."),
                )),
            }
        }
        let limit = self.idle_limit.trim();
        if !limit.is_empty() && !limit.parse::<u32>().is_ok_and(|seconds| (LEAST_KEEP_ALIVE..=MOST_KEEP_ALIVE).contains(&seconds)) {
            errors.push((
                "Idle limit",
                format!("Type a number of seconds, at least {LEAST_KEEP_ALIVE} and at most {MOST_KEEP_ALIVE}, or nothing."),
            ));
        }
        site.connections = site.connections.min(MOST_CONNECTIONS);
        site.speed = self.limits.read(&mut errors);
        site.text_files = site.text_files.trim().to_owned();
        site.leave_out = None;
        if self.leaves_out {
            match leave_out::read(&self.leave_out) {
                Ok(patterns) => site.leave_out = Some(patterns),
                Err(words) => errors.push((LEAVE_OUT, words)),
            }
        }
        site.list_ahead_seconds = None;
        if !self.list_ahead.trim().is_empty() {
            match clock::parse(&self.list_ahead) {
                Ok(ahead) => site.list_ahead_seconds = Some(ahead),
                Err(words) => errors.push((LIST_AHEAD, words)),
            }
        }
        site.clock_ahead_seconds = None;
        if !self.clock_ahead.trim().is_empty() {
            match clock::parse_skew(&self.clock_ahead) {
                Ok(ahead) => site.clock_ahead_seconds = Some(ahead),
                Err(words) => errors.push((CLOCK_AHEAD, words)),
            }
        }
        site.local_folder = None;
        if !self.local_folder.trim().is_empty() {
            match resolve_local(&self.local_folder, None, screen.home.as_deref()) {
                Some(path) => site.local_folder = Some(path),
                None => errors.push(("Local folder", "Type the whole path of a folder, or leave it empty.".into())),
            }
        }
        site.remote_folder = site.remote_folder.trim().to_owned();
        if site.remote_folder.chars().any(char::is_control) {
            errors.push(("Remote folder", "The path contains a control character.".into()));
        }
        self.errors = errors;
        if self.errors.is_empty() { Some(site) } else { None }
    }

    /// Shows the page of the first field that something is wrong with, unless the page that is shown has one.
    pub fn show_errors(&mut self) {
        let page_of = |label: &str| match label {
            "Host" | "Port" | "User" | "Password" => SitePage::Connection,
            "Local folder" | "Remote folder" => SitePage::Folders,
            "Keep-alive" | "Idle limit" => SitePage::Session,
            _ => SitePage::Transfers,
        };
        let mut pages = self.errors.iter().map(|(label, _)| page_of(label));
        if !pages.clone().any(|page| page == self.page) {
            self.page = pages.next().unwrap_or(self.page);
        }
    }

    fn read_host(&self, site: &mut Site, errors: &mut Errors) {
        let mut host = site.host.trim().to_owned();
        let mut port = self.port.trim().to_owned();
        if host.is_empty() {
            errors.push(("Host", "Type the server's name or address.".into()));
        } else if host.contains("://") || host.contains('@') {
            // One that can be read has been spread over the fields.
            let reason = Address::parse(&host).err().map(|error| format!(" ({error})")).unwrap_or_default();
            errors.push(("Host", format!("This address cannot be used{reason}. Type the server's name only.")));
        } else if let Some(inner) = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            host = inner.to_owned();
        } else if let Some((name, number)) = host.clone().split_once(':').filter(|(_, rest)| !rest.contains(':')) {
            // `host:port`; an IPv6 address has more colons.
            host = name.to_owned();
            if port.is_empty() {
                port = number.to_owned();
            }
        }
        if errors.is_empty() && host.contains(|c: char| c.is_whitespace() || c.is_control() || c == '/') {
            errors.push(("Host", "A server's name has no blanks and no slashes.".into()));
        }
        site.host = host;
        site.port = None;
        if !port.is_empty() {
            match port.parse::<u16>() {
                Ok(0) | Err(_) => {
                    errors.push(("Port", "A port is a number from 1 to 65535; leave it empty for the usual one.".into()))
                }
                Ok(number) => site.port = Some(number),
            }
        }
    }
}
