//! TLS 1.3 of a control connection against a server of rustls's own.
