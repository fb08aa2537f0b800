//! Small arithmetic on JSON Schemas: both of two, one of two, or nothing.

use serde_json::{Map, Value, json};

/// What both accept all of. Keywords that do not meet stand side by side; bounds that meet keep the tighter one.
pub(crate) fn both(parts: impl IntoIterator<Item = Value>) -> Value {
    let mut merged = Map::new();
    let mut rest = Vec::new();
    for part in parts {
        match part {
            Value::Bool(true) => {}
            Value::Object(part) if part.keys().all(|key| fits(&merged, key, &part)) => merge(&mut merged, part),
            Value::Object(part) => rest.push(Value::Object(part)),
            _ => return Value::Bool(false),
        }
    }
    match (merged.is_empty(), rest.len()) {
        (true, 0) => Value::Bool(true),
        (true, 1) => rest.remove(0),
        (_, 0) => Value::Object(merged),
        _ => {
            let own = if merged.is_empty() { None } else { Some(Value::Object(merged)) };
            json!({ "allOf": own.into_iter().chain(rest).collect::<Vec<_>>() })
        }
    }
}

/// Keywords of which the larger value demands more, and those of which the smaller does.
const GROWING: [&str; 4] = ["minimum", "exclusiveMinimum", "minLength", "minItems"];
const SHRINKING: [&str; 4] = ["maximum", "exclusiveMaximum", "maxLength", "maxItems"];

fn fits(merged: &Map<String, Value>, key: &str, part: &Map<String, Value>) -> bool {
    match merged.get(key) {
        None => true,
        Some(known) => part.get(key) == Some(known) || GROWING.contains(&key) || SHRINKING.contains(&key),
    }
}

fn merge(merged: &mut Map<String, Value>, part: Map<String, Value>) {
    for (key, value) in part {
        let number = |value: &Value| value.as_f64().unwrap_or(f64::NAN);
        let keep = merged.get(&key).is_some_and(|known| {
            GROWING.contains(&key.as_str()) && number(known) >= number(&value)
                || SHRINKING.contains(&key.as_str()) && number(known) <= number(&value)
        });
        if !keep {
            merged.insert(key, value);
        }
    }
}

/// What at least one accepts.
pub(crate) fn either(parts: impl IntoIterator<Item = Value>) -> Value {
    let mut found: Vec<Value> = Vec::new();
    for part in parts {
        match part {
            Value::Bool(true) => return part,
            Value::Bool(false) => {}
            _ if found.contains(&part) => {}
            _ => found.push(part),
        }
    }
    match found.len() {
        0 => Value::Bool(false),
        1 => found.remove(0),
        _ => words(&found).unwrap_or_else(|| json!({ "anyOf": found })),
    }
}

/// Lists of words become one list.
fn words(parts: &[Value]) -> Option<Value> {
    let mut all = Vec::new();
    for part in parts {
        let part = part.as_object().filter(|part| part.len() == 1)?;
        all.extend(part.get("enum")?.as_array()?.iter().cloned());
    }
    Some(json!({ "enum": all }))
}

/// What a schema accepts, and null.
pub(crate) fn or_null(schema: &Value) -> Value {
    let Value::Object(object) = schema else {
        return if schema == &Value::Bool(false) { json!({ "type": "null" }) } else { schema.clone() };
    };
    const PASSING: [&str; 12] = [
        "type",
        "minimum",
        "maximum",
        "exclusiveMinimum",
        "exclusiveMaximum",
        "multipleOf",
        "minLength",
        "maxLength",
        "pattern",
        "enum",
        "items",
        "format",
    ];
    if !object.keys().all(|key| PASSING.contains(&key.as_str())) {
        return json!({ "anyOf": [schema, { "type": "null" }] });
    }
    let mut object = object.clone();
    if let Some(types) = object.get_mut("type") {
        *types = match types.take() {
            Value::Array(mut types) => {
                types.push("null".into());
                types.into()
            }
            one => json!([one, "null"]),
        };
    }
    if let Some(Value::Array(words)) = object.get_mut("enum") {
        words.push(Value::Null);
    }
    Value::Object(object)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_that_meet_keep_the_tighter_one() {
        let schema = both([json!({"minimum": 1, "maximum": 9}), json!({"minimum": 0, "maximum": 5})]);
        assert_eq!(schema, json!({"minimum": 1, "maximum": 5}));
        let schema = both([json!({"pattern": "a"}), json!(true), json!({"pattern": "b"})]);
        assert_eq!(schema, json!({"allOf": [{"pattern": "a"}, {"pattern": "b"}]}));
        assert_eq!(both([json!({}), json!(false)]), json!(false));
    }

    #[test]
    fn words_join() {
        assert_eq!(either([json!({"enum": ["a"]}), json!(false), json!({"enum": ["b"]})]), json!({"enum": ["a", "b"]}));
        assert_eq!(either([json!({"enum": ["a"]}), json!(true)]), json!(true));
    }

    #[test]
    fn null_is_added_where_it_is_missing() {
        assert_eq!(
            or_null(&json!({"type": "string", "maxLength": 3})),
            json!({"type": ["string", "null"], "maxLength": 3})
        );
        assert_eq!(or_null(&json!({"enum": ["a"]})), json!({"enum": ["a", null]}));
        assert_eq!(
            or_null(&json!({"not": {"type": "null"}})),
            json!({"anyOf": [{"not": {"type": "null"}}, {"type": "null"}]})
        );
    }
}
