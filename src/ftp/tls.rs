//! TLS for one control connection and its data connections: verification, pins, one resumption store each.

use std::collections::HashSet;
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use jiff::Timestamp;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{Resumption, UnbufferedClientConnection, WebPkiServerVerifier};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::{
    CertificateError, CipherSuite, ClientConfig, DigitallySignedStruct, PeerIncompatible, RootCertStore, SignatureScheme,
};
use rustls_pki_types::{CertificateDer, ServerName, UnixTime};
use sha2::{Digest, Sha256};
use tokio::net::TcpStream;
use x509_parser::prelude::{FromDer, GeneralName, X509Certificate};

use crate::ftp::control_tls::ControlTls;
use crate::ftp::data_tls::DataTls;
use crate::ftp::fault::Fault;
use crate::ftp::records::Records;
use crate::ftp::tap::Tap;
use crate::ftp::tickets::Tickets;
use crate::model::certificate::{Certificate, Fingerprint};

/// Which certificates are accepted beside those of the system's authorities.
#[derive(Clone, Debug, Default)]
pub struct Trust {
    /// Fingerprints that a person accepted for this host and port.
    pub pinned: HashSet<Fingerprint>,
}

/// What was negotiated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsFacts {
    /// "TLS 1.2" or "TLS 1.3".
    pub protocol: String,
    /// Whether a pin, not an authority, made it trusted.
    pub pinned: bool,
}

impl TlsFacts {
    /// Whether it is TLS 1.3.
    #[must_use]
    pub fn is_tls13(&self) -> bool {
        self.protocol == "TLS 1.3"
    }
}

/// The version of TLS that is offered, one at a time.
///
/// Many servers insist that a data connection resumes the control connection's session. One of TLS 1.2 resumes any number of times
/// wherever it does once; of TLS 1.3 that is asked of single tickets, and some servers take each only once. So TLS 1.3 is for servers
/// that take nothing older.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TlsVersion {
    /// TLS 1.2.
    #[default]
    Tls12,
    /// TLS 1.3.
    Tls13,
}

/// TLS of one control connection and its data connections.
#[derive(Debug)]
pub struct TlsSession {
    config: Arc<ClientConfig>,
    verifier: Arc<Verifier>,
    name: ServerName<'static>,
    version: TlsVersion,
    tickets: Arc<Tickets>,
    /// Whether the server wants another version than is offered.
    wants_other: AtomicBool,
    /// Whether a data connection has resumed the session.
    resumed_once: AtomicBool,
    /// Whether the last one has.
    resumed_last: AtomicBool,
}

/// What servers say that do not take the version offered (RFC 8446 §6.2; some say only that they found nothing in common), and what
/// rustls says of one that answers in another.
fn is_for_want_of_other(error: &io::Error) -> bool {
    use rustls::AlertDescription::{HandshakeFailure, ProtocolVersion};
    let cause = error.get_ref().and_then(|cause| cause.downcast_ref::<rustls::Error>());
    matches!(
        cause,
        Some(
            rustls::Error::AlertReceived(ProtocolVersion | HandshakeFailure)
                | rustls::Error::PeerIncompatible(
                    PeerIncompatible::ServerTlsVersionIsDisabledByOurConfig | PeerIncompatible::ServerDoesNotSupportTls12Or13
                )
        )
    )
}

/// What TLS is made of. AES with keys of 128 bits goes first: nobody breaks it either, and it costs less for each byte.
fn provider() -> CryptoProvider {
    let mut provider = rustls::crypto::ring::default_provider();
    let is_shorter = |suite: CipherSuite| {
        matches!(
            suite,
            CipherSuite::TLS13_AES_128_GCM_SHA256
                | CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256
                | CipherSuite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256
        )
    };
    provider.cipher_suites.sort_by_key(|suite| !is_shorter(suite.suite()));
    provider
}

impl TlsSession {
    /// Prepares TLS towards `host`. Reads the system's authorities the first time.
    ///
    /// # Errors
    /// `Tls` when the host's name cannot stand in a certificate.
    pub async fn new(host: &str, trust: &Trust, version: TlsVersion) -> Result<Self, Fault> {
        let tls = |detail: String| Fault::Tls { doing: "preparing TLS", detail };
        let name = ServerName::try_from(host.to_owned()).map_err(|error| tls(error.to_string()))?;
        let roots = system_roots().await;
        let provider = Arc::new(provider());
        let inner = if roots.is_empty() {
            None
        } else {
            let builder = WebPkiServerVerifier::builder_with_provider(roots, Arc::clone(&provider));
            Some(builder.build().map_err(|error| tls(error.to_string()))?)
        };
        let verifier =
            Arc::new(Verifier { inner, provider: Arc::clone(&provider), pinned: trust.pinned.clone(), outcome: Mutex::default() });
        let offered = match version {
            TlsVersion::Tls12 => &rustls::version::TLS12,
            TlsVersion::Tls13 => &rustls::version::TLS13,
        };
        let mut config = ClientConfig::builder_with_provider(provider)
            .with_protocol_versions(&[offered])
            .map_err(|error| tls(error.to_string()))?
            .dangerous()
            .with_custom_certificate_verifier(Arc::clone(&verifier) as Arc<dyn ServerCertVerifier>)
            .with_no_client_auth();
        let tickets = Arc::new(Tickets::default());
        if version == TlsVersion::Tls13 {
            config.resumption = Resumption::store(Arc::clone(&tickets) as _);
            // The control connection's records are opened and sealed by `Records`.
            config.enable_secret_extraction = true;
        }
        Ok(Self {
            config: Arc::new(config),
            verifier,
            name,
            version,
            tickets,
            wants_other: AtomicBool::new(false),
            resumed_once: AtomicBool::new(false),
            resumed_last: AtomicBool::new(false),
        })
    }

    /// The handshake on a control connection.
    ///
    /// # Errors
    /// `Untrusted` with the certificate, or `Tls`.
    pub async fn handshake(&self, tap: Tap, doing: &'static str) -> Result<ControlTls, Fault> {
        let secured = match self.version {
            TlsVersion::Tls12 => {
                let connector = tokio_rustls::TlsConnector::from(Arc::clone(&self.config));
                connector.connect(self.name.clone(), tap).await.map(|stream| ControlTls::Tls12(Box::new(stream)))
            }
            TlsVersion::Tls13 => {
                let connected = Records::connect(tap, self.connection(doing)?, &self.tickets).await;
                connected.map(|records| ControlTls::Tls13(Box::new(records)))
            }
        };
        secured.map_err(|error| self.fault(doing, &error))
    }

    fn connection(&self, doing: &'static str) -> Result<UnbufferedClientConnection, Fault> {
        UnbufferedClientConnection::new(Arc::clone(&self.config), self.name.clone())
            .map_err(|error| Fault::Tls { doing, detail: error.to_string() })
    }

    /// The handshake on a data connection.
    ///
    /// # Errors
    /// `Untrusted` with the certificate, or `Tls`.
    pub async fn secure_data(&self, socket: TcpStream, doing: &'static str) -> Result<DataTls, Fault> {
        let data = DataTls::connect(socket, self.connection(doing)?).await.map_err(|error| self.fault(doing, &error))?;
        self.resumed_once.fetch_or(data.is_resumed(), Ordering::AcqRel);
        self.resumed_last.store(data.is_resumed(), Ordering::Release);
        Ok(data)
    }

    /// Whether the server no longer resumes the session that it did resume: sessions and tickets end with time.
    pub fn is_forgotten(&self) -> bool {
        self.resumed_once.load(Ordering::Acquire) && !self.resumed_last.load(Ordering::Acquire)
    }

    /// Whether a handshake failed because the server takes another version than is offered.
    pub fn wants_other_version(&self) -> bool {
        self.wants_other.load(Ordering::Acquire)
    }

    /// Whether no ticket is left that was not used yet: the next one, if any, is to be read on the data connection that is open.
    pub fn lacks_fresh_ticket(&self) -> bool {
        self.version == TlsVersion::Tls13 && self.tickets.has_none_fresh()
    }

    fn fault(&self, doing: &'static str, error: &io::Error) -> Fault {
        if is_for_want_of_other(error) {
            self.wants_other.store(true, Ordering::Release);
        }
        match self.verifier.refused() {
            Some(certificate) => Fault::Untrusted(Box::new(certificate)),
            None => Fault::Tls { doing, detail: error.to_string() },
        }
    }

    /// The first bytes of a handshake: what a port that expects TLS answers to.
    ///
    /// # Errors
    /// `Tls`.
    pub fn hello(&self) -> Result<Vec<u8>, Fault> {
        let tls = |detail: String| Fault::Tls { doing: "preparing TLS", detail };
        let mut connection =
            rustls::ClientConnection::new(Arc::clone(&self.config), self.name.clone()).map_err(|error| tls(error.to_string()))?;
        let mut bytes = Vec::new();
        connection.write_tls(&mut bytes).map_err(|error| tls(error.to_string()))?;
        Ok(bytes)
    }

    /// What was negotiated in a handshake that succeeded.
    pub fn facts(&self) -> TlsFacts {
        let protocol = match self.version {
            TlsVersion::Tls12 => "TLS 1.2",
            TlsVersion::Tls13 => "TLS 1.3",
        };
        TlsFacts { protocol: protocol.to_owned(), pinned: self.verifier.lock().by_pin }
    }
}

/// The system's authorities, read once: it can take a moment, so not on the runtime's threads.
async fn system_roots() -> Arc<RootCertStore> {
    static ROOTS: OnceLock<Arc<RootCertStore>> = OnceLock::new();
    if let Some(roots) = ROOTS.get() {
        return Arc::clone(roots);
    }
    let load = || {
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        Arc::new(roots)
    };
    let loaded = tokio::task::spawn_blocking(load).await.unwrap_or_else(|_| Arc::new(RootCertStore::empty()));
    Arc::clone(ROOTS.get_or_init(|| loaded))
}

/// What the last verification came to.
#[derive(Debug, Default)]
struct Outcome {
    by_pin: bool,
    refused: Option<Certificate>,
}

/// The system's verification first, then the pins.
#[derive(Debug)]
struct Verifier {
    /// `None` when the system has no authorities at all.
    inner: Option<Arc<WebPkiServerVerifier>>,
    provider: Arc<CryptoProvider>,
    pinned: HashSet<Fingerprint>,
    outcome: Mutex<Outcome>,
}

impl Verifier {
    fn lock(&self) -> std::sync::MutexGuard<'_, Outcome> {
        self.outcome.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn refused(&self) -> Option<Certificate> {
        self.lock().refused.take()
    }
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let error = match &self.inner {
            Some(inner) => match inner.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now) {
                Ok(verified) => {
                    self.lock().by_pin = false;
                    return Ok(verified);
                }
                Err(error) => error,
            },
            None => CertificateError::UnknownIssuer.into(),
        };
        let fingerprint = Fingerprint(Sha256::digest(end_entity).into());
        let mut outcome = self.lock();
        if self.pinned.contains(&fingerprint) {
            outcome.by_pin = true;
            return Ok(ServerCertVerified::assertion());
        }
        outcome.refused = Some(describe(end_entity, fingerprint, &error));
        Err(error)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, cert, dss, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, cert, dss, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

/// The certificate as a person is asked about it.
fn describe(der: &CertificateDer<'_>, fingerprint: Fingerprint, error: &rustls::Error) -> Certificate {
    let Ok((_, parsed)) = X509Certificate::from_der(der) else {
        let reason = "it cannot be read".to_owned();
        let unknown = String::new;
        return Certificate {
            fingerprint,
            subject: unknown(),
            issuer: unknown(),
            names: Vec::new(),
            not_before: None,
            not_after: None,
            reason,
        };
    };
    let mut names: Vec<String> = Vec::new();
    if let Ok(Some(alternatives)) = parsed.subject_alternative_name() {
        names.extend(alternatives.value.general_names.iter().filter_map(name_text));
    }
    let common = parsed.subject().iter_common_name().next().and_then(|name| name.as_str().ok()).map(printable);
    if names.is_empty() {
        names.extend(common.clone());
    }
    let time = |time: x509_parser::time::ASN1Time| Timestamp::from_second(time.timestamp()).ok();
    let not_before = time(parsed.validity().not_before);
    let not_after = time(parsed.validity().not_after);
    let self_signed = parsed.subject().as_raw() == parsed.issuer().as_raw();
    let reason = reason(error, self_signed, &names, not_before, not_after);
    let subject = printable(&parsed.subject().to_string());
    let issuer = printable(&parsed.issuer().to_string());
    Certificate { fingerprint, subject, issuer, names, not_before, not_after, reason }
}

fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '\u{FFFD}' } else { c }).take(300).collect()
}

fn name_text(name: &GeneralName<'_>) -> Option<String> {
    match name {
        GeneralName::DNSName(name) => Some(printable(name)),
        GeneralName::IPAddress(bytes) => match <[u8; 4]>::try_from(*bytes) {
            Ok(v4) => Some(std::net::Ipv4Addr::from(v4).to_string()),
            Err(_) => <[u8; 16]>::try_from(*bytes).ok().map(|v6| std::net::Ipv6Addr::from(v6).to_string()),
        },
        _ => None,
    }
}

/// Why it is not trusted, as the end of a sentence that begins with "the certificate is not trusted:".
fn reason(
    error: &rustls::Error,
    self_signed: bool,
    names: &[String],
    not_before: Option<Timestamp>,
    not_after: Option<Timestamp>,
) -> String {
    let day = |at: Option<Timestamp>| {
        at.map_or_else(|| "a date that cannot be read".to_owned(), |at| at.strftime("%Y-%m-%d").to_string())
    };
    let rustls::Error::InvalidCertificate(error) = error else { return error.to_string() };
    match error {
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => format!("it expired on {}", day(not_after)),
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            format!("it is not valid before {}", day(not_before))
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } if names.is_empty() => {
            "it names no host".to_owned()
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            format!("it is for {}, not for this host", names.join(", "))
        }
        CertificateError::Revoked => "its authority has revoked it".to_owned(),
        CertificateError::BadEncoding => "it cannot be read".to_owned(),
        _ if self_signed => "it is self-signed: nobody but the server itself vouches for it".to_owned(),
        CertificateError::UnknownIssuer => "the authority that issued it is not known to this system".to_owned(),
        other => other.to_string(),
    }
}
