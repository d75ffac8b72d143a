//! (Screen, Event) → effects.

mod edits;
mod listings;
mod proofs;
mod questions;
mod session;

use crate::engine::{Event, EventBody};
use crate::model::settings::Settings;
use crate::screen::settings_form::SettingsForm;
use crate::screen::{Dialog, Effect, Screen, Side};

/// Takes in what the engine reports; `now` is the window's clock in seconds.
pub fn absorb(screen: &mut Screen, event: Event, now: f64) -> Vec<Effect> {
    screen.now = now;
    match event.body {
        EventBody::Session(view) => session::changed(screen, *view),
        EventBody::RemoteListing { path, listing, at } => listings::remote(screen, path, listing, at),
        EventBody::LocalListing { path, listing, free } => listings::local(screen, path, listing, free),
        EventBody::LocalPlaces(places) => {
            screen.local_places = Some(places);
            Vec::new()
        }
        EventBody::Browsing { doing } => {
            screen.remote.doing = doing;
            Vec::new()
        }
        EventBody::LocalWork { doing } => {
            screen.local.doing = doing;
            Vec::new()
        }
        EventBody::RemoteTrouble { path, problem } => listings::remote_trouble(screen, path, &problem),
        EventBody::LocalTrouble { path, problem } => listings::local_trouble(screen, path, &problem),
        EventBody::Trouble(problem) => {
            screen.deleting_since = None;
            screen.complain_of(&problem);
            // What was to be made or renamed may be what failed.
            for side in [Side::Local, Side::Remote] {
                let pane = screen.pane_mut(side);
                if pane.opening.is_none() {
                    pane.land_on = None;
                }
            }
            Vec::new()
        }
        EventBody::Notice(text) => {
            screen.notify(text);
            Vec::new()
        }
        EventBody::Diagnosis { site, report } => {
            // A dialog that was closed meanwhile wants to hear no more of it.
            if let Some(Dialog::Diagnosis { site: open, report: shown, .. }) = &mut screen.dialog
                && *open == site
            {
                *shown = Some(report);
            }
            Vec::new()
        }
        EventBody::Receipt(receipt) => proofs::receipt(screen, receipt),
        EventBody::Verifying { tally } => proofs::verifying(screen, tally),
        EventBody::Verified(result) => proofs::verified(screen, result),
        EventBody::Recording { path } => {
            screen.recording = path;
            Vec::new()
        }
        EventBody::Host { authority, facts } => {
            // A form that was opened for another host meanwhile wants to hear nothing of it.
            if let Some(Dialog::Site(form)) = &mut screen.dialog
                && form.site.authority() == authority
            {
                form.show_learned(facts);
            }
            Vec::new()
        }
        EventBody::Asked { id, question } => questions::asked(screen, id, question),
        EventBody::Withdrawn { id } => questions::withdrawn(screen, id),
        EventBody::Compared { question, result } => questions::compared(screen, question, result),
        EventBody::Passwords(kept) => {
            screen.passwords = kept;
            if let Some(Dialog::Settings(form) | Dialog::ForgetPasswords(form)) = &mut screen.dialog {
                form.master.take(kept);
            }
            Vec::new()
        }
        EventBody::MasterChanged { is_refused } => master_changed(screen, is_refused),
        EventBody::SiteFiles { files } => {
            // A dialog that was closed meanwhile wants to hear no more of it.
            if let Some(Dialog::Import(form)) = &mut screen.dialog {
                form.take(files, &screen.sites);
            }
            Vec::new()
        }
        EventBody::Sites(tree) => {
            screen.sites = tree;
            if let Some(Dialog::Import(form)) = &mut screen.dialog {
                form.look_again(&screen.sites);
            }
            if screen.marked_site().is_none() {
                screen.site_cursor = None;
            }
            Vec::new()
        }
        EventBody::Edits(edits) => edits::changed(screen, edits),
        EventBody::SpeedLimit(limit) => {
            screen.speed_limit = limit;
            Vec::new()
        }
        EventBody::WhenDone(choice) => {
            screen.when_done = choice;
            Vec::new()
        }
        // A window stays open: what could not be done was told, and nobody waits for the rest.
        EventBody::Followed { .. } => Vec::new(),
        EventBody::QueueUnsaved { words } => {
            screen.why_unsaved = words;
            Vec::new()
        }
        EventBody::QueueEnded { words } => {
            screen.notify(words.clone());
            vec![Effect::Announce(words)]
        }
        EventBody::Settings(settings) => session::settings(screen, *settings),
        EventBody::Left => screen.left(),
    }
}

/// Another current master password than the one that holds is told beside its field, with everything else as it was typed; over a dialog
/// that was opened meanwhile only in words.
fn master_changed(screen: &mut Screen, is_refused: bool) -> Vec<Effect> {
    let typed = screen.master_awaited.take();
    match typed {
        _ if !is_refused => {}
        Some(mut typed) if screen.dialog.is_none() => {
            typed.take(screen.passwords);
            screen.dialog = Some(Dialog::Settings(Box::new(SettingsForm::of_refused(screen.settings.clone(), typed))));
        }
        _ => {
            let advice = "The one that was typed as the current one is another. Capital letters count.";
            screen.complain("The master password was not changed.", advice);
        }
    }
    Vec::new()
}

impl Screen {
    /// Takes over new settings; what they hide goes from the panes.
    pub fn take_settings(&mut self, settings: Settings) {
        let show_hidden = settings.show_hidden;
        let rebuild = show_hidden != self.settings.show_hidden;
        self.settings = settings;
        if rebuild {
            for side in [Side::Local, Side::Remote] {
                self.pane_mut(side).rebuild(show_hidden);
            }
        }
    }
}
