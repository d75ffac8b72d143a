//! Which rows of the queue are shown, and in which order. The order in which items run is another matter.

use crate::model::transfer::QueueTab;

/// By what the rows are sorted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum ArrangeBy {
    /// As they run; failed and done ones as they ended.
    #[default]
    RunOrder,
    /// By name: numbers by their value, case does not matter.
    Name,
    /// By the folder on the server, then by name.
    Folder,
    /// By size; what has none is first.
    Size,
    /// What failed for the same reason stands together.
    Reason,
}

impl ArrangeBy {
    /// Those that a tab offers, in the order of menus.
    #[must_use]
    pub fn offered(tab: QueueTab) -> &'static [Self] {
        const ALL: [ArrangeBy; 5] = [ArrangeBy::RunOrder, ArrangeBy::Reason, ArrangeBy::Name, ArrangeBy::Folder, ArrangeBy::Size];
        // Only what failed has a reason.
        if tab == QueueTab::Failed { &ALL } else { &[Self::RunOrder, Self::Name, Self::Folder, Self::Size] }
    }

    /// What a person calls it.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::RunOrder => "Queue order",
            Self::Name => "Name",
            Self::Folder => "Folder",
            Self::Size => "Size",
            Self::Reason => "Reason",
        }
    }
}

/// Filter and order of the queue's rows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Arrangement {
    /// As typed; see [`crate::model::pattern::Pattern`].
    pub filter: String,
    /// By what.
    pub by: ArrangeBy,
    /// Last or largest first.
    pub descending: bool,
}

impl Arrangement {
    /// The arrangement as it is under a tab: an order that the tab does not offer is the queue's own there.
    #[must_use]
    pub fn under(&self, tab: QueueTab) -> Self {
        if ArrangeBy::offered(tab).contains(&self.by) {
            self.clone()
        } else {
            Self { filter: self.filter.clone(), ..Self::default() }
        }
    }

    /// Whether all rows are shown as the queue has them, so that nothing needs to be looked for.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        self.filter.trim().is_empty() && self.by == ArrangeBy::RunOrder && !self.descending
    }
}
