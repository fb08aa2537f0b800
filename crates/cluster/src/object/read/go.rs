//! How Go calls types, and what it makes of numbers.

use serde_json::{Map, Number, Value};

use crate::object::json::Kind;
use crate::types::{Format, Shape, Struct, TypeId, Types};

/// The type of what is in a list or map of this type, without a pointer's star. Empty where it is not known.
pub(super) fn element(go_type: &str) -> &str {
    let inner = go_type.strip_prefix("[]").or_else(|| Some(go_type.strip_prefix("map[")?.split_once(']')?.1));
    inner.unwrap_or_default().trim_start_matches('*')
}

/// A number of an untyped value: whole where it is written so and fits 64 bits.
pub(super) fn number(text: &str) -> Value {
    let whole = if text.contains('.') { None } else { text.parse::<i64>().ok() };
    whole.map_or_else(|| float(text), Value::from)
}

/// A floating-point number; `null` if it is beyond all bounds.
pub(super) fn float(text: &str) -> Value {
    let float = text.parse().ok().and_then(Number::from_f64);
    float.map_or(Value::Null, |float| whole(float).into())
}

/// Go writes a float without a fraction as a whole number.
fn whole(float: Number) -> Number {
    #[expect(clippy::cast_possible_truncation, reason = "it is whole and within the bounds")]
    match float.as_f64() {
        Some(value) if value.fract() == 0.0 && value.abs() < 1e18 => Number::from(value as i64),
        _ => float,
    }
}

const LOCAL_OBJECT_REFERENCE: [&str; 7] = [
    "ConfigMapEnvSource",
    "ConfigMapKeySelector",
    "ConfigMapProjection",
    "ConfigMapVolumeSource",
    "SecretEnvSource",
    "SecretKeySelector",
    "SecretProjection",
];

/// The struct within a struct that Go takes a field from, which a place then names too.
pub(super) fn embedded(of: &Struct, field: &str) -> Option<&'static str> {
    let own_of_volume_spec = [
        "capacity",
        "accessModes",
        "claimRef",
        "persistentVolumeReclaimPolicy",
        "storageClassName",
        "mountOptions",
        "volumeMode",
        "nodeAffinity",
        "volumeAttributesClassName",
    ];
    match (of.go_name(), field) {
        (_, "kind" | "apiVersion") if of.fields.contains_key("metadata") => Some("TypeMeta"),
        ("Volume", field) if field != "name" => Some("VolumeSource"),
        ("PersistentVolumeSpec", field) if !own_of_volume_spec.contains(&field) => Some("PersistentVolumeSource"),
        ("RuleWithOperations", field) if field != "operations" => Some("Rule"),
        ("Probe", "exec" | "httpGet" | "tcpSocket" | "grpc") => Some("ProbeHandler"),
        ("EphemeralContainer", field) if field != "targetContainerName" => Some("EphemeralContainerCommon"),
        (name, "name") if LOCAL_OBJECT_REFERENCE.contains(&name) => Some("LocalObjectReference"),
        _ => None,
    }
}

/// The converter's words about a value of a wrong type.
pub(super) fn unconvertible(types: &Types, found: &str, kind: Kind, shape: &Shape, go_type: &str) -> String {
    let whole = kind == Kind::Number && !found.contains(['.', 'e', 'E']);
    let from = match kind {
        Kind::Number if whole => "int64",
        Kind::Number => "float64",
        Kind::Array => "slice",
        Kind::Object => "map",
        other => other.word(),
    };
    let plain = types.go_type(shape);
    match shape {
        Shape::Struct(_) => format!("cannot restore struct from: {from}"),
        Shape::Map(_) => format!("cannot restore map from {from}"),
        Shape::List(_) | Shape::String(Format::Bytes) => format!("cannot restore slice from {from}"),
        Shape::String(_) if whole => format!("cannot convert int64 to {}", or(go_type, &plain)),
        Shape::Int32 | Shape::Int64 if kind == Kind::Number => {
            format!("cannot convert {from} to {}", or(go_type, &plain))
        }
        _ => format!("unrecognized type: {plain}"),
    }
}

fn or<'a>(text: &'a str, other: &'a str) -> &'a str {
    if text.is_empty() { other } else { text }
}

/// Writes the fields that are written even when they are empty.
pub(super) fn complete(types: &Types, fields: &Struct, object: &mut Map<String, Value>) {
    for (name, field) in &fields.fields {
        let Some(empty) = field.empty.as_ref().filter(|_| !object.contains_key(name)) else { continue };
        let empty = match field.shape {
            Shape::Struct(id) if empty.is_object() => zero_struct(types, id),
            _ => empty.clone(),
        };
        object.insert(name.clone(), empty);
    }
}

/// What Go holds where nothing was given.
pub(super) fn zero(types: &Types, shape: &Shape) -> Value {
    match shape {
        Shape::String(Format::Time | Format::MicroTime) | Shape::Map(_) | Shape::List(_) | Shape::Any => Value::Null,
        Shape::String(Format::Duration) => "0s".into(),
        Shape::String(_) => "".into(),
        Shape::Int32 | Shape::Int64 | Shape::Number | Shape::IntOrString => 0.into(),
        Shape::Boolean => false.into(),
        Shape::Quantity => "0".into(),
        Shape::Struct(id) => zero_struct(types, *id),
    }
}

/// The struct as it is written when nothing was given.
pub(crate) fn zero_struct(types: &Types, id: TypeId) -> Value {
    let mut object = Map::new();
    complete(types, types.get(id), &mut object);
    object.into()
}
