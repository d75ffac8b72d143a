//! A sorted list of places that is quick at both ends and in the middle: a tab of the queue with a million rows, of which the window asks for fifty.

use crate::model::transfer::TransferId;

/// Places in one chunk, at most: few enough to be moved by one insertion, many enough that the chunks are few.
const FULL: usize = 512;

/// Where an item stands: by its order, then by its identity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    /// Sorts.
    pub order: u64,
    /// Whose place it is.
    pub id: TransferId,
}

/// Places in their order, with insertion and removal in about the logarithm of their number, and access by row.
#[derive(Debug, Default)]
pub(super) struct Ranked {
    chunks: Vec<Vec<Place>>,
    len: usize,
}

impl Ranked {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.len
    }

    /// The chunk that holds `place`, or that it belongs into.
    fn chunk_of(&self, place: Place) -> usize {
        // Most come at the end, and leave from the beginning.
        let begins_before = |chunk: &Vec<Place>| chunk.first().is_some_and(|first| *first <= place);
        if self.chunks.last().is_some_and(begins_before) {
            return self.chunks.len() - 1;
        }
        if !self.chunks.get(1).is_some_and(begins_before) {
            return 0;
        }
        self.chunks.partition_point(begins_before).saturating_sub(1)
    }

    /// Adds a place; one that is there already stays.
    pub fn insert(&mut self, place: Place) {
        let number = self.chunk_of(place);
        let is_last = number + 1 == self.chunks.len();
        let Some(chunk) = self.chunks.get_mut(number) else {
            self.chunks.push(vec![place]);
            self.len = 1;
            return;
        };
        let Err(at) = chunk.binary_search(&place) else { return };
        self.len += 1;
        if chunk.len() < FULL {
            chunk.insert(at, place);
        } else if at == FULL && is_last {
            self.chunks.push(vec![place]);
        } else {
            let mut second = chunk.split_off(FULL / 2);
            match at.checked_sub(FULL / 2) {
                Some(at) => second.insert(at, place),
                None => chunk.insert(at, place),
            }
            self.chunks.insert(number + 1, second);
        }
    }

    /// Takes a place out; whether it was there.
    pub fn remove(&mut self, place: Place) -> bool {
        let number = self.chunk_of(place);
        let Some(chunk) = self.chunks.get_mut(number) else { return false };
        let Ok(at) = chunk.binary_search(&place) else { return false };
        chunk.remove(at);
        self.len -= 1;
        if chunk.is_empty() {
            self.chunks.remove(number);
        } else if chunk.len() <= FULL / 4 {
            // Chunks that were thinned out are joined, else a few places would lie in thousands of them.
            self.join(number);
            if let Some(before) = number.checked_sub(1) {
                self.join(before);
            }
        }
        true
    }

    /// Joins a chunk with the next one, if both together are half a chunk at most.
    fn join(&mut self, number: usize) {
        let length = |number: usize| self.chunks.get(number).map(Vec::len);
        let (Some(one), Some(next)) = (length(number), length(number + 1)) else { return };
        if one + next <= FULL / 2 {
            let next = self.chunks.remove(number + 1);
            if let Some(chunk) = self.chunks.get_mut(number) {
                chunk.extend(next);
            }
        }
    }

    /// All of them.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = Place> + '_ {
        self.chunks.iter().flatten().copied()
    }

    /// The first.
    pub fn first(&self) -> Option<Place> {
        self.chunks.first().and_then(|chunk| chunk.first()).copied()
    }

    /// Those from row `from` on.
    pub fn iter_from(&self, mut from: usize) -> impl Iterator<Item = Place> + '_ {
        let number = self
            .chunks
            .iter()
            .position(|chunk| {
                let is_inside = from < chunk.len();
                if !is_inside {
                    from -= chunk.len();
                }
                is_inside
            })
            .unwrap_or(self.chunks.len());
        self.chunks.iter().skip(number).flatten().skip(from).copied()
    }

    /// Those behind `place`, nearest first; all of them without one.
    pub fn iter_after(&self, place: Option<Place>) -> impl Iterator<Item = Place> + '_ {
        let number = place.map_or(0, |place| self.chunk_of(place));
        let is_behind = move |found: &&Place| place.is_none_or(|place| **found > place);
        // Only the first of these chunks can hold places that are not behind.
        self.chunks
            .iter()
            .skip(number)
            .flat_map(move |chunk| {
                let skip = place.map_or(0, |place| chunk.partition_point(|found| *found <= place));
                chunk.iter().skip(skip).filter(is_behind)
            })
            .copied()
    }

    /// The one right before `place`.
    pub fn before(&self, place: Place) -> Option<Place> {
        let number = self.chunk_of(place);
        let chunk = self.chunks.get(number)?;
        match chunk.partition_point(|found| *found < place).checked_sub(1) {
            Some(at) => chunk.get(at).copied(),
            None => self.chunks.get(number.checked_sub(1)?)?.last().copied(),
        }
    }

    /// The row that `place` is in, when it is there.
    pub fn row_of(&self, place: Place) -> Option<usize> {
        let number = self.chunk_of(place);
        let at = self.chunks.get(number)?.binary_search(&place).ok()?;
        Some(self.chunks.iter().take(number).map(Vec::len).sum::<usize>() + at)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    fn place(order: u64) -> Place {
        Place { order, id: TransferId(order % 7) }
    }

    /// Everything that can be asked, against a plain sorted set.
    fn compare(ranked: &Ranked, plain: &BTreeSet<Place>) {
        let sorted: Vec<Place> = plain.iter().copied().collect();
        assert_eq!(ranked.iter().collect::<Vec<_>>(), sorted);
        assert_eq!((ranked.len(), ranked.first()), (sorted.len(), sorted.first().copied()));
        for row in (0..=sorted.len() + 1).step_by(37) {
            assert_eq!(
                ranked.iter_from(row).take(3).collect::<Vec<_>>(),
                sorted.iter().skip(row).take(3).copied().collect::<Vec<_>>()
            );
        }
        for order in (0..3_000).step_by(97) {
            let (asked, at) = (place(order), sorted.partition_point(|found| *found < place(order)));
            assert_eq!(ranked.before(asked), at.checked_sub(1).map(|at| sorted[at]));
            let behind = sorted.iter().copied().filter(|found| *found > asked).take(3).collect::<Vec<_>>();
            assert_eq!(ranked.iter_after(Some(asked)).take(3).collect::<Vec<_>>(), behind);
            assert_eq!(ranked.row_of(asked), plain.contains(&asked).then_some(at));
        }
        assert_eq!(ranked.iter_after(None).next(), sorted.first().copied());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        #[test]
        fn it_is_a_sorted_set(steps in proptest::collection::vec((0_u64..3_000, any::<bool>()), 0..6_000), ascending in any::<bool>()) {
            let (mut ranked, mut plain) = (Ranked::default(), BTreeSet::new());
            if ascending {
                (0..3_000).for_each(|order| { ranked.insert(place(order)); plain.insert(place(order)); });
            }
            for (order, comes) in steps {
                if comes && !ascending {
                    ranked.insert(place(order));
                    plain.insert(place(order));
                } else {
                    prop_assert_eq!(ranked.remove(place(order)), plain.remove(&place(order)));
                }
            }
            compare(&ranked, &plain);
        }
    }

    #[test]
    fn what_was_thinned_out_lies_together() {
        let mut ranked = Ranked::default();
        (0..100_000).for_each(|order| ranked.insert(place(order)));
        assert!(ranked.chunks.len() <= 100_000 / FULL + 1, "{} chunks", ranked.chunks.len());
        (0..100_000).filter(|order| order % 1_000 != 0).for_each(|order| assert!(ranked.remove(place(order))));
        assert_eq!(ranked.len(), 100);
        assert!(ranked.chunks.len() <= 3, "{} chunks", ranked.chunks.len());
    }
}
