//! Names that a system may run instead of showing them: a file of a stranger's server must not be opened by its name alone.

use crate::model::platform::Platform;

/// Programs, packages, shortcuts and shell scripts: run by one system or another, or by what imitates it (Wine, Java).
const EVERYWHERE: &str = "appimage bash bat cmd com command csh desktop elf exe fish jar jnlp ksh lnk msi pif run scr sh url zsh";
/// What has a line of its own in the registry, or ways to run what is in it.
const WINDOWS: &str = "ade adp ahk appinstaller application appref-ms appx appxbundle asp au3 bas bgi chm cpl crt csh diagcab dll fxp \
    gadget grp hlp hta htc img inf ins iso isp its js jse library-ms lua mad maf mda mdb mde mht mhtml msc msh msix msixbundle \
    msp mst msu ocx ops osd pcd phar pl plg prf prg ps1 ps1xml ps2 psc1 psd1 psm1 py pyc pyo pyw pyz pyzw rb rdp reg scf sct \
    search-ms settingcontent-ms shb shs sys tcl theme tmp vb vbe vbp vbs vhd vhdx vsto vxd website ws wsc wsf wsh xbap xll xnk";
const MAC: &str = "action afploc app applescript bundle dmg fileloc ftploc inetloc kext mobileconfig mpkg osax pkg pl prefpane py pyc pyw \
    rb saver scpt scptd tcl terminal tool vncloc webloc wflow workflow xip";
const LINUX: &str = "autorun deb flatpakref kdelnk rpm service snap";

/// Whether a system of this kind may run a file of this name when it is opened.
#[must_use]
pub fn may_be_run(name: &str, platform: Platform) -> bool {
    // Windows strips these, and then goes by what is before them.
    let name = name.trim_end_matches(['.', ' ']);
    let Some((_, ending)) = name.rsplit_once('.') else {
        // An application on a Mac, a program elsewhere: most have no ending. Opened as text they do no harm, and no system runs them
        // by their name while the file is not marked as a program, which one that was fetched is not.
        return false;
    };
    let ending = ending.to_lowercase();
    let own = match platform {
        Platform::Linux => LINUX,
        Platform::MacOs => MAC,
        Platform::Windows => WINDOWS,
    };
    [EVERYWHERE, own].iter().any(|endings| endings.split(' ').any(|known| known == ending))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_system_would_run_is_known_by_its_name() {
        const ALL: &[Platform] = &[Platform::Linux, Platform::MacOs, Platform::Windows];
        let table: [(&str, &[Platform]); 32] = [
            ("setup.exe", ALL),
            ("SETUP.EXE", ALL),
            ("backup.sh", ALL),
            ("evil.desktop", ALL),
            ("evil.txt.lnk", ALL),
            ("app.jar", ALL),
            ("setup.exe.", ALL),
            ("setup.exe . .", ALL),
            ("app.js", &[Platform::Windows]),
            ("tool.py", &[Platform::MacOs, Platform::Windows]),
            ("page.hta", &[Platform::Windows]),
            ("a.webloc", &[Platform::MacOs]),
            ("a.pyzw", &[Platform::Windows]),
            ("a.msu", &[Platform::Windows]),
            ("a.vsto", &[Platform::Windows]),
            ("a.ahk", &[Platform::Windows]),
            ("a.rdp", &[Platform::Windows]),
            ("a.au3", &[Platform::Windows]),
            ("a.lua", &[Platform::Windows]),
            ("a.tcl", &[Platform::MacOs, Platform::Windows]),
            ("a.ftploc", &[Platform::MacOs]),
            ("a.afploc", &[Platform::MacOs]),
            ("a.vncloc", &[Platform::MacOs]),
            ("a.kext", &[Platform::MacOs]),
            ("a.bundle", &[Platform::MacOs]),
            ("a.xip", &[Platform::MacOs]),
            ("a.deb", &[Platform::Linux]),
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
