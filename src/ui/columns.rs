//! Where a table's columns stand: what matters less goes first when there is less room.

use eframe::egui::Rect;

use crate::screen::Side;

/// Positions of the columns; those that do not fit are `None`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Columns {
    /// Where names begin.
    pub name_left: f32,
    /// Where names end at the latest.
    pub name_right: f32,
    /// Where sizes end.
    pub size_right: f32,
    /// Where dates begin.
    pub modified_left: Option<f32>,
    /// Where permissions begin.
    pub mode_left: Option<f32>,
    /// Where owners begin.
    pub owner_left: Option<f32>,
}

const SIZE: f32 = 72.0;
const MODIFIED: f32 = 108.0;
const MODE: f32 = 78.0;
const OWNER: f32 = 45.0;
const OWNER_WIDE: f32 = 76.0;
const GAP: f32 = 4.0;

impl Columns {
    /// The columns of a pane in an area; permissions and owner only where the server tells them.
    #[must_use]
    pub fn of(area: Rect, side: Side, tells_owner: bool) -> Self {
        let width = area.width();
        let mut right = area.right();
        let mut take = |wanted: bool, space: f32, gap: f32| {
            wanted.then(|| {
                right -= space + gap;
                right
            })
        };
        let remote = side == Side::Remote && tells_owner;
        let owner = if width >= 680.0 { OWNER_WIDE } else { OWNER };
        let owner_left = take(remote && width >= 520.0, owner, 0.0);
        let mode_left = take(remote && width >= 430.0, MODE, GAP);
        let modified_left = take(width >= 330.0, MODIFIED, if mode_left.is_some() { GAP } else { 0.0 });
        let size_right = right - 16.0;
        let name_left = area.left() + 30.0;
        Self { name_left, name_right: (size_right - SIZE).max(name_left), size_right, modified_left, mode_left, owner_left }
    }
}

#[cfg(test)]
mod tests {
    use eframe::egui::{pos2, vec2};

    use super::*;

    #[test]
    fn a_narrow_pane_drops_owner_then_mode_then_date_and_keeps_name_and_size() {
        let of = |width: f32| Columns::of(Rect::from_min_size(pos2(0.0, 0.0), vec2(width, 100.0)), Side::Remote, true);
        let has = |width: f32| {
            let columns = of(width);
            [columns.modified_left.is_some(), columns.mode_left.is_some(), columns.owner_left.is_some()]
        };
        assert_eq!(has(594.0), [true, true, true]);
        assert_eq!(has(480.0), [true, true, false]);
        assert_eq!(has(400.0), [true, false, false]);
        assert_eq!(has(300.0), [false, false, false]);
        for width in [200.0, 240.0, 329.0, 330.0, 400.0, 480.0, 594.0, 2000.0] {
            let columns = of(width);
            assert!(columns.name_right - columns.name_left > 80.0, "names keep room at {width}");
        }
    }
}
