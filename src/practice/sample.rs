//! The practice server's files: a small web site, pictures, a large file, many small ones, names that are not plain.

use std::fs;
use std::io;
use std::path::Path;

/// Side lengths of the pictures in pixels.
const WIDTH: u32 = 320;
const HEIGHT: u32 = 200;
/// Bytes of the large file.
const RELEASE_BYTES: usize = 5 * 1024 * 1024;
/// How many small files there are.
const SMALL_FILES: u32 = 1000;

/// Text files.
const TEXTS: [(&str, &str); 9] = [
    (
        "Welcome.txt",
        "This is the practice server. It runs inside Moorline, its files are samples,\n\
         and everything you put here is gone when you close the program.\n",
    ),
    (
        "www/index.html",
        "<!doctype html>\n<html lang=\"en\">\n<head>\n  <meta charset=\"utf-8\">\n  <title>Harbour Café</title>\n  \
         <link rel=\"stylesheet\" href=\"css/style.css\">\n</head>\n<body>\n  <h1>Harbour Café</h1>\n  \
         <p>Coffee, cake and a view of the boats. <a href=\"menu.html\">The menu</a>.</p>\n  \
         <script src=\"js/main.js\"></script>\n</body>\n</html>\n",
    ),
    (
        "www/menu.html",
        "<!doctype html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\"><title>Menu</title></head>\n<body>\n  \
         <h1>Menu</h1>\n  <ul><li>Espresso</li><li>Plum cake</li><li>Fish roll</li></ul>\n</body>\n</html>\n",
    ),
    (
        "www/css/style.css",
        "body {\n  font-family: sans-serif;\n  max-width: 40rem;\n  margin: 3rem auto;\n  color: #1d2b36;\n}\n\n\
         h1 {\n  color: #0b6e75;\n}\n",
    ),
    ("www/js/main.js", "document.querySelectorAll('h1').forEach((h) => h.classList.add('ready'));\n"),
    ("www/robots.txt", "User-agent: *\nAllow: /\n"),
    ("docs/README.md", "# Documents\n\nSome names in here are not plain on purpose: blanks, umlauts, brackets.\n"),
    ("docs/Tide table 2026 (draft).txt", "High water 06:12, low water 12:27.\n"),
    ("docs/Übersicht Häfen.txt", "Greetsiel, Norddeich, Bensersiel, Neuharlingersiel, Harlesiel.\n"),
];

/// Writes all of it below `root`.
///
/// # Errors
/// The disk refuses.
pub(super) fn fill(root: &Path) -> io::Result<()> {
    for folder in ["www/css", "www/js", "www/images", "docs/Ein Ordner mit Lücke", "photos", "releases", "many", "empty"] {
        fs::create_dir_all(root.join(folder))?;
    }
    for (name, text) in TEXTS {
        fs::write(root.join(name), text)?;
    }
    fs::write(root.join("docs/Ein Ordner mit Lücke/Größe & Gewicht.csv"), "boat;length;weight\nAnna;12,5;9\n")?;
    for (name, tint) in [("sunrise.png", 0), ("harbour at noon.png", 1), ("dämmerung.png", 2)] {
        fs::write(root.join("photos").join(name), picture(tint))?;
    }
    fs::write(root.join("www/images/harbour.png"), picture(1))?;
    let mut noise = vec![0; RELEASE_BYTES];
    fastrand::Rng::with_seed(2026).fill(&mut noise);
    fs::write(root.join("releases/harbour-1.4.0.tar.gz"), noise)?;
    fs::write(root.join("releases/CHANGES.txt"), "1.4.0\n  The anchor holds in mud, too.\n")?;
    for number in 1..=SMALL_FILES {
        fs::write(root.join(format!("many/entry-{number:04}.txt")), format!("Log entry {number}\n"))?;
    }
    Ok(())
}

/// A picture with a gradient: a PNG (ISO/IEC 15948) whose data is stored, not compressed.
fn picture(tint: usize) -> Vec<u8> {
    let mut rows = Vec::new();
    for y in 0..HEIGHT {
        rows.push(0);
        for x in 0..WIDTH {
            let mut pixel = [shade(x, WIDTH), shade(y, HEIGHT), 160];
            pixel.rotate_right(tint);
            rows.extend_from_slice(&pixel);
        }
    }
    let mut header = Vec::new();
    header.extend_from_slice(&WIDTH.to_be_bytes());
    header.extend_from_slice(&HEIGHT.to_be_bytes());
    // Eight bits for each of red, green and blue; the only compression and filter methods; not interlaced.
    header.extend_from_slice(&[8, 2, 0, 0, 0]);
    let mut png = b"\x89PNG\r\n\x1a\n".to_vec();
    chunk(&mut png, *b"IHDR", &header);
    chunk(&mut png, *b"IDAT", &stored(&rows));
    chunk(&mut png, *b"IEND", &[]);
    png
}

/// `position` of `length` as a shade from 0 to 255.
fn shade(position: u32, length: u32) -> u8 {
    u8::try_from(position * 255 / length).unwrap_or(u8::MAX)
}

fn chunk(png: &mut Vec<u8>, kind: [u8; 4], data: &[u8]) {
    let length = u32::try_from(data.len()).unwrap_or(u32::MAX);
    png.extend_from_slice(&length.to_be_bytes());
    let mut body = kind.to_vec();
    body.extend_from_slice(data);
    png.extend_from_slice(&body);
    png.extend_from_slice(&crc32fast::hash(&body).to_be_bytes());
}

/// A zlib stream (RFC 1950) of stored blocks (RFC 1951 §3.2.4).
fn stored(data: &[u8]) -> Vec<u8> {
    let mut stream = vec![0x78, 0x01];
    let mut blocks = data.chunks(usize::from(u16::MAX)).peekable();
    while let Some(block) = blocks.next() {
        let length = u16::try_from(block.len()).unwrap_or(u16::MAX);
        stream.push(u8::from(blocks.peek().is_none()));
        stream.extend_from_slice(&length.to_le_bytes());
        stream.extend_from_slice(&(!length).to_le_bytes());
        stream.extend_from_slice(block);
    }
    let (a, b) = data.iter().fold((1_u32, 0_u32), |(a, b), byte| {
        let a = (a + u32::from(*byte)) % 65_521;
        (a, (b + a) % 65_521)
    });
    stream.extend_from_slice(&((b << 16) | a).to_be_bytes());
    stream
}
