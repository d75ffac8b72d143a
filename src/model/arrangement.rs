//! Which rows of the queue are shown, and in which order. The order in which items run is another matter.

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
}

impl ArrangeBy {
    /// All of them, in the order of menus.
    pub const ALL: [Self; 4] = [Self::RunOrder, Self::Name, Self::Folder, Self::Size];

    /// What a person calls it.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::RunOrder => "Queue order",
            Self::Name => "Name",
            Self::Folder => "Folder",
            Self::Size => "Size",
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
    /// Whether all rows are shown as the queue has them, so that nothing needs to be looked for.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        self.filter.trim().is_empty() && self.by == ArrangeBy::RunOrder && !self.descending
    }
}
