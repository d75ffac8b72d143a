//! Sites of other programs: files are read beside the actor, what a person chose is put into the list, and passwords are kept.

use std::sync::Arc;

use tokio::task::spawn_blocking;

use super::Actor;
use crate::engine::command::Command;
use crate::engine::event::EventBody;
use crate::model::format::{count, counted};
use crate::model::import::{self, FoundSite, Imported, SiteFile};
use crate::model::site::SiteId;
use crate::store;

impl Actor {
    pub(super) async fn import(&mut self, command: Command) {
        match command {
            Command::FindImports => {
                let places = self.places.as_ref().map(|places| places.others.clone());
                self.look(move || places.map(|places| store::import::find(&places)).unwrap_or_default());
            }
            Command::ReadImport { path } => self.look(move || vec![store::import::read(&path)]),
            Command::ImportSites { sites, passwords, left_out } => self.import_sites(sites, passwords, left_out).await,
            _ => {}
        }
    }

    /// Reads files and tells what is in them; the actor does not wait for it.
    fn look(&self, read: impl FnOnce() -> Vec<SiteFile> + Send + 'static) {
        let publisher = self.publisher.clone();
        tokio::spawn(async move {
            if let Ok(files) = spawn_blocking(read).await {
                publisher.publish(EventBody::SiteFiles { files: files.into_iter().map(Arc::new).collect() });
            }
        });
    }

    async fn import_sites(&mut self, found: Vec<FoundSite>, with_passwords: bool, left_out: usize) {
        let add = move |tree: &mut _| import::add(tree, found, SiteId::random);
        let Some((tree, imported, problems)) = self.shared.keeper.change_sites(add).await else { return };
        self.take_sites(tree).await;
        self.troubles(problems);
        self.publisher.publish(EventBody::Notice(sentence(&imported, left_out)));
        if with_passwords && !imported.passwords.is_empty() {
            // A person may have to unlock what keeps them: nothing else waits for that, only whoever wants a password.
            let saving = self.passwords().save_all(imported.passwords);
            self.clearing.spawn(saving);
        }
    }
}

/// What an import came to.
fn sentence(imported: &Imported, left_out: usize) -> String {
    let came = counted(imported.sites, "site imported", "sites imported");
    match left_out + imported.known {
        0 => format!("{came}."),
        left_out => format!("{came}, {} left out.", count(left_out)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_import_is_told_in_one_sentence() {
        for (sites, known, left_out, expected) in [
            (12, 0, 2, "12 sites imported, 2 left out."),
            (1, 0, 0, "1 site imported."),
            (0, 3, 1, "0 sites imported, 4 left out."),
        ] {
            let imported = Imported { sites, known, passwords: Vec::new() };
            assert_eq!(sentence(&imported, left_out), expected);
        }
    }
}
