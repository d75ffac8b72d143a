//! What the address field offers for what is typed into it.

use crate::model::session::Phase;
use crate::model::site::Site;
use crate::screen::state::{Screen, Suggestion};
use crate::screen::verb::Verb;

/// How many sites are offered.
const MOST_SITES: usize = 8;
/// How many commands are offered.
const MOST_VERBS: usize = 5;

/// The lines for a text, the likeliest first.
#[must_use]
pub fn suggestions(screen: &Screen, text: &str) -> Vec<Suggestion> {
    let text = text.trim();
    let lower = text.to_lowercase();
    let mut lines = Vec::new();
    if text.starts_with('/') {
        if screen.can_browse_remote() {
            lines.push(Suggestion::Folder(text.to_owned()));
        }
        return lines;
    }
    if is_surely_address(text) {
        lines.push(Suggestion::Address(text.to_owned()));
    }
    lines.extend(sites(&screen.sites.sites, &lower));
    if !text.is_empty() {
        lines.extend(verbs(screen, &lower));
        // A lone word may be a host's name, but a slip of the keyboard must not cost a session that is up.
        let is_host = lines.is_empty() && !text.contains(char::is_whitespace) && screen.session.phase == Phase::Offline;
        if is_host || is_maybe_address(text) && !is_surely_address(text) {
            lines.push(Suggestion::Address(text.to_owned()));
        }
    }
    lines
}

/// A scheme or a user before a host can be nothing else.
fn is_surely_address(text: &str) -> bool {
    !text.contains(char::is_whitespace) && (text.contains("://") || text.contains('@'))
}

/// Something like a host name or an address.
fn is_maybe_address(text: &str) -> bool {
    !text.contains(char::is_whitespace) && (text.contains(['.', ':']) || text == "localhost")
}

/// Sites whose name or host holds the text: names that begin so, then words that begin so, then the rest.
fn sites(sites: &[Site], lower: &str) -> Vec<Suggestion> {
    let mut ranked: Vec<(u8, &Site)> = sites.iter().filter_map(|site| Some((rank(site, lower)?, site))).collect();
    ranked.sort_by_key(|(rank, _)| *rank);
    ranked
        .into_iter()
        .take(MOST_SITES)
        .map(|(_, site)| Suggestion::Site {
            id: site.id.clone(),
            name: site.name.clone(),
            detail: format!("{}@{}", site.login_user(), site.host),
        })
        .collect()
}

fn rank(site: &Site, lower: &str) -> Option<u8> {
    let (name, host) = (site.name.to_lowercase(), site.host.to_lowercase());
    if name.starts_with(lower) {
        Some(0)
    } else if name.split(|c: char| !c.is_alphanumeric()).any(|word| word.starts_with(lower)) {
        Some(1)
    } else if host.starts_with(lower) {
        Some(2)
    } else if name.contains(lower) || host.contains(lower) {
        Some(3)
    } else {
        None
    }
}

/// Commands whose label holds the text, those that can be done now first.
fn verbs(screen: &Screen, lower: &str) -> Vec<Suggestion> {
    let mut found: Vec<(bool, bool, Verb)> = Verb::ALL
        .iter()
        .filter(|verb| **verb != Verb::FocusAddress)
        .filter_map(|verb| {
            let label = verb.label().to_lowercase();
            label.contains(lower).then(|| (verb.is_enabled(screen).is_err(), !label.starts_with(lower), *verb))
        })
        .collect();
    // Of two that begin so, the shorter label is nearer to what was typed.
    found.sort_by_key(|(disabled, inside, verb)| (*disabled, *inside, verb.label().len()));
    found.into_iter().take(MOST_VERBS).map(|(_, _, verb)| Suggestion::Verb(verb)).collect()
}
