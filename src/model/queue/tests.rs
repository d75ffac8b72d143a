//! The queue against what a person expects of it, and against a plain list.

use proptest::prelude::*;

use std::path::PathBuf;
use std::sync::atomic::Ordering;

use super::*;
use crate::model::conflict::OnExists;
use crate::model::path::RemotePath;
use crate::model::problem::ProblemKind;
use crate::model::transfer::{Direction, Job, Priority, SkipReason};

fn job(name: &str) -> Job {
    Job {
        direction: Direction::Upload,
        local: PathBuf::from(name),
        remote: RemotePath::parse(&format!("/{name}")).unwrap(),
        on_exists: OnExists::Ask,
    }
}

fn site() -> SiteId {
    SiteId("site".into())
}

fn add(queue: &mut Queue, name: &str, size: u64) -> TransferId {
    let id = queue.new_id();
    let mut item = Item::new(id, site(), job(name));
    item.size = Some(size);
    queue.put(item);
    id
}

#[test]
fn items_run_in_order_and_only_for_their_site() {
    let mut queue = Queue::default();
    let (first, second) = (add(&mut queue, "a", 1), add(&mut queue, "b", 2));
    let now = Instant::now();
    assert!(queue.take_next(&SiteId("other".into()), now).is_none());
    assert_eq!(queue.take_next(&site(), now).unwrap().id, first);
    assert_eq!(queue.take_next(&site(), now).unwrap().id, second);
    assert!(queue.take_next(&site(), now).is_none());
}

#[test]
fn a_held_queue_gives_nothing() {
    let mut queue = Queue::default();
    add(&mut queue, "a", 1);
    queue.hold(true);
    assert!(queue.take_next(&site(), Instant::now()).is_none());
    queue.hold(false);
    assert!(queue.take_next(&site(), Instant::now()).is_some());
}

#[test]
fn an_item_that_is_put_back_is_next_but_not_before_its_moment() {
    let mut queue = Queue::default();
    let (first, second) = (add(&mut queue, "a", 1), add(&mut queue, "b", 2));
    let now = Instant::now();
    queue.take_next(&site(), now);
    queue.put_back(first, Some(now + Duration::from_secs(5)));
    assert_eq!(queue.next_moment(&site()), Some(now + Duration::from_secs(5)));
    queue.hold(true);
    assert_eq!(queue.next_moment(&site()), None, "nobody wakes for an item that may not be taken");
    queue.hold(false);
    assert_eq!(queue.take_next(&site(), now).unwrap().id, second);
    assert_eq!(queue.take_next(&site(), now + Duration::from_secs(5)).unwrap().id, first);
}

#[test]
fn what_was_kept_comes_back_first_and_in_order() {
    let mut queue = Queue::default();
    let ids: Vec<_> = ["a", "b", "c"].into_iter().map(|name| add(&mut queue, name, 1)).collect();
    let now = Instant::now();
    queue.take_next(&site(), now);
    queue.take_next(&site(), now);
    queue.set_state(ids[0], TransferState::Kept);
    queue.set_state(ids[1], TransferState::Kept);
    queue.requeue_kept(&site());
    assert_eq!(queue.ids(QueueTab::Queued), ids);
}

#[test]
fn the_slowest_file_counts_for_the_time_left() {
    let mut queue = Queue::default();
    add(&mut queue, "slow", 1_000);
    add(&mut queue, "fast", 100_000);
    let start = Instant::now();
    let (slow, fast) = (queue.take_next(&site(), start).unwrap(), queue.take_next(&site(), start).unwrap());
    queue.set_state(slow.id, TransferState::Moving);
    queue.set_state(fast.id, TransferState::Moving);
    queue.sample(start, false);
    slow.moved.store(10, Ordering::Relaxed);
    fast.moved.store(90_000, Ordering::Relaxed);
    let later = start + Duration::from_secs(1);
    queue.sample(later, false);
    let (summary, slow) = (queue.summary(later), queue.row(slow.id, later).unwrap());
    assert!(summary.bytes_left / summary.speed <= 1, "together they would be done at once");
    assert_eq!(summary.seconds_left, Some(990_u64.div_ceil(slow.speed)));
    assert_eq!(summary.running_seconds_left, summary.seconds_left);
}

#[test]
fn the_total_speed_does_not_jump_when_a_resumed_item_starts() {
    let mut queue = Queue::default();
    let id = add(&mut queue, "a", 1_000_000);
    queue.edit(id, |item| item.moved.store(900_000, Ordering::Relaxed));
    let now = Instant::now();
    queue.sample(now, false);
    let item = queue.take_next(&site(), now).unwrap();
    queue.sample(now + Duration::from_secs(1), false);
    item.moved.store(900_100, Ordering::Relaxed);
    queue.sample(now + Duration::from_secs(2), false);
    assert!(queue.summary(now + Duration::from_secs(2)).speed <= 100);
}

#[test]
fn an_open_question_does_not_keep_a_leave_waiting() {
    let mut queue = Queue::default();
    let id = add(&mut queue, "a", 1);
    queue.take_next(&site(), Instant::now());
    assert!(queue.is_busy(&site()));
    queue.set_state(id, TransferState::Asking);
    assert!(!queue.is_busy(&site()));
    assert!(queue.is_pending(&site()));
}

proptest! {
    #[test]
    fn tabs_and_bytes_agree_with_the_items(steps in proptest::collection::vec((0_u8..8, 0_u64..12, 0_u64..50), 0..80)) {
        let mut queue = Queue::default();
        let now = Instant::now();
        for (step, id, amount) in steps {
            let id = TransferId(id);
            match step {
                0 | 1 => { add(&mut queue, "x", amount); }
                2 => { queue.take_next(&site(), now); }
                3 => queue.set_state(id, TransferState::Paused),
                4 => queue.put_back(id, None),
                5 => { queue.remove(id); }
                6 => queue.edit(id, |item| item.moved.store(amount, Ordering::Relaxed)),
                _ => queue.set_state(id, TransferState::Skipped(SkipReason::Exists)),
            }
            let tabs = [QueueTab::Active, QueueTab::Queued, QueueTab::Failed, QueueTab::Done];
            let listed: usize = tabs.iter().map(|tab| queue.ids(*tab).len()).sum();
            prop_assert_eq!(listed, queue.resting.len() + queue.running.len());
            for tab in tabs {
                for id in queue.ids(tab) {
                    prop_assert_eq!(queue.get(id).unwrap().state.tab(), tab);
                }
            }
            let left: u64 = queue.ids(QueueTab::Queued).iter().map(|id| queue.get(*id).unwrap().left()).sum();
            prop_assert_eq!(queue.queued_bytes, left);
        }
    }
}

#[test]
fn what_is_more_urgent_runs_first_and_stands_first() {
    let mut queue = Queue::default();
    let ids: Vec<_> = ["a", "b", "c", "d"].into_iter().map(|name| add(&mut queue, name, 1)).collect();
    queue.set_priority(&[ids[3]], Priority::High);
    queue.set_priority(&[ids[0]], Priority::Low);
    assert_eq!(queue.ids(QueueTab::Queued), [ids[3], ids[1], ids[2], ids[0]]);
    // Put back to the front, but of its own priority.
    let now = Instant::now();
    queue.take_next(&site(), now);
    queue.take_next(&site(), now);
    queue.put_back(ids[3], None);
    queue.put_back(ids[1], None);
    queue.reorder(&[ids[2]], Reorder::ToTop, |id| id == ids[2]);
    assert_eq!(queue.ids(QueueTab::Queued), [ids[3], ids[2], ids[1], ids[0]]);
    queue.set_priority(&ids, Priority::Normal);
    assert_eq!(queue.ids(QueueTab::Queued), [ids[2], ids[1], ids[3], ids[0]]);
}

#[test]
fn a_selection_moves_as_a_block() {
    use Reorder::{Down, ToBottom, ToTop, Up};
    let table: [(&[usize], Reorder, [usize; 5]); 10] = [
        (&[2, 3], Up, [0, 2, 3, 1, 4]),
        (&[0, 1], Up, [0, 1, 2, 3, 4]),
        (&[0, 2], Up, [0, 2, 1, 3, 4]),
        (&[1, 3], Down, [0, 2, 1, 4, 3]),
        (&[3, 4], Down, [0, 1, 2, 3, 4]),
        (&[1, 4], Down, [0, 2, 1, 3, 4]),
        (&[4, 2], ToTop, [2, 4, 0, 1, 3]),
        (&[2, 0], ToBottom, [1, 3, 4, 0, 2]),
        (&[0, 1, 2, 3, 4], ToTop, [0, 1, 2, 3, 4]),
        (&[], ToBottom, [0, 1, 2, 3, 4]),
    ];
    for (moved, how, expected) in table {
        let mut queue = Queue::default();
        let ids: Vec<_> = (0..5).map(|name| add(&mut queue, &name.to_string(), 1)).collect();
        let chosen: Vec<_> = moved.iter().map(|at| ids[*at]).collect();
        queue.reorder(&chosen, how, |id| chosen.contains(&id));
        assert_eq!(queue.ids(QueueTab::Queued), expected.map(|at| ids[at]), "{moved:?} {how:?}");
    }
}

/// While both wait, each kind has a connection as soon as there are two.
#[test]
fn neither_small_nor_large_files_take_all_connections() {
    let now = Instant::now();
    let next = |queue: &mut Queue| queue.take_next(&site(), now).unwrap().id;
    for (first, second) in [(1, site::LARGE), (site::LARGE, 1)] {
        let mut queue = Queue::default();
        let firsts: Vec<_> = (0..6).map(|at| add(&mut queue, &format!("first {at}"), first)).collect();
        let seconds: Vec<_> = (0..6).map(|at| add(&mut queue, &format!("second {at}"), second)).collect();
        assert_eq!(next(&mut queue), firsts[0]);
        assert_eq!(next(&mut queue), seconds[0], "the other kind has no connection yet");
        assert_eq!(next(&mut queue), firsts[1], "both have one: by order");
        queue.set_state(seconds[0], TransferState::Skipped(SkipReason::Exists));
        assert_eq!(next(&mut queue), seconds[1]);
        queue.put_back(firsts[1], None);
        queue.set_state(seconds[1], TransferState::Skipped(SkipReason::Exists));
        assert_eq!(next(&mut queue), firsts[1], "what was put in front comes first all the same");
        queue.set_priority(&[seconds[2]], Priority::Low);
        queue.set_priority(&firsts[2..], Priority::High);
        assert_eq!(next(&mut queue), firsts[2], "priority goes before kind");
        // One connection alone keeps to the order.
        for id in firsts.iter().chain(&seconds) {
            queue.set_state(*id, TransferState::Queued);
        }
        queue.set_priority(&firsts, Priority::Normal);
        queue.set_priority(&seconds, Priority::Normal);
        let order = queue.ids(QueueTab::Queued);
        for id in order {
            assert_eq!(next(&mut queue), id);
            queue.set_state(id, TransferState::Skipped(SkipReason::Exists));
        }
    }
}

#[test]
fn a_paused_item_keeps_its_place() {
    let mut queue = Queue::default();
    let ids: Vec<_> = ["a", "b"].into_iter().map(|name| add(&mut queue, name, 1)).collect();
    queue.take_next(&site(), Instant::now());
    queue.set_state(ids[0], TransferState::Paused);
    assert_eq!(queue.ids(QueueTab::Queued), ids);
    assert_eq!(queue.take_next(&site(), Instant::now()).unwrap().id, ids[1], "a paused item does not run");
}

#[test]
fn any_row_of_a_large_queue_is_at_hand() {
    let mut queue = Queue::default();
    let ids: Vec<_> = (0..5_000).map(|name| add(&mut queue, &name.to_string(), 1)).collect();
    ids.iter().take(2_000).for_each(|id| queue.set_state(*id, TransferState::Skipped(SkipReason::Exists)));
    let now = Instant::now();
    let rows = |tab, from, count| queue.rows(tab, from, count, now).into_iter().map(|row| row.id).collect::<Vec<_>>();
    assert_eq!(rows(QueueTab::Queued, 1_234, 2), ids[3_234..3_236]);
    assert_eq!(rows(QueueTab::Queued, 2_999, 5), ids[4_999..]);
    assert_eq!(rows(QueueTab::Done, 0, 2), [ids[1_999], ids[1_998]], "last first");
    assert_eq!(rows(QueueTab::Done, 1_999, 5), [ids[0]]);
    assert!(rows(QueueTab::Done, 2_000, 5).is_empty());
}

/// The same queue as plain lists.
#[derive(Default)]
struct Plain {
    queued: Vec<TransferId>,
    others: [Vec<TransferId>; 3],
    priority: HashMap<TransferId, Priority>,
}

impl Plain {
    fn take_out(&mut self, id: TransferId) -> bool {
        let lists = [&mut self.queued].into_iter().chain(&mut self.others);
        lists.fold(false, |found, list| {
            let before = list.len();
            list.retain(|other| *other != id);
            found || list.len() != before
        })
    }

    /// Those that wait, by priority.
    fn waiting(&self) -> Vec<TransferId> {
        let mut sorted = self.queued.clone();
        sorted.sort_by_key(|id| self.priority[id]);
        sorted
    }
}

proptest! {
    #[test]
    fn it_behaves_as_plain_lists_do(steps in proptest::collection::vec((0_u8..10, 1_u64..10, 0_usize..3), 0..60)) {
        let (mut queue, mut plain) = (Queue::default(), Plain::default());
        let now = Instant::now();
        for (count, (step, id, kind)) in steps.into_iter().enumerate() {
            let id = TransferId(id);
            let priority = [Priority::High, Priority::Normal, Priority::Low][kind];
            let known = queue.get(id).is_some();
            match step {
                0..3 => {
                    let id = add(&mut queue, &format!("x{count}"), 1);
                    plain.queued.push(id);
                    plain.priority.insert(id, Priority::Normal);
                }
                3 => {
                    let taken = queue.take_next(&site(), now).map(|item| item.id);
                    prop_assert_eq!(taken, plain.waiting().first().copied());
                    if let Some(id) = taken {
                        plain.take_out(id);
                        plain.others[0].push(id);
                    }
                }
                4 => {
                    queue.put_back(id, None);
                    if plain.take_out(id) {
                        plain.queued.insert(0, id);
                    }
                }
                5 => prop_assert_eq!(queue.remove(id).is_some(), plain.take_out(id)),
                6 => {
                    queue.set_priority(&[id], priority);
                    if known {
                        plain.priority.insert(id, priority);
                    }
                }
                7 => {
                    let how = if kind == 0 { Reorder::ToTop } else { Reorder::ToBottom };
                    queue.reorder(&[id], how, |other| other == id);
                    if let Some(at) = plain.queued.iter().position(|other| *other == id) {
                        let id = plain.queued.remove(at);
                        plain.queued.insert(if kind == 0 { 0 } else { plain.queued.len() }, id);
                    }
                }
                8 => {
                    let how = if kind == 0 { Reorder::Up } else { Reorder::Down };
                    let waiting = plain.waiting();
                    let at = waiting.iter().position(|other| *other == id);
                    let other = at.and_then(|at| if kind == 0 { at.checked_sub(1) } else { Some(at + 1) }).and_then(|at| waiting.get(at));
                    queue.reorder(&[id], how, |other| other == id);
                    if let Some(other) = other.filter(|other| plain.priority[*other] == plain.priority[&id]) {
                        let place = |wanted: TransferId| plain.queued.iter().position(|found| *found == wanted).unwrap();
                        let (one, two) = (place(id), place(*other));
                        plain.queued.swap(one, two);
                    }
                }
                _ => {
                    let (state, list) = if kind == 0 { (TransferState::Failed(Problem::new(ProblemKind::Refused, "No.")), 1) } else { (TransferState::Skipped(SkipReason::Exists), 2) };
                    let was_there = plain.others[list].contains(&id);
                    queue.set_state(id, state);
                    if known && !was_there {
                        plain.take_out(id);
                        plain.others[list].push(id);
                    }
                }
            }
            prop_assert_eq!(queue.ids(QueueTab::Queued), plain.waiting());
            prop_assert_eq!(&queue.ids(QueueTab::Active), &plain.others[0]);
            prop_assert_eq!(&queue.ids(QueueTab::Failed), &plain.others[1]);
            prop_assert_eq!(queue.ids(QueueTab::Done), plain.others[2].iter().rev().copied().collect::<Vec<_>>());
            prop_assert_eq!(queue.waiting(&site()), plain.queued.len() + plain.others[0].len());
            prop_assert_eq!(queue.is_busy(&site()), !plain.others[0].is_empty());
        }
    }
}

#[test]
fn what_a_person_stopped_is_counted_apart_from_what_waits_for_a_server() {
    let mut queue = Queue::default();
    let (first, _) = (add(&mut queue, "a", 1), add(&mut queue, "b", 2));
    queue.set_state(first, TransferState::Paused);
    let summary = queue.summary(Instant::now());
    assert_eq!((summary.queued, summary.stopped), (2, 1));
    assert_eq!((queue.queued_for(&site()), queue.queued_for(&SiteId("other".into()))), (1, 0));
    queue.set_state(first, TransferState::Queued);
    assert_eq!(queue.summary(Instant::now()).stopped, 0);
}

#[test]
fn failures_are_counted_as_they_come_and_skipped_rows_as_they_stand() {
    let mut queue = Queue::default();
    let ids = ["a", "b", "c"].map(|name| add(&mut queue, name, 1));
    let now = Instant::now();
    let figures = |queue: &Queue| (queue.summary(now).failures, queue.summary(now).skipped);
    queue.fail(ids[0], Problem::new(ProblemKind::Local, "No."));
    queue.fail(ids[1], Problem::new(ProblemKind::Cancelled, "Cancelled."));
    queue.set_state(ids[2], TransferState::Skipped(SkipReason::Exists));
    assert_eq!(figures(&queue), (1, 1), "what a person cancelled is no failure");
    queue.set_state(ids[0], TransferState::Queued);
    queue.fail(ids[0], Problem::new(ProblemKind::Local, "No."));
    assert_eq!(figures(&queue), (2, 1), "it failed again");
    let mut restored = queue.remove(ids[0]).unwrap();
    queue.remove(ids[2]);
    restored.order = 0;
    queue.put(restored);
    assert_eq!(figures(&queue), (2, 0), "what comes from a record failed earlier");
}

#[test]
fn what_a_folder_leaves_out_or_refuses_counts_as_it_enters() {
    let mut queue = Queue::default();
    let states = [
        TransferState::Skipped(SkipReason::Special),
        TransferState::Failed(Problem::new(ProblemKind::Name, "No.")),
        TransferState::Queued,
    ];
    let reserved = queue.reserve(states.len());
    let items = states.into_iter().map(|state| Item { state, ..Item::new(TransferId(0), site(), job("x")) });
    let items = reserved.number(items.collect());
    let ids: Vec<TransferId> = items.iter().map(|item| item.id).collect();
    queue.put_batch(Batch::new(items));
    let now = Instant::now();
    assert_eq!((queue.summary(now).skipped, queue.summary(now).failures), (1, 1));
    ids.into_iter().for_each(|id| drop(queue.remove(id)));
    assert_eq!(queue.summary(now).skipped, 0);
}
