//! pyftpdlib by way of a short script, which reads its settings from a file.

use std::fs;
use std::io;
use std::process::Command;

use super::{PASSWORD, Plan, Tls, USER};

const SCRIPT: &str = include_str!("pyftpdlib_server.py");

pub fn command(plan: &Plan<'_>) -> io::Result<Command> {
    let setup = plan.setup;
    let settings = serde_json::json!({
        "port": plan.port,
        "root": plan.root,
        "log": plan.log,
        "certificate": plan.certificate.both,
        "user": USER,
        "password": PASSWORD,
        "tls": match setup.tls {
            Tls::Offered => "offered",
            Tls::Required | Tls::Newest | Tls::NewestKept => "required",
            Tls::Implicit => "implicit",
        },
        "idle": setup.idle_seconds,
        "max_per_ip": setup.max_per_ip,
        "rate": setup.bytes_per_second,
        "ports": setup.passive_ports.as_ref().map(|ports| [*ports.start(), *ports.end()]),
    });
    let (script, file) = (plan.folder.join("server.py"), plan.folder.join("settings.json"));
    fs::write(&script, SCRIPT)?;
    fs::write(&file, settings.to_string())?;
    let mut command = Command::new(plan.programs.join("bin/python"));
    command.arg(script).arg(file);
    Ok(command)
}
