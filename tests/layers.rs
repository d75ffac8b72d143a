//! The shape of the source: which layer may name which, who may name the window's and the protocol's libraries, and how files are made.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use std::fs;
use std::path::{Path, PathBuf};

/// Each layer, and those that it may import.
const LAYERS: [(&str, &[&str]); 9] = [
    ("model", &[]),
    ("ftp", &["model"]),
    ("store", &["model"]),
    ("engine", &["model", "ftp", "store"]),
    ("screen", &["model", "engine"]),
    ("ui", &["model", "engine", "screen"]),
    ("app", &["model", "ftp", "store", "engine", "screen", "ui", "practice"]),
    ("cli", &["model", "store", "engine"]),
    ("practice", &[]),
];

/// Names that only some layers may use: libraries, and for the model everything that is not a value.
const RESERVED: [(&str, &[&str]); 9] = [
    ("suppaftp", &["ftp"]),
    ("egui", &["ui", "app"]),
    ("eframe", &["ui", "app"]),
    ("libunftp", &["practice"]),
    ("tokio", &["ftp", "engine", "practice"]),
    ("fs", &["ftp", "store", "engine", "screen", "ui", "app", "cli", "practice"]),
    ("thread", &["ftp", "store", "engine", "app", "cli", "practice"]),
    ("TcpStream", &["ftp", "engine", "practice"]),
    ("TcpListener", &["ftp", "engine", "practice"]),
];

/// Names that say nothing about what is in a file.
const EMPTY_NAMES: [&str; 8] = ["util", "utils", "misc", "helper", "helpers", "manager", "types", "common"];

/// Lines that a file may have before its tests.
const LONGEST: usize = 500;

#[test]
fn the_source_keeps_its_shape() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    collect(&root, &mut files);
    assert!(files.len() > 20, "the source is not where it should be: {}", root.display());
    let mut faults: Vec<String> = Vec::new();
    for file in &files {
        let path = file.strip_prefix(&root).unwrap().to_str().unwrap().replace('\\', "/");
        faults.extend(faults_of(&path, &fs::read_to_string(file).unwrap()));
    }
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

/// All Rust files below a folder.
fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

/// What is wrong with one file; `path` is relative to `src`.
fn faults_of(path: &str, text: &str) -> Vec<String> {
    let mut faults = Vec::new();
    let parts: Vec<&str> = path.trim_end_matches(".rs").split('/').collect();
    for part in &parts {
        if part.split('_').any(|word| EMPTY_NAMES.contains(&word)) {
            faults.push(format!("{path}: the name “{part}” says nothing"));
        }
    }
    if !text.starts_with("//! ") {
        faults.push(format!("{path}: the first line does not say what the file is for"));
    }
    let lines = lines_before_tests(text);
    if lines > LONGEST && parts.last().is_none_or(|name| !name.ends_with("tests")) {
        faults.push(format!("{path}: {lines} lines before its tests"));
    }
    let layer = parts[0];
    let tokens = tokens(text);
    match LAYERS.iter().find(|(name, _)| *name == layer) {
        Some((_, allowed)) => {
            for import in imports(&tokens) {
                let is_layer = LAYERS.iter().any(|(name, _)| *name == import);
                if is_layer && import != layer && !allowed.contains(&import.as_str()) {
                    faults.push(format!("{path}: {layer} must not import {import}"));
                }
            }
        }
        None if parts == ["main"] || parts == ["lib"] => {}
        None => faults.push(format!("{path}: “{layer}” is no layer")),
    }
    for (name, layers) in RESERVED {
        let is_named = tokens.iter().enumerate().any(|(at, token)| is_use_of(&tokens, at, token, name));
        if is_named && !layers.contains(&layer) && parts != ["lib"] {
            faults.push(format!("{path}: {layer} must not name {name}"));
        }
    }
    faults
}

/// Whether the token there is a path or import of `name` (or, for `egui`, of one of its companions), not a field or variable.
fn is_use_of(tokens: &[String], at: usize, token: &str, name: &str) -> bool {
    let is_it = token == name || (name == "egui" && token.starts_with("egui_"));
    let beside = |at: Option<usize>| at.and_then(|at| tokens.get(at)).is_some_and(|token| token == "::");
    is_it && (beside(at.checked_sub(1)) || beside(at.checked_add(1)) || tokens.get(at.wrapping_sub(1)).is_some_and(|t| t == "use"))
}

/// The number of lines above the module of tests.
fn lines_before_tests(text: &str) -> usize {
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let begins_tests = |at: usize| {
        let next = lines[at + 1..].iter().find(|line| !line.is_empty() && !line.starts_with("#["));
        lines[at] == "#[cfg(test)]" && next.is_some_and(|line| line.starts_with("mod ") || line.starts_with("pub mod "))
    };
    (0..lines.len()).find(|at| begins_tests(*at)).unwrap_or(lines.len())
}

/// The first names behind `crate::` and `moorline::`, groups included, and layers that are reached by `super::`.
fn imports(tokens: &[String]) -> Vec<String> {
    let mut found = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        if tokens.get(at + 1).is_none_or(|next| next != "::") {
            continue;
        }
        match (token.as_str(), tokens.get(at + 2).map(String::as_str)) {
            ("crate" | "moorline", Some("{")) => found.extend(group(&tokens[at + 3..])),
            ("crate" | "moorline" | "super", Some(name)) => found.push(name.to_owned()),
            _ => {}
        }
    }
    found
}

/// The first name of each member of a group whose opening brace is behind us.
fn group(tokens: &[String]) -> Vec<String> {
    let mut found = Vec::new();
    let mut depth = 0;
    let mut is_first = true;
    for token in tokens {
        match token.as_str() {
            "{" => depth += 1,
            "}" if depth == 0 => break,
            "}" => depth -= 1,
            "," => is_first = depth == 0,
            name => {
                if is_first {
                    found.push(name.to_owned());
                }
                is_first = false;
            }
        }
    }
    found
}

/// Names, `::`, braces and commas, and any other character by itself; comments, strings and blanks are left out.
fn tokens(text: &str) -> Vec<String> {
    let letters: Vec<char> = text.chars().collect();
    let at = |index: usize| letters.get(index).copied().unwrap_or('\0');
    let is_name = |c: char| c.is_alphanumeric() || c == '_';
    let mut tokens = Vec::new();
    let mut i = 0;
    while i < letters.len() {
        let c = letters[i];
        if c == '/' && at(i + 1) == '/' {
            while i < letters.len() && letters[i] != '\n' {
                i += 1;
            }
        } else if c == '/' && at(i + 1) == '*' {
            i = after_block_comment(&letters, i);
        } else if c == '"' {
            i = after_string(&letters, i + 1);
        } else if (c == 'r' || c == 'b') && raw_string(&letters, i).is_some() {
            i = raw_string(&letters, i).unwrap();
        } else if c == '\'' && (at(i + 1) == '\\' || at(i + 2) == '\'') {
            i += if at(i + 1) == '\\' { 3 } else { 2 };
            while i < letters.len() && letters[i] != '\'' {
                i += 1;
            }
            i += 1;
        } else if is_name(c) {
            let start = i;
            while is_name(at(i)) {
                i += 1;
            }
            tokens.push(letters[start..i].iter().collect());
        } else if c == ':' && at(i + 1) == ':' {
            tokens.push("::".to_owned());
            i += 2;
        } else {
            if !c.is_whitespace() {
                tokens.push(c.to_string());
            }
            i += 1;
        }
    }
    tokens
}

fn after_block_comment(letters: &[char], start: usize) -> usize {
    let mut depth = 0;
    let mut i = start;
    while i < letters.len() {
        match (letters[i], letters.get(i + 1)) {
            ('/', Some('*')) => (depth, i) = (depth + 1, i + 1),
            ('*', Some('/')) => (depth, i) = (depth - 1, i + 1),
            _ => {}
        }
        i += 1;
        if depth == 0 {
            break;
        }
    }
    i
}

fn after_string(letters: &[char], start: usize) -> usize {
    let mut i = start;
    while i < letters.len() && letters[i] != '"' {
        i += if letters[i] == '\\' { 2 } else { 1 };
    }
    i + 1
}

/// Where the raw string that begins at `start` ends, when one does.
fn raw_string(letters: &[char], start: usize) -> Option<usize> {
    if start > 0 && (letters[start - 1].is_alphanumeric() || letters[start - 1] == '_') {
        return None;
    }
    let mut i = start;
    if letters.get(i) == Some(&'b') {
        i += 1;
    }
    if letters.get(i) != Some(&'r') {
        return None;
    }
    i += 1;
    let hashes = letters[i..].iter().take_while(|c| **c == '#').count();
    if letters.get(i + hashes) != Some(&'"') {
        return None;
    }
    i += hashes + 1;
    while i < letters.len() {
        if letters[i] == '"' && letters[i + 1..].iter().take(hashes).filter(|c| **c == '#').count() == hashes {
            return Some(i + 1 + hashes);
        }
        i += 1;
    }
    Some(i)
}

#[test]
fn the_scanner_finds_what_is_wrong() {
    for (path, text, fault) in [
        ("model/a.rs", "//! A.\nuse crate::engine::Engine;", "model must not import engine"),
        ("model/a.rs", "//! A.\nfn f() { crate::store::x() }", "model must not import store"),
        ("model/a.rs", "//! A.\nuse super::ftp::Fault;", "model must not import ftp"),
        ("ftp/a.rs", "//! A.\nuse crate::{model::{a, b}, store::c};", "ftp must not import store"),
        ("store/a/b.rs", "//! A.\nuse crate::{\n    ftp,\n};", "store must not import ftp"),
        ("cli/a.rs", "//! A.\nuse moorline::screen::Screen;", "cli must not import screen"),
        ("practice.rs", "//! A.\nuse crate::model::x;", "practice must not import model"),
        ("engine/a.rs", "//! A.\nlet c = 'x'; let q = '\"'; use crate::ui::b;", "engine must not import ui"),
        ("screen/a.rs", "//! A.\nuse egui::Ui;", "screen must not name egui"),
        ("screen/a.rs", "//! A.\nfn f(ui: &mut egui_extras::Table) {}", "screen must not name egui"),
        ("cli/a.rs", "//! A.\nuse eframe;", "cli must not name eframe"),
        ("engine/a.rs", "//! A.\nuse suppaftp::types::Mode;", "engine must not name suppaftp"),
        ("model/a.rs", "//! A.\nuse std::fs;", "model must not name fs"),
        ("model/a.rs", "//! A.\nuse std::{thread, fs::File};", "model must not name fs"),
        ("model/a.rs", "use crate::model::b;", "first line"),
        ("model/a.rs", "// A.\n", "first line"),
        ("model/helpers.rs", "//! A.\n", "says nothing"),
        ("ui/common/a.rs", "//! A.\n", "says nothing"),
        ("engine/queue_manager.rs", "//! A.\n", "says nothing"),
        ("other/a.rs", "//! A.\n", "is no layer"),
        ("model/a.rs", &format!("//! A.\n{}#[cfg(test)]\nmod tests {{}}", "\n".repeat(500)), "501 lines"),
        ("model/a.rs", &format!("//! A.\n#[cfg(test)]\nfn f() {{}}\n{}", "\n".repeat(500)), "503 lines"),
    ] {
        let faults = faults_of(path, text);
        assert!(faults.iter().any(|found| found.contains(fault)), "{path}: {text:?} gave {faults:?}");
    }
}

#[test]
fn the_scanner_leaves_good_files_alone() {
    for (path, text) in [
        ("model/a.rs", "//! Told to crate::engine, suppaftp and egui.\n/* use crate::ui; /* egui::x */ */"),
        ("model/a.rs", "//! A.\nconst A: &str = \"use crate::ftp; \\\" egui::x\"; const B: &str = r#\"\"crate::ui::x\"#;"),
        ("model/a.rs", "//! A.\nuse crate::model::b; use super::c; struct S<'a> { fs: &'a str }"),
        ("engine/a.rs", "//! A.\nuse crate::{engine::x, ftp::{Fault, Reply}, model, store::places};"),
        ("app/frame.rs", "//! A.\nuse crate::{practice, ui}; use eframe::egui;"),
        ("main.rs", "//! A.\nuse moorline::{app, cli};"),
        ("model/a.rs", &format!("//! A.\n\n#[cfg(test)]\n#[allow(x)]\nmod tests {{{}}}", "\n".repeat(900))),
    ] {
        assert_eq!(faults_of(path, text), Vec::<String>::new(), "{text:?}");
    }
}
