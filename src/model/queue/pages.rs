//! Values by number, in pages: numbers that follow each other lie together, and adding one never moves the others.

use std::collections::BTreeMap;

/// Numbers in a page. A hash table would need twice the memory, and stand still while it grows.
const PAGE: u64 = 64;

/// Values by number.
#[derive(Debug)]
pub(super) struct Pages<T> {
    pages: BTreeMap<u64, Page<T>>,
    len: usize,
}

#[derive(Debug)]
struct Page<T> {
    live: usize,
    slots: Box<[Option<T>]>,
}

impl<T> Default for Pages<T> {
    fn default() -> Self {
        Self { pages: BTreeMap::new(), len: 0 }
    }
}

/// The page of a number, and its slot there.
fn place(number: u64) -> (u64, usize) {
    (number / PAGE, usize::try_from(number % PAGE).unwrap_or_default())
}

impl<T> Pages<T> {
    /// How many values there are.
    pub fn len(&self) -> usize {
        self.len
    }

    /// The value of a number.
    pub fn get(&self, number: u64) -> Option<&T> {
        let (page, slot) = place(number);
        self.pages.get(&page)?.slots.get(slot)?.as_ref()
    }

    /// The value of a number, to change it.
    pub fn get_mut(&mut self, number: u64) -> Option<&mut T> {
        let (page, slot) = place(number);
        self.pages.get_mut(&page)?.slots.get_mut(slot)?.as_mut()
    }

    /// Puts a value under a number; returns the one that was there.
    pub fn insert(&mut self, number: u64, value: T) -> Option<T> {
        let (page, slot) = place(number);
        let page = self.pages.entry(page).or_insert_with(|| Page { live: 0, slots: (0..PAGE).map(|_| None).collect() });
        let before = page.slots.get_mut(slot)?.replace(value);
        if before.is_none() {
            page.live += 1;
            self.len += 1;
        }
        before
    }

    /// Takes the value of a number out.
    pub fn remove(&mut self, number: u64) -> Option<T> {
        let (key, slot) = place(number);
        let page = self.pages.get_mut(&key)?;
        let value = page.slots.get_mut(slot)?.take()?;
        page.live -= 1;
        self.len -= 1;
        if page.live == 0 {
            self.pages.remove(&key);
        }
        Some(value)
    }

    /// Numbers and values from a number on.
    pub fn iter_from(&self, number: u64) -> impl Iterator<Item = (u64, &T)> {
        self.pages
            .range(number / PAGE..)
            .flat_map(|(page, found)| (0..PAGE).map(move |slot| page * PAGE + slot).zip(&found.slots))
            .filter_map(|(number, slot)| Some((number, slot.as_ref()?)))
            .skip_while(move |(found, _)| *found < number)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn it_is_a_map(steps in proptest::collection::vec((prop_oneof![0_u64..400, Just(u64::MAX), Just(u64::MAX - 63)], 0_u8..3), 0..400)) {
            let (mut pages, mut plain) = (Pages::default(), BTreeMap::new());
            for (count, (number, step)) in steps.into_iter().enumerate() {
                match step {
                    0 => prop_assert_eq!(pages.remove(number), plain.remove(&number)),
                    1 => prop_assert_eq!(pages.get_mut(number), plain.get_mut(&number)),
                    _ => prop_assert_eq!(pages.insert(number, count), plain.insert(number, count)),
                }
                prop_assert_eq!(pages.len(), plain.len());
                prop_assert_eq!(pages.get(number), plain.get(&number));
                let behind: Vec<(u64, usize)> = pages.iter_from(number).map(|(number, value)| (number, *value)).collect();
                prop_assert_eq!(behind, plain.range(number..).map(|(number, value)| (*number, *value)).collect::<Vec<_>>());
            }
        }
    }

    #[test]
    fn an_empty_page_is_given_back() {
        let mut pages = Pages::default();
        assert!((0..1_000).all(|number| pages.insert(number, number).is_none()));
        assert!((0..1_000).all(|number| pages.remove(number) == Some(number)));
        assert!(pages.pages.is_empty());
    }
}
