//! Connecting to a pod's port through the cluster's API.

use std::sync::Arc;
use std::time::Duration;

use linkspan_kube::kubeconfig::Target;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::{HeaderValue, Request, Uri};
use tokio_tungstenite::{WebSocketStream, client_async};

use super::choose::Backend;
use super::tls;

/// The protocol of a forwarded port: every message begins with a channel's number (`0` is data, `1` is what went
/// wrong), and the first of each channel holds the port.
const PROTOCOL: &str = "v4.channel.k8s.io";

const TIMEOUT: Duration = Duration::from_secs(10);

/// Anything that bytes go through both ways.
pub(super) trait Pipe: AsyncRead + AsyncWrite + Unpin + Send {}

impl<T: AsyncRead + AsyncWrite + Unpin + Send> Pipe for T {}

/// A WebSocket to a pod's port.
pub(super) type Tunnel = WebSocketStream<Box<dyn Pipe>>;

/// A way to a cluster's API for connections that are taken over.
pub(super) struct Dialer {
    target: Target,
    tls: Option<TlsConnector>,
    address: (String, u16),
    name: ServerName<'static>,
    base: Uri,
}

impl Dialer {
    /// Reads certificates; nothing is connected yet.
    ///
    /// # Errors
    /// A sentence: what cannot be read, or is not supported for forwarding.
    pub(super) fn new(target: Target) -> Result<Self, String> {
        let cluster = &target.cluster;
        if cluster.proxy_url.is_some() {
            return Err("forwarding does not go through a proxy (`proxy-url`)".to_owned());
        }
        let base: Uri =
            cluster.server.parse().map_err(|error| format!("the cluster's address is malformed: {error}"))?;
        let secure = base.scheme_str() == Some("https");
        let host = base.host().ok_or("the cluster's address has no host")?.trim_matches(['[', ']']).to_owned();
        let name = cluster.tls_server_name.clone().unwrap_or_else(|| host.clone());
        let name = ServerName::try_from(name).map_err(|_| "the cluster's name is not a host name")?;
        let tls = if secure { Some(TlsConnector::from(Arc::new(tls::configuration(&target)?))) } else { None };
        tls::authorization(&target)?;
        let port = base.port_u16().unwrap_or(if secure { 443 } else { 80 });
        Ok(Self { target, tls, address: (host, port), name, base })
    }

    /// Connects to a pod's port.
    ///
    /// # Errors
    /// A sentence: the cluster cannot be reached, the pod is gone, or it may not be forwarded to.
    pub(super) async fn dial(&self, namespace: &str, backend: &Backend) -> Result<Tunnel, String> {
        match tokio::time::timeout(TIMEOUT, self.connect(namespace, backend)).await {
            Ok(connected) => connected,
            Err(_) => Err(format!("no answer within {} s", TIMEOUT.as_secs())),
        }
    }

    async fn connect(&self, namespace: &str, backend: &Backend) -> Result<Tunnel, String> {
        let request = self.request(namespace, backend)?;
        let tcp = TcpStream::connect(&self.address).await.map_err(|error| error.to_string())?;
        // What cannot be set only costs speed.
        let _ = tcp.set_nodelay(true);
        let stream: Box<dyn Pipe> = match &self.tls {
            Some(tls) => Box::new(tls.connect(self.name.clone(), tcp).await.map_err(|error| error.to_string())?),
            None => Box::new(tcp),
        };
        let (tunnel, _) = client_async(request, stream).await.map_err(|error| error.to_string())?;
        Ok(tunnel)
    }

    fn request(&self, namespace: &str, backend: &Backend) -> Result<Request<()>, String> {
        let scheme = if self.tls.is_some() { "wss" } else { "ws" };
        let authority = self.base.authority().map(ToString::to_string).unwrap_or_default();
        let path = self.base.path().trim_end_matches('/');
        let Backend { pod, port } = backend;
        let uri =
            format!("{scheme}://{authority}{path}/api/v1/namespaces/{namespace}/pods/{pod}/portforward?ports={port}");
        let mut request = uri.into_client_request().map_err(|error| error.to_string())?;
        let headers = request.headers_mut();
        headers.insert("sec-websocket-protocol", HeaderValue::from_static(PROTOCOL));
        if let Some(authorization) = tls::authorization(&self.target)? {
            let mut value = HeaderValue::from_str(&authorization).map_err(|_| "the token has odd characters")?;
            value.set_sensitive(true);
            headers.insert("authorization", value);
        }
        Ok(request)
    }
}
