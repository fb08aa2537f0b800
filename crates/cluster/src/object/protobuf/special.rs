use serde_json::{Map, Value};

use super::fault::Fault;
use crate::api::timestamp;
use crate::object::quantity::Quantity;
use crate::object::read;

/// A message that is no object in JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Special {
    Quantity,
    IntOrString,
    Time,
    MicroTime,
    /// JSON as bytes: `RawExtension`, `FieldsV1`, `JSON`.
    Raw,
    /// Its `items`: `ExtraValue`.
    Items,
    /// A JSON schema or `true` or `false`.
    SchemaOrBool,
    /// A JSON schema or several.
    SchemaOrSchemas,
    /// A JSON schema or the names of properties.
    SchemaOrNames,
}

impl Special {
    /// What is special about a struct.
    pub(super) fn of(name: &str) -> Option<Self> {
        Some(match name.rsplit('.').next()? {
            "Quantity" => Self::Quantity,
            "IntOrString" => Self::IntOrString,
            "Time" => Self::Time,
            "MicroTime" => Self::MicroTime,
            "RawExtension" | "FieldsV1" | "JSON" => Self::Raw,
            "ExtraValue" => Self::Items,
            "JSONSchemaPropsOrBool" => Self::SchemaOrBool,
            "JSONSchemaPropsOrArray" => Self::SchemaOrSchemas,
            "JSONSchemaPropsOrStringArray" => Self::SchemaOrNames,
            _ => return None,
        })
    }

    /// What is put in place of the message's fields; nothing to put in place is `null`.
    pub(super) fn value(self, mut fields: Map<String, Value>, bytes: &[u8]) -> Result<Value, Fault> {
        let mut field = |name: &str| fields.remove(name).unwrap_or_default();
        match self {
            Self::Quantity => quantity(&field("string")),
            Self::IntOrString => match field("type").as_i64() {
                None | Some(0) => Ok(or(field("intVal"), 0.into())),
                Some(1) => Ok(or(field("strVal"), "".into())),
                Some(_) => Err(Fault::Form("impossible IntOrString.Type")),
            },
            Self::Time | Self::MicroTime if bytes.is_empty() => Ok(Value::Null),
            Self::Time => time(&field("seconds"), None),
            Self::MicroTime => time(&field("seconds"), Some(field("nanos").as_i64().unwrap_or_default())),
            Self::Raw => raw(&or(field("raw"), field("Raw"))),
            Self::Items => Ok(field("items")),
            Self::SchemaOrBool => Ok(or(field("schema"), or(field("allows"), false.into()))),
            Self::SchemaOrSchemas => Ok(or(field("jSONSchemas"), field("schema"))),
            Self::SchemaOrNames => Ok(or(field("property"), field("schema"))),
        }
    }
}

fn or(value: Value, other: Value) -> Value {
    if value.is_null() { other } else { value }
}

/// One that is not written at all is 0; one that is written as nothing is none.
fn quantity(text: &Value) -> Result<Value, Fault> {
    let quantity = Quantity::parse(text.as_str().unwrap_or("0")).map_err(Fault::Form)?;
    Ok(quantity.to_string().into())
}

/// The first second of year 1, which stands for no time.
const NO_TIME: i64 = -62_135_596_800;
/// The first second of year 0, and that after year 9999.
const YEARS: std::ops::Range<i64> = -62_167_219_200..253_402_300_800;

/// Seconds since 1970, and nanoseconds where microseconds are written.
fn time(seconds: &Value, nanos: Option<i64>) -> Result<Value, Fault> {
    let micros = nanos.unwrap_or_default() / 1000;
    let seconds = seconds.as_i64().unwrap_or_default();
    let (seconds, micros) = (seconds.saturating_add(micros.div_euclid(1_000_000)), micros.rem_euclid(1_000_000));
    if (seconds, micros) == (NO_TIME, 0) {
        return Ok(Value::Null);
    }
    if !YEARS.contains(&seconds) {
        return Err(Fault::Form("Time.MarshalJSON: year outside of range [0,9999]"));
    }
    let text = timestamp(seconds);
    let written = nanos.map(|_| format!("{}.{micros:06}Z", text.trim_end_matches('Z')));
    Ok(written.unwrap_or(text).into())
}

/// JSON within base64, as the bytes were read.
fn raw(bytes: &Value) -> Result<Value, Fault> {
    let bytes = crate::object::base64::decode(bytes.as_str().unwrap_or_default());
    if bytes.is_empty() { Ok(Value::Null) } else { read::any(&bytes).map_err(Fault::Value) }
}
