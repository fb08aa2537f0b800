//! The wire: TLS on loopback, HTTP/1.1 and HTTP/2.

use std::convert::Infallible;
use std::future::Future;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;

use super::message::{Answer, Content, Request};
use super::query::Query;
use crate::access::{Gate, Identity};
use crate::status::Status;

/// The largest body of a request (apiserver's default of `MaxRequestBodyBytes`).
const LARGEST_BODY: usize = 3 * 1024 * 1024;
/// How long a client may take to say who it is.
const HANDSHAKE: Duration = Duration::from_secs(10);

/// Answers requests.
pub(crate) trait Service: Send + Sync + 'static {
    /// The answer to one request.
    fn answer(&self, request: Request) -> impl Future<Output = Answer> + Send;
}

/// Serves connections until the future is dropped.
///
/// # Errors
/// No more connections can be accepted.
pub(crate) async fn serve<S: Service>(
    listener: TcpListener,
    tls: TlsAcceptor,
    gate: Arc<Gate>,
    service: Arc<S>,
) -> io::Result<()> {
    loop {
        let stream = match listener.accept().await {
            Ok((stream, _)) => stream,
            Err(error) if passes(&error) => continue,
            Err(error) if out_of_files(&error) => {
                tokio::time::sleep(Duration::from_millis(50)).await;
                continue;
            }
            Err(error) => return Err(error),
        };
        tokio::spawn(connection(stream, tls.clone(), Arc::clone(&gate), Arc::clone(&service)));
    }
}

/// The client is gone already.
fn passes(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionReset, Interrupted};
    matches!(error.kind(), ConnectionAborted | ConnectionReset | Interrupted)
}

fn out_of_files(error: &io::Error) -> bool {
    const EMFILE: i32 = 24;
    const ENFILE: i32 = 23;
    matches!(error.raw_os_error(), Some(EMFILE | ENFILE))
}

async fn connection<S: Service>(stream: TcpStream, tls: TlsAcceptor, gate: Arc<Gate>, service: Arc<S>) {
    // A client that breaks off is no event.
    let _ = stream.set_nodelay(true);
    let Ok(Ok(stream)) = timeout(HANDSHAKE, tls.accept(stream)).await else { return };
    let certified = stream.get_ref().1.peer_certificates().is_some_and(|chain| !chain.is_empty());
    let handler = service_fn(|request| {
        let (gate, service) = (Arc::clone(&gate), Arc::clone(&service));
        async move {
            let answer = match read(request, certified, &gate).await {
                Ok(request) => service.answer(request).await,
                Err(status) => Answer::status(&status),
            };
            Ok::<http::Response<Content>, Infallible>(answer.into())
        }
    });
    let builder = auto::Builder::new(TokioExecutor::new());
    let _ = builder.serve_connection_with_upgrades(TokioIo::new(stream), handler).await;
}

/// Who asks is known before the body is read.
async fn read(request: http::Request<Incoming>, certified: bool, gate: &Gate) -> Result<Request, Status> {
    let (parts, body) = request.into_parts();
    let identity = identity(&parts.headers, certified, gate)?;
    let body = whole(body).await?;
    let query = Query::read(parts.uri.query().unwrap_or_default());
    let path = parts.uri.path().to_owned();
    Ok(Request { method: parts.method, path, query, headers: parts.headers, body, identity })
}

fn identity(headers: &http::HeaderMap, certified: bool, gate: &Gate) -> Result<Identity, Status> {
    let bearer = headers.get(http::header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    gate.identify(certified, bearer, headers)
}

async fn whole(body: Incoming) -> Result<Bytes, Status> {
    match Limited::new(body, LARGEST_BODY).collect().await {
        Ok(body) => Ok(body.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => Err(Status::too_large(format_args!("limit is {LARGEST_BODY}"))),
        Err(error) => Err(Status::bad_request(format!("the body of the request cannot be read: {error}"))),
    }
}
