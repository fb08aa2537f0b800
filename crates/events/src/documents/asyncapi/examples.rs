//! Examples and defaults are valid against their own schemas.

use serde_json::Value;

use super::payloads::{Language, language};
use super::{Subject, Violation, has_reference};
use crate::documents::select::Part;
use crate::documents::{instance, structure};

/// The examples of a message of AsyncAPI 2: payload and headers, if the payload is in AsyncAPI's own format, else the
/// payload.
pub(super) fn message_2(subject: &Subject<'_>, message: &Part<'_>) -> Vec<Violation> {
    let format = message.value.get("schemaFormat");
    let kind = language(format.and_then(Value::as_str));
    if kind == Language::Other {
        return Vec::new();
    }
    let members: &[&str] = if format.is_none() { &["payload", "headers"] } else { &["payload"] };
    let schemas = members.iter().map(|name| (*name, message.member(name)));
    schemas.flat_map(|(name, schema)| of_message(subject, message, name, schema, kind)).collect()
}

/// The examples of a message of AsyncAPI 3, where payload and headers may each name a format. The specification
/// demands that they are valid; the parser does not look.
pub(super) fn message_3(subject: &Subject<'_>, message: &Part<'_>) -> Vec<Violation> {
    let check = |name: &&str| {
        let written = message.member(name);
        let named = written.as_ref().and_then(|schema| schema.text("schemaFormat"));
        let kind = language(named);
        if kind == Language::Other {
            return Vec::new();
        }
        let schema = if named.is_some() { written.and_then(|schema| schema.member("schema")) } else { written };
        of_message(subject, message, name, schema, kind)
    };
    ["payload", "headers"].iter().flat_map(check).collect()
}

fn of_message(
    subject: &Subject<'_>,
    message: &Part<'_>,
    name: &str,
    schema: Option<Part<'_>>,
    kind: Language,
) -> Vec<Violation> {
    let examples: Vec<_> = message.items("examples").iter().filter_map(|example| example.member(name)).collect();
    let missing = schema.as_ref().is_none_or(|schema| schema.value.is_null());
    if missing && name == "headers" {
        return examples.iter().filter(|example| !example.value.is_object()).map(no_object).collect();
    }
    match schema.filter(|_| !examples.is_empty() && !missing) {
        Some(schema) => examples.iter().flat_map(|example| faults(subject, &schema, example, kind)).collect(),
        None => Vec::new(),
    }
}

fn no_object(example: &Part<'_>) -> Violation {
    Violation::new(example.at.as_str(), "headers are an object")
}

/// The default and the examples of a schema, as far as they are no texts: those the parser lets pass.
pub(super) fn schema(subject: &Subject<'_>, schema: &Part<'_>) -> Vec<Violation> {
    let values = schema.member("default").into_iter().chain(schema.items("examples"));
    let check = |value: Part<'_>| {
        let text = value.value.is_string();
        let found = faults(subject, schema, &value, Language::Own);
        found.into_iter().map(move |violation| if text { violation.warning() } else { violation })
    };
    values.flat_map(check).collect()
}

/// The default and the examples of a message's payload.
pub(super) fn payload(subject: &Subject<'_>, message: &Part<'_>) -> Vec<Violation> {
    match message.member("payload").filter(|_| message.value.get("schemaFormat").is_none()) {
        Some(payload) => schema(subject, &payload),
        None => Vec::new(),
    }
}

fn faults(subject: &Subject<'_>, schema: &Part<'_>, value: &Part<'_>, kind: Language) -> Vec<Violation> {
    let document = has_reference(schema.value).then_some(subject.root);
    let Some(validator) = instance::validator(schema, document, kind == Language::OpenApi) else { return Vec::new() };
    structure::faults(&validator, value.value)
        .into_iter()
        .map(|fault| {
            let violation = Violation::of(&value.at, fault);
            // The parser does not look at schemas that contain themselves.
            if document.is_some() { violation.warning() } else { violation }
        })
        .collect()
}
