//! Certificates to a TLS configuration.

use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};

use super::ClientError;
use super::exec::Credentials;
use crate::kubeconfig::{Material, Target};

/// The TLS configuration for a target. A certificate from a credential program wins over the kubeconfig's.
pub(super) fn configuration(target: &Target, given: Option<&Credentials>) -> Result<ClientConfig, ClientError> {
    let provider = Arc::new(ring::default_provider());
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(|error| wrong(&format!("TLS cannot be set up: {error}")))?;
    let builder = if target.cluster.insecure_skip_tls_verify {
        builder.dangerous().with_custom_certificate_verifier(Arc::new(Unchecked(provider)))
    } else {
        builder.with_root_certificates(roots(target)?)
    };
    match identity(target, given)? {
        Some((chain, key)) => builder
            .with_client_auth_cert(chain, key)
            .map_err(|error| wrong(&format!("the client certificate and its key cannot be used: {error}"))),
        None => Ok(builder.with_no_client_auth()),
    }
}

fn roots(target: &Target) -> Result<RootCertStore, ClientError> {
    let mut store = RootCertStore::empty();
    // Plain HTTP (loopback only) needs none; reading the system's takes several milliseconds.
    if target.cluster.server.starts_with("http://") {
        return Ok(store);
    }
    let Some(authority) = &target.cluster.certificate_authority else {
        store.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        return Ok(store);
    };
    for certificate in certificates(authority, "certificate-authority")? {
        store.add(certificate).map_err(|error| wrong(&format!("`certificate-authority` cannot be used: {error}")))?;
    }
    Ok(store)
}

type Identity = (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>);

fn identity(target: &Target, given: Option<&Credentials>) -> Result<Option<Identity>, ClientError> {
    let user = &target.user;
    let given = given.and_then(|given| given.certificate.clone().zip(given.key.clone()));
    let (chain, key) = match (given, &user.client_certificate, &user.client_key) {
        (Some((chain, key)), _, _) => (Material::Data(chain), Material::Data(key)),
        (None, Some(chain), Some(key)) => (chain.clone(), key.clone()),
        (None, None, None) => return Ok(None),
        (None, Some(_), None) => {
            return Err(wrong("the user has a `client-certificate`, but no `client-key`"));
        }
        (None, None, Some(_)) => {
            return Err(wrong("the user has a `client-key`, but no `client-certificate`"));
        }
    };
    let pem = read(&key, "client-key")?;
    let key = PrivateKeyDer::from_pem_slice(&pem).map_err(|_| wrong("`client-key` is not a PEM key"))?;
    Ok(Some((certificates(&chain, "client-certificate")?, key)))
}

fn certificates(material: &Material, name: &str) -> Result<Vec<CertificateDer<'static>>, ClientError> {
    let pem = read(material, name)?;
    let read: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&pem).collect();
    match read {
        Ok(certificates) if !certificates.is_empty() => Ok(certificates),
        _ => Err(wrong(&format!("`{name}` has no PEM certificate"))),
    }
}

fn read(material: &Material, name: &str) -> Result<Vec<u8>, ClientError> {
    match material {
        Material::Data(text) => Ok(text.reveal().as_bytes().to_vec()),
        Material::File(path) => std::fs::read(path)
            .map_err(|error| wrong(&format!("`{name}` cannot be read from `{}`: {error}", path.display()))),
    }
}

fn wrong(why: &str) -> ClientError {
    ClientError::Credentials { why: why.to_owned() }
}

/// Accepts any certificate, because the user accepted that; signatures are still checked.
#[derive(Debug)]
struct Unchecked(Arc<CryptoProvider>);

impl ServerCertVerifier for Unchecked {
    fn verify_server_cert(
        &self,
        _end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, certificate, signed, &self.0.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, certificate, signed, &self.0.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
