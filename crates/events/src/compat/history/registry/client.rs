//! Asking a registry over HTTP.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use linkspan_command::{Failure, Secret};
use rustls_native_certs::load_native_certs;
use serde_json::Value;
use ureq::Agent;
use ureq::http::StatusCode;
use ureq::tls::{Certificate, RootCerts, TlsConfig};

use crate::compat::history::Credentials;

/// How long a connection may take, and an answer.
const CONNECT: Duration = Duration::from_secs(10);
const ANSWER: Duration = Duration::from_secs(60);

/// An answer larger than this is refused.
const LIMIT: u64 = 64 << 20;

/// A registry's side that answers questions.
pub(super) trait Registry {
    /// What it answers at a path below its address; `None`, if there is nothing.
    fn get(&self, path: &str) -> Result<Option<Value>, Failure>;

    /// Its address, as people may see it.
    fn address(&self) -> &str;
}

/// A registry behind HTTP.
pub(super) struct Client {
    /// Without what lets us in.
    address: String,
    authorization: Option<Secret>,
    agent: Agent,
}

impl Client {
    /// A registry at an address, which may name a user and a password.
    pub(super) fn new(address: &str, credentials: &Credentials) -> Result<Self, Failure> {
        let (address, own) = without_user(address.trim_end_matches('/'));
        let uri: Result<ureq::http::Uri, _> = address.parse();
        if uri.is_err() || !(address.starts_with("http://") || address.starts_with("https://")) {
            let failure = Failure::usage(format!("`{address}` is no address of a registry"));
            return Err(failure.help("it begins with `https://` or `http://`"));
        }
        let authorization = match (credentials, own) {
            (Credentials::Basic(secret), _) => Some(basic(secret.reveal())),
            (Credentials::Bearer(secret), _) => Some(Secret::from(format!("Bearer {}", secret.reveal()))),
            (Credentials::None, Some(user)) => Some(basic(&user)),
            (Credentials::None, None) => None,
        };
        Ok(Self { agent: agent(&address), address, authorization })
    }

    fn unreachable(&self, what: &str) -> Failure {
        Failure::unreachable(format!("the registry `{}` {what}", self.address))
    }

    fn denied(&self, status: StatusCode) -> Failure {
        let failure = self.unreachable(&format!("denies access ({status})"));
        failure.help(match self.authorization {
            Some(_) => "the credentials that were given are not enough",
            None => "it asks for a user and a password, or for a token",
        })
    }
}

impl Registry for Client {
    fn get(&self, path: &str) -> Result<Option<Value>, Failure> {
        let mut request = self.agent.get(format!("{}{path}", self.address));
        request = request.header("accept", "application/vnd.schemaregistry.v1+json, application/json");
        if let Some(authorization) = &self.authorization {
            request = request.header("authorization", authorization.reveal());
        }
        let mut response = request.call().map_err(|error| self.unreachable(&format!("cannot be reached: {error}")))?;
        match response.status() {
            StatusCode::NOT_FOUND => return Ok(None),
            status @ (StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN) => return Err(self.denied(status)),
            status if !status.is_success() => return Err(self.unreachable(&format!("answers `{path}` with {status}"))),
            _ => {}
        }
        let text = response.body_mut().with_config().limit(LIMIT).read_to_vec();
        let text = text.map_err(|error| self.unreachable(&format!("breaks off its answer to `{path}`: {error}")))?;
        let value = serde_json::from_slice(&text);
        value.map(Some).map_err(|_| self.unreachable(&format!("does not answer `{path}` as a schema registry would")))
    }

    fn address(&self) -> &str {
        &self.address
    }
}

fn agent(address: &str) -> Agent {
    let roots = if address.starts_with("https://") { roots() } else { RootCerts::WebPki };
    let config = Agent::config_builder()
        .http_status_as_error(false)
        .timeout_connect(Some(CONNECT))
        .timeout_global(Some(ANSWER))
        .tls_config(TlsConfig::builder().root_certs(roots).build());
    config.build().new_agent()
}

/// The system's certificates, so that a company's own authority works; without any, Mozilla's.
fn roots() -> RootCerts {
    let found = load_native_certs().certs;
    if found.is_empty() {
        return RootCerts::WebPki;
    }
    RootCerts::from(found.iter().map(|certificate| Certificate::from_der(certificate).to_owned()).collect::<Vec<_>>())
}

/// An address without its user and password, and these.
fn without_user(address: &str) -> (String, Option<String>) {
    let Some((scheme, rest)) = address.split_once("://") else { return (address.to_owned(), None) };
    let (authority, path) = rest.find('/').map_or((rest, ""), |at| rest.split_at(at));
    match authority.rsplit_once('@') {
        Some((user, host)) => (format!("{scheme}://{host}{path}"), Some(crate::schema::unescaped(user))),
        None => (address.to_owned(), None),
    }
}

/// RFC 7617.
fn basic(user: &str) -> Secret {
    Secret::from(format!("Basic {}", STANDARD.encode(user)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_shown_without_its_password() {
        let client = Client::new("https://u%40x:p%2Fw@registry.example/base/", &Credentials::None).unwrap();
        assert_eq!(client.address(), "https://registry.example/base");
        assert_eq!(client.authorization.unwrap().reveal(), "Basic dUB4OnAvdw==");
    }
}
