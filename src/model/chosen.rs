//! Which transfers a person has chosen: single ones, or all that a tab shows, which may be a million.

use std::collections::BTreeSet;

use crate::model::transfer::{QueueTab, TransferId};

/// Chosen transfers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Chosen {
    /// These.
    These(BTreeSet<TransferId>),
    /// All of a tab.
    All {
        /// Which tab.
        tab: QueueTab,
        /// What they must match (see [`crate::model::pattern::Pattern`]); empty for everything.
        filter: String,
        /// The newest at the time: what came later was not seen, and is not meant.
        newest: TransferId,
        /// But for these.
        except: BTreeSet<TransferId>,
    },
}

impl Default for Chosen {
    fn default() -> Self {
        Self::These(BTreeSet::new())
    }
}

impl Chosen {
    /// Everything under a tab, whenever it came.
    #[must_use]
    pub fn everything(tab: QueueTab) -> Self {
        Self::All { tab, filter: String::new(), newest: TransferId(u64::MAX), except: BTreeSet::new() }
    }

    /// Whether nothing is chosen. All of a tab is something, even if the tab has become empty.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        matches!(self, Self::These(ids) if ids.is_empty())
    }

    /// The one that is chosen, when it is one.
    #[must_use]
    pub fn single(&self) -> Option<TransferId> {
        match self {
            Self::These(ids) if ids.len() == 1 => ids.first().copied(),
            Self::These(_) | Self::All { .. } => None,
        }
    }

    /// Those that were chosen one by one.
    #[must_use]
    pub fn listed(&self) -> Vec<TransferId> {
        match self {
            Self::These(ids) => ids.iter().copied().collect(),
            Self::All { .. } => Vec::new(),
        }
    }

    /// Whether a row of the tab that matches the filter is chosen.
    #[must_use]
    pub fn contains(&self, id: TransferId) -> bool {
        match self {
            Self::These(ids) => ids.contains(&id),
            Self::All { newest, except, .. } => id <= *newest && !except.contains(&id),
        }
    }

    /// Chooses a row too, or no longer.
    pub fn toggle(&mut self, id: TransferId) {
        match self {
            Self::These(ids) => {
                if !ids.remove(&id) {
                    ids.insert(id);
                }
            }
            Self::All { newest, except, .. } if id <= *newest => {
                if !except.remove(&id) {
                    except.insert(id);
                }
            }
            Self::All { .. } => {}
        }
    }

    /// A row is chosen no longer.
    pub fn remove(&mut self, id: TransferId) {
        if self.contains(id) {
            self.toggle(id);
        }
    }

    /// Nothing is chosen any more.
    pub fn clear(&mut self) {
        *self = Self::default();
    }
}

impl FromIterator<TransferId> for Chosen {
    fn from_iter<I: IntoIterator<Item = TransferId>>(ids: I) -> Self {
        Self::These(ids.into_iter().collect())
    }
}

impl From<Vec<TransferId>> for Chosen {
    fn from(ids: Vec<TransferId>) -> Self {
        ids.into_iter().collect()
    }
}

impl From<TransferId> for Chosen {
    fn from(id: TransferId) -> Self {
        Self::These([id].into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_come_and_go() {
        let mut chosen = Chosen::from(vec![TransferId(1), TransferId(2)]);
        chosen.toggle(TransferId(1));
        chosen.toggle(TransferId(3));
        chosen.remove(TransferId(9));
        assert_eq!(chosen, Chosen::from(vec![TransferId(2), TransferId(3)]));
        chosen.clear();
        assert!(chosen.is_empty());
    }

    #[test]
    fn all_are_those_that_were_there_but_for_the_exceptions() {
        let mut chosen =
            Chosen::All { tab: QueueTab::Queued, filter: String::new(), newest: TransferId(10), except: BTreeSet::new() };
        chosen.remove(TransferId(4));
        chosen.toggle(TransferId(5));
        chosen.toggle(TransferId(5));
        chosen.toggle(TransferId(11));
        let contained: Vec<u64> = (1..13).filter(|id| chosen.contains(TransferId(*id))).collect();
        assert_eq!(contained, [1, 2, 3, 5, 6, 7, 8, 9, 10]);
        assert!(!chosen.is_empty());
    }
}
