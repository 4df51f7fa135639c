//! TLS to PostgreSQL, asked for as libpq does: `sslmode` and `sslrootcert` in the connection string.
//!
//! | `sslmode` | encrypted | the server's certificate |
//! |---|---|---|
//! | `disable` | no | |
//! | `prefer` | when the server can | not checked |
//! | `require` | yes | not checked, unless `sslrootcert` is given: then as `verify-ca` |
//! | `verify-ca` | yes | signed by `sslrootcert` (else by a public authority) |
//! | `verify-full` | yes | that, and made for the host's name |
//!
//! Without `sslmode`: none on this machine, `prefer` to others.

use std::{path::PathBuf, sync::Arc};

use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, DistinguishedName, RootCertStore, SignatureScheme,
    client::{
        WebPkiServerVerifier,
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    },
    crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature},
    pki_types::{CertificateDer, ServerName, UnixTime, pem::PemObject},
};
use tokio_postgres::config::{Host, SslMode};
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::StoreError;

/// How a connection is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    Disable,
    Prefer,
    Require,
    VerifyCa,
    VerifyFull,
}

/// A connection string, read: what tokio-postgres is told, and the TLS it is given.
pub(super) struct Target {
    pub(super) config: tokio_postgres::Config,
    pub(super) tls: Option<MakeRustlsConnect>,
}

impl Target {
    /// Reads a connection string.
    pub(super) fn read(text: &str) -> Result<Self, StoreError> {
        let (rest, words) = split(text);
        let mut config: tokio_postgres::Config = rest.parse().map_err(|_| unreadable("cannot be read"))?;
        let (mut mode, mut root) = (None, None);
        for (key, value) in words {
            if key == "sslrootcert" {
                root = Some(PathBuf::from(value));
            } else {
                mode = Some(mode_of(&value)?);
            }
        }
        let mode = match mode {
            Some(Mode::Require) if root.is_some() => Mode::VerifyCa,
            Some(mode) => mode,
            None if config.get_hosts().iter().all(is_here) => Mode::Disable,
            None => Mode::Prefer,
        };
        config.ssl_mode(match mode {
            Mode::Disable => SslMode::Disable,
            Mode::Prefer => SslMode::Prefer,
            Mode::Require | Mode::VerifyCa | Mode::VerifyFull => SslMode::Require,
        });
        let tls = (mode != Mode::Disable).then(|| client(mode, root.as_deref())).transpose()?;
        Ok(Self { config, tls: tls.map(MakeRustlsConnect::new) })
    }
}

fn unreadable(why: &str) -> StoreError {
    StoreError::Unavailable(format!("the connection string {why}"))
}

fn mode_of(word: &str) -> Result<Mode, StoreError> {
    match word {
        "disable" => Ok(Mode::Disable),
        "allow" | "prefer" => Ok(Mode::Prefer),
        "require" => Ok(Mode::Require),
        "verify-ca" => Ok(Mode::VerifyCa),
        "verify-full" => Ok(Mode::VerifyFull),
        _ => Err(unreadable("has another sslmode than disable, prefer, require, verify-ca or verify-full")),
    }
}

fn is_here(host: &Host) -> bool {
    match host {
        Host::Tcp(name) => {
            name == "localhost" || name.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
        }
        #[cfg(unix)]
        Host::Unix(_) => true,
    }
}

/// Takes `sslmode` and `sslrootcert` out of a connection string: tokio-postgres refuses words it does not know.
fn split(text: &str) -> (String, Vec<(String, String)>) {
    let ours = |key: &str| key == "sslmode" || key == "sslrootcert";
    let mut words = Vec::new();
    let mut kept = |pair: &&str| match pair.split_once('=') {
        Some((key, value)) if ours(key) => {
            words.push((key.to_owned(), value.trim_matches('\'').replace("%2F", "/").replace("%2f", "/")));
            false
        }
        _ => true,
    };
    let rest = match text.split_once('?') {
        Some((place, query)) if place.contains("://") => {
            let query: Vec<&str> = query.split('&').filter(|pair| kept(pair)).collect();
            if query.is_empty() { place.to_owned() } else { format!("{place}?{}", query.join("&")) }
        }
        _ if text.contains("://") => text.to_owned(),
        _ => text.split_whitespace().filter(|pair| kept(pair)).collect::<Vec<_>>().join(" "),
    };
    (rest, words)
}

fn client(mode: Mode, root: Option<&std::path::Path>) -> Result<ClientConfig, StoreError> {
    let provider = Arc::new(ring::default_provider());
    let failed = |error: &dyn std::fmt::Display| StoreError::Unavailable(format!("TLS cannot be set up: {error}"));
    let builder = ClientConfig::builder_with_provider(provider.clone())
        .with_safe_default_protocol_versions()
        .map_err(|error| failed(&error))?;
    if mode == Mode::Prefer || mode == Mode::Require {
        let checked = Arc::new(Checked { provider, chain: None });
        return Ok(builder.dangerous().with_custom_certificate_verifier(checked).with_no_client_auth());
    }
    let roots = Arc::new(roots(root)?);
    if mode == Mode::VerifyFull {
        return Ok(builder.with_root_certificates(roots).with_no_client_auth());
    }
    let chain = WebPkiServerVerifier::builder_with_provider(roots, provider.clone()).build();
    let checked = Checked { provider, chain: Some(chain.map_err(|error| failed(&error))?) };
    Ok(builder.dangerous().with_custom_certificate_verifier(Arc::new(checked)).with_no_client_auth())
}

/// The authorities of a PEM file, or the public ones.
fn roots(file: Option<&std::path::Path>) -> Result<RootCertStore, StoreError> {
    let Some(file) = file else {
        return Ok(RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() });
    };
    let failed = |error: &dyn std::fmt::Display| {
        StoreError::Unavailable(format!("the certificates in {} cannot be used: {error}", file.display()))
    };
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_file_iter(file).map_err(|error| failed(&error))? {
        roots.add(certificate.map_err(|error| failed(&error))?).map_err(|error| failed(&error))?;
    }
    if roots.is_empty() { Err(failed(&"there is none")) } else { Ok(roots) }
}

/// Checks less than TLS usually does, as `sslmode` asks: the chain without the name, or only that the server holds the key
/// of the certificate it shows.
#[derive(Debug)]
struct Checked {
    provider: Arc<CryptoProvider>,
    chain: Option<Arc<WebPkiServerVerifier>>,
}

impl ServerCertVerifier for Checked {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        use CertificateError::{NotValidForName, NotValidForNameContext};
        let Some(chain) = &self.chain else { return Ok(ServerCertVerified::assertion()) };
        match chain.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now) {
            // The name is looked at last: the chain is sound.
            Err(rustls::Error::InvalidCertificate(NotValidForName | NotValidForNameContext { .. })) => {
                Ok(ServerCertVerified::assertion())
            }
            other => other,
        }
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

    fn root_hint_subjects(&self) -> Option<&[DistinguishedName]> {
        self.chain.as_ref().and_then(|chain| chain.root_hint_subjects())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> (SslMode, bool) {
        let target = Target::read(text).unwrap();
        (target.config.get_ssl_mode(), target.tls.is_some())
    }

    #[test]
    fn a_connection_on_this_machine_is_plain_unless_asked_and_to_others_encrypted_when_possible() {
        assert_eq!(told("postgres://linli@127.0.0.1:5432/db"), (SslMode::Disable, false));
        assert_eq!(told("postgres://linli@localhost/db?application_name=x"), (SslMode::Disable, false));
        assert_eq!(told("postgres://linli@db.city.gov.cn/db"), (SslMode::Prefer, true));
        assert_eq!(told("host=db.city.gov.cn user=linli sslmode=disable"), (SslMode::Disable, false));
    }

    #[test]
    fn every_mode_of_libpq_is_understood_in_both_forms_of_the_string() {
        for mode in ["require", "verify-ca", "verify-full"] {
            let url = format!("postgres://linli:p%40ss@127.0.0.1/db?sslmode={mode}&connect_timeout=3");
            assert_eq!(told(&url), (SslMode::Require, true), "{mode}");
            assert_eq!(told(&format!("host=127.0.0.1 user=linli sslmode={mode}")), (SslMode::Require, true), "{mode}");
        }
        let typo = Target::read("postgres://linli@127.0.0.1/db?sslmode=verify_full").err();
        assert!(matches!(typo, Some(StoreError::Unavailable(why)) if why.contains("verify-full")));
    }

    #[test]
    fn authorities_that_cannot_be_read_are_named_and_nothing_falls_back_to_less() {
        let missing = Target::read("postgres://linli@127.0.0.1/db?sslmode=verify-full&sslrootcert=/nowhere/ca.pem");
        assert!(matches!(missing.err(), Some(StoreError::Unavailable(why)) if why.contains("/nowhere/ca.pem")));
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("ca.pem");
        std::fs::write(&file, "not a certificate").unwrap();
        let url = format!("postgres://linli@127.0.0.1/db?sslmode=require&sslrootcert={}", file.display());
        assert!(Target::read(&url).is_err(), "require with sslrootcert checks the chain");
    }
}
