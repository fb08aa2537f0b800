//! One call: sent, retried where that helps, its answer read within bounds.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::header::{ACCEPT, CONTENT_TYPE, RETRY_AFTER, USER_AGENT};
use hyper::{Request, Response};
use serde_json::Value;

use super::{Client, ClientError, retry, status};

/// How long an answer may take, body included.
const TIMEOUT: Duration = Duration::from_secs(30);
/// The largest answer that is read.
const MAX_ANSWER: usize = 256 << 20;
const AGENT: &str = concat!("linkspan/", env!("CARGO_PKG_VERSION"));

/// A call that can be made again.
#[derive(Clone)]
pub(super) struct Call {
    method: &'static str,
    path: String,
    query: String,
    accept: &'static str,
    content_type: &'static str,
    body: Bytes,
}

impl Call {
    pub(super) fn new(method: &'static str, path: String) -> Self {
        let (accept, content_type) = ("application/json", "");
        Self { method, path, query: String::new(), accept, content_type, body: Bytes::new() }
    }

    pub(super) fn get(path: String) -> Self {
        Self::new("GET", path)
    }

    pub(super) fn query(mut self, name: &str, value: impl AsRef<str>) -> Self {
        self.query.push(if self.query.is_empty() { '?' } else { '&' });
        self.query.push_str(&format!("{name}={}", escape(value.as_ref())));
        self
    }

    pub(super) fn accept(mut self, accept: &'static str) -> Self {
        self.accept = accept;
        self
    }

    pub(super) fn body(mut self, content_type: &'static str, body: &Value) -> Self {
        self.content_type = content_type;
        self.body = Bytes::from(body.to_string());
        self
    }

    /// A create is the one call that must not be made twice if it may have been heard.
    fn is_repeatable(&self) -> bool {
        self.method != "POST"
    }
}

/// Percent-encoding of a path segment or query value (RFC 3986: all but the unreserved characters).
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                escaped.push(char::from(byte));
            }
            _ => escaped.push_str(&format!("%{byte:02X}")),
        }
    }
    escaped
}

/// Why there is no usable answer.
enum Trouble {
    /// The connection failed; the request was not heard if `sent` is false.
    Connection { why: String, sent: bool },
    /// The server cannot work on it now.
    Busy { code: u16, after: Option<Duration>, error: ClientError },
    /// The server does not know the user: the credentials may have run out.
    Unknown(ClientError),
    /// Trying again will not help.
    Final(ClientError),
}

impl Client {
    /// Makes a call and reads its answer as JSON.
    pub(super) async fn call(&self, call: Call) -> Result<Value, ClientError> {
        let bytes = self.call_bytes(call).await?;
        serde_json::from_slice(&bytes).map_err(|error| self.malformed(&format!("not JSON: {error}")))
    }

    /// Makes a call and reads its answer.
    pub(super) async fn call_bytes(&self, call: Call) -> Result<Bytes, ClientError> {
        let (mut attempt, mut renewed) = (1, false);
        loop {
            let attempted = match tokio::time::timeout(TIMEOUT, self.attempt(&call)).await {
                Ok(attempted) => attempted,
                Err(_) => {
                    Err(Trouble::Connection { why: format!("no answer within {} s", TIMEOUT.as_secs()), sent: true })
                }
            };
            let trouble = match attempted {
                Ok(bytes) => return Ok(bytes),
                Err(Trouble::Unknown(_)) if !renewed && self.renew().await? => {
                    renewed = true;
                    continue;
                }
                Err(trouble) => trouble,
            };
            attempt += 1;
            self.pause(&call, attempt, trouble).await?;
        }
    }

    /// Waits before another attempt, or gives the error that ends it.
    async fn pause(&self, call: &Call, next: u32, trouble: Trouble) -> Result<(), ClientError> {
        let (why, after, error) = match trouble {
            Trouble::Final(error) | Trouble::Unknown(error) => return Err(error),
            Trouble::Connection { why, sent } => {
                let error = self.unreachable(&why);
                if sent && !call.is_repeatable() {
                    return Err(error);
                }
                (why, None, error)
            }
            Trouble::Busy { code, after, error } => (format!("the server answered {code}"), after, error),
        };
        let pause = retry::pause(next, after).ok_or(error)?;
        self.tell(&format!("{why}; trying again in {:.1} s", pause.as_secs_f32()));
        tokio::time::sleep(pause).await;
        Ok(())
    }

    async fn attempt(&self, call: &Call) -> Result<Bytes, Trouble> {
        let response = self.send(call).await?;
        let (code, after) = (response.status().as_u16(), retry_after(&response));
        let body = collect(response.into_body()).await.map_err(|why| Trouble::Connection { why, sent: true })?;
        match code {
            200..=299 => Ok(body),
            401 => Err(Trouble::Unknown(status::classify(code, &body))),
            code if retry::is_transient(code) => match status::classify(code, &body) {
                error @ ClientError::Invalid { .. } => Err(Trouble::Final(error)),
                ClientError::Status { message, .. } => {
                    let error = self.unreachable(&format!("the server answered {code}: {message}"));
                    Err(Trouble::Busy { code, after, error })
                }
                error => Err(Trouble::Busy { code, after, error }),
            },
            300..=399 => Err(Trouble::Final(self.malformed(&format!("a redirect ({code}), which is not followed")))),
            code => Err(Trouble::Final(status::classify(code, &body))),
        }
    }

    /// Sends a request; the answer's body is still to be read.
    async fn send(&self, call: &Call) -> Result<Response<Incoming>, Trouble> {
        let session = self.session().await.map_err(Trouble::Final)?;
        let uri = session.uri(&call.path, &call.query);
        let mut request =
            Request::builder().method(call.method).uri(uri).header(USER_AGENT, AGENT).header(ACCEPT, call.accept);
        if !call.content_type.is_empty() {
            request = request.header(CONTENT_TYPE, call.content_type);
        }
        for (name, value) in session.headers() {
            request = request.header(name, value);
        }
        let request = request
            .body(Full::new(call.body.clone()))
            .map_err(|error| Trouble::Final(self.malformed(&format!("the request cannot be made: {error}"))))?;
        session.http().request(request).await.map_err(|error| {
            let why = reasons(&error).trim_start_matches("client error (Connect): ").to_owned();
            // A wrong certificate stays wrong.
            if why.contains("invalid peer certificate") {
                return Trouble::Final(self.unreachable(&why));
            }
            Trouble::Connection { sent: !error.is_connect(), why }
        })
    }

    /// Opens a stream of lines: one attempt, because the caller lists again anyway.
    pub(super) async fn stream(&self, call: &Call) -> Result<Incoming, ClientError> {
        let opened = match tokio::time::timeout(TIMEOUT, self.send(call)).await {
            Ok(opened) => opened,
            Err(_) => return Err(self.unreachable("no answer in time")),
        };
        let response = match opened {
            Ok(response) => response,
            Err(Trouble::Connection { why, .. }) => return Err(self.unreachable(&why)),
            Err(Trouble::Final(error) | Trouble::Unknown(error) | Trouble::Busy { error, .. }) => {
                return Err(error);
            }
        };
        let code = response.status().as_u16();
        if response.status().is_success() {
            return Ok(response.into_body());
        }
        let body = tokio::time::timeout(TIMEOUT, collect(response.into_body())).await;
        let body = body.unwrap_or_else(|_| Err(String::new())).map_err(|why| self.unreachable(&why))?;
        match status::classify(code, &body) {
            ClientError::Status { message, .. } if retry::is_transient(code) => {
                Err(self.unreachable(&format!("the server answered {code}: {message}")))
            }
            error => Err(error),
        }
    }

    pub(super) fn unreachable(&self, why: &str) -> ClientError {
        ClientError::Unreachable { server: self.shared.target.cluster.server.clone(), why: why.to_owned() }
    }

    /// Tells the user why it takes long.
    pub(super) fn tell(&self, line: &str) {
        (self.shared.options.note)(line);
    }
}

fn retry_after(response: &Response<Incoming>) -> Option<Duration> {
    let seconds = response.headers().get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds))
}

async fn collect(mut body: Incoming) -> Result<Bytes, String> {
    let mut bytes = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| format!("the answer was cut off: {}", reasons(&error)))?;
        if let Ok(data) = frame.into_data() {
            bytes.extend_from_slice(&data);
        }
        if bytes.len() > MAX_ANSWER {
            return Err(format!("the answer is larger than {} MiB", MAX_ANSWER >> 20));
        }
    }
    Ok(bytes.freeze())
}

/// An error and what it comes from, each once.
pub(super) fn reasons(error: &dyn std::error::Error) -> String {
    let mut told = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let text = error.to_string();
        if !told.contains(&text) {
            told = format!("{told}: {text}");
        }
        cause = error.source();
    }
    told
}
