//! Files that a site wants moved as text (TYPE A): line ends are converted here, nothing is resumed, and the proof knows both sizes.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;

use crate::engine::copy::CopyFault;
use crate::engine::item_outcome::{Stopped, break_off};
use crate::engine::lane_thread::on_disk;
use crate::engine::local;
use crate::engine::pace::Flow;
use crate::engine::session_context::SessionContext;
use crate::ftp::{Control, Data, Fault};
use crate::model::line_ends::{FromWire, LineEnd, Sizes, ToWire};
use crate::model::masks::Masks;
use crate::model::path::RemotePath;
use crate::model::problem::{Problem, ProblemKind};
use crate::model::queue::Item;
use crate::model::rules::TransferRules;
use crate::model::text::{LOOKED_AT, looks_binary};
use crate::model::transfer::{Compared, Direction, Form};

/// How much of a file is converted at a time, in bytes.
const PIECE: usize = 256 << 10;

/// Whether the site wants a file of this name moved as text.
pub fn is_wanted(rules: &TransferRules, name: Option<&str>) -> bool {
    let masks = &rules.text_files;
    !masks.is_empty() && name.is_some_and(|name| Masks::parse(masks).fit(name))
}

/// In which form an upload's file is sent; it is in the item from here on.
///
/// # Errors
/// The file cannot be read.
pub async fn form_of_source(ctx: &SessionContext, rules: &TransferRules, item: &Item) -> Result<Form, Stopped> {
    let name = item.local.file_name().map(|name| name.to_string_lossy().into_owned());
    if !is_wanted(rules, name.as_deref()) {
        return Ok(Form::Binary);
    }
    let path = item.local.clone();
    let begins = on_disk(move || {
        let mut begins = Vec::new();
        local::open(&path)?.take(LOOKED_AT as u64).read_to_end(&mut begins)?;
        Ok(begins)
    });
    let begins = begins.await.map_err(|error| Stopped::disk(&error, "read", &item.local))?;
    let form = if looks_binary(&begins) { Form::LooksBinary } else { Form::Text };
    note(ctx, item, form);
    Ok(form)
}

/// The item as it is for a transfer as text: whatever is there of it is begun anew.
pub fn from_the_start(item: &Item) -> Item {
    let mut item = item.clone();
    (item.from_start, item.form) = (true, Form::Text);
    item
}

/// Writes into the item in which form it is moved.
pub fn note(ctx: &SessionContext, item: &Item, form: Form) {
    if item.form != form {
        ctx.queue.update(|queue| queue.edit(item.id, |item| item.form = form));
    }
}

/// What was sent.
pub struct Sent {
    /// The closing reply's words.
    pub reply: String,
    /// Bytes of the file here.
    pub bytes: u64,
    /// What the server should have of it.
    pub sizes: Sizes,
}

/// STOR in TYPE A, from the first byte to the last.
///
/// # Errors
/// The connection's fault or the disk's.
pub async fn send(ctx: &SessionContext, control: &mut Control, item: &Item, part: &RemotePath) -> Result<Sent, Stopped> {
    let path = item.local.clone();
    let file = on_disk(move || local::open(&path)).await.map_err(|error| Stopped::disk(&error, "open", &item.local))?;
    let doing = format!("take {part}");
    control.next_in_text();
    let mut data = control.store(part, 0).await.map_err(|fault| Stopped::wire(fault, &doing))?;
    item.moved.store(0, Ordering::Relaxed);
    let (bytes, sizes) = match pour_out(&mut data, file, item, ctx.pace.flow(Direction::Upload)).await {
        Ok(sent) => sent,
        Err(fault) => return Err(break_off(data, fault, "read", &item.local).await),
    };
    let reply = data.finish().await.map_err(|fault| Stopped::wire(fault, &doing))?;
    Ok(Sent { reply: reply.words(), bytes, sizes })
}

async fn pour_out(data: &mut Data<'_>, mut file: File, item: &Item, mut flow: Flow) -> Result<(u64, Sizes), CopyFault> {
    let mut converter = ToWire::default();
    let (mut bytes, mut piece, mut wire) = (0, Vec::new(), Vec::new());
    loop {
        let reading = move || {
            piece.clear();
            let count = (&mut file).take(PIECE as u64).read_to_end(&mut piece)?;
            Ok((file, piece, count))
        };
        let (given, read, count) = on_disk(reading).await.map_err(CopyFault::Disk)?;
        (file, piece) = (given, read);
        if count == 0 {
            return Ok((bytes, converter.sizes()));
        }
        converter.convert(&piece, &mut wire);
        let mut rest = wire.as_slice();
        while !rest.is_empty() {
            let (turn, later) = rest.split_at(flow.turn(rest.len()));
            data.write(turn).await.map_err(CopyFault::Wire)?;
            data.rest(flow.spend(turn.len())).await.map_err(CopyFault::Wire)?;
            rest = later;
        }
        bytes += count as u64;
        item.moved.fetch_add(count as u64, Ordering::Relaxed);
    }
}

/// Compares what the server has with both sizes that a text may have there.
///
/// # Errors
/// It is neither of the two; the connection's fault.
pub async fn prove_sent(control: &mut Control, path: &RemotePath, sizes: Sizes) -> Result<(u64, Compared), Stopped> {
    let unproven = |what: String| Stopped::Failed { problem: Problem::new(ProblemKind::Unproven, what), again: true };
    let doing = "tell the file's size";
    let (there, compared) = match control.size(path).await {
        Ok(Some(size)) => (Some(size), Compared::Size),
        Ok(None) | Err(Fault::Refused(_)) => {
            let Some((folder, name)) = path.parent().zip(path.name()) else {
                return Err(unproven(format!("{path} is no file's path.")));
            };
            let listing = control.list(&folder).await.map_err(|fault| Stopped::wire(fault, doing))?;
            (listing.size_of_file(name), Compared::Listing)
        }
        Err(fault) => return Err(Stopped::wire(fault, doing)),
    };
    match there {
        Some(size) if sizes.agree(size) => Ok((size, compared)),
        Some(size) => Err(unproven(format!(
            "The text has {} bytes, or {} with short line ends, but the server says that the file has {size}.",
            sizes.wire, sizes.lines
        ))),
        None => Err(unproven("The text was sent, but the server shows no such file.".to_owned())),
    }
}

/// What a fetch as text brought.
pub struct Brought {
    /// The closing reply's words.
    pub reply: String,
    /// What came.
    pub sizes: Sizes,
}

/// RETR in TYPE A, from the first byte to the last. `open` makes the file when the server begins to send text; what looks
/// like none is broken off, and nothing is returned.
///
/// # Errors
/// The connection's fault or the disk's.
pub async fn fetch(
    ctx: &SessionContext,
    control: &mut Control,
    item: &Item,
    open: impl Future<Output = io::Result<(File, PathBuf)>>,
) -> Result<Option<(Brought, PathBuf)>, Stopped> {
    let doing = format!("send {}", item.remote);
    control.next_in_text();
    let mut data = control.retrieve(&item.remote, 0).await.map_err(|fault| Stopped::wire(fault, &doing))?;
    let mut begins = vec![0; LOOKED_AT];
    let mut length = 0;
    let mut ended = false;
    while !ended && length < LOOKED_AT {
        match data.read(begins.get_mut(length..).unwrap_or_default()).await {
            Ok(count) => (length, ended) = (length + count, count == 0),
            Err(fault) => return Err(break_off(data, CopyFault::Wire(fault), "read", &item.local).await),
        }
    }
    begins.truncate(length);
    if looks_binary(&begins) {
        if ended {
            data.finish().await.map_err(|fault| Stopped::wire(fault, &doing))?;
        } else {
            data.stop().await.map_err(|fault| Stopped::wire(fault, &doing))?;
        }
        return Ok(None);
    }
    let (file, part) = match open.await {
        Ok(opened) => opened,
        Err(error) => {
            drop(data.stop().await);
            return Err(Stopped::disk(&error, "write", &item.local));
        }
    };
    item.moved.store(0, Ordering::Relaxed);
    let sizes = match take_in(&mut data, file, item, (begins, ended), ctx.pace.flow(Direction::Download)).await {
        Ok(sizes) => sizes,
        Err(fault) => return Err(break_off(data, fault, "write", &part).await),
    };
    let reply = data.finish().await.map_err(|fault| Stopped::wire(fault, &doing))?;
    Ok(Some((Brought { reply: reply.words(), sizes }, part)))
}

/// Writes what has come already, and whether it is all, and what comes behind it.
async fn take_in(
    data: &mut Data<'_>,
    mut file: File,
    item: &Item,
    (begins, mut ended): (Vec<u8>, bool),
    mut flow: Flow,
) -> Result<Sizes, CopyFault> {
    let mut converter = FromWire::new(LineEnd::HERE);
    let (mut piece, mut text) = (begins, Vec::new());
    loop {
        item.moved.fetch_add(piece.len() as u64, Ordering::Relaxed);
        converter.convert(&piece, &mut text);
        if ended {
            text.extend_from_slice(converter.rest());
        }
        let writing = move || {
            file.write_all(&text)?;
            Ok((file, text))
        };
        (file, text) = on_disk(writing).await.map_err(CopyFault::Disk)?;
        if ended {
            return Ok(converter.sizes());
        }
        piece.resize(PIECE, 0);
        let mut length = 0;
        while !ended && length < PIECE {
            let most = length + flow.turn(PIECE - length);
            let count = data.read(piece.get_mut(length..most).unwrap_or_default()).await.map_err(CopyFault::Wire)?;
            (length, ended) = (length + count, count == 0);
            data.rest(flow.spend(count)).await.map_err(CopyFault::Wire)?;
        }
        piece.truncate(length);
    }
}

/// Whether what came is what the server has: its listing's size, else the one that it tells now, is one of the two.
///
/// # Errors
/// The connection's fault.
pub async fn agrees(control: &mut Control, item: &Item, sizes: Sizes) -> Result<Option<(u64, Compared)>, Stopped> {
    if let Some(size) = item.size.filter(|size| sizes.agree(*size)) {
        return Ok(Some((size, Compared::Listing)));
    }
    match control.size(&item.remote).await {
        Ok(Some(size)) if sizes.agree(size) => Ok(Some((size, Compared::Size))),
        Ok(_) | Err(Fault::Refused(_)) => Ok(None),
        Err(fault) => Err(Stopped::wire(fault, "tell the file's size")),
    }
}

/// The length of a file.
///
/// # Errors
/// It cannot be looked at.
pub async fn length(path: &Path) -> Result<u64, Stopped> {
    let looked_at = path.to_owned();
    on_disk(move || Ok(std::fs::metadata(looked_at)?.len())).await.map_err(|error| Stopped::disk(&error, "read", path))
}
