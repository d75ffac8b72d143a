//! Where the pointer is while files from the desktop are held over the window: on X11 their source keeps the pointer's events to itself.

use eframe::egui::{Context, Event, RawInput};

/// Follows the pointer for as long as files are held over the window.
#[derive(Default)]
pub struct DragPointer {
    #[cfg(target_os = "linux")]
    watch: Option<watch::Watch>,
}

impl DragPointer {
    /// Adds the pointer's place to a frame's input while files are held or dropped; whoever feeds the window calls it before each frame.
    pub fn add_to(&mut self, ctx: &Context, input: &mut RawInput) {
        if input.hovered_files.is_empty() && input.dropped_files.is_empty() {
            *self = Self::default();
            return;
        }
        // A source that leaves the pointer's events to us tells more exactly.
        let is_told = input.events.iter().any(|event| matches!(event, Event::PointerMoved(_)));
        if let Some(at) = self.place(ctx, input).filter(|_| !is_told) {
            input.events.push(Event::PointerMoved(at));
        }
    }

    #[cfg(target_os = "linux")]
    fn place(&mut self, ctx: &Context, input: &RawInput) -> Option<eframe::egui::Pos2> {
        let watch = match &mut self.watch {
            Some(watch) => watch,
            none => none.insert(watch::Watch::begin(ctx)?),
        };
        let window = input.viewport().inner_rect?;
        let (x, y) = watch.place()?;
        let at = eframe::egui::pos2(f32::from(x), f32::from(y)) / ctx.pixels_per_point() - window.min.to_vec2();
        window.translate(-window.min.to_vec2()).contains(at).then_some(at)
    }

    #[cfg(not(target_os = "linux"))]
    fn place(&mut self, _ctx: &Context, _input: &RawInput) -> Option<eframe::egui::Pos2> {
        None
    }
}

#[cfg(target_os = "linux")]
mod watch {
    use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
    use std::sync::{Arc, Mutex, PoisonError};
    use std::thread;
    use std::time::Duration;

    use eframe::egui::Context;
    use x11rb::connection::Connection;
    use x11rb::protocol::xproto::ConnectionExt;

    /// How often the X server is asked.
    const POLL: Duration = Duration::from_millis(30);

    /// A place on the screen, in pixels.
    type Place = (i16, i16);

    /// A thread that asks the X server for the pointer; it ends when this is dropped.
    pub struct Watch {
        place: Arc<Mutex<Option<Place>>>,
        _ends: Sender<()>,
    }

    impl Watch {
        /// Begins; `None` when the system refuses a thread.
        pub fn begin(ctx: &Context) -> Option<Self> {
            let (ends, ended) = mpsc::channel();
            let place = Arc::default();
            let (shared, ctx) = (Arc::clone(&place), ctx.clone());
            let asks = move || {
                if let Err(error) = follow(&shared, &ended, &ctx) {
                    tracing::debug!("the pointer cannot be followed: {error}");
                }
            };
            thread::Builder::new().name("moorline-pointer".into()).spawn(asks).ok()?;
            Some(Self { place, _ends: ends })
        }

        /// Where the pointer was when it was asked for last.
        pub fn place(&self) -> Option<Place> {
            // The value is replaced whole: a panic elsewhere leaves a valid one.
            *self.place.lock().unwrap_or_else(PoisonError::into_inner)
        }
    }

    fn follow(place: &Mutex<Option<Place>>, ended: &Receiver<()>, ctx: &Context) -> anyhow::Result<()> {
        let (connection, screen) = x11rb::connect(None)?;
        let root = connection.setup().roots.get(screen).ok_or_else(|| anyhow::anyhow!("there is no screen {screen}"))?.root;
        loop {
            let pointer = connection.query_pointer(root)?.reply()?;
            let now = Some((pointer.root_x, pointer.root_y));
            let before = std::mem::replace(&mut *place.lock().unwrap_or_else(PoisonError::into_inner), now);
            if before != now {
                ctx.request_repaint();
            }
            if ended.recv_timeout(POLL) != Err(RecvTimeoutError::Timeout) {
                return Ok(());
            }
        }
    }
}
