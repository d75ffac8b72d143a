//! Files of a server that are edited here.

use super::*;
use crate::engine::{Answer, EditWish, Question, QuestionId};
use crate::model::conflict::{Facts, OnExists};
use crate::model::edited::{AT_ONCE, EditId, EditState, EditView, LARGE, Unsent};
use crate::model::problem::{Problem, ProblemKind};
use crate::model::transfer::{Direction, TransferId};
use crate::screen::Dialog;
use crate::screen::dialog::GuardPurpose;

pub(super) fn edit(id: u64, site: &str, state: EditState) -> EditView {
    EditView {
        id: EditId(id),
        site: SiteId(site.into()),
        site_name: site.to_uppercase(),
        remote: rp(&format!("/www/{id}.php")),
        local: format!("/state/edits/{id}/{id}.php").into(),
        state,
        is_emptied: false,
        uploaded: None,
    }
}

fn show(screen: &mut Screen, edits: Vec<EditView>) {
    tell(screen, EventBody::Edits(Arc::new(edits)));
}

fn failed() -> EditState {
    EditState::Failed(Problem::new(ProblemKind::Refused, "no"))
}

fn wish(effects: &[Effect]) -> &EditWish {
    match command(effects) {
        Command::Edit(wish) => wish,
        other => panic!("{other:?}"),
    }
}

fn told(screen: &Screen) -> Vec<&str> {
    screen.toasts.iter().map(|toast| toast.text.as_str()).collect()
}

#[test]
fn selected_files_are_opened_and_links_where_they_lead() {
    let mut screen = moored();
    screen.active = Side::Remote;
    let mut entries = vec![
        Entry { size: Some(10), mode: Some(0o100_640), ..Entry::new("a.php", EntryKind::File) },
        Entry { target: Some("../shared/b.php".into()), mode: Some(0o777), ..Entry::new("b", EntryKind::Link) },
        Entry::new("c", EntryKind::Link),
        Entry::new("folder", EntryKind::Dir),
    ];
    let list = |entries: &Vec<Entry>| {
        Arc::new(Listing { entries: entries.clone(), unread: Vec::new(), source: ListingSource::Mlsd, incomplete: None })
    };
    let show = |screen: &mut Screen, entries: &Vec<Entry>| {
        tell(screen, EventBody::RemoteListing { path: rp("/www"), listing: list(entries), at: Timestamp::UNIX_EPOCH });
        act(screen, Verb::SelectAll);
    };
    show(&mut screen, &entries);
    let effects = act(&mut screen, Verb::EditFile);
    let EditWish::Open { files } = wish(&effects) else { panic!("{effects:?}") };
    let mut opened: Vec<(String, Option<u32>)> = files.iter().map(|file| (file.remote.to_string(), file.mode)).collect();
    opened.sort();
    let expected = [("/shared/b.php", None), ("/www/a.php", Some(0o100_640)), ("/www/c", None)];
    assert_eq!(opened, expected.map(|(path, mode)| (path.to_owned(), mode)));
    // Much is asked about first.
    entries[0].size = Some(LARGE + 1);
    show(&mut screen, &entries);
    assert!(act(&mut screen, Verb::EditFile).is_empty());
    assert!(matches!(screen.dialog, Some(Dialog::EditLarge { bytes, .. }) if bytes == LARGE + 1));
    assert!(matches!(wish(&reduce(&mut screen, Action::AcceptDialog)), EditWish::Open { files } if files.len() == 3));
    // A name that makes no path is said, and does not keep the others from being opened.
    for (names, opened) in [(vec!["up/down"], 0), (vec!["up/down", "a.php"], 1)] {
        screen.toasts.clear();
        show(&mut screen, &names.into_iter().map(|name| Entry::new(name, EntryKind::File)).collect());
        assert_eq!(commands(&act(&mut screen, Verb::EditFile)).len(), opened);
        assert_eq!(told(&screen), ["“up/down” cannot be opened: there is no path to it that can be sent."]);
    }
    // Nobody wants a hundred editors.
    let many: Vec<Entry> = (0..=AT_ONCE).map(|number| Entry::new(format!("{number}"), EntryKind::File)).collect();
    show(&mut screen, &many);
    assert!(act(&mut screen, Verb::EditFile).is_empty() && screen.dialog.is_none());
    // In the local pane there is nothing to fetch.
    screen.active = Side::Local;
    assert!(Verb::EditFile.is_enabled(&screen).is_err());
}

#[test]
fn no_way_out_passes_changes_that_are_not_uploaded() {
    let ways = [
        (Action::Do(Verb::Disconnect), GuardPurpose::Disconnect),
        (Action::CloseRequested, GuardPurpose::Close),
        (Action::OpenSite(SiteId("lindt".into())), GuardPurpose::Connect(SiteId("lindt".into()))),
    ];
    let table = [
        (EditState::Fetching, false),
        (EditState::Same, false),
        // In the queue, which has a guard of its own.
        (EditState::Waiting, false),
        (EditState::Uploading, false),
        (EditState::Saved, true),
        (EditState::Unsent(Unsent::Declined), true),
        (failed(), true),
    ];
    for ((action, purpose), (state, is_asked)) in ways.into_iter().flat_map(|way| table.clone().map(|row| (way.clone(), row))) {
        for (site, is_here) in [("books", true), ("lindt", false)] {
            let mut screen = moored();
            show(&mut screen, vec![edit(1, site, state.clone())]);
            reduce(&mut screen, action.clone());
            // Of another site only what closes the window is a leave.
            let expected = is_asked && (is_here || purpose == GuardPurpose::Close);
            let asked = screen.dialog == Some(Dialog::LeaveEdits { purpose: purpose.clone() });
            assert_eq!(asked, expected, "{action:?} {state:?} {site}");
            if !asked {
                continue;
            }
            let mut without = screen.clone();
            let effects = reduce(&mut screen, Action::AcceptDialog);
            if is_here {
                assert!(
                    matches!(&commands(&effects)[..], [Command::Edit(EditWish::Upload { edits }), Command::Disconnect { when: DisconnectWhen::QueueDone }] if edits[..] == [EditId(1)]),
                    "{effects:?}"
                );
            } else {
                assert_eq!(disconnects(&effects), Some(DisconnectWhen::Now), "it cannot be uploaded from here");
            }
            let effects = reduce(&mut without, Action::SecondDialogAnswer);
            assert_eq!(disconnects(&effects), Some(DisconnectWhen::Now), "{effects:?}");
            assert!(!commands(&effects).iter().any(|command| matches!(command, Command::Edit(_))));
        }
    }
    // Without a connection the window asks too.
    let mut screen = offline();
    show(&mut screen, vec![edit(1, "books", EditState::Unsent(Unsent::LastTime))]);
    assert!(!closes(&reduce(&mut screen, Action::CloseRequested)));
    assert!(closes(&reduce(&mut screen, Action::AcceptDialog)));
}

#[test]
fn a_window_that_waits_for_an_upload_stays_open_when_it_fails() {
    for (end, is_closed) in [(EditState::Same, true), (failed(), false), (EditState::Unsent(Unsent::KeptThere), false)] {
        let mut screen = moored();
        show(&mut screen, vec![edit(1, "books", EditState::Unsent(Unsent::Declined))]);
        reduce(&mut screen, Action::CloseRequested);
        reduce(&mut screen, Action::AcceptDialog);
        show(&mut screen, vec![edit(1, "books", end)]);
        assert_eq!(closes(&tell(&mut screen, EventBody::Left)), is_closed);
        assert_eq!(screen.dialog == Some(Dialog::Edits), !is_closed);
    }
}

#[test]
fn uploading_before_a_leave_sets_nothing_else_off() {
    type Change = fn(&mut crate::model::transfer::QueueSummary);
    let queues: [(&str, Change, Option<DisconnectWhen>); 6] = [
        ("idle", |_| (), None),
        ("busy", |queue| (queue.active, queue.running, queue.queued) = (4, 2, 1203), Some(DisconnectWhen::QueueDone)),
        ("held", |queue| (queue.paused, queue.queued) = (true, 10_000), Some(DisconnectWhen::Now)),
        ("held and empty", |queue| queue.paused = true, Some(DisconnectWhen::Now)),
        ("no room", |queue| queue.uploads_wait = Some(crate::model::cause::Cause::Quota), Some(DisconnectWhen::QueueDone)),
        ("not saved", |queue| queue.waits_for_saving = true, Some(DisconnectWhen::QueueDone)),
    ];
    for (name, change, asks) in queues {
        for way in [Verb::Disconnect, Verb::Quit] {
            let mut screen = moored();
            change(&mut screen.queue);
            show(&mut screen, vec![edit(1, "books", failed())]);
            act(&mut screen, way);
            let effects = reduce(&mut screen, Action::AcceptDialog);
            let sends = |effects: &[Effect]| matches!(commands(effects)[0], Command::Edit(EditWish::Upload { edits }) if edits[..] == [EditId(1)]);
            assert!(sends(&effects), "{name}: {effects:?}");
            let Some(expected) = asks else {
                assert_eq!(disconnects(&effects), Some(DisconnectWhen::QueueDone), "{name}");
                continue;
            };
            assert_eq!(commands(&effects).len(), 1, "{name}: {effects:?}");
            assert!(
                matches!(&screen.dialog, Some(Dialog::Guard { choice, .. }) if *choice == expected),
                "{name}: {:?}",
                screen.dialog
            );
            // The window waits for the upload there too.
            reduce(&mut screen, Action::GuardChoose(DisconnectWhen::QueueDone));
            show(&mut screen, vec![edit(1, "books", failed())]);
            assert!(!closes(&tell(&mut screen, EventBody::Left)), "{name}");
            assert_eq!(screen.dialog, Some(Dialog::Edits), "{name}");
        }
    }
}

#[test]
fn an_upload_that_the_guard_waits_for_keeps_the_window_open_when_it_fails() {
    for (when, end, is_closed) in [
        (DisconnectWhen::QueueDone, failed(), false),
        (DisconnectWhen::QueueDone, EditState::Same, true),
        // It stays in the queue, as was said.
        (DisconnectWhen::Now, EditState::Waiting, true),
    ] {
        let mut screen = moored();
        pend(&mut screen);
        show(&mut screen, vec![edit(1, "books", EditState::Waiting)]);
        act(&mut screen, Verb::Quit);
        reduce(&mut screen, Action::GuardChoose(when));
        show(&mut screen, vec![edit(1, "books", end)]);
        assert_eq!(closes(&tell(&mut screen, EventBody::Left)), is_closed, "{when:?}");
    }
}

#[test]
fn only_what_was_to_be_uploaded_holds_a_leave_up() {
    // What is left of another site, and what was left here in full knowledge, does not.
    for (edits, is_closed) in [
        (vec![edit(1, "books", EditState::Same), edit(2, "lindt", failed())], true),
        (vec![edit(1, "books", EditState::Same), edit(3, "books", failed())], true),
        // Saved once more while it was on its way.
        (vec![edit(1, "books", EditState::Saved)], false),
    ] {
        let mut screen = moored();
        show(&mut screen, vec![edit(1, "books", failed()), edit(2, "lindt", failed())]);
        reduce(&mut screen, Action::CloseRequested);
        reduce(&mut screen, Action::AcceptDialog);
        show(&mut screen, edits);
        assert_eq!(closes(&tell(&mut screen, EventBody::Left)), is_closed);
    }
}

#[test]
fn a_plan_to_upload_first_ends_with_its_leave() {
    let ends: [fn(&mut Screen); 3] = [
        |screen| drop(set_phase(screen, stranded())),
        |screen| drop(screen.connect_now(&SiteId("books".into()))),
        |screen| drop(act(screen, Verb::StayConnected)),
    ];
    for end in ends {
        let mut screen = moored();
        show(&mut screen, vec![edit(1, "books", failed())]);
        reduce(&mut screen, Action::CloseRequested);
        reduce(&mut screen, Action::AcceptDialog);
        set_phase(&mut screen, Phase::Leaving(DisconnectWhen::QueueDone));
        end(&mut screen);
        set_phase(&mut screen, Phase::Moored);
        show(&mut screen, vec![edit(1, "books", failed())]);
        assert!(matches!(reduce(&mut screen, Action::CloseRequested)[..], []));
        // Without, this time.
        reduce(&mut screen, Action::SecondDialogAnswer);
        assert!(closes(&tell(&mut screen, EventBody::Left)));
    }
    // Nor does a leave without wait for what an earlier one was to upload.
    let mut screen = moored();
    show(&mut screen, vec![edit(1, "books", failed())]);
    reduce(&mut screen, Action::CloseRequested);
    reduce(&mut screen, Action::AcceptDialog);
    show(&mut screen, vec![edit(1, "books", failed())]);
    reduce(&mut screen, Action::CloseRequested);
    let effects = reduce(&mut screen, Action::SecondDialogAnswer);
    assert!(closes(&effects), "a person insists");
}

#[test]
fn what_is_of_another_site_or_was_emptied_is_not_uploaded_before_a_leave() {
    let emptied = EditView { is_emptied: true, ..edit(3, "books", EditState::Saved) };
    let all = vec![edit(1, "books", failed()), edit(2, "lindt", failed()), emptied.clone()];
    let mut screen = moored();
    show(&mut screen, all);
    reduce(&mut screen, Action::CloseRequested);
    let ids: Vec<EditId> = screen.edits_left_by(&GuardPurpose::Close).map(|edit| edit.id).collect();
    assert_eq!(ids, [EditId(1), EditId(2), EditId(3)], "all of them are told of");
    let effects = reduce(&mut screen, Action::AcceptDialog);
    assert!(matches!(commands(&effects)[0], Command::Edit(EditWish::Upload { edits }) if edits[..] == [EditId(1)]), "{effects:?}");
    // With nothing to upload, the main button leaves.
    let mut screen = moored();
    show(&mut screen, vec![emptied]);
    act(&mut screen, Verb::Disconnect);
    let effects = reduce(&mut screen, Action::AcceptDialog);
    assert!(matches!(command(&effects), Command::Disconnect { when: DisconnectWhen::Now }));
}

#[test]
fn a_connection_to_the_same_site_is_no_way_out() {
    let mut screen = moored();
    show(&mut screen, vec![edit(1, "books", failed())]);
    let effects = act(&mut screen, Verb::Reconnect);
    assert_eq!((disconnects(&effects), &screen.dialog), (Some(DisconnectWhen::Now), &None));
}

#[test]
fn a_leave_goes_on_when_its_question_about_edits_is_about_nothing_any_more() {
    let asked = |way: Verb| {
        let mut screen = moored();
        show(&mut screen, vec![edit(1, "books", failed())]);
        act(&mut screen, way);
        assert!(matches!(screen.dialog, Some(Dialog::LeaveEdits { .. })));
        screen
    };
    let mut screen = asked(Verb::Disconnect);
    show(&mut screen, vec![edit(1, "books", failed()), edit(2, "books", failed())]);
    assert!(matches!(screen.dialog, Some(Dialog::LeaveEdits { .. })));
    let effects = tell(&mut screen, EventBody::Edits(Arc::default()));
    assert_eq!((disconnects(&effects), &screen.dialog), (Some(DisconnectWhen::Now), &None));
    // What is on its way by now is not cut, though the queue's counts have not heard of it.
    let mut screen = asked(Verb::Quit);
    let effects = tell(&mut screen, EventBody::Edits(Arc::new(vec![edit(1, "books", EditState::Waiting)])));
    assert!(effects.is_empty());
    assert!(matches!(screen.dialog, Some(Dialog::Guard { choice: DisconnectWhen::QueueDone, .. })));
    // The session ended by itself.
    for phase in [Phase::Offline, stranded()] {
        let mut screen = asked(Verb::Disconnect);
        set_phase(&mut screen, phase);
        assert_eq!(screen.dialog, None);
    }
    // A window without one asks all the same.
    let mut screen = offline();
    show(&mut screen, vec![edit(1, "books", failed())]);
    reduce(&mut screen, Action::CloseRequested);
    set_phase(&mut screen, Phase::Offline);
    assert!(matches!(screen.dialog, Some(Dialog::LeaveEdits { .. })));
}

#[test]
fn what_a_leave_tells_replaces_no_open_dialog() {
    let mut screen = moored();
    show(&mut screen, vec![edit(1, "books", failed())]);
    reduce(&mut screen, Action::CloseRequested);
    reduce(&mut screen, Action::AcceptDialog);
    act(&mut screen, Verb::NewFolder);
    let open = screen.dialog.clone();
    assert!(open.is_some());
    assert!(!closes(&tell(&mut screen, EventBody::Left)));
    assert_eq!(screen.dialog, open);
    assert_eq!(told(&screen).last(), Some(&"Not everything that was edited could be uploaded."));
}

#[test]
fn what_becomes_of_edits_is_told_where_nobody_would_see_it() {
    let mut screen = moored();
    let last_time = EditState::Unsent(Unsent::LastTime);
    show(&mut screen, vec![edit(1, "books", last_time.clone()), edit(2, "books", EditState::Same)]);
    assert_eq!(told(&screen), ["1 edited file is not uploaded."]);
    assert_eq!(screen.toasts[0].verb, Some(Verb::EditedFiles));
    screen.toasts.clear();
    // So are all others that are found at the start.
    let mut found = offline();
    let states = [failed(), EditState::Waiting, last_time.clone(), EditState::Same];
    show(&mut found, (1..).zip(states).map(|(id, state)| edit(id, "books", state)).collect());
    assert_eq!(told(&found), ["3 edited files are not uploaded."]);
    // Its own site is connected: it is on its way.
    show(&mut screen, vec![edit(1, "books", EditState::Waiting), edit(2, "books", EditState::Same)]);
    assert_eq!(told(&screen), Vec::<&str>::new());
    show(&mut screen, vec![edit(1, "books", EditState::Waiting), edit(3, "lindt", EditState::Same)]);
    show(&mut screen, vec![edit(1, "books", EditState::Waiting), edit(3, "lindt", EditState::Waiting)]);
    assert_eq!(told(&screen), ["“3.php” waits for LINDT."]);
    screen.toasts.clear();
    let uploaded = EditView { uploaded: Some(Timestamp::UNIX_EPOCH), ..edit(1, "books", EditState::Same) };
    show(&mut screen, vec![uploaded.clone()]);
    assert_eq!(told(&screen), ["“1.php” was uploaded to BOOKS."]);
    screen.toasts.clear();
    show(&mut screen, vec![EditView { state: EditState::Unsent(Unsent::KeptThere), ..uploaded }]);
    assert_eq!(told(&screen), ["“1.php” is not uploaded: the one on the server was kept."]);
}

#[test]
fn an_edit_is_put_away_at_once_or_after_a_question() {
    for state in [EditState::Same, EditState::Waiting, EditState::Uploading] {
        let mut screen = moored();
        show(&mut screen, vec![edit(1, "books", state)]);
        assert_eq!(wish(&reduce(&mut screen, Action::FinishEdit(EditId(1)))), &EditWish::Finish { edit: EditId(1) });
    }
    for (answer, discards) in [(Action::AcceptDialog, true), (Action::CloseDialog, false)] {
        let mut screen = moored();
        show(&mut screen, vec![edit(1, "books", failed())]);
        act(&mut screen, Verb::EditedFiles);
        assert!(reduce(&mut screen, Action::FinishEdit(EditId(1))).is_empty());
        assert!(matches!(&screen.dialog, Some(Dialog::DiscardEdit { name, .. }) if name == "1.php"));
        let effects = reduce(&mut screen, answer);
        assert_eq!(commands(&effects).len(), usize::from(discards));
        assert!(!discards || *wish(&effects) == EditWish::Discard { edit: EditId(1) });
        assert_eq!(screen.dialog, Some(Dialog::Edits), "back to the list");
    }
    // A list of nothing closes itself.
    let mut screen = moored();
    show(&mut screen, vec![edit(1, "books", EditState::Same)]);
    act(&mut screen, Verb::EditedFiles);
    show(&mut screen, Vec::new());
    assert_eq!(screen.dialog, None);
}

#[test]
fn questions_about_edits_are_answered_as_their_buttons_say() {
    let saved = || Question::Saved { edit: EditId(1), remote: rp("/www/1.php"), site: "Books".into(), is_emptied: false };
    for (action, expected) in [
        (Action::AcceptQuestion, Answer::Confirm),
        (Action::SecondAnswer, Answer::FromNowOn),
        (Action::CancelQuestion, Answer::Cancel),
    ] {
        let mut screen = moored();
        tell(&mut screen, EventBody::Asked { id: QuestionId(1), question: saved() });
        let effects = reduce(&mut screen, action);
        assert!(matches!(command(&effects), Command::Answer { answer, .. } if *answer == expected));
    }
    // Enter alone loses neither side of a conflict.
    let facts = Facts { size: Some(1), modified: None };
    let question = Question::Exists {
        transfer: TransferId(1),
        direction: Direction::Upload,
        local: "/a".into(),
        remote: rp("/a"),
        source: facts,
        target: facts,
        ahead: crate::model::clock::Ahead::NONE,
        was: Some(facts),
    };
    let mut screen = moored();
    tell(&mut screen, EventBody::Asked { id: QuestionId(1), question });
    let effects = reduce(&mut screen, Action::AcceptQuestion);
    let Command::Answer { answer: Answer::Exists { choice, .. }, .. } = command(&effects) else { panic!("{effects:?}") };
    assert_eq!(*choice, OnExists::Rename);
}
