//! Payload schemas are valid in their own format.

use serde_json::Value;

use super::{Subject, Violation};
use crate::documents::select::Part;
use crate::documents::{specifications, structure};

/// A schema of AsyncAPI 2 and 3.
const SCHEMA: &str = "#/definitions/schema";

/// The Schema Object of OpenAPI 3.0.
const OPENAPI_SCHEMA: &str = "#/definitions/Schema";

/// The format of a payload's schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Language {
    /// AsyncAPI's own, or JSON Schema draft 7.
    Own,
    /// Another draft of JSON Schema.
    OtherDraft,
    /// OpenAPI 3.0.
    OpenApi,
    /// Something else.
    Other,
}

/// What a `schemaFormat` means; `None` is AsyncAPI's own.
pub(super) fn language(format: Option<&str>) -> Language {
    let Some(format) = format else { return Language::Own };
    let (kind, version) = format.split_once(";version=").unwrap_or((format, ""));
    let kind = kind.strip_suffix("+json").or_else(|| kind.strip_suffix("+yaml")).unwrap_or(kind);
    match kind {
        "application/vnd.aai.asyncapi" => Language::Own,
        "application/schema" if version == "draft-07" => Language::Own,
        "application/schema" => Language::OtherDraft,
        "application/vnd.oai.openapi" if version.starts_with("3.0") => Language::OpenApi,
        _ => Language::Other,
    }
}

/// The payload of a message is a schema in the format that the message names.
pub(super) fn payload(subject: &Subject<'_>, message: &Part<'_>) -> Vec<Violation> {
    let Some(payload) = message.member("payload").filter(|payload| !is_falsy(payload.value)) else { return Vec::new() };
    let format = message.value.get("schemaFormat");
    if format.is_some_and(|format| !format.is_string()) {
        return Vec::new();
    }
    let validator = match language(format.and_then(Value::as_str)) {
        Language::Own => specifications::validator(&format!("asyncapi {}", subject.version), Some(SCHEMA)),
        Language::OpenApi => specifications::validator("openapi 3.0", Some(OPENAPI_SCHEMA)),
        Language::OtherDraft => return Vec::new(),
        Language::Other => return vec![unchecked(message, "payloads")],
    };
    let Some(validator) = validator else { return Vec::new() };
    structure::faults(&validator, payload.value).into_iter().map(|fault| Violation::of(&payload.at, fault)).collect()
}

/// The payload and the headers of a message of AsyncAPI 3 in a format that is no JSON Schema.
pub(super) fn formats_3(_: &Subject<'_>, message: &Part<'_>) -> Vec<Violation> {
    let parts = [("payload", "payloads"), ("headers", "headers")];
    let named = parts.into_iter().filter_map(|(name, what)| Some((message.member(name)?, what)));
    let other = named.filter(|(part, _)| language(part.text("schemaFormat")) == Language::Other);
    other.map(|(part, what)| unchecked(&part, what)).collect()
}

/// A schema in a format that is no JSON Schema, beside the format's name.
fn unchecked(part: &Part<'_>, what: &str) -> Violation {
    let at = format!("{}/schemaFormat", part.at);
    let format = part.text("schemaFormat").unwrap_or_default();
    let help = "only JSON Schema in its drafts, and OpenAPI 3.0's, are known; check it with the format's own tools";
    Violation::new(at, format!("{what} in the format `{format}` are not checked")).warning().help(help)
}

/// What JavaScript takes for no payload.
pub(super) fn is_falsy(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Bool(value) => !value,
        Value::String(text) => text.is_empty(),
        Value::Number(number) => number.as_f64() == Some(0.0),
        _ => false,
    }
}
