//! Which parts of the window look different from the last picture, so that only they are painted again.

use eframe::egui::epaint::{ClippedPrimitive, Primitive, Vertex};

use crate::app::cpu::raster::{Area, Piece, pieces};

/// Side of the squares that are compared, in pixels.
const SQUARE: usize = 64;

/// What was painted last, square by square.
#[derive(Default)]
pub struct Damage {
    size: [usize; 2],
    marks: Vec<u64>,
}

impl Damage {
    /// The areas of a picture of this size that are to be painted again; all of it when the size is another or `all` is set.
    pub fn next(&mut self, size: [usize; 2], primitives: &[ClippedPrimitive], scale: f32, all: bool) -> Vec<Area> {
        let whole = Area { left: 0, top: 0, right: size[0], bottom: size[1] };
        let columns = size[0].div_ceil(SQUARE);
        let mut marks = vec![0; columns * size[1].div_ceil(SQUARE)];
        for ClippedPrimitive { clip_rect, primitive } in primitives {
            let clip = Area::of(*clip_rect, scale).meet(whole);
            let Primitive::Mesh(mesh) = primitive else { continue };
            if clip.is_empty() {
                continue;
            }
            let start = [clip.left, clip.top, clip.right, clip.bottom].iter().fold(0, |mark, side| mixed(mark, *side as u64));
            let start = match mesh.texture_id {
                eframe::egui::TextureId::Managed(id) => mixed(start, id),
                eframe::egui::TextureId::User(id) => mixed(start, !id),
            };
            for piece in pieces(mesh, scale) {
                let corners: &[Vertex] = match &piece {
                    Piece::Quad(corners) => corners,
                    Piece::Triangle(corners) => corners,
                };
                let area = around(corners).meet(clip);
                if !area.is_empty() {
                    let mark = corners.iter().fold(start, of_vertex);
                    stamp(&mut marks, columns, area, mark);
                }
            }
        }
        let is_known = !all && self.size == size;
        let areas = if is_known { changed(&self.marks, &marks, columns, whole) } else { vec![whole] };
        (self.size, self.marks) = (size, marks);
        areas
    }
}

/// Every pixel that the corners may touch.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "float casts saturate")]
fn around(corners: &[Vertex]) -> Area {
    let least = |of: fn(&Vertex) -> f32| corners.iter().map(of).fold(f32::INFINITY, f32::min).floor() as usize;
    let most = |of: fn(&Vertex) -> f32| corners.iter().map(of).fold(f32::NEG_INFINITY, f32::max).ceil() as usize;
    Area { left: least(|c| c.pos.x), top: least(|c| c.pos.y), right: most(|c| c.pos.x), bottom: most(|c| c.pos.y) }
}

fn of_vertex(mark: u64, vertex: &Vertex) -> u64 {
    let pair = |x: f32, y: f32| (u64::from(x.to_bits()) << 32) | u64::from(y.to_bits());
    let [red, green, blue, alpha] = vertex.color.to_array();
    let colour = u64::from(u32::from_be_bytes([red, green, blue, alpha]));
    mixed(mixed(mixed(mark, pair(vertex.pos.x, vertex.pos.y)), pair(vertex.uv.x, vertex.uv.y)), colour)
}

fn mixed(mark: u64, value: u64) -> u64 {
    let mark = (mark.rotate_left(23) ^ value).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    mark ^ (mark >> 29)
}

fn stamp(marks: &mut [u64], columns: usize, area: Area, mark: u64) {
    for row in area.top / SQUARE..area.bottom.div_ceil(SQUARE) {
        let start = row * columns;
        let squares = marks.get_mut(start + area.left / SQUARE..start + area.right.div_ceil(SQUARE));
        for square in squares.into_iter().flatten() {
            *square = mixed(*square, mark);
        }
    }
}

/// One area for each row of squares, from its first to its last change; rows alike are one area.
fn changed(before: &[u64], after: &[u64], columns: usize, whole: Area) -> Vec<Area> {
    let mut areas: Vec<Area> = Vec::new();
    let columns = columns.max(1);
    for (row, (before, after)) in before.chunks(columns).zip(after.chunks(columns)).enumerate() {
        let differs = |at: &usize| before.get(*at) != after.get(*at);
        let Some(first) = (0..columns).find(differs) else { continue };
        let last = (0..columns).rfind(differs).unwrap_or(first);
        let area =
            Area { left: first * SQUARE, top: row * SQUARE, right: (last + 1) * SQUARE, bottom: (row + 1) * SQUARE }.meet(whole);
        match areas.last_mut() {
            Some(above) if above.bottom == area.top && above.left == area.left && above.right == area.right => {
                above.bottom = area.bottom
            }
            _ => areas.push(area),
        }
    }
    areas
}

#[cfg(test)]
mod tests {
    use eframe::egui::epaint::Mesh;
    use eframe::egui::{Color32, Rect, pos2, vec2};

    use super::*;

    const SIZE: [usize; 2] = [640, 320];
    const WHOLE: Area = Area { left: 0, top: 0, right: 640, bottom: 320 };

    fn dot(x: f32, y: f32, colour: Color32) -> ClippedPrimitive {
        let mut mesh = Mesh::default();
        mesh.add_colored_rect(Rect::from_min_size(pos2(x, y), vec2(10.0, 10.0)), colour);
        ClippedPrimitive { clip_rect: Rect::from_min_size(pos2(0.0, 0.0), vec2(640.0, 320.0)), primitive: Primitive::Mesh(mesh) }
    }

    #[test]
    fn what_looks_the_same_is_not_painted_again() {
        let mut damage = Damage::default();
        let picture = [dot(10.0, 10.0, Color32::RED), dot(300.0, 200.0, Color32::RED)];
        assert_eq!(damage.next(SIZE, &picture, 1.0, false), [WHOLE]);
        assert!(damage.next(SIZE, &picture, 1.0, false).is_empty());
        assert_eq!(damage.next(SIZE, &picture, 1.0, true), [WHOLE]);
        assert_eq!(damage.next([320, 320], &picture, 1.0, false), [Area { right: 320, ..WHOLE }]);
    }

    #[test]
    fn where_something_came_went_or_changed_is_painted_again() {
        let mut damage = Damage::default();
        damage.next(SIZE, &[dot(10.0, 10.0, Color32::RED), dot(60.0, 200.0, Color32::RED)], 1.0, false);
        let areas = damage.next(SIZE, &[dot(10.0, 10.0, Color32::BLUE), dot(500.0, 300.0, Color32::RED)], 1.0, false);
        let [changed, left, came] = areas.as_slice() else { panic!("{areas:?}") };
        assert_eq!(*changed, Area { left: 0, top: 0, right: 64, bottom: 64 });
        assert_eq!(*left, Area { left: 0, top: 192, right: 128, bottom: 256 }, "it lay over the edge of a square");
        assert_eq!(*came, Area { left: 448, top: 256, right: 512, bottom: 320 });
    }
}
