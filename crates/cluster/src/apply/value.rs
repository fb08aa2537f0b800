//! Values as structured-merge-diff orders and compares them: numbers by what they stand for.

use std::cmp::Ordering;

use serde_json::{Number, Value};

/// The order of two values: numbers, texts, truth values, lists, objects, null.
pub(super) fn order(one: &Value, other: &Value) -> Ordering {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) => order_numbers(one, other),
        (Value::String(one), Value::String(other)) => one.cmp(other),
        (Value::Bool(one), Value::Bool(other)) => one.cmp(other),
        (Value::Array(one), Value::Array(other)) => order_all(one.iter().zip(other), one.len(), other.len()),
        (Value::Object(one), Value::Object(other)) => {
            let names = one.keys().zip(other.keys()).zip(one.values().zip(other.values()));
            let differences = names.map(|(names, values)| names.0.cmp(names.1).then_with(|| order(values.0, values.1)));
            differences.into_iter().find(|order| order.is_ne()).unwrap_or_else(|| one.len().cmp(&other.len()))
        }
        _ => rank(one).cmp(&rank(other)),
    }
}

fn order_all<'v>(pairs: impl Iterator<Item = (&'v Value, &'v Value)>, one: usize, other: usize) -> Ordering {
    pairs.map(|(one, other)| order(one, other)).find(|order| order.is_ne()).unwrap_or_else(|| one.cmp(&other))
}

fn order_numbers(one: &Number, other: &Number) -> Ordering {
    match (one.as_i64(), other.as_i64()) {
        (Some(one), Some(other)) => one.cmp(&other),
        _ => one.as_f64().partial_cmp(&other.as_f64()).unwrap_or(Ordering::Equal),
    }
}

const fn rank(value: &Value) -> u8 {
    match value {
        Value::Number(_) => 0,
        Value::String(_) => 1,
        Value::Bool(_) => 2,
        Value::Array(_) => 3,
        Value::Object(_) => 4,
        Value::Null => 5,
    }
}

/// Whether two values are the same; `1` and `1.0` are.
pub(super) fn equal(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) => order_numbers(one, other).is_eq(),
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| equal(one, other))
        }
        (Value::Object(one), Value::Object(other)) => {
            one.len() == other.len()
                && one.iter().zip(other).all(|(one, other)| one.0 == other.0 && equal(one.1, other.1))
        }
        _ => one == other,
    }
}
