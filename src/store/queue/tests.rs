//! The journal: what is written is read, and what was cut or changed never lies.

use std::collections::BTreeMap;
use std::fs;

use proptest::prelude::*;

use super::replay::{Told, replay as replay_bytes};
use super::*;
use crate::model::conflict::OnExists;
use crate::model::edited::Basis;
use crate::model::entry::Precision;
use crate::model::path::RemotePath;
use crate::model::site::SiteId;
use crate::model::transfer::{Direction, Priority};

fn places() -> (tempfile::TempDir, Places) {
    let folder = tempfile::tempdir().unwrap();
    let places = Places::in_folder(folder.path());
    (folder, places)
}

fn item(id: u64) -> SavedItem {
    SavedItem {
        id,
        site: SiteId("site-1".into()),
        direction: if id.is_multiple_of(2) { Direction::Upload } else { Direction::Download },
        local: PathBuf::from(format!("/home/anna/größe {id}\n.txt")),
        remote: RemotePath::parse(&format!("/www/größe {id}.txt")).unwrap(),
        is_folder: Some(false),
        from_folder: false,
        modified: Some(1_763_640_000_123_456_789),
        precision: if id.is_multiple_of(4) { Precision::Minute } else { Precision::Second },
        on_exists: OnExists::Resume,
        batch: 3,
        state: SavedState::Queued,
        moved: 0,
        size: Some(1000),
        part: Some("größe.part".into()),
        is_new: id.is_multiple_of(5),
        ranges: Some(vec![[0, 4, 9], [9, 9, 1000]]),
        tries: 1,
        priority: if id.is_multiple_of(3) { Priority::High } else { Priority::Normal },
        place: (id == 5).then_some(-2),
        basis: (id == 5).then(|| Basis::unseen(Some(0o755))),
    }
}

fn failed(id: u64) -> SavedItem {
    let problem = Problem::new(ProblemKind::Refused, "The server refused.").advise("Ask.").quote("552 quota");
    SavedItem { state: SavedState::Failed(problem), size: None, part: None, ..item(id) }
}

fn apply(live: &mut BTreeMap<u64, SavedItem>, change: Change) {
    Told::prepare::<BTreeMap<u64, SavedItem>>(&mut (), change).apply(live);
}

/// What a journal amounts to, and what is wrong with it.
fn replay(text: &[u8]) -> (BTreeMap<u64, SavedItem>, Option<String>) {
    let mut live = BTreeMap::new();
    let found = replay_bytes(text, &mut live).unwrap();
    assert_eq!(found.length, text.len() as u64);
    (live, found.bad)
}

/// Opens the journal for whoever has no queue.
fn open(places: &Places) -> (QueueJournal, Vec<SavedItem>, Option<Problem>) {
    let (journal, live, notice) = QueueJournal::open::<BTreeMap<u64, SavedItem>>(places);
    (journal, live.into_values().collect(), notice)
}

/// A journal with every kind of change, and the items that it amounts to after each.
fn changes() -> Vec<Change> {
    vec![
        Change::Put(item(1)),
        Change::Put(item(2)),
        Change::Moved { id: 1, offset: 10 },
        Change::Put(failed(2)),
        Change::Put(SavedItem { state: SavedState::Paused, is_folder: Some(true), ..item(3) }),
        Change::Moved { id: 3, offset: u64::MAX },
        Change::Remove(1),
        Change::Moved { id: 1, offset: 20 },
        Change::Put(SavedItem { is_folder: Some(true), ..item(4) }),
        Change::Together(vec![Change::Put(item(5)), Change::Put(item(6)), Change::Remove(4)]),
        Change::Put(item(7)),
        Change::Remove(5),
    ]
}

fn after(changes: &[Change]) -> Vec<SavedItem> {
    let mut live = BTreeMap::new();
    changes.iter().for_each(|change| apply(&mut live, change.clone()));
    live.into_values().collect()
}

#[test]
fn the_queue_is_the_same_after_a_restart() {
    let (_folder, places) = places();
    let (mut journal, items, notice) = open(&places);
    assert_eq!((items, notice), (vec![], None));
    for change in changes() {
        journal.append(&change).unwrap();
    }
    journal.flush().unwrap();
    drop(journal);
    for _ in 0..2 {
        let (_journal, items, notice) = open(&places);
        assert_eq!((items, notice), (after(&changes()), None));
    }
}

#[test]
fn a_hold_lasts_through_restarts_and_a_journal_that_is_written_anew() {
    let held = |places: &Places| {
        let bytes = fs::read(places.state.join(FILE)).unwrap();
        let found = replay_bytes(&bytes[..], &mut BTreeMap::new()).unwrap();
        assert_eq!(found.bad, None);
        (found.held, found.lines)
    };
    let (_folder, places) = places();
    let (mut journal, ..) = open(&places);
    journal.append(&Change::Put(item(1))).unwrap();
    assert_eq!(held(&places), (false, 1), "a journal without a word of it");
    journal.append(&Change::Hold(true)).unwrap();
    journal.append(&Change::Put(item(2))).unwrap();
    drop(journal);
    // As short as it can be: nothing is written anew for the line.
    for _ in 0..2 {
        let (journal, items, notice) = open(&places);
        assert_eq!((items, notice, held(&places)), (vec![item(1), item(2)], None, (true, 3)));
        drop(journal);
    }
    let (mut journal, ..) = open(&places);
    journal.begin_anew().unwrap();
    journal.add_anew(vec![item(1)]).unwrap();
    journal.finish_anew().unwrap();
    assert_eq!(held(&places), (true, 2));
    journal.write_anew(&BTreeMap::from([(1, item(1)), (2, item(2))])).unwrap();
    assert_eq!(held(&places), (true, 3));
    journal.append(&Change::Hold(false)).unwrap();
    assert_eq!(held(&places), (false, 4));
    drop(journal);
    drop(open(&places));
    assert_eq!(held(&places), (false, 2), "what is not needed goes at the start");
}

#[cfg(unix)]
#[test]
fn a_local_name_that_is_no_text_lasts_and_the_file_is_private() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::fs::PermissionsExt;
    let (_folder, places) = places();
    let odd = SavedItem { local: Path::new("/home").join(OsStr::from_bytes(b"\xff\xfe\n\0x")), ..item(1) };
    let (mut journal, ..) = open(&places);
    journal.append(&Change::Put(odd.clone())).unwrap();
    drop(journal);
    assert_eq!(open(&places).1, [odd]);
    for file in [FILE, LOCK] {
        assert_eq!(fs::metadata(places.state.join(file)).unwrap().permissions().mode() & 0o777, 0o600);
    }
}

#[test]
fn a_journal_cut_at_any_byte_keeps_every_whole_line() {
    let (_folder, places) = places();
    let (mut journal, ..) = open(&places);
    for change in changes() {
        journal.append(&change).unwrap();
    }
    drop(journal);
    let path = places.state.join(FILE);
    let bytes = fs::read(&path).unwrap();
    for cut in 0..bytes.len() {
        // A line without its line feed is whole.
        let whole = bytes[..=cut].iter().filter(|byte| **byte == b'\n').count();
        let at_boundary = bytes[cut] == b'\n' || (cut > 0 && bytes[cut - 1] == b'\n');
        let expected = after(&changes()[..whole.saturating_sub(1)]);
        let (live, bad) = replay(&bytes[..cut]);
        assert_eq!(live.into_values().collect::<Vec<_>>(), expected, "cut at {cut}");
        assert_eq!(bad.is_none(), at_boundary, "cut at {cut}: {bad:?}");
        // The same through the disk, at fewer places, because it flushes each time.
        if cut % 13 != 0 {
            continue;
        }
        fs::remove_dir_all(&places.state).unwrap();
        fs::create_dir(&places.state).unwrap();
        fs::write(&path, &bytes[..cut]).unwrap();
        let (_journal, items, notice) = open(&places);
        assert_eq!((items, notice.is_none()), (expected, at_boundary), "cut at {cut}");
        if let Some(notice) = notice {
            let kept: Vec<PathBuf> = fs::read_dir(&places.state).unwrap().map(|entry| entry.unwrap().path()).collect();
            let kept = kept.iter().find(|path| path.to_string_lossy().contains("damaged-")).unwrap();
            assert_eq!(fs::read(kept).unwrap(), &bytes[..cut]);
            assert!(notice.sentence().contains(&kept.display().to_string()));
        }
    }
}

/// What is loaded after a byte was changed is true item by item: no item is there that the queue never had so, what
/// would run by itself is as it was at the end, and only what the changed line told of can be missing.
#[test]
fn a_journal_with_any_byte_changed_never_lies() {
    let changes = changes();
    let text = changes.iter().fold(format!("{HEADER}\n"), |text, change| text + &line(change).unwrap());
    let had: Vec<SavedItem> = (0..=changes.len()).flat_map(|count| after(&changes[..count])).collect();
    let (end, before_last) = (after(&changes), after(&changes[..changes.len() - 1]));
    let mut told = 0;
    for at in 0..text.len() {
        let bits = (0..8).map(|bit| text.as_bytes()[at] ^ (1 << bit));
        for byte in bits.chain(*b"\n \0\xFF0").filter(|byte| *byte != text.as_bytes()[at]) {
            let mut changed = text.clone().into_bytes();
            changed[at] = byte;
            let (live, notice) = replay(&changed);
            let loaded: Vec<SavedItem> = live.into_values().collect();
            let place = format!("byte {at} changed to {byte:#x}: {notice:?}");
            assert!(notice.is_some(), "{place}");
            told += usize::from(notice.unwrap().contains("paused"));
            for item in &loaded {
                let is_true = |true_one: &SavedItem| {
                    *item == *true_one
                        || (true_one.state == SavedState::Queued
                            && *item == SavedItem { state: SavedState::Paused, ..true_one.clone() })
                };
                assert!(had.iter().any(is_true), "{place}: {item:?} never was");
                if item.state == SavedState::Queued && loaded != before_last {
                    assert!(end.contains(item), "{place}: {item:?} is old and would run");
                }
            }
            let number = text.as_bytes()[..at].iter().filter(|byte| **byte == b'\n').count();
            // A changed line feed spoils the line after it too.
            let spoiled: Vec<u64> = changes.iter().take(number + 1).skip(number.saturating_sub(1)).flat_map(subjects).collect();
            for item in end.iter().filter(|item| !spoiled.contains(&item.id)) {
                assert!(loaded.iter().any(|found| found.id == item.id), "{place}: {item:?} is lost");
            }
        }
    }
    assert!(told > 0, "no change of a byte ever made an item doubtful");
}

fn subjects(change: &Change) -> Vec<u64> {
    match change {
        Change::Put(item) => vec![item.id],
        Change::Remove(id) | Change::Moved { id, .. } => vec![*id],
        Change::Hold(_) => Vec::new(),
        Change::Together(changes) => changes.iter().flat_map(subjects).collect(),
    }
}

/// While the disk refuses, the file stays a state from before; when it takes again, it has everything.
#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_loses_nothing_and_says_so() {
    let (folder, places) = places();
    let (mut journal, ..) = open(&places);
    journal.append(&Change::Put(item(1))).unwrap();
    let path = places.state.join(FILE);
    let in_the_way = folder.path().join("in the way");
    fs::write(&in_the_way, "").unwrap();
    // This device answers every write with "no space left"; a place below a file takes no new journal either.
    let disk = journal.disk.as_mut().unwrap();
    disk.file = OpenOptions::new().append(true).open("/dev/full").unwrap();
    disk.path = in_the_way.join(FILE);
    let said = journal.append(&Change::Remove(1)).unwrap_err().problem().sentence();
    assert!(said.contains("No space left"), "{said}");
    assert!(journal.is_behind());
    // Nothing goes after the gap, not even when there is room again for a line.
    journal.disk.as_mut().unwrap().file = open_to_append(&path).unwrap();
    journal.append(&Change::Put(item(2))).unwrap();
    let live = BTreeMap::from([(2, item(2))]);
    assert!(journal.write_anew(&live).is_err());
    assert!(journal.begin_anew().is_err());
    assert_eq!(replay(&fs::read(&path).unwrap()), (BTreeMap::from([(1, item(1))]), None));
    journal.disk.as_mut().unwrap().path = path;
    journal.write_anew(&live).unwrap();
    assert!(!journal.is_behind());
    journal.append(&Change::Put(item(3))).unwrap();
    drop(journal);
    let (_journal, items, notice) = open(&places);
    assert_eq!((items, notice), (vec![item(2), item(3)], None));
}

#[test]
fn the_second_program_gets_a_queue_of_its_own_and_is_told() {
    let (_folder, places) = places();
    let (mut first, ..) = open(&places);
    first.append(&Change::Put(item(1))).unwrap();
    let (mut second, items, notice) = open(&places);
    assert_eq!(items, []);
    assert!(notice.unwrap().sentence().contains("Another Moorline"));
    second.append(&Change::Put(item(2))).unwrap();
    second.flush().unwrap();
    drop(second);
    drop(first);
    assert_eq!(open(&places).1, [item(1)]);
}

#[test]
fn the_journal_does_not_grow_for_ever() {
    let (_folder, places) = places();
    let (mut journal, ..) = open(&places);
    journal.append(&Change::Put(item(1))).unwrap();
    let path = places.state.join(FILE);
    let mut longest = 0;
    for offset in 0..5_000 {
        journal.append(&Change::Moved { id: 1, offset }).unwrap();
        if journal.is_too_long() {
            journal.write_anew(&BTreeMap::from([(1, SavedItem { moved: offset, ..item(1) })])).unwrap();
        }
        longest = longest.max(fs::read_to_string(&path).unwrap().lines().count());
    }
    assert!(longest <= LINES_AT_LEAST + 2, "{longest}");
    drop(journal);
    let (_journal, items, notice) = open(&places);
    assert_eq!((items, notice), (vec![SavedItem { moved: 4_999, ..item(1) }], None));
    assert_eq!(fs::read_to_string(&path).unwrap().lines().count(), 2);
}

/// Writing a million items anew takes longer than reading them: a start does not wait for it.
#[test]
fn the_long_journal_of_a_large_queue_is_written_anew_later() {
    let (_folder, places) = places();
    let (mut journal, ..) = open(&places);
    let count = SMALL as u64 + 1;
    for _ in 0..=GROWTH {
        (1..=count).for_each(|id| journal.append(&Change::Put(item(id))).unwrap());
    }
    drop(journal);
    let length = fs::metadata(places.state.join(FILE)).unwrap().len();
    let (journal, items, notice) = open(&places);
    assert_eq!((items.len() as u64, notice), (count, None));
    assert_eq!(fs::metadata(places.state.join(FILE)).unwrap().len(), length);
    assert!(journal.is_too_long());
}

#[test]
fn a_journal_of_a_later_version_is_kept() {
    let (_folder, places) = places();
    fs::create_dir_all(&places.state).unwrap();
    fs::write(places.state.join(FILE), "moorline-queue 2\nwho knows\n").unwrap();
    let (_journal, items, notice) = open(&places);
    assert_eq!(items, []);
    assert!(notice.unwrap().sentence().contains("queue.damaged-"));
}

#[test]
fn without_a_place_the_queue_is_in_memory() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("state"), "a file in the way").unwrap();
    let (mut journal, items, notice) = open(&Places::in_folder(folder.path()));
    assert_eq!(items, []);
    assert!(notice.unwrap().sentence().contains("not kept"));
    journal.append(&Change::Put(item(1))).unwrap();
    journal.flush().unwrap();
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    /// Written anew from the queue in portions, while the queue goes on and the record of its changes lags behind: what is read
    /// afterwards is the queue, and until the new journal has taken the old one's place, the old one is whole.
    #[test]
    fn a_journal_that_is_written_anew_amounts_to_the_queue(
        steps in proptest::collection::vec((1_u64..30, 0_u8..4, 0_usize..3), 10..200),
        begin in 0_usize..200,
        stops_at in 0_usize..400,
    ) {
        let (_folder, places) = places();
        let (mut journal, ..) = open(&places);
        let (mut live, mut sent, mut written) = (BTreeMap::new(), std::collections::VecDeque::new(), BTreeMap::new());
        let mut from = None;
        let mut until = None;
        for (at, (id, kind, lag)) in steps.iter().enumerate().take(stops_at) {
            let change = match kind {
                0 => Change::Remove(*id),
                1 => Change::Together(vec![Change::Put(item(*id)), Change::Remove(id + 1)]),
                _ => Change::Put(SavedItem { tries: u32::try_from(at).unwrap(), ..item(*id) }),
            };
            apply(&mut live, change.clone());
            sent.push_back(change);
            if at == begin {
                journal.begin_anew().unwrap();
                from = Some(0);
            }
            if let Some(next) = from {
                let (items, further) = Restore::saved(&live, next, 3);
                journal.add_anew(items).unwrap();
                from = further;
                if from.is_none() {
                    until = Some(sent.len());
                }
            }
            while sent.len() > *lag {
                let change = sent.pop_front().unwrap();
                journal.append(&change).unwrap();
                apply(&mut written, change);
                until = until.map(|until| until.saturating_sub(1));
            }
            if until == Some(0) {
                journal.finish_anew().unwrap();
                until = None;
            }
        }
        drop(journal);
        prop_assert_eq!(open(&places).1, written.into_values().collect::<Vec<_>>());
    }
}

/// Blocks are parsed side by side; what they amount to does not depend on where they were cut.
#[test]
fn a_journal_of_many_blocks_is_read_in_order() {
    let (_folder, places) = places();
    let (mut journal, ..) = open(&places);
    let mut live = BTreeMap::new();
    for round in 0..30_u32 {
        for id in 1..=1_000 {
            let change = if (id + u64::from(round)).is_multiple_of(7) {
                Change::Remove(id)
            } else {
                Change::Put(SavedItem { tries: round, ..item(id) })
            };
            journal.append(&change).unwrap();
            apply(&mut live, change);
        }
    }
    drop(journal);
    let length = fs::metadata(places.state.join(FILE)).unwrap().len();
    assert!(length > 4 << 20, "{length} bytes are one block only");
    let (_journal, items, notice) = open(&places);
    assert_eq!((items, notice), (live.into_values().collect(), None));
}

/// A journal that needs no repair is not written again when it is opened: of a million items that would take its time.
#[test]
fn a_good_journal_is_left_as_it_is() {
    use std::io::Seek;
    let (_folder, places) = places();
    let (mut journal, ..) = open(&places);
    for id in 1..=3 {
        journal.append(&Change::Put(item(id))).unwrap();
    }
    drop(journal);
    let path = places.state.join(FILE);
    let mut kept = fs::File::open(&path).unwrap();
    for change in [Change::Put(item(4)), Change::Remove(4)] {
        let (mut journal, ..) = open(&places);
        journal.append(&change).unwrap();
    }
    kept.rewind().unwrap();
    let mut text = String::new();
    std::io::Read::read_to_string(&mut kept, &mut text).unwrap();
    assert_eq!(text, fs::read_to_string(&path).unwrap(), "it is the same file still");
    assert_eq!(text.lines().count(), 6);
    assert_eq!(open(&places).1, (1..=3).map(item).collect::<Vec<_>>());
    assert_eq!(fs::read_to_string(&path).unwrap().lines().count(), 4, "what is not needed goes when it costs nothing");
    // A last line without its end is whole, but the next one must not be glued to it.
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.trim_end()).unwrap();
    let (mut journal, items, notice) = open(&places);
    assert_eq!((items.len(), notice), (3, None));
    journal.append(&Change::Put(item(9))).unwrap();
    drop(journal);
    assert_eq!(open(&places).1.len(), 4);
}
