use linkspan_report::Finding;
use linkspan_source::pointer;
use serde_json::Value;

use super::{EventType, follow};
use crate::schema::{Dialect, Error, Files, Place};

/// What a message's payload schema describes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Shape {
    /// The event's `data`.
    Data,
    /// The whole event, as in the structured mode: the schema has a property `specversion`.
    Envelope,
}

/// How deep a constant is looked for behind `allOf` and references.
const MOST_DEEP: usize = 16;

/// The event types that a message defines; none, if it has no payload.
///
/// The type is, in this order: the constant that an envelope's schema demands of `type`; the constant that the
/// headers' schema demands of `ce-type`, `ce_type` or `type`; the message's `name`; its key.
pub(super) fn read(files: &Files, message: &Place) -> Result<Vec<EventType>, Box<Finding>> {
    let (value, message) = follow(files, message).map_err(|error| notice(files, message, &error))?;
    let Some((payload, format)) = payload(&value, &message) else { return Ok(Vec::new()) };
    let Some(draft) = dialect(format) else {
        let names = names(files, &value, &message, &payload, Shape::Data).join("`, `");
        let format = format.unwrap_or_default();
        let text = format!("events of the type `{names}` are not checked: their schema is in the format `{format}`");
        let help = "only JSON Schema is known; check them with the format's own tools";
        return Err(Box::new(placed(files, &message, "events/format", text).help(help)));
    };
    let (_, payload) = follow(files, &payload).map_err(|error| notice(files, &message, &error))?;
    let shape = match property(files, &payload, "specversion", MOST_DEEP) {
        Some(_) => Shape::Envelope,
        None => Shape::Data,
    };
    let names = names(files, &value, &message, &payload, shape);
    let event_type = |name| EventType { name, payload: payload.clone(), shape, draft, message: message.clone() };
    Ok(names.into_iter().map(event_type).collect())
}

/// The types of a message whose schema cannot be used, or that has none.
pub(super) fn unchecked(files: &Files, message: &Place) -> Vec<String> {
    let Ok((value, message)) = follow(files, message) else { return Vec::new() };
    names(files, &value, &message, &message, Shape::Data)
}

/// The schema's place and its format: `payload`, or in AsyncAPI 3 the `schema` in it beside a `schemaFormat`.
fn payload<'a>(value: &'a Value, message: &Place) -> Option<(Place, Option<&'a str>)> {
    let payload = value.get("payload")?;
    let at = pointer::join(&message.pointer, "payload");
    let (format, at) = match payload.get("schemaFormat").and_then(Value::as_str) {
        Some(format) if payload.get("schema").is_some() => (Some(format), pointer::join(&at, "schema")),
        _ => (value.get("schemaFormat").and_then(Value::as_str), at),
    };
    Some((Place { path: message.path.clone(), pointer: at }, format))
}

/// The draft behind a `schemaFormat`; `None` for what is not JSON Schema.
fn dialect(format: Option<&str>) -> Option<Dialect> {
    let Some(format) = format else { return Some(Dialect::Draft7) };
    let (kind, parameters) = format.split_once(';').unwrap_or((format, ""));
    let version = parameters.split(';').find_map(|parameter| parameter.trim().strip_prefix("version="));
    match (kind.trim(), version.map(|version| version.trim_matches('"'))) {
        (
            "application/vnd.aai.asyncapi" | "application/vnd.aai.asyncapi+json" | "application/vnd.aai.asyncapi+yaml",
            _,
        ) => Some(Dialect::Draft7),
        ("application/schema+json" | "application/schema+yaml", Some(version)) => match version {
            "draft-04" => Some(Dialect::Draft4),
            "draft-06" => Some(Dialect::Draft6),
            "draft-07" => Some(Dialect::Draft7),
            "2019-09" | "draft-2019-09" => Some(Dialect::Draft201909),
            "2020-12" | "draft-2020-12" => Some(Dialect::Draft202012),
            _ => None,
        },
        ("application/schema+json" | "application/schema+yaml", None) => Some(Dialect::Draft202012),
        _ => None,
    }
}

fn names(files: &Files, value: &Value, message: &Place, payload: &Place, shape: Shape) -> Vec<String> {
    let constants = |place: &Place, name| property(files, place, name, MOST_DEEP).map(|schema| constants(&schema));
    let envelope = (shape == Shape::Envelope).then(|| constants(payload, "type")).flatten();
    let headers = Place { path: message.path.clone(), pointer: pointer::join(&message.pointer, "headers") };
    let header = || ["ce-type", "ce_type", "type"].iter().find_map(|name| constants(&headers, name));
    let named = || value.get("name").and_then(Value::as_str).map(|name| vec![name.to_owned()]);
    let key = || pointer::parent(&message.pointer).map(|(_, key)| vec![key.into_owned()]);
    let some = |names: Vec<String>| Some(names).filter(|names| !names.is_empty());
    envelope.and_then(some).or_else(|| header().and_then(some)).or_else(named).or_else(key).unwrap_or_default()
}

fn constants(schema: &Value) -> Vec<String> {
    let words =
        schema.get("const").map(std::slice::from_ref).or_else(|| schema.get("enum")?.as_array().map(Vec::as_slice));
    words.unwrap_or_default().iter().filter_map(Value::as_str).map(ToOwned::to_owned).collect()
}

/// The schema of a property, behind references and within `allOf`; a schema with a constant before any other.
fn property(files: &Files, place: &Place, name: &str, depth: usize) -> Option<Value> {
    let (schema, place) = follow(files, place).ok().filter(|_| depth > 0)?;
    let at = |pointer: String| Place { path: place.path.clone(), pointer };
    let parts = schema.get("allOf").and_then(Value::as_array).map_or(0, Vec::len);
    let all_of = pointer::join(&place.pointer, "allOf");
    let below =
        (0..parts).filter_map(|index| property(files, &at(pointer::join_index(&all_of, index)), name, depth - 1));
    let own = schema.get("properties").and_then(|properties| properties.get(name)).and_then(|_| {
        let own = pointer::join(&pointer::join(&place.pointer, "properties"), name);
        follow(files, &at(own)).ok().map(|(schema, _)| schema)
    });
    let mut found: Vec<_> = own.into_iter().chain(below).collect();
    found.sort_by_key(|schema| constants(schema).is_empty());
    found.into_iter().next()
}

fn notice(files: &Files, message: &Place, error: &Error) -> Box<Finding> {
    Box::new(placed(files, message, "events/message", format!("this message is not used for checking: {error}")))
}

fn placed(files: &Files, message: &Place, rule: &'static str, text: String) -> Finding {
    let finding = Finding::warning(rule, text).in_file(files.shown(&message.path));
    match files.document(&message.path) {
        Ok(document) => finding.at(document.nearest(&message.pointer)),
        Err(_) => finding,
    }
}
