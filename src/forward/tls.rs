//! A cluster's certificates as a TLS configuration, and its user's credentials as a header.
//!
//! A connection that is taken over for other bytes than HTTP's cannot come out of the client's pool, which may
//! speak HTTP/2; so forwarding dials by itself.

use std::sync::Arc;

use linkspan_kube::kubeconfig::{Material, Target};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, RootCertStore};

/// The TLS configuration for a target.
///
/// # Errors
/// A sentence: what cannot be read, or is not supported for forwarding.
pub(super) fn configuration(target: &Target) -> Result<ClientConfig, String> {
    if target.cluster.insecure_skip_tls_verify {
        return Err("forwarding needs a server certificate that can be checked".to_owned());
    }
    let builder = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| format!("TLS cannot be set up: {error}"))?
        .with_root_certificates(roots(target)?);
    let mut configuration = match (&target.user.client_certificate, &target.user.client_key) {
        (Some(chain), Some(key)) => {
            let key = PrivateKeyDer::from_pem_slice(&read(key)?).map_err(|_| "`client-key` is not a PEM key")?;
            builder
                .with_client_auth_cert(certificates(chain)?, key)
                .map_err(|error| format!("the client certificate and its key cannot be used: {error}"))?
        }
        _ => builder.with_no_client_auth(),
    };
    configuration.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(configuration)
}

/// The value of `Authorization`, if the user has a token.
///
/// # Errors
/// A sentence: what cannot be read, or is not supported for forwarding.
pub(super) fn authorization(target: &Target) -> Result<Option<String>, String> {
    let user = &target.user;
    if user.exec.is_some() {
        return Err(
            "forwarding does not run credential programs: use `--no-forward`, and `kubectl port-forward`".to_owned()
        );
    }
    if let Some(file) = &user.token_file {
        let token = std::fs::read_to_string(file);
        let token = token.map_err(|error| format!("`tokenFile` cannot be read from `{}`: {error}", file.display()))?;
        return Ok(Some(format!("Bearer {}", token.trim())));
    }
    Ok(user.token.as_ref().map(|token| format!("Bearer {}", token.reveal())))
}

fn roots(target: &Target) -> Result<RootCertStore, String> {
    let mut store = RootCertStore::empty();
    match &target.cluster.certificate_authority {
        Some(authority) => {
            for certificate in certificates(authority)? {
                store.add(certificate).map_err(|error| format!("`certificate-authority` cannot be used: {error}"))?;
            }
        }
        None => {
            store.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        }
    }
    Ok(store)
}

fn certificates(material: &Material) -> Result<Vec<CertificateDer<'static>>, String> {
    let certificates: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&read(material)?).collect();
    certificates.ok().filter(|found| !found.is_empty()).ok_or_else(|| "there is no PEM certificate".to_owned())
}

fn read(material: &Material) -> Result<Vec<u8>, String> {
    match material {
        Material::Data(text) => Ok(text.reveal().as_bytes().to_vec()),
        Material::File(path) => {
            std::fs::read(path).map_err(|error| format!("`{}` cannot be read: {error}", path.display()))
        }
    }
}
