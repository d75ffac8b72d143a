//! Known shapes pixel by pixel, and a whole screen beside what a graphics interface makes of it.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use eframe::egui::{self, Context, Pos2, RawInput, pos2};

use super::*;
use crate::ui::theme;

const RED: Color32 = Color32::from_rgb(200, 0, 0);
const BLACK: Color32 = Color32::BLACK;

/// A picture of 8 x 8 pixels with these triangles on black; the texture is white.
fn painted(mesh: Mesh, clip: Rect) -> Vec<u32> {
    let mut textures = Textures::default();
    textures.images.insert(TextureId::default(), Arc::new(ColorImage::filled([2, 2], Color32::WHITE)));
    painted_with(mesh, clip, &textures)
}

fn painted_with(mesh: Mesh, clip_rect: Rect, textures: &Textures) -> Vec<u32> {
    let mut pixels = vec![0; 64];
    let area = Area { left: 0, top: 0, right: 8, bottom: 8 };
    let primitives = [ClippedPrimitive { clip_rect, primitive: Primitive::Mesh(mesh) }];
    let mut canvas = Canvas { pixels: &mut pixels, width: 8, top: 0 };
    canvas.clear(area, BLACK);
    canvas.paint(area, &primitives, 1.0, textures);
    pixels
}

fn triangles(corners: &[Pos2], indices: &[u32], color: Color32) -> Mesh {
    let vertices = corners.iter().map(|pos| Vertex { pos: *pos, uv: pos2(0.5, 0.5), color }).collect();
    Mesh { indices: indices.to_vec(), vertices, texture_id: TextureId::default() }
}

fn everywhere() -> Rect {
    Rect::from_min_max(Pos2::ZERO, pos2(8.0, 8.0))
}

fn count(pixels: &[u32], colour: Color32) -> usize {
    pixels.iter().filter(|pixel| **pixel == packed(colour)).count()
}

#[test]
fn a_rectangle_covers_the_pixels_whose_centres_are_in_it() {
    let mut mesh = Mesh::default();
    mesh.add_colored_rect(Rect::from_min_max(pos2(1.4, 2.0), pos2(4.6, 5.0)), RED);
    let pixels = painted(mesh.clone(), everywhere());
    assert_eq!(count(&pixels, RED), 4 * 3);
    assert_eq!((pixels[2 * 8], pixels[2 * 8 + 1], pixels[4 * 8 + 4], pixels[5 * 8 + 4]), (0, packed(RED), packed(RED), 0));
    let clipped = painted(mesh, Rect::from_min_max(pos2(3.0, 0.0), pos2(8.0, 3.0)));
    assert_eq!(count(&clipped, RED), 2, "clipped to one row of two");
}

#[test]
fn neighbours_share_an_edge_without_gap_or_overlap() {
    let corners = [pos2(0.0, 0.0), pos2(8.0, 1.0), pos2(7.0, 8.0), pos2(0.5, 7.0), pos2(3.3, 4.1)];
    let translucent = Color32::from_rgba_premultiplied(100, 0, 0, 128);
    let pixels = painted(triangles(&corners, &[0, 1, 4, 1, 2, 4, 2, 3, 4, 3, 0, 4], translucent), everywhere());
    assert_eq!(count(&pixels, Color32::from_rgb(100, 0, 0)) + count(&pixels, BLACK), 64, "nothing is painted twice");
    assert_eq!(pixels[3 * 8 + 3], 0x64_00_00, "nothing in the middle is left out");
}

#[test]
fn colours_run_evenly_between_corners() {
    let mut mesh = triangles(&[pos2(0.0, 0.0), pos2(8.0, 0.0), pos2(0.0, 8.0)], &[0, 1, 2], BLACK);
    mesh.vertices[1].color = Color32::from_rgb(240, 0, 0);
    let pixels = painted(mesh, everywhere());
    let reds: Vec<u32> = pixels[..7].iter().map(|pixel| pixel >> 16).collect();
    assert_eq!(reds, [15, 45, 75, 105, 135, 165, 195]);
}

#[test]
fn a_translucent_colour_lets_the_pixel_below_through() {
    assert_eq!(over(0xFF_FF_FF, Color32::from_rgba_premultiplied(100, 0, 0, 128)), 0xE3_7F_7F);
    assert_eq!(over(0x12_34_56, Color32::TRANSPARENT), 0x12_34_56);
    assert_eq!(over(0xF0_00_00, Color32::from_rgba_premultiplied(100, 0, 0, 0)), 0xFF_00_00, "a glow stays a colour");
}

#[test]
fn a_picture_is_copied_texel_by_texel_and_stretched_smoothly() {
    let texels = [Color32::WHITE, BLACK, BLACK, Color32::WHITE];
    let mut textures = Textures::default();
    textures.images.insert(TextureId::default(), Arc::new(ColorImage::new([2, 2], texels.to_vec())));
    let whole = Rect::from_min_max(Pos2::ZERO, pos2(1.0, 1.0));
    let picture = |to: Rect| {
        let mut mesh = Mesh::default();
        mesh.add_rect_with_uv(to, whole, Color32::WHITE);
        painted_with(mesh, everywhere(), &textures)
    };
    let small = picture(Rect::from_min_max(pos2(3.0, 3.0), pos2(5.0, 5.0)));
    assert_eq!((small[27], small[28], small[35], small[36]), (0xFF_FF_FF, 0, 0, 0xFF_FF_FF));
    let large = picture(everywhere());
    assert_eq!((large[0], large[7]), (0xFF_FF_FF, 0));
    assert_eq!(large[4 * 8 + 4] & 0xFF, 135, "between the four");
}

#[test]
fn a_patch_changes_its_part_of_a_texture_only() {
    let mut whole = ColorImage::filled([3, 3], BLACK);
    patch(&mut whole, &ColorImage::filled([2, 1], RED), 1, 2);
    assert_eq!(whole.pixels.iter().filter(|pixel| **pixel == RED).count(), 2);
    assert_eq!((whole.pixels[7], whole.pixels[8]), (RED, RED));
}

struct Shown;

impl eframe::App for Shown {
    fn ui(&mut self, ui: &mut egui::Ui, _frame: &mut eframe::Frame) {
        screen(ui);
    }
}

fn screen(ui: &mut egui::Ui) {
    egui::CentralPanel::default().show(ui, |ui| {
        ui.heading("Moorline");
        ui.label("A line of text with numbers 0123456789 and – signs; “quoted”.");
        ui.horizontal(|ui| {
            let _ = ui.button("Connect");
            let _ = ui.selectable_label(true, "Active");
        });
        ui.checkbox(&mut true, "Kept");
        ui.add(egui::ProgressBar::new(0.4).text("40 %"));
        egui::Frame::popup(ui.style()).show(ui, |ui| ui.monospace("226 Transfer complete"));
        ui.painter().circle(pos2(300.0, 150.0), 20.0, RED, (2.0, Color32::WHITE));
    });
}

#[test]
fn a_whole_screen_looks_as_a_graphics_interface_paints_it() {
    const SIZE: [usize; 2] = [420, 260];
    let mut harness = egui_kittest::Harness::builder().with_size([420.0, 260.0]).build_eframe(|creation| {
        theme::install(&creation.egui_ctx);
        creation.egui_ctx.set_theme(egui::Theme::Dark);
        Shown
    });
    harness.run_steps(4);
    let expected = harness.render().unwrap();

    let ctx = Context::default();
    theme::install(&ctx);
    ctx.set_theme(egui::Theme::Dark);
    let mut textures = Textures::default();
    let mut pixels = vec![0; SIZE[0] * SIZE[1]];
    for step in 0..4 {
        let input = RawInput {
            screen_rect: Some(Rect::from_min_size(Pos2::ZERO, egui::vec2(420.0, 260.0))),
            time: Some(f64::from(step)),
            ..RawInput::default()
        };
        let mut output = ctx.run_ui(input, screen);
        textures.set(&mut output.textures_delta);
        textures.free(&mut output.textures_delta);
        let primitives = ctx.tessellate(output.shapes, 1.0);
        let area = Area { left: 0, top: 0, right: SIZE[0], bottom: SIZE[1] };
        let mut canvas = Canvas { pixels: &mut pixels, width: SIZE[0], top: 0 };
        canvas.clear(area, BLACK);
        canvas.paint(area, &primitives, 1.0, &textures);
    }
    let differs = |(pixel, expected): &(&u32, &[u8])| {
        let [_, red, green, blue] = pixel.to_be_bytes();
        [red, green, blue].iter().zip(*expected).any(|(a, b)| a.abs_diff(*b) > 6)
    };
    let different = pixels.iter().zip(expected.as_raw().chunks(4)).filter(differs).count();
    assert!(different < pixels.len() / 500, "{different} of {} pixels differ", pixels.len());
}
