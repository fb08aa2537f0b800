//! Requests and answers, apart from the wire.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue, RETRY_AFTER, WARNING};
use http::{HeaderMap, Method, Response, StatusCode};
use hyper::body::{Body, Frame, SizeHint};
use serde_json::Value;
use tokio::sync::mpsc;

use super::accept::{Encoding, Form};
use super::query::Query;
use crate::access::Identity;
use crate::status::Status;

/// A request that has arrived as a whole.
#[derive(Debug)]
pub(crate) struct Request {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) query: Query,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    pub(crate) identity: Identity,
}

impl Request {
    /// A header's value; empty if it is not there or no text.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// The body's media type without its parameters; JSON if it is not said.
    pub(crate) fn media_type(&self) -> &str {
        let media_type = self.header("content-type").split(';').next().unwrap_or_default().trim();
        if media_type.is_empty() { "application/json" } else { media_type }
    }
}

/// What follows the headers of an answer.
#[derive(Debug)]
pub(crate) enum Content {
    /// All of it.
    Whole(Bytes),
    /// Piece by piece, until the sender is dropped.
    Stream(mpsc::Receiver<Bytes>),
}

/// What a request is answered with.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) code: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) content: Content,
}

impl Answer {
    /// A text of a media type.
    pub(crate) fn new(code: u16, media_type: &str, content: impl Into<Bytes>) -> Self {
        let mut headers = HeaderMap::new();
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache, private"));
        if let Ok(value) = HeaderValue::from_str(media_type) {
            headers.insert(CONTENT_TYPE, value);
        }
        Self { code, headers, content: Content::Whole(content.into()) }
    }

    /// A plain text.
    pub(crate) fn text(code: u16, text: impl Into<Bytes>) -> Self {
        Self::new(code, "text/plain; charset=utf-8", text)
    }

    /// A value in the form that was asked for.
    pub(crate) fn value(code: u16, form: Form, value: &Value) -> Self {
        Self::new(code, form.media_type(), encode(form.encoding, value))
    }

    /// What is already JSON.
    pub(crate) fn json(code: u16, json: Bytes) -> Self {
        Self::new(code, "application/json", json)
    }

    /// Events as they come.
    pub(crate) fn stream(media_type: &str, events: mpsc::Receiver<Bytes>) -> Self {
        Self { content: Content::Stream(events), ..Self::new(200, media_type, Bytes::new()) }
    }

    /// A refusal, or a success without an object.
    pub(crate) fn status(status: &Status) -> Self {
        let mut answer = Self::value(status.code, Form::PLAIN, &status.to_value());
        if let Some(seconds) = status.details.as_ref().map(|details| details.retry_after_seconds).filter(|it| *it > 0) {
            answer.headers.insert(RETRY_AFTER, seconds.into());
        }
        answer
    }

    /// With warnings, each once and in the form of RFC 7234 that clients of Kubernetes print.
    pub(crate) fn warn<'a>(mut self, warnings: impl IntoIterator<Item = &'a str>) -> Self {
        let mut said = std::collections::BTreeSet::new();
        for text in warnings.into_iter().filter(|text| said.insert(*text)) {
            let line: String = text.chars().map(|one| if one.is_control() { ' ' } else { one }).collect();
            let quoted = line.replace('\\', "\\\\").replace('"', "\\\"");
            if let Ok(value) = HeaderValue::from_bytes(format!("299 - \"{quoted}\"").as_bytes()) {
                self.headers.append(WARNING, value);
            }
        }
        self
    }
}

/// A value as text.
pub(crate) fn encode(encoding: Encoding, value: &Value) -> Vec<u8> {
    let mut json = serde_json::to_vec(value).unwrap_or_default();
    match encoding {
        Encoding::Json => {
            json.push(b'\n');
            json
        }
        Encoding::Yaml => serde_yaml::to_string(value).unwrap_or_default().into_bytes(),
    }
}

impl From<Status> for Answer {
    fn from(status: Status) -> Self {
        Self::status(&status)
    }
}

impl From<Answer> for Response<Content> {
    fn from(answer: Answer) -> Self {
        let mut response = Self::new(answer.content);
        *response.status_mut() = StatusCode::from_u16(answer.code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        *response.headers_mut() = answer.headers;
        response
    }
}

impl Body for Content {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        match self.get_mut() {
            Self::Whole(bytes) if bytes.is_empty() => Poll::Ready(None),
            Self::Whole(bytes) => Poll::Ready(Some(Ok(Frame::data(std::mem::take(bytes))))),
            Self::Stream(pieces) => pieces.poll_recv(context).map(|piece| piece.map(|piece| Ok(Frame::data(piece)))),
        }
    }

    fn is_end_stream(&self) -> bool {
        matches!(self, Self::Whole(bytes) if bytes.is_empty())
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Whole(bytes) => SizeHint::with_exact(bytes.len() as u64),
            Self::Stream(_) => SizeHint::default(),
        }
    }
}
