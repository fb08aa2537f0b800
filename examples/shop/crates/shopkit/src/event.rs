//! CloudEvents 1.0: what an event is, and how one arrives by HTTP.

use std::time::SystemTime;

use axum::http::{HeaderMap, StatusCode, header};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::Problem;

/// The media type of one event in JSON (structured mode).
pub const ONE: &str = "application/cloudevents+json";
/// The media type of a JSON array of events (batched mode).
pub const BATCH: &str = "application/cloudevents-batch+json";

/// An event: something that happened, with the envelope that CloudEvents 1.0 defines.
///
/// `source` and `id` *together* say which event it is. A consumer that sees the
/// same pair again sees the same event again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CloudEvent {
    /// Always `1.0`.
    pub specversion: String,
    /// Unique within the source.
    pub id: String,
    /// Who it happened to, as a URI reference.
    pub source: String,
    /// What happened: reverse DNS of its owner, and the major version of its data.
    #[serde(rename = "type")]
    pub event_type: String,
    /// The one thing it is about, here always a key: a SKU, an order's number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// When it happened, RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time: Option<String>,
    /// The media type of `data`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub datacontenttype: Option<String>,
    /// Which model `data` follows: the `$id` of a JSON Schema.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dataschema: Option<String>,
    /// What there is to say about it.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub data: Value,
    /// Attributes that we do not know, kept as they came.
    #[serde(flatten)]
    pub extensions: Map<String, Value>,
}

impl CloudEvent {
    /// A new event about `subject`, with a new id, that happened now.
    pub fn new(source: &str, event_type: &str, subject: &str, dataschema: &str, data: Value) -> Self {
        Self {
            specversion: "1.0".into(),
            id: uuid::Uuid::new_v4().to_string(),
            source: source.into(),
            event_type: event_type.into(),
            subject: Some(subject.into()),
            time: Some(humantime::format_rfc3339_millis(SystemTime::now()).to_string()),
            datacontenttype: Some("application/json".into()),
            dataschema: Some(dataschema.into()),
            data,
            extensions: Map::new(),
        }
    }

    /// Reads an event from its JSON form and checks the envelope.
    pub fn from_json(value: Value) -> Result<Self, Problem> {
        let event: Self = serde_json::from_value(value)
            .map_err(|error| Problem::new(StatusCode::BAD_REQUEST, format!("not a CloudEvent: {error}")))?;
        match event.fault() {
            Some(fault) => Err(Problem::new(StatusCode::BAD_REQUEST, format!("not a CloudEvent 1.0: {fault}"))),
            None => Ok(event),
        }
    }

    fn fault(&self) -> Option<String> {
        if self.specversion != "1.0" {
            return Some(format!("`specversion` is `{}`", self.specversion));
        }
        let required = [("id", &self.id), ("source", &self.source), ("type", &self.event_type)];
        if let Some((name, _)) = required.iter().find(|(_, value)| value.is_empty()) {
            return Some(format!("`{name}` is empty"));
        }
        if self.time.as_ref().is_some_and(|time| humantime::parse_rfc3339_weak(time).is_err() && !has_offset(time)) {
            return Some("`time` is not an RFC 3339 time".into());
        }
        let odd = self.extensions.keys().find(|name| !is_attribute_name(name) && *name != "data_base64");
        odd.map(|name| format!("`{name}` is not a name for an attribute: only a-z and 0-9"))
    }
}

/// `humantime` reads UTC only; a time with an offset is right as well.
fn has_offset(time: &str) -> bool {
    let Some((local, offset)) = time.len().checked_sub(6).and_then(|at| time.split_at_checked(at)) else {
        return false;
    };
    let digits = |range| offset.get(range).is_some_and(|two: &str| two.bytes().all(|byte| byte.is_ascii_digit()));
    humantime::parse_rfc3339_weak(&format!("{local}Z")).is_ok()
        && offset.starts_with(['+', '-'])
        && digits(1..3)
        && offset.get(3..4) == Some(":")
        && digits(4..6)
}

fn is_attribute_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
}

/// The events in an HTTP request, in any of the three modes of the CloudEvents
/// HTTP binding: structured, batched or binary. 415 for anything else.
pub fn from_request(headers: &HeaderMap, body: &[u8]) -> Result<Vec<CloudEvent>, Problem> {
    let media_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let media_type = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    match media_type.as_str() {
        ONE => Ok(vec![CloudEvent::from_json(parse(body)?)?]),
        BATCH => match parse(body)? {
            Value::Array(events) => events.into_iter().map(CloudEvent::from_json).collect(),
            _ => Err(Problem::new(StatusCode::BAD_REQUEST, "a batch is a JSON array of events")),
        },
        _ if headers.contains_key("ce-specversion") && is_json(&media_type) => {
            Ok(vec![CloudEvent::from_json(binary(headers, &media_type, parse(body)?)?)?])
        }
        other => Err(Problem::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            format!("`{other}` is not a CloudEvent: send `{ONE}`, `{BATCH}`, or JSON with `ce-` headers"),
        )),
    }
}

fn is_json(media_type: &str) -> bool {
    media_type == "application/json" || media_type.ends_with("+json")
}

fn parse(body: &[u8]) -> Result<Value, Problem> {
    serde_json::from_slice(body).map_err(|error| Problem::new(StatusCode::BAD_REQUEST, format!("not JSON: {error}")))
}

/// Binary mode: attributes are `ce-` headers with percent-encoded values, the body is the data.
fn binary(headers: &HeaderMap, media_type: &str, data: Value) -> Result<Value, Problem> {
    let mut event = Map::new();
    for (name, value) in headers {
        let Some(attribute) = name.as_str().strip_prefix("ce-") else { continue };
        let value = percent_encoding::percent_decode(value.as_bytes()).decode_utf8().map_err(|_| {
            Problem::new(StatusCode::BAD_REQUEST, format!("header `{name}` is not percent-encoded UTF-8"))
        })?;
        event.insert(attribute.into(), value.into_owned().into());
    }
    event.insert("datacontenttype".into(), media_type.into());
    event.insert("data".into(), data);
    Ok(Value::Object(event))
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;
    use serde_json::json;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.parse().unwrap(), HeaderValue::from_static(value))).collect()
    }

    fn sample() -> Value {
        json!({"specversion": "1.0", "id": "1", "source": "/s", "type": "t", "traceparent": "00-1", "data": {"a": 1}})
    }

    #[test]
    fn unknown_attributes_survive() {
        let event = CloudEvent::from_json(sample()).unwrap();
        assert_eq!(serde_json::to_value(event).unwrap(), sample());
    }

    #[test]
    fn the_three_modes_give_the_same_event() {
        let one = from_request(
            &headers(&[("content-type", "application/cloudevents+json; charset=utf-8")]),
            sample().to_string().as_bytes(),
        )
        .unwrap();
        let batch =
            from_request(&headers(&[("content-type", BATCH)]), json!([sample()]).to_string().as_bytes()).unwrap();
        let binary = from_request(
            &headers(&[
                ("content-type", "application/json"),
                ("ce-specversion", "1.0"),
                ("ce-id", "1"),
                ("ce-source", "%2Fs"),
                ("ce-type", "t"),
                ("ce-traceparent", "00-1"),
            ]),
            br#"{"a": 1}"#,
        )
        .unwrap();
        assert_eq!(one, batch);
        assert_eq!((&one[0].id, &one[0].source, &one[0].data), (&binary[0].id, &binary[0].source, &binary[0].data));
        assert_eq!(one[0].extensions, binary[0].extensions);
    }

    #[test]
    fn what_is_wrong_is_said() {
        let status = |change: Value| {
            let mut event = sample();
            event.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
            CloudEvent::from_json(event).map_err(|problem| (problem.status.as_u16(), problem.detail))
        };
        assert!(status(json!({"time": "2026-11-23T09:00:00+01:00"})).is_ok());
        assert!(status(json!({"time": null})).is_ok());
        for wrong in [
            json!({"id": ""}),
            json!({"specversion": "0.3"}),
            json!({"time": "today"}),
            json!({"Trace": "x"}),
            json!({"id": 7}),
        ] {
            assert_eq!(status(wrong).unwrap_err().0, 400);
        }
        let plain = from_request(&headers(&[("content-type", "text/plain")]), b"hello").unwrap_err();
        assert_eq!(plain.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    }
}
