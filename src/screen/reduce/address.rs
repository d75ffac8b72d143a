//! The address field: addresses, sites, folders and commands.

use crate::model::address::Address;
use crate::model::path::RemotePath;
use crate::model::site::{Logon, Site};
use crate::screen::action::Effect;
use crate::screen::pane::Side;
use crate::screen::reduce::verbs;
use crate::screen::state::{AddressField, Focus, Screen, Suggestion};
use crate::screen::suggest::suggestions;

pub(super) fn edit(screen: &mut Screen, text: String) -> Vec<Effect> {
    screen.address = AddressField { suggestions: suggestions(screen, &text), text, open: true, chosen: 0, error: None };
    screen.focus = Focus::Address;
    Vec::new()
}

/// The keyboard goes there, and the sites are offered.
pub(super) fn focus(screen: &mut Screen) -> Vec<Effect> {
    let text = std::mem::take(&mut screen.address.text);
    edit(screen, text);
    vec![Effect::Focus(Focus::Address)]
}

/// The address that did not work, to correct it.
pub(super) fn type_again(screen: &mut Screen, site: &Site) -> Vec<Effect> {
    let user = if site.logon == Logon::Anonymous { String::new() } else { format!("{}@", site.login_user()) };
    edit(screen, format!("{}://{user}{}", site.encryption.scheme(), site.authority()));
    vec![Effect::Focus(Focus::Address)]
}

pub(super) fn choose(screen: &mut Screen, line: usize) -> Vec<Effect> {
    screen.address.chosen = line.min(screen.address.suggestions.len().saturating_sub(1));
    Vec::new()
}

pub(super) fn leave(screen: &mut Screen) -> Vec<Effect> {
    screen.address = AddressField::default();
    if screen.focus == Focus::Address {
        screen.focus = Focus::Pane;
    }
    Vec::new()
}

/// Takes a line of the list; what was typed stays, with the reason, when it leads nowhere.
pub(super) fn enter(screen: &mut Screen, line: Option<usize>) -> Vec<Effect> {
    let line = line.unwrap_or(screen.address.chosen);
    let Some(suggestion) = screen.address.suggestions.get(line).cloned() else {
        let text = screen.address.text.trim();
        screen.address.error = match text {
            "" => None,
            text if text.starts_with('/') => Some("Connect to a server first to open its folders.".into()),
            text if text.contains(char::is_whitespace) => Some(format!("No site, command or address is called “{text}”.")),
            text => Some(format!("No site or command is called “{text}”. For a host of that name type ftp://{text}.")),
        };
        return Vec::new();
    };
    match suggestion {
        Suggestion::Site { id, .. } => {
            leave(screen);
            screen.connect_to(&id)
        }
        Suggestion::Verb(verb) => {
            leave(screen);
            verbs::perform(screen, verb)
        }
        Suggestion::Folder(text) => match RemotePath::parse(&text) {
            Ok(path) => {
                leave(screen);
                screen.active = Side::Remote;
                vec![screen.open_remote(path)]
            }
            Err(error) => refuse(screen, format!("This folder cannot be opened: {error}.")),
        },
        Suggestion::Address(text) => match Address::parse(&text) {
            Ok(address) => {
                leave(screen);
                screen.connect_to_address(address)
            }
            Err(error) => refuse(screen, error.to_string()),
        },
    }
}

/// The program was started with an address or a site's name.
pub(super) fn open(screen: &mut Screen, text: &str) -> Vec<Effect> {
    if let Some(id) = screen.sites.by_name(text.trim()).map(|site| site.id.clone()) {
        return screen.connect_to(&id);
    }
    match Address::parse(text.trim()) {
        Ok(address) => screen.connect_to_address(address),
        Err(error) => {
            edit(screen, text.to_owned());
            refuse(screen, error.to_string())
        }
    }
}

fn refuse(screen: &mut Screen, reason: String) -> Vec<Effect> {
    screen.address.error = Some(reason);
    screen.address.open = true;
    vec![Effect::Focus(Focus::Address)]
}
