//! The passwords of sites: kept and forgotten, and the master password asked for when they are locked under it.

use std::future::Future;

use crate::engine::command::{Answer, MasterChange};
use crate::engine::event::{EventBody, Question, WantedFor};
use crate::engine::keeper::Keeper;
use crate::engine::publish::Publisher;
use crate::engine::questions::Questions;
use crate::model::format::counted;
use crate::model::passwords::MasterPassword;
use crate::model::secret::Secret;
use crate::model::site::{Site, SiteId};
use crate::store::file::StoreError;

/// What a task needs to get at the passwords.
#[derive(Clone)]
pub struct Passwords {
    keeper: Keeper,
    questions: Questions,
    publisher: Publisher,
}

impl Passwords {
    /// Those of `keeper`; `questions` asks for the master password, `publisher` tells what came of it.
    pub fn new(keeper: &Keeper, questions: &Questions, publisher: &Publisher) -> Self {
        Self { keeper: keeper.clone(), questions: questions.clone(), publisher: publisher.clone() }
    }

    /// Asks for the master password as long as the passwords are locked under it, and says what for. Returns whether they are not locked any
    /// more; a person may decline. Who waits for the same answer is not asked again.
    pub async fn unlock(&self, wanted: &WantedFor) -> bool {
        let _alone = self.keeper.turn_at_unlocking().await;
        let mut refused = false;
        while self.keeper.master_password().await == MasterPassword::Locked {
            let question = Question::Master { wanted: wanted.clone(), refused };
            let Answer::Master(master) = self.questions.ask(&self.publisher, question).await else {
                return false;
            };
            match self.keeper.unlock(master).await {
                Some(Ok(())) => self.tell().await,
                Some(Err(StoreError::WrongMaster)) => refused = true,
                Some(Err(error)) => {
                    self.publisher.publish(EventBody::Trouble(error.problem_of("the saved passwords were not opened: ")));
                    return false;
                }
                None => return false,
            }
        }
        true
    }

    /// Keeps a site's password, or forgets it. It is in the line before this returns, so that whoever wants a password later gets this one.
    /// What is returned may wait for a person, who has to unlock the keyring or, where there is something to keep, give the master password:
    /// it is for a task of its own.
    pub fn save(self, site: &Site, password: Option<Secret>) -> impl Future<Output = ()> + Send + use<> {
        let turn = self.keeper.line_up_for_passwords();
        let (id, user) = (site.id.clone(), site.login_user().to_owned());
        let wanted = password.is_some().then(|| WantedFor::Saving { site: site.name.clone() });
        async move {
            let turn = turn.await;
            if let Some(wanted) = wanted {
                self.unlock(&wanted).await;
            }
            if let Some(problem) = self.keeper.save_password(turn, id, user, password).await {
                self.publisher.publish(EventBody::Trouble(problem));
            }
        }
    }

    /// As [`Self::save`], for the passwords of many new sites.
    pub fn save_all(self, all: Vec<(SiteId, String, Secret)>) -> impl Future<Output = ()> + Send + use<> {
        let turn = self.keeper.line_up_for_passwords();
        async move {
            let turn = turn.await;
            self.unlock(&WantedFor::Importing { passwords: all.len() }).await;
            if let Some((missing, error)) = self.keeper.save_passwords(turn, all).await {
                let words = counted(missing, "password of the new sites was", "passwords of the new sites were");
                self.publisher.publish(EventBody::Trouble(error.problem_of(&format!("{words} not saved: "))));
            }
        }
    }

    /// Sets the master password, changes it, or takes it away.
    pub async fn change_master(self, change: MasterChange) {
        let (done, not_done) = match &change {
            MasterChange::Set { current: None, .. } => ("The master password is set.", "changed"),
            MasterChange::Set { current: Some(_), .. } => ("The master password is changed.", "changed"),
            MasterChange::Remove => ("There is no master password any more.", "taken away"),
        };
        let changed = self.keeper.change_master(change).await;
        self.tell().await;
        let is_refused = matches!(changed, Some(Err(StoreError::WrongMaster)));
        match changed {
            Some(Ok(left)) => {
                let stay = counted(left, "password stays", "passwords stay");
                let words =
                    if left == 0 { done.to_owned() } else { format!("{done} {stay} in the keyring and will be found there.") };
                self.publisher.publish(EventBody::Notice(words));
            }
            Some(Err(error)) if !is_refused => {
                let problem = error.problem_of(&format!("the master password was not {not_done}: "));
                self.publisher.publish(EventBody::Trouble(problem));
            }
            Some(Err(_)) | None => {}
        }
        // Whoever typed it hears whether to type it again.
        self.publisher.publish(EventBody::MasterChanged { is_refused });
    }

    /// The master password has to be given again before anything under it is read.
    pub async fn lock(self) {
        self.keeper.lock_passwords().await;
        self.tell().await;
    }

    /// Tells what there is to keep passwords in.
    pub async fn tell(&self) {
        let kept = self.keeper.passwords_kept().await;
        self.publisher.publish(EventBody::Passwords(kept));
    }
}
