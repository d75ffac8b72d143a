//! Folders, files and their attributes: commands of a logged-in control connection that move no data.

use jiff::Timestamp;

use crate::ftp::charset;
use crate::ftp::control::Control;
use crate::ftp::fault::Fault;
use crate::ftp::listing::dates;
use crate::ftp::reply::Reply;
use crate::model::path::RemotePath;

impl Control {
    /// PWD.
    ///
    /// # Errors
    /// `Protocol` when the answer holds no absolute path; any that a command has.
    pub async fn folder(&mut self) -> Result<RemotePath, Fault> {
        let doing = "asking for the folder";
        let reply = self.ask("PWD", doing).await?;
        let path = quoted(&reply).and_then(|bytes| RemotePath::parse(&charset::decode(&bytes)).ok());
        let Some(path) = path else {
            return self.judge(Err(Fault::Protocol { doing, detail: format!("no path in “{}”", reply.words()) }));
        };
        self.current = Some(path.clone());
        Ok(path)
    }

    /// CWD; skipped when `path` is the current folder already.
    ///
    /// # Errors
    /// `Refused` when there is no such folder; any that a command has.
    pub async fn enter(&mut self, path: &RemotePath) -> Result<(), Fault> {
        if self.current.as_ref() == Some(path) && !self.is_poisoned() {
            return Ok(());
        }
        self.ask(&format!("CWD {path}"), "changing the folder").await?;
        self.current = Some(path.clone());
        Ok(())
    }

    /// MKD. A folder that exists already is `Refused`.
    ///
    /// # Errors
    /// `Refused`; any that a command has.
    pub async fn make_folder(&mut self, path: &RemotePath) -> Result<(), Fault> {
        self.ask(&format!("MKD {path}"), "making a folder").await.map(drop)
    }

    /// RMD.
    ///
    /// # Errors
    /// `Refused`; any that a command has.
    pub async fn remove_folder(&mut self, path: &RemotePath) -> Result<(), Fault> {
        self.leave(path);
        self.ask(&format!("RMD {path}"), "removing a folder").await.map(drop)
    }

    /// DELE.
    ///
    /// # Errors
    /// `Refused`; any that a command has.
    pub async fn delete(&mut self, path: &RemotePath) -> Result<(), Fault> {
        self.ask(&format!("DELE {path}"), "deleting a file").await.map(drop)
    }

    /// RNFR, RNTO; both names are checked before anything is sent.
    ///
    /// # Errors
    /// `Refused`; any that a command has.
    pub async fn rename(&mut self, from: &RemotePath, to: &RemotePath) -> Result<(), Fault> {
        let doing = "renaming";
        let (first, second) = (format!("RNFR {from}"), format!("RNTO {to}"));
        self.check(&first)?;
        self.check(&second)?;
        self.leave(from);
        let reply = self.command(&first, doing).await?;
        // 350 is due; a server that says 2yz means the same.
        if reply.code != 350 {
            self.positive(reply, doing)?;
        }
        self.ask(&second, doing).await.map(drop)
    }

    /// SITE CHMOD with the low twelve bits, octal.
    ///
    /// # Errors
    /// `Refused`; any that a command has.
    pub async fn set_mode(&mut self, path: &RemotePath, mode: u32) -> Result<(), Fault> {
        self.ask(&format!("SITE CHMOD {:03o} {path}", mode & 0o7777), "changing permissions").await.map(drop)
    }

    /// SITE IDLE without a figure, which tells the limit on the BSD servers and their kin (wu-ftpd, inetutils); others are not asked,
    /// and a refusal changes nothing.
    ///
    /// # Errors
    /// Any that a command has.
    pub async fn ask_idle_limit(&mut self) -> Result<(), Fault> {
        if !self.greeting().text().contains("FTP server (Version") {
            return Ok(());
        }
        let reply = self.command("SITE IDLE", "asking for the idle limit").await?;
        if reply.is_positive() {
            self.idle_limit = current_limit(&reply.text());
        }
        Ok(())
    }

    /// SIZE (RFC 3659 §4); `None` when the server does not know the command. A missing file is `Refused`.
    ///
    /// # Errors
    /// `Refused`; any that a command has.
    pub async fn size(&mut self, path: &RemotePath) -> Result<Option<u64>, Fault> {
        let doing = "asking for a size";
        // In TYPE A it would be another figure, or none (RFC 3659 §4.1).
        self.set_type(false).await?;
        let Some(reply) = self.ask_known(&format!("SIZE {path}"), doing).await? else { return Ok(None) };
        let size = value(&reply).and_then(|text| text.parse().ok());
        self.understood(size, &reply, doing).map(Some)
    }

    /// MDTM (RFC 3659 §3); `None` when the server does not know the command.
    ///
    /// # Errors
    /// `Refused`; any that a command has.
    pub async fn modified(&mut self, path: &RemotePath) -> Result<Option<Timestamp>, Fault> {
        let doing = "asking for a time";
        let Some(reply) = self.ask_known(&format!("MDTM {path}"), doing).await? else { return Ok(None) };
        let at = value(&reply).and_then(|text| dates::time_val(text.as_bytes()));
        self.understood(at, &reply, doing).map(Some)
    }

    /// As `ask`; `None` when the server does not know the command.
    async fn ask_known(&mut self, line: &str, doing: &'static str) -> Result<Option<Reply>, Fault> {
        match self.ask(line, doing).await {
            Err(Fault::Refused(reply)) if matches!(reply.code, 500 | 502 | 504) => Ok(None),
            result => result.map(Some),
        }
    }

    fn understood<T>(&mut self, value: Option<T>, reply: &Reply, doing: &'static str) -> Result<T, Fault> {
        let detail = || format!("“{}”", reply.words());
        self.judge(value.ok_or_else(|| Fault::Protocol { doing, detail: detail() }))
    }

    /// Forgets the working folder when it may be gone.
    fn leave(&mut self, gone: &RemotePath) {
        if self.current.as_ref().is_some_and(|current| current.is_within(gone)) {
            self.current = None;
        }
    }
}

/// The first word of a reply's text: a size, a time.
fn value(reply: &Reply) -> Option<String> {
    reply.text().split_whitespace().next().map(str::to_owned)
}

/// "Current IDLE time limit is 900 seconds; max 7200".
fn current_limit(text: &str) -> Option<u32> {
    let (number, _) = text.split_once(" seconds")?;
    number.rsplit(' ').next()?.parse().ok()
}

/// The quoted path of a 257, doubled quotes undone (RFC 959 appendix II).
fn quoted(reply: &Reply) -> Option<Vec<u8>> {
    reply.contents().find_map(|line| {
        let start = line.iter().position(|b| *b == b'"')? + 1;
        let mut path = Vec::new();
        let mut bytes = line.get(start..)?.iter().peekable();
        while let Some(byte) = bytes.next() {
            if *byte != b'"' {
                path.push(*byte);
            } else if bytes.next_if(|next| **next == b'"').is_some() {
                path.push(b'"');
            } else {
                return Some(path);
            }
        }
        None
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn site_idle_tells_the_limit() {
        for (text, limit) in [
            ("Current IDLE time limit is 900 seconds; max 7200", Some(900)),
            ("Current IDLE time limit is none", None),
            ("seconds", None),
        ] {
            assert_eq!(current_limit(text), limit, "{text}");
        }
    }

    #[test]
    fn the_path_of_a_257_is_unquoted() {
        let table: [(&[u8], Option<&[u8]>); 5] = [
            (b"257 \"/home/a b\" is current directory", Some(b"/home/a b")),
            (b"257 \"/a \"\"quoted\"\" name\" x \"y\"", Some(b"/a \"quoted\" name")),
            (b"257 \"/\xFC\"", Some(b"/\xFC")),
            (b"257 \"/unfinished", None),
            (b"257 no path", None),
        ];
        for (line, expected) in table {
            assert_eq!(quoted(&Reply { code: 257, lines: vec![line.to_vec()] }).as_deref(), expected);
        }
    }
}
