//! Everything modal: the dialog that a person opened, and in front of it the question that the engine asks.

mod about;
mod certificate;
mod changed;
mod comparison;
mod delete;
mod delete_site;
mod diagnosis;
mod discard;
mod edit_questions;
mod edits;
mod exists;
mod export_receipts;
mod guard;
mod import;
mod keys;
mod leave_out;
mod limits;
mod master;
mod new_folder;
mod password;
mod permissions;
mod power;
mod receipt;
mod rename;
mod run_command;
mod settings;
mod site_folder;
mod site_form;
mod verify;
mod words;

use eframe::egui::{Context, Ui};

use crate::engine::Question;
use crate::model::transfer::Direction;
use crate::screen::state::QuestionForm;
use crate::screen::{Action, Dialog, Screen};
use crate::ui::widgets::modal::{Answer, Modal};

/// What a dialog is drawn from and where its actions go.
struct Stage<'a> {
    ctx: &'a Context,
    screen: &'a Screen,
    in_front: bool,
    /// Whether it came without a person's doing.
    by_itself: bool,
    actions: &'a mut Vec<Action>,
}

/// Draws the open dialog and the question in front of it; what a person does there is pushed to `actions`.
pub fn show(ctx: &Context, screen: &Screen, actions: &mut Vec<Action>) {
    let question = screen.questions.front();
    if let Some(open) = &screen.dialog {
        dialog(&mut Stage { ctx, screen, in_front: question.is_none(), by_itself: false, actions }, open);
    }
    if let Some((id, asked)) = question {
        // What a person wants to delete or give up is only counted first, unless that took so long that they went on.
        let is_awaited = match asked {
            Question::Discard { .. } => true,
            Question::Delete { .. } | Question::Trash { .. } => screen.delete_awaited,
            _ => false,
        };
        let by_itself = !is_awaited;
        self::question(&mut Stage { ctx, screen, in_front: true, by_itself, actions }, id.0, asked);
    }
}

fn dialog(stage: &mut Stage<'_>, dialog: &Dialog) {
    match dialog {
        Dialog::Guard { purpose, choice, edits } => guard::show(stage, purpose, *choice, edits),
        Dialog::Site(form) => site_form::show(stage, form),
        Dialog::DeleteSite { name, .. } => delete_site::site(stage, name),
        Dialog::SiteFolder { path, name, error } => site_folder::show(stage, path.as_deref(), name, error.as_deref()),
        Dialog::DeleteSiteFolder { path, sites } => delete_site::folder(stage, path, *sites),
        Dialog::Import(form) => import::show(stage, form),
        Dialog::NewFolder { side, name, error } => new_folder::show(stage, *side, name, error.as_deref()),
        Dialog::Rename { place, name, error } => rename::show(stage, place, name, error.as_deref()),
        Dialog::Permissions { .. } => permissions::show(stage, dialog),
        Dialog::Settings(form) => settings::show(stage, form),
        Dialog::ForgetPasswords(form) => settings::forget_passwords(stage, form.master.kept),
        Dialog::Diagnosis { site, name, report } => diagnosis::show(stage, site, name, report.as_deref()),
        Dialog::Receipt(receipt) => receipt::show(stage, receipt),
        Dialog::ExportReceipts { .. } => export_receipts::show(stage, dialog),
        Dialog::Verify { .. } => verify::show(stage, dialog),
        Dialog::Edits => edits::show(stage),
        Dialog::EditLarge { files, bytes } => edit_questions::large(stage, files.len(), *bytes),
        Dialog::DiscardEdit { name, .. } => edit_questions::discard(stage, name),
        Dialog::LeaveEdits { purpose } => edit_questions::leave(stage, purpose),
        Dialog::RunWhenDone { line, error } => run_command::show(stage, line, error.as_deref()),
        Dialog::Keys => keys::show(stage),
        Dialog::About => about::show(stage),
    }
}

fn question(stage: &mut Stage<'_>, id: u64, question: &Question) {
    match question {
        Question::Certificate { authority, certificate, changed } => certificate::show(stage, id, authority, certificate, *changed),
        Question::Password { site, refused, keeping } => password::show(stage, id, site, refused.as_deref(), *keeping),
        Question::Master { wanted, refused } => master::show(stage, id, wanted, *refused),
        Question::Exists { direction, local, remote, source, target, ahead, was, .. } => {
            let conflict =
                exists::Conflict { direction: *direction, local, remote, source, target, ahead: *ahead, is_edited: was.is_some() };
            exists::show(stage, id, &conflict);
        }
        Question::Saved { remote, site, is_emptied, .. } => edit_questions::saved(stage, id, remote, site, *is_emptied),
        Question::Changed { direction, local, remote, offset, sign, was, now, .. } => {
            let name = match direction {
                Direction::Upload => local.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default(),
                Direction::Download => remote.name().unwrap_or("/").to_owned(),
            };
            changed::show(stage, id, &changed::Change { direction: *direction, name, offset: *offset, sign: *sign, was, now });
        }
        Question::Power { action, ended, until } => power::show(stage, id, *action, *ended, *until),
        Question::Discard { transfers, bytes } => discard::show(stage, id, *transfers, *bytes),
        Question::Trash { places } => delete::to_trash(stage, id, places),
        Question::Delete { places, files, folders, bytes, no_trash } => {
            delete::for_good(stage, id, places, (*files, *folders, *bytes), no_trash.as_deref());
        }
    }
}

impl Stage<'_> {
    /// Draws a dialog and pushes its answer.
    fn dialog(&mut self, modal: Modal<'_>, body: impl FnOnce(&mut Ui, bool)) {
        let action = match modal.in_front(self.in_front).show(self.ctx, body) {
            Some(Answer::Main) => Action::AcceptDialog,
            Some(Answer::Second) => Action::SecondDialogAnswer,
            Some(Answer::Cancel) => Action::CloseDialog,
            None => return,
        };
        self.actions.push(action);
    }

    /// Draws a dialog over a draft; the draft is pushed when it changed, before the answer.
    fn edit(&mut self, modal: Modal<'_>, draft: Dialog, body: impl FnOnce(&mut Ui, bool, &mut Dialog)) {
        let mut draft = draft;
        let before = draft.clone();
        let answer = modal.in_front(self.in_front).show(self.ctx, |ui, opened| body(ui, opened, &mut draft));
        if draft != before {
            self.actions.push(Action::EditDialog(Box::new(draft)));
        }
        match answer {
            Some(Answer::Main) => self.actions.push(Action::AcceptDialog),
            Some(Answer::Second) => self.actions.push(Action::SecondDialogAnswer),
            Some(Answer::Cancel) => self.actions.push(Action::CloseDialog),
            None => {}
        }
    }

    /// Draws a question over what is typed into it; that is pushed when it changed, before the answer.
    fn ask(&mut self, modal: Modal<'_>, body: impl FnOnce(&mut Ui, bool, &mut QuestionForm)) {
        let mut form = self.screen.question_form.clone();
        let modal = modal.in_front(self.in_front).by_itself(self.by_itself);
        let answer = modal.show(self.ctx, |ui, opened| body(ui, opened, &mut form));
        if form != self.screen.question_form {
            self.actions.push(Action::EditQuestion(form));
        }
        match answer {
            Some(Answer::Main) => self.actions.push(Action::AcceptQuestion),
            Some(Answer::Second) => self.actions.push(Action::SecondAnswer),
            Some(Answer::Cancel) => self.actions.push(Action::CancelQuestion),
            None => {}
        }
    }
}
