//! Where a table's columns stand: what matters less goes first when there is less room.

use eframe::egui::Rect;

use crate::model::columns::PaneColumns;
use crate::model::sort::SortKey;
use crate::screen::Side;

/// Positions of the columns; those that do not fit, or that nobody wants, are `None`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Columns {
    /// Where names begin.
    pub name_left: f32,
    /// Where names end at the latest.
    pub name_right: f32,
    /// Where sizes end.
    pub size_right: Option<f32>,
    /// Where dates begin.
    pub modified_left: Option<f32>,
    /// Where permissions begin.
    pub mode_left: Option<f32>,
    /// Where owners begin.
    pub owner_left: Option<f32>,
    /// How much wider all of them may become before one of them would go.
    pub spare: f32,
}

const SIZE: f32 = 72.0;
const MODIFIED: f32 = 108.0;
const MODE: f32 = 78.0;
const OWNER: f32 = 45.0;
const OWNER_WIDE: f32 = 76.0;
const GAP: f32 = 4.0;
/// From a column's edge to its text.
const INSET: f32 = 8.0;
/// The widths of a pane from which on its columns are shown, with the usual widths.
const NEEDS: [(SortKey, f32); 3] = [(SortKey::Owner, 520.0), (SortKey::Mode, 430.0), (SortKey::Modified, 330.0)];

/// The edge at a column's left, which a person can drag.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Edge {
    /// Of which column.
    pub key: SortKey,
    /// Where it is.
    pub x: f32,
    /// How wide the column is now.
    pub width: f32,
}

impl Columns {
    /// The columns of a pane in an area, as a person wants them; permissions and owner only where the server tells them.
    #[must_use]
    pub fn of(area: Rect, side: Side, tells_owner: bool, wanted: &PaneColumns) -> Self {
        let remote = side == Side::Remote && tells_owner;
        let offered = |key: SortKey| wanted.shows(key) && (remote || !matches!(key, SortKey::Mode | SortKey::Owner));
        let usual = |key: SortKey| usual_width(key, area.width());
        let width = |key: SortKey| wanted.width(key).map_or_else(|| usual(key), f32::from);
        // What is made wider, or hidden, counts as a pane that is narrower, or wider.
        let all = [SortKey::Size, SortKey::Modified, SortKey::Mode, SortKey::Owner];
        let saved = |key: SortKey| if wanted.shows(key) { usual(key) - width(key) } else { usual(key) };
        let room = area.width() + all.into_iter().filter(|key| remote || offered(*key)).map(saved).sum::<f32>();
        let fits = |key: SortKey| NEEDS.iter().all(|(of, need)| *of != key || room >= *need);
        let shown = |key: SortKey| offered(key) && fits(key);
        let need = NEEDS.iter().filter(|(key, _)| shown(*key)).map(|(_, need)| *need).fold(240.0, f32::max);

        let mut right = area.right();
        let mut take = |key: SortKey, gap: f32| {
            shown(key).then(|| {
                right -= width(key) + gap;
                right
            })
        };
        let owner_left = take(SortKey::Owner, 0.0);
        let mode_left = take(SortKey::Mode, GAP);
        let modified_left = take(SortKey::Modified, if mode_left.is_some() { GAP } else { 0.0 });
        let name_left = area.left() + 30.0;
        let size_right = shown(SortKey::Size).then_some(right - 2.0 * INSET);
        let name_right = size_right.map_or(right - 2.0 * INSET, |right| right - width(SortKey::Size)).max(name_left);
        Self { name_left, name_right, size_right, modified_left, mode_left, owner_left, spare: (room - need).max(0.0) }
    }

    /// The column that is at `x`.
    #[must_use]
    pub fn at(&self, area: Rect, x: f32) -> SortKey {
        self.edges(area).iter().rev().find(|edge| edge.x <= x).map_or(SortKey::Name, |edge| edge.key)
    }

    /// The edges that can be dragged, from the left.
    #[must_use]
    pub fn edges(&self, area: Rect) -> Vec<Edge> {
        let mut edges = Vec::new();
        if let Some(right) = self.size_right {
            edges.push(Edge { key: SortKey::Size, x: self.name_right, width: right - self.name_right });
        }
        let lefts = [(SortKey::Modified, self.modified_left), (SortKey::Mode, self.mode_left), (SortKey::Owner, self.owner_left)];
        for (at, (key, left)) in lefts.iter().enumerate() {
            let Some(left) = left else { continue };
            let next = lefts.iter().skip(at + 1).find_map(|(_, left)| *left);
            let gap = match key {
                SortKey::Mode => GAP,
                SortKey::Modified if self.mode_left.is_some() => GAP,
                _ => 0.0,
            };
            edges.push(Edge { key: *key, x: left - INSET, width: next.unwrap_or(area.right()) - gap - left });
        }
        edges
    }
}

fn usual_width(key: SortKey, pane: f32) -> f32 {
    match key {
        SortKey::Name => 0.0,
        SortKey::Size => SIZE,
        SortKey::Modified => MODIFIED,
        SortKey::Mode => MODE,
        SortKey::Owner if pane >= 680.0 => OWNER_WIDE,
        SortKey::Owner => OWNER,
    }
}

#[cfg(test)]
mod tests {
    use eframe::egui::{pos2, vec2};

    use super::*;

    fn of(width: f32, wanted: &PaneColumns) -> Columns {
        Columns::of(area(width), Side::Remote, true, wanted)
    }

    fn area(width: f32) -> Rect {
        Rect::from_min_size(pos2(0.0, 0.0), vec2(width, 100.0))
    }

    #[test]
    fn a_narrow_pane_drops_owner_then_mode_then_date_and_keeps_name_and_size() {
        let has = |width: f32| {
            let columns = of(width, &PaneColumns::default());
            [columns.modified_left.is_some(), columns.mode_left.is_some(), columns.owner_left.is_some()]
        };
        assert_eq!(has(594.0), [true, true, true]);
        assert_eq!(has(480.0), [true, true, false]);
        assert_eq!(has(400.0), [true, false, false]);
        assert_eq!(has(300.0), [false, false, false]);
        for width in [200.0, 240.0, 329.0, 330.0, 400.0, 480.0, 594.0, 2000.0] {
            let columns = of(width, &PaneColumns::default());
            assert!(columns.name_right - columns.name_left > 80.0, "names keep room at {width}");
        }
    }

    #[test]
    fn a_wider_column_takes_its_room_from_the_names() {
        let usual = of(700.0, &PaneColumns::default());
        let wide = of(700.0, &PaneColumns { owner: 106, ..PaneColumns::default() });
        assert_eq!(wide.owner_left, usual.owner_left.map(|left| left - 30.0));
        assert_eq!(wide.name_right, usual.name_right - 30.0);
        assert_eq!(wide.spare, usual.spare - 30.0);
        let too_wide = of(700.0, &PaneColumns { owner: 400, ..PaneColumns::default() });
        assert_eq!(too_wide.owner_left, None, "names keep their room");
        assert!(too_wide.name_right - too_wide.name_left > 80.0);
    }

    #[test]
    fn a_hidden_column_leaves_its_room_to_the_others() {
        let hide = |hidden: &[SortKey]| PaneColumns { hidden: hidden.to_vec(), ..PaneColumns::default() };
        assert_eq!(of(480.0, &PaneColumns::default()).owner_left, None);
        let columns = of(480.0, &hide(&[SortKey::Modified]));
        assert_eq!(columns.modified_left, None);
        assert!(columns.owner_left.is_some() && columns.mode_left.is_some());
        let columns = of(480.0, &hide(&[SortKey::Size, SortKey::Modified, SortKey::Mode, SortKey::Owner]));
        assert_eq!(columns.size_right, None);
        assert!(columns.edges(area(480.0)).is_empty());
        assert_eq!(columns.at(area(480.0), 470.0), SortKey::Name);
    }

    #[test]
    fn the_column_under_the_pointer_is_found() {
        let columns = of(594.0, &PaneColumns::default());
        let at = |x: f32| columns.at(area(594.0), x);
        assert_eq!([at(40.0), at(590.0)], [SortKey::Name, SortKey::Owner]);
        assert_eq!(columns.size_right.map(|right| [at(right), at(right + 9.0)]), Some([SortKey::Size, SortKey::Modified]));
        assert_eq!(columns.mode_left.map(at), Some(SortKey::Mode));
    }

    #[test]
    fn an_edge_that_is_set_to_its_own_width_stays_where_it_is() {
        for width in [300.0, 400.0, 480.0, 594.0, 900.0] {
            let before = of(width, &PaneColumns::default());
            let mut wanted = PaneColumns::default();
            for edge in before.edges(area(width)) {
                #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "whole points")]
                wanted.widen(edge.key, Some(edge.width as u16));
            }
            assert_eq!(of(width, &wanted), before, "at {width}");
        }
    }
}
