//! A registry client: our own writing of the distribution protocol on a blocking HTTP client.
//!
//! Nothing that a registry says is taken on trust: manifests and blobs are checked against digest
//! and length while they come in; a `Location` never gets our credentials on another host and
//! never leads from a public registry to an address that only we can reach; redirects, manifests,
//! headers and token answers are bounded. What may pass (connections, 429, 5xx) is repeated with
//! growing pauses; the rest is an [`Error`] in one of a few classes.

mod address;
mod answer;
mod auth;
mod blobs;
mod challenge;
mod error;
mod exchange;
mod manifests;
mod retry;
mod transport;
mod upload;
mod zone;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use ureq::Body;
use ureq::http::header::LOCATION;
use ureq::http::{Response, Uri};

use crate::credentials::Credentials;
use crate::digest::Digest;
use crate::reference::Repository;

use self::answer::{Asked, printable};
use self::auth::Keys;
use self::exchange::{Exchange, Payload, Target};

pub use auth::Access;
pub use blobs::BlobReader;
pub use error::Error;
pub use retry::Retry;
pub use transport::Timeouts;
pub use upload::Uploaded;

/// Told of what takes time. All methods may be called from several threads at once.
pub trait Observer: Send + Sync {
    /// An attempt failed; the next one comes after `pause`.
    fn retrying(&self, error: &Error, attempt: u32, pause: Duration) {
        let _ = (error, attempt, pause);
    }

    /// Bytes of a blob went out (they may go again if the attempt fails).
    fn sent(&self, digest: &Digest, bytes: u64) {
        let _ = (digest, bytes);
    }
}

/// An [`Observer`] that does nothing.
#[derive(Clone, Copy, Debug)]
pub struct Silent;

impl Observer for Silent {}

/// How a [`Client`] behaves.
#[derive(Clone)]
pub struct Settings {
    /// Registries (as in references, with port) that may be spoken to without TLS; loopback hosts
    /// always are.
    pub insecure: Vec<String>,
    /// The `User-Agent`: by default `linkspan/<version>`.
    pub user_agent: String,
    /// How often and how long to repeat.
    pub retry: Retry,
    /// How long to wait.
    pub timeouts: Timeouts,
    /// Told of repetitions and bytes.
    pub observer: Arc<dyn Observer>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            insecure: Vec::new(),
            user_agent: concat!("linkspan/", env!("CARGO_PKG_VERSION")).to_owned(),
            retry: Retry::default(),
            timeouts: Timeouts::default(),
            observer: Arc::new(Silent),
        }
    }
}

/// Speaks to registries; cheap to clone, to be used by several threads at once. Connections and
/// tokens are kept.
#[derive(Clone)]
pub struct Client {
    exchange: Arc<Exchange>,
    retry: Retry,
    observer: Arc<dyn Observer>,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("retry", &self.retry).finish_non_exhaustive()
    }
}

impl Client {
    /// A client; nothing is read or sent before the first request.
    #[must_use]
    pub fn new(credentials: impl Credentials + 'static, settings: Settings) -> Self {
        let transport = transport::Transport::new(settings.user_agent, settings.timeouts);
        let keys = Keys::new(Box::new(credentials));
        let exchange = Arc::new(Exchange::new(transport, keys, settings.insecure));
        Self { exchange, retry: settings.retry, observer: settings.observer }
    }

    /// Says beforehand what will be done with a repository, so that one token serves for all of
    /// it. Nothing is sent.
    pub fn expect(&self, repository: &Repository, access: Access) {
        self.exchange.keys.expect(repository, access);
    }

    fn retrying<T>(&self, attempt: impl FnMut(u32) -> Result<T, Error>) -> Result<T, Error> {
        self.retry.run(|error, number, pause| self.observer.retrying(error, number, pause), attempt)
    }

    /// One attempt at a request below a repository.
    fn ask(&self, target: &Target<'_>, rest: &str) -> Result<Response<Body>, Error> {
        let origin = self.exchange.origin(target.repository)?;
        let address = origin.below(target.repository, rest);
        let address = address.ok_or_else(|| Error::Address(target.repository.registry().to_owned()))?;
        self.ask_at(target, &address)
    }

    /// One attempt at a request to an address that the registry gave.
    fn ask_at(&self, target: &Target<'_>, address: &Uri) -> Result<Response<Body>, Error> {
        self.exchange.send(target, address)
    }
}

impl Target<'_> {
    fn invalid(&self, client: &Client, what: impl Into<String>) -> Error {
        let host = client.exchange.origin(self.repository).map(|origin| origin.authority());
        let host = host.unwrap_or_else(|_| self.repository.registry().to_owned());
        Asked { host: &host, request: &self.what }.invalid(what)
    }
}

/// Where the next step of an upload is: the answer's `Location`, from the address that was asked.
fn next_address(client: &Client, target: &Target<'_>, base: &Uri, response: &Response<Body>) -> Result<Uri, Error> {
    let location = response.headers().get(LOCATION).and_then(|value| value.to_str().ok());
    let location = location.ok_or_else(|| target.invalid(client, "there is no `Location` in it"))?;
    address::resolve(base, location)
        .ok_or_else(|| target.invalid(client, format!("its `Location` is no address: `{}`", printable(location))))
}

/// A header's text.
fn header<'a>(response: &'a Response<Body>, name: &str) -> Option<&'a str> {
    response.headers().get(name)?.to_str().ok().map(str::trim)
}
