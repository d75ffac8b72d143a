//! proftpd with mod_tls and a password file of its own.

use std::fmt::Write as _;
use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt;
use std::process::Command;

use super::{PASSWORD_HASH, Plan, Tls, USER, unpacked};

pub fn command(plan: &Plan<'_>) -> io::Result<Command> {
    let users = plan.folder.join("passwd");
    let mut file = OpenOptions::new().create(true).truncate(true).write(true).mode(0o600).open(&users)?;
    writeln!(file, "{USER}:{PASSWORD_HASH}:0:0::{}:/bin/sh", plan.root.display())?;
    let configuration = plan.folder.join("proftpd.conf");
    fs::write(&configuration, text(plan))?;
    let mut command = unpacked(plan, "usr/sbin/proftpd");
    command.arg("-n").arg("-q").arg("-c").arg(configuration);
    Ok(command)
}

fn text(plan: &Plan<'_>) -> String {
    let setup = plan.setup;
    let mut text = format!(
        r#"ModulePath {programs}/usr/lib/proftpd
LoadModule mod_tls.c
LoadModule mod_digest.c
ServerName "Moorline test"
ServerType standalone
DefaultAddress 127.0.0.1
SocketBindTight on
Port {port}
UseIPv6 off
UseReverseDNS off
WtmpLog off
User root
Group root
RootLogin on
AuthOrder mod_auth_file.c
AuthUserFile {folder}/passwd
RequireValidShell off
DefaultRoot ~
Umask 022
AllowOverwrite on
AllowStoreRestart on
AllowRetrieveRestart on
PidFile {folder}/pid
ScoreboardFile {folder}/scoreboard
DelayTable none
SystemLog {folder}/system.log
TransferLog none
LogFormat protocol "[%P] %r -> %s %S"
ExtendedLog {log} ALL protocol
TLSEngine on
TLSRequired {required}
TLSProtocol {protocols}
TLSECCertificateFile {chain}
TLSECCertificateKeyFile {key}
TLSVerifyClient off
TLSLog {folder}/tls.log
"#,
        programs = plan.programs.display(),
        port = plan.port,
        folder = plan.folder.display(),
        log = plan.log.display(),
        protocols = if setup.tls.is_newest() { "TLSv1.3" } else { "TLSv1.2 TLSv1.3" },
        required = if setup.tls == Tls::Offered { "off" } else { "on" },
        chain = plan.certificate.chain.display(),
        key = plan.certificate.key.display(),
    );
    let mut line = |line: String| writeln!(text, "{line}").unwrap();
    if setup.tls == Tls::Implicit {
        line("TLSOptions UseImplicitSSL".into());
    }
    if let Some(seconds) = setup.idle_seconds {
        line(format!("TimeoutIdle {seconds}"));
    }
    if let Some(seconds) = setup.no_transfer_seconds {
        line(format!("TimeoutNoTransfer {seconds}"));
    }
    if let Some(sessions) = setup.max_per_ip {
        line(format!("MaxClientsPerHost {sessions}"));
    }
    if let Some(rate) = setup.bytes_per_second {
        line(format!("TransferRate APPE,RETR,STOR,STOU {}", rate / 1024));
    }
    if let Some(ports) = &setup.passive_ports {
        line(format!("PassivePorts {} {}", ports.start(), ports.end()));
    }
    text
}
