//! WinSCP's sessions in the registry of Windows, where it keeps them unless it was told otherwise.

use std::io;
use std::path::PathBuf;

use winreg::enums::{HKEY_CURRENT_USER, RegType};
use winreg::types::FromRegValue;
use winreg::{RegKey, RegValue};

use super::{FoundSites, SiteFile, settle, winscp};
use crate::model::import::Program;

/// Where, below the user's part of the registry.
const KEY: &str = r"Software\Martin Prikryl\WinSCP 2\Sessions";

/// The sessions; nothing when there are none.
pub(super) fn read() -> Option<SiteFile> {
    // Its keys are what its file has as sections, with the same names and values.
    let sites = winscp::parse(&as_file().ok()?).ok()?;
    let sites: Vec<_> = sites.into_iter().map(settle).collect();
    let found = FoundSites { program: Program::WinScp, sites };
    let path = PathBuf::from(format!(r"HKEY_CURRENT_USER\{KEY}"));
    (!found.sites.is_empty()).then_some(SiteFile { path, found: Ok(found) })
}

fn as_file() -> io::Result<String> {
    let sessions = RegKey::predef(HKEY_CURRENT_USER).open_subkey(KEY)?;
    let mut text = String::new();
    for name in sessions.enum_keys() {
        let name = name?;
        text.push_str(&format!("[Sessions\\{name}]\n"));
        for entry in sessions.open_subkey(&name)?.enum_values() {
            let (name, value) = entry?;
            if let Some(value) = words(&value) {
                text.push_str(&format!("{name}={value}\n"));
            }
        }
    }
    Ok(text)
}

/// A value as the file has it.
fn words(value: &RegValue<'_>) -> Option<String> {
    match value.vtype {
        RegType::REG_SZ | RegType::REG_EXPAND_SZ => String::from_reg_value(value).ok(),
        RegType::REG_DWORD => u32::from_reg_value(value).ok().map(|number| number.to_string()),
        _ => None,
    }
}
