//! Sites of other programs: what the import dialog's controls do.

use std::path::PathBuf;

use crate::engine::Command;
use crate::model::passwords::Keeping;
use crate::screen::action::Effect;
use crate::screen::dialog::Dialog;
use crate::screen::import_form::{ImportForm, ImportRow};
use crate::screen::state::Screen;

/// Opens the dialog and has the usual places looked at.
pub(super) fn open(screen: &mut Screen) -> Vec<Effect> {
    screen.dialog = Some(Dialog::Import(Box::new(ImportForm::looking())));
    vec![Effect::Engine(Command::FindImports)]
}

/// A file was picked; after the dialog was closed it is of no interest.
pub(super) fn picked(screen: &mut Screen, path: PathBuf) -> Vec<Effect> {
    let Some(Dialog::Import(form)) = &mut screen.dialog else { return Vec::new() };
    form.awaited += 1;
    vec![Effect::Engine(Command::ReadImport { path })]
}

pub(super) fn tick(screen: &mut Screen, rows: &[ImportRow], on: bool) -> Vec<Effect> {
    if let Some(Dialog::Import(form)) = &mut screen.dialog {
        form.tick(rows, on);
    }
    Vec::new()
}

pub(super) fn with_passwords(screen: &mut Screen, wanted: bool) -> Vec<Effect> {
    if let Some(Dialog::Import(form)) = &mut screen.dialog {
        form.passwords = wanted;
    }
    Vec::new()
}

/// The main button. With nothing ticked the dialog stays.
pub(super) fn accept(screen: &mut Screen, form: Box<ImportForm>) -> Vec<Effect> {
    if form.chosen.is_empty() {
        screen.dialog = Some(Dialog::Import(form));
        return Vec::new();
    }
    let sites: Vec<_> = form.chosen.iter().filter_map(|row| form.found(*row).cloned()).collect();
    let left_out = form.rows().count().saturating_sub(sites.len());
    let passwords = form.passwords && screen.passwords.keeping() != Keeping::Nowhere;
    vec![Effect::Engine(Command::ImportSites { sites, passwords, left_out })]
}
