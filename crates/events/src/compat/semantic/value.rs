//! JSON values as JSON Schema sees them.

use num_rational::BigRational;
use num_traits::{FromPrimitive, Zero};
use serde_json::{Map, Number, Value};

use super::number::exact;

/// A text that two values have in common if they are equal: numbers by what they stand for, members in any order.
pub(super) fn key(value: &Value) -> String {
    let mut text = String::new();
    write(value, &mut text);
    text
}

fn write(value: &Value, text: &mut String) {
    match value {
        Value::Number(number) => text.push_str(&number_key(number)),
        Value::Array(items) => {
            text.push('[');
            for item in items {
                write(item, text);
                text.push(',');
            }
            text.push(']');
        }
        Value::Object(members) => write_members(members, text),
        other => text.push_str(&other.to_string()),
    }
}

fn write_members(members: &Map<String, Value>, text: &mut String) {
    let mut sorted: Vec<(&String, &Value)> = members.iter().collect();
    sorted.sort_by_key(|(name, _)| *name);
    text.push('{');
    for (name, member) in sorted {
        text.push_str(&Value::from(name.as_str()).to_string());
        text.push(':');
        write(member, text);
        text.push(',');
    }
    text.push('}');
}

fn number_key(number: &Number) -> String {
    if number.is_f64() { exact(number).to_string() } else { number.to_string() }
}

/// How many characters a string has, as `minLength` counts.
pub(super) fn length(text: &str) -> u64 {
    u64::from_usize(text.chars().count()).unwrap_or(u64::MAX)
}

/// Whether a number is a whole multiple of another.
pub(super) fn is_multiple(number: &BigRational, of: &BigRational) -> bool {
    !of.is_zero() && (number / of).is_integer()
}

/// Whether lists and objects are nested deeper than so many levels.
pub(super) fn is_deep(value: &Value, depth: usize) -> bool {
    let mut level: Vec<&Value> = vec![value];
    for _ in 0..depth {
        level = level
            .into_iter()
            .flat_map(|value| -> Box<dyn Iterator<Item = &Value>> {
                match value {
                    Value::Array(items) => Box::new(items.iter()),
                    Value::Object(members) => Box::new(members.values()),
                    _ => Box::new(std::iter::empty()),
                }
            })
            .filter(|value| value.is_array() || value.is_object())
            .collect();
        if level.is_empty() {
            return false;
        }
    }
    true
}
