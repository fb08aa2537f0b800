//! TCP to the server or its proxy, TLS on top.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use hyper::Uri;
use hyper_rustls::{FixedServerNameResolver, HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client as Http;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::connect::proxy::{SocksV5, Tunnel};
use hyper_util::client::proxy::matcher::{Intercept, Matcher};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use rustls::pki_types::ServerName;
use tokio::net::TcpStream;
use tower_service::Service;

use super::ClientError;
use super::session::HttpClient;
use crate::kubeconfig::Target;
use crate::local::is_loopback;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// A dead HTTP/2 connection is noticed after this and as long again.
const PING: Duration = Duration::from_secs(10);

/// The proxies that the environment names, as curl and kubectl read them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Proxies {
    /// `HTTPS_PROXY` or `https_proxy`.
    pub https: Option<String>,
    /// `HTTP_PROXY` or `http_proxy`.
    pub http: Option<String>,
    /// `NO_PROXY` or `no_proxy`.
    pub none: Option<String>,
}

impl Proxies {
    fn matcher(&self) -> Matcher {
        let text = |value: &Option<String>| value.clone().unwrap_or_default();
        Matcher::builder().https(text(&self.https)).http(text(&self.http)).no(text(&self.none)).build()
    }
}

type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// A way to the server.
#[derive(Clone)]
pub(super) enum Dial {
    Direct(HttpConnector),
    Tunnel(Tunnel<HttpConnector>),
    Socks(SocksV5<HttpConnector>),
}

impl Service<Uri> for Dial {
    type Response = TokioIo<TcpStream>;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, BoxError>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        match self {
            Self::Direct(connector) => connector.poll_ready(context).map_err(Into::into),
            Self::Tunnel(connector) => connector.poll_ready(context).map_err(Into::into),
            Self::Socks(connector) => connector.poll_ready(context).map_err(Into::into),
        }
    }

    fn call(&mut self, to: Uri) -> Self::Future {
        match self {
            Self::Direct(connector) => boxed(connector.call(to)),
            Self::Tunnel(connector) => boxed(connector.call(to)),
            Self::Socks(connector) => boxed(connector.call(to)),
        }
    }
}

fn boxed<F, T, E>(future: F) -> Pin<Box<dyn Future<Output = Result<T, BoxError>> + Send>>
where
    F: Future<Output = Result<T, E>> + Send + 'static,
    E: Into<BoxError>,
{
    Box::pin(async move {
        match tokio::time::timeout(CONNECT_TIMEOUT, future).await {
            Ok(connected) => connected.map_err(Into::into),
            Err(_) => Err(format!("no connection within {} s", CONNECT_TIMEOUT.as_secs()).into()),
        }
    })
}

/// An HTTP client for the target: HTTP/2 where the server speaks it.
pub(super) fn client(target: &Target, tls: rustls::ClientConfig, proxies: &Proxies) -> Result<HttpClient, ClientError> {
    let dial = dial(target, proxies)?;
    let builder = HttpsConnectorBuilder::new().with_tls_config(tls).https_or_http();
    let builder = match &target.cluster.tls_server_name {
        Some(name) => builder.with_server_name_resolver(FixedServerNameResolver::new(server_name(name)?)),
        None => builder,
    };
    let connector: HttpsConnector<Dial> = builder.enable_all_versions().wrap_connector(dial);
    Ok(Http::builder(TokioExecutor::new())
        .timer(TokioTimer::new())
        .pool_timer(TokioTimer::new())
        .http2_keep_alive_interval(PING)
        .http2_keep_alive_timeout(PING)
        .http2_adaptive_window(true)
        .build(connector))
}

fn server_name(name: &str) -> Result<ServerName<'static>, ClientError> {
    ServerName::try_from(name.to_owned())
        .map_err(|_| ClientError::Credentials { why: format!("`tls-server-name: {name}` is not a host name") })
}

fn dial(target: &Target, proxies: &Proxies) -> Result<Dial, ClientError> {
    let mut direct = HttpConnector::new();
    direct.enforce_http(false);
    direct.set_nodelay(true);
    let server = target.cluster.server.parse::<Uri>().map_err(|error| ClientError::Credentials {
        why: format!("the cluster's address `{}` is malformed: {error}", target.cluster.server),
    })?;
    let configured = target.cluster.proxy_url.as_ref().map(|proxy| Matcher::builder().all(proxy.as_str()).build());
    // As Go does it, and so kubectl: the environment's proxies are never asked for this machine.
    let here = configured.is_none() && is_loopback(&target.cluster.server);
    let intercept = configured.unwrap_or_else(|| proxies.matcher()).intercept(&server).filter(|_| !here);
    match (intercept, &target.cluster.proxy_url) {
        (Some(proxy), _) => through(&proxy, direct),
        (None, None) => Ok(Dial::Direct(direct)),
        (None, Some(_)) => Err(ClientError::Credentials { why: "the cluster's `proxy-url` is malformed".to_owned() }),
    }
}

fn through(proxy: &Intercept, direct: HttpConnector) -> Result<Dial, ClientError> {
    match proxy.uri().scheme_str() {
        Some("http") => {
            let tunnel = Tunnel::new(proxy.uri().clone(), direct);
            Ok(Dial::Tunnel(match proxy.basic_auth() {
                Some(auth) => tunnel.with_auth(auth.clone()),
                None => tunnel,
            }))
        }
        Some("socks5" | "socks5h") => {
            let socks = SocksV5::new(proxy.uri().clone(), direct);
            Ok(Dial::Socks(match proxy.raw_auth() {
                Some((user, password)) => socks.with_auth(user.to_owned(), password.to_owned()),
                None => socks,
            }))
        }
        scheme => Err(ClientError::Credentials {
            why: format!(
                "a proxy with the scheme `{}` is not supported: use `http` or `socks5`",
                scheme.unwrap_or_default()
            ),
        }),
    }
}
