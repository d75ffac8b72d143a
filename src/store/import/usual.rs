//! Where FileZilla and WinSCP keep their sites by themselves, on each system.

use std::env;
use std::path::{Path, PathBuf};

use directories::BaseDirs;

use crate::model::platform::Platform;

/// The folders of a person and of the machine that other programs begin from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Surroundings {
    /// The person's own folder.
    pub home: PathBuf,
    /// Where programs keep what a person has set: `%APPDATA%`, `$XDG_CONFIG_HOME`.
    pub config: PathBuf,
    /// Where programs keep what stays on this machine: `%LOCALAPPDATA%`.
    pub local: PathBuf,
    /// Where programs for all are installed.
    pub programs: Vec<PathBuf>,
}

impl Surroundings {
    /// Those of this user; `None` without a home folder.
    #[must_use]
    pub fn of_user() -> Option<Self> {
        let dirs = BaseDirs::new()?;
        let programs = ["ProgramFiles", "ProgramFiles(x86)"].into_iter().filter_map(env::var_os).map(PathBuf::from);
        Some(Self {
            home: dirs.home_dir().to_owned(),
            config: dirs.config_dir().to_owned(),
            local: dirs.data_local_dir().to_owned(),
            programs: programs.collect(),
        })
    }

    /// Those of somebody who has nothing but a home folder.
    #[must_use]
    pub fn in_home(home: &Path) -> Self {
        let (config, local) = match Platform::HERE {
            Platform::Linux => (home.join(".config"), home.join(".local/share")),
            Platform::MacOs => (home.join("Library/Application Support"), home.join("Library/Application Support")),
            Platform::Windows => (home.join("AppData/Roaming"), home.join("AppData/Local")),
        };
        Self { home: home.to_owned(), config, local, programs: Vec::new() }
    }
}

/// The files to look for, each once.
#[must_use]
pub fn files(platform: Platform, around: &Surroundings) -> Vec<PathBuf> {
    let Surroundings { home, config, local, programs } = around;
    let mut files = match platform {
        Platform::Linux => {
            let wine = home.join(".wine/drive_c");
            let user = home.file_name().unwrap_or_default();
            vec![
                config.join("filezilla/sitemanager.xml"),
                home.join(".config/filezilla/sitemanager.xml"),
                home.join(".filezilla/sitemanager.xml"),
                home.join(".var/app/org.filezillaproject.Filezilla/config/filezilla/sitemanager.xml"),
                wine.join("users").join(user).join("AppData/Roaming/WinSCP.ini"),
                wine.join("Program Files (x86)/WinSCP/WinSCP.ini"),
            ]
        }
        Platform::MacOs => vec![home.join(".config/filezilla/sitemanager.xml"), home.join(".filezilla/sitemanager.xml")],
        Platform::Windows => {
            let beside = programs.iter().chain([local]).map(|folder| folder.join("WinSCP/WinSCP.ini"));
            let first =
                [config.join("FileZilla/sitemanager.xml"), config.join("WinSCP.ini"), local.join("Programs/WinSCP/WinSCP.ini")];
            first.into_iter().chain(beside).collect()
        }
    };
    // Where WinSCP proposes to save what it exports.
    files.push(home.join("Documents/WinSCP.ini"));
    let mut each = Vec::new();
    for file in files {
        if !each.contains(&file) {
            each.push(file);
        }
    }
    each
}

#[cfg(test)]
mod tests {
    use super::*;

    fn around(config: &str) -> Surroundings {
        Surroundings {
            home: "/home/jo".into(),
            config: config.into(),
            local: "/local".into(),
            programs: vec!["/programs".into(), "/programs86".into()],
        }
    }

    #[test]
    fn files_are_looked_for_where_their_programs_keep_them() {
        let has = |system, config: &str, path: &str| files(system, &around(config)).contains(&PathBuf::from(path));
        let table = [
            (Platform::Linux, "/home/jo/.config", "/home/jo/.config/filezilla/sitemanager.xml"),
            (Platform::Linux, "/elsewhere", "/elsewhere/filezilla/sitemanager.xml"),
            (Platform::Linux, "/elsewhere", "/home/jo/.config/filezilla/sitemanager.xml"),
            (Platform::Linux, "/c", "/home/jo/.filezilla/sitemanager.xml"),
            (Platform::Linux, "/c", "/home/jo/.var/app/org.filezillaproject.Filezilla/config/filezilla/sitemanager.xml"),
            (Platform::Linux, "/c", "/home/jo/.wine/drive_c/users/jo/AppData/Roaming/WinSCP.ini"),
            (Platform::MacOs, "/home/jo/Library/Application Support", "/home/jo/.config/filezilla/sitemanager.xml"),
            (Platform::Windows, "/roaming", "/roaming/FileZilla/sitemanager.xml"),
            (Platform::Windows, "/roaming", "/roaming/WinSCP.ini"),
            (Platform::Windows, "/roaming", "/local/Programs/WinSCP/WinSCP.ini"),
            (Platform::Windows, "/roaming", "/programs86/WinSCP/WinSCP.ini"),
            (Platform::Windows, "/roaming", "/home/jo/Documents/WinSCP.ini"),
        ];
        for (system, config, path) in table {
            assert!(has(system, config, path), "{system:?} {path}");
        }
    }

    #[test]
    fn no_file_is_looked_for_twice() {
        let all = files(Platform::Linux, &around("/home/jo/.config"));
        assert_eq!(all.iter().filter(|file| file.ends_with(".config/filezilla/sitemanager.xml")).count(), 1);
    }
}
