//! Connection and credentials, renewed together when the credentials run out.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http_body_util::Full;
use hyper::header::{HeaderName, HeaderValue};
use hyper_rustls::HttpsConnector;
use hyper_util::client::legacy::Client as Http;

use super::connect::{self, Dial, Proxies};
use super::{Client, ClientError, auth, exec, tls};
use crate::kubeconfig::{Exec, Target};

/// A token in a file is read again this often: the kubelet and others renew it in place.
const TOKEN_FILE_AGE: Duration = Duration::from_secs(60);

/// What a client is told besides the target.
#[derive(Clone)]
pub struct Options {
    /// Programs that may run to get credentials, besides [`Exec::ALLOWED`].
    pub allow_exec: Vec<String>,
    /// How long such a program may take.
    pub exec_timeout: Duration,
    /// The proxies of the environment; a kubeconfig's `proxy-url` wins.
    pub proxies: Proxies,
    /// Called with a line when something takes long: a retry, a broken watch.
    pub note: Arc<dyn Fn(&str) + Send + Sync>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            allow_exec: Vec::new(),
            exec_timeout: Exec::DEFAULT_TIMEOUT,
            proxies: Proxies::default(),
            note: Arc::new(|_| {}),
        }
    }
}

pub(super) type HttpClient = Http<HttpsConnector<Dial>, Full<Bytes>>;

/// A connection pool with the headers that say who asks.
pub(super) struct Session {
    http: HttpClient,
    /// The server's address without a slash at the end.
    base: String,
    headers: Vec<(HeaderName, HeaderValue)>,
    expires: Option<SystemTime>,
}

impl Session {
    pub(super) async fn open(target: &Target, options: &Options) -> Result<Self, ClientError> {
        let credentials = match &target.user.exec {
            Some(program) => Some(exec::run(program, target, options).await?),
            None => None,
        };
        let tls = tls::configuration(target, credentials.as_ref())?;
        let expires = match &credentials {
            Some(credentials) => credentials.expires,
            None => target.user.token_file.as_ref().map(|_| SystemTime::now() + TOKEN_FILE_AGE),
        };
        Ok(Self {
            http: connect::client(target, tls, &options.proxies)?,
            base: target.cluster.server.trim_end_matches('/').to_owned(),
            headers: auth::headers(&target.user, credentials.as_ref())?,
            expires,
        })
    }

    pub(super) fn uri(&self, path: &str, query: &str) -> String {
        format!("{}{path}{query}", self.base)
    }

    pub(super) fn headers(&self) -> impl Iterator<Item = (&HeaderName, &HeaderValue)> {
        self.headers.iter().map(|(name, value)| (name, value))
    }

    pub(super) fn http(&self) -> &HttpClient {
        &self.http
    }

    fn is_over(&self) -> bool {
        self.expires.is_some_and(|expires| expires <= SystemTime::now())
    }
}

impl Client {
    /// The session, renewed if its credentials ran out.
    pub(super) async fn session(&self) -> Result<Arc<Session>, ClientError> {
        let session = Arc::clone(&*self.shared.session.read().await);
        if !session.is_over() {
            return Ok(session);
        }
        let mut current = self.shared.session.write().await;
        if current.is_over() {
            *current = Arc::new(Session::open(&self.shared.target, &self.shared.options).await?);
        }
        Ok(Arc::clone(&current))
    }

    /// Gets new credentials after the server did not know the old ones; `false` where there are no others.
    pub(super) async fn renew(&self) -> Result<bool, ClientError> {
        let user = &self.shared.target.user;
        if user.exec.is_none() && user.token_file.is_none() {
            return Ok(false);
        }
        let renewed = Session::open(&self.shared.target, &self.shared.options).await?;
        *self.shared.session.write().await = Arc::new(renewed);
        Ok(true)
    }
}
