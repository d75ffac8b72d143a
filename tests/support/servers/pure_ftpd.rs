//! pure-ftpd with a user database of its own.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::chown;
use std::process::Command;

use super::{PASSWORD_HASH, Plan, Tls, USER, unpacked};

/// The user and group that sessions run as: pure-ftpd refuses root's. No account needs to have it.
const SESSION: u32 = 65_534;

pub fn command(plan: &Plan<'_>) -> io::Result<Command> {
    let setup = plan.setup;
    let (list, database) = (plan.folder.join("users"), plan.folder.join("users.pdb"));
    fs::write(&list, format!("{USER}:{PASSWORD_HASH}:{SESSION}:{SESSION}::{}/./::::::::::::\n", plan.root.display()))?;
    let made = unpacked(plan, "usr/bin/pure-pw").arg("mkdb").arg(&database).arg("-f").arg(&list).status()?;
    if !made.success() {
        return Err(io::Error::other(format!("pure-pw: {made}")));
    }
    chown(plan.root, Some(SESSION), Some(SESSION))?;
    File::options().create(true).append(true).open(plan.log)?;

    let mut command = unpacked(plan, "usr/sbin/pure-ftpd");
    command
        .args(["--bind", &format!("127.0.0.1,{}", plan.port), "--ipv4only", "--dontresolve"])
        .args(["--noanonymous", "--chrooteveryone", "--minuid", "1", "--displaydotfiles", "--umask", "133:022"])
        .args(["--login", &format!("puredb:{}", database.display())])
        .args(["--altlog", &format!("clf:{}", plan.log.display())])
        .args(["--pidfile", &plan.folder.join("pid").display().to_string()])
        .args(["--certfile", &plan.certificate.both.display().to_string()])
        // 1: both; 3: TLS on both channels or nothing.
        .args(["--tls", if setup.tls == Tls::Offered { "1" } else { "3" }]);
    if let Some(seconds) = setup.idle_seconds {
        command.args(["--maxidletime", &seconds.div_ceil(60).to_string()]);
    }
    if let Some(sessions) = setup.max_per_ip {
        command.args(["--maxclientsperip", &sessions.to_string()]);
    }
    if let Some(rate) = setup.bytes_per_second {
        command.args(["--userbandwidth", &(rate / 1024).to_string()]);
    }
    if let Some(ports) = &setup.passive_ports {
        command.args(["--passiveportrange", &format!("{}:{}", ports.start(), ports.end())]);
    }
    Ok(command)
}
