//! Merge patch, as `gopkg.in/evanphx/json-patch.v4` applies it.

use serde_json::{Map, Value};

/// Merges `patch` into `current`: `null` removes, objects are merged, all else is replaced.
pub(super) fn merge(current: &mut Map<String, Value>, patch: Map<String, Value>) {
    for (name, value) in patch {
        match (current.get_mut(&name), value) {
            (_, Value::Null) => drop(current.remove(&name)),
            (Some(Value::Object(current)), Value::Object(value)) => merge(current, value),
            (Some(Value::Object(_)), value) => drop(current.insert(name, value)),
            (_, value) => drop(current.insert(name, without_nulls(value))),
        }
    }
}

/// A value without the fields that are `null`, at any depth; the `null`s of lists stay.
fn without_nulls(value: Value) -> Value {
    match value {
        Value::Object(object) => {
            let kept = object.into_iter().filter(|(_, value)| !value.is_null());
            kept.map(|(name, value)| (name, without_nulls(value))).collect::<Map<_, _>>().into()
        }
        Value::Array(list) => list.into_iter().map(without_nulls).collect(),
        other => other,
    }
}
