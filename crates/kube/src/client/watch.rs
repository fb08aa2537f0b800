//! All objects of a resource, and then their changes, for as long as one asks.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use bytes::{Buf, BytesMut};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use serde_json::Value;

use super::request::{Call, reasons};
use super::{Client, ClientError, Resource, status};
use crate::Object;

/// The server ends a watch after this; so a dead connection is noticed soon.
const SERVER_TIMEOUT: Duration = Duration::from_secs(25);
/// Nothing at all for longer than this means that the connection is dead.
const SILENCE: Duration = Duration::from_secs(30);
/// The longest event; etcd holds at most 1.5 MiB per object by default.
const MAX_EVENT: usize = 32 << 20;
/// A stream that ends sooner was cut, and counts as a failure.
const CUT: Duration = Duration::from_secs(1);
/// Pauses after failures in a row; then it is given up.
const PAUSES: [Duration; 6] = [
    Duration::from_millis(100),
    Duration::from_millis(500),
    Duration::from_secs(1),
    Duration::from_secs(2),
    Duration::from_secs(4),
    Duration::from_secs(8),
];

/// What a watch tells.
#[derive(Debug, Clone, PartialEq)]
pub enum WatchEvent {
    /// All objects there are: what is not among them does not exist. Comes first, and again after a gap.
    Listed(Vec<Object>),
    /// An object is new or has changed.
    Applied(Object),
    /// An object is gone; its last state.
    Deleted(Object),
}

/// A watch that mends itself: cut connections go on where they were, a version that is gone is listed anew.
pub struct Watch {
    client: Client,
    resource: Resource,
    namespace: String,
    version: Option<String>,
    stream: Option<Incoming>,
    opened: Instant,
    buffer: BytesMut,
    /// How much of the buffer is known to have no line end.
    searched: usize,
    ready: VecDeque<WatchEvent>,
    failures: usize,
}

impl Watch {
    pub(super) fn new(client: Client, resource: Resource, namespace: String) -> Self {
        Self {
            client,
            resource,
            namespace,
            version: None,
            stream: None,
            opened: Instant::now(),
            buffer: BytesMut::new(),
            searched: 0,
            ready: VecDeque::new(),
            failures: 0,
        }
    }

    /// Goes on from a list that was made before, instead of listing first.
    #[must_use]
    pub fn from_version(mut self, version: impl Into<String>) -> Self {
        self.version = Some(version.into());
        self
    }

    /// The resource that is watched.
    #[must_use]
    pub fn resource(&self) -> &Resource {
        &self.resource
    }

    /// The next event. May be dropped while it waits: nothing is lost.
    ///
    /// # Errors
    /// [`ClientError`] when the cluster could not be reached six times in a row, or denies access. Calling again
    /// after an error tries anew.
    pub async fn next(&mut self) -> Result<WatchEvent, ClientError> {
        loop {
            if let Some(event) = self.ready.pop_front() {
                return Ok(event);
            }
            match self.advance().await {
                Ok(()) => {}
                Err(error @ ClientError::Gone) => {
                    self.version = None;
                    self.pause(error).await?;
                }
                Err(error @ (ClientError::Unreachable { .. } | ClientError::Malformed { .. })) => {
                    self.pause(error).await?;
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// Lists, connects or reads: one step.
    async fn advance(&mut self) -> Result<(), ClientError> {
        let Some(version) = self.version.clone() else {
            return self.list().await;
        };
        if self.stream.is_none() {
            self.stream = Some(self.client.stream(&self.call(&version)).await?);
            self.opened = Instant::now();
            self.buffer.clear();
            self.searched = 0;
        }
        self.read().await
    }

    async fn list(&mut self) -> Result<(), ClientError> {
        let list = self.client.list(&self.resource, &self.namespace, "").await?;
        self.version = Some(list.resource_version);
        self.ready.push_back(WatchEvent::Listed(list.items));
        Ok(())
    }

    fn call(&self, version: &str) -> Call {
        Call::get(self.resource.path(&self.namespace, None))
            .query("watch", "true")
            .query("resourceVersion", version)
            .query("allowWatchBookmarks", "true")
            .query("timeoutSeconds", SERVER_TIMEOUT.as_secs().to_string())
    }

    async fn read(&mut self) -> Result<(), ClientError> {
        let Some(stream) = &mut self.stream else {
            return Ok(());
        };
        let frame = match tokio::time::timeout(SILENCE, stream.frame()).await {
            Ok(Some(Ok(frame))) => frame,
            // The server's time for a watch is over: that is no failure.
            Ok(None) if self.opened.elapsed() >= CUT => {
                self.stream = None;
                self.failures = 0;
                return Ok(());
            }
            Ok(None) => return Err(self.broken("the watch was cut")),
            Ok(Some(Err(error))) => return Err(self.broken(&reasons(&error))),
            Err(_) => return Err(self.broken("the watch fell silent")),
        };
        if let Ok(data) = frame.into_data() {
            self.buffer.extend_from_slice(&data);
        }
        self.lines()
    }

    /// Takes whole lines out of the buffer.
    fn lines(&mut self) -> Result<(), ClientError> {
        while let Some(end) = self.buffer.iter().skip(self.searched).position(|byte| *byte == b'\n') {
            let line = self.buffer.split_to(self.searched + end);
            self.buffer.advance(1);
            self.searched = 0;
            if !line.trim_ascii().is_empty() {
                self.event(&line)?;
            }
        }
        self.searched = self.buffer.len();
        if self.buffer.len() > MAX_EVENT {
            self.stream = None;
            return Err(self.client.malformed("an event of a watch is too long"));
        }
        Ok(())
    }

    fn event(&mut self, line: &[u8]) -> Result<(), ClientError> {
        let mut event: Value = serde_json::from_slice(line).map_err(|error| self.malformed(&error.to_string()))?;
        let kind = event.get("type").and_then(Value::as_str).unwrap_or_default().to_owned();
        let value = event.get_mut("object").map(Value::take).unwrap_or_default();
        if kind == "ERROR" {
            self.stream = None;
            return Err(self.refused(&value));
        }
        let object = Object::new(value).map_err(|error| self.malformed(&error.to_string()))?;
        if !object.resource_version().is_empty() {
            self.version = Some(object.resource_version().to_owned());
        }
        self.failures = 0;
        match kind.as_str() {
            "ADDED" | "MODIFIED" => self.ready.push_back(WatchEvent::Applied(object)),
            "DELETED" => self.ready.push_back(WatchEvent::Deleted(object)),
            // Only the version counts.
            "BOOKMARK" => {}
            other => {
                return Err(self.malformed(&format!("unknown event `{}`", other.chars().take(40).collect::<String>())));
            }
        }
        Ok(())
    }

    /// What an `ERROR` event says: a `Status`.
    fn refused(&self, value: &Value) -> ClientError {
        let code = value.get("code").and_then(Value::as_u64).and_then(|code| u16::try_from(code).ok()).unwrap_or(500);
        match status::classify(code, value.to_string().as_bytes()) {
            ClientError::Status { message, .. } => self.client.unreachable(&message),
            error => error,
        }
    }

    fn broken(&mut self, why: &str) -> ClientError {
        self.stream = None;
        self.client.unreachable(why)
    }

    fn malformed(&mut self, what: &str) -> ClientError {
        self.stream = None;
        self.client.malformed(&format!("an event of a watch: {what}"))
    }

    async fn pause(&mut self, error: ClientError) -> Result<(), ClientError> {
        self.stream = None;
        // An answer that makes no sense may come again from the same version: begin anew.
        if matches!(error, ClientError::Malformed { .. }) {
            self.version = None;
        }
        let Some(pause) = PAUSES.get(self.failures) else {
            self.failures = 0;
            return Err(error);
        };
        self.failures += 1;
        self.client.tell(&format!("watching {}: {error}; trying again", self.resource.plural));
        tokio::time::sleep(*pause).await;
        Ok(())
    }
}
