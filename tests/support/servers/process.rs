//! A server's process with everything that it forks.

use std::collections::HashMap;
use std::fs;
use std::io;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// A started process; dropping it kills it and its descendants.
pub struct Process(Child);

impl Process {
    /// Starts `command`.
    pub fn spawn(command: &mut Command) -> io::Result<Self> {
        command.spawn().map(Self)
    }

    /// Waits until this process itself (not another one that was faster) listens on `port`.
    pub fn wait_until_listening(&mut self, port: u16, patience: Duration) -> io::Result<()> {
        until(patience, || match self.0.try_wait() {
            Ok(None) => self.listens_on(port).then_some(Ok(())),
            Ok(Some(status)) => Some(Err(io::Error::other(format!("it ended: {status}")))),
            Err(error) => Some(Err(error)),
        })
        .unwrap_or_else(|| Err(io::Error::other("it does not listen")))
    }

    /// The processes that it forked, and theirs, until each is reaped.
    pub fn descendants(&self) -> Vec<u32> {
        let mut children: HashMap<u32, Vec<u32>> = HashMap::new();
        for Entry { pid, parent, .. } in processes() {
            children.entry(parent).or_default().push(pid);
        }
        let mut found = Vec::new();
        let mut open = vec![self.0.id()];
        while let Some(pid) = open.pop() {
            let below = children.remove(&pid).unwrap_or_default();
            open.extend(&below);
            found.extend(below);
        }
        found
    }

    /// Looks for a listening socket on `port` among the process's own files.
    fn listens_on(&self, port: u16) -> bool {
        let Ok(table) = fs::read_to_string("/proc/net/tcp") else { return false };
        let Ok(files) = fs::read_dir(format!("/proc/{}/fd", self.0.id())) else { return false };
        let own: Vec<String> =
            files.flatten().filter_map(|file| fs::read_link(file.path()).ok()?.to_str().map(str::to_owned)).collect();
        table.lines().skip(1).any(|line| {
            let columns: Vec<&str> = line.split_whitespace().collect();
            let [_, local, _, "0A", ..] = columns.as_slice() else { return false };
            let inode = columns.get(9).map(|inode| format!("socket:[{inode}]"));
            local.ends_with(&format!(":{port:04X}")) && inode.is_some_and(|inode| own.contains(&inode))
        })
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // The listener first, so that no session is added while the list is made; stopped, so that it keeps its children.
        signal("STOP", &[self.0.id()]);
        let mut all = self.descendants();
        all.push(self.0.id());
        signal("KILL", &all);
        drop(self.0.wait());
        // A session is gone when its socket is closed: the next start needs the port.
        until(Duration::from_secs(10), || {
            let alive = processes();
            // Orphans may stay unreaped for as long as the system's first process likes.
            (!alive.iter().any(|entry| entry.state != 'Z' && all.contains(&entry.pid))).then_some(())
        });
    }
}

/// Asks for a condition again and again, until `patience` is over.
pub fn until<T>(patience: Duration, mut condition: impl FnMut() -> Option<T>) -> Option<T> {
    let begun = Instant::now();
    loop {
        if let Some(value) = condition() {
            return Some(value);
        }
        if begun.elapsed() > patience {
            return None;
        }
        // /proc and log files send no notice: look again soon.
        thread::sleep(Duration::from_millis(5));
    }
}

/// A line of the table of processes.
struct Entry {
    pid: u32,
    parent: u32,
    /// `Z` is one that ended and was not reaped yet.
    state: char,
}

/// All processes of this machine.
fn processes() -> Vec<Entry> {
    let Ok(folders) = fs::read_dir("/proc") else { return Vec::new() };
    folders.flatten().filter_map(|folder| entry(&folder)).collect()
}

/// Reads `/proc/PID/stat`: `PID (NAME) STATE PARENT …`. The name may hold anything, brackets too.
fn entry(folder: &fs::DirEntry) -> Option<Entry> {
    let pid = folder.file_name().to_str()?.parse().ok()?;
    let stat = fs::read_to_string(folder.path().join("stat")).ok()?;
    let (_, rest) = stat.rsplit_once(')')?;
    let mut fields = rest.split_whitespace();
    let state = fields.next()?.chars().next()?;
    let parent = fields.next()?.parse().ok()?;
    Some(Entry { pid, parent, state })
}

/// Sends a signal by way of the shell, whose `kill` is built in: the program of that name may be missing.
fn signal(name: &str, pids: &[u32]) {
    let pids: Vec<String> = pids.iter().map(u32::to_string).collect();
    let command = format!("kill -{name} {}", pids.join(" "));
    // A process may have ended by itself meanwhile, so that kill's own complaint means nothing.
    drop(Command::new("sh").args(["-c", &command]).stderr(Stdio::null()).status());
}
