//! The JSON event format: one event as an object.

use linkspan_source::{Document, pointer};
use serde_json::{Map, Value};

use super::attributes::{self, Violation};
use super::syntax;

/// A violation, and the member that it is about; none for the whole event.
pub(super) type Placed = (Option<String>, Violation);

/// All violations of the rules for the event at `at`.
pub(super) fn check(document: &Document, at: &str) -> Vec<Placed> {
    match pointer::get(&document.value, at) {
        Some(Value::Object(event)) => object(document, at, event),
        _ => vec![(None, Violation::new("cloudevents/object", "a CloudEvent is an object", "json-format.md §3"))],
    }
}

fn object(document: &Document, at: &str, event: &Map<String, Value>) -> Vec<Placed> {
    // What is null is not set (json-format.md §2.2).
    let is_set = |name: &str| event.get(name).is_some_and(|value| !value.is_null());
    let mut found: Vec<Placed> = attributes::missing(is_set).into_iter().map(|violation| (None, violation)).collect();
    for (name, value) in event {
        let violations = match name.as_str() {
            "data" => data(event, value),
            _ if value.is_null() => Vec::new(),
            "data_base64" => binary(event, value),
            _ => attribute(name, value, document.number_text(&pointer::join(at, name))),
        };
        found.extend(violations.into_iter().map(|violation| (Some(name.clone()), violation)));
    }
    found
}

/// An attribute; `written` is a number as it was written.
fn attribute(name: &str, value: &Value, written: Option<&str>) -> Vec<Violation> {
    let mut found: Vec<_> = attributes::name(name).into_iter().collect();
    match value {
        Value::String(text) => found.extend(attributes::text(name, text)),
        _ if attributes::is_defined(name) => {
            let message = format!("`{name}` must be a text");
            found.push(Violation::new("cloudevents/type", message, "json-format.md §2.2"));
        }
        Value::Bool(_) => {}
        Value::Number(number) if is_integer(number, written) => {}
        _ => {
            let message = format!("the extension `{name}` must be a text, a boolean or a 32-bit integer");
            found.push(Violation::new("cloudevents/type", message, "json-format.md §2.2"));
        }
    }
    found
}

/// Only the integer component of a number, with 32 bits; `-0` is zero.
fn is_integer(number: &serde_json::Number, written: Option<&str>) -> bool {
    let negative_zero = written == Some("-0");
    negative_zero || number.as_i64().is_some_and(|number| i32::try_from(number).is_ok())
}

/// Data that is not JSON is a text, or in `data_base64`.
fn data(event: &Map<String, Value>, value: &Value) -> Vec<Violation> {
    let kind = event.get("datacontenttype").and_then(Value::as_str);
    match kind.filter(|kind| syntax::is_media_type(kind) && !syntax::is_json_media_type(kind)) {
        Some(kind) if !value.is_string() => {
            let message = format!("data of the type `{kind}` must be a text, or in `data_base64`");
            vec![Violation::new("cloudevents/data", message, "json-format.md §3.1.1")]
        }
        _ => Vec::new(),
    }
}

fn binary(event: &Map<String, Value>, value: &Value) -> Vec<Violation> {
    let mut found = Vec::new();
    let section = "json-format.md §3.1.1";
    if !value.as_str().is_some_and(syntax::is_base64) {
        found.push(Violation::new("cloudevents/data", "`data_base64` must be text in Base64 (RFC 4648)", section));
    }
    if event.contains_key("data") {
        found.push(Violation::new("cloudevents/data", "`data` and `data_base64` exclude each other", section));
    }
    found
}
