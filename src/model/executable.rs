//! Names that a system may run instead of showing them: a file of a stranger's server must not be opened by its name alone.

/// Whose rules hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names say it")]
pub enum System {
    Linux,
    MacOs,
    Windows,
}

impl System {
    /// The one that this program was made for.
    pub const HERE: Self = if cfg!(windows) {
        Self::Windows
    } else if cfg!(target_os = "macos") {
        Self::MacOs
    } else {
        Self::Linux
    };
}

/// Programs, packages, shortcuts and shell scripts: run by one system or another, or by what imitates it (Wine, Java).
const EVERYWHERE: &str = "appimage bash bat cmd com command csh desktop elf exe fish jar jnlp ksh lnk msi pif run scr sh url zsh";
/// What has a line of its own in the registry, or ways to run what is in it.
const WINDOWS: &str = "ade adp appinstaller application appref-ms appx appxbundle asp bas bgi chm cpl crt csh diagcab dll fxp gadget grp hlp \
    hta htc img inf ins iso isp its js jse library-ms mad maf mda mdb mde mht mhtml msc msh msix msixbundle msp mst ocx \
    ops osd pcd phar pl plg prf prg ps1 ps1xml ps2 psc1 psd1 psm1 py pyc pyo pyw pyz rb reg scf sct search-ms \
    settingcontent-ms shb shs sys theme tmp vb vbe vbp vbs vhd vhdx vxd website ws wsc wsf wsh xbap xll xnk";
const MAC: &str = "action app applescript dmg fileloc inetloc mobileconfig mpkg osax pkg pl prefpane py pyc pyw rb saver scpt scptd tcl \
    terminal tool webloc wflow workflow";
const LINUX: &str = "autorun deb flatpakref kdelnk rpm service snap";

/// Whether `system` may run a file of this name when it is opened.
#[must_use]
pub fn may_be_run(name: &str, system: System) -> bool {
    // Windows strips these, and then goes by what is before them.
    let name = name.trim_end_matches(['.', ' ']);
    let Some((_, ending)) = name.rsplit_once('.') else {
        // An application on a Mac, a program elsewhere: most have no ending. Opened as text they do no harm, and no system runs them
        // by their name while the file is not marked as a program, which one that was fetched is not.
        return false;
    };
    let ending = ending.to_lowercase();
    let own = match system {
        System::Linux => LINUX,
        System::MacOs => MAC,
        System::Windows => WINDOWS,
    };
    [EVERYWHERE, own].iter().any(|endings| endings.split(' ').any(|known| known == ending))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_system_would_run_is_known_by_its_name() {
        const ALL: &[System] = &[System::Linux, System::MacOs, System::Windows];
        let table: [(&str, &[System]); 18] = [
            ("setup.exe", ALL),
            ("SETUP.EXE", ALL),
            ("backup.sh", ALL),
            ("evil.desktop", ALL),
            ("evil.txt.lnk", ALL),
            ("app.jar", ALL),
            ("setup.exe.", ALL),
            ("setup.exe . .", ALL),
            ("app.js", &[System::Windows]),
            ("tool.py", &[System::MacOs, System::Windows]),
            ("page.hta", &[System::Windows]),
            ("a.webloc", &[System::MacOs]),
            ("a.deb", &[System::Linux]),
            ("index.html", &[]),
            ("style.css", &[]),
            (".htaccess", &[]),
            ("README", &[]),
            ("exe", &[]),
        ];
        for (name, systems) in table {
            for system in ALL {
                assert_eq!(may_be_run(name, *system), systems.contains(system), "{name} on {system:?}");
            }
        }
    }
}
