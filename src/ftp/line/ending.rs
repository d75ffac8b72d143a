//! The end of a control connection: what is left of a reply, and the clear text that some servers put behind the end of TLS.

use std::future::Future;
use std::io;
use std::task::{Context, Poll};
use std::time::Duration;

use crate::ftp::answer::End;
use crate::ftp::dial::WireEvent;
use crate::ftp::line::Line;
use crate::ftp::reply_reader::ReplyReader;
use crate::ftp::tap::Io;

/// How long the clear text behind the end of TLS is waited for.
const LAST_WORDS: Duration = Duration::from_millis(500);

impl Line {
    /// The stream has ended: takes in what is left of a reply, or looks for clear text behind TLS.
    pub(super) fn ended(&mut self, result: io::Result<()>) {
        let end = match result {
            Ok(()) => End::Closed,
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => End::Closed,
            Err(error) => End::Broken(error.kind(), error.to_string()),
        };
        let mut told = Vec::new();
        // When clear text shares a segment with the last records, TLS fails before these have been handed out.
        if let Io::Tls(stream) = &mut self.io {
            told = stream.left_over();
            // Too much of it is found at the reader's end.
            let _ = self.reader.feed(&told);
        }
        self.hear(&told, true);
        let end = self.reader.end().err().map_or(end, |limit| End::NotFtp(limit.to_string()));
        if matches!(self.io, Io::Tls(_)) {
            self.last_words = Some(Box::pin(tokio::time::sleep(LAST_WORDS)));
            self.held_end = Some(end);
        } else {
            self.end = Some(end);
            self.observer.wire(&WireEvent::Ended);
        }
    }

    /// Reads what comes in clear text behind the end of TLS, until the stream ends or a short time has passed.
    pub(super) fn poll_last_words(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let Io::Tls(stream) = &mut self.io else {
            self.last_words = None;
            self.end = self.held_end.take();
            return Poll::Ready(());
        };
        let tap = stream.tap_mut();
        let mut more = true;
        while more {
            match tap.poll_rest(cx) {
                Poll::Ready(any) => more = any && tap.clear_text().len() < 4096,
                Poll::Pending => {
                    let timer = self.last_words.as_mut();
                    if timer.is_some_and(|timer| timer.as_mut().poll(cx).is_pending()) {
                        return Poll::Pending;
                    }
                    more = false;
                }
            }
        }
        let clear = tap.clear_text().to_vec();
        self.last_words = None;
        self.hear(&clear, true);
        self.observer.wire(&WireEvent::Ended);
        if !clear.is_empty() {
            self.note("What follows came in clear text behind the end of TLS: anyone on the way could have written it");
            let mut reader = ReplyReader::default();
            if reader.feed(&clear).and_then(|()| reader.end()).is_ok() {
                self.reader = reader;
            }
        }
        self.end = self.held_end.take().or(Some(End::Closed));
        Poll::Ready(())
    }
}
