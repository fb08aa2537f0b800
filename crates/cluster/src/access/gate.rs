use std::sync::Arc;

use http::HeaderMap;
use linkspan_kube::Secret;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};
use tokio_rustls::TlsAcceptor;

use super::{Credentials, Identity};
use crate::status::Status;

/// Tells who a client is.
#[derive(Debug)]
pub(crate) struct Gate {
    token: Secret,
}

/// The credentials cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("the cluster's certificates in its state folder are damaged; delete the cluster and start it again")]
pub struct GateError(#[source] Box<dyn std::error::Error + Send + Sync>);

impl Gate {
    pub(crate) fn new(credentials: &Credentials) -> Self {
        Self { token: credentials.token.clone() }
    }

    /// Who a client is by its certificate, else by its token, and whom it stands for.
    ///
    /// # Errors
    /// 401 if it shows neither, 403 if it may not stand for somebody else.
    pub(crate) fn identify(
        &self,
        certified: bool,
        bearer: Option<&str>,
        headers: &HeaderMap,
    ) -> Result<Identity, Status> {
        let known = certified || bearer.and_then(token).is_some_and(|token| same(token, self.token.reveal()));
        if !known {
            return Err(Status::unauthorized());
        }
        Ok(impersonated(headers).unwrap_or_else(Identity::owner))
    }
}

fn token(authorization: &str) -> Option<&str> {
    let (scheme, token) = authorization.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// Takes as long for a wrong token as for the right one.
fn same(one: &str, other: &str) -> bool {
    one.len() == other.len() && one.bytes().zip(other.bytes()).fold(0, |difference, (a, b)| difference | (a ^ b)) == 0
}

/// Whom a request stands for (`Impersonate-User`, `Impersonate-Group`, `Impersonate-Uid`).
fn impersonated(headers: &HeaderMap) -> Option<Identity> {
    let text = |name: &str| Some(headers.get(name)?.to_str().ok()?.to_owned());
    let user = text("impersonate-user").filter(|user| !user.is_empty())?;
    let groups = headers.get_all("impersonate-group").iter().filter_map(|group| group.to_str().ok().map(str::to_owned));
    let everybody = if user == "system:anonymous" { "system:unauthenticated" } else { "system:authenticated" };
    let mut groups: Vec<_> = groups.chain(account_groups(&user)).collect();
    if !groups.iter().any(|group| group == everybody) {
        groups.push(everybody.to_owned());
    }
    Some(Identity { user, groups, uid: text("impersonate-uid").unwrap_or_default() })
}

/// The groups that a service account is in.
fn account_groups(user: &str) -> Vec<String> {
    let namespace = user.strip_prefix("system:serviceaccount:").and_then(|rest| rest.split(':').next());
    namespace.map_or_else(Vec::new, |namespace| {
        vec!["system:serviceaccounts".to_owned(), format!("system:serviceaccounts:{namespace}")]
    })
}

/// TLS with a client certificate for whom has one.
///
/// # Errors
/// The credentials are damaged.
pub(crate) fn tls(credentials: &Credentials) -> Result<TlsAcceptor, GateError> {
    config(credentials).map(|config| TlsAcceptor::from(Arc::new(config))).map_err(GateError)
}

fn config(credentials: &Credentials) -> Result<ServerConfig, Box<dyn std::error::Error + Send + Sync>> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(credentials.authority.as_bytes())?)?;
    let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider));
    let verifier = verifier.allow_unauthenticated().build()?;
    let chain = vec![CertificateDer::from_pem_slice(credentials.server.0.as_bytes())?];
    let key = PrivateKeyDer::from_pem_slice(credentials.server.1.reveal().as_bytes())?;
    let builder = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
    let mut config = builder.with_client_cert_verifier(verifier).with_single_cert(chain, key)?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}
