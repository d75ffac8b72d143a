//! The machine under the window: sleep, shutdown, staying awake, and a message on the desktop, by what each system offers.

#[cfg(not(target_os = "linux"))]
use std::process::Command;
#[cfg(not(any(target_os = "linux", target_os = "macos")))]
use std::process::Stdio;

use crate::engine::power::{Awake, Power};

/// The machine that the program runs on.
#[derive(Clone, Copy, Debug)]
pub struct Machine;

#[cfg(target_os = "linux")]
impl Power for Machine {
    fn sleep(&self) -> Result<(), String> {
        // "true" lets the system ask for a password where it wants one.
        logind("Suspend", &(true,)).map(drop)
    }

    fn shut_down(&self) -> Result<(), String> {
        logind("PowerOff", &(true,)).map(drop)
    }

    fn keep_awake(&self, why: &str) -> Result<Awake, String> {
        let reply = logind("Inhibit", &("sleep:idle", "Moorline", why, "block"))?;
        // The machine stays awake for as long as this descriptor is open.
        let lock: zbus::zvariant::OwnedFd = reply.body().deserialize().map_err(|error| error.to_string())?;
        Ok(Box::new(lock))
    }
}

/// Calls the system's login manager.
#[cfg(target_os = "linux")]
fn logind<B>(method: &str, body: &B) -> Result<zbus::Message, String>
where
    B: serde::ser::Serialize + zbus::zvariant::DynamicType,
{
    let bus = zbus::blocking::Connection::system().map_err(words)?;
    let manager = (Some("org.freedesktop.login1"), "/org/freedesktop/login1", Some("org.freedesktop.login1.Manager"));
    bus.call_method(manager.0, manager.1, manager.2, method, body).map_err(words)
}

/// What the other side said, without the name of the error.
#[cfg(target_os = "linux")]
fn words(error: zbus::Error) -> String {
    match error {
        zbus::Error::MethodError(_, Some(words), _) => words,
        other => other.to_string(),
    }
}

/// Shows a message on the desktop; blocking.
///
/// # Errors
/// There is nobody to show it.
#[cfg(target_os = "linux")]
pub fn announce(title: &str, text: &str) -> Result<(), String> {
    use std::collections::HashMap;
    use zbus::zvariant::Value;

    let bus = zbus::blocking::Connection::session().map_err(words)?;
    // Who sends it, which one it replaces, icon, title, text, buttons, hints, and how long it stays: as the desktop likes.
    let hints: HashMap<&str, Value<'_>> = HashMap::from([("desktop-entry", Value::from("moorline"))]);
    let body = ("Moorline", 0_u32, "moorline", title, text, Vec::<&str>::new(), hints, -1_i32);
    let name = "org.freedesktop.Notifications";
    bus.call_method(Some(name), "/org/freedesktop/Notifications", Some(name), "Notify", &body).map(drop).map_err(words)
}

#[cfg(target_os = "macos")]
impl Power for Machine {
    fn sleep(&self) -> Result<(), String> {
        run(Command::new("pmset").arg("sleepnow"))
    }

    fn shut_down(&self) -> Result<(), String> {
        run(Command::new("osascript").args(["-e", "tell application \"System Events\" to shut down"]))
    }

    fn keep_awake(&self, _: &str) -> Result<Awake, String> {
        let child = Command::new("caffeinate").args(["-i", "-w", &std::process::id().to_string()]).spawn();
        child.map(|child| Box::new(Ended(child)) as Awake).map_err(|error| error.to_string())
    }
}

/// A program that is ended when this is dropped.
#[cfg(not(target_os = "linux"))]
struct Ended(std::process::Child);

#[cfg(not(target_os = "linux"))]
impl Drop for Ended {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

/// Shows a message on the desktop; blocking.
///
/// # Errors
/// There is nobody to show it.
#[cfg(target_os = "macos")]
pub fn announce(title: &str, text: &str) -> Result<(), String> {
    // The words are arguments of the script, never a part of it.
    let script = "on run argv\ndisplay notification (item 2 of argv) with title (item 1 of argv)\nend run";
    run(Command::new("osascript").args(["-e", script, title, text]))
}

#[cfg(not(any(target_os = "linux", target_os = "macos")))]
impl Power for Machine {
    fn sleep(&self) -> Result<(), String> {
        run(Command::new("rundll32.exe").args(["powrprof.dll,SetSuspendState", "0,1,0"]))
    }

    fn shut_down(&self) -> Result<(), String> {
        run(Command::new("shutdown").args(["/s", "/t", "0"]))
    }

    fn keep_awake(&self, _: &str) -> Result<Awake, String> {
        // The wish lasts as long as the program that has it, which ends with its input, and so with this one in any case.
        const SCRIPT: &str = "$power = Add-Type -PassThru -Name Power -Namespace Moorline -MemberDefinition \
             '[DllImport(\"kernel32.dll\")] public static extern uint SetThreadExecutionState(uint flags);'; \
             [void]$power::SetThreadExecutionState(2147483649); [void][Console]::In.ReadLine()";
        let mut program = Command::new("powershell.exe");
        program.args(["-NoProfile", "-Command", SCRIPT]).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        without_window(&mut program);
        program.spawn().map(|child| Box::new(Ended(child)) as Awake).map_err(|error| error.to_string())
    }
}

/// A program for a terminal opens none.
#[cfg(windows)]
fn without_window(program: &mut Command) {
    use std::os::windows::process::CommandExt;
    const CREATE_NO_WINDOW: u32 = 0x0800_0000;
    program.creation_flags(CREATE_NO_WINDOW);
}

#[cfg(not(any(windows, target_os = "linux", target_os = "macos")))]
fn without_window(_: &mut Command) {}

/// The window asks for attention in the task bar instead.
///
/// # Errors
/// Never.
#[cfg(not(any(target_os = "linux", target_os = "macos")))]
pub fn announce(_: &str, _: &str) -> Result<(), String> {
    Ok(())
}

#[cfg(not(target_os = "linux"))]
fn run(program: &mut Command) -> Result<(), String> {
    let output = program.output().map_err(|error| error.to_string())?;
    if output.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&output.stderr).trim().to_owned()) }
}
