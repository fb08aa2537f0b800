//! Reading an object of a certain kind from a request.

mod envelope;
#[cfg(test)]
mod tests;

use linkspan_source::Dialect;
use serde_json::Value;

use super::protobuf::{self, Unknown};
use super::read::{Words, read, strict_error};
use crate::status::Status;
use crate::types::{TypeId, Types};
use envelope::{Envelope, unrecognized};

/// How bodies may be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Media {
    /// `application/json`.
    Json,
    /// `application/yaml`.
    Yaml,
    /// `application/vnd.kubernetes.protobuf`, for the built-in kinds.
    Protobuf,
}

/// What becomes of unknown and duplicate fields (the parameter `fieldValidation`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Validation {
    /// They are dropped.
    Ignore,
    /// They are dropped, and the answer warns.
    #[default]
    Warn,
    /// They are refused.
    Strict,
}

/// What a request's body should be.
#[derive(Clone, Copy)]
pub struct Target<'a> {
    /// `apps/v1`, `v1`.
    pub api_version: &'a str,
    /// The kind.
    pub kind: &'a str,
    /// Its struct.
    pub schema: TypeId,
    /// Whether a kind of another name is known, by `apiVersion` and kind: the message about it depends on that.
    pub known: &'a dyn Fn(&str, &str) -> bool,
}

/// An object that was read.
#[derive(Clone, Debug, PartialEq)]
pub struct Decoded {
    /// The object, with its `apiVersion` and `kind`.
    pub value: Value,
    /// What the answer warns of.
    pub warnings: Vec<String>,
}

/// Reads an object of the kind `target` from a request's body.
///
/// What comes out is what the real server would hold: unknown fields and `null` dropped, empty fields dropped or written
/// as Go writes them, times, durations and quantities in canonical form.
///
/// # Errors
///
/// 400, in the words of the real server: no JSON or YAML, another kind, a value of a wrong type, and under
/// [`Validation::Strict`] unknown and duplicate fields.
pub fn decode(
    types: &Types,
    target: &Target<'_>,
    body: &[u8],
    media: Media,
    validation: Validation,
) -> Result<Decoded, Status> {
    let text = match media {
        Media::Protobuf => return message(types, target, body),
        Media::Json => body.into(),
        Media::Yaml => yaml(body).map_err(|error| unrecognized(target, &error, body))?.into_bytes().into(),
    };
    let text: std::borrow::Cow<'_, [u8]> = text;
    let envelope = Envelope::read(&text).map_err(|error| unrecognized(target, &error, body))?;
    envelope.check(target)?;
    let strict = validation != Validation::Ignore;
    let read =
        read(types, target.schema, &text, strict, Words::Json).map_err(|error| envelope.unfit(target, &error))?;
    if validation == Validation::Strict && !read.strict.is_empty() {
        return Err(envelope.unfit(target, &strict_error(&read.strict)));
    }
    Ok(target.decoded(read.value, read.strict))
}

impl Target<'_> {
    fn decoded(&self, mut value: Value, warnings: Vec<String>) -> Decoded {
        value["apiVersion"] = self.api_version.into();
        value["kind"] = self.kind.into();
        Decoded { value, warnings }
    }
}

/// An object in Protobuf, where no field is unknown: what a message has besides its fields is left out.
fn message(types: &Types, target: &Target<'_>, body: &[u8]) -> Result<Decoded, Status> {
    let unknown = Unknown::read(body).map_err(|error| unrecognized(target, &error.to_string(), body))?;
    let envelope = Envelope::of(&unknown);
    envelope.check(target)?;
    let unfit = |error: &str| envelope.unfit(target, error);
    let name = types.get(target.schema).name.as_str();
    let object = protobuf::read(name, unknown.raw).map_err(|error| unfit(&error.to_string()))?;
    let text = serde_json::to_vec(&object).map_err(|error| unfit(&error.to_string()))?;
    let read = read(types, target.schema, &text, false, Words::Json).map_err(|error| unfit(&error))?;
    Ok(target.decoded(read.value, Vec::new()))
}

/// The JSON of a YAML document.
fn yaml(body: &[u8]) -> Result<String, String> {
    let text = String::from_utf8_lossy(body);
    let documents = linkspan_source::yaml(&text, Dialect::Kubernetes).map_err(|faults| yaml_error(&faults))?;
    Ok(documents.into_iter().next().map_or_else(|| "null".to_owned(), |document| document.value.to_string()))
}

fn yaml_error(faults: &[linkspan_source::Fault]) -> String {
    let first = faults.first().map(|fault| format!("line {}: {}", fault.span.start.line, fault.message));
    format!("error converting YAML to JSON: yaml: {}", first.unwrap_or_default())
}
