//! The settings: `settings.toml`, readable; figures out of range are brought into it, a bad line costs that line only.

use std::collections::BTreeSet;

use toml::{Table, Value};

use crate::model::problem::{Problem, ProblemKind};
use crate::model::settings::Settings;
use crate::store::file::{self, Loaded, StoreError};
use crate::store::places::Places;

/// The file's name in the configuration folder.
const FILE: &str = "settings.toml";
/// Opens the file.
const HEADER: &str = "# The settings of Moorline.\n\
    # Moorline writes this file anew with each change, so comments of your own do not last.\n\n";
/// Figures and the least and greatest that make sense.
const RANGES: [(&str, i64, i64); 5] = [
    ("scale-percent", 75, 200),
    ("connections", 0, 32),
    ("timeout-seconds", 5, 300),
    ("queue-height", 60, 4000),
    ("sites-width", 60, 2000),
];
/// As [`RANGES`], for the window's size.
const WINDOW_RANGES: [(&str, i64, i64); 2] = [("width", 320, 16384), ("height", 240, 16384)];

/// Reads the settings.
pub fn load(places: &Places) -> Loaded<Settings> {
    let path = places.config.join(FILE);
    let loaded = file::read_or_set_aside(&path, parse);
    let (value, bad) = loaded.value;
    if bad.is_empty() {
        return Loaded { value, notice: loaded.notice };
    }
    let what = format!("Some settings in “{}” make no sense: {}.", path.display(), bad.join(", "));
    let repaired = file::copy_aside(&path).and_then(|kept_as| save(places, &value).map(|()| kept_as));
    let advice = match repaired {
        Ok(kept_as) => format!("Moorline uses its own choice for them; the file as it was is kept as “{}”.", kept_as.display()),
        Err(error) => format!("Moorline uses its own choice for them. {error}."),
    };
    let notice = Problem::new(ProblemKind::Local, what).advise(advice);
    Loaded { value, notice: Some(notice) }
}

/// The settings as far as they can be read; nothing is repaired, kept aside or said.
#[must_use]
pub fn peek(places: &Places) -> Settings {
    let text = std::fs::read_to_string(places.config.join(FILE)).unwrap_or_default();
    parse(&text).map(|(settings, _)| settings).unwrap_or_default()
}

/// Reads the settings again; nothing when there are none, or some that make no sense.
pub fn load_again(places: &Places) -> Loaded<Option<Settings>> {
    file::again(&places.config.join(FILE), || load(places))
}

/// The settings with our changes since `base` and theirs; where both changed one, it is ours.
#[must_use]
pub fn merge(base: &Settings, ours: &Settings, theirs: &Settings) -> Settings {
    merge_keys(base, ours, theirs).unwrap_or_else(|| ours.clone())
}

/// Each key by itself: what we changed is as we have it, also where that is not at all.
fn merge_keys(base: &Settings, ours: &Settings, theirs: &Settings) -> Option<Settings> {
    let base = Table::try_from(base).ok()?;
    let mut ours = Table::try_from(ours).ok()?;
    let mut merged = Table::try_from(theirs).ok()?;
    let keys: BTreeSet<String> = base.keys().chain(ours.keys()).cloned().collect();
    for key in keys {
        let our = ours.remove(&key);
        if our.as_ref() == base.get(&key) {
            continue;
        }
        match our {
            Some(our) => merged.insert(key, our),
            None => merged.remove(&key),
        };
    }
    merged.try_into().ok()
}

/// Saves the settings.
///
/// # Errors
/// The folder or file cannot be written; the old content is then still there.
pub fn save(places: &Places, settings: &Settings) -> Result<(), StoreError> {
    let path = places.config.join(FILE);
    let body = toml::to_string(settings).map_err(|error| StoreError::Encode { path: path.clone(), detail: error.to_string() })?;
    file::replace(&path, &format!("{HEADER}{body}"))
}

/// The settings, and the keys whose values make no sense.
fn parse(text: &str) -> Result<(Settings, Vec<String>), String> {
    let mut table: Table = toml::from_str(text).map_err(|error| error.message().to_owned())?;
    clamp(&mut table, &RANGES);
    if let Some(Value::Table(window)) = table.get_mut("window") {
        clamp(window, &WINDOW_RANGES);
    }
    let mut bad = Vec::new();
    table.retain(|key, value| {
        let alone = Table::from_iter([(key.to_owned(), value.clone())]);
        let makes_sense = alone.try_into::<Settings>().is_ok();
        if !makes_sense {
            bad.push(key.to_owned());
        }
        makes_sense
    });
    let settings = table.try_into().map_err(|error: toml::de::Error| error.message().to_owned())?;
    Ok((settings, bad))
}

/// Brings figures into their ranges.
fn clamp(table: &mut Table, ranges: &[(&str, i64, i64)]) {
    for (key, least, most) in ranges {
        if let Some(Value::Integer(figure)) = table.get_mut(*key) {
            *figure = (*figure).clamp(*least, *most);
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::fs;

    use super::*;
    use crate::model::columns::PaneColumns;
    use crate::model::conflict::OnExists;
    use crate::model::settings::{ThemeChoice, WindowPlace};
    use crate::model::sort::SortKey;

    fn places_with(text: Option<&str>) -> (tempfile::TempDir, Places) {
        let folder = tempfile::tempdir().unwrap();
        let places = Places::in_folder(folder.path());
        if let Some(text) = text {
            fs::create_dir_all(&places.config).unwrap();
            fs::write(places.config.join(FILE), text).unwrap();
        }
        (folder, places)
    }

    #[test]
    fn what_is_saved_is_loaded() {
        let (_folder, places) = places_with(None);
        assert_eq!(load(&places), Loaded::default());
        let settings = Settings {
            theme: ThemeChoice::Dark,
            upload_exists: OnExists::Newer,
            window: Some(WindowPlace { width: 1400, height: 900, maximized: true }),
            local_folder: Some("/home/anna".into()),
            reconnect: false,
            remote_columns: PaneColumns { owner: 90, hidden: vec![SortKey::Mode], ..PaneColumns::default() },
            ..Settings::default()
        };
        save(&places, &settings).unwrap();
        assert_eq!(load(&places), Loaded { value: settings, notice: None });
    }

    #[test]
    fn settings_that_two_change_are_merged_key_by_key() {
        let base = Settings { local_folder: Some("/old".into()), ..Settings::default() };
        let ours = Settings { theme: ThemeChoice::Dark, connections: 3, local_folder: None, ..base.clone() };
        let window = Some(WindowPlace { width: 1400, height: 900, maximized: true });
        let theirs = Settings { reconnect: false, connections: 5, window, ..base.clone() };
        let merged =
            Settings { theme: ThemeChoice::Dark, connections: 3, local_folder: None, reconnect: false, window, ..base.clone() };
        assert_eq!(merge(&base, &ours, &theirs), merged);
        assert_eq!(merge(&base, &base, &theirs), theirs);
        assert_eq!(merge(&base, &ours, &base), ours);
    }

    #[test]
    fn figures_are_brought_into_range() {
        for (text, check) in [
            ("connections = 300", (32, 20, 100)),
            ("connections = -3", (0, 20, 100)),
            ("timeout-seconds = 0\nscale-percent = 100000", (0, 5, 200)),
        ] {
            let (_folder, places) = places_with(Some(text));
            let loaded = load(&places);
            assert_eq!(loaded.notice, None, "{text}");
            assert_eq!((loaded.value.connections, loaded.value.timeout_seconds, loaded.value.scale_percent), check);
        }
        let (_folder, places) = places_with(Some("[window]\nwidth = 0\nheight = 99999\nmaximized = false"));
        assert_eq!(load(&places).value.window, Some(WindowPlace { width: 320, height: 16384, maximized: false }));
    }

    #[test]
    fn a_bad_value_costs_that_value_only() {
        let (_folder, places) = places_with(Some("theme = \"purple\"\nconnections = 5\nunknown = 1\n"));
        let loaded = load(&places);
        assert_eq!(loaded.value, Settings { connections: 5, ..Settings::default() });
        assert!(loaded.notice.unwrap().sentence().contains("theme"));
        assert_eq!(load(&places), Loaded { value: loaded.value, notice: None });
    }

    #[test]
    fn a_damaged_file_is_set_aside() {
        let (_folder, places) = places_with(Some("connections = "));
        assert_eq!(peek(&places), Settings::default());
        assert!(places.config.join(FILE).exists(), "a look changes nothing");
        let loaded = load(&places);
        assert_eq!(loaded.value, Settings::default());
        assert!(loaded.notice.unwrap().sentence().contains("settings.damaged-"));
        assert!(!places.config.join(FILE).exists());
    }
}
