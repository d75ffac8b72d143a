//! A tree of files with names and sizes as people have them, and its fingerprint.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use sha2::{Digest, Sha256};

/// Beginnings of file names: blanks, umlauts, other scripts, a leading dash, percent signs, characters that shells and URLs mind.
const NAMES: [&str; 12] = [
    "index.html",
    "two words.txt",
    "Übergröße.jpg",
    "-dash.cfg",
    "100%.csv",
    "%41%2F.php",
    ".hidden",
    "a+b&c=d.js",
    "#fragment?.md",
    "日本語.txt",
    "semi;colon 'quote'.log",
    "[brackets]{braces}.bin",
];

/// Writes `files` files in `folders` folders (some inside others) below `root`, 0 bytes to 300 KB, the same each time.
pub fn plant(root: &Path, folders: usize, files: usize) {
    let mut random = fastrand::Rng::with_seed(2_280);
    let mut places = vec![root.to_owned()];
    for number in 1..folders {
        let parent = places[random.usize(..places.len().min(8))].clone();
        let name = ["site", "größe", "two words", "-x", "50%"][number % 5];
        places.push(parent.join(format!("{name} {number:02}")));
    }
    for place in &places {
        fs::create_dir_all(place).unwrap();
    }
    for number in 0..files {
        let size = match number % 20 {
            0 => 0,
            1 => 1,
            2..=16 => random.usize(2..20_000),
            17 | 18 => random.usize(20_000..100_000),
            _ => random.usize(100_000..300_000),
        };
        // Line ends and 0xFF bytes are what ASCII transfers and Telnet escapes would spoil.
        let mut bytes = vec![0; size];
        random.fill(&mut bytes);
        for (index, piece) in bytes.chunks_mut(5).enumerate() {
            if index % 7 == 0 && piece.len() == 5 {
                piece.copy_from_slice(b"\r\n\n\xFF\xF2");
            }
        }
        // The name's own beginning stays first: "-dash" must begin with the dash.
        let (stem, end) = NAMES[number % NAMES.len()].split_at_checked(4).unwrap_or((NAMES[number % NAMES.len()], ""));
        fs::write(places[number % places.len()].join(format!("{stem}{number:03}{end}")), bytes).unwrap();
    }
}

/// What is below `root`: relative path to size and SHA-256, or to "folder".
pub fn fingerprint(root: &Path) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut open = vec![root.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.strip_prefix(root).unwrap().display().to_string();
            if path.is_dir() {
                found.insert(name, "folder".to_owned());
                open.push(path);
            } else {
                let bytes = fs::read(&path).unwrap();
                let hash: String = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
                found.insert(name, format!("{} bytes {hash}", bytes.len()));
            }
        }
    }
    found
}

/// Fails with the paths that differ, and not with two maps of 600 lines.
pub fn assert_same(left: &Path, right: &Path) {
    let (left, right) = (fingerprint(left), fingerprint(right));
    assert!(!left.is_empty(), "nothing to compare");
    let differing: Vec<String> = left
        .keys()
        .chain(right.keys())
        .filter(|name| left.get(*name) != right.get(*name))
        .map(|name| format!("{name}: {:?} and {:?}", left.get(name), right.get(name)))
        .take(20)
        .collect();
    assert!(differing.is_empty(), "the trees differ, {} and {} entries:\n{}", left.len(), right.len(), differing.join("\n"));
}
