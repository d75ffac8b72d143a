//! vsftpd: a guest user by way of pam_wrapper, which reads its PAM configuration from our folder.

use std::fmt::Write;
use std::fs;
use std::io;
use std::path::Path;
use std::process::Command;

use super::{PASSWORD, Plan, Tls, USER, libraries, unpacked};

pub fn command(plan: &Plan<'_>) -> io::Result<Command> {
    let folder = plan.folder;
    let (pam, empty) = (folder.join("pam.d"), folder.join("empty"));
    fs::create_dir_all(&pam)?;
    fs::create_dir_all(&empty)?;
    let passwords = folder.join("passdb");
    fs::write(&passwords, format!("{USER}:{PASSWORD}:moorline\n"))?;
    let module = libraries(plan).join("pam_wrapper/pam_matrix.so");
    let rules: String = ["auth", "account"]
        .iter()
        .map(|phase| format!("{phase} required {} passdb={}\n", module.display(), passwords.display()))
        .collect();
    fs::write(pam.join("moorline"), rules)?;
    // Without it pam_wrapper writes a complaint to standard error, which in a session is the control connection.
    fs::write(pam.join("other"), "auth required pam_deny.so\naccount required pam_deny.so\n")?;

    let configuration = folder.join("vsftpd.conf");
    fs::write(&configuration, text(plan, &empty))?;
    let mut command = unpacked(plan, "usr/sbin/vsftpd");
    command
        .arg(configuration)
        .env("LD_PRELOAD", libraries(plan).join("libpam_wrapper.so"))
        .env("PAM_WRAPPER", "1")
        .env("PAM_WRAPPER_SERVICE_DIR", pam);
    Ok(command)
}

fn text(plan: &Plan<'_>, empty: &Path) -> String {
    let yes = |condition| if condition { "YES" } else { "NO" };
    let setup = plan.setup;
    let forced = yes(setup.tls != Tls::Offered);
    let mut text = format!(
        "listen=YES
listen_address=127.0.0.1
listen_port={port}
background=NO
seccomp_sandbox=NO
anonymous_enable=NO
local_enable=YES
ftp_username=root
guest_enable=YES
guest_username=root
virtual_use_local_privs=YES
local_root={root}
local_umask=022
chroot_local_user=YES
allow_writeable_chroot=YES
secure_chroot_dir={empty}
nopriv_user=nobody
pam_service_name=moorline
session_support=NO
check_shell=NO
write_enable=YES
ascii_upload_enable=YES
ascii_download_enable=YES
force_dot_files=YES
delay_failed_login=0
max_login_fails=3
xferlog_enable=YES
xferlog_std_format=NO
log_ftp_protocol=YES
vsftpd_log_file={log}
ssl_enable=YES
implicit_ssl={implicit}
require_ssl_reuse=YES
force_local_logins_ssl={forced}
force_local_data_ssl={forced}
ssl_ciphers=HIGH
rsa_cert_file={both}
rsa_private_key_file={both}
",
        port = plan.port,
        root = plan.root.display(),
        empty = empty.display(),
        log = plan.log.display(),
        implicit = yes(setup.tls == Tls::Implicit),
        both = plan.certificate.both.display(),
    );
    let mut set = |name: &str, value: Option<u32>| {
        if let Some(value) = value {
            writeln!(text, "{name}={value}").unwrap();
        }
    };
    set("idle_session_timeout", setup.idle_seconds);
    set("max_per_ip", setup.max_per_ip);
    set("local_max_rate", setup.bytes_per_second);
    set("pasv_min_port", setup.passive_ports.as_ref().map(|ports| u32::from(*ports.start())));
    set("pasv_max_port", setup.passive_ports.as_ref().map(|ports| u32::from(*ports.end())));
    text
}

/// Removes what pam_wrapper leaves in the folder for temporary files when its process is killed: `pam.X` of the dead.
pub fn tidy() {
    let Ok(entries) = fs::read_dir("/tmp") else { return };
    for entry in entries.flatten() {
        let name = entry.file_name();
        if !name.to_str().is_some_and(|name| name.len() == 5 && name.starts_with("pam.")) {
            continue;
        }
        let owner = fs::read_to_string(entry.path().join("pid")).ok().and_then(|pid| pid.trim().parse::<u32>().ok());
        if owner.is_some_and(|pid| !Path::new(&format!("/proc/{pid}")).exists()) {
            // Another test may be removing the same one.
            drop(fs::remove_dir_all(entry.path()));
        }
    }
}
