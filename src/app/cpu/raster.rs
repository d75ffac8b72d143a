//! Paints egui's triangles into pixels: gamma-space blending and pixel centres, as its OpenGL painter has them.

#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "coordinates are clamped to the canvas first, colours to a byte; float casts saturate"
)]

use std::collections::HashMap;
use std::sync::Arc;

use eframe::egui::epaint::{ClippedPrimitive, ImageData, Mesh, Primitive, Vertex};
use eframe::egui::{Color32, ColorImage, Rect, TextureId, TexturesDelta};

/// A rectangle of whole pixels; the right and lower ends are outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Area {
    /// The first column.
    pub left: usize,
    /// The first row.
    pub top: usize,
    /// The column behind the last one.
    pub right: usize,
    /// The row behind the last one.
    pub bottom: usize,
}

impl Area {
    /// The pixels of a rectangle in points, rounded as the OpenGL painter rounds its scissors.
    #[must_use]
    pub fn of(rect: Rect, scale: f32) -> Self {
        let round = |at: f32| (at * scale).round() as usize;
        Self { left: round(rect.min.x), top: round(rect.min.y), right: round(rect.max.x), bottom: round(rect.max.y) }
    }

    /// What both have.
    #[must_use]
    pub fn meet(self, other: Self) -> Self {
        Self {
            left: self.left.max(other.left),
            top: self.top.max(other.top),
            right: self.right.min(other.right),
            bottom: self.bottom.min(other.bottom),
        }
    }

    /// Whether there is no pixel in it.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.left >= self.right || self.top >= self.bottom
    }
}

/// Some whole rows of a picture, each pixel `0x00RRGGBB`.
pub struct Canvas<'a> {
    /// Row after row.
    pub pixels: &'a mut [u32],
    /// The length of a row.
    pub width: usize,
    /// The row of the picture that is the first here.
    pub top: usize,
}

impl Canvas<'_> {
    /// The pixels of one row of the picture from `left` to `right`; empty when they are not here.
    fn span(&mut self, row: usize, left: usize, right: usize) -> &mut [u32] {
        let Some(start) = row.checked_sub(self.top).map(|row| row * self.width) else { return &mut [] };
        self.pixels.get_mut(start + left..start + right).unwrap_or_default()
    }

    /// One opaque colour.
    pub fn clear(&mut self, area: Area, colour: Color32) {
        for row in area.top..area.bottom {
            self.span(row, area.left, area.right).fill(packed(colour));
        }
    }

    /// Everything that is to be seen in `area`.
    pub fn paint(&mut self, area: Area, primitives: &[ClippedPrimitive], scale: f32, textures: &Textures) {
        for ClippedPrimitive { clip_rect, primitive } in primitives {
            let clip = Area::of(*clip_rect, scale).meet(area);
            // Paint callbacks need a graphics interface; this program has none.
            let Primitive::Mesh(mesh) = primitive else { continue };
            if !clip.is_empty()
                && let Some(image) = textures.images.get(&mesh.texture_id)
            {
                for piece in pieces(mesh, scale) {
                    match piece {
                        Piece::Quad([first, last]) => self.quad(clip, first, last, image),
                        Piece::Triangle(corners) => self.triangle(clip, corners, image),
                    }
                }
            }
        }
    }

    /// An upright rectangle of one colour, with or without a picture on it: letters, most of all.
    fn quad(&mut self, clip: Area, first: Vertex, last: Vertex, image: &ColorImage) {
        let area = Area {
            left: centre_from(first.pos.x),
            top: centre_from(first.pos.y),
            right: centre_from(last.pos.x),
            bottom: centre_from(last.pos.y),
        }
        .meet(clip);
        if area.is_empty() {
            return;
        }
        if first.uv == last.uv {
            let colour = times(texel(image, first.uv.x, first.uv.y), first.color);
            for row in area.top..area.bottom {
                fill(self.span(row, area.left, area.right), colour);
            }
            return;
        }
        let [width, height] = [image.size[0] as f32, image.size[1] as f32];
        let step_x = (last.uv.x - first.uv.x) * width / (last.pos.x - first.pos.x);
        let step_y = (last.uv.y - first.uv.y) * height / (last.pos.y - first.pos.y);
        let texel_x = |column: usize| first.uv.x * width + (column as f32 + 0.5 - first.pos.x) * step_x;
        let texel_y = |row: usize| first.uv.y * height + (row as f32 + 0.5 - first.pos.y) * step_y;
        let (start_x, start_y) = (texel_x(area.left), texel_y(area.top));
        let is_centred = |at: f32| (at - at.floor() - 0.5).abs() < 0.03;
        let is_one_to_one = (step_x - 1.0).abs() < 0.001 && (step_y - 1.0).abs() < 0.001;
        if is_one_to_one && start_x >= 0.0 && start_y >= 0.0 && is_centred(start_x) && is_centred(start_y) {
            for row in area.top..area.bottom {
                let from = (start_y as usize + row - area.top) * image.size[0] + start_x as usize;
                let texels = image.pixels.get(from..from + area.right - area.left).unwrap_or_default();
                for (pixel, texel) in self.span(row, area.left, area.right).iter_mut().zip(texels) {
                    if *texel != Color32::TRANSPARENT {
                        *pixel = over(*pixel, times(*texel, first.color));
                    }
                }
            }
            return;
        }
        for row in area.top..area.bottom {
            let y = texel_y(row) / height;
            for (column, pixel) in (area.left..).zip(self.span(row, area.left, area.right)) {
                *pixel = over(*pixel, times(texel(image, texel_x(column) / width, y), first.color));
            }
        }
    }

    /// Any triangle; a pixel is in it when its centre is, so that neighbours neither overlap nor leave a gap.
    fn triangle(&mut self, clip: Area, corners: [Vertex; 3], image: &ColorImage) {
        let [a, b, c] = corners;
        let highest = a.pos.y.min(b.pos.y).min(c.pos.y);
        let lowest = a.pos.y.max(b.pos.y).max(c.pos.y);
        let (top, bottom) = (centre_from(highest).max(clip.top), centre_from(lowest).min(clip.bottom));
        let outside_x = |at: usize| corners.iter().all(|corner| corner.pos.x < at as f32);
        if top >= bottom || outside_x(clip.left) || corners.iter().all(|corner| corner.pos.x >= clip.right as f32) {
            return;
        }
        let is_plain = a.color == b.color && b.color == c.color && a.uv == b.uv && b.uv == c.uv;
        let plain = times(texel(image, a.uv.x, a.uv.y), a.color);
        let slopes = Slopes::of(corners);
        for row in top..bottom {
            let y = row as f32 + 0.5;
            let (mut left, mut right) = (f32::INFINITY, f32::NEG_INFINITY);
            for (from, to) in [(a, b), (b, c), (c, a)] {
                if let Some(x) = crossing(from, to, y) {
                    (left, right) = (left.min(x), right.max(x));
                }
            }
            let (start, end) = (centre_from(left).max(clip.left), centre_from(right).min(clip.right));
            if left > right || start >= end {
                continue;
            }
            let span = self.span(row, start, end);
            if is_plain {
                fill(span, plain);
            } else {
                for (column, pixel) in (start..).zip(span) {
                    let (colour, [u, v]) = slopes.at(column as f32 + 0.5, y);
                    *pixel = over(*pixel, times(texel(image, u, v), colour));
                }
            }
        }
    }
}

/// The textures that egui uses.
#[derive(Default)]
pub struct Textures {
    images: HashMap<TextureId, Arc<ColorImage>>,
}

impl Textures {
    /// Takes new and changed ones in; says whether something that may be on the screen looks different now.
    pub fn set(&mut self, delta: &mut TexturesDelta) -> bool {
        let mut has_changed = false;
        for (id, deltas) in delta.set.drain() {
            for part in deltas {
                let ImageData::Color(image) = part.image;
                match (part.pos, self.images.get_mut(&id)) {
                    (Some([x, y]), Some(whole)) => {
                        // The typefaces' picture only gets letters that no text on the screen had.
                        has_changed |= id != TextureId::default();
                        patch(Arc::make_mut(whole), &image, x, y);
                    }
                    _ => {
                        has_changed = true;
                        self.images.insert(id, image);
                    }
                }
            }
        }
        has_changed
    }

    /// Forgets those that are not used any more.
    pub fn free(&mut self, delta: &mut TexturesDelta) {
        for id in delta.free.drain() {
            self.images.remove(&id);
        }
    }
}

fn patch(whole: &mut ColorImage, part: &ColorImage, x: usize, y: usize) {
    let width = whole.size[0];
    for (row, pixels) in part.pixels.chunks(part.size[0].max(1)).enumerate() {
        let start = (y + row) * width + x;
        if let Some(target) = whole.pixels.get_mut(start..start + pixels.len()) {
            target.copy_from_slice(pixels);
        }
    }
}

/// A part of a mesh, in pixels.
pub enum Piece {
    /// Upright, of one colour: the upper left and the lower right corner.
    Quad([Vertex; 2]),
    /// Anything else.
    Triangle([Vertex; 3]),
}

/// Takes a mesh apart, two triangles at once where they make an upright rectangle.
pub fn pieces(mesh: &Mesh, scale: f32) -> impl Iterator<Item = Piece> {
    let corner = move |index: u32| {
        let vertex = mesh.vertices.get(index as usize).copied().unwrap_or_default();
        Vertex { pos: vertex.pos * scale, ..vertex }
    };
    let mut rest = mesh.indices.as_slice();
    std::iter::from_fn(move || {
        if let [a, b, c, d, e, f, after @ ..] = rest
            && (c, b) == (d, e)
            && let [first, right, lower, last] = [*a, *b, *c, *f].map(corner)
            && is_upright(first, right, lower, last)
        {
            rest = after;
            return Some(Piece::Quad([first, last]));
        }
        let [a, b, c, after @ ..] = rest else { return None };
        rest = after;
        Some(Piece::Triangle([*a, *b, *c].map(corner)))
    })
}

fn is_upright(first: Vertex, right: Vertex, lower: Vertex, last: Vertex) -> bool {
    let is_one_colour = [right, lower, last].iter().all(|corner| corner.color == first.color);
    let is_rectangle = |at: fn(Vertex) -> [f32; 2]| {
        let [first, right, lower, last] = [first, right, lower, last].map(at);
        right == [last[0], first[1]] && lower == [first[0], last[1]]
    };
    is_one_colour
        && first.pos.x < last.pos.x
        && first.pos.y < last.pos.y
        && is_rectangle(|vertex| vertex.pos.into())
        && is_rectangle(|vertex| vertex.uv.into())
}

/// The first pixel whose centre is not before `at`.
pub fn centre_from(at: f32) -> usize {
    (at - 0.5).ceil() as usize
}

/// Where the line between two corners is at the height `y`, reckoned alike for both triangles that share it.
fn crossing(from: Vertex, to: Vertex, y: f32) -> Option<f32> {
    let (upper, lower) = if from.pos.y <= to.pos.y { (from.pos, to.pos) } else { (to.pos, from.pos) };
    let is_met = upper.y <= y && y < lower.y;
    is_met.then(|| upper.x + (y - upper.y) * (lower.x - upper.x) / (lower.y - upper.y))
}

/// How colour and place in the texture change over a triangle.
struct Slopes {
    origin: [f32; 2],
    start: [f32; 6],
    by_x: [f32; 6],
    by_y: [f32; 6],
}

impl Slopes {
    fn of([a, b, c]: [Vertex; 3]) -> Self {
        let values = |vertex: Vertex| {
            let [red, green, blue, alpha] = vertex.color.to_array().map(f32::from);
            [red, green, blue, alpha, vertex.uv.x, vertex.uv.y]
        };
        let (start, at_b, at_c) = (values(a), values(b), values(c));
        let (ab, ac) = (b.pos - a.pos, c.pos - a.pos);
        let area = ab.x * ac.y - ab.y * ac.x;
        let by = |x: f32, y: f32| -> [f32; 6] {
            if area == 0.0 {
                return [0.0; 6];
            }
            std::array::from_fn(|at| match (start.get(at), at_b.get(at), at_c.get(at)) {
                (Some(a), Some(b), Some(c)) => ((b - a) * x + (c - a) * y) / area,
                _ => 0.0,
            })
        };
        Self { origin: a.pos.into(), start, by_x: by(ac.y, -ab.y), by_y: by(-ac.x, ab.x) }
    }

    fn at(&self, x: f32, y: f32) -> (Color32, [f32; 2]) {
        let [left, top] = self.origin;
        let mut values = self.start;
        for ((value, by_x), by_y) in values.iter_mut().zip(self.by_x).zip(self.by_y) {
            *value += (x - left) * by_x + (y - top) * by_y;
        }
        let [red, green, blue, alpha, u, v] = values;
        let byte = |value: f32| (value + 0.5) as u8;
        (Color32::from_rgba_premultiplied(byte(red), byte(green), byte(blue), byte(alpha)), [u, v])
    }
}

/// The texture's colour there, mixed of the four texels around it.
fn texel(image: &ColorImage, u: f32, v: f32) -> Color32 {
    let [width, height] = image.size;
    let x = (u * width as f32 - 0.5).clamp(0.0, width.saturating_sub(1) as f32);
    let y = (v * height as f32 - 0.5).clamp(0.0, height.saturating_sub(1) as f32);
    let (column, row) = (x as usize, y as usize);
    let at = |column: usize, row: usize| {
        image.pixels.get(row * width + column.min(width.saturating_sub(1))).copied().unwrap_or_default()
    };
    let (across, down) = (x - column as f32, y - row as f32);
    if across == 0.0 && down == 0.0 {
        return at(column, row);
    }
    let next = (row + 1).min(height.saturating_sub(1));
    let mix = |from: Color32, to: Color32, part: f32| {
        let [a, b] = [from, to].map(|colour: Color32| colour.to_array());
        let mut mixed = [0; 4];
        for ((mixed, a), b) in mixed.iter_mut().zip(a).zip(b) {
            *mixed = (f32::from(a) + (f32::from(b) - f32::from(a)) * part + 0.5) as u8;
        }
        Color32::from_rgba_premultiplied(mixed[0], mixed[1], mixed[2], mixed[3])
    };
    let upper = mix(at(column, row), at(column + 1, row), across);
    mix(upper, mix(at(column, next), at(column + 1, next), across), down)
}

/// Two bytes as parts of one, multiplied.
fn part(a: u32, b: u32) -> u32 {
    let product = a * b + 128;
    (product + (product >> 8)) >> 8
}

fn times(texel: Color32, colour: Color32) -> Color32 {
    if texel == Color32::WHITE {
        return colour;
    }
    let [a, b] = [texel, colour].map(|colour: Color32| colour.to_array());
    let byte = |a: u8, b: u8| part(u32::from(a), u32::from(b)) as u8;
    Color32::from_rgba_premultiplied(byte(a[0], b[0]), byte(a[1], b[1]), byte(a[2], b[2]), byte(a[3], b[3]))
}

fn packed(colour: Color32) -> u32 {
    u32::from_be_bytes([0, colour.r(), colour.g(), colour.b()])
}

/// A colour laid over a pixel.
fn over(pixel: u32, colour: Color32) -> u32 {
    let keep = 255 - u32::from(colour.a());
    if keep == 0 {
        return packed(colour);
    }
    let mix = |shift: u32, colour: u8| (u32::from(colour) + part((pixel >> shift) & 0xFF, keep)).min(255) << shift;
    mix(16, colour.r()) | mix(8, colour.g()) | mix(0, colour.b())
}

fn fill(span: &mut [u32], colour: Color32) {
    if colour.a() == 255 {
        span.fill(packed(colour));
    } else if colour != Color32::TRANSPARENT {
        for pixel in span {
            *pixel = over(*pixel, colour);
        }
    }
}

#[cfg(test)]
mod tests;
