//! What a banner says: what happened, what comes next, the server's words, and the ways on.

/// How serious it is, which decides the banner's colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// Something ended as it should.
    Info,
    /// The connection went and comes back.
    Warning,
    /// Nothing happens by itself.
    Bad,
}

/// A way on, as a button.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BannerAction {
    /// Connect again at once.
    ReconnectNow,
    /// Examine the server step by step.
    Diagnose,
    /// Do not come back by itself.
    StayOffline,
    /// Change the site (wrong password, wrong host).
    EditSite,
    /// Change how the site is encrypted.
    EditEncryption,
    /// Connect to the typed address without encryption, this time only.
    ConnectPlainly,
    /// Take the banner away.
    Dismiss,
}

/// A banner. A countdown, where there is one, is the session's `Phase::Adrift`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Banner {
    /// Seriousness.
    pub severity: Severity,
    /// The reply code on the chip, when a reply was the cause.
    pub code: Option<u16>,
    /// What happened, one sentence.
    pub headline: String,
    /// What that means for the work: "1,203 transfers are waiting and nothing is lost".
    pub consequence: String,
    /// The server's own words, without the code.
    pub server_words: Option<String>,
    /// Buttons, the first is the main one.
    pub actions: Vec<BannerAction>,
}
