//! Permissions of files and folders on the server, and of what is inside these.

use crate::engine::browse::{kind_of, told};
use crate::engine::event::EventBody;
use crate::engine::session_context::SessionContext;
use crate::ftp::{Control, Fault};
use crate::model::entry::EntryKind;
use crate::model::format;
use crate::model::path::RemotePath;
use crate::model::permissions::{Inside, lets_owner_in};

/// What is still to be done, the next one last.
enum Step {
    /// Set these permissions.
    Set(RemotePath, EntryKind, u32),
    /// See what is inside a folder.
    Look(RemotePath),
}

/// How much was done.
#[derive(Default)]
struct Done {
    files: u64,
    folders: u64,
    refused: u64,
}

/// Sets permissions. A folder that its owner could not enter any more gets them behind its content, any other before: what is inside
/// may be out of reach until then.
///
/// # Errors
/// The fault that ended the connection.
pub async fn set(
    ctx: &SessionContext,
    control: &mut Control,
    paths: Vec<RemotePath>,
    mode: u32,
    inside: Option<Inside>,
) -> Result<(), Fault> {
    let mut done = Done::default();
    let mut steps = Vec::new();
    for path in paths {
        let kind = match inside {
            Some(_) => kind_of(ctx, control, &path).await?.unwrap_or(EntryKind::File),
            None => EntryKind::File,
        };
        // What was chosen itself gets them also where it is a link.
        let own = if kind == EntryKind::Link { Some(mode) } else { inside.map_or(Some(mode), |inside| inside.of(mode, kind)) };
        push(&mut steps, path, kind, own, inside.is_some());
    }
    steps.reverse();
    while let Some(step) = steps.pop() {
        match step {
            Step::Set(path, kind, mode) => {
                let result = control.set_mode(&path, mode).await;
                match (&result, kind) {
                    (Err(_), _) => done.refused += 1,
                    (Ok(()), EntryKind::Dir) => done.folders += 1,
                    (Ok(()), _) => done.files += 1,
                }
                told(ctx, result, &format!("change the permissions of {path}"))?;
                let doing = format!("Changing permissions: {}", done.files + done.folders);
                ctx.publisher.publish(EventBody::Browsing { doing: Some(doing) });
            }
            Step::Look(folder) => {
                let listing = match control.list(&folder).await {
                    Ok(listing) => listing,
                    Err(fault) => {
                        done.refused += 1;
                        told(ctx, Err(fault), &format!("change the permissions of what is in {folder}"))?;
                        continue;
                    }
                };
                let mut inner = Vec::new();
                for entry in listing.entries {
                    if let (Some(inside), Ok(child)) = (inside.filter(|_| entry.kind != EntryKind::Link), folder.child(&entry.name))
                    {
                        push(&mut inner, child, entry.kind, inside.of(mode, entry.kind), true);
                    }
                }
                steps.extend(inner.into_iter().rev());
            }
        }
    }
    if let Some(words) = in_words(&done, inside.is_some()) {
        ctx.publisher.publish(EventBody::Notice(words));
    }
    Ok(())
}

/// The steps for one file or folder, the first one first.
fn push(steps: &mut Vec<Step>, path: RemotePath, kind: EntryKind, mode: Option<u32>, looks_inside: bool) {
    let look = (kind == EntryKind::Dir && looks_inside).then(|| Step::Look(path.clone()));
    let is_last = mode.is_some_and(|mode| !lets_owner_in(mode));
    let set = mode.map(|mode| Step::Set(path, kind, mode));
    steps.extend(if is_last { [look, set] } else { [set, look] }.into_iter().flatten());
}

/// What came of it. One or a few that were chosen by themselves are seen in the pane.
fn in_words(done: &Done, is_inside: bool) -> Option<String> {
    let count = |number: u64, one, many| format::counted(usize::try_from(number).unwrap_or(usize::MAX), one, many);
    let files = count(done.files, "file", "files");
    let folders = count(done.folders, "folder", "folders");
    match (is_inside, done.refused) {
        (false, _) => None,
        (true, 0) => Some(format!("Changed the permissions of {files} and {folders}.")),
        (true, refused) => {
            Some(format!("Changed the permissions of {files} and {folders}; {} refused.", count(refused, "was", "were")))
        }
    }
}
