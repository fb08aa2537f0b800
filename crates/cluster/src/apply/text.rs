//! Values as Go writes them: in JSON that is safe within HTML, and as its `fmt` shows them in messages.

use std::fmt::Write as _;

use serde_json::{Number, Value};

use crate::quote::quote;

/// As Go's JSON encoder writes it: `<`, `>`, `&` and the separators of lines are escaped, whole numbers have no point.
pub(super) fn json(value: &Value) -> String {
    match value {
        Value::Number(number) => json_number(number),
        Value::Array(items) => format!("[{}]", joined(items.iter().map(json), ",")),
        Value::Object(fields) => {
            let fields = fields.iter().map(|(name, value)| format!("{}:{}", json_text(name), json(value)));
            format!("{{{}}}", joined(fields, ","))
        }
        Value::String(text) => json_text(text),
        Value::Null | Value::Bool(_) => value.to_string(),
    }
}

pub(super) fn json_text(text: &str) -> String {
    let plain = Value::from(text).to_string();
    if !plain.contains(['<', '>', '&', '\u{2028}', '\u{2029}']) {
        return plain;
    }
    let mut safe = String::with_capacity(plain.len() + 10);
    for one in plain.chars() {
        match one {
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => drop(write!(safe, "\\u{:04x}", u32::from(one))),
            _ => safe.push(one),
        }
    }
    safe
}

fn json_number(number: &Number) -> String {
    match number.as_f64() {
        Some(float) if number.is_f64() => match float.abs() {
            size if size != 0.0 && !(1e-6..1e21).contains(&size) => {
                format!("{float:e}").replace("e", exponent_sign(size))
            }
            _ => format!("{float}"),
        },
        _ => number.to_string(),
    }
}

const fn exponent_sign(size: f64) -> &'static str {
    if size < 1.0 { "e" } else { "e+" }
}

/// A value within a path: texts are quoted.
pub(super) fn shown(value: &Value) -> String {
    match value {
        Value::Null => "null".into(),
        Value::Number(number) => plain_number(number),
        Value::String(text) => quote(text),
        Value::Bool(truth) => truth.to_string(),
        Value::Array(items) => format!("[{}]", joined(items.iter().map(shown), ",")),
        Value::Object(fields) => joined(fields.iter().map(|(name, value)| format!("{name}={}", shown(value))), ""),
    }
}

/// As `%v` shows it.
pub(super) fn plain(value: &Value) -> String {
    match value {
        Value::Null => "<nil>".into(),
        Value::Number(number) => plain_number(number),
        Value::String(text) => text.clone(),
        Value::Bool(truth) => truth.to_string(),
        Value::Array(items) => format!("[{}]", joined(items.iter().map(plain), " ")),
        Value::Object(fields) => {
            format!("map[{}]", joined(fields.iter().map(|(name, value)| format!("{name}:{}", plain(value))), " "))
        }
    }
}

/// As `%#v` shows it.
pub(super) fn source(value: &Value) -> String {
    match value {
        Value::Null => "interface {}(nil)".into(),
        Value::Number(number) => plain_number(number),
        Value::String(text) => quote(text),
        Value::Bool(truth) => truth.to_string(),
        Value::Array(items) => format!("[]interface {{}}{{{}}}", joined(items.iter().map(source), ", ")),
        Value::Object(fields) => {
            let fields = fields.iter().map(|(name, value)| format!("{}:{}", quote(name), source(value)));
            format!("map[string]interface {{}}{{{}}}", joined(fields, ", "))
        }
    }
}

/// The name of its type (`%T`).
pub(super) const fn type_name(value: &Value) -> &'static str {
    match value {
        Value::Null => "<nil>",
        Value::Bool(_) => "bool",
        Value::Number(_) => "int64",
        Value::String(_) => "string",
        Value::Array(_) => "[]interface {}",
        Value::Object(_) => "map[string]interface {}",
    }
}

/// A `float64` has an exponent from `1e+06` on and below `0.0001`; an `int64` never.
fn plain_number(number: &Number) -> String {
    let Some(float) = number.as_f64().filter(|_| number.is_f64()) else { return number.to_string() };
    let scientific = format!("{float:e}");
    let Some((digits, power)) = scientific.split_once('e') else { return scientific };
    match power.parse::<i32>() {
        Ok(power) if !(-4..6).contains(&power) => {
            let sign = if power < 0 { '-' } else { '+' };
            format!("{digits}e{sign}{:02}", power.abs())
        }
        _ => format!("{float}"),
    }
}

fn joined(parts: impl Iterator<Item = String>, between: &str) -> String {
    parts.collect::<Vec<_>>().join(between)
}

/// A list of texts (`%q`).
pub(super) fn go_list(texts: &[String]) -> String {
    format!("[{}]", joined(texts.iter().map(|text| quote(text)), " "))
}
