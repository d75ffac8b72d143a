//! A Mac's menu bar: its Quit asks the window to close, as its button does, where the toolkit's own would end the program at once.

use eframe::egui::{Context, ViewportCommand};
use muda::accelerator::{Accelerator, CMD_OR_CTRL, Code};
use muda::{Menu, MenuEvent, MenuItem, PredefinedMenuItem, Submenu};

/// The one item that is ours.
const QUIT: &str = "quit";

/// Puts the menu bar in place of the toolkit's, which it has once its events come. On the main thread.
pub fn install(ctx: &Context) {
    let (menu, window) = match build() {
        Ok(built) => built,
        Err(error) => return tracing::warn!("there is no menu bar: {error}"),
    };
    let ctx = ctx.clone();
    MenuEvent::set_event_handler(Some(move |event: MenuEvent| {
        if *event.id() == QUIT {
            ctx.send_viewport_cmd(ViewportCommand::Close);
        }
    }));
    menu.init_for_nsapp();
    window.set_as_windows_menu_for_nsapp();
    // Dropped, it would be gone from the screen: it is there as long as the program.
    std::mem::forget(menu);
}

/// The whole, and the submenu of windows in it.
fn build() -> muda::Result<(Menu, Submenu)> {
    let quit = MenuItem::with_id(QUIT, "Quit Moorline", true, Some(Accelerator::new(CMD_OR_CTRL, Code::KeyQ)));
    let program = Submenu::with_items(
        "Moorline",
        true,
        &[
            &PredefinedMenuItem::about(Some("About Moorline"), None),
            &PredefinedMenuItem::separator(),
            &PredefinedMenuItem::services(None),
            &PredefinedMenuItem::separator(),
            &PredefinedMenuItem::hide(Some("Hide Moorline")),
            &PredefinedMenuItem::hide_others(None),
            &PredefinedMenuItem::show_all(None),
            &PredefinedMenuItem::separator(),
            &quit,
        ],
    )?;
    let window = Submenu::with_items(
        "Window",
        true,
        &[
            &PredefinedMenuItem::minimize(None),
            &PredefinedMenuItem::fullscreen(None),
            &PredefinedMenuItem::separator(),
            &PredefinedMenuItem::close_window(None),
        ],
    )?;
    Ok((Menu::with_items(&[&program, &window])?, window))
}
